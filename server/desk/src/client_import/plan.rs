//! What would happen to every line of a file: new, a change of a client that is known, nothing, or refused and why.
//! Pure: the file and the clients in, steps out; the preview and the import run the same.

use std::collections::HashMap;

use booking::ids::ClientId;
use booking::refusal::Refusal;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::read::{Column, FileProblem, Sheet};
use super::{Refusals, RefusedLine};
use crate::clients::{NewClient, checked, form};
use crate::key::Key;
use crate::table::client;
use crate::trouble::Trouble;

/// How many lines end how.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// A new client.
    pub new: u64,
    /// A known client changes.
    pub changed: u64,
    /// A known client is as the line says.
    pub unchanged: u64,
    /// The line is left out.
    pub refused: u64,
}

/// Why a line is left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Problem {
    /// A cell cannot be used.
    Cell {
        /// Of which column.
        column: Column,
        /// Why.
        why: Refusal,
    },
    /// An earlier line is about the same client.
    Twice {
        /// Its number.
        line: u64,
    },
    /// Several clients have this e-mail address, or without one this name.
    Several,
    /// It has more cells than the first line has columns.
    TooManyCells,
}

/// How a line ends.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub enum Outcome {
    /// A new client.
    New,
    /// A known client changes in these columns.
    Changes(ClientId, Vec<Column>),
    /// A known client is as the line says.
    Unchanged(ClientId),
    /// The line is left out.
    Refused(Problem),
}

impl Outcome {
    /// The word for it, as in an address.
    #[must_use]
    pub const fn word(&self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Changes(..) => "changes",
            Self::Unchanged(_) => "unchanged",
            Self::Refused(_) => "refused",
        }
    }
}

/// A line in the preview.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Line {
    /// Its number in the file, the first line being 1.
    pub number: u64,
    /// What it says about whom, in short.
    pub text: String,
    /// How it ends.
    pub outcome: Outcome,
}

impl Line {
    /// A line that was refused.
    pub(super) fn refused(line: &RefusedLine) -> Self {
        Self {
            number: line.number,
            text: short(&line.cells),
            outcome: Outcome::Refused(line.problem),
        }
    }
}

/// What is done with a line.
#[derive(Clone, Debug)]
pub(super) enum Step {
    New(NewClient),
    Change {
        known: Box<client::Model>,
        after: NewClient,
        columns: Vec<Column>,
    },
    Unchanged(ClientId),
    Refused(Problem),
}

/// A whole file.
pub(super) struct Plan {
    sheet: Sheet,
    steps: Vec<Step>,
}

impl Plan {
    /// What a text would do to these clients.
    pub(super) fn of(text: &str, clients: Vec<client::Model>) -> Result<Self, FileProblem> {
        let sheet = Sheet::read(text)?;
        let known = Known::new(clients);
        let mut seen: HashMap<Whom, u64> = HashMap::new();
        let mut steps = Vec::with_capacity(sheet.rows.len());
        for (number, cells) in &sheet.rows {
            let step = step(&sheet, &known, cells, &mut |whom| match seen.get(&whom) {
                Some(line) => Err(Problem::Twice { line: *line }),
                None => {
                    seen.insert(whom, *number);
                    Ok(())
                }
            });
            steps.push(step.unwrap_or_else(Step::Refused));
        }
        Ok(Self { sheet, steps })
    }

    pub(super) fn steps(&self) -> &[Step] {
        &self.steps
    }

    pub(super) fn unused(&self) -> Vec<String> {
        self.sheet.unused()
    }

    pub(super) fn counts(&self) -> Counts {
        let mut counts = Counts::default();
        for step in &self.steps {
            match step {
                Step::New(_) => counts.new += 1,
                Step::Change { .. } => counts.changed += 1,
                Step::Unchanged(_) => counts.unchanged += 1,
                Step::Refused(_) => counts.refused += 1,
            }
        }
        counts
    }

