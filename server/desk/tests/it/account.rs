//! One's own account.

use booking::refusal::Refusal;
use desk::account::ChangedAccount;

use crate::ground::refused;

both! {
    async fn one_changes_ones_own_account(ground: Ground) {
        let ground = ground.with_demo().await;
        let me = ground.demo("cliente@example.com").await;
        let changed = ChangedAccount {
            name: "  Javi Ortega ".into(),
            phone: "+34 600 123 123".into(),
            locale: "en".into(),
            time_zone: "Atlantic/Canary".into(),
        };
        ground.desk.change_account(&me, &changed).await.unwrap();
        let me = ground.demo("cliente@example.com").await;
        assert_eq!((me.name(), me.locale(), me.time_zone()), ("Javi Ortega", "en", "Atlantic/Canary"));
        let none = ChangedAccount { name: "Javi".into(), ..ChangedAccount::default() };
        ground.desk.change_account(&me, &none).await.unwrap();
        let me = ground.demo("cliente@example.com").await;
        assert_eq!((me.locale(), me.time_zone()), ("es", "Europe/Madrid"));
        assert_eq!(ground.desk.account(&me).await.unwrap().phone, None);
        assert_eq!(ground.count("history WHERE what = 'account-changed'").await, 2);
    }

    async fn what_an_account_cannot_be(ground: Ground) {
        let ground = ground.with_demo().await;
        let me = ground.demo("client@example.com").await;
        let good = ChangedAccount { name: "Me".into(), ..ChangedAccount::default() };
        let cases = [
            (ChangedAccount { name: "".into(), ..good.clone() }, Refusal::TextEmpty, "name"),
            (ChangedAccount { name: "a\nb".into(), ..good.clone() }, Refusal::TextControl, "name"),
            (ChangedAccount { phone: "call me".into(), ..good.clone() }, Refusal::BadPhone, "phone"),
            (ChangedAccount { locale: "xx".into(), ..good.clone() }, Refusal::BadLanguage, "locale"),
            (ChangedAccount { time_zone: "europe/madrid ".into(), ..good.clone() }, Refusal::BadZone, "time_zone"),
        ];
        for (changed, why, field) in cases {
            assert_eq!(refused(ground.desk.change_account(&me, &changed).await), (why, Some(field)));
        }
        let bad = ["visit.reminder".to_owned(), "everything".to_owned()];
        assert_eq!(refused(ground.desk.mute(&me, &bad).await), (Refusal::BadChoice, Some("muted")));
        assert_eq!(ground.count("history WHERE about = 'person'").await, 0);
    }

    async fn one_mutes_events(ground: Ground) {
        let ground = ground.with_demo().await;
        let me = ground.demo("client@example.com").await;
        let two = ["visit.reminder".to_owned(), "booking.declined".to_owned(), "visit.reminder".to_owned()];
        ground.desk.mute(&me, &two).await.unwrap();
        assert_eq!(ground.desk.account(&me).await.unwrap().muted.len(), 2);
        ground.desk.mute(&me, &[]).await.unwrap();
        assert_eq!(ground.desk.account(&me).await.unwrap().muted, []);
    }
}
