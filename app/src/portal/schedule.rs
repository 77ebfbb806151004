//! The Schedule of a client: what waits for an answer, the month with its visits, the visits to come.

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
use super::request::times::month_of;
#[cfg(feature = "ssr")]
pub use ssr::Schedule;

#[cfg(feature = "ssr")]
mod ssr {
    use booking::request::RequestStatus;
    use chrono::{DateTime, Months, NaiveDate, Utc};
    use desk::my_requests::MyRequest;
    use desk::my_visits::{MyVisit, MyVisitsAsk};
    use leptos::prelude::*;

    use super::VisitMonth;
    use crate::ask;
    use crate::calendar::month::{DayCell, DayState, MonthSheet};
    use crate::i18n::td_string;
    use crate::kit::{ButtonLink, Empty, Icon, Look, PageHead};
    use crate::portal::request::choices::Choices;
    use crate::portal::request::in_words::{empty_month, month_words, today, zone_note};
    use crate::trouble::Trouble;

    /// What is to come, and what waits.
    pub struct Coming {
        visits: Vec<MyVisit>,
        past: Vec<MyVisit>,
        waiting: Vec<MyRequest>,
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
            })
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
            let on = |start: DateTime<Utc>| date_of(start) == date;
            let past = self
                .past
                .iter()
                .filter(|visit| visit.status == booking::visit::VisitStatus::Completed);
            let visits = self
                .visits
                .iter()
                .chain(past)
                .filter(|visit| on(visit.start))
                .count();
            let waiting = self
                .waiting
                .iter()
                .filter(|request| request.start.is_some_and(on))
                .count();
            let name = ask::reader().named_day(date);
            let label = match visits {
                0 => name,
                1 => td_string!(locale, portal.schedule.day_visit_1, date = name),
                _ => td_string!(
                    locale,
                    portal.schedule.day_visit_n,
                    date = name,
                    count = visits
                ),
            };
            let waits = match waiting {
                0 => None,
                1 => Some(td_string!(locale, portal.schedule.day_waiting_1).to_owned()),
                _ => Some(td_string!(
                    locale,
                    portal.schedule.day_waiting_n,
                    count = waiting
                )),
            };
            let label = [Some(label), waits]
                .into_iter()
                .flatten()
                .collect::<Vec<_>>()
                .join(", ");
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
            let here = Choices::here();
            let month = here.month.or(here.day).unwrap_or_else(today);
            let (sheet, words) = (coming.sheet(month), month_words());
            let day = here.day.map(|day| day.to_string());
            let locale = ask::locale();
            Ok(view! {
                <PageHead title=td_string!(locale, portal.schedule.title)/>
                <div class="grid gap-4 lg:grid-cols-[24rem_minmax(0,1fr)] lg:items-start lg:gap-6">
                    <div class="flex flex-col gap-4">
                        {waiting(&coming.waiting)}
                        <section class="sheet" aria-label=td_string!(locale, portal.schedule.calendar)>
                            <VisitMonth month=sheet day=day words=words/>
                        </section>
                    </div>
                    {visits(&coming, here.day)}
                </div>
            })
        })
    }

    /// Pending requests, on top.
    fn waiting(requests: &[MyRequest]) -> Option<impl IntoView + use<>> {
        if requests.is_empty() {
            return None;
        }
        let locale = ask::locale();
        let title = match requests.len() {
            1 => td_string!(locale, portal.schedule.waiting_1).to_owned(),
            count => td_string!(locale, portal.schedule.waiting_n, count = count),
        };
        let rows: Vec<_> = requests
            .iter()
            .map(|request| view! { <li>{waiting_row(request)}</li> })
            .collect();
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
        let when = request
            .start
            .zip(request.end)
            .map(|(start, end)| ask::reader().span(start, end));
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
                    <span class="block text-sm text-muted tabular-nums">{when}</span>
                </a>
                <div class="flex flex-col items-end">
                    <span class="text-sm text-muted tabular-nums">{request.reference.clone()}</span>
                    <span class="flex items-center text-sm">
                        <a class="link px-1.5 py-1" href=edit aria-label=says_edit>{td_string!(locale, portal.schedule.edit)}</a>
                        <span aria-hidden="true">"·"</span>
                        <a class="link -mr-1.5 px-1.5 py-1" href=cancel aria-label=says_cancel>{td_string!(locale, portal.schedule.cancel)}</a>
                    </span>
                </div>
            </div>
        }
    }

    fn visits(coming: &Coming, day: Option<NaiveDate>) -> impl IntoView + use<> {
        let locale = ask::locale();
        let title = match day {
            Some(day) => td_string!(
                locale,
                portal.schedule.visits_on,
                date = ask::reader().named_day(day)
            ),
            None => td_string!(locale, portal.schedule.visits).to_owned(),
        };
        let on_day = |visit: &&MyVisit| day.is_none_or(|day| date_of(visit.start) == day);
        let rows: Vec<_> = coming
            .visits
            .iter()
            .filter(on_day)
            .map(|visit| view! { <li>{visit_row(visit)}</li> })
            .collect();
        let empty = rows.is_empty();
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
            </section>
        }
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

    fn visit_row(visit: &MyVisit) -> impl IntoView + use<> {
        let (locale, reader) = (ask::locale(), ask::reader());
        let (weekday, day, month) = reader.leaf(visit.start);
        let times = reader.times(visit.start, visit.end);
        let line = [Some(times), visit.technician.clone()]
            .into_iter()
            .flatten()
            .collect::<Vec<_>>()
            .join(" · ");
        let file = format!("/visits/{}/calendar.ics", visit.reference);
        let says = td_string!(
            locale,
            portal.schedule.calendar_file_this,
            when = reader.span(visit.start, visit.end)
        );
        let service = visit.service_name.clone();
        let title = match &visit.request {
            Some(reference) => view! { <a class="font-semibold hover:underline" href=format!("/requests/{reference}")>{service}</a> }.into_any(),
            None => view! { <a class="font-semibold hover:underline" href=format!("/visits/{}", visit.reference)>{service}</a> }.into_any(),
        };
        view! {
            <article class="sheet flex items-start gap-3.5 p-3">
                <div class="grid w-[3.25rem] shrink-0 justify-items-center rounded-control bg-sunken py-2 leading-tight" aria-hidden="true">
                    <span class="text-xs font-semibold text-muted uppercase">{weekday}</span>
                    <span class="text-xl font-bold">{day}</span>
                    <span class="text-xs font-semibold text-muted uppercase">{month}</span>
                </div>
                <div class="min-w-0 grow">
                    <h3>{title}</h3>
                    <p class="text-sm text-muted tabular-nums"><span class="sr-only">{reader.named_day(reader.date(visit.start))} ", "</span>{line}</p>
                    {(!visit.subjects.is_empty()).then(|| view! { <p class="text-sm text-muted">{visit.subjects.join(", ")}</p> })}
                </div>
                <a href=file class="btn btn-plain btn-square" aria-label=says title=td_string!(locale, portal.schedule.calendar_file)>
                    <Icon name="icon-[lucide--calendar-plus]"/>
                </a>
            </article>
        }
    }
}
