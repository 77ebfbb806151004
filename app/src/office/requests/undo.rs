//! Taking one's own decision back while its letters wait: a plain form that says how long.

use desk::undo_decision::NewUndo;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

use super::facts::Undo;
use super::read;
use crate::i18n::{Locale, td_string};
use crate::kit::posted::MARK;
use crate::kit::{Banner, Form, Hidden, Once, Tone};
use crate::said::{Said, say};
use crate::trouble::Trouble;
use crate::{ask, kit};

/// The button with the time that is left; after a try that came too late, why.
pub(super) fn draw(
    locale: Locale,
    reference: &str,
    undo: Option<&Undo>,
    key: &str,
) -> impl IntoView + use<> {
    let posted = ask::posted().filter(|posted: &kit::Posted| {
        posted.action == OfficeUndo::PATH && posted.value(MARK) == Some(reference)
    });
    let Some(undo) = undo else {
        return posted
            .map(|posted| view! { <Banner tone=Tone::No alert=true>{posted.trouble.words(locale)}</Banner> })
            .into_any();
    };
    let (reference, version, key) = (
        reference.to_owned(),
        undo.version.to_string(),
        key.to_owned(),
    );
    let left = format!("{}:{:02}", undo.seconds / 60, undo.seconds % 60);
    let words = move |left: &str| {
        td_string!(
            locale,
            office_notifications.undo_button,
            left = left.to_owned()
        )
        .to_string()
    };
    let seconds = undo.seconds;
    view! {
        <Form action=OfficeUndo::PATH posted locale mark=reference.clone() class="flex flex-wrap items-center gap-3 py-2">
            <Hidden name="reference" value=reference/>
            <Hidden name="version" value=version/>
            <Once key/>
            <button class="btn btn-plain tabular-nums" data-seconds=seconds data-words=words("{}")>{words(&left)}</button>
            <span class="text-sm text-muted">{td_string!(locale, office_notifications.undo_text)}</span>
        </Form>
    }
    .into_any()
}

/// Takes one's own decision back.
#[server]
pub async fn office_undo(reference: String, version: String, key: String) -> Result<(), Trouble> {
    let undo = NewUndo {
        key,
        version: read::version(&version)?,
        request: reference.clone(),
    };
    ask::desk()?.undo_decision(&ask::staff()?, undo).await?;
    say(Said::Undone);
    ask::go(&format!("/office/requests/{reference}"));
    Ok(())
}
