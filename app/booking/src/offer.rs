//! What staff answer instead of yes or no: other times, or a quote (C6). Here are the words of an offer's life and the
//! arithmetic of a quote; whole numbers only.

use serde::{Deserialize, Serialize};

use crate::refusal::{Refusal, words};
use crate::service::Price;

/// The most lines of a quote.
pub const MOST_LINES: usize = 20;
/// The largest quantity, in hundredths: 100,000.00.
pub const MOST_HUNDREDTHS: u32 = 10_000_000;
/// The highest rate of tax, in hundredths of a per cent: 100 %.
pub const HIGHEST_TAX_BP: u32 = 10_000;
/// The farthest a quote can be valid, in days.
pub const LONGEST_VALID_DAYS: i64 = 366;

words! {
    /// What is offered.
    OfferKind {
        /// Other times.
        Times => "times",
        /// A price for a time.
        Quote => "quote",
    }
}

words! {
    /// Where an offer stands. Of one request at most one is open.
    OfferStatus {
        /// The client has to answer.
        Open => "open",
        /// Taken by the client.
        Accepted => "accepted",
        /// Refused by the client.
        Refused => "refused",
        /// Staff sent another one in its place.
        Replaced => "replaced",
        /// It fell away: the request was edited, withdrawn, approved or declined meanwhile.
        Dropped => "dropped",
        /// None of its times can be had any more.
        Lost => "lost",
        /// The client did not answer in time.
        Expired => "expired",
    }
}

/// How much of what at which price.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Amount {
    hundredths: u32,
    unit: Price,
}

impl Amount {
    /// `hundredths` of a unit, 150 for one and a half, at `unit` each.
    ///
    /// # Errors
    /// [`Refusal::BadAmount`] for nothing, or more than [`MOST_HUNDREDTHS`].
    pub const fn new(hundredths: u32, unit: Price) -> Result<Self, Refusal> {
        if hundredths == 0 || hundredths > MOST_HUNDREDTHS {
            return Err(Refusal::BadAmount);
        }
        Ok(Self { hundredths, unit })
    }

    /// The quantity in hundredths.
    pub const fn hundredths(self) -> u32 {
        self.hundredths
    }

    /// The price of one.
    pub const fn unit(self) -> Price {
        self.unit
    }

    /// What the line costs: rounded to the smallest unit, a half upwards.
    ///
    /// # Errors
    /// [`Refusal::BadPrice`] beyond what a price can be.
    pub fn total(self) -> Result<Price, Refusal> {
        share(self.unit.minor(), self.hundredths, 100)
    }
}

/// What a quote comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Totals {
    /// The lines together.
    pub net: Price,
    /// The tax on them.
    pub tax: Price,
    /// Both: what the client pays.
    pub gross: Price,
}

/// What a quote comes to. The rule: each line is rounded by itself, so that the column adds up on paper; the tax is worked
/// out once, on the sum, and rounded then. A half of the smallest unit is rounded upwards, both times.
///
/// # Errors
/// [`Refusal::BadAmount`] for no line or more than [`MOST_LINES`], or a rate above [`HIGHEST_TAX_BP`];
/// [`Refusal::BadPrice`] beyond what a price can be.
pub fn totals(lines: &[Amount], tax_bp: u32) -> Result<Totals, Refusal> {
    if lines.is_empty() || lines.len() > MOST_LINES || tax_bp > HIGHEST_TAX_BP {
        return Err(Refusal::BadAmount);
    }
    let mut net = 0_i64;
    for line in lines {
        net = net
            .checked_add(line.total()?.minor())
            .ok_or(Refusal::BadPrice)?;
    }
    let net = Price::new(net)?;
    let tax = share(net.minor(), tax_bp, 10_000)?;
    let gross = net
        .minor()
        .checked_add(tax.minor())
        .ok_or(Refusal::BadPrice)?;
    Ok(Totals {
        net,
        tax,
        gross: Price::new(gross)?,
    })
}

/// `parts` of `whole` of an amount that is not negative, a half upwards.
fn share(amount: i64, parts: u32, whole: i64) -> Result<Price, Refusal> {
    let exact = i128::from(amount) * i128::from(parts);
    let whole = i128::from(whole);
    let rounded = (exact * 2 + whole) / (whole * 2);
    let rounded = i64::try_from(rounded).map_err(|_| Refusal::BadPrice)?;
    Price::new(rounded)
}
