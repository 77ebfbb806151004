//! One request: everything that was asked for, what became of it, and what can still be done.

use leptos::prelude::*;
use leptos::server_fn::ServerFn;

use super::cancel::WithdrawRequest;
use super::in_words::{self, Event, Paper};
use crate::ask;
use crate::i18n::td_string;
use crate::kit::{
    Banner, Button, ButtonLink, Dialog, Form, Hidden, Icon, Look, PageHead, Pill, Tone,
};
use crate::photos;
use crate::portal::offers;

/// The page `/requests/{ref}`.
#[component]
pub fn RequestDetails() -> impl IntoView {
    crate::site::page(async move {
        let paper = super::paper(&ask::part("ref")).await?;
        let offer = offers::open(&paper.reference, paper.version).await?;
        let locale = ask::locale();
        let title = td_string!(
            locale,
            portal.request.title,
            reference = paper.reference.clone()
        );
        let back = (
            "/requests".to_owned(),
            td_string!(locale, portal.request.back).to_owned(),
        );
        Ok(view! {
            <PageHead title=title back=back/>
            {said(&paper)}
            {offers::said()}
            {offer}
            <div class="grid gap-5 lg:grid-cols-[minmax(0,1fr)_20rem] lg:items-start">
                <div class="flex flex-col gap-4">
                    {facts(&paper)}
                    {photos::strip(locale, &paper.photos)}
                    {actions(&paper)}
                </div>
                {history(paper.history.clone())}
            </div>
            {paper.pending.then(|| dialog(&paper))}
        })
    })
}

/// What was just done, said once.
fn said(paper: &Paper) -> Option<AnyView> {
    let locale = ask::locale();
    let business = ask::business().name;
    let words = if ask::query("sent").is_some() {
        let held = paper.held.clone().unwrap_or_default();
        let sent = td_string!(
            locale,
            portal.wizard.sent_text,
            reference = paper.reference.clone(),
            business = business
        );
        (
            td_string!(locale, portal.wizard.sent).to_owned(),
            format!("{sent} {held}"),
        )
    } else if ask::query("saved").is_some() {
        (
            td_string!(locale, portal.request.saved).to_owned(),
            String::new(),
        )
    } else if ask::query("stale").is_some() {
        return Some(view! {
            <div class="mb-4"><Banner tone=Tone::Wait alert=true>{td_string!(locale, portal.request.stale)}</Banner></div>
        }.into_any());
    } else if ask::query("late").is_some() {
        return Some(view! {
            <div class="mb-4"><Banner tone=Tone::Wait alert=true>{td_string!(locale, portal.request.late)}</Banner></div>
        }.into_any());
    } else if ask::query("cancelled").is_some() {
        (
            td_string!(locale, portal.request.cancelled).to_owned(),
            String::new(),
        )
    } else {
        return None;
    };
    Some(view! {
        <div class="mb-4">
            <Banner tone=Tone::Yes alert=true><p class="font-semibold">{words.0}</p><p class="font-normal">{words.1}</p></Banner>
        </div>
    }.into_any())
}

fn facts(paper: &Paper) -> impl IntoView + use<> {
    let (locale, tone, status) = (ask::locale(), paper.tone, paper.status.clone());
    let rows = paper.facts.clone().into_iter().map(|fact| {
        view! {
            <div class="flex gap-3 px-4 py-2.5">
                <dt class="w-28 shrink-0 text-sm text-muted">{fact.name}</dt>
                <dd class="min-w-0 grow break-words whitespace-pre-line tabular-nums">
                    {match fact.link {
                        Some(href) => view! { <a class="link" href=href>{fact.value}</a> }.into_any(),
                        None => fact.value.into_any(),
                    }}
                </dd>
            </div>
        }
    });
    view! {
        <dl class="sheet divide-y divide-line">
            <div class="flex gap-3 px-4 py-2.5">
                <dt class="w-28 shrink-0 text-sm text-muted">{td_string!(locale, portal.request.status)}</dt>
                <dd><Pill tone=tone text=status/></dd>
            </div>
            {rows.collect_view()}
        </dl>
    }
}

