//! What a measured process works with, and what it does once it is confined.

use std::fs::File;
use std::io;
use std::os::fd::AsFd as _;
use std::os::unix::net::UnixStream;
use std::time::{Duration, Instant};

/// The descriptors of a measured process.
#[derive(Debug)]
pub struct Work {
    /// The program that compares.
    pub channel: UnixStream,
    /// What is read, by `pread`.
    pub input: File,
    /// What is written to.
    pub output: File,
    /// Others that may be read.
    pub readable: Vec<File>,
    /// Others that may be written to.
    pub writable: Vec<File>,
}

impl Work {
    /// Opens the descriptors for a purpose; standard input is the channel.
    ///
    /// # Errors
    ///
    /// If one cannot be opened.
    pub fn open(purpose: Purpose, others: Others) -> io::Result<Self> {
        let channel = UnixStream::from(io::stdin().as_fd().try_clone_to_owned()?);
        let input = File::open(purpose.input())?;
        let output = File::options().write(true).open("/dev/null")?;
        let (mut readable, mut writable) = (Vec::new(), Vec::new());
        for at in 0..others.count {
            if if others.by_turns { at % 2 == 0 } else { at < others.count / 2 } {
                readable.push(File::open("/dev/null")?);
            } else {
                writable.push(File::options().write(true).open("/dev/null")?);
            }
        }
        Ok(Self { channel, input, output, readable, writable })
    }
}

/// Descriptors beside those that do the work: half of them may be read, half of them written to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Others {
    count: usize,
    by_turns: bool,
}

impl Others {
    /// None.
    pub const NONE: Self = Self::by_turns(0);

    /// Numbers that have one right and the other by turns: the hardest to compare with.
    #[must_use]
    pub const fn by_turns(count: usize) -> Self {
        Self { count, by_turns: true }
    }

    /// Numbers of which those with the same right follow each other: the easiest.
    #[must_use]
    pub const fn in_a_row(count: usize) -> Self {
        Self { count, by_turns: false }
    }
}

/// What is measured in a confined process.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// What a system call takes.
    Calls,
    /// How long it took to become confined.
    Entry,
    /// What memory it took.
    Memory,
}

impl Purpose {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Calls, Self::Entry, Self::Memory];

    /// Its name on the command line.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Calls => "calls",
            Self::Entry => "entry",
            Self::Memory => "memory",
        }
    }

    /// What `pread` reads in a process with this purpose.
    #[must_use]
    pub const fn input(self) -> &'static str {
        match self {
            Self::Calls | Self::Entry => "/proc/self/exe",
            Self::Memory => "/proc/self/smaps_rollup",
        }
    }
}

/// A system call that is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Call {
    /// `pread64` of one byte of a file in the page cache.
    Pread,
    /// `write` of one byte to `/dev/null`.
    Write,
    /// `gettid`, which every filter allows without a look at arguments.
    Unchecked,
    /// `getsid`, which every filter refuses.
    Refused,
}

impl Call {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Pread, Self::Write, Self::Unchecked, Self::Refused];

    /// What it is called in tables.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::Pread => "pread, 1 byte of a cached file",
            Self::Write => "write, 1 byte to /dev/null",
            Self::Unchecked => "gettid, no argument to check",
            Self::Refused => "getsid, refused by every filter",
        }
    }

    /// The byte that asks for it.
    #[must_use]
    pub const fn request(self) -> u8 {
        match self {
            Self::Pread => b'p',
            Self::Write => b'w',
            Self::Unchecked => b'u',
            Self::Refused => b'r',
        }
    }
}

/// How often a turn measures a batch of calls.
pub const BATCHES: usize = 5;

/// What happens in the process once it is confined.
#[derive(Debug, Clone, Copy)]
pub struct Body {
    /// What is measured.
    pub purpose: Purpose,
    /// How many calls are made in a batch.
    pub calls: u32,
    /// The resident memory before entry, in bytes.
    resident: u64,
}

impl Body {
    /// What happens in a process with this purpose.
    #[must_use]
    pub fn new(purpose: Purpose, calls: u32) -> Self {
        Self { purpose, calls, resident: 0 }
    }

