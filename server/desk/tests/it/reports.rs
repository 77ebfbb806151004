//! Reports: the numbers of a few weeks that can be counted by hand.

use ::booking::refusal::Refusal;
use ::booking::report::Range;
use ::booking::request::RequestStatus;
use ::booking::visit::VisitStatus;
use chrono::{NaiveDate, TimeDelta};
use desk::reports::{Answers, NoShows, TechnicianFigures};
use desk::table::*;
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter};
use std::sync::atomic::Ordering;
use uuid::Uuid;

use crate::ground::{monday, refused};
use crate::town::{self, Town, at};

fn march(first: u32, last: u32) -> Range {
    let day = |day| NaiveDate::from_ymd_opt(2026, 3, day).unwrap();
    Range::new(day(first), day(last)).unwrap()
}

/// A visit of Carla's or Dora's with Ana, as it stands afterwards.
async fn visit(town: &Town, who: &desk::ContactPass, start: &str, status: VisitStatus) {
    let asked = town.submit(who, town.ask(at(start))).await;
    let reference = town.approve(&asked, town.ana).await;
    let row = visit::Entity::find()
        .filter(visit::Column::Reference.eq(reference))
        .one(town.desk.db())
        .await
        .unwrap()
        .unwrap();
    let stands = !matches!(status, VisitStatus::NoShow | VisitStatus::Cancelled);
    booking::Entity::update_many()
        .col_expr(booking::Column::Status, Expr::value(status.as_str()))
        .col_expr(booking::Column::Blocking, Expr::value(stands))
        .filter(booking::Column::VisitId.eq(row.id))
        .exec(town.desk.db())
        .await
        .unwrap();
    let mut row = row.into_active_model();
    row.status = sea_orm::Set(status.as_str().to_owned());
    row.update(town.desk.db()).await.unwrap();
}

