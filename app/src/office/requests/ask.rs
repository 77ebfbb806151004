//! The server functions of the queue: each asks who, calls the desk and writes the answer out. No rule, no query.

use leptos::prelude::*;

#[cfg(feature = "ssr")]
use super::shown::Asked;
use super::shown::{Approval, Check, Decided, Details, Filter, Queue, Refusing};
#[cfg(feature = "ssr")]
use super::{read, written};
#[cfg(feature = "ssr")]
use crate::ask;
use crate::trouble::Trouble;

/// One page of the queue.
///
/// # Errors
/// Not staff.
#[server(endpoint = "office_queue")]
pub async fn request_queue(
    filter: Filter,
    #[server(default)] search: String,
    page: u32,
) -> Result<Queue, Trouble> {
    let asked = Asked {
        filter,
        search,
        page,
    };
    written::queue(&ask::desk()?, &ask::staff()?, asked).await
}

/// Everything about one request.
///
/// # Errors
/// Not staff, no such request.
#[server(endpoint = "office_request")]
pub async fn request_details(reference: String) -> Result<Details, Trouble> {
    written::details(&ask::desk()?, &ask::staff()?, &reference, None).await
}

/// What speaks against the technician and time of a form that is being filled in.
///
/// # Errors
/// Not staff, no such request.
#[server(endpoint = "office_check")]
pub async fn check_time(#[server(flatten)] form: Approval) -> Result<Check, Trouble> {
    written::check(&ask::desk()?, &ask::staff()?, &form).await
}

/// Approves.
///
/// # Errors
/// Why not; the request stays pending.
#[server(endpoint = "office_approve")]
pub async fn approve_request(#[server(flatten)] form: Approval) -> Result<Decided, Trouble> {
    let (desk, staff) = (ask::desk()?, ask::staff()?);
    let approval = read::approval(&form, ask::business().time_zone)?;
    let answer = desk.approve_request(&staff, approval).await?;
    written::approved(&desk, answer, &form).await
}

/// Declines.
///
/// # Errors
/// Why not; the request stays pending.
#[server(endpoint = "office_decline")]
pub async fn decline_request(#[server(flatten)] form: Refusing) -> Result<Decided, Trouble> {
    let (desk, staff) = (ask::desk()?, ask::staff()?);
    let answer = desk.decline_request(&staff, read::refusing(&form)?).await?;
    written::declined(&desk, answer, &form).await
}
