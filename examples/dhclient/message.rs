//! DHCP messages (RFC 2131, 2132): what this client says, and what of a server's answer counts. dhcproto reads and
//! writes the bytes.

use std::fmt;
use std::net::Ipv4Addr;

use dhcproto::v4::{self, DhcpOption, HType, MessageType, Opcode, OptionCode, borrowed};
use dhcproto::{Encodable as _, Encoder};

use crate::frame::Mac;
use crate::lease::{self, FOREVER, Lease, NAME_SERVERS_MAX, ROUTERS_MAX, Times};

/// Where the magic cookie stands (RFC 2131, 3).
const MAGIC_AT: std::ops::Range<usize> = 236..240;
/// The shortest message that every relay passes on (RFC 1542, 2.1).
const LENGTH_MIN: usize = 300;
/// The longest message that is asked for: what fits an Ethernet frame.
const LENGTH_MAX: u16 = 1472;

/// The shortest lease that is taken, in seconds: a client that has to ask all the time is of no use, but to somebody who
/// wants it busy.
const LEASE_MIN: u32 = 10;

/// What the client can say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Discover,
    Request,
    Decline,
    Release,
}

/// A message of the client.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Message {
    pub(crate) kind: Kind,
    pub(crate) xid: u32,
    /// Seconds since the client began to ask.
    pub(crate) secs: u16,
    /// The address that the client already uses.
    pub(crate) own: Option<Ipv4Addr>,
    /// The address that it asks for, or declines.
    pub(crate) requested: Option<Ipv4Addr>,
    /// The server that is meant.
    pub(crate) server: Option<Ipv4Addr>,
}

/// What a server says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Answer {
    pub(crate) xid: u32,
    pub(crate) server: Ipv4Addr,
    pub(crate) says: Says,
}

/// The part of an answer that depends on its kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Says {
    Offer(Lease),
    Ack(Lease),
    Nak,
}

/// Why bytes are no answer to this client.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ignored {
    Malformed,
    NotAnAnswer,
    ForSomeoneElse,
    NoServer,
    NoLeaseTime,
    TooShort,
    Lease(lease::Flaw),
}

impl fmt::Display for Ignored {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Malformed => f.write_str("it is malformed"),
            Self::NotAnAnswer => f.write_str("it is no answer of a server"),
            Self::ForSomeoneElse => f.write_str("it is for another client"),
            Self::NoServer => f.write_str("it names no server"),
            Self::NoLeaseTime => f.write_str("it names no lease time"),
            Self::TooShort => write!(f, "the lease is shorter than {LEASE_MIN} seconds"),
            Self::Lease(flaw) => flaw.fmt(f),
        }
    }
}

impl Message {
    /// The message as bytes.
    pub(crate) fn encode(&self, mac: Mac) -> Vec<u8> {
        let nobody = Ipv4Addr::UNSPECIFIED;
        let mut message =
            v4::Message::new_with_id(self.xid, self.own.unwrap_or(nobody), nobody, nobody, nobody, &mac.0);
        message.set_secs(self.secs);
        let options = message.opts_mut();
        options.insert(DhcpOption::MessageType(match self.kind {
            Kind::Discover => MessageType::Discover,
            Kind::Request => MessageType::Request,
            Kind::Decline => MessageType::Decline,
            Kind::Release => MessageType::Release,
        }));
        options.insert(DhcpOption::ClientIdentifier([&[1], &mac.0[..]].concat()));
        if let Some(address) = self.requested {
            options.insert(DhcpOption::RequestedIpAddress(address));
        }
        if let Some(server) = self.server {
            options.insert(DhcpOption::ServerIdentifier(server));
        }
        // RFC 2131, table 5.
        if matches!(self.kind, Kind::Discover | Kind::Request) {
            options.insert(DhcpOption::MaxMessageSize(LENGTH_MAX));
            options.insert(DhcpOption::ParameterRequestList(vec![
                OptionCode::SubnetMask,
                OptionCode::Router,
                OptionCode::DomainNameServer,
                OptionCode::DomainName,
                OptionCode::Renewal,
                OptionCode::Rebinding,
            ]));
        }
        let mut bytes = Vec::with_capacity(LENGTH_MIN);
        // A vector takes whatever is written to it.
        let _ = message.encode(&mut Encoder::new(&mut bytes));
        bytes.resize(bytes.len().max(LENGTH_MIN), 0);
        bytes
    }
}

