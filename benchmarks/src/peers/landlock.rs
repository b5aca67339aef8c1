//! Landlock alone: it takes away opening by path and TCP, and leaves what is open.

use std::io;
use std::time::Instant;

use landlock::{ABI, Access, AccessFs, AccessNet, Ruleset, RulesetAttr, RulesetStatus};
use sandbox_benchmarks::ours::Variant;
use sandbox_benchmarks::work::Others;

use super::failed;

pub(crate) const LANDLOCK: Variant = Variant {
    name: "landlock",
    title: "Landlock alone",
    others: Others::NONE,
    run: |work, body| {
        let started = Instant::now();
        restrict()?;
        body.run(work, started.elapsed())
    },
};

/// Denies all files and TCP, as far as the kernel goes.
pub(super) fn restrict() -> io::Result<()> {
    let version = ABI::V6;
    let status = Ruleset::default()
        .handle_access(AccessFs::from_all(version))
        .map_err(failed)?
        .handle_access(AccessNet::from_all(version))
        .map_err(failed)?
        .create()
        .map_err(failed)?
        .restrict_self()
        .map_err(failed)?;
    if status.ruleset == RulesetStatus::NotEnforced {
        return Err(io::Error::other("this kernel has no Landlock"));
    }
    Ok(())
}
