//! A runner for test programs without the usual harness. Every test program of this package that confines itself is
//! built on it, so what is public here stays as it is.
//!
//! A program declares its cases and hands them to [`main`]. Each case runs in a fresh process with one thread: the
//! program executes itself again with `--case NAME`, under a time limit. A case fails by panicking, by exiting with
//! another status than 0, by a signal or by the time limit. The output looks like libtest's, and so do the arguments.
//!
//! ```no_run
//! use std::process::ExitCode;
//! use sandbox_tests::harness::{self, Case};
//!
//! fn main() -> ExitCode {
//!     harness::main(vec![Case::new("sums::small", || assert_eq!(1 + 1, 2))])
//! }
//! ```

mod arguments;
mod output;
mod process;

use std::collections::VecDeque;
use std::fmt;
use std::process::ExitCode;
use std::sync::{Mutex, PoisonError, mpsc};
use std::thread;
use std::time::{Duration, Instant};

use self::arguments::Arguments;
use self::process::Ended;

/// How long a case may take.
const TIME_LIMIT: Duration = Duration::from_secs(30);
/// The exit status of a test program in which a case failed, and of wrong arguments; libtest's.
const FAILED: u8 = 101;

/// A test case.
pub struct Case {
    /// Its name: words joined by `::`, unique in its program.
    pub name: String,
    /// What it does. It runs in a process of its own, in the only thread, and fails by panicking.
    pub run: Box<dyn Fn() + Sync>,
    /// How long it may take.
    pub time_limit: Duration,
}

impl Case {
    /// A case that may take 30 seconds.
    pub fn new(name: impl Into<String>, run: impl Fn() + Sync + 'static) -> Self {
        Self { name: name.into(), run: Box::new(run), time_limit: TIME_LIMIT }
    }

    /// With another time limit.
    #[must_use]
    pub fn time_limit(self, time_limit: Duration) -> Self {
        Self { time_limit, ..self }
    }
}

impl fmt::Debug for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Case").field("name", &self.name).field("time_limit", &self.time_limit).finish_non_exhaustive()
    }
}

/// The main function of a test program.
#[must_use = "it is the exit status of the program"]
pub fn main(cases: Vec<Case>) -> ExitCode {
    main_with(cases, std::env::args().skip(1))
}

/// The main function of a suite on systems that it is not about. `kernel`, `entry`, `escapes`, `server`, `verdicts` and
/// suites of examples are about mechanisms of Linux (filters, Landlock, pinned numbers, procfs, namespaces), by its raw
/// system calls, `escapes` and `verdicts` by those of x86_64; `freebsd` is about Capsicum.
#[must_use = "it is the exit status of the program"]
pub fn other_system() -> ExitCode {
    main(Vec::new())
}

fn main_with(mut cases: Vec<Case>, arguments: impl Iterator<Item = String>) -> ExitCode {
    let arguments = match Arguments::parse(arguments) {
        Ok(arguments) => arguments,
        Err(error) => {
            eprintln!("error: {error}");
            return ExitCode::from(FAILED);
        }
    };
    cases.sort_by(|a, b| a.name.cmp(&b.name));
    if let Some(pair) = cases.windows(2).find(|pair| pair[0].name == pair[1].name) {
        eprintln!("error: two cases have the name `{}`", pair[0].name);
        return ExitCode::from(FAILED);
    }
    if let Some(name) = &arguments.case {
        let Some(case) = cases.iter().find(|case| case.name == *name) else {
            eprintln!("error: there is no case `{name}`");
            return ExitCode::from(FAILED);
        };
        (case.run)();
        return ExitCode::SUCCESS;
    }
    let declared = cases.len();
    cases.retain(|case| arguments.selects(&case.name));
    if arguments.list {
        output::list(&cases);
        return ExitCode::SUCCESS;
    }
    let filtered_out = declared - cases.len();
    if run_all(&cases, &arguments, filtered_out) { ExitCode::SUCCESS } else { ExitCode::from(FAILED) }
}

/// Runs the cases, several at once, and prints how each ended. Gives whether all passed.
fn run_all(cases: &[Case], arguments: &Arguments, filtered_out: usize) -> bool {
    let start = Instant::now();
    output::start(cases.len());
    let queue = Mutex::new(cases.iter().collect::<VecDeque<_>>());
    let next = || queue.lock().unwrap_or_else(PoisonError::into_inner).pop_front();
    let (sender, results) = mpsc::channel::<(&Case, Ended)>();
    let failed = thread::scope(|scope| {
        for _ in 0..arguments.at_once().min(cases.len()) {
            let sender = sender.clone();
            scope.spawn(move || {
                while let Some(case) = next() {
                    let ended = process::run(case, arguments.capture);
                    if sender.send((case, ended)).is_err() {
                        break;
                    }
                }
            });
        }
        drop(sender);
        results
            .iter()
            .inspect(|(case, ended)| output::case(&case.name, ended))
            .filter(|(_, ended)| !ended.passed())
            .collect::<Vec<_>>()
    });
    output::end(cases.len(), &failed, filtered_out, start.elapsed());
    failed.is_empty()
}
