//! Locks, always in one order: request → client → visit → service → technicians by id → resources by id. SQLite has one writer,
//! so there is nothing to lock. `NO KEY UPDATE` excludes other writers and leaves foreign keys alone.

use booking::ids::{ClientId, PersonId, ResourceId, ServiceId, TechnicianId};
use booking::refusal::Refusal;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, Statement, Value};
use uuid::Uuid;

use crate::change_visit::Scope;
use crate::desk::Work;
use crate::key::Key;
use crate::table::{client, request, visit};
use crate::trouble::Result;

const REQUEST: &str = "SELECT id FROM requests WHERE reference = $1 FOR NO KEY UPDATE";
const REQUESTS_OF: &str =
    "SELECT id FROM requests WHERE client_id IN ($1, $2) ORDER BY id FOR NO KEY UPDATE";
const PERSON: &str = "SELECT id FROM people WHERE id = $1 FOR NO KEY UPDATE";
const CLIENT: &str = "SELECT id FROM clients WHERE id = $1 FOR NO KEY UPDATE";
const VISIT: &str = "SELECT id FROM visits WHERE reference = $1 FOR NO KEY UPDATE";
const LINE: &str = "SELECT id FROM visits WHERE series_id = $1 ORDER BY id FOR NO KEY UPDATE";
const LINE_OF: &str = "SELECT id FROM visits WHERE series_id = (SELECT series_id FROM visits WHERE reference = $1) ORDER BY id FOR NO KEY UPDATE";
const SERVICE: &str = "SELECT id FROM services WHERE id = $1 FOR NO KEY UPDATE";
// Whoever may perform the service, since one booking changes what is left for "anyone" (R19); and the one named.
const TECHNICIANS: &str = "SELECT t.id FROM technicians t WHERE t.id = $2 OR EXISTS ( \
    SELECT 1 FROM services s WHERE s.id = $1 AND (s.all_technicians OR EXISTS ( \
        SELECT 1 FROM service_technicians q WHERE q.service_id = s.id AND q.technician_id = t.id))) \
    ORDER BY t.id FOR NO KEY UPDATE";
const RESOURCES: &str = "SELECT r.id FROM resources r WHERE EXISTS ( \
    SELECT 1 FROM service_resources n WHERE n.service_id = $1 AND (n.resource_id = r.id OR n.resource_kind = r.kind)) \
    ORDER BY r.id FOR NO KEY UPDATE";

const SERVICES: &str =
    "SELECT id FROM services WHERE id IN ({services}) ORDER BY id FOR NO KEY UPDATE";
const TECHNICIANS_OF: &str = "SELECT t.id FROM technicians t WHERE t.id IN ({more}) OR EXISTS ( \
    SELECT 1 FROM services s WHERE s.id IN ({services}) AND (s.all_technicians OR EXISTS ( \
        SELECT 1 FROM service_technicians q WHERE q.service_id = s.id AND q.technician_id = t.id))) \
    ORDER BY t.id FOR NO KEY UPDATE";
const RESOURCES_OF: &str = "SELECT r.id FROM resources r WHERE r.id IN ({more}) OR EXISTS ( \
    SELECT 1 FROM service_resources n WHERE n.service_id IN ({services}) AND (n.resource_id = r.id OR n.resource_kind = r.kind)) \
    ORDER BY r.id FOR NO KEY UPDATE";

fn listed(ids: &[Uuid]) -> Vec<Uuid> {
    match ids.is_empty() {
        true => vec![Uuid::nil()],
        false => ids.to_vec(),
    }
}

impl Work {
    /// The request with this reference, locked.
    pub(crate) async fn request(&self, reference: &str) -> Result<Option<request::Model>> {
        self.lock(REQUEST, [reference.into()]).await?;
        let found = request::Entity::find().filter(request::Column::Reference.eq(reference));
        Ok(found.one(self.tx()).await?)
    }

    /// Locks a client: for limits that count all its requests, and so that it is not merged into another meanwhile.
    ///
    /// # Errors
    /// [`Refusal::Stale`] when it was merged since the page was drawn.
    pub(crate) async fn lock_client(&self, client: ClientId) -> Result<()> {
        self.lock(CLIENT, [client.key().into()]).await?;
        let row = client::Entity::find_by_id(client.key())
            .filter(client::Column::MergedInto.is_not_null());
        match row.one(self.tx()).await? {
            Some(_) => Err(Refusal::Stale.into()),
            None => Ok(()),
        }
    }

