//! The lives of spec §5 as tables: every step from every state, and the guards at their edges.

#![expect(clippy::unwrap_used, reason = "what cannot be read fails the test")]

use booking::change::{Ask, Change, ChangeState, Wanted, WantedTime};
use booking::clash::{Clash, Objection};
use booking::ids::{
    ChangeId, ClientId, PersonId, RequestId, ServiceId, TechnicianId, TicketId, VisitId,
};
use booking::people::Reason;
use booking::policy::{
    CancellationAnswer, CancellationPolicy, CancellationRules, ClockTime, CutOff,
};
use booking::refusal::Refusal::{self, *};
use booking::request::{
    Approval, DateWindow, NewRequest, Offer, Proposed, Request, RequestState, RequestStatus, Undo,
    WantedSlot, Wish, hold_expiry,
};
use booking::service::Price;
use booking::span::Span;
use booking::visit::{Correction, Visit, VisitState, VisitStatus};
use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;

const CLIENT: ClientId = ClientId::new(1);
const CONTACT: PersonId = PersonId::new(2);
const STAFF: PersonId = PersonId::new(3);
const ANA: TechnicianId = TechnicianId::new(4);

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn now() -> DateTime<Utc> {
    at("2026-03-02T09:00:00Z")
}

fn slot() -> Span {
    Span::of(at("2026-03-20T10:00:00Z"), 60).unwrap()
}

fn proposed() -> Proposed {
    Proposed {
        span: slot(),
        technician: ANA,
    }
}

fn new() -> NewRequest {
    let wish = Wish::Appointment(WantedSlot {
        span: slot(),
        technician: None,
        seats: 1,
    });
    NewRequest::new(CLIENT, CONTACT, ServiceId::new(5), wish, None).unwrap()
}

fn pending() -> Request {
    Request::submit(RequestId::new(6), new(), 0, now(), Some(72)).unwrap()
}

fn offered() -> Request {
    let later = Span::of(slot().end(), 60).unwrap();
    let times = Offer::times(vec![
        proposed(),
        Proposed {
            span: later,
            technician: ANA,
        },
    ])
    .unwrap();
    pending()
        .propose(1, times, now(), now() + TimeDelta::hours(48))
        .unwrap()
}

fn approval() -> Approval {
    Approval::of_visit((STAFF, now()), proposed(), &[], &[], None).unwrap()
}

/// A request in each state, with its version.
fn requests() -> Vec<Request> {
    vec![
        pending(),
        offered(),
        pending().approve(1, approval()).unwrap(),
        pending().decline(1, (STAFF, now()), None, false).unwrap(),
        pending().withdraw(now()).unwrap(),
        pending().expire(now() + TimeDelta::hours(72)).unwrap(),
    ]
}

fn undo() -> Undo {
    Undo {
        window_min: 10,
        letters_released: false,
        visit_touched: false,
    }
}

