//! One attempt: it succeeds in a process that is not confined, and is refused in the same process confined.

use std::mem::ManuallyDrop;

use sandbox_tests::harness::Case;
use sandbox_tests::sys::{self, Child, End, Errno};

use crate::world::{Under, World};

/// SIGSYS, with which `on_violation = kill` and the wrong table of calls end a process.
const SIGSYS: i32 = libc::SIGSYS;

/// What hostile code does with what it finds. It gives the result of the call that counts.
pub(crate) type Act = fn(&World) -> Result<i64, Errno>;

/// What the sandbox makes of it.
#[derive(Debug, Clone, Copy)]
enum Refused {
    /// The call fails with one of these, or ends the process where the declaration says `kill`.
    With(&'static [Errno]),
    /// The process ends with SIGSYS, whatever the declaration says.
    Ends,
}

/// An attempt, and the declarations under which it is made.
#[derive(Debug, Clone)]
pub(crate) struct Attempt {
    name: &'static str,
    act: Act,
    under: Vec<Under>,
    refused: Refused,
}

impl Attempt {
    /// An attempt that the filter refuses with EPERM, whatever the declaration.
    pub(crate) fn new(name: &'static str, act: Act) -> Self {
        Self { name, act, under: Under::ALL.to_vec(), refused: Refused::With(&[Errno::EPERM]) }
    }

    /// Made under these declarations only.
    pub(crate) fn under(self, under: &[Under]) -> Self {
        Self { under: under.to_vec(), ..self }
    }

    /// Not made under these declarations, which grant it.
    pub(crate) fn not_under(mut self, granting: &[Under]) -> Self {
        self.under.retain(|under| !granting.contains(under));
        self
    }

    /// Refused with one of these.
    pub(crate) fn with(self, refused: &'static [Errno]) -> Self {
        Self { refused: Refused::With(refused), ..self }
    }

    /// Ends the process.
    pub(crate) fn ends(self) -> Self {
        Self { refused: Refused::Ends, ..self }
    }

    pub(crate) fn name(&self) -> &'static str {
        self.name
    }

    /// Its name as a part of a case's.
    pub(crate) fn id(&self) -> String {
        self.name.replace(' ', "_")
    }

    /// Makes the attempt.
    pub(crate) fn act(&self, world: &World) -> Result<i64, Errno> {
        (self.act)(world)
    }

    /// The attempt as a test case.
    pub(crate) fn case(self, group: &str) -> Case {
        Case::new(format!("{group}::{}", self.id()), move || self.check())
    }

    fn check(&self) {
        // Attempts close descriptors that are not theirs: nothing is dropped after them.
        let free = sys::forked(|| {
            let world = ManuallyDrop::new(World::new());
            if let Err(errno) = (self.act)(&world) {
                panic!("without the sandbox it must succeed, and it fails with {errno}");
            }
        });
        assert_eq!(free.end, End::Exited(0), "without the sandbox:\n{}", free.stderr);
        for &under in &self.under {
            let confined = sys::forked(|| {
                let world = ManuallyDrop::new(World::new());
                world.enter(under);
                self.judge((self.act)(&world));
            });
            assert!(self.held(under, &confined), "{under:?}: {:?}\n{}", confined.end, confined.stderr);
        }
    }

    /// In the confined process.
    fn judge(&self, outcome: Result<i64, Errno>) {
        match (self.refused, outcome) {
            (Refused::With(errnos), Err(errno)) if errnos.contains(&errno) => {}
            (_, outcome) => panic!("got through, or failed for another reason: {outcome:?}"),
        }
    }

    fn held(&self, under: Under, confined: &Child) -> bool {
        match (self.refused, under) {
            (Refused::Ends, _) => confined.end == End::Signalled(SIGSYS),
            // What libraries try and survive keeps its errno.
            (Refused::With(_), Under::Kill) => [End::Signalled(SIGSYS), End::Exited(0)].contains(&confined.end),
            (Refused::With(_), _) => confined.end == End::Exited(0),
        }
    }
}

/// An attempt on something else than the [`World`]: made by `make`, confined by `enter`.
#[derive(Debug)]
pub(crate) struct Special<T: 'static> {
    pub(crate) name: &'static str,
    pub(crate) make: fn() -> T,
    pub(crate) enter: fn(&T),
    pub(crate) act: fn(&T) -> Result<i64, Errno>,
    pub(crate) refused: Outcome,
}

/// How a refused attempt ends.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Outcome {
    /// The call fails with one of these.
    Fails(&'static [Errno]),
    /// The process ends with this signal.
    Ends(i32),
    /// The one or the other, as the machine has it.
    FailsOrEnds(&'static [Errno], i32),
}

impl<T> Special<T> {
    /// The attempt as a test case.
    pub(crate) fn case(self, group: &str) -> Case {
        Case::new(format!("{group}::{}", self.name.replace(' ', "_")), move || self.check())
    }

    fn check(&self) {
        let free = sys::forked(|| {
            let made = ManuallyDrop::new((self.make)());
            if let Err(errno) = (self.act)(&made) {
                panic!("without the sandbox it must succeed, and it fails with {errno}");
            }
        });
        assert_eq!(free.end, End::Exited(0), "without the sandbox:\n{}", free.stderr);
        let confined = sys::forked(|| {
            let made = ManuallyDrop::new((self.make)());
            (self.enter)(&made);
            match (self.refused, (self.act)(&made)) {
                (Outcome::Fails(errnos) | Outcome::FailsOrEnds(errnos, _), Err(errno)) if errnos.contains(&errno) => {}
                (_, outcome) => panic!("got through, or failed for another reason: {outcome:?}"),
            }
        });
        let held = match self.refused {
            Outcome::Fails(_) => confined.end == End::Exited(0),
            Outcome::Ends(signal) => confined.end == End::Signalled(signal),
            Outcome::FailsOrEnds(_, signal) => [End::Exited(0), End::Signalled(signal)].contains(&confined.end),
        };
        assert!(held, "{:?}\n{}", confined.end, confined.stderr);
    }
}

/// The cases of a group.
pub(crate) fn cases(group: &str, attempts: Vec<Attempt>) -> Vec<Case> {
    attempts.into_iter().map(|attempt| attempt.case(group)).collect()
}
