//! Many clients at once: every line ends in one way, nothing is stored before somebody confirms, twice is once, and what
//! leaves as a file comes back the same.

use booking::refusal::Refusal;
use desk::StaffPass;
use desk::client_export::as_csv;
use desk::client_import::{Counts, FileProblem, Kept, LARGEST, Problem, SentFile};
use desk::clients::{ClientSearch, NewClient, Standing};
use desk::{Desk, csv_file};
use uuid::Uuid;

use crate::ground::{Ground, refused};

async fn dispatcher(ground: &Ground) -> StaffPass {
    ground.demo("dispatcher@example.com").await.staff().unwrap()
}

async fn keep(desk: &Desk, who: &StaffPass, text: impl Into<Vec<u8>>) -> Uuid {
    let file = SentFile {
        name: "clients.csv".into(),
        bytes: text.into(),
    };
    match desk.keep_client_file(who, file).await.unwrap() {
        Kept::Waiting(id) => id,
        Kept::Unreadable(problem) => panic!("{problem:?}"),
    }
}

fn counts(new: u64, changed: u64, unchanged: u64, refused: u64) -> Counts {
    Counts {
        new,
        changed,
        unchanged,
        refused,
    }
}

const LIST: &str = "Nombre;Correo electrónico;Teléfono;Idioma;Zodiac\r\n\
    Ana Import;ana.import@x.example;600 111 222;es;Leo\r\n\
    Ben Import;;600 111 333;;\r\n\
    Bad Import;not an address;;;\r\n\
    Late Import;late@x.example;12;;\r\n\
    Ana again;ANA.import@x.example;;;\r\n";