#[test]
fn every_step_of_a_request_from_every_state() {
    type Step = fn(Request) -> Result<Request, Refusal>;
    let over = |r: Request| r.expire(now() + TimeDelta::days(30));
    let steps: [(&str, Step); 9] = [
        ("edit", |r| {
            let v = r.version;
            r.edit(v, new(), now(), Some(72))
        }),
        ("withdraw", |r| r.withdraw(now())),
        ("approve", |r| {
            let v = r.version;
            r.approve(v, approval())
        }),
        ("decline", |r| {
            let v = r.version;
            r.decline(v, (STAFF, now()), None, false)
        }),
        ("propose", |r| {
            let v = r.version;
            r.propose(
                v,
                Offer::times(vec![proposed()])?,
                now(),
                now() + TimeDelta::hours(1),
            )
        }),
        ("accept", |r| {
            let v = r.version;
            r.accept(v, proposed(), (CONTACT, now()), &[])
        }),
        ("refuse", |r| {
            let v = r.version;
            r.refuse(v, now())
        }),
        ("expire", over),
        ("undo", |r| {
            let v = r.version;
            r.undo(v, (STAFF, now()), undo())
        }),
    ];
    use RequestStatus::{Approved, Cancelled, Declined, Pending};
    // Rows as above; columns: pending, offered, approved, declined, cancelled, expired.
    let final_ones = [
        Err(AlreadyDecided),
        Err(AlreadyDecided),
        Err(AlreadyCancelled),
        Err(Expired),
    ];
    let row = |pending, offered| [vec![pending, offered], final_ones.to_vec()].concat();
    let table: [Vec<Result<RequestStatus, Refusal>>; 9] = [
        row(Ok(Pending), Ok(Pending)),
        row(Ok(Cancelled), Ok(Cancelled)),
        row(Ok(Approved), Ok(Approved)),
        row(Ok(Declined), Ok(Declined)),
        row(Ok(Pending), Ok(Pending)),
        row(Err(NotAwaitingClient), Ok(Approved)),
        row(Err(NotAwaitingClient), Ok(Pending)),
        row(Ok(RequestStatus::Expired), Ok(RequestStatus::Expired)),
        vec![
            Err(WrongState),
            Err(WrongState),
            Ok(Pending),
            Err(WrongState),
            Err(WrongState),
            Err(WrongState),
        ],
    ];
    for ((name, step), expected) in steps.iter().zip(table) {
        for (request, expected) in requests().into_iter().zip(expected) {
            let (from, version) = (request.status(), request.version);
            let after = step(request);
            assert_eq!(
                after.as_ref().map(Request::status).map_err(|r| *r),
                expected,
                "{name} from {from}"
            );
            assert!(
                after.is_err() || after.is_ok_and(|r| r.version == version + 1),
                "{name} raises the version"
            );
        }
    }
}

#[test]
fn a_stale_form_decides_nothing() {
    let table: [fn(Request) -> Result<Request, Refusal>; 6] = [
        |r| r.edit(7, new(), now(), None),
        |r| r.approve(7, approval()),
        |r| r.decline(7, (STAFF, now()), None, false),
        |r| {
            r.propose(
                7,
                Offer::times(vec![proposed()])?,
                now(),
                now() + TimeDelta::hours(1),
            )
        },
        |r| r.accept(7, proposed(), (CONTACT, now()), &[]),
        |r| r.refuse(7, now()),
    ];
    for step in table {
        assert_eq!(step(offered()), Err(Stale));
    }
    let approved = pending().approve(1, approval()).unwrap();
    assert_eq!(approved.undo(1, (STAFF, now()), undo()), Err(Stale));
}

#[test]
fn submitting_has_its_limits() {
    let submit = |open, now, hours| Request::submit(RequestId::new(6), new(), open, now, hours);
    assert!(submit(19, now(), None).is_ok());
    assert_eq!(submit(20, now(), None), Err(TooManyOpen));
    assert_eq!(submit(0, slot().start(), None), Err(InThePast));
    // A hold ends after 72 hours or at the start, whichever is first (decision 3).
    assert_eq!(
        hold_expiry(now(), slot().start(), 72),
        now() + TimeDelta::hours(72)
    );
    assert_eq!(
        hold_expiry(slot().start() - TimeDelta::hours(1), slot().start(), 72),
        slot().start()
    );
    assert_eq!(hold_expiry(now(), slot().start(), u32::MAX), slot().start());
    let expires = |r: Request| match r.state {
        RequestState::Pending { expires, .. } => expires,
        _ => panic!("pending"),
    };
    assert_eq!(
        expires(submit(0, now(), Some(72)).unwrap()),
        Some(now() + TimeDelta::hours(72))
    );
    assert_eq!(
        expires(submit(0, now(), None).unwrap()),
        Some(slot().start())
    );
    let wish = |span, seats| {
        Wish::Appointment(WantedSlot {
            span,
            technician: None,
            seats,
        })
    };
    let make = |wish| NewRequest::new(CLIENT, CONTACT, ServiceId::new(5), wish, None).map(|_| ());
    assert_eq!(make(wish(slot(), 0)), Err(BadAmount));
    for (minutes, expected) in [
        (4, Err(BadLength)),
        (5, Ok(())),
        (1440, Ok(())),
        (1441, Err(BadLength)),
    ] {
        assert_eq!(
            make(wish(Span::of(now(), minutes).unwrap(), 1)),
            expected,
            "{minutes}"
        );
    }
}

