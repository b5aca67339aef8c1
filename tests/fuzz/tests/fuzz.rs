//! A bounded run of every fuzz target: the same inputs every time.

use std::time::Instant;

use sandbox_fuzz::TARGETS;
use sandbox_model::inputs::Random;

/// Inputs of all lengths, of few values and of many; among them some that were made from others.
fn run(name: &str, inputs: usize) {
    let (_, target) = TARGETS.iter().find(|(known, _)| *known == name).unwrap();
    let start = Instant::now();
    let mut random = Random(name.len() as u64);
    let mut last: Vec<u8> = Vec::new();
    for _ in 0..inputs {
        if random.below(3) == 0 && !last.is_empty() {
            let at = random.below(last.len());
            last[at] = random.below(256).try_into().unwrap();
        } else {
            let (length, values) = (random.below(600), [4, 64, 256][random.below(3)]);
            last = (0..length).map(|_| random.below(values).try_into().unwrap()).collect();
        }
        let input = last.clone();
        let outcome = std::panic::catch_unwind(|| target(&input));
        assert!(outcome.is_ok(), "`{name}` fails on {input:?}");
    }
    println!("{name}: {inputs} inputs, {:?}", start.elapsed());
}

#[test]
fn attribute() {
    run("attribute", 5_000);
}

#[cfg(target_os = "linux")]
#[test]
fn line() {
    run("line", 20_000);
}

#[test]
fn lowering() {
    run("lowering", 3_000);
}

#[cfg(target_os = "linux")]
#[test]
fn trap() {
    run("trap", 5_000);
}

#[cfg(target_os = "linux")]
#[test]
fn every_target_has_its_file() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fuzz/fuzz_targets");
    let files = std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().file_name().into_string().unwrap());
    let mut files: Vec<String> = files.collect();
    files.sort_unstable();
    let expected: Vec<String> = TARGETS.iter().map(|(name, _)| format!("{name}.rs")).collect();
    assert_eq!(files, expected);
}