both! {
    async fn answers_are_counted_by_the_week_of_the_request(ground: Ground) {
        let town = Town::on(ground).await;
        // Monday 08:00 UTC: answered after 30, 60 and 90 minutes; one waits, one is withdrawn.
        let mut asked = Vec::new();
        for hour in 9..14 {
            asked.push(town.pending(&format!("Wed {hour:02}:00"), None).await);
        }
        for one in &asked[..2] {
            town.ground.pass(TimeDelta::minutes(30)).await;
            town.approve(one, town.ana).await;
        }
        town.ground.pass(TimeDelta::minutes(30)).await;
        let decline = town.decline(&asked[2], "").await;
        town.desk.decline_request(&town.dispatcher, decline).await.unwrap();
        town.desk.withdraw_request(&town.carla, &asked[3]).await.unwrap();
        // Next Monday, half an hour after midnight in Berlin: another week, though not yet in UTC.
        town.ground.until(monday() + TimeDelta::days(7) - TimeDelta::minutes(8 * 60 + 30)).await;
        let late = town.submit(&town.dora, town.ask(at("Wed 10:00") + TimeDelta::days(7))).await;
        town.ground.pass(TimeDelta::hours(2)).await;
        town.approve(&late, town.ben).await;

        let found = town.desk.reports(&town.dispatcher, march(1, 31)).await.unwrap();
        assert_eq!(found.weeks.iter().map(|week| week.dates.first()).collect::<Vec<_>>(),
            [1, 2, 9, 16, 23, 30].map(|day| NaiveDate::from_ymd_opt(2026, 3, day).unwrap()));
        let week = &found.weeks[1];
        assert_eq!(week.requests.iter().map(|(status, n)| (*status, *n)).collect::<Vec<_>>(),
            [(RequestStatus::Pending, 1), (RequestStatus::Approved, 2), (RequestStatus::Declined, 1), (RequestStatus::Cancelled, 1)]);
        assert_eq!(week.answers, Answers { count: 3, median_min: Some(60), ninety_min: Some(90) });
        assert_eq!(found.weeks[2].answers, Answers { count: 1, median_min: Some(120), ninety_min: Some(120) });
        assert_eq!(found.answers, Answers { count: 4, median_min: Some(60), ninety_min: Some(120) });
        assert_eq!(found.weeks[0].answers, Answers::default());
        // A range ends where its last date ends.
        let short = town.desk.reports(&town.owner, march(2, 8)).await.unwrap();
        assert_eq!((short.weeks.len(), short.answers.count), (1, 3));
    }

    async fn working_time_knows_time_off_and_clock_changes(ground: Ground) {
        let town = Town::on(ground).await;
        visit(&town, &town.carla, "Tue 10:00", VisitStatus::Completed).await;
        visit(&town, &town.carla, "Tue 11:00", VisitStatus::Scheduled).await;
        visit(&town, &town.carla, "Tue 12:00", VisitStatus::NoShow).await;
        visit(&town, &town.carla, "Tue 13:00", VisitStatus::Cancelled).await;
        town.pending("Tue 14:00", Some(town.ana)).await;
        let off = time_off::Model {
            id: Uuid::now_v7(),
            technician_id: Uuid::from_u128(town.ana.get()),
            starts_at: at("Wed 00:00"),
            ends_at: at("Wed 13:00"),
            note: None,
        };
        off.into_active_model().insert(town.desk.db()).await.unwrap();
        let found = town.desk.reports(&town.dispatcher, march(2, 8)).await.unwrap();
        let figures = |name: &str, booked_min, working_min| TechnicianFigures { name: name.to_owned(), booked_min, working_min };
        assert_eq!(found.technicians, [figures("Ana", 120, 36 * 60), figures("Ben", 0, 40 * 60)]);
        assert_eq!((found.technicians[0].percent(), found.technicians[1].percent()), (Some(6), Some(0)));
        // From ten to six in the night in which the clocks go forward: seven hours, not eight.
        let night = working_window::Model {
            id: Uuid::now_v7(),
            technician_id: Uuid::from_u128(town.ben.get()),
            weekday: 6,
            start_min: 22 * 60,
            end_min: 6 * 60,
        };
        night.into_active_model().insert(town.desk.db()).await.unwrap();
        let found = town.desk.reports(&town.dispatcher, march(28, 29)).await.unwrap();
        assert_eq!(found.technicians, [figures("Ben", 0, 7 * 60)]);
        assert_eq!(found.weeks[0].dates, march(28, 29));
    }

    async fn no_shows_are_ranked(ground: Ground) {
        let town = Town::on(ground).await;
        for (start, status) in [("Tue 09:00", VisitStatus::NoShow), ("Tue 10:00", VisitStatus::Completed), ("Tue 11:00", VisitStatus::NoShow), ("Tue 12:00", VisitStatus::Cancelled)] {
            visit(&town, &town.carla, start, status).await;
        }
        for (start, status) in [("Wed 09:00", VisitStatus::NoShow), ("Wed 10:00", VisitStatus::NoShow), ("Wed 11:00", VisitStatus::Scheduled)] {
            visit(&town, &town.dora, start, status).await;
        }
        let found = town.desk.reports(&town.dispatcher, march(1, 31)).await.unwrap();
        let missed = |client: &str, missed, of| NoShows { client: client.to_owned(), missed, of };
        assert_eq!(found.no_shows, [missed("Dora's shop", 2, 2), missed("Carla's house", 2, 3)]);
        assert_eq!(found.no_shows.iter().map(NoShows::percent).collect::<Vec<_>>(), [100, 67]);
        let visits = &found.weeks[1].visits;
        assert_eq!((visits[&VisitStatus::NoShow], visits[&VisitStatus::Completed], visits[&VisitStatus::Cancelled]), (4, 1, 1));
        let before = town.desk.reports(&town.dispatcher, march(1, 3)).await.unwrap();
        assert_eq!(before.no_shows, [missed("Carla's house", 2, 3)]);
    }

    async fn only_who_runs_the_office_reads_them(ground: Ground) {
        let town = Town::on(ground).await;
        assert_eq!(refused(town.desk.reports(&town.ana_pass, march(1, 31)).await).0, Refusal::NotAllowed);
        assert!(town.desk.reports(&town.owner, march(1, 31)).await.is_ok());
    }

    async fn neither_days_nor_rows_take_more_queries(ground: Ground) {
        let town = Town::on(ground).await;
        let (counted, queries) = town.desk.counted();
        let year = Range::new(NaiveDate::from_ymd_opt(2026, 1, 1).unwrap(), NaiveDate::from_ymd_opt(2026, 12, 31).unwrap()).unwrap();
        let mut taken = Vec::new();
        for round in 0..2 {
            for range in [march(2, 2), march(1, 31), year] {
                queries.store(0, Ordering::SeqCst);
                counted.reports(&town.dispatcher, range).await.unwrap();
                taken.push(queries.load(Ordering::SeqCst));
            }
            if round == 0 {
                for n in 0..4 {
                    town::technician(&town.desk, &format!("T{n}"), n + 2).await;
                    town::service(&town.desk, &format!("S{n}"), |_| {}).await;
                    visit(&town, &town.carla, &format!("Tue {:02}:00", 9 + n), VisitStatus::Completed).await;
                }
            }
        }
        assert_eq!(taken, [taken[0]; 6]);
        assert!(taken[0] <= 10, "{taken:?}");
    }
}
