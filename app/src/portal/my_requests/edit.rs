//! Editing a request that waits: another time through the same calendar, notes, what it is for. The version travels with
//! the form, so that nobody overwrites what somebody else changed meanwhile.

use leptos::prelude::*;

use crate::portal::request::submit::Typed;
use crate::trouble::Trouble;

/// Changes a request that waits. A time that was lost, or a request that changed meanwhile: its form again, which says so.
#[server]
pub async fn edit_request(
    reference: String,
    version: String,
    key: String,
    #[server(flatten)] typed: Typed,
) -> Result<(), Trouble> {
    let edit = typed.edit(&reference, &version, &key)?;
    let answer = ask::desk()?.edit_request(&ask::contact()?, edit).await?;
    ask::go(&typed.after_edit(&reference, &answer));
    Ok(())
}

#[cfg(feature = "ssr")]
use crate::ask;
#[cfg(feature = "ssr")]
pub use ssr::{EditRequestPage, EditWhen};

#[cfg(feature = "ssr")]
mod ssr {
    use leptos::prelude::*;
    use leptos::server_fn::ServerFn;

    use super::EditRequest;
    use crate::ask;
    use crate::i18n::td_string;
    use crate::kit::{
        Banner, Button, ButtonLink, EnterSends, Form, Hidden, Icon, Look, Once, PageHead, Tone,
    };
    use crate::portal::my_requests::in_words::Paper;
    use crate::portal::request::check::lost;
    use crate::portal::request::choices::Choices;
    use crate::portal::request::choose::{Ask, Still, Taken};
    use crate::portal::request::details::About;
    use crate::portal::request::parts::Carried;
    use crate::portal::request::photos::Photos;
    use crate::portal::request::questions::Asked;
    use crate::portal::request::times::{asked, find_service, still};
    use crate::portal::request::window::{self, EditWindow};
    use crate::portal::request::{in_words, when};
    use crate::trouble::Trouble;

    /// The page `/requests/{ref}/edit`.
    #[component]
    pub fn EditRequestPage() -> impl IntoView {
        crate::site::page(async move {
            let paper = crate::portal::my_requests::paper(&ask::part("ref")).await?;
            let locale = ask::locale();
            let title = td_string!(
                locale,
                portal.request.edit_title,
                reference = paper.reference.clone()
            );
            let body = if paper.pending && paper.choices.window.is_asked() {
                days(&paper).await?.into_any()
            } else if paper.pending {
                form(&paper).await?.into_any()
            } else {
                closed(&paper).into_any()
            };
            Ok(view! { <PageHead title=title back=back(&paper)/> {body} })
        })
    }

    /// The page `/requests/{ref}/edit/when`.
    #[component]
    pub fn EditWhen() -> impl IntoView {
        crate::site::page(async move {
            let paper = crate::portal::my_requests::paper(&ask::part("ref")).await?;
            let locale = ask::locale();
            let service = find_service(&paper.service).await?;
            let page = format!("/requests/{}/edit", paper.reference);
            let choices = merged(&paper);
            let (moving, onward) = (Some(paper.reference.clone()), page.clone());
            let calendar = when::calendar(
                &service,
                choices.clone(),
                moving,
                (&format!("{page}/when"), &onward),
            )
            .await?;
            let back = (
                choices.link(&page),
                td_string!(
                    locale,
                    portal.request.back_this,
                    reference = paper.reference.clone()
                ),
            );
            Ok(
                view! { <PageHead title=td_string!(locale, portal.request.edit_when) back=back/> {calendar} },
            )
        })
    }

    fn back(paper: &Paper) -> (String, String) {
        let word = td_string!(
            ask::locale(),
            portal.request.back_this,
            reference = paper.reference.clone()
        );
        (format!("/requests/{}", paper.reference), word)
    }

    /// What the address says, and for the rest what the request says.
    fn merged(paper: &Paper) -> Choices {
        let (here, own) = (Choices::here(), paper.choices.clone());
        let first = here.notes.is_none();
        Choices {
            length: here.length.or(own.length),
            with: if first && here.start.is_none() {
                own.with
            } else {
                here.with
            },
            seats: here.seats.or(own.seats),
            month: here.month,
            day: here.day,
            start: here.start.or(own.start),
            notes: here.notes.or(own.notes),
            ticket: if first { own.ticket } else { here.ticket },
            subjects: if first { own.subjects } else { here.subjects },
            answers: if first { own.answers } else { here.answers },
            photos: if first && here.photos.is_empty() {
                own.photos
            } else {
                here.photos
            },
            ..Choices::default()
        }
    }

