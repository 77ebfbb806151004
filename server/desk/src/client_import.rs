//! Many clients at once, from a spreadsheet: the file is kept, a preview says what would happen to every line, and only
//! when somebody confirms it is stored, in one transaction. Sent a second time it changes nothing.

mod plan;
mod read;

use booking::people::Name;
use booking::refusal::Refusal;
use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::sea_query::OnConflict;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QuerySelect, Set,
};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

pub use plan::{Counts, Line, Outcome, Problem};
pub use read::{Column, FileProblem};

use crate::clients::{NewClient, pages_of};
use crate::desk::{Desk, Work};
use crate::history::Entry;
use crate::key::Key;
use crate::pass::StaffPass;
use crate::table::{business, client, client_import as files, history};
use crate::trouble::{Fault, Result};
use plan::{Plan, Step};

/// The largest file, in bytes.
pub const LARGEST: usize = 5 * 1024 * 1024;
/// The most lines, without the first.
pub const MOST_LINES: usize = 20_000;
/// The longest text that is drawn into its field again.
const DRAWN_AGAIN: usize = 48 * 1024;
/// Rows of one statement: SQLite takes 32,766 values at once.
const AT_ONCE: usize = 500;

/// A file that was sent in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SentFile {
    /// Its name; empty for a text that was pasted.
    pub name: String,
    /// What is in it.
    pub bytes: Vec<u8>,
}

/// The answer to a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kept {
    /// It waits to be confirmed, under this id.
    Waiting(Uuid),
    /// It cannot be read; nothing was kept.
    Unreadable(FileProblem),
}

/// What a file would do, or did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Preview {
    /// Which file.
    pub id: Uuid,
    /// Its name; empty for a text that was pasted.
    pub name: String,
    /// A pasted text that is short enough to be drawn again.
    pub pasted: Option<String>,
    /// Why nothing can be done with it.
    pub problem: Option<FileProblem>,
    /// Columns that are not used, by the names they have in the file.
    pub unused: Vec<String>,
    /// How many lines end how.
    pub counts: Counts,
    /// A page of the lines: of those that were refused, once it is done.
    pub lines: Vec<Line>,
    /// This page, from 1 on.
    pub page: u64,
    /// How many pages there are, at least 1.
    pub pages: u64,
    /// When it was done.
    pub done: Option<DateTime<Utc>>,
    /// Until when it is kept.
    pub expires: DateTime<Utc>,
}

/// Every refused line of a file, as it came.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refusals {
    /// The names of the columns.
    pub header: Vec<String>,
    /// The lines.
    pub lines: Vec<RefusedLine>,
}

/// A refused line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RefusedLine {
    /// Its number in the file, the first line being 1.
    pub number: u64,
    /// Why.
    pub problem: Problem,
    /// Its cells.
    pub cells: Vec<String>,
}

/// What is kept of a file that was imported.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Report {
    counts: Counts,
    unused: Vec<String>,
    refusals: Refusals,
}

impl Desk {
    /// Keeps a file for a day, so that it can be looked at before anything is done with it.
    ///
    /// # Errors
    /// [`Refusal::NotAllowed`] for a technician.
    pub async fn keep_client_file(&self, who: &StaffPass, file: SentFile) -> Result<Kept> {
        who.dispatcher()?;
        if file.bytes.len() > LARGEST {
            return Ok(Kept::Unreadable(FileProblem::TooLarge));
        }
        let Ok(text) = String::from_utf8(file.bytes) else {
            return Ok(Kept::Unreadable(FileProblem::NotText));
        };
        // PostgreSQL stores no NUL, and no list of clients has one.
        if text.contains('\0') {
            return Ok(Kept::Unreadable(FileProblem::NotText));
        }
        if text.trim_matches(['\u{feff}', ' ', '\r', '\n']).is_empty() {
            return Ok(Kept::Unreadable(FileProblem::Empty));
        }
        let work = self.begin().await?;
        let row = files::Model {
            id: work.id(),
            person_id: who.person.key(),
            name: Name::parse(&file.name)
                .map(String::from)
                .unwrap_or_default(),
            text,
            report: None,
            created_at: work.now(),
            expires_at: work.now() + TimeDelta::days(1),
            done_at: None,
        };
        let id = row.id;
        row.into_active_model().insert(work.tx()).await?;
        work.commit().await?;
        Ok(Kept::Waiting(id))
    }

