//! Everybody who can be booked.

use desk::hours::WeekWindow;
use desk::team::TeamMember;
use leptos::prelude::*;

use crate::ask;
use crate::i18n::{Locale, td_string};
use crate::kit::{ButtonLink, Empty, Icon, PageHead, Pill, Tab, Tabs, Tone};
use crate::office::{picks, typed};

/// The page `/office/team`.
#[component]
pub fn TeamPage() -> impl IntoView {
    crate::site::page(async move {
        let (locale, who) = (ask::locale(), ask::staff()?);
        let team = ask::desk()?.team(&who).await?;
        let list = if team.is_empty() {
            view! { <Empty icon="icon-[lucide--id-card]" title=td_string!(locale, office_team.none) text=td_string!(locale, office_team.none_text)/> }.into_any()
        } else {
            view! { <ul class="sheet rows">{team.iter().map(row).collect_view()}</ul> }.into_any()
        };
        let invite = who.owner().is_ok();
        Ok(view! {
            <PageHead title=td_string!(locale, office_team.title)>
                {invite.then(|| view! {
                    <ButtonLink href="/office/settings/people#invite"><Icon name="icon-[lucide--user-plus]" class="size-4"/> {td_string!(locale, office_team.invite)}</ButtonLink>
                })}
            </PageHead>
            {tabs()}
            <p class="mb-4 max-w-prose text-muted">{td_string!(locale, office_team.about)}</p>
            {list}
        })
    })
}

/// Technicians and closures.
pub(super) fn tabs() -> impl IntoView {
    let (locale, path) = (ask::locale(), ask::path());
    let posted =
        ask::posted().is_some_and(|posted| posted.page.starts_with("/office/team/closures"));
    let closures = posted || path.starts_with("/office/team/closures");
    let tab = |href: &str, text: &str, current| Tab {
        href: href.to_owned(),
        text: text.to_owned(),
        count: None,
        current,
    };
    let tabs = vec![
        tab(
            "/office/team",
            td_string!(locale, office_team.technicians),
            !closures,
        ),
        tab(
            "/office/team/closures",
            td_string!(locale, office_team.closures),
            closures,
        ),
    ];
    view! { <div class="mb-4"><Tabs label=td_string!(locale, office_team.title) tabs/></div> }
}

fn row(member: &TeamMember) -> impl IntoView + use<> {
    let locale = ask::locale();
    let week = in_words(&member.week, locale);
    let no_hours = member.week.is_empty();
    let pill = match (member.form.active, no_hours) {
        (false, _) => {
            view! { <Pill tone=Tone::Off text=td_string!(locale, office_config.inactive)/> }
        }
        (true, true) => {
            view! { <Pill tone=Tone::Wait text=td_string!(locale, office_team.no_hours)/> }
        }
        (true, false) => {
            view! { <Pill tone=Tone::Yes text=td_string!(locale, office_config.active)/> }
        }
    };
    view! {
        <li class="row">
            <a class="row-link" href=format!("/office/team/{}", member.id)>
                <span class="font-semibold">{member.name.clone()}</span>
                <span class="text-sm text-muted">{week}</span>
            </a>
            {pill}
        </li>
    }
}

/// "Mon 09:00–13:00, 14:00–17:00 · Tue …"; days with the same hours stand together.
fn in_words(week: &[WeekWindow], locale: Locale) -> String {
    let mut days: Vec<(Vec<&'static str>, String)> = Vec::new();
    for day in 1..=7_u16 {
        let of_day = week.iter().filter(|window| window.weekday == day);
        let hours: Vec<String> = of_day
            .map(|window| {
                let (from, to) = (typed::clock(window.start_min), typed::clock(window.end_min));
                crate::language::stretch(locale, &from, &to)
            })
            .collect();
        if hours.is_empty() {
            continue;
        }
        let hours = crate::language::list(locale, &hours);
        let name = picks::weekday_short(day, locale);
        match days.iter_mut().find(|(_, known)| *known == hours) {
            Some((names, _)) => names.push(name),
            None => days.push((vec![name], hours)),
        }
    }
    let said: Vec<String> = days
        .into_iter()
        .map(|(names, hours)| format!("{} {hours}", names.join(" ")))
        .collect();
    said.join(" · ")
}
