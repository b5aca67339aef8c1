//! Learning (the feature `learn`): what entry would refuse is shown to a thread of this process, which writes it down and
//! lets it happen. Nothing is enforced.
//!
//! The calls are handed over by seccomp's notifications (seccomp_unotify(2)), which need Linux 5.5. What a confined program
//! may call anyway, the base set, is not looked at. Calls whose arguments are hidden in memory fail with ENOSYS as they do
//! under the sandbox, so that libc makes those that it would make there.

mod arguments;
mod listener;
mod memory;
mod watcher;

use std::fs::File;

use sandbox_policy::linux::bpf::Program;
use sandbox_policy::linux::{Action, Call, Target, lower};
use sandbox_policy::note::Source;
use sandbox_policy::{Allow, Grant, OnViolation, Origin, Policy, Resource};

use super::entry::{ARCH, Details, planned};
use super::{descriptors, engine, isolation, lazy, objects, seccomp};
use crate::status::Mechanism;
use crate::sys::{Entered, Fields, LEARN, Progress, Request};
use crate::{Error, ErrorKind};
use watcher::Watcher;

/// The instruction that returns a constant (`BPF_RET | BPF_K`, linux/bpf_common.h).
const RETURN: u16 = 0x06;

/// Watches what follows, and writes it to the file that [`LEARN`] names.
pub(crate) fn learn(
    request: &Request<'_>,
    source: &Source<'_>,
    fields: &Fields<'_>,
    progress: &mut Progress,
) -> Result<Entered, Error> {
    let file = file()?;
    let tasks = isolation::one_task()?;
    crate::enter::flush()?;
    lazy::load();
    let open = descriptors::open()?;
    objects::inspect(request.policy, request.descriptors, &open)?;
    let watcher = Watcher::new(request, source, fields, &open.numbers, file)?;

    let nothing = Policy {
        name: request.policy.name,
        resources: &[Resource { name: "stderr", origin: Origin::Stream, grant: Grant::GONE }],
        allow: Allow::NONE,
        on_violation: OnViolation::Error,
    };
    let target = Target { arch: ARCH, landlock: 0, pid: std::process::id(), inert: 3, debug_build: true };
    let mut plan = lower(&nothing, &[], &target).map_err(|error| planned(&error))?;
    for entry in &mut plan.filter.calls {
        // Closing makes a number mean something else; what waits to be written is written before the end.
        if matches!(entry.call, Call::close | Call::exit_group) {
            entry.rules.clear();
            entry.otherwise = REFUSED;
        }
    }
    let program = notifying(engine::compile(&plan.filter)?);

    let start = watcher.start()?;
    let no_new_privileges = seccomp::no_new_privileges(progress)?;
    let listener = listener::load(&program)?;
    progress.note("a filter that watches");
    start.watch(listener)?;
    let learning = Mechanism::missing("the sandbox", "this is a build to learn by: nothing is enforced");
    Ok(Entered { mechanisms: vec![tasks, no_new_privileges, learning], details: Details { plan, program } })
}

const REFUSED: Action = Action::Errno(1);

/// The same program with a notification wherever it refuses.
fn notifying(Program(mut instructions): Program) -> Program {
    for instruction in &mut instructions {
        if instruction.code == RETURN && instruction.k == REFUSED.code() {
            instruction.k = libc::SECCOMP_RET_USER_NOTIF;
        }
    }
    Program(instructions)
}

fn file() -> Result<File, Error> {
    let path = std::env::var_os(LEARN).ok_or_else(|| {
        Error::new(
            ErrorKind::Unsupported,
            "this program is built to learn what it should declare, and confines nothing",
        )
        .help("run it by `cargo sandbox learn -- COMMAND`, or build it without the feature `learn` of sandbox-rt")
    })?;
    File::options().append(true).open(&path).map_err(|error| {
        Error::system(format!("open {}", path.display()), error.raw_os_error().unwrap_or(0))
            .help("`cargo sandbox learn` makes the file that SANDBOX_LEARN names")
    })
}
