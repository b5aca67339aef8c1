//! What the workspace's own tests share: a runner whose cases are processes of their own, and raw system calls.
//!
//! Confinement holds for the rest of a process's life and refuses a process that has several threads, so that the usual
//! test harness cannot be used: the programs beside this library are built with `harness = false` and run by [`harness`].

pub mod check;
pub mod conformance;
pub mod harness;
pub mod scratch;
pub mod suspended;
pub mod sys;
#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
pub mod verdicts;
