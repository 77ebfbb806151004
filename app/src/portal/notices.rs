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
    use desk::notices::Notice;
    use leptos::prelude::*;
    use leptos::server_fn::ServerFn;

    use super::super::notice_words::words;
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
            let messages = crate::portal::messages::link().await?;
            let read_all = unread.then(|| {
                view! {
                    <Form action=NoticesReadAll::PATH posted=ask::posted() locale class="">
                        <Button><Icon name="icon-[lucide--check-check]"/>{td_string!(locale, portal.notices.read_all)}</Button>
                    </Form>
                }
            });
            Ok(view! {
                <PageHead title=td_string!(locale, portal.notices.title)>{messages} {read_all}</PageHead>
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
        let reader = ask::reader();
        let (icon, words) = words(notice, &reader);
        let when = reader.moment(notice.created_at);
        let mark = (!read).then(|| {
            view! { <span class="pill tone-info"><span class="size-1.5 rounded-full bg-current" aria-hidden="true"></span>{td_string!(locale, portal.notices.unread)}</span> }
        });
        let text = if read { "block" } else { "block font-semibold" };
        view! {
            <Form action=NoticeOpen::PATH posted=ask::posted() locale mark=id.clone() class="">
                <Hidden name="notice" value=id/>
                <button class="flex w-full cursor-pointer items-start gap-3 px-4 py-3 text-start transition-colors hover:bg-accent-soft">
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
}
