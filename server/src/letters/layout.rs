//! The sheet that every letter is written on, as HTML and as text. Values are escaped by the template engine; nothing that
//! people typed is ever read as a template.

use app::i18n::Locale;
use app::language;
use minijinja::{AutoEscape, Environment, UndefinedBehavior};
use serde::Serialize;

use super::{Unbuildable, plain};

/// How much work one letter's template may make.
const FUEL: u64 = 50_000;
/// Columns of the text part.
const COLUMNS: usize = 72;

/// A letter's content, in order.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Sheet {
    /// Language tag.
    pub lang: String,
    /// Which way it is read.
    pub dir: &'static str,
    /// Name of the business.
    pub business: String,
    /// The subject, also the document's title.
    pub subject: String,
    /// The headline.
    pub heading: String,
    /// How it stands: `wait`, `yes`, `no`, `off` or nothing; the colour beside the headline, never the only sign.
    pub tone: &'static str,
    /// What lists of mails show beside the subject.
    pub preheader: String,
    /// Paragraphs before the facts.
    pub opening: Vec<String>,
    /// The facts.
    pub rows: Vec<Row>,
    /// What somebody wrote: the reason, the notes.
    pub quote: Option<Quote>,
    /// The one thing to do.
    pub button: Option<Button>,
    /// Paragraphs after it.
    pub closing: Vec<String>,
    /// Small print.
    pub foot: Vec<String>,
}

/// One fact.
#[derive(Clone, Debug, Serialize)]
pub struct Row {
    /// What it is.
    pub label: String,
    /// Its value.
    pub value: String,
    /// The value before, if it changed.
    pub was: Option<String>,
    /// Whether it is a time, so that the zone is named below.
    pub is_time: bool,
}

/// Somebody's own words.
#[derive(Clone, Debug, Serialize)]
pub struct Quote {
    /// Whose, or what for.
    pub label: String,
    /// The words, line by line.
    pub lines: Vec<String>,
}

/// A link that looks like a button.
#[derive(Clone, Debug, Serialize)]
pub struct Button {
    /// What it says.
    pub label: String,
    /// A whole URL, from the configured base.
    pub url: String,
    /// The sentence before the URL in plain letters, for those whose button does not work.
    pub hint: String,
}

/// A strict engine: an unknown name is an error, work is bounded, HTML (only) is escaped.
pub fn engine() -> Environment<'static> {
    let mut engine = Environment::new();
    engine.set_undefined_behavior(UndefinedBehavior::Strict);
    engine.set_fuel(Some(FUEL));
    engine.set_auto_escape_callback(|name| {
        if name.ends_with(".html") {
            AutoEscape::Html
        } else {
            AutoEscape::None
        }
    });
    engine
}

/// The HTML part.
///
/// # Errors
/// The template's.
pub fn html(sheet: &Sheet) -> Result<String, Unbuildable> {
    engine()
        .render_named_str(
            "layout.html",
            include_str!("layout.html"),
            sheet_value(sheet),
        )
        .map_err(|error| Unbuildable(error.to_string()))
}

/// The text part, wrapped at 72 columns; a URL is never broken.
#[must_use]
pub fn text(sheet: &Sheet) -> String {
    let label = |label| language::label(sheet.lang.parse().unwrap_or(Locale::en), label);
    let mut blocks = vec![underlined(&sheet.heading)];
    blocks.extend(sheet.opening.iter().map(|words| wrapped(words, "", "")));
    if !sheet.rows.is_empty() {
        let labels: Vec<String> = sheet.rows.iter().map(|row| label(&row.label)).collect();
        blocks.push(facts(&labels, &sheet.rows));
    }
    if let Some(quote) = &sheet.quote {
        let lines = quote.lines.iter().map(|line| wrapped(line, "> ", "> "));
        let lines: Vec<String> = lines.collect();
        blocks.push(format!("{}\n{}", label(&quote.label), lines.join("\n")));
    }
    if let Some(button) = &sheet.button {
        blocks.push(format!("{}\n{}", label(&button.label), button.url));
    }
    blocks.extend(sheet.closing.iter().map(|words| wrapped(words, "", "")));
    let foot: Vec<String> = sheet
        .foot
        .iter()
        .map(|words| wrapped(words, "", ""))
        .collect();
    blocks.push(format!("-- \n{}", foot.join("\n")));
    format!("{}\n", blocks.join("\n\n"))
}

fn sheet_value(sheet: &Sheet) -> minijinja::Value {
    minijinja::Value::from(minijinja::value::Serde(sheet))
}

fn underlined(heading: &str) -> String {
    let heading = wrapped(heading, "", "");
    let width = heading
        .lines()
        .map(|line| line.chars().count())
        .max()
        .unwrap_or(0);
    format!("{heading}\n{}", "=".repeat(width))
}

