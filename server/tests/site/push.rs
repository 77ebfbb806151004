//! Notices on devices, with a push service of our own: what arrives there can be read by the device and by nobody else, says
//! who sends it, and is told once; a device that is gone is forgotten.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::response::IntoResponse;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::{HeaderMap, StatusCode, Uri};
use ring::agreement::{ECDH_P256, EphemeralPrivateKey, UnparsedPublicKey, agree_ephemeral};
use ring::hkdf::{HKDF_SHA256, KeyType, Salt};
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED, UnparsedPublicKey as VerifyingKey};
use serde_json::Value;
use server::push::Herald;
use server::push::line::Line;
use tokio_util::sync::CancellationToken;

use crate::house::{House, Who};

struct Length(usize);

impl KeyType for Length {
    fn len(&self) -> usize {
        self.0
    }
}

/// A browser on somebody's telephone.
struct Device {
    secret: EphemeralPrivateKey,
    point: Vec<u8>,
    auth: [u8; 16],
}

impl Device {
    fn new() -> Self {
        let secret = EphemeralPrivateKey::generate(&ECDH_P256, &SystemRandom::new()).unwrap();
        let point = secret.compute_public_key().unwrap().as_ref().to_vec();
        let auth = *b"sixteen secrets!";
        Self {
            secret,
            point,
            auth,
        }
    }

    /// The body of `/do/account_add_device`.
    fn form(&self, endpoint: &str) -> String {
        let (point, auth) = (
            URL_SAFE_NO_PAD.encode(&self.point),
            URL_SAFE_NO_PAD.encode(self.auth),
        );
        format!("endpoint={endpoint}&p256dh={point}&auth={auth}")
    }

    /// Reads what was sealed for it, by RFC 8188 and RFC 8291.
    fn open(self, sealed: &[u8]) -> String {
        let (salt, rest) = sealed.split_at(16);
        let (size, rest) = rest.split_at(4);
        assert!(u32::from_be_bytes(size.try_into().unwrap()) as usize >= sealed.len());
        let (theirs, text) = rest[1..].split_at(rest[0].into());
        let derive = |salt: &[u8], secret: &[u8], info: &[u8], length: usize| {
            let mut into = vec![0; length];
            let extracted = Salt::new(HKDF_SHA256, salt).extract(secret);
            let info = [info];
            let expanded = extracted.expand(&info, Length(length)).unwrap();
            expanded.fill(&mut into).unwrap();
            into
        };
        let info = [b"WebPush: info\0", self.point.as_slice(), theirs].concat();
        let theirs = UnparsedPublicKey::new(&ECDH_P256, theirs);
        let agreed = agree_ephemeral(self.secret, &theirs, |shared| {
            derive(&self.auth, shared, &info, 32)
        });
        let agreed = agreed.unwrap();
        let key = derive(salt, &agreed, b"Content-Encoding: aes128gcm\0", 16);
        let nonce = derive(salt, &agreed, b"Content-Encoding: nonce\0", 12);
        let key = ring::aead::UnboundKey::new(&ring::aead::AES_128_GCM, &key).unwrap();
        let nonce = ring::aead::Nonce::assume_unique_for_key(nonce.try_into().unwrap());
        let mut text = text.to_vec();
        let opened = ring::aead::LessSafeKey::new(key)
            .open_in_place(nonce, ring::aead::Aad::empty(), &mut text)
            .unwrap();
        assert_eq!(opened.last(), Some(&2), "the last record");
        String::from_utf8(opened[..opened.len() - 1].to_vec()).unwrap()
    }
}

#[derive(Clone, Default)]
struct Service {
    says: Arc<Mutex<StatusCode>>,
    got: Arc<Mutex<Vec<(Uri, HeaderMap, Bytes)>>>,
}

async fn take(
    State(service): State<Service>,
    uri: Uri,
    head: HeaderMap,
    body: Bytes,
) -> impl IntoResponse {
    service.got.lock().unwrap().push((uri, head, body));
    *service.says.lock().unwrap()
}