    pub(super) fn lines(&self) -> impl Iterator<Item = Line> {
        let pairs = self.sheet.rows.iter().zip(&self.steps);
        pairs.map(|((number, cells), step)| Line {
            number: *number,
            text: short(cells),
            outcome: match step {
                Step::New(_) => Outcome::New,
                Step::Change { known, columns, .. } => {
                    Outcome::Changes(ClientId::of(known.id), columns.clone())
                }
                Step::Unchanged(id) => Outcome::Unchanged(*id),
                Step::Refused(problem) => Outcome::Refused(*problem),
            },
        })
    }

    pub(super) fn refusals(&self) -> Refusals {
        let pairs = self.sheet.rows.iter().zip(&self.steps);
        let refused = pairs.filter_map(|((number, cells), step)| match step {
            Step::Refused(problem) => Some(RefusedLine {
                number: *number,
                problem: *problem,
                cells: cells.clone(),
            }),
            Step::New(_) | Step::Change { .. } | Step::Unchanged(_) => None,
        });
        Refusals {
            header: self.sheet.header.clone(),
            lines: refused.collect(),
        }
    }
}

/// Whom a line is about, so that two lines about one client are found.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Whom {
    Known(Uuid),
    Email(String),
    Name(String),
}

/// The clients there are, by what lines know them by.
struct Known {
    clients: Vec<client::Model>,
    by_id: HashMap<Uuid, usize>,
    by_email: HashMap<String, Vec<usize>>,
    /// Only those without an e-mail address.
    by_name: HashMap<String, Vec<usize>>,
}

impl Known {
    fn new(clients: Vec<client::Model>) -> Self {
        let (mut by_id, mut by_email, mut by_name) = (
            HashMap::new(),
            HashMap::<_, Vec<usize>>::new(),
            HashMap::<_, Vec<usize>>::new(),
        );
        for (place, client) in clients.iter().enumerate() {
            by_id.insert(client.id, place);
            match &client.email {
                Some(email) => by_email
                    .entry(email.to_lowercase())
                    .or_default()
                    .push(place),
                None => by_name
                    .entry(client.name.to_lowercase())
                    .or_default()
                    .push(place),
            }
        }
        Self {
            clients,
            by_id,
            by_email,
            by_name,
        }
    }

    /// The client that a line is about: by its id, else by its e-mail address, else by its name.
    fn find(&self, id: &str, email: &str, name: &str) -> Result<Option<&client::Model>, Problem> {
        let by_id = id.parse().ok().and_then(|id: Uuid| self.by_id.get(&id));
        if let Some(place) = by_id {
            return Ok(self.clients.get(*place));
        }
        let found = match (email.is_empty(), name.is_empty()) {
            (false, _) => self.by_email.get(&email.to_lowercase()),
            (true, false) => self.by_name.get(&name.to_lowercase()),
            (true, true) => None,
        };
        match found.map_or(&[][..], Vec::as_slice) {
            [] => Ok(None),
            [one] => Ok(self.clients.get(*one)),
            [..] => Err(Problem::Several),
        }
    }
}

fn step(
    sheet: &Sheet,
    known: &Known,
    cells: &[String],
    once: &mut dyn FnMut(Whom) -> Result<(), Problem>,
) -> Result<Step, Problem> {
    let is_full = |cell: &String| !cell.trim().is_empty();
    if cells.iter().skip(sheet.columns.len()).any(is_full) {
        return Err(Problem::TooManyCells);
    }
    let cell = |column| sheet.cell(cells, column);
    let (email, name) = (cell(Column::Email), cell(Column::Name));
    let found = known.find(cell(Column::Id), email, name)?;
    let before = found.map_or_else(NewClient::default, |found| form(found.clone()));
    let after = settled(&typed(sheet, cells, &before)?)?;
    once(match found {
        Some(found) => Whom::Known(found.id),
        None if after.email.is_empty() => Whom::Name(after.name.to_lowercase()),
        None => Whom::Email(after.email.to_lowercase()),
    })?;
    let Some(found) = found else {
        return Ok(Step::New(after));
    };
    let columns = differences(&before, &after);
    Ok(match columns.is_empty() {
        true => Step::Unchanged(ClientId::of(found.id)),
        false => Step::Change {
            known: Box::new(found.clone()),
            after,
            columns,
        },
    })
}

