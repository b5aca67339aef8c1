//! Workers: the program itself, executed again with the given descriptors and nothing else.

use std::fs::{self, File};
use std::io::{Read as _, Write as _};
use std::process::ExitCode;

use sandbox_rt::worker::{Function, Given, Outcome, Worker};
use sandbox_rt::{OnViolation, Rights, Sandbox};
use sandbox_tests::harness::Case;
use sandbox_tests::scratch;
use sandbox_tests::sys::{as_ordinary_user, forked};

use crate::sys;

/// How many descriptors a worker is given at once.
const MANY: usize = 20;

/// What workers of this program can run.
pub(crate) const FUNCTIONS: &[(&str, Function)] = &[
    ("exit", exit),
    ("panic", |_| {
        enter(OnViolation::Error);
        panic!("a panic in the worker")
    }),
    ("abort", |_| {
        enter(OnViolation::Error);
        std::process::abort()
    }),
    ("violate", |_| {
        enter(OnViolation::Kill);
        drop(File::open("/etc/passwd"));
        ExitCode::SUCCESS
    }),
    ("wait", wait),
    ("unconfined", |_| ExitCode::SUCCESS),
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
        Case::new("workers::many_descriptors", many_descriptors),
        Case::new("workers::one_after_another", one_after_another),
    ]
}

fn enter(on_violation: OnViolation) {
    Sandbox::new("worker").on_violation(on_violation).enter().expect("entry");
}

#[allow(clippy::needless_pass_by_value, reason = "the type of a worker's function")]
fn exit(given: Given) -> ExitCode {
    enter(OnViolation::Error);
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
    let mut lines = vec![format!("descriptors {:?}", sys::open_numbers())];
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
    assert_eq!(run(Worker::new("panic")), Outcome::Panicked);
    assert_eq!(run(Worker::new("abort")), Outcome::Signalled(libc::SIGABRT));
    assert_eq!(run(Worker::new("violate")), Outcome::Signalled(libc::SIGTRAP));
    // The starter is not confined by any of it.
    assert!(sandbox_rt::status().is_none() && !sys::in_capability_mode());
    drop(File::open("/etc/passwd").expect("open"));
}

fn kill() {
    let (reader, writer) = std::io::pipe().expect("a pipe");
    let mut running = Worker::new("wait").give("pipe", reader).spawn().expect("start");
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
    let child = forked(|| assert_eq!(run(Worker::new("unheard of")), Outcome::Exited(125)));
    assert!(child.stderr.contains("there is no worker function `unheard of`"), "{child:?}");
}

/// Nothing is inherited but standard error and what is given.
fn given() {
    // Not close-on-exec, and far up: an ordinary child would have them.
    let inherited = rustix::io::dup(std::io::stdin()).expect("dup");
    let high = rustix::io::fcntl_dupfd_cloexec(std::io::stdin(), 200).expect("a copy");
    rustix::io::fcntl_setfd(&high, rustix::io::FdFlags::empty()).expect("not close-on-exec");
    let path = scratch::path("out");
    let worker = Worker::new("describe").arg("two words").arg("").give("out", File::create(&path).expect("a file"));
    assert_eq!(run(worker), Outcome::Exited(0));
    let text = fs::read_to_string(path).expect("read");
    let lines: Vec<&str> = text.lines().collect();
    let wanted = ["descriptors [0, 1, 2, 3]", "variable SANDBOX_WORKER", "argument \"two words\"", "argument \"\""];
    assert_eq!(lines, wanted);
    drop((inherited, high));
}

fn file(content: &str) -> File {
    File::open(scratch::file(content, content)).expect("a file")
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

fn one_after_another() {
    let before = sys::open_numbers();
    for round in 0..20_u8 {
        let (reader, writer) = std::io::pipe().expect("a pipe");
        drop(writer);
        let worker = Worker::new("exit").arg(round.to_string()).give("pipe", reader);
        assert_eq!(run(worker), Outcome::Exited(round.into()));
    }
    assert_eq!(sys::open_numbers(), before, "descriptors were leaked");
}
