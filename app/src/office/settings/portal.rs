//! Settings of the portal: how clients speak to the office about a visit, until when they can ask, change and cancel, and what
//! a late cancellation costs.

use booking::block::{MOST_BLOCKS, TimeBlock, TimeBlocks};
use booking::policy::{CancellationPolicy, CancellationRules, CutOff, PortalMode};
use booking::refusal::Refusal;
use desk::portal_rules::{ChangedPortal, PortalRules};
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

use super::tabs::head;
use crate::ask;
use crate::i18n::{Locale, td_string};
use crate::kit::{Button, Choice, Field, Form, Hidden, Look, Pick, Radio, TextArea, money};
use crate::office::section::{Beside, group, owners_only, saved_page, typed_all};
use crate::office::typed::{beside, clock, known, known_word, number, price, windows};
use crate::trouble::Trouble;

/// The page `/office/settings/portal`.
#[component]
pub fn PortalPage() -> impl IntoView {
    crate::site::page(async move {
        let (l, who, desk) = (ask::locale(), ask::staff()?, ask::desk()?);
        who.dispatcher()?;
        let business = desk.business().await?;
        let rules = PortalRules::of(&business)?;
        let owner = who.owner().is_ok();
        let at_once = match rules.cancellation.policy {
            CancellationPolicy::AtOnceBefore(cut_off) => cut_off,
            CancellationPolicy::NotAllowed
            | CancellationPolicy::AtOnce
            | CancellationPolicy::Reviewed => CutOff::HoursBefore(24),
        };
        let mode = rules.mode.as_str().to_owned();
        let policy = business.cancellation.clone();
        let fees = [rules.late_fee_minor, rules.no_show_fee_minor];
        let currency = business.currency.clone();
        let [late, no_show] =
            fees.map(|fee| fee.map_or_else(String::new, |fee| money::typed(fee, &currency)));
        let text = rules.text.clone();
        let blocks = rules.time_blocks.clone();
        let (request, change, cancel) = (
            rules.request_cut_off,
            rules.change_cut_off,
            rules.cancellation.until,
        );
        let rule = td_string!(l, changes.settings.rule);
        let fields = move || {
            (
                group(
                    td_string!(l, changes.settings.mode),
                    td_string!(l, changes.settings.mode_effect),
                    view! { <Radio name="mode" label=td_string!(l, changes.settings.mode) picks=modes(l) value=mode/> },
                ),
                group(
                    td_string!(l, changes.settings.request),
                    td_string!(l, changes.settings.request_effect),
                    cut_off(l, &REQUEST, rule, request),
                ),
                group(
                    td_string!(l, changes.settings.change),
                    td_string!(l, changes.settings.change_effect),
                    cut_off(l, &CHANGE, rule, change),
                ),
                group(
                    td_string!(l, changes.settings.blocks),
                    td_string!(l, changes.settings.blocks_effect),
                    block_rows(l, blocks),
                ),
                group(
                    td_string!(l, changes.settings.cancel),
                    td_string!(l, changes.settings.cancel_effect),
                    view! {
                        {cut_off(l, &CANCEL, rule, cancel)}
                        <Choice name="policy" label=td_string!(l, changes.settings.policy) picks=policies(l) value=policy/>
                        <div class="limit-at-once">{cut_off(l, &AT_ONCE, td_string!(l, changes.settings.rule_at_once), at_once)}</div>
                        <TextArea name="text" label=td_string!(l, changes.settings.text) hint=td_string!(l, changes.settings.text_hint) value=text/>
                    },
                ),
                group(
                    td_string!(l, changes.settings.fees),
                    td_string!(l, changes.settings.fees_effect),
                    view! {
                        <Field name="late_fee" label=td_string!(l, changes.fee.late) value=late inputmode="decimal" longest=20/>
                        <Field name="no_show_fee" label=td_string!(l, changes.fee.no_show) value=no_show inputmode="decimal" longest=20/>
                    },
                ),
            )
        };
        Ok(view! {
            {head()}
            {saved_page()}
            <Form action=OfficeChangePortal::PATH posted=ask::posted() locale=l class="flex flex-col">
                <Hidden name="version" value=business.version.to_string()/>
                {owners_only(who, fields())}
                {owner.then(|| view! { <div class="part-end"><Button look=Look::Primary>{td_string!(l, common.save)}</Button></div> })}
            </Form>
        })
    })
}

