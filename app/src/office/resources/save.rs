//! What the forms about resources do.

use desk::resources::NewResource;
use leptos::prelude::*;

use crate::ask;
use crate::office::typed;
use crate::trouble::Trouble;

/// Adds a resource.
#[server]
pub async fn office_create_resource(
    key: String,
    name: String,
    kind: String,
    #[server(default)] units: String,
    #[server(default)] turnaround_min: String,
) -> Result<(), Trouble> {
    let (desk, who) = (ask::desk()?, ask::staff()?);
    let id = desk
        .create_resource(&who, &key, &read(name, kind, &units, &turnaround_min)?)
        .await?;
    ask::go(&format!("/office/resources/{id}?done=page"));
    Ok(())
}

/// Changes a resource.
#[server]
pub async fn office_edit_resource(
    id: String,
    version: String,
    name: String,
    kind: String,
    #[server(default)] units: String,
    #[server(default)] turnaround_min: String,
) -> Result<(), Trouble> {
    let (desk, who) = (ask::desk()?, ask::staff()?);
    let form = read(name, kind, &units, &turnaround_min)?;
    desk.edit_resource(&who, typed::known(&id)?, typed::known(&version)?, &form)
        .await?;
    ask::go(&format!("/office/resources/{id}?done=page"));
    Ok(())
}

/// Takes a resource out of use, or brings it back.
#[server]
pub async fn office_resource_active(
    id: String,
    version: String,
    #[server(default)] active: bool,
) -> Result<(), Trouble> {
    let (desk, who) = (ask::desk()?, ask::staff()?);
    desk.set_resource_active(&who, typed::known(&id)?, typed::known(&version)?, active)
        .await?;
    ask::go(&format!("/office/resources/{id}?done=use"));
    Ok(())
}

fn read(name: String, kind: String, units: &str, turnaround: &str) -> Result<NewResource, Trouble> {
    Ok(NewResource {
        name,
        kind,
        units: typed::number(units, "units")?,
        turnaround_min: typed::number_or_zero(turnaround, "turnaround_min")?,
    })
}
