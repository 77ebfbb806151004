//! Cancelling visits, one or several (D3, D6): first what will happen to each, then a reason and one button, then what became
//! of each.

use leptos::prelude::*;

use crate::trouble::Trouble;

/// Cancels visits, or asks staff to; what became of each stands on the next page.
#[server]
pub async fn cancel_my_visits(
    key: String,
    #[server(default)] visit: Vec<String>,
    #[server(default)] reason: String,
) -> Result<(), Trouble> {
    let ask = desk::client_cancels::ClientCancel {
        key,
        visits: visit,
        reason,
    };
    let done = ask::desk()?.cancel_my_visits(&ask::contact()?, ask).await?;
    let visits: Vec<String> = done
        .iter()
        .map(|one| format!("visit={}", one.visit))
        .collect();
    ask::go(&format!("/visits/cancelled?{}", visits.join("&")));
    Ok(())
}

#[cfg(feature = "ssr")]
use crate::ask;
#[cfg(feature = "ssr")]
pub use ssr::{CancelPage, CancelledPage};

#[cfg(feature = "ssr")]
mod ssr {
    use booking::visit::VisitStatus;
    use desk::changes_shown::VisitWays;
    use desk::my_visits::{MyVisit, MyVisitsAsk};
    use leptos::prelude::*;
    use leptos::server_fn::ServerFn;

    use super::super::shown::outcome;
    use super::super::ways::message_link;
    use super::CancelMyVisits;
    use crate::ask;
    use crate::i18n::td_string;
    use crate::kit::{Button, ButtonLink, Empty, Form, Look, Once, PageHead, Pill, TextArea, Tone};
    use crate::trouble::Trouble;

    /// The visits that the address names, as they are, with what can be done about them.
    struct Meant {
        rows: Vec<(MyVisit, VisitWays)>,
    }

    impl Meant {
        async fn load() -> Result<Self, Trouble> {
            let (desk, who) = (ask::desk()?, ask::contact()?);
            let named = ask::queries().into_iter();
            let named = named.filter(|(name, _)| name == "visit" || name == "visit[]");
            let posted = ask::posted()
                .map(|posted| posted.fields)
                .unwrap_or_default();
            let posted = posted
                .into_iter()
                .filter(|(name, _)| name.starts_with("visit["));
            let mut references: Vec<String> = named.chain(posted).map(|(_, value)| value).collect();
            references.sort_unstable();
            references.dedup();
            references.truncate(desk::client_cancels::MOST_CANCELLED);
            let ways = desk.my_visits_ways(&who, &references).await?;
            let mut all = desk.my_visits(&who, MyVisitsAsk::Coming).await?;
            all.extend(desk.my_visits(&who, MyVisitsAsk::Past).await?);
            let rows = ways.into_iter().filter_map(|ways| {
                let place = all.iter().position(|one| one.reference == ways.visit)?;
                Some((all.swap_remove(place), ways))
            });
            Ok(Self {
                rows: rows.collect(),
            })
        }
    }

    fn back() -> (String, String) {
        let word = td_string!(ask::locale(), portal.nav.schedule).to_owned();
        ("/".to_owned(), word)
    }

    /// The page `/visits/cancel?visit=V-…`.
    #[component]
    pub fn CancelPage() -> impl IntoView {
        crate::site::page(async move {
            let meant = Meant::load().await?;
            let locale = ask::locale();
            let count = meant.rows.len();
            let title = match count {
                1 => td_string!(locale, changes.cancel.title).to_owned(),
                _ => td_string!(locale, changes.cancel.several).to_owned(),
            };
            let body = match count {
                0 => nothing().into_any(),
                _ => confirm(meant).into_any(),
            };
            Ok(view! { <PageHead title back=back()/> {body} })
        })
    }

    fn nothing() -> impl IntoView {
        let locale = ask::locale();
        view! {
            <div class="sheet max-w-xl">
                <Empty icon="icon-[lucide--calendar-days]" title=td_string!(locale, changes.cancel.nothing) text=td_string!(locale, changes.cancel.nothing_text)>
                    <ButtonLink href="/?select=1" look=Look::Primary>{td_string!(locale, changes.select)}</ButtonLink>
                </Empty>
            </div>
        }
    }

