//! Uploaded pictures: read by their content, never by their name; within limits; drawn anew, so that nothing that was hidden
//! in the file is kept. Photos of requests are read by the same rules (`photos.rs`); the logo of the business is here.

use std::io::Cursor;

use app::ask::Viewer;
use axum::extract::{Extension, Multipart, Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use booking::refusal::Refusal;
use desk::{Desk, Trouble};
use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder, ImageFormat, ImageReader, Limits};
use tokio::sync::Semaphore;

/// What an upload may weigh, the form around it included.
pub const LARGEST: usize = 5 * 1024 * 1024;
/// What a logo may be before drawing.
const BOUNDS: Bounds = Bounds {
    side: 8_000,
    pixels: 64_000_000,
    memory: 256 * 1024 * 1024,
};
/// Where the logo fits into, in pixels: three times its place on the page, for sharp screens.
const LOGO: (u32, u32) = (480, 120);

/// The page that the form stands on.
const PAGE: &str = "/office/settings/business";

/// Takes a new logo, or takes it away where the form says so. Leads back to its page, with the reason if it was refused.
pub async fn take_logo(
    State(desk): State<Desk>,
    Extension(viewer): Extension<Viewer>,
    form: Multipart,
) -> Response {
    let Some(who) = viewer.who.as_ref().and_then(desk::SignedIn::staff) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let sent = match Sent::read(form).await {
        Ok(sent) => sent,
        Err(why) => return refused(why),
    };
    let png = match sent.drawn().await {
        Ok(png) => png,
        Err(why) => return refused(why),
    };
    match desk.change_logo(&who, sent.version, png).await {
        Ok(()) => Redirect::to(&format!("{PAGE}?done=page")).into_response(),
        Err(Trouble::Refused(why)) => refused(why.why),
        Err(fault) => {
            let trouble = app::trouble::Trouble::from(fault);
            let status = StatusCode::from_u16(trouble.status());
            status
                .unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
                .into_response()
        }
    }
}

fn refused(why: Refusal) -> Response {
    Redirect::to(&format!("{PAGE}?logo={}#logo", why.code())).into_response()
}

/// What the form carried.
struct Sent {
    version: i32,
    remove: bool,
    file: Vec<u8>,
}

impl Sent {
    async fn read(mut form: Multipart) -> Result<Self, Refusal> {
        let mut sent = Self {
            version: 0,
            remove: false,
            file: Vec::new(),
        };
        // A body that is too large or broken ends here.
        while let Some(part) = form.next_field().await.map_err(|_| Refusal::BadPicture)? {
            match part.name() {
                Some("version") => {
                    let text = part.text().await.map_err(|_| Refusal::Stale)?;
                    sent.version = text.parse().map_err(|_| Refusal::Stale)?;
                }
                Some("remove") => sent.remove = true,
                Some("file") => {
                    let bytes = part.bytes().await.map_err(|_| Refusal::BadPicture)?;
                    sent.file = bytes.to_vec();
                }
                Some(_) | None => {}
            }
        }
        Ok(sent)
    }

    async fn drawn(&self) -> Result<Option<Vec<u8>>, Refusal> {
        if self.remove {
            return Ok(None);
        }
        let file = self.file.clone();
        let drawn = apart(move || draw(&file, LOGO)).await;
        drawn.unwrap_or(Err(Refusal::BadPicture)).map(Some)
    }
}

/// Draws where it holds nobody up, two pictures at a time: a large one takes a quarter of a second and hundreds of
/// megabytes. Nothing when the drawing failed in a way that nobody foresaw.
pub(crate) async fn apart<T: Send + 'static>(
    draw: impl FnOnce() -> T + Send + 'static,
) -> Option<T> {
    static TABLES: Semaphore = Semaphore::const_new(2);
    let table = TABLES.acquire().await.ok()?;
    // The table is taken until the drawing ends, even when nobody waits for it any more.
    let drawing = tokio::task::spawn_blocking(move || {
        let drawn = draw();
        drop(table);
        drawn
    });
    drawing.await.ok()
}

/// What is read at all.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bounds {
    /// Pixels of a side.
    pub side: u32,
    /// Pixels.
    pub pixels: u64,
    /// Bytes of memory, decoded.
    pub memory: u64,
}

/// Why a file is not read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unreadable {
    /// It is no PNG, JPEG or WebP, or a broken one.
    NoPicture,
    /// It is outside the bounds.
    TooLarge,
}

