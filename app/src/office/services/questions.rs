//! What a service asks: its questions, each with its form, moved up and down, and one form for a new one.

use booking::ids::{QuestionId, ServiceId};
use booking::question::{AnswerKind, MOST_QUESTIONS, NewQuestion};
use booking::refusal::Refusal;
use desk::questions::ServiceQuestion;
use desk::{Desk, StaffPass};
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use serde::{Deserialize, Serialize};

use crate::ask;
use crate::i18n::td_string;
use crate::kit::{Button, Choice, Field, Form, Hidden, Icon, Look, Once, Pick, TextArea, Tick};
use crate::office::section::{owners_only, section};
use crate::office::typed;
use crate::trouble::Trouble;

/// The part "Questions" of a service's page.
///
/// # Errors
/// The desk's.
pub(super) async fn questions(
    desk: &Desk,
    who: StaffPass,
    service: ServiceId,
) -> Result<impl IntoView + use<>, Trouble> {
    let all = desk.service_questions(&who, service).await?;
    let locale = ask::locale();
    let id = service.to_string();
    let list = if all.is_empty() {
        view! { <p class="sheet p-4 text-muted">{td_string!(locale, questions.none)}</p> }
            .into_any()
    } else {
        let order: Vec<QuestionId> = all.iter().map(|one| one.question.id).collect();
        let rows = all.iter().enumerate();
        let rows = rows.map(|(place, one)| row(&id, one, &order, place));
        view! { <ul class="sheet rows">{rows.collect_view()}</ul> }.into_any()
    };
    let more = if all.len() < MOST_QUESTIONS {
        add(id).into_any()
    } else {
        view! { <p class="text-sm text-muted">{td_string!(locale, questions.full)}</p> }.into_any()
    };
    let body = owners_only(who, view! { {list} {more} });
    Ok(section(
        "questions",
        td_string!(locale, questions.title),
        td_string!(locale, questions.effect),
        body,
    ))
}

fn add(service: String) -> impl IntoView {
    let locale = ask::locale();
    let refused = ask::posted().is_some_and(|posted| posted.action == OfficeAddQuestion::PATH);
    let new = NewQuestion {
        words: String::new(),
        kind: AnswerKind::Text,
        options: Vec::new(),
        required: false,
    };
    view! {
        <details class="sheet p-4" open=refused>
            <summary class="link cursor-pointer">{td_string!(locale, questions.add_new)}</summary>
            <Form action=OfficeAddQuestion::PATH posted=ask::posted() locale class="mt-3 flex flex-col gap-4">
                <Once key=ask::fresh_key()/>
                <Hidden name="service" value=service/>
                {fields(&new)}
                <div><Button>{td_string!(locale, questions.add_new)}</Button></div>
            </Form>
        </details>
    }
}

fn fields(ask: &NewQuestion) -> impl IntoView + use<> {
    let locale = ask::locale();
    let kinds = AnswerKind::ALL.iter();
    let kinds = kinds.map(|kind| Pick::new(kind.as_str(), kind_word(*kind)));
    let (words, kind, options) = (ask.words.clone(), ask.kind.as_str(), ask.options.join("\n"));
    let required = ask.required;
    view! {
        <Field name="words" label=td_string!(locale, questions.words) value=words required=true/>
        <Choice name="kind" label=td_string!(locale, questions.kind) picks=kinds.collect() value=kind/>
        <TextArea name="options" label=td_string!(locale, questions.options) value=options rows=3 hint=td_string!(locale, questions.options_hint)/>
        <Tick name="required" label=td_string!(locale, questions.required) ticked=required/>
    }
}

fn kind_word(kind: AnswerKind) -> &'static str {
    let locale = ask::locale();
    match kind {
        AnswerKind::Text => td_string!(locale, questions.text),
        AnswerKind::Choice => td_string!(locale, questions.choice),
        AnswerKind::Number => td_string!(locale, questions.number),
        AnswerKind::YesNo => td_string!(locale, questions.yes_no),
    }
}

fn row(
    service: &str,
    one: &ServiceQuestion,
    order: &[QuestionId],
    place: usize,
) -> impl IntoView + use<> {
    let (locale, service, version) = (ask::locale(), service.to_owned(), one.version.to_string());
    let (id, words) = (one.question.id.to_string(), one.question.ask.words.clone());
    let posted = ask::posted();
    let refused = posted.is_some_and(|posted| posted.is(OfficeEditQuestion::PATH, Some(&id)));
    let mut facts = vec![kind_word(one.question.ask.kind)];
    facts.extend(
        one.question
            .ask
            .required
            .then(|| td_string!(locale, questions.required_short)),
    );
    let up = place
        .checked_sub(1)
        .and_then(|before| swapped(order, before, place));
    let down = swapped(order, place, place + 1);
    let movers = view! {
        <span class="flex">
            {mover(&service, up, td_string!(locale, questions.up, words = words.clone()).to_string(), "icon-[lucide--arrow-up]")}
            {mover(&service, down, td_string!(locale, questions.down, words = words.clone()).to_string(), "icon-[lucide--arrow-down]")}
        </span>
    };
    let form = edit(&service, &id, &version, &one.question.ask);
    let remove = remove(service, id, version);
    view! {
        <li class="flex items-start gap-3 px-4 py-3">
            <details open=refused class="min-w-0 grow">
                <summary class="cursor-pointer">
                    <span class="font-semibold break-words">{words}</span>
                    <span class="block text-sm text-muted">{facts.join(" · ")}</span>
                </summary>
                {form}
                {remove}
            </details>
            {movers}
        </li>
    }
}

