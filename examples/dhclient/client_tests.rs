//! The states on a clock that the tests turn.

use super::*;
use crate::lease::{Times, example};
use crate::message::tests::MAC;

const OTHER: Mac = Mac([2, 0, 0, 0, 0, 9]);

/// A client, the time, and what it last asked.
struct Bench {
    client: Client<Box<dyn FnMut() -> u32>>,
    now: Duration,
    done: Vec<Action>,
}

fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

impl Bench {
    fn new(previous: Option<Ipv4Addr>, give_up: Option<u64>) -> Self {
        // In the middle of every range, and never the same twice.
        let mut number = u32::MAX / 2;
        let random: Box<dyn FnMut() -> u32> = Box::new(move || {
            number += 1;
            number
        });
        let client = Client::new(MAC, previous, give_up.map(seconds), random, Duration::ZERO);
        let mut bench = Self { client, now: Duration::ZERO, done: Vec::new() };
        bench.tick();
        bench
    }

    fn tick(&mut self) -> &[Action] {
        self.done = self.client.handle(self.now, Event::Time);
        &self.done
    }

    /// Goes on to the next deadline and gives what happens then, with the whole seconds that went by.
    fn next(&mut self) -> (u64, Vec<Action>) {
        let before = self.now;
        self.now = self.client.deadline().expect("a deadline");
        self.tick();
        ((self.now + Duration::from_millis(5)).saturating_sub(before).as_secs(), self.done.clone())
    }

    fn says(&mut self, says: Says) -> Vec<Action> {
        let answer = Answer { xid: self.client.xid, server: example().server, says };
        self.client.handle(self.now, Event::Answer(&answer))
    }

    fn hears(&mut self, arp: Arp) -> Vec<Action> {
        self.client.handle(self.now, Event::Arp(&arp))
    }

    /// Goes on until the lease is reported.
    fn probed(&mut self) -> Vec<Action> {
        loop {
            let (_, actions) = self.next();
            if !matches!(actions[..], [Action::Probe(_)]) {
                return actions;
            }
        }
    }

    fn bound() -> Self {
        let mut bench = Self::new(None, None);
        bench.says(Says::Offer(example()));
        bench.says(Says::Ack(example()));
        bench.probed();
        bench
    }
}

fn kinds(actions: &[Action]) -> Vec<Option<Kind>> {
    let kind = |action: &Action| match action {
        Action::Broadcast(message) | Action::Unicast(message, _) => Some(message.kind),
        Action::Probe(_) | Action::Announce(_) | Action::Report(_) | Action::GiveUp => None,
    };
    actions.iter().map(kind).collect()
}

fn message(actions: &[Action]) -> Message {
    match actions {
        [Action::Broadcast(message) | Action::Unicast(message, _)] => *message,
        other => panic!("no single message: {other:?}"),
    }
}

#[test]
fn a_lease_is_got_probed_for_and_announced() {
    let mut bench = Bench::new(None, None);
    let discover = message(&bench.done);
    assert_eq!((discover.kind, discover.requested, discover.server), (Kind::Discover, None, None));
    let request = message(&bench.says(Says::Offer(example())));
    assert_eq!((request.kind, request.xid), (Kind::Request, discover.xid));
    assert_eq!((request.requested, request.server), (Some(example().address), Some(example().server)));
    let probe = [Action::Probe(example().address)];
    assert_eq!(bench.says(Says::Ack(example())), probe);
    assert_eq!(bench.next().1, probe);
    assert_eq!(bench.next().1, probe);
    let after_a_second = Lease { times: Times { renew: 299, rebind: 524, expire: 599 }, ..example() };
    let report = Report::Held(Reason::Bound, after_a_second);
    assert_eq!(bench.next().1, [Action::Announce(example().address), Action::Report(report)]);
}

#[test]
fn discovering_goes_on_for_ever_at_growing_intervals() {
    let mut bench = Bench::new(None, None);
    for delay in [4, 8, 16, 32, 64, 64, 64] {
        let (waited, actions) = bench.next();
        assert_eq!((waited, kinds(&actions)), (delay, vec![Some(Kind::Discover)]));
    }
    assert_eq!(message(&bench.done).secs, 252);
}

