//! The Schedule of a client: what waits for an answer; the month with its visits beside the list of those to come, a week, or the
//! list alone.

use leptos::prelude::*;
use leptos::server_fn::codec::Json;

use crate::calendar::month::{MonthGrid, MonthSheet, MonthWords, Turn};
use crate::kit::Written;
use crate::trouble::Trouble;

/// A month of the client's visits: `2026-11`.
#[server(input = Json)]
pub async fn portal_visits(month: String) -> Result<Written<MonthSheet>, Trouble> {
    let month = month_of(&month)?;
    let coming = ssr::Coming::load().await?;
    Ok(Written(coming.sheet(month)))
}

/// The month with dots for visits; turns without loading the page. A day leads to its visits in the list.
#[island]
pub fn VisitMonth(
    /// The month drawn first.
    month: MonthSheet,
    /// The day in sight.
    day: Option<String>,
    /// The words around it.
    words: MonthWords,
) -> impl IntoView {
    let cursor = RwSignal::new(month.first_stop(day.as_deref()));
    let sheet = RwSignal::new(month);
    let busy = RwSignal::new(false);
    let show = move |key: String, focus: Option<i64>| {
        busy.set(true);
        leptos::task::spawn_local(async move {
            let answer = portal_visits(key.clone()).await;
            busy.set(false);
            match answer {
                Ok(Written(month)) => {
                    let stop = focus.and_then(|number| month.date_of(number));
                    cursor.set(stop.clone().unwrap_or_else(|| month.first_stop(None)));
                    sheet.set(month);
                    if let Some(date) = stop {
                        request_animation_frame(move || crate::calendar::month::focus_day(&date));
                    }
                }
                // The link does the same by itself, and says what is wrong.
                Err(_) => go(&month_link("/", &key)),
            }
        });
    };
    let turn = move |turn| match turn {
        Turn::Month(key, focus) => show(key, focus),
        Turn::Day(date) => go(&day_link("/", "", &date)),
    };
    view! {
        <MonthGrid
            sheet=sheet
            chosen=RwSignal::new(day)
            cursor=cursor
            busy=busy
            words=words
            month_link=month_link
            day_link=day_link
            path="/"
            turn=turn
        />
    }
}

fn go(address: &str) {
    // Nothing better is left to do when even that fails.
    let _ = window().location().set_href(address);
}

fn month_link(path: &str, key: &str) -> String {
    format!("{path}?month={key}")
}

fn day_link(path: &str, _key: &str, date: &str) -> String {
    format!("{path}?day={date}#visits")
}

#[cfg(feature = "ssr")]
mod sight;
#[cfg(feature = "ssr")]
mod week;

#[cfg(feature = "ssr")]
use super::request::times::month_of;
#[cfg(feature = "ssr")]
pub use ssr::Schedule;

#[cfg(feature = "ssr")]
mod ssr {
    use booking::policy::PortalMode;
    use booking::request::RequestStatus;
    use booking::visit::VisitStatus;
    use chrono::{DateTime, Months, NaiveDate, Utc};
    use desk::changes_shown::ChangeSeen;
    use desk::my_requests::MyRequest;
    use desk::my_visits::{MyVisit, MyVisitsAsk};
    use leptos::prelude::*;

    use super::VisitMonth;
    use super::sight::{Sight, View};
    use super::week::{request, week};
    use crate::ask;
    use crate::calendar::month::{DayCell, DayState, MonthSheet};
    use crate::i18n::td_string;
    use crate::kit::{Button, ButtonLink, Empty, Icon, Look, PageHead, Pill, Tone};
    use crate::language::many;
    use crate::portal::make_changes::shown::{banner, wanted};
    use crate::portal::request::in_words::{empty_month, month_words, today, zone_note};
    use crate::portal::visit::status;
    use crate::trouble::Trouble;

