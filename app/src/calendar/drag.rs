//! Dragging on the time grid, with a mouse, by touch (after a long press) and by keyboard: an entry to another time or
//! column, its end to another length, a new one over what is free. It changes nothing: whoever lets go is led to the form,
//! which says what is in the way and who will be told.

use leptos::prelude::*;

/// Minutes that a drag snaps to.
#[cfg(any(target_arch = "wasm32", test))]
const SNAP: f64 = 15.0;

/// Listens on every grid of the page. Draws the place where the new time is said.
#[island]
pub fn Drag(
    /// The reader's language, for times.
    language: String,
    /// The zone of the grid.
    zone: String,
    /// What is said when an entry is taken by the keyboard: which keys do what.
    moving: String,
) -> impl IntoView {
    #[cfg(target_arch = "wasm32")]
    browser::listen(&language, &zone);
    let _ = (language, zone);
    view! { <p class="sr-only" id="drag-said" role="status" data-hint=moving></p> }
}

/// The stretches `from/to/row` of a column: the minute at a row, and the row at a minute.
#[cfg(any(target_arch = "wasm32", test))]
#[derive(Clone, Debug, Default, PartialEq)]
struct Even(Vec<(f64, f64, f64)>);

#[cfg(any(target_arch = "wasm32", test))]
impl Even {
    fn read(text: &str) -> Self {
        let stretch = |text: &str| {
            let mut parts = text.split('/').map(str::parse::<f64>);
            let (from, to, row) = (
                parts.next()?.ok()?,
                parts.next()?.ok()?,
                parts.next()?.ok()?,
            );
            Some((from, to, row))
        };
        Self(text.split(' ').filter_map(stretch).collect())
    }

    /// The minute at a row; beyond the ends, the ends.
    fn minute(&self, row: f64) -> Option<f64> {
        let last = self.0.iter().rev().find(|(_, _, top)| *top <= row);
        let (from, to, top) = last.or(self.0.first())?;
        Some((from + (row - top) * 5.0).clamp(*from, *to))
    }

    /// The row of a minute; nothing where it is not shown.
    fn row(&self, minute: f64) -> Option<f64> {
        let inside = |(from, to, _): &&(f64, f64, f64)| *from <= minute && minute < *to;
        let (from, _, row) = self.0.iter().find(inside)?;
        Some(row + (minute - from) / 5.0)
    }
}

#[cfg(any(target_arch = "wasm32", test))]
fn snapped(minute: f64) -> f64 {
    (minute / SNAP).round() * SNAP
}

#[cfg(target_arch = "wasm32")]
mod browser {
    use std::cell::RefCell;
    use std::rc::Rc;

    use js_sys::{Array, Date, Function, Intl, Object, Reflect};
    use leptos::prelude::*;
    use wasm_bindgen::closure::Closure;
    use wasm_bindgen::convert::FromWasmAbi;
    use wasm_bindgen::{JsCast, JsValue};
    use web_sys::{
        AddEventListenerOptions, Element, Event, HtmlElement, KeyboardEvent, PointerEvent,
    };

    use super::{Even, SNAP, snapped};

    /// How far a pointer moves before it drags, in pixels.
    const SLACK: f64 = 5.0;
    /// How long a finger rests before it drags.
    const LONG_PRESS: std::time::Duration = std::time::Duration::from_millis(400);
    /// The lower edge by which an entry is made longer, in pixels.
    const GRIP: f64 = 9.0;

    /// What is done with what is dragged.
    #[derive(Clone, Copy, PartialEq)]
    enum Kind {
        Move,
        Resize,
        New,
    }

    /// What is dragged.
    struct Pull {
        kind: Kind,
        entry: Option<Element>,
        ghost: HtmlElement,
        column: Element,
        reference: String,
        /// Where it was: start and length in minutes.
        was: (f64, f64),
        start: f64,
        length: f64,
        /// Minutes between its start and the pointer.
        grab: f64,
        pressed: (f64, f64),
        /// Whether it moves already; a finger first has to rest.
        alive: bool,
        by_touch: bool,
    }

