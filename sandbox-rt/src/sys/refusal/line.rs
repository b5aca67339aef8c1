//! One line on stderr, put together on the stack and written at once.

/// Longer than any line but one with a very long path, which is cut.
const LENGTH: usize = 600;

pub(in crate::sys) struct Line {
    bytes: [u8; LENGTH],
    used: usize,
}

impl Line {
    /// The start of every line: which function, and how often the same was refused before.
    pub(in crate::sys) fn start(function: &str, count: u64) -> Self {
        let mut line = Self { bytes: [0; LENGTH], used: 0 };
        line.text("sandboxed `").text(function).text("`: ");
        if count > 1 {
            line.text("(").number(count).text(" times) ");
        }
        line
    }

    /// Appends text; what does not fit is cut.
    pub(in crate::sys) fn text(&mut self, text: &str) -> &mut Self {
        self.raw(text.as_bytes())
    }

    /// Appends bytes of a path; what could confuse a terminal becomes `?`: control characters (the second set of them
    /// too, U+0080 to U+009F), quotes, and what is no UTF-8.
    pub(in crate::sys) fn path(&mut self, path: &[u8]) -> &mut Self {
        for chunk in path.utf8_chunks() {
            for character in chunk.valid().chars() {
                let shown = if character.is_control() || character == '"' { '?' } else { character };
                self.text(shown.encode_utf8(&mut [0; 4]));
            }
            for _ in chunk.invalid() {
                self.text("?");
            }
        }
        self
    }

    /// Appends a number in decimal.
    pub(in crate::sys) fn number(&mut self, number: u64) -> &mut Self {
        let mut digits = [0; 20];
        let mut at = digits.len();
        let mut left = number;
        loop {
            at -= 1;
            digits[at] = b"0123456789"[(left % 10) as usize];
            left /= 10;
            if left == 0 {
                break;
            }
        }
        self.raw(&digits[at..])
    }

    /// Appends a number in hexadecimal.
    pub(in crate::sys) fn hexadecimal(&mut self, number: u64) -> &mut Self {
        self.text("0x");
        let digits = (64 - number.leading_zeros()).div_ceil(4).max(1);
        for digit in (0..digits).rev() {
            self.raw(&[b"0123456789abcdef"[(number >> (digit * 4) & 0xf) as usize]]);
        }
        self
    }

    /// What is in it so far.
    #[cfg(test)]
    pub(in crate::sys) fn shown(&self) -> &str {
        str::from_utf8(&self.bytes[..self.used]).expect("text")
    }

    fn raw(&mut self, bytes: &[u8]) -> &mut Self {
        // One byte is kept for the end of the line.
        let room = LENGTH - 1 - self.used;
        let taken = bytes.len().min(room);
        self.bytes[self.used..self.used + taken].copy_from_slice(&bytes[..taken]);
        self.used += taken;
        self
    }

    /// The line with its end.
    pub(in crate::sys) fn ended(&mut self) -> &[u8] {
        self.bytes[self.used] = b'\n';
        &self.bytes[..=self.used]
    }

    /// Writes the line to stderr, to which every reporting policy may write.
    pub(in crate::sys) fn print(&mut self) {
        let line = self.ended();
        // SAFETY: the bytes are initialised and live until the call returns.
        unsafe { libc::write(libc::STDERR_FILENO, line.as_ptr().cast(), line.len()) };
    }
}
