//! Building with the feature on a machine that lacks the library ends in advice, not in the linker's words.

#![cfg(feature = "libseccomp")]

use std::path::Path;
use std::process::Command;

/// What a build says where pkg-config looks in this folder only.
fn build(packages: &Path, target: &Path) -> String {
    let output = Command::new(env!("CARGO"))
        .args(["check", "--offline", "--quiet", "--package", "sandbox-rt", "--features", "libseccomp"])
        .current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap())
        .env("CARGO_TARGET_DIR", target)
        .env("PKG_CONFIG_LIBDIR", packages)
        .env_remove("PKG_CONFIG_PATH")
        .env_remove("LIBSECCOMP_LIB_PATH")
        .output()
        .unwrap();
    assert!(!output.status.success());
    String::from_utf8(output.stderr).unwrap()
}

#[test]
fn a_missing_or_old_library_is_said_in_one_line() {
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).join("libseccomp");
    let packages = tempfile::tempdir().unwrap();
    let advice = "the feature `libseccomp` needs libseccomp 2.5 or later with its headers: apt install libseccomp-dev \
                  pkg-config, or dnf install libseccomp-devel pkgconf, or build without the feature";

    let said = build(packages.path(), &target);
    assert!(said.contains(&format!("{advice} (pkg-config finds none)")), "{said}");

    let old = "Name: libseccomp\nDescription: old\nVersion: 2.4.9\nlibdir=/usr/lib\nLibs: -lseccomp\n";
    std::fs::write(packages.path().join("libseccomp.pc"), old).unwrap();
    let said = build(packages.path(), &target);
    assert!(said.contains(&format!("{advice} (pkg-config finds an older one than 2.5)")), "{said}");
    assert!(!said.contains("linking with"), "{said}");
}