#[test]
fn windows_of_dates_expire_never_by_themselves_and_are_bounded() {
    let day = |text: &str| text.parse::<chrono::NaiveDate>().unwrap();
    let window = |first, last| DateWindow::new(day(first), day(last), day("2026-03-02"));
    assert!(window("2026-03-02", "2026-03-02").is_ok());
    assert!(window("2026-03-01", "2026-03-02").is_ok());
    for (first, last) in [
        ("2026-03-05", "2026-03-04"),
        ("2026-02-01", "2026-03-01"),
        ("2026-03-02", "2027-03-04"),
    ] {
        assert_eq!(window(first, last), Err(BadDateWindow), "{first}–{last}");
    }
    let wish = Wish::Issue {
        window: window("2026-03-02", "2026-03-09").unwrap(),
        length_min: 60,
    };
    let new = NewRequest::new(CLIENT, CONTACT, ServiceId::new(5), wish, None).unwrap();
    let request = Request::submit(RequestId::new(6), new, 0, now(), Some(72)).unwrap();
    assert_eq!(
        request.clone().expire(at("2030-01-01T00:00:00Z")),
        Err(NotExpired)
    );
    let series = Approval::of_series((STAFF, now()), ANA, vec![], false).unwrap();
    assert_eq!(request.clone().approve(1, series), Err(KindMismatch));
    assert!(request.approve(1, approval()).is_ok());
}

#[test]
fn an_overdue_request_can_only_expire() {
    let end = now() + TimeDelta::hours(72);
    let late = Approval::of_visit((STAFF, end), proposed(), &[], &[], None).unwrap();
    assert_eq!(pending().approve(1, late), Err(Expired));
    assert_eq!(pending().edit(1, new(), end, None), Err(Expired));
    assert_eq!(
        pending().expire(end - TimeDelta::seconds(1)),
        Err(NotExpired)
    );
    assert!(pending().expire(end).is_ok());
    assert!(pending().withdraw(end).is_ok());
}

#[test]
fn approving_passes_hard_rules_and_records_why_soft_ones_do_not_count() {
    let clash = Clash::Booking {
        booking: None,
        span: slot(),
    };
    let because = Some(Reason::parse("she asked on the phone").unwrap());
    let approve = |clashes: &[Clash], objections: &[Objection], reason| {
        Approval::of_visit((STAFF, now()), proposed(), clashes, objections, reason).map(|_| ())
    };
    assert_eq!(approve(&[clash], &[], because.clone()), Err(SlotTaken));
    assert_eq!(
        approve(&[Clash::NotQualified], &[], because.clone()),
        Err(NotQualified)
    );
    assert_eq!(
        approve(&[Clash::Inactive], &[], None),
        Err(TechnicianInactive)
    );
    assert_eq!(
        approve(&[], &[Objection::TimeOff], None),
        Err(OverrideNeeded)
    );
    assert_eq!(approve(&[], &[Objection::TimeOff], because), Ok(()));
    let (mine, other) = (CLIENT, ClientId::new(9));
    assert!(approval().with_ticket(TicketId::new(1), mine, mine).is_ok());
    assert_eq!(
        approval().with_ticket(TicketId::new(1), other, mine),
        Err(TicketOfAnotherClient)
    );
    let local = "2026-03-29T10:00:00".parse().unwrap();
    assert_eq!(
        Approval::of_series((STAFF, now()), ANA, vec![local], false),
        Err(OccurrencesConflict)
    );
    assert!(Approval::of_series((STAFF, now()), ANA, vec![local], true).is_ok());
}

#[test]
fn declining_may_need_a_reason() {
    assert_eq!(
        pending().decline(1, (STAFF, now()), None, true),
        Err(ReasonRequired)
    );
    let reason = Some(Reason::parse("no").unwrap());
    assert!(pending().decline(1, (STAFF, now()), reason, true).is_ok());
}

