//! One GiB: it comes through, and memory does not grow with it, neither the worker's nor that of the program itself.

// It asks GNU gzip, and Linux of its workers. What holds everywhere is in `gzip_everywhere`.
#![cfg(target_os = "linux")]

#[allow(dead_code, reason = "these tests need only some of it")]
mod harness;
mod process;

use std::fs;
use std::io::{Read as _, Write as _};
use std::process::{Child, Stdio};

use crate::harness::{Bench, OURS, command, gnu};
use crate::process::{field, workers};

const GIB: u64 = 1 << 30;

/// Enough where the time is the compressor's.
const QUARTER: u64 = GIB / 4;

/// What each process may have had in memory at most.
const LIMIT_KIB: u64 = 16 * 1024;

const BLOCK: usize = 1 << 16;

/// A block of the stream: half of it text with the block's number, half of it the same everywhere.
fn block(number: u64, buffer: &mut [u8]) {
    buffer.fill(b'.');
    for (place, line) in buffer[..BLOCK / 2].chunks_exact_mut(32).enumerate() {
        let words = format!("block {number:08} line {place:08}....\n");
        line.copy_from_slice(&words.as_bytes()[..32]);
    }
}

/// The largest resident size of each process of this gzip, whose worker must be at work.
fn peaks(child: &Child) -> Vec<u64> {
    let workers = workers(child.id());
    assert_eq!(workers.len(), 1, "one worker is at work");
    let family = std::iter::once(child.id()).chain(workers);
    family.filter_map(|process| field(process, "VmHWM:")?.parse().ok()).collect()
}

/// Both of ours must have stayed small.
fn small(child: &Child) {
    let peaks = peaks(child);
    assert_eq!(peaks.len(), 2, "both are at work");
    for peak in peaks {
        assert!((1..=LIMIT_KIB).contains(&peak), "{peak} KiB");
    }
}

/// Sends so many bytes of the stream through `packs` and `unpacks` and compares what comes out. Measures ours while it waits for the
/// last byte.
fn stream(size: u64, packs: [&str; 2], unpacks: [&str; 2]) {
    let bench = Bench::new(|_| {});
    let start = |[program, option]: [&str; 2], input: Stdio| {
        let mut command = command(program, bench.folder(), &[option]);
        command.stdin(input).stdout(Stdio::piped()).spawn().expect("it starts")
    };
    let mut packing = start(packs, Stdio::piped());
    let packed = packing.stdout.take().expect("piped");
    let mut unpacking = start(unpacks, packed.into());
    let mut source = packing.stdin.take().expect("piped");
    let mut sink = unpacking.stdout.take().expect("piped");
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let mut buffer = vec![0; BLOCK];
            for number in 0..size / BLOCK as u64 {
                block(number, &mut buffer);
                source.write_all(&buffer).expect("it reads");
            }
            for (program, child) in [(packs[0], &packing), (unpacks[0], &unpacking)] {
                if program == OURS {
                    small(child);
                }
            }
            drop(source);
        });
        let (mut expected, mut read) = (vec![0; BLOCK], vec![0; BLOCK]);
        for number in 0..size / BLOCK as u64 {
            block(number, &mut expected);
            sink.read_exact(&mut read).expect("it writes");
            assert!(read == expected, "block {number}");
        }
        assert_eq!(sink.read(&mut read).expect("it ends"), 0);
    });
    assert!(packing.wait().expect("it ends").success());
    assert!(unpacking.wait().expect("it ends").success());
}

#[test]
fn to_gnu_gzip() {
    stream(GIB, [OURS, "-1"], [gnu(), "-d"]);
}

#[test]
fn to_gnu_gzip_at_the_usual_level() {
    stream(QUARTER, [OURS, "-6"], [gnu(), "-d"]);
}

#[test]
fn to_gnu_gzip_at_the_best_level() {
    stream(QUARTER, [OURS, "-9"], [gnu(), "-d"]);
}

#[test]
fn from_gnu_gzip() {
    stream(GIB, [gnu(), "-1"], [OURS, "-d"]);
}

#[test]
fn a_sparse_file() {
    let bench = Bench::new(|folder| {
        let file = fs::File::create(folder.join("a")).expect("a file");
        file.set_len(QUARTER).expect("room for a hole");
    });
    assert_eq!(bench.run(OURS, &["-1", "a"]).code, Some(0));
    let row = bench.run(OURS, &["-lq", "a.gz"]).stdout;
    let row = String::from_utf8(row).expect("text");
    assert_eq!(row.split_whitespace().nth(1), Some(QUARTER.to_string().as_str()));
    assert_eq!(bench.run(gnu(), &["-t", "a.gz"]).code, Some(0));
}
