//! The policy's checks and its lowering, with the model as the judge.

use sandbox_model::{Declaration, Entry, NAMES, Process, compare_numbers, number_of};
use sandbox_policy::linux::bpf::{emit, verify};
use sandbox_policy::linux::{ALL_CALLS, Arch};
use sandbox_policy::{Declared, OnViolation, freebsd};

use crate::input::Input;

/// Any text as rights, and any declaration: each is answered, and what is lowered means what the model says.
///
/// # Panics
///
/// If not so.
pub fn lowering(data: &[u8]) {
    let mut input = Input(data);
    if input.byte() % 8 == 0 {
        return text(&String::from_utf8_lossy(input.0));
    }
    let Some(declaration) = declaration(&mut input, 0) else { return };
    let arch = input.of(&Arch::ALL);
    let plan = match declaration.lower(arch) {
        Ok(plan) => plan,
        Err(error) => return assert!(!error.to_string().is_empty()),
    };
    assert!(!plan.describe().is_empty());
    let program = emit(&plan.filter).expect("a program");
    assert_eq!(verify(&program), Ok(()), "{declaration:?}");
    let process = Process::new(&declaration, arch);
    // A few calls each time: all would make the target slow.
    let numbers = (0..6).filter_map(|_| {
        if input.flag() {
            Some(input.below(1024).try_into().ok()?)
        } else {
            number_of(arch, input.of(ALL_CALLS).name())
        }
    });
    if let Err(difference) = compare_numbers(&process, arch, &program, numbers.collect::<Vec<u32>>()) {
        panic!("{declaration:?}\n{difference}");
    }
}

/// Rights as text: understood, or a mistake that says something.
fn text(text: &str) {
    match text.parse::<Declared>() {
        Ok(declared) => {
            let _ = freebsd::lower;
            let said = declared.rights.to_string();
            // What has a list cannot be said without it.
            if !["ioctl", "fcntl", "none"].iter().any(|list| said.contains(list)) {
                assert_eq!(said.parse::<Declared>().expect("its own words").rights, declared.rights, "{text}");
            }
        }
        Err(mistake) => assert!(!mistake.message.is_empty(), "{text}"),
    }
}

/// A declaration, unless its rights may not be written so.
pub(crate) fn declaration(input: &mut Input<'_>, first: u32) -> Option<Declaration> {
    let mut declaration = Declaration::new("fuzzed");
    declaration.threads = input.flag();
    declaration.on_violation = input.of(&OnViolation::NAMED.map(|(_, reaction)| reaction));
    declaration.pid = u32::from(input.byte()) + 1;
    declaration.inert = first + u32::from(input.byte() % 40);
    for _ in 0..input.byte() % 5 {
        let rights = rights(input);
        if rights.parse::<Declared>().is_err() {
            return None;
        }
        let numbers = (0..=input.byte() % 2).map(|_| first + u32::from(input.byte() % 24)).collect();
        let name = input.of(&["it", "it", "it", "stderr"]).to_owned();
        declaration.entries.push(Entry { name, rights, numbers, append: input.flag() });
    }
    Some(declaration)
}

fn rights(input: &mut Input<'_>) -> String {
    let mut terms: Vec<String> = Vec::new();
    for _ in 0..=input.byte() % 5 {
        let name = input.of(NAMES).0;
        if terms.iter().any(|term| term.split('(').next() == Some(name)) {
            continue;
        }
        terms.push(match name {
            "ioctl" => format!("ioctl({}, 0x5402)", input.of(&["0x5413", "21531", "0x5421", "0x541b"])),
            "fcntl" => format!("fcntl({})", input.of(&["getfl", "setfl", "setown, getown", "getfl, setfl"])),
            "accept" => format!("accept({})", input.of(&["recv", "send + shutdown", "recv + fstat + event", "hold"])),
            name => name.to_owned(),
        });
    }
    match input.byte() % 16 {
        0 => "hold".into(),
        1 => "none".into(),
        2..8 if !terms.iter().any(|term| term == "lookup") => format!("lookup + {}", terms.join(" + ")),
        _ => terms.join(" + "),
    }
}