    type Held = Rc<RefCell<Option<Pull>>>;

    #[derive(Clone)]
    struct Hand {
        held: Held,
        /// Writes a time in the zone of the grid.
        clock: Function,
        /// Whether the click that follows a drag is none.
        dragged: Rc<RefCell<bool>>,
    }

    pub fn listen(language: &str, zone: &str) {
        let hand = Hand {
            held: Rc::default(),
            clock: clock(language, zone),
            dragged: Rc::default(),
        };
        let press = hand.clone();
        heard("pointerdown", true, move |event: PointerEvent| {
            press.press(&event)
        });
        let pull = hand.clone();
        heard("pointermove", true, move |event: PointerEvent| {
            pull.pull(&event)
        });
        let drop = hand.clone();
        heard("pointerup", true, move |_: PointerEvent| drop.drop());
        let leave = hand.clone();
        heard("pointercancel", true, move |_: PointerEvent| leave.leave());
        let still = hand.clone();
        heard("touchmove", false, move |event: Event| {
            still.keep_still(&event)
        });
        let menu = hand.clone();
        heard("contextmenu", false, move |event: Event| {
            menu.keep_still(&event)
        });
        let click = hand.clone();
        heard("click", false, move |event: Event| {
            if click.dragged.replace(false) {
                event.prevent_default();
            }
        });
        heard("keydown", false, move |event: KeyboardEvent| {
            hand.key(&event)
        });
    }

