//! Sending to one host: its hardware address is asked for first (RFC 826), and the message waits for the answer. Pure,
//! as the client itself.

use std::net::Ipv4Addr;
use std::time::Duration;

use crate::frame::{Arp, Envelope, Mac, dhcp};

/// How often is asked.
const REQUESTS: u32 = 3;
/// How long an answer is waited for.
const PATIENCE: Duration = Duration::from_secs(1);

/// A message on its way to one host.
#[derive(Debug)]
pub(crate) struct Resolver {
    mac: Mac,
    waiting: Option<Waiting>,
}

#[derive(Debug)]
struct Waiting {
    from: Ipv4Addr,
    to: Ipv4Addr,
    /// The host on this link that the message is given to.
    hop: Ipv4Addr,
    message: Vec<u8>,
    asked: u32,
    next: Duration,
}

impl Resolver {
    pub(crate) fn new(mac: Mac) -> Self {
        Self { mac, waiting: None }
    }

    /// Takes a message to be sent from the address `from` to `to` by way of `hop`, in the place of one that still waits.
    pub(crate) fn send(&mut self, now: Duration, from: Ipv4Addr, to: Ipv4Addr, hop: Ipv4Addr, message: Vec<u8>) {
        self.waiting = Some(Waiting { from, to, hop, message, asked: 0, next: now });
    }

    /// When [`Resolver::pass`] is to be called; `None` is never: nothing waits.
    pub(crate) fn deadline(&self) -> Option<Duration> {
        self.waiting.as_ref().map(|waiting| waiting.next)
    }

    /// The frame that is due. A message whose host does not answer is given up; the client asks again when it is time to.
    pub(crate) fn pass(&mut self, now: Duration) -> Option<Vec<u8>> {
        let waiting = self.waiting.as_mut().filter(|waiting| waiting.next <= now)?;
        if waiting.asked == REQUESTS {
            self.waiting = None;
            return None;
        }
        waiting.asked += 1;
        waiting.next = now + PATIENCE;
        let (sender_address, target_address) = (waiting.from, waiting.hop);
        Some(Arp { request: true, sender: self.mac, sender_address, target_address }.encode())
    }

    /// The frame of the message, if this is the answer that it waits for.
    pub(crate) fn noticed(&mut self, arp: &Arp) -> Option<Vec<u8>> {
        let waiting = self.waiting.take_if(|waiting| !arp.request && arp.sender_address == waiting.hop)?;
        let envelope = Envelope { from: (self.mac, waiting.from), to: (arp.sender, waiting.to) };
        Some(dhcp(&envelope, &waiting.message))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frame::Frame;

    const US: Mac = Mac([2, 0, 0, 0, 0, 7]);
    const ROUTER: Mac = Mac([2, 0, 0, 0, 0, 1]);

    fn waiting() -> (Resolver, [Ipv4Addr; 3]) {
        let hosts = [Ipv4Addr::new(192, 0, 2, 10), Ipv4Addr::new(203, 0, 113, 1), Ipv4Addr::new(192, 0, 2, 1)];
        let mut resolver = Resolver::new(US);
        resolver.send(Duration::ZERO, hosts[0], hosts[1], hosts[2], b"message".to_vec());
        (resolver, hosts)
    }

    fn reply(sender_address: Ipv4Addr) -> Arp {
        Arp { request: false, sender: ROUTER, sender_address, target_address: Ipv4Addr::new(192, 0, 2, 10) }
    }

    #[test]
    fn the_message_waits_for_the_right_answer() {
        let (mut resolver, [from, to, hop]) = waiting();
        let asked = resolver.pass(Duration::ZERO).expect("a question");
        let question = Arp { request: true, sender: US, sender_address: from, target_address: hop };
        assert_eq!(Frame::decode(&asked), Some(Frame::Arp(question)));
        assert_eq!(resolver.noticed(&reply(to)), None);
        assert_eq!(resolver.noticed(&Arp { request: true, ..reply(hop) }), None);
        let frame = resolver.noticed(&reply(hop)).expect("the message");
        assert_eq!((&frame[..6], &frame[30..34], &frame[42..]), (&ROUTER.0[..], &to.octets()[..], &b"message"[..]));
        assert_eq!((resolver.deadline(), resolver.noticed(&reply(hop))), (None, None));
    }

    #[test]
    fn a_host_that_does_not_answer_is_given_up() {
        let (mut resolver, _) = waiting();
        for second in 0..3 {
            let now = Duration::from_secs(second);
            assert_eq!(resolver.deadline(), Some(now));
            assert!(resolver.pass(now).is_some());
            assert_eq!(resolver.pass(now), None, "only once");
        }
        assert_eq!(resolver.pass(Duration::from_secs(3)), None);
        assert_eq!(resolver.deadline(), None);
    }
}
