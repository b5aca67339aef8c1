//! A confined process's verdicts, as its kernel gives them, held against the model's.
//!
//! The process enters as every program does, with the filter that is shipped. Calls are made by the machine's own
//! instruction and none is performed (see [`Sampler`]): whether the filter refused or the kernel would have cannot be
//! mixed up.

use std::fs::File;
use std::net::TcpListener;
use std::os::fd::{AsFd, AsRawFd as _, OwnedFd};
use std::os::unix::net::UnixStream;

use rustix::event::epoll;
use rustix::process::{PidfdFlags, getpid, pidfd_open};
use sandbox_model::{Arguments, Declaration, Meaning, Process, Verdict, inputs, meaning, name_of, numbers_end};
use sandbox_policy::linux::{Arch, CallRules, Test};
use sandbox_rt::{Allow, Declared, OnViolation, Sandbox};

use crate::sys::{End, Sampler, forked};

const ARCH: Arch = Arch::X86_64;

/// A declaration and the objects that it names.
#[derive(Debug)]
pub struct Subject {
    declaration: Declaration,
    objects: Vec<OwnedFd>,
    kept: Vec<OwnedFd>,
}

impl Subject {
    /// Of rights on new objects to which they fit.
    ///
    /// # Panics
    ///
    /// If an object cannot be made.
    #[must_use]
    pub fn new(name: &str, rights: &[&str]) -> Self {
        let mut declaration = Declaration::new(name);
        let (mut objects, mut kept) = (Vec::new(), Vec::new());
        for (at, rights) in rights.iter().enumerate() {
            let object = object(rights, &mut kept);
            declaration = declaration.grant(&format!("it{at}"), number(&object), rights);
            objects.push(object);
        }
        // Peers stay open, without a right.
        for peer in &kept {
            declaration = declaration.grant("peer", number(peer), "hold");
        }
        declaration.pid = std::process::id();
        Self { declaration, objects, kept }
    }

    /// With threads.
    #[must_use]
    pub fn threads(self) -> Self {
        Self { declaration: self.declaration.threads(), ..self }
    }

    /// With another reaction to violations.
    #[must_use]
    pub fn on_violation(self, on_violation: OnViolation) -> Self {
        Self { declaration: self.declaration.on_violation(on_violation), ..self }
    }

    /// Confines this process.
    fn enter(&mut self) -> (Sampler, Process) {
        let sampler = Sampler::new();
        self.declaration.inert = inert();
        let mut sandbox = Sandbox::new(&self.declaration.name).on_violation(self.declaration.on_violation);
        for (entry, object) in self.declaration.entries.iter().zip(self.objects.iter().chain(&self.kept)) {
            sandbox = sandbox.grant(&entry.name, object, entry.rights.parse::<Declared>().expect("rights"));
        }
        if self.declaration.threads {
            sandbox = sandbox.allow(Allow::Threads);
        }
        sandbox.enter().expect("entry");
        (sampler, Process::new(&self.declaration, ARCH))
    }

    /// Confines this process and compares its verdicts with the model's; gives how many. Those that end the process are
    /// left out.
    ///
    /// # Panics
    ///
    /// If they differ, or if a rule of the filter was not met, or not missed by one argument only.
    pub fn compare(mut self) -> u64 {
        let filter = {
            self.declaration.inert = inert();
            self.declaration.lower(ARCH).expect("a plan").filter
        };
        let (mut sampler, process) = self.enter();
        let mut compared = 0;
        let mut unmet = Vec::new();
        for number in (0..numbers_end()).filter(|number| !TRAMPOLINES.contains(number)) {
            let name = name_of(ARCH, number);
            let meaning = name.map_or(Meaning::Never, meaning);
            let entry = filter.calls.iter().find(|entry| entry.call.number(ARCH) == Some(number));
            let mut coverage = entry.map(Coverage::new);
            let mut seen = 0_u64;
            inputs::of_number(&process, number, name, meaning, &mut |arguments| {
                let expected = process.verdict(name, meaning, &arguments);
                let needed = coverage.as_mut().is_some_and(|coverage| coverage.see(&arguments));
                seen += 1;
                // Each that shows something of a rule for the first time, and some of the others.
                let silences = name == Some("close") && Arguments(arguments).fd(0) == STDERR;
                if expected != Verdict::Killed && !silences && (needed || seen.is_multiple_of(SPARSE)) {
                    compared += 1;
                    let found = sampler.ask(number, &arguments);
                    assert_eq!(found, expected, "{name:?} ({number:#x}) {arguments:x?}");
                }
            });
            unmet.extend(coverage.into_iter().flat_map(|coverage| coverage.unmet()));
        }
        assert!(unmet.is_empty(), "not covered: {unmet:#?}");
        for number in inputs::random_numbers().into_iter().filter(|&number| number < inputs::X32) {
            let name = name_of(ARCH, number);
            let expected = process.verdict(name, name.map_or(Meaning::Never, meaning), &[0; 6]);
            if expected != Verdict::Killed {
                assert_eq!(sampler.ask(number, &[0; 6]), expected, "{name:?} ({number:#x})");
                compared += 1;
            }
        }
        compared
    }
}

/// `uretprobe` and `uprobe`, which no filter is asked about since Linux 6.13 (kernel/seccomp.c): from anywhere but the
/// kernel's own trampolines they end the process with SIGILL.
pub const TRAMPOLINES: [u32; 2] = [335, 336];

