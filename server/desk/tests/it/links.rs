//! Links in letters: looked at without being used, used once, for one thing, for a while (T21, T22).

use booking::refusal::Refusal;
use chrono::TimeDelta;
use desk::invitation::Invited;
use desk::link::Purpose;
use desk::seed_demo::PASSWORD;

use crate::ground::refused;

const HERE: &str = "198.51.100.7";
const NEW: &str = "a-new-long-password";

both! {
    async fn a_link_signs_in_once(ground: Ground) {
        let ground = ground.with_demo().await;
        ground.desk.request_magic_link(" Client@example.com", HERE).await.unwrap();
        let token = ground.token("sign-in-link").await;
        for _ in 0..2 {
            let seen = ground.desk.look_at_link(&token).await.unwrap().unwrap();
            assert_eq!((seen.purpose, seen.email.as_deref()), (Purpose::SignIn, Some("client@example.com")));
        }
        let session = ground.desk.sign_in_by_link(&token, "phone").await.unwrap();
        assert_eq!(ground.desk.session(&session.token).await.unwrap().unwrap().email(), "client@example.com");
        assert_eq!(refused(ground.desk.sign_in_by_link(&token, "phone").await).0, Refusal::LinkExpired);
        assert_eq!(ground.desk.look_at_link(&token).await.unwrap(), None);
        assert_eq!(ground.count(&format!("links WHERE token_hash = '{token}'")).await, 0);
    }

    async fn of_twenty_who_use_one_link_at_once_one_comes_in(ground: Ground) {
        let ground = ground.with_demo().await;
        ground.desk.request_magic_link("client@example.com", HERE).await.unwrap();
        let token = ground.token("sign-in-link").await;
        let tries: Vec<_> = (0..20).map(|_| {
            let (desk, token) = (ground.desk.clone(), token.clone());
            tokio::spawn(async move { desk.sign_in_by_link(&token, "").await })
        }).collect();
        let mut in_ = 0;
        for one in tries {
            in_ += i32::from(one.await.unwrap().is_ok());
        }
        assert_eq!(in_, 1);
        assert_eq!(ground.count("sessions").await, 1);
    }

    async fn the_answer_does_not_say_who_is_known(ground: Ground) {
        let ground = ground.with_demo().await;
        let mut times = Vec::new();
        for email in ["client@example.com", "nobody@example.com", "not an address", ""] {
            let from = std::time::Instant::now();
            ground.desk.request_magic_link(email, HERE).await.unwrap();
            ground.desk.request_reset(email, HERE).await.unwrap();
            times.push(from.elapsed());
        }
        assert!(times.iter().all(|time| time.as_millis() >= 240), "{times:?}");
        assert_eq!(ground.letters().await.len(), 2);
    }

    async fn a_mailbox_is_not_filled_and_nobody_else_is_locked_out(ground: Ground) {
        let ground = ground.with_demo().await;
        for place in ["a", "b", "c", "d", "e"] {
            for _ in 0..4 {
                ground.desk.request_reset("client@example.com", place).await.unwrap();
            }
        }
        assert_eq!(ground.letters().await.len(), 10);
        for n in 0..20 {
            let _ = ground.desk.request_reset(&format!("x{n}@example.com"), HERE).await;
        }
        assert_eq!(refused(ground.desk.request_reset("owner@example.com", HERE).await).0, Refusal::TooManyTries);
        ground.desk.request_reset("owner@example.com", "elsewhere").await.unwrap();
        assert_eq!(ground.letters().await.last().unwrap().1, "owner@example.com");
    }

    async fn a_link_is_for_one_thing_and_for_a_while(ground: Ground) {
        let ground = ground.with_demo().await;
        ground.desk.request_reset("client@example.com", HERE).await.unwrap();
        let token = ground.token("password-reset").await;
        assert_eq!(refused(ground.desk.sign_in_by_link(&token, "").await).0, Refusal::LinkExpired);
        assert_eq!(refused(ground.desk.accept_invitation(&token, "A", NEW, "").await).0, Refusal::LinkExpired);
        ground.pass(TimeDelta::minutes(60)).await;
        assert_eq!(ground.desk.look_at_link(&token).await.unwrap(), None);
        assert_eq!(refused(ground.desk.reset_password(&token, NEW).await).0, Refusal::LinkExpired);
        ground.desk.request_magic_link("client@example.com", HERE).await.unwrap();
        let token = ground.token("sign-in-link").await;
        ground.pass(TimeDelta::minutes(15)).await;
        assert_eq!(refused(ground.desk.sign_in_by_link(&token, "").await).0, Refusal::LinkExpired);
    }

    async fn a_reset_ends_everything_that_was_before(ground: Ground) {
        let ground = ground.with_demo().await;
        let old = ground.desk.sign_in("client@example.com", PASSWORD, "", HERE).await.unwrap();
        ground.desk.request_magic_link("client@example.com", HERE).await.unwrap();
        ground.desk.request_reset("client@example.com", HERE).await.unwrap();
        let (magic, reset) = (ground.token("sign-in-link").await, ground.token("password-reset").await);
        for weak in ["short", "client@example.com", "1234567890", "aaaaaaaaaaaa", &"x".repeat(201)] {
            let answer = refused(ground.desk.reset_password(&reset, weak).await);
            assert_eq!(answer, (Refusal::WeakPassword, Some("password")), "{weak}");
        }
        ground.desk.reset_password(&reset, NEW).await.unwrap();
        assert_eq!(ground.desk.session(&old.token).await.unwrap(), None);
        assert_eq!(refused(ground.desk.sign_in_by_link(&magic, "").await).0, Refusal::LinkExpired);
        assert_eq!(refused(ground.desk.reset_password(&reset, NEW).await).0, Refusal::LinkExpired);
        assert_eq!(refused(ground.desk.sign_in("client@example.com", PASSWORD, "", HERE).await).0, Refusal::WrongPassword);
        ground.desk.sign_in("client@example.com", NEW, "", HERE).await.unwrap();
        assert_eq!(ground.letters().await.last().unwrap().0, "password-changed");
        assert_eq!(ground.count("history WHERE what = 'password-reset'").await, 1);
    }

    async fn one_changes_ones_password_and_the_other_browsers_are_out(ground: Ground) {
        let ground = ground.with_demo().await;
        let other = ground.desk.sign_in("client@example.com", PASSWORD, "", HERE).await.unwrap();
        let me = ground.demo("client@example.com").await;
        let wrong = refused(ground.desk.change_password(&me, "wrong-password", NEW).await);
        assert_eq!(wrong, (Refusal::WrongPassword, Some("current")));
        ground.desk.change_password(&me, PASSWORD, NEW).await.unwrap();
        assert_eq!(ground.desk.session(&other.token).await.unwrap(), None);
        assert_eq!(ground.desk.sessions_of(&me).await.unwrap().len(), 1);
        for _ in 0..10 {
            assert_eq!(refused(ground.desk.change_password(&me, PASSWORD, NEW).await).0, Refusal::WrongPassword);
        }
        assert_eq!(refused(ground.desk.change_password(&me, NEW, PASSWORD).await).0, Refusal::TooManyTries);
    }

    async fn no_links_where_the_business_does_not_want_them(ground: Ground) {
        let ground = ground.with_demo().await;
        let owner = ground.demo("owner@example.com").await.staff().unwrap();
        let change = desk::settings::ChangedSignIn { magic_links: false, session_idle_hours: 72, session_days: 30 };
        ground.desk.change_sign_in(&owner, 1, change).await.unwrap();
        for email in ["client@example.com", "nobody@example.com"] {
            assert_eq!(refused(ground.desk.request_magic_link(email, HERE).await).0, Refusal::NotAllowed);
        }
    }

    async fn an_invited_contact_comes_in(ground: Ground) {
        let ground = ground.with_demo().await;
        let dispatcher = ground.demo("dispatcher@example.com").await.staff().unwrap();
        let client = ground.demo("client@example.com").await.contact().unwrap().client();
        let invited = Invited { name: "Bob Miller".into(), email: "Bob@Example.com".into() };
        let person = ground.desk.invite_contact(&dispatcher, client, &invited, false).await.unwrap();
        let again = refused(ground.desk.invite_contact(&dispatcher, client, &invited, false).await);
        assert_eq!(again, (Refusal::EmailTaken, Some("email")));
        let first = ground.token("invitation").await;
        ground.desk.resend_invitation(&dispatcher, person).await.unwrap();
        let second = ground.token("invitation").await;
        let weak = refused(ground.desk.accept_invitation(&second, "Bob", "password123", "").await);
        assert_eq!(weak, (Refusal::WeakPassword, Some("password")));
        let session = ground.desk.accept_invitation(&second, "Robert Miller", NEW, "").await.unwrap();
        let me = ground.desk.session(&session.token).await.unwrap().unwrap();
        assert_eq!((me.name(), me.email()), ("Robert Miller", "bob@example.com"));
        assert_eq!(me.contact().unwrap().client(), client);
        assert_eq!(me.staff(), None);
        assert_eq!(refused(ground.desk.accept_invitation(&first, "Mallory", NEW, "").await).0, Refusal::LinkExpired);
        assert_eq!(refused(ground.desk.resend_invitation(&dispatcher, person).await).0, Refusal::NotFound);
    }

    async fn an_invitation_says_how_much_a_contact_sees(ground: Ground) {
        let ground = ground.with_demo().await;
        let dispatcher = ground.demo("dispatcher@example.com").await.staff().unwrap();
        let client = ground.demo("client@example.com").await.contact().unwrap().client();
        for (address, own_only) in [("bob@example.com", true), ("rob@example.com", false)] {
            let invited = Invited { name: "Bob".into(), email: address.into() };
            let person = ground.desk.invite_contact(&dispatcher, client, &invited, own_only).await.unwrap();
            let page = ground.desk.client(&dispatcher, client).await.unwrap().unwrap();
            let contact = page.contacts.iter().find(|contact| contact.person == person).unwrap();
            assert_eq!(contact.own_only, own_only);
            let token = ground.token("invitation").await;
            let session = ground.desk.accept_invitation(&token, "Bob", NEW, "").await.unwrap();
            let me = ground.desk.session(&session.token).await.unwrap().unwrap();
            assert_eq!(me.contact().unwrap().own_only(), own_only);
            let row = ground.desk.set_contact_active(&dispatcher, client, person, false).await;
            row.unwrap();
            // Invited once more, what is said now holds.
            ground.desk.invite_contact(&dispatcher, client, &invited, !own_only).await.unwrap();
            let page = ground.desk.client(&dispatcher, client).await.unwrap().unwrap();
            let contact = page.contacts.iter().find(|contact| contact.person == person).unwrap();
            assert_eq!(contact.own_only, !own_only);
        }
        assert_eq!(ground.count("history WHERE what = 'contact-invited'").await, 4);
    }

    async fn an_invitation_never_replaces_a_password(ground: Ground) {
        let ground = ground.with_demo().await;
        let owner = ground.demo("owner@example.com").await.staff().unwrap();
        let client = ground.demo("cliente@example.com").await.contact().unwrap().client();
        let known = Invited { name: "Somebody Else".into(), email: "client@example.com".into() };
        ground.desk.invite_contact(&owner, client, &known, false).await.unwrap();
        let (event, _, facts) = ground.letters().await.pop().unwrap();
        assert_eq!((event.as_str(), facts["link"].as_str()), ("invitation", Some("/sign-in")));
        let me = ground.demo("client@example.com").await;
        assert_eq!(me.name(), "Carla Miller");
        assert_eq!(ground.count("links").await, 0);
    }

    async fn who_may_invite(ground: Ground) {
        let ground = ground.with_demo().await;
        let technician = ground.demo("technician@example.com").await.staff().unwrap();
        let dispatcher = ground.demo("dispatcher@example.com").await.staff().unwrap();
        let owner = ground.demo("owner@example.com").await.staff().unwrap();
        let client = ground.demo("client@example.com").await.contact().unwrap().client();
        let bob = Invited { name: "Bob".into(), email: "bob@example.com".into() };
        let roles = desk::pass::Roles { dispatcher: true, ..Default::default() };
        assert_eq!(refused(ground.desk.invite_contact(&technician, client, &bob, false).await).0, Refusal::NotAllowed);
        assert_eq!(refused(ground.desk.invite_staff(&dispatcher, &bob, roles).await).0, Refusal::NotAllowed);
        let nobody = booking::ids::ClientId::new(7);
        assert_eq!(refused(ground.desk.invite_contact(&dispatcher, nobody, &bob, false).await).0, Refusal::NotFound);
        let none = desk::pass::Roles::default();
        assert_eq!(refused(ground.desk.invite_staff(&owner, &bob, none).await), (Refusal::BadChoice, Some("roles")));
        let hired = ground.desk.invite_staff(&owner, &bob, roles).await.unwrap();
        assert_eq!(refused(ground.desk.invite_staff(&owner, &bob, roles).await), (Refusal::EmailTaken, Some("email")));
        assert_eq!(refused(ground.desk.resend_invitation(&dispatcher, hired).await).0, Refusal::NotAllowed);
        for bad in ["", "bob", "bob@", "bob@localhost", "a\r\nBcc: x@y.z", "bоb@exаmple.com"] {
            let bad = Invited { name: "Bob".into(), email: bad.into() };
            assert_eq!(refused(ground.desk.invite_staff(&owner, &bad, roles).await).1, Some("email"));
        }
    }

    async fn two_who_invite_one_new_address_at_once_make_one_person(ground: Ground) {
        let ground = ground.with_demo().await;
        let owner = ground.demo("owner@example.com").await.staff().unwrap();
        let client = ground.demo("client@example.com").await.contact().unwrap().client();
        let all: Vec<_> = (0..8).map(|_| {
            let desk = ground.desk.clone();
            tokio::spawn(async move {
                let bob = Invited { name: "Bob".into(), email: "bob@example.com".into() };
                desk.invite_contact(&owner, client, &bob, false).await
            })
        }).collect();
        let mut made = 0;
        for one in all {
            match one.await.unwrap() {
                Ok(_) => made += 1,
                answer @ Err(_) => assert_eq!(refused(answer).0, Refusal::EmailTaken),
            }
        }
        assert_eq!(made, 1);
        assert_eq!(ground.count("people WHERE email = 'bob@example.com'").await, 1);
    }

    async fn what_is_over_is_forgotten(ground: Ground) {
        let ground = ground.with_demo().await;
        ground.desk.request_magic_link("client@example.com", HERE).await.unwrap();
        ground.desk.sign_in("client@example.com", PASSWORD, "", HERE).await.unwrap();
        let _ = ground.desk.sign_in("client@example.com", "wrong-password", "", HERE).await;
        assert_eq!(ground.desk.forget_old_sign_ins().await.unwrap(), 0);
        let sent = ground.letters().await.len();
        ground.pass(TimeDelta::days(8)).await;
        ground.desk.forget_old_sign_ins().await.unwrap();
        assert_eq!((ground.count("links").await, ground.count("tries").await), (0, 0));
        ground.pass(TimeDelta::days(30)).await;
        ground.desk.forget_old_sign_ins().await.unwrap();
        assert_eq!(ground.count("sessions").await, 0);
        assert_eq!(ground.letters().await.len(), sent);
        assert_eq!(ground.desk.forget_old_sign_ins().await.unwrap(), 0);
    }
}
