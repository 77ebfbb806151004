//! What a client gets mail about. Each contact can take away more in their own account.

use booking::ids::ClientId;
use booking::letter::mailed_to_clients;
use booking::refusal::Refusal;
use desk::{Desk, StaffPass};
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

use crate::ask;
use crate::event_words;
use crate::i18n::td_string;
use crate::kit::{Button, Form, Hidden, Tick};
use crate::office::section::section;
use crate::office::typed;
use crate::trouble::Trouble;

/// The part "Notifications" of a client's page.
///
/// # Errors
/// Not allowed, no such client, faults.
pub(super) async fn notifications(
    desk: &Desk,
    who: &StaffPass,
    id: ClientId,
) -> Result<impl IntoView + use<>, Trouble> {
    let muted = desk.client_muted(who, id).await?.ok_or(Refusal::NotFound)?;
    let locale = ask::locale();
    let form = move || {
        let ticks = mailed_to_clients().into_iter().map(|event| {
            let ticked = !muted.contains(&event);
            view! { <Tick name="mail[]" label=event_words::event(event, locale) value=event.as_str() ticked=ticked/> }
        });
        ticks.collect_view()
    };
    let body = view! {
        <Form action=OfficeClientMail::PATH posted=ask::posted() locale class="sheet flex flex-col items-start gap-4 p-4">
            <Hidden name="client" value=id.to_string()/>
            <div>{form()}</div>
            <Button>{td_string!(locale, common.save)}</Button>
        </Form>
    };
    Ok(section(
        "notifications",
        td_string!(locale, office_notifications.of_client),
        td_string!(locale, office_notifications.of_client_effect),
        body,
    ))
}

/// Chooses what a client gets mail about.
#[server]
pub async fn office_client_mail(
    client: String,
    #[server(default)] mail: Vec<String>,
) -> Result<(), Trouble> {
    ask::desk()?
        .change_client_mail(&ask::staff()?, typed::known(&client)?, &mail)
        .await?;
    ask::go(&format!("/office/clients/{client}?done=notifications"));
    Ok(())
}
