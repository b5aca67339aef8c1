//! The same work under every allocator, in each reaction to violations: where a violation ends the process, one call
//! that the filter refuses shows.

use std::collections::{BTreeMap, HashMap};
use std::hint::black_box;
use std::process::ExitCode;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use sandbox_rt::{Allow, OnViolation, Sandbox};
use sandbox_tests::harness::{self, Case};
use sandbox_tests::sys::as_ordinary_user;

/// Runs the cases, named after `allocator`.
#[must_use]
#[allow(clippy::missing_panics_doc, reason = "a case panics in a process of its own")]
pub fn main(allocator: &'static str) -> ExitCode {
    let mut cases = Vec::new();
    for on_violation in [OnViolation::Error, OnViolation::Report, OnViolation::Kill] {
        let name = |what| format!("{allocator}::{what}::{on_violation:?}").to_lowercase();
        cases.push(Case::new(name("alone"), move || {
            Sandbox::new("alone").on_violation(on_violation).enter().expect("entry");
            work(1);
        }));
        cases.push(Case::new(name("threads"), move || threads(on_violation)));
        cases.push(Case::new(name("ordinary"), move || {
            as_ordinary_user();
            threads(on_violation);
        }));
    }
    cases.push(Case::new(format!("{allocator}::before"), before));
    harness::main(cases)
}

const THREADS: u64 = 8;

/// A generator of numbers that spread (xorshift).
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % limit as u64).expect("a small number")
    }
}

/// Blocks of all sizes, freed in another order, grown and shrunk; maps; and large blocks that go back to the system.
fn work(seed: u64) {
    let mut numbers = Numbers(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
    let mut blocks: Vec<Vec<u8>> = Vec::new();
    for round in 0..3000 {
        let size = match round % 100 {
            0 => numbers.below(1 << 20),
            1..10 => numbers.below(64 << 10),
            _ => numbers.below(512),
        };
        blocks.push(vec![1; size]);
        if blocks.len() > 200 {
            let index = numbers.below(blocks.len());
            let mut block = blocks.swap_remove(index);
            if round % 3 == 0 {
                block.resize(block.len() * 2 + 1, 1);
                block.shrink_to_fit();
                assert_eq!(block.last(), Some(&1));
            }
        }
    }
    drop(blocks);
    let hashed: HashMap<usize, String> = (0..500).map(|key| (key, key.to_string())).collect();
    let sorted: BTreeMap<&String, usize> = hashed.iter().map(|(key, text)| (text, *key)).collect();
    assert_eq!(sorted.len(), 500);
    for _ in 0..2 {
        let mut large = black_box(vec![0_u8; 32 << 20]);
        large[20 << 20] = 1;
        drop(black_box(large));
    }
}

fn threads(on_violation: OnViolation) {
    Sandbox::new("threads").allow(Allow::Threads).on_violation(on_violation).enter().expect("entry");
    // What one thread allocates, another frees.
    let (sender, receiver) = mpsc::channel::<Vec<u8>>();
    let consumer = thread::spawn(move || receiver.iter().map(|block| block.len()).sum::<usize>());
    let threads: Vec<_> = (0..THREADS)
        .map(|seed| {
            let sender = sender.clone();
            thread::spawn(move || {
                work(seed);
                for size in 0..500 {
                    sender.send(vec![0; size * 64]).expect("send");
                }
            })
        })
        .collect();
    drop(sender);
    for thread in threads {
        thread.join().expect("a thread");
    }
    assert_eq!(
        consumer.join().expect("the consumer"),
        64 * (500 * 499 / 2) * usize::try_from(THREADS).expect("few threads")
    );
    // Threads that come and go, and the main one after them.
    for seed in 0..20 {
        thread::spawn(move || drop(black_box(vec![seed; 1 << 20]))).join().expect("a thread");
    }
    thread::sleep(Duration::from_millis(20));
    work(99);
}

/// What was allocated before entry, also by threads that have ended, is used and freed after it.
fn before() {
    let blocks: Vec<Vec<u8>> =
        (0..4).map(|seed| thread::spawn(move || vec![seed; 8 << 20]).join().expect("a thread")).collect();
    work(7);
    Sandbox::new("before").on_violation(OnViolation::Kill).enter().expect("entry");
    assert_eq!(blocks.iter().map(|block| usize::from(block[1000])).sum::<usize>(), 6);
    drop(blocks);
    work(8);
}