fn edit(service: &str, id: &str, version: &str, ask: &NewQuestion) -> impl IntoView + use<> {
    let (locale, mark) = (ask::locale(), id.to_owned());
    let (service, id, version) = (service.to_owned(), id.to_owned(), version.to_owned());
    let fields = {
        let ask = ask.clone();
        move || fields(&ask)
    };
    view! {
        <Form action=OfficeEditQuestion::PATH posted=ask::posted() locale mark class="mt-3 flex flex-col gap-4">
            <Hidden name="service" value=service/>
            <Hidden name="id" value=id/>
            <Hidden name="version" value=version/>
            {fields()}
            <div><Button>{td_string!(locale, common.save)}</Button></div>
        </Form>
    }
}

fn remove(service: String, id: String, version: String) -> impl IntoView {
    let (locale, mark) = (ask::locale(), id.clone());
    view! {
        <Form action=OfficeRemoveQuestion::PATH posted=ask::posted() locale mark class="mt-4 flex flex-wrap items-center gap-3">
            <Hidden name="service" value=service/>
            <Hidden name="id" value=id/>
            <Hidden name="version" value=version/>
            <Button look=Look::Danger>{td_string!(locale, common.remove)}</Button>
            <span class="field-hint">{td_string!(locale, questions.remove_effect)}</span>
        </Form>
    }
}

/// The order with two places changed, where there are both.
fn swapped(order: &[QuestionId], a: usize, b: usize) -> Option<String> {
    let mut order: Vec<String> = order.iter().map(ToString::to_string).collect();
    (b < order.len()).then(|| {
        order.swap(a, b);
        order.join(" ")
    })
}

fn mover(
    service: &str,
    order: Option<String>,
    label: String,
    icon: &'static str,
) -> impl IntoView + use<> {
    let (locale, service, shown) = (ask::locale(), service.to_owned(), order.is_some());
    view! {
        <Form action=OfficeOrderQuestions::PATH posted=None locale class="flex">
            <Hidden name="service" value=service/>
            <Hidden name="order" value=order.unwrap_or_default()/>
            <button class="btn btn-quiet btn-square btn-sm" class:invisible=!shown aria-label=label disabled=!shown><Icon name=icon class="size-4"/></button>
        </Form>
    }
}

/// The form of a question as it is typed.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct TypedQuestion {
    /// The question.
    pub words: String,
    /// How it is answered.
    pub kind: String,
    /// The options of a choice, one a line.
    pub options: String,
    /// "true": it must be answered.
    pub required: String,
}

/// Adds a question to a service.
#[server]
pub async fn office_add_question(
    key: String,
    service: String,
    #[server(flatten)] typed: TypedQuestion,
) -> Result<(), Trouble> {
    let new = read(typed)?;
    let (desk, who) = (ask::desk()?, ask::staff()?);
    desk.add_question(&who, typed::known(&service)?, &key, &new)
        .await?;
    done(&service);
    Ok(())
}

/// Changes a question.
#[server]
pub async fn office_edit_question(
    service: String,
    id: String,
    version: String,
    #[server(flatten)] typed: TypedQuestion,
) -> Result<(), Trouble> {
    let new = read(typed)?;
    let (desk, who) = (ask::desk()?, ask::staff()?);
    desk.edit_question(&who, typed::known(&id)?, typed::known(&version)?, &new)
        .await?;
    done(&service);
    Ok(())
}

/// Puts the questions of a service into the order of their ids.
#[server]
pub async fn office_order_questions(service: String, order: String) -> Result<(), Trouble> {
    let (desk, who) = (ask::desk()?, ask::staff()?);
    let order: Result<Vec<_>, Trouble> = order
        .split_whitespace()
        .map(|id| typed::id(id, "order"))
        .collect();
    desk.order_questions(&who, typed::known(&service)?, &order?)
        .await?;
    done(&service);
    Ok(())
}

/// Asks a question no more.
#[server]
pub async fn office_remove_question(
    service: String,
    id: String,
    version: String,
) -> Result<(), Trouble> {
    let (desk, who) = (ask::desk()?, ask::staff()?);
    desk.remove_question(&who, typed::known(&id)?, typed::known(&version)?)
        .await?;
    done(&service);
    Ok(())
}

fn done(service: &str) {
    ask::go(&format!(
        "/office/services/{service}?done=questions#questions"
    ));
}

fn read(typed: TypedQuestion) -> Result<NewQuestion, Trouble> {
    let kind = typed.kind.parse();
    Ok(NewQuestion {
        words: typed.words,
        kind: kind.map_err(|_| typed::beside(Refusal::BadChoice, "kind"))?,
        options: typed.options.lines().map(str::to_owned).collect(),
        required: typed.required == "true",
    })
}
