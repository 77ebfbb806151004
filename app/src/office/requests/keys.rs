//! The keys of the queue: J K move, A approves, D declines, Enter opens, ? shows them all. Ignored while somebody types.

#[cfg(target_arch = "wasm32")]
use leptos::prelude::*;
#[cfg(target_arch = "wasm32")]
use leptos::wasm_bindgen::JsCast;

use super::board::Board;

/// Listens for the whole page, as long as the queue is there.
pub(super) fn listen(board: Board) {
    #[cfg(target_arch = "wasm32")]
    {
        let handle = window_event_listener(leptos::ev::keydown, move |event| {
            if !event.ctrl_key() && !event.meta_key() && !event.alt_key() && !somebody_types() {
                press(board, &event);
            }
        });
        on_cleanup(move || handle.remove());
    }
    let _ = board;
}

#[cfg(target_arch = "wasm32")]
fn somebody_types() -> bool {
    let Some(active) = document().active_element() else {
        return false;
    };
    let field = matches!(active.tag_name().as_str(), "INPUT" | "TEXTAREA" | "SELECT");
    field || active.closest("dialog").ok().flatten().is_some()
}

#[cfg(target_arch = "wasm32")]
fn press(board: Board, event: &web_sys::KeyboardEvent) {
    match event.key().as_str() {
        "j" | "J" => step(board, 1),
        "k" | "K" => step(board, -1),
        "a" | "A" => approve(board),
        "d" | "D" => decline(board),
        "?" => {
            with("#keys", |dialog: web_sys::HtmlDialogElement| {
                let _ = dialog.show_modal();
            });
        }
        _ => return,
    }
    event.prevent_default();
}

#[cfg(target_arch = "wasm32")]
fn with<T: JsCast>(selector: &str, act: impl FnOnce(T)) -> bool {
    let found = document().query_selector(selector).ok().flatten();
    let found = found.and_then(|element| element.dyn_into::<T>().ok());
    found.map(act).is_some()
}

/// Moves to the next row, or to the first; what is open on the Requests page follows.
#[cfg(target_arch = "wasm32")]
fn step(board: Board, by: isize) {
    let first = || {
        board
            .queue
            .with_untracked(|queue| queue.rows.first().map(|row| row.reference.clone()))
    };
    let here = board.cursor.get_untracked();
    let there = match here.as_deref() {
        Some(here) => board
            .neighbour(here, by)
            .or_else(|| here_if_there(board, here))
            .or_else(first),
        None => first(),
    };
    let Some(there) = there else { return };
    board.cursor.set(Some(there.clone()));
    with(
        &format!("#row-{there} .qrow-name a"),
        |link: web_sys::HtmlElement| {
            let _ = link.focus();
        },
    );
    if board.place.with_value(|place| !place.panel) && !crate::office::live::narrow() {
        board.show(there);
    }
}

#[cfg(target_arch = "wasm32")]
fn here_if_there(board: Board, here: &str) -> Option<String> {
    board
        .queue
        .with_untracked(|queue| queue.rows.iter().any(|row| row.reference == here))
        .then(|| here.to_owned())
}

/// Sends the form that is open, or the row's own; opens the form where a choice is needed first.
#[cfg(target_arch = "wasm32")]
fn approve(board: Board) {
    let Some(here) = board.cursor.get_untracked() else {
        return;
    };
    let send = |form: web_sys::HtmlFormElement| {
        let _ = form.request_submit();
    };
    if !with(&format!("#decide-{here}-form"), send)
        && !with(&format!("#row-{here} .qrow-approve"), send)
    {
        board.show(here);
    }
}

#[cfg(target_arch = "wasm32")]
fn decline(board: Board) {
    let Some(here) = board.cursor.get_untracked() else {
        return;
    };
    // In the details where they are open, else in the row.
    for form in [
        format!("#decide-{here}-decline"),
        format!("#decline-{here}"),
    ] {
        let open = |details: web_sys::Element| {
            let _ = details.set_attribute("open", "");
        };
        if with(&form, open) {
            with(
                &format!("{form} textarea"),
                |reason: web_sys::HtmlElement| {
                    let _ = reason.focus();
                },
            );
            return;
        }
    }
}
