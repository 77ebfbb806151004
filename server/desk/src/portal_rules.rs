//! What the business lets its clients do in the portal (spec §8 "Portal"): against visits or by message, until when, what a
//! cancellation costs. The owner's form, and the rules as the desk and the pages ask for them.

use booking::block::TimeBlocks;
use booking::people::Notes;
use booking::policy::{CancellationPolicy, CancellationRules, CutOff, PortalMode};
use booking::refusal::Refusal;
use chrono_tz::Tz;
use sea_orm::{ConnectionTrait, EntityTrait, Set};

use crate::business::Business;
use crate::desk::{Desk, Work};
use crate::free_slots::load::read_zone;
use crate::pass::StaffPass;
use crate::table::business;
use crate::trouble::{Beside, Fault, Result};

/// The highest fee, in minor units.
const HIGHEST_FEE: i64 = 100_000_000;

/// The form "Portal".
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChangedPortal {
    /// How clients speak to the office about a visit.
    pub mode: PortalMode,
    /// Until when they can ask for a time.
    pub request_cut_off: CutOff,
    /// Until when they can ask for a change.
    pub change_cut_off: CutOff,
    /// Until when, and how, they can cancel.
    pub cancellation: CancellationRules,
    /// What is said about it before they confirm, as typed; may be empty.
    pub text: String,
    /// What a late cancellation costs, in minor units; nothing: nothing.
    pub late_fee_minor: Option<i64>,
    /// What not coming costs.
    pub no_show_fee_minor: Option<i64>,
    /// The parts of a day for which a change can be asked.
    pub time_blocks: TimeBlocks,
}

/// The rules as they stand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PortalRules {
    /// How clients speak to the office about a visit.
    pub mode: PortalMode,
    /// Until when they can ask for a time.
    pub request_cut_off: CutOff,
    /// Until when they can ask for a change.
    pub change_cut_off: CutOff,
    /// Until when, and how, they can cancel.
    pub cancellation: CancellationRules,
    /// What is said about it before they confirm; may be empty.
    pub text: String,
    /// What a late cancellation costs, in minor units.
    pub late_fee_minor: Option<i64>,
    /// What not coming costs.
    pub no_show_fee_minor: Option<i64>,
    /// The parts of a day for which a change can be asked.
    pub time_blocks: TimeBlocks,
    /// The business's zone, in which cut-offs are meant.
    pub zone: Tz,
}

impl PortalRules {
    /// The rules of a business.
    ///
    /// # Errors
    /// A row that cannot be read.
    pub fn of(row: &Business) -> Result<Self> {
        let unreadable = |column| Fault::Unreadable {
            table: "business",
            column,
            id: "1".to_owned(),
        };
        let cut_off = |text: &str, column| text.parse::<CutOff>().map_err(|_| unreadable(column));
        let policy = match row.cancellation.as_str() {
            "not_allowed" => CancellationPolicy::NotAllowed,
            "at_once" => CancellationPolicy::AtOnce,
            "at_once_before" => {
                CancellationPolicy::AtOnceBefore(cut_off(&row.at_once_cut_off, "at_once_cut_off")?)
            }
            "reviewed" => CancellationPolicy::Reviewed,
            _ => return Err(unreadable("cancellation").into()),
        };
        Ok(Self {
            mode: row
                .portal_mode
                .parse()
                .map_err(|_| unreadable("portal_mode"))?,
            request_cut_off: cut_off(&row.request_cut_off, "request_cut_off")?,
            change_cut_off: cut_off(&row.change_cut_off, "change_cut_off")?,
            cancellation: CancellationRules {
                until: cut_off(&row.cancel_cut_off, "cancel_cut_off")?,
                policy,
            },
            text: row.cancellation_text.clone(),
            late_fee_minor: row.late_fee_minor,
            no_show_fee_minor: row.no_show_fee_minor,
            time_blocks: row
                .time_blocks
                .parse()
                .map_err(|_| unreadable("time_blocks"))?,
            zone: read_zone(&row.time_zone, "business", "1")?,
        })
    }

    /// Whether clients ask for something against a visit at all.
    ///
    /// # Errors
    /// [`Refusal::NotAllowed`] where they write a message instead.
    pub(crate) fn against_visits(&self) -> Result<()> {
        match self.mode {
            PortalMode::Visits => Ok(()),
            PortalMode::Message => Err(Refusal::NotAllowed.into()),
        }
    }
}

/// The rules, inside a write.
pub(crate) async fn read(work: &Work) -> Result<PortalRules> {
    read_now(work.tx()).await
}

/// The rules, for reading.
pub(crate) async fn read_now<C: ConnectionTrait>(db: &C) -> Result<PortalRules> {
    let row = business::Entity::find_by_id(1).one(db).await?;
    PortalRules::of(&row.ok_or(Refusal::NotFound)?)
}

impl Desk {
    /// Changes what clients can do in the portal. Requests that wait are decided as they were asked.
    ///
    /// # Errors
    /// [`Refusal::NotAllowed`] for who is no owner; [`Refusal::Stale`]; beside the field what a text or a fee refuses.
    pub async fn change_portal(
        &self,
        who: &StaffPass,
        version: i32,
        changed: &ChangedPortal,
    ) -> Result<()> {
        who.owner()?;
        let text = Notes::optional(&changed.text).beside("text")?;
        fee(changed.late_fee_minor).beside("late_fee")?;
        fee(changed.no_show_fee_minor).beside("no_show_fee")?;
        let (policy, at_once) = match changed.cancellation.policy {
            CancellationPolicy::NotAllowed => ("not_allowed", CutOff::None),
            CancellationPolicy::AtOnce => ("at_once", CutOff::None),
            CancellationPolicy::AtOnceBefore(cut_off) => ("at_once_before", cut_off),
            CancellationPolicy::Reviewed => ("reviewed", CutOff::None),
        };
        self.change(who, version, "portal-changed", |row| {
            row.portal_mode = Set(changed.mode.as_str().to_owned());
            row.request_cut_off = Set(changed.request_cut_off.to_string());
            row.change_cut_off = Set(changed.change_cut_off.to_string());
            row.cancel_cut_off = Set(changed.cancellation.until.to_string());
            row.cancellation = Set(policy.to_owned());
            row.at_once_cut_off = Set(at_once.to_string());
            row.cancellation_text = Set(text.as_ref().map_or("", Notes::as_str).to_owned());
            row.late_fee_minor = Set(changed.late_fee_minor);
            row.no_show_fee_minor = Set(changed.no_show_fee_minor);
            row.time_blocks = Set(changed.time_blocks.to_string());
        })
        .await
    }
}

fn fee(minor: Option<i64>) -> std::result::Result<(), Refusal> {
    match minor {
        Some(minor) if !(1..=HIGHEST_FEE).contains(&minor) => Err(Refusal::BadPrice),
        Some(_) | None => Ok(()),
    }
}
