//! Asking for a visit to be otherwise (D4): another time through the same calendar, another service, subjects, notes. Only
//! what differs is sent on; the visit stays as it is until somebody decides.

use leptos::prelude::*;

use crate::trouble::Trouble;

/// Asks for a change. A time that was lost: its form again, which says so and names others.
#[server]
pub async fn ask_change(
    key: String,
    visit: String,
    version: String,
    service: String,
    #[server(default)] start: String,
    #[server(default)] length: String,
    #[server(default)] block: String,
    #[server(default)] block_date: String,
    #[server(default)] subject: Vec<String>,
    #[server(default)] notes: String,
) -> Result<(), Trouble> {
    let typed = ssr::Typed {
        start,
        length,
        block: (block_date, block),
        subject,
        notes,
    };
    let ask = typed.ask((&visit, &version, &key), &service)?;
    match ask::desk()?.ask_change(&ask::contact()?, ask).await? {
        desk::submit_change::ChangeAsked::Sent { .. } => {
            ask::go(&format!("/visits/{visit}?asked=1"));
        }
        desk::submit_change::ChangeAsked::Lost { .. } => {
            ask::go(&typed.again(&visit, &service));
        }
    }
    Ok(())
}

/// Takes back what waits against a visit.
#[server]
pub async fn withdraw_change(visit: String) -> Result<(), Trouble> {
    ask::desk()?
        .withdraw_change(&ask::contact()?, &visit)
        .await?;
    ask::go(&format!("/visits/{visit}?withdrawn=1"));
    Ok(())
}

#[cfg(feature = "ssr")]
use crate::ask;
#[cfg(feature = "ssr")]
pub use ssr::{ChangePage, ChangeStart, ChangeWhen};

#[cfg(feature = "ssr")]
mod ssr {
    use booking::block::TimeBlocks;
    use booking::refusal::Refusal;
    use chrono::DateTime;
    use desk::changes_shown::VisitWays;
    use desk::free_slots::BookableService;
    use desk::my_visits::MyVisit;
    use desk::portal_rules::PortalRules;
    use desk::submit_change::ChangeAsk;
    use leptos::prelude::*;
    use leptos::server_fn::ServerFn;

    use super::AskChange;
    use crate::ask;
    use crate::i18n::td_string;
    use crate::kit::{
        Banner, Button, ButtonLink, Choice, EnterSends, Form, Hidden, Icon, Look, Once, PageHead,
        Pick, TextArea, Tick, Tone,
    };
    use crate::portal::itself::Counted;
    use crate::portal::make_changes::blocks::{self, Blocks};
    use crate::portal::request::check::lost;
    use crate::portal::request::choices::Choices;
    use crate::portal::request::choose::{Ask, Still, Taken};
    use crate::portal::request::times::{asked, still};
    use crate::portal::request::{in_words, when};
    use crate::trouble::{Trouble, words};

    /// What the form sent.
    pub struct Typed {
        pub start: String,
        pub length: String,
        /// A date and a time block of it; empty: none.
        pub block: (String, String),
        pub subject: Vec<String>,
        pub notes: String,
    }

    impl Typed {
        /// As the desk is asked.
        ///
        /// # Errors
        /// What cannot be read.
        pub fn ask(
            &self,
            (visit, version, key): (&str, &str, &str),
            service: &str,
        ) -> Result<ChangeAsk, Trouble> {
            let start = match self.start.as_str() {
                "" => None,
                text => {
                    let at = DateTime::parse_from_rfc3339(text);
                    Some(at.map_err(|_| Trouble::Malformed)?.to_utc())
                }
            };
            let length_min = match self.length.as_str() {
                "" => None,
                text => Some(text.parse().map_err(|_| Trouble::Malformed)?),
            };
            let subjects = self.subject.iter().map(|id| id.parse());
            let subjects: Result<Vec<_>, _> = subjects.collect();
            Ok(ChangeAsk {
                key: key.to_owned(),
                visit: visit.to_owned(),
                version: version.parse().map_err(|_| Trouble::Malformed)?,
                service: service.parse().map_err(|_| Refusal::NotFound)?,
                start,
                length_min,
                block: blocks::read((&self.block.0, &self.block.1))?,
                subjects: subjects.map_err(|_| Refusal::BadChoice)?,
                notes: self.notes.clone(),
            })
        }

