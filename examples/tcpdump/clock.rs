//! The time of day, as the user's clock shows it.

use std::time::Duration;

use jiff::Timestamp;
use jiff::tz::TimeZone;

const DAY: i64 = 24 * 60 * 60;

/// A time zone. What it needs is read when it is made: a confined program cannot open it.
#[derive(Debug)]
pub(crate) struct Clock {
    zone: TimeZone,
    /// The second that was asked for last, and its text: packets come many to a second.
    last: Option<(u64, String)>,
}

impl Clock {
    /// The clock of this system and user (`TZ`, `/etc/localtime`).
    pub(crate) fn local() -> Self {
        Self::of(TimeZone::system())
    }

    fn of(zone: TimeZone) -> Self {
        Self { zone, last: None }
    }

    /// Hours, minutes and seconds of a time since the beginning of 1970, UTC.
    pub(crate) fn time_of_day(&mut self, time: Duration) -> &str {
        let second = time.as_secs();
        if self.last.as_ref().is_none_or(|(last, _)| *last != second) {
            self.last = None;
        }
        let zone = &self.zone;
        let (_, text) = self.last.get_or_insert_with(|| (second, text(zone, second)));
        text
    }
}

fn text(zone: &TimeZone, second: u64) -> String {
    let second = i64::try_from(second).unwrap_or(i64::MAX);
    // What no calendar reaches is shown in UTC.
    let offset = Timestamp::from_second(second).map_or(0, |time| zone.to_offset(time).seconds());
    let of_day = (second % DAY + i64::from(offset)).rem_euclid(DAY);
    format!("{:02}:{:02}:{:02}", of_day / 3600, of_day / 60 % 60, of_day % 60)
}

#[cfg(test)]
mod tests {
    use jiff::tz::{Offset, TimeZone};

    use super::*;

    #[test]
    fn the_zone_moves_the_hands() {
        let mut utc = Clock::of(TimeZone::UTC);
        assert_eq!(utc.time_of_day(Duration::from_secs(1_700_000_000)), "22:13:20");
        assert_eq!(utc.time_of_day(Duration::from_secs(1_700_000_001)), "22:13:21");
        let mut west = Clock::of(TimeZone::fixed(Offset::constant(-23)));
        assert_eq!(west.time_of_day(Duration::from_secs(1_700_000_000)), "23:13:20");
    }

    #[test]
    fn no_time_is_too_late() {
        assert_eq!(Clock::of(TimeZone::UTC).time_of_day(Duration::from_secs(u64::MAX)).len(), 8);
    }
}
