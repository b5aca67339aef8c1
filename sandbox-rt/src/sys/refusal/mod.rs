//! What every platform needs to explain a refused call from a signal handler. Async-signal-safe: nothing here allocates
//! or locks after it was made.

mod count;
mod declarations;
mod line;
pub(super) mod paths;
mod user_memory;
mod words;

use count::Counted;
#[cfg(all(feature = "fuzz", target_os = "linux"))]
pub(super) use count::forget;
pub(super) use declarations::{Declarations, Subject};
pub(super) use line::Line;
pub(super) use user_memory::read_string;
pub(super) use words::Missing;
use words::Words;

/// The start of the line about a refusal, which `key` tells apart from others; none if it is not to be explained (again).
pub(super) fn line(function: &str, key: u64) -> Option<Line> {
    match count::refused(key) {
        Counted::Shown(count) => Some(Line::start(function, count)),
        Counted::Silent => None,
        Counted::Full => {
            let mut line = Line::start(function, 1);
            line.number(count::SLOTS as u64);
            line.text(" different refusals were explained; others are refused without a line").print();
            None
        }
    }
}

/// The name of a standard stream, or a name to be filled in.
fn stream(number: u32) -> &'static str {
    match number {
        0 => "stdin",
        1 => "stdout",
        2 => "stderr",
        _ => "NAME",
    }
}

/// FNV-1a: tells paths apart well enough for counting.
pub(super) fn hash(path: &[u8]) -> u32 {
    path.iter().fold(0x811c_9dc5, |hash, &byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193))
}
