//! The agenda: what happens, day after day, as a list. Drawn on the server from words already written.

use leptos::prelude::*;

use crate::kit::{Pill, Tone};

/// One line.
#[derive(Clone, Debug)]
pub struct Line {
    /// Where its details are.
    pub href: String,
    /// The times.
    pub time: String,
    /// Service and client.
    pub title: String,
    /// Who comes.
    pub who: String,
    /// Its status: tone and word.
    pub status: (Tone, String),
}

/// One day with its lines.
#[derive(Clone, Debug)]
pub struct Day {
    /// The date, as people say it.
    pub name: String,
    /// Beside it: today, closed.
    pub note: String,
    /// By start.
    pub lines: Vec<Line>,
}

/// The days, one under the other. `nothing` stands on a day without lines.
#[component]
pub fn Agenda(
    /// The days.
    days: Vec<Day>,
    /// What an empty day says.
    nothing: String,
) -> impl IntoView {
    let days = days.into_iter().map(|day| {
        let lines = day.lines.into_iter().map(draw_line).collect_view();
        let free = lines
            .is_empty()
            .then(|| view! { <li class="agenda-free">{nothing.clone()}</li> });
        view! {
            <section>
                <h2 class="agenda-day">{day.name} <small>{day.note}</small></h2>
                <ol class="agenda-list">{lines}{free}</ol>
            </section>
        }
    });
    view! { <div class="agenda">{days.collect_view()}</div> }
}

fn draw_line(line: Line) -> impl IntoView {
    view! {
        <li>
            <a class="agenda-row" href=line.href>
                <time>{line.time}</time>
                <strong>{line.title}</strong>
                <small>{line.who}</small>
                <Pill tone=line.status.0 text=line.status.1/>
            </a>
        </li>
    }
}
