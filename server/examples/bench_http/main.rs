//! `cargo xtask bench http`: what an answer costs, on a made-up business of a fixed size, beside a bare handler that sends
//! the same bytes; and how many requests a second are stored durably, beside a raw insert loop. Prints figures, asserts nothing.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a measurement that cannot go on stops"
)]

mod load;
mod town;

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path as Part, State};
use desk::desk::Options;
use desk::{Clock, Desk};
use http::header;
use load::{Ask, Load, Run};
use sea_orm::ConnectionTrait;
use town::Town;

/// How many connections ask at once.
const AT_ONCE: usize = 16;
/// How many clients submit at once.
const SUBMITTERS: usize = 64;
/// How many answers a figure is made of.
const ASKED: usize = 4_000;
/// How many requests are submitted.
const SUBMITTED: usize = 1_000;

#[tokio::main]
async fn main() {
    let words: Vec<String> = std::env::args().skip(1).collect();
    if let [bare, port, files @ ..] = words.as_slice()
        && bare == "--bare"
    {
        return serve_bare(port.parse().unwrap(), files).await;
    }
    let folder = std::env::temp_dir().join(format!("frontdesk-bench-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    measure(&folder).await;
    std::fs::remove_dir_all(&folder).unwrap();
}

async fn measure(folder: &Path) {
    let url = format!(
        "sqlite://{}?mode=rwc",
        folder.join("frontdesk.sqlite").display()
    );
    let town = {
        let desk = Desk::connect(&url, Clock::System, Options::default())
            .await
            .unwrap();
        migration::up(desk.db()).await.unwrap();
        let town = Town::build(&desk).await;
        desk.db().clone().close().await.unwrap();
        town
    };
    println!(
        "10 technicians, 2,000 appointments in 90 days, 200 clients; SQLite, durable; {AT_ONCE} connections, {ASKED} answers each\n"
    );
    let ours = Server::ours(folder, &url).await;
    let questions: [(&str, Vec<Ask>); 3] = [
        ("slots of one technician's day", town.days()),
        ("month, any technician", town.months()),
        ("a client's schedule page", town.pages()),
    ];
    let mut bodies = Vec::new();
    let mut measured = Vec::new();
    for (name, asks) in &questions {
        let body = load::one(ours.port, &asks[0]).await;
        let file = folder.join(format!("{}.body", bodies.len()));
        std::fs::write(&file, &body).unwrap();
        bodies.push(file);
        load::run(
            ours.port,
            asks,
            Load {
                at_once: AT_ONCE,
                asked: ASKED / 8,
            },
        )
        .await;
        measured.push((*name, body.len(), ours.watch(asks).await));
    }
    let bare = Server::bare(&bodies).await;
    println!(
        "{:<30} {:>8} {:>8} {:>8} {:>10} {:>8}",
        "", "a second", "p50 ms", "p95 ms", "CPU ms", "bytes"
    );
    for (place, (name, bytes, run)) in measured.into_iter().enumerate() {
        let same = [Ask::get(&format!("/{place}"), "")];
        load::run(
            bare.port,
            &same,
            Load {
                at_once: AT_ONCE,
                asked: ASKED / 8,
            },
        )
        .await;
        let beside = bare.watch(&same).await;
        print(name, &run, bytes);
        print("  a bare handler, same bytes", &beside, bytes);
        println!(
            "  ratio of CPU: {:.1}\n",
            run.cpu_ms / beside.cpu_ms.max(0.001)
        );
    }
    drop(bare);
    let submits = town.submits(SUBMITTED);
    let one = load::run(
        ours.port,
        &submits[..50],
        Load {
            at_once: 1,
            asked: 50,
        },
    )
    .await;
    let many = load::run(
        ours.port,
        &submits[50..],
        Load {
            at_once: SUBMITTERS,
            asked: SUBMITTED - 50,
        },
    )
    .await;
    let inserts = raw_inserts(folder, 500).await;
    println!(
        "requests submitted durably, one client         {:>6.0} a second, p95 {:.1} ms",
        one.a_second, one.p95_ms
    );
    println!(
        "requests submitted durably, {SUBMITTERS} clients         {:>6.0} a second, p95 {:.1} ms",
        many.a_second, many.p95_ms
    );
    println!("raw inserts, one a transaction, same settings  {inserts:>6.0} a second");
    println!("ratio: {:.2} of the raw inserts", many.a_second / inserts);
    drop(ours);
    let desk = Desk::connect(&url, Clock::System, Options::default())
        .await
        .unwrap();
    let wrong = desk.check().await.unwrap();
    println!(
        "accepted {} of {SUBMITTED}; `frontdesk check` finds {} faults",
        one.led_on + many.led_on,
        wrong.len()
    );
    desk.db().clone().close().await.unwrap();
}

fn print(name: &str, run: &Run, bytes: usize) {
    println!(
        "{name:<30} {:>8.0} {:>8.2} {:>8.2} {:>10.3} {bytes:>8}",
        run.a_second, run.p50_ms, run.p95_ms, run.cpu_ms
    );
}

/// A process that is asked, and whose time on the processors is read from outside.
struct Server {
    port: u16,
    process: Child,
}

impl Server {
    async fn ours(folder: &Path, url: &str) -> Self {
        let port = free_port();
        let binary = std::env::var("FRONTDESK_BIN")
            .expect("FRONTDESK_BIN: start this by `cargo xtask bench http`");
        let mut command = Command::new(binary);
        command
            .arg("serve")
            .env("FRONTDESK_DATA_DIR", folder)
            .env("FRONTDESK_DATABASE_URL", url)
            .env("FRONTDESK_LISTEN", format!("127.0.0.1:{port}"))
            .env("FRONTDESK_BASE_URL", format!("http://127.0.0.1:{port}"))
            .env(
                "FRONTDESK_MAIL",
                format!("folder:{}", folder.join("mail").display()),
            )
            // Every question says where it comes from, so that the limits for one address work as they do for many clients.
            .env("FRONTDESK_PROXIES", "1")
            .env("RUST_LOG", "warn");
        Self::start(command, port).await
    }

    async fn bare(files: &[PathBuf]) -> Self {
        let port = free_port();
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.args(["--bare", &port.to_string()]).args(files);
        Self::start(command, port).await
    }

    async fn start(mut command: Command, port: u16) -> Self {
        let process = command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let started = Instant::now();
        while tokio::net::TcpStream::connect(("127.0.0.1", port))
            .await
            .is_err()
        {
            assert!(
                started.elapsed() < Duration::from_secs(20),
                "the server does not answer"
            );
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        Self { port, process }
    }

    /// Asks, and notes how much processor time the process took for each answer.
    async fn watch(&self, asks: &[Ask]) -> Run {
        let before = self.cpu_ms();
        let mut run = load::run(
            self.port,
            asks,
            Load {
                at_once: AT_ONCE,
                asked: ASKED,
            },
        )
        .await;
        run.cpu_ms = (self.cpu_ms() - before) / ASKED as f64;
        run
    }

    /// User and system time of the process so far; the kernel counts in hundredths of a second.
    fn cpu_ms(&self) -> f64 {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.process.id()))
            .unwrap_or_default();
        let after_name = stat.rsplit(") ").next().unwrap_or_default();
        let fields: Vec<f64> = after_name
            .split(' ')
            .filter_map(|field| field.parse().ok().or(Some(0.0)))
            .collect();
        fields
            .get(11)
            .zip(fields.get(12))
            .map_or(0.0, |(user, system)| (user + system) * 10.0)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

async fn serve_bare(port: u16, files: &[String]) {
    let bodies: Vec<Bytes> = files
        .iter()
        .map(|file| std::fs::read(file).unwrap().into())
        .collect();
    let answer = async |State(bodies): State<Vec<Bytes>>, Part(place): Part<usize>| {
        (
            [(header::CONTENT_TYPE, "application/json")],
            bodies[place].clone(),
        )
    };
    let site = Router::new()
        .route("/{place}", axum::routing::get(answer))
        .with_state(bodies);
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", port))
        .await
        .unwrap();
    let service = hyper_util::service::TowerToHyperService::new(site);
    loop {
        let (stream, _) = listener.accept().await.unwrap();
        let service = service.clone();
        tokio::spawn(async move {
            let stream = hyper_util::rt::TokioIo::new(stream);
            let _ = hyper::server::conn::http1::Builder::new()
                .serve_connection(stream, service)
                .await;
        });
    }
}

/// How many single-row transactions a second this disk stores, with the settings of the product.
async fn raw_inserts(folder: &Path, rows: u32) -> f64 {
    let url = format!("sqlite://{}?mode=rwc", folder.join("raw.sqlite").display());
    let desk = Desk::connect(&url, Clock::System, Options::default())
        .await
        .unwrap();
    let db = desk.db();
    db.execute_unprepared("CREATE TABLE raw (id integer PRIMARY KEY, words text NOT NULL)")
        .await
        .unwrap();
    let started = Instant::now();
    for row in 0..rows {
        let insert = format!("INSERT INTO raw VALUES ({row}, '{}')", "x".repeat(400));
        db.execute_unprepared(&insert).await.unwrap();
    }
    let took = started.elapsed().as_secs_f64();
    db.clone().close().await.unwrap();
    f64::from(rows) / took
}

fn free_port() -> u16 {
    let probe = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    probe.local_addr().unwrap().port()
}