#[test]
fn an_offer_is_answered_as_it_was_made() {
    assert!(offered().awaits_client() && !pending().awaits_client());
    let other = Proposed {
        technician: TechnicianId::new(99),
        ..proposed()
    };
    assert_eq!(
        offered().accept(2, other, (CONTACT, now()), &[]),
        Err(NotProposed)
    );
    let clash = Clash::Booking {
        booking: None,
        span: slot(),
    };
    assert_eq!(
        offered().accept(2, proposed(), (CONTACT, now()), &[clash]),
        Err(SlotTaken)
    );
    let late = now() + TimeDelta::hours(48);
    assert_eq!(
        offered().accept(2, proposed(), (CONTACT, late), &[]),
        Err(Expired)
    );
    assert_eq!(Offer::times(vec![]), Err(BadProposal));
    let four = (0..4)
        .map(|n| Proposed {
            span: Span::of(slot().start(), 60 + n).unwrap(),
            technician: ANA,
        })
        .collect();
    assert_eq!(Offer::times(four), Err(BadProposal));
    let past = Offer::times(vec![Proposed {
        span: Span::of(now(), 60).unwrap(),
        technician: ANA,
    }])
    .unwrap();
    assert_eq!(
        pending().propose(1, past, now(), slot().start()),
        Err(BadProposal)
    );
    // A quote that is accepted fixes the price.
    let quote = Offer::Quote {
        price: Price::new(4_200).unwrap(),
        note: None,
        time: proposed(),
    };
    let quoted = pending().propose(1, quote, now(), slot().start()).unwrap();
    let approved = quoted.accept(2, proposed(), (CONTACT, now()), &[]).unwrap();
    let RequestState::Approved { approval, .. } = approved.state else {
        panic!("approved")
    };
    assert_eq!(approval.price().map(Price::minor), Some(4_200));
    assert_eq!(
        (Price::new(-1), Price::new(i64::MAX)),
        (Err(BadPrice), Err(BadPrice))
    );
}

#[test]
fn undo_is_the_approver_s_while_nothing_is_out() {
    let approved = || pending().approve(1, approval()).unwrap();
    let late = now() + TimeDelta::minutes(10);
    let table = [
        ((STAFF, late), undo(), None),
        (
            (STAFF, late + TimeDelta::seconds(1)),
            undo(),
            Some(UndoTooLate),
        ),
        ((CONTACT, now()), undo(), Some(NotAllowed)),
        (
            (STAFF, now()),
            Undo {
                letters_released: true,
                ..undo()
            },
            Some(UndoTooLate),
        ),
        (
            (STAFF, now()),
            Undo {
                visit_touched: true,
                ..undo()
            },
            Some(VisitTouched),
        ),
    ];
    for (who, undo, refusal) in table {
        assert_eq!(
            approved().undo(2, who, undo).err(),
            refusal,
            "{who:?} {undo:?}"
        );
    }
    let back = approved().undo(2, (STAFF, now()), undo()).unwrap();
    assert_eq!(back.state, pending().state, "with the expiry it had");
}

fn visit() -> Visit {
    Visit::schedule(VisitId::new(1), slot())
}