    async fn form(paper: &Paper) -> Result<impl IntoView + use<>, Trouble> {
        let locale = ask::locale();
        let choices = merged(paper);
        let page = format!("/requests/{}/edit", paper.reference);
        let taken = taken(paper, &choices).await?;
        let lost = taken.as_ref().map(|taken| lost(taken, &choices, &page));
        let about = About::load(&choices).await?;
        let asked = Asked::load(paper.service.parse()?, &choices).await?;
        let photos = Photos::load(&choices, page.clone(), Some(&paper.reference)).await?;
        let (line, service) = (in_words::choice_line(&choices), paper.service_name.clone());
        let cancel = format!("/requests/{}", paper.reference);
        let (reference, version, when) = (
            paper.reference.clone(),
            paper.version.to_string(),
            format!("{page}/when"),
        );
        Ok(view! {
            {lost}
            <Form action=EditRequest::PATH posted=ask::posted() locale class="flex max-w-2xl flex-col gap-5">
                <EnterSends/>
                <Hidden name="reference" value=reference/>
                <Hidden name="version" value=version/>
                <Once key=ask::fresh_key()/>
                <Carried choices=choices/>
                <div class="sheet flex items-center gap-3 p-3">
                    <span class="grid size-9 place-items-center rounded-control bg-accent-soft text-accent-ink"><Icon name="icon-[lucide--calendar-clock]"/></span>
                    <div class="min-w-0 grow"><p class="font-semibold">{service}</p><p class="text-sm text-muted tabular-nums">{line}</p></div>
                    <button formaction=when formmethod="get" class="link px-2 py-3 text-sm">{td_string!(locale, portal.request.change_time)}</button>
                </div>
                {asked.fields()}
                {about.fields()}
                {photos.fields()}
                <div class="flex flex-wrap gap-2">
                    <Button look=Look::Primary>{td_string!(locale, portal.request.save)}</Button>
                    <ButtonLink href=cancel>{td_string!(locale, common.cancel)}</ButtonLink>
                </div>
            </Form>
        })
    }

    /// The form of a request for some days, or for repeating visits: everything in one.
    async fn days(paper: &Paper) -> Result<impl IntoView + use<>, Trouble> {
        let locale = ask::locale();
        let posted = ask::posted().filter(|posted| posted.is(EditWindow::PATH, None));
        let choices = match &posted {
            Some(posted) => Choices::typed(&posted.fields),
            None => drawn(paper),
        };
        let service = find_service(&paper.service).await?;
        let asking = window::Asking::load(&service, &choices).await?;
        let about = About::load(&choices).await?;
        let asked = Asked::load(service.id, &choices).await?;
        let page = format!("/requests/{}", paper.reference);
        let photos = Photos::load(&choices, format!("{page}/edit"), Some(&paper.reference)).await?;
        let (reference, version) = (paper.reference.clone(), paper.version.to_string());
        let name = paper.service_name.clone();
        Ok(view! {
            <Form action=EditWindow::PATH posted locale class="flex max-w-2xl flex-col gap-5">
                <EnterSends/>
                <Hidden name="reference" value=reference/>
                <Hidden name="version" value=version/>
                <Once key=ask::fresh_key()/>
                <p class="font-semibold" data-redraws=format!("{page}/edit")>{name}</p>
                {asking.fields()}
                {asked.fields()}
                {about.fields()}
                {photos.fields()}
                <div class="flex flex-wrap gap-2">
                    <Button look=Look::Primary>{td_string!(locale, portal.request.save)}</Button>
                    <ButtonLink href=page>{td_string!(locale, common.cancel)}</ButtonLink>
                </div>
            </Form>
        })
    }

    /// What the request says; while one chooses, the address, for which the dates are drawn again.
    fn drawn(paper: &Paper) -> Choices {
        let (here, kept) = (Choices::here(), merged(paper));
        match here.window.is_asked() {
            true => Choices {
                length: here.length.or(kept.length),
                with: here.with,
                window: here.window,
                ..kept
            },
            false => Choices {
                window: paper.choices.window.clone(),
                ..kept
            },
        }
    }

    /// Whether the new time was taken meanwhile.
    async fn taken(paper: &Paper, choices: &Choices) -> Result<Option<Taken>, Trouble> {
        let Some(start) = choices
            .start
            .filter(|start| Some(*start) != paper.choices.start)
        else {
            return Ok(None);
        };
        let ask = Ask {
            service: paper.service.clone(),
            length: choices.length.unwrap_or_default(),
            with: choices.with.clone(),
            seats: choices.seats.unwrap_or(1),
            moving: Some(paper.reference.clone()),
        };
        match still(&asked(&ask)?, start).await? {
            Still::Open => Ok(None),
            Still::Taken(taken) => Ok(Some(taken)),
        }
    }

    fn closed(paper: &Paper) -> impl IntoView + use<> {
        let locale = ask::locale();
        let (href, word) = back(paper);
        view! {
            <Banner tone=Tone::Off>{td_string!(locale, portal.request.not_pending)}</Banner>
            <p class="mt-4"><ButtonLink href=href>{word}</ButtonLink></p>
        }
    }
}
