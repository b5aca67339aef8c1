//! The line that explains a refusal: the same words as on Linux.

use sandbox_policy::Rights;
use sandbox_policy::freebsd::call::{self, Call, Names};
use sandbox_policy::freebsd::ioctl;

use super::context::Refusal;
use super::table::{Number, Table};
use crate::sys::refusal::{Line, count, hash, read_string, stream};

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
const EXECVE: u32 = 59;
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
        Names::Path(argument) => on_path(table, call, refusal, None, argument),
        Names::PathAt(directory, argument) => on_path(table, call, refusal, refusal.low(directory), argument),
        Names::Address | Names::Global if refusal.errno == libc::ENOTCAPABLE => {
            on_descriptor(table, call, refusal, &[]);
        }
        Names::Address => on_address(table, call),
        Names::Global => on_global(table, call),
    }
}

fn start(table: &Table, key: u64) -> Option<Line> {
    count::refused(key).map(|count| Line::start(&table.function, count))
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
    // Where the registers do not tell which descriptor it was.
    let Some(number) = number else {
        line.text("` refused: the descriptor does not have the right");
        advise(table, call, refusal, None, "NAME", &mut line);
        line.print();
        return;
    };
    line.text("` on ");
    let known = table.number(number);
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
    advise(table, call, refusal, known, name, &mut line);
    line.print();
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

/// What would allow the call: a right, or nothing.
fn advise(table: &Table, call: &Call, refusal: &Refusal, known: Option<&Number>, name: &str, line: &mut Line) {
    let granted = known.map_or(Rights::NONE, |known| known.rights);
    let missing = call.right.difference(granted);
    let lists = call.number == IOCTL || call.number == FCNTL;
    if missing.is_empty() && !lists {
        line.text(". No right permits it with these arguments");
        return;
    }
    line.text(". To allow it: fds(").text(name).text(" = ");
    if lists {
        list_right(call, refusal.low(1), line);
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
fn list_right(call: &Call, command: Option<u32>, line: &mut Line) {
    let Some(command) = command else {
        line.text(call.name).text("(…)");
        return;
    };
    let word = if call.number == IOCTL {
        match command {
            ioctl::TIOCGETA => "isatty",
            ioctl::TIOCGWINSZ => "winsize",
            ioctl::FIONBIO => "nonblocking",
            request => {
                line.text("ioctl(").hexadecimal(request.into()).text(")");
                return;
            }
        }
    } else {
        match command.cast_signed() {
            libc::F_GETFL => "fcntl(getfl)",
            libc::F_SETFL => "fcntl(setfl)",
            libc::F_GETOWN => "fcntl(getown)",
            libc::F_SETOWN => "fcntl(setown)",
            libc::F_GETLK | libc::F_SETLK | libc::F_SETLKW => "flock",
            _ => "fcntl(…)",
        }
    };
    line.text(word);
}

fn on_path(table: &Table, call: &Call, refusal: &Refusal, directory: Option<u32>, argument: u8) {
    let mut buffer = [0; PATH_LENGTH];
    let path =
        refusal.arguments[usize::from(argument)].and_then(|address| read_string(address, &mut buffer)).unwrap_or(b"?");
    if call.survived || PROBED_PATHS.iter().any(|probed| path.starts_with(probed)) {
        return;
    }
    let directory = directory.filter(|&number| number != WORKING_DIRECTORY).and_then(|number| table.number(number));
    if let Some(known) = directory
        && refusal.errno == libc::ENOTCAPABLE
        && !call.right.difference(known.rights).is_empty()
    {
        return on_descriptor(table, call, refusal, path);
    }
    let Some(mut line) = start(table, key(call, hash(path))) else { return };
    line.text("`").text(call.name).text("(\"").path(path).text("\")` refused: ");
    match call.number {
        OPEN | OPENAT => {
            line.text(match (table.directories, directory) {
                (false, _) => "no directory is declared",
                (true, None) => "it is not beneath a declared directory",
                (true, Some(_)) => "it leads out of the directory, or the directory's rights do not permit these flags",
            });
            line.text(". Open it before entry: fds(NAME = open(\"").path(path).text("\") => ");
            line.text(if writes(call, refusal) { "write)" } else { "read)" });
        }
        EXECVE => {
            line.text("a confined program starts no programs. Nothing can allow it: start them before entry");
        }
        _ if directory.is_some() => {
            line.text("it leads out of the directory. Nothing can allow it: do it before entry");
        }
        _ => {
            line.text("a confined program looks up no paths. Nothing can allow it: do it before entry");
        }
    }
    line.print();
}

/// Whether an open asks for writing.
fn writes(call: &Call, refusal: &Refusal) -> bool {
    let flags = refusal.low(if call.number == OPEN { 1 } else { 2 });
    flags.is_some_and(|flags| flags & libc::O_ACCMODE.cast_unsigned() != 0)
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
