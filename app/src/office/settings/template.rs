//! Settings: the words of one letter in one language, with a preview that follows what is typed. Without scripts a button
//! draws the preview; what is typed travels in the address, so that nothing is stored before it is saved.

use booking::refusal::Refusal;
use booking::template::{
    BODY_CHARS, Blank, CLOSING_CHARS, LINE_CHARS, LetterKind, Mistake, Part, Wording,
};
use desk::letter_templates::TestFacts;
use desk::outbox::LetterFacts;
use desk::{Desk, StaffPass};
use leptos::nonce::use_nonce;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

use crate::i18n::{Locale, td_string};
use crate::kit::field::inside;
use crate::kit::posted::PAGE;
use crate::kit::{Banner, Button, Form, Hidden, Look, PageHead, Tone};
use crate::letter_room::{Preview, room};
use crate::office::section::saved_page;
use crate::office::typed;
use crate::said::{Said, say};
use crate::trouble::{Trouble, words};
use crate::{ask, event_words};

/// The page `/office/settings/templates/:letter/:language`.
#[component]
pub fn TemplatePage() -> impl IntoView {
    crate::site::page(async move {
        let (locale, who, desk) = (ask::locale(), ask::staff()?, ask::desk()?);
        let sheet = Sheet::load(&desk, &who).await?;
        let preview = match sheet.mistakes.is_empty() {
            true => sheet.preview(&desk, &who).await?,
            false => None,
        };
        let title = format!(
            "{} · {}",
            event_words::letter(sheet.letter, locale),
            event_words::recipient(sheet.letter.recipient, locale)
        );
        let owner = who.owner().is_ok();
        let nonce = use_nonce().map(|nonce| nonce.to_string());
        let script = owner.then(|| {
            view! { <script type="module" nonce=nonce inner_html=include_str!("template.js")></script> }
        });
        Ok(view! {
            <PageHead title back=("/office/settings/templates".to_owned(), td_string!(locale, office_notifications.templates).to_owned())/>
            {saved_page()}
            <div class="grid max-w-6xl items-start gap-6 lg:grid-cols-2">
                <div class="flex min-w-0 flex-col gap-6">
                    {form(locale, &sheet, owner)}
                    {blanks(locale, sheet.letter)}
                </div>
                {drawn(locale, &sheet, preview)}
            </div>
            {script}
        })
    })
}

/// What the page shows.
struct Sheet {
    letter: LetterKind,
    language: Locale,
    name: String,
    wording: Wording,
    mistakes: Vec<Mistake>,
    version: i32,
    is_own: bool,
}

impl Sheet {
    async fn load(desk: &Desk, who: &StaffPass) -> Result<Self, Trouble> {
        let letter: LetterKind = typed::known(&ask::part("letter"))?;
        let tag = ask::part("language");
        let language = crate::language::picks()
            .into_iter()
            .find(|pick| pick.value == tag);
        let name = language.ok_or(Refusal::NotFound)?.text;
        let language = typed::known(&tag)?;
        let stored = desk.letter_template(who, letter, &tag).await?;
        let original = room()?.original(letter, language);
        let (version, is_own) = stored
            .as_ref()
            .map_or((0, false), |own| (own.version, true));
        let stored = stored.map(|own| own.wording).or(original);
        let (wording, mistakes) = match draft() {
            Some(draft) => {
                let draft = draft.tidied();
                let mistakes = draft.mistakes(letter);
                (draft, mistakes)
            }
            None => (stored.ok_or(Refusal::NotFound)?, Vec::new()),
        };
        Ok(Self {
            letter,
            language,
            name,
            wording,
            mistakes,
            version,
            is_own,
        })
    }

    async fn preview(&self, desk: &Desk, who: &StaffPass) -> Result<Option<Preview>, Trouble> {
        let said = example(desk, who, self.letter, self.language).await?;
        let (me, zone) = (ask::who()?, ask::zone());
        let reader = (me.name(), zone, desk.now());
        Ok(room()?.preview(self.letter, self.language, &self.wording, &said, reader))
    }

    fn path(&self) -> String {
        path(self.letter, self.language.as_ref())
    }
}

fn path(letter: LetterKind, language: &str) -> String {
    format!("/office/settings/templates/{letter}/{language}")
}