/// The names of the three fields of a cut-off.
struct Names {
    kind: &'static str,
    hours: &'static str,
    time: &'static str,
}

const REQUEST: Names = Names {
    kind: "request_kind",
    hours: "request_hours",
    time: "request_time",
};
const CHANGE: Names = Names {
    kind: "change_kind",
    hours: "change_hours",
    time: "change_time",
};
const CANCEL: Names = Names {
    kind: "cancel_kind",
    hours: "cancel_hours",
    time: "cancel_time",
};
const AT_ONCE: Names = Names {
    kind: "at_once_kind",
    hours: "at_once_hours",
    time: "at_once_time",
};

fn modes(l: Locale) -> Vec<Pick> {
    vec![
        Pick::new(
            PortalMode::Visits.as_str(),
            td_string!(l, changes.settings.by_visit),
        ),
        Pick::new(
            PortalMode::Message.as_str(),
            td_string!(l, changes.settings.by_message),
        ),
    ]
}

fn policies(l: Locale) -> Vec<Pick> {
    vec![
        Pick::new("reviewed", td_string!(l, changes.settings.reviewed)),
        Pick::new("at_once", td_string!(l, changes.settings.at_once)),
        Pick::new(
            "at_once_before",
            td_string!(l, changes.settings.at_once_before),
        ),
        Pick::new("not_allowed", td_string!(l, changes.settings.not_allowed)),
    ]
}

/// One of the four rules (spec §8), with the number or the time that belongs to it; the other is out of sight. A number that is
/// out of sight must not keep the browser from sending, so the browser checks none.
fn cut_off(l: Locale, names: &Names, label: &'static str, value: CutOff) -> impl IntoView + use<> {
    let (kind, hours, time) = match value {
        CutOff::None => ("none", 24, None),
        CutOff::HoursBefore(hours) => ("hours", hours, None),
        CutOff::NotSameDayAfter(time) => ("same-day", 24, Some(time)),
        CutOff::NotTomorrowAfter(time) => ("day-before", 24, Some(time)),
    };
    let time = time.map_or_else(|| "17:00".to_owned(), |time| time.to_string());
    let picks = vec![
        Pick::new("none", td_string!(l, changes.settings.none)),
        Pick::new("hours", td_string!(l, changes.settings.hours)),
        Pick::new("same-day", td_string!(l, changes.settings.same_day)),
        Pick::new("day-before", td_string!(l, changes.settings.day_before)),
    ];
    let (kind_name, hours_name, time_name) = (names.kind, names.hours, names.time);
    view! {
        <div class="pair limit">
            <Choice name=kind_name label picks value=kind.to_owned()/>
            <div class="limit-hours"><Field name=hours_name label=td_string!(l, changes.settings.hours_field) value=hours.to_string() inputmode="numeric" longest=3/></div>
            <div class="limit-time"><Field name=time_name kind="time" label=td_string!(l, changes.settings.time_field) value=time/></div>
        </div>
    }
}

/// A row for every block, and some to fill in; a row that is emptied is gone.
fn block_rows(l: Locale, blocks: TimeBlocks) -> impl IntoView + use<> {
    let stored = blocks.all().iter();
    let stored = stored.map(|block| (clock(block.start_min()), clock(block.end_min() % 1440)));
    let spare = MOST_BLOCKS.saturating_sub(blocks.all().len()).min(3);
    let stored = stored.chain(std::iter::repeat_n((String::new(), String::new()), spare));
    let typed = typed_all("block_from[]").zip(typed_all("block_to[]"));
    let rows: Vec<(String, String)> = match typed {
        Some((from, to)) => from.into_iter().zip(to).collect(),
        None => stored.collect(),
    };
    let rows = rows.into_iter().enumerate().map(|(place, (from, to))| {
        let from_label = td_string!(l, changes.settings.block_from, place = place + 1);
        let to_label = td_string!(l, changes.settings.block_to, place = place + 1);
        view! {
            <span class="flex items-center gap-2">
                <input type="time" name="block_from[]" class="input w-34" value=from aria-label=from_label.to_string()/>
                <span aria-hidden="true">"–"</span>
                <input type="time" name="block_to[]" class="input w-34" value=to aria-label=to_label.to_string()/>
            </span>
        }
    });
    view! {
        <div class="flex flex-col gap-2">{rows.collect_view()}</div>
        <Beside name="blocks"/>
    }
}

