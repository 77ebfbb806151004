//! Photos in the forms of the wizard and of an edit. A photo is sent before the request is, and its id travels with
//! everything else that was chosen. Without scripts the form itself is sent to `/photos`, and its page is drawn again with
//! all that was typed; with scripts (`photos.js`) photos are sent as soon as they are chosen.

use booking::ids::PhotoId;
use booking::refusal::Refusal;
use desk::photos::MOST;
use leptos::nonce::use_nonce;
use leptos::prelude::*;

use super::choices::Choices;
use super::in_words::Row;
use crate::ask;
use crate::i18n::{Locale, td_string};
use crate::kit::form::FormState;
use crate::kit::{Hidden, Icon};
use crate::photos::{counted, picture};
use crate::trouble::{Trouble, words};

/// The photos of a form.
pub struct Photos {
    ids: Vec<PhotoId>,
    /// Where the form is sent by the buttons that are about photos.
    action: String,
}

impl Photos {
    /// Those of the choices that are still there; `page`: where the form stands; `request`: the one that is edited.
    ///
    /// # Errors
    /// The desk's.
    pub async fn load(
        choices: &Choices,
        page: String,
        request: Option<&str>,
    ) -> Result<Self, Trouble> {
        // A form that was refused knows better than the address of its page.
        let chosen = match ask::posted() {
            Some(posted) => {
                let fields = posted.fields.into_iter();
                let photos = fields.filter(|(name, _)| name == "photo[]");
                photos.map(|(_, id)| id).collect()
            }
            None => choices.photos.clone(),
        };
        Ok(Self {
            ids: at_hand(&chosen, request).await?,
            action: format!("/photos?back={page}"),
        })
    }

    /// What was sent, each with the way to take it back; and the choice of another. Drawn inside its form.
    pub fn fields(self) -> impl IntoView + use<> {
        let locale = ask::locale();
        let nonce = use_nonce().map(|nonce| nonce.to_string());
        let problem = ask::query("photo_problem").and_then(|code| Refusal::from_code(&code));
        let problem = problem.map(|why| words(why, locale).to_owned());
        let problem = FormState::around().error("photos").or(problem);
        let action = self.action.clone();
        let taken = (1..)
            .zip(self.ids)
            .map(|(number, id)| taken(locale, id, number, &action));
        let taken = taken.collect_view();
        let wrong = problem.is_some();
        let name = td_string!(locale, photos.name, number = "").to_string();
        view! {
            <div
                class="field" id="photos" data-photos=MOST.to_string() data-name=name.trim().to_owned()
                data-large=words(Refusal::PhotoTooLarge, locale) data-many=words(Refusal::TooManyPhotos, locale)
                data-failed=td_string!(locale, photos.failed)
            >
                <label class="field-label" for="photo-file">{td_string!(locale, photos.title)}</label>
                <ul class="flex flex-wrap gap-3">{taken}</ul>
                <input
                    class="input" id="photo-file" type="file" name="file" accept="image/*"
                    aria-invalid=wrong.then_some("true") aria-describedby="photo-hint"
                />
                <p class="field-hint" id="photo-hint">{td_string!(locale, photos.hint)}</p>
                {problem.map(|words| view! { <p class="field-error" role="alert"><Icon name="icon-[lucide--circle-alert]" class="mt-0.5 size-4"/>{words}</p> })}
                <button class="btn btn-plain script-off self-start" formaction=self.action formmethod="post" formenctype="multipart/form-data" formnovalidate=true>
                    {td_string!(locale, photos.add)}
                </button>
                {model(locale)}
            </div>
            <script type="module" nonce=nonce inner_html=include_str!("photos.js")></script>
        }
    }
}

/// A photo that was sent. Its large picture opens beside the page, so that nothing typed is lost.
fn taken(locale: Locale, id: PhotoId, number: u32, action: &str) -> impl IntoView + use<> {
    let name = td_string!(locale, photos.name, number = number).to_string();
    let (href, action) = (format!("/photos/{id}"), action.to_owned());
    view! {
        <li class="flex w-24 flex-col gap-1">
            <a href=href target="_blank" rel="noopener">{picture(locale, id, number, "size-24")}</a>
            <Hidden name="photo[]" value=id.to_string()/>
            <button class="btn btn-plain btn-sm" name="remove" value=id.to_string() formaction=action formmethod="post" formenctype="multipart/form-data" formnovalidate=true>
                {td_string!(locale, photos.remove)} <span class="sr-only">{name}</span>
            </button>
        </li>
    }
}

/// What the script draws for a photo that is on its way.
fn model(locale: Locale) -> impl IntoView {
    view! {
        <template>
            <li class="flex w-24 flex-col gap-1">
                <img class="size-24 rounded-control border border-line object-cover" alt=""/>
                <progress class="w-full" max="1" value="0" aria-label=td_string!(locale, photos.sending)></progress>
                <p class="field-error" role="alert" hidden=true></p>
                <button type="button" class="btn btn-plain btn-sm">{td_string!(locale, photos.remove)} <span class="sr-only"></span></button>
            </li>
        </template>
    }
}

async fn at_hand(chosen: &[String], request: Option<&str>) -> Result<Vec<PhotoId>, Trouble> {
    let ids: Vec<PhotoId> = chosen.iter().filter_map(|id| id.parse().ok()).collect();
    let who = ask::contact()?;
    Ok(ask::desk()?.photos_at_hand(&who, &ids, request).await?)
}

/// A file that was chosen and not sent leads back to where it is sent: without scripts its name travels on, and nothing
/// else of it.
pub fn not_forgotten(choices: &Choices, page: &str) {
    if ask::query("file").is_some_and(|file| !file.is_empty()) {
        let code = Refusal::PhotoNotAdded.code();
        let back = choices.link(&format!("{page}/details"));
        ask::go(&format!("{back}&photo_problem={code}#photos"));
    }
}

/// What is sent as a new request goes without the photos that the earlier one has taken. A form that is sent a second time
/// as it was keeps them: it is the same form.
///
/// # Errors
/// The desk's.
pub async fn go_on_with(choices: &mut Choices) -> Result<(), Trouble> {
    if choices.earlier.is_some() {
        let left = at_hand(&choices.photos, None).await?;
        choices.photos = left.iter().map(ToString::to_string).collect();
    }
    Ok(())
}

/// The line of the summary; none where there are no photos.
pub fn row(choices: &Choices) -> Option<Row> {
    let locale = ask::locale();
    let count = u32::try_from(choices.photos.len()).unwrap_or(u32::MAX);
    (count > 0).then(|| Row {
        name: td_string!(locale, photos.title).to_owned(),
        value: counted(locale, count),
        step: Some("/details"),
        field: Some("photos"),
    })
}
