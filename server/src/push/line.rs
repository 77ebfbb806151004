//! The way to a push service. Its address comes from a browser, that is, from anybody: it must be https at the usual port,
//! and every machine it names must be in the internet, not in our own house (OWASP: server-side request forgery). The name is
//! resolved once, and what was looked at is what is connected to. Redirects are not followed.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use http::{Method, Request, Response, StatusCode, header};
use hyper::body::Incoming;
use hyper::client::conn::http1::handshake;
use hyper_util::rt::TokioIo;
use rustls::pki_types::ServerName;
use rustls::{ClientConfig, RootCertStore};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use url::{Host, Url};

/// The longest that telling one device may take.
const PATIENCE: Duration = Duration::from_secs(20);
/// For how long, in seconds, a push service keeps what a device cannot be told at once.
const KEPT: &str = "86400";

/// How push services are reached.
#[derive(Clone)]
pub enum Line {
    /// Through the internet.
    Internet(TlsConnector),
    /// In tests: whatever the address says, this machine is meant, in plain text.
    To(SocketAddr),
}

impl std::fmt::Debug for Line {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Internet(_) => f.write_str("Internet"),
            Self::To(machine) => write!(f, "To({machine})"),
        }
    }
}

/// What a push service is given.
#[derive(Debug)]
pub struct Parcel<'a> {
    /// The device's address.
    pub endpoint: &'a str,
    /// Who we are.
    pub authorization: String,
    /// Whether a device may be woken for it.
    pub is_urgent: bool,
    /// Sealed.
    pub body: Vec<u8>,
}

/// What a push service says.
#[derive(Debug)]
pub struct Answer {
    /// Its status.
    pub status: StatusCode,
    /// When we may come again, in seconds.
    pub wait: Option<u32>,
}

/// Why nothing was sent.
#[derive(Debug, PartialEq, Eq)]
pub enum Unsent {
    /// It may work another time.
    Later(String),
    /// It will never work.
    Never(&'static str),
}

impl Line {
    /// Through the internet, trusting whom this machine trusts.
    ///
    /// # Errors
    /// The TLS of this build knows no safe version.
    pub fn internet() -> io::Result<Self> {
        let mut roots = RootCertStore::empty();
        roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        let ring = Arc::new(rustls::crypto::ring::default_provider());
        let config = ClientConfig::builder_with_provider(ring)
            .with_safe_default_protocol_versions()
            .map_err(io::Error::other)?
            .with_root_certificates(roots)
            .with_no_client_auth();
        Ok(Self::Internet(TlsConnector::from(Arc::new(config))))
    }

    /// Hands a parcel over.
    ///
    /// # Errors
    /// [`Unsent`]; an answer of whatever kind is none.
    pub async fn post(&self, parcel: Parcel<'_>) -> Result<Answer, Unsent> {
        let sent = tokio::time::timeout(PATIENCE, self.deliver(parcel)).await;
        sent.unwrap_or_else(|_| Err(Unsent::Later(format!("nothing within {PATIENCE:?}"))))
    }

    async fn deliver(&self, parcel: Parcel<'_>) -> Result<Answer, Unsent> {
        let address = Url::parse(parcel.endpoint).map_err(|_| Unsent::Never("no address"))?;
        let request = request(&address, parcel)?;
        let answer = match self {
            Self::To(machine) => talk(connected(&[*machine]).await?, request).await?,
            Self::Internet(tls) => {
                let stream = connected(&outside(&address).await?).await?;
                let name = address.host_str().unwrap_or_default().to_owned();
                let name = ServerName::try_from(name).map_err(|_| Unsent::Never("no name"))?;
                talk(tls.connect(name, stream).await.map_err(later)?, request).await?
            }
        };
        let wait = answer.headers().get(header::RETRY_AFTER);
        Ok(Answer {
            status: answer.status(),
            wait: wait.and_then(|wait| wait.to_str().ok()?.trim().parse().ok()),
        })
    }
}

fn later(error: impl std::fmt::Display) -> Unsent {
    Unsent::Later(error.to_string())
}

fn request(address: &Url, parcel: Parcel<'_>) -> Result<Request<Body>, Unsent> {
    let urgency = if parcel.is_urgent { "high" } else { "normal" };
    let place = &address[url::Position::BeforePath..url::Position::AfterQuery];
    Request::builder()
        .method(Method::POST)
        .uri(place)
        .header(header::HOST, address.host_str().unwrap_or_default())
        .header(header::AUTHORIZATION, parcel.authorization)
        .header(header::CONTENT_ENCODING, "aes128gcm")
        .header(header::CONTENT_TYPE, "application/octet-stream")
        .header("ttl", KEPT)
        .header("urgency", urgency)
        .body(Body::from(parcel.body))
        .map_err(|_| Unsent::Never("no address"))
}

/// The machines behind an address, if it may be used at all.
async fn outside(address: &Url) -> Result<Vec<SocketAddr>, Unsent> {
    let is_plain = address.username().is_empty() && address.password().is_none();
    if address.scheme() != "https" || address.port().is_some() || !is_plain {
        return Err(Unsent::Never("not an address of a push service"));
    }
    // A push service has a name; an address in digits is somebody's try.
    let Some(Host::Domain(name)) = address.host() else {
        return Err(Unsent::Never("not the name of a push service"));
    };
    let found = tokio::net::lookup_host((name, 443)).await.map_err(later)?;
    let found: Vec<SocketAddr> = found.collect();
    match found.iter().all(|machine| is_outside(machine.ip())) {
        true => Ok(found),
        false => Err(Unsent::Never("leads into our own house")),
    }
}

async fn connected(machines: &[SocketAddr]) -> Result<TcpStream, Unsent> {
    TcpStream::connect(machines).await.map_err(later)
}

async fn talk<S>(stream: S, request: Request<Body>) -> Result<Response<Incoming>, Unsent>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let (mut sender, connection) = handshake(TokioIo::new(stream)).await.map_err(later)?;
    let connection = tokio::spawn(connection);
    let answer = sender.send_request(request).await.map_err(later);
    connection.abort();
    answer
}

