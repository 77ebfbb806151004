//! The sections of the settings, as links.

use leptos::prelude::*;

use crate::ask;
use crate::i18n::td_string;
use crate::kit::{PageHead, Tab, Tabs};

/// The head of a settings page.
pub(super) fn head() -> impl IntoView {
    let (locale, path) = (ask::locale(), ask::path());
    let posted = ask::posted().map(|posted| posted.page);
    let sections = [
        (
            "/office/settings/business",
            td_string!(locale, office_settings.business),
        ),
        (
            "/office/settings/approval",
            td_string!(locale, office_settings.approval),
        ),
        (
            "/office/settings/portal",
            td_string!(locale, changes.settings.tab),
        ),
        (
            "/office/settings/notifications",
            td_string!(locale, office_notifications.title),
        ),
        (
            "/office/settings/templates",
            td_string!(locale, office_notifications.templates),
        ),
        (
            "/office/settings/sign-in",
            td_string!(locale, office_settings.sign_in),
        ),
        (
            "/office/settings/retention",
            td_string!(locale, office_retention.tab),
        ),
        (
            "/office/settings/people",
            td_string!(locale, office_settings.people),
        ),
    ];
    let owner = ask::staff().is_ok_and(|staff| staff.owner().is_ok());
    let sections = sections
        .into_iter()
        .filter(|(href, _)| owner || *href != "/office/settings/people");
    let tabs = sections.map(|(href, text)| Tab {
        href: href.to_owned(),
        text: text.to_owned(),
        count: None,
        current: path.starts_with(href)
            || posted.as_ref().is_some_and(|page| page.starts_with(href)),
    });
    view! {
        <PageHead title=td_string!(locale, office_settings.title)/>
        <div class="mb-4"><Tabs label=td_string!(locale, office_settings.title) tabs=tabs.collect()/></div>
    }
}
