//! The part of one's account with one's calendar addresses: made, shown once, replaced, taken back.

use booking::refusal::Refusal;
use desk::SignedIn;
use desk::feeds::{MadeFeed, MyFeed, NewFeed, Whose};
use http::header;
use http::request::Parts;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use uuid::Uuid;

use super::account::section;
use crate::ask;
use crate::i18n::{Locale, td_string};
use crate::kit::{Button, Field, Form, Hidden, Icon, Look, Once, Pick, Radio};
use crate::said::{Said, say};
use crate::trouble::Trouble;

/// Carries an address to the page that shows it once. It is not kept where scripts, logs or the history of the browser
/// could find it.
const COOKIE: &str = "frontdesk-feed";
const BACK: &str = "/account#feeds";

/// Makes an address.
#[server]
pub async fn account_add_feed(
    key: String,
    name: String,
    #[server(default)] shows: String,
    #[server(default)] whose: String,
) -> Result<(), Trouble> {
    let new = NewFeed {
        name,
        details: chosen(&shows, "shows", "details", "busy")?,
        whose: match chosen(&whose, "whose", "own", "client")? {
            true => Whose::Own,
            false => Whose::Client,
        },
    };
    let made = ask::desk()?.create_feed(&ask::who()?, &key, &new).await?;
    show_once(&made);
    ask::go(BACK);
    Ok(())
}

/// Gives a calendar another address.
#[server]
pub async fn account_replace_feed(feed: String) -> Result<(), Trouble> {
    let made = ask::desk()?
        .replace_feed(&ask::who()?, known(&feed)?)
        .await?;
    show_once(&made);
    ask::go(BACK);
    Ok(())
}

/// Takes an address back.
#[server]
pub async fn account_remove_feed(feed: String) -> Result<(), Trouble> {
    ask::desk()?
        .revoke_feed(&ask::who()?, known(&feed)?)
        .await?;
    say(Said::Removed);
    ask::go(BACK);
    Ok(())
}

fn known(id: &str) -> Result<Uuid, Trouble> {
    id.parse().map_err(|_| Refusal::NotFound.into())
}

/// Whether it is the first of two words.
fn chosen(
    typed: &str,
    field: &'static str,
    yes: &'static str,
    no: &'static str,
) -> desk::Result<bool> {
    use desk::trouble::Beside;
    match typed {
        typed if typed == yes => Ok(true),
        typed if typed == no => Ok(false),
        _ => Err(Refusal::BadChoice).beside(field),
    }
}

fn show_once(made: &MadeFeed) {
    set_cookie(&format!("{}.{}", made.id, made.token), 60);
}

fn set_cookie(value: &str, seconds: u32) {
    let secure = match use_context::<ask::SessionCookie>() {
        Some(cookie) if cookie.https => "; Secure",
        Some(_) | None => "",
    };
    let cookie = format!(
        "{COOKIE}={value}; Path=/account; Max-Age={seconds}; HttpOnly; SameSite=Strict{secure}"
    );
    ask::header(header::SET_COOKIE, &cookie);
}

/// The address that was just made, with the id of its row; it is gone from the next page.
fn just_made() -> Option<(Uuid, String)> {
    let parts = use_context::<Parts>()?;
    let lines = parts.headers.get_all(header::COOKIE).into_iter();
    let mut pairs = lines
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='));
    let (_, value) = pairs.find(|(name, _)| *name == COOKIE)?;
    set_cookie("", 0);
    let (id, token) = value.split_once('.')?;
    let ours = token.len() == 43
        && token
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
    Some((id.parse().ok()?, token.to_owned())).filter(|_| ours)
}

/// The part of the page.
pub(super) fn part(me: &SignedIn, feeds: Vec<MyFeed>) -> impl IntoView + use<> {
    let locale = ask::locale();
    let made = just_made();
    let shown = made.and_then(|(id, token)| {
        let feed = feeds.iter().find(|feed| feed.id == id)?;
        Some(address(feed.name.clone(), &token, locale))
    });
    let client = me.contact().map(|contact| contact.client_name().to_owned());
    let rows = feeds
        .into_iter()
        .map(|feed| view! { <li>{row(feed, client.as_deref(), locale)}</li> });
    let rows = rows.collect_view();
    let body = view! {
        <p class="mb-3 text-sm text-muted">{td_string!(locale, feeds.about)}</p>
        {shown}
        <ul class="mb-4 divide-y divide-line">{rows}</ul>
        {form(me.staff().is_some(), client, locale)}
        <p class="mt-3 text-sm text-muted">{td_string!(locale, feeds.no_way_back)}</p>
    };
    section(
        "feeds",
        td_string!(locale, feeds.title),
        td_string!(locale, feeds.done),
        body,
    )
}

