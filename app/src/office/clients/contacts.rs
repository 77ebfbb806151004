//! Who signs in for a client.

use desk::clients::{ClientPage, Contact};
use desk::invitation::Invited;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

use crate::ask;
use crate::i18n::td_string;
use crate::kit::{Button, Field, Form, Hidden, Look, Pill, Tick, Tone};
use crate::office::section::pair;
use crate::office::typed;
use crate::trouble::Trouble;

/// The contacts, and the form that invites one more.
pub(super) fn contacts(client: &ClientPage) -> impl IntoView + use<> {
    let (locale, id) = (ask::locale(), client.id.to_string());
    let list = if client.contacts.is_empty() {
        view! { <p class="sheet p-4 text-muted">{td_string!(locale, office_clients.contacts_none)}</p> }.into_any()
    } else {
        let rows = client
            .contacts
            .iter()
            .map(|contact| row(client, contact))
            .collect_view();
        view! { <ul class="sheet rows">{rows}</ul> }.into_any()
    };
    // Where the client's own setting holds for everybody there is nothing to choose.
    let chosen = !client.form.own_only;
    let refused = ask::posted().is_some_and(|posted| posted.action == OfficeInviteContact::PATH);
    view! {
        {list}
        <details class="sheet p-4" open=refused>
            <summary class="link cursor-pointer">{td_string!(locale, office_clients.invite)}</summary>
            <Form action=OfficeInviteContact::PATH posted=ask::posted() locale class="mt-3 flex flex-col gap-4">
                <Hidden name="client" value=id/>
                {pair(view! {
                    <Field name="name" label=td_string!(locale, office_clients.name) required=true autocomplete="off"/>
                    <Field name="email" kind="email" label=td_string!(locale, office_clients.email) required=true autocomplete="off"/>
                })}
                {chosen.then(|| view! { <Tick name="own_only" label=td_string!(locale, office_clients.sees_own)/> })}
                <p class="field-hint">{td_string!(locale, office_clients.invite_hint)}</p>
                <div><Button look=Look::Primary>{td_string!(locale, office_clients.send)}</Button></div>
            </Form>
        </details>
    }
}

fn row(client: &ClientPage, contact: &Contact) -> impl IntoView + use<> {
    let locale = ask::locale();
    let state = match (contact.active, contact.invited) {
        (false, _) => {
            view! { <Pill tone=Tone::Off text=td_string!(locale, office_clients.no_longer)/> }
        }
        (true, true) => {
            view! { <Pill tone=Tone::Wait text=td_string!(locale, office_clients.invited)/> }
        }
        (true, false) => {
            view! { <Pill tone=Tone::Yes text=td_string!(locale, office_config.active)/> }
        }
    };
    let reach: Vec<String> = std::iter::once(contact.email.clone())
        .chain(contact.phone.clone())
        .collect();
    let main = contact.main.then(|| {
        view! { <Pill tone=Tone::Info bare=true text=td_string!(locale, office_clients.main_contact)/> }
    });
    view! {
        <li class="row">
            <span class="flex min-w-0 flex-1 basis-56 flex-col"><span class="font-semibold">{contact.name.clone()}</span> <span class="truncate text-sm text-muted">{reach.join(" · ")}</span> <span class="text-sm text-muted">{sight(client, contact)}</span></span>
            {main}
            {state}
            {small_forms(client, contact)}
        </li>
    }
}

/// What a contact may see, and by whose setting.
fn sight(client: &ClientPage, contact: &Contact) -> &'static str {
    let locale = ask::locale();
    match (client.form.own_only, contact.own_only) {
        (true, _) => td_string!(locale, office_clients.sees_own_by_client),
        (false, true) => td_string!(locale, office_clients.sees_own),
        (false, false) => td_string!(locale, office_clients.sees_all),
    }
}

