//! The groups that tests are run and left out by, which test target belongs to which, and where each group runs.

use std::ffi::OsString;

use lexopt::prelude::{Long, Short, Value};

use crate::failure::{Failure, Result};
use crate::suggest;

/// What can be left out by `--without`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Group {
    Lint,
    Unit,
    Doc,
    Ui,
    Learn,
    Kernel,
    Entry,
    Escapes,
    Allocators,
    Fuzz,
    Net,
    Root,
    Release,
    Libseccomp,
    Demo,
    Bench,
    Cross,
    Freebsd,
}

/// Test targets by name. One that is not listed belongs to [`Group::Unit`].
const TARGETS: &[(&str, Group)] = &[
    ("ui", Group::Ui),
    // Both call cargo: the present user's to do.
    ("learn", Group::Learn),
    ("libseccomp_build", Group::Libseccomp),
    ("kernel", Group::Kernel),
    ("conformance", Group::Kernel),
    ("verdicts", Group::Kernel),
    ("entry", Group::Entry),
    ("server", Group::Entry),
    ("escapes", Group::Escapes),
    ("allocators_system", Group::Allocators),
    ("allocators_mimalloc", Group::Allocators),
    ("allocators_jemalloc", Group::Allocators),
    ("consumers", Group::Allocators),
    ("fuzz", Group::Fuzz),
    ("gzip_large", Group::Release),
    ("net", Group::Net),
    ("dhclient_servers", Group::Net),
    ("dhclient_planted", Group::Net),
    ("root", Group::Root),
    ("tcpdump_attacked", Group::Escapes),
    ("tcpdump_net", Group::Net),
];

impl Group {
    pub(crate) const ALL: &[Self] = &[
        Self::Lint,
        Self::Unit,
        Self::Doc,
        Self::Ui,
        Self::Learn,
        Self::Kernel,
        Self::Entry,
        Self::Escapes,
        Self::Allocators,
        Self::Fuzz,
        Self::Net,
        Self::Root,
        Self::Release,
        Self::Libseccomp,
        Self::Demo,
        Self::Bench,
        Self::Cross,
        Self::Freebsd,
    ];

    /// Whether it runs on the system at hand. Some are about Linux, or build for others from it.
    fn is_for(self, linux: bool) -> bool {
        let linux_only =
            [Self::Learn, Self::Net, Self::Root, Self::Libseccomp, Self::Bench, Self::Cross, Self::Freebsd];
        linux || !linux_only.contains(&self)
    }

    /// Whether only `ci` runs it.
    pub(crate) fn is_for_ci_only(self) -> bool {
        matches!(self, Self::Lint | Self::Cross | Self::Freebsd)
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Lint => "lint",
            Self::Unit => "unit",
            Self::Doc => "doc",
            Self::Ui => "ui",
            Self::Learn => "learn",
            Self::Kernel => "kernel",
            Self::Entry => "entry",
            Self::Escapes => "escapes",
            Self::Allocators => "allocators",
            Self::Fuzz => "fuzz",
            Self::Net => "net",
            Self::Root => "root",
            Self::Release => "release",
            Self::Libseccomp => "libseccomp",
            Self::Demo => "demo",
            Self::Bench => "bench",
            Self::Cross => "cross",
            Self::Freebsd => "freebsd",
        }
    }

    pub(crate) fn about(self) -> &'static str {
        match self {
            Self::Lint => "format, clippy and docs with warnings denied (`ci` only)",
            Self::Unit => "unit tests, and every test program that has no group of its own",
            Self::Doc => "the examples in the documentation",
            Self::Ui => "what the compiler refuses, and its messages (trybuild)",
            Self::Learn => "what `cargo sandbox learn` makes of whole programs, some fetched from crates.io",
            Self::Kernel => "rights × operations in the kernel",
            Self::Entry => "entering the sandbox, and faults while entering",
            Self::Escapes => "what an attacker would try",
            Self::Allocators => "programs with other allocators",
            Self::Fuzz => "random declarations and programs",
            Self::Net => "programs against real network peers",
            Self::Root => "the root-only tests, and the kernel, entry and escape tests as root",
            Self::Release => {
                "the kernel, entry and escape tests in release, entry also with LTO and panics that abort; gigabytes of data"
            }
            Self::Libseccomp => "the second engine (feature `libseccomp`)",
            Self::Demo => "`cargo xtask demo` as a test",
            Self::Bench => "the benchmarks' own tests; `cargo xtask bench` measures",
            Self::Cross => "`cargo xtask cross`: aarch64 and musl (`ci` only)",
            Self::Freebsd => "`cargo xtask freebsd` (`ci` only)",
        }
    }

    /// The group of a test target.
    pub(crate) fn of(target: &str) -> Self {
        TARGETS.iter().find(|(name, _)| *name == target).map_or(Self::Unit, |(_, group)| *group)
    }

    /// Whether a test program of this group runs at the given place.
    pub(crate) fn runs(self, place: Place) -> bool {
        match self {
            // The second engine refuses most of their policies.
            Self::Entry => place != Place::Libseccomp,
            Self::Kernel | Self::Escapes => !matches!(place, Place::Libseccomp | Place::Lto),
            Self::Unit => matches!(place, Place::Debug | Place::Libseccomp),
            Self::Allocators | Self::Fuzz | Self::Net => place == Place::Debug,
            Self::Root => place == Place::AsRoot,
            Self::Release => place == Place::Release,
            // Not run program by program.
            Self::Lint
            | Self::Doc
            | Self::Ui
            | Self::Learn
            | Self::Libseccomp
            | Self::Demo
            | Self::Bench
            | Self::Cross
            | Self::Freebsd => false,
        }
    }
}

