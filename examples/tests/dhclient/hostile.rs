//! A hostile server: 100,000 messages, none of which is one, to a client that waits for an offer and to one that has a
//! lease.

use std::time::{Duration, Instant};

use sandbox_tests::harness::Case;

use crate::confinement::{field, worker};
use crate::frames::{Raw, waiting, with_checksums};
use crate::program::Program;
use crate::servers::dnsmasq;
use crate::world::World;

/// How many messages a client without and one with a lease gets.
const WITHOUT: u32 = 70_000;
const WITH: u32 = 30_000;
/// How long all of them may take.
const LIMIT: Duration = Duration::from_mins(2);
/// How many are sent before the client has taken them: as many as fit its socket.
const AT_ONCE: u32 = 50;
/// How much more memory the client may have at the end, in KiB: a few pages of its allocator.
const GROWTH: u64 = 256;

/// Where things stand in a frame: the UDP header, the message, its options.
const UDP: usize = 34;
const MESSAGE: usize = 42;
const OPTIONS: usize = MESSAGE + 240;

pub(crate) fn cases() -> Vec<Case> {
    let case = Case::new("hostile::a_hundred_thousand_messages_change_nothing", nothing_changes);
    vec![case.time_limit(Duration::from_mins(5))]
}

fn nothing_changes() {
    let world = World::new();
    let raw = Raw::open();
    let mut client = Program::start(&mut world.client(crate::DHCLIENT, "-d"));
    let mut attack = Attack::on(&raw, client.pid());
    attack.send(1_000);
    let memory = attack.memory();
    attack.send(WITHOUT - 1_000);
    assert!(!world.path("leases").exists() && world.addresses().is_empty(), "it acted");
    assert_eq!(client.all(), "", "it said something");
    let asked = raw.requests();
    // The first option is the kind, and there is no address that is asked for in front of it.
    assert!(asked.iter().all(|frame| frame[OPTIONS..OPTIONS + 3] == [53, 1, 1]), "it asked for an offer");
    attack.has_grown_by_less_than(GROWTH, memory);

    let mut server = dnsmasq(&world, "--dhcp-option=58,110 --dhcp-option=59,115");
    client.until("bound to 192.0.2.50");
    let lease = world.read("leases");
    raw.requests();
    attack.send(WITH);
    assert_eq!(raw.requests().len(), 0, "it answered");
    attack.has_grown_by_less_than(GROWTH, memory);
    assert_eq!(client.all().lines().count(), 1, "{}", client.all());
    assert_eq!((world.read("leases"), world.addresses()), (lease, vec!["192.0.2.50/24".to_owned()]));
    assert!(attack.took < LIMIT, "it took {:?}", attack.took);
    assert_eq!(server.all().matches(" DHCPACK(srv0)").count(), 1);
    let (count, seconds) = (WITHOUT + WITH, attack.took.as_secs_f64());
    println!("{count} messages in {seconds:.1} s; memory {memory} KiB, then {} KiB", attack.memory());
}

/// The messages, and whom they are sent to.
struct Attack<'a> {
    raw: &'a Raw,
    worker: u32,
    /// A true offer for the client's question.
    offer: Vec<u8>,
    random: u64,
    sent: u32,
    took: Duration,
}

impl<'a> Attack<'a> {
    /// Waits for the client's first question.
    fn on(raw: &'a Raw, client: u32) -> Self {
        let question = raw.request();
        Self { raw, worker: worker(client), offer: offer(&question), random: 1, sent: 0, took: Duration::ZERO }
    }

    fn send(&mut self, count: u32) {
        let began = Instant::now();
        for _ in 0..count {
            let frame = self.next();
            self.raw.send(&frame).unwrap_or_else(|error| panic!("{} bytes: {error}", frame.len()));
            self.sent += 1;
            if self.sent.is_multiple_of(AT_ONCE) {
                until_taken();
            }
        }
        until_taken();
        self.took += began.elapsed();
    }

    /// Memory of its own that the confined process has, in KiB.
    fn memory(&self) -> u64 {
        field(self.worker, "RssAnon:").parse().expect("a number")
    }

    fn has_grown_by_less_than(&self, growth: u64, before: u64) {
        let now = self.memory();
        assert!(now < before + growth, "{before} KiB, then {now} KiB after {} messages", self.sent);
    }

