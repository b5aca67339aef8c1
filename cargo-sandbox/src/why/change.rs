//! What a declaration would have to say instead.

use sandbox_policy::linux::{Arch, Call, Names, listed_fcntl};
use sandbox_policy::note::EmbeddedPolicy;
use sandbox_policy::vocabulary::{self, Enforcement};
use sandbox_policy::{Declared, Origin, OwnedResource, Rights};

use super::on_linux::Value;
use crate::assumed;

/// The declaration of a resource with more rights: `fds(out = read + write)`.
pub(super) fn declared(name: &str, declared: &Declared, more: Rights) -> String {
    let wider = Declared { gone: false, rights: declared.rights.union(more), ..declared.clone() };
    format!("fds({name} = {wider})")
}

/// What would allow a Linux call on a resource.
pub(super) fn on_resource(
    policy: &EmbeddedPolicy,
    call: Call,
    values: &[Value; 6],
    name: &str,
    has: &Declared,
) -> String {
    let request = values[1].low();
    match call {
        Call::newfstatat => return declared(name, has, Rights::FSTAT),
        Call::openat => return format!("declare it as a directory: fds({name} = dir(PATH) => lookup + read)"),
        _ => {}
    }
    match (call, request) {
        (Call::ioctl, Some(request)) if by_right(call, values, has).is_none() => {
            let mut wider = Declared { gone: false, rights: has.rights.union(Rights::IOCTL), ..has.clone() };
            wider.ioctls.push(request);
            return enforceable(policy, name, wider);
        }
        (Call::fcntl, Some(command)) if by_right(call, values, has).is_none() => {
            if let Some(named) = listed_fcntl(command) {
                let wider = Declared {
                    gone: false,
                    rights: has.rights.union(Rights::FCNTL),
                    fcntls: has.fcntls.union(named),
                    ..has.clone()
                };
                return format!("fds({name} = {wider})");
            }
        }
        _ => {}
    }
    match by_right(call, values, has) {
        Some(missing) => declared(name, has, missing),
        None => never(call).to_owned(),
    }
}

/// The declaration with this resource in it, unless Linux refuses that too.
fn enforceable(policy: &EmbeddedPolicy, name: &str, wider: Declared) -> String {
    let said = format!("fds({name} = {wider})");
    let mut changed = policy.clone();
    changed.policy.resources = vec![OwnedResource { name: name.to_owned(), origin: Origin::Given, declared: wider }];
    // Which requests are never granted does not depend on the machine.
    match assumed::on_linux(&changed, Arch::X86_64, 1) {
        Ok(_) => said,
        Err(error) => format!("nothing can: {error}"),
    }
}

/// The fewest rights with which the call would be permitted on the descriptor.
fn by_right(call: Call, values: &[Value; 6], has: &Declared) -> Option<Rights> {
    vocabulary::rows()
        .filter(|row| !matches!(row.on_linux, Enforcement::Refused(_)))
        .filter(|row| {
            row.linux.iter().any(|rule| {
                rule.call == call && rule.when.iter().all(|when| super::on_linux::holds(*when, values) != Some(false))
            })
        })
        .map(|row| row.rights.union(row.needs).difference(has.rights))
        .filter(|missing| !missing.is_empty())
        .min_by_key(|missing| missing.bits().count_ones())
}

/// What to do instead of a call that no declaration allows.
pub(crate) fn never(call: Call) -> &'static str {
    match call {
        Call::connect | Call::bind => {
            "nothing can: do it before entry and declare the socket, `NAME = EXPR => recv + send`"
        }
        Call::socket | Call::socketpair => "nothing can: make it before entry, `NAME = EXPR => recv + send`",
        Call::sendto | Call::sendmsg | Call::sendmmsg => {
            "nothing can: a confined program names no address; connect the socket before entry, then use `send`"
        }
        Call::recvmsg | Call::recvmmsg => "nothing can: it could bring in descriptors; use `recv`",
        Call::dup | Call::dup2 | Call::dup3 => "nothing can: use `try_clone`, and the right `dup`",
        Call::clone3 => {
            "nothing can: its flags are in memory; libc falls back to `clone`, which `allow(threads)` allows for threads"
        }
        Call::clone => "`allow(threads)` allows threads; processes are started before entry",
        Call::fork | Call::vfork => "nothing can: start processes before entry, and declare their pipes",
        Call::execve | Call::execveat => "nothing can: start programs before entry, and declare their pipes",
        Call::openat2 => "nothing can: its flags are in memory; libc falls back to `openat`",
        Call::statx => "nothing can: libc falls back to `newfstatat`, which `fstat` allows on a descriptor",
        Call::pipe | Call::pipe2 => "nothing can: make it before entry and declare its ends",
        Call::epoll_create | Call::epoll_create1 => "nothing can: make it before entry, `NAME = EXPR => kqueue`",
        _ => match call.names() {
            Names::Path(_) | Names::PathAt(..) => {
                "nothing can: a confined program looks up no paths; do it before entry"
            }
            Names::Process => "nothing can: a confined program reaches no other process",
            Names::Peer => "nothing can: a confined program reaches no other program; do it before entry",
            Names::Nothing | Names::Descriptor(_) | Names::TwoDescriptors(..) | Names::Mapping(_) => {
                "nothing can: do it before entry"
            }
        },
    }
}
