//! A mail server in the test: takes letters, and misbehaves as told.

use std::sync::{Arc, Mutex};

use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

/// Where in the talk something goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum At {
    Greeting,
    Auth,
    Mail,
    Rcpt,
    Data,
    /// After the final dot.
    End,
}

/// What goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wrong {
    Says(u16),
    Stalls,
    Drops,
}

#[derive(Clone, Default)]
pub struct FakeServer {
    pub port: u16,
    /// Letters taken, dots unstuffed.
    pub taken: Arc<Mutex<Vec<String>>>,
    /// Letters whose bytes came whole, whether acknowledged or not.
    pub seen: Arc<Mutex<Vec<String>>>,
    pub connections: Arc<Mutex<u32>>,
    wrong: Arc<Mutex<Option<(At, Wrong)>>>,
}

impl FakeServer {
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let server = Self {
            port: listener.local_addr().unwrap().port(),
            ..Self::default()
        };
        let running = server.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                *running.connections.lock().unwrap() += 1;
                let session = running.clone();
                tokio::spawn(async move {
                    let _ = session.talk(stream).await;
                });
            }
        });
        server
    }

    pub fn url(&self) -> String {
        format!("smtp://127.0.0.1:{}", self.port)
    }

    /// From now on this goes wrong, until told otherwise.
    pub fn goes_wrong(&self, at: At, how: Wrong) {
        *self.wrong.lock().unwrap() = Some((at, how));
    }

    pub fn recovers(&self) {
        *self.wrong.lock().unwrap() = None;
    }

    pub fn taken(&self) -> Vec<String> {
        self.taken.lock().unwrap().clone()
    }

    fn is_refused(&self, at: At) -> bool {
        self.wrong
            .lock()
            .unwrap()
            .is_some_and(|(there, _)| there == at)
    }

    async fn talk(&self, stream: TcpStream) -> std::io::Result<()> {
        let mut stream = BufReader::new(stream);
        self.answer(&mut stream, At::Greeting, "220 fake ESMTP")
            .await?;
        loop {
            let mut line = String::new();
            if stream.read_line(&mut line).await? == 0 {
                return Ok(());
            }
            let verb = line
                .split([' ', '\r', ':'])
                .next()
                .unwrap_or_default()
                .to_ascii_uppercase();
            match verb.as_str() {
                "EHLO" => say(&mut stream, "250-fake\r\n250-AUTH PLAIN\r\n250 8BITMIME").await?,
                "AUTH" => self.answer(&mut stream, At::Auth, "235 welcome").await?,
                "MAIL" => self.answer(&mut stream, At::Mail, "250 ok").await?,
                "RCPT" => self.answer(&mut stream, At::Rcpt, "250 ok").await?,
                "DATA" => {
                    self.answer(&mut stream, At::Data, "354 go on").await?;
                    if self.is_refused(At::Data) {
                        continue;
                    }
                    let letter = letter(&mut stream).await?;
                    self.seen.lock().unwrap().push(letter.clone());
                    // Before the answer, after which the sender's test may look.
                    if !self.is_refused(At::End) {
                        self.taken.lock().unwrap().push(letter);
                    }
                    self.answer(&mut stream, At::End, "250 taken").await?;
                }
                "QUIT" => return say(&mut stream, "221 bye").await,
                _ => say(&mut stream, "250 ok").await?,
            }
        }
    }

    async fn answer(
        &self,
        stream: &mut BufReader<TcpStream>,
        at: At,
        usual: &str,
    ) -> std::io::Result<()> {
        let wrong = *self.wrong.lock().unwrap();
        match wrong.filter(|(there, _)| *there == at).map(|(_, how)| how) {
            None => say(stream, usual).await,
            Some(Wrong::Says(code)) => say(stream, &format!("{code} as told")).await,
            Some(Wrong::Stalls) => {
                tokio::time::sleep(std::time::Duration::from_secs(3_600)).await;
                Ok(())
            }
            Some(Wrong::Drops) => Err(std::io::ErrorKind::ConnectionAborted.into()),
        }
    }
}

async fn say(stream: &mut BufReader<TcpStream>, words: &str) -> std::io::Result<()> {
    stream.write_all(format!("{words}\r\n").as_bytes()).await
}

async fn letter(stream: &mut BufReader<TcpStream>) -> std::io::Result<String> {
    let mut bytes = Vec::new();
    while !bytes.ends_with(b"\r\n.\r\n") {
        bytes.push(stream.read_u8().await?);
    }
    bytes.truncate(bytes.len() - 3);
    Ok(String::from_utf8(bytes).unwrap().replace("\r\n..", "\r\n."))
}
