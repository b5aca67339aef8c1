//! The table of `sandbox_tests::conformance`, tried on the running system: under every declaration, each operation works
//! or is refused as its column says.
//!
//! A case is a kind of descriptor and a declaration: each row of the vocabulary that the system enforces and that fits, and
//! the kind's own. It tries every operation of the kind on three descriptors: one that has the declaration, one that is
//! held without a right, and one that is not declared. Each operation is first seen to work without the sandbox. The cases
//! of `table` hold the columns of both systems against the vocabulary, wherever they run.

mod compare;
mod declaration;
mod table;

use std::process::ExitCode;

use sandbox_tests::conformance::{KINDS, System};
use sandbox_tests::harness;

fn main() -> ExitCode {
    let here = KINDS.iter().filter(|kind| kind.only.is_none_or(|system| system == System::HERE));
    let mut cases: Vec<_> = here.flat_map(compare::cases).collect();
    cases.extend(table::cases());
    harness::main(cases)
}