        /// The form once more, with everything in it.
        pub fn again(&self, visit: &str, service: &str) -> String {
            let choices = Choices {
                start: self.start.parse().ok(),
                length: self.length.parse().ok(),
                subjects: self.subject.clone(),
                notes: Some(self.notes.clone()),
                ..Choices::default()
            };
            choices.link(&format!("/visits/{visit}/change/{service}"))
        }
    }

    /// The visit, and what can be done about it.
    struct Meant {
        visit: MyVisit,
        ways: VisitWays,
        subjects: Vec<desk::subjects::Subject>,
        services: Vec<BookableService>,
        blocks: TimeBlocks,
    }

    impl Meant {
        async fn load() -> Result<Self, Trouble> {
            let (desk, who) = (ask::desk()?, ask::contact()?);
            let reference = ask::part("ref");
            let visit = desk.my_visit(&who, &reference).await?;
            let ways = desk.my_visit_ways(&who, &reference).await?;
            let visit = visit.ok_or(Refusal::NotFound)?;
            let mut services = desk.bookable_services(&who).await?;
            // It may stay as long as staff made it, whatever clients can choose.
            let own = u32::try_from((visit.end - visit.start).num_minutes()).unwrap_or(0);
            for service in services.iter_mut().filter(|one| one.id == visit.service) {
                service.lengths = service.lengths.clone().with(own);
            }
            Ok(Self {
                visit,
                ways: ways.ok_or(Refusal::NotFound)?,
                subjects: desk.subjects(&who).await?,
                services,
                blocks: PortalRules::of(&desk.business().await?)?.time_blocks,
            })
        }

        /// The service chosen, where clients can book it.
        fn service(&self) -> Option<&BookableService> {
            let chosen = ask::part("service");
            self.services
                .iter()
                .find(|one| one.id.to_string() == chosen)
        }

        /// What the address says, and for the rest what the visit says.
        fn choices(&self) -> Choices {
            let here = Choices::here();
            let minutes = (self.visit.end - self.visit.start).num_minutes();
            let own = u32::try_from(minutes).ok();
            let own = match self.service() {
                Some(service) => Some(in_words::length_or_first(&service.lengths, own)),
                None => own,
            };
            let names = &self.visit.subjects;
            let its = self.subjects.iter().filter(|one| names.contains(&one.name));
            Choices {
                length: here.length.or(own),
                day: here.day,
                month: here.month,
                start: here.start.or(Some(self.visit.start)),
                subjects: match here.notes {
                    None => its.map(|one| one.id.to_string()).collect(),
                    Some(_) => here.subjects,
                },
                notes: here.notes.or(Some(self.visit.notes.clone())),
                ..Choices::default()
            }
        }

        fn back(&self) -> (String, String) {
            let href = format!("/visits/{}/changes", self.visit.reference);
            (href, td_string!(ask::locale(), changes.title).to_owned())
        }
    }

    /// The page `/visits/{ref}/change`: leads to the form for a service, the visit's own at first.
    #[component]
    pub fn ChangeStart() -> impl IntoView {
        crate::site::page(async move {
            let meant = Meant::load().await?;
            let asked = ask::query("service");
            let service = asked.unwrap_or_else(|| meant.visit.service.to_string());
            let same = service == meant.visit.service.to_string();
            let mut choices = Choices::here();
            if !same {
                choices.length = None;
            }
            let page = format!("/visits/{}/change/{service}", meant.visit.reference);
            ask::go(&blocks::along(choices.link(&page)));
            Ok(())
        })
    }

