//! The client's states (RFC 2131, figure 5), without any input or output: what happened goes in, what is to be done
//! comes out, and the time is what the caller says it is.

use std::net::Ipv4Addr;
use std::time::Duration;

use crate::backoff::{Backoff, jitter};
use crate::frame::{Arp, Mac};
use crate::lease::{FOREVER, Lease};
use crate::message::{Answer, Kind, Message, Says};
use crate::report::{Loss, Reason, Report};

/// How often an offer is asked for before the client looks for another.
const REQUESTS_MAX: u32 = 4;
/// How often a lease of an earlier run is asked for.
const REBOOTS_MAX: u32 = 2;
/// How long the client waits after it declined an address (RFC 2131, 3.1, 5), or was refused a second time.
const PAUSE: Duration = Duration::from_secs(10);
/// The shortest time between two requests to extend a lease (RFC 2131, 4.4.5).
const EXTENSION_MIN: Duration = Duration::from_mins(1);
/// How often it is asked whether somebody else has the address.
const PROBES: u32 = 3;
/// How long an answer is waited for, and by how much that varies. RFC 5227 asks for up to 7 seconds in all; half a
/// second each time is enough on a link that needs no minute to come up.
const PROBE: Duration = Duration::from_millis(400);
const PROBE_JITTER: Duration = Duration::from_millis(200);

/// What happened.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Event<'a> {
    /// Nothing but that time went by.
    Time,
    Answer(&'a Answer),
    Arp(&'a Arp),
}

/// What is to be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Action {
    /// Send to all.
    Broadcast(Message),
    /// Send to the server of the lease.
    Unicast(Message, Lease),
    /// Ask who has the address.
    Probe(Ipv4Addr),
    /// Tell everybody that this client has the address.
    Announce(Ipv4Addr),
    Report(Report),
    /// Stop: there is no lease within the time that was given.
    GiveUp,
}

/// A lease, and when it was asked for: its times count from there.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Held {
    lease: Lease,
    since: Duration,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum State {
    /// Waits until it begins.
    Init {
        begin: Duration,
    },
    Selecting {
        discover: Backoff,
    },
    Requesting {
        request: Backoff,
        offer: Lease,
    },
    Rebooting {
        request: Backoff,
        address: Ipv4Addr,
    },
    /// Asks whether somebody else has the address.
    Probing {
        held: Held,
        reason: Reason,
        probes: u32,
        next: Duration,
    },
    Bound {
        held: Held,
    },
    Renewing {
        held: Held,
        next: Duration,
    },
    Rebinding {
        held: Held,
        next: Duration,
    },
}

/// The client.
#[derive(Debug)]
pub(crate) struct Client<R> {
    mac: Mac,
    random: R,
    state: State,
    xid: u32,
    /// When the present attempt to get a lease began, for the messages' `secs`.
    began: Duration,
    /// When the lease was asked for: its times count from there, and the first of several requests may be the one that is
    /// answered.
    requested: Duration,
    /// When to stop if there was no lease by then.
    give_up: Option<Duration>,
    /// Refused since the last lease.
    refused: bool,
}

impl<R: FnMut() -> u32> Client<R> {
    /// A client that asks for `previous`, the address of an earlier run, if there is one.
    pub(crate) fn new(
        mac: Mac,
        previous: Option<Ipv4Addr>,
        give_up: Option<Duration>,
        mut random: R,
        now: Duration,
    ) -> Self {
        let state = match previous {
            Some(address) => State::Rebooting { request: Backoff::due(now), address },
            None => State::Init { begin: now },
        };
        let xid = random();
        Self { mac, random, state, xid, began: now, requested: now, give_up, refused: false }
    }

    /// When something is to be done if nothing happens before; `None` is never.
    pub(crate) fn deadline(&self) -> Option<Duration> {
        let state = match &self.state {
            State::Init { begin: next }
            | State::Selecting { discover: Backoff { next, .. } }
            | State::Requesting { request: Backoff { next, .. }, .. }
            | State::Rebooting { request: Backoff { next, .. }, .. }
            | State::Probing { next, .. } => Some(*next),
            State::Bound { held } => held.at(held.lease.times.renew),
            State::Renewing { held, next } => held.at(held.lease.times.rebind).map(|rebind| rebind.min(*next)),
            State::Rebinding { held, next } => held.at(held.lease.times.expire).map(|expire| expire.min(*next)),
        };
        state.into_iter().chain(self.give_up).min()
    }

