//! Rights as sets, as text, and in other people's words.

mod laws;
mod suggestions;
mod text;

use proptest::prelude::*;
use proptest::sample::subsequence;
use sandbox_policy::vocabulary::{self, Row};

/// Some rows of the vocabulary.
fn rows() -> impl Strategy<Value = Vec<&'static Row>> {
    subsequence(vocabulary::rows().collect::<Vec<_>>(), 0..12)
}
