//! Which code generator makes the filter: the built-in emitter, or libseccomp where its feature is on.

#[cfg(feature = "libseccomp")]
mod libseccomp;

use sandbox_policy::linux::bpf::{self, Program};
use sandbox_policy::linux::{Arch, Filter};

use crate::{Error, ErrorKind};

#[cfg(not(feature = "libseccomp"))]
pub(super) fn compile(filter: &Filter) -> Result<Program, Error> {
    bpf::emit(filter).map_err(|error| {
        Error::new(ErrorKind::Unenforceable, error.to_string())
            .help("declare fewer descriptors, or fewer kinds of rights")
    })
}

#[cfg(feature = "libseccomp")]
pub(super) use libseccomp::compile;

/// The filter as text.
pub(super) fn describe(program: &Program, arch: Arch) -> String {
    bpf::disassemble(program, arch)
}

#[cfg(feature = "libseccomp")]
const _: fn(&Filter) -> Result<bpf::Program, crate::Error> = compile;