/// The facts of the example, with words where a client or staff would have written some.
async fn example(
    desk: &Desk,
    who: &StaffPass,
    letter: LetterKind,
    language: Locale,
) -> Result<LetterFacts, Trouble> {
    let facts = desk.example_facts(who, letter).await?;
    let reason = td_string!(language, office_notifications.example_reason);
    let notes = td_string!(language, office_notifications.example_notes);
    Ok(LetterFacts {
        reason: Some(reason.to_owned()),
        notes: notes.to_owned(),
        ..facts
    })
}

/// What was typed and is not stored: in a form that was refused, or in the address.
fn draft() -> Option<Wording> {
    let posted = ask::posted().filter(|posted| posted.value("subject").is_some());
    let value = |name: &str| match &posted {
        Some(posted) => posted.value(name).map(str::to_owned),
        None => ask::query(name),
    };
    Some(Wording {
        subject: value("subject")?,
        heading: value("heading").unwrap_or_default(),
        body: value("body").unwrap_or_default(),
        closing: value("closing").unwrap_or_default(),
    })
}

fn form(locale: Locale, sheet: &Sheet, owner: bool) -> impl IntoView + use<> {
    let (path, back) = (sheet.path(), sheet.path());
    let posted = ask::posted();
    // A refusal beside a field is said there, with its line.
    let above = posted
        .as_ref()
        .filter(|posted| posted.value("subject").is_some() && sheet.mistakes.is_empty());
    let above = above.map(|posted| posted.trouble.words(locale));
    let page = posted.map(|_| path.clone());
    let line = |part: Part| {
        let text = text_of(&sheet.wording, part).to_owned();
        field(locale, part, sheet, move |id, name, by| {
            view! { <input class="input" id=id name=name value=text maxlength=LINE_CHARS required=true autocomplete="off" aria-describedby=by/> }.into_any()
        })
    };
    let area = |part: Part, rows: u32, most: usize| {
        let text = text_of(&sheet.wording, part).to_owned();
        let required = part == Part::Body;
        field(locale, part, sheet, move |id, name, by| {
            view! { <textarea class="textarea" id=id name=name rows=rows maxlength=most required=required aria-describedby=by>{inside(&text)}</textarea> }.into_any()
        })
    };
    view! {
        <form method="post" action=OfficeSaveTemplate::PATH class="sheet flex flex-col gap-4 p-4" id="words" data-page=path.clone() lang=sheet.language.to_string()>
            <p class="text-sm text-muted">{sheet.name.clone()} " · " {state(locale, sheet.is_own)}</p>
            {above.map(|words| view! { <Banner tone=Tone::No alert=true>{words}</Banner> })}
            {page.map(|page| view! { <input type="hidden" name=PAGE value=page/> })}
            <input type="hidden" name="letter" value=sheet.letter.to_string()/>
            <input type="hidden" name="language" value=sheet.language.to_string()/>
            <input type="hidden" name="version" value=sheet.version/>
            <fieldset disabled=!owner class="contents">
                {line(Part::Subject)}
                {line(Part::Heading)}
                {area(Part::Body, 7, BODY_CHARS)}
                {area(Part::Closing, 3, CLOSING_CHARS)}
            </fieldset>
            {owner.then(|| buttons(locale, back))}
        </form>
        {(owner && sheet.is_own).then(|| reset(locale, sheet))}
    }
}

fn state(locale: Locale, is_own: bool) -> &'static str {
    if is_own {
        td_string!(locale, office_notifications.changed)
    } else {
        td_string!(locale, office_notifications.original)
    }
}

fn buttons(locale: Locale, path: String) -> impl IntoView {
    view! {
        <div class="flex flex-wrap gap-2">
            <Button look=Look::Primary>{td_string!(locale, common.save)}</Button>
            <button class="btn btn-plain" formmethod="get" formaction=path formnovalidate=true>{td_string!(locale, office_notifications.preview)}</button>
            <button class="btn btn-plain" formaction=OfficeTestLetter::PATH>{td_string!(locale, office_notifications.test)}</button>
        </div>
    }
}

/// Back to the product's own words.
fn reset(locale: Locale, sheet: &Sheet) -> impl IntoView + use<> {
    let (letter, language, version) = (
        sheet.letter.to_string(),
        sheet.language.to_string(),
        sheet.version.to_string(),
    );
    view! {
        <Form action=OfficeResetTemplate::PATH posted=ask::posted() locale class="flex flex-wrap items-center gap-3">
            <Hidden name="letter" value=letter/>
            <Hidden name="language" value=language/>
            <Hidden name="version" value=version/>
            <Button look=Look::Danger>{td_string!(locale, office_notifications.reset)}</Button>
            <span class="text-sm text-muted">{td_string!(locale, office_notifications.reset_effect)}</span>
        </Form>
    }
}

