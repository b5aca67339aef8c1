//! seccompiler, by call and by descriptor.

use std::collections::BTreeMap;
use std::io;
use std::os::fd::{AsRawFd as _, RawFd};
use std::time::Instant;

use sandbox_benchmarks::ours::Variant;
use sandbox_benchmarks::work::{Others, Work};
use seccompiler::{
    BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompFilter, SeccompRule,
};

use super::{ALLOWED, failed, landlock};

/// Rules by the number of their call; none means that the call is allowed as it is.
type Rules = BTreeMap<i64, Vec<SeccompRule>>;

pub(crate) const SECCOMPILER: Variant = Variant {
    name: "seccompiler",
    title: "seccompiler, by call",
    others: Others::NONE,
    run: |work, body| {
        let started = Instant::now();
        apply(by_call())?;
        body.run(work, started.elapsed())
    },
};

pub(crate) const SECCOMPILER_BY_DESCRIPTOR: Variant = Variant {
    name: "seccompiler-descriptors",
    title: "seccompiler, by descriptor (3)",
    others: Others::NONE,
    run: |work, body| {
        let started = Instant::now();
        apply(by_descriptor(work)?)?;
        body.run(work, started.elapsed())
    },
};

pub(crate) const SECCOMPILER_AND_LANDLOCK: Variant = Variant {
    name: "seccompiler-landlock",
    title: "seccompiler, by call, and Landlock",
    others: Others::NONE,
    run: |work, body| {
        let started = Instant::now();
        landlock::restrict()?;
        apply(by_call())?;
        body.run(work, started.elapsed())
    },
};

fn by_call() -> Rules {
    ALLOWED.into_iter().map(|(_, call)| (call, Vec::new())).collect()
}

/// The same calls, of which those that read and write take the descriptors that they are for.
fn by_descriptor(work: &Work) -> io::Result<Rules> {
    let mut rules = by_call();
    let (channel, input) = (work.channel.as_raw_fd(), work.input.as_raw_fd());
    rules.insert(libc::SYS_read, vec![on(channel)?]);
    rules.insert(libc::SYS_pread64, vec![on(input)?]);
    rules.insert(libc::SYS_write, vec![on(channel)?, on(work.output.as_raw_fd())?, on(libc::STDERR_FILENO)?]);
    Ok(rules)
}

fn on(descriptor: RawFd) -> io::Result<SeccompRule> {
    let number = u64::from(descriptor.unsigned_abs());
    let condition = SeccompCondition::new(0, SeccompCmpArgLen::Dword, SeccompCmpOp::Eq, number).map_err(failed)?;
    SeccompRule::new(vec![condition]).map_err(failed)
}

fn apply(rules: Rules) -> io::Result<()> {
    let refused = SeccompAction::Errno(libc::EPERM.unsigned_abs());
    let arch = std::env::consts::ARCH.try_into().map_err(failed)?;
    let filter = SeccompFilter::new(rules, refused, SeccompAction::Allow, arch).map_err(failed)?;
    let program: BpfProgram = filter.try_into().map_err(failed)?;
    seccompiler::apply_filter(&program).map_err(failed)
}