/// Where a failure is said; not to be closed.
const STDERR: u32 = 2;
/// Of the calls that show nothing new, one in so many is made.
const SPARSE: u64 = 16;

/// Which rules of a call were met, and missed in exactly one test.
struct Coverage<'a> {
    entry: &'a CallRules,
    met: Vec<bool>,
    missed: Vec<Vec<bool>>,
}

impl<'a> Coverage<'a> {
    fn new(entry: &'a CallRules) -> Self {
        let missed = entry.rules.iter().map(|rule| vec![false; rule.tests.len()]).collect();
        Self { entry, met: vec![false; entry.rules.len()], missed }
    }

    /// Whether these arguments show something that was not shown before.
    fn see(&mut self, arguments: &[u64; 6]) -> bool {
        let mut new = false;
        let holds = |test: &Test| test.holds(arguments);
        let decides = self.entry.rules.iter().position(|rule| rule.tests.iter().all(holds));
        let answer = decides.map_or(self.entry.otherwise, |at| self.entry.rules[at].action);
        if let Some(at) = decides {
            new |= !std::mem::replace(&mut self.met[at], true);
        }
        for (rule, missed) in self.entry.rules.iter().zip(&mut self.missed).filter(|(rule, _)| rule.action != answer) {
            let mut failing = rule.tests.iter().enumerate().filter(|(_, test)| !holds(test));
            if let (Some((only, _)), None) = (failing.next(), failing.next()) {
                new |= !std::mem::replace(&mut missed[only], true);
            }
        }
        new
    }

    /// Rules that were not met, or whose tests never all held but one. A test may be beside the point where other rules
    /// permit what misses it; that some test of the rule was seen to refuse is asked of every rule.
    fn unmet(&self) -> Vec<String> {
        let rules = self.entry.rules.iter().zip(&self.met).zip(&self.missed);
        let open = rules.filter(|((rule, met), missed)| !**met || !(rule.tests.is_empty() || missed.contains(&true)));
        open.map(|((rule, met), _)| format!("{} {rule:?} met: {met}", self.entry.call)).collect()
    }
}

/// Compares the verdicts that end a process, each in a child of its own: the first refusal of every number that is not
/// survived, the same number of x32's, and some of the i386 table.
///
/// # Panics
///
/// If one goes on.
pub fn compare_ends(subject: impl Fn() -> Subject, numbers: impl Iterator<Item = u32>) -> u64 {
    let mut ended = 0;
    let mut ends = |what: &str, ask: &dyn Fn(&mut Sampler)| {
        let child = forked(|| {
            let (mut sampler, _) = subject().enter();
            ask(&mut sampler);
        });
        assert_eq!(child.end, End::Signalled(libc::SIGSYS), "{what}: {}", child.stderr);
        ended += 1;
    };
    let process = Process::new(&subject().declaration, ARCH);
    for number in numbers.filter(|number| !TRAMPOLINES.contains(number)) {
        let name = name_of(ARCH, number);
        let meaning = name.map_or(Meaning::Never, meaning);
        let mut refused = None;
        inputs::of_number(&process, number, name, meaning, &mut |arguments| {
            if process.verdict(name, meaning, &arguments) == Verdict::Killed {
                refused.get_or_insert(arguments);
            }
        });
        if let Some(arguments) = refused {
            ends(&format!("{name:?} {arguments:x?}"), &|sampler| {
                let _ = sampler.ask(number, &arguments);
            });
        }
    }
    for number in [0, 1, 39, 60, 231, 512, 547] {
        ends("x32", &|sampler| {
            let _ = sampler.ask(inputs::X32 | number, &[0; 6]);
        });
    }
    for number in [1, 3, 4, 5, 20, 252, 295] {
        ends("i386", &|sampler| sampler.ask_i386(number));
    }
    ended
}

fn number(object: &impl AsFd) -> u32 {
    object.as_fd().as_raw_fd().unsigned_abs()
}

/// The number that the inert descriptor is going to have: the second one that is free, as the memory behind it is open
/// while it is made.
fn inert() -> u32 {
    let [_, second] = [(); 2].map(|()| File::open("/dev/null").expect("/dev/null")).each_ref().map(number);
    second
}

/// An object to which the rights fit.
fn object(rights: &str, kept: &mut Vec<OwnedFd>) -> OwnedFd {
    let has = |names: &[&str]| names.iter().any(|name| rights.split([' ', '+', '(']).any(|term| term == *name));
    if has(&["lookup", "fstatat", "fchmodat", "fchownat", "futimesat"]) {
        return File::open(crate::scratch::folder()).expect("the folder").into();
    }
    if has(&["accept", "sock_server"]) {
        return TcpListener::bind(("127.0.0.1", 0)).expect("a listener").into();
    }
    let socket = ["sock_client", "recv", "send", "shutdown", "getpeername", "getsockname", "getsockopt", "setsockopt"];
    if has(&socket) || has(&["listen", "bind", "connect", "peeloff"]) {
        let (ours, theirs) = UnixStream::pair().expect("a pair of sockets");
        kept.push(theirs.into());
        return ours.into();
    }
    if has(&["kqueue", "kqueue_event", "kqueue_change"]) {
        return epoll::create(epoll::CreateFlags::CLOEXEC).expect("an epoll instance");
    }
    if has(&["pdwait"]) {
        return pidfd_open(getpid(), PidfdFlags::empty()).expect("a process descriptor");
    }
    tempfile::tempfile().expect("a file").into()
}
