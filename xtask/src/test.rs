//! `cargo xtask test`: everything that can be tested on the machine at hand, and one total.

use std::ffi::OsString;
use std::io::stdout;
use std::path::PathBuf;
use std::process::{Command, ExitCode};
use std::time::Instant;

use crate::cargo::Program;
use crate::demo;
use crate::failure::{Doing, Failure, Result};
use crate::groups::{Group, Place, Selection};
use crate::identity::{Identity, Variables};
use crate::ordinary::Ordinary;
use crate::paper::heading;
use crate::runner::{self, Count};
use crate::setup;
use crate::summary::Summary;
use crate::workspace::Workspace;

pub(crate) fn main(arguments: &[OsString]) -> Result<ExitCode> {
    let groups: Vec<Group> = Group::ALL.iter().copied().filter(|group| !group.is_for_ci_only()).collect();
    let selection = Selection::parse("test", arguments, &groups)?;
    setup::ensure(|group| !group.is_for_ci_only() && selection.includes(group))?;
    let mut summary = Summary::new(selection.left_out());
    run(Workspace::here()?, &selection, &mut summary)?;
    println!("\n{summary}");
    Ok(summary.exit_code())
}

/// Runs every group that is selected.
///
/// # Errors
///
/// When no test can be run at all. Whatever fails after that is counted in the summary.
pub(crate) fn run(workspace: Workspace, selection: &Selection, summary: &mut Summary) -> Result<()> {
    let (ordinary, workspace) = Ordinary::prepare(workspace)?;
    let libraries = ordinary.libraries(&target_libraries(&workspace)?)?;
    let session = Session { workspace, ordinary, libraries, selection };
    session.debug(summary);
    if selection.includes(Group::Ui) {
        session.ui(summary);
    }
    if selection.includes(Group::Learn) {
        // The features of the whole workspace, with which everything is built already.
        session.cargo_test("learning", &["--workspace", "--test", "learn"], summary);
    }
    if selection.includes(Group::Doc) {
        session.cargo_test("documentation", &["--workspace", "--doc"], summary);
    }
    if selection.includes(Group::Release) {
        session.release(summary);
    }
    if selection.includes(Group::Libseccomp) {
        session.libseccomp(summary);
    }
    if selection.includes(Group::Bench) {
        session.cargo_test("benchmarks", &["-p", "sandbox-benchmarks", "--features", "bench"], summary);
    }
    if selection.includes(Group::Demo) {
        heading("demo");
        match demo::play(&session.workspace) {
            Ok(()) => summary.pass(),
            Err(failure) => summary.fail("demo", failure),
        }
    }
    Ok(())
}

/// What all runs of one command share.
struct Session<'a> {
    workspace: Workspace,
    ordinary: Ordinary,
    /// Where the standard library's shared objects are.
    libraries: PathBuf,
    selection: &'a Selection,
}

