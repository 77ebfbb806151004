//! The Schedule of the office: day, week, month or list; the requests at its right; the details of one appointment.

use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos_meta::Title;

use super::plan::Plan;
use super::sight::{PATH, Sight, View};
use super::{facts, list, month, visit};
use crate::calendar::agenda::Agenda;
use crate::calendar::drag::Drag;
use crate::calendar::grid::axis::Axis;
use crate::calendar::grid::stretches;
use crate::i18n::{Locale, td_string};
use crate::kit::{Button, ButtonLink, Empty, Form, Hidden, Icon, Look};
use crate::office::live::Now;
use crate::office::requests;
use crate::office::visits::OfficeFreeTime;
use crate::{ask, site};

/// The page.
#[component]
pub fn Schedule() -> impl IntoView {
    site::page(async move {
        let (desk, staff) = (ask::desk()?, ask::staff()?);
        let business = ask::business();
        let today = booking::zone::date(&business.time_zone, desk.now());
        let sight = Sight::read(ask::query, today, business.first_weekday);
        let plan = facts::plan(&desk, &staff, &sight).await?;
        let decides = desk.sees_queue(&staff).await?;
        let panel = match sight.panel && decides {
            true => Some(requests::panel(&desk, &staff, sight.place()).await?),
            false => None,
        };
        let visit = match &sight.visit {
            Some(reference) => Some(visit::details(&desk, &staff, &sight, reference).await?),
            None => None,
        };
        // Until there is something to book, the way back to the first steps.
        let missing = match staff.owner() {
            Ok(()) => desk.set_up_step().await?.is_some(),
            Err(_) => false,
        };
        let pending = decides.then(|| ask::viewer().pending);
        Ok(draw(&sight, plan, (pending, missing), panel, visit))
    })
}

fn draw(
    sight: &Sight,
    plan: Plan,
    (pending, missing): (Option<u64>, bool),
    panel: Option<AnyView>,
    visit: Option<AnyView>,
) -> impl IntoView + use<> {
    let locale = plan.locale;
    let title = heading(sight, &plan);
    let (books, zone_name) = (plan.books, plan.zone.name().to_owned());
    let block = block(sight, &plan);
    let side = panel.is_some() || visit.is_some() || block.is_some();
    let zone = (ask::zone() != plan.zone).then(|| {
        let text = td_string!(locale, schedule.zone, zone = plan.zone.name()).to_string();
        view! { <p class="schedule-note text-sm text-muted">{text}</p> }
    });
    view! {
        <Title text=format!("{title} · {}", td_string!(locale, schedule.title))/>
        <div class="schedule" class:schedule-beside=side>
            <div class="schedule-main">
                {bar(sight, &plan, &title, pending)}
                {missing.then(|| first_steps(locale))}
                {zone}
                <div class="schedule-body" data-redraw="schedule">{body(sight, plan)}</div>
                <Now/>
                {books.then(|| view! { <Drag language=crate::language::digits(locale) zone=zone_name moving=td_string!(locale, visits.drag.moving).to_string()/> })}
                {requests::alive()}
            </div>
            {block.map(|block| view! { <aside class="schedule-side">{block}</aside> })}
            {visit.map(|visit| view! { <aside class="schedule-side">{visit}</aside> })}
            {panel.map(|panel| view! { <aside class="schedule-side" aria-label=td_string!(locale, queue.title)>{panel}</aside> })}
        </div>
    }
}

/// Blocked time that was pressed: what it is for, and freeing it.
fn block(sight: &Sight, plan: &Plan) -> Option<impl IntoView + use<>> {
    let id = sight.block.clone().filter(|_| plan.books)?;
    let item = plan
        .items
        .iter()
        .find(|item| item.block.as_deref() == Some(&id))?;
    let locale = plan.locale;
    let who = item.technician.as_deref().and_then(|id| plan.name(id));
    let when = plan.times.span(item.span.start(), item.span.end());
    let back = sight.href();
    Some(view! {
        <section class="visit" aria-labelledby="block-title">
            <header class="queue-head">
                <h2 class="queue-title" id="block-title">{item.service.clone()}</h2>
                <a class="btn btn-quiet btn-square" href=back.clone() aria-label=td_string!(locale, common.close)><Icon name="icon-[lucide--x]"/></a>
            </header>
            <div class="flex flex-col gap-3 px-4 pb-4">
                <p>{td_string!(locale, schedule.blocked)} ", " {when}</p>
                <p class="text-muted">{who.map(str::to_owned)}</p>
                <Form action=OfficeFreeTime::PATH posted=ask::posted() locale>
                    <Hidden name="id" value=id/>
                    <Hidden name="back" value=back/>
                    <div><Button look=Look::Danger>{td_string!(locale, visits.block.free)}</Button></div>
                </Form>
            </div>
        </section>
    })
}

