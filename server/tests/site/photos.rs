//! Photos: read by their content, within limits, drawn anew with nothing hidden left; kept for the form, typed words and
//! all; shown to those who may see them and to nobody else (T12, T13).

use std::io::Cursor;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::body::{Body, Bytes};
use futures::StreamExt;
use http::Request;
use image::{DynamicImage, ImageFormat, Rgb, RgbImage, Rgba, RgbaImage};

use crate::house::{Answer, House, Who};

mod arriving;

const RED: Rgb<u8> = Rgb([220, 20, 20]);
const BLUE: Rgb<u8> = Rgb([20, 20, 220]);

/// A photo whose upper left quarter is red and the rest blue.
fn photo(width: u32, height: u32) -> DynamicImage {
    let colour = |x, y| match x < width / 2 && y < height / 2 {
        true => RED,
        false => BLUE,
    };
    RgbImage::from_fn(width, height, colour).into()
}

fn file(picture: &DynamicImage, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Vec::new();
    picture
        .write_to(&mut Cursor::new(&mut bytes), format)
        .unwrap();
    bytes
}

fn jpeg(width: u32, height: u32) -> Vec<u8> {
    file(&photo(width, height), ImageFormat::Jpeg)
}

/// The same with what a telephone writes into it: how it was held, where it was, by whom.
fn with_exif(jpeg: &[u8], orientation: u8) -> Vec<u8> {
    let entry = |tag: u16, kind: u16, count: u32, value: [u8; 4]| {
        let mut entry = tag.to_le_bytes().to_vec();
        entry.extend(kind.to_le_bytes());
        entry.extend(count.to_le_bytes());
        entry.extend(value);
        entry
    };
    let mut exif = b"Exif\0\0II*\0\x08\0\0\0\x02\0".to_vec();
    exif.extend(entry(0x0112, 3, 1, [orientation, 0, 0, 0]));
    exif.extend(entry(0x8825, 4, 1, [38, 0, 0, 0]));
    exif.extend([0; 4]);
    // The GPS part: north of what, and a word to look for.
    exif.extend(b"\x01\0");
    exif.extend(entry(0x0001, 2, 2, *b"N\0\0\0"));
    exif.extend(b"\0\0\0\0GPS-52.5200-13.4050 Ana's telephone");
    let length = u16::try_from(exif.len() + 2).unwrap().to_be_bytes();
    let mut whole = jpeg[..2].to_vec();
    whole.extend([0xff, 0xe1]);
    whole.extend(length);
    whole.extend(exif);
    whole.extend(&jpeg[2..]);
    whole
}

/// A JPEG that says in its first bytes that it is this large.
fn claiming(jpeg: &[u8], width: u16, height: u16) -> Vec<u8> {
    let mut bytes = jpeg.to_vec();
    let frame = bytes
        .windows(2)
        .position(|two| two == [0xff, 0xc0])
        .unwrap();
    bytes[frame + 5..frame + 7].copy_from_slice(&height.to_be_bytes());
    bytes[frame + 7..frame + 9].copy_from_slice(&width.to_be_bytes());
    bytes
}

/// A PNG that says so, in a header whose sum is right.
fn png_claiming(side: u32) -> Vec<u8> {
    let mut bytes = file(&photo(1, 1), ImageFormat::Png);
    bytes[16..20].copy_from_slice(&side.to_be_bytes());
    bytes[20..24].copy_from_slice(&side.to_be_bytes());
    let sum = bytes[12..29].iter().fold(u32::MAX, |sum, byte| {
        (0..8).fold(sum ^ u32::from(*byte), |sum, _| match sum & 1 {
            1 => (sum >> 1) ^ 0xedb8_8320,
            _ => sum >> 1,
        })
    });
    bytes[29..33].copy_from_slice(&(!sum).to_be_bytes());
    bytes
}

