//! The line that explains a refusal.

use sandbox_policy::Rights;
use sandbox_policy::linux::{Call, Names, listed_fcntl, opening};

use super::table::{Table, descriptor, low};
use crate::sys::refusal::paths::{self, Opening};
use crate::sys::refusal::{self, Line, Missing, Subject, hash, read_string};

const PATH_LENGTH: usize = 200;
/// `MAP_ANONYMOUS`.
const ANONYMOUS: u64 = 0x20;
/// `AT_EMPTY_PATH` (fcntl.h): the descriptor itself.
const EMPTY_PATH: u32 = libc::AT_EMPTY_PATH.cast_unsigned();
/// `AT_FDCWD` (fcntl.h): the path starts at the working directory.
const WORKING_DIRECTORY: u32 = libc::AT_FDCWD.cast_unsigned();

/// What std and libc look for and do without.
const PROBED_PATHS: [&[u8]; 5] =
    [b"/proc/self/maps", b"/proc/self/exe", b"/proc/self/cgroup", b"/proc/sys/vm/overcommit_memory", b"/sys/fs/cgroup"];

/// The line that explains that `call` was refused; none if it is a probe or hint that std and libc survive, or was
/// explained often enough.
pub(super) fn refusal(table: &Table, call: Call, arguments: &[u64; 6]) -> Option<Line> {
    match call.names() {
        Names::Nothing | Names::Process => None,
        Names::Mapping(_) if arguments[3] & ANONYMOUS != 0 => None,
        // The others copy between descriptors: what io::copy tries before it reads and writes.
        Names::TwoDescriptors(..) if call != Call::epoll_ctl => None,
        Names::Descriptor(_) | Names::TwoDescriptors(..) | Names::Mapping(_) => {
            on_descriptor(table, call, arguments, &[])
        }
        // What can only fail is a question whether the call is there: std asks so for statx, and libc passes it on.
        Names::PathAt(..) if call == Call::newfstatat && arguments[1] == 0 && low(arguments, 3) & EMPTY_PATH == 0 => {
            None
        }
        // futimens is utimensat without a path.
        Names::PathAt(_, argument) if arguments[usize::from(argument)] == 0 => {
            on_descriptor(table, call, arguments, &[])
        }
        Names::Path(argument) | Names::PathAt(_, argument) => on_path(table, call, arguments, argument),
        Names::Peer => on_peer(table, call),
    }
}

/// A descriptor that a call names, and what it lacks.
struct Lacking<'a> {
    number: u32,
    subject: Subject<'a>,
    missing: Missing,
}

fn on_descriptor(table: &Table, call: Call, arguments: &[u64; 6], path: &[u8]) -> Option<Line> {
    let number = descriptor(call, arguments)?;
    if call == Call::fstat || (call == Call::lseek && arguments[1] == 0 && arguments[2] == 1) {
        return None;
    }
    let mut line = refusal::line(&table.function, key(call, number))?;
    let lacking = |number: u32, missing: Missing| {
        let subject = table.subject(number);
        let rights = missing.rights.difference(table.declarations.rights(subject));
        Lacking { number, subject, missing: Missing { rights, ..missing } }
    };
    let needs = needs(table, call, arguments);
    let first = lacking(number, needs.map_or(Missing::NONE, |(missing, _)| missing));
    let other = needs.and_then(|(_, other)| other).map(|(argument, rights)| (low(arguments, argument), rights));
    let (first, other) = match other {
        Some((other, rights)) if other == number => {
            (lacking(number, Missing::rights(first.missing.rights.union(rights))), None)
        }
        Some((other, rights)) => (first, Some(lacking(other, Missing::rights(rights)))),
        None => (first, None),
    };
    line.text("`").text(call.name());
    if !path.is_empty() {
        line.text("(\"").path(path).text("\")");
    }
    // About the one that lacks something.
    match &other {
        Some(other) if first.missing.is_empty() => {
            line.text("` to ");
            table.declarations.describe(other.subject, other.number, &mut line);
        }
        Some(_) | None => {
            line.text("` on ");
            table.declarations.describe(first.subject, first.number, &mut line);
        }
    }
    let other = other.map_or((Subject::Undeclared(""), Missing::NONE), |other| (other.subject, other.missing));
    if !first.missing.is_empty() || !other.1.is_empty() {
        table.declarations.advise(&[(first.subject, first.missing), other], &mut line);
    } else if let Some(reason) = never(call).filter(|_| needs.is_none()) {
        line.text(". ").text(reason);
    } else {
        line.text(". No right permits it with these arguments");
    }
    Some(line)
}

