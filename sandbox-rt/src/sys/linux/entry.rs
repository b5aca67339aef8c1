//! The order of entry. Before `no_new_privs` nothing irreversible happens; after it an error is partial.

use sandbox_policy::linux::bpf::{self, Program};
use sandbox_policy::linux::{Arch, Numbers, Plan, PlanError, Target, lower};

use super::{
    capabilities, descriptors, engine, inert, isolation, landlock, lazy, limits, mappings, objects, seccomp, trap,
};
use crate::status::{Mechanism, State};
use crate::sys::{Entered, Progress, Request, signals};
use crate::{Error, ErrorKind};

#[cfg(target_arch = "x86_64")]
pub(super) const ARCH: Arch = Arch::X86_64;
#[cfg(target_arch = "aarch64")]
pub(super) const ARCH: Arch = Arch::Aarch64;
#[cfg(target_arch = "riscv64")]
pub(super) const ARCH: Arch = Arch::Riscv64;
#[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64", target_arch = "riscv64")))]
compile_error!("sandbox-rt knows the system calls of x86_64, aarch64 and riscv64 only");

pub(crate) fn enter(request: &Request<'_>, progress: &mut Progress) -> Result<Entered, Error> {
    let policy = request.policy;
    // What must be so for confinement to hold.
    isolation::seems_alone()?;
    crate::enter::flush()?;
    lazy::load();
    // Not before: what flushing waits for, a signal may have to end.
    let signals = signals::hold()?;
    let table = isolation::own_descriptor_table()?;
    let open = descriptors::open()?;
    let granted = objects::inspect(policy, request.descriptors, &open)?;
    let memory = mappings::check(policy, request.descriptors)?;
    let open = open.numbers;
    // Both have looked for it.
    let io_uring = Mechanism::holds("no io_uring instance", true, "no descriptor, no mapping, none registered");

    // The plan, and everything that can be made before it is carried out.
    let inert = inert::make(&open)?;
    let target = Target {
        arch: ARCH,
        landlock: landlock::version().min(request.landlock_at_most),
        pid: std::process::id(),
        inert: inert.number(),
        debug_build: cfg!(debug_assertions),
    };
    let plan = lower(policy, &granted, &target).map_err(|error| planned(&error))?;
    let program = engine::compile(&plan.filter)?;
    let domain = landlock::prepare(&plan.landlock, &open)?;
    let handler = trap::prepare(request, &plan)?;
    let limits = limits::prepare(&plan)?;
    // Not before: what flushing and allocating called (a stream of the program's own, its allocator) may have started a thread.
    let tasks = isolation::one_task()?;

    // From here on nothing can be taken back.
    let mut mechanisms = vec![tasks, table, memory, io_uring];
    mechanisms.push(seccomp::no_new_privileges(progress)?);
    limits.raise()?;
    if let Some(domain) = domain {
        landlock::restrict(&domain)?;
        drop(domain);
        landlock::verify()?;
        progress.note("Landlock");
        mechanisms.push(landlock::mechanism(&plan.landlock, target.landlock));
    } else {
        mechanisms.push(Mechanism::missing("Landlock", "not in this kernel"));
    }
    descriptors::replace_undeclared(&open, &plan, inert.number())?;
    progress.note("undeclared descriptors replaced");
    mechanisms.push(Mechanism::holds("undeclared descriptors gone", true, "replaced by an inert object"));
    descriptors::fill(&open, &plan, inert.number())?;
    trap::install(handler)?;
    let capabilities = capabilities::drop_all()?;
    if let State::Holds(_) = capabilities.state {
        progress.note("capabilities dropped");
    }
    mechanisms.push(capabilities);
    mechanisms.extend(limits.apply()?);
    progress.note("limits");
    mechanisms.push(numbers(&plan));
    inert.keep();
    let instructions = program.instructions().len();
    let filter = seccomp::prepare(&program);
    // Nothing is allocated between these two.
    isolation::still_alone()?;
    seccomp::load(filter)?;
    seccomp::canary()?;
    progress.note("seccomp");
    mechanisms.push(Mechanism::holds(
        "seccomp",
        true,
        format!("filter of {instructions} instructions, answered the canary"),
    ));
    drop(signals);
    mechanisms.sort_by_key(|mechanism| !mechanism.required);
    Ok(Entered { mechanisms, details: Details { plan, program } })
}

/// What was carried out; text is made of it on request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Details {
    pub(super) plan: Plan,
    pub(super) program: Program,
}

impl Details {
    pub(crate) fn plan(&self) -> String {
        self.plan.describe()
    }

    #[allow(clippy::unnecessary_wraps, reason = "the contract: other systems have no filter")]
    pub(crate) fn filter(&self) -> Option<String> {
        Some(bpf::disassemble(&self.program, ARCH))
    }
}

fn numbers(plan: &Plan) -> Mechanism {
    let Numbers { bound, limit } = plan.numbers;
    let extent = match limit {
        Some(0) => "no descriptor can be made (limit 0)".to_owned(),
        Some(limit) => format!("no descriptor can be made (limit {limit}, every number below it occupied)"),
        None => format!("numbers below {bound} keep their meaning, what is minted comes above"),
    };
    Mechanism::holds("descriptor numbers", true, extent)
}

pub(super) fn planned(error: &PlanError) -> Error {
    let help = match error {
        PlanError::Refused { .. } => "remove the right, or do it before entry",
        PlanError::Ioctl { .. } => "make the request before entry",
        PlanError::NoLandlock { .. } => "open the files before entry: `NAME = open(PATH) => read`",
        PlanError::NumberTooHigh { .. } => "acquire declared descriptors before opening many others",
        _ => "declare less",
    };
    let unenforceable = Error::new(ErrorKind::Unenforceable, error.to_string()).help(help);
    match error {
        PlanError::Refused { resource, .. } | PlanError::NoLandlock { resource } => unenforceable.resource(resource),
        _ => unenforceable,
    }
}