    /// What is to come, and what waits.
    pub struct Coming {
        visits: Vec<MyVisit>,
        past: Vec<MyVisit>,
        waiting: Vec<MyRequest>,
        changes: Vec<ChangeSeen>,
        by_visit: bool,
    }

    impl Coming {
        /// From the desk.
        pub async fn load() -> Result<Self, Trouble> {
            let (desk, who) = (ask::desk()?, ask::contact()?);
            Ok(Self {
                visits: desk.my_visits(&who, MyVisitsAsk::Coming).await?,
                past: desk.my_visits(&who, MyVisitsAsk::Past).await?,
                waiting: desk
                    .my_requests(&who, Some(RequestStatus::Pending), 0)
                    .await?
                    .rows,
                changes: desk.my_changes(&who).await?,
                by_visit: desk.business().await?.portal_mode == PortalMode::Visits.as_str(),
            })
        }

        /// Whether something can be asked against a visit.
        fn can_change(&self, visit: &MyVisit) -> bool {
            let waits = self.open_against(visit).is_some();
            visit.status == VisitStatus::Scheduled && visit.start > ask::reader().now && !waits
        }

        /// What was asked against a visit and waits.
        pub fn open_against(&self, visit: &MyVisit) -> Option<&ChangeSeen> {
            let against = |one: &&ChangeSeen| one.visit == visit.reference;
            self.changes.iter().find(against)
        }

        /// Visits that took place, the latest first. Staff may not have said so yet of one that is over.
        fn done(&self) -> impl Iterator<Item = &MyVisit> {
            self.past.iter().filter(|visit| match visit.status {
                VisitStatus::Completed | VisitStatus::InProgress | VisitStatus::Scheduled => true,
                VisitStatus::Cancelled | VisitStatus::NoShow | VisitStatus::Rescheduled => false,
            })
        }

        /// The visits of a day, those that are over too, in their order.
        pub fn visits_on(&self, date: NaiveDate) -> Vec<&MyVisit> {
            let all = self.done().chain(&self.visits);
            let mut found: Vec<_> = all.filter(|visit| date_of(visit.start) == date).collect();
            found.sort_by_key(|visit| (visit.start, visit.end));
            found
        }

        /// The requests that wait for a time on a day.
        pub fn asked_on(&self, date: NaiveDate) -> impl Iterator<Item = &MyRequest> {
            let on = move |start| date_of(start) == date;
            let asked = self.waiting.iter();
            asked.filter(move |request| request.start.is_some_and(on))
        }

        /// Visits that can be cancelled or changed from here.
        fn open(&self) -> impl Iterator<Item = &MyVisit> {
            let by_visit = self.by_visit;
            self.visits
                .iter()
                .filter(move |visit| by_visit && self.can_change(visit))
        }

        /// A month with its dots.
        pub fn sheet(&self, month: NaiveDate) -> MonthSheet {
            let beside = |months: Option<NaiveDate>| months;
            let before = beside(month.checked_sub_months(Months::new(1)));
            let after = beside(month.checked_add_months(Months::new(1)));
            let first = chrono::Datelike::with_day(&month, 1).unwrap_or(month);
            let next = first.checked_add_months(Months::new(1)).unwrap_or(first);
            let days = first
                .iter_days()
                .take_while(|date| *date < next)
                .map(|date| self.day(date))
                .collect();
            MonthSheet {
                days,
                ..empty_month(month, before, after)
            }
        }

        fn day(&self, date: NaiveDate) -> DayCell {
            let locale = ask::locale();
            let visits = self.visits_on(date).len();
            let waiting = self.asked_on(date).count();
            let name = ask::reader().named_day(date);
            let label = match visits {
                0 => name,
                _ => td_string!(
                    locale,
                    portal.schedule.day_visit,
                    date = name,
                    count = many(visits)
                ),
            };
            let waits = match waiting {
                0 => None,
                _ => Some(td_string!(
                    locale,
                    portal.schedule.day_waiting,
                    count = many(waiting)
                )),
            };
            let label: Vec<String> = [Some(label), waits].into_iter().flatten().collect();
            let label = crate::language::list(locale, &label);
            let state = if visits + waiting > 0 {
                DayState::Open
            } else {
                DayState::Plain
            };
            let few = |count: usize| u8::try_from(count).unwrap_or(u8::MAX);
            DayCell {
                date: date.to_string(),
                label,
                note: String::new(),
                state,
                today: date == today(),
                dots: (few(visits), few(waiting)),
            }
        }
    }