    /// As long as the page lives, before anybody else hears it.
    fn heard<E: FromWasmAbi + 'static>(name: &str, passive: bool, then: impl Fn(E) + 'static) {
        let closure = Closure::<dyn Fn(E)>::new(then);
        let options = AddEventListenerOptions::new();
        options.set_passive(passive);
        options.set_capture(true);
        let _ = document().add_event_listener_with_callback_and_add_event_listener_options(
            name,
            closure.as_ref().unchecked_ref(),
            &options,
        );
        closure.forget();
    }

    fn clock(language: &str, zone: &str) -> Function {
        let options = Object::new();
        for (name, value) in [
            ("timeZone", zone),
            ("weekday", "short"),
            ("hour", "2-digit"),
            ("minute", "2-digit"),
            ("hourCycle", "h23"),
        ] {
            let _ = Reflect::set(&options, &name.into(), &value.into());
        }
        let languages = Array::of1(&JsValue::from_str(language));
        Intl::DateTimeFormat::new(&languages, &options).format()
    }

    fn closest(event: &Event, selector: &str) -> Option<Element> {
        let target = event.target()?.dyn_into::<Element>().ok()?;
        target.closest(selector).ok().flatten()
    }

    fn even(column: &Element) -> Even {
        Even::read(&column.get_attribute("data-even").unwrap_or_default())
    }

    fn rows(column: &Element) -> Option<Element> {
        column.query_selector(".board-rows").ok().flatten()
    }

    /// The minute under a height of the window.
    fn minute_at(column: &Element, y: f64) -> Option<f64> {
        let count: f64 = column.get_attribute("data-rows")?.parse().ok()?;
        let place = rows(column)?.get_bounding_client_rect();
        let row = (y - place.top()) / place.height().max(1.0) * count;
        even(column).minute(row.max(0.0))
    }

    /// Start and length of an entry that can be dragged.
    fn times_of(entry: &Element) -> Option<(f64, f64)> {
        let text = entry.get_attribute("data-moves")?;
        let (start, length) = text.split_once('/')?;
        Some((start.parse().ok()?, length.parse().ok()?))
    }

    fn ghost(entry: Option<&Element>) -> Option<HtmlElement> {
        let ghost: HtmlElement = document().create_element("li").ok()?.dyn_into().ok()?;
        ghost.set_class_name("entry drag-ghost");
        let title = entry.and_then(|entry| entry.query_selector("strong").ok().flatten());
        let title = title
            .and_then(|title| title.text_content())
            .unwrap_or_default();
        let (strong, span) = (
            document().create_element("strong").ok()?,
            document().create_element("span").ok()?,
        );
        strong.set_text_content(Some(&title));
        let _ = ghost.append_child(&strong);
        let _ = ghost.append_child(&span);
        Some(ghost)
    }

    impl Hand {
        fn press(&self, event: &PointerEvent) {
            if event.button() != 0 || self.held.borrow().is_some() {
                return;
            }
            let Some(column) = closest(event, ".board-day[data-even]") else {
                return;
            };
            let entry = closest(event, ".entry");
            let pull = match entry {
                Some(entry) => self.take(event, column, entry),
                None if closest(event, ".board-rows").is_some() => self.begin(event, column),
                None => None,
            };
            let by_touch = pull.as_ref().is_some_and(|pull| pull.by_touch);
            *self.held.borrow_mut() = pull;
            if by_touch {
                let hand = self.clone();
                set_timeout(move || hand.wake(), LONG_PRESS);
            }
        }

        /// An entry is taken, or its lower edge.
        fn take(&self, event: &PointerEvent, column: Element, entry: Element) -> Option<Pull> {
            let (start, length) = times_of(&entry)?;
            let y = f64::from(event.client_y());
            let low = entry.get_bounding_client_rect().bottom() - y < GRIP;
            Some(Pull {
                kind: if low { Kind::Resize } else { Kind::Move },
                ghost: ghost(Some(&entry))?,
                reference: entry.get_attribute("data-reference")?,
                entry: Some(entry),
                grab: minute_at(&column, y)? - start,
                column,
                was: (start, length),
                start,
                length,
                pressed: (f64::from(event.client_x()), y),
                alive: false,
                by_touch: event.pointer_type() == "touch",
            })
        }

        /// Something new begins where nothing is.
        fn begin(&self, event: &PointerEvent, column: Element) -> Option<Pull> {
            let y = f64::from(event.client_y());
            let start = (minute_at(&column, y)? / SNAP).floor() * SNAP;
            Some(Pull {
                kind: Kind::New,
                ghost: ghost(None)?,
                reference: String::new(),
                entry: None,
                grab: 0.0,
                column,
                was: (start, 0.0),
                start,
                length: 0.0,
                pressed: (f64::from(event.client_x()), y),
                alive: false,
                by_touch: event.pointer_type() == "touch",
            })
        }

        /// A finger has rested long enough.
        fn wake(&self) {
            let mut held = self.held.borrow_mut();
            if let Some(pull) = held.as_mut().filter(|pull| pull.by_touch && !pull.alive) {
                pull.alive = true;
                self.show(pull);
            }
        }

        fn pull(&self, event: &PointerEvent) {
            let (x, y) = (f64::from(event.client_x()), f64::from(event.client_y()));
            let mut held = self.held.borrow_mut();
            let Some(pull) = held.as_mut() else {
                return;
            };
            if !pull.alive {
                let far = (x - pull.pressed.0).abs().max((y - pull.pressed.1).abs()) > SLACK;
                if far && pull.by_touch {
                    // That finger scrolls.
                    *held = None;
                    return;
                }
                pull.alive = far;
            }
            if !pull.alive {
                return;
            }
            let under =
                document().element_from_point(event.client_x() as f32, event.client_y() as f32);
            let column =
                under.and_then(|under| under.closest(".board-day[data-even]").ok().flatten());
            if let Some(column) = column.filter(|_| pull.kind == Kind::Move) {
                pull.column = column;
            }
            if let Some(minute) = minute_at(&pull.column, y) {
                match pull.kind {
                    Kind::Move => pull.start = snapped(minute - pull.grab),
                    Kind::Resize | Kind::New => {
                        pull.length = (snapped(minute) - pull.start).max(SNAP);
                    }
                }
            }
            self.show(pull);
        }

        /// Draws the ghost where it would be, and says the time.
        fn show(&self, pull: &Pull) {
            let _ = document()
                .body()
                .map(|body| body.class_list().add_1("dragging"));
            if let Some(entry) = &pull.entry {
                let _ = entry.class_list().add_1("entry-lifted");
            }
            let length = pull.length.max(SNAP);
            let Some(row) = even(&pull.column).row(pull.start) else {
                return;
            };
            let Some(place) = rows(&pull.column) else {
                return;
            };
            let style = pull.ghost.style();
            let _ = style.set_property("top", &format!("calc(var(--hour) / 12 * {row:.3})"));
            let high = length / 5.0;
            let _ = style.set_property(
                "height",
                &format!("calc(var(--hour) / 12 * {high:.3} - 1px)"),
            );
            let text = format!(
                "{} – {}",
                self.said(pull.start),
                self.said(pull.start + length)
            );
            if let Ok(Some(span)) = pull.ghost.query_selector("span") {
                span.set_text_content(Some(&text));
            }
            let _ = place.append_child(&pull.ghost);
        }

        fn said(&self, minute: f64) -> String {
            let at = Date::new(&JsValue::from_f64(minute * 60_000.0));
            let said = self.clock.call1(&JsValue::NULL, &at).ok();
            said.and_then(|said| said.as_string()).unwrap_or_default()
        }

        fn drop(&self) {
            let Some(pull) = self.held.borrow_mut().take() else {
                return;
            };
            tidy(&pull);
            if !pull.alive {
                // A press on what is free is a new appointment of the usual length; on an entry, its link.
                if pull.kind == Kind::New && !pull.by_touch {
                    go(&pull);
                }
                return;
            }
            *self.dragged.borrow_mut() = true;
            let dragged = Rc::clone(&self.dragged);
            set_timeout(
                move || *dragged.borrow_mut() = false,
                std::time::Duration::from_millis(50),
            );
            if changed(&pull) {
                go(&pull);
            }
        }

        fn leave(&self) {
            if let Some(pull) = self.held.borrow_mut().take() {
                tidy(&pull);
            }
        }

        /// While a finger drags, the page does not scroll and no menu opens.
        fn keep_still(&self, event: &Event) {
            let held = self.held.borrow();
            if held
                .as_ref()
                .is_some_and(|pull| pull.alive && pull.by_touch)
            {
                event.prevent_default();
            }
        }

        /// Alt and arrows move the entry that has focus, with Shift its end; Enter opens the form, Escape leaves it.
        fn key(&self, event: &KeyboardEvent) {
            let alive = self.held.borrow().as_ref().is_some_and(|pull| pull.alive);
            match event.key().as_str() {
                "Escape" if alive => self.leave(),
                "Enter" if alive => {
                    event.prevent_default();
                    let pull = self.held.borrow_mut().take();
                    if let Some(pull) = pull {
                        tidy(&pull);
                        if changed(&pull) {
                            go(&pull);
                        }
                    }
                }
                arrow @ ("ArrowUp" | "ArrowDown" | "ArrowLeft" | "ArrowRight")
                    if event.alt_key() && self.step(event, arrow) =>
                {
                    event.prevent_default();
                }
                _ => {}
            }
        }

        fn step(&self, event: &KeyboardEvent, arrow: &str) -> bool {
            let mut held = self.held.borrow_mut();
            let lifted = held.is_none();
            if lifted {
                *held = self.lift(event);
            }
            let Some(pull) = held.as_mut() else {
                return false;
            };
            let by = match arrow {
                "ArrowUp" => -SNAP,
                "ArrowDown" => SNAP,
                _ => 0.0,
            };
            if event.shift_key() {
                pull.length = (pull.length + by).max(SNAP);
            } else if by == 0.0 {
                beside(
                    pull,
                    (arrow == "ArrowRight") != crate::calendar::from_the_right(),
                );
            } else if even(&pull.column).row(pull.start + by).is_some() {
                pull.start += by;
            }
            self.show(pull);
            let text = format!(
                "{} – {}",
                self.said(pull.start),
                self.said(pull.start + pull.length)
            );
            say(&text, lifted);
            true
        }

        /// The entry that has focus, taken by the keyboard.
        fn lift(&self, event: &KeyboardEvent) -> Option<Pull> {
            let entry = closest(event, ".entry[data-moves]")?;
            let column = entry.closest(".board-day[data-even]").ok().flatten()?;
            let (start, length) = times_of(&entry)?;
            Some(Pull {
                kind: Kind::Move,
                ghost: ghost(Some(&entry))?,
                reference: entry.get_attribute("data-reference")?,
                entry: Some(entry),
                column,
                was: (start, length),
                start,
                length,
                grab: 0.0,
                pressed: (0.0, 0.0),
                alive: true,
                by_touch: false,
            })
        }
    }

    /// To the column after it or before it, at the same height.
    fn beside(pull: &mut Pull, after: bool) {
        let mut next = pull.column.clone();
        loop {
            let sibling = match after {
                true => next.next_element_sibling(),
                false => next.previous_element_sibling(),
            };
            let Some(sibling) = sibling else {
                return;
            };
            if sibling.has_attribute("data-even") {
                let row = even(&pull.column).row(pull.start).unwrap_or(0.0);
                if let Some(minute) = even(&sibling).minute(row) {
                    pull.start = minute;
                    pull.column = sibling;
                }
                return;
            }
            next = sibling;
        }
    }

    fn changed(pull: &Pull) -> bool {
        let own = pull
            .entry
            .as_ref()
            .and_then(|entry| entry.closest(".board-day").ok().flatten());
        let other_column = own.is_some_and(|own| own != pull.column);
        (pull.start, pull.length) != pull.was || other_column
    }

    fn tidy(pull: &Pull) {
        let _ = document()
            .body()
            .map(|body| body.class_list().remove_1("dragging"));
        pull.ghost.remove();
        if let Some(entry) = &pull.entry {
            let _ = entry.class_list().remove_1("entry-lifted");
        }
    }

    /// Says the time; the first time also which keys do what.
    fn say(text: &str, first: bool) {
        if let Some(place) = document().get_element_by_id("drag-said") {
            let hint = place.get_attribute("data-hint").filter(|_| first);
            let text = format!("{text}. {}", hint.unwrap_or_default());
            place.set_text_content(Some(text.trim()));
        }
    }

    /// On to the form, with the time that was meant.
    fn go(pull: &Pull) {
        let mut url = match pull.kind {
            Kind::New => "/office/visits/new?".to_owned(),
            Kind::Move | Kind::Resize => format!("/office/visits/{}/edit?", pull.reference),
        };
        url.push_str(&format!("start={:.0}", pull.start));
        if pull.length > 0.0 {
            url.push_str(&format!("&length={:.0}", pull.length));
        }
        if let Some(technician) = pull.column.get_attribute("data-technician") {
            url.push_str(&format!("&technician={technician}"));
        }
        let _ = window().location().set_href(&url);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_and_minutes_of_a_day_with_a_missing_hour() {
        // 00:00–02:00 in rows 0–24, then 03:00 on: the clock skips an hour, the rows do not.
        let even = Even::read("1000/1120/0 1120/1300/24");
        assert_eq!(even.minute(12.0), Some(1060.0));
        assert_eq!(even.minute(30.0), Some(1150.0));
        assert_eq!(even.row(1150.0), Some(30.0));
        assert_eq!(even.row(2000.0), None);
        assert_eq!(even.minute(9_999.0), Some(1300.0));
        assert_eq!(Even::read("").minute(3.0), None);
    }

    #[test]
    fn a_drag_snaps_to_quarters() {
        assert_eq!(snapped(1067.0), 1065.0);
        assert_eq!(snapped(1073.0), 1080.0);
    }
}