impl Answer {
    /// Reads a server's message to the client `mac`.
    pub(crate) fn decode(bytes: &[u8], mac: Mac) -> Result<Self, Ignored> {
        let message = borrowed::Message::new(bytes).map_err(|_| Ignored::Malformed)?;
        if bytes.get(MAGIC_AT) != Some(&v4::MAGIC) {
            return Err(Ignored::Malformed);
        }
        if message.opcode() != Opcode::BootReply {
            return Err(Ignored::NotAnAnswer);
        }
        // The length is asked first: the crate cuts the address by it.
        if message.htype() != HType::Eth || usize::from(message.hlen()) != mac.0.len() || message.chaddr() != mac.0 {
            return Err(Ignored::ForSomeoneElse);
        }
        let options = Options::of(&message);
        let server = options.server.filter(|server| lease::is_host(*server)).ok_or(Ignored::NoServer)?;
        let says = match options.kind {
            Some(MessageType::Offer) => Says::Offer(options.grant(message.yiaddr(), server)?),
            Some(MessageType::Ack) => Says::Ack(options.grant(message.yiaddr(), server)?),
            Some(MessageType::Nak) => Says::Nak,
            _ => return Err(Ignored::NotAnAnswer),
        };
        Ok(Self { xid: message.xid(), server, says })
    }
}

/// The options that count.
#[derive(Debug, Default)]
struct Options {
    kind: Option<MessageType>,
    server: Option<Ipv4Addr>,
    mask: Option<Ipv4Addr>,
    routers: Vec<Ipv4Addr>,
    name_servers: Vec<Ipv4Addr>,
    domain: Option<String>,
    expire: Option<u32>,
    renew: Option<u32>,
    rebind: Option<u32>,
}

impl Options {
    /// Reads these and no others: the crate's readers of some that a client has no use for assert, in debug builds, that
    /// the sender got the length right. One that is malformed is as good as absent.
    fn of(message: &borrowed::Message<'_>) -> Self {
        const READ: [OptionCode; 9] = [
            OptionCode::MessageType,
            OptionCode::ServerIdentifier,
            OptionCode::SubnetMask,
            OptionCode::Router,
            OptionCode::DomainNameServer,
            OptionCode::DomainName,
            OptionCode::AddressLeaseTime,
            OptionCode::Renewal,
            OptionCode::Rebinding,
        ];
        let mut options = Self::default();
        for option in message.opts().filter(|option| READ.contains(&option.code())) {
            match option.into_option() {
                Ok(DhcpOption::MessageType(kind)) => options.kind = Some(kind),
                Ok(DhcpOption::ServerIdentifier(server)) => options.server = Some(server),
                Ok(DhcpOption::SubnetMask(mask)) => options.mask = Some(mask),
                Ok(DhcpOption::Router(routers)) => options.routers = routers,
                Ok(DhcpOption::DomainNameServer(servers)) => options.name_servers = servers,
                Ok(DhcpOption::DomainName(name)) => options.domain = Some(name),
                Ok(DhcpOption::AddressLeaseTime(seconds)) => options.expire = Some(seconds),
                Ok(DhcpOption::Renewal(seconds)) => options.renew = Some(seconds),
                Ok(DhcpOption::Rebinding(seconds)) => options.rebind = Some(seconds),
                Ok(_) | Err(_) => {}
            }
        }
        options
    }

    /// The lease of an offer or an acknowledgement. What is wrong and can be done without is left out.
    fn grant(self, address: Ipv4Addr, server: Ipv4Addr) -> Result<Lease, Ignored> {
        let prefix = match self.mask {
            Some(mask) => lease::prefix(mask).ok_or(Ignored::Lease(lease::Flaw::Prefix))?,
            None => class(address),
        };
        let expire = self.expire.ok_or(Ignored::NoLeaseTime)?;
        if expire < LEASE_MIN {
            return Err(Ignored::TooShort);
        }
        let domain = self.domain.map(|name| name.trim_end_matches(['\0', '.']).to_owned());
        let lease = Lease {
            address,
            prefix,
            server,
            routers: hosts(&self.routers, ROUTERS_MAX, Some(address)),
            name_servers: hosts(&self.name_servers, NAME_SERVERS_MAX, None),
            domain: domain.filter(|name| lease::is_domain(name)),
            times: times(self.renew, self.rebind, expire),
        };
        lease.check().map_err(Ignored::Lease)?;
        Ok(lease)
    }
}

