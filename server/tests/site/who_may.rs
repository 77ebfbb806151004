//! T20: every server function and every route, and who may use it. A new one without a row fails.
//!
//! To add one: a row in `FUNCTIONS` — its name, a body that can be read (unknown ids will do), who may — or in `ROUTES`.

use std::collections::BTreeSet;

use app::site::Site;
use leptos::server_fn::axum::server_fn_paths;
use leptos_axum::generate_route_list;

use crate::house::{House, Who};

/// A server function: its name, arguments that can be read, and who gets past the question who asks.
type Function = (&'static str, &'static str, &'static [Who]);
/// A page: its path with its parts, and who sees it.
type Route = (&'static str, &'static [Who]);

const EVERYBODY: &[Who] = &Who::ALL;
const SIGNED_IN: &[Who] = &[Who::Contact, Who::Technician, Who::Dispatcher, Who::Owner];
const CONTACT: &[Who] = &[Who::Contact];
const STAFF: &[Who] = &[Who::Technician, Who::Dispatcher, Who::Owner];
const OWNER: &[Who] = &[Who::Owner];

const FUNCTIONS: &[Function] = &[
    // The portal
    (
        "account_change",
        "name=X&phone=&locale=&time_zone=",
        SIGNED_IN,
    ),
    (
        "account_end_session",
        "session=00000000-0000-0000-0000-000000000000",
        SIGNED_IN,
    ),
    ("account_mail", "", SIGNED_IN),
    (
        "account_password",
        "current=x&password=correct+horse+battery",
        SIGNED_IN,
    ),
    (
        "edit_request",
        "reference=R-00000&version=1&key=k&length=60&start=2030-01-01T09%3A00%3A00Z&notes=&ticket=",
        CONTACT,
    ),
    (
        "notice_open",
        "notice=00000000-0000-0000-0000-000000000000",
        SIGNED_IN,
    ),
    ("notices_read_all", "", SIGNED_IN),
    (
        "portal_day",
        "{\"ask\":{\"service\":\"00000000-0000-0000-0000-000000000000\",\"length\":60,\"seats\":1},\"date\":\"2030-01-01\"}",
        CONTACT,
    ),
    (
        "portal_month",
        "{\"ask\":{\"service\":\"00000000-0000-0000-0000-000000000000\",\"length\":60,\"seats\":1},\"month\":\"2030-01\"}",
        CONTACT,
    ),
    (
        "portal_slot",
        "{\"ask\":{\"service\":\"00000000-0000-0000-0000-000000000000\",\"length\":60,\"seats\":1},\"start\":\"2030-01-01T09:00:00Z\"}",
        CONTACT,
    ),
    ("portal_visits", "{\"month\":\"2030-01\"}", CONTACT),
    (
        "submit_request",
        "service=00000000-0000-0000-0000-000000000000&key=k&length=60&start=2030-01-01T09%3A00%3A00Z&notes=&ticket=",
        CONTACT,
    ),
    ("withdraw_request", "reference=R-00000", CONTACT),
    // The door and the rest
    (
        "accept_invitation",
        "token=x&name=X&password=correct+horse+battery",
        EVERYBODY,
    ),
    ("load_demo", "", OWNER),
    ("request_link", "email=nobody%40example.com", EVERYBODY),
    ("request_reset", "email=nobody%40example.com", EVERYBODY),
    (
        "reset_password",
        "token=x&password=correct+horse+battery",
        EVERYBODY,
    ),
    (
        "set_up",
        "token=x&business=B&time_zone=UTC&locale=en&currency=EUR&name=N&email=n%40example.com&password=correct+horse+battery",
        EVERYBODY,
    ),
    (
        "sign_in",
        "email=client%40example.com&password=frontdesk-demo&next=%2F",
        EVERYBODY,
    ),
    ("sign_out", "", EVERYBODY),
    ("sign_out_everywhere", "", SIGNED_IN),
    ("use_link", "token=x", EVERYBODY),
];

const ROUTES: &[Route] = &[
    ("/", CONTACT),
    ("/l/:token", EVERYBODY),
    ("/office", STAFF),
    ("/office/set-up", OWNER),
    ("/account", SIGNED_IN),
    ("/notices", SIGNED_IN),
    ("/request", CONTACT),
    ("/request/:service", CONTACT),
    ("/request/:service/check", CONTACT),
    ("/request/:service/details", CONTACT),
    ("/requests", CONTACT),
    ("/requests/:ref", CONTACT),
    ("/requests/:ref/cancel", CONTACT),
    ("/requests/:ref/edit", CONTACT),
    ("/requests/:ref/edit/when", CONTACT),
    ("/sign-in", EVERYBODY),
    ("/sign-in/link", EVERYBODY),
    ("/sign-in/reset", EVERYBODY),
    ("/sign-in/sent", EVERYBODY),
];

#[test]
fn every_server_function_has_a_row() {
    let there: BTreeSet<&str> = server_fn_paths()
        .filter_map(|(path, _)| path.strip_prefix("/do/"))
        .collect();
    let rows: BTreeSet<&str> = FUNCTIONS.iter().map(|row| row.0).collect();
    assert_eq!(
        there, rows,
        "left: server functions, right: rows of FUNCTIONS"
    );
    assert_eq!(rows.len(), FUNCTIONS.len(), "a function has two rows");
}

#[test]
fn every_route_has_a_row() {
    let there: BTreeSet<String> = generate_route_list(Site)
        .iter()
        .map(|route| colons(route.path()))
        .collect();
    let rows: BTreeSet<String> = ROUTES.iter().map(|row| row.0.to_owned()).collect();
    assert_eq!(there, rows, "left: routes, right: rows of ROUTES");
}

/// `/l/{token}`, as axum writes it, becomes `/l/:token`, as the router does.
fn colons(path: &str) -> String {
    path.replace('{', ":").replace('}', "")
}

#[tokio::test(flavor = "multi_thread")]
async fn functions_answer_those_who_may() {
    let house = House::with_demo().await;
    for who in Who::ALL {
        for (name, body, may) in FUNCTIONS {
            // Some of them end sessions: everybody comes anew.
            let cookie = house.cookie(who).await;
            let status = house
                .call(name, body, cookie.as_deref())
                .await
                .status
                .as_u16();
            let refused = matches!(status, 401 | 403 | 404);
            let allowed = may.contains(&who);
            assert!(status < 500, "{name} by {who:?}: {status}");
            assert_ne!(status, 400, "{name}: its row's body cannot be read");
            assert!(
                allowed != matches!(status, 401 | 403) || refused,
                "{name} by {who:?}: {status}"
            );
            if !allowed {
                assert!(refused, "{name} by {who:?}: {status}");
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn routes_answer_those_who_may() {
    let house = House::with_demo().await;
    for who in Who::ALL {
        let cookie = house.cookie(who).await;
        for (path, may) in ROUTES {
            let answer = house.get(&filled(path), cookie.as_deref()).await;
            let status = answer.status.as_u16();
            match (may.contains(&who), who) {
                // Parts of paths are filled with what does not exist.
                (true, _) => assert!(
                    matches!(status, 200 | 303 | 404 | 410),
                    "{path} by {who:?}: {status}"
                ),
                (false, Who::Nobody) => assert!(
                    answer.header("location").starts_with("/sign-in"),
                    "{path}: {status}"
                ),
                (false, _) => assert!(
                    matches!(status, 303 | 403 | 404),
                    "{path} by {who:?}: {status}"
                ),
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nonsense_is_never_a_fault() {
    let house = House::with_demo().await;
    let owner = house.cookie(Who::Owner).await;
    let nonsense = [
        "",
        "=",
        "a[b][c]=%00&a[]=%FF",
        "id=../../etc/passwd&version=-1&at=292277026597",
        "{\"a\":1}",
    ];
    for (name, ..) in FUNCTIONS {
        for body in nonsense {
            let status = house.call(name, body, owner.as_deref()).await.status;
            assert!(!status.is_server_error(), "{name} with {body:?}: {status}");
        }
    }
}

fn filled(path: &str) -> String {
    let parts = path.split('/').map(|part| {
        if part.starts_with(':') {
            "00000000-0000-0000-0000-000000000000"
        } else {
            part
        }
    });
    parts.collect::<Vec<_>>().join("/")
}
