//! The forms of the queue, alive: what stands in their fields, and the clash check that follows while somebody chooses. The
//! forms themselves are drawn by the server and work without any of this.

#[cfg(target_arch = "wasm32")]
use std::time::Duration;

use leptos::ev::{Event, MouseEvent};
#[cfg(target_arch = "wasm32")]
use leptos::prelude::*;
#[cfg(target_arch = "wasm32")]
use leptos::task::spawn_local;
use leptos::wasm_bindgen::JsCast;
use leptos::web_sys::Element;
#[cfg(target_arch = "wasm32")]
use web_sys::{
    FormData, HtmlFormElement, HtmlInputElement, HtmlSelectElement, HtmlTextAreaElement,
};

use super::board::Board;
#[cfg(target_arch = "wasm32")]
use super::shown::{Approval, Checked, Refusing};

/// Where the forms go.
pub(super) mod action {
    /// Approving.
    pub const APPROVE: &str = "/do/office_approve";
    /// Declining.
    pub const DECLINE: &str = "/do/office_decline";
}

/// How long the fields rest before the clash check asks.
#[cfg(target_arch = "wasm32")]
const REST: Duration = Duration::from_millis(200);

/// The nearest element around the target of an event that matches.
pub(super) fn around(event: &Event, selector: &str) -> Option<Element> {
    let target = event.target()?.dyn_into::<Element>().ok()?;
    target.closest(selector).ok().flatten()
}

/// A form was sent: decides without leaving the page.
pub(super) fn sent(board: Board, event: &Event) {
    #[cfg(target_arch = "wasm32")]
    if let Some(form) =
        around(event, "form").and_then(|form| form.dyn_into::<HtmlFormElement>().ok())
    {
        match form.get_attribute("action").as_deref() {
            Some(action::APPROVE) => {
                event.prevent_default();
                board.approve(approval(&form));
            }
            Some(action::DECLINE) => {
                event.prevent_default();
                board.decline(refusing(&form));
            }
            Some(_) | None => {}
        }
    }
    let _ = (board, event);
}

/// A field was changed: the clash check follows if it looks at that field.
pub(super) fn changed(board: Board, event: &Event) {
    #[cfg(target_arch = "wasm32")]
    if let Some(form) = around(event, ".decide-form")
        && let Some(field) = around(event, "[name]")
    {
        match field.get_attribute("name").as_deref() {
            Some("date" | "time") => {
                write(&form, "offset", "");
                check(board, &form);
            }
            Some("technician" | "length") => check(board, &form),
            Some(_) | None => {}
        }
    }
    let _ = (board, event);
}

/// Another time was taken from those offered; answers whether that is what was pressed.
pub(super) fn taken(board: Board, event: &MouseEvent) -> bool {
    #[cfg(target_arch = "wasm32")]
    if let Some(button) = around(event, "button[name=at]")
        && let Some(form) = around(event, ".decide-form")
    {
        event.prevent_default();
        let value = button.get_attribute("value").unwrap_or_default();
        let parts: Vec<&str> = value.split('|').collect();
        if let [technician, date, time, offset] = parts.as_slice() {
            if !technician.is_empty() {
                write(&form, "technician", technician);
            }
            write(&form, "date", date);
            write(&form, "time", time);
            write(&form, "offset", offset);
            check(board, &form);
        }
        return true;
    }
    let _ = (board, event);
    false
}

/// After a refusal: the form that is open is checked again, and holds what was typed into it before it was drawn anew.
pub(super) fn once_more(board: Board, reference: &str) {
    #[cfg(target_arch = "wasm32")]
    if let Ok(Some(form)) = document().query_selector(&format!("#decide-{reference}-form")) {
        board.typed.with_value(|typed| {
            if let Some(typed) = typed.as_ref().filter(|typed| typed.reference == reference) {
                write(&form, "internal_notes", &typed.internal_notes);
                write(&form, "ticket", &typed.ticket);
                write(&form, "override_reason", &typed.override_reason);
            }
        });
        check(board, &form);
    }
    let _ = (board, reference);
}

/// Asks when the fields have rested, and puts the answer into the form.
#[cfg(target_arch = "wasm32")]
fn check(board: Board, form: &Element) {
    let turn = board.turn.get_value() + 1;
    board.turn.set_value(turn);
    let latest = move || board.turn.try_get_value() == Some(turn);
    let form = form.clone();
    mark(&form, true);
    set_timeout(
        move || {
            if !latest() {
                return;
            }
            let Some(asked) = form.dyn_ref::<HtmlFormElement>().map(approval) else {
                return;
            };
            spawn_local(async move {
                let answer = super::ask::check_time(asked).await;
                if latest() {
                    mark(&form, false);
                    if let Ok(checked) = answer {
                        show(&form, &checked.0);
                    }
                }
            });
        },
        REST,
    );
}

#[cfg(target_arch = "wasm32")]
fn mark(form: &Element, asking: bool) {
    if let Ok(Some(place)) = form.query_selector(".check-place") {
        let _ = place.class_list().toggle_with_force("check-asking", asking);
    }
}

#[cfg(target_arch = "wasm32")]
fn show(form: &Element, checked: &Checked) {
    if let Ok(Some(place)) = form.query_selector(".check-place") {
        place.set_inner_html(&checked.verdict);
    }
    if let Ok(Some(reason)) = form.query_selector(".decide-reason") {
        let _ = reason.toggle_attribute_with_force("hidden", !checked.reason);
    }
    // An answer without people (an unreadable time) keeps those that stand there.
    if !checked.options.is_empty()
        && let Ok(Some(select)) = form.query_selector("select[name=technician]")
    {
        let nobody = select
            .query_selector("option[disabled]")
            .ok()
            .flatten()
            .map(|option| option.outer_html())
            .unwrap_or_default();
        let chosen = select
            .dyn_ref::<HtmlSelectElement>()
            .map(HtmlSelectElement::value)
            .unwrap_or_default();
        select.set_inner_html(&format!("{nobody}{}", checked.options));
        write(form, "technician", &chosen);
    }
}

#[cfg(target_arch = "wasm32")]
fn write(form: &Element, name: &str, value: &str) {
    let Ok(Some(field)) = form.query_selector(&format!("[name={name}]")) else {
        return;
    };
    if let Some(input) = field.dyn_ref::<HtmlInputElement>() {
        input.set_value(value);
    } else if let Some(select) = field.dyn_ref::<HtmlSelectElement>() {
        select.set_value(value);
    } else if let Some(text) = field.dyn_ref::<HtmlTextAreaElement>() {
        text.set_value(value);
    }
}

#[cfg(target_arch = "wasm32")]
fn fields(form: &HtmlFormElement) -> impl Fn(&str) -> String + use<> {
    let data = FormData::new_with_form(form).ok();
    move |name| {
        data.as_ref()
            .and_then(|data| data.get(name).as_string())
            .unwrap_or_default()
    }
}

#[cfg(target_arch = "wasm32")]
fn approval(form: &HtmlFormElement) -> Approval {
    let field = fields(form);
    Approval {
        reference: field("reference"),
        version: field("version"),
        key: field("key"),
        technician: field("technician"),
        date: field("date"),
        time: field("time"),
        offset: field("offset"),
        length: field("length"),
        internal_notes: field("internal_notes"),
        ticket: field("ticket"),
        override_reason: field("override_reason"),
    }
}

#[cfg(target_arch = "wasm32")]
fn refusing(form: &HtmlFormElement) -> Refusing {
    let field = fields(form);
    Refusing {
        reference: field("reference"),
        version: field("version"),
        key: field("key"),
        reason: field("reason"),
    }
}
