//! The line that explains a refusal.

use sandbox_policy::Rights;
use sandbox_policy::linux::{Call, Names};

use super::table::{Number, Table, descriptor};
use crate::sys::refusal::{Line, count, hash, read_string, stream};

const PATH_LENGTH: usize = 200;
/// `MAP_ANONYMOUS`.
const ANONYMOUS: u64 = 0x20;

/// What std and libc look for and do without.
const PROBED_PATHS: [&[u8]; 5] =
    [b"/proc/self/maps", b"/proc/self/exe", b"/proc/self/cgroup", b"/proc/sys/vm/overcommit_memory", b"/sys/fs/cgroup"];

/// Explains that `call` was refused, unless it is a probe or hint that std and libc survive.
pub(super) fn refusal(table: &Table, call: Call, arguments: &[u64; 6]) {
    match call.names() {
        Names::Nothing | Names::Process | Names::TwoDescriptors(..) => {}
        Names::Mapping(_) if arguments[3] & ANONYMOUS != 0 => {}
        Names::Descriptor(_) | Names::Mapping(_) => on_descriptor(table, call, arguments, &[]),
        Names::Path(argument) | Names::PathAt(_, argument) => on_path(table, call, arguments, argument),
        Names::Peer => on_peer(table, call),
    }
}

fn on_descriptor(table: &Table, call: Call, arguments: &[u64; 6], path: &[u8]) {
    let Some(number) = descriptor(call, arguments) else { return };
    if call == Call::fstat || (call == Call::lseek && arguments[1] == 0 && arguments[2] == 1) {
        return;
    }
    let Some(count) = count::refused(key(call, number)) else { return };
    let known = table.number(number);
    let mut line = Line::start(&table.function, count);
    line.text("`").text(call.name());
    if !path.is_empty() {
        line.text("(\"").path(path).text("\")");
    }
    line.text("` on ");
    let name = known.map_or_else(|| stream(number), |known| &known.name);
    match known {
        Some(known) => {
            line.text("`").text(name).text("` (fd ").number(number.into()).text(") refused: `").text(name);
            line.text("` has ").text(if known.rights.is_empty() { "no rights" } else { &known.said });
        }
        None => {
            line.text("fd ").number(number.into()).text(" refused: it is not declared");
        }
    }
    advise(table, call, arguments, known, name, &mut line);
    line.print();
}

/// What would allow the call: a right, or nothing.
fn advise(table: &Table, call: Call, arguments: &[u64; 6], known: Option<&Number>, name: &str, line: &mut Line) {
    let granted = known.map_or(Rights::NONE, |known| known.rights);
    let list = list_right(call, arguments);
    let permitting = table.permitting(call, arguments);
    // A command that a list names is asked for by the list: `nonblocking`, which also permits `getfl`, means more.
    let permitting = permitting.filter(|_| call != Call::fcntl || list.is_none());
    let missing = permitting.map_or(Rights::NONE, |permitting| permitting.rights.difference(granted));
    if let Some(reason) = never(call).filter(|_| permitting.is_none()) {
        line.text(". ").text(reason);
        return;
    }
    if missing.is_empty() && list.is_none() {
        line.text(". No right permits it with these arguments");
        return;
    }
    line.text(". To allow it: fds(").text(name).text(" = ");
    if missing.is_empty() {
        if let Some((right, request)) = list {
            line.text(right);
            if let Some(request) = request {
                line.hexadecimal(request);
            }
            line.text(")");
        }
    } else {
        table.words.write(missing, line);
    }
    if let Some(known) = known
        && !known.rights.is_empty()
    {
        line.text(" + ").text(&known.said);
    }
    line.text(")");
}

/// Rights with a list: what would have to stand in it.
fn list_right(call: Call, arguments: &[u64; 6]) -> Option<(&'static str, Option<u64>)> {
    match (call, arguments[1] & 0xffff_ffff) {
        (Call::ioctl, request) => Some(("ioctl(", Some(request))),
        (Call::fcntl, 3) => Some(("fcntl(getfl", None)),
        (Call::fcntl, 4) => Some(("fcntl(setfl", None)),
        (Call::fcntl, 8) => Some(("fcntl(setown", None)),
        (Call::fcntl, 9) => Some(("fcntl(getown", None)),
        _ => None,
    }
}

/// What nothing can allow, and what to do instead.
fn never(call: Call) -> Option<&'static str> {
    Some(match call {
        Call::connect | Call::bind => "Nothing can allow it: do it before entry and declare the socket",
        Call::sendto | Call::sendmsg | Call::sendmmsg => {
            "Nothing can allow it: a confined program names no address; connect the socket before entry, then use send"
        }
        Call::recvmsg | Call::recvmmsg => "Nothing can allow it: it could bring in descriptors; use recv",
        Call::dup | Call::dup2 | Call::dup3 => "Nothing can allow it: use try_clone, and the right `dup`",
        _ => return None,
    })
}

fn on_path(table: &Table, call: Call, arguments: &[u64; 6], argument: u8) {
    let mut buffer = [0; PATH_LENGTH];
    let path = read_string(arguments[usize::from(argument)], &mut buffer).unwrap_or(b"?");
    if path.is_empty() || PROBED_PATHS.iter().any(|probed| path.starts_with(probed)) {
        return;
    }
    let directory = descriptor(call, arguments).and_then(|number| table.number(number));
    if directory.is_some_and(|directory| directory.rights.contains(Rights::LOOKUP))
        && table.permitting(call, arguments).is_some()
    {
        return on_descriptor(table, call, arguments, path);
    }
    let Some(count) = count::refused(key(call, hash(path))) else { return };
    let mut line = Line::start(&table.function, count);
    line.text("`").text(call.name()).text("(\"").path(path).text("\")` refused: ");
    match call {
        Call::open | Call::openat | Call::openat2 | Call::creat => {
            line.text(match (table.directories, directory) {
                (false, _) => "no directory is declared",
                (true, None) => "it is not beneath a declared directory",
                (true, Some(_)) => "the directory's rights do not permit these flags",
            });
            line.text(". Open it before entry: fds(NAME = open(\"").path(path).text("\") => ");
            line.text(if writes(call, arguments) { "write)" } else { "read)" });
        }
        Call::execve | Call::execveat => {
            line.text("a confined program starts no programs. Nothing can allow it: start them before entry");
        }
        _ => {
            line.text("a confined program looks up no paths. Nothing can allow it: do it before entry");
        }
    }
    line.print();
}

/// Whether an open asks for writing.
fn writes(call: Call, arguments: &[u64; 6]) -> bool {
    match call {
        Call::open => arguments[1] & 3 != 0,
        Call::openat => arguments[2] & 3 != 0,
        Call::creat => true,
        _ => false,
    }
}

fn on_peer(table: &Table, call: Call) {
    if let Some(count) = count::refused(key(call, 0)) {
        Line::start(&table.function, count)
            .text("`")
            .text(call.name())
            .text("` refused: a confined program makes no connections. Make it before entry: fds(NAME = EXPR => recv + send)")
            .print();
    }
}

fn key(call: Call, about: u32) -> u64 {
    (u64::from(call as u16) + 1) << 32 | u64::from(about)
}
