//! tcpdump with capture files, as its user sees it.

mod confinement;
mod damage;
mod endings;
mod harness;
mod options;