fn address(name: String, token: &str, locale: Locale) -> impl IntoView + use<> {
    let url = ask::whole_url(&format!("/feeds/{token}.ics"));
    let calendar = url
        .split_once("://")
        .map(|(_, rest)| format!("webcal://{rest}"));
    view! {
        <div class="banner tone-yes mb-4" role="alert">
            <Icon name="icon-[lucide--circle-check]"/>
            <div class="flex min-w-0 grow flex-col gap-2">
                <label for="feed-address">{td_string!(locale, feeds.shown, name = name).to_string()}</label>
                <input id="feed-address" class="input font-mono text-sm text-ink" readonly=true value=url/>
                <p class="font-normal">{td_string!(locale, feeds.shown_text)}</p>
                <a class="link" href=calendar rel="external">{td_string!(locale, feeds.open)}</a>
            </div>
        </div>
    }
}

fn row(feed: MyFeed, client: Option<&str>, locale: Locale) -> impl IntoView + use<> {
    let whose = match feed.whose {
        Whose::Own => td_string!(locale, feeds.of_own).to_owned(),
        Whose::Client => {
            let client = client.unwrap_or_default().to_owned();
            td_string!(locale, feeds.of_client, client = client).to_string()
        }
    };
    let shows = match feed.details {
        true => td_string!(locale, feeds.details),
        false => td_string!(locale, feeds.busy),
    };
    let made = td_string!(locale, feeds.made, when = ask::reader().moment(feed.made)).to_string();
    let replace = td_string!(locale, feeds.replace_this, name = feed.name.clone()).to_string();
    let remove = td_string!(locale, feeds.remove_this, name = feed.name.clone()).to_string();
    let id = feed.id.to_string();
    let (replaced, removed) = (id.clone(), id.clone());
    view! {
        <div class="flex flex-wrap items-center gap-x-3 gap-y-1 py-2">
            <Icon name="icon-[lucide--calendar-days]" class="size-5 text-muted"/>
            <div class="min-w-0 grow basis-48">
                <p class="truncate font-semibold">{feed.name}</p>
                <p class="text-sm text-muted">{format!("{whose} · {shows} · {made}")}</p>
            </div>
            <div class="ms-8 flex gap-2 sm:ms-0">
                <Form action=AccountReplaceFeed::PATH posted=ask::posted() locale mark=replaced.clone() class="">
                    <Hidden name="feed" value=replaced/>
                    <Button attr:aria-label=replace>{td_string!(locale, feeds.replace)}</Button>
                </Form>
                <Form action=AccountRemoveFeed::PATH posted=ask::posted() locale mark=removed class="">
                    <Hidden name="feed" value=id/>
                    <Button look=Look::Danger attr:aria-label=remove>{td_string!(locale, common.remove)}</Button>
                </Form>
            </div>
        </div>
    }
}

fn form(staff: bool, client: Option<String>, locale: Locale) -> impl IntoView {
    let shows = vec![
        Pick::new("details", td_string!(locale, feeds.shows_details)),
        Pick::new("busy", td_string!(locale, feeds.shows_busy)),
    ];
    let whose = match (staff, client) {
        (true, Some(client)) => {
            let of_client = td_string!(locale, feeds.of_client, client = client).to_string();
            let picks = vec![
                Pick::new("own", td_string!(locale, feeds.of_own)),
                Pick::new("client", of_client),
            ];
            view! { <Radio name="whose" label=td_string!(locale, feeds.whose) picks value="own"/> }
                .into_any()
        }
        (true, None) => view! { <Hidden name="whose" value="own"/> }.into_any(),
        (false, _) => view! { <Hidden name="whose" value="client"/> }.into_any(),
    };
    view! {
        <Form action=AccountAddFeed::PATH posted=ask::posted() locale>
            <Once key=ask::fresh_key()/>
            <Field name="name" label=td_string!(locale, feeds.name) hint=td_string!(locale, feeds.name_hint) required=true longest=200/>
            <Radio name="shows" label=td_string!(locale, feeds.shows) picks=shows value="details"/>
            {whose}
            <div><Button>{td_string!(locale, feeds.add_new)}</Button></div>
        </Form>
    }
}
