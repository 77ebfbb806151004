//! Watches the line for full days: whenever something happened that may have freed a time, and now and then besides, the first
//! in line is told. Decides nothing: `desk.tell_waiting` does.

use std::time::Duration;

use desk::{Desk, Happened};
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;
use tokio_util::sync::CancellationToken;

/// How often the line is looked at unasked: other servers free times, too, and holds run out.
const EVERY: Duration = Duration::from_secs(30);

/// Works until told to stop. What fails is tried again in the next round.
pub async fn watch(desk: Desk, stop: CancellationToken) {
    let mut happened = desk.happened();
    let mut often = tokio::time::interval(EVERY);
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            _ = often.tick() => {}
            () = freed(&mut happened) => {}
        }
        if let Err(trouble) = desk.tell_waiting().await {
            tracing::error!(%trouble, "those who wait for a time cannot be told");
        }
    }
}

/// Waits for something that may have freed a time; never ends once the desk is gone.
async fn freed(happened: &mut Receiver<Happened>) {
    loop {
        match happened.recv().await {
            Ok(Happened::Requests | Happened::Schedule) | Err(RecvError::Lagged(_)) => return,
            Ok(Happened::Notices { .. } | Happened::Messages | Happened::Letters) => {}
            Err(RecvError::Closed) => std::future::pending::<()>().await,
        }
    }
}
