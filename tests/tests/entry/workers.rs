//! Workers: the program itself, executed again with the given descriptors and nothing else.

use std::fs::{self, File};
use std::io::{self, Read as _, Seek as _, Write as _};
use std::os::fd::AsFd as _;
use std::os::unix::fs::MetadataExt as _;
use std::process::{Command, ExitCode};

use rustix::io::{Errno, FdFlags};
use rustix::process::{Pid, Resource, Rlimit, WaitOptions};

use sandbox_rt::worker::{Function, Given, Outcome, Worker};
use sandbox_rt::{ErrorKind, OnViolation, Rights, Sandbox};
use sandbox_tests::harness::Case;
use sandbox_tests::scratch;
use sandbox_tests::sys::{as_ordinary_user, forked};

use crate::sys::is_open;

/// How many descriptors a worker is given at once.
const MANY: usize = 20;
/// The signal of a violation that ends the process.
const VIOLATION: i32 = if cfg!(target_os = "freebsd") { libc::SIGTRAP } else { libc::SIGSYS };

/// What workers of this program can run.
pub(crate) const FUNCTIONS: &[(&str, Function)] = &[
    ("exit", exit),
    ("panic", |_| {
        enter();
        panic!("a panic in the worker")
    }),
    ("abort", |_| {
        enter();
        std::process::abort()
    }),
    ("violate", |_| {
        Sandbox::new("violate").on_violation(OnViolation::Kill).enter().expect("entry");
        drop(File::open("/etc/passwd"));
        ExitCode::SUCCESS
    }),
    ("wait", wait),
    ("unconfined", |_| ExitCode::SUCCESS),
    ("refused", |_| {
        // Entry fails here: stdin is open for reading only.
        let entered = Sandbox::new("refused").stream(sandbox_rt::Stream::Stdin, Rights::WRITE).enter();
        if entered.is_err() { ExitCode::SUCCESS } else { ExitCode::from(9) }
    }),
    ("refused and failed", |_| {
        // As `main` would return the error of an annotated function.
        let entered = Sandbox::new("refused").stream(sandbox_rt::Stream::Stdin, Rights::WRITE).enter();
        entered.map_or_else(
            |error| {
                eprintln!("Error: {error}");
                ExitCode::from(1)
            },
            |()| ExitCode::SUCCESS,
        )
    }),
    ("failed before", |_| ExitCode::from(1)),
    ("describe", describe),
    ("many", many),
];

pub(crate) fn cases() -> Vec<Case> {
    vec![
        Case::new("workers::outcomes", outcomes),
        Case::new("workers::outcomes::ordinary", || {
            as_ordinary_user();
            outcomes();
        }),
        Case::new("workers::kill", kill),
        Case::new("workers::not_confined", not_confined),
        Case::new("workers::given", given),
        Case::new("workers::arguments", arguments),
        Case::new("workers::argument_alone", argument_alone),
        Case::new("workers::many_descriptors", many_descriptors),
        Case::new("workers::one_after_another", one_after_another),
        Case::new("workers::side_by_side", side_by_side),
        Case::new("workers::names", names),
        Case::new("workers::cannot_start", cannot_start),
    ]
}

fn enter() {
    Sandbox::new("worker").enter().expect("entry");
}

#[allow(clippy::needless_pass_by_value, reason = "the type of a worker's function")]
fn exit(given: Given) -> ExitCode {
    enter();
    ExitCode::from(given.args()[0].parse::<u8>().expect("a code"))
}

/// Waits for the pipe's end, which comes when the starter closes it.
fn wait(mut given: Given) -> ExitCode {
    let mut pipe = File::from(given.descriptor("pipe").expect("the pipe"));
    Sandbox::new("wait").grant("pipe", &pipe, Rights::READ).enter().expect("entry");
    let _ = pipe.read(&mut [0]);
    ExitCode::SUCCESS
}

/// Writes what it finds before it confines itself.
fn describe(mut given: Given) -> ExitCode {
    let mut out = File::from(given.descriptor("out").expect("the output"));
    given.descriptor("out").expect_err("a descriptor may be taken once");
    given.descriptor("other").expect_err("and only under its name");
    let mut lines = vec![format!("descriptors {:?}", open_descriptors())];
    let null = fs::metadata("/dev/null").expect("/dev/null").rdev();
    let (stdin, stdout) = (io::stdin(), io::stdout());
    for (name, stream) in [("stdin", stdin.as_fd()), ("stdout", stdout.as_fd())] {
        let is_null = File::from(stream.try_clone_to_owned().expect("a copy")).metadata().expect("it").rdev() == null;
        lines.push(format!("{name} is /dev/null: {is_null}"));
    }
    lines.extend(std::env::vars_os().map(|(name, _)| format!("variable {}", name.display())));
    lines.extend(given.args().iter().map(|argument| format!("argument {argument:?}")));
    Sandbox::new("describe").grant("out", &out, Rights::WRITE).enter().expect("entry");
    out.write_all(lines.join("\n").as_bytes()).expect("write");
    ExitCode::SUCCESS
}

