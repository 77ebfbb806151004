//! Many clients at once, from a spreadsheet: a file is sent or pasted, the preview says what happens to every line, a
//! button does it, and the same page is the report.

use booking::refusal::Refusal;
use desk::client_import::{Column, Counts, FileProblem, Line, Outcome, Preview, Problem};
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use uuid::Uuid;

use crate::ask;
use crate::i18n::{Locale, td_string};
use crate::kit::field::inside;
use crate::kit::{
    Banner, Button, ButtonLink, Empty, Form, Hidden, Icon, Look, PageHead, Pill, Tab, Tabs, Tone,
};
use crate::office::paging::paging;
use crate::office::section::group;
use crate::office::typed;
use crate::trouble::{Trouble, words};

/// Where files are sent.
const SEND: &str = "/office/clients/import/file";

/// The page `/office/clients/import`.
#[component]
pub fn ImportPage() -> impl IntoView {
    crate::site::page(async move {
        let locale = ask::locale();
        ask::staff()?.dispatcher()?;
        let why = ask::query("why").and_then(|code| FileProblem::from_code(&code));
        Ok(view! {
            {head()}
            {why.map(|why| wrong(why, locale))}
            {send("")}
        })
    })
}

fn head() -> impl IntoView {
    let locale = ask::locale();
    view! {
        <PageHead title=td_string!(locale, office_import.title) back=("/office/clients".to_owned(), td_string!(locale, office_clients.title).to_owned())/>
    }
}

fn wrong(why: FileProblem, locale: Locale) -> impl IntoView {
    view! { <div class="mb-4 max-w-3xl"><Banner tone=Tone::No alert=true>{file_words(why, locale)}</Banner></div> }
}

/// The form that sends a file or a text. A form of its own: a file cannot travel with the others.
fn send(pasted: &str) -> impl IntoView + use<> {
    let (locale, pasted) = (ask::locale(), pasted.to_owned());
    view! {
        <form method="post" action=SEND enctype="multipart/form-data">
            {group(
                td_string!(locale, office_import.file),
                td_string!(locale, office_import.file_effect),
                view! {
                    <div class="field">
                        <label class="field-label" for="import-file">{td_string!(locale, office_import.file_field)}</label>
                        <input class="input" id="import-file" type="file" name="file" accept=".csv,text/csv,text/plain" aria-describedby="import-file-hint"/>
                        <p class="field-hint" id="import-file-hint">{td_string!(locale, office_import.file_hint)}</p>
                    </div>
                    <div class="field">
                        <label class="field-label" for="import-text">{td_string!(locale, office_import.paste)}</label>
                        <textarea class="textarea font-mono text-sm" id="import-text" name="pasted" rows="6" spellcheck="false" aria-describedby="import-text-hint">{inside(&pasted)}</textarea>
                        <p class="field-hint" id="import-text-hint">{td_string!(locale, office_import.paste_hint)}</p>
                    </div>
                    <div><Button look=Look::Primary>{td_string!(locale, office_import.look)}</Button></div>
                },
            )}
        </form>
        {group(
            td_string!(locale, office_import.columns),
            td_string!(locale, office_import.columns_effect),
            view! {
                <ul class="list-disc ps-5">
                    <li>{td_string!(locale, office_import.column_names)}</li>
                    <li>{td_string!(locale, office_import.how_found)}</li>
                    <li>{td_string!(locale, office_import.how_empty)}</li>
                    <li>{td_string!(locale, office_import.how_twice)}</li>
                </ul>
            },
        )}
    }
}

/// The page `/office/clients/import/:file`: the preview, and afterwards the report.
#[component]
pub fn ImportFilePage() -> impl IntoView {
    crate::site::page(async move {
        let (locale, who, desk) = (ask::locale(), ask::staff()?, ask::desk()?);
        let id: Uuid = typed::known(&ask::part("file"))?;
        let only = ask::query("only");
        let only = ONLY.into_iter().find(|word| only.as_deref() == Some(*word));
        let page = ask::query("page")
            .and_then(|page| page.parse().ok())
            .unwrap_or(1);
        let found = desk.client_import(&who, id, only, page).await?;
        let found = found.ok_or(Refusal::NotFound)?;
        if let Some(problem) = found.problem {
            let pasted = found.pasted.unwrap_or_default();
            return Ok(view! { {head()} {wrong(problem, locale)} {send(&pasted)} }.into_any());
        }
        let href = move |page| match only {
            Some(only) => format!("/office/clients/import/{id}?only={only}&page={page}"),
            None => format!("/office/clients/import/{id}?page={page}"),
        };
        let done = found.done.is_some();
        let act = if done {
            report(&found).into_any()
        } else {
            confirm(&found).into_any()
        };
        Ok(view! {
            {head()}
            {act}
            {(!done).then(|| view! { <div class="mb-4"><Tabs label=td_string!(locale, office_import.title) tabs=tabs(&found, only)/></div> })}
            {lines(&found)}
            {paging(found.page, found.pages, href)}
        }
        .into_any())
    })
}

