//! The document around every page: language, theme, style sheet, which bundle a path gets, and the bars that lead around.

use leptos::nonce::use_nonce;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos_meta::{MetaTags, Title};

use crate::ask;
use crate::i18n::{Locale, td_string};
use crate::kit::posted::PAGE;
use crate::kit::{Icon, Look, Posted};
use crate::language::Switch;
use crate::said::toast;
use crate::sign_in::password::SignOut;
use crate::trouble::Trouble;

/// Where the files of this build lie: `/assets/{build}`.
#[derive(Clone, Debug)]
pub struct Assets {
    /// The path, without a slash at its end.
    pub root: String,
    /// Whether pages reload themselves when the server starts anew (development).
    pub dev: bool,
}

/// The places of the product; each has its own frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// What clients see.
    Portal,
    /// What staff see.
    Office,
    /// Before one is signed in: sign-in, reset, invitation, links of letters, set-up; and without a connection.
    Door,
}

impl Place {
    /// The place of a path.
    #[must_use]
    pub fn of(path: &str) -> Self {
        let first = path
            .trim_start_matches('/')
            .split('/')
            .next()
            .unwrap_or_default();
        match first {
            "office" => Self::Office,
            "sign-in" | "invitation" | "l" | "set-up" | "offline" => Self::Door,
            _ => Self::Portal,
        }
    }

    /// The place in sight. Staff who are no contact stay in the office wherever they are: on their account, in notices.
    #[must_use]
    pub fn here() -> Self {
        let who = ask::viewer().who;
        let staff_only = who.is_some_and(|who| who.contact().is_none() && who.staff().is_some());
        match Self::of(&ask::path()) {
            Self::Portal if staff_only => Self::Office,
            place @ (Self::Portal | Self::Office | Self::Door) => place,
        }
    }

    /// The bundle of its islands; the door has none.
    #[must_use]
    pub fn bundle(self) -> Option<&'static str> {
        match self {
            Self::Portal => Some("portal"),
            Self::Office => Some("office"),
            Self::Door => None,
        }
    }
}

/// The document around every page.
pub fn shell() -> impl IntoView {
    document(Place::here(), || view! { <crate::site::Site/> }.into_any())
}

pub(crate) fn document(place: Place, body: impl FnOnce() -> AnyView) -> impl IntoView {
    let locale = ask::locale();
    let root = use_context::<Assets>()
        .map(|assets| assets.root)
        .unwrap_or_default();
    let scripts = scripts(&root);
    view! {
        <!DOCTYPE html>
        <html lang=locale.to_string() dir=crate::language::direction(locale) data-place=format!("{place:?}").to_lowercase()>
            <head>
                <meta charset="utf-8"/>
                <meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover"/>
                <meta name="color-scheme" content="light dark"/>
                <meta name="theme-color" content="#f6f7f9" media="(prefers-color-scheme: light)"/>
                <meta name="theme-color" content="#11151d" media="(prefers-color-scheme: dark)"/>
                <link rel="icon" href=format!("{root}/favicon.svg") type="image/svg+xml"/>
                {crate::offline::links(&root)}
                <link rel="preload" href=format!("{root}/fonts/inter-latin.woff2") r#as="font" r#type="font/woff2" crossorigin="anonymous"/>
                <link rel="stylesheet" href=format!("{root}/pkg/frontdesk.css")/>
                {scripts}
                <MetaTags/>
            </head>
            <body>
                <a class="skip" href="#content">{td_string!(locale, common.skip)}</a>
                {body()}
                {toast(locale)}
            </body>
        </html>
    }
}

