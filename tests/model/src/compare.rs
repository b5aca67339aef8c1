//! A filter held against the model.

use std::fmt;

use sandbox_policy::linux::Arch;
use sandbox_policy::linux::bpf::{Data, Program, run};

use crate::inputs::{self, I386, X32};
use crate::{Meaning, Process, Verdict, i386_numbers, meaning, name_of, numbers_end};

/// A call about which the model and a filter differ.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// The call's name, if a table has its number.
    pub name: Option<&'static str>,
    /// What the filter was shown.
    pub data: Data,
    /// What the model says.
    pub expected: Verdict,
    /// What the filter returned, or why it did not.
    pub found: String,
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Data { nr, arch, args, .. } = self.data;
        write!(f, "{} (number {nr:#x}, arch {arch:#x}) {args:x?}: ", self.name.unwrap_or("no call"))?;
        write!(f, "the model says {:?}, the filter {}", self.expected, self.found)
    }
}

/// Compares a program with the model on every call: gives how many verdicts were compared.
///
/// # Errors
///
/// The first call about which they differ.
pub fn compare(process: &Process, arch: Arch, program: &Program) -> Result<u64, Box<Difference>> {
    let mut judge = Judge { process, program, compared: 0, difference: None };
    for number in 0..numbers_end() {
        judge.number(arch, number)?;
    }
    judge.foreign(arch)?;
    Ok(judge.compared)
}

/// The same for one number of the architecture's own table.
///
/// # Errors
///
/// As [`compare`].
pub fn compare_number(process: &Process, arch: Arch, program: &Program, number: u32) -> Result<u64, Box<Difference>> {
    compare_numbers(process, arch, program, [number])
}

/// The same for some numbers.
///
/// # Errors
///
/// As [`compare`].
pub fn compare_numbers(
    process: &Process,
    arch: Arch,
    program: &Program,
    numbers: impl IntoIterator<Item = u32>,
) -> Result<u64, Box<Difference>> {
    let mut judge = Judge { process, program, compared: 0, difference: None };
    for number in numbers {
        judge.number(arch, number)?;
    }
    Ok(judge.compared)
}

struct Judge<'a> {
    process: &'a Process,
    program: &'a Program,
    compared: u64,
    difference: Option<Box<Difference>>,
}

impl Judge<'_> {
    fn number(&mut self, arch: Arch, number: u32) -> Result<(), Box<Difference>> {
        let name = name_of(arch, number);
        let meaning = name.map_or(Meaning::Never, meaning);
        let process = self.process;
        inputs::of_number(process, number, name, meaning, &mut |args| {
            self.judge(name, meaning, Data { nr: number, arch: arch.audit(), instruction_pointer: 0x5a4d, args });
        });
        self.done()
    }

    /// Numbers of other tables: x32's, those of other machines, and those that no table has.
    fn foreign(&mut self, arch: Arch) -> Result<(), Box<Difference>> {
        let granted = self.process.granted().first().copied().map_or(0, u64::from);
        let vectors = [[0; 6], [granted; 6], [u64::MAX; 6], [granted, 0, 0, 0x22, u64::MAX, 0]];
        let mut show = |nr: u32, table: u32| {
            for args in vectors {
                let name = if table == arch.audit() { name_of(arch, nr) } else { None };
                let meaning = name.map_or(Meaning::Never, meaning);
                self.judge(name, meaning, Data { nr, arch: table, instruction_pointer: 0, args });
            }
        };
        for number in 0..numbers_end() {
            show(X32 | number, arch.audit());
        }
        for number in i386_numbers().chain(0..numbers_end()) {
            show(number, I386);
        }
        for number in inputs::random_numbers() {
            show(number, arch.audit());
            show(number, I386);
        }
        for table in inputs::other_tables(arch) {
            for number in [0, 1, 3, 9, 57, 63, 64, 222, 231, 1023, X32, u32::MAX] {
                show(number, table);
            }
        }
        self.done()
    }

    fn judge(&mut self, name: Option<&'static str>, meaning: Meaning, data: Data) {
        if self.difference.is_some() {
            return;
        }
        let foreign = self.process.foreign(data.arch, data.nr);
        let expected = foreign.unwrap_or_else(|| self.process.verdict(name, meaning, &data.args));
        let found = run(self.program, &data);
        self.compared += 1;
        if found != Ok(expected.code()) {
            let found = match found {
                Ok(code) => format!("{code:#x}"),
                Err(fault) => format!("faults: {fault}"),
            };
            self.difference = Some(Box::new(Difference { name, data, expected, found }));
        }
    }

    fn done(&mut self) -> Result<(), Box<Difference>> {
        self.difference.take().map_or(Ok(()), Err)
    }
}
