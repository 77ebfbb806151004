//! A file as it came: which character parts its cells, what its columns are about, its lines with their numbers. Knows
//! nothing of clients.

use serde::{Deserialize, Serialize};

use super::MOST_LINES;
use crate::csv_file::unguarded;

/// Why nothing can be done with a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FileProblem {
    /// More than 5 MB.
    TooLarge,
    /// Not a text in UTF-8.
    NotText,
    /// Nothing in it.
    Empty,
    /// More than 20,000 lines.
    TooManyLines,
    /// No column for a name or an e-mail address in the first line.
    NoColumns,
}

impl FileProblem {
    /// All of them.
    pub const ALL: [Self; 5] = [
        Self::TooLarge,
        Self::NotText,
        Self::Empty,
        Self::TooManyLines,
        Self::NoColumns,
    ];

    /// Its word in an address.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::TooLarge => "too-large",
            Self::NotText => "not-text",
            Self::Empty => "empty",
            Self::TooManyLines => "too-many-lines",
            Self::NoColumns => "no-columns",
        }
    }

    /// The one with this word.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.code() == code)
    }
}

/// What a column is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Column {
    /// The id under which the client is kept here.
    Id,
    /// Its name.
    Name,
    /// Where to write.
    Email,
    /// Telephone.
    Phone,
    /// Where they live.
    Address,
    /// Language of its contacts.
    Language,
    /// Zone of its contacts.
    TimeZone,
    /// Whether each contact sees only their own.
    OwnOnly,
    /// For staff.
    Notes,
}

/// How the columns are called in each language, in small letters without accents and anything else.
const NAMES: &[(Column, &str)] = &[
    (
        Column::Id,
        "id clientid idcliente kundennummer kundenid idclient معرف رقمالعميل",
    ),
    (
        Column::Name,
        "name client clientname customer nombre cliente nombredelcliente kunde kundin kundenname nom nomduclient nome nomedocliente الاسم اسم اسمالعميل العميل",
    ),
    (
        Column::Email,
        "email mail emailaddress correo correoelectronico direcciondecorreo emailadresse mailadresse courriel adressemail adresseemail correioeletronico correioelectronico enderecodeemail البريدالالكتروني البريدالإلكتروني",
    ),
    (
        Column::Phone,
        "phone telephone phonenumber mobile tel telefono movil numerodetelefono telefon telefonnummer mobil handy numerodetelephone portable telefone telemovel celular الهاتف رقمالهاتف الجوال",
    ),
    (
        Column::Address,
        "address postaladdress direccion domicilio adresse anschrift postanschrift adressepostale endereco morada العنوان",
    ),
    (
        Column::Language,
        "language locale lang idioma lengua sprache langue lingua اللغة",
    ),
    (
        Column::TimeZone,
        "timezone zone zonahoraria husohorario zeitzone fuseauhoraire fusohorario المنطقةالزمنية",
    ),
    (
        Column::OwnOnly,
        "ownonly ownrequestsonly sololopropio solopropias solosuyo nureigene nureigenes seulementlessiens sespropresdemandes soosproprios apenasosproprios طلباتهفقط",
    ),
    (
        Column::Notes,
        "notes note comments notas nota comentarios observaciones notizen notiz anmerkungen bemerkungen remarques commentaires observacoes ملاحظات",
    ),
];

/// A file that can be read.
#[derive(Clone, Debug)]
pub(super) struct Sheet {
    /// The first line, as it came.
    pub header: Vec<String>,
    /// What each column is about; nothing: it is not used.
    pub columns: Vec<Option<Column>>,
    /// The other lines with their numbers, as they came.
    pub rows: Vec<(u64, Vec<String>)>,
}

impl Sheet {
    /// Reads a text.
    pub(super) fn read(text: &str) -> Result<Self, FileProblem> {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let text = text.replace("\r\n", "\n").replace('\r', "\n");
        let mut file = csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .delimiter(delimiter(&text))
            .from_reader(text.as_bytes());
        let mut counted = Counted {
            text: &text,
            byte: 0,
            line: 1,
        };
        let mut lines = file.records().map(|record| {
            let record = record.map_err(|_| FileProblem::NotText)?;
            let number = counted.line_of(record.position());
            let cells: Vec<String> = record.iter().map(str::to_owned).collect();
            Ok((number, cells))
        });
        let (_, header) = lines.next().unwrap_or(Err(FileProblem::Empty))?;
        let columns = columns(&header);
        let has = |wanted| columns.contains(&Some(wanted));
        if !has(Column::Name) && !has(Column::Email) {
            return Err(FileProblem::NoColumns);
        }
        let mut rows = Vec::new();
        for line in lines {
            let (number, cells) = line?;
            if cells.iter().all(|cell| cell.trim().is_empty()) {
                continue;
            }
            if rows.len() == MOST_LINES {
                return Err(FileProblem::TooManyLines);
            }
            rows.push((number, cells));
        }
        Ok(Self {
            header,
            columns,
            rows,
        })
    }

