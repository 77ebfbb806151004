//! One change or cancellation: the visit before and after, what is in the way, and the decision.

use booking::change::{ChangeField, ChangeStatus};
use desk::change_choices::{BlockTime, ChangeChoices};
use desk::changes_shown::ChangeSeen;
use desk::{Desk, StaffPass};
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos_meta::Title;

use super::decide::{OfficeApproveChange, OfficeDeclineChange};
use super::list::{badge, status};
use crate::ask;
use crate::i18n::{Locale, td_string};
use crate::kit::{
    Banner, Button, ButtonLink, Choice, Form, Hidden, Look, Once, PageHead, Pick, Pill, TextArea,
    Tick, Tone, money,
};
use crate::office::requests::Voice;
use crate::office::section::Beside;
use crate::portal::make_changes::shown::lines;
use crate::trouble::{Trouble, words};

/// The page of a change.
///
/// # Errors
/// Faults.
pub async fn draw(
    desk: &Desk,
    staff: &StaffPass,
    seen: ChangeSeen,
) -> Result<impl IntoView + use<>, Trouble> {
    let voice = Voice::here(desk).await?;
    let locale = voice.locale;
    let waits = seen.status == ChangeStatus::Pending;
    let choices = match waits {
        true => desk.change_choices(staff, &seen.reference).await?,
        false => None,
    };
    let fee = desk.business().await?.late_fee_minor.filter(|_| seen.late);
    let (tone, word) = status(&voice, seen.status);
    let title = format!("{} · {}", seen.reference, seen.client.1);
    let back = td_string!(locale, queue.page_title).to_owned();
    let kind = badge(&voice, &seen);
    // Who only approves has no clients' pages, and edits no visits.
    let runs = staff.dispatcher().is_ok();
    let body = facts(&voice, &seen, runs);
    let decision = waits.then(|| decision((&voice, runs), &seen, choices.as_ref(), fee));
    Ok(view! {
        <Title text=title.clone()/>
        <div class="plain-page">
            <PageHead title back=("/office/requests".to_owned(), back)>{kind} <Pill tone text=word/></PageHead>
            <div class="flex max-w-2xl flex-col gap-4">
                {body}
                {decision}
            </div>
        </div>
    })
}

fn facts(voice: &Voice, seen: &ChangeSeen, runs: bool) -> impl IntoView + use<> {
    let l = voice.locale;
    let (page, name) = (
        format!("/office/clients/{}", seen.client.0),
        seen.client.1.clone(),
    );
    let client = match runs {
        true => view! { <a class="link" href=page>{name}</a> }.into_any(),
        false => name.into_any(),
    };
    let visit = format!("/office/visits/{}", seen.visit);
    let line = |label: String, value: AnyView| {
        view! { <div class="flex flex-wrap gap-x-4 px-4 py-2.5"><dt class="w-36 shrink-0 text-muted">{label}</dt><dd class="min-w-0 whitespace-pre-line tabular-nums">{value}</dd></div> }.into_any()
    };
    let text = |label: &str, value: String| line(label.to_owned(), value.into_any());
    let now = voice.times.span(seen.start, seen.end);
    let mut rows = vec![
        line(
            td_string!(l, letters.label.client).to_owned(),
            view! { {client} " · " {seen.by.clone()} }.into_any(),
        ),
        line(
            td_string!(l, changes.office.visit).to_owned(),
            view! { <a class="link" href=visit>{seen.visit.clone()}</a> " · " {seen.service.clone()} " · " {now} }.into_any(),
        ),
    ];
    let who = seen.technician.clone();
    rows.extend(who.map(|who| text(td_string!(l, letters.label.technician), who)));
    let wanted = lines(seen, &voice.subjects).into_iter();
    rows.extend(wanted.map(|(label, value)| text(&label, value)));
    rows.push(text(
        td_string!(l, changes.office.sent),
        voice.stamp(seen.created),
    ));
    rows.extend(seen.decided.map(|at| {
        let by = seen.decided_by.clone().unwrap_or_default();
        text(
            td_string!(l, changes.office.decided),
            format!("{} {by}", voice.stamp(at)),
        )
    }));
    let declined = seen.decline_reason.clone();
    rows.extend(declined.map(|why| text(td_string!(l, changes.office.declined), why)));
    view! { <dl class="sheet divide-y divide-line">{rows}</dl> }
}