    /// Takes a first look at what is measured, and waits for the start.
    ///
    /// # Errors
    ///
    /// If the input cannot be read, or nobody says when to start.
    pub fn ready(mut self, work: &Work) -> io::Result<Self> {
        if self.purpose == Purpose::Memory {
            // Once for the pages that looking itself takes.
            resident(&work.input)?;
            self.resident = resident(&work.input)?;
        }
        match rustix::io::read(&work.channel, &mut [0])? {
            0 => Err(io::ErrorKind::UnexpectedEof.into()),
            _ => Ok(self),
        }
    }

    /// Runs in the confined process, which `took` so long to become confined.
    ///
    /// # Errors
    ///
    /// If a call that must succeed fails, or the other way round.
    pub fn run(self, work: &Work, took: Duration) -> io::Result<()> {
        match self.purpose {
            Purpose::Calls => self.take_turns(work),
            Purpose::Entry => answer(&work.channel, &[nanoseconds(took)]),
            Purpose::Memory => answer(&work.channel, &[self.resident, resident(&work.input)?]),
        }
    }

    /// Says what is refused, and then measures what it is asked for until nobody asks any more.
    fn take_turns(self, work: &Work) -> io::Result<()> {
        let refused = rustix::process::getsid(None).is_err();
        let shut = File::open(self.purpose.input()).is_err();
        answer(&work.channel, &[u64::from(refused), u64::from(shut)])?;
        loop {
            let mut request = [0];
            if rustix::io::read(&work.channel, &mut request)? == 0 {
                return Ok(());
            }
            let call = Call::ALL.into_iter().find(|call| call.request() == request[0]);
            let call = call.ok_or_else(|| io::Error::other("unknown request"))?;
            let mut times = [0; BATCHES];
            for time in &mut times {
                *time = nanoseconds(self.batch(call, work, refused)?);
            }
            answer(&work.channel, &times)?;
        }
    }

    /// The time that a batch of calls takes.
    fn batch(self, call: Call, work: &Work, refused: bool) -> io::Result<Duration> {
        let mut byte = [0];
        let (took, succeeded) = match call {
            Call::Pread => self.repeat(|| rustix::io::pread(&work.input, &mut byte, 0) == Ok(1)),
            Call::Write => self.repeat(|| rustix::io::write(&work.output, b"x") == Ok(1)),
            Call::Unchecked => self.repeat(|| rustix::thread::gettid().as_raw_nonzero().get() > 0),
            Call::Refused => self.repeat(|| rustix::process::getsid(None).is_ok()),
        };
        let expected = if refused && call == Call::Refused { 0 } else { self.calls };
        if succeeded == expected {
            Ok(took)
        } else {
            Err(io::Error::other(format!("{}: {succeeded} of {} calls succeeded", call.title(), self.calls)))
        }
    }

    fn repeat(self, mut call: impl FnMut() -> bool) -> (Duration, u32) {
        let mut succeeded = 0;
        let started = Instant::now();
        for _ in 0..self.calls {
            succeeded += u32::from(call());
        }
        (started.elapsed(), succeeded)
    }
}

/// Sends numbers to the program that compares: by read and write, which every list of calls has, as std sends by `sendto`.
fn answer(channel: &UnixStream, numbers: &[u64]) -> io::Result<()> {
    let bytes: Vec<u8> = numbers.iter().flat_map(|number| number.to_le_bytes()).collect();
    let written = rustix::io::write(channel, &bytes)?;
    if written == bytes.len() { Ok(()) } else { Err(io::ErrorKind::WriteZero.into()) }
}

fn nanoseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}

/// The memory that this process occupies (`Rss` of proc_pid_smaps(5)), in bytes.
fn resident(rollup: &File) -> io::Result<u64> {
    let mut text = [0; 2048];
    let length = rustix::io::pread(rollup, &mut text, 0)?;
    let rss = text[..length].split(|byte| *byte == b'\n').find_map(|line| line.strip_prefix(b"Rss:"));
    let kilobytes = rss.and_then(|rss| str::from_utf8(rss).ok()?.trim().strip_suffix(" kB")?.parse::<u64>().ok());
    kilobytes.map(|kilobytes| kilobytes << 10).ok_or_else(|| io::Error::other("smaps_rollup tells no Rss"))
}
