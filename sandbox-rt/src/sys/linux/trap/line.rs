//! One line on stderr, put together on the stack and written at once.

/// Longer than any line but one with a very long path, which is cut.
const LENGTH: usize = 600;

pub(super) struct Line {
    bytes: [u8; LENGTH],
    used: usize,
}

impl Line {
    pub(super) fn new() -> Self {
        Self { bytes: [0; LENGTH], used: 0 }
    }

    /// Appends text; what does not fit is cut.
    pub(super) fn text(&mut self, text: &str) -> &mut Self {
        self.raw(text.as_bytes())
    }

    /// Appends bytes of a path; those that could confuse a terminal become `?`.
    pub(super) fn path(&mut self, path: &[u8]) -> &mut Self {
        for &byte in path {
            let shown = if byte.is_ascii_control() || byte == b'"' { b'?' } else { byte };
            self.raw(&[shown]);
        }
        self
    }

    /// Appends a number in decimal.
    pub(super) fn number(&mut self, number: u64) -> &mut Self {
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
    pub(super) fn hexadecimal(&mut self, number: u64) -> &mut Self {
        self.text("0x");
        let digits = (64 - number.leading_zeros()).div_ceil(4).max(1);
        for digit in (0..digits).rev() {
            self.raw(&[b"0123456789abcdef"[(number >> (digit * 4) & 0xf) as usize]]);
        }
        self
    }

    fn raw(&mut self, bytes: &[u8]) -> &mut Self {
        // One byte is kept for the end of the line.
        let room = LENGTH - 1 - self.used;
        let taken = bytes.len().min(room);
        self.bytes[self.used..self.used + taken].copy_from_slice(&bytes[..taken]);
        self.used += taken;
        self
    }

    /// Writes the line to stderr, to which every reporting policy may write.
    pub(super) fn print(&mut self) {
        self.bytes[self.used] = b'\n';
        self.used += 1;
        // SAFETY: the bytes are initialised and live until the call returns.
        unsafe { libc::syscall(libc::SYS_write, libc::STDERR_FILENO, self.bytes.as_ptr(), self.used) };
    }
}