fn decision(
    (voice, runs): (&Voice, bool),
    seen: &ChangeSeen,
    choices: Option<&ChangeChoices>,
    fee: Option<i64>,
) -> impl IntoView + use<> {
    let l = voice.locale;
    let (reference, version) = (seen.reference.clone(), seen.version.to_string());
    let (other, its) = (reference.clone(), version.clone());
    let edit = format!("/office/visits/{}/edit?change={reference}", seen.visit);
    let fields = Fields::of(voice, seen);
    let obstacle = choices.and_then(|choices| choices.obstacles.first());
    let obstacle = obstacle.map(|one| {
        let why = words(one.clash.why, l).to_owned();
        let whose = one.clash.client.clone().unwrap_or_default();
        view! { <Banner tone=Tone::Wait>{td_string!(l, changes.office.not_free)} " " {why} " " {whose}</Banner> }
    });
    let who = choices.filter(|choices| choices.times.is_none());
    let who = who.map(|choices| technicians(voice, choices));
    let times = choices.and_then(|choices| choices.times.as_deref());
    let times = times.map(|times| block_times(voice, times));
    let objected = objected();
    let button = match seen.cancellation {
        true => td_string!(l, changes.office.cancel_visit),
        false => td_string!(l, changes.office.approve),
    };
    let late = seen
        .late
        .then(|| view! { <Banner tone=Tone::Wait>{td_string!(l, changes.office.late)}</Banner> });
    let fee = fee.map(|minor| {
        let amount = money(minor, &ask::business().currency, l);
        td_string!(l, changes.office.charge, fee = amount)
    });
    let required = voice.reason_required;
    let edits = (runs && !seen.cancellation)
        .then(|| view! { <ButtonLink href=edit>{td_string!(l, changes.office.edit)}</ButtonLink> });
    view! {
        {late}
        {obstacle}
        <section class="sheet p-4">
            <Form action=OfficeApproveChange::PATH posted=ask::posted() locale=l>
                <Once key=ask::fresh_key()/>
                <Hidden name="reference" value=reference/>
                <Hidden name="version" value=version/>
                {fields.draw()}
                {times.map(|picks| block_choice(l, picks))}
                {who.map(|(picks, value)| view! { <Choice name="technician" label=td_string!(l, letters.label.technician) picks value/> })}
                {fee.map(|label| view! { <Tick name="fee" label ticked=true/> })}
                {objected.then(|| view! { <TextArea name="override_reason" label=td_string!(l, changes.office.overrule) rows=2/> })}
                <div class="flex flex-wrap gap-2">
                    <Button look=Look::Primary>{button}</Button>
                    {edits}
                </div>
            </Form>
        </section>
        <section class="sheet p-4">
            <Form action=OfficeDeclineChange::PATH posted=ask::posted() locale=l>
                <Hidden name="reference" value=other/>
                <Hidden name="version" value=its/>
                <TextArea name="reason" label=td_string!(l, changes.office.reason) hint=td_string!(l, changes.office.reason_hint) rows=2 required=required/>
                <div><Button look=Look::Danger>{td_string!(l, changes.office.decline)}</Button></div>
            </Form>
        </section>
    }
}

/// Whether soft rules spoke against it: then a reason is asked for (R23).
fn objected() -> bool {
    let posted = ask::posted().filter(|posted| posted.action == OfficeApproveChange::PATH);
    posted.is_some_and(|posted| {
        posted.trouble.field() == Some("override_reason")
            || posted
                .value("override_reason")
                .is_some_and(|typed| !typed.is_empty())
    })
}

