//! `cargo xtask ci`: format, clippy and docs with warnings denied, then the tests, then other systems.

use std::ffi::OsString;
use std::process::{ExitCode, Stdio};

use crate::cross;
use crate::failure::Result;
use crate::freebsd;
use crate::groups::{Group, Selection};
use crate::paper::heading;
use crate::setup;
use crate::summary::Summary;
use crate::test;
use crate::workspace::Workspace;

/// A check that has no tests to count.
struct Check {
    name: &'static str,
    cargo: &'static [&'static str],
    /// Whether it builds the second engine.
    libseccomp: bool,
}

const CHECKS: &[Check] = &[
    Check { name: "format", cargo: &["fmt", "--all", "--check"], libseccomp: false },
    Check {
        name: "clippy",
        cargo: &["clippy", "--workspace", "--all-targets", "--locked", "--", "-D", "warnings"],
        libseccomp: false,
    },
    Check {
        name: "clippy, with libseccomp",
        cargo: &[
            "clippy",
            "-p",
            "sandbox-rt",
            "-p",
            "sandbox-benchmarks",
            "--features",
            "sandbox-rt/libseccomp,sandbox-benchmarks/bench,sandbox-benchmarks/second-engine",
            "--all-targets",
            "--locked",
            "--",
            "-D",
            "warnings",
        ],
        libseccomp: true,
    },
    Check { name: "docs", cargo: &["doc", "--workspace", "--no-deps", "--locked"], libseccomp: false },
];

pub(crate) fn main(arguments: &[OsString]) -> Result<ExitCode> {
    let selection = Selection::parse("ci", arguments, Group::ALL)?;
    setup::ensure(|group| selection.includes(group))?;
    let workspace = Workspace::here()?;
    let mut summary = Summary::new(selection.left_out());
    if selection.includes(Group::Lint) {
        for check in CHECKS.iter().filter(|check| !check.libseccomp || selection.includes(Group::Libseccomp)) {
            run(check, &workspace, &mut summary);
        }
    }
    test::run(workspace, &selection, &mut summary)?;
    other_systems(&Workspace::here()?, &selection, &mut summary);
    println!("\n{summary}");
    Ok(summary.exit_code())
}

/// Builds for the systems that this is not.
fn other_systems(workspace: &Workspace, selection: &Selection, summary: &mut Summary) {
    if selection.includes(Group::Cross)
        && let Err(failure) = cross::run(workspace, selection.options, summary)
    {
        summary.fail("cross", failure);
    }
    if selection.includes(Group::Freebsd)
        && let Err(failure) = freebsd::run(workspace, selection.options)
    {
        summary.fail("freebsd", failure);
    }
}

/// Runs one check; only its failure counts, as the total is one of tests.
fn run(check: &Check, workspace: &Workspace, summary: &mut Summary) {
    heading(check.name);
    let mut command = workspace.cargo(check.cargo);
    command.env("RUSTDOCFLAGS", "-D warnings").stdin(Stdio::null());
    match command.status() {
        Ok(status) if status.success() => {}
        Ok(status) => summary.fail(check.name, status),
        Err(error) => summary.fail(check.name, error),
    }
}