#[test]
fn every_step_of_a_visit_from_every_state() {
    let start = slot().start();
    let to = VisitId::new(2);
    let other = Span::of(slot().end(), 60).unwrap();
    let visits = || {
        [
            visit(),
            visit().start(1, start).unwrap(),
            visit().complete(1, start).unwrap(),
            visit().cancel(1, start, None).unwrap(),
            visit().no_show(1, start).unwrap(),
            visit().reschedule(1, to, other).unwrap().0,
        ]
    };
    type Step<'a> = &'a dyn Fn(Visit) -> Result<Visit, Refusal>;
    let steps: [(&str, Step); 6] = [
        ("start", &|v| {
            let n = v.version;
            v.start(n, start)
        }),
        ("complete", &|v| {
            let n = v.version;
            v.complete(n, start)
        }),
        ("cancel", &|v| {
            let n = v.version;
            v.cancel(n, start, None)
        }),
        ("no-show", &|v| {
            let n = v.version;
            v.no_show(n, start)
        }),
        ("reschedule", &|v| {
            let n = v.version;
            v.reschedule(n, to, other).map(|(old, _)| old)
        }),
        ("correct", &|v| {
            let n = v.version;
            v.correct(n, Correction::Completed, start, None)
        }),
    ];
    use VisitStatus::{Completed, InProgress, NoShow, Rescheduled};
    let (done, gone, moved) = (Err(WrongState), Err(AlreadyCancelled), Err(Final));
    let under_way = Err(AlreadyStarted);
    // Columns: scheduled, in progress, completed, cancelled, no-show, rescheduled.
    let table: [[Result<VisitStatus, Refusal>; 6]; 6] = [
        [Ok(InProgress), under_way, done, gone, done, moved],
        [Ok(Completed), Ok(Completed), done, gone, done, moved],
        [
            Ok(VisitStatus::Cancelled),
            under_way,
            done,
            gone,
            done,
            moved,
        ],
        [Ok(NoShow), under_way, done, gone, done, moved],
        [Ok(Rescheduled), under_way, done, gone, done, moved],
        [
            Err(WrongState),
            under_way,
            Err(NothingChanged),
            gone,
            Ok(Completed),
            moved,
        ],
    ];
    for ((name, step), expected) in steps.iter().zip(table) {
        for (visit, expected) in visits().into_iter().zip(expected) {
            let from = visit.status();
            assert_eq!(
                step(visit).map(|v| v.status()),
                expected,
                "{name} from {from}"
            );
        }
    }
    assert_eq!(visit().start(2, start), Err(Stale));
    assert_eq!(visit().cancel(2, start, None), Err(Stale));
}

#[test]
fn a_visit_s_guards() {
    let start = slot().start();
    let early = start - TimeDelta::seconds(1);
    assert_eq!(visit().no_show(1, early), Err(NotStarted));
    assert_eq!(visit().complete(1, early), Err(NotStarted));
    assert!(visit().start(1, early).is_ok());
    assert_eq!(
        visit().reschedule(1, VisitId::new(2), slot()),
        Err(NothingChanged)
    );
    let (old, new) = visit()
        .reschedule(1, VisitId::new(2), Span::of(slot().end(), 60).unwrap())
        .unwrap();
    assert_eq!(
        (old.span, old.state),
        (slot(), VisitState::Rescheduled { to: new.id })
    );
    let done = || visit().complete(1, start).unwrap();
    let week = start + TimeDelta::days(7);
    assert!(done().correct(2, Correction::NoShow, week, None).is_ok());
    assert_eq!(
        done().correct(2, Correction::NoShow, week + TimeDelta::seconds(1), None),
        Err(CorrectionTooLate)
    );
    // Correcting again and again does not prolong the week.
    let twice = done().correct(2, Correction::NoShow, week, None).unwrap();
    assert_eq!(
        twice.correct(3, Correction::Completed, week + TimeDelta::seconds(1), None),
        Err(CorrectionTooLate)
    );
    assert_eq!(
        Visit::record(VisitId::new(1), slot(), Correction::Completed, early),
        Err(NotStarted)
    );
    assert_eq!(
        Visit::record(VisitId::new(1), slot(), Correction::Cancelled, start),
        Err(WrongState)
    );
    assert!(Visit::record(VisitId::new(1), slot(), Correction::NoShow, start).is_ok());
}

fn wanted() -> Wanted {
    Wanted {
        notes: Some("the blue one".to_owned()),
        time: Span::of(slot().end(), 60).ok().map(WantedTime::Exact),
        ..Wanted::default()
    }
}

fn change() -> Change {
    Change::submit(
        (ChangeId::new(1), CONTACT),
        &visit(),
        wanted(),
        false,
        (&CutOff::None, now(), &Tz::UTC),
    )
    .unwrap()
}