/// Changes what clients can do in the portal.
#[server]
pub async fn office_change_portal(
    version: String,
    #[server(flatten)] typed: TypedPortal,
) -> Result<(), Trouble> {
    let (desk, who) = (ask::desk()?, ask::staff()?);
    desk.change_portal(&who, known(&version)?, &typed.read()?)
        .await?;
    ask::go("/office/settings/portal?done=page");
    Ok(())
}

/// The form as it was sent.
#[derive(Clone, Debug, Default, serde::Serialize, serde::Deserialize)]
#[serde(default)]
pub struct TypedPortal {
    mode: String,
    request_kind: String,
    request_hours: String,
    request_time: String,
    change_kind: String,
    change_hours: String,
    change_time: String,
    cancel_kind: String,
    cancel_hours: String,
    cancel_time: String,
    policy: String,
    at_once_kind: String,
    at_once_hours: String,
    at_once_time: String,
    text: String,
    late_fee: String,
    no_show_fee: String,
    block_from: Vec<String>,
    block_to: Vec<String>,
}

impl TypedPortal {
    fn read(&self) -> Result<ChangedPortal, Trouble> {
        let rule = |names: &Names, kind: &str, hours: &str, time: &str| match kind {
            "hours" => {
                let hours = number(hours, names.hours)?;
                format!("hours:{hours}")
                    .parse::<CutOff>()
                    .map_err(|why| beside(why, names.hours))
            }
            "same-day" | "day-before" => format!("{kind}:{}", time.trim())
                .parse::<CutOff>()
                .map_err(|why| beside(why, names.time)),
            _ => Ok(CutOff::None),
        };
        let policy = match self.policy.as_str() {
            "not_allowed" => CancellationPolicy::NotAllowed,
            "at_once" => CancellationPolicy::AtOnce,
            "at_once_before" => CancellationPolicy::AtOnceBefore(rule(
                &AT_ONCE,
                &self.at_once_kind,
                &self.at_once_hours,
                &self.at_once_time,
            )?),
            "reviewed" => CancellationPolicy::Reviewed,
            _ => return Err(beside(Refusal::BadChoice, "policy")),
        };
        Ok(ChangedPortal {
            mode: known_word(&self.mode, "mode")?,
            request_cut_off: rule(
                &REQUEST,
                &self.request_kind,
                &self.request_hours,
                &self.request_time,
            )?,
            change_cut_off: rule(
                &CHANGE,
                &self.change_kind,
                &self.change_hours,
                &self.change_time,
            )?,
            cancellation: CancellationRules {
                until: rule(
                    &CANCEL,
                    &self.cancel_kind,
                    &self.cancel_hours,
                    &self.cancel_time,
                )?,
                policy,
            },
            text: self.text.clone(),
            late_fee_minor: price(&self.late_fee, "late_fee")?,
            no_show_fee_minor: price(&self.no_show_fee, "no_show_fee")?,
            time_blocks: self.blocks()?,
        })
    }

    fn blocks(&self) -> Result<TimeBlocks, Trouble> {
        let wrong = |_| beside(Refusal::BadTime, "blocks");
        let rows = windows(&self.block_from, &self.block_to, "blocks").map_err(wrong)?;
        // A time field cannot say 24:00: a block that ends at midnight ends with its day.
        let blocks = rows.into_iter().map(|(from, to)| match to {
            0 => TimeBlock::new(from, 1440),
            to => TimeBlock::new(from, to),
        });
        let blocks: Result<_, _> = blocks.collect();
        let blocks = blocks.and_then(TimeBlocks::new);
        blocks.map_err(|why| beside(why, "blocks"))
    }
}