fn text_of(wording: &Wording, part: Part) -> &str {
    match part {
        Part::Subject => &wording.subject,
        Part::Heading => &wording.heading,
        Part::Body => &wording.body,
        Part::Closing => &wording.closing,
    }
}

/// A field with every mistake in it, each with its line.
fn field(
    locale: Locale,
    part: Part,
    sheet: &Sheet,
    control: impl FnOnce(String, &'static str, String) -> AnyView,
) -> AnyView {
    let (label, hint) = match part {
        Part::Subject => (td_string!(locale, office_notifications.subject), ""),
        Part::Heading => (td_string!(locale, office_notifications.heading), ""),
        Part::Body => (
            td_string!(locale, office_notifications.body),
            td_string!(locale, office_notifications.body_hint),
        ),
        Part::Closing => (
            td_string!(locale, office_notifications.closing),
            td_string!(locale, office_notifications.closing_hint),
        ),
    };
    let id = format!("words-{part}");
    let by = format!("{id}-mistakes");
    let mistakes = sheet.mistakes.iter().filter(|mistake| mistake.part == part);
    let mistakes =
        mistakes.map(|mistake| view! { <p class="field-error">{sentence(locale, mistake)}</p> });
    view! {
        <div class="field">
            <label class="field-label" for=id.clone() lang=locale.to_string()>{label}</label>
            {control(id, part.as_str(), by.clone())}
            {(!hint.is_empty()).then(|| view! { <p class="field-hint" lang=locale.to_string()>{hint}</p> })}
            <div id=by aria-live="polite" lang=locale.to_string() data-follows="">{mistakes.collect_view()}</div>
        </div>
    }
    .into_any()
}

/// `Line 2: this letter knows no placeholder of that name. {{ servce }}`
fn sentence(locale: Locale, mistake: &Mistake) -> String {
    let why = words(mistake.why, locale);
    let line = td_string!(
        locale,
        office_notifications.line,
        line = mistake.line,
        why = why
    );
    match mistake.words.as_str() {
        "" => line.to_string(),
        words => format!("{line} {{{{ {words} }}}}"),
    }
}

/// What this letter may name.
fn blanks(locale: Locale, letter: LetterKind) -> impl IntoView {
    let rows = letter.blanks().into_iter().map(|blank| {
        view! {
            <div class="flex flex-wrap gap-x-3">
                <dt class="w-36 font-mono text-sm">{format!("{{{{ {blank} }}}}")}</dt>
                <dd class="min-w-0 flex-1 basis-56 text-sm text-muted">{meaning(locale, blank)}</dd>
            </div>
        }
    });
    view! {
        <section class="flex flex-col gap-2" aria-labelledby="blanks-title">
            <h2 class="text-base font-semibold" id="blanks-title">{td_string!(locale, office_notifications.blanks)}</h2>
            <p class="text-sm text-muted">{td_string!(locale, office_notifications.blanks_effect)}</p>
            <dl class="flex flex-col gap-1">{rows.collect_view()}</dl>
        </section>
    }
}

fn meaning(locale: Locale, blank: Blank) -> &'static str {
    match blank {
        Blank::Business => td_string!(locale, office_notifications.blank.business),
        Blank::Client => td_string!(locale, office_notifications.blank.client),
        Blank::Service => td_string!(locale, office_notifications.blank.service),
        Blank::Reference => td_string!(locale, office_notifications.blank.reference),
        Blank::Day => td_string!(locale, office_notifications.blank.day),
        Blank::When => td_string!(locale, office_notifications.blank.when),
        Blank::Technician => td_string!(locale, office_notifications.blank.technician),
        Blank::Before => td_string!(locale, office_notifications.blank.before),
        Blank::Reason => td_string!(locale, office_notifications.blank.reason),
        Blank::Notes => td_string!(locale, office_notifications.blank.notes),
        Blank::Expires => td_string!(locale, office_notifications.blank.expires),
        Blank::Near => td_string!(locale, office_notifications.blank.near),
    }
}

