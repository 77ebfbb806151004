//! Time blocked without a client: the form, and freeing it again.

use booking::ids::TechnicianId;
use booking::refusal::Refusal;
use desk::block_time::{Blocked, NewBlock};
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

use super::typed::TypedVisit;
use crate::i18n::td_string;
use crate::kit::{Button, ButtonLink, Field, Form, Look, Once, PageHead};
use crate::office::requests::Voice;
use crate::office::section::{Beside, typed_all};
use crate::office::typed::{id, known};
use crate::said::{Said, say};
use crate::trouble::Trouble;
use crate::{ask, site};

/// Its path.
pub const PATH: &str = "/office/visits/block";

/// The page `/office/visits/block`.
#[component]
pub fn BlockPage() -> impl IntoView {
    site::page(async move {
        let (desk, staff) = (ask::desk()?, ask::staff()?);
        staff.dispatcher()?;
        let voice = Voice::here(&desk).await?;
        let locale = voice.locale;
        let (typed, _) = TypedVisit::here(OfficeBlockTime::PATH);
        let team = desk.team(&staff).await?;
        let date = match typed.date.is_empty() {
            true => voice.times.date(voice.times.now).to_string(),
            false => typed.date.clone(),
        };
        let or = |own: &String, usual: &str| match own.is_empty() {
            true => usual.to_owned(),
            false => own.clone(),
        };
        let length = or(&typed.length, "60");
        let time = or(&typed.time, "09:00");
        let technicians = team
            .into_iter()
            .filter(|one| one.form.active)
            .map(|one| (one.id.to_string(), one.name))
            .collect::<Vec<_>>();
        Ok(view! {
            <div class="plain-page">
                <PageHead title=td_string!(locale, visits.block.title) back=("/office/schedule".to_owned(), td_string!(locale, schedule.title).to_owned())/>
                <div class="sheet max-w-xl p-4">
                    <Form action=OfficeBlockTime::PATH posted=ask::posted() locale>
                        <Once key=ask::fresh_key()/>
                        <Field name="note" label=td_string!(locale, visits.block.note) hint=td_string!(locale, visits.block.note_hint) required=true/>
                        <div class="pair">
                            <Field name="date" kind="date" label=td_string!(locale, visits.date) value=date required=true/>
                            <Field name="time" kind="time" label=td_string!(locale, visits.time) value=time required=true/>
                        </div>
                        <Field name="length" kind="number" label=td_string!(locale, visits.length) value=length min="5" max="44640" required=true/>
                        {people(technicians, &typed)}
                        <div class="flex flex-wrap gap-2">
                            <Button look=Look::Primary>{td_string!(locale, visits.block.save)}</Button>
                            <ButtonLink href="/office/schedule">{td_string!(locale, common.cancel)}</ButtonLink>
                        </div>
                    </Form>
                </div>
            </div>
        })
    })
}

fn people(technicians: Vec<(String, String)>, typed: &TypedVisit) -> impl IntoView + use<> {
    let locale = ask::locale();
    let chosen = typed.technician.clone();
    view! {
        <fieldset class="field">
            <legend class="field-label">{td_string!(locale, visits.block.whose)}</legend>
            <Boxes technicians chosen/>
            <Beside name="technicians"/>
        </fieldset>
    }
}

/// The boxes, with what was ticked when the form was refused.
#[component]
fn Boxes(technicians: Vec<(String, String)>, chosen: Vec<String>) -> impl IntoView {
    let chosen = typed_all("technician[]").unwrap_or(chosen);
    let boxes = technicians.into_iter().map(|(id, name)| {
        let ticked = chosen.contains(&id);
        view! {
            <label class="tick">
                <input type="checkbox" name="technician[]" value=id checked=ticked class="checkbox checkbox-primary"/>
                <span>{name}</span>
            </label>
        }
    });
    boxes.collect_view()
}

/// Blocks time.
#[server]
pub async fn office_block_time(
    key: String,
    note: String,
    date: String,
    time: String,
    #[server(default)] length: String,
    #[server(default)] technician: Vec<String>,
) -> Result<(), Trouble> {
    let (desk, who) = (ask::desk()?, ask::staff()?);
    let when = crate::office::requests::shown::Approval {
        date: date.clone(),
        time,
        ..Default::default()
    };
    let start = crate::office::requests::read::start(&when, ask::business().time_zone)?
        .ok_or_else(|| crate::office::typed::beside(Refusal::BadTime, "time"))?;
    let minutes = crate::office::typed::number(&length, "length")?;
    let technicians: Result<Vec<TechnicianId>, Trouble> = technician
        .iter()
        .map(|text| id(text, "technicians"))
        .collect();
    let ask = NewBlock {
        key,
        technicians: technicians?,
        start,
        end: start + chrono::TimeDelta::minutes(i64::from(minutes)),
        note,
    };
    match desk.block_time(&who, ask).await? {
        Blocked::Done => {}
        Blocked::Lost(_) => {
            return Err(crate::office::typed::beside(
                Refusal::SlotTaken,
                "technicians",
            ));
        }
    }
    say(Said::Saved);
    ask::go(&format!("/office/schedule?date={date}"));
    Ok(())
}

/// Frees blocked time.
#[server]
pub async fn office_free_time(id: String, #[server(default)] back: String) -> Result<(), Trouble> {
    ask::desk()?
        .free_blocked_time(&ask::staff()?, known(&id)?)
        .await?;
    say(Said::Removed);
    ask::go(match back.starts_with("/office/") {
        true => &back,
        false => "/office/schedule",
    });
    Ok(())
}
