//! What one client asked for and what was agreed, for the client's page in the office. Read only.

use booking::ids::ClientId;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use serde::Serialize;

use crate::desk::Desk;
use crate::key::Key;
use crate::pass::StaffPass;
use crate::table::{request, service, visit};
use crate::tickets::Linked;
use crate::trouble::Result;

/// The most rows of each list.
pub const MOST: u64 = 100;

/// A client's requests and visits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Appointments {
    /// Newest first, at most [`MOST`].
    pub requests: Vec<Linked>,
    /// Latest first, at most [`MOST`].
    pub visits: Vec<Linked>,
}

impl Desk {
    /// A client's requests and visits. Three queries.
    ///
    /// # Errors
    /// `NotAllowed` for a technician.
    pub async fn client_appointments(
        &self,
        who: &StaffPass,
        client: ClientId,
    ) -> Result<Appointments> {
        who.dispatcher()?;
        let requests = request::Entity::find()
            .filter(request::Column::ClientId.eq(client.key()))
            .order_by_desc(request::Column::CreatedAt)
            .order_by_desc(request::Column::Id)
            .limit(MOST)
            .all(self.db())
            .await?;
        let visits = visit::Entity::find()
            .filter(visit::Column::ClientId.eq(client.key()))
            .order_by_desc(visit::Column::StartsAt)
            .order_by_desc(visit::Column::Id)
            .limit(MOST)
            .all(self.db())
            .await?;
        let services = service::Entity::find().all(self.db()).await?;
        let named = |id| {
            let found = services.iter().find(|service| service.id == id);
            found.map(|one| one.name.clone()).unwrap_or_default()
        };
        let requests = requests.into_iter().map(|one| Linked {
            reference: one.reference,
            service: named(one.service_id),
            status: one.status,
            starts_at: one.starts_at,
        });
        let visits = visits.into_iter().map(|one| Linked {
            reference: one.reference,
            service: named(one.service_id),
            status: one.status,
            starts_at: Some(one.starts_at),
        });
        Ok(Appointments {
            requests: requests.collect(),
            visits: visits.collect(),
        })
    }
}