    /// Locks a person: for limits that count all they have. Nothing else is locked with it.
    pub(crate) async fn lock_person(&self, person: PersonId) -> Result<()> {
        self.lock(PERSON, [person.key().into()]).await
    }

    /// Locks all requests of two clients, which comes before the clients themselves.
    pub(crate) async fn lock_requests_of(&self, one: ClientId, other: ClientId) -> Result<()> {
        self.lock(REQUESTS_OF, [one.key().into(), other.key().into()])
            .await
    }

    /// The visit with this reference, locked.
    pub(crate) async fn visit(&self, reference: &str) -> Result<Option<visit::Model>> {
        self.lock(VISIT, [reference.into()]).await?;
        let found = visit::Entity::find().filter(visit::Column::Reference.eq(reference));
        Ok(found.one(self.tx()).await?)
    }

    /// The same; where more of its series is meant, all of that is locked first, so that whoever locks several visits does
    /// it in the order of their ids.
    pub(crate) async fn visit_of_line(
        &self,
        reference: &str,
        scope: Scope,
    ) -> Result<Option<visit::Model>> {
        if scope != Scope::This {
            self.lock(LINE_OF, [reference.into()]).await?;
        }
        self.visit(reference).await
    }

    /// Locks every visit of a series.
    pub(crate) async fn lock_series(&self, series: Uuid) -> Result<()> {
        self.lock(LINE, [series.into()]).await
    }

    /// Locks all that bookings of these services can touch, and these technicians and resources besides.
    pub(crate) async fn lock_places(
        &self,
        services: &[ServiceId],
        technicians: &[TechnicianId],
        resources: &[ResourceId],
    ) -> Result<()> {
        let services: Vec<Uuid> = services.iter().map(|id| id.key()).collect();
        let technicians: Vec<Uuid> = technicians.iter().map(|id| id.key()).collect();
        let resources: Vec<Uuid> = resources.iter().map(|id| id.key()).collect();
        self.lock_listed(SERVICES, &services, &[]).await?;
        self.lock_listed(TECHNICIANS_OF, &services, &technicians)
            .await?;
        self.lock_listed(RESOURCES_OF, &services, &resources).await
    }

    async fn lock_listed(&self, text: &str, services: &[Uuid], more: &[Uuid]) -> Result<()> {
        if !self.locks_rows() {
            return Ok(());
        }
        // A list that is empty names an id that nothing has.
        let (services, more) = (listed(services), listed(more));
        let places = |from: usize, n: usize| {
            let places: Vec<String> = (from..from + n).map(|n| format!("${n}")).collect();
            places.join(", ")
        };
        let text = text
            .replace("{services}", &places(1, services.len()))
            .replace("{more}", &places(1 + services.len(), more.len()));
        let takes_more = text.contains(&format!("${}", 1 + services.len()));
        let more = more.into_iter().filter(|_| takes_more);
        let values: Vec<Value> = services.into_iter().chain(more).map(Value::from).collect();
        let backend = self.tx().get_database_backend();
        let locked = Statement::from_sql_and_values(backend, text, values);
        self.tx().query_all_raw(locked).await?;
        Ok(())
    }

    /// Locks all that a booking of the service can touch.
    pub(crate) async fn lock_calendar(
        &self,
        service: ServiceId,
        technician: Option<TechnicianId>,
    ) -> Result<()> {
        let named: Option<Uuid> = technician.map(Key::key);
        self.lock(SERVICE, [service.key().into()]).await?;
        self.lock(TECHNICIANS, [service.key().into(), named.into()])
            .await?;
        self.lock(RESOURCES, [service.key().into()]).await
    }

    async fn lock<const N: usize>(&self, text: &str, values: [Value; N]) -> Result<()> {
        if !self.locks_rows() {
            return Ok(());
        }
        let backend = self.tx().get_database_backend();
        let locked = Statement::from_sql_and_values(backend, text, values);
        self.tx().query_all_raw(locked).await?;
        Ok(())
    }
}
