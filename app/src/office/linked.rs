//! Requests and visits as read-only rows: on a client's page and on a ticket's.

use desk::tickets::Linked;
use leptos::prelude::*;

use crate::ask;
use crate::i18n::td_string;
use crate::kit::{Pill, Tone};

/// Requests; each leads to its page.
pub fn requests(rows: &[Linked], none: &'static str) -> AnyView {
    let row = |one: &Linked| {
        line(
            one,
            Some(format!("/office/requests/{}", one.reference)),
            request_status(&one.status),
        )
    };
    list(rows.iter().map(row).collect(), none)
}

/// Visits; each leads to its page.
pub fn visits(rows: &[Linked], none: &'static str) -> AnyView {
    let page = |one: &Linked| Some(format!("/office/visits/{}", one.reference));
    let row = |one: &Linked| line(one, page(one), visit_status(&one.status));
    list(rows.iter().map(row).collect(), none)
}

fn list(rows: Vec<AnyView>, none: &'static str) -> AnyView {
    if rows.is_empty() {
        return view! { <p class="sheet p-4 text-muted">{none}</p> }.into_any();
    }
    view! { <ul class="sheet rows">{rows}</ul> }.into_any()
}

fn line(one: &Linked, href: Option<String>, (word, tone): (&'static str, Tone)) -> AnyView {
    let when = one
        .starts_at
        .map(|at| ask::reader().moment(at))
        .unwrap_or_default();
    let (service, reference) = (one.service.clone(), one.reference.clone());
    view! {
        <li class="row">
            <a class="row-link" href=href>
                <span class="font-semibold">{service}</span>
                <span class="text-sm text-muted"><span class="font-mono">{reference}</span> " " {when}</span>
            </a>
            <Pill tone text=word/>
        </li>
    }
    .into_any()
}

fn request_status(status: &str) -> (&'static str, Tone) {
    let locale = ask::locale();
    match status {
        "pending" => (td_string!(locale, status.request.pending), Tone::Wait),
        "approved" => (td_string!(locale, status.request.approved), Tone::Yes),
        "declined" => (td_string!(locale, status.request.declined), Tone::No),
        "expired" => (td_string!(locale, status.request.expired), Tone::Off),
        _ => (td_string!(locale, status.request.cancelled), Tone::Off),
    }
}

/// The word of a visit's status, and how it looks.
pub fn visit_status(status: &str) -> (&'static str, Tone) {
    let locale = ask::locale();
    match status {
        "scheduled" => (td_string!(locale, status.visit.scheduled), Tone::Info),
        "in_progress" => (td_string!(locale, status.visit.in_progress), Tone::Wait),
        "completed" => (td_string!(locale, status.visit.completed), Tone::Yes),
        "no_show" => (td_string!(locale, status.visit.no_show), Tone::No),
        "rescheduled" => (td_string!(locale, status.visit.rescheduled), Tone::Off),
        _ => (td_string!(locale, status.visit.cancelled), Tone::Off),
    }
}