    /// Takes what happened, and says what is to be done.
    pub(crate) fn handle(&mut self, now: Duration, event: Event<'_>) -> Vec<Action> {
        let mut actions = match event {
            Event::Answer(answer) if answer.xid == self.xid => self.answered(now, answer),
            Event::Time | Event::Answer(_) => Vec::new(),
            Event::Arp(arp) => self.noticed(now, arp),
        };
        if self.give_up.is_some_and(|give_up| give_up <= now) {
            return vec![Action::GiveUp];
        }
        // Each round goes on to another state or puts its deadline off.
        while self.deadline().is_some_and(|deadline| deadline <= now) {
            actions.extend(self.pass(now));
        }
        actions
    }

    /// A deadline has passed.
    fn pass(&mut self, now: Duration) -> Vec<Action> {
        match self.state.clone() {
            State::Init { .. } => {
                self.renumber(now);
                self.state = State::Selecting { discover: Backoff::due(now) };
                Vec::new()
            }
            State::Selecting { mut discover } => {
                discover.sent(now, (self.random)());
                self.state = State::Selecting { discover };
                vec![Action::Broadcast(self.message(now, Kind::Discover))]
            }
            State::Requesting { request, .. } if request.sent == REQUESTS_MAX => self.restart(now),
            State::Requesting { mut request, offer } => {
                self.requested(now, &mut request);
                let message = Message {
                    requested: Some(offer.address),
                    server: Some(offer.server),
                    ..self.message(now, Kind::Request)
                };
                self.state = State::Requesting { request, offer };
                vec![Action::Broadcast(message)]
            }
            State::Rebooting { request, .. } if request.sent == REBOOTS_MAX => self.restart(now),
            State::Rebooting { mut request, address } => {
                self.requested(now, &mut request);
                self.state = State::Rebooting { request, address };
                vec![Action::Broadcast(Message { requested: Some(address), ..self.message(now, Kind::Request) })]
            }
            State::Probing { held, reason, probes: PROBES, .. } => {
                let mut actions = vec![Action::Announce(held.lease.address)];
                actions.extend(self.bind(now, reason, held));
                actions
            }
            State::Probing { held, reason, probes, .. } => {
                let address = held.lease.address;
                let next = now + PROBE + jitter(PROBE_JITTER, (self.random)());
                self.state = State::Probing { held, reason, probes: probes + 1, next };
                vec![Action::Probe(address)]
            }
            State::Bound { held } => {
                self.renumber(now);
                self.state = State::Renewing { held, next: now };
                Vec::new()
            }
            State::Renewing { held, .. } if held.at(held.lease.times.rebind).is_some_and(|rebind| rebind <= now) => {
                self.renumber(now);
                self.state = State::Rebinding { held, next: now };
                Vec::new()
            }
            State::Renewing { held, .. } => {
                let message = self.extend(now, &held);
                let next = next_extension(now, held.at(held.lease.times.rebind));
                self.state = State::Renewing { held: held.clone(), next };
                vec![Action::Unicast(message, held.lease)]
            }
            State::Rebinding { held, .. } if held.at(held.lease.times.expire).is_some_and(|expire| expire <= now) => {
                let mut actions = vec![Action::Report(Report::Lost(Loss::Expired))];
                actions.extend(self.restart(now));
                actions
            }
            State::Rebinding { held, .. } => {
                let message = self.extend(now, &held);
                let next = next_extension(now, held.at(held.lease.times.expire));
                self.state = State::Rebinding { held, next };
                vec![Action::Broadcast(message)]
            }
        }
    }

    /// A server has answered the present question.
    fn answered(&mut self, now: Duration, answer: &Answer) -> Vec<Action> {
        match (self.state.clone(), &answer.says) {
            (State::Selecting { .. }, Says::Offer(offer)) => {
                self.state = State::Requesting { request: Backoff::due(now), offer: offer.clone() };
                Vec::new()
            }
            (State::Requesting { offer, .. }, Says::Ack(lease))
                if answer.server == offer.server && lease.address == offer.address =>
            {
                self.probe(now, Reason::Bound, lease)
            }
            (State::Rebooting { address, .. }, Says::Ack(lease)) if lease.address == address => {
                self.probe(now, Reason::Rebooted, lease)
            }
            (State::Renewing { held, .. }, Says::Ack(lease))
                if answer.server == held.lease.server && lease.address == held.lease.address =>
            {
                self.bind(now, Reason::Renewed, self.held(lease))
            }
            (State::Rebinding { held, .. }, Says::Ack(lease)) if lease.address == held.lease.address => {
                self.bind(now, Reason::Rebound, self.held(lease))
            }
            (State::Requesting { offer, .. }, Says::Nak) if answer.server == offer.server => self.refused(now),
            (State::Renewing { held, .. }, Says::Nak) if answer.server == held.lease.server => {
                [vec![Action::Report(Report::Lost(Loss::Refused))], self.refused(now)].concat()
            }
            (State::Rebooting { .. } | State::Rebinding { .. }, Says::Nak) => {
                [vec![Action::Report(Report::Lost(Loss::Refused))], self.refused(now)].concat()
            }
            // Late, from another server, or an answer to nothing that was asked.
            (_, Says::Offer(_) | Says::Ack(_) | Says::Nak) => Vec::new(),
        }
    }

