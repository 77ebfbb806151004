//! The server functions of the queue: each asks who, calls the desk and writes the answer out. No rule, no query.

use leptos::prelude::*;
use leptos::server_fn::codec::Json;

use super::board::Place;
use super::shown::{Approval, Asked, Checked, Decided, Details, Drawn, Queue, Refusing};
#[cfg(feature = "ssr")]
use super::{
    drawing::{self, Drawing},
    read, written,
};
#[cfg(feature = "ssr")]
use crate::ask;
use crate::kit::Written;
use crate::trouble::Trouble;

/// One page of the queue, drawn for where it stands.
///
/// # Errors
/// Not staff.
#[server(endpoint = "office_queue", input = Json)]
pub async fn request_queue(place: Place, asked: Asked) -> Result<Written<Queue>, Trouble> {
    let drawing = Drawing::here(place, asked, None);
    let queue = drawing.queue(&ask::desk()?, &ask::staff()?).await?;
    Ok(Written(queue))
}

/// Everything about one request, and its row.
///
/// # Errors
/// Not staff, no such request.
#[server(endpoint = "office_request", input = Json)]
pub async fn request_details(
    place: Place,
    asked: Asked,
    reference: String,
) -> Result<Written<(Details, Drawn)>, Trouble> {
    let drawing = Drawing::here(place, asked, None);
    let (desk, staff) = (ask::desk()?, ask::staff()?);
    let details = drawing.details(&desk, &staff, &reference, None).await?;
    Ok(Written(details))
}

/// What went wrong, in the reader's words: the bundle carries none.
///
/// # Errors
/// Not staff.
#[server(endpoint = "office_trouble", input = Json)]
pub async fn trouble_in_words(trouble: Trouble) -> Result<String, Trouble> {
    ask::staff()?;
    Ok(trouble.words(ask::locale()))
}

/// What speaks against the technician and time of a form that is being filled in.
///
/// # Errors
/// Not staff, no such request.
#[server(endpoint = "office_check")]
pub async fn check_time(#[server(flatten)] form: Approval) -> Result<Written<Checked>, Trouble> {
    let checked = drawing::checked(&ask::desk()?, &ask::staff()?, &form).await?;
    Ok(Written(checked))
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