both! {
    async fn a_list_is_looked_at_then_imported_once(ground: Ground) {
        let ground = ground.with_demo().await;
        let pass = dispatcher(&ground).await;
        let d = &ground.desk;
        let before = ground.count("clients").await;
        let id = keep(d, &pass, LIST).await;
        let preview = d.client_import(&pass, id, None, 1).await.unwrap().unwrap();
        assert_eq!((preview.counts, preview.lines.len(), preview.done), (counts(2, 0, 0, 3), 5, None));
        assert_eq!(preview.unused, ["Zodiac"]);
        let some = d.client_import(&pass, id, Some("refused"), 1).await.unwrap().unwrap();
        assert_eq!(some.lines.iter().map(|line| line.number).collect::<Vec<_>>(), [4, 5, 6]);
        assert_eq!(ground.count("clients").await, before, "nothing is stored by looking");

        assert_eq!(d.import_clients(&pass, id).await.unwrap(), counts(2, 0, 0, 3));
        assert_eq!(d.import_clients(&pass, id).await.unwrap(), counts(2, 0, 0, 3), "confirmed twice");
        assert_eq!(ground.count("clients").await, before + 2);
        assert_eq!(ground.count("history WHERE what = 'imported'").await, 2);
        let report = d.client_import(&pass, id, None, 1).await.unwrap().unwrap();
        assert!(report.done.is_some());
        assert_eq!((report.counts, report.lines.len()), (counts(2, 0, 0, 3), 3));
        let refusals = d.refused_lines(&pass, id).await.unwrap().unwrap();
        assert_eq!(refusals.header.len(), 5);
        assert_eq!(refusals.lines.iter().map(|line| line.number).collect::<Vec<_>>(), [4, 5, 6]);
        assert_eq!(refusals.lines[2].problem, Problem::Twice { line: 2 });

        // The same list once more finds nothing to do; changed, it changes.
        let again = keep(d, &pass, LIST).await;
        assert_eq!(d.import_clients(&pass, again).await.unwrap(), counts(0, 0, 2, 3));
        let moved = keep(d, &pass, LIST.replace("111 222", "111 999").replace("111 333", "111 444")).await;
        assert_eq!(d.import_clients(&pass, moved).await.unwrap(), counts(0, 2, 0, 3));
        assert_eq!(ground.count("clients").await, before + 2);
        let search = ClientSearch { text: "600111999".into(), ..ClientSearch::default() };
        let found = d.clients(&pass, &search).await.unwrap();
        assert_eq!(found.rows[0].name, "Ana Import");
        let page = d.client(&pass, found.rows[0].id).await.unwrap().unwrap();
        assert_eq!((page.form.locale.as_str(), page.version), ("es", 2));
    }

    async fn two_confirmations_at_once_add_everybody_once(ground: Ground) {
        let ground = ground.with_demo().await;
        let pass = dispatcher(&ground).await;
        let before = ground.count("clients").await;
        let one = keep(&ground.desk, &pass, LIST).await;
        let other = keep(&ground.desk, &pass, LIST).await;
        let all: Vec<_> = [one, other, one, other].into_iter().map(|id| {
            let desk = ground.desk.clone();
            tokio::spawn(async move { desk.import_clients(&pass, id).await })
        }).collect();
        let mut new = 0;
        for one in all {
            new += one.await.unwrap().unwrap().new;
        }
        // Both confirmations of the first list answer what it did.
        assert_eq!(new, 4);
        assert_eq!(ground.count("clients").await, before + 2);
    }

    async fn what_leaves_comes_back_the_same(ground: Ground) {
        let ground = ground.with_demo().await;
        let pass = dispatcher(&ground).await;
        let d = &ground.desk;
        let risky = NewClient {
            name: "=cmd|' /C calc'!A0".into(), email: "risky@x.example".into(), phone: "+34 600 555 999".into(),
            address: "1 \"Road\"; Flat 2,\nTown".into(), notes: "'- Ring; twice\n@night".into(), own_only: true,
            locale: "es".into(), time_zone: "America/New_York".into(),
        };
        d.create_client(&pass, "k", &risky).await.unwrap();
        let twin = NewClient { name: "Twin".into(), email: "risky@x.example".into(), ..NewClient::default() };
        d.create_client(&pass, "l", &twin).await.unwrap();
        let all = ClientSearch { standing: Standing::All, ..ClientSearch::default() };
        let exported = d.export_clients(&pass, &all).await.unwrap();
        let file = as_csv(&exported).unwrap();
        let text = String::from_utf8(file.clone()).unwrap();
        assert!(text.starts_with("\u{feff}id,name,email,"));
        let mut reader = csv_lines(&text);
        for cell in reader.by_ref().flatten() {
            assert!(!cell.starts_with(['=', '+', '-', '@', '\t', '\r']), "{cell:?}");
        }
        let id = keep(d, &pass, file).await;
        let done = d.import_clients(&pass, id).await.unwrap();
        assert_eq!(done, counts(0, 0, exported.len() as u64, 0));
        assert_eq!(d.export_clients(&pass, &all).await.unwrap(), exported);
        // Into an empty house they arrive as they were.
        let one = exported.iter().find(|one| one.email.as_deref() == Some("risky@x.example") && one.own_only).unwrap();
        assert_eq!((one.name.as_str(), one.notes.as_str()), (risky.name.as_str(), risky.notes.as_str()));
        assert_eq!(one.address.as_deref(), Some(risky.address.as_str()));
        let some = ClientSearch { text: "risky@".into(), ..ClientSearch::default() };
        assert_eq!(d.export_clients(&pass, &some).await.unwrap().len(), 2, "the filter is respected");
    }

    async fn files_that_cannot_be_read_say_so(ground: Ground) {
        let ground = ground.with_demo().await;
        let pass = dispatcher(&ground).await;
        let d = &ground.desk;
        let cases = [
            (vec![b'x'; LARGEST + 1], FileProblem::TooLarge),
            (b"name\nJos\xe9\n".to_vec(), FileProblem::NotText),
            (b"name\n\0\n".to_vec(), FileProblem::NotText),
            ("\u{feff}\r\n".into(), FileProblem::Empty),
        ];
        for (bytes, problem) in cases {
            let kept = d.keep_client_file(&pass, SentFile { name: String::new(), bytes }).await.unwrap();
            assert_eq!(kept, Kept::Unreadable(problem));
        }
        let id = keep(d, &pass, "phone\n1").await;
        let preview = d.client_import(&pass, id, None, 1).await.unwrap().unwrap();
        assert_eq!(preview.problem, Some(FileProblem::NoColumns));
        assert_eq!(refused(d.import_clients(&pass, id).await).0, Refusal::NotFound);
    }

    async fn a_file_is_its_senders_and_forgotten_after_a_day(ground: Ground) {
        let ground = ground.with_demo().await;
        let pass = dispatcher(&ground).await;
        let owner = ground.demo("owner@example.com").await.staff().unwrap();
        let technician = ground.demo("technician@example.com").await.staff().unwrap();
        let d = &ground.desk;
        let id = keep(d, &pass, LIST).await;
        assert_eq!(d.client_import(&owner, id, None, 1).await.unwrap(), None);
        assert_eq!(d.refused_lines(&owner, id).await.unwrap(), None);
        assert_eq!(refused(d.import_clients(&owner, id).await).0, Refusal::NotFound);
        let file = SentFile { name: String::new(), bytes: LIST.into() };
        let answers = [
            refused(d.keep_client_file(&technician, file).await).0,
            refused(d.client_import(&technician, id, None, 1).await).0,
            refused(d.refused_lines(&technician, id).await).0,
            refused(d.import_clients(&technician, id).await).0,
            refused(d.export_clients(&technician, &ClientSearch::default()).await).0,
        ];
        assert_eq!(answers, [Refusal::NotAllowed; 5]);
        assert_eq!(d.forget_old_imports().await.unwrap(), 0);
        ground.pass(chrono::TimeDelta::hours(25)).await;
        assert_eq!(refused(d.import_clients(&pass, id).await).0, Refusal::NotFound);
        assert_eq!(d.forget_old_imports().await.unwrap(), 1);
        assert_eq!(d.forget_old_imports().await.unwrap(), 0);
        assert_eq!(ground.count("client_imports").await, 0);
    }

    async fn twenty_thousand_lines_in_one_transaction(ground: Ground) {
        let ground = ground.with_demo().await;
        let pass = dispatcher(&ground).await;
        let lines: String = (0..20_000).map(|n| format!("Many {n},many{n}@x.example,600{n:06}\n")).collect();
        let id = keep(&ground.desk, &pass, format!("name,email,phone\n{lines}")).await;
        let (desk, queries) = ground.desk.counted();
        let preview = desk.client_import(&pass, id, None, 400).await.unwrap().unwrap();
        assert_eq!((preview.counts, preview.page, preview.lines.len()), (counts(20_000, 0, 0, 0), 400, 50));
        assert_eq!(queries.load(std::sync::atomic::Ordering::Relaxed), 2);
        assert_eq!(desk.import_clients(&pass, id).await.unwrap(), counts(20_000, 0, 0, 0));
        let again = keep(&desk, &pass, format!("name,email,phone\n{lines}")).await;
        assert_eq!(desk.import_clients(&pass, again).await.unwrap(), counts(0, 0, 20_000, 0));
    }
}

/// The cells of a file as another program reads them: quotes, and commas between.
fn csv_lines(text: &str) -> impl Iterator<Item = Vec<String>> {
    let mut cells = vec![String::new()];
    let (mut lines, mut quoted) = (Vec::new(), false);
    let mut letters = text.trim_start_matches('\u{feff}').chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '"' if quoted && letters.peek() == Some(&'"') => {
                letters.next();
                cells.last_mut().unwrap().push('"');
            }
            '"' => quoted = !quoted,
            ',' if !quoted => cells.push(String::new()),
            '\n' if !quoted => lines.push(std::mem::replace(&mut cells, vec![String::new()])),
            '\r' if !quoted => {}
            other => cells.last_mut().unwrap().push(other),
        }
    }
    assert!(!quoted && cells == [""], "the file ends with a line");
    assert_eq!(csv_file::unguarded("'=1"), "=1");
    lines.into_iter()
}
