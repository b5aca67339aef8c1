//! What the fuzz targets under `fuzz/` do with their input: it is any bytes, and nothing may panic, hang or break what the
//! target promises. `tests/fuzz.rs` runs each for a bounded time with the ordinary tests.

mod attribute;
#[cfg_attr(not(target_os = "linux"), allow(dead_code, reason = "the targets of Linux use the rest"))]
mod input;
#[cfg(target_os = "linux")]
mod line;
mod lowering;
#[cfg(target_os = "linux")]
mod trap;

pub use attribute::attribute;
#[cfg(target_os = "linux")]
pub use line::line;
pub use lowering::lowering;
#[cfg(target_os = "linux")]
pub use trap::trap;

/// A target.
pub type Target = fn(&[u8]);

/// Every target by the name of its file under `fuzz/fuzz_targets`. The handler and its line are tried on Linux only.
pub const TARGETS: &[(&str, Target)] = &[
    ("attribute", attribute),
    #[cfg(target_os = "linux")]
    ("line", line),
    ("lowering", lowering),
    #[cfg(target_os = "linux")]
    ("trap", trap),
];

// The macro's phases, compiled as ordinary modules: a procedural macro can be called by the compiler only.
#[allow(dead_code, reason = "the targets use a part")]
#[path = "../../../sandbox-macros/src/check/mod.rs"]
mod check;
#[allow(dead_code, reason = "the targets use a part")]
#[path = "../../../sandbox-macros/src/derive.rs"]
mod derive;
#[allow(dead_code, reason = "the targets use a part")]
#[path = "../../../sandbox-macros/src/expand/mod.rs"]
mod expand;
#[allow(dead_code, reason = "the targets use a part")]
#[path = "../../../sandbox-macros/src/parse/mod.rs"]
mod parse;
#[allow(dead_code, reason = "the targets use a part")]
#[path = "../../../sandbox-macros/src/report.rs"]
mod report;