#[test]
fn every_step_of_a_change_from_every_state() {
    let start = slot().start();
    let changes = || {
        [
            change(),
            change()
                .approve(1, (STAFF, now()), &visit(), None, &[])
                .unwrap(),
            change().decline(1, (STAFF, now()), None, false).unwrap(),
            change().withdraw(now()).unwrap(),
            change().supersede(now()).unwrap(),
            change().expire(&visit(), start).unwrap(),
        ]
    };
    type Step = fn(Change) -> Result<Change, Refusal>;
    let steps: [(Step, &str); 5] = [
        (
            |c| {
                let v = c.version;
                c.approve(v, (STAFF, now()), &visit(), None, &[])
            },
            "approved",
        ),
        (
            |c| {
                let v = c.version;
                c.decline(v, (STAFF, now()), None, false)
            },
            "declined",
        ),
        (|c| c.withdraw(now()), "withdrawn"),
        (|c| c.supersede(now()), "superseded"),
        (|c| c.expire(&visit(), slot().start()), "expired"),
    ];
    let refusals = [
        None,
        Some(AlreadyDecided),
        Some(AlreadyDecided),
        Some(AlreadyCancelled),
        Some(Final),
        Some(Expired),
    ];
    for (step, word) in steps {
        for (change, refusal) in changes().into_iter().zip(refusals) {
            let from = change.status();
            let expected = refusal.map_or(Ok(word), Err);
            assert_eq!(
                step(change).map(|c| c.status().as_str()),
                expected,
                "{word} from {from}"
            );
        }
    }
    assert_eq!(
        change().approve(2, (STAFF, now()), &visit(), None, &[]),
        Err(Stale)
    );
    assert_eq!(
        change().decline(1, (STAFF, now()), None, true),
        Err(ReasonRequired)
    );
    assert_eq!(
        change().expire(&visit(), start - TimeDelta::seconds(1)),
        Err(NotExpired)
    );
}

#[test]
fn a_change_s_guards() {
    let submit = |visit: &Visit, wanted, open, cut_off, now| {
        Change::submit(
            (ChangeId::new(1), CONTACT),
            visit,
            wanted,
            open,
            (&cut_off, now, &Tz::UTC),
        )
        .map(|_| ())
    };
    let start = slot().start();
    let day = CutOff::HoursBefore(24);
    assert_eq!(
        submit(&visit(), wanted(), true, day, now()),
        Err(ChangeOpen)
    );
    assert_eq!(
        submit(&visit(), Wanted::default(), false, day, now()),
        Err(NothingChanged)
    );
    let same = Wanted {
        time: Some(WantedTime::Exact(slot())),
        ..Wanted::default()
    };
    assert_eq!(
        submit(&visit(), same, false, day, now()),
        Err(NothingChanged)
    );
    assert_eq!(
        submit(&visit(), wanted(), false, day, start - TimeDelta::hours(24)),
        Ok(())
    );
    assert_eq!(
        submit(
            &visit(),
            wanted(),
            false,
            day,
            start - TimeDelta::seconds(86_399)
        ),
        Err(ChangeCutOffPassed)
    );
    assert_eq!(
        submit(&visit(), wanted(), false, CutOff::None, start),
        Err(AlreadyStarted)
    );
    let cancelled = visit().cancel(1, now(), None).unwrap();
    assert_eq!(
        submit(&cancelled, wanted(), false, day, now()),
        Err(AlreadyCancelled)
    );
    // Field by field: fewer, not other ones.
    let only = |wanted| {
        change()
            .approve(1, (STAFF, now()), &visit(), Some(wanted), &[])
            .map(|c| c.state)
    };
    let notes = Wanted {
        time: None,
        ..wanted()
    };
    let accepted = Ask::Change(notes.clone());
    assert_eq!(
        only(notes),
        Ok(ChangeState::Approved {
            by: Some(STAFF),
            at: now(),
            accepted
        })
    );
    assert_eq!(
        only(Wanted {
            time: Some(WantedTime::Exact(slot())),
            ..Wanted::default()
        }),
        Err(NotProposed)
    );
    assert_eq!(only(Wanted::default()), Err(NothingChanged));
    // Of a block staff choose the time: one in it, as long as was asked.
    let in_block = |time| {
        let wanted = Wanted {
            time: Some(WantedTime::Block {
                within: Span::of(slot().end(), 180).unwrap(),
                length_min: 60,
            }),
            ..Wanted::default()
        };
        let asked = Change::submit(
            (ChangeId::new(1), CONTACT),
            &visit(),
            wanted,
            false,
            (&CutOff::None, now(), &Tz::UTC),
        );
        let chosen = Wanted {
            time: Some(time),
            ..Wanted::default()
        };
        asked
            .and_then(|asked| asked.approve(1, (STAFF, now()), &visit(), Some(chosen), &[]))
            .map(|_| ())
    };
    let exact = |start, length| WantedTime::Exact(Span::of(start, length).unwrap());
    assert_eq!(in_block(exact(slot().end(), 60)), Ok(()));
    assert_eq!(in_block(exact(slot().end(), 90)), Err(NotProposed));
    assert_eq!(in_block(exact(slot().start(), 60)), Err(NotProposed));
    assert_eq!(
        change().approve(1, (STAFF, start), &visit(), None, &[]),
        Err(AlreadyStarted)
    );
    assert_eq!(
        change().approve(1, (STAFF, now()), &visit(), None, &[Clash::Inactive]),
        Err(TechnicianInactive)
    );
}