/// What can be done with a contact: one button each.
fn small_forms(client: &ClientPage, contact: &Contact) -> impl IntoView + use<> {
    let (locale, id) = (ask::locale(), client.id.to_string());
    let one = |action, value, word| small(action, &id, contact, value, word);
    let main = (contact.active && !contact.main).then(|| {
        let word = td_string!(locale, office_clients.make_main);
        one(OfficeContactMain::PATH, None, word)
    });
    // Where the client's own setting holds for everybody there is nothing to choose.
    let sight = (contact.active && !client.form.own_only).then(|| match contact.own_only {
        true => {
            let word = td_string!(locale, office_clients.show_all);
            one(OfficeContactSight::PATH, None, word)
        }
        false => {
            let word = td_string!(locale, office_clients.show_own);
            one(OfficeContactSight::PATH, Some(("own_only", "true")), word)
        }
    });
    let resend = (contact.active && contact.invited).then(|| {
        let word = td_string!(locale, office_clients.resend);
        one(OfficeResendContact::PATH, None, word)
    });
    let toggle = match contact.active {
        true => {
            let word = td_string!(locale, office_clients.end_contact);
            one(OfficeContactActive::PATH, None, word)
        }
        false => {
            let word = td_string!(locale, office_clients.begin_contact);
            one(OfficeContactActive::PATH, Some(("active", "true")), word)
        }
    };
    view! { <span class="flex flex-wrap">{main} {sight} {resend} {toggle}</span> }
}

fn small(
    action: &'static str,
    client: &str,
    contact: &Contact,
    value: Option<(&'static str, &'static str)>,
    word: &'static str,
) -> impl IntoView + use<> {
    let (locale, client, person) = (ask::locale(), client.to_owned(), contact.person.to_string());
    let label = crate::language::labelled(locale, word, &contact.name);
    view! {
        <Form action=action posted=ask::posted() locale mark=person.clone() class="flex flex-col gap-2">
            <Hidden name="client" value=client/>
            <Hidden name="person" value=person/>
            {value.map(|(name, value)| view! { <Hidden name=name value=value/> })}
            <button class="btn btn-quiet" aria-label=label>{word}</button>
        </Form>
    }
}

/// Invites a contact of a client.
#[server]
pub async fn office_invite_contact(
    client: String,
    name: String,
    email: String,
    #[server(default)] own_only: bool,
) -> Result<(), Trouble> {
    ask::desk()?
        .invite_contact(
            &ask::staff()?,
            typed::known(&client)?,
            &Invited { name, email },
            own_only,
        )
        .await?;
    ask::go(&format!("/office/clients/{client}?done=contacts"));
    Ok(())
}

/// Sends a contact's invitation again.
#[server]
pub async fn office_resend_contact(client: String, person: String) -> Result<(), Trouble> {
    ask::desk()?
        .resend_invitation(&ask::staff()?, typed::known(&person)?)
        .await?;
    ask::go(&format!("/office/clients/{client}?done=contacts"));
    Ok(())
}

/// Lets a person sign in for a client again, or no longer.
#[server]
pub async fn office_contact_active(
    client: String,
    person: String,
    #[server(default)] active: bool,
) -> Result<(), Trouble> {
    ask::desk()?
        .set_contact_active(
            &ask::staff()?,
            typed::known(&client)?,
            typed::known(&person)?,
            active,
        )
        .await?;
    ask::go(&format!("/office/clients/{client}?done=contacts"));
    Ok(())
}

/// Lets a contact see everything of the client, or only what they asked for themselves.
#[server]
pub async fn office_contact_sight(
    client: String,
    person: String,
    #[server(default)] own_only: bool,
) -> Result<(), Trouble> {
    ask::desk()?
        .set_contact_sight(
            &ask::staff()?,
            typed::known(&client)?,
            typed::known(&person)?,
            own_only,
        )
        .await?;
    ask::go(&format!("/office/clients/{client}?done=contacts"));
    Ok(())
}

/// Makes a contact the one to turn to.
#[server]
pub async fn office_contact_main(client: String, person: String) -> Result<(), Trouble> {
    ask::desk()?
        .set_main_contact(
            &ask::staff()?,
            typed::known(&client)?,
            typed::known(&person)?,
        )
        .await?;
    ask::go(&format!("/office/clients/{client}?done=contacts"));
    Ok(())
}
