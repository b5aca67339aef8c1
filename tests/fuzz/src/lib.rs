//! What the fuzz targets under `fuzz/` do with their input: it is any bytes, and nothing may panic, hang or break what the
//! target promises. `tests/fuzz.rs` runs each for a bounded time with the ordinary tests.

mod attribute;
mod input;
mod line;
mod lowering;
mod trap;

pub use attribute::attribute;
pub use line::line;
pub use lowering::lowering;
pub use trap::trap;

/// A target.
pub type Target = fn(&[u8]);

/// Every target by the name of its file under `fuzz/fuzz_targets`.
pub const TARGETS: [(&str, Target); 4] =
    [("attribute", attribute), ("line", line), ("lowering", lowering), ("trap", trap)];

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
