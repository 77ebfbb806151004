//! Tells people of what is about no request and no visit: a time that became free for who waits, a message. Who is told by
//! what is `booking::letter`, less what settings, clients and people take away, as everywhere (`announce.rs`).

use booking::letter::{Event, Recipient};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, Set, Statement};
use sea_orm::{QueryFilter, QueryOrder};
use serde_json::Value;
use uuid::Uuid;

use crate::announce::mutes;
use crate::desk::{Happened, Work};
use crate::notification_settings::channels_allowed;
use crate::outbox::{self, LetterFacts, NewLetter};
use crate::table::{notice, person};
use crate::trouble::{Fault, Result};

/// Something to be told.
pub(crate) struct Tidings {
    pub event: Event,
    /// Of whose client.
    pub client: Uuid,
    /// Under which id its letters stand in order.
    pub about: Uuid,
    /// What it says; its role is that of those who are told.
    pub facts: LetterFacts,
}

/// Tells these people, each once, by letter and notice as far as that is wanted.
pub(crate) async fn tell(work: &mut Work, tidings: &Tidings, people: &[Uuid]) -> Result<()> {
    work.hold_back(None);
    let allowed = channels_allowed(work.tx(), tidings.event, tidings.client).await?;
    let role = tidings.facts.role;
    let Some((_, channels)) = allowed.into_iter().find(|(who, _)| *who == role) else {
        return Ok(());
    };
    let facts = serde_json::to_value(&tidings.facts);
    let facts = facts.map_err(|error| Fault::Machine(format!("letter: {error}")))?;
    let told = person::Entity::find()
        .filter(person::Column::Id.is_in(people.iter().copied()))
        .filter(person::Column::DisabledAt.is_null())
        .order_by_asc(person::Column::Id);
    let told = told.all(work.tx()).await?;
    let letters = told
        .iter()
        .filter(|one| channels.mail && !mutes(&one.muted, tidings.event));
    let letters = letters.map(|one| letter(tidings, one, facts.clone()));
    let letters: Vec<NewLetter> = letters.collect();
    if channels.notice && !told.is_empty() {
        let rows = told
            .iter()
            .map(|one| notice_row(work, tidings, one.id, facts.clone()));
        let rows: Vec<notice::ActiveModel> = rows.collect();
        notice::Entity::insert_many(rows)
            .exec_without_returning(work.tx())
            .await?;
        for one in &told {
            work.tell(Happened::Notices { person: one.id });
        }
    }
    outbox::queue(work, letters).await
}

fn letter(tidings: &Tidings, to: &person::Model, facts: Value) -> NewLetter {
    NewLetter {
        event: tidings.event.as_str().to_owned(),
        about: Some(tidings.about),
        person: Some(to.id),
        client: None,
        email: to.email.clone(),
        facts,
    }
}

fn notice_row(work: &Work, tidings: &Tidings, to: Uuid, facts: Value) -> notice::ActiveModel {
    notice::ActiveModel {
        id: Set(work.id()),
        person_id: Set(to),
        event: Set(tidings.event.as_str().to_owned()),
        link: Set(tidings.facts.link.clone()),
        facts: Set(facts),
        created_at: Set(work.now()),
        read_at: Set(None),
        visible_at: Set(None),
    }
}

#[derive(FromQueryResult)]
struct Names {
    business: String,
    business_zone: String,
    client: String,
    service: Option<String>,
}

const NAMES: &str = "SELECT b.name AS business, b.time_zone AS business_zone, c.name AS client, \
    (SELECT s.name FROM services s WHERE s.id = $2) AS service FROM business b, clients c WHERE b.id = 1 AND c.id = $1";

#[derive(FromQueryResult)]
struct Staff {
    id: Uuid,
    approver: bool,
    dispatcher: bool,
    owner: bool,
}

const STAFF: &str = "SELECT p.id, s.approver, s.dispatcher, s.owner FROM people p JOIN staff s ON s.person_id = p.id \
    WHERE s.active AND p.disabled_at IS NULL ORDER BY p.id";

/// Who decides for the whole business: the approvers; where nobody is set, the dispatchers; where there are none, the owners.
pub(crate) async fn approvers(work: &Work) -> Result<Vec<Uuid>> {
    let asked = Statement::from_string(work.tx().get_database_backend(), STAFF);
    let all = Staff::find_by_statement(asked).all(work.tx()).await?;
    let those = |is: fn(&Staff) -> bool| -> Vec<Uuid> {
        let some = all.iter().filter(|one| is(one));
        some.map(|one| one.id).collect()
    };
    let found = [
        those(|one| one.approver),
        those(|one| one.dispatcher),
        those(|one| one.owner),
    ];
    Ok(found
        .into_iter()
        .find(|some| !some.is_empty())
        .unwrap_or_default())
}

/// Facts with the names in them, and nothing else yet.
pub(crate) async fn facts(
    work: &Work,
    role: Recipient,
    client: Uuid,
    service: Option<Uuid>,
) -> Result<LetterFacts> {
    let values = [client.into(), service.into()];
    let asked = Statement::from_sql_and_values(work.tx().get_database_backend(), NAMES, values);
    let names = Names::find_by_statement(asked).one(work.tx()).await?;
    let names = names.ok_or_else(|| Fault::Machine("no business is set up".to_owned()))?;
    Ok(LetterFacts {
        role,
        business: names.business,
        business_zone: names.business_zone,
        request: None,
        visit: None,
        client: names.client,
        service: names.service.unwrap_or_default(),
        start: None,
        end: None,
        asked: None,
        old_start: None,
        old_end: None,
        technician: None,
        old_technician: None,
        old_service: None,
        dates: Vec::new(),
        notes: String::new(),
        reason: None,
        expires: None,
        offer: None,
        change: None,
        link: String::new(),
        calendar: None,
    })
}