fn first_steps(locale: Locale) -> impl IntoView {
    view! {
        <p class="schedule-note">
            <a class="link" href="/office/set-up">{td_string!(locale, sign_in.steps.title)}</a>
        </p>
    }
}

fn heading(sight: &Sight, plan: &Plan) -> String {
    let (first, count) = sight.dates();
    match sight.view {
        View::Day => plan.times.day(sight.date),
        View::Month => plan.times.month(sight.date),
        View::Week | View::List => {
            let last = first
                .checked_add_days(chrono::Days::new(count - 1))
                .unwrap_or(first);
            format!("{} – {}", plan.times.day(first), plan.times.day(last))
        }
    }
}

fn bar(sight: &Sight, plan: &Plan, title: &str, pending: Option<u64>) -> impl IntoView + use<> {
    let locale = plan.locale;
    let views = View::EVERY.map(|view| {
        let word = match view {
            View::Day => td_string!(locale, schedule.day),
            View::Week => td_string!(locale, schedule.week),
            View::Month => td_string!(locale, schedule.month),
            View::List => td_string!(locale, schedule.list),
        };
        view! { <a href=sight.seen_as(view) aria-current=(view == sight.view).then_some("page")>{word}</a> }
    });
    view! {
        <header class="schedule-bar">
            <h1 class="schedule-title">{title.to_owned()}</h1>
            <ButtonLink href=sight.at(plan.today)>{td_string!(locale, schedule.today)}</ButtonLink>
            <a class="btn btn-quiet btn-square" href=sight.at(sight.step(false)) aria-label=td_string!(locale, schedule.previous)><Icon name="icon-[lucide--chevron-left]"/></a>
            <a class="btn btn-quiet btn-square" href=sight.at(sight.step(true)) aria-label=td_string!(locale, schedule.next)><Icon name="icon-[lucide--chevron-right]"/></a>
            <span class="grow"></span>
            {(sight.view != View::Day).then(|| one_technician(sight, plan))}
            {(sight.view == View::Day && !plan.things.is_empty()).then(|| columns_link(sight, locale))}
            <nav class="schedule-views" aria-label=td_string!(locale, schedule.views)>{views.collect_view()}</nav>
            <a class="btn btn-plain btn-square max-md:hidden" href=format!("/office/day-sheet?date={}", sight.date) title=td_string!(locale, day_sheet.title) aria-label=td_string!(locale, day_sheet.title)><Icon name="icon-[lucide--printer]"/></a>
            {ask::staff().is_ok_and(|staff| staff.dispatcher().is_ok()).then(|| new_link(sight, locale))}
            {pending.is_some().then(|| why_link(locale))}
            {pending.map(|pending| requests_button(sight, locale, pending))}
        </header>
    }
}

/// Columns of technicians, or of resources.
fn columns_link(sight: &Sight, locale: Locale) -> impl IntoView + use<> {
    let (word, icon) = match sight.resources {
        true => (
            td_string!(locale, visits.columns.technicians),
            "icon-[lucide--users]",
        ),
        false => (
            td_string!(locale, visits.columns.resources),
            "icon-[lucide--package]",
        ),
    };
    let href = sight.with_resources(!sight.resources);
    view! { <a class="btn btn-plain btn-square max-md:hidden" href=href title=word aria-label=word><Icon name=icon/></a> }
}

