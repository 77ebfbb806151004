//! The second step where no exact time is asked for: some days and a part of the day, or how visits repeat, with the dates it
//! means. And what sends such a request, or changes it. Plain forms; `window.js` draws the dates again while one chooses.

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use super::submit::Typed;
use crate::trouble::Trouble;

/// What is asked for instead of an exact time, as text.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct TypedWindow {
    /// one_time, recurring, issue; nothing: an exact time.
    pub kind: String,
    /// The preferred date; the first one.
    pub from: String,
    /// The last possible date.
    pub to: String,
    /// morning, afternoon, evening; nothing: any time.
    pub part: String,
    /// daily, weekly, monthly.
    pub freq: String,
    /// Every how many.
    pub interval: String,
    /// On which weekdays, 1 = Monday.
    pub weekday: Vec<String>,
    /// count, until, never.
    pub ends: String,
    /// After so many.
    pub count: String,
    /// On this date.
    pub until: String,
}

/// Sends a request for some days, for repeating visits, or because something is wrong.
#[server]
pub async fn submit_window(
    service: String,
    key: String,
    #[server(flatten)] typed: Typed,
    #[server(flatten)] window: TypedWindow,
) -> Result<(), Trouble> {
    let ask = window.request(&service, &key, &typed)?;
    let answer = ask::desk()?.submit_window(&ask::contact()?, ask).await?;
    ask::go(&window.after(&service, &key, &typed, &answer));
    Ok(())
}

/// Changes such a request while it waits.
#[server]
pub async fn edit_window(
    reference: String,
    version: String,
    key: String,
    #[server(flatten)] typed: Typed,
    #[server(flatten)] window: TypedWindow,
) -> Result<(), Trouble> {
    let edit = window.edit(&reference, &version, &key, &typed)?;
    let answer = ask::desk()?.edit_window(&ask::contact()?, edit).await?;
    ask::go(&typed.after_edit(&reference, &answer));
    Ok(())
}

#[cfg(feature = "ssr")]
use crate::ask;
#[cfg(feature = "ssr")]
pub use ssr::{Asking, step, switch};

#[cfg(feature = "ssr")]
mod ssr {
    use std::sync::Arc;

    use booking::refusal::Refusal;
    use booking::request::RequestKind;
    use chrono::{Days, NaiveDate};
    use desk::asked_dates::AskedDates;
    use desk::edit_window::WindowEdit;
    use desk::free_slots::BookableService;
    use desk::submit_request::Submitted;
    use desk::submit_window::{WantedWindow, WindowRequest};
    use leptos::context::Provider;
    use leptos::nonce::use_nonce;
    use leptos::prelude::*;

    use super::super::choices::Choices;
    use super::super::in_words;
    use super::super::parts::{ChosenService, Question, Step};
    use super::super::submit::Typed;
    use super::TypedWindow;
    use crate::ask;
    use crate::i18n::td_string;
    use crate::kit::form::FormState;
    use crate::kit::repeat::{self, TypedRepeat};
    use crate::kit::{Button, Choice, Field, Hidden, Icon, Look, Pick, Posted, Radio, asked};
    use crate::office::section::Beside;
    use crate::office::typed::beside;
    use crate::trouble::Trouble;

    /// How many of the dates that a rule means are shown.
    const SHOWN: usize = 12;

    impl TypedWindow {
        /// Whether days are asked for instead of an exact time.
        #[must_use]
        pub fn is_asked(&self) -> bool {
            self.kind().is_some()
        }

        /// Its kind, if it is one without an exact time.
        #[must_use]
        pub fn kind(&self) -> Option<RequestKind> {
            let kind = self.kind.parse().ok();
            kind.filter(|kind| *kind != RequestKind::Appointment)
        }

