//! Each operation on three descriptors of the same kind: granted, held and undeclared.

use std::fs::File;
use std::io::Write as _;
use std::os::fd::OwnedFd;
use std::panic::{AssertUnwindSafe, catch_unwind};

use sandbox_rt::{Allow, OnViolation, Rights, Sandbox};
use sandbox_tests::conformance::{Kind, Object, Operation, Role, Subject, System, queue};
use sandbox_tests::harness::Case;
use sandbox_tests::scratch;
use sandbox_tests::sys::{End, Errno, forked};

use crate::declaration::{self, Declaration};

/// A case for every declaration of the kind.
pub(crate) fn cases(kind: &'static Kind) -> impl Iterator<Item = Case> {
    declaration::of(kind, System::HERE).into_iter().map(move |declaration| {
        let name = declaration.text.replace(' ', "");
        Case::new(format!("{}::{name}", kind.name), move || run(kind, &declaration))
    })
}

/// What operations need beside the descriptor.
struct Beside {
    other: File,
    queue: File,
    ready: File,
    writer: File,
}

impl Beside {
    fn new() -> Self {
        let mut options = File::options();
        let path = scratch::file(&format!("other-{}", std::process::id()), [b'x'; 4096]);
        let (ready, mut writer) = std::io::pipe().expect("a pipe");
        writer.write_all(b"x").expect("a pipe takes a byte");
        Self {
            other: options.read(true).write(true).open(path).expect("the file"),
            queue: queue(),
            ready: OwnedFd::from(ready).into(),
            writer: OwnedFd::from(writer).into(),
        }
    }

    fn subject<'a>(&'a self, file: &'a File) -> Subject<'a> {
        Subject { file, other: &self.other, queue: &self.queue, ready: &self.ready }
    }

    fn grant<'a>(&'a self, sandbox: Sandbox<'a>, kind: &Kind) -> Sandbox<'a> {
        let ready = if kind.something_ready { Rights::EVENT } else { Rights::NONE };
        sandbox
            .grant("other", &self.other, Rights::PREAD | Rights::PWRITE)
            .grant("queue", &self.queue, Rights::KQUEUE_CHANGE | Rights::KQUEUE_EVENT)
            .grant("ready", &self.ready, ready)
            .grant("writer", &self.writer, Rights::NONE)
    }
}

fn attempt(operation: &Operation, subject: &Subject<'_>) -> Option<Result<(), Errno>> {
    let run = operation.run.expect("an operation of this system");
    catch_unwind(AssertUnwindSafe(|| run(subject))).ok()
}

/// Without the sandbox each operation works: what is refused under it is refused by it.
fn without_the_sandbox(kind: &Kind) {
    let (object, beside) = ((kind.make)(), Beside::new());
    for operation in here(kind) {
        let done = attempt(operation, &beside.subject(&object.file));
        assert_eq!(done, Some(Ok(())), "{} without the sandbox", operation.name);
    }
}

fn here(kind: &Kind) -> impl Iterator<Item = &'static Operation> {
    kind.operations().filter(|operation| operation.columns.of(System::HERE).is_some())
}

fn run(kind: &Kind, declaration: &Declaration) {
    let unconfined = forked(|| without_the_sandbox(kind));
    assert_eq!(unconfined.end, End::Exited(0), "{}", unconfined.stderr);

    let Declaration { text, declared, threads } = declaration;
    let [granted, held, undeclared]: [Object; 3] = [(); 3].map(|()| (kind.make)());
    let beside = Beside::new();
    let mut sandbox = Sandbox::new("conformance")
        .grant("granted", &granted.file, declared.clone())
        .grant("held", &held.file, Rights::NONE)
        .on_violation(OnViolation::Error);
    for kept in [&granted, &held, &undeclared].into_iter().flat_map(|object| &object.kept) {
        sandbox = sandbox.grant("kept", kept, Rights::NONE);
    }
    sandbox = beside.grant(sandbox, kind);
    if *threads {
        sandbox = sandbox.allow(Allow::Threads);
    }
    sandbox.enter().unwrap_or_else(|error| panic!("entry with `{text}`: {error}"));

    let mut wrong = Vec::new();
    for operation in here(kind) {
        for (role, object) in [(Role::Undeclared, &undeclared), (Role::Held, &held), (Role::Granted, &granted)] {
            let permitted = operation.columns.of(System::HERE).expect("a column of this system");
            let expected = permitted.verdict(System::HERE, declared, *threads, role).answer();
            let done = attempt(operation, &beside.subject(&object.file));
            if done != Some(expected) {
                wrong.push(format!("{} on the {role:?} one: expected {expected:?}, got {done:?}", operation.name));
            }
            if role == Role::Granted {
                // Standard error is what a confined process can always write to.
                eprintln!(
                    "{}: {}",
                    operation.name,
                    expected.map_or_else(|errno| errno.to_string(), |()| "allowed".into())
                );
            }
        }
    }
    assert!(wrong.is_empty(), "with `{text}`:\n  {}", wrong.join("\n  "));
}
