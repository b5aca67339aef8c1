//! Programs that run beside a case, and what they say.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

/// How long a line is waited for: longer than any timer of a test, shorter than a case's time limit.
const PATIENCE: Duration = Duration::from_secs(45);
/// Where the system's programs are; an ordinary user may not have all of them on the path.
const PATH: &str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/// A command in a known environment.
pub(crate) fn command(name: &str) -> Command {
    let mut command = Command::new(name);
    command.env("PATH", PATH).env("LC_ALL", "C").stdin(Stdio::null());
    command
}

/// Runs a command to its end, which must be a good one, and gives what it printed. The words are separated by spaces.
#[track_caller]
pub(crate) fn run(words: &str) -> String {
    let mut parts = words.split(' ');
    let output = command(parts.next().expect("a program")).args(parts).output();
    let output = output.unwrap_or_else(|error| panic!("`{words}`: {error}"));
    let text = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "`{words}`: {}\n{text}", output.status);
    text
}

/// A program that runs, killed at the latest when it is dropped.
#[derive(Debug)]
pub(crate) struct Program {
    child: Child,
    lines: Receiver<String>,
    /// Everything that it said so far.
    pub(crate) said: Vec<String>,
}

impl Program {
    /// Starts it; what it says on either stream is kept.
    #[track_caller]
    pub(crate) fn start(command: &mut Command) -> Self {
        let (reader, writer) = std::io::pipe().expect("a pipe");
        command.stdout(writer.try_clone().expect("a copy")).stderr(writer);
        let child = command.spawn().unwrap_or_else(|error| panic!("{command:?}: {error}"));
        // The writing ends of the pipe are in there.
        command.stdout(Stdio::null()).stderr(Stdio::null());
        let (sender, lines) = mpsc::channel();
        thread::spawn(move || {
            for line in BufReader::new(reader).lines().map_while(Result::ok) {
                if sender.send(line).is_err() {
                    break;
                }
            }
        });
        Self { child, lines, said: Vec::new() }
    }

    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Waits for a line with these words, behind what was waited for before.
    #[track_caller]
    pub(crate) fn until(&mut self, words: &str) -> String {
        let end = Instant::now() + PATIENCE;
        loop {
            match self.lines.recv_timeout(end.saturating_duration_since(Instant::now())) {
                Ok(line) => {
                    self.said.push(line.clone());
                    if line.contains(words) {
                        return line;
                    }
                }
                Err(why) => {
                    let why = if why == RecvTimeoutError::Timeout { "in time" } else { "before it ended" };
                    panic!("it did not say `{words}` {why}:\n{}", self.said.join("\n"));
                }
            }
        }
    }

    /// Takes what it has said meanwhile, and gives everything.
    pub(crate) fn all(&mut self) -> String {
        self.said.extend(self.lines.try_iter());
        self.said.join("\n")
    }

    pub(crate) fn signal(&self, signal: Signal) {
        kill_process(Pid::from_child(&self.child), signal).expect("it runs");
    }

    /// Waits for its end, which must come by itself, and takes all that it says.
    #[track_caller]
    pub(crate) fn ended(&mut self) -> ExitStatus {
        let end = Instant::now() + PATIENCE;
        while let Ok(line) = self.lines.recv_timeout(end.saturating_duration_since(Instant::now())) {
            self.said.push(line);
        }
        assert!(Instant::now() < end, "it did not end:\n{}", self.said.join("\n"));
        self.child.wait().expect("a child")
    }

    /// Ends it at once.
    pub(crate) fn kill(&mut self) {
        self.child.kill().expect("a child");
        self.child.wait().expect("a child");
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // It may have ended.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