const ONLY: [&str; 4] = ["new", "changes", "unchanged", "refused"];

fn tabs(found: &Preview, only: Option<&str>) -> Vec<Tab> {
    let (locale, id, counts) = (ask::locale(), found.id, found.counts);
    let all = counts.new + counts.changed + counts.unchanged + counts.refused;
    let some = [
        (None, td_string!(locale, office_import.all), all),
        (
            Some("new"),
            td_string!(locale, office_import.fresh),
            counts.new,
        ),
        (
            Some("changes"),
            td_string!(locale, office_import.changes),
            counts.changed,
        ),
        (
            Some("unchanged"),
            td_string!(locale, office_import.unchanged),
            counts.unchanged,
        ),
        (
            Some("refused"),
            td_string!(locale, office_import.refused),
            counts.refused,
        ),
    ];
    let tab = |(word, name, count): (Option<&str>, &str, u64)| Tab {
        href: match word {
            Some(word) => format!("/office/clients/import/{id}?only={word}"),
            None => format!("/office/clients/import/{id}"),
        },
        text: name.to_owned(),
        count: Some(count),
        current: word == only,
    };
    some.into_iter().map(tab).collect()
}

/// What would happen, and the button that makes it happen.
fn confirm(found: &Preview) -> impl IntoView + use<> {
    let (locale, id, counts) = (ask::locale(), found.id, found.counts);
    let something = counts.new + counts.changed > 0;
    let unused = (!found.unused.is_empty()).then(|| {
        let names = crate::language::list(locale, &found.unused);
        view! { <p class="text-sm text-muted">{td_string!(locale, office_import.unused, names = names)}</p> }
    });
    let until = ask::reader().moment(found.expires);
    view! {
        <div class="sheet mb-4 flex max-w-3xl flex-col gap-3 p-4">
            <p class="font-semibold">{sum(counts, locale)}</p>
            {unused}
            <p class="text-sm text-muted">{td_string!(locale, office_import.until, until = until)}</p>
            <div class="flex flex-wrap items-start gap-2">
                {something.then(|| view! {
                    <Form action=OfficeImportClients::PATH posted=ask::posted() locale class="flex flex-col gap-3">
                        <Hidden name="id" value=id.to_string()/>
                        <Button look=Look::Primary>{td_string!(locale, office_import.confirm)}</Button>
                    </Form>
                })}
                {refused_link(id, counts)}
                <ButtonLink href="/office/clients/import">{td_string!(locale, office_import.other)}</ButtonLink>
            </div>
        </div>
    }
}

/// What was done, and what was not.
fn report(found: &Preview) -> impl IntoView + use<> {
    let (locale, id, counts) = (ask::locale(), found.id, found.counts);
    let when = found.done.map(|at| ask::reader().moment(at));
    view! {
        <div class="mb-4 flex max-w-3xl flex-col gap-3">
            <Banner tone=Tone::Yes alert=true>
                <p class="font-semibold">{td_string!(locale, office_import.done, when = when.unwrap_or_default())}</p>
                <p>{sum(counts, locale)}</p>
            </Banner>
            <div class="flex flex-wrap gap-2">
                {refused_link(id, counts)}
                <ButtonLink href="/office/clients">{td_string!(locale, office_import.to_clients)}</ButtonLink>
            </div>
        </div>
    }
}

fn refused_link(id: Uuid, counts: Counts) -> Option<impl IntoView> {
    let locale = ask::locale();
    let href = format!("/office/clients/import/{id}/refused.csv");
    (counts.refused > 0).then(|| view! {
        <a class="btn btn-plain" href=href download=""><Icon name="icon-[lucide--download]" class="size-4"/> {td_string!(locale, office_import.refused_file)}</a>
    })
}

fn sum(counts: Counts, locale: Locale) -> String {
    td_string!(
        locale,
        office_import.sum,
        new = counts.new,
        changed = counts.changed,
        unchanged = counts.unchanged,
        refused = counts.refused
    )
}