    /// What a file of one's own would do, or did; nothing for an unknown one. `only` leaves the lines of one outcome.
    /// Two queries.
    ///
    /// # Errors
    /// [`Refusal::NotAllowed`] for a technician.
    pub async fn client_import(
        &self,
        who: &StaffPass,
        id: Uuid,
        only: Option<&'static str>,
        page: u64,
    ) -> Result<Option<Preview>> {
        let Some(file) = self.own_file(who, id).await? else {
            return Ok(None);
        };
        if let Some(report) = report_of(&file)? {
            let lines = report.refusals.lines.iter().map(Line::refused).collect();
            return Ok(Some(preview(
                file,
                report.counts,
                report.unused,
                (lines, page),
            )));
        }
        let known = known().all(self.db()).await?;
        let plan = match Plan::of(&file.text, known) {
            Ok(plan) => plan,
            Err(problem) => {
                let nothing = (Vec::new(), 1);
                let mut shown = preview(file, Counts::default(), Vec::new(), nothing);
                shown.problem = Some(problem);
                return Ok(Some(shown));
            }
        };
        let (counts, unused) = (plan.counts(), plan.unused());
        let lines = plan.lines();
        let lines = lines.filter(|line| only.is_none_or(|word| line.outcome.word() == word));
        Ok(Some(preview(file, counts, unused, (lines.collect(), page))))
    }

    /// Every line of a file of one's own that is refused, or was; nothing for an unknown file. Two queries.
    ///
    /// # Errors
    /// [`Refusal::NotAllowed`] for a technician.
    pub async fn refused_lines(&self, who: &StaffPass, id: Uuid) -> Result<Option<Refusals>> {
        let Some(file) = self.own_file(who, id).await? else {
            return Ok(None);
        };
        if let Some(report) = report_of(&file)? {
            return Ok(Some(report.refusals));
        }
        let known = known().all(self.db()).await?;
        let plan = Plan::of(&file.text, known).ok();
        Ok(Some(plan.map(|plan| plan.refusals()).unwrap_or_default()))
    }

    /// Stores what a file of one's own says: clients that are new, and changes of those that are known; refused lines
    /// are left out and kept for the report. Confirmed twice it is done once. Answers what was done.
    ///
    /// # Errors
    /// [`Refusal::NotAllowed`] for a technician; [`Refusal::NotFound`] for a file that is unknown, was forgotten, or
    /// cannot be read.
    pub async fn import_clients(&self, who: &StaffPass, id: Uuid) -> Result<Counts> {
        who.dispatcher()?;
        let work = self.begin().await?;
        // Two imports at once would both find the same clients missing.
        business::Entity::find_by_id(1)
            .lock_exclusive()
            .one(work.tx())
            .await?;
        let file = files::Entity::find_by_id(id)
            .filter(files::Column::PersonId.eq(who.person.key()))
            .filter(files::Column::ExpiresAt.gt(work.now()))
            .lock_exclusive()
            .one(work.tx())
            .await?
            .ok_or(Refusal::NotFound)?;
        if let Some(report) = report_of(&file)? {
            return Ok(report.counts);
        }
        let known = known().lock_exclusive().all(work.tx()).await?;
        let plan = Plan::of(&file.text, known).map_err(|_| Refusal::NotFound)?;
        store(&work, who, &plan).await?;
        let counts = plan.counts();
        close(&work, file, &plan).await?;
        work.commit().await?;
        Ok(counts)
    }

    /// Forgets files that were not confirmed for a day, and reports after a week. The housekeeping calls it every hour;
    /// it may run twice. How many.
    ///
    /// # Errors
    /// Faults only.
    pub async fn forget_old_imports(&self) -> Result<u64> {
        let work = self.begin().await?;
        let gone = files::Entity::delete_many()
            .filter(files::Column::ExpiresAt.lte(work.now()))
            .exec(work.tx())
            .await?;
        work.commit().await?;
        Ok(gone.rows_affected)
    }

    async fn own_file(&self, who: &StaffPass, id: Uuid) -> Result<Option<files::Model>> {
        who.dispatcher()?;
        let own = files::Entity::find_by_id(id)
            .filter(files::Column::PersonId.eq(who.person.key()))
            .filter(files::Column::ExpiresAt.gt(self.now()));
        Ok(own.one(self.db()).await?)
    }
}

/// Whoever a line may be about.
fn known() -> sea_orm::Select<client::Entity> {
    client::Entity::find().filter(client::Column::MergedInto.is_null())
}

