//! The table itself, held against the vocabulary: both columns, wherever it runs.

use std::collections::BTreeSet;

use sandbox_policy::vocabulary;
use sandbox_rt::Rights;
use sandbox_tests::conformance::{
    Columns, GROUPS, KINDS, Kind, Operation, Permitted, Role, System, UNTRIED, Verdict, markdown,
};
use sandbox_tests::harness::Case;

use crate::declaration::{self, Declaration, is_enforced};

pub(crate) fn cases() -> Vec<Case> {
    vec![
        Case::new("table::print", || println!("{}", markdown())),
        Case::new("table::every_difference_is_one", every_difference_is_one),
        Case::new("table::every_operation_has_a_kind", every_operation_has_a_kind),
        Case::new("table::every_operation_can_be_tried", every_operation_can_be_tried),
        Case::new("table::every_right_occurs", every_right_occurs),
        Case::new("table::no_column_asks_for_what_is_refused", no_column_asks_for_what_is_refused),
        Case::new("table::every_column_is_tried_both_ways", every_column_is_tried_both_ways),
        Case::new("table::every_declaration_is_tried", every_declaration_is_tried),
    ]
}

fn operations() -> impl Iterator<Item = &'static Operation> {
    GROUPS.iter().flat_map(|(_, operations)| operations.iter().copied().flatten())
}

/// The rights of which some permit it.
fn rights(permitted: Permitted) -> Rights {
    match permitted {
        Permitted::Always | Permitted::Never | Permitted::WithThreads => Rights::NONE,
        Permitted::With(sets) => union(sets),
        Permitted::Request(_, sets) => union(sets) | Rights::IOCTL,
        Permitted::Command(_, sets) => union(sets) | Rights::FCNTL,
        Permitted::Accepted(rights) => rights | Rights::ACCEPT,
        Permitted::Outside(rights) => rights,
        Permitted::OnAny(right, _) | Permitted::Answered(right) => right,
    }
}

fn union(sets: &[Rights]) -> Rights {
    sets.iter().fold(Rights::NONE, |all, set| all | *set)
}

/// A reason stands where the columns differ, and nowhere else.
fn every_difference_is_one() {
    for operation in operations() {
        let name = operation.name;
        if let Columns::Differ { linux, freebsd, .. } = operation.columns {
            assert_ne!(linux, freebsd, "{name}: the columns are the same");
        }
        let reason = operation.columns.reason();
        assert!(reason.is_none_or(|reason| !reason.is_empty() && !reason.ends_with('.')), "{name}: {reason:?}");
    }
}

fn every_operation_has_a_kind() {
    let all: Vec<&str> = operations().map(|operation| operation.name).collect();
    let named: BTreeSet<&str> = all.iter().copied().collect();
    assert_eq!(all.len(), named.len(), "two operations of the table have one name");
    assert!(all.len() >= 40, "{} operations", all.len());
    let tried: BTreeSet<&str> = KINDS.iter().flat_map(Kind::operations).map(|operation| operation.name).collect();
    assert_eq!(named, tried, "the operations of the table, and those of the kinds");
}

/// What this system has, it can do; what it has not, it does not.
fn every_operation_can_be_tried() {
    for operation in operations() {
        let here = operation.columns.of(System::HERE).is_some();
        assert_eq!(operation.run.is_some(), here, "{}", operation.name);
    }
}

/// Every right that a system enforces stands in a column, but for those that are said not to be tried.
fn every_right_occurs() {
    let columns = operations().flat_map(|operation| System::ALL.map(|system| operation.columns.of(system)));
    let tried = columns.flatten().fold(Rights::NONE, |all, permitted| all | rights(permitted));
    for row in vocabulary::rows().filter(|row| System::ALL.iter().any(|system| is_enforced(row, *system))) {
        let untried = UNTRIED.iter().any(|(name, _)| *name == row.name);
        assert_ne!(tried.contains(row.rights), untried, "whether `{}` is tried", row.name);
    }
}

fn no_column_asks_for_what_is_refused() {
    for operation in operations() {
        for system in System::ALL {
            let Some(permitted) = operation.columns.of(system) else { continue };
            for row in rights(permitted).granted().filter(|row| !row.is_composite()) {
                assert!(is_enforced(row, system), "{}: {system:?} refuses `{}`", operation.name, row.name);
            }
        }
    }
}

/// What a column permits is permitted in some case, and what it refuses is refused in some: on either system.
fn every_column_is_tried_both_ways() {
    let mut wrong = Vec::new();
    for system in System::ALL {
        for kind in KINDS.iter().filter(|kind| kind.only.is_none_or(|only| only == system)) {
            let declarations = declaration::of(kind, system);
            for operation in kind.operations() {
                let Some(permitted) = operation.columns.of(system) else { continue };
                let verdicts = verdicts(permitted, system, &declarations);
                let allowed = verdicts.contains(&Verdict::Allowed);
                let refused = verdicts.iter().any(|verdict| *verdict != Verdict::Allowed);
                let (may, may_not) = match permitted {
                    Permitted::Always => (true, false),
                    Permitted::Never | Permitted::Outside(_) => (false, true),
                    _ => (true, true),
                };
                if (allowed, refused) != (may, may_not) {
                    wrong.push(format!("{} of {} on {system:?}", operation.name, kind.name));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "allowed or refused by no declaration:\n  {}", wrong.join("\n  "));
}

fn verdicts(permitted: Permitted, system: System, declarations: &[Declaration]) -> Vec<Verdict> {
    let verdict = |declaration: &Declaration| {
        permitted.verdict(system, &declaration.declared, declaration.threads, Role::Granted)
    };
    declarations.iter().map(verdict).collect()
}

/// Every declaration of a kind is tried on one system at least.
fn every_declaration_is_tried() {
    for kind in KINDS {
        let tried: Vec<String> = System::ALL
            .into_iter()
            .flat_map(|system| declaration::of(kind, system))
            .map(|declaration| declaration.text)
            .collect();
        for text in kind.declarations {
            assert!(tried.iter().any(|tried| tried == text), "`{text}` of {}", kind.name);
        }
    }
}