    /// Somebody uses ARP. It matters where the address is the one that is asked about: one who has it, or asks for it as
    /// well (RFC 5227, 2.1.1).
    fn noticed(&mut self, now: Duration, arp: &Arp) -> Vec<Action> {
        let State::Probing { held, .. } = &self.state else { return Vec::new() };
        let address = held.lease.address;
        let has = arp.sender_address == address;
        let wants = arp.request && arp.sender_address.is_unspecified() && arp.target_address == address;
        if arp.sender == self.mac || !(has || wants) {
            return Vec::new();
        }
        let server = held.lease.server;
        let decline =
            Message { secs: 0, requested: Some(address), server: Some(server), ..self.message(now, Kind::Decline) };
        self.state = State::Init { begin: now + PAUSE };
        vec![Action::Broadcast(decline)]
    }

    fn probe(&mut self, now: Duration, reason: Reason, lease: &Lease) -> Vec<Action> {
        self.state = State::Probing { held: self.held(lease), reason, probes: 0, next: now };
        Vec::new()
    }

    fn bind(&mut self, now: Duration, reason: Reason, held: Held) -> Vec<Action> {
        (self.give_up, self.refused) = (None, false);
        let elapsed = u32::try_from(now.saturating_sub(held.since).as_secs()).unwrap_or(FOREVER);
        let lease = Lease { times: held.lease.times.after(elapsed), ..held.lease.clone() };
        self.state = State::Bound { held };
        // One that is over already is noticed as such in a moment.
        if lease.check().is_err() { Vec::new() } else { vec![Action::Report(Report::Held(reason, lease))] }
    }

    /// Begins anew, at once the first time, then after a pause: a server that refuses for ever is not asked for ever.
    fn refused(&mut self, now: Duration) -> Vec<Action> {
        let begin = if self.refused { now + PAUSE } else { now };
        self.refused = true;
        self.state = State::Init { begin };
        Vec::new()
    }

    fn restart(&mut self, now: Duration) -> Vec<Action> {
        self.state = State::Init { begin: now };
        Vec::new()
    }

    /// Begins a new exchange, with a number that nobody could know.
    fn renumber(&mut self, now: Duration) {
        self.xid = (self.random)();
        self.began = now;
    }

    fn held(&self, lease: &Lease) -> Held {
        Held { lease: lease.clone(), since: self.requested }
    }

    /// A request for an address was sent.
    fn requested(&mut self, now: Duration, request: &mut Backoff) {
        if request.sent == 0 {
            self.requested = now;
        }
        request.sent(now, (self.random)());
    }

    /// A request for more time, with a number of its own: the answer tells which request it answers.
    fn extend(&mut self, now: Duration, held: &Held) -> Message {
        (self.requested, self.xid) = (now, (self.random)());
        Message { own: Some(held.lease.address), ..self.message(now, Kind::Request) }
    }

    fn message(&self, now: Duration, kind: Kind) -> Message {
        let secs = u16::try_from(now.saturating_sub(self.began).as_secs()).unwrap_or(u16::MAX);
        Message { kind, xid: self.xid, secs, own: None, requested: None, server: None }
    }
}

/// Half of the time that is left (RFC 2131, 4.4.5).
fn next_extension(now: Duration, end: Option<Duration>) -> Duration {
    let left = end.map_or(EXTENSION_MIN, |end| end.saturating_sub(now));
    now + (left / 2).max(EXTENSION_MIN)
}

impl Held {
    /// The time of a step of the lease; `None` is never.
    fn at(&self, seconds: u32) -> Option<Duration> {
        (seconds != FOREVER).then(|| self.since + Duration::from_secs(seconds.into()))
    }
}

#[cfg(test)]
#[path = "client_tests.rs"]
mod tests;
