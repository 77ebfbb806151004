//! The made-up business of the measurement: one service of an hour on a grid of half hours, 10 technicians from Monday to
//! Friday, 9 to 17; 2,000 appointments on cells that a fixed draw picks; 200 clients with a session each.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Datelike, Days, NaiveDate, TimeDelta, Utc};
use desk::Desk;
use desk::table::{
    booking, business, client, contact, person, service, session, staff, technician, visit,
    working_window,
};
use sea_orm::{ActiveModelTrait, EntityTrait, IntoActiveModel};
use serde_json::json;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::load::Ask;

const TECHNICIANS: usize = 10;
const APPOINTMENTS: usize = 2_000;
const CLIENTS: usize = 200;
const DAYS: u64 = 90;
const HOURS: usize = 8;

/// What the questions are made of.
pub struct Town {
    service: Uuid,
    technicians: Vec<Uuid>,
    sessions: Vec<String>,
    working_days: Vec<NaiveDate>,
    free: Vec<(Uuid, DateTime<Utc>)>,
}

/// One hour of one technician.
type Cell = (Uuid, DateTime<Utc>);

impl Town {
    /// Writes all of it into an empty database.
    pub async fn build(desk: &Desk) -> Self {
        business(desk).await;
        let service = service(desk).await;
        let mut technicians = Vec::new();
        for place in 0..TECHNICIANS {
            technicians.push(technician(desk, place).await);
        }
        let mut sessions = Vec::new();
        let mut clients = Vec::new();
        for place in 0..CLIENTS {
            let (client, token) = client(desk, place).await;
            clients.push(client);
            sessions.push(token);
        }
        let tomorrow = desk.now().date_naive() + Days::new(1);
        let working_days: Vec<NaiveDate> = (0..DAYS)
            .map(|day| tomorrow + Days::new(day))
            .filter(|day| day.weekday().num_days_from_monday() < 5)
            .collect();
        let mut cells: Vec<Cell> = Vec::new();
        for day in &working_days {
            for hour in 0..HOURS {
                let start =
                    day.and_hms_opt(9, 0, 0).unwrap().and_utc() + TimeDelta::hours(hour as i64);
                cells.extend(technicians.iter().map(|technician| (*technician, start)));
            }
        }
        shuffle(&mut cells);
        let free = cells.split_off(APPOINTMENTS);
        book(desk, service, &clients, &cells).await;
        Self {
            service,
            technicians,
            sessions,
            working_days,
            free,
        }
    }

    /// The slots of one technician on one day.
    pub fn days(&self) -> Vec<Ask> {
        let of = |(place, technician): (usize, &Uuid)| {
            let date = self.working_days[place * 7 % self.working_days.len()];
            let body = json!({ "ask": { "service": self.service, "length": 60, "with": technician, "seats": 1 }, "date": date });
            Ask::json("/do/portal_day", self.session(place), body.to_string())
        };
        self.technicians
            .iter()
            .cycle()
            .take(64)
            .enumerate()
            .map(of)
            .collect()
    }

    /// A month, with anyone.
    pub fn months(&self) -> Vec<Ask> {
        let of = |place: usize| {
            let month = self.working_days[place * 11 % self.working_days.len()]
                .format("%Y-%m")
                .to_string();
            let body = json!({ "ask": { "service": self.service, "length": 60, "seats": 1 }, "month": month });
            Ask::json("/do/portal_month", self.session(place), body.to_string())
        };
        (0..16).map(of).collect()
    }

    /// The schedule page of each client.
    pub fn pages(&self) -> Vec<Ask> {
        self.sessions
            .iter()
            .map(|session| Ask::get("/", session))
            .collect()
    }

    /// Requests for free hours, by all clients in turn, each with the technician whose hour it is.
    pub fn submits(&self, count: usize) -> Vec<Ask> {
        let of = |(place, (technician, start)): (usize, &Cell)| {
            let body = format!(
                "service={}&key={}&length=60&start={}&with={technician}&seats=1&notes=A+measurement&ticket=",
                self.service,
                Uuid::now_v7(),
                start.format("%Y-%m-%dT%H:%M:%SZ")
            );
            Ask::form("/do/submit_request", self.session(place), body)
        };
        self.free.iter().take(count).enumerate().map(of).collect()
    }

    fn session(&self, place: usize) -> &str {
        &self.sessions[place % self.sessions.len()]
    }
}

/// The same order every time: a multiplicative generator, good enough to scatter.
fn shuffle(cells: &mut [Cell]) {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    for place in (1..cells.len()).rev() {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        let other = (state >> 33) as usize % (place + 1);
        cells.swap(place, other);
    }
}

