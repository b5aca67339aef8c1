//! A fault at each step of entry.
//!
//! Entry runs once undisturbed and is recorded; then once for every recorded call and every answer, with that call
//! answered so by the outer supervisor, and no other. Either entry fails and says rightly whether anything is in force,
//! or it succeeds and everything is refused.

use std::fs::{self, File};
use std::io::{Read as _, Write as _};
use std::net::TcpListener;

use sandbox_rt::{Allow, Declared, Dir, OnViolation, Rights, Sandbox, State};
use sandbox_tests::harness::Case;
use sandbox_tests::scratch;
use sandbox_tests::sys::{Child, End, as_ordinary_user, forked};

use crate::handlers::mask;
use crate::optional;
use crate::probe::{Probe, assert_failed, assert_no_second};
use crate::supervised::{self, Fault, Step};

/// Every error that the manual pages of entry's calls document, each given to every call. 0 is an outer sandbox that
/// pretends to have done it. EBADF is not among them: debug builds of std abort on it.
const ANSWERS: &[(&str, i32)] = &[
    ("pretended", 0),
    ("eperm", libc::EPERM),
    ("enosys", libc::ENOSYS),
    ("einval", libc::EINVAL),
    ("enomem", libc::ENOMEM),
    ("eacces", libc::EACCES),
    ("e2big", libc::E2BIG),
    ("ebusy", libc::EBUSY),
    ("efault", libc::EFAULT),
    ("eintr", libc::EINTR),
    ("eio", libc::EIO),
    ("emfile", libc::EMFILE),
    ("enfile", libc::ENFILE),
    ("enoent", libc::ENOENT),
    ("enomsg", libc::ENOMSG),
    ("enospc", libc::ENOSPC),
    ("eopnotsupp", libc::EOPNOTSUPP),
    ("esrch", libc::ESRCH),
];

/// A declaration, and what its body may do.
trait Scenario: Copy + Sync + 'static {
    const NAME: &str;
    /// What is declared.
    type Resources;
    fn resources(self) -> Self::Resources;
    fn sandbox(self, resources: &Self::Resources) -> Sandbox<'_>;
    fn body(self, resources: Self::Resources);
}

/// Two files, nothing minted; the usual program.
#[derive(Clone, Copy)]
struct Files;

impl Scenario for Files {
    const NAME: &str = "files";
    type Resources = (File, File);

    fn resources(self) -> Self::Resources {
        let input = File::open(scratch::path("input")).expect("the input");
        (input, File::create(scratch::path("output")).expect("the output"))
    }

    fn sandbox(self, (input, output): &Self::Resources) -> Sandbox<'_> {
        Sandbox::new("entry")
            .grant("input", input, Rights::READ)
            .grant("output", output, Rights::WRITE)
            .on_violation(OnViolation::Error)
    }

    fn body(self, (mut input, mut output): Self::Resources) {
        let mut text = String::new();
        input.read_to_string(&mut text).expect("read what is granted");
        output.write_all(text.as_bytes()).expect("write what is granted");
    }
}

/// A directory and a listener: pinned numbers, a handler, Landlock rules.
#[derive(Clone, Copy)]
struct Minting;

impl Scenario for Minting {
    const NAME: &str = "minting";
    type Resources = (Dir, TcpListener);

    fn resources(self) -> Self::Resources {
        let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a listener");
        (Dir::open_path(scratch::folder()).expect("the folder"), listener)
    }

    fn sandbox(self, (dir, listener): &Self::Resources) -> Sandbox<'_> {
        Sandbox::new("entry")
            .grant("dir", dir, Rights::LOOKUP | Rights::READ)
            .grant("listener", listener, "accept(recv + send) + event".parse::<Declared>().expect("rights"))
            .on_violation(OnViolation::Report)
            .allow(Allow::Threads)
    }

    fn body(self, (dir, _listener): Self::Resources) {
        let mut text = String::new();
        dir.open("input").expect("open beneath").read_to_string(&mut text).expect("read beneath");
        assert_eq!(text, "granted");
    }
}

pub(crate) fn cases() -> Vec<Case> {
    let mut cases = of(Files);
    cases.extend(of(Minting));
    cases
}

fn of<S: Scenario>(scenario: S) -> Vec<Case> {
    let mut cases = vec![Case::new(format!("faults::{}::none", S::NAME), move || {
        prepare();
        let steps = record(scenario);
        assert!(steps.iter().any(|step| step.number == libc::SYS_seccomp), "the record has no filter: {steps:?}");
    })];
    for &(name, errno) in ANSWERS {
        cases.push(Case::new(format!("faults::{}::{name}", S::NAME), move || every_step(scenario, errno)));
        cases.push(Case::new(format!("faults::{}::{name}::ordinary", S::NAME), move || {
            as_ordinary_user();
            every_step(scenario, errno);
        }));
    }
    cases
}

