//! Photos of requests: sent before the request is, one at a time; read within limits and drawn anew as JPEG, so that no
//! EXIF, no place, no script and nothing behind the picture is kept; shown to those who may see the request. A form without
//! scripts is led back to its page with everything that was typed; a script gets the photo's id, or the sentence why not.

use std::time::Duration;

use app::ask::Viewer;
use app::trouble::Trouble;
use axum::extract::multipart::Field;
use axum::extract::{
    DefaultBodyLimit, Extension, FromRef, FromRequest, Multipart, Path, Query, Request, State,
};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use axum::{Json, Router};
use booking::ids::PhotoId;
use booking::refusal::Refusal;
use desk::keep_photo::DrawnPhoto;
use desk::photos::{MOST, PhotoSize};
use desk::{ContactPass, Desk};
use image::codecs::jpeg::JpegEncoder;
use image::{DynamicImage, Rgb, RgbImage};
use serde::Deserialize;
use serde_json::json;
use tower_http::limit::RequestBodyLimitLayer;
use tower_http::timeout::RequestBodyDeadlineLayer;

use crate::picture::{self, Bounds, Unreadable};

mod arriving;

use arriving::{Head, Places};

/// What a file may weigh (spec §9).
const LARGEST_FILE: usize = 10 * 1024 * 1024;
/// What is read of a body. A browser that is cut off while it sends shows no sentence: what is too large is read on for a
/// while, and thrown away.
const LARGEST_BODY: usize = 3 * LARGEST_FILE;
/// What may be typed in the form around the file.
const LARGEST_FORM: usize = 64 * 1024;
/// Parts of a form.
const MOST_PARTS: usize = 200;
/// The longest a photo may take to arrive, over a telephone in the country.
const BODY: Duration = Duration::from_secs(120);
/// The longest name of a field.
const LONGEST_NAME: usize = 200;

/// What a photo may be before drawing (spec §9).
const BOUNDS: Bounds = Bounds {
    side: 40_000,
    pixels: 40_000_000,
    memory: 320 * 1024 * 1024,
};
/// Where the pictures fit into, in pixels.
const LARGE: (u32, u32) = (2_048, 2_048);
const SMALL: (u32, u32) = (288, 288);
/// Of 100.
const QUALITY: u8 = 82;

/// `POST /photos`, `GET /photos/{id}` and `GET /photos/{id}/small`.
pub fn photos(desk: &Desk) -> Router {
    Router::new()
        // Who signs in again on the way here has nothing to be shown.
        .route(
            "/photos",
            get(async || Redirect::to("/request")).post(take_photo),
        )
        .route("/photos/{id}", get(large))
        .route("/photos/{id}/small", get(small))
        .with_state(Counter {
            desk: desk.clone(),
            places: Places::default(),
        })
        .layer(DefaultBodyLimit::max(LARGEST_BODY))
        .layer(RequestBodyDeadlineLayer::new(BODY))
        .layer(RequestBodyLimitLayer::new(LARGEST_BODY))
}

/// Where photos are taken.
#[derive(Clone, Debug)]
struct Counter {
    desk: Desk,
    places: Places,
}

impl FromRef<Counter> for Desk {
    fn from_ref(counter: &Counter) -> Self {
        counter.desk.clone()
    }
}

/// The page that a form without scripts stands on.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Stands {
    back: String,
}

/// Keeps a photo for the form it was chosen in, or takes one away again.
async fn take_photo(
    State(counter): State<Counter>,
    Extension(viewer): Extension<Viewer>,
    Query(stands): Query<Stands>,
    request: Request,
) -> Response {
    let Some(who) = viewer.who.as_ref().and_then(desk::SignedIn::contact) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let is_script = request
        .headers()
        .get(header::ACCEPT)
        .and_then(|accept| accept.to_str().ok())
        .is_some_and(|accept| accept.contains("application/json"));
    let head = Head::default();
    let request = head.watches(request);
    let form = match Multipart::from_request(request, &()).await {
        Ok(form) => form,
        Err(no_form) => return no_form.into_response(),
    };
    let (mut sent, mut done) = (Sent::default(), Err(Refusal::Busy.into()));
    if let Some(post) = counter.places.enter(who.person()) {
        sent = Sent::read(form, &head, post.room()).await;
        // Where all places are taken, what was typed is kept all the same, and a photo can be taken away.
        if post.has_place() || sent.remove.is_some() {
            done = carry_out(&counter.desk, &who, &mut sent).await;
        }
    }
    if is_script {
        return told(&viewer, done);
    }
    match done {
        Ok(Some(id)) => sent.typed.push(("photo[]".to_owned(), id.to_string())),
        Ok(None) => {}
        Err(trouble) => {
            let why = match trouble {
                Trouble::Malformed => Refusal::BadPhoto,
                other => other.refusal().unwrap_or(Refusal::Busy),
            };
            sent.typed
                .push(("photo_problem".to_owned(), why.code().to_owned()));
        }
    }
    back(&stands.back, &sent.typed)
}

