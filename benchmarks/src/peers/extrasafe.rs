//! extrasafe, by its own sets of rules.

use std::time::Instant;

use extrasafe::builtins::{BasicCapabilities, SystemIO, Time};
use extrasafe::{ExtraSafeError, SafetyContext};
use sandbox_benchmarks::ours::Variant;
use sandbox_benchmarks::work::Others;

use super::failed;

pub(crate) const EXTRASAFE: Variant = Variant {
    name: "extrasafe",
    title: "extrasafe, by call",
    others: Others::NONE,
    run: |work, body| {
        let started = Instant::now();
        apply(SystemIO::nothing().allow_read().allow_write().allow_close()).map_err(failed)?;
        body.run(work, started.elapsed())
    },
};

/// It restricts by Landlock where a path is named, so one is.
pub(crate) const EXTRASAFE_AND_LANDLOCK: Variant = Variant {
    name: "extrasafe-landlock",
    title: "extrasafe, by call, and Landlock",
    others: Others::NONE,
    run: |work, body| {
        let started = Instant::now();
        apply(SystemIO::nothing().allow_read_path("/dev/null").allow_write()).map_err(failed)?;
        body.run(work, started.elapsed())
    },
};

fn apply(io: SystemIO) -> Result<(), ExtraSafeError> {
    SafetyContext::new()
        .enable(BasicCapabilities)?
        .enable(io)?
        .enable(Time::nothing().allow_gettime())?
        .apply_to_current_thread()
}