fn prepare() {
    fs::write(scratch::path("input"), "granted").expect("the input");
}

/// The calls of an undisturbed entry.
fn record<S: Scenario>(scenario: S) -> Vec<Step> {
    let (child, outcome) = attempt(scenario, None);
    assert_eq!(outcome, Outcome::Entered(Vec::new()), "{child:?}");
    supervised::recorded()
}

/// How an entry ended.
#[derive(Debug, PartialEq, Eq)]
enum Outcome {
    /// It succeeded, and everything was refused; the mechanisms that the status shows as missing.
    Entered(Vec<String>),
    Unchanged,
    Partial,
}

/// Marks the outcome among other lines of stderr.
const MARK: &str = "outcome: ";

impl Outcome {
    fn said(self) {
        match self {
            Self::Entered(missing) => eprintln!("{MARK}entered:{}", missing.join(",")),
            Self::Unchanged => eprintln!("{MARK}unchanged"),
            Self::Partial => eprintln!("{MARK}partial"),
        }
    }

    fn heard(child: &Child) -> Option<Self> {
        let said = child.stderr.lines().find_map(|line| line.strip_prefix(MARK))?;
        match said.split_once(':') {
            Some((_, missing)) => {
                Some(Self::Entered(missing.split(',').filter(|name| !name.is_empty()).map(str::to_owned).collect()))
            }
            None => Some(if said == "partial" { Self::Partial } else { Self::Unchanged }),
        }
    }
}

/// Enters under a supervisor; in a child, so that the next attempt finds an unconfined process.
fn attempt<S: Scenario>(scenario: S, fault: Fault) -> (Child, Outcome) {
    let child = forked(|| {
        supervised::supervise(fault);
        let probe = Probe::new();
        let resources = scenario.resources();
        let blocked = mask();
        supervised::begin();
        let entered = scenario.sandbox(&resources).enter();
        supervised::end();
        let Err(error) = entered else {
            probe.assert_refused();
            if fault.is_none() {
                scenario.body(resources);
            }
            return Outcome::Entered(missing()).said();
        };
        assert_failed(&error);
        assert_eq!(mask(), blocked, "after {error} other signals are blocked than before");
        eprintln!("{error}");
        // The fault was one of a moment: it does not come again.
        match (error.is_partial(), scenario.sandbox(&resources).enter()) {
            (true, Err(second)) => {
                assert_no_second(&second);
                Outcome::Partial.said();
            }
            (false, Ok(())) => {
                probe.assert_refused();
                scenario.body(resources);
                Outcome::Unchanged.said();
            }
            (_, second) => panic!("after {error:?} a second entry gave {second:?}"),
        }
    });
    let outcome = Outcome::heard(&child).filter(|_| child.end == End::Exited(0));
    let outcome = outcome.unwrap_or_else(|| panic!("with {fault:?}: {child:?}"));
    (child, outcome)
}

/// The mechanisms that the status shows as missing; none of them may be a required one.
fn missing() -> Vec<String> {
    let status = sandbox_rt::status().expect("a status");
    let missing = status.mechanisms().iter().filter(|mechanism| matches!(mechanism.state, State::Missing(_)));
    missing.inspect(|mechanism| assert!(!mechanism.required)).map(|mechanism| mechanism.name.to_owned()).collect()
}

/// Answers each step of entry once, and looks at what comes of it.
fn every_step<S: Scenario>(scenario: S, errno: i32) {
    prepare();
    let steps = record(scenario);
    let irreversible = steps.iter().position(|step| step.is_prctl(libc::PR_SET_NO_NEW_PRIVS)).expect("no_new_privs");
    let mut failures = Vec::new();
    for (at, step) in steps.iter().enumerate() {
        let (child, outcome) = attempt(scenario, Some((at, errno)));
        let begun = at > irreversible || (at == irreversible && errno == 0);
        let right = match &outcome {
            Outcome::Entered(missing) => {
                optional::missing(&steps, at, errno).is_some_and(|expected| expected == missing)
            }
            Outcome::Partial => begun,
            Outcome::Unchanged => !begun,
        };
        if !right {
            failures.push(format!("step {at}, {step}: {outcome:?}\n{}", child.stderr));
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}