/// The form that a line makes of the form that was; an empty cell changes nothing.
fn typed(sheet: &Sheet, cells: &[String], before: &NewClient) -> Result<NewClient, Problem> {
    let or_before = |column, before: &String| match sheet.cell(cells, column) {
        "" => before.clone(),
        cell => cell.to_owned(),
    };
    Ok(NewClient {
        name: or_before(Column::Name, &before.name),
        email: or_before(Column::Email, &before.email),
        phone: or_before(Column::Phone, &before.phone),
        address: or_before(Column::Address, &before.address),
        locale: language(&or_before(Column::Language, &before.locale)),
        time_zone: or_before(Column::TimeZone, &before.time_zone),
        own_only: match sheet.cell(cells, Column::OwnOnly) {
            "" => before.own_only,
            cell => yes(cell)?,
        },
        notes: or_before(Column::Notes, &before.notes),
    })
}

/// How people write each language, in its own words and in those of the others.
const LANGUAGE_NAMES: &[(&str, &str)] = &[
    (
        "en",
        "english inglés ingles englisch anglais inglês الإنجليزية",
    ),
    (
        "de",
        "german alemán aleman deutsch allemand alemão الألمانية",
    ),
    (
        "es",
        "spanish español espanol spanisch espagnol espanhol الإسبانية",
    ),
    (
        "fr",
        "french francés frances französisch français francês الفرنسية",
    ),
    (
        "pt",
        "portuguese portugués portugues portugiesisch portugais português البرتغالية",
    ),
    ("ar", "arabic árabe arabe arabisch العربية"),
];

/// The code of a language that is written out.
fn language(cell: &str) -> String {
    let small = cell.trim().to_lowercase();
    let known = LANGUAGE_NAMES
        .iter()
        .find(|(_, names)| names.split(' ').any(|name| name == small));
    known.map_or(small, |(tag, _)| (*tag).to_owned())
}

fn yes(cell: &str) -> Result<bool, Problem> {
    match cell.to_lowercase().as_str() {
        "yes" | "true" | "1" | "x" | "sí" | "si" | "ja" | "oui" | "sim" | "نعم" => Ok(true),
        "no" | "false" | "0" | "nein" | "non" | "não" | "nao" | "لا" => Ok(false),
        _ => Err(Problem::Cell {
            column: Column::OwnOnly,
            why: Refusal::BadChoice,
        }),
    }
}

/// The form as it would be stored, or which cell cannot be.
fn settled(typed: &NewClient) -> Result<NewClient, Problem> {
    let row = checked(typed).map_err(|trouble| cell_of(&trouble))?;
    let text = |value: sea_orm::ActiveValue<Option<String>>| {
        value.try_as_ref().cloned().flatten().unwrap_or_default()
    };
    Ok(NewClient {
        name: row.name.try_as_ref().cloned().unwrap_or_default(),
        email: text(row.email),
        phone: text(row.phone),
        address: text(row.address),
        locale: text(row.locale),
        time_zone: text(row.time_zone),
        own_only: typed.own_only,
        notes: row.notes.try_as_ref().cloned().unwrap_or_default(),
    })
}

fn cell_of(trouble: &Trouble) -> Problem {
    let (field, why) = match trouble {
        Trouble::Refused(refused) => (refused.field.unwrap_or_default(), refused.why),
        Trouble::Fault(_) => ("", Refusal::BadTemplate),
    };
    let column = match field {
        "email" => Column::Email,
        "phone" => Column::Phone,
        "address" => Column::Address,
        "locale" => Column::Language,
        "time_zone" => Column::TimeZone,
        "notes" => Column::Notes,
        _ => Column::Name,
    };
    Problem::Cell { column, why }
}

