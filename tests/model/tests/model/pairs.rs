//! Every pair of rights: each alone on a descriptor of its own, and both on a third. The calls that either touches are
//! judged with all their arguments; what the filter does with every other call is, byte for byte, what the filter of a
//! declaration without rights does.

use std::time::Instant;

use sandbox_model::{
    Declaration, Meaning, Process, Set, compare_numbers, inputs, meaning, name_of, named, numbers_end, residual,
};
use sandbox_policy::linux::Arch;

use crate::alone::exported;
use crate::declarations::{alone, empty, every_rule, pair, rights};

/// For each number the rights that the answer depends on.
fn touching(arch: Arch) -> Vec<Set> {
    // With every right and with none, so that every question is asked.
    let processes = [every_rule(), empty()].map(|declaration| Process::new(&declaration, arch));
    let of_number = |number| {
        let Some(name) = name_of(arch, number) else { return Set::NONE };
        let meaning: Meaning = meaning(name);
        let asked = |process: &Process| {
            process.asked();
            inputs::of_number(process, number, Some(name), meaning, &mut |arguments| {
                let _ = process.verdict(Some(name), meaning, &arguments);
            });
            process.asked()
        };
        processes.iter().map(asked).fold(Set::NONE, |all, asked| all | asked)
    };
    (0..numbers_end()).map(of_number).collect()
}

/// Every right that is named, those of what is accepted too.
fn rights_of(declared: &str) -> Set {
    let words = declared.split(|character: char| !character.is_alphanumeric() && character != '_');
    words.filter_map(named).fold(Set::NONE, |all, right| all | right)
}

fn every_pair(arch: Arch) {
    let start = Instant::now();
    let touching = touching(arch);
    let without = exported(&alone("hold"), arch);
    let without: Vec<_> = (0..numbers_end()).map(|number| residual::of(&without, arch.audit(), number)).collect();
    let rights: Vec<(String, Set)> = rights().map(|text| (text.clone(), rights_of(&text))).collect();
    let (mut pairs, mut judged, mut compared, mut equal) = (0, 0_u64, 0, 0);
    for (at, (first, one)) in rights.iter().enumerate() {
        for (second, other) in &rights[at + 1..] {
            let declaration: Declaration = pair(first, second);
            let program = exported(&declaration, arch);
            let process = Process::new(&declaration, arch);
            let (touched, rest): (Vec<u32>, Vec<u32>) =
                (0..numbers_end()).partition(|&number| touching[number as usize].intersects(*one | *other));
            judged += touched.len() as u64;
            match compare_numbers(&process, arch, &program, touched) {
                Ok(count) => compared += count,
                Err(difference) => panic!("{}: {difference}", declaration.name),
            }
            for number in rest {
                let residual = residual::of(&program, arch.audit(), number);
                assert_eq!(residual, without[number as usize], "{}: number {number}", declaration.name);
                equal += 1;
            }
            pairs += 1;
        }
    }
    println!(
        "{}: {pairs} pairs, {judged} calls judged by {compared} verdicts, {equal} byte-equal, {:?}",
        arch.name(),
        start.elapsed()
    );
    assert!(pairs > 1_800 && compared > 10_000_000 && equal > 1_000_000, "{pairs} {compared} {equal}");
}

#[test]
fn every_pair_on_x86_64() {
    every_pair(Arch::X86_64);
}

#[test]
fn every_pair_on_aarch64() {
    every_pair(Arch::Aarch64);
}

#[test]
fn every_pair_on_riscv64() {
    every_pair(Arch::Riscv64);
}
