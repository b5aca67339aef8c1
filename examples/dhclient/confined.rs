//! The confined part: everything that looks at packets, in a process of its own.
//!
//! It has a socket for the frames of one interface, and one end of a pipe to the program that started it, over which it
//! sends its reports (`report.rs`). Everything goes over that one socket: what is sent to all, what is sent to the server
//! of a lease, whose hardware address is asked for with ARP, and the ARP that notices that an address is taken. So no
//! socket has to be opened when the server is known.

use std::io::{self, PipeWriter, Write as _};
use std::net::Ipv4Addr;
use std::os::fd::OwnedFd;
use std::process::ExitCode;
use std::time::Duration;

use sandbox_rt::sandboxed;
use sandbox_rt::worker::{self, Function, Given, Running, Worker};

use crate::client::{Action, Client, Event};
use crate::clock;
use crate::console::complain;
use crate::link::Link;
use crate::message::{Kind, Message};
use crate::sys::PacketSocket;
use crate::wire::{Heard, Identity, Wire};

/// A worker's exit code where there was no lease in time.
pub(crate) const GAVE_UP: u8 = 2;
/// A worker's exit code where it could not do its work.
const UNABLE: u8 = 125;

/// What the confined part is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Task {
    pub(crate) identity: Identity,
    /// The address of an earlier run.
    pub(crate) previous: Option<Ipv4Addr>,
    /// How long to try, where not for ever.
    pub(crate) patience: Option<Duration>,
}

/// A lease to be given back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Release {
    pub(crate) identity: Identity,
    pub(crate) address: Ipv4Addr,
    pub(crate) server: Ipv4Addr,
    /// The host on the link by way of which the server is reached.
    pub(crate) hop: Ipv4Addr,
}

/// The functions that run in workers.
pub(crate) const FUNCTIONS: [(&str, Function); 2] = [("lease", lease_worker), ("release", release_worker)];

/// In a worker: does its job. Elsewhere: `None`.
pub(crate) fn serve() -> Option<ExitCode> {
    worker::serve(&FUNCTIONS)
}

/// Starts the confined part.
pub(crate) fn start(task: &Task, link: PacketSocket, reports: PipeWriter) -> Result<Running, sandbox_rt::Error> {
    let worker = identified(Worker::new("lease"), &task.identity)
        .arg(optional(task.previous))
        .arg(optional(task.patience.map(|patience| patience.as_secs())));
    worker.give("link", OwnedFd::from(link)).give("reports", OwnedFd::from(reports)).spawn()
}

/// Gives a lease back.
pub(crate) fn give_back(release: &Release, link: PacketSocket) -> Result<worker::Outcome, sandbox_rt::Error> {
    let worker = identified(Worker::new("release"), &release.identity);
    let addresses = [release.address, release.server, release.hop];
    let worker = addresses.iter().fold(worker, |worker, address| worker.arg(address.to_string()));
    worker.give("link", OwnedFd::from(link)).run()
}

/// Gets and keeps a lease, beginning at `began`. Returns when there was none in time, or when nobody wants to know any more.
#[sandboxed(fds(link = read + write + event, reports = write + event))]
pub(crate) fn lease<L: Link>(link: L, reports: PipeWriter, task: &Task, began: Duration) -> io::Result<ExitCode> {
    keep_lease(link, reports, task, began)
}

/// Tells the server that the address is not used any more.
#[sandboxed(fds(link = read + write + event))]
fn release<L: Link>(link: L, release: &Release) -> io::Result<ExitCode> {
    let mut wire = Wire::new(link, release.identity.clone());
    let message = Message {
        kind: Kind::Release,
        xid: random(),
        secs: 0,
        own: Some(release.address),
        requested: None,
        server: Some(release.server),
    };
    wire.unicast(&message, release.server, release.hop);
    // It is sent, or given up, when it no longer waits.
    while wire.resolver.deadline().is_some() {
        wire.resolve()?;
        wire.wait(None::<&PipeWriter>, None)?;
        wire.receive(|_, _| Ok(()))?;
    }
    Ok(ExitCode::SUCCESS)
}

