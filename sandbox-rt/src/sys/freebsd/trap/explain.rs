//! The line that explains a refusal: the same words as on Linux.

use sandbox_policy::freebsd::call::{self, Call, Names};
use sandbox_policy::freebsd::ioctl;
use sandbox_policy::{Fcntls, Rights};

use super::context::Refusal;
use super::table::Table;
use crate::sys::refusal::paths::{self, Opening};
use crate::sys::refusal::{self, Line, Missing, Subject, hash, read_string};

const PATH_LENGTH: usize = 200;
/// What std reads for a backtrace and libc for the time zone, and do without.
const PROBED_PATHS: [&[u8]; 5] = [b"/lib/", b"/libexec/", b"/usr/lib/", b"/etc/localtime", b"/usr/share/zoneinfo/"];
/// The directory of a path that starts at the working directory (`AT_FDCWD`).
const WORKING_DIRECTORY: u32 = libc::AT_FDCWD.cast_unsigned();

// The numbers of the calls that are told apart here (sys/syscall.h).
const FSTAT: [u32; 2] = [189, 551];
const LSEEK: u32 = 478;
const IOCTL: u32 = 54;
const FCNTL: u32 = 92;
const OPEN: u32 = 5;
const OPENAT: u32 = 499;
const SYMLINK: u32 = 57;
const LINKAT: u32 = 495;
const RENAMEAT: u32 = 501;
const SENDTO: u32 = 133;
const SENDMSG: u32 = 28;

/// Explains a refusal, unless it is a probe or hint that std and libc survive.
pub(super) fn refusal(table: &Table, refusal: &Refusal) {
    if !table.stderr {
        return;
    }
    let Some(call) = call::find(refusal.number) else { return unnamed(table, refusal) };
    match call.names {
        Names::Descriptor => on_descriptor(table, call, refusal, &[]),
        // The first path of symlink(2) is text.
        Names::Path(_) if call.number == SYMLINK => on_path(table, call, refusal, None, 1),
        Names::Path(argument) => on_path(table, call, refusal, None, argument),
        // futimens(2) without a call of its own is utimensat without a path.
        Names::PathAt(_, argument) if refusal.arguments[usize::from(argument)] == Some(0) => {
            on_descriptor(table, call, refusal, &[]);
        }
        Names::PathAt(directory, argument) => on_path(table, call, refusal, refusal.low(directory), argument),
        Names::Address | Names::Global if refusal.errno == libc::ENOTCAPABLE => {
            on_descriptor(table, call, refusal, &[]);
        }
        Names::Address => on_address(table, call),
        Names::Global if call.survived => {}
        Names::Global => on_global(table, call),
    }
}

fn start(table: &Table, key: u64) -> Option<Line> {
    refusal::line(&table.function, key)
}

fn on_descriptor(table: &Table, call: &Call, refusal: &Refusal, path: &[u8]) {
    let hint = FSTAT.contains(&call.number)
        || (call.number == LSEEK
            && refusal.low(1) == Some(0)
            && refusal.low(2) == Some(libc::SEEK_CUR.cast_unsigned()));
    if hint {
        return;
    }
    if refusal.errno == libc::ECAPMODE {
        return on_global(table, call);
    }
    let number = descriptor(call, refusal);
    let Some(mut line) = start(table, key(call, number.unwrap_or(u32::MAX))) else { return };
    line.text("`").text(call.name);
    if !path.is_empty() {
        line.text("(\"").path(path).text("\")");
    }
    let needed = needed(call, refusal);
    // Where the registers do not tell which descriptor it was.
    let Some(number) = number else {
        line.text("` refused: the descriptor does not have the right");
        table.declarations.advise(&[(Subject::Undeclared("NAME"), needed)], &mut line);
        line.print();
        return;
    };
    let lacking = |number: u32, needed: Missing| {
        let subject = table.subject(number);
        let rights = needed.rights.difference(table.declarations.rights(subject));
        (subject, Missing { rights, ..needed })
    };
    let first = lacking(number, needed);
    let other = other_directory(call, refusal);
    // About the one that lacks something.
    let (first, other) = match other {
        Some((other, right)) if other == number => (lacking(number, Missing::rights(needed.rights.union(right))), None),
        Some((other, right)) => (first, Some((other, lacking(other, Missing::rights(right))))),
        None => (first, None),
    };
    match other {
        Some((other, (subject, _))) if first.1.is_empty() => {
            line.text("` to ");
            table.declarations.describe(subject, other, &mut line);
        }
        Some(_) | None => {
            line.text("` on ");
            table.declarations.describe(first.0, number, &mut line);
        }
    }
    let other = other.map_or((Subject::Undeclared(""), Missing::NONE), |(_, lacking)| lacking);
    if first.1.is_empty() && other.1.is_empty() {
        line.text(". No right permits it with these arguments");
    } else {
        table.declarations.advise(&[first, other], &mut line);
    }
    line.print();
}

