//! What happened to an appointment: who changed what, when, why.

use desk::visit_history::VisitLine;
use leptos::prelude::*;

use crate::i18n::td_string;
use crate::office::requests::Voice;

/// Draws it, the latest first.
pub fn draw(voice: &Voice, lines: &[VisitLine]) -> impl IntoView + use<> {
    let rows = lines
        .iter()
        .rev()
        .map(|one| line(voice, one))
        .collect_view();
    view! {
        <h2 class="details-heading">{td_string!(voice.locale, visits.history)}</h2>
        <ol class="details-history">{rows}</ol>
    }
}

fn line(voice: &Voice, one: &VisitLine) -> impl IntoView + use<> {
    let locale = voice.locale;
    let name = one
        .by
        .clone()
        .unwrap_or_else(|| td_string!(locale, visits.happened.system).to_owned());
    let what = match one.what.as_str() {
        "created" => td_string!(locale, visits.happened.created, name = name),
        "moved" => td_string!(locale, visits.happened.moved, name = name),
        "cancelled" => td_string!(locale, visits.happened.cancelled, name = name),
        "started" => td_string!(locale, visits.happened.started, name = name),
        "completed" => td_string!(locale, visits.happened.completed, name = name),
        "no_show" => td_string!(locale, visits.happened.no_show, name = name),
        "corrected" => td_string!(locale, visits.happened.corrected, name = name),
        "noted" => td_string!(locale, visits.happened.noted, name = name),
        _ => td_string!(locale, visits.happened.changed, name = name),
    };
    let arrow = |old: &str, new: &str| crate::language::became(locale, old, new);
    let mut details = Vec::new();
    if let Some((old, new)) = one.time {
        details.push(arrow(&voice.stamp(old), &voice.stamp(new)));
    }
    let nobody = td_string!(locale, schedule.visit.nobody);
    if let Some((old, new)) = &one.technicians {
        let names = |all: &Vec<String>| match all.is_empty() {
            true => nobody.to_owned(),
            false => crate::language::list(locale, all),
        };
        details.push(arrow(&names(old), &names(new)));
    }
    if let Some((old, new)) = &one.service {
        details.push(arrow(old, new));
    }
    details.extend(
        one.reason
            .as_deref()
            .map(|reason| crate::language::quoted(locale, reason)),
    );
    let details = details
        .into_iter()
        .map(|text| view! { <span class="block text-sm text-muted">{text}</span> });
    view! {
        <li><span class="details-when">{voice.stamp(one.at)}</span> <span>{what.to_string()} {details.collect_view()}</span></li>
    }
}
