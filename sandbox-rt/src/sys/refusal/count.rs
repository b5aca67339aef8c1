//! How often the same call was refused: the first is printed, then each tenfold.

use std::sync::atomic::{AtomicU64, Ordering};

const SLOTS: usize = 64;

struct Slot {
    key: AtomicU64,
    count: AtomicU64,
}

#[allow(clippy::declare_interior_mutable_const, reason = "only the initial value of the array below")]
const EMPTY: Slot = Slot { key: AtomicU64::new(0), count: AtomicU64::new(0) };
static SLOTS_IN_USE: [Slot; SLOTS] = [EMPTY; SLOTS];

/// Counts one more refusal of `key`. Gives the count where it should be printed.
pub(in crate::sys) fn refused(key: u64) -> Option<u64> {
    let key = key.max(1);
    for slot in &SLOTS_IN_USE {
        let taken = slot.key.compare_exchange(0, key, Ordering::AcqRel, Ordering::Acquire);
        if taken.is_ok() || taken == Err(key) {
            let count = slot.count.fetch_add(1, Ordering::Relaxed) + 1;
            return is_power_of_ten(count).then_some(count);
        }
    }
    // So many different refusals that none is worth counting.
    None
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

    #[test]
    fn repeated_refusals_are_printed_tenfold() {
        let key = 0x1234_5678;
        let printed: Vec<_> = (0..1000).filter_map(|_| refused(key)).collect();
        assert_eq!(printed, [1, 10, 100, 1000]);
    }
}
