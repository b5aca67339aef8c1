//! The second engine: the system's libseccomp, for policies that it provably compiles right.
//!
//! libseccomp only generates code here. It is given what [`accepted`] accepts, its program is read back, held against
//! the filter's rules call by call, and loaded by the same code as the built-in emitter's.
//!
//! Two differences are left. With `report`, a refused call is not explained if its rules compare several arguments
//! (`accepted::unexplained`). And the number −1 (what a tracer leaves of a call that it skipped; nothing is called
//! then) ends the process with the built-in engine and gets the ordinary refusal with libseccomp.

mod accepted;
#[cfg(test)]
mod tests;

use std::fs::File;
use std::io::Read as _;

use ::libseccomp::error::SeccompError;
use ::libseccomp::{ScmpAction, ScmpArch, ScmpArgCompare, ScmpCompareOp, ScmpFilterContext, ScmpSyscall, ScmpVersion};
use rustix::net::sockopt::set_socket_send_buffer_size;
use rustix::net::{AddressFamily, SocketFlags, SocketType};
use sandbox_policy::linux::bpf::{self, Fault, Program};
use sandbox_policy::linux::{Action, Arch, Filter};

use self::accepted::{Comparison, Refused, Told};
use crate::sys::linux::failed;
use crate::{Error, ErrorKind};

/// The oldest version that this engine is tested with, as the build script asks for it.
const OLDEST: (u32, u32) = (2, 5);
/// Bytes of the longest program, twice: a socket's buffer also holds the kernel's own.
const ROOM: usize = 2 * bpf::MAX_INSTRUCTIONS * size_of::<bpf::Instruction>();
const WITHOUT: &str = "build without the feature `libseccomp`: the built-in engine compiles every policy";

/// Compiles a filter by libseccomp.
///
/// # Errors
///
/// `Unenforceable` if its rules are not among those that libseccomp compiles right, `Unverified` if the program that
/// came out does something else than the rules say.
pub(in crate::sys::linux) fn compile(filter: &Filter) -> Result<Program, Error> {
    let version = ScmpVersion::current().map_err(|error| wrong("seccomp_version", &error))?;
    if (version.major, version.minor) < OLDEST {
        return Err(Error::new(ErrorKind::Unsupported, format!("libseccomp is `{version}`, expected 2.5 or later"))
            .help("install a newer libseccomp, or build without the feature `libseccomp`"));
    }
    let filter = accepted::unexplained(filter);
    let rules = accepted::rules(&filter).map_err(unenforceable)?;
    let program = generate(&filter, &rules)?;
    check(&filter, &program)?;
    Ok(program)
}

/// The program that libseccomp makes of the rules, as it comes.
fn generate(filter: &Filter, rules: &[Told]) -> Result<Program, Error> {
    let native = match filter.arch {
        Arch::X86_64 => ScmpArch::X8664,
        Arch::Aarch64 => ScmpArch::Aarch64,
        Arch::Riscv64 => ScmpArch::Riscv64,
    };
    if ScmpArch::native() != native {
        let name = filter.arch.name();
        return Err(Error::new(ErrorKind::Unsupported, format!("libseccomp is not made for `{name}`")).help(WITHOUT));
    }
    let mut context =
        ScmpFilterContext::new(action(filter.otherwise)).map_err(|error| wrong("seccomp_init", &error))?;
    context.set_act_badarch(ScmpAction::KillProcess).map_err(|error| wrong("seccomp_attr_set", &error))?;
    for told in rules {
        let number = ScmpSyscall::from_raw_syscall(told.number.cast_signed());
        let comparisons: Vec<_> = told.comparisons.iter().map(comparison).collect();
        context
            .add_rule_conditional_exact(action(told.action), number, &comparisons)
            .map_err(|error| wrong(&format!("seccomp_rule_add_exact of `{}`", told.call), &error))?;
    }
    exported(&context)
}

/// The program that it generates, through a pair of sockets: a pipe could be too small for a long one, and what a file
/// in memory may hold is limited like a file on a disk.
fn exported(context: &ScmpFilterContext) -> Result<Program, Error> {
    let flags = SocketFlags::CLOEXEC | SocketFlags::NONBLOCK;
    let (reader, writer) =
        rustix::net::socketpair(AddressFamily::UNIX, SocketType::STREAM, flags, None).map_err(failed("socketpair"))?;
    set_socket_send_buffer_size(&writer, ROOM).map_err(failed("setsockopt(SO_SNDBUF)"))?;
    context.export_bpf(&writer).map_err(|error| wrong("seccomp_export_bpf", &error))?;
    drop(writer);
    let mut bytes = Vec::new();
    File::from(reader)
        .read_to_end(&mut bytes)
        .map_err(|error| Error::system("read the exported filter", error.raw_os_error().unwrap_or(0)))?;
    Program::from_bytes(&bytes).ok_or_else(|| {
        Error::new(ErrorKind::Unverified, format!("libseccomp exported {} bytes, not a whole filter", bytes.len()))
    })
}

/// Nothing that libseccomp made is trusted: the program must be one that the kernel takes, and must do what the rules
/// say.
fn check(filter: &Filter, program: &Program) -> Result<(), Error> {
    match bpf::verify(program) {
        Ok(()) => {}
        Err(Fault::Length(length)) => {
            return Err(Error::new(
                ErrorKind::Unenforceable,
                format!("libseccomp needs {length} instructions, expected at most {}", bpf::MAX_INSTRUCTIONS),
            )
            .help("declare fewer descriptors, or build without the feature `libseccomp`"));
        }
        Err(fault) => {
            let message = format!("libseccomp made a filter that the kernel would refuse: {fault}");
            return Err(Error::new(ErrorKind::Unverified, message).help(WITHOUT));
        }
    }
    match bpf::disagreements(filter, program).disagreements.first() {
        None => Ok(()),
        Some(first) => {
            let message = format!("libseccomp made a filter that does not do what its rules say: {first}");
            Err(Error::new(ErrorKind::Unverified, message).help(WITHOUT))
        }
    }
}

fn action(action: Action) -> ScmpAction {
    match action {
        Action::Allow => ScmpAction::Allow,
        Action::Errno(errno) => ScmpAction::Errno(errno.into()),
        Action::Trap => ScmpAction::Trap,
        Action::Kill => ScmpAction::KillProcess,
    }
}

fn comparison(comparison: &Comparison) -> ScmpArgCompare {
    let Comparison { argument, mask, value } = *comparison;
    ScmpArgCompare::new(argument.into(), ScmpCompareOp::MaskedEqual(mask), value)
}

fn unenforceable(refused: Refused) -> Error {
    Error::new(ErrorKind::Unenforceable, refused.to_string()).help(match refused.reason {
        accepted::Reason::Otherwise(_) => {
            "declare `on_violation = error` and fewer kinds of rights, or build without the feature `libseccomp`: the \
             built-in engine compiles every policy"
        }
        accepted::Reason::Actions
        | accepted::Reason::Arguments
        | accepted::Reason::Twice(_)
        | accepted::Reason::Many => WITHOUT,
    })
}

fn wrong(operation: &str, error: &SeccompError) -> Error {
    Error::new(ErrorKind::System, format!("{operation}: {error}")).help(WITHOUT)
}
