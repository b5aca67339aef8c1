//! The built-in emitter of sandbox-policy, which compiles every policy.

use sandbox_policy::linux::Filter;
use sandbox_policy::linux::bpf::{self, Program};

use crate::{Error, ErrorKind};

/// Compiles a filter.
///
/// # Errors
///
/// `Unenforceable` if it is longer than the kernel takes.
pub(in crate::sys::linux) fn compile(filter: &Filter) -> Result<Program, Error> {
    bpf::emit(filter).map_err(|error| {
        Error::new(ErrorKind::Unenforceable, error.to_string())
            .help("declare fewer descriptors, or fewer kinds of rights")
    })
}