async fn carry_out(
    desk: &Desk,
    who: &ContactPass,
    sent: &mut Sent,
) -> Result<Option<PhotoId>, Trouble> {
    if sent.is_malformed {
        return Err(Trouble::Malformed);
    }
    if let Some(id) = sent.remove.take() {
        sent.typed
            .retain(|(name, value)| name != "photo[]" || *value != id);
        if let Ok(id) = id.parse() {
            desk.drop_photo(who, id).await?;
        }
        return Ok(None);
    }
    let file = std::mem::replace(&mut sent.file, Err(Refusal::BadPhoto))?;
    if sent
        .typed
        .iter()
        .filter(|(name, _)| name == "photo[]")
        .count()
        >= MOST
    {
        return Err(Refusal::TooManyPhotos.into());
    }
    // A picture is drawn at two tables, for everybody: not to be thrown away then.
    desk.may_keep_photo(who, &sent.key).await?;
    let drawn = picture::apart(move || draw(&file)).await;
    let drawn = drawn.unwrap_or(Err(Refusal::BadPhoto))?;
    let id = desk.keep_photo(who, &sent.key, drawn).await?;
    Ok(Some(id))
}

/// What the form carried.
struct Sent {
    /// The key of the form.
    key: String,
    /// The file; or why it is none.
    file: Result<Vec<u8>, Refusal>,
    /// The photo that is to be taken away.
    remove: Option<String>,
    /// Everything else that a page needs to be drawn as it was.
    typed: Vec<(String, String)>,
    /// Whether it held what no form of ours holds, and was read no further.
    is_malformed: bool,
}

impl Default for Sent {
    fn default() -> Self {
        Self {
            key: String::new(),
            file: Err(Refusal::PhotoNotAdded),
            remove: None,
            typed: Vec::new(),
            is_malformed: false,
        }
    }
}

impl Sent {
    /// Reads a form as far as it can be read, its file up to `room` bytes.
    async fn read(mut form: Multipart, head: &Head, room: usize) -> Self {
        let (mut sent, mut left) = (Self::default(), LARGEST_FORM);
        for _ in 0..MOST_PARTS {
            head.begins();
            let Ok(Some(part)) = form.next_field().await else {
                break;
            };
            head.ends();
            let name = part.name().unwrap_or_default();
            if name.len() > LONGEST_NAME {
                sent.is_malformed = true;
                break;
            }
            let name = name.to_owned();
            if name == "file" {
                let named = part.file_name().is_some_and(|name| !name.is_empty());
                let file = whole(part, room).await;
                sent.take_file(file, named);
                continue;
            }
            let Some(most) = left.checked_sub(name.len()) else {
                break;
            };
            let Ok(bytes) = whole(part, most).await else {
                break;
            };
            left = most - bytes.len();
            sent.take(name, String::from_utf8_lossy(&bytes).into_owned());
        }
        sent
    }

    /// A field without a choice arrives as a file of nothing without a name.
    fn take_file(&mut self, file: Result<Vec<u8>, Refusal>, named: bool) {
        self.file = match file {
            Ok(bytes) if bytes.is_empty() && !named => Err(Refusal::PhotoNotAdded),
            other => other,
        };
    }

    fn take(&mut self, name: String, value: String) {
        match name.as_str() {
            "remove" => self.remove = Some(value),
            // What forms carry for themselves; the page draws it anew.
            _ if name.starts_with('_') => {}
            "key" => {
                self.key.clone_from(&value);
                self.typed.push((name, value));
            }
            _ => self.typed.push((name, value)),
        }
    }
}

/// A part to its end. One that is too large is read on and thrown away, as far as the body may go.
async fn whole(mut part: Field<'_>, most: usize) -> Result<Vec<u8>, Refusal> {
    let (mut bytes, mut is_large) = (Vec::new(), false);
    loop {
        match part.chunk().await {
            Ok(Some(_)) if is_large => {}
            Ok(Some(chunk)) if bytes.len() + chunk.len() > most => {
                is_large = true;
                bytes = Vec::new();
            }
            Ok(Some(chunk)) => bytes.extend_from_slice(&chunk),
            Ok(None) if is_large => return Err(Refusal::PhotoTooLarge),
            Ok(None) => return Ok(bytes),
            Err(_) if is_large => return Err(Refusal::PhotoTooLarge),
            Err(_) => return Err(Refusal::BadPhoto),
        }
    }
}

