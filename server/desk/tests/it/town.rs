//! A small town for tests: one business in Berlin, Ana and Ben who work Monday to Friday 09:00–17:00, one service of an hour,
//! two clients with a contact each, a dispatcher. Tests add to it what they need.
#![allow(dead_code, reason = "each test takes what it needs")]

use ::booking::ids::{ClientId, ServiceId, SubjectId, TechnicianId};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, TimeDelta, Utc};
use desk::approve_request::{Approved, NewApproval};
use desk::decline_request::NewDecline;
use desk::edit_request::RequestEdit;
use desk::submit_request::{NewRequest, Submitted};
use desk::table::*;
use desk::{ContactPass, Desk, SignedIn, StaffPass};
use sea_orm::{ActiveModelTrait, EntityTrait, IntoActiveModel};
use serde_json::json;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::ground::{Ground, monday};

/// Who lives there.
#[derive(Clone)]
pub struct Town {
    pub ground: Ground,
    pub desk: Desk,
    pub service: ServiceId,
    pub ana: TechnicianId,
    pub ben: TechnicianId,
    pub ana_pass: StaffPass,
    pub dispatcher: StaffPass,
    pub owner: StaffPass,
    pub carla: ContactPass,
    pub dora: ContactPass,
}

/// An instant on the first days of the town: `at("Tue 10:00")`, in Berlin's winter time.
pub fn at(text: &str) -> DateTime<Utc> {
    let (day, time) = text.split_once(' ').unwrap();
    let days = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
        .iter()
        .position(|d| *d == day)
        .unwrap();
    let (hour, minute) = time.split_once(':').unwrap();
    let midnight = monday()
        .date_naive()
        .and_hms_opt(0, 0, 0)
        .unwrap()
        .and_utc();
    midnight
        + TimeDelta::days(days as i64)
        + TimeDelta::hours(hour.parse::<i64>().unwrap() - 1)
        + TimeDelta::minutes(minute.parse().unwrap())
}

impl Town {
    pub async fn on(ground: Ground) -> Self {
        let desk = ground.desk.clone();
        insert_business(&desk).await;
        let ana = technician(&desk, "Ana", 0).await;
        let ben = technician(&desk, "Ben", 1).await;
        let dispatcher = staff(&desk, "Dispatcher", |s| s.dispatcher = true).await;
        let owner = staff(&desk, "Owner", |s| s.owner = true).await;
        let service = service(&desk, "Check-up", |_| {}).await;
        let carla = contact(&desk, client(&desk, "Carla's house", false).await, "Carla").await;
        let dora = contact(&desk, client(&desk, "Dora's shop", false).await, "Dora").await;
        Self {
            service,
            ana,
            ben,
            ana_pass: pass(&desk, ana.get()).await.staff().unwrap(),
            dispatcher: pass(&desk, dispatcher).await.staff().unwrap(),
            owner: pass(&desk, owner).await.staff().unwrap(),
            carla: pass(&desk, carla).await.contact().unwrap(),
            dora: pass(&desk, dora).await.contact().unwrap(),
            desk,
            ground,
        }
    }

    /// A form for an hour at `start` with anyone, under a key of its own.
    pub fn ask(&self, start: DateTime<Utc>) -> NewRequest {
        NewRequest {
            key: Uuid::now_v7().to_string(),
            service: self.service,
            length_min: 60,
            start,
            technician: None,
            seats: 1,
            notes: String::new(),
            ticket: String::new(),
            subjects: Vec::new(),
            answers: Vec::new(),
            photos: Vec::new(),
        }
    }

    /// Submits it; the reference.
    pub async fn submit(&self, who: &ContactPass, ask: NewRequest) -> String {
        match self.desk.submit_request(who, ask).await.unwrap() {
            Submitted::Sent { reference } => reference,
            other => panic!("not sent: {other:?}"),
        }
    }

    /// A request of Carla's at `start` with a technician, or anyone.
    pub async fn pending(&self, start: &str, technician: Option<TechnicianId>) -> String {
        let ask = NewRequest {
            technician,
            ..self.ask(at(start))
        };
        self.submit(&self.carla, ask).await
    }

    /// An approval form as drawn from the request now.
    pub async fn approval(&self, reference: &str, technician: TechnicianId) -> NewApproval {
        NewApproval {
            key: Uuid::now_v7().to_string(),
            request: reference.to_owned(),
            version: self.request(reference).await.version,
            technician: Some(technician),
            start: None,
            length_min: None,
            internal_notes: String::new(),
            ticket: String::new(),
            override_reason: String::new(),
        }
    }

    /// Approves it as the dispatcher; the visit's reference.
    pub async fn approve(&self, reference: &str, technician: TechnicianId) -> String {
        let ask = self.approval(reference, technician).await;
        match self
            .desk
            .approve_request(&self.dispatcher, ask)
            .await
            .unwrap()
        {
            Approved::Done { visit, .. } => visit,
            other => panic!("not approved: {other:?}"),
        }
    }

