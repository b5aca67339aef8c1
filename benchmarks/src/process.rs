//! Measured processes, from the side of the program that compares.

use std::io::{Read as _, Write as _};
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use sandbox_benchmarks::measured::Order;
use sandbox_benchmarks::ours::{self, Variant};
use sandbox_benchmarks::work::Purpose;

/// A measured process that says nothing for so long hangs.
const PATIENCE: Duration = Duration::from_mins(1);

/// One way to be confined, and the program that has it.
#[derive(Debug, Clone)]
pub(crate) struct Contestant {
    pub(crate) title: String,
    program: PathBuf,
    variant: Variant,
}

impl Contestant {
    /// A variant of this program.
    pub(crate) fn new(variant: Variant) -> Self {
        Self { title: variant.title.to_owned(), program: "/proc/self/exe".into(), variant }
    }

    /// What the program with the second engine has.
    pub(crate) fn second_engine(program: PathBuf) -> Self {
        Self { program, ..Self::new(ours::SECOND_ENGINE) }
    }

    /// Starts a process, which waits for [`Running::go`].
    pub(crate) fn start(&self, purpose: Purpose, calls: u32, cpu: Option<usize>) -> Result<Running> {
        let (channel, theirs) = UnixStream::pair().context("cannot make a channel")?;
        channel.set_read_timeout(Some(PATIENCE))?;
        let order = Order { purpose, variant: self.variant.name.to_owned(), calls, cpu };
        let process = Command::new(&self.program)
            .args(order.arguments())
            .stdin(Stdio::from(OwnedFd::from(theirs)))
            .stdout(Stdio::null())
            .spawn()
            .with_context(|| format!("cannot start {}", self.program.display()))?;
        Ok(Running { title: self.title.clone(), process, channel })
    }

    /// Starts a process and gives what it has to say in the end.
    pub(crate) fn run<const N: usize>(&self, purpose: Purpose, cpu: Option<usize>) -> Result<[u64; N]> {
        let mut running = self.start(purpose, 1, cpu)?;
        running.go()?;
        let answer = running.answer()?;
        running.end()?;
        Ok(answer)
    }
}

/// A measured process.
#[derive(Debug)]
pub(crate) struct Running {
    title: String,
    process: Child,
    channel: UnixStream,
}

impl Running {
    pub(crate) fn id(&self) -> u32 {
        self.process.id()
    }

    /// Lets it become confined.
    pub(crate) fn go(&mut self) -> Result<()> {
        self.ask(b'g')
    }

    pub(crate) fn ask(&mut self, request: u8) -> Result<()> {
        self.channel.write_all(&[request]).with_context(|| format!("`{}` has ended", self.title))
    }

    pub(crate) fn answer<const N: usize>(&mut self) -> Result<[u64; N]> {
        let mut numbers = [0; N];
        for number in &mut numbers {
            let mut bytes = [0; 8];
            self.channel.read_exact(&mut bytes).with_context(|| format!("`{}` gave no answer", self.title))?;
            *number = u64::from_le_bytes(bytes);
        }
        Ok(numbers)
    }

    /// Lets it end, and sees that it ends well.
    pub(crate) fn end(self) -> Result<()> {
        let Self { title, mut process, channel } = self;
        drop(channel);
        let status = process.wait()?;
        ensure!(status.success(), "`{title}`: {status}");
        Ok(())
    }
}
