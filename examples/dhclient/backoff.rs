//! When to say again what nobody has answered (RFC 2131, 4.1): after 4 seconds, then twice as long each time up to 64,
//! each give or take a second, so that clients that start together do not stay together.

use std::time::Duration;

/// The first and the longest delay, without jitter.
const FIRST: Duration = Duration::from_secs(4);
const LAST: Duration = Duration::from_secs(64);
/// A second less, and a second more.
const JITTER: Duration = Duration::from_secs(2);

/// A message that is repeated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Backoff {
    /// How often it was sent.
    pub(crate) sent: u32,
    /// When it is sent again.
    pub(crate) next: Duration,
}

impl Backoff {
    /// It is due at once.
    pub(crate) fn due(now: Duration) -> Self {
        Self { sent: 0, next: now }
    }

    /// It was sent; `random` is any number.
    pub(crate) fn sent(&mut self, now: Duration, random: u32) {
        let delay = FIRST.saturating_mul(1 << self.sent.min(8)).min(LAST);
        self.sent += 1;
        self.next = now + delay.saturating_sub(JITTER / 2) + jitter(JITTER, random);
    }
}

/// A part of `range`, as large as `random` is.
pub(crate) fn jitter(range: Duration, random: u32) -> Duration {
    range.mul_f64(f64::from(random) / f64::from(u32::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_delays_double_up_to_a_minute() {
        for (random, give) in [(0, -1.0), (u32::MAX / 2, 0.0), (u32::MAX, 1.0)] {
            let mut backoff = Backoff::due(Duration::from_secs(100));
            for delay in [4.0, 8.0, 16.0, 32.0, 64.0, 64.0, 64.0] {
                let now = backoff.next;
                backoff.sent(now, random);
                let waited = backoff.next.as_secs_f64() - now.as_secs_f64();
                assert!((waited - delay - give).abs() < 0.001, "{waited} after {} times", backoff.sent);
            }
        }
    }
}