impl Session<'_> {
    /// All programs as an ordinary user, and then, of the same build, those that also run as root.
    fn debug(&self, summary: &mut Summary) {
        let arguments = ["--workspace"];
        let Some(programs) = self.build(Place::Debug, &arguments, summary) else {
            return;
        };
        self.run(&programs, Place::Debug, self.ordinary.identity, summary);
        if self.selection.includes(Group::Root) && self.chosen(&programs, Place::AsRoot).next().is_some() {
            match Identity::root() {
                Ok(root) => self.run(&programs, Place::AsRoot, root, summary),
                Err(failure) => summary.fail("root", failure),
            }
        }
    }

    /// The programs that also run in release, and only those are built; then what entry makes of a program that is
    /// optimised as a whole and ends at a panic.
    fn release(&self, summary: &mut Summary) {
        let mut arguments = vec!["--release"];
        for package in &self.workspace.packages {
            let tests = package.targets.iter().filter(|target| target.kind == "test");
            for target in tests.filter(|target| Group::of(&target.name).runs(Place::Release)) {
                arguments.extend(["-p", &package.name, "--test", &target.name]);
            }
        }
        if arguments.len() > 1 {
            self.programs(Place::Release, &arguments, summary);
        }
        if self.selection.includes(Group::Entry) {
            // A target that is named keeps the flags away from build scripts and macros.
            let lto = ["--profile", "release-lto", "--target", "host-tuple", "-p", "sandbox-tests", "--test", "entry"];
            self.programs(Place::Lto, &lto, summary);
        }
    }

    /// The tests of the second engine, in the packages that have it.
    fn libseccomp(&self, summary: &mut Summary) {
        let features: Vec<(&str, String)> = ["sandbox-rt", "sandbox-tests"]
            .into_iter()
            .filter_map(|name| self.workspace.package(name))
            .filter(|package| package.features.iter().any(|feature| feature == "libseccomp"))
            .map(|package| (package.name.as_str(), format!("{}/libseccomp", package.name)))
            .collect();
        let arguments: Vec<&str> =
            features.iter().flat_map(|(package, feature)| ["-p", package, "--features", feature]).collect();
        if arguments.is_empty() {
            summary.fail("libseccomp", "no package has the feature `libseccomp`");
        } else {
            self.programs(Place::Libseccomp, &arguments, summary);
            // The programs of the other examples are refused.
            let gzip = ["-p", "sandbox-examples", "--features", "libseccomp", "--test", "gzip_libseccomp"];
            self.programs(Place::Libseccomp, &gzip, summary);
            let build = ["-p", "sandbox-tests", "--features", "libseccomp", "--test", "libseccomp_build"];
            self.cargo_test("a build without libseccomp", &build, summary);
        }
    }

    /// The compile-fail suites. They call cargo and write under the target folder: the present user's to do.
    fn ui(&self, summary: &mut Summary) {
        for package in self.workspace.packages.iter().filter(|package| package.has("test", "ui")) {
            let name = format!("{} ui", package.name);
            self.cargo_test(&name, &["-p", &package.name, "--test", "ui"], summary);
        }
    }

    fn cargo_test(&self, name: &str, arguments: &[&str], summary: &mut Summary) {
        heading(name);
        let all = [&["test", "--locked"], arguments].concat();
        let outcome = runner::run(&mut self.workspace.cargo(&all), Count::All, &mut stdout());
        summary.add(name, &outcome);
    }

    fn programs(&self, place: Place, arguments: &[&str], summary: &mut Summary) {
        if let Some(programs) = self.build(place, arguments, summary) {
            self.run(&programs, place, self.ordinary.identity, summary);
        }
    }

    fn build(&self, place: Place, arguments: &[&str], summary: &mut Summary) -> Option<Vec<Program>> {
        heading(&format!("building, {}", label(place)));
        Program::build(&self.workspace, arguments, rustflag(place))
            .map_err(|failure| summary.fail(&format!("tests, {}", label(place)), failure))
            .ok()
    }

    /// The programs that run at `place` and are not left out.
    fn chosen<'a>(&'a self, programs: &'a [Program], place: Place) -> impl Iterator<Item = &'a Program> {
        programs.iter().filter(move |program| program.group().runs(place) && self.selection.includes(program.group()))
    }

    fn run(&self, programs: &[Program], place: Place, identity: Identity, summary: &mut Summary) {
        for program in self.chosen(programs, place) {
            let name = format!("{}, {}", program.name(), label(place));
            heading(&name);
            let started = Instant::now();
            let mut command = identity.command(&program.executable, &self.variables(program, place));
            let outcome = runner::run(command.current_dir(&program.directory), Count::Last, &mut stdout());
            println!("took {:.1} s", started.elapsed().as_secs_f64());
            summary.add(&name, &outcome);
        }
    }

    fn variables(&self, program: &Program, place: Place) -> Variables {
        let mut variables = program.variables();
        variables.push(("LD_LIBRARY_PATH", self.libraries.clone().into()));
        // Snapshots are compared, never written; and their library need not ask cargo where the workspace is.
        variables.push(("INSTA_UPDATE", "no".into()));
        variables.push(("INSTA_WORKSPACE_ROOT", self.workspace.root.clone().into()));
        if place != Place::AsRoot {
            variables.extend(self.ordinary.variables());
        }
        variables
    }
}

/// What the compiler is told. Panics that abort cannot be had by a profile: cargo ignores its `panic` for test targets,
/// those without a harness too.
fn rustflag(place: Place) -> Option<&'static str> {
    match place {
        Place::Lto => Some("-Cpanic=abort"),
        Place::Debug | Place::AsRoot | Place::Release | Place::Libseccomp => None,
    }
}

fn label(place: Place) -> &'static str {
    match place {
        Place::Debug => "debug",
        Place::AsRoot => "debug, as root",
        Place::Release => "release",
        Place::Lto => "LTO and abort",
        Place::Libseccomp => "with libseccomp",
    }
}

/// The folder of the toolchain's libraries for this target.
fn target_libraries(workspace: &Workspace) -> Result<PathBuf> {
    let output = Command::new("rustc")
        .args(["--print", "target-libdir"])
        .current_dir(&workspace.root)
        .output()
        .doing("run `rustc --print target-libdir`")?;
    if !output.status.success() {
        return Err(Failure::new(format!("`rustc --print target-libdir`: {}", output.status)));
    }
    Ok(String::from_utf8_lossy(&output.stdout).trim().into())
}