/// Everything that runs: islands, live events, what is fetched when a link is about to be followed.
fn scripts(root: &str) -> impl IntoView + use<> {
    let nonce = use_nonce().map(|nonce| nonce.to_string());
    let signed_in = ask::viewer().who.is_some();
    let dev = use_context::<Assets>().is_some_and(|assets| assets.dev);
    let inline = |text: &'static str| view! { <script type="module" nonce=nonce.clone() inner_html=text></script> };
    let live = signed_in.then(|| inline(include_str!("live.js")));
    let itself = signed_in.then(|| inline(include_str!("portal/itself.js")));
    let reload = dev.then(|| inline(include_str!("reload.js")));
    let prefetch = signed_in.then(|| view! { <script type="speculationrules" nonce=nonce.clone() inner_html=PREFETCH></script> });
    let offline = crate::offline::script();
    (awaken(root), live, itself, reload, prefetch, offline)
}

/// Pages are fetched when the pointer rests on their link: they change nothing, and moving on is instant.
const PREFETCH: &str = r#"{"prefetch":[{"where":{"href_matches":"/*"},"eagerness":"moderate"}]}"#;

/// The page that keeps what was typed when nothing else can be drawn; without anything typed, the page that says so.
pub fn kept() -> impl IntoView {
    document(Place::Door, || {
        leptos_meta::provide_meta_context();
        let locale = ask::locale();
        let body = match ask::posted() {
            Some(posted) => kept_form(posted, locale).into_any(),
            None => kept_nothing(locale).into_any(),
        };
        view! { <Title text=td_string!(locale, common.busy.title)/> <main id="content" class="door">{body}</main> }.into_any()
    })
}

fn kept_nothing(locale: Locale) -> impl IntoView {
    view! {
        <h1 class="page-title">{td_string!(locale, common.fault.title)}</h1>
        <p>{td_string!(locale, common.busy.page)}</p>
        <a class=Look::Primary.class() href=ask::path()>{td_string!(locale, common.try_again)}</a>
    }
}

fn kept_form(posted: Posted, locale: Locale) -> impl IntoView {
    let words = posted.trouble.words(locale);
    let typed = posted
        .fields
        .iter()
        .filter(|(name, value)| !value.is_empty() && name != "key" && !name.starts_with('_'));
    let typed = typed.map(|(_, value)| view! { <li class="whitespace-pre-wrap border-b border-line px-4 py-3 last:border-0">{value.clone()}</li> });
    let typed = typed.collect_view();
    let hidden = posted
        .fields
        .into_iter()
        .map(|(name, value)| view! { <input type="hidden" name=name value=value/> })
        .collect_view();
    view! {
        <h1 class="page-title">{td_string!(locale, common.busy.title)}</h1>
        <p>{words}</p>
        <form method="post" action=posted.action class="flex flex-col gap-4">
            <input type="hidden" name=PAGE value=posted.page/>
            {hidden}
            <h2 class="field-label">{td_string!(locale, common.busy.typed)}</h2>
            <ul class="sheet">{typed}</ul>
            <button class=Look::Primary.class()>{td_string!(locale, common.try_again)}</button>
        </form>
    }
}

/// The tags that bring the islands of a place to life. Drawn here because leptos' own put the nonce where the browser
/// does not look for it, so that its preloads are refused under this site's policy.
fn awaken(root: &str) -> Option<impl IntoView + use<>> {
    let bundle = Place::of(&ask::path()).bundle()?;
    let (js, wasm) = (
        format!("{root}/pkg/{bundle}.js"),
        format!("{root}/pkg/{bundle}_bg.wasm"),
    );
    let script = format!("{}({js:?},{wasm:?});", include_str!("awaken.js").trim());
    let nonce = use_nonce().map(|nonce| nonce.to_string());
    Some(view! {
        <link rel="modulepreload" href=js nonce=nonce.clone()/>
        <link rel="preload" href=wasm r#as="fetch" r#type="application/wasm" crossorigin="anonymous"/>
        <script type="module" nonce=nonce inner_html=script></script>
    })
}

/// Puts the pages into the frame of their place.
pub fn frame<V: IntoView + 'static>(pages: impl FnOnce() -> V) -> AnyView {
    let pages = pages();
    match Place::here() {
        Place::Portal => portal_frame(pages).into_any(),
        Place::Office => office_frame(pages).into_any(),
        Place::Door => {
            view! { <main id="content" class="door">{pages} <Switch/></main> }.into_any()
        }
    }
}

