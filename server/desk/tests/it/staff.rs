//! Roles, and who no longer works here (T22).

use booking::refusal::Refusal;
use desk::pass::Roles;
use desk::seed_demo::PASSWORD;

use crate::ground::refused;

const OWNER: Roles = Roles {
    owner: true,
    technician: false,
    dispatcher: false,
    approver: false,
};
const DISPATCHER: Roles = Roles {
    dispatcher: true,
    owner: false,
    technician: false,
    approver: false,
};

both! {
    async fn only_an_owner_sees_and_changes_people(ground: Ground) {
        let ground = ground.with_demo().await;
        let dispatcher = ground.demo("dispatcher@example.com").await;
        let (pass, me) = (dispatcher.staff().unwrap(), dispatcher.person());
        assert_eq!(refused(ground.desk.staff(&pass).await).0, Refusal::NotAllowed);
        assert_eq!(refused(ground.desk.change_roles(&pass, me, 1, OWNER).await).0, Refusal::NotAllowed);
        assert_eq!(refused(ground.desk.set_enabled(&pass, me, 1, false).await).0, Refusal::NotAllowed);
        let owner = ground.demo("owner@example.com").await.staff().unwrap();
        assert_eq!(ground.desk.staff(&owner).await.unwrap().len(), 6);
        let client = ground.demo("client@example.com").await.person();
        assert_eq!(refused(ground.desk.change_roles(&owner, client, 1, OWNER).await).0, Refusal::NotFound);
        assert_eq!(refused(ground.desk.set_enabled(&owner, client, 1, false).await).0, Refusal::NotFound);
    }

    async fn who_is_disabled_is_out_at_once(ground: Ground) {
        let ground = ground.with_demo().await;
        let owner = ground.demo("owner@example.com").await.staff().unwrap();
        let session = ground.desk.sign_in("technician@example.com", PASSWORD, "", "x").await.unwrap();
        ground.desk.request_reset("technician@example.com", "x").await.unwrap();
        let reset = ground.token("password-reset").await;
        let tom = ground.desk.session(&session.token).await.unwrap().unwrap().person();
        ground.desk.set_enabled(&owner, tom, 1, false).await.unwrap();
        assert_eq!(ground.desk.session(&session.token).await.unwrap(), None);
        let right = ground.desk.sign_in("technician@example.com", PASSWORD, "", "x").await;
        assert_eq!(refused(right).0, Refusal::AccountDisabled);
        let wrong = ground.desk.sign_in("technician@example.com", "wrong-password", "", "x").await;
        assert_eq!(refused(wrong).0, Refusal::WrongPassword);
        assert_eq!(refused(ground.desk.reset_password(&reset, "a-new-long-password").await).0, Refusal::LinkExpired);
        assert_eq!(ground.count("technicians WHERE active").await, 3);
        assert_eq!(refused(ground.desk.set_enabled(&owner, tom, 1, true).await).0, Refusal::Stale);
        ground.desk.set_enabled(&owner, tom, 2, true).await.unwrap();
        assert_eq!(ground.count("technicians WHERE active").await, 4);
        ground.demo("technician@example.com").await;
    }

    async fn the_last_owner_stays(ground: Ground) {
        let ground = ground.with_demo().await;
        let owner = ground.demo("owner@example.com").await;
        let (pass, me) = (owner.staff().unwrap(), owner.person());
        let lost = refused(ground.desk.change_roles(&pass, me, 1, DISPATCHER).await);
        assert_eq!(lost, (Refusal::LastOwner, Some("roles")));
        assert_eq!(refused(ground.desk.set_enabled(&pass, me, 1, false).await).0, Refusal::LastOwner);
        assert_eq!(refused(ground.desk.change_roles(&pass, me, 1, Roles::default()).await).0, Refusal::BadChoice);
    }

    async fn two_owners_cannot_dismiss_each_other_at_once(ground: Ground) {
        let ground = ground.with_demo().await;
        let a = ground.demo("owner@example.com").await;
        let b = ground.demo("dispatcher@example.com").await.person();
        ground.desk.change_roles(&a.staff().unwrap(), b, 1, OWNER).await.unwrap();
        let b = ground.demo("dispatcher@example.com").await;
        let one = { let (desk, pass, b) = (ground.desk.clone(), a.staff().unwrap(), b.person());
            tokio::spawn(async move { desk.change_roles(&pass, b, 2, DISPATCHER).await }) };
        let other = { let (desk, pass, a) = (ground.desk.clone(), b.staff().unwrap(), a.person());
            tokio::spawn(async move { desk.set_enabled(&pass, a, 1, false).await }) };
        let answers = [one.await.unwrap().is_ok(), other.await.unwrap().is_ok()];
        assert_eq!(answers.iter().filter(|ok| **ok).count(), 1, "{answers:?}");
        assert_eq!(ground.count("staff WHERE owner AND active").await, 1);
    }

    async fn of_two_edits_with_one_version_one_wins(ground: Ground) {
        let ground = ground.with_demo().await;
        let owner = ground.demo("owner@example.com").await.staff().unwrap();
        let tom = ground.demo("technician@example.com").await.person();
        let all: Vec<_> = (0..8).map(|_| {
            let desk = ground.desk.clone();
            tokio::spawn(async move { desk.change_roles(&owner, tom, 1, DISPATCHER).await })
        }).collect();
        let mut won = 0;
        for one in all {
            match one.await.unwrap() {
                Ok(()) => won += 1,
                answer @ Err(_) => assert_eq!(refused(answer).0, Refusal::Stale),
            }
        }
        assert_eq!(won, 1);
        assert_eq!(ground.count("history WHERE what = 'roles-changed'").await, 1);
        assert_eq!(ground.count("technicians WHERE active").await, 3);
    }
}
