//! The photos of a request as everybody sees them: small ones in a row, each a plain link to the large one; and what
//! history says of them. Names ids only; whose a photo is, the desk says when it is asked for.

use booking::ids::PhotoId;
use leptos::prelude::*;

use crate::i18n::{Locale, td_string};
use crate::kit::Icon;
use crate::language::many;

/// Under everything else that is known of a request or a visit; nothing where there are none.
pub fn strip(locale: Locale, photos: &[PhotoId]) -> Option<impl IntoView + use<>> {
    let pictures = pictures(locale, photos, "size-24")?;
    Some(view! {
        <section class="py-2">
            <h3 class="details-heading">{td_string!(locale, photos.title)}</h3>
            {pictures}
        </section>
    })
}

/// In a row of the queue.
pub fn small(locale: Locale, photos: &[PhotoId]) -> Option<impl IntoView + use<>> {
    pictures(locale, photos, "size-12")
}

fn pictures(
    locale: Locale,
    photos: &[PhotoId],
    size: &'static str,
) -> Option<impl IntoView + use<>> {
    let links = (1..).zip(photos).map(|(number, id)| {
        let picture = picture(locale, *id, number, size);
        view! { <li><a class="block" href=format!("/photos/{id}")>{picture}</a></li> }
    });
    let links = links.collect_view();
    (!photos.is_empty()).then(|| view! { <ul class="flex flex-wrap gap-2">{links}</ul> })
}

/// The small picture of a photo.
pub fn picture(
    locale: Locale,
    id: PhotoId,
    number: u32,
    size: &'static str,
) -> impl IntoView + use<> {
    let name = td_string!(locale, photos.name, number = number).to_string();
    let class = format!("{size} rounded-control border border-line object-cover");
    view! { <img class=class src=format!("/photos/{id}/small") alt=name loading="lazy"/> }
}

/// "2 photos", as a link to where they are; nothing where there are none.
pub fn linked(locale: Locale, count: u32, href: &str) -> Option<impl IntoView + use<>> {
    let href = href.to_owned();
    (count > 0).then(|| {
        view! {
            <a class="link flex items-center gap-2" href=href><Icon name="icon-[lucide--image]" class="size-4"/> {counted(locale, count)}</a>
        }
    })
}

/// "2 photos".
pub fn counted(locale: Locale, count: u32) -> String {
    td_string!(locale, photos.count, count = many(count)).to_string()
}

/// "2 photos added, 1 photo removed"; nothing where neither.
pub fn changed(locale: Locale, (added, removed): (u32, u32)) -> Option<String> {
    let added = (added > 0)
        .then(|| td_string!(locale, photos.added, photos = counted(locale, added)).to_string());
    let removed = (removed > 0)
        .then(|| td_string!(locale, photos.removed, photos = counted(locale, removed)).to_string());
    let all: Vec<String> = [added, removed].into_iter().flatten().collect();
    (!all.is_empty()).then(|| all.join(" · "))
}
