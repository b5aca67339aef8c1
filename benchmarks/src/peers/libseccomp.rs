//! A filter by hand with libseccomp, which allows by call and looks at no argument.

use std::io;
use std::time::Instant;

use libseccomp::{ScmpAction, ScmpFilterContext, ScmpSyscall};
use sandbox_benchmarks::ours::Variant;
use sandbox_benchmarks::work::Others;

use super::{ALLOWED, failed, landlock};

pub(crate) const LIBSECCOMP: Variant = Variant {
    name: "libseccomp",
    title: "libseccomp, by call",
    others: Others::NONE,
    run: |work, body| {
        let started = Instant::now();
        filter()?;
        body.run(work, started.elapsed())
    },
};

pub(crate) const LIBSECCOMP_AND_LANDLOCK: Variant = Variant {
    name: "libseccomp-landlock",
    title: "libseccomp, by call, and Landlock",
    others: Others::NONE,
    run: |work, body| {
        let started = Instant::now();
        landlock::restrict()?;
        filter()?;
        body.run(work, started.elapsed())
    },
};

fn filter() -> io::Result<()> {
    let mut filter = ScmpFilterContext::new(ScmpAction::Errno(libc::EPERM)).map_err(failed)?;
    for (name, _) in ALLOWED {
        let call = ScmpSyscall::from_name(name).map_err(failed)?;
        filter.add_rule(ScmpAction::Allow, call).map_err(failed)?;
    }
    filter.load().map_err(failed)
}
