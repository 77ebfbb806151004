//! The short questions that a service asks whoever requests it, and what counts as an answer. No I/O: who asks what of
//! whom is the desk's.

use serde::{Deserialize, Serialize};

use crate::ids::QuestionId;
use crate::people::Name;
use crate::refusal::{Refusal, words};

/// The most questions of one service.
pub const MOST_QUESTIONS: usize = 10;
/// The most options of a choice.
pub const MOST_OPTIONS: usize = 10;
/// The answer "yes" as it is stored; "no" is [`NO`].
pub const YES: &str = "yes";
/// The answer "no" as it is stored.
pub const NO: &str = "no";

words! {
    /// How a question is answered.
    AnswerKind {
        /// In words, up to 200 characters.
        Text => "text",
        /// By one of its options.
        Choice => "choice",
        /// By a number, with decimals or without.
        Number => "number",
        /// By yes or no.
        YesNo => "yes_no",
    }
}

/// A question as staff define it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewQuestion {
    /// 1–200 characters.
    pub words: String,
    /// How it is answered.
    pub kind: AnswerKind,
    /// What can be chosen, 2–10 different ones; of no meaning for other kinds.
    pub options: Vec<String>,
    /// Whether a request is refused without an answer.
    pub required: bool,
}

/// A question as it is asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Question {
    /// Which.
    pub id: QuestionId,
    /// Its words and its kind.
    pub ask: NewQuestion,
}

/// The name under which a refused answer stands, by the question's place from 0 on.
#[must_use]
pub fn field(place: usize) -> &'static str {
    const FIELDS: [&str; MOST_QUESTIONS] = [
        "answer_1",
        "answer_2",
        "answer_3",
        "answer_4",
        "answer_5",
        "answer_6",
        "answer_7",
        "answer_8",
        "answer_9",
        "answer_10",
    ];
    FIELDS.get(place).copied().unwrap_or("answer_10")
}

impl NewQuestion {
    /// The words, checked.
    ///
    /// # Errors
    /// [`Refusal::TextEmpty`], [`Refusal::TextTooLong`], [`Refusal::TextControl`].
    pub fn checked_words(&self) -> Result<String, Refusal> {
        Name::parse(&self.words).map(String::from)
    }

    /// The options of a choice, checked; none for the other kinds.
    ///
    /// # Errors
    /// [`Refusal::BadOptions`]; what is refused of an option's text.
    pub fn checked_options(&self) -> Result<Vec<String>, Refusal> {
        match self.kind {
            AnswerKind::Text | AnswerKind::Number | AnswerKind::YesNo => return Ok(Vec::new()),
            AnswerKind::Choice => {}
        }
        let filled = self.options.iter().filter(|one| !one.trim().is_empty());
        let options: Vec<String> = filled
            .map(|one| Name::parse(one).map(String::from))
            .collect::<Result<_, _>>()?;
        let mut different = options.clone();
        different.sort_unstable();
        different.dedup();
        match (2..=MOST_OPTIONS).contains(&options.len()) && different.len() == options.len() {
            true => Ok(options),
            false => Err(Refusal::BadOptions),
        }
    }

    /// The answer to keep; none where nothing was answered and nothing need be.
    ///
    /// # Errors
    /// [`Refusal::TextEmpty`] where an answer is required; [`Refusal::TextTooLong`], [`Refusal::TextControl`];
    /// [`Refusal::BadChoice`] for what is not offered; [`Refusal::NotANumber`].
    pub fn answer(&self, typed: &str) -> Result<Option<String>, Refusal> {
        let typed = typed.trim();
        if typed.is_empty() {
            return match self.required {
                true => Err(Refusal::TextEmpty),
                false => Ok(None),
            };
        }
        let offered = |is: bool| is.then(|| typed.to_owned()).ok_or(Refusal::BadChoice);
        match self.kind {
            AnswerKind::Text => Name::parse(typed).map(String::from),
            AnswerKind::Choice => offered(self.options.iter().any(|one| one == typed)),
            AnswerKind::Number => number(typed).ok_or(Refusal::NotANumber),
            AnswerKind::YesNo => offered(matches!(typed, YES | NO)),
        }
        .map(Some)
    }
}

/// A number as people write it, at most twelve digits before and six after a point or a comma; kept with a point.
fn number(typed: &str) -> Option<String> {
    let text = typed.replace(',', ".").replace('\u{2212}', "-");
    let (sign, bare) = match text.strip_prefix('-') {
        Some(bare) => ("-", bare),
        None => ("", text.strip_prefix('+').unwrap_or(&text)),
    };
    let (whole, rest) = bare
        .split_once('.')
        .map_or((bare, None), |(w, r)| (w, Some(r)));
    let digits = |part: &str, most: usize| {
        (1..=most).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit())
    };
    let reads = digits(whole, 12) && rest.is_none_or(|rest| digits(rest, 6));
    reads.then(|| format!("{sign}{bare}"))
}