    /// The page `/visits/{ref}/change/{service}`.
    #[component]
    pub fn ChangePage() -> impl IntoView {
        crate::site::page(async move {
            let meant = Meant::load().await?;
            let locale = ask::locale();
            let body = match meant.ways.change {
                Ok(()) => form(&meant).await?.into_any(),
                Err(why) => {
                    view! { <Banner tone=Tone::Off>{words(why, locale).to_owned()}</Banner> }
                        .into_any()
                }
            };
            Ok(
                view! { <PageHead title=td_string!(locale, changes.change.title) back=meant.back()/> {body} },
            )
        })
    }

    /// The page `/visits/{ref}/change/{service}/when`.
    #[component]
    pub fn ChangeWhen() -> impl IntoView {
        crate::site::page(async move {
            let meant = Meant::load().await?;
            let service = meant.service().ok_or(Refusal::NotFound)?;
            let onward = format!("/visits/{}/change/{}", meant.visit.reference, service.id);
            let page = format!("{onward}/when");
            let choices = meant.choices();
            let moving = Some(meant.visit.reference.clone());
            let back = (
                choices.link(&onward),
                td_string!(ask::locale(), changes.change.title).to_owned(),
            );
            let calendar = when::calendar(service, choices, moving, (&page, &onward)).await?;
            let title = td_string!(ask::locale(), portal.request.edit_when);
            Ok(view! { <PageHead title back=back/> {calendar} })
        })
    }

    async fn form(meant: &Meant) -> Result<impl IntoView + use<>, Trouble> {
        let locale = ask::locale();
        let choices = meant.choices();
        let service = ask::part("service");
        let page = format!("/visits/{}/change/{service}", meant.visit.reference);
        let taken = taken(meant, &choices, &service).await?;
        let lost = taken.as_ref().map(|taken| lost(taken, &choices, &page));
        let now = ask::reader().span(meant.visit.start, meant.visit.end);
        let (reference, version) = (
            meant.visit.reference.clone(),
            meant.ways.version.to_string(),
        );
        let start = choices.start.filter(|at| *at != meant.visit.start);
        let start = start.map(crate::portal::request::choices::utc);
        let length = choices.length.map(|length| length.to_string());
        let line = in_words::choice_line(&choices);
        let days = meant.service().is_some_and(|one| one.asked_by.slots());
        let cancel = format!("/visits/{reference}/changes");
        let key = choices.key.clone().unwrap_or_else(ask::fresh_key);
        let services = services(meant, &service);
        let blocks = Blocks::of(&meant.blocks, meant.visit.start);
        let calendar = days || blocks.any();
        let about = About::of(meant, &choices);
        Ok(view! {
            {lost}
            <Form action=AskChange::PATH posted=ask::posted() locale class="flex max-w-2xl flex-col gap-5">
                <EnterSends/>
                <Hidden name="visit" value=reference.clone()/>
                <Hidden name="version" value=version/>
                <Once key/>
                <Hidden name="start" value=start.unwrap_or_default()/>
                <Hidden name="length" value=length.unwrap_or_default()/>
                <p class="text-sm text-muted">{td_string!(locale, changes.change.now, when = now)}</p>
                {services.fields()}
                <div class="sheet flex items-center gap-3 p-3">
                    <span class="grid size-9 place-items-center rounded-control bg-accent-soft text-accent-ink"><Icon name="icon-[lucide--calendar-clock]"/></span>
                    <p class="min-w-0 grow tabular-nums">{line}</p>
                    {days.then(|| view! { <button formaction=format!("{page}/when") formmethod="get" class="link px-2 py-3 text-sm">{td_string!(locale, portal.request.change_time)}</button> })}
                </div>
                {blocks.fields()}
                {(!calendar).then(|| view! { <p class="text-sm text-muted">{td_string!(locale, changes.change.no_calendar)}</p> })}
                {about.fields()}
                <p class="text-sm text-muted">{td_string!(locale, changes.change.stays)}</p>
                <div class="flex flex-wrap gap-2">
                    <Button look=Look::Primary>{td_string!(locale, changes.change.send)}</Button>
                    <ButtonLink href=cancel>{td_string!(locale, common.cancel)}</ButtonLink>
                </div>
            </Form>
        })
    }

