//! Cancelling a request that waits: asked once, with what cannot be undone; a page of its own without scripts.

use leptos::prelude::*;

use crate::trouble::Trouble;
#[cfg(feature = "ssr")]
use crate::{ask, i18n::td_string, kit::PageHead};
#[cfg(feature = "ssr")]
use desk::withdraw_request::Withdrawn;

/// The page `/requests/{ref}/cancel`.
#[cfg(feature = "ssr")]
#[component]
pub fn CancelRequest() -> impl IntoView {
    crate::site::page(async move {
        let paper = super::paper(&ask::part("ref")).await?;
        let locale = ask::locale();
        let title = td_string!(
            locale,
            portal.request.cancel_title,
            reference = paper.reference.clone()
        );
        let back = (
            format!("/requests/{}", paper.reference),
            td_string!(
                locale,
                portal.request.back_this,
                reference = paper.reference.clone()
            ),
        );
        Ok(view! {
            <PageHead title=title back=back/>
            <div class="sheet max-w-xl p-4">{super::details::question(&paper, true)}</div>
        })
    })
}

/// Takes back a request that waits. It cannot be undone.
#[server]
pub async fn withdraw_request(reference: String) -> Result<(), Trouble> {
    let answer = ask::desk()?
        .withdraw_request(&ask::contact()?, &reference)
        .await?;
    let word = if matches!(answer, Withdrawn::Done) {
        "cancelled"
    } else {
        "late"
    };
    ask::go(&format!("/requests/{reference}?{word}=1"));
    Ok(())
}
