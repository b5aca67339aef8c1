//! The worker is what it is said to be: alone with its descriptors.

use std::collections::BTreeSet;
use std::fs;
use std::io::{Read as _, Write as _};
use std::process::{Child, ChildStdout, Stdio};

use crate::harness::{Bench, OURS, command, noise, packed, put, text};
use crate::process::{field, workers};

/// What must hold for a worker that has written something: it has a filter, no privileges and one thread.
const CONFINED: [(&str, &str); 5] = [
    ("Seccomp:", "2"),
    ("NoNewPrivs:", "1"),
    ("CapEff:", "0000000000000000"),
    ("CapPrm:", "0000000000000000"),
    ("Threads:", "1"),
];

/// The only worker there is, and what Linux says of it.
fn worker(child: &Child) -> (Vec<u32>, Vec<Option<String>>) {
    let workers = workers(child.id());
    let first = workers.first().copied().unwrap_or(0);
    (workers, CONFINED.map(|(name, _)| field(first, name)).to_vec())
}

/// The only worker, which must be confined.
#[track_caller]
fn confined(worker: (Vec<u32>, Vec<Option<String>>)) -> u32 {
    let (workers, facts) = worker;
    assert_eq!(facts, CONFINED.map(|(_, value)| Some(value.to_owned())), "{CONFINED:?}");
    let [only] = workers[..] else { panic!("one worker: {workers:?}") };
    only
}

fn start(bench: &Bench, arguments: &[&str], input: Stdio) -> (Child, ChildStdout) {
    let mut command = command(OURS, bench.folder(), arguments);
    let mut child = command.stdin(input).stdout(Stdio::piped()).spawn().expect("it starts");
    let stdout = child.stdout.take().expect("piped");
    (child, stdout)
}

/// Sends the first half, waits for something to come out, looks, and sends the rest.
fn while_it_waits(arguments: &[&str], data: &[u8], expected: &[u8]) {
    let bench = Bench::new(|_| {});
    let (mut child, mut stdout) = start(&bench, arguments, Stdio::piped());
    let mut stdin = child.stdin.take().expect("piped");
    let (first, rest) = data.split_at(data.len() / 2);
    let mut out = vec![0];
    // Asserted afterwards: a panic in the scope would wait for threads that wait for it.
    let seen = std::thread::scope(|scope| {
        let sender = scope.spawn(|| {
            stdin.write_all(first).expect("it reads");
            stdin
        });
        stdout.read_exact(&mut out).expect("it writes");
        let seen = worker(&child);
        scope.spawn(move || {
            let mut stdin = sender.join().expect("it was sent");
            stdin.write_all(rest).expect("it reads");
        });
        stdout.read_to_end(&mut out).expect("it ends");
        seen
    });
    confined(seen);
    assert!(child.wait().expect("it ends").success());
    assert!(expected.is_empty() || out == expected);
}

#[test]
fn decompressing() {
    let data = noise(2_000_000);
    while_it_waits(&["-d"], &packed("a", &data), &data);
}

#[test]
fn compressing() {
    while_it_waits(&[], &text(), b"");
}

#[test]
fn testing() {
    // Nothing is written here; so the second half is kept back until the first has been read.
    let bench = Bench::new(|_| {});
    let (mut child, _stdout) = start(&bench, &["-t"], Stdio::piped());
    let mut stdin = child.stdin.take().expect("piped");
    // Far more than a pipe and the worker's buffer hold.
    let data = packed("a", &noise(2_000_000));
    stdin.write_all(&data[..1_000_000]).expect("it reads");
    confined(worker(&child));
    stdin.write_all(&data[1_000_000..]).expect("it reads");
    drop(stdin);
    assert!(child.wait().expect("it ends").success());
}

#[test]
fn each_file_has_a_worker_of_its_own() {
    let data = noise(1_000_000);
    let bench = Bench::new(|folder| {
        put(folder, "a.gz", &packed("a", &data));
        put(folder, "b.gz", &packed("b", &data));
    });
    let (mut child, mut stdout) = start(&bench, &["-dc", "a.gz", "b.gz"], Stdio::null());
    stdout.read_exact(&mut [0]).expect("it writes");
    let first = confined(worker(&child));
    let mut rest = vec![0; data.len()];
    // All of the first file but one byte, and one byte of the second.
    stdout.read_exact(&mut rest).expect("it writes");
    let second = confined(worker(&child));
    assert_ne!(first, second);
    drop(stdout);
    child.wait().expect("it ends");
}

/// What a process has open, by number.
fn open(process: u32) -> Vec<String> {
    let folder = format!("/proc/{process}/fd");
    let entries = fs::read_dir(&folder).unwrap_or_else(|error| panic!("{folder}: {error}"));
    let mut numbers: Vec<u32> = entries
        .map(|entry| {
            entry.expect("an entry").file_name().to_str().and_then(|name| name.parse().ok()).expect("a number")
        })
        .collect();
    numbers.sort_unstable();
    let link = |number: u32| fs::read_link(format!("{folder}/{number}")).expect("it is open").display().to_string();
    numbers.into_iter().map(link).collect()
}

/// A worker is not dumpable: an ordinary user sees what it has open only where he is root, in a namespace of his own.
#[test]
fn a_worker_has_its_input_its_output_and_standard_error() {
    let data = noise(2_000_000);
    let packed = packed("a", &data);
    for (arguments, data) in [("", text()), ("-d", packed.clone()), ("-t", packed.clone()), ("-l", packed)] {
        let bench = Bench::new(|_| {});
        // With two descriptors that the program inherits and does not know of.
        let script = "exec 7</proc/self/stat 8</proc; exec unshare -r \"$0\" $1";
        let mut command = command("sh", bench.folder(), &["-c", script, OURS, arguments]);
        let errors = fs::File::create(bench.path("errors")).expect("a file");
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(errors).spawn().expect("it starts");
        let mut stdin = child.stdin.take().expect("piped");
        let mut stdout = child.stdout.take().expect("piped");
        // More than a pipe holds, so that the worker is at work when all is sent; less than would make it wait for us.
        stdin.write_all(&data[..100_000]).expect("it reads");
        let worker = confined(worker(&child));
        let (program, worker) = (open(child.id()), open(worker));
        drop(stdin);
        stdout.read_to_end(&mut Vec::new()).expect("it ends");
        child.wait().expect("it ends");

        let live: BTreeSet<&String> = worker.iter().filter(|link| !link.starts_with("/memfd:")).collect();
        let [input, output, errors] = [&program[0], &program[1], &program[2]];
        let mut expected = BTreeSet::from([input, errors]);
        match arguments {
            "-t" => {}
            "-l" => {
                let answer = worker.iter().find(|link| link.starts_with("pipe:") && ![input, output].contains(link));
                expected.insert(answer.expect("it answers the program"));
            }
            _ => drop(expected.insert(output)),
        }
        assert_eq!(live, expected, "gzip {arguments}: {worker:?}; the program has {program:?}");
        assert_eq!(worker.iter().filter(|link| live.contains(link)).count(), expected.len(), "{worker:?}");
    }
}