#[test]
fn trying_once_ends_in_time_and_only_without_a_lease() {
    let mut bench = Bench::new(None, Some(20));
    let waits: Vec<_> = (0..3).map(|_| bench.next()).collect();
    assert_eq!(waits.iter().map(|(seconds, _)| *seconds).collect::<Vec<_>>(), [4, 8, 8]);
    assert_eq!(waits[2].1, [Action::GiveUp]);
    let mut bench = Bench::new(None, Some(20));
    bench.says(Says::Offer(example()));
    bench.says(Says::Ack(example()));
    bench.probed();
    assert_eq!(bench.client.deadline(), Some(seconds(300)));
}

#[test]
fn an_offer_that_is_not_confirmed_is_dropped() {
    let mut bench = Bench::new(None, None);
    let mut asked = kinds(&bench.says(Says::Offer(example())));
    let xid = bench.client.xid;
    while asked.last() != Some(&Some(Kind::Discover)) {
        asked.extend(kinds(&bench.next().1));
    }
    assert_eq!(asked, [vec![Some(Kind::Request); 4], vec![Some(Kind::Discover)]].concat());
    assert_ne!(bench.client.xid, xid);
}

#[test]
fn renewal_asks_the_server_then_everybody_then_the_lease_is_over() {
    let mut bench = Bench::bound();
    bench.now = bench.client.deadline().expect("T1");
    assert_eq!(bench.now, seconds(300));
    let [Action::Unicast(request, lease)] = bench.tick() else { panic!("{:?}", bench.done) };
    assert_eq!((request.kind, request.own), (Kind::Request, Some(example().address)));
    assert_eq!((request.requested, request.server, lease.server), (None, None, example().server));
    // Half of the 225 seconds until T2, then at least a minute.
    assert_eq!(bench.next(), (112, bench.done.clone()));
    assert_eq!(bench.next().0, 60);
    let (waited, actions) = bench.next();
    assert_eq!((waited, bench.now), (52, seconds(525)));
    assert!(matches!(actions[..], [Action::Broadcast(Message { kind: Kind::Request, own: Some(_), .. })]));
    assert_eq!(bench.next().0, 60);
    let (_, actions) = bench.next();
    assert_eq!(bench.now, seconds(600));
    assert_eq!(actions[0], Action::Report(Report::Lost(Loss::Expired)));
    assert_eq!(kinds(&actions[1..]), [Some(Kind::Discover)]);
}

#[test]
fn an_extended_lease_counts_from_the_request() {
    let mut bench = Bench::bound();
    bench.next();
    bench.now += seconds(7);
    let lease = Lease { times: Times { renew: 293, rebind: 518, expire: 593 }, ..example() };
    assert_eq!(bench.says(Says::Ack(example())), [Action::Report(Report::Held(Reason::Renewed, lease))]);
    assert_eq!(bench.client.deadline(), Some(seconds(300 + 300)));
}

#[test]
fn any_server_may_answer_once_all_are_asked() {
    let elsewhere = Lease { server: Ipv4Addr::new(192, 0, 2, 2), ..example() };
    let answer = |bench: &mut Bench| {
        let says = Says::Ack(elsewhere.clone());
        let answer = Answer { xid: bench.client.xid, server: elsewhere.server, says };
        bench.client.handle(bench.now, Event::Answer(&answer))
    };
    let mut bench = Bench::bound();
    bench.next();
    assert_eq!(answer(&mut bench), [], "only its own server is asked at T1");
    while bench.now < seconds(525) {
        bench.next();
    }
    assert_eq!(answer(&mut bench), [Action::Report(Report::Held(Reason::Rebound, elsewhere.clone()))]);
}

#[test]
fn a_lease_of_an_earlier_run_is_asked_for_first() {
    let mut bench = Bench::new(Some(example().address), None);
    let request = message(&bench.done);
    assert_eq!((request.kind, request.requested, request.server), (Kind::Request, Some(example().address), None));
    assert_eq!(bench.says(Says::Ack(example())), [Action::Probe(example().address)]);
    assert!(matches!(bench.probed()[1], Action::Report(Report::Held(Reason::Rebooted, _))));
    // Nobody answers: another one will do.
    let mut bench = Bench::new(Some(example().address), None);
    assert_eq!(bench.next(), (4, bench.done.clone()));
    let (waited, actions) = bench.next();
    assert_eq!((waited, kinds(&actions)), (8, vec![Some(Kind::Discover)]));
    // Refused: it must not be used, and another one is asked for at once.
    let mut bench = Bench::new(Some(example().address), None);
    let actions = bench.says(Says::Nak);
    assert_eq!(actions[0], Action::Report(Report::Lost(Loss::Refused)));
    assert_eq!(kinds(&actions[1..]), [Some(Kind::Discover)]);
}

