//! What is due for a visit that was cancelled late, or to which the client did not come: recorded by the rules, kept or
//! waived by staff. It asks nobody for money.

use booking::refusal::Refusal;
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, Set};
use serde::Serialize;

use crate::desk::{Desk, Work};
use crate::history::Entry;
use crate::key::Key;
use crate::pass::StaffPass;
use crate::table::{fee, visit};
use crate::trouble::Result;

/// Why a fee is due.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum FeeKind {
    /// It was cancelled late.
    LateCancel,
    /// The client did not come.
    NoShow,
}

impl FeeKind {
    const fn as_str(self) -> &'static str {
        match self {
            Self::LateCancel => "late_cancel",
            Self::NoShow => "no_show",
        }
    }
}

/// A fee as staff and the client see it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Fee {
    /// Why.
    pub kind: FeeKind,
    /// How much, in minor units of the business's currency.
    pub amount_minor: i64,
    /// Whether staff let it go.
    pub waived: bool,
    /// For the form.
    pub version: i32,
}

impl Fee {
    pub(crate) fn of(row: &fee::Model) -> Self {
        Self {
            kind: match row.kind.as_str() {
                "no_show" => FeeKind::NoShow,
                _ => FeeKind::LateCancel,
            },
            amount_minor: row.amount_minor,
            waived: row.status == WAIVED,
            version: row.version,
        }
    }
}

const DUE: &str = "due";
const WAIVED: &str = "waived";

impl Desk {
    /// What is due for a visit, for those who run the calendar.
    ///
    /// # Errors
    /// [`Refusal::NotAllowed`] for a technician.
    pub async fn fee(&self, who: &StaffPass, reference: &str) -> Result<Option<Fee>> {
        who.dispatcher()?;
        let visit = visit::Entity::find().filter(visit::Column::Reference.eq(reference));
        match visit.one(self.db()).await? {
            Some(visit) => of_visit(self.db(), visit.id).await,
            None => Ok(None),
        }
    }

    /// Waives the fee of a visit, or keeps it after all.
    ///
    /// # Errors
    /// [`Refusal::NotAllowed`] for a technician, [`Refusal::NotFound`] where none is recorded, [`Refusal::Stale`].
    pub async fn waive_fee(
        &self,
        who: &StaffPass,
        reference: &str,
        (version, waive): (i32, bool),
    ) -> Result<()> {
        who.dispatcher()?;
        let work = self.begin().await?;
        let visit = work.visit(reference).await?.ok_or(Refusal::NotFound)?;
        let row = fee::Entity::find_by_id(visit.id).one(work.tx()).await?;
        let before = row.ok_or(Refusal::NotFound)?;
        if before.version != version {
            return Err(Refusal::Stale.into());
        }
        let mut after = before.clone().into_active_model();
        after.status = Set(if waive { WAIVED } else { DUE }.to_owned());
        after.decided_by = Set(Some(who.person.key()));
        after.decided_at = Set(Some(work.now()));
        after.version = Set(version + 1);
        let after = after.update(work.tx()).await?;
        let what = if waive { "waived" } else { "kept" };
        Entry::new(Some(who.person), "fee", visit.id, what)
            .before(&before)?
            .after(&after)?
            .write(&work)
            .await?;
        work.commit().await
    }
}

/// Takes away what was recorded by mistake: the client came after all.
pub(crate) async fn forget(
    work: &Work,
    who: &StaffPass,
    visit: &visit::Model,
    kind: FeeKind,
) -> Result<()> {
    let row = fee::Entity::find_by_id(visit.id).filter(fee::Column::Kind.eq(kind.as_str()));
    let Some(row) = row.one(work.tx()).await? else {
        return Ok(());
    };
    Entry::new(Some(who.person), "fee", visit.id, "removed")
        .before(&row)?
        .write(work)
        .await?;
    row.into_active_model().delete(work.tx()).await?;
    Ok(())
}

/// Records what is due for a visit, once: what was decided about it before stays.
pub(crate) async fn record(
    work: &Work,
    visit: &visit::Model,
    kind: FeeKind,
    amount_minor: Option<i64>,
) -> Result<()> {
    let Some(amount_minor) = amount_minor else {
        return Ok(());
    };
    let found = fee::Entity::find_by_id(visit.id).one(work.tx()).await?;
    if found.is_some() {
        return Ok(());
    }
    let row = fee::ActiveModel {
        visit_id: Set(visit.id),
        kind: Set(kind.as_str().to_owned()),
        amount_minor: Set(amount_minor),
        status: Set(DUE.to_owned()),
        created_at: Set(work.now()),
        decided_by: Set(None),
        decided_at: Set(None),
        version: Set(1),
    };
    row.insert(work.tx()).await?;
    Ok(())
}

/// The fee of a visit, if one was recorded.
pub(crate) async fn of_visit<C: sea_orm::ConnectionTrait>(
    db: &C,
    visit: uuid::Uuid,
) -> Result<Option<Fee>> {
    let row = fee::Entity::find_by_id(visit).one(db).await?;
    Ok(row.as_ref().map(Fee::of))
}
