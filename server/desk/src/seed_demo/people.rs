//! The demonstration's staff and clients. All addresses end in example.com or demo.invalid, which reach nobody.

use sea_orm::IntoActiveModel;
use serde_json::json;
use uuid::Uuid;

use super::store;
use crate::desk::Work;
use crate::table::{client, contact, person, staff, subject};
use crate::trouble::Result;

/// Who was seeded, for what refers to them.
pub(super) struct People {
    pub(super) dispatcher: Uuid,
    /// In the order of [`TECHNICIANS`].
    pub(super) technicians: Vec<Uuid>,
    pub(super) clients: Vec<Client>,
}

/// Whether somebody of the demonstration has this address.
pub(super) fn is_demo_address(email: &str) -> bool {
    email.ends_with("@demo.invalid") || super::SIGN_INS.iter().any(|(known, _)| *known == email)
}

impl People {
    /// The name of a technician.
    pub(super) fn technician_name(&self, id: Uuid) -> Option<&'static str> {
        let place = self
            .technicians
            .iter()
            .position(|technician| *technician == id)?;
        TECHNICIANS.get(place).map(|(name, _)| *name)
    }
}

/// A client, for what is about it.
pub(super) struct Client {
    pub(super) id: Uuid,
    pub(super) contact: Uuid,
    pub(super) name: &'static str,
    pub(super) email: &'static str,
    pub(super) subjects: Vec<Uuid>,
}

/// Name and address of those who perform visits.
const TECHNICIANS: &[(&str, &str)] = &[
    ("Tom Baker", "technician@example.com"),
    ("Lucía Fernández", "lucia@demo.invalid"),
    ("Amir Haddad", "amir@demo.invalid"),
    ("Nora Lindqvist", "nora@demo.invalid"),
];

/// Client, contact, address, language, zone, subjects.
type Row = (
    &'static str,
    &'static str,
    &'static str,
    Option<&'static str>,
    Option<&'static str>,
    &'static [(&'static str, &'static str)],
);

const ES: Option<&str> = Some("es");
const CLIENTS: &[Row] = &[
    (
        "The Miller family",
        "Carla Miller",
        "client@example.com",
        None,
        None,
        &[
            ("Rex", "Labrador, 6 years, afraid of thunder"),
            ("Misty", "Cat, indoors only"),
        ],
    ),
    (
        "Familia Ortega",
        "Javier Ortega",
        "cliente@example.com",
        ES,
        None,
        &[("Luna", "Podenca, 3 años"), ("Coco", "Periquito")],
    ),
    (
        "Harbour Street Studio",
        "Dana Wright",
        "dana@demo.invalid",
        None,
        Some("America/New_York"),
        &[("Biscuit", "Office dog, beagle")],
    ),
    (
        "Anna Kowalska",
        "Anna Kowalska",
        "anna@demo.invalid",
        None,
        None,
        &[("Figa", "Dachshund, 9 years")],
    ),
    (
        "Familia Navarro",
        "Pilar Navarro",
        "pilar@demo.invalid",
        ES,
        None,
        &[("Thor", "Mastín, 40 kg")],
    ),
    (
        "Ben Osei",
        "Ben Osei",
        "ben@demo.invalid",
        None,
        None,
        &[("Pepper", "Border collie")],
    ),
    (
        "Casa Rural El Olivo",
        "Marta Gil",
        "marta@demo.invalid",
        ES,
        None,
        &[("Burro", "Burro, en la finca"), ("Paca", "Gallina")],
    ),
    (
        "The Dubois household",
        "Claire Dubois",
        "claire@demo.invalid",
        None,
        None,
        &[("Filou", "Poodle")],
    ),
    (
        "Elena Petrova",
        "Elena Petrova",
        "elena@demo.invalid",
        None,
        None,
        &[("Mishka", "Siberian cat")],
    ),
    (
        "Familia Romero",
        "Andrés Romero",
        "andres@demo.invalid",
        ES,
        None,
        &[("Nala", "Mestiza, 2 años")],
    ),
    (
        "George Whitfield",
        "George Whitfield",
        "george@demo.invalid",
        None,
        None,
        &[("Duke", "Old English sheepdog, arthritis")],
    ),
    (
        "Hannah and Paul Becker",
        "Hannah Becker",
        "hannah@demo.invalid",
        None,
        None,
        &[("Emma", "Tortoise"), ("Fips", "Guinea pig")],
    ),
    (
        "Oficinas Delta",
        "Rosa Campos",
        "rosa@demo.invalid",
        ES,
        None,
        &[],
    ),
    (
        "Ingrid Larsen",
        "Ingrid Larsen",
        "ingrid@demo.invalid",
        None,
        None,
        &[("Balder", "Husky")],
    ),
    (
        "Jack Thompson",
        "Jack Thompson",
        "jack@demo.invalid",
        None,
        None,
        &[("Ziggy", "Whippet")],
    ),
    (
        "Familia Iglesias",
        "Teresa Iglesias",
        "teresa@demo.invalid",
        ES,
        None,
        &[("Canela", "Galga adoptada")],
    ),
    (
        "Karim Benali",
        "Karim Benali",
        "karim@demo.invalid",
        None,
        None,
        &[("Simba", "Cat, needs insulin at 9")],
    ),
    (
        "Laura Bianchi",
        "Laura Bianchi",
        "laura@demo.invalid",
        None,
        None,
        &[("Pippo", "Jack Russell")],
    ),
    (
        "Mei Chen",
        "Mei Chen",
        "mei@demo.invalid",
        None,
        None,
        &[("Dumpling", "Shiba inu")],
    ),
    (
        "Familia Serrano",
        "Luis Serrano",
        "luis@demo.invalid",
        ES,
        None,
        &[("Bimba", "Bulldog francés")],
    ),
    (
        "Olivia Grant",
        "Olivia Grant",
        "olivia@demo.invalid",
        None,
        None,
        &[("Scout", "Springer spaniel")],
    ),
    (
        "Residencia Las Flores",
        "Carmen Vidal",
        "carmen@demo.invalid",
        ES,
        None,
        &[("Gatos del jardín", "Seis, todos esterilizados")],
    ),
    (
        "Peter van Dijk",
        "Peter van Dijk",
        "peter@demo.invalid",
        None,
        None,
        &[("Saar", "Hovawart")],
    ),
    (
        "Sofia Marino",
        "Sofia Marino",
        "sofia@demo.invalid",
        None,
        None,
        &[("Olive", "Cat"), ("Nero", "Cat")],
    ),
    (
        "Victor Stan",
        "Victor Stan",
        "victor@demo.invalid",
        None,
        None,
        &[("Rocky", "Boxer")],
    ),
];

