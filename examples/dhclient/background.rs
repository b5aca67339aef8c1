//! Going to the background: the client runs as a process of its own in a session of its own, and the one that the user
//! started passes on what it says until it has a lease.

use std::io::{self, ErrorKind, PipeReader, Read as _, Write as _};
use std::os::fd::AsFd as _;
use std::process::{Command, ExitCode, Stdio};

use rustix::io::ioctl_fionbio;
use rustix::process::{Pid, Signal, kill_process, setsid};

use sandbox_examples::signals::{Caught, Signals, die_of};

/// Tells the process that it is the one in the background. It is not for users.
pub(crate) const OPTION: &str = "in-background";
/// What that one writes to standard output once it has a lease.
const READY: u8 = b'+';

/// In the process that the user started: starts the other one and waits for its first lease.
///
/// # Errors
///
/// What the system says to starting and watching a process.
pub(crate) fn launch(signals: &Signals) -> io::Result<ExitCode> {
    let (mut ready, ready_writer) = io::pipe()?;
    let (mut messages, message_writer) = io::pipe()?;
    let mut command = Command::new(std::env::current_exe()?);
    command.arg(format!("--{OPTION}")).args(std::env::args_os().skip(1));
    let mut child = command.stdin(Stdio::null()).stdout(ready_writer).stderr(message_writer).spawn()?;
    // The writing ends are in here.
    drop(command);
    ioctl_fionbio(&messages, true)?;
    let mut has_lease = false;
    loop {
        let [is_ready, _] = match signals.wait_for_any([ready.as_fd(), messages.as_fd()]) {
            Ok(sources) => sources,
            Err(Caught(signal)) => {
                // It may have ended by itself.
                let _ = kill_process(Pid::from_child(&child), Signal::TERM);
                child.wait()?;
                return Ok(die_of(signal));
            }
        };
        if is_ready {
            let mut byte = [0];
            has_lease = ready.read(&mut byte)? == 1 && byte[0] == READY;
        }
        // What was said before it was ready is there by now.
        pass_on(&mut messages)?;
        if is_ready {
            break;
        }
    }
    if has_lease {
        return Ok(ExitCode::SUCCESS);
    }
    let status = child.wait()?;
    pass_on(&mut messages)?;
    let code = status.code().and_then(|code| u8::try_from(code).ok());
    Ok(code.map_or(ExitCode::FAILURE, ExitCode::from))
}

/// In the process in the background: leaves the session and the folder that it was started in.
///
/// # Errors
///
/// As setsid(2) and chdir(2).
pub(crate) fn detach() -> io::Result<()> {
    setsid()?;
    std::env::set_current_dir("/")
}

/// In the process in the background: there is a lease.
pub(crate) fn ready() {
    // Nobody may be waiting any more.
    let _ = io::stdout().write_all(&[READY]).and_then(|()| io::stdout().flush());
}

/// Passes on all that was said so far.
fn pass_on(messages: &mut PipeReader) -> io::Result<()> {
    let mut buffer = [0; 4096];
    loop {
        match messages.read(&mut buffer) {
            Ok(0) => return Ok(()),
            // Where standard error fails there is nobody left to tell.
            Ok(length) => drop(io::stderr().write_all(&buffer[..length])),
            Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(()),
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}
