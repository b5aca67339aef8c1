//! The text of one packet, which nothing from a packet can turn into control characters.

use std::fmt::{self, Write as _};

/// Text that is put together piece by piece.
#[derive(Debug, Default)]
pub(crate) struct Line {
    text: String,
}

impl Line {
    pub(crate) fn clear(&mut self) {
        self.text.clear();
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.text
    }

    /// Adds text of the program's own.
    pub(crate) fn put(&mut self, text: impl fmt::Display) {
        // Writing to a string fails only if the text's own formatting does, which then ends there.
        let _ = write!(self.text, "{text}");
    }

    /// Adds text that came from a packet: all but printable ASCII is escaped, and so are backslashes.
    pub(crate) fn quote(&mut self, text: &[u8]) {
        self.put(text.escape_ascii());
    }

    /// Says that a header was not captured as a whole, or is not what it should be.
    pub(crate) fn broken(&mut self, header: &str, cut: bool, why: impl fmt::Display) {
        if cut {
            self.put(format_args!("[|{header}]"));
        } else {
            self.put(format_args!("[malformed {header}: {why}]"));
        }
    }
}

/// A hardware address.
pub(crate) struct Mac<'a>(pub(crate) &'a [u8]);

impl fmt::Display for Mac<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, byte) in self.0.iter().enumerate() {
            let colon = if index > 0 { ":" } else { "" };
            write!(f, "{colon}{byte:02x}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_characters_do_not_get_through() {
        let mut line = Line::default();
        line.quote(b"a\x1b]0;b\x07\n\\ \xff");
        assert_eq!(line.as_str(), r"a\x1b]0;b\x07\n\\ \xff");
        line.clear();
        line.put(Mac(&[2, 0x42, 0xff]));
        assert_eq!(line.as_str(), "02:42:ff");
    }
}