    pub async fn request(&self, reference: &str) -> request::Model {
        use sea_orm::{ColumnTrait, QueryFilter};
        request::Entity::find()
            .filter(request::Column::Reference.eq(reference))
            .one(self.desk.db())
            .await
            .unwrap()
            .unwrap()
    }

    /// A form that declines it as drawn now.
    pub async fn decline(&self, reference: &str, reason: &str) -> NewDecline {
        NewDecline {
            key: Uuid::now_v7().to_string(),
            request: reference.to_owned(),
            version: self.request(reference).await.version,
            reason: reason.to_owned(),
        }
    }

    /// A form that moves it to `start`, as drawn now.
    pub async fn edit(&self, reference: &str, start: &str) -> RequestEdit {
        let row = self.request(reference).await;
        RequestEdit {
            key: Uuid::now_v7().to_string(),
            request: reference.to_owned(),
            version: row.version,
            length_min: 60,
            start: at(start),
            technician: row.technician_id.map(|id| TechnicianId::new(id.as_u128())),
            seats: 1,
            notes: row.notes,
            ticket: String::new(),
            subjects: Vec::new(),
            answers: Vec::new(),
            photos: Vec::new(),
        }
    }

    /// A technician leaves.
    pub async fn retire(&self, id: TechnicianId) {
        let found = technician::Entity::find_by_id(Uuid::from_u128(id.get()));
        let mut row = found.one(self.desk.db()).await.unwrap().unwrap();
        row.active = false;
        let row = row.into_active_model().reset_all();
        row.update(self.desk.db()).await.unwrap();
    }

    /// The service takes one unit of the only van, which needs 30 minutes after each use.
    pub async fn needs_one_van(&self) {
        let van = resource::Model {
            id: new_id(),
            name: "Van".to_owned(),
            kind: "vehicle".to_owned(),
            units: 1,
            turnaround_min: 30,
            active: true,
            position: 0,
            version: 1,
        };
        let need = service_resource::Model {
            id: new_id(),
            service_id: Uuid::from_u128(self.service.get()),
            resource_id: None,
            resource_kind: Some("vehicle".to_owned()),
            units: 1,
        };
        van.into_active_model()
            .insert(self.desk.db())
            .await
            .unwrap();
        need.into_active_model()
            .insert(self.desk.db())
            .await
            .unwrap();
    }

    /// The service takes no van any more.
    pub async fn free_the_van(&self) {
        service_resource::Entity::delete_many()
            .exec(self.desk.db())
            .await
            .unwrap();
    }

    /// Nothing that must never be is there.
    pub async fn is_sound(&self) {
        assert_eq!(self.desk.check().await.unwrap(), []);
    }

    /// All rows of `bookings` that block.
    pub async fn blocking(&self) -> Vec<booking::Model> {
        use sea_orm::{ColumnTrait, QueryFilter};
        booking::Entity::find()
            .filter(booking::Column::Blocking.eq(true))
            .all(self.desk.db())
            .await
            .unwrap()
    }

    /// Changes the service.
    pub async fn change_service(&self, change: impl FnOnce(&mut service::Model)) {
        change_service(&self.desk, self.service, change).await;
    }

    /// Changes the business.
    pub async fn change_business(&self, change: impl FnOnce(&mut business::Model)) {
        let mut row = business::Entity::find_by_id(1)
            .one(self.desk.db())
            .await
            .unwrap()
            .unwrap();
        change(&mut row);
        row.into_active_model()
            .reset_all()
            .update(self.desk.db())
            .await
            .unwrap();
    }
}

fn new_id() -> Uuid {
    Uuid::now_v7()
}

async fn insert_business(desk: &Desk) {
    let row = business::Model {
        id: 1,
        name: "The Town".to_owned(),
        logo: None,
        time_zone: "Europe/Berlin".to_owned(),
        locale: "en".to_owned(),
        currency: "EUR".to_owned(),
        first_weekday: 1,
        subject_label: "Pets".to_owned(),
        ticket_link: None,
        hold_hours: 72,
        reason_required: false,
        undo_minutes: 0,
        magic_links: true,
        session_idle_hours: 24 * 365,
        session_days: 365,
        demo: false,
        version: 1,
        retention_days: None,
        portal_mode: "visits".to_owned(),
        time_blocks: String::new(),
        request_cut_off: "none".to_owned(),
        change_cut_off: "none".to_owned(),
        cancel_cut_off: "none".to_owned(),
        cancellation: "reviewed".to_owned(),
        at_once_cut_off: "none".to_owned(),
        cancellation_text: String::new(),
        late_fee_minor: None,
        no_show_fee_minor: None,
    };
    row.into_active_model().insert(desk.db()).await.unwrap();
}

pub async fn person(desk: &Desk, name: &str) -> Uuid {
    let id = new_id();
    let row = person::Model {
        id,
        email: format!(
            "{}-{}@example.com",
            name.to_lowercase(),
            &id.to_string()[24..]
        ),
        name: name.to_owned(),
        phone: None,
        password_hash: None,
        locale: None,
        time_zone: None,
        muted: json!([]),
        disabled_at: None,
        created_at: desk.now(),
    };
    row.into_active_model().insert(desk.db()).await.unwrap();
    id
}