        /// What stands in it, as names and values of an address.
        #[must_use]
        pub fn pairs(&self) -> Vec<(&'static str, String)> {
            if !self.is_asked() {
                return Vec::new();
            }
            let one = [
                ("kind", &self.kind),
                ("from", &self.from),
                ("to", &self.to),
                ("part", &self.part),
                ("freq", &self.freq),
                ("interval", &self.interval),
                ("ends", &self.ends),
                ("count", &self.count),
                ("until", &self.until),
            ];
            let one = one.into_iter().filter(|(_, value)| !value.is_empty());
            let days = self.weekday.iter().map(|day| ("weekday[]", day));
            one.chain(days)
                .map(|(name, value)| (name, value.clone()))
                .collect()
        }

        /// Takes a name and value of an address; whether it was one of its own.
        pub fn take(&mut self, name: &str, value: &str) -> bool {
            let place = match name {
                "kind" => &mut self.kind,
                "from" => &mut self.from,
                "to" => &mut self.to,
                "part" => &mut self.part,
                "freq" => &mut self.freq,
                "interval" => &mut self.interval,
                "ends" => &mut self.ends,
                "count" => &mut self.count,
                "until" => &mut self.until,
                "weekday" | "weekday[]" => {
                    self.weekday.push(value.to_owned());
                    return true;
                }
                _ => return false,
            };
            value.clone_into(place);
            true
        }

        /// Of a request.
        #[must_use]
        pub fn of(kind: RequestKind, dates: Option<&AskedDates>) -> Self {
            let Some(dates) = dates else {
                return Self::default();
            };
            let repeat = dates.repeat.as_ref().map(TypedRepeat::of);
            let repeat = repeat.unwrap_or_default();
            Self {
                kind: kind.as_str().to_owned(),
                from: dates.from.to_string(),
                to: dates.to.to_string(),
                part: dates.part.map(|part| part.to_string()).unwrap_or_default(),
                freq: repeat.freq,
                interval: repeat.interval,
                weekday: repeat.weekday,
                ends: repeat.ends,
                count: repeat.count,
                until: repeat.until,
            }
        }

        fn repeat(&self) -> TypedRepeat {
            TypedRepeat {
                freq: self.freq.clone(),
                interval: self.interval.clone(),
                weekday: self.weekday.clone(),
                ends: self.ends.clone(),
                count: self.count.clone(),
                until: self.until.clone(),
            }
        }

        /// What the desk wants to know.
        ///
        /// # Errors
        /// A refusal beside the field that cannot be read.
        pub fn wanted(&self, length: &str, with: &str) -> Result<WantedWindow, Trouble> {
            let kind = self.kind().ok_or(Refusal::KindMismatch)?;
            let date = |text: &str, field| -> Result<NaiveDate, Trouble> {
                text.parse().map_err(|_| beside(Refusal::BadDate, field))
            };
            let from = date(&self.from, "from")?;
            let (to, repeat) = match kind {
                RequestKind::Recurring => (from, self.repeat().parts()?),
                _ => (date(&self.to, "to")?, None),
            };
            let part = Some(self.part.as_str()).filter(|part| !part.is_empty());
            Ok(WantedWindow {
                kind,
                length_min: length
                    .parse()
                    .map_err(|_| beside(Refusal::BadLength, "length"))?,
                from,
                to,
                part: part
                    .map(str::parse)
                    .transpose()
                    .map_err(|_| beside(Refusal::BadChoice, "part"))?,
                repeat,
                technician: Some(with.trim())
                    .filter(|with| !with.is_empty())
                    .map(str::parse)
                    .transpose()
                    .map_err(|_| beside(Refusal::BadChoice, "technician"))?,
            })
        }

        /// The dates in words, as far as they can be read.
        #[must_use]
        pub fn words(&self) -> Option<String> {
            let wanted = self.wanted("60", "").ok()?;
            let dates = AskedDates {
                from: wanted.from,
                to: wanted.to,
                part: wanted.part,
                repeat: wanted.repeat,
            };
            let reader = ask::reader();
            Some(asked::words(&dates, reader.locale, |date| reader.day(date)))
        }

        pub(super) fn request(
            &self,
            service: &str,
            key: &str,
            typed: &Typed,
        ) -> Result<WindowRequest, Trouble> {
            Ok(WindowRequest {
                key: key.to_owned(),
                service: service.parse().map_err(|_| Refusal::NotFound)?,
                wanted: self.wanted(&typed.length, &typed.with)?,
                notes: typed.notes.clone(),
                ticket: typed.ticket.clone(),
                subjects: typed.subjects()?,
                answers: typed.answers(),
                photos: typed.photos()?,
            })
        }

