//! What keeps a page of the office alive: the count of pending requests in the title and on buttons, the Schedule drawn
//! again when it changed, the line of the present. What happened is heard from `kit::live`; everything else is asked for.

use leptos::prelude::*;
#[cfg(target_arch = "wasm32")]
use wasm_bindgen::JsValue;

use crate::kit::live::{Heard, on};

/// Keeps counts, the Schedule and drop-downs alive. Draws nothing; one stands on every page that needs it.
#[island]
pub fn Live(
    /// How many are pending as the page is drawn.
    pending: u64,
    /// Where the page really is, when it was drawn again because a form was refused.
    page: Option<String>,
) -> impl IntoView {
    if let Some(page) = page {
        write_url(&page);
    }
    show(pending);
    on(Heard::Pending, |count| {
        show(count.parse().unwrap_or_default())
    });
    on(Heard::Changed, |what| {
        if what != "notices" {
            redraw();
        }
    });
    #[cfg(target_arch = "wasm32")]
    browser::send_when_chosen();
}

/// Writes the count into the title and everything marked `data-count`.
fn show(pending: u64) {
    #[cfg(target_arch = "wasm32")]
    browser::show(pending);
    let _ = pending;
}

/// Draws the parts marked `data-redraw` again, as the server draws them now. They hold links and words only, nothing that
/// is alive and nothing that can be typed into.
pub fn redraw() {
    #[cfg(target_arch = "wasm32")]
    browser::redraw();
}

/// Writes a count where it is shown: into the elements marked with its name, and between the brackets of an option.
pub fn tally(name: &str, count: u64) {
    #[cfg(target_arch = "wasm32")]
    for element in browser::all::<web_sys::Element>(&format!("[data-tally={name}]")) {
        let before = element.text_content().unwrap_or_default();
        let text = match before.rsplit_once('(') {
            Some((word, _)) => format!("{word}({count})"),
            None => count.to_string(),
        };
        element.set_text_content(Some(&text));
    }
    let _ = (name, count);
}

/// The address bar follows what is open.
pub fn write_url(url: &str) {
    #[cfg(target_arch = "wasm32")]
    if let Ok(history) = window().history() {
        let _ = history.replace_state_with_url(&JsValue::NULL, "", Some(url));
    }
    let _ = url;
}

/// Whether there is no room for details beside the queue.
#[must_use]
pub fn narrow() -> bool {
    #[cfg(target_arch = "wasm32")]
    return window()
        .inner_width()
        .ok()
        .and_then(|width| width.as_f64())
        .is_some_and(|width| width < 832.0);
    #[cfg(not(target_arch = "wasm32"))]
    false
}

#[cfg(target_arch = "wasm32")]
mod browser {
    use leptos::prelude::*;
    use leptos::task::spawn_local;
    use wasm_bindgen::JsCast;
    use wasm_bindgen::closure::Closure;
    use wasm_bindgen_futures::JsFuture;

    /// All elements that match.
    pub fn all<T: JsCast>(selector: &str) -> Vec<T> {
        let Ok(found) = document().query_selector_all(selector) else {
            return Vec::new();
        };
        (0..found.length())
            .filter_map(|place| found.get(place)?.dyn_into::<T>().ok())
            .collect()
    }

    pub fn show(pending: u64) {
        for element in all::<web_sys::Element>("[data-count]") {
            element.set_text_content(Some(&pending.to_string()));
        }
        let title = document().title();
        let bare = match title
            .strip_prefix('(')
            .and_then(|rest| rest.split_once(") "))
        {
            Some((number, rest)) if number.parse::<u64>().is_ok() => rest.to_owned(),
            Some(_) | None => title,
        };
        document().set_title(&if pending > 0 {
            format!("({pending}) {bare}")
        } else {
            bare
        });
    }

    /// A drop-down marked `data-sends` sends its form when something is chosen; without scripts there is a button.
    pub fn send_when_chosen() {
        let chosen = Closure::<dyn Fn(web_sys::Event)>::new(|event: web_sys::Event| {
            let select = event
                .target()
                .and_then(|target| target.dyn_into::<web_sys::Element>().ok());
            let form = select.and_then(|select| {
                select
                    .closest("[data-sends]")
                    .ok()
                    .flatten()?
                    .closest("form")
                    .ok()
                    .flatten()
            });
            if let Some(form) =
                form.and_then(|form| form.dyn_into::<web_sys::HtmlFormElement>().ok())
            {
                let _ = form.request_submit();
            }
        });
        let _ =
            document().add_event_listener_with_callback("change", chosen.as_ref().unchecked_ref());
        // As long as the page lives.
        chosen.forget();
    }

