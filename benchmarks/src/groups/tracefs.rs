//! The kernel's tracing files (ftrace): the system calls of one process with their times.

use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use anyhow::{Context as _, Result};

/// Where it is mounted, as a rule.
const MOUNTED: &str = "/sys/kernel/tracing";

/// One end of a system call.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Event {
    /// When, in microseconds.
    pub(super) at: f64,
    /// The number of the call.
    pub(super) call: u32,
    pub(super) enters: bool,
}

/// A trace buffer of our own, which nobody else's tracing is disturbed by.
#[derive(Debug)]
pub(super) struct Tracer {
    instance: PathBuf,
    /// A process in whose mount namespace tracefs is mounted, if it is not in ours.
    holder: Option<Child>,
}

impl Tracer {
    /// Opens a trace buffer, or says why there is none.
    pub(super) fn open() -> Result<Self, String> {
        if !rustix::process::geteuid().is_root() {
            return Err("tracing needs root".into());
        }
        let (root, holder) = if Path::new(MOUNTED).join("instances").is_dir() {
            (PathBuf::from(MOUNTED), None)
        } else {
            let holder = mount()?;
            (PathBuf::from(format!("/proc/{}/root{MOUNTED}", holder.id())), Some(holder))
        };
        let instance = root.join("instances").join(format!("sandbox-benchmarks-{}", std::process::id()));
        // Dropped from here on, whatever goes wrong.
        let tracer = Self { instance, holder };
        fs::create_dir(&tracer.instance).map_err(|error| format!("no trace buffer: {error}"))?;
        for (file, value) in [
            ("trace_clock", "mono"),
            ("events/raw_syscalls/sys_enter/enable", "1"),
            ("events/raw_syscalls/sys_exit/enable", "1"),
        ] {
            fs::write(tracer.instance.join(file), value).map_err(|error| format!("tracing: {file}: {error}"))?;
        }
        Ok(tracer)
    }

    /// Follows this process from now on, and forgets what was before.
    pub(super) fn follow(&self, process: u32) -> Result<()> {
        fs::write(self.instance.join("set_event_pid"), process.to_string()).context("cannot follow a process")?;
        fs::write(self.instance.join("trace"), "").context("cannot clear the trace")
    }

    /// What the process has done since.
    pub(super) fn events(&self) -> Result<Vec<Event>> {
        let text = fs::read_to_string(self.instance.join("trace")).context("cannot read the trace")?;
        Ok(text.lines().filter_map(parse).collect())
    }
}

impl Drop for Tracer {
    fn drop(&mut self) {
        // Whatever is left behind goes with the next start of the machine.
        let _ = fs::write(self.instance.join("events/enable"), "0");
        let _ = fs::remove_dir(&self.instance);
        if let Some(holder) = &mut self.holder {
            // Its standard input ends, and so it does.
            drop(holder.stdin.take());
            let _ = holder.wait();
        }
    }
}

/// Mounts tracefs where nobody else sees it.
fn mount() -> Result<Child, String> {
    let script = format!("mount -t tracefs tracefs {MOUNTED} && echo && exec cat");
    let mut holder = Command::new("unshare")
        .args(["--mount", "--propagation", "private", "sh", "-c", &script])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .map_err(|error| format!("cannot run `unshare`: {error}"))?;
    let mounted = holder.stdout.as_mut().is_some_and(|out| out.read_exact(&mut [0]).is_ok());
    if mounted {
        return Ok(holder);
    }
    let _ = holder.wait();
    Err("tracefs cannot be mounted".into())
}

/// A line `program-1234  [001] .....  5678.901234: sys_enter: NR 257 (…)`.
fn parse(line: &str) -> Option<Event> {
    let (head, rest) = line.split_once(": sys_")?;
    let seconds: f64 = head.rsplit(' ').next()?.parse().ok()?;
    let (kind, rest) = rest.split_once(": NR ")?;
    let call = rest.split(' ').next()?.parse().ok()?;
    Some(Event { at: seconds * 1e6, call, enters: kind == "enter" })
}

#[cfg(test)]
mod tests {
    use super::{Event, parse};

    #[test]
    fn lines_of_a_trace_are_read() {
        let enter = " sandbox-b-12-3  [001] .....  14.000250: sys_enter: NR 257 (ffffff9c, 7ffd, 0, 0, 0, 0)";
        assert_eq!(parse(enter), Some(Event { at: 14_000_250.0, call: 257, enters: true }));
        let exit = " sandbox-b-12-3  [001] .....  14.000252: sys_exit: NR 257 = 3";
        assert_eq!(parse(exit), Some(Event { at: 14_000_252.0, call: 257, enters: false }));
        assert_eq!(parse("# tracer: nop"), None);
    }
}
