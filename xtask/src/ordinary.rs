//! The ordinary user that tests run as, and places this user can reach.
//!
//! Root's files are often nobody else's to read: a clone in its home, the toolchain in `~/.rustup`. Then
//! the workspace is copied to where an ordinary user can read it, and built there, as test programs know their folder
//! and the programs of their package by absolute paths.

use std::fs::{self, DirBuilder, File, Permissions};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, PermissionsExt, chown};
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use crate::failure::{Doing, Failure, Result};
use crate::identity::{Identity, NOBODY, Variables, succeeds};
use crate::workspace::Workspace;

/// The ordinary user.
#[derive(Debug)]
pub(crate) struct Ordinary {
    pub(crate) identity: Identity,
    /// Holds this user's home folder where it is not the present user.
    scratch: Option<TempDir>,
}

impl Ordinary {
    /// Finds the user, and a workspace within reach: the given one, or a copy.
    pub(crate) fn prepare(workspace: Workspace) -> Result<(Self, Workspace)> {
        let ordinary = Self::at_home()?;
        let workspace = match ordinary.identity {
            Identity::Nobody => within_reach(workspace, &base()?)?,
            Identity::Current | Identity::NamespaceRoot | Identity::SudoRoot => workspace,
        };
        Ok((ordinary, workspace))
    }

    /// Finds the user, who gets a home folder where it is not the present user.
    pub(crate) fn at_home() -> Result<Self> {
        let identity = Identity::ordinary();
        if identity != Identity::Nobody {
            return Ok(Self { identity, scratch: None });
        }
        let scratch = open_folder(&base()?).doing("make a temporary folder")?;
        let home = scratch.path().join("home");
        fs::create_dir(&home).doing("make a home folder")?;
        chown(&home, Some(NOBODY), Some(NOBODY)).doing("give away the home folder")?;
        Ok(Self { identity, scratch: Some(scratch) })
    }

    /// A program where this user can run it: itself, or a copy.
    pub(crate) fn within_reach(&self, program: &Path) -> Result<PathBuf> {
        let Some(scratch) = &self.scratch else {
            return Ok(program.to_owned());
        };
        copy_file(program, scratch.path())?;
        Ok(scratch.path().join(program.file_name().unwrap_or_default()))
    }

    /// The variables of this user's programs, beside the present ones.
    pub(crate) fn variables(&self) -> Variables {
        let Some(scratch) = &self.scratch else {
            return Variables::new();
        };
        let home = scratch.path().join("home");
        vec![("HOME", home.clone().into()), ("TMPDIR", home.into()), ("USER", "nobody".into())]
    }

    /// The folder of the standard library's shared objects, which tests of procedural macros load.
    pub(crate) fn libraries(&self, originals: &Path) -> Result<PathBuf> {
        let Some(scratch) = &self.scratch else {
            return Ok(originals.to_owned());
        };
        if can_use(originals) {
            return Ok(originals.to_owned());
        }
        let copies = scratch.path().join("lib");
        make_folder(&copies)?;
        for entry in fs::read_dir(originals).doing("list the toolchain's libraries")? {
            let original = entry.doing("list the toolchain's libraries")?.path();
            if original.extension().is_some_and(|extension| extension == "so") {
                copy_file(&original, &copies)?;
            }
        }
        Ok(copies)
    }
}

/// The workspace if nobody can use it, else a copy.
fn within_reach(workspace: Workspace, base: &Path) -> Result<Workspace> {
    let readable = nobody_finds("cd \"$1\" && test -r Cargo.toml", &workspace.root);
    let built = ["", "debug", "debug/deps", "release", "release/deps"].map(|folder| workspace.target.join(folder));
    // The folders that cargo has yet to make stand in one that exists.
    let buildable = workspace.target.ancestors().find(|folder| folder.exists()).is_some_and(can_use)
        && built.iter().filter(|folder| folder.exists()).all(|folder| can_use(folder));
    if readable && buildable {
        return Ok(workspace);
    }
    let stage = own_folder(base, &workspace.root)?;
    let target = stage.join("target");
    if readable {
        println!(
            "note: an ordinary user cannot reach {}: building in {}",
            workspace.target.display(),
            target.display()
        );
        return Ok(Workspace { target, ..workspace });
    }
    // A target folder of its own: cargo takes what it built of the original for the copy's, absolute paths and all.
    let (source, target) = (stage.join("copy"), stage.join("copy-target"));
    println!("note: an ordinary user cannot reach {}: testing a copy in {}", workspace.root.display(), stage.display());
    if source.exists() {
        fs::remove_dir_all(&source).doing("remove the last copy of the workspace")?;
    }
    let left_behind = [workspace.target, workspace.root.join("target"), workspace.root.join(".git")];
    copy_folder(&workspace.root, &source, &left_behind)?;
    Workspace::load(&source, Some(&target))
}