/// The second directory of a call, and what it needs.
fn other_directory(call: &Call, refusal: &Refusal) -> Option<(u32, Rights)> {
    let right = match call.number {
        RENAMEAT => Rights::RENAMEAT_TARGET,
        LINKAT => Rights::LINKAT_TARGET,
        _ => return None,
    };
    Some((refusal.low(2)?, Rights::LOOKUP.union(right)))
}

/// The descriptor that a call is about.
fn descriptor(call: &Call, refusal: &Refusal) -> Option<u32> {
    match call.names {
        Names::Descriptor | Names::Address => refusal.low(0),
        // mmap(2).
        Names::Global => refusal.low(4),
        Names::PathAt(directory, _) => refusal.low(directory),
        Names::Path(_) => None,
    }
}

/// What a call needs: rights, or entries of lists.
fn needed(call: &Call, refusal: &Refusal) -> Missing {
    let command = refusal.low(1);
    match (call.number, command) {
        (IOCTL, Some(request)) => match request {
            ioctl::TIOCGETA => Missing::rights(Rights::ISATTY),
            ioctl::TIOCGWINSZ => Missing::rights(Rights::WINSIZE),
            ioctl::FIONBIO => Missing::rights(Rights::NONBLOCKING),
            request => Missing { ioctl: Some(request), ..Missing::NONE },
        },
        (FCNTL, Some(command)) => match command.cast_signed() {
            libc::F_GETLK | libc::F_SETLK | libc::F_SETLKW => Missing::rights(Rights::FLOCK),
            command => Missing { fcntl: listed(command), ..Missing::NONE },
        },
        (OPENAT, _) => Missing::rights(asked(call, refusal).map_or(Rights::LOOKUP, Opening::rights)),
        _ => Missing::rights(call.right),
    }
}

/// The command of fcntl(2) as its list names it.
fn listed(command: libc::c_int) -> Fcntls {
    match command {
        libc::F_GETFL => Fcntls::GETFL,
        libc::F_SETFL => Fcntls::SETFL,
        libc::F_GETOWN => Fcntls::GETOWN,
        libc::F_SETOWN => Fcntls::SETOWN,
        _ => Fcntls::NONE,
    }
}

fn on_path(table: &Table, call: &Call, refusal: &Refusal, directory: Option<u32>, argument: u8) {
    let mut buffer = [0; PATH_LENGTH];
    let path =
        refusal.arguments[usize::from(argument)].and_then(|address| read_string(address, &mut buffer)).unwrap_or(b"?");
    if call.survived || PROBED_PATHS.iter().any(|probed| path.starts_with(probed)) {
        return;
    }
    let directory = directory.filter(|&number| number != WORKING_DIRECTORY);
    let lacks = directory.is_some_and(|number| {
        let needed =
            needed(call, refusal).rights.union(other_directory(call, refusal).map_or(Rights::NONE, |(_, right)| right));
        !needed.difference(table.declarations.rights(table.subject(number))).is_empty()
    });
    if lacks && refusal.errno == libc::ENOTCAPABLE {
        return on_descriptor(table, call, refusal, path);
    }
    let Some(mut line) = start(table, key(call, hash(path))) else { return };
    line.text("`").text(call.name).text("(\"").path(path).text("\")` refused: ");
    if directory.is_some() {
        line.text("it leads out of the directory. Nothing can allow it: do it before entry");
    } else {
        paths::explain(&table.declarations, call.name, path, asked(call, refusal), &mut line);
    }
    line.print();
}

/// What a call that opens a file asks for.
fn asked(call: &Call, refusal: &Refusal) -> Option<Opening> {
    let flags = match call.number {
        OPEN => refusal.low(1),
        OPENAT => refusal.low(2),
        _ => return None,
    }?;
    let has = |flag: libc::c_int| flags & flag.cast_unsigned() != 0;
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

fn on_address(table: &Table, call: &Call) {
    let Some(mut line) = start(table, key(call, 0)) else { return };
    line.text("`").text(call.name).text("` refused: ");
    line.text(match call.number {
        SENDTO | SENDMSG => {
            "a confined program names no address. Nothing can allow it: connect the socket before entry, then use send"
        }
        _ => "a confined program makes no connections. Make it before entry: fds(NAME = EXPR => recv + send)",
    });
    line.print();
}

fn on_global(table: &Table, call: &Call) {
    if let Some(mut line) = start(table, key(call, 0)) {
        line.text("`").text(call.name).text("` refused: a confined program cannot call it. Do it before entry").print();
    }
}

/// A call that the table does not have.
fn unnamed(table: &Table, refusal: &Refusal) {
    let Some(mut line) = start(table, u64::from(refusal.number) << 32) else { return };
    line.text("system call ").number(refusal.number.into()).text(" refused: ");
    line.text(if refusal.errno == libc::ENOTCAPABLE {
        "the descriptor does not have the right"
    } else {
        "a confined program cannot call it"
    });
    line.print();
}

fn key(call: &Call, about: u32) -> u64 {
    (u64::from(call.number) + 1) << 32 | u64::from(about)
}