/// The picture in `file` (PNG, JPEG or WebP, by its content) within `bounds`, no larger than `fit`, the right way up. Its
/// size is known from its first bytes; nothing is decoded that is too large.
pub(crate) fn read(
    file: &[u8],
    bounds: Bounds,
    fit: (u32, u32),
) -> Result<DynamicImage, Unreadable> {
    let broken = |_| Unreadable::NoPicture;
    let mut reader = ImageReader::new(Cursor::new(file))
        .with_guessed_format()
        .map_err(|_| Unreadable::NoPicture)?;
    let known = [ImageFormat::Png, ImageFormat::Jpeg, ImageFormat::WebP];
    if !reader
        .format()
        .is_some_and(|format| known.contains(&format))
    {
        return Err(Unreadable::NoPicture);
    }
    let mut limits = Limits::default();
    limits.max_alloc = Some(bounds.memory);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().map_err(broken)?;
    let (width, height) = decoder.dimensions();
    let pixels = u64::from(width) * u64::from(height);
    let is_wide = width.max(height) > bounds.side;
    if is_wide || pixels > bounds.pixels || decoder.total_bytes() > bounds.memory {
        return Err(Unreadable::TooLarge);
    }
    let turned = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let picture = DynamicImage::from_decoder(decoder).map_err(broken)?;
    let mut picture = fitted(picture, fit);
    picture.apply_orientation(turned);
    Ok(picture)
}

/// The picture, no larger than `fit`.
pub(crate) fn fitted(picture: DynamicImage, fit: (u32, u32)) -> DynamicImage {
    if picture.width() > fit.0 || picture.height() > fit.1 {
        picture.thumbnail(fit.0, fit.1)
    } else {
        picture
    }
}

/// The logo in `file`, no larger than `fit`, as PNG.
fn draw(file: &[u8], fit: (u32, u32)) -> Result<Vec<u8>, Refusal> {
    let picture = read(file, BOUNDS, fit).map_err(|_| Refusal::BadPicture)?;
    let mut png = Vec::new();
    picture
        .into_rgba8()
        .write_to(&mut Cursor::new(&mut png), ImageFormat::Png)
        .map_err(|_| Refusal::BadPicture)?;
    Ok(png)
}

/// `/logo/{id}`: named by its content, so it may be kept for good.
pub async fn logo(State(desk): State<Desk>, Path(id): Path<String>) -> Response {
    match desk.image(&id).await {
        Ok(Some(png)) => (
            [
                (header::CONTENT_TYPE, "image/png"),
                (header::CACHE_CONTROL, "public, max-age=31536000, immutable"),
            ],
            png,
        )
            .into_response(),
        Ok(None) => StatusCode::NOT_FOUND.into_response(),
        Err(_) => StatusCode::SERVICE_UNAVAILABLE.into_response(),
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    fn png(width: u32, height: u32) -> Vec<u8> {
        let mut file = Vec::new();
        image::RgbaImage::from_pixel(width, height, image::Rgba([200, 30, 30, 255]))
            .write_to(&mut Cursor::new(&mut file), ImageFormat::Png)
            .unwrap();
        file
    }

    #[test]
    fn a_large_picture_is_made_to_fit() {
        let drawn = draw(&png(1_000, 1_000), (480, 120)).unwrap();
        let seen = image::load_from_memory(&drawn).unwrap();
        assert_eq!((seen.width(), seen.height()), (120, 120));
    }

    #[test]
    fn nothing_behind_the_picture_is_kept() {
        let mut file = png(8, 8);
        file.extend(b"<script>alert(1)</script>");
        let drawn = draw(&file, (480, 120)).unwrap();
        assert!(!drawn.windows(8).any(|some| some == b"<script>"));
    }

    #[test]
    fn what_is_no_picture_is_refused() {
        let huge = {
            let mut file = png(1, 1);
            // Claims 50,000 × 50,000 pixels in its header.
            file[16..24].copy_from_slice(&[0, 0, 0xc3, 0x50, 0, 0, 0xc3, 0x50]);
            file
        };
        let svg = b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>".to_vec();
        for file in [
            svg,
            b"GIF89a".to_vec(),
            Vec::new(),
            png(8, 8)[..40].to_vec(),
            huge,
        ] {
            assert_eq!(draw(&file, (480, 120)), Err(Refusal::BadPicture));
        }
    }
}