/// One entry of a bar.
#[derive(Clone, Copy)]
struct Entry {
    href: &'static str,
    icon: &'static str,
    text: &'static str,
    /// What is counted on it: the name of the live count, and how many there are now.
    count: Option<(&'static str, u64)>,
}

impl Entry {
    const fn new(href: &'static str, icon: &'static str, text: &'static str) -> Self {
        Self {
            href,
            icon,
            text,
            count: None,
        }
    }

    const fn counting(self, live: &'static str, count: u64) -> Self {
        Self {
            count: Some((live, count)),
            ..self
        }
    }

    /// Whether the page in sight belongs to it.
    fn current(&self, path: &str) -> bool {
        match self.href {
            "/" => path == "/",
            "/office" => {
                matches!(path, "/office" | "/office/day-sheet")
                    || path.starts_with("/office/schedule")
                    || path.starts_with("/office/visits")
            }
            "/office/settings/business" => path.starts_with("/office/settings"),
            href => {
                path == href
                    || path
                        .strip_prefix(href)
                        .is_some_and(|rest| rest.starts_with('/'))
            }
        }
    }

    /// The count; the live events write into it by its name.
    fn counted(&self) -> Option<impl IntoView + use<>> {
        let (live, count) = self.count?;
        Some(view! { <span class="count" data-live=live hidden=count == 0>{count}</span> })
    }
}

/// The letter that stands for a business.
fn mark(name: &str) -> String {
    name.chars()
        .next()
        .map(|first| first.to_uppercase().to_string())
        .unwrap_or_default()
}

/// The logo, or the first letter of the name.
pub(crate) fn brand_mark(business: &ask::Business) -> AnyView {
    match &business.logo {
        // The name stands beside it.
        Some(id) => view! { <img class="brand-logo" src=format!("/logo/{id}") alt=""/> }.into_any(),
        None => view! { <span class="brand-mark" aria-hidden="true">{mark(&business.name)}</span> }
            .into_any(),
    }
}

/// The business, as it heads every frame.
fn brand(href: &'static str) -> impl IntoView {
    let business = ask::business();
    let locale = ask::locale();
    view! {
        <a href=href class="brand">
            {brand_mark(&business)}
            <span class="brand-name">{business.name.clone()}</span>
            {(business.demo && !business.name.contains("demo")).then(|| view! { <span class="text-sm text-muted">{td_string!(locale, common.demo)}</span> })}
        </a>
    }
}

fn portal_entries(locale: Locale, unread: u64) -> [Entry; 5] {
    [
        Entry::new(
            "/",
            "icon-[lucide--calendar-days]",
            td_string!(locale, portal.nav.schedule),
        ),
        Entry::new(
            "/requests",
            "icon-[lucide--inbox]",
            td_string!(locale, portal.nav.requests),
        ),
        Entry::new(
            "/request",
            "icon-[lucide--plus]",
            td_string!(locale, portal.nav.request),
        ),
        Entry::new(
            "/notices",
            "icon-[lucide--bell]",
            td_string!(locale, portal.nav.notices),
        )
        .counting("unread", unread),
        Entry::new(
            "/account",
            "icon-[lucide--sliders-horizontal]",
            td_string!(locale, portal.nav.account),
        ),
    ]
}

fn portal_frame(pages: impl IntoView + 'static) -> impl IntoView {
    let viewer = ask::viewer();
    let (locale, path) = (viewer.locale, ask::path());
    let office = viewer.who.as_ref().and_then(|who| who.staff()).map(|_| {
        view! { <a href="/office" class="link p-2 text-sm">{td_string!(locale, common.office)}</a> }
    });
    let links = portal_entries(locale, viewer.unread).map(|entry| {
        let current = entry.current(&path);
        view! {
            <li>
                <a href=entry.href class="bar-link" class:bar-main=entry.href == "/request" aria-current=current.then_some("page")>
                    <span class="bar-icon"><Icon name=entry.icon/>{entry.counted()}</span>
                    <span class="bar-text">{entry.text}</span>
                </a>
            </li>
        }
    });
    view! {
        <header class="portal-head">
            {brand("/")}
            {office}
            <nav class="portal-bar" aria-label=td_string!(locale, common.main_menu)><ul>{links.collect_view()}</ul></nav>
        </header>
        <main id="content" class="portal-page">{crate::offline::mark()}{pages}</main>
        <footer class="portal-foot"><p class="mb-3 text-center"><a href="/messages" class="link py-2 text-sm">{td_string!(locale, messages.title)}</a></p><Switch/></footer>
    }
}

fn office_entries(locale: Locale, pending: u64, messages: u64) -> [Entry; 11] {
    [
        Entry::new(
            "/office/my-day",
            "icon-[lucide--list-checks]",
            td_string!(locale, office.nav.my_day),
        ),
        Entry::new(
            "/office",
            "icon-[lucide--calendar-days]",
            td_string!(locale, office.nav.schedule),
        ),
        Entry::new(
            "/office/requests",
            "icon-[lucide--inbox]",
            td_string!(locale, office.nav.requests),
        )
        .counting("pending", pending),
        Entry::new(
            "/office/messages",
            "icon-[lucide--message-circle]",
            td_string!(locale, messages.title),
        )
        .counting("messages", messages),
        Entry::new(
            "/office/clients",
            "icon-[lucide--users]",
            td_string!(locale, office.nav.clients),
        ),
        Entry::new(
            "/office/services",
            "icon-[lucide--sparkles]",
            td_string!(locale, office.nav.services),
        ),
        Entry::new(
            "/office/team",
            "icon-[lucide--id-card]",
            td_string!(locale, office.nav.team),
        ),
        Entry::new(
            "/office/resources",
            "icon-[lucide--package]",
            td_string!(locale, office.nav.resources),
        ),
        Entry::new(
            "/office/tickets",
            "icon-[lucide--ticket]",
            td_string!(locale, office.nav.tickets),
        ),
        Entry::new(
            "/office/reports",
            "icon-[lucide--chart-no-axes-column]",
            td_string!(locale, office.nav.reports),
        ),
        Entry::new(
            "/office/settings/business",
            "icon-[lucide--settings]",
            td_string!(locale, office.nav.settings),
        ),
    ]
}

fn office_frame(pages: impl IntoView + 'static) -> impl IntoView {
    let viewer = ask::viewer();
    let (locale, path) = (viewer.locale, ask::path());
    // Who may not open a page is not shown the way to it; the gate and the desk decide all the same.
    let staff = viewer.who.as_ref().and_then(desk::SignedIn::staff);
    let records = staff
        .as_ref()
        .is_some_and(|staff| staff.dispatcher().is_ok());
    let decides = records || viewer.decides;
    let entries = office_entries(locale, viewer.pending, viewer.messages)
        .into_iter()
        .filter(|entry| match entry.href {
            "/office" => true,
            "/office/my-day" => staff
                .as_ref()
                .is_some_and(|staff| staff.technician().is_some()),
            "/office/requests" => decides,
            "/office/messages" => staff.as_ref().is_some_and(desk::StaffPass::decides_all),
            _ => records,
        });
    let links = entries.map(|entry| {
        let current = entry.current(&path);
        view! {
            <li>
                <a href=entry.href class="side-link" aria-current=current.then_some("page")>
                    <Icon name=entry.icon/>
                    <span class="grow truncate">{entry.text}</span>
                    {entry.counted()}
                </a>
            </li>
        }
    });
    view! {
        <div class="office">
            <header class="office-side">
                {brand("/office")}
                <button type="button" class="btn btn-quiet btn-square office-menu" popovertarget="office-menu" aria-label=td_string!(locale, common.menu)>
                    <Icon name="icon-[lucide--menu]"/>
                    {decides.then(|| view! { <span class="count menu-count" data-live="pending" hidden=viewer.pending == 0>{viewer.pending}</span> })}
                </button>
                <nav id="office-menu" popover="auto" class="office-nav" aria-label=td_string!(locale, common.main_menu)>
                    <ul>{links.collect_view()}</ul>
                    {person(&viewer)}
                </nav>
            </header>
            <main id="content" class="office-page">{pages}</main>
        </div>
    }
}

/// Who is signed in, at the foot of the side bar, and the way out.
fn person(viewer: &ask::Viewer) -> Option<impl IntoView + use<>> {
    let who = viewer.who.as_ref()?;
    let locale = viewer.locale;
    let initials: String = who
        .name()
        .split_whitespace()
        .filter_map(|word| word.chars().next())
        .take(2)
        .collect();
    let portal = who
        .contact()
        .map(|_| view! { <a href="/" class="side-link">{td_string!(locale, common.portal)}</a> });
    Some(view! {
        <div class="relative">
            <button type="button" class="side-link w-full" popovertarget="person-menu">
                <span class="avatar" aria-hidden="true">{initials.to_uppercase()}</span>
                <span class="truncate">{who.name().to_owned()}</span>
            </button>
            <div id="person-menu" popover="auto" class="pop-menu">
                <a href="/account" class="side-link">{td_string!(locale, common.account)}</a>
                {portal}
                <form method="post" action=SignOut::PATH>
                    <button class="side-link w-full">{td_string!(locale, common.sign_out)}</button>
                </form>
            </div>
        </div>
    })
}

/// What stands where a page would be that does not exist.
#[component]
pub fn NotFound() -> impl IntoView {
    ask::status(404);
    let locale = ask::locale();
    let start = if Place::here() == Place::Office {
        "/office"
    } else {
        "/"
    };
    view! {
        <Title text=td_string!(locale, common.not_found.title)/>
        <div class="notice-page">
            <h1 class="page-title">{td_string!(locale, common.not_found.title)}</h1>
            <p>{td_string!(locale, common.not_found.text)}</p>
            <a class=Look::Plain.class() href=start>{td_string!(locale, common.not_found.back)}</a>
        </div>
    }
}

/// What stands where a page would be that could not be drawn: a refusal in its own words, a fault with its number.
#[must_use]
pub fn trouble_page(trouble: &Trouble) -> AnyView {
    let locale = ask::locale();
    if trouble.status() == 404 {
        return view! { <NotFound/> }.into_any();
    }
    ask::status(trouble.status());
    let (title, text) = match trouble {
        Trouble::Refused { .. } => (trouble.words(locale), None),
        Trouble::Fault { incident } => {
            let number = td_string!(locale, common.fault.incident, number = incident.clone());
            let text = format!("{} {number}", td_string!(locale, common.fault.text));
            (
                td_string!(locale, common.fault.title).to_owned(),
                Some(text),
            )
        }
        Trouble::Malformed | Trouble::Unreachable => (
            td_string!(locale, common.fault.title).to_owned(),
            Some(trouble.words(locale)),
        ),
    };
    // Trying again helps against a fault, not against a role.
    let forbidden = trouble.status() == 403 && Place::here() == Place::Office;
    let (text, href, way) = if forbidden {
        (
            Some(td_string!(locale, common.forbidden.text).to_owned()),
            "/office".to_owned(),
            td_string!(locale, common.forbidden.back),
        )
    } else {
        (text, ask::path(), td_string!(locale, common.try_again))
    };
    view! {
        <Title text=title.clone()/>
        <div class="notice-page">
            <h1 class="page-title">{title}</h1>
            {text.map(|text| view! { <p>{text}</p> })}
            <a class=Look::Plain.class() href=href>{way}</a>
        </div>
    }
    .into_any()
}