    fn date_of(instant: DateTime<Utc>) -> NaiveDate {
        ask::reader().date(instant)
    }

    /// The page `/`.
    #[component]
    pub fn Schedule() -> impl IntoView {
        crate::site::page(async move {
            let coming = Coming::load().await?;
            let sight = Sight::read(ask::query, today(), ask::business().first_weekday);
            let locale = ask::locale();
            let picks = coming.by_visit && !sight.selecting && coming.open().next().is_some();
            let select = sight.selection(true);
            Ok(view! {
                <PageHead title=td_string!(locale, portal.schedule.title)>
                    {picks.then(|| view! {
                        <a class="btn btn-plain btn-square" href=select aria-label=td_string!(locale, changes.select) title=td_string!(locale, changes.select)>
                            <Icon name="icon-[lucide--pencil]"/>
                        </a>
                    })}
                </PageHead>
                {views(&sight)}
                {match sight.view {
                    View::Month => month(&coming, &sight).into_any(),
                    View::Week => below(&coming, week(&coming, &sight)).into_any(),
                    View::List => below(&coming, listed(&coming, &sight)).into_any(),
                }}
            })
        })
    }

    /// The choice of a view.
    fn views(sight: &Sight) -> impl IntoView + use<> {
        let locale = ask::locale();
        let links = View::EVERY.map(|view| {
            let word = match view {
                View::Month => td_string!(locale, schedule.month),
                View::Week => td_string!(locale, schedule.week),
                View::List => td_string!(locale, schedule.list),
            };
            view! { <a href=sight.seen_as(view) aria-current=(view == sight.view).then_some("page")>{word}</a> }
        });
        view! { <nav class="schedule-views mb-4 md:w-fit" aria-label=td_string!(locale, schedule.views)>{links.collect_view()}</nav> }
    }

    /// The month, what waits above it; the visits beside it.
    fn month(coming: &Coming, sight: &Sight) -> impl IntoView + use<> {
        let (sheet, words) = (coming.sheet(sight.date), month_words());
        let day = sight.day.map(|day| day.to_string());
        let label = td_string!(ask::locale(), portal.schedule.calendar);
        view! {
            <div class="grid gap-4 lg:grid-cols-[24rem_minmax(0,1fr)] lg:items-start lg:gap-6">
                <div class="flex flex-col gap-4">
                    {waiting(&coming.waiting, &coming.changes)}
                    <section class="sheet" aria-label=label>
                        <VisitMonth month=sheet day=day words=words/>
                    </section>
                </div>
                {listed(coming, sight)}
            </div>
        }
    }

    /// What waits, and below it all the width for something else.
    fn below(coming: &Coming, shown: impl IntoView + 'static) -> impl IntoView {
        view! { <div class="flex flex-col gap-4">{waiting(&coming.waiting, &coming.changes)} {shown}</div> }
    }

    /// The visits one below the other, or as boxes to choose from.
    fn listed(coming: &Coming, sight: &Sight) -> AnyView {
        match sight.selecting {
            true => select(coming, sight.selection(false)).into_any(),
            false => visits(coming, sight).into_any(),
        }
    }

