//! Confined by `sandbox-rt`.

use std::io;
use std::time::Instant;

use sandbox_rt::sandboxed;

use crate::work::{Body, Others, Work};

/// How a process is confined, if it is at all.
#[derive(Debug, Clone, Copy)]
pub struct Variant {
    /// Its name on the command line.
    pub name: &'static str,
    /// What it is called in tables.
    pub title: &'static str,
    /// Which descriptors are open beside those that do the work.
    pub others: Others,
    /// Confines the process and runs the body in it.
    pub run: fn(&Work, Body) -> io::Result<()>,
}

/// Three descriptors.
pub const THREE: Variant =
    Variant { name: "sandbox-3", title: "sandbox-rt, 3 descriptors", others: Others::NONE, run: confined };
/// Sixteen.
pub const SIXTEEN: Variant =
    Variant { name: "sandbox-16", title: "sandbox-rt, 16 descriptors", others: Others::by_turns(13), run: confined };
/// Sixty-four.
pub const SIXTY_FOUR: Variant =
    Variant { name: "sandbox-64", title: "sandbox-rt, 64 descriptors", others: Others::by_turns(61), run: confined };
/// Sixty-four, of which those that may be read follow each other.
pub const SIXTY_FOUR_IN_A_ROW: Variant = Variant {
    name: "sandbox-64-in-a-row",
    title: "sandbox-rt, 64 descriptors in a row",
    others: Others::in_a_row(61),
    run: confined,
};

/// All of them.
pub const ALL: [Variant; 4] = [THREE, SIXTEEN, SIXTY_FOUR, SIXTY_FOUR_IN_A_ROW];

/// Three descriptors, none of them with `pread`: libseccomp would compile its rules wrong, and the engine refuses it.
pub const SECOND_ENGINE: Variant = Variant {
    name: "second-engine",
    title: "sandbox-rt, 3 descriptors, libseccomp's filter",
    others: Others::NONE,
    run: confined_without_pread,
};

#[sandboxed(fds(
    let started = Instant::now(),
    work.channel = read + write,
    work.input = pread,
    work.output = write,
    work.readable = pread,
    work.writable = write,
))]
fn confined(work: &Work, body: Body) -> io::Result<()> {
    let took = started.elapsed();
    body.run(work, took)
}

#[sandboxed(fds(
    let started = Instant::now(),
    work.channel = read + write,
    work.input = read,
    work.output = write,
))]
fn confined_without_pread(work: &Work, body: Body) -> io::Result<()> {
    let took = started.elapsed();
    body.run(work, took)
}
