//! What a client's visits are for, under the business's own word.

use desk::clients::ClientPage;
use desk::subjects::{NewSubject, Subject};
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

use crate::ask;
use crate::i18n::td_string;
use crate::kit::{Button, Field, Form, Hidden, Once, Pill, TextArea, Tick, Tone};
use crate::office::typed;
use crate::trouble::Trouble;

/// The business's word for them.
pub(super) fn label() -> String {
    ask::business().subjects(ask::locale())
}

/// The subjects, each with its form, and one for a new one.
pub(super) fn subjects(client: &ClientPage) -> impl IntoView + use<> {
    let (locale, id) = (ask::locale(), client.id.to_string());
    let list = if client.subjects.is_empty() {
        view! { <p class="sheet p-4 text-muted">{td_string!(locale, office_clients.subjects_none)}</p> }.into_any()
    } else {
        let rows = client
            .subjects
            .iter()
            .map(|subject| row(&id, subject))
            .collect_view();
        view! { <ul class="sheet rows">{rows}</ul> }.into_any()
    };
    let refused = ask::posted().is_some_and(|posted| posted.action == OfficeCreateSubject::PATH);
    view! {
        {list}
        <details class="sheet p-4" open=refused>
            <summary class="link cursor-pointer">{td_string!(locale, office_clients.add_subject)}</summary>
            <Form action=OfficeCreateSubject::PATH posted=ask::posted() locale class="mt-3 flex flex-col gap-4">
                <Once key=ask::fresh_key()/>
                <Hidden name="client" value=id/>
                <Field name="name" label=td_string!(locale, office_clients.subject_name) required=true/>
                <TextArea name="details" label=td_string!(locale, office_clients.subject_details)/>
                <div><Button>{td_string!(locale, office_clients.add_subject)}</Button></div>
            </Form>
        </details>
    }
}

fn row(client: &str, subject: &Subject) -> impl IntoView + use<> {
    let (locale, client, id, version) = (
        ask::locale(),
        client.to_owned(),
        subject.id.to_string(),
        subject.version.to_string(),
    );
    let refused = ask::posted().is_some_and(|posted| posted.is(OfficeEditSubject::PATH, Some(&id)));
    let (name, details, active) = (
        subject.name.clone(),
        subject.details.clone(),
        subject.active,
    );
    let (title, mark) = (name.clone(), id.clone());
    view! {
        <li class="px-4 py-3">
            <details open=refused>
                <summary class="flex cursor-pointer items-center gap-3">
                    <span class="grow font-semibold">{title}</span>
                    {(!active).then(|| view! { <Pill tone=Tone::Off text=td_string!(locale, office_config.inactive)/> })}
                    <span class="icon-[lucide--chevron-down] size-4 text-muted" aria-hidden="true"></span>
                </summary>
                <Form action=OfficeEditSubject::PATH posted=ask::posted() locale mark class="mt-3 flex flex-col gap-4">
                    <Hidden name="client" value=client/>
                    <Hidden name="id" value=id/>
                    <Hidden name="version" value=version/>
                    <Field name="name" label=td_string!(locale, office_clients.subject_name) value=name required=true/>
                    <TextArea name="details" label=td_string!(locale, office_clients.subject_details) value=details/>
                    <Tick name="active" label=td_string!(locale, office_clients.subject_active) ticked=active/>
                    <div><Button>{td_string!(locale, common.save)}</Button></div>
                </Form>
            </details>
        </li>
    }
}

/// Adds a subject to a client.
#[server]
pub async fn office_create_subject(
    key: String,
    client: String,
    name: String,
    #[server(default)] details: String,
) -> Result<(), Trouble> {
    let new = NewSubject {
        name,
        details,
        active: true,
    };
    ask::desk()?
        .create_subject(&ask::staff()?, typed::known(&client)?, &key, &new)
        .await?;
    ask::go(&format!("/office/clients/{client}?done=subjects"));
    Ok(())
}

/// Changes a subject.
#[server]
pub async fn office_edit_subject(
    client: String,
    id: String,
    version: String,
    name: String,
    #[server(default)] details: String,
    #[server(default)] active: bool,
) -> Result<(), Trouble> {
    let which = (typed::known(&client)?, typed::known(&id)?);
    ask::desk()?
        .edit_subject(
            &ask::staff()?,
            which,
            typed::known(&version)?,
            &NewSubject {
                name,
                details,
                active,
            },
        )
        .await?;
    ask::go(&format!("/office/clients/{client}?done=subjects"));
    Ok(())
}
