//! What every platform needs to explain a refused call from a signal handler. Async-signal-safe: nothing here allocates
//! or locks after it was made.

pub(super) mod count;
mod line;
mod user_memory;
mod words;

pub(super) use line::Line;
pub(super) use user_memory::read_string;
pub(super) use words::Words;

/// The name of a standard stream, or a name to be filled in.
pub(super) fn stream(number: u32) -> &'static str {
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