    fn confirm(meant: Meant) -> impl IntoView + use<> {
        let locale = ask::locale();
        let mut open = Vec::new();
        let mut refused = None;
        let mut text = String::new();
        let rows: Vec<_> = meant
            .rows
            .iter()
            .map(|(visit, ways)| {
                let (tone, what, can) = outcome(ways);
                text.clone_from(&ways.text);
                match can {
                    true => open.push(ways.visit.clone()),
                    false => refused = Some(ways.visit.clone()),
                }
                row(visit, (tone, what))
            })
            .collect();
        let fields = open.iter().map(|visit| {
            view! { <input type="hidden" name="visit[]" value=visit.clone()/> }
        });
        let fields = fields.collect_view();
        let any = !open.is_empty();
        view! {
            <div class="flex max-w-xl flex-col gap-4">
                <ul class="sheet divide-y divide-line">{rows}</ul>
                {(!text.is_empty()).then(|| view! { <p class="text-sm whitespace-pre-line text-muted">{text}</p> })}
                {refused.map(|visit| view! { <p><a class="link" href=message_link(&visit)>{td_string!(locale, changes.write)}</a></p> })}
                {any.then(|| view! {
                    <Form action=CancelMyVisits::PATH posted=ask::posted() locale>
                        <Once key=ask::fresh_key()/>
                        {fields}
                        <TextArea name="reason" label=td_string!(locale, changes.cancel.reason) hint=td_string!(locale, changes.cancel.reason_hint)/>
                        <p class="text-sm text-muted">{td_string!(locale, changes.cancel.final_word)}</p>
                        <div class="flex flex-wrap gap-2">
                            <Button look=Look::Danger>{td_string!(locale, changes.cancel.confirm)}</Button>
                            <ButtonLink href="/">{td_string!(locale, changes.cancel.keep)}</ButtonLink>
                        </div>
                    </Form>
                })}
            </div>
        }
    }

    fn row(visit: &MyVisit, (tone, what): (Tone, String)) -> impl IntoView + use<> {
        let when = ask::reader().span(visit.start, visit.end);
        let href = format!("/visits/{}", visit.reference);
        let service = visit.service_name.clone();
        view! {
            <li class="flex flex-col items-start gap-1 px-4 py-3">
                <a class="font-semibold hover:underline" href=href>{service}</a>
                <span class="text-sm text-muted tabular-nums">{when}</span>
                <Pill tone text=what/>
            </li>
        }
    }

    /// The page `/visits/cancelled?visit=V-…`: what became of each.
    #[component]
    pub fn CancelledPage() -> impl IntoView {
        crate::site::page(async move {
            let meant = Meant::load().await?;
            let locale = ask::locale();
            let waits = meant.rows.iter().any(|(_, ways)| ways.open.is_some());
            let rows = meant.rows.iter().map(|(visit, ways)| {
                let what = match (visit.status, &ways.open) {
                    (VisitStatus::Cancelled, _) => (
                        Tone::Off,
                        td_string!(locale, changes.cancel.done).to_owned(),
                    ),
                    (_, Some(open)) if open.cancellation => (
                        Tone::Wait,
                        td_string!(locale, changes.cancel.waits).to_owned(),
                    ),
                    _ => {
                        let (_, why, _) = outcome(ways);
                        (
                            Tone::No,
                            td_string!(locale, changes.cancel.stays, why = why),
                        )
                    }
                };
                row(visit, what)
            });
            let rows: Vec<_> = rows.collect();
            let gone = |(visit, _): &(MyVisit, VisitWays)| visit.status == VisitStatus::Cancelled;
            let title = match (waits, meant.rows.iter().any(gone)) {
                (true, _) => td_string!(locale, changes.cancel.sent),
                (false, true) => td_string!(locale, changes.cancel.done),
                // It became too late between the page and the press.
                (false, false) => td_string!(locale, changes.cancel.title),
            };
            Ok(view! {
                <PageHead title back=back()/>
                <div class="flex max-w-xl flex-col items-start gap-4">
                    {waits.then(|| view! { <p role="status">{td_string!(locale, changes.processed)}</p> })}
                    <ul class="sheet w-full divide-y divide-line">{rows}</ul>
                    <ButtonLink href="/" look=Look::Primary>{td_string!(locale, changes.to_schedule)}</ButtonLink>
                </div>
            })
        })
    }
}
