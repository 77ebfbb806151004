//! The form of an appointment that is there: to change, to move, to give to somebody else. It says who will be told.

use booking::refusal::Refusal;
use booking::visit::VisitStatus;
use desk::visit_details::VisitDetails;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

use super::check::Answer;
use super::form::{Choices, fields, frame};
use super::save::OfficeChangeVisit;
use super::typed::TypedVisit;
use crate::i18n::{Locale, td_string};
use crate::kit::{
    Banner, Button, ButtonLink, Form, Hidden, Look, Once, PageHead, Pick, Radio, Tone,
};
use crate::office::requests::Voice;
use crate::{ask, site};

/// The page `/office/visits/:reference/edit`.
#[component]
pub fn EditVisitPage() -> impl IntoView {
    site::page(async move {
        let (desk, staff) = (ask::desk()?, ask::staff()?);
        staff.dispatcher()?;
        let voice = Voice::here(&desk).await?;
        let reference = ask::part("reference");
        let visit = desk.visit_details(&staff, &reference).await?;
        let visit = visit.ok_or(Refusal::NotFound)?;
        let (typed, whole) = TypedVisit::here(OfficeChangeVisit::PATH);
        let typed = match whole {
            true => TypedVisit {
                client: visit.client.0.to_string(),
                ..typed
            },
            false => {
                let answered = typed.change.clone();
                let own = TypedVisit::of_visit(&visit, voice.zone, &typed);
                match desk.change_seen(&staff, &answered).await? {
                    Some(change) if change.visit == reference => own.wanted(&change, voice.zone),
                    Some(_) | None => own,
                }
            }
        };
        let (choices, _) = Choices::load(&desk, &staff, &typed).await?;
        let typed = choices.with_length(typed);
        let answer = Answer::ask(&desk, &staff, &voice, &typed, Some(&reference)).await?;
        let (locale, path) = (voice.locale, format!("/office/visits/{reference}/edit"));
        let back = (
            format!("/office/visits/{reference}"),
            td_string!(locale, visits.back).to_owned(),
        );
        let title =
            td_string!(locale, visits.edit_title, client = visit.client.1.clone()).to_string();
        let gone = gone(&visit).then(|| {
            view! { <Banner tone=Tone::Off>{td_string!(locale, visits.gone)}</Banner> }
        });
        let now = voice.times.span(visit.start, visit.end);
        let buttons = view! {
            <p class="text-sm text-muted">{td_string!(locale, visits.now, when = now)}</p>
            <Button look=Look::Primary>{td_string!(locale, visits.save)}</Button>
            <ButtonLink href=back.0.clone()>{td_string!(locale, visits.leave)}</ButtonLink>
        };
        let change = typed.change.clone();
        let answers = (!change.is_empty()).then(|| {
            let text = td_string!(locale, changes.office.answers, reference = change.clone());
            view! { <Banner tone=Tone::Wait>{text}</Banner> }
        });
        let extra = scope(locale, &visit, &typed).into_any();
        let fields = fields(&voice, &choices, &typed, &answer, extra).into_any();
        Ok(view! {
            <div class="plain-page">
                <PageHead title back/>
                {gone}
                {answers}
                <Form action=OfficeChangeVisit::PATH posted=ask::posted() locale>
                    <Once key=ask::fresh_key()/>
                    <Hidden name="reference" value=visit.reference.clone()/>
                    <Hidden name="version" value=visit.version.to_string()/>
                    <Hidden name="change" value=change/>
                    {frame(&voice, &answer, &typed, &path, (fields, buttons.into_any()))}
                </Form>
            </div>
        })
    })
}

fn gone(visit: &VisitDetails) -> bool {
    match visit.status {
        VisitStatus::Cancelled | VisitStatus::Rescheduled => true,
        VisitStatus::Scheduled
        | VisitStatus::InProgress
        | VisitStatus::Completed
        | VisitStatus::NoShow => false,
    }
}

/// How much of a series; nothing for what does not repeat.
pub(super) fn scope(
    locale: Locale,
    visit: &VisitDetails,
    typed: &TypedVisit,
) -> Option<impl IntoView + use<>> {
    let picks = vec![
        Pick::new("this", td_string!(locale, visits.scope.this)),
        Pick::new("following", td_string!(locale, visits.scope.following)),
        Pick::new("all", td_string!(locale, visits.scope.all)),
    ];
    let value = match typed.scope.as_str() {
        "" => "this".to_owned(),
        other => other.to_owned(),
    };
    visit.series.then(
        || view! { <Radio name="scope" label=td_string!(locale, visits.scope.title) picks value/> },
    )
}
