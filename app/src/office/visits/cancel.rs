//! "Cancel appointment": a page that says what it means and who will be told, a reason, and one button.

use booking::refusal::Refusal;
use desk::cancel_visit::VisitCancel;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

use super::check::told;
use super::edit::scope;
use super::typed::TypedVisit;
use crate::i18n::td_string;
use crate::kit::{Button, ButtonLink, Form, Hidden, Look, Once, PageHead, TextArea};
use crate::office::requests::Voice;
use crate::office::typed::known;
use crate::said::{Said, say};
use crate::trouble::Trouble;
use crate::{ask, site};

/// The page `/office/visits/:reference/cancel`.
#[component]
pub fn CancelVisitPage() -> impl IntoView {
    site::page(async move {
        let (desk, staff) = (ask::desk()?, ask::staff()?);
        staff.dispatcher()?;
        let voice = Voice::here(&desk).await?;
        let reference = ask::part("reference");
        let visit = desk.visit_details(&staff, &reference).await?;
        let visit = visit.ok_or(Refusal::NotFound)?;
        let who = desk.told_of_cancelling(&staff, &reference).await?;
        let (typed, _) = TypedVisit::here(OfficeCancelVisit::PATH);
        let locale = voice.locale;
        let back = format!("/office/visits/{reference}");
        let title =
            td_string!(locale, visits.cancel_title, client = visit.client.1.clone()).to_string();
        let what = format!(
            "{} · {} · {}",
            visit.service,
            voice.times.span(visit.start, visit.end),
            visit.reference
        );
        Ok(view! {
            <div class="plain-page">
                <PageHead title back=(back.clone(), td_string!(locale, visits.back).to_owned())/>
                <div class="sheet flex max-w-xl flex-col gap-4 p-4">
                    <p class="font-semibold">{what}</p>
                    <p>{td_string!(locale, visits.cancel_text)}</p>
                    <Form action=OfficeCancelVisit::PATH posted=ask::posted() locale>
                        <Once key=ask::fresh_key()/>
                        <Hidden name="reference" value=visit.reference.clone()/>
                        <Hidden name="version" value=visit.version.to_string()/>
                        {scope(locale, &visit, &typed)}
                        <TextArea name="reason" label=td_string!(locale, visits.cancel_reason) hint=td_string!(locale, visits.cancel_reason_hint)/>
                        {told(&voice, &who)}
                        <div class="flex flex-wrap gap-2">
                            <Button look=Look::Danger>{td_string!(locale, visits.cancel_now)}</Button>
                            <ButtonLink href=back>{td_string!(locale, visits.keep)}</ButtonLink>
                        </div>
                    </Form>
                </div>
            </div>
        })
    })
}

/// Cancels an appointment, or the rest of its series.
#[server]
pub async fn office_cancel_visit(
    key: String,
    reference: String,
    version: String,
    #[server(default)] reason: String,
    #[server(default)] scope: String,
) -> Result<(), Trouble> {
    let (desk, who) = (ask::desk()?, ask::staff()?);
    let typed = TypedVisit {
        scope,
        ..TypedVisit::default()
    };
    let ask = VisitCancel {
        key,
        visit: reference.clone(),
        version: known(&version)?,
        reason,
        scope: typed.scope(),
    };
    desk.cancel_visit(&who, ask).await?;
    say(Said::Cancelled);
    ask::go(&format!("/office/visits/{reference}"));
    Ok(())
}
