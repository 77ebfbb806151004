//! Who asks. A pass can only be made here, from a live session: holding one is the permission. Functions for staff take
//! a `&StaffPass`, so that nobody can forget to ask.

use booking::ids::{ClientId, PersonId, TechnicianId};
use booking::refusal::Refusal;
use uuid::Uuid;

use crate::trouble::Result;

/// A person with a live session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedIn {
    pub(crate) person: PersonId,
    pub(crate) session: Uuid,
    pub(crate) name: String,
    pub(crate) email: String,
    pub(crate) locale: String,
    pub(crate) time_zone: String,
    /// The clients this person is an active contact of, with their names and whether the client is "own only".
    pub(crate) clients: Vec<(ClientId, String, bool)>,
    pub(crate) staff: Option<Roles>,
}

/// Roles of staff; they add up (§7).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Roles {
    /// Performs visits.
    pub technician: bool,
    /// Runs queue, calendar and clients.
    pub dispatcher: bool,
    /// Everything, settings and people.
    pub owner: bool,
    /// Decides requests for the whole business, whatever the other roles.
    pub approver: bool,
}

impl SignedIn {
    /// The person.
    #[must_use]
    pub fn person(&self) -> PersonId {
        self.person
    }
    /// The session, to tell it from the person's others.
    #[must_use]
    pub fn session(&self) -> Uuid {
        self.session
    }
    /// The person's name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }
    /// The address they sign in with.
    #[must_use]
    pub fn email(&self) -> &str {
        &self.email
    }
    /// Their language: their own, or the client's, or the business's (decision 18).
    #[must_use]
    pub fn locale(&self) -> &str {
        &self.locale
    }
    /// Their IANA zone, by the same order.
    #[must_use]
    pub fn time_zone(&self) -> &str {
        &self.time_zone
    }
    /// The pass of a contact, for the first client they belong to, if they belong to one.
    #[must_use]
    pub fn contact(&self) -> Option<ContactPass> {
        let (client, client_name, own_only) = self.clients.first()?.clone();
        Some(ContactPass {
            person: self.person,
            client,
            client_name,
            own_only,
        })
    }
    /// The pass of staff, if they are active staff.
    #[must_use]
    pub fn staff(&self) -> Option<StaffPass> {
        self.staff.map(|roles| StaffPass {
            person: self.person,
            roles,
        })
    }
}

/// A contact acting for a client: the rows of that client only.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContactPass {
    pub(crate) person: PersonId,
    pub(crate) client: ClientId,
    pub(crate) client_name: String,
    pub(crate) own_only: bool,
}

impl ContactPass {
    /// The person who acts.
    #[must_use]
    pub fn person(&self) -> PersonId {
        self.person
    }
    /// The client acted for.
    #[must_use]
    pub fn client(&self) -> ClientId {
        self.client
    }
    /// The client's name.
    #[must_use]
    pub fn client_name(&self) -> &str {
        &self.client_name
    }
    /// Whether this contact sees only what they asked for themselves (decision 13): by the client's setting, or by
    /// their own narrower one.
    #[must_use]
    pub fn own_only(&self) -> bool {
        self.own_only
    }
}

/// A member of staff.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StaffPass {
    pub(crate) person: PersonId,
    pub(crate) roles: Roles,
}

impl StaffPass {
    /// The person who acts.
    #[must_use]
    pub fn person(&self) -> PersonId {
        self.person
    }
    /// Their roles.
    #[must_use]
    pub fn roles(&self) -> Roles {
        self.roles
    }
    /// The technician they are, if they are one (the same id).
    #[must_use]
    pub fn technician(&self) -> Option<TechnicianId> {
        self.roles
            .technician
            .then(|| TechnicianId::new(self.person.get()))
    }
    /// Runs the queue, the calendar, the clients.
    ///
    /// # Errors
    /// [`Refusal::NotAllowed`] for a technician who is nothing else.
    pub fn dispatcher(&self) -> Result<()> {
        if self.roles.dispatcher || self.roles.owner {
            Ok(())
        } else {
            Err(Refusal::NotAllowed.into())
        }
    }
    /// Changes settings and people.
    ///
    /// # Errors
    /// [`Refusal::NotAllowed`] for everybody else.
    pub fn owner(&self) -> Result<()> {
        if self.roles.owner {
            Ok(())
        } else {
            Err(Refusal::NotAllowed.into())
        }
    }
    /// Whether they decide requests of every technician. A technician's own approvers are a table of the desk.
    #[must_use]
    pub fn decides_all(&self) -> bool {
        self.roles.dispatcher || self.roles.owner || self.roles.approver
    }
}
