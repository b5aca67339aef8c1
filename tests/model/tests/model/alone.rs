//! Every right alone, the examples', the empty and the largest declaration, and others.

use std::time::Instant;

use sandbox_model::{Declaration, NAMES, Process, REFUSED, compare};
use sandbox_policy::Declared;
use sandbox_policy::linux::bpf::{Program, emit, verify};
use sandbox_policy::linux::{Arch, PlanError};

use crate::declarations::{alone, rights, several};

/// The filter as it is exported to the kernel.
pub(crate) fn exported(declaration: &Declaration, arch: Arch) -> Program {
    let plan = declaration.lower(arch).unwrap_or_else(|error| panic!("{}: {error}", declaration.name));
    let program = emit(&plan.filter).unwrap();
    assert_eq!(verify(&program), Ok(()));
    Program::from_bytes(&program.to_bytes()).unwrap()
}

fn agree(declarations: &[Declaration], arch: Arch, least: u64) {
    let start = Instant::now();
    let mut compared = 0;
    let mut wrong = Vec::new();
    for declaration in declarations {
        match compare(&Process::new(declaration, arch), arch, &exported(declaration, arch)) {
            Ok(count) => compared += count,
            Err(difference) => {
                wrong.push(format!("{} ({:?}): {difference}", declaration.name, declaration.on_violation));
            }
        }
    }
    println!("{}: {} declarations, {compared} verdicts, {:?}", arch.name(), declarations.len(), start.elapsed());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(compared >= least, "only {compared} verdicts were compared");
}

fn each_right(arch: Arch) {
    agree(&rights().map(|right| alone(&right)).collect::<Vec<_>>(), arch, 1_000_000);
}

#[test]
fn each_right_alone_on_x86_64() {
    each_right(Arch::X86_64);
}

#[test]
fn each_right_alone_on_aarch64() {
    each_right(Arch::Aarch64);
}

#[test]
fn each_right_alone_on_riscv64() {
    each_right(Arch::Riscv64);
}

#[test]
fn several_rights_on_x86_64() {
    agree(&several(), Arch::X86_64, 1_000_000);
}

#[test]
fn several_rights_on_aarch64() {
    agree(&several(), Arch::Aarch64, 1_000_000);
}

#[test]
fn several_rights_on_riscv64() {
    agree(&several(), Arch::Riscv64, 1_000_000);
}

#[test]
fn what_linux_cannot_enforce_is_refused_and_nothing_else() {
    for &(name, _) in NAMES {
        let written = match name {
            "mknodat" | "bindat" | "connectat" => format!("lookup + {name}"),
            _ => crate::declarations::written(name),
        };
        let refused = match written.parse::<Declared>() {
            Ok(_) => matches!(alone(&written).lower(Arch::X86_64), Err(PlanError::Refused { .. })),
            // By FreeBSD too.
            Err(mistake) => mistake.id == "never-granted",
        };
        assert_eq!(refused, REFUSED.contains(&name), "{name}");
    }
}

#[test]
fn the_vocabulary_has_these_names_and_no_others() {
    let mut rows: Vec<_> = sandbox_policy::vocabulary::rows().map(|row| row.name).collect();
    let mut names: Vec<_> = NAMES.iter().map(|(name, _)| *name).collect();
    rows.sort_unstable();
    names.sort_unstable();
    assert_eq!(rows, names);
}