/// Fields, and the file last, as the form has them.
fn form(fields: &[(&str, &str)], file: Option<&[u8]>) -> Vec<u8> {
    let mut body = Vec::new();
    for (name, value) in fields {
        let part =
            format!("--edge\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
        body.extend(part.into_bytes());
    }
    if let Some(file) = file {
        body.extend(b"--edge\r\ncontent-disposition: form-data; name=\"file\"; filename=\"../../a.jpg\"\r\ncontent-type: image/jpeg\r\n\r\n");
        body.extend(file);
        body.extend(b"\r\n");
    }
    body.extend(b"--edge--\r\n");
    body
}

fn request(cookie: &str, page: Option<&str>, body: impl Into<Body>) -> Request<Body> {
    let (path, accept) = match page {
        Some(page) => (format!("/photos?back={page}"), "text/html"),
        None => ("/photos".to_owned(), "application/json"),
    };
    Request::post(path)
        .header("host", "desk.test")
        .header("accept", accept)
        .header("content-type", "multipart/form-data; boundary=edge")
        .header("sec-fetch-site", "same-origin")
        .header("cookie", cookie)
        .body(body.into())
        .unwrap()
}

/// Sends a file as a script does.
async fn send(house: &House, cookie: &str, key: &str, file: &[u8]) -> Answer {
    let body = form(&[("key", key)], Some(file));
    house.send(request(cookie, None, body)).await
}

/// Sends a file that is taken; its id.
async fn sent(house: &House, cookie: &str, file: &[u8]) -> String {
    let key = uuid::Uuid::now_v7().to_string();
    let answer = send(house, cookie, &key, file).await;
    assert_eq!(answer.status.as_u16(), 200, "{}", answer.text);
    let said: serde_json::Value = serde_json::from_str(&answer.text).unwrap();
    said["photo"].as_str().unwrap().to_owned()
}

async fn client(house: &House) -> String {
    house.cookie(Who::Contact).await.unwrap()
}

/// What is shown of a photo, large and small, decoded.
async fn shown(house: &House, cookie: &str, id: &str) -> (RgbImage, RgbImage) {
    let mut both = Vec::new();
    for path in [format!("/photos/{id}"), format!("/photos/{id}/small")] {
        let answer = house.get(&path, Some(cookie)).await;
        assert_eq!(answer.status.as_u16(), 200);
        let read = image::load_from_memory_with_format(&answer.bytes, ImageFormat::Jpeg);
        both.push(read.unwrap().into_rgb8());
    }
    let small = both.pop().unwrap();
    (both.pop().unwrap(), small)
}

fn is_near(one: Rgb<u8>, other: Rgb<u8>) -> bool {
    one.0.iter().zip(other.0).all(|(a, b)| a.abs_diff(b) < 40)
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_telephone_takes_is_drawn_anew_and_shown() {
    let house = House::with_demo().await;
    let cookie = client(&house).await;
    for format in [ImageFormat::Jpeg, ImageFormat::Png, ImageFormat::WebP] {
        let id = sent(&house, &cookie, &file(&photo(3_000, 1_500), format)).await;
        let (large, small) = shown(&house, &cookie, &id).await;
        assert_eq!(large.dimensions(), (2_048, 1_024), "{format:?}");
        assert_eq!(small.dimensions(), (288, 144));
        assert!(is_near(*large.get_pixel(100, 100), RED));
        assert!(is_near(*small.get_pixel(280, 140), BLUE));
    }
    let id = sent(&house, &cookie, &jpeg(64, 48)).await;
    let answer = house.get(&format!("/photos/{id}"), Some(&cookie)).await;
    for (name, value) in [
        ("content-type", "image/jpeg"),
        ("content-disposition", "inline; filename=\"photo.jpg\""),
        ("cache-control", "private, max-age=86400"),
        ("x-content-type-options", "nosniff"),
    ] {
        assert_eq!(answer.header(name), value);
    }
    assert!(answer.header("content-security-policy").contains("sandbox"));
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_hidden_is_kept() {
    let house = House::with_demo().await;
    let cookie = client(&house).await;
    let mut told = with_exif(&jpeg(64, 64), 1);
    told.extend(b"<script>alert(1)</script><?php phpinfo();");
    let mut png = file(&photo(64, 64), ImageFormat::Png);
    png.extend(b"<script>alert(1)</script>");
    for file in [told, png] {
        let id = sent(&house, &cookie, &file).await;
        for path in [format!("/photos/{id}"), format!("/photos/{id}/small")] {
            let answer = house.get(&path, Some(&cookie)).await;
            for word in [&b"<script>"[..], b"GPS-52", b"Exif", b"<?php", b"Ana"] {
                let found = answer.bytes.windows(word.len()).any(|some| some == word);
                assert!(!found, "{}", String::from_utf8_lossy(word));
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn however_the_telephone_was_held_the_photo_stands_upright() {
    let house = House::with_demo().await;
    let cookie = client(&house).await;
    let plain = jpeg(64, 32);
    // Where the red corner is then: right, low.
    let corners = [
        (1, false, false),
        (2, true, false),
        (3, true, true),
        (4, false, true),
        (5, false, false),
        (6, true, false),
        (7, true, true),
        (8, false, true),
    ];
    for (orientation, right, low) in corners {
        let id = sent(&house, &cookie, &with_exif(&plain, orientation)).await;
        let (large, _) = shown(&house, &cookie, &id).await;
        let (width, height) = large.dimensions();
        let size = if orientation < 5 { (64, 32) } else { (32, 64) };
        assert_eq!((width, height), size, "{orientation}");
        let x = if right { width - 4 } else { 3 };
        let y = if low { height - 4 } else { 3 };
        assert!(is_near(*large.get_pixel(x, y), RED), "{orientation}");
        assert!(is_near(
            *large.get_pixel(width - 1 - x, height - 1 - y),
            BLUE
        ));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_transparent_is_white() {
    let house = House::with_demo().await;
    let cookie = client(&house).await;
    let picture = RgbaImage::from_pixel(32, 32, Rgba([0, 0, 0, 0])).into();
    let id = sent(&house, &cookie, &file(&picture, ImageFormat::Png)).await;
    let (large, _) = shown(&house, &cookie, &id).await;
    assert!(is_near(*large.get_pixel(16, 16), Rgb([255, 255, 255])));
}

#[tokio::test(flavor = "multi_thread")]
async fn bombs_and_impostors_are_refused_in_words() {
    let house = House::with_demo().await;
    let cookie = client(&house).await;
    let png = file(&photo(64, 64), ImageFormat::Png);
    let no_photo = "This is not a photo we can read.";
    let too_large = "This photo is too large";
    let cases: [(&str, Vec<u8>, &str); 11] = [
        (
            "svg",
            b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>".to_vec(),
            no_photo,
        ),
        (
            "html",
            b"<!doctype html><script>alert(1)</script>".to_vec(),
            no_photo,
        ),
        ("gif", b"GIF89a\x01\0\x01\0\0\0\0;".to_vec(), no_photo),
        ("zip", b"PK\x03\x04\x14\0\0\0\0\0".to_vec(), no_photo),
        ("pdf", b"%PDF-1.7\n%\xff\xd8\xff".to_vec(), no_photo),
        ("nothing", Vec::new(), no_photo),
        ("half a png", png[..png.len() / 2].to_vec(), no_photo),
        ("the head of a jpeg", jpeg(64, 64)[..20].to_vec(), no_photo),
        (
            "a small file of 65,000 × 65,000",
            claiming(&jpeg(8, 8), 65_000, 65_000),
            too_large,
        ),
        (
            "a small file of 50,000 × 50,000",
            png_claiming(50_000),
            too_large,
        ),
        (
            "11 MiB",
            [png.clone(), vec![0; 11 * 1024 * 1024]].concat(),
            too_large,
        ),
    ];
    for (what, file, words) in cases {
        let answer = send(&house, &cookie, "k", &file).await;
        assert_eq!(answer.status.as_u16(), 422, "{what}: {}", answer.text);
        let said: serde_json::Value = serde_json::from_str(&answer.text).unwrap();
        assert!(
            said["refused"].as_str().unwrap().starts_with(words),
            "{what}: {said}"
        );
    }
    // Within the limits and cut off: drawn as far as it goes, or refused; never a fault.
    for bomb in [
        claiming(&jpeg(8, 8), 6_000, 6_000),
        jpeg(640, 480)[..900].to_vec(),
    ] {
        let status = send(&house, &cookie, "k", &bomb).await.status.as_u16();
        assert!(matches!(status, 200 | 422), "{status}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_sixth_is_refused() {
    let house = House::with_demo().await;
    let cookie = client(&house).await;
    let file = jpeg(8, 8);
    for _ in 0..5 {
        assert_eq!(
            send(&house, &cookie, "one", &file).await.status.as_u16(),
            200
        );
    }
    let answer = send(&house, &cookie, "one", &file).await;
    assert_eq!(answer.status.as_u16(), 422);
    assert!(answer.text.contains("At most 5 photos."));
    // Those that the form holds already count, whatever its key is.
    let mut fields = vec![("key", "two")];
    fields.extend([("photo[]", "x"); 5]);
    let answer = house
        .send(request(&cookie, None, form(&fields, Some(&file))))
        .await;
    assert!(answer.text.contains("At most 5 photos."));
}

const PAGE: &str = "/request/0191d2a0-0000-7000-8000-000000000000/details";

#[tokio::test(flavor = "multi_thread")]
async fn a_form_without_scripts_comes_back_as_it_was_typed() {
    let house = House::with_demo().await;
    let cookie = client(&house).await;
    let typed = [
        ("key", "k1"),
        ("start", "2030-01-07T09:00:00Z"),
        ("notes", "Two words & “more”\r\nüñ"),
        ("subject[]", "a"),
        ("subject[]", "b"),
        ("_page", "/elsewhere"),
    ];
    let kept = "key=k1&start=2030-01-07T09%3A00%3A00Z&notes=Two+words+%26+%E2%80%9Cmore%E2%80%9D%0D%0A%C3%BC%C3%B1&subject%5B%5D=a&subject%5B%5D=b";
    let send = async |fields: &[(&str, &str)], file: Option<&[u8]>| {
        let answer = house
            .send(request(&cookie, Some(PAGE), form(fields, file)))
            .await;
        assert_eq!(answer.status.as_u16(), 303);
        answer.header("location").to_owned()
    };
    let led = send(&typed, Some(&jpeg(8, 8))).await;
    let start = format!("{PAGE}?{kept}&photo%5B%5D=");
    let id = led
        .strip_prefix(&start)
        .unwrap()
        .strip_suffix("#photos")
        .unwrap();
    let mut with_photo = typed.to_vec();
    with_photo.push(("photo[]", id));
    for (file, code) in [
        (Some(&b"<svg/>"[..]), "bad-photo"),
        (None, "photo-not-added"),
        (Some(&[0; 12 * 1024 * 1024][..]), "photo-too-large"),
    ] {
        let led = send(&with_photo, file).await;
        assert_eq!(led, format!("{start}{id}&photo_problem={code}#photos"));
    }
    with_photo.push(("remove", id));
    assert_eq!(
        send(&with_photo, None).await,
        format!("{PAGE}?{kept}#photos")
    );
    let gone = house.get(&format!("/photos/{id}"), Some(&cookie)).await;
    assert_eq!(gone.status.as_u16(), 404);
    for evil in [
        "//evil.com",
        "https://evil.com",
        "/request/..//evil",
        "/office",
        "/request/a%0d%0ab",
    ] {
        let answer = house
            .send(request(&cookie, Some(evil), form(&typed, None)))
            .await;
        assert_eq!(answer.header("location"), "/request", "{evil}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_without_an_end_is_not_read_to_it() {
    let house = House::with_demo().await;
    let cookie = client(&house).await;
    let read = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&read);
    let head = form(&[("key", "k"), ("notes", "kept")], Some(b""));
    let head = Bytes::from(head[..head.len() - "\r\n--edge--\r\n".len()].to_vec());
    let megabyte = Bytes::from(vec![0; 1024 * 1024]);
    let endless = futures::stream::iter(std::iter::once(head).chain(std::iter::repeat(megabyte)));
    // As it comes over a network: now and then there is nothing to read.
    let endless = endless.then(move |chunk| {
        count.fetch_add(chunk.len(), Ordering::Relaxed);
        async {
            tokio::task::yield_now().await;
            Ok::<_, std::io::Error>(chunk)
        }
    });
    let body = Body::from_stream(endless.take(1_000));
    let answer = house.send(request(&cookie, Some(PAGE), body)).await;
    let led = answer.header("location");
    assert_eq!(
        led,
        format!("{PAGE}?key=k&notes=kept&photo_problem=photo-too-large#photos")
    );
    let read = read.load(Ordering::Relaxed) / 1024 / 1024;
    assert!(read <= 32, "{read} MiB");
    // Who says at once that it is too much is believed at once.
    let mut long = request(&cookie, None, Vec::new());
    let length = http::HeaderValue::from_static("104857600");
    long.headers_mut().insert("content-length", length);
    assert_eq!(house.send(long).await.status.as_u16(), 413);
}

#[tokio::test(flavor = "multi_thread")]
async fn bodies_that_are_no_forms_are_no_faults() {
    let house = House::with_demo().await;
    let cookie = client(&house).await;
    let many = form(&vec![("a", "b"); 10_000], None);
    for body in [b"".to_vec(), b"--edge".to_vec(), vec![0; 1_000], many] {
        let status = house.send(request(&cookie, None, body)).await.status;
        assert_eq!(status.as_u16(), 422);
    }
    for kind in ["multipart/form-data", "application/json", "text/plain"] {
        let mut odd = request(&cookie, None, form(&[], None));
        let kind = http::HeaderValue::from_static(kind);
        odd.headers_mut().insert("content-type", kind);
        assert_eq!(house.send(odd).await.status.as_u16(), 400);
    }
    let mut foreign = request(&cookie, None, form(&[("key", "k")], Some(&jpeg(8, 8))));
    let cross = http::HeaderValue::from_static("cross-site");
    foreign.headers_mut().insert("sec-fetch-site", cross);
    assert_eq!(house.send(foreign).await.status.as_u16(), 403);
}

#[tokio::test(flavor = "multi_thread")]
async fn clients_send_and_only_the_sender_sees() {
    let house = House::with_demo().await;
    for who in [Who::Nobody, Who::Technician, Who::Dispatcher, Who::Owner] {
        let cookie = house.cookie(who).await.unwrap_or_default();
        let answer = send(&house, &cookie, "k", &jpeg(8, 8)).await;
        match who {
            Who::Nobody => assert!(answer.header("location").starts_with("/sign-in")),
            _ => assert_eq!(answer.status.as_u16(), 404, "{who:?}"),
        }
    }
    let id = sent(&house, &client(&house).await, &jpeg(8, 8)).await;
    for who in Who::ALL {
        let cookie = house.cookie(who).await;
        for path in [format!("/photos/{id}"), format!("/photos/{id}/small")] {
            let answer = house.get(&path, cookie.as_deref()).await;
            match who {
                Who::Nobody => assert!(answer.header("location").starts_with("/sign-in")),
                Who::Contact => assert_eq!(answer.status.as_u16(), 200),
                _ => assert_eq!(answer.status.as_u16(), 404, "{who:?}"),
            }
        }
    }
    // Another client's contact, and an id that nothing has: the same answer.
    let other = house
        .desk
        .sign_in(
            "cliente@example.com",
            desk::seed_demo::PASSWORD,
            "test",
            "192.0.2.9",
        )
        .await;
    let other = format!("frontdesk={}", other.unwrap().token);
    let foreign = house.get(&format!("/photos/{id}"), Some(&other)).await;
    let unknown = house
        .get("/photos/00000000-0000-7000-8000-000000000000", Some(&other))
        .await;
    let nonsense = house
        .get("/photos/..%2f..%2fetc%2fpasswd", Some(&other))
        .await;
    for answer in [&foreign, &unknown, &nonsense] {
        assert_eq!((answer.status.as_u16(), answer.text.as_str()), (404, ""));
    }
    assert_eq!(
        foreign.header("cache-control"),
        unknown.header("cache-control")
    );
}
