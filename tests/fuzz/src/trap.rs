//! The trap handler: what it takes from the kernel, and what it makes of it.

use std::os::fd::RawFd;
use std::path::Path;

use sandbox_model::{Declaration, Entry};
use sandbox_policy::linux::{ALL_CALLS, Arch, Granted, Target, lower};
use sandbox_policy::{Allow, Declared, Grant, OnViolation, Origin, Policy, Resource};
use sandbox_rt::__fuzz::{Handler, decode};

use crate::input::Input;
use crate::line::well_formed;
use crate::lowering::declaration;

#[cfg(target_arch = "x86_64")]
const ARCH: Arch = Arch::X86_64;
#[cfg(target_arch = "aarch64")]
const ARCH: Arch = Arch::Aarch64;
#[cfg(target_arch = "riscv64")]
const ARCH: Arch = Arch::Riscv64;

/// Declared numbers begin here: none of them is open in this process, so that what the handler does on their behalf
/// reaches nothing.
const FIRST: u32 = 600;

/// Any signal with any registers: what is not a filter's is ignored, every other one is answered by an errno, and the
/// explanation is one well-formed line whatever the arguments point at.
///
/// # Panics
///
/// If not so.
pub fn trap(data: &[u8]) {
    let mut input = Input(data);
    let mut info: [u8; 128] = input.bytes();
    if input.flag() {
        // SYS_SECCOMP.
        info[8..12].copy_from_slice(&1_i32.to_ne_bytes());
    }
    let registers: [u64; 23] = std::array::from_fn(|_| input.argument());
    let decoded = decode(&info, &registers);
    assert_eq!(decoded.is_some(), info[8..12] == 1_i32.to_ne_bytes());

    let Some(mut declared) = declaration(&mut input, FIRST) else { return };
    declared.on_violation = OnViolation::Report;
    with_handler(&declared, |handler| {
        if let Some((number, arguments)) = decoded {
            explain(handler, number, &arguments);
        }
        for _ in 0..8 {
            let Some(number) = input.of(ALL_CALLS).number(ARCH) else { continue };
            let mut arguments: [u64; 6] = std::array::from_fn(|_| input.argument());
            let path = [input.slice(260), &[0]].concat();
            if input.flag() {
                let at = input.below(6);
                arguments[at] = path.as_ptr().expose_provenance() as u64;
            }
            explain(handler, number, &arguments);
            // These are answered by calls of their own, on numbers that are not open here; the second one where it is about
            // the descriptor, with AT_EMPTY_PATH.
            for name in ["close", "newfstatat"] {
                let number = sandbox_model::number_of(ARCH, name).expect("a call");
                (arguments[0], arguments[1], arguments[3]) = (FIRST.into(), 0, arguments[3] | 0x1000);
                assert!(handler.answer(number, &arguments) <= 0, "{name} {arguments:x?}");
            }
        }
    });
}

fn explain(handler: &Handler, number: u32, arguments: &[u64; 6]) {
    if let Some(line) = handler.explain(number, arguments) {
        well_formed(&line);
    }
}

fn with_handler(declaration: &Declaration, body: impl FnOnce(&Handler)) {
    let declared: Vec<Declared> =
        declaration.entries.iter().map(|entry| entry.rights.parse().expect("checked")).collect();
    let minted: Vec<Option<Grant<'_>>> = declared.iter().map(Declared::minted_grant).collect();
    let resources: Vec<Resource<'_>> = (declaration.entries.iter().zip(&declared).zip(&minted))
        .map(|((entry, declared), minted)| Resource {
            name: &entry.name,
            origin: Origin::Given,
            grant: declared.grant(minted.as_ref()),
        })
        .collect();
    let policy =
        Policy { name: "fuzzed", resources: &resources, allow: Allow::NONE, on_violation: OnViolation::Report };
    let granted: Vec<Granted> = (declaration.entries.iter().enumerate())
        .flat_map(|(resource, entry)| {
            entry.numbers.iter().map(move |&number| Granted { resource, number, append: entry.append })
        })
        .collect();
    let target = Target { arch: ARCH, landlock: 7, pid: 1, inert: declaration.inert, debug_build: false };
    if let Ok(plan) = lower(&policy, &granted, &target) {
        let numbers = |entry: &Entry| entry.numbers.iter().map(|number| number.cast_signed()).collect();
        let descriptors: Vec<Vec<RawFd>> = declaration.entries.iter().map(numbers).collect();
        body(&Handler::new(&policy, &descriptors, &plan, Path::new("/srv/data")));
    }
}
