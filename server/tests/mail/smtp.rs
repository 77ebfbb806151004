//! The SMTP client: what is tried again, what is given up, and that nothing hangs.

use std::time::{Duration, Instant};

use lettre::address::Envelope;
use server::mailer::{Mail, Mailer, Memory, Smtp, Undelivered};

use crate::fake_server::{At, FakeServer, Wrong};

fn mail() -> Mail {
    let to = vec!["client@example.com".parse().unwrap()];
    Mail {
        envelope: Envelope::new(Some("desk@example.com".parse().unwrap()), to).unwrap(),
        message_id: "<1@frontdesk.invalid>".to_owned(),
        bytes: b"Message-ID: <1@frontdesk.invalid>\r\n\r\nHello\r\n.\r\n..two dots\r\nend".to_vec(),
    }
}

async fn sent_to(server: &FakeServer) -> Result<(), Undelivered> {
    let smtp = Smtp::from_url(&server.url()).unwrap();
    smtp.send(&mail()).await
}

#[tokio::test]
async fn a_letter_arrives_as_it_was_written() {
    let server = FakeServer::start().await;
    sent_to(&server).await.unwrap();
    let bytes = String::from_utf8(mail().bytes).unwrap();
    assert_eq!(server.taken(), [format!("{bytes}\r\n")]);
}

#[tokio::test]
async fn a_connection_is_kept_for_the_next_letter() {
    let server = FakeServer::start().await;
    let mailer = Mailer::from_url(&server.url()).unwrap();
    for _ in 0..3 {
        mailer.send(&mail()).await.unwrap();
    }
    assert_eq!(
        (server.taken().len(), *server.connections.lock().unwrap()),
        (3, 1)
    );
    mailer.close().await;
    mailer.send(&mail()).await.unwrap();
    assert_eq!(*server.connections.lock().unwrap(), 2);
}

#[tokio::test]
async fn answers_decide_between_later_and_never() {
    let server = FakeServer::start().await;
    for (at, code, never) in [
        (At::Greeting, 421, false),
        // What the server says of itself is never the letter's fault.
        (At::Greeting, 554, false),
        (At::Mail, 451, false),
        (At::Mail, 530, false),
        (At::Mail, 550, true),
        (At::Rcpt, 450, false),
        (At::Rcpt, 550, true),
        (At::Data, 554, true),
        (At::End, 452, false),
        (At::End, 554, true),
    ] {
        server.goes_wrong(at, Wrong::Says(code));
        let answer = sent_to(&server).await.unwrap_err();
        assert_eq!(
            matches!(answer, Undelivered::Never(_)),
            never,
            "{at:?} {code}: {answer:?}"
        );
        assert!(answer.to_string().contains(&code.to_string()), "{answer}");
    }
    assert_eq!(server.taken().len(), 0);
}

#[tokio::test]
async fn a_refused_sign_in_is_not_the_letters_fault() {
    let server = FakeServer::start().await;
    server.goes_wrong(At::Auth, Wrong::Says(535));
    let url = format!("smtp://us%40er:p%2Fw@127.0.0.1:{}", server.port);
    let answer = Smtp::from_url(&url)
        .unwrap()
        .send(&mail())
        .await
        .unwrap_err();
    assert!(
        matches!(&answer, Undelivered::Away(why) if why.contains("535") && !why.contains("p/w")),
        "{answer:?}"
    );
    server.recovers();
    Smtp::from_url(&url).unwrap().send(&mail()).await.unwrap();
}

#[tokio::test]
async fn a_server_that_stalls_or_drops_costs_patience_not_the_letter() {
    let server = FakeServer::start().await;
    for at in [At::Greeting, At::Mail, At::Rcpt, At::Data, At::End] {
        for how in [Wrong::Stalls, Wrong::Drops] {
            server.goes_wrong(at, how);
            let began = Instant::now();
            let smtp = Smtp::from_url(&server.url()).unwrap();
            let smtp = smtp.patience(Duration::from_secs(1));
            let answer = smtp.send(&mail()).await.unwrap_err();
            let away = matches!(answer, Undelivered::Away(_));
            assert_eq!(away, at == At::Greeting, "{at:?} {how:?}: {answer:?}");
            assert!(!matches!(answer, Undelivered::Never(_)), "{answer:?}");
            assert!(began.elapsed() < Duration::from_secs(20), "{at:?} {how:?}");
        }
    }
}