#[test]
fn cancelling_follows_the_policy() {
    let start = slot().start();
    let day = CancellationPolicy::AtOnceBefore(CutOff::HoursBefore(24));
    let table = [
        (
            CancellationPolicy::NotAllowed,
            now(),
            Err(CancellationNotAllowed),
        ),
        (
            CancellationPolicy::AtOnce,
            start - TimeDelta::seconds(1),
            Ok("approved"),
        ),
        (CancellationPolicy::AtOnce, start, Err(AlreadyStarted)),
        (day, start - TimeDelta::hours(24), Ok("approved")),
        (day, start - TimeDelta::seconds(86_399), Ok("pending")),
        (CancellationPolicy::Reviewed, now(), Ok("pending")),
    ];
    let rules = |policy| CancellationRules {
        until: CutOff::None,
        policy,
    };
    for (policy, now, expected) in table {
        let ask = Change::cancel(
            (ChangeId::new(1), CONTACT),
            &visit(),
            None,
            false,
            (&rules(policy), now, &Tz::UTC),
        );
        assert_eq!(
            ask.map(|c| c.status().as_str()),
            expected,
            "{policy:?} {now}"
        );
    }
    let twice = Change::cancel(
        (ChangeId::new(1), CONTACT),
        &visit(),
        None,
        true,
        (&rules(day), now(), &Tz::UTC),
    );
    assert_eq!(twice, Err(ChangeOpen));
    // After HH:MM of the day before is exclusive, on the business's clock: 17:00 in Madrid is 16:00 UTC.
    let evening = CutOff::NotTomorrowAfter(ClockTime::new(17 * 60).unwrap());
    let in_time = |text| {
        rules(CancellationPolicy::AtOnceBefore(evening)).answer(
            at(text),
            &Tz::Europe__Madrid,
            start,
        )
    };
    assert_eq!(
        in_time("2026-03-19T15:59:59Z"),
        Ok(CancellationAnswer::Accepted)
    );
    assert_eq!(
        in_time("2026-03-19T16:00:00Z"),
        Ok(CancellationAnswer::Late)
    );
    assert_eq!(
        in_time("2026-03-18T23:30:00Z"),
        Ok(CancellationAnswer::Accepted)
    );
    let until = CancellationRules {
        until: CutOff::HoursBefore(2),
        policy: CancellationPolicy::AtOnce,
    };
    let late = |seconds| until.answer(start - TimeDelta::seconds(seconds), &Tz::UTC, start);
    assert_eq!(late(7_200), Ok(CancellationAnswer::Accepted));
    assert_eq!(late(7_199), Err(CancellationCutOffPassed));
    assert_eq!(
        in_time("2026-03-20T00:00:00Z"),
        Ok(CancellationAnswer::Late)
    );
}
