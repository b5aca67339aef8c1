//! What tests need from the system: one table.

use std::io::Write;
use std::process::{Command, Stdio};

use crate::groups::Group;
use crate::packages::Names;

/// One thing that some tests need.
#[derive(Debug)]
pub(crate) struct Need {
    pub(crate) what: &'static str,
    /// Whether it is there; if not, why not.
    pub(crate) probe: fn() -> Result<(), String>,
    pub(crate) source: Source,
    /// The groups that need it.
    pub(crate) groups: &'static [Group],
}

/// Where a need comes from.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Source {
    System(Names),
    Rustup(&'static str),
}

pub(crate) const NEEDS: &[Need] = &[
    Need {
        what: "a C compiler",
        probe: || program(&["cc", "--version"], ""),
        source: Source::System(Names {
            apt: &["gcc", "libc6-dev"],
            dnf: &["gcc"],
            apk: &["gcc", "musl-dev"],
            pacman: &["gcc"],
            zypper: &["gcc"],
        }),
        groups: Group::ALL,
    },
    Need {
        what: "libseccomp 2.5 or later, with its headers",
        probe: libseccomp,
        source: Source::System(Names {
            apt: &["libseccomp-dev"],
            dnf: &["libseccomp-devel"],
            apk: &["libseccomp-dev"],
            pacman: &["libseccomp"],
            zypper: &["libseccomp-devel"],
        }),
        groups: &[Group::Libseccomp, Group::Bench],
    },
    Need {
        what: "pkg-config",
        probe: || program(&["pkg-config", "--version"], ""),
        source: Source::System(Names {
            apt: &["pkg-config"],
            dnf: &["pkgconf-pkg-config"],
            apk: &["pkgconf"],
            pacman: &["pkgconf"],
            zypper: &["pkgconf"],
        }),
        groups: &[Group::Libseccomp, Group::Bench],
    },
    Need {
        what: "GNU gzip",
        probe: || program(&["gzip", "--version"], "Free Software Foundation"),
        source: Source::System(Names {
            apt: &["gzip"],
            dnf: &["gzip"],
            apk: &["gzip"],
            pacman: &["gzip"],
            zypper: &["gzip"],
        }),
        groups: &[Group::Unit, Group::Learn, Group::Demo, Group::Bench],
    },
    Need {
        what: "pigz",
        probe: || program(&["pigz", "--version"], ""),
        source: Source::System(Names {
            apt: &["pigz"],
            dnf: &["pigz"],
            apk: &["pigz"],
            pacman: &["pigz"],
            zypper: &["pigz"],
        }),
        groups: &[Group::Bench],
    },
    Need {
        what: "dnsmasq, a DHCP server",
        probe: || program(&["dnsmasq", "--version"], "Dnsmasq version 2"),
        source: Source::System(Names {
            apt: &["dnsmasq-base"],
            dnf: &["dnsmasq"],
            apk: &["dnsmasq"],
            pacman: &["dnsmasq"],
            zypper: &["dnsmasq"],
        }),
        groups: &[Group::Learn, Group::Net],
    },
    Need {
        what: "Kea, a DHCP server",
        probe: || program(&["kea-dhcp4", "-v"], ""),
        source: Source::System(Names {
            apt: &["kea-dhcp4-server"],
            dnf: &["kea"],
            apk: &["kea-dhcp4"],
            pacman: &["kea"],
            zypper: &["kea"],
        }),
        groups: &[Group::Net],
    },
    Need {
        what: "ip, for networks between namespaces",
        probe: || program(&["ip", "-V"], "iproute2"),
        source: Source::System(Names {
            apt: &["iproute2"],
            dnf: &["iproute"],
            apk: &["iproute2"],
            pacman: &["iproute2"],
            zypper: &["iproute2"],
        }),
        groups: &[Group::Learn, Group::Net],
    },
    Need {
        what: "ping",
        probe: || program(&["ping", "-V"], "iputils"),
        source: Source::System(Names {
            apt: &["iputils-ping"],
            dnf: &["iputils"],
            apk: &["iputils"],
            pacman: &["iputils"],
            zypper: &["iputils"],
        }),
        groups: &[Group::Learn, Group::Net],
    },
    Need {
        what: "nsenter, for programs in namespaces",
        probe: || program(&["nsenter", "--version"], "util-linux"),
        source: Source::System(Names {
            apt: &["util-linux"],
            dnf: &["util-linux"],
            apk: &["util-linux"],
            pacman: &["util-linux"],
            zypper: &["util-linux"],
        }),
        groups: &[Group::Learn, Group::Net],
    },
    Need {
        what: "Python 3 with venv, for zig",
        probe: || program(&["python3", "-c", "import ensurepip, venv"], ""),
        source: Source::System(Names {
            apt: &["python3-venv"],
            dnf: &["python3"],
            apk: &["python3"],
            pacman: &["python"],
            zypper: &["python3"],
        }),
        groups: &[Group::Cross, Group::Freebsd],
    },
    Need {
        what: "rustfmt",
        probe: || program(&["cargo", "fmt", "--version"], ""),
        source: Source::Rustup("rustfmt"),
        groups: &[Group::Lint],
    },
    Need {
        what: "clippy",
        probe: || program(&["cargo", "clippy", "--version"], ""),
        source: Source::Rustup("clippy"),
        groups: &[Group::Lint],
    },
    Need {
        what: "tcpdump",
        probe: || program(&["tcpdump", "--version"], ""),
        source: Source::System(Names {
            apt: &["tcpdump"],
            dnf: &["tcpdump"],
            apk: &["tcpdump"],
            pacman: &["tcpdump"],
            zypper: &["tcpdump"],
        }),
        groups: &[Group::Net],
    },
    Need {
        what: "tshark",
        probe: || program(&["tshark", "--version"], "TShark"),
        source: Source::System(Names {
            apt: &["tshark"],
            dnf: &["wireshark-cli"],
            apk: &["tshark"],
            pacman: &["wireshark-cli"],
            zypper: &["wireshark"],
        }),
        groups: &[Group::Net],
    },
];

