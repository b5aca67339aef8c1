//! The compiler for a target: the one at hand where the target is installed, else the distribution's, whose source is
//! packaged with it.

use std::ffi::OsString;
use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::{Target, standard_library};
use crate::failure::{Failure, Result};
use crate::groups::Options;
use crate::needs::DISTRIBUTIONS_RUST;
use crate::setup;
use crate::workspace::Workspace;

/// Where distributions put their compiler.
pub(super) const DISTRIBUTION: &str = "/usr/bin";

/// What a run of another toolchain leaves in the environment, and what would choose a third.
const FOREIGN: [&str; 7] = [
    "LD_LIBRARY_PATH",
    "RUSTUP_TOOLCHAIN",
    "RUSTC_WRAPPER",
    "RUSTC_WORKSPACE_WRAPPER",
    "RUSTDOC",
    "RUSTFLAGS",
    "CARGO_BUILD_RUSTFLAGS",
];

#[derive(Debug)]
pub(super) enum Toolchain {
    /// The one that this workspace is built with.
    AtHand,
    /// The distribution's, with a standard library for the target of our own.
    Distributions { sysroot: PathBuf },
}

impl Toolchain {
    /// The toolchain for `target`; where the target is not installed, its standard library is built, if that is allowed.
    pub(super) fn find(workspace: &Workspace, target: Target, folder: &Path, options: Options) -> Result<Self> {
        if is_installed(workspace, target) {
            return Ok(Self::AtHand);
        }
        if !options.build_std {
            return Err(Failure::new(format!("the target `{}` is not installed", target.triple)).help(format!(
                "run `rustup target add {}`, or let `--build-std` build its standard library from the distribution's \
                 Rust source (installs packages)",
                target.triple
            )));
        }
        setup::obtain(&[&DISTRIBUTIONS_RUST])?;
        let sysroot = standard_library::build(target, folder)?;
        Ok(Self::Distributions { sysroot })
    }

    /// Whether it is the one whose lints the workspace follows.
    pub(super) fn is_ours(&self) -> bool {
        match self {
            Self::AtHand => true,
            Self::Distributions { .. } => false,
        }
    }

    pub(super) fn sysroot(&self) -> Option<&Path> {
        match self {
            Self::AtHand => None,
            Self::Distributions { sysroot } => Some(sysroot),
        }
    }

    /// Lets a command that calls cargo use this toolchain, and programs of `zig`'s folder.
    pub(super) fn select(&self, command: &mut Command, zig: &Path) {
        match self {
            Self::AtHand => drop(command.env("PATH", path(&[zig]))),
            Self::Distributions { .. } => {
                distributions(command);
                command.env("PATH", path(&[zig, Path::new(DISTRIBUTION)]));
            }
        }
    }
}

impl fmt::Display for Toolchain {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::AtHand => out.write_str("with the installed target"),
            Self::Distributions { sysroot } => {
                write!(out, "with the distribution's compiler, and a standard library in {}", sysroot.display())
            }
        }
    }
}

/// Lets a command use the distribution's compiler and cargo, whatever other is at hand.
pub(super) fn distributions(command: &mut Command) {
    for variable in FOREIGN {
        command.env_remove(variable);
    }
    let program = |name: &str| Path::new(DISTRIBUTION).join(name);
    command.env("CARGO", program("cargo")).env("RUSTC", program("rustc"));
    command.env("PATH", path(&[Path::new(DISTRIBUTION)]));
}

/// The search path with these folders first. Cargo looks for its subcommands in its own home before all others unless
/// that is in the path already.
fn path(first: &[&Path]) -> OsString {
    let present = std::env::var_os("PATH").unwrap_or_default();
    let mut folders: Vec<PathBuf> = first.iter().map(|folder| folder.to_path_buf()).collect();
    folders.extend(std::env::split_paths(&present));
    let home = std::env::var_os("CARGO_HOME").map(PathBuf::from);
    let home = home.or_else(|| Some(Path::new(&std::env::var_os("HOME")?).join(".cargo")));
    folders.extend(home.map(|home| home.join("bin")));
    std::env::join_paths(folders).unwrap_or(present)
}

/// Whether the compiler at hand has a standard library for the target.
fn is_installed(workspace: &Workspace, target: Target) -> bool {
    let libraries = Command::new("rustc")
        .args(["--print", "target-libdir", "--target", target.triple])
        .current_dir(&workspace.root)
        .output();
    let Ok(output) = libraries else { return false };
    let folder = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    output.status.success() && has_std(Path::new(&folder))
}

/// Whether a folder of libraries has the standard library.
pub(super) fn has_std(folder: &Path) -> bool {
    fs::read_dir(folder).is_ok_and(|entries| {
        let mut names = entries.filter_map(|entry| Some(entry.ok()?.file_name().into_encoded_bytes()));
        names.any(|name| name.starts_with(b"libstd-") && name.ends_with(b".rlib"))
    })
}