/// What a call needs on its descriptor, and what on another one, which is this argument; none if nothing permits it.
type Needs = (Missing, Option<(u8, Rights)>);

fn needs(table: &Table, call: Call, arguments: &[u64; 6]) -> Option<Needs> {
    let second = low(arguments, 1);
    if call == Call::openat {
        return opening(low(arguments, 2), table.arch).map(|rights| (Missing::rights(rights), None));
    }
    // A command that a list names is asked for by the list: `nonblocking`, which also permits `getfl`, means more.
    if call == Call::fcntl
        && let Some(command) = listed_fcntl(second)
    {
        return Some((Missing { fcntl: command, ..Missing::NONE }, None));
    }
    match table.permitting(call, arguments) {
        Some(permitting) => Some((Missing::rights(permitting.rights), permitting.peer)),
        None if call == Call::ioctl => Some((Missing { ioctl: Some(second), ..Missing::NONE }, None)),
        None => None,
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

fn on_path(table: &Table, call: Call, arguments: &[u64; 6], argument: u8) -> Option<Line> {
    // The first path of symlink(2) is text.
    let argument = if call == Call::symlink { 1 } else { argument };
    let mut buffer = [0; PATH_LENGTH];
    let path = read_string(arguments[usize::from(argument)], &mut buffer).unwrap_or(b"?");
    if path.is_empty() || PROBED_PATHS.iter().any(|probed| path.starts_with(probed)) {
        return None;
    }
    let from_directory = descriptor(call, arguments).is_some_and(|number| number != WORKING_DIRECTORY);
    let known = call == Call::openat || table.permitting(call, arguments).is_some();
    if from_directory && known && path.first() != Some(&b'/') {
        return on_descriptor(table, call, arguments, path);
    }
    let mut line = refusal::line(&table.function, key(call, hash(path)))?;
    line.text("`").text(call.name()).text("(\"").path(path).text("\")` refused: ");
    paths::explain(&table.declarations, call.name(), path, asked(call, arguments), &mut line);
    Some(line)
}

/// What a call that opens a file asks for.
fn asked(call: Call, arguments: &[u64; 6]) -> Option<Opening> {
    let flags = match call {
        Call::open => low(arguments, 1),
        Call::openat => low(arguments, 2),
        Call::creat => (libc::O_WRONLY | libc::O_CREAT | libc::O_TRUNC).cast_unsigned(),
        _ => return None,
    };
    let has = |flag: i32| flags & flag.cast_unsigned() != 0;
    Some(Opening {
        read: !has(libc::O_WRONLY),
        write: has(libc::O_WRONLY | libc::O_RDWR),
        create: has(libc::O_CREAT),
        exclusive: has(libc::O_EXCL),
        truncate: has(libc::O_TRUNC),
        append: has(libc::O_APPEND),
        directory: has(libc::O_DIRECTORY),
    })
}

fn on_peer(table: &Table, call: Call) -> Option<Line> {
    let mut line = refusal::line(&table.function, key(call, 0))?;
    line.text("`").text(call.name());
    line.text(if call == Call::socketpair {
        "` refused: a confined program makes no sockets for itself. Make both before entry: "
    } else {
        "` refused: a confined program makes no connections. Make it before entry: "
    });
    line.text("fds(NAME = EXPR => recv + send)");
    Some(line)
}

fn key(call: Call, about: u32) -> u64 {
    (u64::from(call as u16) + 1) << 32 | u64::from(about)
}
