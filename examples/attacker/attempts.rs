//! The attempts. Each is what a program does on any ordinary day, and what an attacker does first.

use std::fs::{self, File, Permissions};
use std::io::{self, Read as _, Seek as _, SeekFrom};
use std::net::UdpSocket;
#[cfg(target_os = "linux")]
use std::os::fd::AsRawFd as _;
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::process::CommandExt as _;
use std::process::Command;
#[cfg(target_os = "linux")]
use std::thread;

use rustix::process::Pid;

/// With this argument the program tries to turn itself into a shell, and does nothing else.
pub(crate) const BECOME_A_SHELL: &str = "--become-a-shell";

/// What the attempts are aimed at.
pub(crate) struct Prey {
    /// The process that started this one.
    pub(crate) parent: Option<Pid>,
}

/// What an attempt got, in words.
type Loot = io::Result<String>;
type Attempt = fn(&mut File, &Prey) -> Loot;

/// Three of them are an attacker's only on Linux: FreeBSD lets a confined program copy what it has, start threads and map
/// memory of its own.
const ALL: &[(&str, Attempt)] = &[
    ("read /etc/passwd", |_, _| read_passwd()),
    ("list the root directory", |_, _| list_root()),
    ("read the file that may only be written", |out, _| read_back(out)),
    ("make that file executable", |out, _| make_executable(out)),
    #[cfg(target_os = "linux")]
    ("make a copy of its descriptor", |out, _| copy(out)),
    ("send a datagram", |_, _| send_datagram()),
    ("turn into a shell", |_, _| shell()),
    ("start a program", |_, _| program()),
    #[cfg(target_os = "linux")]
    ("start a thread", |_, _| a_thread()),
    ("signal the parent process", |_, prey| signal_parent(prey)),
    #[cfg(target_os = "linux")]
    ("map memory that can be executed", |_, _| executable_memory()),
];

/// Makes the attempts one after the other, and says what came of each.
pub(crate) struct Attempts<'a> {
    out: &'a mut File,
    prey: &'a Prey,
    left: std::slice::Iter<'static, (&'static str, Attempt)>,
}

impl<'a> Attempts<'a> {
    pub(crate) fn new(out: &'a mut File, prey: &'a Prey) -> Self {
        Self { out, prey, left: ALL.iter() }
    }
}

impl Iterator for Attempts<'_> {
    type Item = (&'static str, Loot);

    fn next(&mut self) -> Option<Self::Item> {
        let &(what, attempt) = self.left.next()?;
        Some((what, attempt(self.out, self.prey)))
    }
}

fn read_passwd() -> Loot {
    let users = fs::read_to_string("/etc/passwd")?;
    Ok(format!("{} users of this machine", users.lines().count()))
}

fn list_root() -> Loot {
    Ok(format!("{} names", fs::read_dir("/")?.count()))
}

fn read_back(out: &mut File) -> Loot {
    out.seek(SeekFrom::Start(0))?;
    let mut secret = [0; 18];
    out.read_exact(&mut secret)?;
    Ok(format!("`{}`", String::from_utf8_lossy(&secret)))
}

fn make_executable(out: &File) -> Loot {
    out.set_permissions(Permissions::from_mode(0o700))?;
    Ok("a program of one's own lies on the disk".into())
}

#[cfg(target_os = "linux")]
fn copy(out: &File) -> Loot {
    let copy = out.try_clone()?;
    Ok(format!("it is also descriptor {}", copy.as_raw_fd()))
}

fn send_datagram() -> Loot {
    let socket = UdpSocket::bind(("127.0.0.1", 0))?;
    let sent = socket.send_to(b"a secret", socket.local_addr()?)?;
    Ok(format!("{sent} bytes left (for this machine itself)"))
}

/// Without the sandbox another process does it, because this one would be gone afterwards.
fn shell() -> Loot {
    if sandbox_rt::status().is_some() {
        return Err(become_a_shell());
    }
    let status = Command::new(std::env::current_exe()?).arg(BECOME_A_SHELL).status()?;
    if status.success() { Ok("a shell ran".into()) } else { Err(io::Error::other(status.to_string())) }
}

/// Runs a shell in the place of this program, one that ends at once. Returns only if that fails.
pub(crate) fn become_a_shell() -> io::Error {
    Command::new("/bin/sh").args(["-c", "exit 0"]).exec()
}

fn program() -> Loot {
    let status = Command::new("/bin/sh").args(["-c", "exit 0"]).status()?;
    // FreeBSD ends the child that may not become the program, not this process.
    if status.success() { Ok(format!("it ended with {status}")) } else { Err(io::Error::other(status.to_string())) }
}

#[cfg(target_os = "linux")]
fn a_thread() -> Loot {
    let thread = thread::Builder::new().spawn(|| ())?;
    thread.join().map_err(|_| io::Error::other("the thread panicked"))?;
    Ok("it ran".into())
}

/// Signal 0 only asks whether another one could be sent.
fn signal_parent(prey: &Prey) -> Loot {
    let parent = prey.parent.ok_or_else(|| io::Error::other("it has ended"))?;
    rustix::process::test_kill_process(parent)?;
    Ok("it could be ended".into())
}

#[cfg(target_os = "linux")]
fn executable_memory() -> Loot {
    crate::sys::map_executable_page()?;
    Ok("a page, for instructions of one's own".into())
}
