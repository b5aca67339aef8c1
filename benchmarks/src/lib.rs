//! The measured side of the benchmarks: what runs in a process of its own, confined in one way.
//!
//! The program that starts these processes, lets them take turns and compares them is `main.rs`. Both are Linux only.

#![cfg(target_os = "linux")]

pub mod measured;
pub mod ours;
pub mod work;
