//! The demonstration's services and resources.

use sea_orm::IntoActiveModel;
use serde_json::json;
use uuid::Uuid;

use super::people::People;
use super::store;
use crate::desk::Work;
use crate::table::{resource, service, service_resource, service_technician};
use crate::trouble::Result;

/// Stores services, who performs them, resources and what needs them.
pub(super) async fn seed(work: &Work, people: &People) -> Result<()> {
    let van = a_resource(work, "Van", "vehicle", 1, 15, 0);
    let room = a_resource(work, "Grooming room", "room", 2, 10, 1);
    let (van_id, room_id) = (van.id, room.id);
    store(
        work,
        vec![van.into_active_model(), room.into_active_model()],
    )
    .await?;
    let services = services(work);
    let ids: Vec<Uuid> = services.iter().map(|service| service.id).collect();
    store(
        work,
        services
            .into_iter()
            .map(IntoActiveModel::into_active_model)
            .collect(),
    )
    .await?;
    let qualified = [
        (GROOMING, 1),
        (GROOMING, 2),
        (TRANSPORT, 0),
        (TRANSPORT, 3),
        (CLASS, 3),
    ];
    let qualified = qualified.iter().filter_map(|(service, technician)| {
        Some(service_technician::Model {
            service_id: *ids.get(*service)?,
            technician_id: *people.technicians.get(*technician)?,
        })
    });
    store(
        work,
        qualified.map(IntoActiveModel::into_active_model).collect(),
    )
    .await?;
    let needs = [(GROOMING, room_id), (TRANSPORT, van_id)];
    let needs = needs.iter().filter_map(|(service, resource)| {
        Some(service_resource::Model {
            id: work.id(),
            service_id: *ids.get(*service)?,
            resource_id: Some(*resource),
            resource_kind: None,
            units: 1,
        })
    });
    store(
        work,
        needs.map(IntoActiveModel::into_active_model).collect(),
    )
    .await
}

pub(super) const HOME_VISIT: usize = 0;
pub(super) const DOG_WALK: usize = 1;
pub(super) const GROOMING: usize = 2;
pub(super) const TRANSPORT: usize = 3;
pub(super) const CLASS: usize = 4;

fn services(work: &Work) -> Vec<service::Model> {
    let plain =
        |name: &str, description: &str, lengths: serde_json::Value, price: i64, position: i32| {
            a_service(work, name, description, lengths, price, position)
        };
    vec![
        service::Model {
            buffer_after: 15,
            ..plain(
                "Home visit",
                "Feeding, a cuddle and a look around your home.",
                json!([30, 60]),
                2_200,
                0,
            )
        },
        service::Model {
            step_min: Some(30),
            buffer_before: 10,
            buffer_after: 10,
            technician_preference: true,
            ..plain(
                "Dog walk",
                "A brisk walk, alone or with one friend.",
                json!([60]),
                1_800,
                1,
            )
        },
        service::Model {
            buffer_after: 15,
            all_technicians: false,
            notice_min: 24 * 60,
            max_per_day: Some(6),
            ..plain(
                "Grooming",
                "Bath, brush and claws, in our grooming room.",
                json!([60, 90]),
                4_500,
                2,
            )
        },
        service::Model {
            all_technicians: false,
            any_length: true,
            step_min: Some(30),
            ..plain(
                "Pet taxi",
                "To the vet and back, in our van.",
                json!([30, 180]),
                3_000,
                3,
            )
        },
        service::Model {
            capacity: 6,
            all_technicians: false,
            ..plain(
                "Puppy class",
                "Six puppies, one trainer, one hour.",
                json!([60]),
                1_500,
                4,
            )
        },
        service::Model {
            bookable: false,
            ..plain(
                "Overnight stay",
                "By arrangement: call us.",
                json!([720]),
                9_000,
                5,
            )
        },
    ]
}

fn a_service(
    work: &Work,
    name: &str,
    description: &str,
    lengths: serde_json::Value,
    price: i64,
    position: i32,
) -> service::Model {
    service::Model {
        id: work.id(),
        name: name.to_owned(),
        description: description.to_owned(),
        bookable: true,
        lengths,
        any_length: false,
        step_min: None,
        buffer_before: 0,
        buffer_after: 0,
        price_minor: Some(price),
        capacity: 1,
        notice_min: 120,
        advance_days: Some(60),
        max_per_day: None,
        max_per_week: None,
        holds: true,
        technician_preference: true,
        all_technicians: true,
        restricted: false,
        asked_by: booking::service::AskedBy::Either.as_str().to_owned(),
        recurring: true,
        active: true,
        position,
        version: 1,
    }
}

fn a_resource(
    work: &Work,
    name: &str,
    kind: &str,
    units: i32,
    turnaround_min: i32,
    position: i32,
) -> resource::Model {
    resource::Model {
        id: work.id(),
        name: name.to_owned(),
        kind: kind.to_owned(),
        units,
        turnaround_min,
        active: true,
        position,
        version: 1,
    }
}
