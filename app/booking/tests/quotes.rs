//! The arithmetic of quotes: examples from paper, and the laws that hold for every quote.

#![expect(clippy::unwrap_used, reason = "what cannot be read fails the test")]

use booking::offer::{Amount, HIGHEST_TAX_BP, MOST_HUNDREDTHS, MOST_LINES, Totals, totals};
use booking::refusal::Refusal;
use booking::service::Price;
use proptest::prelude::*;

fn line(hundredths: u32, minor: i64) -> Amount {
    Amount::new(hundredths, Price::new(minor).unwrap()).unwrap()
}

fn sums(totals: Totals) -> (i64, i64, i64) {
    (totals.net.minor(), totals.tax.minor(), totals.gross.minor())
}

#[test]
fn quotes_add_up_as_on_paper() {
    for (lines, tax, expected) in [
        // Three hours at 45.00 and one call-out at 20.00, 21 %.
        (
            vec![line(300, 4_500), line(100, 2_000)],
            2_100,
            (15_500, 3_255, 18_755),
        ),
        // A third of an hour at 10.00 is 3.30; half a cent goes up.
        (vec![line(33, 1_000)], 0, (330, 0, 330)),
        (vec![line(50, 1)], 0, (1, 0, 1)),
        (vec![line(49, 1)], 0, (0, 0, 0)),
        // Each line by itself: twice half a cent is two cents.
        (vec![line(50, 1), line(50, 1)], 0, (2, 0, 2)),
        // The tax once, on the sum: 0.5 + 0.5 of 1.00 each at 0.5 % would be 2, on 2.00 it is 1.
        (vec![line(100, 100), line(100, 100)], 50, (200, 1, 201)),
        // Half a cent of tax goes up.
        (vec![line(100, 10)], 500, (10, 1, 11)),
        (vec![line(100, 0)], 1_900, (0, 0, 0)),
    ] {
        assert_eq!(
            sums(totals(&lines, tax).unwrap()),
            expected,
            "{lines:?} {tax}"
        );
    }
}

#[test]
fn what_is_no_quote_is_refused() {
    let one = line(100, 100);
    assert_eq!(totals(&[], 0), Err(Refusal::BadAmount));
    assert_eq!(totals(&[one; MOST_LINES + 1], 0), Err(Refusal::BadAmount));
    assert_eq!(totals(&[one], HIGHEST_TAX_BP + 1), Err(Refusal::BadAmount));
    let most = line(100, 10_000_000_000);
    assert_eq!(totals(&[most, one], 0), Err(Refusal::BadPrice));
    assert_eq!(totals(&[most], 1), Err(Refusal::BadPrice));
    assert_eq!(
        totals(&[line(101, 10_000_000_000)], 0),
        Err(Refusal::BadPrice)
    );
    let price = Price::new(1).unwrap();
    assert_eq!(Amount::new(0, price), Err(Refusal::BadAmount));
    assert_eq!(
        Amount::new(MOST_HUNDREDTHS + 1, price),
        Err(Refusal::BadAmount)
    );
}

fn amounts() -> impl Strategy<Value = Vec<Amount>> {
    prop::collection::vec((1..=MOST_HUNDREDTHS, 0..=4_000_i64), 1..=MOST_LINES)
        .prop_map(|all| all.into_iter().map(|(n, minor)| line(n, minor)).collect())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]

    /// Against the rule in words: no line and no tax is farther from the exact amount than half of the smallest unit, and
    /// one that is exactly half way went up.
    #[test]
    fn rounding_is_half_upwards((lines, tax) in (amounts(), 0..=HIGHEST_TAX_BP)) {
        let found = totals(&lines, tax).unwrap();
        let mut net = 0_i128;
        for line in &lines {
            let exact = i128::from(line.unit().minor()) * i128::from(line.hundredths());
            let rounded = i128::from(line.total().unwrap().minor());
            let above = rounded * 100 - exact;
            prop_assert!((-49..=50).contains(&above), "{line:?}: {above}");
            net += rounded;
        }
        prop_assert_eq!(i128::from(found.net.minor()), net);
        let above = i128::from(found.tax.minor()) * 10_000 - net * i128::from(tax);
        prop_assert!((-4_999..=5_000).contains(&above), "{above}");
        prop_assert_eq!(found.gross.minor(), found.net.minor() + found.tax.minor());
    }

    /// The order of the lines does not matter, and another line never makes it cheaper.
    #[test]
    fn lines_add_up_in_any_order((lines, tax, more) in (amounts(), 0..=HIGHEST_TAX_BP, (1..=MOST_HUNDREDTHS, 0..=4_000_i64))) {
        let found = totals(&lines, tax).unwrap();
        let backwards: Vec<Amount> = lines.iter().rev().copied().collect();
        prop_assert_eq!(totals(&backwards, tax).unwrap(), found);
        if lines.len() < MOST_LINES {
            let mut longer = lines;
            longer.push(line(more.0, more.1));
            let dearer = totals(&longer, tax).unwrap();
            prop_assert!(dearer.gross.minor() >= found.gross.minor());
        }
    }
}