/// How test programs are built and whom they run as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// Debug, as an ordinary user.
    Debug,
    /// Debug, as root.
    AsRoot,
    /// Release, as an ordinary user.
    Release,
    /// Release, optimised as a whole and with panics that abort, as an ordinary user.
    Lto,
    /// Debug with the second engine, as an ordinary user.
    Libseccomp,
}

/// What building for other systems may do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Options {
    /// Where a target is not installed, build its standard library from the distribution's Rust source.
    pub(crate) build_std: bool,
}

impl Options {
    /// Reads the options of `command`.
    pub(crate) fn parse(command: &str, arguments: &[OsString]) -> Result<Self> {
        let mut options = Self::default();
        let mut parser = lexopt::Parser::from_args(arguments);
        while let Some(argument) = parser.next()? {
            match argument {
                Long("build-std") => options.build_std = true,
                other => return Err(unknown_argument(command, &other, &["--build-std"])),
            }
        }
        Ok(options)
    }
}

/// Which groups run, and how.
#[derive(Debug, Default)]
pub(crate) struct Selection {
    without: Vec<Group>,
    pub(crate) options: Options,
}

impl Selection {
    /// Reads the options of `command`.
    pub(crate) fn parse(command: &str, arguments: &[OsString], allowed: &[Group]) -> Result<Self> {
        let linux = cfg!(target_os = "linux");
        let without = allowed.iter().copied().filter(|group| !group.is_for(linux)).collect();
        let mut selection = Self { without, ..Self::default() };
        let mut parser = lexopt::Parser::from_args(arguments);
        let known: &[&str] =
            if allowed.contains(&Group::Cross) { &["--without", "--build-std"] } else { &["--without"] };
        while let Some(argument) = parser.next()? {
            match argument {
                Long("build-std") if known.contains(&"--build-std") => selection.options.build_std = true,
                Long("without") => {
                    let value = parser.value()?;
                    for name in value.to_string_lossy().split(',') {
                        selection.leave_out(name.trim(), allowed)?;
                    }
                }
                other => return Err(unknown_argument(command, &other, known)),
            }
        }
        Ok(selection)
    }

    fn leave_out(&mut self, name: &str, allowed: &[Group]) -> Result<()> {
        let group = allowed.iter().find(|group| group.name() == name).ok_or_else(|| {
            let names = allowed.iter().map(|group| group.name());
            Failure::new(format!("unknown group `{name}`")).help(suggest::help("group", name, names))
        })?;
        if !self.without.contains(group) {
            self.without.push(*group);
        }
        Ok(())
    }

    pub(crate) fn includes(&self, group: Group) -> bool {
        !self.without.contains(&group)
    }

    pub(crate) fn left_out(&self) -> &[Group] {
        &self.without
    }
}

