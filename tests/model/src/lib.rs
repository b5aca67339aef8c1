//! A second opinion on what a policy permits on Linux: for every call, with any arguments, what the filter must answer.
//!
//! It is written from the meaning of each right (rights(4), the manual pages, SECURITY.md) and shares nothing with the
//! lowering: not the vocabulary's rows, not the table of calls, not the language of rules. Numbers of calls come from the
//! crate `syscalls`, which is generated from the kernel's own tables; rights are FreeBSD's bits (sys/capsicum.h).
//!
//! [`Declaration`] is what one `#[sandboxed(…)]` says; [`Process`] is what it means for a process; [`Process::verdict`]
//! is the opinion; [`inputs`] makes the calls on which it is compared; [`compare`] holds a filter against it.

mod arguments;
mod calls;
mod compare;
mod declaration;
mod examples;
pub mod inputs;
mod meaning;
mod process;
mod refusal;
pub mod residual;
mod rights;

pub use arguments::{Arguments, Checked, checked};
pub use calls::{i386_numbers, name_of, number_of, numbers_end};
pub use compare::{Difference, compare, compare_number, compare_numbers};
pub use declaration::{Declaration, Entry};
pub use examples::examples;
pub use meaning::{Meaning, meaning};
pub use process::{Process, Verdict};
pub use rights::{NAMES, REFUSED, Set, named};
