//! The services and the technicians that a form offers.

use desk::{Desk, StaffPass};

use crate::trouble::Trouble;

/// A service to choose.
#[derive(Clone, Debug)]
pub struct KnownService {
    /// What travels.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its shortest length in minutes.
    pub length_min: u32,
}

/// What can be chosen.
#[derive(Clone, Debug)]
pub struct Known {
    /// Active services, in their order.
    pub services: Vec<KnownService>,
    /// Technicians by id and name.
    pub technicians: Vec<(String, String)>,
}

/// Asks the desk.
///
/// # Errors
/// Not allowed for a technician who is nothing else.
pub async fn known(desk: &Desk, staff: &StaffPass) -> Result<Known, Trouble> {
    let services = desk
        .services(staff)
        .await?
        .into_iter()
        .filter(|service| service.active);
    let services = services.map(|service| KnownService {
        id: service.id.to_string(),
        name: service.form.name,
        length_min: service.form.lengths.iter().min().copied().unwrap_or(60),
    });
    let technicians = desk
        .team(staff)
        .await?
        .into_iter()
        .map(|member| (member.id.to_string(), member.name));
    Ok(Known {
        services: services.collect(),
        technicians: technicians.collect(),
    })
}
