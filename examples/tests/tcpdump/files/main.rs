//! tcpdump with capture files, as its user sees it.

// What Linux says of the process.
#[cfg(target_os = "linux")]
mod confinement;
mod damage;
mod endings;
mod harness;
mod options;
