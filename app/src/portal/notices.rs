//! Notices: what happened to one's requests and visits, newest first, with what is unread marked.

use leptos::prelude::*;

use crate::trouble::Trouble;

/// Marks one's notice as read and leads to what it is about.
#[server]
pub async fn notice_open(notice: String) -> Result<(), Trouble> {
    let (desk, me) = (ask::desk()?, ask::who()?);
    let id = notice.parse().map_err(|_| Refusal::NotFound)?;
    desk.read_notice(&me, id).await?;
    let found = desk.notices(&me, ssr::SHOWN).await?;
    ask::go(
        found
            .iter()
            .find(|one| one.id == id)
            .map_or("/notices", |one| one.link.as_str()),
    );
    Ok(())
}

/// Marks all of one's notices as read.
#[server]
pub async fn notices_read_all() -> Result<(), Trouble> {
    ask::desk()?.read_all_notices(&ask::who()?).await?;
    ask::go("/notices");
    Ok(())
}

#[cfg(feature = "ssr")]
pub use ssr::NoticesPage;
#[cfg(feature = "ssr")]
use {crate::ask, booking::refusal::Refusal};

#[cfg(feature = "ssr")]
mod ssr {
    use booking::letter::Event;
    use desk::notices::Notice;
    use desk::outbox::LetterFacts;
    use leptos::prelude::*;
    use leptos::server_fn::ServerFn;

    use super::{NoticeOpen, NoticesReadAll};
    use crate::ask;
    use crate::i18n::td_string;
    use crate::kit::{Button, Empty, Form, Hidden, Icon, PageHead};

    /// How many are listed.
    pub const SHOWN: u64 = 100;

    /// The page `/notices`.
    #[component]
    pub fn NoticesPage() -> impl IntoView {
        crate::site::page(async move {
            let notices = ask::desk()?.notices(&ask::who()?, SHOWN).await?;
            let locale = ask::locale();
            let unread = notices.iter().any(|notice| !notice.read);
            let read_all = unread.then(|| {
                view! {
                    <Form action=NoticesReadAll::PATH posted=ask::posted() locale class="">
                        <Button><Icon name="icon-[lucide--check-check]"/>{td_string!(locale, portal.notices.read_all)}</Button>
                    </Form>
                }
            });
            Ok(view! {
                <PageHead title=td_string!(locale, portal.notices.title)>{read_all}</PageHead>
                {if notices.is_empty() { nothing().into_any() } else { list(&notices).into_any() }}
            })
        })
    }

    fn nothing() -> impl IntoView {
        let locale = ask::locale();
        view! { <Empty icon="icon-[lucide--bell]" title=td_string!(locale, portal.notices.none) text=td_string!(locale, portal.notices.none_text)/> }
    }

    fn list(notices: &[Notice]) -> impl IntoView + use<> {
        let rows: Vec<_> = notices
            .iter()
            .map(|notice| view! { <li>{one(notice)}</li> })
            .collect();
        view! { <ul class="sheet max-w-3xl divide-y divide-line">{rows}</ul> }
    }

    /// A button, because opening it marks it as read.
    fn one(notice: &Notice) -> impl IntoView + use<> {
        let (locale, id, read) = (ask::locale(), notice.id.to_string(), notice.read);
        let (icon, words) = words(notice);
        let when = ask::reader().moment(notice.created_at);
        let mark = (!read).then(|| {
            view! { <span class="pill tone-info"><span class="size-1.5 rounded-full bg-current" aria-hidden="true"></span>{td_string!(locale, portal.notices.unread)}</span> }
        });
        let text = if read { "block" } else { "block font-semibold" };
        view! {
            <Form action=NoticeOpen::PATH posted=ask::posted() locale mark=id.clone() class="">
                <Hidden name="notice" value=id/>
                <button class="flex w-full cursor-pointer items-start gap-3 px-4 py-3 text-left transition-colors hover:bg-accent-soft">
                    <Icon name=icon class="mt-0.5 size-5 text-muted"/>
                    <span class="min-w-0 grow">
                        <span class=text>{words}</span>
                        <span class="mt-0.5 flex flex-wrap items-center gap-2 text-sm text-muted tabular-nums">{when} {mark}</span>
                    </span>
                    <Icon name="icon-[lucide--chevron-right]" class="mt-0.5 size-5 text-muted"/>
                </button>
            </Form>
        }
    }

    /// What a notice says, and its picture.
    fn words(notice: &Notice) -> (&'static str, String) {
        let locale = ask::locale();
        let event: Option<Event> = notice.event.parse().ok();
        let (Some(event), Ok(facts)) = (event, notice.about_visit()) else {
            return (
                "icon-[lucide--bell]",
                td_string!(locale, portal.notice.other, reference = notice.link.clone()),
            );
        };
        let reference = facts
            .request
            .clone()
            .or(facts.visit.clone())
            .unwrap_or_default();
        let (service, when) = (facts.service.clone(), when(&facts));
        let reason = facts
            .reason
            .as_ref()
            .map(|reason| td_string!(locale, portal.notice.reason, reason = reason.clone()));
        let with = facts
            .technician
            .as_ref()
            .map(|name| td_string!(locale, portal.notice.with, technician = name.clone()));
        #[expect(
            clippy::wildcard_enum_match_arm,
            reason = "the others come with their own issues and say what they are about"
        )]
        let (icon, text, more) = match event {
            Event::RequestSubmitted => (
                "icon-[lucide--send]",
                td_string!(
                    locale,
                    portal.notice.request_submitted,
                    reference = reference,
                    service = service,
                    when = when
                ),
                None,
            ),
            Event::RequestEdited => (
                "icon-[lucide--pencil]",
                td_string!(
                    locale,
                    portal.notice.request_edited,
                    reference = reference,
                    service = service,
                    when = when
                ),
                None,
            ),
            Event::RequestWithdrawn => (
                "icon-[lucide--circle-slash]",
                td_string!(
                    locale,
                    portal.notice.request_withdrawn,
                    reference = reference,
                    service = service,
                    when = when
                ),
                None,
            ),
            Event::RequestExpired => (
                "icon-[lucide--hourglass]",
                td_string!(
                    locale,
                    portal.notice.request_expired,
                    reference = reference,
                    service = service,
                    when = when
                ),
                None,
            ),
            Event::BookingApproved => (
                "icon-[lucide--circle-check]",
                approved(&facts, service, when),
                with,
            ),
            Event::BookingDeclined => (
                "icon-[lucide--circle-x]",
                td_string!(
                    locale,
                    portal.notice.request_declined,
                    reference = reference,
                    service = service,
                    when = when
                ),
                reason,
            ),
            _ => (
                "icon-[lucide--bell]",
                td_string!(locale, portal.notice.other, reference = reference),
                None,
            ),
        };
        (
            icon,
            [Some(text), more]
                .into_iter()
                .flatten()
                .collect::<Vec<_>>()
                .join(" "),
        )
    }

    fn when(facts: &LetterFacts) -> String {
        facts
            .start
            .zip(facts.end)
            .map_or_else(String::new, |(start, end)| ask::reader().span(start, end))
    }

    fn approved(facts: &LetterFacts, service: String, when: String) -> String {
        let locale = ask::locale();
        match facts.old_start.zip(facts.old_end) {
            Some((start, end)) => {
                let was = ask::reader().span(start, end);
                td_string!(
                    locale,
                    portal.notice.request_approved_moved,
                    service = service,
                    when = when,
                    was = was
                )
            }
            None => td_string!(
                locale,
                portal.notice.request_approved,
                service = service,
                when = when
            ),
        }
    }
}
