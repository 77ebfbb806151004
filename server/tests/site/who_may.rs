//! T20: every server function and every route, and who may use it. A new one without a row fails.
//!
//! To add one: a row in `FUNCTIONS` — its name, a body that can be read (unknown ids will do), who may — or in `ROUTES`.

use std::collections::BTreeSet;

use app::site::Site;
use desk::table::{client, request, staff};
use leptos::server_fn::axum::server_fn_paths;
use leptos_axum::generate_route_list;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

use crate::house::{House, Who};

/// A server function: its name, arguments that can be read, and who gets past the question who asks.
type Function = (&'static str, &'static str, &'static [Who]);
/// A page: its path with its parts, and who sees it.
type Route = (&'static str, &'static [Who]);

const EVERYBODY: &[Who] = &Who::ALL;
const SIGNED_IN: &[Who] = &[Who::Contact, Who::Technician, Who::Dispatcher, Who::Owner];
const CONTACT: &[Who] = &[Who::Contact];
const STAFF: &[Who] = &[Who::Technician, Who::Dispatcher, Who::Owner];
const DISPATCH: &[Who] = &[Who::Dispatcher, Who::Owner];
/// Approvers too; the demonstration's technician is none.
const DECIDES: &[Who] = DISPATCH;
const OWNER: &[Who] = &[Who::Owner];

const FUNCTIONS: &[Function] = &[
    (
        "accept_invitation",
        "token=x&name=X&password=correct+horse+battery",
        EVERYBODY,
    ),
    (
        "account_add_feed",
        "key=k20&name=Phone&shows=busy&whose=client",
        SIGNED_IN,
    ),
    ("account_change", "name=Somebody", SIGNED_IN),
    (
        "account_add_device",
        "endpoint=https://push.example/1&p256dh=BA&auth=AA",
        SIGNED_IN,
    ),
    (
        "account_check_device",
        "endpoint=https://push.example/1",
        SIGNED_IN,
    ),
    ("account_push", "", SIGNED_IN),
    (
        "account_remove_device",
        "endpoint=https://push.example/1",
        SIGNED_IN,
    ),
    (
        "account_end_session",
        "session=00000000-0000-7000-8000-000000000000",
        SIGNED_IN,
    ),
    ("account_mail", "", SIGNED_IN),
    (
        "account_password",
        "current=x&password=correct+horse+battery",
        SIGNED_IN,
    ),
    (
        "account_remove_feed",
        "feed=00000000-0000-7000-8000-000000000000",
        SIGNED_IN,
    ),
    (
        "account_replace_feed",
        "feed=00000000-0000-7000-8000-000000000000",
        SIGNED_IN,
    ),
    (
        "office_approve",
        "reference=R-00000&version=1&key=k3&technician=00000000-0000-7000-8000-000000000000&date=2030-01-07&time=09:00&length=60",
        DECIDES,
    ),
    (
        "office_approve_change",
        "reference=R-00000&version=1&key=k40&field[0]=time",
        DECIDES,
    ),
    (
        "office_decline_change",
        "reference=R-00000&version=1&reason=no",
        DECIDES,
    ),
    (
        "office_waive_fee",
        "visit=V-00000&version=1&waive=true",
        DISPATCH,
    ),
    (
        "office_change_portal",
        "version=1&mode=visits&policy=reviewed",
        OWNER,
    ),
    (
        "cancel_my_visits",
        "key=k41&visit[0]=V-00000&reason=no",
        CONTACT,
    ),
    (
        "ask_change",
        "key=k42&visit=V-00000&version=1&service=00000000-0000-7000-8000-000000000000",
        CONTACT,
    ),
    ("withdraw_change", "visit=V-00000", CONTACT),
    ("choose_language", "language=de", EVERYBODY),
    ("office_trouble", r#"{"trouble":"malformed"}"#, STAFF),
    (
        "office_check",
        "reference=R-00000&version=1&key=k3&technician=00000000-0000-7000-8000-000000000000&date=2030-01-07&time=09:00&length=60",
        DECIDES,
    ),
    (
        "office_decline",
        "reference=R-00000&version=1&key=k4&reason=no",
        DECIDES,
    ),
    (
        "edit_request",
        "reference=R-00000&version=1&key=k2&length=60&start=2030-01-07T09:00:00Z",
        CONTACT,
    ),
    (
        "edit_window",
        "reference=R-00000&version=1&key=k2&length=60&kind=one_time&from=2030-01-07&to=2030-01-09",
        CONTACT,
    ),
    (
        "accept_offer",
        "reference=R-00000&version=1&key=k30&offer=00000000-0000-7000-8000-000000000000&time=00000000-0000-7000-8000-000000000000",
        CONTACT,
    ),
    (
        "refuse_offer",
        "reference=R-00000&version=1&key=k31&offer=00000000-0000-7000-8000-000000000000",
        CONTACT,
    ),
    (
        "office_propose_times",
        "reference=R-00000&version=1&key=k32&length=60&pick[0]=2030-01-07T09:00:00Z%7C00000000-0000-7000-8000-000000000000",
        DECIDES,
    ),
    (
        "office_send_quote",
        "reference=R-00000&version=1&key=k33&length=60&date[0]=2030-01-07&time[0]=09:00&technician[0]=00000000-0000-7000-8000-000000000000&words[0]=Work&quantity[0]=1&unit[0]=10&valid_until=2030-01-06",
        DECIDES,
    ),
    (
        "portal_wait",
        "service=00000000-0000-7000-8000-000000000000&length=60&day=2030-01-07",
        CONTACT,
    ),
    (
        "portal_leave_line",
        "id=00000000-0000-7000-8000-000000000000",
        CONTACT,
    ),
    (
        "portal_take_freed",
        "id=00000000-0000-7000-8000-000000000000&key=k40",
        CONTACT,
    ),
    ("portal_write_message", "key=k41&words=W", CONTACT),
    (
        "portal_open_thread",
        "thread=00000000-0000-7000-8000-000000000000",
        CONTACT,
    ),
    (
        "office_answer_message",
        "key=k42&thread=00000000-0000-7000-8000-000000000000&words=W",
        DECIDES,
    ),
    (
        "office_thread_open",
        "thread=00000000-0000-7000-8000-000000000000&open=true",
        DECIDES,
    ),
    ("load_demo", "", OWNER),
    (
        "notice_open",
        "notice=00000000-0000-7000-8000-000000000000",
        SIGNED_IN,
    ),
    ("notices_read_all", "", SIGNED_IN),
    (
        "office_change_notifications",
        "version=1&first_lead=24&first_unit=60",
        OWNER,
    ),
    (
        "office_client_mail",
        "client=00000000-0000-7000-8000-000000000000",
        DISPATCH,
    ),
    (
        "office_reset_template",
        "letter=visit.reminder-client&language=en&version=1",
        OWNER,
    ),
    (
        "office_save_template",
        "letter=visit.reminder-client&language=en&version=0&subject=S&heading=H&body=B",
        OWNER,
    ),
    (
        "office_test_letter",
        "letter=visit.reminder-client&language=en&subject=S&heading=H&body=B",
        OWNER,
    ),
    (
        "office_undo",
        "reference=R-00000&version=1&key=k20",
        DECIDES,
    ),
    (
        "office_block_time",
        "key=v1&note=N&date=2030-01-07&time=09:00&length=60&technician[0]=00000000-0000-7000-8000-000000000000",
        DISPATCH,
    ),
    (
        "office_cancel_visit",
        "key=v2&reference=V-00000&version=1",
        DISPATCH,
    ),
    (
        "office_change_visit",
        "key=v3&reference=V-00000&version=1&service=00000000-0000-7000-8000-000000000000&date=2030-01-07&time=09:00&length=60",
        DISPATCH,
    ),
    (
        "office_create_visit",
        "key=v4&client=00000000-0000-7000-8000-000000000000&service=00000000-0000-7000-8000-000000000000&date=2030-01-07&time=09:00&length=60",
        DISPATCH,
    ),
    (
        "office_free_time",
        "id=00000000-0000-7000-8000-000000000000",
        DISPATCH,
    ),
    (
        "office_note_visit",
        "reference=V-00000&version=1&note=N",
        STAFF,
    ),
    (
        "office_step_visit",
        "reference=V-00000&version=1&step=start",
        STAFF,
    ),
    (
        "office_add_question",
        "key=k21&service=00000000-0000-7000-8000-000000000000&words=Q&kind=text",
        OWNER,
    ),
    (
        "office_edit_question",
        "service=00000000-0000-7000-8000-000000000000&id=00000000-0000-7000-8000-000000000000&version=1&words=Q&kind=text",
        OWNER,
    ),
    (
        "office_order_questions",
        "service=00000000-0000-7000-8000-000000000000&order=",
        OWNER,
    ),
    (
        "office_remove_question",
        "service=00000000-0000-7000-8000-000000000000&id=00000000-0000-7000-8000-000000000000&version=1",
        OWNER,
    ),
    (
        "office_add_client_service",
        "key=k22&client=00000000-0000-7000-8000-000000000000&service=00000000-0000-7000-8000-000000000000&price=80",
        DISPATCH,
    ),
    (
        "office_change_client_price",
        "client=00000000-0000-7000-8000-000000000000&id=00000000-0000-7000-8000-000000000000&version=1&price=80",
        DISPATCH,
    ),
    (
        "office_end_client_service",
        "client=00000000-0000-7000-8000-000000000000&id=00000000-0000-7000-8000-000000000000&version=1",
        DISPATCH,
    ),
    (
        "office_resume_client_service",
        "client=00000000-0000-7000-8000-000000000000&id=00000000-0000-7000-8000-000000000000&version=1",
        DISPATCH,
    ),
    ("office_add_closure", "from=2030-01-07&name=N", OWNER),
    (
        "office_add_exception",
        "id=00000000-0000-7000-8000-000000000000&date=2030-01-07&kind=off",
        OWNER,
    ),
    (
        "office_add_time_off",
        "key=k10&id=00000000-0000-7000-8000-000000000000&from=2030-01-07T09:00&to=2030-01-07T10:00",
        OWNER,
    ),
    (
        "office_change_approval",
        "version=1&hold_hours=72&undo_minutes=0",
        OWNER,
    ),
    (
        "office_change_business",
        "version=1&name=N&time_zone=UTC&locale=en&currency=EUR&first_weekday=1",
        OWNER,
    ),
    ("office_change_retention", "version=1&days=365", OWNER),
    (
        "office_change_roles",
        "person=00000000-0000-7000-8000-000000000000&version=1&owner=true",
        OWNER,
    ),
    (
        "office_change_sign_in",
        "version=1&session_idle_hours=24&session_days=30",
        OWNER,
    ),
    (
        "office_change_technician",
        "id=00000000-0000-7000-8000-000000000000&version=1&time_zone=UTC",
        OWNER,
    ),
    (
        "office_client_active",
        "id=00000000-0000-7000-8000-000000000000&version=1",
        DISPATCH,
    ),
    (
        "office_contact_active",
        "client=00000000-0000-7000-8000-000000000000&person=00000000-0000-7000-8000-000000000000",
        DISPATCH,
    ),
    (
        "office_contact_main",
        "client=00000000-0000-7000-8000-000000000000&person=00000000-0000-7000-8000-000000000000",
        DISPATCH,
    ),
    (
        "office_contact_sight",
        "client=00000000-0000-7000-8000-000000000000&person=00000000-0000-7000-8000-000000000000&own_only=true",
        DISPATCH,
    ),
    ("office_create_client", "key=k5&name=N", DISPATCH),
    (
        "office_create_resource",
        "key=k8&name=N&kind=equipment&units=1&turnaround_min=0",
        OWNER,
    ),
    (
        "office_create_service",
        "key=k9&name=N&description=&bookable=true&lengths=60&step_min=&buffer_before=0&buffer_after=0&price_minor=80&capacity=1&notice_min=0&notice_unit=hours&advance_days=60&max_per_day=&max_per_week=&holds=true&asked_by=either",
        OWNER,
    ),
    (
        "office_create_subject",
        "key=k6&client=00000000-0000-7000-8000-000000000000&name=N",
        DISPATCH,
    ),
    (
        "office_create_ticket",
        "key=k7&client=00000000-0000-7000-8000-000000000000&title=T",
        DISPATCH,
    ),
    (
        "office_edit_client",
        "id=00000000-0000-7000-8000-000000000000&version=1&name=N",
        DISPATCH,
    ),
    (
        "office_edit_resource",
        "id=00000000-0000-7000-8000-000000000000&version=1&name=N&kind=equipment&units=1&turnaround_min=0",
        OWNER,
    ),
    (
        "office_edit_service",
        "id=00000000-0000-7000-8000-000000000000&version=1&name=N&description=&bookable=true&lengths=60&step_min=&buffer_before=0&buffer_after=0&price_minor=80&capacity=1&notice_min=0&notice_unit=hours&advance_days=60&max_per_day=&max_per_week=&holds=true&asked_by=either",
        OWNER,
    ),
    (
        "office_edit_subject",
        "client=00000000-0000-7000-8000-000000000000&id=00000000-0000-7000-8000-000000000000&version=1&name=N",
        DISPATCH,
    ),
    (
        "office_enable_staff",
        "person=00000000-0000-7000-8000-000000000000&version=1",
        OWNER,
    ),
    (
        "office_import_clients",
        "id=00000000-0000-7000-8000-000000000000",
        DISPATCH,
    ),
    (
        "office_invite_contact",
        "client=00000000-0000-7000-8000-000000000000&name=N&email=n%40example.com",
        DISPATCH,
    ),
    (
        "office_invite_staff",
        "name=N&email=s%40example.com&technician=true",
        OWNER,
    ),
    (
        "office_merge_clients",
        "key=k11&from=00000000-0000-7000-8000-000000000000&into=00000000-0000-7000-8000-000000000001&from_version=1&into_version=1",
        DISPATCH,
    ),
    (
        "office_move_service",
        "order=00000000-0000-7000-8000-000000000000",
        OWNER,
    ),
    ("office_remove_closure", "date=2030-01-07", OWNER),
    (
        "office_remove_exception",
        "id=00000000-0000-7000-8000-000000000000&date=2030-01-07",
        OWNER,
    ),
    (
        "office_remove_time_off",
        "id=00000000-0000-7000-8000-000000000000&time_off=00000000-0000-7000-8000-000000000000",
        OWNER,
    ),
    (
        "office_replace_week",
        "id=00000000-0000-7000-8000-000000000000&version=1",
        OWNER,
    ),
    (
        "office_resend_contact",
        "client=00000000-0000-7000-8000-000000000000&person=00000000-0000-7000-8000-000000000000",
        DISPATCH,
    ),
    (
        "office_resend_staff",
        "person=00000000-0000-7000-8000-000000000000",
        OWNER,
    ),
    (
        "office_resource_active",
        "id=00000000-0000-7000-8000-000000000000&version=1",
        OWNER,
    ),
    (
        "office_service_active",
        "id=00000000-0000-7000-8000-000000000000&version=1",
        OWNER,
    ),
    (
        "office_set_approvers",
        "id=00000000-0000-7000-8000-000000000000&version=1",
        OWNER,
    ),
    ("office_ticket_open", "number=T-1&version=1", DISPATCH),
    (
        "portal_day",
        r#"{"ask":{"service":"00000000-0000-7000-8000-000000000000","length":60,"seats":1},"date":"2030-01-07"}"#,
        CONTACT,
    ),
    (
        "portal_month",
        r#"{"ask":{"service":"00000000-0000-7000-8000-000000000000","length":60,"seats":1},"month":"2030-01"}"#,
        CONTACT,
    ),
    (
        "portal_slot",
        r#"{"ask":{"service":"00000000-0000-7000-8000-000000000000","length":60,"seats":1},"start":"2030-01-07T09:00:00Z"}"#,
        CONTACT,
    ),
    ("portal_visits", r#"{"month":"2030-01"}"#, CONTACT),
    (
        "office_request",
        r#"{"place":{"path":"/office/requests","keep":[],"panel":false},"asked":{"filter":"pending","search":"","page":1},"reference":"R-00000"}"#,
        DECIDES,
    ),
    ("request_link", "email=nobody%40example.com", EVERYBODY),
    (
        "office_queue",
        r#"{"place":{"path":"/office/requests","keep":[],"panel":false},"asked":{"filter":"pending","search":"","page":1}}"#,
        DECIDES,
    ),
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
    (
        "submit_request",
        "service=00000000-0000-7000-8000-000000000000&key=k1&length=60&start=2030-01-07T09:00:00Z&answer[q-00000000-0000-7000-8000-000000000000]=x",
        CONTACT,
    ),
    (
        "submit_window",
        "service=00000000-0000-7000-8000-000000000000&key=k1&length=60&kind=one_time&from=2030-01-07&to=2030-01-09",
        CONTACT,
    ),
    ("use_link", "token=x", EVERYBODY),
    ("withdraw_request", "reference=R-00000", CONTACT),
];

const ROUTES: &[Route] = &[
    ("/", CONTACT),
    ("/account", SIGNED_IN),
    ("/l/:token", EVERYBODY),
    ("/visits/:ref", CONTACT),
    ("/visits/:ref/changes", CONTACT),
    ("/visits/:ref/change", CONTACT),
    ("/visits/:ref/change/:service", CONTACT),
    ("/visits/:ref/change/:service/when", CONTACT),
    ("/visits/cancel", CONTACT),
    ("/visits/cancelled", CONTACT),
    ("/quotes/:ref", CONTACT),
    ("/notices", SIGNED_IN),
    ("/waiting/:id", CONTACT),
    ("/messages", CONTACT),
    ("/messages/new", CONTACT),
    ("/messages/:id", CONTACT),
    ("/office/messages", DECIDES),
    ("/office/messages/:id", DECIDES),
    ("/office", STAFF),
    ("/office/clients", DISPATCH),
    ("/office/clients/:id", DISPATCH),
    ("/office/clients/:id/merge", DISPATCH),
    ("/office/clients/:id/merge/:into", DISPATCH),
    ("/office/clients/import", DISPATCH),
    ("/office/clients/import/:file", DISPATCH),
    ("/office/clients/new", DISPATCH),
    ("/office/day-sheet", STAFF),
    ("/office/reports", DISPATCH),
    ("/office/requests", DECIDES),
    ("/office/requests/:reference", DECIDES),
    ("/office/requests/:reference/times", DECIDES),
    ("/office/requests/:reference/quote", DECIDES),
    ("/office/quotes/:reference", DECIDES),
    ("/office/resources", DISPATCH),
    ("/office/resources/:id", DISPATCH),
    ("/office/resources/new", OWNER),
    ("/office/schedule", STAFF),
    ("/office/services", DISPATCH),
    ("/office/services/:id", DISPATCH),
    ("/office/services/new", OWNER),
    ("/office/set-up", OWNER),
    ("/office/settings/approval", DISPATCH),
    ("/office/settings/business", DISPATCH),
    ("/office/settings/notifications", DISPATCH),
    ("/office/settings/people", OWNER),
    ("/office/settings/portal", DISPATCH),
    ("/office/settings/retention", DISPATCH),
    ("/office/settings/sign-in", DISPATCH),
    ("/office/settings/templates", DISPATCH),
    ("/office/settings/templates/:letter/:language", DISPATCH),
    ("/office/team", DISPATCH),
    ("/office/team/:id", DISPATCH),
    ("/office/team/closures", DISPATCH),
    ("/office/tickets", DISPATCH),
    ("/office/tickets/:number", DISPATCH),
    ("/office/tickets/new", DISPATCH),
    ("/office/my-day", STAFF),
    ("/office/visits/new", DISPATCH),
    ("/office/visits/block", DISPATCH),
    ("/office/visits/:reference", STAFF),
    ("/office/visits/:reference/edit", DISPATCH),
    ("/office/visits/:reference/cancel", DISPATCH),
    ("/office/why", DECIDES),
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

/// What is no page: files for programs, by their whole address. Calendars to subscribe to know no people, only addresses:
/// what they answer is in `feeds.rs`; whose photos are, in `photos.rs`.
const FILES: &[Route] = &[
    (
        "/office/reports/requests.csv?from=2026-01-01&to=2026-01-31",
        DISPATCH,
    ),
    (
        "/office/reports/no-shows.csv?from=2026-01-01&to=2026-01-31",
        DISPATCH,
    ),
    ("/manifest.webmanifest", EVERYBODY),
    ("/offline", EVERYBODY),
    ("/sw.js", EVERYBODY),
    ("/feeds/unknown.ics", &[]),
    ("/photos/00000000-0000-7000-8000-000000000000", &[]),
    ("/photos/00000000-0000-7000-8000-000000000000/small", &[]),
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
    let mut wrong = Vec::new();
    for who in Who::ALL {
        for (name, body, may) in FUNCTIONS {
            // Some of them end sessions: everybody comes anew.
            let cookie = house.cookie(who).await;
            let status = house
                .call(name, body, cookie.as_deref())
                .await
                .status
                .as_u16();
            let right = match (may.contains(&who), status) {
                // 400: the row's body cannot be read. Unknown ids are 404 for those who may, too.
                (_, 400 | 500..) => false,
                (true, status) => !matches!(status, 401 | 403),
                (false, status) => matches!(status, 401 | 403 | 404),
            };
            if !right {
                wrong.push(format!("{name} by {who:?}: {status}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn routes_answer_those_who_may() {
    let house = House::with_demo().await;
    let mut wrong = Vec::new();
    for who in Who::ALL {
        let cookie = house.cookie(who).await;
        for (path, may) in ROUTES {
            let answer = house.get(&filled(path), cookie.as_deref()).await;
            let (status, led) = (answer.status.as_u16(), answer.header("location"));
            let right = match (may.contains(&who), who) {
                // Parts of paths are filled with what does not exist.
                (true, _) => {
                    matches!(status, 200 | 303 | 404 | 410) && !led.starts_with("/sign-in")
                }
                (false, Who::Nobody) => led.starts_with("/sign-in"),
                (false, _) => matches!(status, 303 | 403 | 404),
            };
            if !right {
                wrong.push(format!("{path} by {who:?}: {status} {led}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// Spec §5: approvers answer a request that repeats with a series, on the page for that; they plan nothing else.
#[tokio::test(flavor = "multi_thread")]
async fn approvers_plan_the_series_that_was_asked_for() {
    let house = House::with_demo().await;
    let asked = request::Entity::find()
        .filter(request::Column::Kind.eq("recurring"))
        .filter(request::Column::Status.eq("pending"))
        .one(house.desk.db())
        .await
        .unwrap()
        .unwrap();
    let plan = format!("/office/visits/new?request={}", asked.reference);
    let technician = house.cookie(Who::Technician).await;
    let get = async |path: &str| house.get(path, technician.as_deref()).await;
    assert_eq!(get(&plan).await.status, 404);
    let approver = sea_orm::sea_query::Expr::value(true);
    staff::Entity::update_many()
        .col_expr(staff::Column::Approver, approver)
        .filter(staff::Column::Dispatcher.eq(false))
        .exec(house.desk.db())
        .await
        .unwrap();
    let page = get(&plan).await;
    assert_eq!(page.status, 200);
    let client = client::Entity::find_by_id(asked.client_id);
    let client = client.one(house.desk.db()).await.unwrap().unwrap();
    assert!(page.text.contains(&client.name) && page.text.contains("Luc"));
    assert!(page.text.contains("check-free"), "{}", page.text);
    for path in [
        "/office/visits/new".to_owned(),
        format!("/office/visits/new?client={}", asked.client_id),
    ] {
        assert_eq!(get(&path).await.status, 403, "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn files_answer_those_who_may() {
    let house = House::with_demo().await;
    let mut wrong = Vec::new();
    for who in Who::ALL {
        let cookie = house.cookie(who).await;
        for (path, may) in FILES {
            let answer = house.get(path, cookie.as_deref()).await;
            let right = match (may.contains(&who), answer.status.as_u16()) {
                (true, status) => status == 200,
                (false, 303) => answer.header("location").starts_with("/sign-in"),
                (false, status) => matches!(status, 403 | 404),
            };
            if !right {
                wrong.push(format!("{path} by {who:?}: {}", answer.status));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
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