/// The body of [`lease`].
pub(crate) fn keep_lease<L: Link>(
    link: L,
    mut reports: PipeWriter,
    task: &Task,
    began: Duration,
) -> io::Result<ExitCode> {
    let mut wire = Wire::new(link, task.identity.clone());
    let mut client =
        Client::new(task.identity.mac, task.previous, task.patience.map(|patience| began + patience), random, began);
    loop {
        let actions = client.handle(clock::now(), Event::Time);
        if perform(&mut wire, &mut reports, actions)? {
            return Ok(ExitCode::from(GAVE_UP));
        }
        wire.resolve()?;
        if wire.wait(Some(&reports), client.deadline())? {
            // The program that started this one has ended.
            return Ok(ExitCode::SUCCESS);
        }
        let mut gave_up = false;
        wire.receive(|wire, heard| {
            let event = match &heard {
                Heard::Answer(answer) => Event::Answer(answer),
                Heard::Arp(arp) => Event::Arp(arp),
            };
            let actions = client.handle(clock::now(), event);
            gave_up |= perform(wire, &mut reports, actions)?;
            Ok(())
        })?;
        if gave_up {
            return Ok(ExitCode::from(GAVE_UP));
        }
    }
}

/// Does what the client wants done. Says whether it gives up.
fn perform<L: Link>(wire: &mut Wire<L>, reports: &mut PipeWriter, actions: Vec<Action>) -> io::Result<bool> {
    for action in actions {
        match action {
            Action::Broadcast(message) => wire.broadcast(&message)?,
            Action::Unicast(message, lease) => wire.unicast(&message, lease.server, lease.next_hop(lease.server)),
            // Nobody answers to an address that is none (RFC 5227, 1.1).
            Action::Probe(address) => wire.ask(Ipv4Addr::UNSPECIFIED, address)?,
            Action::Announce(address) => wire.ask(address, address)?,
            Action::Report(report) => reports.write_all(&report.encode())?,
            Action::GiveUp => return Ok(true),
        }
    }
    Ok(false)
}

fn lease_worker(given: Given) -> ExitCode {
    finish(|| {
        let (task, link, reports) = task(given)?;
        lease(link, reports, &task, clock::ready())
    })
}

/// What a worker was given for [`lease`].
pub(crate) fn task(mut given: Given) -> io::Result<(Task, PacketSocket, PipeWriter)> {
    let [interface, mac, verbose, previous, patience] = given.args() else { return Err(misused()) };
    let patience = if patience == NONE { None } else { Some(Duration::from_secs(parsed(patience)?)) };
    let previous = if previous == NONE { None } else { Some(parsed(previous)?) };
    let task = Task { identity: identity(interface, mac, verbose)?, previous, patience };
    Ok((task, PacketSocket::adopt(given.descriptor("link")?)?, PipeWriter::from(given.descriptor("reports")?)))
}

fn release_worker(mut given: Given) -> ExitCode {
    finish(|| {
        let [interface, mac, verbose, address, server, hop] = given.args() else { return Err(misused()) };
        let [address, server, hop] = [address, server, hop].map(|address| parsed(address));
        let job =
            Release { identity: identity(interface, mac, verbose)?, address: address?, server: server?, hop: hop? };
        clock::ready();
        release(PacketSocket::adopt(given.descriptor("link")?)?, &job)
    })
}

/// Stands for an argument that is not there.
const NONE: &str = "-";

fn optional(value: Option<impl ToString>) -> String {
    value.map_or_else(|| NONE.to_owned(), |value| value.to_string())
}

fn identified(worker: Worker, identity: &Identity) -> Worker {
    worker.arg(&identity.interface).arg(identity.mac.to_string()).arg(identity.verbose.to_string())
}

fn identity(interface: &str, mac: &str, verbose: &str) -> io::Result<Identity> {
    Ok(Identity { interface: interface.to_owned(), mac: parsed(mac)?, verbose: parsed(verbose)? })
}

fn parsed<T: std::str::FromStr>(text: &str) -> io::Result<T> {
    text.parse().map_err(|_| misused())
}

fn misused() -> io::Error {
    io::ErrorKind::InvalidInput.into()
}

/// A number that nobody can know.
fn random() -> u32 {
    // Without one, an answer's number could be guessed: rather none at all.
    getrandom::u32().expect("random numbers")
}

/// Turns what became of a job into the worker's exit code.
pub(crate) fn finish(job: impl FnOnce() -> io::Result<ExitCode>) -> ExitCode {
    job().unwrap_or_else(|error| {
        complain(format_args!("{error}"));
        ExitCode::from(UNABLE)
    })
}