    /// The cell of a column in a line, without what guards it; empty where there is none.
    pub(super) fn cell<'c>(&self, cells: &'c [String], column: Column) -> &'c str {
        let place = self.columns.iter().position(|one| *one == Some(column));
        let cell = place.and_then(|place| cells.get(place));
        cell.map_or("", |cell| unguarded(cell.trim()))
    }

    /// The columns that are not used.
    pub(super) fn unused(&self) -> Vec<String> {
        let pairs = self.header.iter().zip(&self.columns);
        pairs
            .filter(|(name, column)| column.is_none() && !name.trim().is_empty())
            .map(|(name, _)| name.trim().chars().take(60).collect())
            .collect()
    }
}

/// Counts the lines up to a record: its position is where the reader looked for it, before the empty lines in between.
struct Counted<'t> {
    text: &'t str,
    byte: usize,
    line: u64,
}

impl Counted<'_> {
    fn line_of(&mut self, position: Option<&csv::Position>) -> u64 {
        let start = position.and_then(|position| usize::try_from(position.byte()).ok());
        let start = start.unwrap_or(self.byte).min(self.text.len());
        let bytes = self.text.as_bytes();
        let empty = bytes.iter().skip(start).take_while(|byte| **byte == b'\n');
        let start = start + empty.count();
        let between = bytes.get(self.byte..start).unwrap_or_default();
        self.line += between.iter().filter(|byte| **byte == b'\n').count() as u64;
        self.byte = start;
        self.line
    }
}

/// Comma, semicolon or tab: whichever the first line has most of, outside its quotes.
fn delimiter(text: &str) -> u8 {
    let mut quoted = false;
    let mut counts = [(b',', 0), (b';', 0), (b'\t', 0)];
    for byte in text.bytes() {
        match byte {
            b'"' => quoted = !quoted,
            b'\n' | b'\r' if !quoted => break,
            _ => {}
        }
        for (mark, count) in &mut counts {
            *count += i32::from(byte == *mark && !quoted);
        }
    }
    let most = counts.iter().rev().max_by_key(|(_, count)| *count);
    most.map_or(b',', |(mark, _)| *mark)
}

/// What each column is about. Of two about the same the first is used.
fn columns(header: &[String]) -> Vec<Option<Column>> {
    let mut found: Vec<Option<Column>> = Vec::new();
    for name in header {
        let plain = plain(name);
        let known = NAMES
            .iter()
            .find(|(_, names)| names.split(' ').any(|known| known == plain));
        let column = known.map(|(column, _)| *column);
        let is_second = column.is_some() && found.contains(&column);
        found.push(column.filter(|_| !is_second));
    }
    found
}

/// Small letters and digits only, without accents.
fn plain(name: &str) -> String {
    let letter = |c: char| match c {
        'á' | 'à' | 'â' | 'ã' | 'ä' => 'a',
        'é' | 'è' | 'ê' | 'ë' => 'e',
        'í' | 'î' | 'ï' => 'i',
        'ó' | 'ô' | 'õ' | 'ö' => 'o',
        'ú' | 'ù' | 'û' | 'ü' => 'u',
        'ç' => 'c',
        'ñ' => 'n',
        other => other,
    };
    // An accent may also stand behind its letter as a mark of its own.
    let small = name.to_lowercase();
    let letters = small.chars().map(letter);
    letters.filter(|c| c.is_alphanumeric()).collect()
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn files_as_spreadsheets_write_them() {
        let files = [
            "name,email\nAna,a@x.example\n",
            "\u{feff}Name;E-Mail\r\nAna;a@x.example\r\n",
            "NOMBRE\tCorreo electrónico\nAna\ta@x.example",
            "\"Nombre\";\"Correo, electrónico; \"\nAna;a@x.example",
            "Cliente,Correo electro\u{301}nico\n\n,\nAna,a@x.example\n",
            "Kunde;E-Mail-Adresse\nAna;a@x.example\n",
            "Nom du client;Adresse e-mail\nAna;a@x.example\n",
            "Nome;Correio eletrónico\nAna;a@x.example\n",
            "الاسم,البريد الإلكتروني\nAna,a@x.example\n",
        ];
        for text in files {
            let sheet = Sheet::read(text).unwrap();
            assert_eq!(sheet.rows.len(), 1, "{text}");
            let cells = &sheet.rows[0].1;
            assert_eq!(sheet.cell(cells, Column::Name), "Ana", "{text}");
            assert_eq!(sheet.cell(cells, Column::Email), "a@x.example", "{text}");
        }
    }

    #[test]
    fn lines_keep_their_numbers_and_quoted_ends_of_lines() {
        let sheet = Sheet::read("name,notes,note\nAna,\"one\ntwo\",x\n\nBen,'=1,\n").unwrap();
        let numbers: Vec<u64> = sheet.rows.iter().map(|row| row.0).collect();
        assert_eq!(numbers, [2, 5]);
        assert_eq!(sheet.cell(&sheet.rows[0].1, Column::Notes), "one\ntwo");
        assert_eq!(sheet.cell(&sheet.rows[1].1, Column::Notes), "=1");
        assert_eq!(sheet.unused(), ["note"]);
    }

    #[test]
    fn what_cannot_be_read() {
        let many = format!("name\n{}", "Ana\n".repeat(MOST_LINES + 1));
        let cases = [
            ("", FileProblem::Empty),
            ("phone,notes\n1,2", FileProblem::NoColumns),
            (many.as_str(), FileProblem::TooManyLines),
        ];
        for (text, problem) in cases {
            assert_eq!(Sheet::read(text).unwrap_err(), problem);
        }
    }
}