    /// What waits for an answer, on top (D5).
    fn waiting(requests: &[MyRequest], changes: &[ChangeSeen]) -> Option<impl IntoView + use<>> {
        if requests.is_empty() && changes.is_empty() {
            return None;
        }
        let locale = ask::locale();
        let title = td_string!(
            locale,
            portal.schedule.waiting,
            count = many(requests.len() + changes.len())
        );
        let asked = requests
            .iter()
            .map(|request| view! { <li>{waiting_row(request)}</li> }.into_any());
        let against = changes
            .iter()
            .map(|change| view! { <li>{change_row(change)}</li> }.into_any());
        let rows: Vec<_> = asked.chain(against).collect();
        Some(view! {
            <section class="sheet border-wait-line" aria-labelledby="waiting">
                <h2 id="waiting" class="flex items-center gap-2.5 border-b border-line bg-wait-soft px-3.5 py-2.5 text-sm font-semibold text-wait">
                    <Icon name="icon-[lucide--hourglass]"/> {title}
                </h2>
                <ul class="divide-y divide-line">{rows}</ul>
            </section>
        })
    }

    fn waiting_row(request: &MyRequest) -> impl IntoView + use<> {
        let locale = ask::locale();
        let page = format!("/requests/{}", request.reference);
        let when = crate::portal::my_requests::in_words::when(request);
        let (edit, cancel) = (format!("{page}/edit"), format!("{page}/cancel"));
        let says_edit = td_string!(
            locale,
            portal.schedule.edit_this,
            reference = request.reference.clone()
        );
        let says_cancel = td_string!(
            locale,
            portal.schedule.cancel_this,
            reference = request.reference.clone()
        );
        view! {
            <div class="flex items-start justify-between gap-3 px-3.5 py-2.5">
                <a href=page class="min-w-0 hover:underline">
                    <span class="block font-semibold">{request.service_name.clone()}</span>
                    <span class="block text-sm text-muted tabular-nums first-letter:uppercase">{when}</span>
                    {request.awaiting_client.then(|| view! { <Pill tone=Tone::Wait text=td_string!(locale, status.request.awaiting_client)/> })}
                </a>
                <div class="flex flex-col items-end">
                    <span class="text-sm text-muted tabular-nums">{request.reference.clone()}</span>
                    <span class="flex items-center text-sm">
                        <a class="link px-1.5 py-1" href=edit aria-label=says_edit>{td_string!(locale, portal.schedule.edit)}</a>
                        <span aria-hidden="true">"·"</span>
                        <a class="link -me-1.5 px-1.5 py-1" href=cancel aria-label=says_cancel>{td_string!(locale, portal.schedule.cancel)}</a>
                    </span>
                </div>
            </div>
        }
    }

    fn change_row(change: &ChangeSeen) -> impl IntoView + use<> {
        let page = format!("/visits/{}/changes", change.visit);
        let kind = match change.cancellation {
            true => td_string!(ask::locale(), changes.kind.cancellation),
            false => td_string!(ask::locale(), changes.kind.change),
        };
        let service = change.service.clone();
        let when = ask::reader().span(change.start, change.end);
        view! {
            <div class="flex flex-col gap-1 px-3.5 py-2.5">
                <div class="flex items-start justify-between gap-3">
                    <a href=page class="min-w-0 font-semibold hover:underline">{kind} ": " {service}</a>
                    <span class="text-sm text-muted tabular-nums">{change.reference.clone()}</span>
                </div>
                <span class="text-sm text-muted tabular-nums first-letter:uppercase">{when}</span>
                {wanted(change)}
            </div>
        }
    }

    /// Choosing several visits to cancel (D6): a plain form that asks for the next page.
    fn select(coming: &Coming, back: &'static str) -> impl IntoView + use<> {
        let (locale, reader) = (ask::locale(), ask::reader());
        let boxes = coming.open().map(|visit| {
            let (value, service) = (visit.reference.clone(), visit.service_name.clone());
            let when = reader.span(visit.start, visit.end);
            view! {
                <label class="tick sheet p-3">
                    <input type="checkbox" name="visit" value=value class="checkbox checkbox-primary"/>
                    <span><span class="font-semibold">{service}</span><br/><span class="text-sm text-muted tabular-nums">{when}</span></span>
                </label>
            }
        });
        let boxes: Vec<_> = boxes.collect();
        view! {
            <section id="visits" aria-labelledby="visits-title">
                <form method="get" action="/visits/cancel" class="flex flex-col gap-3">
                    <h2 id="visits-title" class="text-sm font-semibold text-muted">{td_string!(locale, changes.select_title)}</h2>
                    {boxes}
                    <div class="choice-bar flex gap-2">
                        <Button look=Look::Danger>{td_string!(locale, changes.select_button)}</Button>
                        <ButtonLink href=back>{td_string!(locale, common.cancel)}</ButtonLink>
                    </div>
                </form>
            </section>
        }
    }

