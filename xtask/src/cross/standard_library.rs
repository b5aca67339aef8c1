//! A standard library for a target, built from the distribution's Rust source: what `rustup target add` would bring.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::Target;
use super::toolchain::{DISTRIBUTION, distributions, has_std};
use crate::failure::{Doing, Failure, Result};

/// A package that needs the whole standard library. Its profile is that of a shipped one, as far as it costs little.
const MANIFEST: &str = r#"[package]
name = "needs-std"
version = "0.0.0"
edition = "2024"

[workspace]

[profile.dev]
opt-level = 1
debug = false
debug-assertions = false
overflow-checks = false
incremental = false
"#;

/// Names the compiler that built a library.
const BUILT_BY: &str = "built-by";

/// Builds the library, unless this compiler has built it before. Gives the sysroot that holds it.
pub(super) fn build(target: Target, folder: &Path) -> Result<PathBuf> {
    let sysroot = folder.join("sysroot");
    let place = sysroot.join("lib/rustlib").join(target.triple);
    let compiler = compiler()?;
    let is_current = fs::read_to_string(place.join(BUILT_BY)).is_ok_and(|built_by| built_by == compiler);
    if is_current && has_std(&place.join("lib")) {
        return Ok(sysroot);
    }
    let package = folder.join("needs-std");
    let built = cargo(target, &package)?;
    // Complete or absent: the name is given last.
    let unfinished = folder.join("unfinished");
    remove(&unfinished)?;
    copy_libraries(&built, &unfinished.join("lib"))?;
    write(&unfinished.join(BUILT_BY), &compiler)?;
    remove(&place)?;
    make(place.parent().unwrap_or(&sysroot))?;
    fs::rename(&unfinished, &place).doing(format!("make {}", place.display()))?;
    remove(&package)?;
    Ok(sysroot)
}

/// What the distribution's compiler says of itself.
fn compiler() -> Result<String> {
    let mut command = Command::new(Path::new(DISTRIBUTION).join("rustc"));
    command.arg("-vV");
    distributions(&mut command);
    let output = command.output().doing("run the distribution's `rustc -vV`")?;
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Builds the package. Gives the folder of the libraries.
fn cargo(target: Target, package: &Path) -> Result<PathBuf> {
    make(&package.join("src"))?;
    write(&package.join("Cargo.toml"), MANIFEST)?;
    write(&package.join("src/lib.rs"), "")?;
    let mut command = Command::new(Path::new(DISTRIBUTION).join("cargo"));
    distributions(&mut command);
    let status = command
        .args(["build", "-Zbuild-std=std,panic_unwind,proc_macro,test", "--target", target.triple])
        .current_dir(package)
        .env("CARGO_TARGET_DIR", package.join("target"))
        // What building the standard library needs is not stable; nothing of it reaches the workspace.
        .env("RUSTC_BOOTSTRAP", "1")
        .stdin(Stdio::null())
        .status()
        .doing("run the distribution's cargo")?;
    if !status.success() {
        return Err(Failure::new(format!("the standard library for {} does not build: {status}", target.triple)));
    }
    Ok(package.join("target").join(target.triple).join("debug/deps"))
}

fn copy_libraries(from: &Path, to: &Path) -> Result<()> {
    make(to)?;
    for entry in fs::read_dir(from).doing(format!("list {}", from.display()))? {
        let path = entry.doing(format!("list {}", from.display()))?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if name.ends_with(".rlib") && !name.starts_with("libneeds_std-") {
            fs::copy(&path, to.join(&*name)).doing(format!("copy {}", path.display()))?;
        }
    }
    Ok(())
}

fn make(folder: &Path) -> Result<()> {
    fs::create_dir_all(folder).doing(format!("make {}", folder.display()))
}

fn write(file: &Path, text: &str) -> Result<()> {
    fs::write(file, text).doing(format!("write {}", file.display()))
}

fn remove(folder: &Path) -> Result<()> {
    if folder.exists() { fs::remove_dir_all(folder).doing(format!("remove {}", folder.display())) } else { Ok(()) }
}