impl Service {
    async fn start() -> (Self, SocketAddr) {
        let service = Self::default();
        *service.says.lock().unwrap() = StatusCode::CREATED;
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let site = Router::new().fallback(take).with_state(service.clone());
        tokio::spawn(async move { axum::serve(listener, site).await });
        (service, address)
    }

    fn got(&self) -> Vec<(Uri, HeaderMap, Bytes)> {
        self.got.lock().unwrap().drain(..).collect()
    }
}

async fn herald(house: &House, service: SocketAddr) -> Herald {
    let line = Line::To(service);
    Herald::new(house.desk.clone(), line, "https://desk.test")
        .await
        .unwrap()
}

/// Staff cancel the next appointment of the contact, who gets a notice.
async fn news(house: &House) {
    let cookie = house.cookie(Who::Contact).await;
    let page = house.get("/", cookie.as_deref()).await.text;
    let visit = page.split("/visits/V-").nth(1).unwrap();
    let visit: String = visit
        .chars()
        .take_while(char::is_ascii_alphanumeric)
        .collect();
    let owner = house.cookie(Who::Owner).await;
    let form = house
        .get(
            &format!("/office/visits/V-{visit}/cancel"),
            owner.as_deref(),
        )
        .await
        .text;
    let version = form.split("name=\"version\" value=\"").nth(1).unwrap();
    let version = version.split('"').next().unwrap();
    let key = uuid::Uuid::now_v7();
    let body = format!("key={key}&reference=V-{visit}&version={version}&reason=Snow");
    let done = house
        .call("office_cancel_visit", &body, owner.as_deref())
        .await;
    assert!(done.status.is_success(), "{} {}", done.status, done.text);
}