    /// The visits to come, or all that is on one day.
    fn visits(coming: &Coming, sight: &Sight) -> impl IntoView + use<> {
        let (locale, day) = (ask::locale(), sight.day);
        let named = |day: NaiveDate| ask::reader().named_day(day);
        let title = match day {
            Some(day) if day < today() => td_string!(locale, my_week.past_on, date = named(day)),
            Some(day) => td_string!(locale, portal.schedule.visits_on, date = named(day)),
            None => td_string!(locale, portal.schedule.visits).to_owned(),
        };
        let shown = day.map_or_else(
            || coming.visits.iter().collect(),
            |day| coming.visits_on(day),
        );
        let asked = day.into_iter().flat_map(|day| coming.asked_on(day));
        let asked = asked.map(|one| view! { <li class="sheet p-3">{request(one)}</li> }.into_any());
        let shown = shown.into_iter();
        let rows = shown.map(|visit| view! { <li>{visit_row(coming, visit)}</li> }.into_any());
        let rows: Vec<_> = rows.chain(asked).collect();
        let empty = rows.is_empty();
        let last = (sight.view == View::List).then(|| last(coming, sight));
        view! {
            <section id="visits" aria-labelledby="visits-title" class="flex flex-col gap-3">
                <div class="flex flex-wrap items-baseline justify-between gap-2">
                    <h2 id="visits-title" class="text-sm font-semibold text-muted">{title}</h2>
                    {day.map(|_| view! { <a class="link text-sm" href="/">{td_string!(locale, portal.schedule.all_visits)}</a> })}
                </div>
                {zone_note().map(|note| view! { <p class="text-sm text-muted">{note}</p> })}
                {match (empty, day) {
                    (false, _) => view! { <ul class="flex flex-col gap-3">{rows}</ul> }.into_any(),
                    (true, Some(_)) => view! { <p class="sheet p-4 text-muted">{td_string!(locale, portal.schedule.none_on_day)}</p> }.into_any(),
                    (true, None) => none().into_any(),
                }}
                {last}
            </section>
        }
    }

    /// The way to what is over: the week of the last visit.
    fn last(coming: &Coming, sight: &Sight) -> Option<impl IntoView + use<>> {
        let date = date_of(coming.done().next()?.start);
        let words = td_string!(
            ask::locale(),
            my_week.last,
            date = ask::reader().named_day(date)
        );
        let href = sight.week_of(date);
        Some(view! { <p><a class="link py-2 text-sm" href=href>{words}</a></p> })
    }

    fn none() -> impl IntoView {
        let locale = ask::locale();
        view! {
            <div class="sheet">
                <Empty icon="icon-[lucide--calendar-days]" title=td_string!(locale, portal.schedule.none) text=td_string!(locale, portal.schedule.none_text)>
                    <ButtonLink href="/request" look=Look::Primary>{td_string!(locale, portal.nav.request_a_visit)}</ButtonLink>
                </Empty>
            </div>
        }
    }