/// What is approved, field by field, where there is more than one.
struct Fields(Vec<(ChangeField, String, bool)>);

impl Fields {
    fn of(voice: &Voice, seen: &ChangeSeen) -> Self {
        let l = voice.locale;
        let wanted = &seen.wanted;
        let all = [
            (
                ChangeField::Time,
                wanted.time.is_some(),
                td_string!(l, changes.field.time),
            ),
            (
                ChangeField::Service,
                wanted.service.is_some(),
                td_string!(l, changes.field.service),
            ),
            (
                ChangeField::Subjects,
                wanted.subjects.is_some(),
                voice.subjects.as_str(),
            ),
            (
                ChangeField::Notes,
                wanted.notes.is_some(),
                td_string!(l, changes.field.notes),
            ),
        ];
        let posted = ask::posted().filter(|posted| posted.action == OfficeApproveChange::PATH);
        let ticked = |field: ChangeField| match &posted {
            Some(posted) => posted
                .fields
                .iter()
                .any(|(name, value)| name.starts_with("field[") && value == field.as_str()),
            None => true,
        };
        let asked = all.into_iter().filter(|(_, asked, _)| *asked);
        Self(
            asked
                .map(|(field, _, label)| (field, label.to_owned(), ticked(field)))
                .collect(),
        )
    }

    fn draw(self) -> impl IntoView {
        let l = ask::locale();
        if self.0.len() < 2 {
            let one = self.0.into_iter().map(|(field, ..)| {
                view! { <input type="hidden" name="field[]" value=field.as_str()/> }
            });
            return one.collect_view().into_any();
        }
        let boxes = self.0.into_iter().map(|(field, label, ticked)| {
            view! { <Tick name="field[]" label value=field.as_str() ticked=ticked/> }
        });
        view! {
            <fieldset class="field"><legend class="field-label">{td_string!(l, changes.office.fields)}</legend>{boxes.collect_view()}</fieldset>
        }
        .into_any()
    }
}

/// The free times of a block, each with somebody who could come.
fn block_times(voice: &Voice, times: &[BlockTime]) -> Vec<Pick> {
    let l = voice.locale;
    let pick = |one: &BlockTime| {
        let name = one.name.clone();
        let who = match one.comes {
            true => td_string!(l, changes.office.comes_free, name = name),
            false => td_string!(l, changes.office.free, name = name),
        };
        let value = format!("{}/{}", one.start.to_rfc3339(), one.technician);
        Pick::new(value, format!("{} · {who}", voice.times.time(one.start)))
    };
    times.iter().map(pick).collect()
}

/// When it is to be in the block, and who comes.
fn block_choice(l: Locale, picks: Vec<Pick>) -> impl IntoView + use<> {
    if picks.is_empty() {
        return view! {
            <Banner tone=Tone::Wait>{td_string!(l, changes.office.nobody)}</Banner>
            <Beside name="time"/>
        }
        .into_any();
    }
    let value = picks
        .first()
        .map(|pick| pick.value.clone())
        .unwrap_or_default();
    view! { <Choice name="time" label=td_string!(l, changes.office.time) picks value/> }.into_any()
}

/// Who comes then: those who come now where they can, else whoever is free.
fn technicians(voice: &Voice, choices: &ChangeChoices) -> (Vec<Pick>, String) {
    let l = voice.locale;
    let picks = choices.technicians.iter().map(|(id, name, free, comes)| {
        let note = match (free, comes) {
            (true, true) => td_string!(l, changes.office.comes_free, name = name.clone()),
            (true, false) => td_string!(l, changes.office.free, name = name.clone()),
            (false, _) => td_string!(l, changes.office.busy, name = name.clone()),
        };
        Pick::new(id.to_string(), note)
    });
    let picks: Vec<Pick> = picks.collect();
    let first = choices.technicians.first();
    let value = first.map(|(id, ..)| id.to_string()).unwrap_or_default();
    (picks, value)
}
