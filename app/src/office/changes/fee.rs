//! The fee of a visit on its page: what is due and why, and one button to waive it or to keep it after all.

use desk::fees::{Fee, FeeKind};
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

use crate::ask;
use crate::i18n::td_string;
use crate::kit::{Button, Form, Hidden, money};
use crate::office::typed::known;
use crate::said::{Said, say};
use crate::trouble::Trouble;

/// What is due for a visit.
pub fn row(visit: &str, fee: Fee) -> impl IntoView + use<> {
    let l = ask::locale();
    let amount = money(fee.amount_minor, &ask::business().currency, l);
    let why = match fee.kind {
        FeeKind::LateCancel => td_string!(l, changes.fee.late),
        FeeKind::NoShow => td_string!(l, changes.fee.no_show),
    };
    let amount = match fee.waived {
        true => td_string!(l, changes.fee.waived, amount = amount),
        false => amount,
    };
    let button = match fee.waived {
        true => td_string!(l, changes.fee.keep),
        false => td_string!(l, changes.fee.waive),
    };
    let (visit, version) = (visit.to_owned(), fee.version.to_string());
    let waive = (!fee.waived).to_string();
    view! {
        <Form action=OfficeWaiveFee::PATH posted=ask::posted() locale=l class="flex flex-wrap items-center gap-3">
            <Hidden name="visit" value=visit/>
            <Hidden name="version" value=version/>
            <Hidden name="waive" value=waive/>
            <span><span class="text-muted">{why} ": "</span>{amount}</span>
            <Button class="btn-sm">{button}</Button>
        </Form>
    }
}

/// Waives the fee of a visit, or keeps it after all.
#[server]
pub async fn office_waive_fee(
    visit: String,
    version: String,
    #[server(default)] waive: bool,
) -> Result<(), Trouble> {
    ask::desk()?
        .waive_fee(&ask::staff()?, &visit, (known(&version)?, waive))
        .await?;
    say(Said::Saved);
    ask::go(&format!("/office/visits/{visit}"));
    Ok(())
}