    /// The services to choose from. Another one has its own times: the form is drawn anew for it.
    struct Services {
        picks: Vec<Pick>,
        chosen: String,
        page: String,
    }

    fn services(meant: &Meant, chosen: &str) -> Services {
        let known = meant.services.iter().map(|one| (one.id, one.name.clone()));
        let mut all: Vec<_> = known.collect();
        if all.iter().all(|(id, _)| *id != meant.visit.service) {
            all.push((meant.visit.service, meant.visit.service_name.clone()));
        }
        let picks = all.into_iter();
        Services {
            picks: picks
                .map(|(id, name)| Pick::new(id.to_string(), name))
                .collect(),
            chosen: chosen.to_owned(),
            page: format!("/visits/{}/change", meant.visit.reference),
        }
    }

    impl Services {
        /// Drawn inside the form, so that a refusal stands beside it.
        fn fields(self) -> impl IntoView {
            let locale = ask::locale();
            let (picks, value, page) = (self.picks, self.chosen, self.page);
            if picks.len() < 2 {
                return view! { <Hidden name="service" value/> }.into_any();
            }
            view! {
                <div class="flex flex-wrap items-end gap-2">
                    <div class="grow"><Choice name="service" label=td_string!(locale, changes.field.service) picks value/></div>
                    <button formaction=page formmethod="get" class="btn btn-plain">{td_string!(locale, changes.change.other_service)}</button>
                </div>
            }
            .into_any()
        }
    }

    /// What the visit is for, and the notes.
    struct About {
        boxes: Vec<(String, String, String, bool)>,
        notes: String,
    }

    impl About {
        fn of(meant: &Meant, choices: &Choices) -> Self {
            let boxes = meant.subjects.iter().map(|subject| {
                let id = subject.id.to_string();
                let ticked = choices.subjects.contains(&id);
                (id, subject.name.clone(), subject.details.clone(), ticked)
            });
            Self {
                boxes: boxes.collect(),
                notes: choices.notes.clone().unwrap_or_default(),
            }
        }

        fn fields(self) -> impl IntoView {
            let locale = ask::locale();
            let any = !self.boxes.is_empty();
            let boxes = self.boxes.into_iter().map(|(value, label, hint, ticked)| {
                view! { <Tick name="subject[]" label value ticked=ticked hint/> }
            });
            let boxes: Vec<_> = boxes.collect();
            let (label, notes) = (ask::business().subjects(locale), self.notes);
            view! {
                {any.then(|| view! {
                    <fieldset class="field"><legend class="field-label">{label}</legend>{boxes}</fieldset>
                })}
                <Counted left=in_words::notes_left()>
                    <TextArea name="notes" label=td_string!(locale, portal.wizard.notes) value=notes rows=4/>
                </Counted>
            }
        }
    }

    /// Whether the new time was taken meanwhile.
    async fn taken(
        meant: &Meant,
        choices: &Choices,
        service: &str,
    ) -> Result<Option<Taken>, Trouble> {
        let same = service == meant.visit.service.to_string();
        let moved = choices
            .start
            .filter(|start| *start != meant.visit.start || !same);
        let Some((start, known)) = moved.zip(meant.service()) else {
            return Ok(None);
        };
        if !known.asked_by.slots() {
            return Ok(None);
        }
        let ask = Ask {
            service: service.to_owned(),
            length: choices.length.unwrap_or_default(),
            with: None,
            seats: 1,
            moving: Some(meant.visit.reference.clone()),
        };
        match still(&asked(&ask)?, start).await? {
            Still::Open => Ok(None),
            Still::Taken(taken) => Ok(Some(taken)),
        }
    }
}
