//! The list: two weeks as an agenda.

use super::plan::{Plan, What};
use super::sight::Sight;
use crate::calendar::agenda::{Day, Line};
use crate::i18n::td_string;

/// The days of the list with their lines.
pub fn days(plan: &Plan, sight: &Sight) -> Vec<Day> {
    let dates = Plan::dates(sight);
    dates
        .into_iter()
        .map(|date| {
            let closed = plan.closures.iter().find(|(closed, _)| *closed == date);
            let note = match closed {
                Some((_, name)) => format!("{} {name}", td_string!(plan.locale, schedule.closed)),
                None if date == plan.today => td_string!(plan.locale, schedule.today).to_owned(),
                None => String::new(),
            };
            let lines = plan.on(date).map(|item| line(plan, sight, item)).collect();
            Day {
                name: plan.times.long_day(date),
                note,
                lines,
            }
        })
        .collect()
}

fn line(plan: &Plan, sight: &Sight, item: &super::plan::Item) -> Line {
    let nobody = td_string!(plan.locale, schedule.unassigned).to_owned();
    let title = match item.what {
        What::Blocked => item.service.clone(),
        What::Hold | What::Visit { .. } => format!("{} · {}", item.service, item.client),
    };
    Line {
        href: plan.href(sight, item),
        time: plan.times(item),
        title,
        who: item
            .technician
            .as_deref()
            .map_or(nobody, |id| plan.name(id).unwrap_or_default().to_owned()),
        status: item.status.clone(),
    }
}