/// No mail about these events.
pub async fn mute(desk: &Desk, id: Uuid, events: &[&str]) {
    let row = person::ActiveModel {
        id: sea_orm::Set(id),
        muted: sea_orm::Set(json!(events)),
        ..Default::default()
    };
    row.update(desk.db()).await.unwrap();
}

pub async fn staff(desk: &Desk, name: &str, roles: impl FnOnce(&mut staff::Model)) -> u128 {
    let id = person(desk, name).await;
    let mut row = staff::Model {
        person_id: id,
        technician: false,
        dispatcher: false,
        owner: false,
        approver: false,
        active: true,
        version: 1,
    };
    roles(&mut row);
    row.into_active_model().insert(desk.db()).await.unwrap();
    id.as_u128()
}

pub async fn technician(desk: &Desk, name: &str, position: i32) -> TechnicianId {
    let id = staff(desk, name, |s| s.technician = true).await;
    let row = technician::Model {
        id: Uuid::from_u128(id),
        time_zone: None,
        buffer_before: 0,
        buffer_after: 0,
        max_per_day: None,
        max_per_week: None,
        active: true,
        position,
        version: 1,
    };
    row.into_active_model().insert(desk.db()).await.unwrap();
    let windows = (1..=5).map(|weekday| {
        working_window::Model {
            id: new_id(),
            technician_id: Uuid::from_u128(id),
            weekday,
            start_min: 9 * 60,
            end_min: 17 * 60,
        }
        .into_active_model()
    });
    working_window::Entity::insert_many(windows)
        .exec_without_returning(desk.db())
        .await
        .unwrap();
    TechnicianId::new(id)
}

pub async fn service(
    desk: &Desk,
    name: &str,
    change: impl FnOnce(&mut service::Model),
) -> ServiceId {
    let mut row = service::Model {
        id: new_id(),
        name: name.to_owned(),
        description: String::new(),
        bookable: true,
        lengths: json!([60]),
        any_length: false,
        step_min: None,
        buffer_before: 0,
        buffer_after: 0,
        price_minor: Some(5_000),
        capacity: 1,
        notice_min: 0,
        advance_days: None,
        max_per_day: None,
        max_per_week: None,
        holds: true,
        technician_preference: true,
        all_technicians: true,
        restricted: false,
        asked_by: "either".to_owned(),
        recurring: true,
        active: true,
        position: 0,
        version: 1,
    };
    change(&mut row);
    let id = row.id;
    row.into_active_model().insert(desk.db()).await.unwrap();
    ServiceId::new(id.as_u128())
}

pub async fn change_service(desk: &Desk, id: ServiceId, change: impl FnOnce(&mut service::Model)) {
    let found = service::Entity::find_by_id(Uuid::from_u128(id.get()));
    let mut row = found.one(desk.db()).await.unwrap().unwrap();
    change(&mut row);
    let row = row.into_active_model().reset_all();
    row.update(desk.db()).await.unwrap();
}

pub async fn client(desk: &Desk, name: &str, own_only: bool) -> ClientId {
    let row = client::Model {
        id: new_id(),
        name: name.to_owned(),
        email: None,
        phone: Some("+49 30 1234567".to_owned()),
        address: None,
        locale: None,
        time_zone: None,
        own_only,
        active: true,
        notes: String::new(),
        created_at: desk.now(),
        version: 1,
        merged_into: None,
        phone_key: None,
    };
    let id = row.id;
    row.into_active_model().insert(desk.db()).await.unwrap();
    ClientId::new(id.as_u128())
}

pub async fn contact(desk: &Desk, client: ClientId, name: &str) -> u128 {
    let id = person(desk, name).await;
    let row = contact::Model {
        client_id: Uuid::from_u128(client.get()),
        person_id: id,
        active: true,
        own_only: false,
        main: false,
    };
    row.into_active_model().insert(desk.db()).await.unwrap();
    id.as_u128()
}

pub async fn subject(desk: &Desk, client: ClientId, name: &str) -> SubjectId {
    let row = subject::Model {
        id: new_id(),
        client_id: Uuid::from_u128(client.get()),
        name: name.to_owned(),
        details: String::new(),
        active: true,
        version: 1,
    };
    let id = row.id;
    row.into_active_model().insert(desk.db()).await.unwrap();
    SubjectId::new(id.as_u128())
}

/// Signs somebody in by writing a session: passwords are tested elsewhere, and are slow on purpose.
pub async fn pass(desk: &Desk, person: u128) -> SignedIn {
    let token = Uuid::now_v7().to_string();
    let row = session::Model {
        token_hash: URL_SAFE_NO_PAD.encode(Sha256::digest(token.as_bytes())),
        id: new_id(),
        person_id: Uuid::from_u128(person),
        device: "test".to_owned(),
        created_at: desk.now(),
        seen_at: desk.now(),
        expires_at: desk.now() + TimeDelta::days(365),
    };
    row.into_active_model().insert(desk.db()).await.unwrap();
    desk.session(&token).await.unwrap().unwrap()
}