fn report_of(file: &files::Model) -> Result<Option<Report>> {
    let Some(report) = &file.report else {
        return Ok(None);
    };
    let unreadable = |_| Fault::Unreadable {
        table: "client_imports",
        column: "report",
        id: file.id.to_string(),
    };
    let report = serde_json::from_value(report.clone()).map_err(unreadable)?;
    Ok(Some(report))
}

fn preview(
    file: files::Model,
    counts: Counts,
    unused: Vec<String>,
    (lines, page): (Vec<Line>, u64),
) -> Preview {
    let pages = pages_of(lines.len() as u64);
    let page = page.clamp(1, pages);
    let first = usize::try_from((page - 1) * crate::clients::A_PAGE).unwrap_or(usize::MAX);
    let most = usize::try_from(crate::clients::A_PAGE).unwrap_or(usize::MAX);
    let is_short = file.name.is_empty() && file.text.len() <= DRAWN_AGAIN;
    Preview {
        id: file.id,
        pasted: is_short.then_some(file.text),
        name: file.name,
        problem: None,
        unused,
        counts,
        lines: lines.into_iter().skip(first).take(most).collect(),
        page,
        pages,
        done: file.done_at,
        expires: file.expires_at,
    }
}

/// Writes what is new and what changes, some rows a statement, each with its history.
async fn store(work: &Work, who: &StaffPass, plan: &Plan) -> Result<()> {
    let (mut rows, mut entries) = (Vec::new(), Vec::new());
    for step in plan.steps() {
        let (row, entry) = match step {
            Step::New(form) => added(work, who, form)?,
            Step::Change { known, after, .. } => changed(work, who, known, after)?,
            Step::Unchanged(_) | Step::Refused(_) => continue,
        };
        rows.push(row);
        entries.push(entry);
    }
    for some in rows.chunks(AT_ONCE) {
        client::Entity::insert_many(some.to_vec())
            .on_conflict(replaced())
            .exec_without_returning(work.tx())
            .await?;
    }
    for some in entries.chunks(AT_ONCE) {
        history::Entity::insert_many(some.to_vec())
            .exec_without_returning(work.tx())
            .await?;
    }
    Ok(())
}

/// A client that is known keeps its id, its standing and since when it is one.
fn replaced() -> OnConflict {
    OnConflict::column(client::Column::Id)
        .update_columns([
            client::Column::Name,
            client::Column::Email,
            client::Column::Phone,
            client::Column::PhoneKey,
            client::Column::Address,
            client::Column::Locale,
            client::Column::TimeZone,
            client::Column::OwnOnly,
            client::Column::Notes,
            client::Column::Version,
        ])
        .to_owned()
}

type Written = (client::ActiveModel, history::ActiveModel);

fn added(work: &Work, who: &StaffPass, form: &NewClient) -> Result<Written> {
    let id = work.id();
    let mut row = crate::clients::checked(form)?;
    row.id = Set(id);
    row.active = Set(true);
    row.created_at = Set(work.now());
    row.merged_into = Set(None);
    row.version = Set(1);
    let entry = Entry::new(Some(who.person), "client", id, "imported").after(form)?;
    Ok((row, entry.row(work.id(), work.now())))
}

fn changed(
    work: &Work,
    who: &StaffPass,
    known: &client::Model,
    after: &NewClient,
) -> Result<Written> {
    let mut row = crate::clients::checked(after)?;
    row.id = Set(known.id);
    row.active = Set(known.active);
    row.created_at = Set(known.created_at);
    row.merged_into = Set(None);
    row.version = Set(known.version + 1);
    let entry = Entry::new(Some(who.person), "client", known.id, "import-changed")
        .before(&crate::clients::form(known.clone()))?
        .after(after)?;
    Ok((row, entry.row(work.id(), work.now())))
}

/// The report takes the place of the text.
async fn close(work: &Work, file: files::Model, plan: &Plan) -> Result<()> {
    let report = Report {
        counts: plan.counts(),
        unused: plan.unused(),
        refusals: plan.refusals(),
    };
    let report =
        serde_json::to_value(report).map_err(|error| Fault::Machine(format!("report: {error}")))?;
    let mut row = file.into_active_model();
    row.text = Set(String::new());
    row.report = Set(Some(report));
    row.done_at = Set(Some(work.now()));
    row.expires_at = Set(work.now() + TimeDelta::days(7));
    row.update(work.tx()).await?;
    Ok(())
}