/// Whether a machine is in the internet, by the registries of special addresses (IANA, RFC 6890).
fn is_outside(machine: IpAddr) -> bool {
    match machine {
        IpAddr::V4(machine) => is_outside_v4(machine),
        IpAddr::V6(machine) => is_outside_v6(machine),
    }
}

fn is_outside_v4(machine: Ipv4Addr) -> bool {
    let [first, second, third, _] = machine.octets();
    let is_shared = first == 100 && (64..128).contains(&second);
    let is_for_tests = first == 198 && (second == 18 || second == 19);
    let is_for_protocols = (first, second, third) == (192, 0, 0);
    !(first == 0
        || first >= 240
        || is_shared
        || is_for_tests
        || is_for_protocols
        || machine.is_private()
        || machine.is_loopback()
        || machine.is_link_local()
        || machine.is_multicast()
        || machine.is_documentation())
}

/// Only what is given out to the world (2000::/3), without what stands for addresses of version 4 or for examples.
fn is_outside_v6(machine: Ipv6Addr) -> bool {
    let [first, second, ..] = machine.segments();
    let is_world = first & 0xe000 == 0x2000;
    let stands_for_v4 = first == 0x2002 || (first == 0x2001 && second < 0x200);
    let is_example = (first == 0x2001 && second == 0x0db8) || first == 0x3fff;
    is_world && !stands_for_v4 && !is_example
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn machines_of_our_own_house_are_known() {
        for inside in [
            "0.0.0.0",
            "10.1.2.3",
            "100.64.0.1",
            "127.0.0.1",
            "169.254.169.254",
            "172.16.0.1",
            "192.0.0.8",
            "192.0.2.1",
            "192.168.0.1",
            "198.18.0.1",
            "224.0.0.1",
            "240.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::ffff:127.0.0.1",
            "64:ff9b::7f00:1",
            "fc00::1",
            "fe80::1",
            "ff02::1",
            "2001::1",
            "2001:db8::1",
            "2002:7f00:1::",
        ] {
            assert_eq!(inside.parse().map(is_outside), Ok(false), "{inside}");
        }
        for outside in [
            "8.8.8.8",
            "100.128.0.1",
            "172.32.0.1",
            "2a00:1450:4001:80b::200a",
        ] {
            assert_eq!(outside.parse().map(is_outside), Ok(true), "{outside}");
        }
    }

    #[tokio::test]
    async fn addresses_that_are_none_of_a_push_service_are_never_asked() {
        for wrong in [
            "http://push.example/x",
            "https://push.example:8443/x",
            "https://me:secret@push.example/x",
            "https://127.0.0.1/x",
            "https://[::1]/x",
            "https://2130706433/x",
            "https://localhost/x",
        ] {
            let address = Url::parse(wrong).map_err(|_| wrong);
            let answer = match address {
                Ok(address) => outside(&address).await,
                Err(_) => continue,
            };
            assert!(
                matches!(answer, Err(Unsent::Never(_))),
                "{wrong}: {answer:?}"
            );
        }
    }
}
