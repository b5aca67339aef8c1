//! The system's package manager.

use std::path::Path;

/// The package managers we know, in the order they are looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Manager {
    Apt,
    Dnf,
    Apk,
    Pacman,
    Zypper,
}

/// The names of one thing with each package manager.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Names {
    pub(crate) apt: &'static [&'static str],
    pub(crate) dnf: &'static [&'static str],
    pub(crate) apk: &'static [&'static str],
    pub(crate) pacman: &'static [&'static str],
    pub(crate) zypper: &'static [&'static str],
}

impl Manager {
    const ALL: [Self; 5] = [Self::Apt, Self::Dnf, Self::Apk, Self::Pacman, Self::Zypper];

    /// The manager of this system, if it is one that we know.
    pub(crate) fn here() -> Option<Self> {
        let path = std::env::var_os("PATH")?;
        let installed =
            |program: &str| std::env::split_paths(&path).any(|folder| Path::new(&folder).join(program).is_file());
        Self::ALL.into_iter().find(|manager| installed(manager.install()[0]))
    }

    /// What brings the lists of packages up to date, where installing does not do so itself.
    pub(crate) fn refresh(self) -> Option<&'static [&'static str]> {
        match self {
            Self::Apt => Some(&["apt-get", "update"]),
            Self::Dnf | Self::Apk | Self::Pacman | Self::Zypper => None,
        }
    }

    /// The command that installs the packages named after it.
    pub(crate) fn install(self) -> &'static [&'static str] {
        match self {
            Self::Apt => &["apt-get", "install", "--yes", "--no-install-recommends"],
            Self::Dnf => &["dnf", "install", "--assumeyes"],
            Self::Apk => &["apk", "add", "--no-cache"],
            Self::Pacman => &["pacman", "-Sy", "--needed", "--noconfirm"],
            Self::Zypper => &["zypper", "--non-interactive", "install"],
        }
    }

    pub(crate) fn names(self, names: &Names) -> &'static [&'static str] {
        match self {
            Self::Apt => names.apt,
            Self::Dnf => names.dnf,
            Self::Apk => names.apk,
            Self::Pacman => names.pacman,
            Self::Zypper => names.zypper,
        }
    }
}
