//! The table of `-l`, and the ratio that `-v` shows.

use std::io::{self, Write};

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::listing::Listing;

/// What share of the data was saved, in GNU gzip's format: `saved` of `whole` bytes.
pub(crate) fn ratio(saved: i128, whole: u64) -> String {
    #[expect(clippy::cast_precision_loss, reason = "one decimal is shown")]
    let percent = if whole == 0 { 0.0 } else { 100.0 * saved as f64 / whole as f64 };
    format!("{percent:5.1}%")
}

/// Bytes saved: what is there uncompressed, without what the compressed data takes.
pub(crate) fn saved(compressed: u64, uncompressed: u64, framing: u32) -> i128 {
    i128::from(uncompressed) - (i128::from(compressed) - i128::from(framing))
}

/// The table, as it grows.
#[derive(Debug, Default)]
pub(crate) struct Table {
    begun: bool,
    compressed: u64,
    uncompressed: u64,
    framing: u32,
}

impl Table {
    /// Adds a file; the first one brings the heading.
    pub(crate) fn row(&mut self, out: &mut impl Write, listing: &Listing, shown: Shown<'_>) -> io::Result<()> {
        if !self.begun {
            self.begun = true;
            if shown.verbose {
                write!(out, "method  crc     date  time  ")?;
            }
            if !shown.quiet {
                writeln!(out, "{:>19} {:>19}  ratio uncompressed_name", "compressed", "uncompressed")?;
            }
        }
        if shown.verbose {
            write!(out, "defla {:08x} {} ", listing.crc, local(shown.mtime))?;
        }
        self.compressed = self.compressed.saturating_add(listing.read);
        self.uncompressed = self.uncompressed.saturating_add(listing.written);
        self.framing = listing.framing;
        let saved = saved(listing.read, listing.written, listing.framing);
        let ratio = ratio(saved, listing.written);
        let name = printable(shown.name);
        writeln!(out, "{:>19} {:>19} {ratio} {name}", listing.read, listing.written)
    }

    /// The last line, of several files.
    pub(crate) fn totals(&self, out: &mut impl Write, verbose: bool) -> io::Result<()> {
        if self.compressed == 0 || self.uncompressed == 0 {
            return Ok(());
        }
        if verbose {
            write!(out, "{:28}", "")?;
        }
        let saved = saved(self.compressed, self.uncompressed, self.framing);
        let ratio = ratio(saved, self.uncompressed);
        writeln!(out, "{:>19} {:>19} {ratio} (totals)", self.compressed, self.uncompressed)
    }
}

/// How a row is to look, and what it takes from the file rather than from the data.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Shown<'a> {
    pub(crate) verbose: bool,
    pub(crate) quiet: bool,
    pub(crate) mtime: i64,
    pub(crate) name: &'a str,
}

/// Month, day, hour and minute where the user is.
fn local(seconds: i64) -> String {
    let time = Timestamp::from_second(seconds).unwrap_or(Timestamp::UNIX_EPOCH);
    time.to_zoned(TimeZone::system()).strftime("%b %e %H:%M").to_string()
}

/// A name that cannot command a terminal: it may come from the file.
pub(crate) fn printable(name: &str) -> String {
    name.chars().map(|letter| if letter.is_control() { '?' } else { letter }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ratios_look_like_gnu_gzips() {
        assert_eq!(ratio(0, 0), "  0.0%");
        assert_eq!(ratio(saved(45_006, 108_894, 20), 108_894), " 58.7%");
        assert_eq!(ratio(saved(31, 6, 23), 6), "-33.3%");
    }

    #[test]
    fn names_are_shown_without_control_characters() {
        assert_eq!(printable("a\x1b[31mb\n"), "a?[31mb?");
    }

    #[test]
    fn totals_of_nothing_are_not_shown() {
        let mut out = Vec::new();
        Table::default().totals(&mut out, true).expect("a vector takes everything");
        assert!(out.is_empty());
    }
}