/// T1 and T2 as the server says, or half and seven eighths of the lease where it says nothing or nonsense (RFC 2131,
/// 4.4.5).
fn times(renew: Option<u32>, rebind: Option<u32>, expire: u32) -> Times {
    if expire == FOREVER {
        return Times { renew: FOREVER, rebind: FOREVER, expire };
    }
    let rebind = rebind.filter(|rebind| (1..expire).contains(rebind)).unwrap_or(expire - expire / 8);
    let renew = renew.filter(|renew| (1..rebind).contains(renew)).unwrap_or((expire / 2).min(rebind));
    Times { renew, rebind, expire }
}

fn hosts(addresses: &[Ipv4Addr], most: usize, but: Option<Ipv4Addr>) -> Vec<Ipv4Addr> {
    addresses.iter().copied().filter(|address| lease::is_host(*address) && Some(*address) != but).take(most).collect()
}

/// The network's bits as they follow from the address alone, where a server does not say them (RFC 791, 3.2).
fn class(address: Ipv4Addr) -> u8 {
    match address.octets()[0] {
        0..128 => 8,
        128..192 => 16,
        192.. => 24,
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use dhcproto::{Decodable as _, Decoder};

    use super::*;
    use crate::lease::example;

    pub(crate) const MAC: Mac = Mac([2, 0, 0, 0, 0, 7]);

    /// A server's message, to be made wrong.
    fn answer(kind: MessageType) -> v4::Message {
        let nobody = Ipv4Addr::UNSPECIFIED;
        let lease = example();
        let mut message = v4::Message::new_with_id(7, nobody, lease.address, nobody, nobody, &MAC.0);
        message.set_opcode(Opcode::BootReply);
        for option in [
            DhcpOption::MessageType(kind),
            DhcpOption::ServerIdentifier(lease.server),
            DhcpOption::SubnetMask(lease.mask()),
            DhcpOption::Router(lease.routers),
            DhcpOption::DomainNameServer(lease.name_servers),
            DhcpOption::DomainName("example.org".to_owned()),
            DhcpOption::AddressLeaseTime(600),
        ] {
            message.opts_mut().insert(option);
        }
        message
    }

    fn bytes(message: &v4::Message) -> Vec<u8> {
        message.to_vec().expect("it can be written")
    }

    fn decode(message: &v4::Message) -> Result<Answer, Ignored> {
        Answer::decode(&bytes(message), MAC)
    }

    fn with(option: DhcpOption) -> Result<Answer, Ignored> {
        let mut message = answer(MessageType::Ack);
        message.opts_mut().insert(option);
        decode(&message)
    }

    fn lease(answer: Result<Answer, Ignored>) -> Lease {
        match answer.expect("an answer").says {
            Says::Ack(lease) | Says::Offer(lease) => lease,
            Says::Nak => panic!("a refusal"),
        }
    }

    #[test]
    fn answers_are_read() {
        let server = example().server;
        let read = |kind| decode(&answer(kind));
        assert_eq!(read(MessageType::Offer), Ok(Answer { xid: 7, server, says: Says::Offer(example()) }));
        assert_eq!(read(MessageType::Ack), Ok(Answer { xid: 7, server, says: Says::Ack(example()) }));
        assert_eq!(read(MessageType::Nak), Ok(Answer { xid: 7, server, says: Says::Nak }));
        assert_eq!(read(MessageType::Discover), Err(Ignored::NotAnAnswer));
    }

    #[test]
    fn what_is_not_meant_for_this_client_is_ignored() {
        let mut request = answer(MessageType::Ack);
        request.set_opcode(Opcode::BootRequest);
        assert_eq!(decode(&request), Err(Ignored::NotAnAnswer));
        let whole = bytes(&answer(MessageType::Ack));
        for (place, ignored) in [
            (1, Ignored::ForSomeoneElse),
            (2, Ignored::ForSomeoneElse),
            (28, Ignored::ForSomeoneElse),
            (236, Ignored::Malformed),
            (239, Ignored::Malformed),
        ] {
            let mut wrong = whole.clone();
            wrong[place] ^= 0xff;
            assert_eq!(Answer::decode(&wrong, MAC), Err(ignored), "byte {place}");
        }
        let mut silent = answer(MessageType::Ack);
        silent.opts_mut().remove(OptionCode::ServerIdentifier);
        assert_eq!(decode(&silent), Err(Ignored::NoServer));
        let mut silent = answer(MessageType::Ack);
        silent.opts_mut().remove(OptionCode::AddressLeaseTime);
        assert_eq!(decode(&silent), Err(Ignored::NoLeaseTime));
    }

    #[test]
    fn no_length_is_too_short_to_be_refused() {
        let whole = bytes(&answer(MessageType::Ack));
        for length in 0..240 {
            assert_eq!(Answer::decode(&whole[..length], MAC), Err(Ignored::Malformed), "{length} bytes");
        }
        for length in 240..whole.len() {
            // Options that are there count, and without the first two there is no answer.
            let _ = Answer::decode(&whole[..length], MAC);
        }
    }

    #[test]
    fn random_options_end_no_client() {
        let mut bytes = bytes(&answer(MessageType::Ack));
        bytes.resize(600, 0);
        let mut state = 1_u64;
        for _ in 0..200_000 {
            for byte in &mut bytes[240..] {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                *byte = state.to_be_bytes()[0];
            }
            let _ = Answer::decode(&bytes, MAC);
        }
    }

    #[test]
    fn what_can_be_done_without_is_left_out() {
        let nobody = Ipv4Addr::UNSPECIFIED;
        let router = Ipv4Addr::new(192, 0, 2, 1);
        assert_eq!(lease(with(DhcpOption::Router(vec![nobody, router]))).routers, [router]);
        assert_eq!(lease(with(DhcpOption::DomainNameServer(vec![router; 30]))).name_servers.len(), NAME_SERVERS_MAX);
        assert_eq!(lease(with(DhcpOption::DomainName("a\nb".to_owned()))).domain, None);
        assert_eq!(lease(with(DhcpOption::DomainName("a.b.\0".to_owned()))).domain.as_deref(), Some("a.b"));
        let wrong = DhcpOption::SubnetMask(Ipv4Addr::new(255, 0, 255, 0));
        assert_eq!(with(wrong), Err(Ignored::Lease(lease::Flaw::Prefix)));
        let mut classful = answer(MessageType::Ack);
        classful.opts_mut().remove(OptionCode::SubnetMask);
        assert_eq!(lease(decode(&classful)).prefix, 24);
        classful.set_yiaddr(Ipv4Addr::new(10, 0, 0, 7));
        assert_eq!(lease(decode(&classful)).prefix, 8);
    }

    #[test]
    fn the_servers_times_count_where_they_make_sense() {
        assert_eq!(times(None, None, 600), Times { renew: 300, rebind: 525, expire: 600 });
        assert_eq!(times(Some(10), Some(20), 600), Times { renew: 10, rebind: 20, expire: 600 });
        assert_eq!(times(Some(600), Some(700), 600), Times { renew: 300, rebind: 525, expire: 600 });
        assert_eq!(times(Some(30), Some(20), 600), Times { renew: 20, rebind: 20, expire: 600 });
        assert_eq!(with(DhcpOption::AddressLeaseTime(9)), Err(Ignored::TooShort));
        assert_eq!(times(Some(1), Some(2), FOREVER), Times { renew: FOREVER, rebind: FOREVER, expire: FOREVER });
        assert_eq!(times(Some(0), Some(0), 600), Times { renew: 300, rebind: 525, expire: 600 });
    }

    #[test]
    fn what_the_client_says_is_what_the_tables_ask_for() {
        let message = Message {
            kind: Kind::Request,
            xid: 7,
            secs: 3,
            own: None,
            requested: Some(example().address),
            server: Some(example().server),
        };
        let bytes = message.encode(MAC);
        assert!(bytes.len() >= LENGTH_MIN);
        let read = v4::Message::decode(&mut Decoder::new(&bytes)).expect("a message");
        assert_eq!((read.xid(), read.secs(), read.chaddr()), (7, 3, &MAC.0[..]));
        assert_eq!((read.opcode(), read.ciaddr()), (Opcode::BootRequest, Ipv4Addr::UNSPECIFIED));
        let options = read.opts();
        assert_eq!(options.msg_type(), Some(MessageType::Request));
        let requested = DhcpOption::RequestedIpAddress(example().address);
        assert_eq!(options.get(OptionCode::RequestedIpAddress), Some(&requested));
        assert!(options.get(OptionCode::ParameterRequestList).is_some());
        let release = Message { kind: Kind::Release, requested: None, own: Some(example().address), ..message };
        let read = v4::Message::decode(&mut Decoder::new(&release.encode(MAC))).expect("a message");
        assert_eq!(read.ciaddr(), example().address);
        assert!(read.opts().get(OptionCode::ParameterRequestList).is_none());
    }
}
