//! The confined part: everything that looks at packets.
//!
//! These functions are entered by the process that opened the descriptors, and it stays confined after them. What it can
//! still do: read the one input, write the one output and standard error, compute.

use std::fs::File;
use std::io::{self, ErrorKind, Read};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use sandbox_rt::sandboxed;

use crate::failure::Failure;
use crate::output::Output;
use crate::packet::{Link, Packet};
use crate::savefile::Reader;
use crate::session::Session;
use crate::signals::{Stop, Woken};
use crate::sink::Sink;
use crate::sys::{Capture, Statistics};

/// Works through a capture file.
#[sandboxed(fds(input = read + event, out = write, stop.wake = event, stop.notify = write))]
pub(crate) fn read<S: Sink>(
    input: File,
    name: &str,
    out: File,
    out_name: String,
    stop: &Stop,
    session: &mut Session<S>,
) -> Result<(), Failure> {
    let mut out = Output::new(out, out_name);
    let worked = file(Waiting { input, stop }, name, &mut out, session);
    // What came before a mistake is worth as much as what comes before the end.
    finish(worked, &mut out)
}

fn file<S: Sink>(input: impl Read, name: &str, out: &mut Output, session: &mut Session<S>) -> Result<(), Failure> {
    let about = |failure: Failure| match failure {
        Failure::Told(text) => Failure::Told(format!("{name}: {text}")),
        other => other,
    };
    let what = format!("reading from file {name}");
    let mut reader = Reader::open(input).map_err(about)?;
    session.begin(&what, reader.link().unwrap_or(Link::ETHERNET), reader.snaplen(), out)?;
    while let Some(packet) = reader.next().map_err(about)? {
        if !session.packet(packet, out)? {
            break;
        }
    }
    Ok(())
}

/// A file that is waited for together with signals. A read that a signal cuts short fails with `Interrupted`.
struct Waiting<'a> {
    input: File,
    stop: &'a Stop,
}

impl Read for Waiting<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self.stop.wait_for(&self.input)? {
            Woken::Stopped => Err(ErrorKind::Interrupted.into()),
            Woken::Ready | Woken::Late => self.input.read(buffer),
        }
    }
}

/// Takes packets from an interface until there are enough, or a signal arrives.
// A packet socket is received from; a BPF device is read.
#[cfg_attr(
    not(target_os = "freebsd"),
    sandboxed(fds(capture = recv + event + getsockopt, out = write, stop.wake = event, stop.notify = write))
)]
#[cfg_attr(
    target_os = "freebsd",
    sandboxed(fds(
        capture = read + event + ioctl(crate::sys::STATISTICS),
        out = write,
        stop.wake = event,
        stop.notify = write
    ))
)]
pub(crate) fn capture<S: Sink>(
    mut capture: Capture,
    name: &str,
    out: File,
    out_name: String,
    stop: &Stop,
    session: &mut Session<S>,
) -> Result<Statistics, Failure> {
    let mut out = Output::new(out, out_name);
    let worked = interface(&mut capture, name, &mut out, stop, session);
    finish(worked, &mut out)?;
    capture.statistics().map_err(|error| Failure::during(name, &error))
}

fn interface<S: Sink>(
    capture: &mut Capture,
    name: &str,
    out: &mut Output,
    stop: &Stop,
    session: &mut Session<S>,
) -> Result<(), Failure> {
    let failed = |error: io::Error| Failure::during(name, &error);
    session.begin(&format!("listening on {name}"), capture.link(), session.snaplen, out)?;
    // The header too, so that whoever waits for the file finds one.
    out.send()?;
    let mut ended = Ok(());
    while ended.is_ok() && !stop.is_asked() {
        match take(capture, out, session, |_| true) {
            Ok(Taken::Enough) => return Ok(()),
            Ok(Taken::Some) => {}
            Ok(Taken::None) => {
                // With nothing else to do, what is held back is written out.
                out.send()?;
                stop.wait_for(&*capture).map_err(failed)?;
            }
            Err(Untaken::Session(failure)) => return Err(failure),
            Err(Untaken::Capture(error)) => ended = Err(failed(error)),
        }
    }
    rest(capture, name, out, session).and(ended)
}

/// Takes what had arrived by now, too: the kernel may still hold it back.
fn rest<S: Sink>(capture: &mut Capture, name: &str, out: &mut Output, session: &mut Session<S>) -> Result<(), Failure> {
    let failed = |error: io::Error| Failure::during(name, &error);
    let end = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or(Duration::MAX);
    let mut later = false;
    while !later {
        let before = |packet: &Packet<'_>| {
            later |= packet.time > end;
            packet.time <= end
        };
        match take(capture, out, session, before) {
            Ok(Taken::Enough) => return Ok(()),
            Ok(Taken::Some) => {}
            Err(Untaken::Session(failure)) => return Err(failure),
            Err(Untaken::Capture(error)) => return Err(failed(error)),
            Ok(Taken::None) => {
                if Stop::wait_once_more(&*capture, capture.patience() * 2).map_err(failed)? == Woken::Late {
                    return Ok(());
                }
            }
        }
    }
    Ok(())
}

/// What a batch came to.
enum Taken {
    None,
    Some,
    /// The last packet that was wanted.
    Enough,
}

/// Why a batch could not be taken.
enum Untaken {
    Capture(io::Error),
    Session(Failure),
}

/// Takes the packets that are there and wanted.
fn take<S: Sink>(
    capture: &mut Capture,
    out: &mut Output,
    session: &mut Session<S>,
    mut wanted: impl FnMut(&Packet<'_>) -> bool,
) -> Result<Taken, Untaken> {
    let Some(mut batch) = capture.batch().map_err(Untaken::Capture)? else { return Ok(Taken::None) };
    while let Some(packet) = batch.next() {
        if wanted(&packet) && !session.packet(packet, out).map_err(Untaken::Session)? {
            return Ok(Taken::Enough);
        }
    }
    Ok(Taken::Some)
}

/// Writes out what is held back, whatever came before.
fn finish(worked: Result<(), Failure>, out: &mut Output) -> Result<(), Failure> {
    match worked {
        Err(Failure::Unread) => Err(Failure::Unread),
        Err(Failure::Stopped) | Ok(()) => out.send(),
        // The first mistake is the one to tell.
        Err(told) => {
            let _ = out.send();
            Err(told)
        }
    }
}
