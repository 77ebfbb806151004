//! The clients as a file: what the list shows, with contacts and subjects, for a spreadsheet or another program.

use std::collections::HashMap;

use booking::ids::ClientId;
use chrono::{DateTime, SecondsFormat, Utc};
use sea_orm::{EntityTrait, FromQueryResult, QueryOrder, Statement};
use serde::Serialize;
use uuid::Uuid;

use crate::clients::{ClientSearch, found};
use crate::csv_file;
use crate::desk::Desk;
use crate::key::Key;
use crate::pass::StaffPass;
use crate::table::{client, subject};
use crate::trouble::Result;

/// The first line of the file; `client_import` knows the same names.
const HEADER: [&str; 13] = [
    "id",
    "name",
    "email",
    "phone",
    "address",
    "language",
    "time_zone",
    "own_only",
    "notes",
    "active",
    "contacts",
    "subjects",
    "created_at",
];

/// A client as it leaves.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ExportedClient {
    /// Which.
    pub id: ClientId,
    /// Its name.
    pub name: String,
    /// Where to write.
    pub email: Option<String>,
    /// Telephone.
    pub phone: Option<String>,
    /// Where they live.
    pub address: Option<String>,
    /// Language of its contacts, if it has one.
    pub language: Option<String>,
    /// Zone of its contacts, if it has one.
    pub time_zone: Option<String>,
    /// Whether each contact sees only their own.
    pub own_only: bool,
    /// For staff only.
    pub notes: String,
    /// Whether it is a client still.
    pub active: bool,
    /// Who signs in for it.
    pub contacts: Vec<ExportedContact>,
    /// Names of its active subjects.
    pub subjects: Vec<String>,
    /// Since when.
    pub created_at: DateTime<Utc>,
}

/// A contact as it leaves.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ExportedContact {
    /// Their name.
    pub name: String,
    /// The address they sign in with.
    pub email: String,
    /// Whether they are the one to turn to.
    pub main: bool,
    /// Whether they see only their own requests.
    pub own_only: bool,
}

#[derive(FromQueryResult)]
struct ContactRow {
    client_id: Uuid,
    name: String,
    email: String,
    main: bool,
    own_only: bool,
}

// Whole tables: thousands of ids do not fit into one statement.
const CONTACTS: &str = "SELECT k.client_id, p.name, p.email, k.main, k.own_only FROM contacts k \
    JOIN people p ON p.id = k.person_id WHERE k.active AND p.disabled_at IS NULL ORDER BY p.name, p.id";

impl Desk {
    /// All clients that fit, whatever their page. Three queries.
    ///
    /// # Errors
    /// `NotAllowed` for a technician.
    pub async fn export_clients(
        &self,
        who: &StaffPass,
        search: &ClientSearch,
    ) -> Result<Vec<ExportedClient>> {
        who.dispatcher()?;
        let rows = found(search).all(self.db()).await?;
        let mut contacts = self.contacts_of_all().await?;
        let mut subjects: HashMap<Uuid, Vec<String>> = HashMap::new();
        let all = subject::Entity::find().order_by_asc(subject::Column::Name);
        for one in all.all(self.db()).await? {
            if one.active {
                subjects.entry(one.client_id).or_default().push(one.name);
            }
        }
        let exported = |row: client::Model| ExportedClient {
            id: ClientId::of(row.id),
            contacts: contacts.remove(&row.id).unwrap_or_default(),
            subjects: subjects.remove(&row.id).unwrap_or_default(),
            name: row.name,
            email: row.email,
            phone: row.phone,
            address: row.address,
            language: row.locale,
            time_zone: row.time_zone,
            own_only: row.own_only,
            notes: row.notes,
            active: row.active,
            created_at: row.created_at,
        };
        Ok(rows.into_iter().map(exported).collect())
    }

    async fn contacts_of_all(&self) -> Result<HashMap<Uuid, Vec<ExportedContact>>> {
        let asked = Statement::from_string(self.db().get_database_backend(), CONTACTS);
        let mut all: HashMap<Uuid, Vec<ExportedContact>> = HashMap::new();
        for row in ContactRow::find_by_statement(asked).all(self.db()).await? {
            all.entry(row.client_id).or_default().push(ExportedContact {
                name: row.name,
                email: row.email,
                main: row.main,
                own_only: row.own_only,
            });
        }
        Ok(all)
    }
}

/// The clients as a file for a spreadsheet.
///
/// # Errors
/// Faults only.
pub fn as_csv(clients: &[ExportedClient]) -> Result<Vec<u8>> {
    let header = HEADER.map(str::to_owned).to_vec();
    csv_file::written(std::iter::once(header).chain(clients.iter().map(cells)))
}

fn cells(client: &ExportedClient) -> Vec<String> {
    let contacts = client
        .contacts
        .iter()
        .map(|contact| format!("{} <{}>", contact.name, contact.email));
    let some = |text: &Option<String>| text.clone().unwrap_or_default();
    vec![
        client.id.to_string(),
        client.name.clone(),
        some(&client.email),
        some(&client.phone),
        some(&client.address),
        some(&client.language),
        some(&client.time_zone),
        yes_or_no(client.own_only),
        client.notes.clone(),
        yes_or_no(client.active),
        contacts.collect::<Vec<_>>().join("; "),
        client.subjects.join("; "),
        client.created_at.to_rfc3339_opts(SecondsFormat::Secs, true),
    ]
}

fn yes_or_no(yes: bool) -> String {
    if yes { "yes" } else { "no" }.to_owned()
}