    fn visit_row(coming: &Coming, visit: &MyVisit) -> impl IntoView + use<> {
        let open = coming.open_against(visit).map(banner);
        let reader = ask::reader();
        let (weekday, day, month) = reader.leaf(visit.start);
        let times = reader.times(visit.start, visit.end);
        let line = [Some(times), visit.technician.clone()]
            .into_iter()
            .flatten()
            .collect::<Vec<_>>()
            .join(" · ");
        view! {
            <article class="sheet flex flex-wrap items-start gap-3.5 p-3">
                <div class="grid w-[3.25rem] shrink-0 justify-items-center rounded-control bg-sunken py-2 leading-tight" aria-hidden="true">
                    <span class="text-xs font-semibold text-muted uppercase">{weekday}</span>
                    <span class="text-xl font-bold">{day}</span>
                    <span class="text-xs font-semibold text-muted uppercase">{month}</span>
                </div>
                <div class="min-w-0 grow basis-0">
                    <h3>{title(visit)}</h3>
                    <p class="text-sm text-muted tabular-nums"><span class="sr-only">{reader.named_day(reader.date(visit.start))} ", "</span>{line}</p>
                    {details(visit)}
                </div>
                {actions(coming, visit)}
                {open.map(|open| view! { <div class="w-full">{open}</div> })}
            </article>
        }
    }

    /// The service of a visit, which leads to all about it.
    pub fn title(visit: &MyVisit) -> impl IntoView + use<> {
        let page = format!("/visits/{}", visit.reference);
        let service = visit.service_name.clone();
        view! { <a class="py-1 font-semibold hover:underline" href=page>{service}</a> }
    }

    /// What a visit is for; that it was done.
    pub fn details(visit: &MyVisit) -> impl IntoView + use<> {
        let about = crate::language::list(ask::locale(), &visit.subjects);
        let done = (visit.status == VisitStatus::Completed).then(|| status(visit.status));
        view! {
            {(!about.is_empty()).then(|| view! { <p class="text-sm text-muted">{about}</p> })}
            {done.map(|(tone, text)| view! { <Pill tone text/> })}
        }
    }

    /// What can be done with a visit that is to come.
    pub fn actions(coming: &Coming, visit: &MyVisit) -> Option<impl IntoView + use<>> {
        let (locale, reader) = (ask::locale(), ask::reader());
        if visit.status == VisitStatus::Completed || visit.end <= reader.now {
            return None;
        }
        let pencil = (coming.by_visit && coming.can_change(visit)).then(|| pencil(visit));
        let file = format!("/visits/{}/calendar.ics", visit.reference);
        let says = td_string!(
            locale,
            portal.schedule.calendar_file_this,
            when = reader.span(visit.start, visit.end)
        );
        Some(view! {
            <div class="flex gap-1.5">
                <a href=file class="btn btn-plain btn-square" aria-label=says title=td_string!(locale, portal.schedule.calendar_file)>
                    <Icon name="icon-[lucide--calendar-plus]"/>
                </a>
                {pencil}
            </div>
        })
    }

    /// The pencil of a visit (D6): a small window with what can be done, which needs no script.
    fn pencil(visit: &MyVisit) -> impl IntoView + use<> {
        let locale = ask::locale();
        let when = ask::reader().span(visit.start, visit.end);
        let says = td_string!(locale, changes.pencil, when = when.clone());
        let id = format!("sheet-{}", visit.reference);
        let page = format!("/visits/{}", visit.reference);
        let (change, cancel) = (
            format!("{page}/change"),
            format!("/visits/cancel?visit={}", visit.reference),
        );
        let service = visit.service_name.clone();
        view! {
            <button type="button" class="btn btn-plain btn-square" popovertarget=id.clone() aria-label=says>
                <Icon name="icon-[lucide--pencil]"/>
            </button>
            <div id=id popover="auto" class="change-sheet sheet">
                <p class="font-semibold">{service}</p>
                <p class="text-sm text-muted tabular-nums">{when}</p>
                <a class="btn btn-plain" href=change>{td_string!(locale, changes.change.title)}</a>
                <a class="btn btn-danger" href=cancel>{td_string!(locale, changes.cancel.title)}</a>
                <a class="link text-sm" href=format!("{page}/changes")>{td_string!(locale, changes.title)}</a>
            </div>
        }
    }
}