/// A folder for temporary files in which nobody can run programs.
fn base() -> Result<PathBuf> {
    let candidates = [std::env::temp_dir(), "/tmp".into(), "/var/tmp".into()];
    candidates.into_iter().find(|folder| runs_programs(folder)).ok_or_else(|| {
        Failure::new(format!("no temporary folder in which user {NOBODY} can run programs"))
            .help("set TMPDIR to a folder that everybody can reach, on a file system that is not mounted `noexec`")
    })
}

fn runs_programs(folder: &Path) -> bool {
    let probe = || {
        let probe = open_folder(folder)?;
        let script = probe.path().join("probe");
        fs::write(&script, "#!/bin/sh\n")?;
        fs::set_permissions(&script, Permissions::from_mode(0o755))?;
        Ok::<_, io::Error>(succeeds(&mut Identity::Nobody.command(&script, &Variables::new())))
    };
    probe().unwrap_or(false)
}

fn can_use(folder: &Path) -> bool {
    nobody_finds("test -r \"$1\" && test -x \"$1\"", folder)
}

/// Whether a shell test about a path holds for nobody.
fn nobody_finds(test: &str, path: &Path) -> bool {
    let mut command = Identity::Nobody.command(Path::new("sh"), &Variables::new());
    succeeds(command.args(["-c", test, "sh"]).arg(path).current_dir("/"))
}

/// The folder under `base` that belongs to this workspace, kept from run to run as cargo's target folder is.
///
/// Its name can be guessed, so it counts only when nobody else can have made or changed it.
fn own_folder(base: &Path, root: &Path) -> Result<PathBuf> {
    let mut hasher = DefaultHasher::new();
    root.hash(&mut hasher);
    let folder = base.join(format!("sandbox-xtask-{:016x}", hasher.finish()));
    if fs::symlink_metadata(&folder).is_err() {
        make_folder(&folder)?;
    }
    let found = fs::symlink_metadata(&folder).doing(format!("look at {}", folder.display()))?;
    if found.is_dir() && found.uid() == 0 && found.mode() & 0o022 == 0 {
        return Ok(folder);
    }
    Err(Failure::new(format!("{} is not root's own folder", folder.display())).help("remove it, or set TMPDIR"))
}

/// A temporary folder that everybody can read, whatever the umask.
fn open_folder(base: &Path) -> io::Result<TempDir> {
    let folder = tempfile::Builder::new().prefix("sandbox-xtask-").tempdir_in(base)?;
    fs::set_permissions(folder.path(), Permissions::from_mode(0o755))?;
    Ok(folder)
}

fn make_folder(folder: &Path) -> Result<()> {
    DirBuilder::new().mode(0o755).create(folder).doing(format!("make {}", folder.display()))?;
    // Whatever the umask.
    fs::set_permissions(folder, Permissions::from_mode(0o755)).doing(format!("open up {}", folder.display()))
}

/// Copies a folder so that everybody can read it, with its times, by which cargo knows what to build again.
pub(crate) fn copy_folder(from: &Path, to: &Path, left_behind: &[PathBuf]) -> Result<()> {
    make_folder(to)?;
    for entry in fs::read_dir(from).doing(format!("list {}", from.display()))? {
        let path = entry.doing(format!("list {}", from.display()))?.path();
        if left_behind.contains(&path) {
            continue;
        }
        if path.is_dir() {
            copy_folder(&path, &to.join(path.file_name().unwrap_or_default()), left_behind)?;
        } else {
            copy_file(&path, to)?;
        }
    }
    Ok(())
}

pub(crate) fn copy_file(from: &Path, folder: &Path) -> Result<()> {
    let to = folder.join(from.file_name().unwrap_or_default());
    let copy = || {
        fs::copy(from, &to)?;
        let original = fs::metadata(from)?;
        File::options().write(true).open(&to)?.set_modified(original.modified()?)?;
        let executable = original.mode() & 0o111 != 0;
        fs::set_permissions(&to, Permissions::from_mode(if executable { 0o755 } else { 0o644 }))
    };
    copy().doing(format!("copy {}", from.display()))
}

#[cfg(test)]
mod tests {
    use std::fs::{self, Permissions};
    use std::os::unix::fs::{MetadataExt, PermissionsExt};

    use super::copy_folder;

    #[test]
    fn a_copy_is_for_everybody_and_keeps_its_times() {
        let scratch = tempfile::tempdir().expect("a temporary folder");
        let (from, to) = (scratch.path().join("from"), scratch.path().join("to"));
        fs::create_dir_all(from.join("target")).expect("a folder");
        fs::create_dir_all(from.join("src")).expect("a folder");
        fs::write(from.join("src/lib.rs"), "//! Nothing.").expect("a file");
        fs::set_permissions(from.join("src/lib.rs"), Permissions::from_mode(0o600)).expect("its mode");

        copy_folder(&from, &to, &[from.join("target")]).expect("a copy");

        assert!(!to.join("target").exists());
        let (old, new) = ["from", "to"]
            .map(|side| fs::metadata(scratch.path().join(side).join("src/lib.rs")).expect("the file"))
            .into();
        assert_eq!(new.mode() & 0o777, 0o644);
        assert_eq!(new.modified().expect("a time"), old.modified().expect("a time"));
    }
}
