//! Building for other systems than the one at hand: with an installed target, or with a standard library that is built
//! from the distribution's source. zig is the linker, and has the other system's C library.

mod linux;
mod standard_library;
mod toolchain;
mod zig;

pub(crate) use linux::{main, run};

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

use crate::cargo::Built;
use crate::failure::{Failure, Result};
use crate::groups::Options;
use crate::paper::heading;
use crate::workspace::Workspace;

use self::toolchain::Toolchain;

/// Every package and target of the workspace.
pub(crate) const EVERYTHING: &[&str] = &["--workspace", "--all-targets"];
/// The same, without the tests of other allocators, whose C code takes longer than all the rest.
pub(crate) const WITHOUT_C: &[&str] = &["--workspace", "--all-targets", "--exclude", "sandbox-allocator-tests"];

/// A system to build for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Target {
    pub(crate) triple: &'static str,
    /// Flags for the compiler beside the usual ones.
    flags: &'static [&'static str],
}

impl Target {
    pub(crate) const FREEBSD: Self = Self { triple: "x86_64-unknown-freebsd", flags: &[] };
    pub(crate) const FREEBSD_ON_ARM: Self = Self { triple: "aarch64-unknown-freebsd", flags: &[] };
    pub(crate) const LINUX_ON_ARM: Self = Self { triple: "aarch64-unknown-linux-gnu", flags: &[] };
    /// Zig brings the start files and the C library, which Rust's own target would bring too.
    pub(crate) const MUSL: Self = Self { triple: "x86_64-unknown-linux-musl", flags: &["-Clink-self-contained=no"] };
}

/// Builds the workspace for one target.
#[derive(Debug)]
pub(crate) struct Cross<'a> {
    workspace: &'a Workspace,
    target: Target,
    toolchain: Toolchain,
    zig: PathBuf,
    folder: PathBuf,
}

impl<'a> Cross<'a> {
    /// Finds or makes what building for `target` needs: all of it beneath the workspace's target folder, but for
    /// installed packages.
    ///
    /// # Errors
    ///
    /// When there is no standard library for the target and none may be built, or something cannot be installed.
    pub(crate) fn prepare(workspace: &'a Workspace, target: Target, options: Options) -> Result<Self> {
        heading(&format!("{}: preparing", target.triple));
        let started = Instant::now();
        let folder = workspace.target.join("cross");
        let zig = zig::install(&folder)?;
        let toolchain = Toolchain::find(workspace, target, &folder, options)?;
        println!("{toolchain}, took {:.1} s", started.elapsed().as_secs_f64());
        Ok(Self { workspace, target, toolchain, zig, folder })
    }

    /// Runs clippy over everything.
    pub(crate) fn clippy(&self) -> Result<()> {
        // Another compiler than the one that the lints were chosen for has others beside them.
        let denied = if self.toolchain.is_ours() { "warnings" } else { "unused" };
        self.run("clippy", &[&["clippy"], EVERYTHING, &["--", "-D", denied]].concat())
    }

    /// Checks the types of these packages.
    pub(crate) fn check(&self, packages: &[&str]) -> Result<()> {
        self.run("checking", &[&["check"], packages].concat())
    }

    /// Builds and links these packages: libraries, programs, examples, tests.
    pub(crate) fn build(&self, packages: &[&str]) -> Result<Built> {
        let all = [&["zigbuild", "--message-format=json-render-diagnostics"], packages].concat();
        let mut built = self.timed("building", || {
            let mut command = self.command(&all);
            Built::by(command.stdin(Stdio::null()).stderr(Stdio::inherit()), self.workspace)
        })?;
        // What runs while building (macros, and their tests) is built for the system at hand.
        let place = self.folder.join("build").join(self.target.triple);
        built.tests.retain(|program| program.executable.starts_with(&place));
        built.programs.retain(|program| program.executable.starts_with(&place));
        Ok(built)
    }

    fn run(&self, what: &str, arguments: &[&str]) -> Result<()> {
        self.timed(what, || match self.command(arguments).stdin(Stdio::null()).status() {
            Ok(status) if status.success() => Ok(()),
            Ok(status) => Err(Failure::new(format!("{what} for {}: {status}", self.target.triple))),
            Err(error) => Err(Failure::new(format!("cannot run {}: {error}", self.zig.display()))),
        })
    }

    fn timed<T>(&self, what: &str, work: impl FnOnce() -> Result<T>) -> Result<T> {
        heading(&format!("{}: {what}", self.target.triple));
        let started = Instant::now();
        let result = work();
        println!("took {:.1} s", started.elapsed().as_secs_f64());
        result
    }

    /// `cargo-zigbuild` with a command of cargo's, for this target.
    fn command(&self, arguments: &[&str]) -> Command {
        let [first, rest @ ..] = arguments else { unreachable!("a command of cargo's") };
        let mut command = Command::new(self.zig.join("cargo-zigbuild"));
        command.args([first, "--locked", "--target", self.target.triple]).args(rest);
        command.current_dir(&self.workspace.root);
        self.toolchain.select(&mut command, &self.zig);
        zig::keep_inside(&mut command, &self.folder);
        command
            .env("CARGO_TARGET_DIR", self.folder.join("build"))
            // Nobody debugs these; with all of it a test program has 100 MB. Each is built once, not again and again.
            .env("CARGO_PROFILE_DEV_DEBUG", "0")
            .env("CARGO_INCREMENTAL", "0")
            .env("CARGO_ENCODED_RUSTFLAGS", self.flags());
        command
    }

    /// The compiler's flags for this target; cargo's own separator lets paths have spaces.
    fn flags(&self) -> OsString {
        let mut flags: Vec<OsString> = self.target.flags.iter().map(Into::into).collect();
        flags.extend(self.toolchain.sysroot().map(sysroot_flag));
        flags.join("\x1f".as_ref())
    }
}

fn sysroot_flag(sysroot: &Path) -> OsString {
    let mut flag = OsString::from("--sysroot=");
    flag.push(sysroot);
    flag
}
