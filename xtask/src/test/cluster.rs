//! A PostgreSQL of our own for the length of a test run: made in a temporary folder, reachable from this machine only,
//! gone afterwards however the run ends. It never touches a PostgreSQL that is already here.

use crate::{Result, machine};
use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::os::unix::fs::DirBuilderExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// Keeps the server alive while its standard input is open: when we end (also by a panic, Ctrl-C or kill -9), the pipe
/// closes, and the shell stops the server and removes its folder. Durability is off; speed is all that counts here.
const KEEPER: &str = r#"
trap '' INT TERM HUP
"$1/postgres" -D "$2/data" -k "$2" -h 127.0.0.1 -p "$3" -c fsync=off -c synchronous_commit=off -c full_page_writes=off \
  -c max_connections=300 -c shared_buffers=128MB -c timezone=UTC >"$2/log" 2>&1 </dev/null &
server=$!
cat >/dev/null
kill -INT $server
wait $server
rm -rf "$2"
"#;

/// A running server.
pub struct Cluster {
    /// The address of its database `postgres`, with a password, as its superuser.
    pub url: String,
    /// PostgreSQL's own client, for those who bring no driver.
    pub psql: PathBuf,
    keeper: Child,
}

impl Cluster {
    /// Makes and starts one, by the programs in the folder given; answers when it accepts connections.
    pub fn start(programs: &Path) -> Result<Self> {
        let folder =
            std::env::temp_dir().join(format!("frontdesk-postgres-{}", std::process::id()));
        let password = initialise(programs, &folder)?;
        let port = free_port()?;
        let mut keeper = as_postgres(Command::new("sh"))?;
        keeper
            .args(["-c", KEEPER, "keeper"])
            .arg(programs)
            .arg(&folder)
            .arg(port.to_string());
        keeper
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .process_group(0);
        let keeper = keeper
            .current_dir("/")
            .spawn()
            .map_err(|error| format!("PostgreSQL does not start: {error}."))?;
        let url = format!("postgres://postgres:{password}@127.0.0.1:{port}/postgres");
        let cluster = Self {
            url,
            psql: programs.join("psql"),
            keeper,
        };
        cluster.wait_until_ready(programs, port, &folder)?;
        Ok(cluster)
    }

    fn wait_until_ready(&self, programs: &Path, port: u16, folder: &Path) -> Result {
        let started = Instant::now();
        while started.elapsed() < Duration::from_secs(120) {
            let mut ask = Command::new(programs.join("pg_isready"));
            ask.args(["-q", "-h", "127.0.0.1", "-p", &port.to_string()]);
            if ask.status().is_ok_and(|status| status.success()) {
                return Ok(());
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        Err(format!(
            "PostgreSQL does not answer; its log is {}/log.",
            folder.display()
        ))
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        drop(self.keeper.stdin.take());
        let _ = self.keeper.wait();
    }
}

/// Makes the data folder, owned by whoever will run the server; answers the superuser's password.
fn initialise(programs: &Path, folder: &Path) -> Result<String> {
    let io = |error: std::io::Error| format!("{}: {error}.", folder.display());
    let _ = std::fs::remove_dir_all(folder);
    std::fs::DirBuilder::new()
        .mode(0o700)
        .create(folder)
        .map_err(io)?;
    let password = random_word().map_err(io)?;
    std::fs::write(folder.join("password"), &password).map_err(io)?;
    if machine::is_root() {
        let (uid, gid) = postgres_user()?;
        for path in [folder.to_path_buf(), folder.join("password")] {
            std::os::unix::fs::chown(&path, Some(uid), Some(gid)).map_err(io)?;
        }
    }
    let mut initdb = as_postgres(Command::new(programs.join("initdb")))?;
    initdb.arg("-D").arg(folder.join("data")).args([
        "-U",
        "postgres",
        "-A",
        "password",
        "--no-sync",
        "--no-locale",
        "-E",
        "UTF8",
    ]);
    initdb.arg("--pwfile").arg(folder.join("password"));
    let made = initdb
        .current_dir("/")
        .output()
        .map_err(|error| format!("initdb does not start: {error}."))?;
    if made.status.success() {
        Ok(password)
    } else {
        Err(format!(
            "initdb failed: {}",
            String::from_utf8_lossy(&made.stderr)
        ))
    }
}

/// PostgreSQL refuses to run as root; Debian's package brings a user for it.
fn as_postgres(mut command: Command) -> Result<Command> {
    if machine::is_root() {
        let (uid, gid) = postgres_user()?;
        command.uid(uid).gid(gid);
    }
    Ok(command)
}

fn postgres_user() -> Result<(u32, u32)> {
    let file =
        std::fs::File::open("/etc/passwd").map_err(|error| format!("/etc/passwd: {error}."))?;
    BufReader::new(file)
        .lines()
        .map_while(std::io::Result::ok)
        .find_map(|line| {
            let mut fields = line.strip_prefix("postgres:")?.split(':').skip(1);
            Some((fields.next()?.parse().ok()?, fields.next()?.parse().ok()?))
        })
        .ok_or_else(|| {
            "As root, PostgreSQL needs a user \"postgres\" to run as, and there is none.".into()
        })
}

fn free_port() -> Result<u16> {
    let listener = TcpListener::bind(("127.0.0.1", 0)).and_then(|listener| listener.local_addr());
    listener
        .map(|address| address.port())
        .map_err(|error| format!("No port is free: {error}."))
}

fn random_word() -> std::io::Result<String> {
    use std::io::Read;
    let mut bytes = [0; 16];
    std::fs::File::open(PathBuf::from("/dev/urandom"))?.read_exact(&mut bytes)?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}
