//! Each operation on three descriptors of the same kind: granted, held and undeclared.

use std::collections::BTreeSet;
use std::fs::File;
use std::panic::{AssertUnwindSafe, catch_unwind};

use sandbox_policy::vocabulary::{self, Enforcement};
use sandbox_rt::{Declared, ErrorKind, OnViolation, Rights, Sandbox};
use sandbox_tests::harness::Case;
use sandbox_tests::scratch;

use crate::operation::{Operation, Subject};

/// A kind of descriptor.
#[derive(Clone, Copy)]
pub(crate) struct Kind {
    pub(crate) name: &'static str,
    /// Makes one.
    pub(crate) make: fn() -> Object,
    pub(crate) socket: bool,
    /// What is tried, in this order.
    pub(crate) operations: &'static [&'static [Operation]],
    /// What is declared beside each row of the vocabulary.
    pub(crate) declarations: &'static [&'static str],
    /// Whether entry accepts the rights on it.
    pub(crate) fits: fn(Rights) -> bool,
}

/// A descriptor, and what must stay open, held, for it to work: peers.
pub(crate) struct Object {
    pub(crate) file: File,
    pub(crate) kept: Vec<File>,
}

impl Object {
    pub(crate) fn new(file: impl Into<File>) -> Self {
        Self { file: file.into(), kept: Vec::new() }
    }

    pub(crate) fn with(mut self, kept: impl Into<File>) -> Self {
        self.kept.push(kept.into());
        self
    }
}

/// A case for every declaration of the kind: every row that fits it, and its own list.
pub(crate) fn cases(kind: Kind) -> Vec<Case> {
    let declarations: BTreeSet<String> =
        rows(kind.fits).chain(kind.declarations.iter().map(|text| (*text).to_owned())).collect();
    let mut cases = vec![Case::new(format!("{}::free", kind.name), move || free(&kind))];
    cases.extend(declarations.into_iter().map(|text| {
        let name = text.replace(' ', "");
        Case::new(format!("{}::{name}", kind.name), move || run(&kind, &text))
    }));
    cases
}

/// The rows of the vocabulary that FreeBSD enforces and that fit.
fn rows(fits: fn(Rights) -> bool) -> impl Iterator<Item = String> {
    vocabulary::rows()
        // What takes a list stands in the declarations.
        .filter(|row| row.is_spoken() && !["ioctl", "fcntl", "accept"].contains(&row.name))
        .filter(|row| {
            let mut parts = row.rights.granted().filter(|part| !part.is_composite());
            !parts.any(|part| matches!(part.on_freebsd, Enforcement::Refused(_)))
        })
        .filter(move |row| fits(row.rights))
        .map(|row| row.name.to_owned())
}

fn operations(kind: &Kind) -> impl Iterator<Item = &'static Operation> {
    kind.operations.iter().copied().flatten()
}

fn other() -> File {
    let mut options = File::options();
    options.read(true).write(true).create(true).truncate(true).open(scratch::path("other")).expect("a file")
}

/// Without the sandbox each operation works: what is refused below is refused by it.
fn free(kind: &Kind) {
    let (object, other) = ((kind.make)(), other());
    let subject = Subject { file: &object.file, other: &other };
    for operation in operations(kind) {
        let done = (operation.run)(&subject);
        assert_eq!(done, Ok(()), "{} without the sandbox", operation.name);
    }
}

fn run(kind: &Kind, declaration: &str) {
    let declared: Declared = declaration.parse().unwrap_or_else(|error| panic!("{declaration}: {error:?}"));
    let [granted, held, undeclared] = [(); 3].map(|()| (kind.make)());
    let other = other();
    let kept: Vec<&File> = [&granted, &held, &undeclared].into_iter().flat_map(|object| &object.kept).collect();
    let mut sandbox = Sandbox::new("rights")
        .grant("granted", &granted.file, declared.clone())
        .grant("held", &held.file, Rights::NONE)
        .grant("other", &other, Rights::PREAD | Rights::PWRITE)
        .on_violation(OnViolation::Error);
    for file in kept {
        sandbox = sandbox.grant("kept", file, Rights::NONE);
    }
    match sandbox.enter() {
        Ok(()) => {}
        // Rights that came with a later release than the running one.
        Err(error) if error.kind() == ErrorKind::Unenforceable && error.to_string().contains(" needs FreeBSD ") => {
            assert!(!error.is_partial(), "{error}");
            return;
        }
        Err(error) => panic!("entry with `{declaration}`: {error}"),
    }
    let mut wrong = Vec::new();
    let nothing: Declared = Rights::NONE.into();
    for operation in operations(kind) {
        for (role, object, declared) in
            [("granted", &granted, &declared), ("held", &held, &nothing), ("undeclared", &undeclared, &nothing)]
        {
            let subject = Subject { file: &object.file, other: &other };
            let permitted = operation.permitted.by(declared, kind.socket);
            let expected = if permitted { Ok(()) } else { Err(operation.refusal) };
            let done = catch_unwind(AssertUnwindSafe(|| (operation.run)(&subject)));
            match done {
                Ok(done) if done == expected => {}
                Ok(done) => wrong.push(format!("{} on {role}: expected {expected:?}, got {done:?}", operation.name)),
                Err(_) => wrong.push(format!("{} on {role}: a wrong result", operation.name)),
            }
        }
    }
    assert!(wrong.is_empty(), "with `{declaration}`:\n  {}", wrong.join("\n  "));
}