/// The letter as its reader would see it; while there are mistakes, a sentence instead.
fn drawn(locale: Locale, sheet: &Sheet, preview: Option<Preview>) -> impl IntoView + use<> {
    let language = sheet.language.to_string();
    let body = match preview {
        Some(preview) => view! { <div class="sheet flex flex-col gap-3 p-4" lang=language>{letter(preview)}</div> }.into_any(),
        None => view! { <p class="sheet p-4 text-muted">{td_string!(locale, office_notifications.no_preview)}</p> }.into_any(),
    };
    view! {
        <section class="flex min-w-0 flex-col gap-2" id="preview" aria-labelledby="preview-title" data-follows="">
            <h2 class="text-base font-semibold" id="preview-title">{td_string!(locale, office_notifications.preview_title)}</h2>
            <p class="text-sm text-muted">{td_string!(locale, office_notifications.preview_effect)}</p>
            {body}
        </section>
    }
}

fn letter(preview: Preview) -> impl IntoView {
    let paragraphs = |all: Vec<String>| {
        let all = all
            .into_iter()
            .map(|text| view! { <p class="wrap-anywhere">{text}</p> });
        all.collect_view()
    };
    let rows = preview.rows.into_iter().map(|(label, value, was)| {
        let was = was.map(|was| view! { <span class="block text-sm text-muted">{was}</span> });
        view! { <div class="flex flex-wrap gap-x-3"><dt class="w-24 text-muted">{label}</dt><dd class="min-w-0 flex-1 basis-48">{value} {was}</dd></div> }
    });
    let quote = preview.quote.map(|(label, lines)| {
        view! { <div><p class="text-sm text-muted">{label}</p> <blockquote class="border-s-2 border-line ps-3">{paragraphs(lines)}</blockquote></div> }
    });
    view! {
        <p class="border-b border-line pb-3 font-semibold wrap-anywhere" data-subject="">{preview.subject}</p>
        <h3 class="text-xl font-semibold wrap-anywhere">{preview.heading}</h3>
        {paragraphs(preview.opening)}
        <dl class="flex flex-col gap-1">{rows.collect_view()}</dl>
        {quote}
        <p><span class="btn btn-primary pointer-events-none">{preview.button}</span></p>
        {paragraphs(preview.closing)}
        <div class="border-t border-line pt-3 text-sm text-muted">{paragraphs(preview.foot)}</div>
    }
}

/// Stores the owner's words for a letter.
#[server]
pub async fn office_save_template(
    letter: String,
    language: String,
    version: String,
    #[server(default)] subject: String,
    #[server(default)] heading: String,
    #[server(default)] body: String,
    #[server(default)] closing: String,
) -> Result<(), Trouble> {
    let words = Wording {
        subject,
        heading,
        body,
        closing,
    };
    let kind = typed::known(&letter)?;
    ask::desk()?
        .save_template(
            &ask::staff()?,
            (kind, &language),
            typed::known(&version)?,
            words,
        )
        .await?;
    ask::go(&format!("{}?done=page", path(kind, &language)));
    Ok(())
}

/// Gives a letter the product's own words again.
#[server]
pub async fn office_reset_template(
    letter: String,
    language: String,
    version: String,
) -> Result<(), Trouble> {
    let kind = typed::known(&letter)?;
    ask::desk()?
        .reset_template(&ask::staff()?, (kind, &language), typed::known(&version)?)
        .await?;
    ask::go(&format!("{}?done=page", path(kind, &language)));
    Ok(())
}

/// Sends a letter in the words that are typed to whoever typed them. What is typed stays in the form.
#[server]
pub async fn office_test_letter(
    letter: String,
    language: String,
    #[server(default)] subject: String,
    #[server(default)] heading: String,
    #[server(default)] body: String,
    #[server(default)] closing: String,
) -> Result<(), Trouble> {
    let (desk, who, kind) = (ask::desk()?, ask::staff()?, typed::known(&letter)?);
    who.owner()?;
    let locale: Locale = typed::known(&language)?;
    let typed = [
        ("subject", subject.clone()),
        ("heading", heading.clone()),
        ("body", body.clone()),
        ("closing", closing.clone()),
    ];
    let test = TestFacts {
        letter: kind,
        locale: language.clone(),
        wording: Wording {
            subject,
            heading,
            body,
            closing,
        },
        said: example(&desk, &who, kind, locale).await?,
    };
    desk.send_test_letter(&who, test).await?;
    say(Said::Sent);
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.extend_pairs(typed);
    ask::go(&format!("{}?{}", path(kind, &language), query.finish()));
    Ok(())
}