/// The answer to a script.
fn told(viewer: &Viewer, done: Result<Option<PhotoId>, Trouble>) -> Response {
    match done {
        Ok(id) => Json(json!({ "photo": id })).into_response(),
        Err(trouble) => {
            let status = StatusCode::from_u16(trouble.status());
            let words = trouble.words(viewer.locale);
            (
                status.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR),
                Json(json!({ "refused": words })),
            )
                .into_response()
        }
    }
}

/// Back to the page of the form, with everything that was typed in its address: the page reads it from there.
fn back(page: &str, typed: &[(String, String)]) -> Response {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'/' | b'-');
    let ours = page.starts_with("/request/") || page.starts_with("/requests/");
    if !ours || !page.bytes().all(plain) {
        return Redirect::to("/request").into_response();
    }
    let query = form_urlencoded::Serializer::new(String::new())
        .extend_pairs(typed)
        .finish();
    Redirect::to(&format!("{page}?{query}#photos")).into_response()
}

/// The photo in `file`, drawn anew: the right way up, on white, large and small.
fn draw(file: &[u8]) -> Result<DrawnPhoto, Refusal> {
    let picture = picture::read(file, BOUNDS, LARGE).map_err(|why| match why {
        Unreadable::NoPicture => Refusal::BadPhoto,
        Unreadable::TooLarge => Refusal::PhotoTooLarge,
    })?;
    let large = on_white(picture);
    let small = picture::fitted(DynamicImage::ImageRgb8(large.clone()), SMALL).into_rgb8();
    Ok(DrawnPhoto {
        large: jpeg(&large)?,
        small: jpeg(&small)?,
    })
}

/// JPEG knows no transparency.
fn on_white(picture: DynamicImage) -> RgbImage {
    if !picture.color().has_alpha() {
        return picture.into_rgb8();
    }
    let from = picture.into_rgba8();
    RgbImage::from_fn(from.width(), from.height(), |x, y| {
        let [red, green, blue, alpha] = from.get_pixel(x, y).0;
        let mixed = |colour: u8| {
            let (colour, alpha) = (u32::from(colour), u32::from(alpha));
            let mixed = (colour * alpha + 255 * (255 - alpha)) / 255;
            u8::try_from(mixed).unwrap_or(255)
        };
        Rgb([mixed(red), mixed(green), mixed(blue)])
    })
}

fn jpeg(picture: &RgbImage) -> Result<Vec<u8>, Refusal> {
    let mut bytes = Vec::new();
    JpegEncoder::new_with_quality(&mut bytes, QUALITY)
        .encode_image(picture)
        .map_err(|_| Refusal::BadPhoto)?;
    Ok(bytes)
}

async fn large(desk: State<Desk>, viewer: Extension<Viewer>, id: Path<String>) -> Response {
    shown(desk, viewer, id, PhotoSize::Large).await
}

async fn small(desk: State<Desk>, viewer: Extension<Viewer>, id: Path<String>) -> Response {
    shown(desk, viewer, id, PhotoSize::Small).await
}

/// A photo to whoever may see it; to all others it is not there.
async fn shown(
    State(desk): State<Desk>,
    Extension(viewer): Extension<Viewer>,
    Path(id): Path<String>,
    size: PhotoSize,
) -> Response {
    let (Some(who), Ok(id)) = (viewer.who.as_ref(), id.parse()) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let headers = [
        (header::CONTENT_TYPE, "image/jpeg"),
        (
            header::CONTENT_DISPOSITION,
            "inline; filename=\"photo.jpg\"",
        ),
        (header::CACHE_CONTROL, "private, max-age=86400"),
        // The browser's own page around a picture has a style of its own.
        (
            header::CONTENT_SECURITY_POLICY,
            "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; sandbox",
        ),
    ];
    match desk.photo(who, id, size).await {
        Ok(Some(bytes)) => (headers, bytes).into_response(),
        Ok(None) => StatusCode::NOT_FOUND.into_response(),
        Err(trouble) => {
            let status = StatusCode::from_u16(Trouble::from(trouble).status());
            status
                .unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
                .into_response()
        }
    }
}
