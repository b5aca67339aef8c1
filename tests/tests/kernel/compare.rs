//! Each operation on three descriptors of the same kind: granted, held and undeclared.

use std::collections::BTreeSet;
use std::fs::File;
use std::panic::{AssertUnwindSafe, catch_unwind};

use sandbox_policy::vocabulary::{self, Enforcement};
use sandbox_rt::{Declared, OnViolation, Rights, Sandbox};
use sandbox_tests::args;
use sandbox_tests::harness::Case;
use sandbox_tests::sys::{End, Errno, call, forked};

use crate::operation::{Operation, Partner, Permitted, Subject, Verdict};

/// A kind of descriptor.
#[derive(Clone, Copy)]
pub(crate) struct Kind {
    pub(crate) name: &'static str,
    /// Makes one. The second list stays open, and is declared with no right: peers.
    pub(crate) make: fn() -> Object,
    /// Descriptors for operations on two.
    pub(crate) partners: fn() -> Vec<Partner>,
    /// What is tried, in this order.
    pub(crate) operations: &'static [&'static [Operation]],
    /// What is declared beside each row of the vocabulary.
    pub(crate) declarations: &'static [&'static str],
    /// Whether entry accepts the rights on it.
    pub(crate) fits: fn(Rights) -> bool,
}

/// A descriptor, and what must stay open for it to work.
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

/// A kind without second descriptors.
pub(crate) fn no_partners() -> Vec<Partner> {
    Vec::new()
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Role {
    Granted,
    Held,
    Undeclared,
}

/// What is declared on the kind: every row that fits it, and its own list.
pub(crate) fn declarations(kind: &Kind) -> BTreeSet<String> {
    rows(kind.fits).map(with_list).chain(kind.declarations.iter().map(|text| (*text).to_owned())).collect()
}

/// A case for every declaration of the kind.
pub(crate) fn cases(kind: Kind) -> Vec<Case> {
    declarations(&kind)
        .into_iter()
        .map(|text| {
            let name = text.replace(' ', "");
            Case::new(format!("{}::{name}", kind.name), move || run(&kind, &text))
        })
        .collect()
}

/// Rights that accept must say what is accepted.
fn with_list(name: String) -> String {
    match name.as_str() {
        "accept" => "accept(hold)".to_owned(),
        "sock_server" => "sock_server + accept(hold)".to_owned(),
        _ => name,
    }
}

/// The rows of the vocabulary that Linux enforces and that fit.
pub(crate) fn rows(fits: fn(Rights) -> bool) -> impl Iterator<Item = String> {
    vocabulary::rows()
        .filter(|row| row.is_spoken() && row.name != "ioctl" && row.name != "fcntl")
        .filter(|row| {
            let parts = || row.rights.granted().filter(|part| !part.is_composite());
            !parts().any(|part| matches!(part.on_linux, Enforcement::Refused(_)))
        })
        .filter(move |row| fits(row.rights))
        .map(|row| row.name.to_owned())
}

fn operations(kind: &Kind) -> impl Iterator<Item = &'static Operation> {
    kind.operations.iter().copied().flatten()
}

/// Some operations ask for SIGIO, and a terminal has it sent at once: it would end the process.
fn hold_back_sigio() {
    let signals = 1_u64 << (libc::SIGIO - 1);
    call(libc::SYS_rt_sigprocmask, args![libc::SIG_BLOCK, &[signals], 0, 8]).expect("rt_sigprocmask");
}

fn run(kind: &Kind, text: &str) {
    hold_back_sigio();
    let unconfined = forked(|| without_the_sandbox(kind));
    assert_eq!(unconfined.end, End::Exited(0), "without the sandbox:\n{}", unconfined.stderr);

    let declared: Declared = text.parse().expect("a declaration");
    let granted = (kind.make)();
    let held = (kind.make)();
    let undeclared = (kind.make)();
    let partners = (kind.partners)();
    println!("{} operations on 3 descriptors", operations(kind).count());

    let mut sandbox = Sandbox::new("case")
        .on_violation(OnViolation::Error)
        .grant("granted", &granted.file, declared.clone())
        .grant("held", &held.file, Rights::NONE);
    for kept in [&granted, &held, &undeclared].into_iter().flat_map(|object| &object.kept) {
        sandbox = sandbox.grant("kept", kept, Rights::NONE);
    }
    for partner in &partners {
        sandbox = sandbox.grant(partner.name, &partner.file, partner.rights);
    }
    sandbox.enter().expect("entry");

    let mut wrong = Vec::new();
    for operation in operations(kind) {
        for (role, object) in [(Role::Undeclared, &undeclared), (Role::Held, &held), (Role::Granted, &granted)] {
            let subject = Subject { file: &object.file, partners: &partners };
            let expected = expected(operation, &declared, role);
            let got = catch_unwind(AssertUnwindSafe(|| (operation.run)(&subject)));
            if got.as_ref().ok() != Some(&expected) {
                wrong.push(format!("{} on the {role:?} one: expected {expected:?}, got {got:?}", operation.name));
            }
        }
    }
    // What is open stays open: closing is not what is tried here, and a failed close would hide the list.
    let failed = wrong.join("\n");
    assert!(wrong.is_empty(), "declared with `{text}`:\n{failed}");
}

/// Every operation must work without the sandbox, or its refusal would prove nothing.
fn without_the_sandbox(kind: &Kind) {
    let object = (kind.make)();
    let partners = (kind.partners)();
    let subject = Subject { file: &object.file, partners: &partners };
    for operation in operations(kind) {
        let result = catch_unwind(AssertUnwindSafe(|| (operation.run)(&subject)));
        assert_eq!(result.ok(), Some(Ok(())), "{}", operation.name);
    }
}

fn expected(operation: &Operation, declared: &Declared, role: Role) -> Result<(), Errno> {
    let verdict = match (role, operation.permitted) {
        (Role::Granted, permitted) | (_, permitted @ Permitted::Waiting(_)) => permitted.by(declared),
        (Role::Held | Role::Undeclared, permitted) => permitted.by(&Declared::default()),
    };
    match (verdict, role, operation.permitted) {
        (Verdict::Refused, _, _) => Err(operation.refusal),
        (Verdict::Denied(errno), _, _) => Err(errno),
        (Verdict::Permitted, Role::Undeclared, Permitted::Waiting(inert)) => inert,
        (Verdict::Permitted, _, _) => Ok(()),
    }
}