fn lines(found: &Preview) -> AnyView {
    let locale = ask::locale();
    if found.lines.is_empty() {
        let title = if found.done.is_some() {
            td_string!(locale, office_import.none_refused)
        } else {
            td_string!(locale, office_import.none)
        };
        return view! { <Empty icon="icon-[lucide--list-checks]" title/> }.into_any();
    }
    let rows: Vec<_> = found.lines.iter().map(line).collect();
    view! { <ul class="sheet rows">{rows}</ul> }.into_any()
}

fn line(line: &Line) -> impl IntoView + use<> {
    let locale = ask::locale();
    let (tone, word, more, href) = match &line.outcome {
        Outcome::New => (
            Tone::Yes,
            td_string!(locale, office_import.fresh),
            None,
            None,
        ),
        Outcome::Changes(id, columns) => (
            Tone::Info,
            td_string!(locale, office_import.changes),
            Some(
                columns
                    .iter()
                    .map(|one| column(*one, locale))
                    .collect::<Vec<_>>()
                    .join(", "),
            ),
            Some(*id),
        ),
        Outcome::Unchanged(id) => (
            Tone::Off,
            td_string!(locale, office_import.unchanged),
            None,
            Some(*id),
        ),
        Outcome::Refused(problem) => (
            Tone::No,
            td_string!(locale, office_import.refused),
            Some(problem_words(*problem, locale)),
            None,
        ),
    };
    let number = td_string!(locale, office_import.line, number = line.number);
    let text = line.text.clone();
    let text = match href {
        Some(id) => {
            view! { <a class="link" href=format!("/office/clients/{id}")>{text}</a> }.into_any()
        }
        None => view! { <span>{text}</span> }.into_any(),
    };
    view! {
        <li class="row">
            <span class="w-20 text-sm text-muted tabular-nums">{number}</span>
            <span class="flex min-w-0 flex-1 basis-56 flex-col break-words">{text} {more.map(|more| view! { <span class="text-sm text-muted">{more}</span> })}</span>
            <Pill tone text=word/>
        </li>
    }
}

/// Why nothing can be done with a file, in words.
fn file_words(why: FileProblem, locale: Locale) -> &'static str {
    match why {
        FileProblem::TooLarge => td_string!(locale, office_import.too_large),
        FileProblem::NotText => td_string!(locale, office_import.not_text),
        FileProblem::Empty => td_string!(locale, office_import.empty),
        FileProblem::TooManyLines => td_string!(locale, office_import.too_many_lines),
        FileProblem::NoColumns => td_string!(locale, office_import.no_columns),
    }
}

/// Why a line is left out, in words: on the page, and in the file of refused lines.
#[must_use]
pub fn problem_words(problem: Problem, locale: Locale) -> String {
    match problem {
        Problem::Cell { column: one, why } => {
            crate::language::labelled(locale, column(one, locale), words(why, locale))
        }
        Problem::Twice { line } => td_string!(locale, office_import.twice, line = line),
        Problem::Several => td_string!(locale, office_import.several).to_owned(),
        Problem::TooManyCells => td_string!(locale, office_import.too_many_cells).to_owned(),
    }
}

/// What the two columns are called that the file of refused lines has more.
#[must_use]
pub fn refused_header(locale: Locale) -> [&'static str; 2] {
    [
        td_string!(locale, office_import.line_column),
        td_string!(locale, office_import.reason_column),
    ]
}

fn column(column: Column, locale: Locale) -> &'static str {
    match column {
        Column::Id => "id",
        Column::Name => td_string!(locale, office_clients.name),
        Column::Email => td_string!(locale, office_clients.email),
        Column::Phone => td_string!(locale, office_clients.phone),
        Column::Address => td_string!(locale, office_clients.address),
        Column::Language => td_string!(locale, office_clients.language),
        Column::TimeZone => td_string!(locale, office_clients.zone),
        Column::OwnOnly => td_string!(locale, office_merge.sight),
        Column::Notes => td_string!(locale, office_clients.notes),
    }
}

/// Stores what a file says.
#[server]
pub async fn office_import_clients(id: String) -> Result<(), Trouble> {
    let file: Uuid = typed::known(&id)?;
    ask::desk()?.import_clients(&ask::staff()?, file).await?;
    ask::go(&format!("/office/clients/import/{file}"));
    Ok(())
}
