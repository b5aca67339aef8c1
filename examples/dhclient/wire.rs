//! The confined part's hold on the network: what is sent and received, told to the user who wants to know, and waiting.

use std::fmt;
use std::io;
use std::net::Ipv4Addr;
use std::os::fd::AsFd;
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;

use crate::clock;
use crate::console::say;
use crate::frame::{Arp, Envelope, Frame, Mac, SERVER_PORT, dhcp};
use crate::link::Link;
use crate::message::{Answer, Kind, Message, Says};
use crate::resolver::Resolver;

/// How many frames are taken before the time is looked at: a flood of them stops no clock.
const FRAMES_AT_ONCE: usize = 64;
/// How long is slept at most: a machine that was suspended notices so late that a lease has ended.
const SLEEP_MAX: Duration = Duration::from_mins(1);

/// What a frame that has arrived says.
#[derive(Debug)]
pub(crate) enum Heard {
    Answer(Answer),
    Arp(Arp),
}

/// Whom the client is to its link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Identity {
    pub(crate) interface: String,
    pub(crate) mac: Mac,
    pub(crate) verbose: bool,
}

/// A link, and who uses it.
#[derive(Debug)]
pub(crate) struct Wire<L> {
    link: L,
    identity: Identity,
    pub(crate) resolver: Resolver,
    /// More frames may be there already.
    more: bool,
}

impl<L: Link> Wire<L> {
    pub(crate) fn new(link: L, identity: Identity) -> Self {
        let resolver = Resolver::new(identity.mac);
        Self { link, identity, resolver, more: false }
    }

    /// Sends a message to everybody.
    pub(crate) fn broadcast(&mut self, message: &Message) -> io::Result<()> {
        let everybody = (Mac::BROADCAST, Ipv4Addr::BROADCAST);
        self.tell_sent(message, everybody.1);
        let from = (self.identity.mac, message.own.unwrap_or(Ipv4Addr::UNSPECIFIED));
        let frame = dhcp(&Envelope { from, to: everybody }, &message.encode(self.identity.mac));
        self.send(&frame)
    }

    /// Sends a message to one server, by way of `hop`, as soon as that one has answered.
    pub(crate) fn unicast(&mut self, message: &Message, server: Ipv4Addr, hop: Ipv4Addr) {
        self.tell_sent(message, server);
        let own = message.own.unwrap_or(Ipv4Addr::UNSPECIFIED);
        self.resolver.send(clock::now(), own, server, hop, message.encode(self.identity.mac));
    }

    /// Sends an ARP request.
    pub(crate) fn ask(&mut self, sender_address: Ipv4Addr, target_address: Ipv4Addr) -> io::Result<()> {
        self.send(&Arp { request: true, sender: self.identity.mac, sender_address, target_address }.encode())
    }

    /// Sends what the resolver has to send now.
    pub(crate) fn resolve(&mut self) -> io::Result<()> {
        match self.resolver.pass(clock::now()) {
            Some(frame) => self.send(&frame),
            None => Ok(()),
        }
    }

    /// Waits for a frame until `deadline`. Says whether `other` has ended meanwhile.
    pub(crate) fn wait(&self, other: Option<&impl AsFd>, deadline: Option<Duration>) -> io::Result<bool> {
        let deadline = deadline.into_iter().chain(self.resolver.deadline()).min();
        let left = deadline.map_or(SLEEP_MAX, |deadline| deadline.saturating_sub(clock::now()).min(SLEEP_MAX));
        let left = if self.more { Duration::ZERO } else { left };
        let timeout = Timespec { tv_sec: left.as_secs().cast_signed(), tv_nsec: left.subsec_nanos().into() };
        let mut descriptors = vec![PollFd::new(&self.link, PollFlags::IN)];
        // No events: that the other end is closed is told in any case.
        descriptors.extend(other.map(|other| PollFd::new(other, PollFlags::empty())));
        match poll(&mut descriptors, Some(&timeout)) {
            Ok(_) => Ok(descriptors.get(1).is_some_and(|other| !other.revents().is_empty())),
            Err(Errno::INTR) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    /// Takes the frames that have arrived, as many as are taken at once, and gives each to `hear`.
    pub(crate) fn receive(&mut self, mut hear: impl FnMut(&mut Self, Heard) -> io::Result<()>) -> io::Result<()> {
        self.more = false;
        for _ in 0..FRAMES_AT_ONCE {
            let frame = match self.link.receive() {
                Ok(Some(frame)) => Frame::decode(frame),
                Ok(None) => return Ok(()),
                // It may come back.
                Err(error) if error.raw_os_error() == Some(Errno::NETDOWN.raw_os_error()) => return Ok(()),
                Err(error) => return Err(error),
            };
            match frame {
                Some(Frame::Arp(arp)) => {
                    if let Some(frame) = self.resolver.noticed(&arp) {
                        self.send(&frame)?;
                    }
                    hear(self, Heard::Arp(arp))?;
                }
                Some(Frame::Dhcp(message)) => match Answer::decode(message, self.identity.mac) {
                    Ok(answer) => {
                        self.tell_received(&answer);
                        hear(self, Heard::Answer(answer))?;
                    }
                    Err(why) => self.tell(format_args!("ignored a message: {why}")),
                },
                None => {}
            }
        }
        self.more = true;
        Ok(())
    }

    /// Tells the user who wants to know everything.
    pub(crate) fn tell(&self, text: fmt::Arguments<'_>) {
        if self.identity.verbose {
            say(text);
        }
    }

    /// A frame that cannot be sent now is as good as one that is lost on the way; but not where there is no interface
    /// any more.
    fn send(&mut self, frame: &[u8]) -> io::Result<()> {
        match self.link.send(frame) {
            Err(error)
                if [Errno::NXIO, Errno::NODEV]
                    .map(|errno| Some(errno.raw_os_error()))
                    .contains(&error.raw_os_error()) =>
            {
                Err(error)
            }
            Err(error) => {
                self.tell(format_args!("could not send on {}: {error}", self.identity.interface));
                Ok(())
            }
            Ok(()) => Ok(()),
        }
    }

    fn tell_sent(&self, message: &Message, to: Ipv4Addr) {
        let name = match message.kind {
            Kind::Discover => "DHCPDISCOVER",
            Kind::Request => "DHCPREQUEST",
            Kind::Decline => "DHCPDECLINE",
            Kind::Release => "DHCPRELEASE",
        };
        match message.requested.or(message.own) {
            Some(address) => {
                self.tell(format_args!(
                    "{name} of {address} on {} to {to} port {SERVER_PORT}",
                    self.identity.interface
                ));
            }
            None => self.tell(format_args!("{name} on {} to {to} port {SERVER_PORT}", self.identity.interface)),
        }
    }

    fn tell_received(&self, answer: &Answer) {
        let server = answer.server;
        match &answer.says {
            Says::Offer(lease) => self.tell(format_args!("DHCPOFFER of {} from {server}", lease.address)),
            Says::Ack(lease) => self.tell(format_args!("DHCPACK of {} from {server}", lease.address)),
            Says::Nak => self.tell(format_args!("DHCPNAK from {server}")),
        }
    }
}