/// Reads all of its descriptors, in the reverse order of their names.
fn many(mut given: Given) -> ExitCode {
    let files: Vec<File> =
        (0..MANY).map(|index| given.descriptor(&format!("file {index}")).expect("a descriptor").into()).collect();
    let mut sandbox = Sandbox::new("many");
    for (index, file) in files.iter().enumerate() {
        sandbox = sandbox.grant(format!("file {index}"), file, Rights::READ);
    }
    sandbox.enter().expect("entry");
    for (index, mut file) in files.into_iter().enumerate().rev() {
        let mut text = String::new();
        file.read_to_string(&mut text).expect("read");
        assert_eq!(text, index.to_string());
    }
    ExitCode::SUCCESS
}

fn run(worker: Worker) -> Outcome {
    worker.run().expect("the worker is started and watched")
}

fn outcomes() {
    for code in [0_u8, 1, 42, 255] {
        assert_eq!(run(Worker::new("exit").arg(code.to_string())), Outcome::Exited(code.into()));
    }
    let panicked = if cfg!(panic = "abort") { Outcome::Signalled(libc::SIGABRT) } else { Outcome::Panicked };
    assert_eq!(run(Worker::new("panic")), panicked);
    assert_eq!(run(Worker::new("abort")), Outcome::Signalled(libc::SIGABRT));
    assert_eq!(run(Worker::new("violate")), Outcome::Signalled(VIOLATION));
    // The starter is not confined by any of it.
    assert!(sandbox_rt::status().is_none());
    drop(File::open("/etc/passwd").expect("open"));
}

fn kill() {
    let (reader, writer) = std::io::pipe().expect("a pipe");
    let mut running = Worker::new("wait").give("pipe", reader).spawn().expect("start");
    let process = i32::try_from(running.id()).ok().and_then(Pid::from_raw).expect("a process");
    rustix::process::test_kill_process(process).expect("it runs");
    running.kill().expect("kill");
    assert_eq!(running.wait().expect("wait"), Outcome::Signalled(libc::SIGKILL));
    drop(writer);
    // One that is not killed ends by itself when there is nothing more to wait for.
    let (reader, writer) = std::io::pipe().expect("a pipe");
    let running = Worker::new("wait").give("pipe", reader).spawn().expect("start");
    drop(writer);
    assert_eq!(running.wait().expect("wait"), Outcome::Exited(0));
}

fn not_confined() {
    let child = forked(|| assert_eq!(run(Worker::new("unconfined")), Outcome::Exited(125)));
    assert!(child.stderr.contains("`unconfined` returned without having confined itself"), "{child:?}");
    let child = forked(|| assert_eq!(run(Worker::new("refused")), Outcome::Exited(125)));
    assert!(child.stderr.contains("`refused` returned without"), "{child:?}");
    let child = forked(|| assert_eq!(run(Worker::new("refused and failed")), Outcome::Exited(1)));
    let lines: Vec<_> = child.stderr.lines().collect();
    assert!(lines.len() == 2 && lines[0].starts_with("Error: ") && lines[1].starts_with("help: "), "{child:?}");
    let child = forked(|| assert_eq!(run(Worker::new("failed before")), Outcome::Exited(125)));
    assert!(child.stderr.contains("`failed before` returned without"), "{child:?}");
    let child = forked(|| assert_eq!(run(Worker::new("unheard of")), Outcome::Exited(125)));
    assert!(child.stderr.contains("there is no worker function `unheard of`"), "{child:?}");
}

/// What the worker wrote about itself.
fn described(worker: Worker) -> Vec<String> {
    let path = scratch::path("out");
    let out = File::create(&path).expect("a file");
    assert_eq!(run(worker.give("out", out)), Outcome::Exited(0));
    fs::read_to_string(path).expect("read").lines().map(str::to_owned).collect()
}