/// Refuses every argument of a command that takes none.
pub(crate) fn no_options(command: &str, arguments: &[OsString]) -> Result<()> {
    match lexopt::Parser::from_args(arguments).next()? {
        Some(argument) => Err(unknown_argument(command, &argument, &[])),
        None => Ok(()),
    }
}

pub(crate) fn unknown_argument(command: &str, argument: &lexopt::Arg<'_>, known: &[&str]) -> Failure {
    let shown = match argument {
        Long(name) => format!("--{name}"),
        Short(name) => format!("-{name}"),
        Value(value) => value.to_string_lossy().into_owned(),
    };
    let help = if known.is_empty() {
        format!("`cargo xtask {command}` takes no options")
    } else {
        suggest::help("option", &shown, known.iter().copied())
    };
    Failure::new(format!("unknown argument `{shown}`")).help(help)
}

#[cfg(test)]
mod tests {
    use super::{Group, Options, Place, Selection};

    fn parse(arguments: &[&str]) -> Result<Selection, String> {
        let arguments: Vec<_> = arguments.iter().map(Into::into).collect();
        Selection::parse("test", &arguments, Group::ALL).map_err(|failure| failure.to_string())
    }

    #[test]
    fn groups_are_left_out_by_name_once_each() {
        let selection = parse(&["--without", "net,root", "--without=net"]).expect("valid options");
        assert_eq!(selection.left_out(), [Group::Net, Group::Root]);
        assert!(!selection.includes(Group::Net));
        assert!(selection.includes(Group::Kernel));
    }

    #[test]
    fn unknown_groups_and_options_are_refused_with_the_nearest_name() {
        let group = parse(&["--without", "kernal"]).expect_err("no such group");
        assert!(group.starts_with("unknown group `kernal`\nhelp: did you mean `kernel`?"), "{group}");
        let option = parse(&["--witout=net"]).expect_err("no such option");
        assert!(option.starts_with("unknown argument `--witout`\nhelp: did you mean `--without`?"), "{option}");
        parse(&["--without"]).expect_err("`--without` needs a value");
        parse(&["net"]).expect_err("a bare group is not an option");
    }

    #[test]
    fn only_what_builds_for_other_systems_may_build_its_library() {
        assert!(parse(&["--build-std"]).expect("an option of `ci`").options.build_std);
        let refused = Selection::parse("test", &["--build-std".into()], &[Group::Unit]).expect_err("not of `test`");
        assert!(refused.to_string().contains("options: --without"), "{refused}");
        assert!(Options::parse("freebsd", &["--build-std".into()]).expect("its option").build_std);
        Options::parse("freebsd", &["--without=net".into()]).expect_err("not its option");
    }

    #[test]
    fn names_are_unique_and_found_again() {
        for group in Group::ALL {
            let selection = parse(&["--without", group.name()]).expect("every group can be left out");
            assert_eq!(selection.left_out(), [*group]);
        }
    }

    #[test]
    fn what_is_about_linux_runs_there_only() {
        assert!(Group::ALL.iter().all(|group| group.is_for(true)));
        assert!(Group::Unit.is_for(false) && Group::Ui.is_for(false) && !Group::Libseccomp.is_for(false));
    }

    #[test]
    fn unknown_targets_are_unit_tests() {
        assert_eq!(Group::of("escapes"), Group::Escapes);
        assert_eq!(Group::of("sandbox_policy"), Group::Unit);
    }

    #[test]
    fn each_target_runs_somewhere_and_root_only_as_root() {
        let places = [Place::Debug, Place::AsRoot, Place::Release, Place::Lto, Place::Libseccomp];
        let where_runs = |target| -> Vec<Place> {
            let group = Group::of(target);
            places.into_iter().filter(|place| group.runs(*place)).collect()
        };
        assert_eq!(where_runs("kernel"), [Place::Debug, Place::AsRoot, Place::Release]);
        assert_eq!(where_runs("entry"), [Place::Debug, Place::AsRoot, Place::Release, Place::Lto]);
        assert_eq!(where_runs("root"), [Place::AsRoot]);
        assert_eq!(where_runs("fuzz"), [Place::Debug]);
        assert_eq!(where_runs("gzip_large"), [Place::Release]);
        assert_eq!(where_runs("gzip"), [Place::Debug, Place::Libseccomp]);
    }
}