#[test]
fn a_refusal_starts_anew_and_the_next_one_after_a_pause() {
    let mut bench = Bench::new(None, None);
    bench.says(Says::Offer(example()));
    assert_eq!(kinds(&bench.says(Says::Nak)), [Some(Kind::Discover)]);
    bench.says(Says::Offer(example()));
    assert_eq!(bench.says(Says::Nak), []);
    let (waited, actions) = bench.next();
    assert_eq!((waited, kinds(&actions)), (10, vec![Some(Kind::Discover)]));
}

#[test]
fn a_lease_that_is_refused_is_given_up() {
    let mut bench = Bench::bound();
    bench.next();
    let actions = bench.says(Says::Nak);
    assert_eq!(actions[0], Action::Report(Report::Lost(Loss::Refused)));
    assert_eq!(kinds(&actions[1..]), [Some(Kind::Discover)]);
}

#[test]
fn an_address_that_somebody_has_is_declined() {
    let address = example().address;
    let unspecified = Ipv4Addr::UNSPECIFIED;
    let has = Arp { request: false, sender: OTHER, sender_address: address, target_address: unspecified };
    let wants = Arp { request: true, sender: OTHER, sender_address: unspecified, target_address: address };
    for arp in [has, wants] {
        let mut bench = Bench::new(None, None);
        bench.says(Says::Offer(example()));
        bench.says(Says::Ack(example()));
        let decline = message(&bench.hears(arp));
        assert_eq!((decline.kind, decline.secs), (Kind::Decline, 0));
        assert_eq!((decline.requested, decline.server), (Some(address), Some(example().server)));
        let (waited, actions) = bench.next();
        assert_eq!((waited, kinds(&actions)), (10, vec![Some(Kind::Discover)]));
    }
    // Its own probe, or one for another address, is no conflict.
    let mut bench = Bench::new(None, None);
    bench.says(Says::Offer(example()));
    bench.says(Says::Ack(example()));
    assert_eq!(bench.hears(Arp { sender: MAC, ..wants }), []);
    assert_eq!(bench.hears(Arp { target_address: example().server, ..wants }), []);
    assert_eq!(bench.hears(Arp { sender_address: example().server, ..has }), []);
}

#[test]
fn answers_to_something_else_change_nothing() {
    let answers = |xid, server| {
        let lease = Lease { address: Ipv4Addr::new(192, 0, 2, 99), server, ..example() };
        [Says::Offer(lease.clone()), Says::Ack(lease), Says::Nak].map(|says| Answer { xid, server, says })
    };
    let stranger = Ipv4Addr::new(192, 0, 2, 66);
    // In each state: everything with another number; and from another server what only one was asked for.
    let selecting = Bench::new(None, None);
    let mut requesting = Bench::new(None, None);
    requesting.says(Says::Offer(example()));
    let mut renewing = Bench::bound();
    renewing.next();
    for mut bench in [selecting, requesting, Bench::bound(), renewing] {
        let (before, xid) = (bench.client.state.clone(), bench.client.xid);
        for answer in answers(xid ^ 1, example().server) {
            assert_eq!(bench.client.handle(bench.now, Event::Answer(&answer)), []);
        }
        for answer in answers(xid, stranger) {
            if !matches!((&before, &answer.says), (State::Selecting { .. }, Says::Offer(_))) {
                assert_eq!(bench.client.handle(bench.now, Event::Answer(&answer)), []);
            }
        }
        assert_eq!(bench.client.state, before);
    }
}

#[test]
fn an_endless_lease_is_never_renewed() {
    let mut bench = Bench::new(None, None);
    let endless = Lease { times: Times { renew: FOREVER, rebind: FOREVER, expire: FOREVER }, ..example() };
    bench.says(Says::Offer(endless.clone()));
    bench.says(Says::Ack(endless));
    bench.probed();
    assert_eq!(bench.client.deadline(), None);
}

#[test]
fn a_lease_that_ended_while_the_machine_slept_is_over_at_once() {
    let mut bench = Bench::bound();
    bench.now = seconds(100_000);
    assert_eq!(bench.tick()[0], Action::Report(Report::Lost(Loss::Expired)));
    assert_eq!(kinds(&bench.done[1..]), [Some(Kind::Discover)]);
}