/// Stores staff, clients, contacts and subjects.
pub(super) async fn seed(work: &Work, password_hash: &str) -> Result<People> {
    let mut all = Vec::new();
    let mut sign_in = |name: &str, email: &str| {
        let row = a_person(work, name, email, password_hash);
        let id = row.id;
        all.push(row.into_active_model());
        id
    };
    let owner = sign_in("Olga Reyes", "owner@example.com");
    let dispatcher = sign_in("Dan Murphy", "dispatcher@example.com");
    let technicians: Vec<Uuid> = TECHNICIANS
        .iter()
        .map(|(name, email)| sign_in(name, email))
        .collect();
    let contacts: Vec<Uuid> = CLIENTS.iter().map(|row| sign_in(row.1, row.2)).collect();
    store(work, all).await?;
    let mut roles = vec![
        a_role(owner, false, false, true),
        a_role(dispatcher, false, true, false),
    ];
    roles.extend(technicians.iter().map(|id| a_role(*id, true, false, false)));
    store(
        work,
        roles
            .into_iter()
            .map(IntoActiveModel::into_active_model)
            .collect(),
    )
    .await?;
    let clients = seed_clients(work, &contacts).await?;
    Ok(People {
        dispatcher,
        technicians,
        clients,
    })
}

async fn seed_clients(work: &Work, contacts: &[Uuid]) -> Result<Vec<Client>> {
    let (mut clients, mut rows, mut links, mut subjects) = (vec![], vec![], vec![], vec![]);
    for (place, (row, person)) in CLIENTS.iter().zip(contacts).enumerate() {
        let client = a_client(work, place, row);
        let of_client: Vec<subject::Model> = row
            .5
            .iter()
            .map(|(name, details)| a_subject(work, client.id, name, details))
            .collect();
        links.push(
            contact::Model {
                client_id: client.id,
                person_id: *person,
                active: true,
                own_only: false,
                main: true,
            }
            .into_active_model(),
        );
        clients.push(Client {
            id: client.id,
            contact: *person,
            name: row.0,
            email: row.2,
            subjects: of_client.iter().map(|subject| subject.id).collect(),
        });
        rows.push(client.into_active_model());
        subjects.extend(
            of_client
                .into_iter()
                .map(IntoActiveModel::into_active_model),
        );
    }
    store(work, rows).await?;
    store(work, links).await?;
    store(work, subjects).await?;
    Ok(clients)
}

fn a_person(work: &Work, name: &str, email: &str, password_hash: &str) -> person::Model {
    person::Model {
        id: work.id(),
        email: email.to_owned(),
        name: name.to_owned(),
        phone: None,
        password_hash: Some(password_hash.to_owned()),
        locale: None,
        time_zone: None,
        muted: json!([]),
        disabled_at: None,
        created_at: work.now(),
    }
}

fn a_role(person_id: Uuid, technician: bool, dispatcher: bool, owner: bool) -> staff::Model {
    staff::Model {
        person_id,
        technician,
        dispatcher,
        owner,
        approver: false,
        active: true,
        version: 1,
    }
}

fn a_client(work: &Work, place: usize, row: &Row) -> client::Model {
    client::Model {
        id: work.id(),
        name: row.0.to_owned(),
        email: Some(row.2.to_owned()),
        phone: Some(format!("+34 600 555 {place:03}")),
        address: Some(format!("Calle de la Demo {}, Madrid", place + 1)),
        locale: row.3.map(str::to_owned),
        time_zone: row.4.map(str::to_owned),
        own_only: false,
        active: true,
        notes: String::new(),
        created_at: work.now() - chrono::TimeDelta::days(60),
        version: 1,
        merged_into: None,
        phone_key: Some(format!("600555{place:03}")),
    }
}

fn a_subject(work: &Work, client_id: Uuid, name: &str, details: &str) -> subject::Model {
    subject::Model {
        id: work.id(),
        client_id,
        name: name.to_owned(),
        details: details.to_owned(),
        active: true,
        version: 1,
    }
}
