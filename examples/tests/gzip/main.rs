//! gzip as its user sees it, next to GNU gzip, which must be installed as `gzip` in `/usr/bin` or `/bin`.

mod confinement;
mod gnu;
mod harness;
mod mishaps;
mod options;
mod process;
mod round_trip;
