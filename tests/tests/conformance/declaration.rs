//! What is declared on a kind of descriptor.

use std::collections::BTreeSet;

use sandbox_policy::vocabulary::{self, Enforcement, Row};
use sandbox_rt::{Declared, Rights};
use sandbox_tests::conformance::{Kind, Permitted, Request, System};

/// A declaration, and whether threads are allowed.
#[derive(Debug, Clone)]
pub(crate) struct Declaration {
    pub(crate) text: String,
    pub(crate) declared: Declared,
    pub(crate) threads: bool,
}

/// Every row of the vocabulary that the system enforces and that fits the kind; every request and command that its
/// operations name; and of the kind's own list what the system enforces.
pub(crate) fn of(kind: &Kind, system: System) -> Vec<Declaration> {
    let rows = vocabulary::rows()
        .filter(|row| row.is_spoken() && row.name != "ioctl" && row.name != "fcntl")
        .filter(|row| (kind.fits)(row.rights) && enforces(system, row.rights))
        .map(with_list);
    let columns = kind.operations().flat_map(|operation| System::ALL.map(|system| operation.columns.of(system)));
    let lists = columns.flatten().filter_map(list);
    let texts: BTreeSet<String> =
        rows.chain(lists).chain(kind.declarations.iter().map(|text| (*text).to_owned())).collect();
    let all = texts.into_iter().map(|text| Declaration::parse(text, system));
    all.filter(|declaration| enforces(system, declaration.rights())).collect()
}

fn enforces(system: System, rights: Rights) -> bool {
    rights.granted().filter(|part| !part.is_composite()).all(|part| is_enforced(part, system))
}

/// The list that permits it, where one does.
fn list(permitted: Permitted) -> Option<String> {
    match permitted {
        Permitted::Request(request, _) => Some(format!("ioctl({})", request.name())),
        Permitted::Command(command, _) => Some(format!("fcntl({})", command.names().collect::<Vec<_>>().join(", "))),
        Permitted::Always
        | Permitted::Never
        | Permitted::WithThreads
        | Permitted::With(_)
        | Permitted::Accepted(_)
        | Permitted::Outside(_)
        | Permitted::OnAny(..)
        | Permitted::Answered(_) => None,
    }
}

/// Rights that accept must say what is accepted.
fn with_list(row: &Row) -> String {
    match row.name {
        "accept" => "accept(hold)".to_owned(),
        "sock_server" => "sock_server + accept(hold)".to_owned(),
        name => name.to_owned(),
    }
}

/// Whether the system enforces the right, in all its releases.
pub(crate) fn is_enforced(row: &Row, system: System) -> bool {
    match system {
        System::Linux => !matches!(row.on_linux, Enforcement::Refused(_)),
        System::FreeBsd => !matches!(row.on_freebsd, Enforcement::Refused(_)) && row.freebsd_since.is_none(),
    }
}

impl Declaration {
    fn parse(text: String, system: System) -> Self {
        let (rights, threads) = match text.split_once(", ") {
            Some((rights, "allow(threads)")) => (rights, true),
            _ => (text.as_str(), false),
        };
        let rights = Request::ALL.into_iter().fold(rights.to_owned(), |rights, request| {
            rights.replace(request.name(), &format!("{:#x}", request.number(system)))
        });
        let declared = rights.parse().unwrap_or_else(|error| panic!("{rights}: {error:?}"));
        Self { text, declared, threads }
    }

    /// Its rights, with those of what is accepted.
    fn rights(&self) -> Rights {
        let mut rights = self.declared.rights;
        let mut minted = self.declared.minted.as_deref();
        while let Some(list) = minted {
            rights = rights | list.rights;
            minted = list.minted.as_deref();
        }
        rights
    }
}
