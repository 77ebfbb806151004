//! Between the ids of the rules and the keys of the database: both are 128 bits.

use booking::ids::{
    BookingId, ChangeId, ClientId, ClientServiceId, PersonId, PhotoId, QuestionId, RequestId,
    ResourceId, SeriesId, ServiceId, SubjectId, TechnicianId, TicketId, VisitId,
};
use uuid::Uuid;

/// An id that is a key of a table.
pub(crate) trait Key {
    /// The database's form.
    fn key(self) -> Uuid;
    /// The rules' form.
    fn of(key: Uuid) -> Self;
}

macro_rules! keys {
    ($($id:ident)+) => {$(
        impl Key for $id {
            fn key(self) -> Uuid {
                Uuid::from_u128(self.get())
            }
            fn of(key: Uuid) -> Self {
                Self::new(key.as_u128())
            }
        }
    )+};
}

keys! {
    BookingId ChangeId ClientId ClientServiceId PersonId PhotoId QuestionId RequestId ResourceId SeriesId ServiceId SubjectId TechnicianId TicketId VisitId
}