    fn number(&mut self, below: usize) -> usize {
        self.random = self.random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.random >> 33).expect("31 bits") % below
    }

    fn byte(&mut self) -> u8 {
        u8::try_from(self.number(256)).expect("a byte")
    }

    /// The next message: one of each kind in turn.
    fn next(&mut self) -> Vec<u8> {
        let frame = self.offer.clone();
        match self.sent % 24 {
            0 => self.truncated(frame),
            1 => self.random_options(frame),
            2 => with(frame, MESSAGE + 4, &[0xde, 0xad, self.byte(), self.byte()]),
            3 => with(frame, MESSAGE + 236, &[99, 130, 83, self.byte() | 0x80]),
            4 => with(frame, MESSAGE + 28, &[self.byte(), 1, 2, 3, 4, 5]),
            // The length of the hardware address, which is a slice's length elsewhere.
            5 => with(frame, MESSAGE + 2, &[17 + self.byte() % 200]),
            6 => with_options(frame, &long(15, &[b'a'; 1000])),
            7 => with_options(frame, &[&[119, 4, 1, b'a', 0xc0, 0][..], &[119, 2, 0xc0, 0]].concat()),
            // The same option, over and over, to the end of the largest packet.
            8 => with_options(frame, &[6, 4, 192, 0, 2, 1].repeat(190)),
            9 => with_options(frame, &[1, 200, 255, 255]),
            10 => with_options(frame, &[53, 0, 54, 1, 1, 51, 3, 0, 0, 1, 255]),
            11 => with(frame, MESSAGE + 16, &[[0, 0, 0, 0], [255, 255, 255, 255], [127, 0, 0, 1]][self.number(3)]),
            12 => with(frame, OPTIONS + 2, &[[0, 5, 6, 1, 255][self.number(5)]]),
            13 => with(frame, OPTIONS + 5, &[0, 0, 0, 0]),
            14 => with(frame, OPTIONS + 11, &[0, 0, 0, self.byte() % 10]),
            15 => damaged(frame, 14 + self.number(20), self.byte() | 1),
            16 => damaged(frame, UDP + 2 + self.number(6), self.byte() | 1),
            17 => damaged(frame, OPTIONS + self.number(20), self.byte() | 1),
            18 => with(frame, 20, &[0x20, self.byte()]),
            19 => self.noise(true),
            20 => self.noise(false),
            21 => with(frame, OPTIONS + 17, &[255, 0, 255, 0]),
            22 => self.arp(),
            _ => with(frame, MESSAGE, &[1]),
        }
    }

    fn truncated(&mut self, mut frame: Vec<u8>) -> Vec<u8> {
        // Less than the first two options, and its own lengths are right: only the message is too short.
        frame.truncate(MESSAGE + self.number(240 + 9));
        with_lengths(frame)
    }

    fn random_options(&mut self, mut frame: Vec<u8>) -> Vec<u8> {
        frame.truncate(OPTIONS);
        let length = self.number(1200);
        // No server's identifier: what else it says does not count.
        let byte = |byte: u8| if byte == 54 { 55 } else { byte };
        frame.extend((0..length).map(|_| byte(self.byte())));
        with_lengths(frame)
    }

    /// Bytes without sense behind the headers, or from the first one on.
    fn noise(&mut self, headers: bool) -> Vec<u8> {
        let start = if headers { MESSAGE } else { 14 };
        let mut frame = self.offer[..start].to_vec();
        let length = 20 + self.number(1400);
        frame.extend((0..length).map(|_| self.byte()));
        if headers { with_lengths(frame) } else { frame }
    }

    fn arp(&mut self) -> Vec<u8> {
        let mut frame = self.offer[..12].to_vec();
        frame.extend([8, 6, 0, 1, 8, 0, 6, 4, 0, self.byte()]);
        let length = self.number(60);
        // Its addresses are nobody's.
        frame.extend((0..length).map(|_| self.byte() | 0xf0));
        frame
    }
}

/// Until the client has looked at every message: none is lost because there were too many.
fn until_taken() {
    let began = Instant::now();
    while waiting() > 0 {
        assert!(began.elapsed() < Duration::from_secs(20), "the client takes no more messages");
        std::thread::yield_now();
    }
}

/// A server's offer of 192.0.2.66 for a client's question. Its options: message type, server, time, mask.
fn offer(question: &[u8]) -> Vec<u8> {
    let mut frame = question[..OPTIONS].to_vec();
    frame.copy_within(6..12, 0);
    frame[6..12].copy_from_slice(&[2, 0, 0, 0, 0, 0x66]);
    frame[26..34].copy_from_slice(&[192, 0, 2, 1, 255, 255, 255, 255]);
    frame[UDP..UDP + 4].copy_from_slice(&[0, 67, 0, 68]);
    frame[MESSAGE] = 2;
    frame[MESSAGE + 16..MESSAGE + 20].copy_from_slice(&[192, 0, 2, 66]);
    frame.extend([53, 1, 2, 54, 4, 192, 0, 2, 1, 51, 4, 0, 0, 2, 88, 1, 4, 255, 255, 255, 0, 255]);
    with_lengths(frame)
}

/// Puts bytes into a message. All sums are right.
fn with(mut frame: Vec<u8>, place: usize, bytes: &[u8]) -> Vec<u8> {
    frame[place..place + bytes.len()].copy_from_slice(bytes);
    with_checksums(frame)
}

/// An offer without a server, with these options.
fn with_options(mut frame: Vec<u8>, options: &[u8]) -> Vec<u8> {
    frame.truncate(OPTIONS);
    frame.extend([53, 1, 2]);
    frame.extend(options);
    with_lengths(frame)
}

/// An option longer than one can be, in the parts of RFC 3396.
fn long(code: u8, value: &[u8]) -> Vec<u8> {
    let part = |part: &[u8]| [&[code, u8::try_from(part.len()).expect("a part")][..], part].concat();
    value.chunks(255).flat_map(part).collect()
}

/// Changes a byte and no sum.
fn damaged(mut frame: Vec<u8>, place: usize, by: u8) -> Vec<u8> {
    frame[place] ^= by;
    frame
}

fn with_lengths(mut frame: Vec<u8>) -> Vec<u8> {
    for (place, start) in [(16, 14), (UDP + 4, UDP)] {
        let length = u16::try_from(frame.len() - start).expect("it is short");
        frame[place..place + 2].copy_from_slice(&length.to_be_bytes());
    }
    with_checksums(frame)
}