/// What standard libraries for other targets are built with, where they are not installed and `--build-std` is given.
pub(crate) const DISTRIBUTIONS_RUST: Need = Need {
    what: "the distribution's Rust, with clippy and source",
    probe: distributions_rust,
    source: Source::System(Names {
        apt: &["rustc-web", "cargo-web", "rust-web-src", "rust-web-clippy"],
        dnf: &["rust", "cargo", "rust-src", "clippy"],
        apk: &["rust", "cargo", "rust-src", "rust-clippy"],
        pacman: &["rust", "rust-src"],
        zypper: &["rust", "cargo", "rust-src"],
    }),
    groups: &[],
};

fn distributions_rust() -> Result<(), String> {
    for name in ["cargo", "clippy-driver"] {
        program(&[&format!("/usr/bin/{name}"), "--version"], "")?;
    }
    let library = std::path::Path::new("/usr/lib/rustlib/src/rust/library/std/Cargo.toml");
    if library.exists() { Ok(()) } else { Err(format!("{} is not there", library.display())) }
}

/// Whether a program runs and says the given words of itself.
fn program(words: &[&str], says: &str) -> Result<(), String> {
    let [name, arguments @ ..] = words else {
        return Err("no program named".into());
    };
    let shown = words.join(" ");
    // Servers lie where an ordinary user does not look for programs.
    let path = format!("{}:/usr/local/sbin:/usr/sbin:/sbin", std::env::var("PATH").unwrap_or_default());
    let output = Command::new(name)
        .args(arguments)
        .env("PATH", path)
        .stdin(Stdio::null())
        .output()
        .map_err(|error| format!("`{shown}`: {error}"))?;
    if !output.status.success() {
        return Err(format!("`{shown}`: {}", output.status));
    }
    if !String::from_utf8_lossy(&output.stdout).contains(says) {
        return Err(format!("`{shown}` does not say `{says}`"));
    }
    Ok(())
}

const LIBSECCOMP: &str = r#"
#include <seccomp.h>
#if SCMP_VER_MAJOR < 2 || (SCMP_VER_MAJOR == 2 && SCMP_VER_MINOR < 5)
#error "the installed libseccomp is older than 2.5"
#endif
int main(void) { return seccomp_version() == 0; }
"#;

/// Compiles and links a program against libseccomp, as building the second engine does.
fn libseccomp() -> Result<(), String> {
    let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
    let mut compiler = Command::new("cc");
    compiler.args(["-x", "c", "-", "-o"]).arg(folder.path().join("probe"));
    if let Some(path) = std::env::var_os("LIBSECCOMP_LIB_PATH") {
        compiler.arg("-L").arg(path);
    }
    let mut child = compiler
        .arg("-lseccomp")
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|error| format!("`cc`: {error}"))?;
    if let Some(mut input) = child.stdin.take() {
        // A compiler that does not read this has an error of its own to report.
        let _ = input.write_all(LIBSECCOMP.as_bytes());
    }
    let output = child.wait_with_output().map_err(|error| format!("`cc`: {error}"))?;
    if output.status.success() {
        return Ok(());
    }
    let complaint = String::from_utf8_lossy(&output.stderr);
    let line = complaint.lines().find(|line| line.contains("error") || line.contains("cannot find"));
    Err(line.unwrap_or("a program that uses it does not link").trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::program;

    #[test]
    fn a_program_must_be_there_and_be_the_right_one() {
        assert_eq!(program(&["echo", "GNU gzip"], "GNU"), Ok(()));
        assert_eq!(program(&["echo", "busybox"], "GNU"), Err("`echo busybox` does not say `GNU`".into()));
        program(&["false"], "").expect_err("it ends with 1");
        program(&["sandbox-no-such-program"], "").expect_err("it is not there");
    }
}