fn differences(before: &NewClient, after: &NewClient) -> Vec<Column> {
    let all = [
        (Column::Name, before.name != after.name),
        (Column::Email, before.email != after.email),
        (Column::Phone, before.phone != after.phone),
        (Column::Address, before.address != after.address),
        (Column::Language, before.locale != after.locale),
        (Column::TimeZone, before.time_zone != after.time_zone),
        (Column::OwnOnly, before.own_only != after.own_only),
        (Column::Notes, before.notes != after.notes),
    ];
    let differs = all.into_iter().filter(|(_, differs)| *differs);
    differs.map(|(column, _)| column).collect()
}

/// The first cells of a line, enough to know it again.
fn short(cells: &[String]) -> String {
    let full = cells
        .iter()
        .map(|cell| cell.trim())
        .filter(|cell| !cell.is_empty());
    let some: Vec<&str> = full.take(4).collect();
    some.join(" · ").chars().take(160).collect()
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    fn client(place: u128, name: &str, email: Option<&str>) -> client::Model {
        client::Model {
            id: Uuid::from_u128(place),
            name: name.to_owned(),
            email: email.map(str::to_owned),
            phone: None,
            address: None,
            locale: None,
            time_zone: None,
            own_only: false,
            active: true,
            notes: String::new(),
            created_at: chrono::DateTime::default(),
            version: 1,
            merged_into: None,
            phone_key: None,
        }
    }

    fn words(text: &str) -> Vec<(u64, &'static str)> {
        let clients = vec![
            client(1, "Ana", Some("ana@x.example")),
            client(2, "Ben", None),
            client(3, "Cleo", Some("two@x.example")),
            client(4, "Cleo's", Some("TWO@x.example")),
        ];
        let plan = Plan::of(text, clients).unwrap();
        plan.lines()
            .map(|line| (line.number, line.outcome.word()))
            .collect()
    }

    #[test]
    fn every_line_ends_in_one_way() {
        let text = "name,email,phone\n\
            Ana,ANA@x.example,\n\
            ben,,\n\
            Ben,,600555001\n\
            Cleo,two@x.example,\n\
            Dora,dora@x.example,123\n\
            Dora again,Dora@X.example,123\n\
            Eva,,\n\
            eva,,\n\
            ,,600\n\
            Fay,fay,\n\
            Gus,,,,\n\
            Hal,,1,2\n";
        let ends = words(text);
        let expected = [
            "changes", "changes", "refused", "refused", "new", "refused", "new", "refused",
            "refused", "refused", "new", "refused",
        ];
        assert_eq!(ends.len(), expected.len());
        for ((number, word), expected) in ends.iter().zip(expected) {
            assert_eq!(*word, expected, "line {number}");
        }
        assert_eq!(ends[0].0, 2);
    }

    #[test]
    fn an_empty_cell_changes_nothing_and_a_missing_column_neither() {
        assert_eq!(words("email\nana@x.example\n"), [(2, "unchanged")]);
        assert_eq!(
            words("name;email;notes\n;ana@x.example;\n"),
            [(2, "unchanged")]
        );
        assert_eq!(
            words("email,idioma\nana@x.example,Español\n"),
            [(2, "changes")]
        );
        assert_eq!(
            words("email,own_only\nana@x.example,perhaps\n"),
            [(2, "refused")]
        );
    }

    #[test]
    fn an_id_says_which_of_several() {
        let id = Uuid::from_u128(4);
        assert_eq!(
            words(&format!("id,name,email\n{id},Cleo's,TWO@x.example\n")),
            [(2, "unchanged")]
        );
        let other = Uuid::from_u128(9);
        assert_eq!(
            words(&format!("id,name,email\n{other},New,n@x.example\n")),
            [(2, "new")]
        );
    }
}
