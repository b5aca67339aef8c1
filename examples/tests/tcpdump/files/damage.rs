//! Damaged files: a clear error, with what came before it; no crash, no loop, no more memory than a record takes.

use std::fs::{self, File};
use std::io::Write as _;
use std::process::Command;

use tempfile::TempDir;

use crate::harness::{HEADER, RECORD, capture, line, ours, run, text};

/// Address space of a run in KiB: several times what it takes, and far less than the lengths that files claim.
const MEMORY: &str = "131072";

/// Runs with little memory and little time. A panic would exit with 101, and running out of either by a signal.
fn confined_run(folder: &TempDir, file: &[u8]) -> (Option<i32>, String, String) {
    let path = folder.path().join("in");
    fs::write(&path, file).expect("a file");
    let mut command = Command::new("sh");
    command.args(["-c", "ulimit -v $0; ulimit -t 20; exec \"$@\"", MEMORY, &ours(), "-v", "-e", "-xx", "-r", "in"]);
    let output = command.current_dir(folder.path()).env("TZ", "Asia/Tokyo").output().expect("sh");
    (output.status.code(), text(&output.stdout), text(&output.stderr))
}

#[test]
fn a_file_that_was_cut_off_is_shown_up_to_there() {
    let folder = TempDir::new().expect("a folder");
    let whole = capture(3);
    for (end, lines, told) in [
        (0, 0, "the file is empty"),
        (HEADER - 1, 0, "the file ends in the middle of its header, after 23 bytes"),
        (HEADER + 7, 0, "packet 1 is malformed: the file ends after 7 bytes of it"),
        (HEADER + RECORD + 17, 1, "packet 2 is malformed: the file ends after 17 of 63 bytes of it"),
        (HEADER + 3 * RECORD - 1, 2, "packet 3 is malformed: the file ends after 62 of 63 bytes of it"),
    ] {
        let output = run(folder.path(), &["-r", "-"], &whole[..end]);
        assert_eq!(output.status.code(), Some(1), "{end}");
        assert_eq!(text(&output.stdout), (0..lines).map(line).collect::<String>(), "{end}");
        let last = format!("tcpdump: standard input: {told}");
        assert_eq!(text(&output.stderr).lines().last(), Some(&*last));
        // What is written is whole.
        let output = run(folder.path(), &["-r", "-", "-w", "-"], &whole[..end]);
        let written = if end < HEADER { 0 } else { HEADER + usize::from(lines) * RECORD };
        assert_eq!((output.status.code(), &output.stdout[..]), (Some(1), &whole[..written]), "{end}");
    }
}

#[test]
fn lengths_of_four_gigabytes_take_no_memory() {
    let folder = TempDir::new().expect("a folder");
    for place in (0..HEADER + RECORD + 30).step_by(2) {
        let mut file = capture(2);
        file[place..place + 4].fill(0xff);
        let (code, _, told) = confined_run(&folder, &file);
        assert!(matches!(code, Some(0 | 1)), "{place}: {code:?}\n{told}");
        assert_eq!(code == Some(1), told.contains("tcpdump: in: ") || told.contains("cannot be printed"), "{told}");
    }
}

#[test]
fn a_record_of_as_much_as_is_accepted_fits() {
    let folder = TempDir::new().expect("a folder");
    let mut file = capture(1);
    let length: u32 = (16 << 20) - 16;
    for field in [8, 12] {
        file[HEADER + field..HEADER + field + 4].copy_from_slice(&length.to_ne_bytes());
    }
    file.resize(HEADER + 16 + length as usize, 0);
    let (code, shown, told) = confined_run(&folder, &file);
    assert_eq!(code, Some(0), "{told}");
    // As much of it as a snapshot has.
    assert!(shown.contains("\n\t0x3fff0: ") && !shown.contains("\n\t0x40000: "));
    // One byte more is refused, whether it is there or not.
    file[HEADER + 8..HEADER + 12].copy_from_slice(&(length + 1).to_ne_bytes());
    let (code, _, told) = confined_run(&folder, &file);
    assert_eq!(code, Some(1));
    assert!(told.contains("packet 1 is malformed: it claims 16777217 bytes"), "{told}");
}

#[test]
fn a_file_of_many_packets_takes_no_more_memory_than_one_of_few() {
    let folder = TempDir::new().expect("a folder");
    let one = capture(1);
    let mut file = File::create(folder.path().join("big")).expect("a file");
    file.write_all(&one[..HEADER]).expect("written");
    // 150 MB, more than the memory.
    let many = one[HEADER..].repeat(10_000);
    for _ in 0..150_000_000 / many.len() {
        file.write_all(&many).expect("written");
    }
    let mut command = Command::new("sh");
    command.args(["-c", "ulimit -v $0; exec \"$@\"", MEMORY, &ours(), "-r", "big", "-w", "copy"]);
    let output = command.current_dir(folder.path()).output().expect("sh");
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    let lengths = ["big", "copy"].map(|name| fs::metadata(folder.path().join(name)).expect("a file").len());
    assert_eq!(lengths[0], lengths[1]);
}
