//! Counts what passed and what failed, and says each check's name as it ends.

use crate::Result;
use std::fmt;

/// The count of one suite, or of all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Checks that hold.
    pub passed: usize,
    /// Checks that do not, or that could not be made.
    pub failed: usize,
}

impl Tally {
    /// One check: prints its name, and the sentence of a failure.
    pub fn check(&mut self, name: &str, answer: Result) {
        match answer {
            Ok(()) => {
                self.passed += 1;
                println!("   ✓ {name}");
            }
            Err(sentence) => {
                self.failed += 1;
                println!("   ✗ {name}: {sentence}");
            }
        }
    }

    /// Joins another count to this one.
    pub fn add(&mut self, other: &Self) {
        self.passed += other.passed;
        self.failed += other.failed;
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, to: &mut fmt::Formatter) -> fmt::Result {
        write!(to, "{} passed, {} failed", self.passed, self.failed)
    }
}
