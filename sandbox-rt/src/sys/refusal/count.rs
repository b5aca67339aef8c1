//! How often the same call was refused: the first is shown, then each tenfold.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

/// How many refusals are told apart.
pub(super) const SLOTS: usize = 64;

struct Slot {
    key: AtomicU64,
    count: AtomicU64,
}

#[allow(clippy::declare_interior_mutable_const, reason = "only the initial value of the array below")]
const EMPTY: Slot = Slot { key: AtomicU64::new(0), count: AtomicU64::new(0) };
static SLOTS_IN_USE: [Slot; SLOTS] = [EMPTY; SLOTS];
static FULL: AtomicBool = AtomicBool::new(false);

/// What is to be done about a refusal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Counted {
    /// To show it, which happened so often.
    Shown(u64),
    /// Nothing.
    Silent,
    /// To say that no more can be told apart; once.
    Full,
}

/// Counts one more refusal of `key`.
pub(super) fn refused(key: u64) -> Counted {
    let key = key.max(1);
    for slot in &SLOTS_IN_USE {
        let taken = slot.key.compare_exchange(0, key, Ordering::AcqRel, Ordering::Acquire);
        if taken.is_ok() || taken == Err(key) {
            let count = slot.count.fetch_add(1, Ordering::Relaxed) + 1;
            return if is_power_of_ten(count) { Counted::Shown(count) } else { Counted::Silent };
        }
    }
    if FULL.swap(true, Ordering::Relaxed) { Counted::Silent } else { Counted::Full }
}

/// Begins anew: a fuzz target sees more refusals than a process explains.
#[cfg(all(feature = "fuzz", target_os = "linux"))]
pub(in crate::sys) fn forget() {
    for slot in &SLOTS_IN_USE {
        slot.key.store(0, Ordering::Relaxed);
        slot.count.store(0, Ordering::Relaxed);
    }
}

fn is_power_of_ten(mut count: u64) -> bool {
    while count.is_multiple_of(10) && count > 0 {
        count /= 10;
    }
    count == 1
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One test, because there is one table.
    #[test]
    fn repeated_refusals_are_shown_tenfold_until_the_table_is_full() {
        let key = 0x1234_5678;
        let shown: Vec<_> = (0..1000).map(|_| refused(key)).filter(|counted| *counted != Counted::Silent).collect();
        assert_eq!(shown, [1, 10, 100, 1000].map(Counted::Shown));
        for other in 1..SLOTS as u64 {
            assert_eq!(refused(other), Counted::Shown(1));
        }
        assert_eq!(refused(1000), Counted::Full);
        assert_eq!(refused(1001), Counted::Silent);
        assert_eq!((refused(1), refused(key)), (Counted::Silent, Counted::Silent));
    }
}