        pub(super) fn edit(
            &self,
            reference: &str,
            version: &str,
            key: &str,
            typed: &Typed,
        ) -> Result<WindowEdit, Trouble> {
            Ok(WindowEdit {
                key: key.to_owned(),
                request: reference.to_owned(),
                version: version.parse().map_err(|_| Refusal::Stale)?,
                wanted: self.wanted(&typed.length, &typed.with)?,
                notes: typed.notes.clone(),
                ticket: typed.ticket.clone(),
                subjects: typed.subjects()?,
                answers: typed.answers(),
                photos: typed.photos()?,
            })
        }

        /// Where the answer leads.
        pub(super) fn after(
            &self,
            service: &str,
            key: &str,
            typed: &Typed,
            answer: &Submitted,
        ) -> String {
            let choices = Choices {
                window: self.clone(),
                ..typed.choices(key)
            };
            let check = format!("/request/{service}/check");
            match answer {
                Submitted::Sent { reference } => format!("/requests/{reference}?sent=1"),
                Submitted::SentBefore { reference } => Choices {
                    earlier: Some(reference.clone()),
                    ..choices
                }
                .link(&check),
                Submitted::Lost { .. } => choices.link(&check),
            }
        }
    }

    /// The word under which a kind is asked for.
    fn question(kind: RequestKind) -> &'static str {
        let locale = ask::locale();
        match kind {
            RequestKind::Recurring => td_string!(locale, asked.when_recurring),
            RequestKind::Issue => td_string!(locale, asked.when_issue),
            RequestKind::OneTime | RequestKind::Appointment => {
                td_string!(locale, asked.when_one_time)
            }
        }
    }

    /// The other way to ask for one visit, if the service is asked for in both.
    pub fn switch(service: &BookableService, choices: &Choices) -> Option<AnyView> {
        let locale = ask::locale();
        let (there, kind, words) = match choices.window.kind() {
            None => (
                service.asked_by.windows(),
                "one_time",
                td_string!(locale, asked.rather_days),
            ),
            Some(RequestKind::OneTime) => (
                service.asked_by.slots(),
                "",
                td_string!(locale, asked.rather_time),
            ),
            Some(_) => return None,
        };
        let other = Choices {
            window: TypedWindow {
                kind: kind.to_owned(),
                ..TypedWindow::default()
            },
            day: None,
            start: None,
            ..choices.clone()
        };
        let href = other.link(&format!("/request/{}", service.id));
        there
            .then(|| view! { <p class="mb-4"><a class="link" href=href>{words}</a></p> }.into_any())
    }

    /// The step, drawn; or the way on, when everything in it is right.
    ///
    /// # Errors
    /// The desk's.
    pub async fn step(service: BookableService, choices: Choices) -> Result<AnyView, Trouble> {
        let page = format!("/request/{}", service.id);
        let choices = filled(&service, choices);
        let kind = choices.window.kind().unwrap_or(RequestKind::OneTime);
        let asking = Asking::load(&service, &choices).await?;
        let wrong = asking.meant.as_ref().err().cloned();
        if ask::query("go").is_some() && wrong.is_none() {
            ask::go(&choices.link(&format!("{page}/details")));
        }
        let posted = wrong.filter(|_| ask::query("go").is_some()).map(|trouble| {
            Arc::new(Posted {
                action: String::new(),
                page: String::new(),
                fields: ask::queries(),
                trouble,
            })
        });
        let locale = ask::locale();
        let state = FormState {
            posted,
            locale,
            prefix: String::new(),
        };
        let back = format!("/request?kind={}", choices.window.kind);
        let (name, line) = (
            service.name.clone(),
            in_words::service_line(&service, choices.length),
        );
        let change = Some(back.clone());
        let kept = kept(&choices);
        let switch = switch(&service, &choices);
        Ok(view! {
            <Step number=2 back=back question=question(kind)/>
            <ChosenService name line change/>
            <Question text=question(kind)/>
            {switch}
            <form method="get" action=page.clone() class="flex max-w-2xl flex-col gap-5 pb-24 lg:pb-0" data-redraws=page>
                {kept}
                <Provider value=state>{asking.fields()}</Provider>
                <div class="choice-bar lg:justify-end">
                    <Button look=Look::Plain class="script-off">{td_string!(locale, asked.show_dates)}</Button>
                    <Button look=Look::Primary class="grow lg:grow-0" name="go" value="1">
                        {td_string!(locale, portal.wizard.go_on)} <Icon name="icon-[lucide--arrow-right]"/>
                    </Button>
                </div>
            </form>
        }
        .into_any())
    }

    /// What was typed in later steps, carried unseen.
    fn kept(choices: &Choices) -> Vec<AnyView> {
        Choices {
            window: TypedWindow::default(),
            length: None,
            with: None,
            ..choices.clone()
        }
        .fields()
    }

    /// The fields before anybody types: tomorrow, and a week for it; every week, ten times.
    fn filled(service: &BookableService, mut choices: Choices) -> Choices {
        choices.length = Some(in_words::length_or_first(&service.lengths, choices.length));
        let window = &mut choices.window;
        let reader = ask::reader();
        let business = crate::kit::Reader {
            zone: reader.business,
            ..reader
        };
        let today = business.date(reader.now);
        let plus = |days| today.checked_add_days(Days::new(days)).unwrap_or(today);
        if window.from.is_empty() {
            window.from = plus(1).to_string();
        }
        if window.to.is_empty() {
            window.to = plus(8).to_string();
        }
        if window.kind() == Some(RequestKind::Recurring) && window.freq.is_empty() {
            "weekly".clone_into(&mut window.freq);
            "1".clone_into(&mut window.interval);
            "count".clone_into(&mut window.ends);
            "10".clone_into(&mut window.count);
        }
        choices
    }

    /// The dates that the rule means, or what is wrong with what stands in the fields.
    async fn checked(
        service: &BookableService,
        choices: &Choices,
    ) -> Result<Result<Vec<NaiveDate>, Trouble>, Trouble> {
        let length = choices.length.map(|length| length.to_string());
        let wanted = choices.window.wanted(
            &length.unwrap_or_default(),
            choices.with.as_deref().unwrap_or_default(),
        );
        let wanted = match wanted {
            Ok(wanted) => wanted,
            Err(trouble) => return Ok(Err(trouble)),
        };
        let (desk, who) = (ask::desk()?, ask::contact()?);
        match desk.check_window(&who, service.id, &wanted).await {
            Ok(dates) => Ok(Ok(dates)),
            Err(refused) => {
                let trouble = Trouble::from(refused);
                match trouble.field() {
                    Some(_) => Ok(Err(trouble)),
                    None => Err(trouble),
                }
            }
        }
    }

    /// What the fields of this step start with, and the dates that they mean.
    pub struct Asking {
        window: TypedWindow,
        length: String,
        lengths: Vec<Pick>,
        with: String,
        people: Vec<Pick>,
        /// The dates of a rule; or what is wrong with what stands in the fields.
        meant: Result<Vec<NaiveDate>, Trouble>,
    }

    impl Asking {
        /// From the desk.
        ///
        /// # Errors
        /// The desk's.
        pub async fn load(service: &BookableService, choices: &Choices) -> Result<Self, Trouble> {
            Ok(Self {
                window: choices.window.clone(),
                length: choices.length.unwrap_or_default().to_string(),
                lengths: in_words::lengths(&service.lengths),
                with: choices.with.clone().unwrap_or_default(),
                people: people(service).await?,
                meant: checked(service, choices).await?,
            })
        }

        /// The fields. Drawn inside their form, so that a refusal stands beside its field.
        pub fn fields(self) -> impl IntoView + use<> {
            let (locale, window) = (ask::locale(), self.window.clone());
            let recurring = window.kind() == Some(RequestKind::Recurring);
            let first = match recurring {
                true => td_string!(locale, asked.first),
                false => td_string!(locale, asked.from),
            };
            let first_weekday = ask::business().first_weekday;
            let repeat =
                recurring.then(|| repeat::fields(locale, first_weekday, &window.repeat(), false));
            let last = (!recurring).then(|| {
                view! { <Field name="to" kind="date" label=td_string!(locale, asked.to) value=window.to.clone() required=true/> }
            });
            let parts = vec![
                Pick::new("", td_string!(locale, asked.any_time)),
                Pick::new("morning", td_string!(locale, portal.wizard.morning)),
                Pick::new("afternoon", td_string!(locale, portal.wizard.afternoon)),
                Pick::new("evening", td_string!(locale, portal.wizard.evening)),
            ];
            view! {
                <Hidden name="kind" value=window.kind.clone()/>
                <Beside name="service"/>
                {self.preferences()}
                <div class="pair">
                    <Field name="from" kind="date" label=first value=window.from.clone() required=true/>
                    {last}
                </div>
                {repeat}
                <Radio name="part" label=td_string!(locale, asked.part) picks=parts value=window.part.clone() row=true/>
                <div data-part="dates" aria-live="polite">{self.dates()}</div>
                {script()}
            }
        }

        /// Length and technician, where there is something to choose.
        fn preferences(&self) -> impl IntoView + use<> {
            let locale = ask::locale();
            let (length, lengths) = (self.length.clone(), self.lengths.clone());
            let length = match lengths.len() {
                0 | 1 => view! { <Hidden name="length" value=length/> }.into_any(),
                _ => view! { <Choice name="length" label=td_string!(locale, portal.wizard.length) picks=lengths value=length/> }.into_any(),
            };
            let (with, people) = (self.with.clone(), self.people.clone());
            let with = (!people.is_empty()).then(|| {
                view! { <Choice name="with" label=td_string!(locale, portal.wizard.with) picks=people value=with/> }
            });
            view! { <div class="pair">{length}{with}</div> <Beside name="technician"/> }
        }

        /// What stands in the fields, in words, with the dates of a rule; what is wrong, unless it stands beside its field.
        fn dates(self) -> Option<impl IntoView + use<>> {
            let (locale, reader) = (ask::locale(), ask::reader());
            let beside = FormState::around().posted.is_some();
            let (words, dates) = match self.meant {
                Ok(dates) => (self.window.words(), dates),
                Err(_) if beside => return None,
                Err(trouble) => (Some(trouble.words(locale)), Vec::new()),
            };
            let (listed, more) = (!dates.is_empty(), dates.len().saturating_sub(SHOWN));
            let dates = dates
                .into_iter()
                .take(SHOWN)
                .map(|date| view! { <li>{reader.day(date)}</li> });
            let dates = dates.collect_view();
            let more = (more > 0).then(
                || view! { <li>{td_string!(locale, asked.more, count = more).to_string()}</li> },
            );
            let dates = listed.then(|| view! { <ol class="mt-2 flex flex-wrap gap-x-4 gap-y-1 text-sm text-muted tabular-nums">{dates}{more}</ol> });
            Some(view! {
                <div class="sheet p-4">
                    <p class="first-letter:uppercase">{words}</p>
                    {dates}
                </div>
            })
        }
    }

    /// Who can be named, where that is offered.
    async fn people(service: &BookableService) -> Result<Vec<Pick>, Trouble> {
        if !service.technician_preference {
            return Ok(Vec::new());
        }
        let (desk, who) = (ask::desk()?, ask::contact()?);
        let named = desk.technicians_offered(&who, service.id).await?;
        let anyone = Pick::new("", td_string!(ask::locale(), portal.wizard.anyone));
        let named = named.into_iter();
        let named = named.map(|one| Pick::new(one.id.to_string(), one.name));
        Ok(std::iter::once(anyone).chain(named).collect())
    }

    fn script() -> impl IntoView {
        let nonce = use_nonce().map(|nonce| nonce.to_string());
        view! { <script type="module" nonce=nonce inner_html=include_str!("window.js")></script> }
    }
}
