//! What can go wrong at the desk: a refusal, which a person reads beside a field, or a fault, which is logged once at the
//! boundary and shown as an incident number.

use booking::refusal::Refusal;
use sea_orm::{DbErr, RuntimeErr};

/// What every function of the desk answers.
pub type Result<T> = std::result::Result<T, Trouble>;

/// A refusal and the form field it stands beside (the field's name in the form; none: above the form).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Refused {
    /// The reason, as a code.
    pub why: Refusal,
    /// The name of the form's field.
    pub field: Option<&'static str>,
}

/// What the machine did wrong; never shown to people.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    /// The database's own error.
    #[error("database: {0}")]
    Database(#[from] DbErr),
    /// A row that cannot be read.
    #[error("unreadable {table}.{column} of {id}")]
    Unreadable {
        /// The table.
        table: &'static str,
        /// The column.
        column: &'static str,
        /// The row.
        id: String,
    },
    /// Something outside the database: random numbers, hashing.
    #[error("{0}")]
    Machine(String),
}

/// Either kind.
#[derive(Debug, thiserror::Error)]
pub enum Trouble {
    /// Refused: nothing was changed.
    #[error("refused: {} ({:?})", .0.why, .0.field)]
    Refused(Refused),
    /// A fault: nothing was changed.
    #[error(transparent)]
    Fault(#[from] Fault),
}

impl Trouble {
    /// The refusal, if it is one.
    #[must_use]
    pub fn refusal(&self) -> Option<Refusal> {
        match self {
            Self::Refused(refused) => Some(refused.why),
            Self::Fault(_) => None,
        }
    }
}

impl From<Refusal> for Trouble {
    fn from(why: Refusal) -> Self {
        Self::Refused(Refused { why, field: None })
    }
}

/// Says beside which field a refusal stands.
pub trait Beside<T> {
    /// The same refusal, beside `field`.
    ///
    /// # Errors
    /// The refusal, if there was one.
    fn beside(self, field: &'static str) -> Result<T>;
}

impl<T> Beside<T> for std::result::Result<T, Refusal> {
    fn beside(self, field: &'static str) -> Result<T> {
        self.map_err(|why| {
            Trouble::Refused(Refused {
                why,
                field: Some(field),
            })
        })
    }
}

/// The guarantee of R27 and a busy database are refusals, whichever database says so; the rest are faults.
impl From<DbErr> for Trouble {
    fn from(error: DbErr) -> Self {
        let text = match &error {
            DbErr::Exec(RuntimeErr::SqlxError(inner))
            | DbErr::Query(RuntimeErr::SqlxError(inner)) => inner.to_string(),
            DbErr::ConnectionAcquire(_) | DbErr::Conn(_) => return Refusal::Busy.into(),
            _ => error.to_string(),
        };
        if text.contains("bookings_no_overlap") {
            return Refusal::Overlap.into();
        }
        // PostgreSQL names the index, SQLite its columns.
        if text.contains("client_services_one_active")
            || text.contains("client_services.client_id, client_services.service_id")
        {
            return Refusal::AgreementRuns.into();
        }
        if text.contains("database is locked") || text.contains("deadlock detected") {
            return Refusal::Busy.into();
        }
        // PostgreSQL stores no NUL; whoever looks for one finds nothing, whoever writes one is told.
        if text.contains("invalid byte sequence for encoding") {
            return Refusal::TextControl.into();
        }
        if text.contains("database or disk is full") || text.contains("No space left") {
            return Refusal::DiskFull.into();
        }
        Self::Fault(Fault::Database(error))
    }
}