/// Nothing is inherited but standard error and what is given.
fn given() {
    // Not close-on-exec, and one far up: an ordinary child would have them.
    let inherited = rustix::io::dup(io::stdin()).expect("dup");
    let high = rustix::io::fcntl_dupfd_cloexec(io::stdin(), 200).expect("a copy");
    rustix::io::fcntl_setfd(&high, FdFlags::empty()).expect("not close-on-exec");
    let lines = described(Worker::new("describe").arg("two words"));
    // The variable tells the program that it is a worker.
    let wanted = [
        "descriptors [0, 1, 2, 3]",
        "stdin is /dev/null: true",
        "stdout is /dev/null: true",
        "variable SANDBOX_WORKER",
        "argument \"two words\"",
    ];
    assert_eq!(lines, wanted);
    drop((inherited, high));
}

/// An argument that somebody else chose does not make a program a worker.
fn argument_alone() {
    let this = std::env::current_exe().expect("this program");
    let started = Command::new(this).arg("--sandbox-worker=exit").arg("").arg("7").output().expect("start");
    // This program's own answer to an unknown option.
    assert_eq!(started.status.code(), Some(101), "{started:?}");
    assert!(String::from_utf8_lossy(&started.stderr).contains("not an option"), "{started:?}");
}

fn arguments() {
    let given = ["two words", "", "ünïcödé — 漢字", "--sandbox-worker=exit", "a\"b'c\\d\n", "--case"];
    let worker = given.iter().fold(Worker::new("describe"), |worker, argument| worker.arg(*argument));
    let lines = described(worker);
    let found: Vec<_> = lines.iter().filter_map(|line| line.strip_prefix("argument ")).collect();
    assert_eq!(found, given.map(|argument| format!("{argument:?}")));
}

fn file(content: &str) -> File {
    let mut file = File::options().read(true).write(true).create(true).truncate(true).open(scratch::path(content));
    let file = file.as_mut().expect("a file");
    file.write_all(content.as_bytes()).expect("write");
    file.rewind().expect("rewind");
    file.try_clone().expect("a copy")
}

fn many_descriptors() {
    // Their numbers here are descending, those there ascending: none may be overwritten before it was copied.
    let files: Vec<File> = (0..MANY).map(|index| file(&index.to_string())).collect();
    let worker = files
        .into_iter()
        .enumerate()
        .rev()
        .fold(Worker::new("many"), |worker, (index, file)| worker.give(format!("file {index}"), file));
    assert_eq!(run(worker), Outcome::Exited(0));
}

fn open_descriptors() -> Vec<i32> {
    (0..256).filter(|&number| is_open(number)).collect()
}

/// Whether this process has no child, not even one that ended and was not waited for.
fn no_children() -> bool {
    matches!(rustix::process::wait(WaitOptions::NOHANG), Err(Errno::CHILD))
}

fn one_after_another() {
    let before = open_descriptors();
    for round in 0..50_u8 {
        let (reader, writer) = std::io::pipe().expect("a pipe");
        drop(writer);
        let worker = Worker::new("exit").arg(round.to_string()).give("pipe", reader);
        assert_eq!(run(worker), Outcome::Exited(round.into()));
    }
    assert_eq!(open_descriptors(), before, "descriptors were leaked");
    assert!(no_children(), "zombies are left");
}

fn side_by_side() {
    let before = open_descriptors();
    let running: Vec<_> =
        (0..10_u8).map(|code| Worker::new("exit").arg(code.to_string()).spawn().expect("start")).collect();
    for (code, running) in running.into_iter().enumerate() {
        assert_eq!(running.wait().expect("wait"), Outcome::Exited(i32::try_from(code).expect("a code")));
    }
    assert_eq!(open_descriptors(), before);
    assert!(no_children());
}

/// Names are passed as a list: what would be torn apart is refused.
fn names() {
    for name in ["a,b", ""] {
        let error = Worker::new("exit").give(name, file("content")).spawn().expect_err(name);
        assert_eq!(error.kind(), ErrorKind::Worker, "{error}");
        assert!(error.help_line().is_some(), "{error}");
    }
    let error = Worker::new("exit").give("twice", file("content")).give("twice", file("content")).spawn();
    assert_eq!(error.expect_err("a name given twice").kind(), ErrorKind::Worker);
}

fn cannot_start() {
    let nothing = Rlimit { current: Some(0), maximum: Some(0) };
    rustix::process::setrlimit(Resource::Nofile, nothing).expect("setrlimit");
    let error = Worker::new("exit").arg("0").run().expect_err("no descriptor can be made");
    assert_eq!((error.kind(), error.raw_os_error()), (ErrorKind::Worker, Some(libc::EMFILE)), "{error}");
    assert_eq!(error.to_string(), "worker `exit`: cannot be started: Too many open files (os error 24)");
    assert!(!error.is_partial(), "{error}");
}
