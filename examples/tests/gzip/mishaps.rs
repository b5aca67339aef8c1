//! Full disks, signals, closed pipes and questions: what is written appears complete or not at all.

use std::fs::{self, File};
use std::io::{Read as _, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::harness::{Bench, OURS, Run, command, gnu, noise, packed, put, text};
use crate::process::{field, workers};

/// Runs with `/dev/full` as standard output.
fn to_full(bench: &Bench, program: &str, arguments: &[&str]) -> Run {
    let full = File::options().write(true).open("/dev/full").expect("Linux has /dev/full");
    let mut command = command(program, bench.folder(), arguments);
    bench.told(command.stdout(full).output().expect("it runs"))
}

#[test]
fn a_full_standard_output() {
    let good = packed("a", &text());
    for arguments in [&["-c", "a"][..], &["-dc", "b.gz"], &["-c", "a", "a"], &["-l", "b.gz"], &["-h"]] {
        let [ours, gnus] = [OURS, gnu()].map(|program| {
            let bench = Bench::new(|folder| {
                put(folder, "a", &noise(300_000));
                put(folder, "b.gz", &good);
            });
            to_full(&bench, program, arguments)
        });
        assert_eq!(ours.code, Some(1), "{arguments:?}");
        assert_eq!(ours.files, gnus.files);
        // GNU gzip names the last file or nothing where it is the list or the help that found no room.
        let gnus = gnus.stderr.replace("gzip: b: ", "gzip: ").replace("gzip: stdout: ", "gzip: ");
        assert_eq!(ours.stderr.trim().replace("gzip: stdout: ", "gzip: "), gnus.trim(), "{arguments:?}");
    }
}

/// Runs with standard streams as the shell makes them.
fn redirected(bench: &Bench, program: &str, arguments: &[&str], streams: &str) -> Run {
    let script = format!("exec \"$0\" \"$@\" {streams}");
    let mut command = Command::new("sh");
    command.args(["-c", &script, program]).args(arguments).current_dir(bench.folder()).env("LC_ALL", "C");
    bench.told(command.stdin(Stdio::null()).output().expect("sh"))
}

#[test]
fn standard_streams_that_are_closed_or_of_another_kind() {
    let good = packed("a", &text());
    for (arguments, streams, code) in [
        (&["-c", "a"][..], ">&-", 1),
        (&["-cv", "a", "a"], ">&-", 1),
        (&[], "<a >&-", 1),
        (&["-dc", "b.gz"], ">&-", 1),
        (&["-dcv", "b.gz"], ">&-", 1),
        (&["-l", "b.gz"], ">&-", 1),
        (&["-h"], ">&-", 1),
        (&["-V"], ">&-", 1),
        (&["-t", "b.gz"], ">&-", 0),
        (&["-d", "b.gz"], ">&-", 0),
        (&["a"], "<&- >&- 2>&-", 0),
        (&["-c", "a"], "2>&-", 0),
        (&["-t"], "<&-", 1),
        (&["-d"], "<&- >&-", 1),
        (&["-c"], "<&-", 1),
        (&["-t", "-"], "</dev/null >/dev/null", 1),
        (&["-c", "a"], "1</dev/null", 1),
        (&["-dcv", "b.gz"], "1</dev/null", 1),
        (&["-l", "b.gz"], "1</dev/null", 1),
        (&[], "0>/dev/null", 1),
        (&["-d"], "0>/dev/null", 1),
        (&["-l"], "0>/dev/null", 1),
        (&[], "<.", 1),
        (&["-d"], "<.", 1),
        (&["-c", "a"], "<>a 1<>c", 0),
    ] {
        let [ours, gnus] = [OURS, gnu()].map(|program| {
            let bench = Bench::new(|folder| {
                put(folder, "a", b"hello\n");
                put(folder, "b.gz", &good);
            });
            redirected(&bench, program, arguments, streams)
        });
        assert_eq!((ours.code, gnus.code), (Some(code), Some(code)), "{arguments:?} {streams}: {}", ours.stderr);
        assert_eq!(ours.files, gnus.files, "{arguments:?} {streams}");
        assert_eq!(ours.stdout, gnus.stdout, "{arguments:?} {streams}");
        // GNU gzip begins with its path, and names the last file or nothing where it is the list or the help.
        let gnus =
            gnus.stderr.replace(gnu(), "gzip").replace("gzip: b: ", "gzip: ").replace("gzip: stdout: ", "gzip: ");
        let ours = ours.stderr.replace(OURS, "gzip").replace("gzip: stdout: ", "gzip: ");
        assert_eq!(ours.trim(), gnus.trim(), "{arguments:?} {streams}");
    }
}

/// Runs a script in a mount namespace of its own, where `small` is a file system of 64 KiB.
fn on_a_small_disk(bench: &Bench, program: &str, script: &str) -> Run {
    let script = format!("mount -t tmpfs -o size=64k none small && cp big small/big 2>&1 && cd small && {script}");
    let mut command = Command::new("unshare");
    command.args(["-rm", "sh", "-c", &script]).current_dir(bench.folder());
    command.env("LC_ALL", "C").env("GZIP_PROGRAM", program);
    bench.told(command.output().expect("unshare must be installed"))
}

#[test]
fn a_full_disk() {
    for (script, big) in [
        ("\"$GZIP_PROGRAM\" -v big; echo $?; ls -A", noise(40_000)),
        ("mv big big.gz; \"$GZIP_PROGRAM\" -d big.gz; echo $?; ls -A", packed("big", &vec![0; 1_000_000])),
    ] {
        let [ours, gnus] = [OURS, gnu()].map(|program| {
            let bench = Bench::new(|folder| {
                fs::create_dir(folder.join("small")).expect("a folder");
                put(folder, "big", &big);
            });
            on_a_small_disk(&bench, program, script)
        });
        assert_eq!(ours.code, Some(0), "a mount namespace must be allowed: {}", ours.stderr);
        assert_eq!(String::from_utf8_lossy(&ours.stdout), String::from_utf8_lossy(&gnus.stdout));
        assert!(ours.stdout.starts_with(b"1\n"), "{ours:?}");
        assert_eq!(ours.stderr, gnus.stderr);
    }
}

#[test]
fn a_worker_that_is_killed_is_told() {
    // The system kills who writes more than the limit.
    let bench = Bench::new(|folder| put(folder, "a", &noise(300_000)));
    let mut command = Command::new("sh");
    command.args(["-c", "ulimit -f 8; exec \"$0\" a", OURS]).current_dir(bench.folder());
    let run = bench.told(command.output().expect("sh"));
    assert_eq!(run.code, Some(1));
    assert!(run.stderr.starts_with("gzip: a: "), "{}", run.stderr);
    assert_eq!(bench.names(), ["a"]);
}

#[test]
fn a_folder_that_takes_no_files() {
    if fs::metadata("/proc/self").is_ok_and(|own| std::os::unix::fs::MetadataExt::uid(&own) == 0) {
        // Root may write anywhere, except where nobody can.
        let bench = Bench::new(|_| {});
        let run = bench.run(OURS, &["-k", "/proc/self/comm"]);
        assert_eq!(run.code, Some(1), "{}", run.stderr);
        assert!(run.stderr.starts_with("gzip: /proc/self/comm.gz: "), "{}", run.stderr);
        return;
    }
    let [ours, gnus] = [OURS, gnu()].map(|program| {
        let bench = Bench::new(|folder| {
            fs::create_dir(folder.join("d")).expect("a folder");
            put(folder, "d/a", b"hello");
            fs::set_permissions(folder.join("d"), fs::Permissions::from_mode(0o500)).expect("ours");
        });
        bench.run(program, &["d/a"])
    });
    assert_eq!((ours.code, ours.stderr), (gnus.code, gnus.stderr));
}

/// Starts a gzip that waits for more of a file that never comes, and ends it with `signal`.
fn interrupted(signal: &str, prefix: &str) -> (Run, Vec<String>) {
    let good = packed("a", &noise(2_000_000));
    let bench = Bench::new(|folder| put(folder, "a.gz", &good[..1_000_000]));
    // A pipe under the name of a file would be refused; so the worker is held up by a full output instead.
    let script = format!("{prefix} exec \"$0\" -dc a.gz");
    let mut command = command("sh", bench.folder(), &["-c", &script, OURS]);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it starts");
    let mut first = [0; 1];
    let stdout = child.stdout.as_mut().expect("piped");
    stdout.read_exact(&mut first).expect("the worker is at work");
    kill(child.id(), signal);
    let run = bench.told(child.wait_with_output().expect("it ends"));
    let names = bench.names();
    (run, names)
}

fn kill(process: u32, signal: &str) {
    let status = Command::new("sh").args(["-c", "kill -s \"$0\" \"$1\"", signal, &process.to_string()]).status();
    assert!(status.is_ok_and(|status| status.success()));
}

#[test]
fn signals_end_it_as_they_should() {
    for (signal, number) in [("HUP", 1), ("INT", 2), ("TERM", 15)] {
        let (run, names) = interrupted(signal, "");
        assert_eq!((run.code, run.signal, run.stderr.as_str()), (None, Some(number), ""), "{signal}");
        assert_eq!(names, ["a.gz"]);
    }
}

#[test]
fn an_ignored_signal_stays_ignored() {
    let (run, _) = interrupted("HUP", "trap '' HUP;");
    assert_eq!((run.code, run.signal), (Some(1), None), "{}", run.stderr);
    assert!(run.stderr.ends_with("unexpected end of file\n"));
}

/// A gzip whose worker is writing, and is not going to be finished before a signal comes.
fn at_work(bench: &Bench) -> (Child, u32) {
    let file = File::create(bench.path("a")).expect("a file");
    file.set_len(1 << 36).expect("room for a hole");
    let child = command(OURS, bench.folder(), &["-9", "a"]).stderr(Stdio::piped()).spawn().expect("it starts");
    let worker = loop {
        let confined = |worker: &u32| field(*worker, "Seccomp:").is_some_and(|value| value == "2");
        match workers(child.id()).into_iter().find(confined) {
            Some(worker) => break worker,
            None => std::thread::yield_now(),
        }
    };
    (child, worker)
}

/// Whether a process that is nobody's child any more ends within ten seconds.
fn ends(process: u32) -> bool {
    let begun = Instant::now();
    while begun.elapsed() < Duration::from_secs(10) {
        if field(process, "State:").is_none_or(|state| state == "Z") {
            return true;
        }
        std::thread::yield_now();
    }
    false
}

#[test]
fn a_signal_leaves_no_partial_file() {
    for (signal, number) in [("HUP", 1), ("INT", 2), ("TERM", 15), ("KILL", 9)] {
        let bench = Bench::new(|_| {});
        let (mut child, worker) = at_work(&bench);
        kill(child.id(), signal);
        child.wait().expect("it ends");
        if !ends(worker) {
            kill(worker, "KILL");
            panic!("{signal}: the worker goes on");
        }
        let run = bench.told(child.wait_with_output().expect("it has ended"));
        assert_eq!((run.code, run.signal, run.stderr.as_str()), (None, Some(number), ""));
        assert_eq!(bench.names(), ["a"], "{signal}");
    }
}

#[test]
fn a_reader_that_goes_away_ends_it_in_silence() {
    let bench = Bench::new(|folder| put(folder, "a", &noise(3_000_000)));
    let mut command = command(OURS, bench.folder(), &["-c", "a"]);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it starts");
    let mut stdout = child.stdout.take().expect("piped");
    stdout.read_exact(&mut [0; 1]).expect("it writes");
    drop(stdout);
    let run = bench.told(child.wait_with_output().expect("it ends"));
    assert_eq!((run.code, run.signal, run.stderr.as_str()), (None, Some(13), ""));
}

/// Runs a shell command line on a terminal of its own, with this typed.
fn on_a_terminal(folder: &Path, line: &str, typed: &str) -> String {
    let mut command = command("script", folder, &["-qec", line, "/dev/null"]);
    command.stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = command.spawn().expect("script (of util-linux) must be installed");
    let mut stdin = child.stdin.take().expect("piped");
    stdin.write_all(typed.as_bytes()).expect("it listens");
    let output = child.wait_with_output().expect("it ends");
    drop(stdin);
    String::from_utf8_lossy(&output.stdout).replace("\r\n", "\n")
}

#[test]
fn on_a_terminal_it_asks() {
    for (typed, replaced) in [("y\n", true), ("n\n", false), ("\n", false), ("maybe\n", false)] {
        let [ours, gnus] = [OURS, gnu()].map(|program| {
            let bench = Bench::new(|folder| {
                put(folder, "a", b"hello\n");
                put(folder, "a.gz", b"before");
            });
            let shown = on_a_terminal(bench.folder(), &format!("{program} -k a; echo code $?"), typed);
            let kept = fs::read(bench.path("a.gz")).expect("it is there") == b"before";
            (
                shown.contains("gzip: a.gz already exists; do you wish to overwrite (y or n)? "),
                shown.contains("not overwritten"),
                kept,
            )
        });
        assert_eq!(ours, gnus, "{typed:?}");
        assert_eq!(ours, (true, !replaced, !replaced), "{typed:?}");
    }
}

#[test]
fn compressed_data_stays_off_terminals() {
    for arguments in ["", "-d", "-t", "-q", "-"] {
        let [ours, gnus] = [OURS, gnu()].map(|program| {
            let bench = Bench::new(|_| {});
            on_a_terminal(bench.folder(), &format!("{program} {arguments}; echo code $?"), "")
        });
        assert_eq!(ours, gnus, "{arguments}");
        assert!(ours.ends_with("code 1\n"), "{ours}");
    }
}