fn actions(paper: &Paper) -> impl IntoView + use<> {
    let locale = ask::locale();
    let page = format!("/requests/{}", paper.reference);
    let edit = paper.pending.then(|| {
        view! { <ButtonLink href=format!("{page}/edit") look=Look::Primary><Icon name="icon-[lucide--pencil]"/>{td_string!(locale, portal.request.edit)}</ButtonLink> }
    });
    // A link to a page of its own; with scripts the dialog opens instead.
    let cancel = paper.pending.then(|| {
        view! {
            <a href=format!("{page}/cancel") class="btn btn-danger" data-opens="cancel">
                {td_string!(locale, portal.request.cancel)}
            </a>
        }
    });
    let file = paper.calendar.clone().map(|href| {
        view! { <ButtonLink href=href><Icon name="icon-[lucide--calendar-plus]"/>{td_string!(locale, portal.request.calendar_file)}</ButtonLink> }
    });
    let again = paper.again.clone().map(|href| {
        view! { <ButtonLink href=href look=Look::Primary><Icon name="icon-[lucide--rotate-cw]"/>{td_string!(locale, portal.request.again)}</ButtonLink> }
    });
    view! { <div class="flex flex-wrap gap-2">{edit}{again}{file}{cancel}</div> }
}

fn history(events: Vec<Event>) -> impl IntoView {
    let locale = ask::locale();
    let rows = events.into_iter().map(|event| {
        view! {
            <li class="flex gap-3">
                <span class="mt-2 size-2 shrink-0 rounded-full bg-line-strong" aria-hidden="true"></span>
                <div class="min-w-0">
                    <p class="font-semibold">{event.what}</p>
                    <p class="text-sm text-muted tabular-nums">{event.when} " · " {event.by}</p>
                    {event.notes.into_iter().map(|note| view! { <p class="mt-1 text-sm break-words whitespace-pre-line">{note}</p> }).collect_view()}
                </div>
            </li>
        }
    });
    view! {
        <section class="sheet p-4">
            <h2 class="mb-3 text-sm font-semibold text-muted">{td_string!(locale, portal.request.history)}</h2>
            <ol class="flex flex-col gap-3">{rows.collect_view()}</ol>
        </section>
    }
}

fn dialog(paper: &Paper) -> impl IntoView + use<> {
    let locale = ask::locale();
    let title = td_string!(
        locale,
        portal.request.cancel_title,
        reference = paper.reference.clone()
    );
    let asked = question(paper, false);
    view! {
        <Dialog id="cancel" title=title close=td_string!(locale, common.close)>
            {asked}
        </Dialog>
    }
}

/// What is lost, and the two ways out; the page without scripts asks the same.
pub fn question(paper: &Paper, page: bool) -> impl IntoView + use<> {
    let locale = ask::locale();
    let what = in_words::what(paper);
    let text = match paper.choices.window.is_asked() {
        true => td_string!(locale, asked.cancel, what = what),
        false => td_string!(locale, portal.request.cancel_text, what = what),
    };
    let keep = td_string!(locale, portal.request.cancel_no);
    let back = format!("/requests/{}", paper.reference);
    let reference = paper.reference.clone();
    view! {
        <p class="my-4">{text}</p>
        <Form action=WithdrawRequest::PATH posted=ask::posted() locale class="flex flex-wrap justify-end gap-2">
            <Hidden name="reference" value=reference/>
            {if page {
                view! { <ButtonLink href=back>{keep}</ButtonLink> }.into_any()
            } else {
                view! { <button type="button" class="btn btn-plain" commandfor="cancel" command="close">{keep}</button> }.into_any()
            }}
            <Button look=Look::Danger>{td_string!(locale, portal.request.cancel_yes)}</Button>
        </Form>
    }
}
