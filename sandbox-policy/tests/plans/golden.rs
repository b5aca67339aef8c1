//! Plans and programs as text. What a change of the vocabulary or of the lowering does is read here first.

use std::fmt::Write as _;

use sandbox_policy::linux::Arch;
use sandbox_policy::linux::bpf::{disassemble, emit};

use crate::declarations::all;

/// The plan for x86_64, and for each other architecture the lines that it has instead.
#[test]
fn plans() {
    for declaration in all() {
        let describe = |arch| declaration.lower(arch).unwrap().describe();
        let mut text = describe(Arch::X86_64);
        let first = statements(&text);
        for arch in [Arch::Aarch64, Arch::Riscv64] {
            let other = statements(&describe(arch));
            writeln!(text, "\non {}", arch.name()).unwrap();
            for missing in first.iter().filter(|statement| !other.contains(statement)) {
                writeln!(text, "- {missing}").unwrap();
            }
            for added in other.iter().filter(|statement| !first.contains(statement)) {
                writeln!(text, "+ {added}").unwrap();
            }
        }
        insta::assert_snapshot!(declaration.name, text);
    }
}

/// What a plan says, one thing a piece: lists of calls are taken apart.
fn statements(plan: &str) -> Vec<String> {
    let (_name, plan) = plan.split_once('\n').unwrap();
    let plan = plan.replace("\n    ", " ");
    let lists = |line: &str| match line.trim_start().split_once(": ") {
        Some((title, list)) if title.starts_with("always") || title.starts_with("where") => {
            list.split(", ").map(|call| format!("{title}: {call}")).collect()
        }
        _ => vec![line.trim_start().to_owned()],
    };
    plan.lines().flat_map(lists).collect()
}

#[test]
fn programs() {
    for declaration in all() {
        if ["compressor", "server", "compressor_that_reports"].contains(&declaration.name) {
            let program = emit(&declaration.lower(Arch::X86_64).unwrap().filter).unwrap();
            insta::assert_snapshot!(format!("{}_program", declaration.name), disassemble(&program, Arch::X86_64));
        }
    }
}