/// "New Appointment" on the day in sight.
fn new_link(sight: &Sight, locale: Locale) -> impl IntoView + use<> {
    let word = td_string!(locale, visits.add_new);
    let href = format!("/office/visits/new?date={}", sight.date);
    view! {
        <a class="btn btn-plain btn-square" href=href title=word aria-label=word><Icon name="icon-[lucide--plus]"/></a>
    }
}

fn why_link(locale: Locale) -> impl IntoView {
    let word = td_string!(locale, schedule.why_link);
    view! {
        <a class="btn btn-plain btn-square" href="/office/why" title=word aria-label=word>
            <Icon name="icon-[lucide--circle-help]"/>
        </a>
    }
}

/// "Appointment Requests · 3 pending"; the count is alive (A3).
fn requests_button(sight: &Sight, locale: Locale, pending: u64) -> impl IntoView + use<> {
    let href = sight.with_panel(!sight.panel);
    let class = if sight.panel {
        "btn btn-primary schedule-requests schedule-requests-on"
    } else {
        "btn btn-primary schedule-requests"
    };
    view! {
        <a class=class href=href aria-expanded=sight.panel.to_string()>
            <Icon name="icon-[lucide--inbox]"/>
            <span>
                {td_string!(locale, schedule.requests_button)} " · "
                <span class="tabular-nums" data-count="">{pending}</span> " " {td_string!(locale, schedule.pending)}
            </span>
        </a>
    }
}

/// The filter by technician; sends itself where scripts run.
fn one_technician(sight: &Sight, plan: &Plan) -> impl IntoView + use<> {
    let locale = plan.locale;
    let chosen = sight.technician.clone().unwrap_or_default();
    let options = plan.workers.iter().map(|worker| {
        view! { <option value=worker.id.clone() selected=worker.id == chosen>{worker.name.clone()}</option> }
    });
    let options = options.collect_view();
    let panel = sight
        .panel
        .then(|| view! { <input type="hidden" name="panel" value="requests"/> });
    view! {
        <form class="schedule-who" method="get" action=PATH>
            <input type="hidden" name="view" value=sight.view.as_str()/>
            <input type="hidden" name="date" value=sight.date.to_string()/>
            {panel}
            <label class="sr-only" for="schedule-technician">{td_string!(locale, schedule.technician)}</label>
            <select class="select" id="schedule-technician" name="technician" data-sends="">
                <option value="" selected=chosen.is_empty()>{td_string!(locale, schedule.everyone)}</option>
                {options}
            </select>
            <button class="btn btn-plain script-off">{td_string!(locale, schedule.show)}</button>
        </form>
    }
}

fn body(sight: &Sight, plan: Plan) -> AnyView {
    let locale = plan.locale;
    if plan.workers.is_empty() && plan.items.is_empty() {
        return view! {
            <Empty icon="icon-[lucide--users]" title=td_string!(locale, schedule.no_technicians) text=td_string!(locale, schedule.no_technicians_text)>
                <ButtonLink href="/office/team">{td_string!(locale, schedule.to_team)}</ButtonLink>
            </Empty>
        }
        .into_any();
    }
    let plan = plan.only(
        sight
            .technician
            .as_deref()
            .filter(|_| sight.view != View::Day),
    );
    match sight.view {
        View::Day => grid(&plan, plan.day(sight)).into_any(),
        View::Week => grid(&plan, plan.week(sight)).into_any(),
        View::Month => month::draw(&plan, sight).into_any(),
        View::List => {
            let nothing = td_string!(locale, schedule.free_day);
            view! { <Agenda days=list::days(&plan, sight) nothing=nothing.to_owned()/> }.into_any()
        }
    }
}

fn grid(plan: &Plan, grid: crate::calendar::grid::Grid<chrono_tz::Tz>) -> impl IntoView + use<> {
    let (locale, zone) = (plan.locale, plan.zone);
    let hour = move |hour: u16, second: bool| {
        let text = format!("{hour:02}:00");
        if second {
            td_string!(locale, schedule.second_time, time = text).to_string()
        } else {
            text
        }
    };
    let now = move |axis: &Axis, date| {
        let even = stretches(&zone, axis, date);
        view! { <span class="now-line" hidden=true data-stretches=even></span> }.into_any()
    };
    grid.draw(hour, now)
}
