//! The whole table of routes, one line a page. Drawn on the server only; each page is complete when it arrives.

use leptos::prelude::*;
use leptos_meta::provide_meta_context;
use leptos_router::components::{FlatRoutes, Route, Router};
use leptos_router::{SsrMode, path};

use crate::shell::{NotFound, frame};
use crate::{office, portal, sign_in};

/// Every page, in the frame of its place.
#[component]
pub fn Site() -> impl IntoView {
    provide_meta_context();
    view! { <Router>{frame(pages)}</Router> }
}

/// The table.
fn pages() -> impl IntoView {
    view! {
        <FlatRoutes fallback=NotFound>
            // The door
            <Route path=path!("/sign-in") view=sign_in::password::SignInPage ssr=SsrMode::Async/>
            <Route path=path!("/sign-in/reset") view=sign_in::forgotten::ResetPage ssr=SsrMode::Async/>
            <Route path=path!("/sign-in/link") view=sign_in::forgotten::LinkPage ssr=SsrMode::Async/>
            <Route path=path!("/sign-in/sent") view=sign_in::forgotten::SentPage ssr=SsrMode::Async/>
            <Route path=path!("/l/:token") view=sign_in::link::LetterLinkPage ssr=SsrMode::Async/>
            // The portal
            <Route path=path!("/") view=portal::schedule::Schedule ssr=SsrMode::Async/>
            <Route path=path!("/request") view=portal::request::services::Services ssr=SsrMode::Async/>
            <Route path=path!("/request/:service") view=portal::request::when::When ssr=SsrMode::Async/>
            <Route path=path!("/request/:service/details") view=portal::request::details::Details ssr=SsrMode::Async/>
            <Route path=path!("/request/:service/check") view=portal::request::check::Check ssr=SsrMode::Async/>
            <Route path=path!("/requests") view=portal::my_requests::list::MyRequests ssr=SsrMode::Async/>
            <Route path=path!("/requests/:ref") view=portal::my_requests::details::RequestDetails ssr=SsrMode::Async/>
            <Route path=path!("/requests/:ref/edit") view=portal::my_requests::edit::EditRequestPage ssr=SsrMode::Async/>
            <Route path=path!("/requests/:ref/edit/when") view=portal::my_requests::edit::EditWhen ssr=SsrMode::Async/>
            <Route path=path!("/requests/:ref/cancel") view=portal::my_requests::cancel::CancelRequest ssr=SsrMode::Async/>
            <Route path=path!("/quotes/:ref") view=portal::offers::MyQuotePage ssr=SsrMode::Async/>
            <Route path=path!("/visits/cancel") view=portal::make_changes::cancel::CancelPage ssr=SsrMode::Async/>
            <Route path=path!("/visits/cancelled") view=portal::make_changes::cancel::CancelledPage ssr=SsrMode::Async/>
            <Route path=path!("/visits/:ref/changes") view=portal::make_changes::ways::MakeChangesPage ssr=SsrMode::Async/>
            <Route path=path!("/visits/:ref/change") view=portal::make_changes::change::ChangeStart ssr=SsrMode::Async/>
            <Route path=path!("/visits/:ref/change/:service") view=portal::make_changes::change::ChangePage ssr=SsrMode::Async/>
            <Route path=path!("/visits/:ref/change/:service/when") view=portal::make_changes::change::ChangeWhen ssr=SsrMode::Async/>
            <Route path=path!("/visits/:ref") view=portal::visit::VisitPage ssr=SsrMode::Async/>
            <Route path=path!("/messages") view=portal::messages::MessagesPage ssr=SsrMode::Async/>
            <Route path=path!("/messages/new") view=portal::messages::WriteMessagePage ssr=SsrMode::Async/>
            <Route path=path!("/messages/:id") view=portal::messages::ThreadPage ssr=SsrMode::Async/>
            <Route path=path!("/waiting/:id") view=portal::waiting::WaitingPage ssr=SsrMode::Async/>
            <Route path=path!("/notices") view=portal::notices::NoticesPage ssr=SsrMode::Async/>
            <Route path=path!("/account") view=portal::account::AccountPage ssr=SsrMode::Async/>
            // The office
            <Route path=path!("/office") view=office::schedule::Schedule ssr=SsrMode::Async/>
            <Route path=path!("/office/services") view=office::services::ServicesPage ssr=SsrMode::Async/>
            <Route path=path!("/office/services/new") view=office::services::NewServicePage ssr=SsrMode::Async/>
            <Route path=path!("/office/services/:id") view=office::services::ServicePage ssr=SsrMode::Async/>
            <Route path=path!("/office/team") view=office::team::TeamPage ssr=SsrMode::Async/>
            <Route path=path!("/office/team/closures") view=office::team::ClosuresPage ssr=SsrMode::Async/>
            <Route path=path!("/office/team/:id") view=office::team::TechnicianPage ssr=SsrMode::Async/>
            <Route path=path!("/office/resources") view=office::resources::ResourcesPage ssr=SsrMode::Async/>
            <Route path=path!("/office/resources/new") view=office::resources::NewResourcePage ssr=SsrMode::Async/>
            <Route path=path!("/office/resources/:id") view=office::resources::ResourcePage ssr=SsrMode::Async/>
            <Route path=path!("/office/clients") view=office::clients::ClientsPage ssr=SsrMode::Async/>
            <Route path=path!("/office/clients/new") view=office::clients::NewClientPage ssr=SsrMode::Async/>
            <Route path=path!("/office/clients/import") view=office::clients::ImportPage ssr=SsrMode::Async/>
            <Route path=path!("/office/clients/import/:file") view=office::clients::ImportFilePage ssr=SsrMode::Async/>
            <Route path=path!("/office/clients/:id") view=office::clients::ClientPage ssr=SsrMode::Async/>
            <Route path=path!("/office/clients/:id/merge") view=office::clients::MergeSearchPage ssr=SsrMode::Async/>
            <Route path=path!("/office/clients/:id/merge/:into") view=office::clients::MergePage ssr=SsrMode::Async/>
            <Route path=path!("/office/tickets") view=office::tickets::TicketsPage ssr=SsrMode::Async/>
            <Route path=path!("/office/tickets/new") view=office::tickets::NewTicketPage ssr=SsrMode::Async/>
            <Route path=path!("/office/tickets/:number") view=office::tickets::TicketPage ssr=SsrMode::Async/>
            <Route path=path!("/office/settings/business") view=office::settings::BusinessPage ssr=SsrMode::Async/>
            <Route path=path!("/office/settings/approval") view=office::settings::ApprovalPage ssr=SsrMode::Async/>
            <Route path=path!("/office/settings/notifications") view=office::settings::NotificationsPage ssr=SsrMode::Async/>
            <Route path=path!("/office/settings/templates") view=office::settings::TemplatesPage ssr=SsrMode::Async/>
            <Route path=path!("/office/settings/templates/:letter/:language") view=office::settings::TemplatePage ssr=SsrMode::Async/>
            <Route path=path!("/office/settings/portal") view=office::settings::PortalPage ssr=SsrMode::Async/>
            <Route path=path!("/office/settings/sign-in") view=office::settings::SignInPage ssr=SsrMode::Async/>
            <Route path=path!("/office/settings/retention") view=office::settings::RetentionPage ssr=SsrMode::Async/>
            <Route path=path!("/office/settings/people") view=office::settings::PeoplePage ssr=SsrMode::Async/>
            <Route path=path!("/office/schedule") view=office::schedule::Schedule ssr=SsrMode::Async/>
            <Route path=path!("/office/day-sheet") view=office::day_sheet::DaySheetPage ssr=SsrMode::Async/>
            <Route path=path!("/office/reports") view=office::reports::ReportsPage ssr=SsrMode::Async/>
            <Route path=path!("/office/my-day") view=office::visits::MyDayPage ssr=SsrMode::Async/>
            <Route path=path!("/office/visits/new") view=office::visits::NewVisitPage ssr=SsrMode::Async/>
            <Route path=path!("/office/visits/block") view=office::visits::BlockPage ssr=SsrMode::Async/>
            <Route path=path!("/office/visits/:reference") view=office::visits::VisitPage ssr=SsrMode::Async/>
            <Route path=path!("/office/visits/:reference/edit") view=office::visits::EditVisitPage ssr=SsrMode::Async/>
            <Route path=path!("/office/visits/:reference/cancel") view=office::visits::CancelVisitPage ssr=SsrMode::Async/>
            <Route path=path!("/office/why") view=office::schedule::Why ssr=SsrMode::Async/>
            <Route path=path!("/office/requests") view=office::requests::Requests ssr=SsrMode::Async/>
            <Route path=path!("/office/requests/:reference/times") view=office::offers::TimesPage ssr=SsrMode::Async/>
            <Route path=path!("/office/requests/:reference/quote") view=office::offers::QuotePage ssr=SsrMode::Async/>
            <Route path=path!("/office/quotes/:reference") view=office::offers::OfficeQuotePage ssr=SsrMode::Async/>
            <Route path=path!("/office/requests/:reference") view=office::requests::Request ssr=SsrMode::Async/>
            <Route path=path!("/office/messages") view=office::messages::OfficeMessagesPage ssr=SsrMode::Async/>
            <Route path=path!("/office/messages/:id") view=office::messages::OfficeThreadPage ssr=SsrMode::Async/>
            <Route path=path!("/office/set-up") view=sign_in::set_up::StepsPage ssr=SsrMode::Async/>
        </FlatRoutes>
    }
}

/// Draws a page from what the desk answers, or says what went wrong, with the right status.
///
/// `SsrMode::Async` waits for it, so that the page is whole when it arrives.
pub fn page<V: IntoView + 'static>(
    drawing: impl Future<Output = Result<V, crate::trouble::Trouble>> + Send + 'static,
) -> impl IntoView {
    Suspend::new(async move {
        match drawing.await {
            Ok(view) => view.into_any(),
            Err(trouble) => crate::shell::trouble_page(&trouble),
        }
    })
}