#[tokio::test]
async fn a_letter_given_up_half_way_does_not_spoil_the_next() {
    let server = FakeServer::start().await;
    let smtp = Smtp::from_url(&server.url())
        .unwrap()
        .patience(Duration::from_secs(1));
    smtp.send(&mail()).await.unwrap();
    server.goes_wrong(At::End, Wrong::Stalls);
    smtp.send(&mail()).await.unwrap_err();
    server.recovers();
    smtp.send(&mail()).await.unwrap();
    assert_eq!(
        (server.taken().len(), server.seen.lock().unwrap().len()),
        (2, 3)
    );
}

#[tokio::test]
async fn nobody_listening_is_away() {
    let answer = Smtp::from_url("smtp://127.0.0.1:1")
        .unwrap()
        .send(&mail())
        .await
        .unwrap_err();
    assert!(matches!(answer, Undelivered::Away(_)), "{answer:?}");
}

#[tokio::test]
async fn starttls_that_is_not_offered_is_not_skipped() {
    server::mailer::install_tls();
    let server = FakeServer::start().await;
    let url = format!("{}?tls=required", server.url());
    let answer = Smtp::from_url(&url)
        .unwrap()
        .send(&mail())
        .await
        .unwrap_err();
    assert!(
        matches!(&answer, Undelivered::Away(why) if why.contains("STARTTLS")),
        "{answer:?}"
    );
    assert_eq!(server.seen.lock().unwrap().len(), 0);
}

#[tokio::test]
async fn tls_from_the_first_byte_does_not_fall_back_to_plain() {
    server::mailer::install_tls();
    let server = FakeServer::start().await;
    let smtp = Smtp::from_url(&format!("smtps://127.0.0.1:{}", server.port));
    let smtp = smtp.unwrap().patience(Duration::from_millis(500));
    let answer = smtp.send(&mail()).await.unwrap_err();
    assert!(matches!(answer, Undelivered::Away(_)), "{answer:?}");
    assert_eq!(server.seen.lock().unwrap().len(), 0);
}

#[tokio::test]
async fn an_address_the_server_cannot_carry_is_given_up() {
    let server = FakeServer::start().await;
    let mut letter = mail();
    letter.envelope = Envelope::new(None, vec!["ñandú@example.com".parse().unwrap()]).unwrap();
    let answer = Smtp::from_url(&server.url())
        .unwrap()
        .send(&letter)
        .await
        .unwrap_err();
    assert!(matches!(answer, Undelivered::Never(_)), "{answer:?}");
}

#[tokio::test]
async fn a_folder_fills_with_whole_letters_in_order() {
    let path = std::env::temp_dir().join(format!("frontdesk-mails-{}", uuid::Uuid::now_v7()));
    let mailer = Mailer::from_url(&format!("folder:{}", path.display())).unwrap();
    for n in 0..12 {
        let mut letter = mail();
        letter.bytes = format!("letter {n}").into_bytes();
        mailer.send(&letter).await.unwrap();
    }
    let mut names: Vec<_> = std::fs::read_dir(&path)
        .unwrap()
        .map(|e| e.unwrap().path())
        .collect();
    names.sort();
    let found: Vec<_> = names
        .iter()
        .map(|name| std::fs::read_to_string(name).unwrap())
        .collect();
    assert_eq!(
        found,
        (0..12).map(|n| format!("letter {n}")).collect::<Vec<_>>()
    );
    assert!(
        names
            .iter()
            .all(|name| name.extension().is_some_and(|e| e == "eml"))
    );
    std::fs::remove_dir_all(path).unwrap();
}

#[tokio::test]
async fn a_folder_that_cannot_be_written_is_away() {
    let mailer = Mailer::from_url("folder:/proc/nowhere").unwrap();
    assert!(matches!(
        mailer.send(&mail()).await,
        Err(Undelivered::Away(_))
    ));
}

#[tokio::test]
async fn memory_answers_as_told() {
    let memory = Memory::default();
    let mailer = Mailer::Memory(memory.clone());
    memory.fail_next(Undelivered::Later("busy".to_owned()));
    assert!(mailer.send(&mail()).await.is_err());
    mailer.send(&mail()).await.unwrap();
    assert_eq!(memory.sent().len(), 1);
}