    pub fn redraw() {
        let parts = all::<web_sys::Element>("[data-redraw]");
        if parts.is_empty() {
            return;
        }
        spawn_local(async move {
            let Some(fresh) = fetch_this_page().await else {
                return;
            };
            for part in parts {
                let name = part.get_attribute("data-redraw").unwrap_or_default();
                if let Ok(Some(new)) = fresh.query_selector(&format!("[data-redraw={name}]")) {
                    replace(&part, &new);
                }
            }
            super::place_now();
        });
    }

    /// Puts the new drawing in; what has focus keeps it, and the grid stays scrolled where it was.
    fn replace(part: &web_sys::Element, new: &web_sys::Element) {
        let focused = document()
            .active_element()
            .and_then(|active| active.get_attribute("data-reference"));
        let board = || part.query_selector(".board").ok().flatten();
        let scrolled = board().map(|board| (board.scroll_left(), board.scroll_top()));
        part.set_inner_html(&new.inner_html());
        if let (Some(board), Some((left, top))) = (board(), scrolled) {
            board.set_scroll_left(left);
            board.set_scroll_top(top);
        }
        let again = focused.and_then(|reference| {
            part.query_selector(&format!("[data-reference={reference}]"))
                .ok()
                .flatten()
        });
        if let Some(again) =
            again.and_then(|element| element.dyn_into::<web_sys::HtmlElement>().ok())
        {
            let _ = again.focus();
        }
    }

    async fn fetch_this_page() -> Option<web_sys::Document> {
        let url = window().location().href().ok()?;
        let answer: web_sys::Response = JsFuture::from(window().fetch_with_str(&url))
            .await
            .ok()?
            .dyn_into()
            .ok()?;
        if !answer.ok() {
            return None;
        }
        let text = JsFuture::from(answer.text().ok()?)
            .await
            .ok()?
            .as_string()?;
        web_sys::DomParser::new()
            .ok()?
            .parse_from_string(&text, web_sys::SupportedType::TextHtml)
            .ok()
    }
}

/// Moves the lines of the present to where they belong: each carries the stretches of its column in which rows run evenly.
#[cfg(target_arch = "wasm32")]
fn place_now() {
    let now = js_sys::Date::now() / 60_000.0;
    for line in browser::all::<web_sys::HtmlElement>(".now-line") {
        let stretches = line.get_attribute("data-stretches").unwrap_or_default();
        let row = stretches
            .split(' ')
            .find_map(|stretch| row_at(stretch, now));
        line.set_hidden(row.is_none());
        if let Some(row) = row {
            let _ = line
                .style()
                .set_property("top", &format!("calc(var(--hour) / 12 * {row:.3})"));
        }
    }
}

/// `from/to/row` in minutes since 1970 and rows; the row of `now` where it lies in it.
#[cfg(any(target_arch = "wasm32", test))]
fn row_at(stretch: &str, now: f64) -> Option<f64> {
    let mut parts = stretch.split('/').map(str::parse::<f64>);
    let (from, to, row) = (
        parts.next()?.ok()?,
        parts.next()?.ok()?,
        parts.next()?.ok()?,
    );
    (from <= now && now < to).then(|| row + (now - from) / 5.0)
}

/// The lines of the present, alive: placed when the page wakes up, then every half minute.
#[island]
pub fn Now() -> impl IntoView {
    #[cfg(target_arch = "wasm32")]
    {
        place_now();
        if let Ok(handle) = set_interval_with_handle(place_now, std::time::Duration::from_secs(30))
        {
            on_cleanup(move || handle.clear());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::row_at;

    #[test]
    fn the_line_stands_in_its_stretch_only() {
        assert_eq!(row_at("100/160/24", 110.0), Some(26.0));
        assert_eq!(row_at("100/160/24", 160.0), None);
        assert_eq!(row_at("", 110.0), None);
    }
}
