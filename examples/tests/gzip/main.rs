//! gzip as its user sees it, next to GNU gzip, which must be installed as `gzip` in `/usr/bin` or `/bin`.

// It asks GNU gzip, word by word, and Linux of its workers. What holds everywhere is in `gzip_everywhere`.
#![cfg(target_os = "linux")]

mod confinement;
mod gnu;
mod harness;
mod mishaps;
mod options;
mod process;
mod round_trip;
