//! Looks for libseccomp where its feature is on, so that a missing library is said in a sentence and not by the linker.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    #[cfg(feature = "libseccomp")]
    if std::env::var("CARGO_CFG_TARGET_OS").as_deref() == Ok("linux") {
        libseccomp::find();
    }
}

#[cfg(feature = "libseccomp")]
mod libseccomp {
    use std::path::Path;

    const OLDEST: &str = "2.5";
    /// Where the crate `libseccomp` links the library from, if that is said.
    const LIB_PATH: &str = "LIBSECCOMP_LIB_PATH";

    /// Nothing is linked before this has run: the crate's own build script succeeds without the library.
    pub(super) fn find() {
        println!("cargo::rerun-if-env-changed={LIB_PATH}");
        let found = match std::env::var_os(LIB_PATH) {
            Some(path) => beneath(Path::new(&path)),
            None => installed(),
        };
        if let Err(reason) = found {
            println!(
                "cargo::error=the feature `libseccomp` needs libseccomp {OLDEST} or later with its headers: apt \
                 install libseccomp-dev pkg-config, or dnf install libseccomp-devel pkgconf, or build without the \
                 feature ({reason})"
            );
        }
    }

    /// The system's library.
    fn installed() -> Result<(), String> {
        use pkg_config::Error;
        let mut probe = pkg_config::Config::new();
        let library =
            probe.atleast_version(OLDEST).cargo_metadata(false).probe("libseccomp").map_err(|error| match error {
                Error::CrossCompilation => {
                    "pkg-config needs PKG_CONFIG_ALLOW_CROSS=1 to look for another target".into()
                }
                Error::Command { command, .. } => format!("`{command}` cannot be run"),
                _ => match pkg_config::get_variable("libseccomp", "libdir") {
                    Ok(_) => format!("pkg-config finds an older one than {OLDEST}"),
                    Err(_) => "pkg-config finds none".to_owned(),
                },
            })?;
        for path in library.link_paths {
            println!("cargo::rustc-link-search=native={}", path.display());
        }
        Ok(())
    }

    /// A library in a place of its own; its version is looked at when the program runs.
    fn beneath(path: &Path) -> Result<(), String> {
        if ["libseccomp.so", "libseccomp.a"].iter().any(|file| path.join(file).exists()) {
            Ok(())
        } else {
            Err(format!("`{}`, where {LIB_PATH} points, holds none", path.display()))
        }
    }
}