/// Staff decline the request of the contact that waits: more news, also on days before which little is booked.
async fn more_news(house: &House) {
    let cookie = house.cookie(Who::Contact).await;
    let page = house.get("/requests?status=pending", cookie.as_deref());
    let page = page.await.text;
    let request = page.split("/requests/R-").nth(1).unwrap();
    let request: String = request
        .chars()
        .take_while(char::is_ascii_alphanumeric)
        .collect();
    let owner = house.cookie(Who::Owner).await;
    let key = uuid::Uuid::now_v7();
    let body = format!("reference=R-{request}&version=1&key={key}&reason=Snow");
    let done = house.call("office_decline", &body, owner.as_deref()).await;
    assert!(done.status.is_success(), "{} {}", done.status, done.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_device_reads_its_persons_notice_and_knows_who_sent_it() {
    let house = House::with_demo().await;
    let (service, address) = Service::start().await;
    let herald = herald(&house, address).await;
    let cookie = house.cookie(Who::Contact).await;
    let device = Device::new();
    let form = device.form("https://push.example/send/42?a=b");
    let added = house
        .call("account_add_device", &form, cookie.as_deref())
        .await;
    assert!(added.status.is_success(), "{}", added.text);
    news(&house).await;
    let stop = CancellationToken::new();
    assert_eq!(herald.round(&stop).await.unwrap(), 1);
    assert_eq!(herald.round(&stop).await.unwrap(), 0);
    let [(uri, head, body)] = <[_; 1]>::try_from(service.got()).unwrap();
    assert_eq!(uri.to_string(), "/send/42?a=b");
    let says = |name: &str| head[name].to_str().unwrap().to_owned();
    assert_eq!(
        (says("host"), says("content-encoding"), says("urgency")),
        (
            "push.example".to_owned(),
            "aes128gcm".to_owned(),
            "high".to_owned()
        )
    );
    assert!(says("ttl").parse::<u32>().unwrap() > 0 && body.len() <= 4096);

    let text = device.open(&body);
    let notice: Value = serde_json::from_str(&text).unwrap();
    let business = house.desk.business().await.unwrap();
    assert_eq!(notice["title"], business.name);
    assert!(
        notice["body"].as_str().unwrap().contains("Snow"),
        "{notice}"
    );
    assert!(notice["link"].as_str().unwrap().starts_with('/'));
    assert_eq!(
        (&notice["lang"], &notice["dir"]),
        (&"en".into(), &"ltr".into())
    );

    let said = says("authorization");
    let token = said.strip_prefix("vapid t=").unwrap();
    let (token, key) = token.split_once(", k=").unwrap();
    assert_eq!(key, herald.public_key());
    let (signed, signature) = token.rsplit_once('.').unwrap();
    let key = URL_SAFE_NO_PAD.decode(key).unwrap();
    let signature = URL_SAFE_NO_PAD.decode(signature).unwrap();
    VerifyingKey::new(&ECDSA_P256_SHA256_FIXED, key)
        .verify(signed.as_bytes(), &signature)
        .unwrap();
    let claims = URL_SAFE_NO_PAD
        .decode(signed.split('.').nth(1).unwrap())
        .unwrap();
    let claims: Value = serde_json::from_slice(&claims).unwrap();
    assert_eq!(
        (&claims["aud"], &claims["sub"]),
        (&"https://push.example".into(), &"https://desk.test".into())
    );
    let now = house.desk.now().timestamp();
    assert!((now + 60..=now + 86_400).contains(&claims["exp"].as_i64().unwrap()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_device_that_is_gone_is_forgotten_and_one_that_is_away_is_tried_again() {
    let house = House::with_demo().await;
    let (service, address) = Service::start().await;
    let herald = herald(&house, address).await;
    let cookie = house.cookie(Who::Contact).await;
    let form = Device::new().form("https://push.example/1");
    house
        .call("account_add_device", &form, cookie.as_deref())
        .await;
    let stop = CancellationToken::new();
    let is_there = async || {
        let answer = house
            .call(
                "account_check_device",
                "endpoint=https://push.example/1",
                cookie.as_deref(),
            )
            .await;
        answer.text == "true"
    };
    *service.says.lock().unwrap() = StatusCode::SERVICE_UNAVAILABLE;
    news(&house).await;
    assert_eq!(herald.round(&stop).await.unwrap(), 1);
    assert_eq!(herald.round(&stop).await.unwrap(), 0, "it waits");
    assert!(is_there().await);
    *service.says.lock().unwrap() = StatusCode::GONE;
    more_news(&house).await;
    assert_eq!(herald.round(&stop).await.unwrap(), 1);
    assert_eq!(service.got().len(), 2);
    assert!(!is_there().await);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_key_is_made_once_and_only_its_public_half_is_shown() {
    let house = House::with_demo().await;
    let (_, address) = Service::start().await;
    let first = herald(&house, address).await.public_key();
    assert_eq!(herald(&house, address).await.public_key(), first);
    assert_eq!(URL_SAFE_NO_PAD.decode(&first).unwrap().len(), 65);
    let contact = house.cookie(Who::Contact).await;
    let page = house.get("/account", contact.as_deref()).await.text;
    assert!(page.contains("data-device=\"BPublicKey\""));
    let owner = house.cookie(Who::Owner).await;
    let page = house.get("/account", owner.as_deref()).await.text;
    assert!(
        !page.contains("data-device"),
        "the office is no part of what can be installed"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn each_kind_is_chosen_by_a_form() {
    let house = House::with_demo().await;
    let contact = house.cookie(Who::Contact).await;
    let submit = async |body: &str| {
        house
            .submit("account_push", body, "/account", contact.as_deref())
            .await;
        let page = house.get("/account", contact.as_deref()).await.text;
        let part = page.split("id=\"devices\"").nth(1).unwrap();
        part.split("</section>")
            .next()
            .unwrap()
            .matches(" checked")
            .count()
    };
    assert_eq!(
        submit("push[0]=visit.reminder&push[1]=visit.changed").await,
        2
    );
    assert_eq!(submit("").await, 0);
}