/// `Label:   value`, the values in one column; an old value stands in brackets on its own line.
fn facts(labels: &[String], rows: &[Row]) -> String {
    let widths = labels.iter().map(|label| label.chars().count());
    let width = widths.max().unwrap_or(0) + 1;
    let mut lines = Vec::new();
    for (label, row) in labels.iter().zip(rows) {
        let first = format!("{label:width$}");
        let rest = " ".repeat(width);
        lines.push(wrapped(&row.value, &first, &rest));
        if let Some(was) = &row.was {
            lines.push(wrapped(&format!("({was})"), &rest, &rest));
        }
    }
    lines.join("\n")
}

/// The words in lines of at most 72 columns, beginning with `first`, then with `rest`.
fn wrapped(words: &str, first: &str, rest: &str) -> String {
    let mut lines = Vec::new();
    let mut line = first.to_owned();
    let mut width = line.chars().count();
    let mut empty = true;
    for word in words.split(plain::parts).filter(|word| !word.is_empty()) {
        let more = word.chars().count();
        if !empty && width + 1 + more > COLUMNS {
            lines.push(std::mem::replace(&mut line, rest.to_owned()));
            width = rest.chars().count();
            empty = true;
        }
        if !empty {
            line.push(' ');
            width += 1;
        }
        line.push_str(word);
        width += more;
        empty = false;
    }
    lines.push(line);
    lines.join("\n")
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    fn sheet() -> Sheet {
        let row = |label: &str, value: &str, was: Option<&str>| Row {
            label: label.to_owned(),
            value: value.to_owned(),
            was: was.map(str::to_owned),
            is_time: false,
        };
        Sheet {
            lang: "en".to_owned(),
            dir: "ltr",
            business: "Clean & Co".to_owned(),
            subject: "Confirmed".to_owned(),
            heading: "Your appointment is confirmed".to_owned(),
            tone: "yes",
            preheader: "word".to_owned(),
            opening: vec!["word ".repeat(30)],
            rows: vec![
                row("Service", "Deep clean", None),
                row("When", "Thu", Some("was Wed")),
            ],
            quote: Some(Quote {
                label: "Reason".to_owned(),
                lines: vec!["<script>{{7*7}}".to_owned(), ".".to_owned()],
            }),
            button: Some(Button {
                label: "Open".to_owned(),
                url: "https://x.example/a?b=c&d".to_owned(),
                hint: "Or:".to_owned(),
            }),
            closing: vec![],
            foot: vec!["Clean & Co".to_owned()],
        }
    }

    #[test]
    fn text_is_wrapped_and_lined_up() {
        let text = text(&sheet());
        assert!(
            text.lines().all(|line| line.chars().count() <= COLUMNS),
            "{text}"
        );
        assert!(
            text.contains("Service: Deep clean\nWhen:    Thu\n         (was Wed)\n"),
            "{text}"
        );
        assert!(
            text.contains("Reason:\n> <script>{{7*7}}\n> .\n\nOpen:\nhttps://x.example/a?b=c&d\n"),
            "{text}"
        );
    }

    #[test]
    fn a_french_colon_keeps_its_blank() {
        let sheet = Sheet {
            lang: "fr".to_owned(),
            rows: vec![
                Row {
                    label: "Prestation".to_owned(),
                    value: "Grand ménage".to_owned(),
                    was: None,
                    is_time: false,
                },
                Row {
                    label: "Date".to_owned(),
                    value: "jeu.".to_owned(),
                    was: Some("mer.".to_owned()),
                    is_time: false,
                },
            ],
            ..sheet()
        };
        let text = text(&sheet);
        assert!(
            text.contains(
                "Prestation\u{a0}: Grand ménage\nDate\u{a0}:       jeu.\n             (mer.)\n"
            ),
            "{text}"
        );
        assert!(text.contains("Reason\u{a0}:\n> <script>"), "{text}");
        assert!(text.contains("Open\u{a0}:\nhttps://"), "{text}");
    }

    #[test]
    fn html_is_escaped_and_values_are_no_templates() {
        let html = html(&sheet()).unwrap();
        assert!(html.contains("&lt;script&gt;{{7*7}}"), "{html}");
        assert!(html.contains("Clean &amp; Co"));
        assert!(html.contains("<html lang=\"en\""));
        assert!(!html.contains("<script") && !html.contains("<img"));
    }

    #[test]
    fn an_unknown_name_is_an_error() {
        assert!(engine().render_str("{{ nobody }}", ()).is_err());
        assert!(
            engine()
                .render_str("{% for x in range(1000000) %}.{% endfor %}", ())
                .is_err()
        );
    }
}
