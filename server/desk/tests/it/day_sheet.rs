//! The day on paper: whose, what is on it, and for whom.

use ::booking::refusal::Refusal;
use chrono::NaiveDate;
use desk::table::*;
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter};
use std::sync::atomic::Ordering;
use uuid::Uuid;

use crate::ground::refused;
use crate::town::{self, Town, at};

fn march(day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 3, day).unwrap()
}

async fn blocked(town: &Town, start: &str, end: &str, note: &str) {
    let row = booking::Model {
        id: Uuid::now_v7(),
        technician_id: Some(Uuid::from_u128(town.ana.get())),
        service_id: None,
        starts_at: at(start),
        ends_at: at(end),
        before_min: 0,
        after_min: 0,
        seats: 1,
        session_id: None,
        leader: true,
        status: "scheduled".to_owned(),
        blocking: true,
        expires_at: None,
        request_id: None,
        visit_id: None,
        note: Some(note.to_owned()),
    };
    row.into_active_model()
        .insert(town.desk.db())
        .await
        .unwrap();
}

both! {
    async fn everything_one_needs_on_the_way(ground: Ground) {
        let town = Town::on(ground).await;
        client::Entity::update_many().col_expr(client::Column::Address, Expr::value("Main Street 1")).exec(town.desk.db()).await.unwrap();
        let rex = town::subject(&town.desk, town.carla.client(), "Rex").await;
        town.needs_one_van().await;
        let mut ask = town.ask(at("Tue 10:00"));
        ask.subjects = vec![rex];
        ask.notes = "The key is under the mat.".to_owned();
        let asked = town.submit(&town.carla, ask).await;
        let mut approval = town.approval(&asked, town.ana).await;
        approval.internal_notes = "Bites.".to_owned();
        town.desk.approve_request(&town.dispatcher, approval).await.unwrap();
        town.free_the_van().await;
        blocked(&town, "Tue 14:00", "Tue 15:00", "Dentist").await;
        // A hold is no appointment yet, and Wednesday is another day.
        town.submit(&town.dora, desk::submit_request::NewRequest { technician: Some(town.ana), ..town.ask(at("Tue 12:00")) }).await;
        let other = town.pending("Wed 10:00", None).await;
        town.approve(&other, town.ana).await;

        let found = town.desk.day_sheet(&town.dispatcher, march(3), None).await.unwrap();
        assert_eq!(found.sheets.iter().map(|sheet| sheet.lines.len()).collect::<Vec<_>>(), [2, 0]);
        let lines = &found.sheets[0].lines;
        let visit = lines[0].visit.as_ref().unwrap();
        assert_eq!((lines[0].start, lines[0].end), (at("Tue 10:00"), at("Tue 11:00")));
        assert_eq!((visit.client.as_str(), visit.phone.as_deref(), visit.address.as_deref()), ("Carla's house", Some("+49 30 1234567"), Some("Main Street 1")));
        assert_eq!((visit.service.as_str(), visit.notes.as_str(), visit.internal_notes.as_str()), ("Check-up", "The key is under the mat.", "Bites."));
        assert_eq!(visit.subjects, [("Rex".to_owned(), String::new())]);
        assert_eq!(lines[0].resources, [("Van".to_owned(), 1)]);
        assert_eq!((lines[1].visit.is_none(), lines[1].note.as_deref()), (true, Some("Dentist")));
    }

    async fn a_technician_gets_the_own_sheet_only(ground: Ground) {
        let town = Town::on(ground).await;
        for (start, technician) in [("Tue 10:00", town.ana), ("Tue 11:00", town.ben)] {
            let asked = town.pending(start, Some(technician)).await;
            town.approve(&asked, technician).await;
        }
        let names = |found: desk::day_sheet::DaySheet| -> Vec<(String, usize)> {
            let name = |sheet: desk::day_sheet::Sheet| (sheet.technician.map_or_else(String::new, |one| one.1), sheet.lines.len());
            found.sheets.into_iter().map(name).collect()
        };
        let all = town.desk.day_sheet(&town.dispatcher, march(3), None).await.unwrap();
        assert_eq!(all.technicians.len(), 2);
        assert_eq!(names(all), [("Ana".to_owned(), 1), ("Ben".to_owned(), 1)]);
        let one = town.desk.day_sheet(&town.dispatcher, march(3), Some(town.ben)).await.unwrap();
        assert_eq!(names(one), [("Ben".to_owned(), 1)]);
        for asked in [None, Some(town.ana)] {
            let own = town.desk.day_sheet(&town.ana_pass, march(3), asked).await.unwrap();
            assert_eq!(own.technicians.len(), 1);
            assert_eq!(names(own), [("Ana".to_owned(), 1)]);
        }
        assert_eq!(refused(town.desk.day_sheet(&town.ana_pass, march(3), Some(town.ben)).await).0, Refusal::NotAllowed);
        for date in [NaiveDate::MIN, NaiveDate::MAX] {
            assert!(town.desk.day_sheet(&town.dispatcher, date, None).await.is_err(), "{date}");
        }
    }

    async fn what_nobody_performs_yet_and_who_left_stand_on_it(ground: Ground) {
        let town = Town::on(ground).await;
        let first = town.pending("Tue 10:00", None).await;
        let first = town.approve(&first, town.ana).await;
        let second = town.pending("Tue 11:00", None).await;
        town.approve(&second, town.ben).await;
        town.retire(town.ben).await;
        let row = visit::Entity::find().filter(visit::Column::Reference.eq(first)).one(town.desk.db()).await.unwrap().unwrap();
        booking::Entity::update_many()
            .col_expr(booking::Column::TechnicianId, Expr::value(None::<Uuid>))
            .filter(booking::Column::VisitId.eq(row.id))
            .exec(town.desk.db())
            .await
            .unwrap();
        let found = town.desk.day_sheet(&town.dispatcher, march(3), None).await.unwrap();
        let sheets: Vec<_> = found.sheets.iter().map(|sheet| (sheet.technician.as_ref().map(|one| one.1.as_str()), sheet.lines.len())).collect();
        assert_eq!(sheets, [(Some("Ana"), 0), (Some("Ben"), 1), (None, 1)]);
        // Cancelled ones do not.
        booking::Entity::update_many().col_expr(booking::Column::Blocking, Expr::value(false)).col_expr(booking::Column::Status, Expr::value("cancelled")).exec(town.desk.db()).await.unwrap();
        let found = town.desk.day_sheet(&town.dispatcher, march(3), None).await.unwrap();
        assert!(found.sheets.iter().all(|sheet| sheet.lines.is_empty()));
    }

    async fn more_lines_take_no_more_queries(ground: Ground) {
        let town = Town::on(ground).await;
        let (counted, queries) = town.desk.counted();
        for hour in 9..13 {
            let asked = town.pending(&format!("Tue {hour:02}:00"), None).await;
            town.approve(&asked, town.ana).await;
            queries.store(0, Ordering::SeqCst);
            counted.day_sheet(&town.dispatcher, march(3), None).await.unwrap();
            assert_eq!(queries.load(Ordering::SeqCst), 5);
        }
    }
}