async fn business(desk: &Desk) {
    let row = business::Model {
        id: 1,
        name: "Measured (not a business)".to_owned(),
        logo: None,
        time_zone: "UTC".to_owned(),
        locale: "en".to_owned(),
        currency: "EUR".to_owned(),
        first_weekday: 1,
        subject_label: "Subjects".to_owned(),
        ticket_link: None,
        hold_hours: 72,
        reason_required: false,
        undo_minutes: 0,
        magic_links: true,
        session_idle_hours: 720,
        session_days: 30,
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

async fn service(desk: &Desk) -> Uuid {
    let row = service::Model {
        id: Uuid::now_v7(),
        name: "An hour".to_owned(),
        description: String::new(),
        bookable: true,
        lengths: json!([60]),
        any_length: false,
        step_min: Some(30),
        buffer_before: 0,
        buffer_after: 0,
        price_minor: Some(5_000),
        capacity: 1,
        notice_min: 0,
        advance_days: Some(120),
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
    let id = row.id;
    row.into_active_model().insert(desk.db()).await.unwrap();
    id
}

async fn person(desk: &Desk, name: String) -> Uuid {
    let row = person::Model {
        id: Uuid::now_v7(),
        email: format!("{}@example.com", name.to_lowercase().replace(' ', "-")),
        name,
        phone: None,
        password_hash: None,
        locale: None,
        time_zone: None,
        muted: json!([]),
        disabled_at: None,
        created_at: desk.now(),
    };
    let id = row.id;
    row.into_active_model().insert(desk.db()).await.unwrap();
    id
}

async fn technician(desk: &Desk, place: usize) -> Uuid {
    let id = person(desk, format!("Technician {place}")).await;
    let row = staff::Model {
        person_id: id,
        technician: true,
        dispatcher: place == 0,
        owner: place == 0,
        approver: false,
        active: true,
        version: 1,
    };
    row.into_active_model().insert(desk.db()).await.unwrap();
    let row = technician::Model {
        id,
        time_zone: None,
        buffer_before: 0,
        buffer_after: 0,
        max_per_day: None,
        max_per_week: None,
        active: true,
        position: place as i32,
        version: 1,
    };
    row.into_active_model().insert(desk.db()).await.unwrap();
    let windows = (1..=5).map(|weekday| {
        let window = working_window::Model {
            id: Uuid::now_v7(),
            technician_id: id,
            weekday,
            start_min: 9 * 60,
            end_min: 17 * 60,
        };
        window.into_active_model()
    });
    let insert = working_window::Entity::insert_many(windows);
    insert.exec_without_returning(desk.db()).await.unwrap();
    id
}

/// A client with one contact who is signed in: passwords are slow on purpose, and not what is measured.
async fn client(desk: &Desk, place: usize) -> (Uuid, String) {
    let row = client::Model {
        id: Uuid::now_v7(),
        name: format!("Client {place}"),
        email: None,
        phone: None,
        address: None,
        locale: None,
        time_zone: None,
        own_only: false,
        active: true,
        notes: String::new(),
        created_at: desk.now(),
        version: 1,
        merged_into: None,
        phone_key: None,
    };
    let id = row.id;
    row.into_active_model().insert(desk.db()).await.unwrap();
    let person_id = person(desk, format!("Contact {place}")).await;
    let row = contact::Model {
        client_id: id,
        person_id,
        active: true,
        own_only: false,
        main: false,
    };
    row.into_active_model().insert(desk.db()).await.unwrap();
    let token = Uuid::now_v7().to_string();
    let row = session::Model {
        token_hash: URL_SAFE_NO_PAD.encode(Sha256::digest(token.as_bytes())),
        id: Uuid::now_v7(),
        person_id,
        device: "measurement".to_owned(),
        created_at: desk.now(),
        seen_at: desk.now(),
        expires_at: desk.now() + TimeDelta::days(1),
    };
    row.into_active_model().insert(desk.db()).await.unwrap();
    (id, token)
}

async fn book(desk: &Desk, service: Uuid, clients: &[Uuid], cells: &[Cell]) {
    let mut visits = Vec::new();
    let mut bookings = Vec::new();
    for (place, (technician, start)) in cells.iter().enumerate() {
        let id = Uuid::now_v7();
        let end = *start + TimeDelta::hours(1);
        let visit = visit::Model {
            id,
            reference: format!("V-M{place:04}"),
            request_id: None,
            client_id: clients[place % clients.len()],
            service_id: service,
            client_service_id: None,
            starts_at: *start,
            ends_at: end,
            wall_start: start.format("%Y-%m-%dT%H:%M").to_string(),
            zone: "UTC".to_owned(),
            zone_version: String::new(),
            seats: 1,
            status: "scheduled".to_owned(),
            notes: String::new(),
            internal_notes: String::new(),
            ticket: None,
            reason: None,
            replaced_by: None,
            uid: format!("{id}@measured.invalid"),
            sequence: 0,
            created_at: desk.now(),
            version: 1,
            series_id: None,
            series_start: None,
            status_at: None,
            price_minor: None,
        };
        visits.push(visit.into_active_model());
        let booking = booking::Model {
            id: Uuid::now_v7(),
            technician_id: Some(*technician),
            service_id: Some(service),
            starts_at: *start,
            ends_at: end,
            before_min: 0,
            after_min: 0,
            seats: 1,
            session_id: None,
            leader: true,
            status: "scheduled".to_owned(),
            blocking: true,
            expires_at: None,
            request_id: None,
            visit_id: Some(id),
            note: None,
        };
        bookings.push(booking.into_active_model());
    }
    for some in visits.chunks(500) {
        let insert = visit::Entity::insert_many(some.to_vec());
        insert.exec_without_returning(desk.db()).await.unwrap();
    }
    for some in bookings.chunks(500) {
        let insert = booking::Entity::insert_many(some.to_vec());
        insert.exec_without_returning(desk.db()).await.unwrap();
    }
}
