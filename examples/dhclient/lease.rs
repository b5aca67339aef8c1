//! A lease: what a server grants, and what makes it acceptable.
//!
//! The confined part checks it when it has parsed a server's message, and the privileged part checks it again before it
//! acts: it believes nothing that the confined part says.

use std::fmt;
use std::net::Ipv4Addr;

/// The most routers that are kept.
pub(crate) const ROUTERS_MAX: usize = 4;
/// The most name servers that are kept.
pub(crate) const NAME_SERVERS_MAX: usize = 8;
/// The longest domain name (RFC 1035, 3.1, as text).
pub(crate) const DOMAIN_MAX: usize = 253;
/// The longest label of a domain name.
const LABEL_MAX: usize = 63;
/// The shortest prefix: no network is larger than those that were once given out as class A.
const PREFIX_MIN: u8 = 8;

/// Seconds that never end (RFC 2131, 3.3).
pub(crate) const FOREVER: u32 = u32::MAX;

/// A lease.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Lease {
    pub(crate) address: Ipv4Addr,
    /// Bits of the network.
    pub(crate) prefix: u8,
    /// The server's identifier, which is its address.
    pub(crate) server: Ipv4Addr,
    pub(crate) routers: Vec<Ipv4Addr>,
    pub(crate) name_servers: Vec<Ipv4Addr>,
    pub(crate) domain: Option<String>,
    pub(crate) times: Times,
}

/// Seconds from now until each step. [`FOREVER`] is never.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Times {
    /// T1: the server is asked to extend the lease.
    pub(crate) renew: u32,
    /// T2: any server is asked.
    pub(crate) rebind: u32,
    /// The address must not be used any more.
    pub(crate) expire: u32,
}

/// Why a lease is not acceptable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Flaw {
    Address,
    Prefix,
    Server,
    Router,
    NameServer,
    Domain,
    Times,
}

impl fmt::Display for Flaw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Address => "the address is not one that a host can have",
            Self::Prefix => "the netmask is not one",
            Self::Server => "the server's address is not one that a host can have",
            Self::Router => "a router's address is not one that a host can have, or there are too many",
            Self::NameServer => "a name server's address is not one that a host can have, or there are too many",
            Self::Domain => "the domain name is not one",
            Self::Times => "the times are not in order",
        })
    }
}

impl Lease {
    /// Finds what is wrong with it.
    pub(crate) fn check(&self) -> Result<(), Flaw> {
        ensure((PREFIX_MIN..=32).contains(&self.prefix), Flaw::Prefix)?;
        ensure(is_host(self.address) && self.is_host_of_its_network(), Flaw::Address)?;
        ensure(is_host(self.server), Flaw::Server)?;
        let usable = |router: &Ipv4Addr| is_host(*router) && *router != self.address;
        ensure(self.routers.len() <= ROUTERS_MAX && self.routers.iter().all(usable), Flaw::Router)?;
        let usable = |server: &Ipv4Addr| is_host(*server);
        ensure(self.name_servers.len() <= NAME_SERVERS_MAX && self.name_servers.iter().all(usable), Flaw::NameServer)?;
        ensure(self.domain.as_deref().is_none_or(is_domain), Flaw::Domain)?;
        let Times { renew, rebind, expire } = self.times;
        ensure(renew <= rebind && rebind <= expire && expire > 0, Flaw::Times)
    }

    /// The network's mask.
    pub(crate) fn mask(&self) -> Ipv4Addr {
        mask(self.prefix)
    }

    /// The network's broadcast address.
    pub(crate) fn broadcast(&self) -> Ipv4Addr {
        Ipv4Addr::from_bits(self.address.to_bits() | !self.mask().to_bits())
    }

    /// Whether `other` is a neighbour, to be reached without a router.
    pub(crate) fn is_on_link(&self, other: Ipv4Addr) -> bool {
        self.address & self.mask() == other & self.mask()
    }

    /// Whom a packet for `other` goes to on this link.
    pub(crate) fn next_hop(&self, other: Ipv4Addr) -> Ipv4Addr {
        if self.is_on_link(other) { other } else { self.routers.first().copied().unwrap_or(other) }
    }

    /// The first and the last address of a network are nobody's, except in the smallest ones (RFC 3021).
    fn is_host_of_its_network(&self) -> bool {
        let network = self.address & self.mask();
        self.prefix >= 31 || (self.address != network && self.address != self.broadcast())
    }
}

impl Times {
    /// The times as they are `seconds` later.
    pub(crate) fn after(self, seconds: u32) -> Self {
        let after = |time: u32| if time == FOREVER { FOREVER } else { time.saturating_sub(seconds) };
        Self { renew: after(self.renew), rebind: after(self.rebind), expire: after(self.expire) }
    }
}

/// The mask of so many bits.
pub(crate) fn mask(prefix: u8) -> Ipv4Addr {
    Ipv4Addr::from_bits(u32::MAX.checked_shl(32 - u32::from(prefix.min(32))).unwrap_or(0))
}

/// The bits of a mask, if it is one.
pub(crate) fn prefix(mask: Ipv4Addr) -> Option<u8> {
    let bits = mask.to_bits();
    let ones = bits.leading_ones();
    (ones + bits.trailing_zeros() == 32 || ones == 32).then(|| u8::try_from(ones).ok())?
}

/// Whether one host somewhere can have the address.
pub(crate) fn is_host(address: Ipv4Addr) -> bool {
    let first = address.octets()[0];
    first != 0 && first != 127 && first < 224
}

/// Whether it is a name of letters, digits, hyphens and underscores between dots: nothing that means something in a
/// file or to a script.
pub(crate) fn is_domain(name: &str) -> bool {
    let is_label = |label: &str| {
        let fits = (1..=LABEL_MAX).contains(&label.len());
        let plain = label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_');
        fits && plain && !label.starts_with('-') && !label.ends_with('-')
    };
    name.len() <= DOMAIN_MAX && name.split('.').all(is_label)
}

fn ensure(holds: bool, flaw: Flaw) -> Result<(), Flaw> {
    if holds { Ok(()) } else { Err(flaw) }
}

#[cfg(test)]
pub(crate) fn example() -> Lease {
    Lease {
        address: Ipv4Addr::new(192, 0, 2, 10),
        prefix: 24,
        server: Ipv4Addr::new(192, 0, 2, 1),
        routers: vec![Ipv4Addr::new(192, 0, 2, 1)],
        name_servers: vec![Ipv4Addr::new(192, 0, 2, 1), Ipv4Addr::new(198, 51, 100, 53)],
        domain: Some("example.org".to_owned()),
        times: Times { renew: 300, rebind: 525, expire: 600 },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn flaw(change: impl FnOnce(&mut Lease)) -> Option<Flaw> {
        let mut lease = example();
        change(&mut lease);
        lease.check().err()
    }

    #[test]
    fn an_ordinary_lease_is_acceptable() {
        assert_eq!(flaw(|_| {}), None);
        assert_eq!(flaw(|lease| lease.times = Times { renew: 0, rebind: 0, expire: 1 }), None);
        assert_eq!(flaw(|lease| lease.times.expire = FOREVER), None);
        assert_eq!(flaw(|lease| lease.domain = None), None);
        assert_eq!(flaw(|lease| lease.prefix = 32), None);
        assert_eq!(flaw(|lease| (lease.address, lease.prefix) = (Ipv4Addr::new(192, 0, 2, 0), 31)), None);
    }

    #[test]
    fn addresses_of_nobody_are_refused() {
        for octets in
            [[0, 0, 0, 0], [127, 0, 0, 1], [224, 0, 0, 1], [255, 255, 255, 255], [192, 0, 2, 0], [192, 0, 2, 255]]
        {
            let address = Ipv4Addr::from(octets);
            assert_eq!(flaw(|lease| lease.address = address), Some(Flaw::Address), "{address}");
        }
        let nobody = Ipv4Addr::UNSPECIFIED;
        assert_eq!(flaw(|lease| lease.server = nobody), Some(Flaw::Server));
        assert_eq!(flaw(|lease| lease.routers.push(nobody)), Some(Flaw::Router));
        assert_eq!(flaw(|lease| lease.routers.push(lease.address)), Some(Flaw::Router));
        assert_eq!(flaw(|lease| lease.name_servers.push(Ipv4Addr::LOCALHOST)), Some(Flaw::NameServer));
    }

    #[test]
    fn lists_are_bounded() {
        let address = Ipv4Addr::new(192, 0, 2, 1);
        assert_eq!(flaw(|lease| lease.routers = vec![address; ROUTERS_MAX + 1]), Some(Flaw::Router));
        assert_eq!(flaw(|lease| lease.name_servers = vec![address; NAME_SERVERS_MAX + 1]), Some(Flaw::NameServer));
    }

    #[test]
    fn names_that_mean_something_elsewhere_are_refused() {
        let (label, too_long) = ("a".repeat(63), "a".repeat(64));
        for name in ["", ".", "a..b", "a.", "-a.b", "a-.b", "a b", "a\nnameserver 192.0.2.66", "$(x)", "ä", &too_long]
        {
            assert_eq!(flaw(|lease| lease.domain = Some(name.to_owned())), Some(Flaw::Domain), "{name:?}");
        }
        let long = [label.as_str(); 4].join(".");
        assert_eq!(flaw(|lease| lease.domain = Some(long)), Some(Flaw::Domain));
        for name in ["example", "a.b-c.d_e", &label] {
            assert_eq!(flaw(|lease| lease.domain = Some(name.to_owned())), None, "{name:?}");
        }
    }

    #[test]
    fn masks_and_prefixes_are_the_same() {
        for bits in 0..=32 {
            assert_eq!(prefix(mask(bits)), Some(bits));
        }
        assert_eq!(prefix(Ipv4Addr::new(255, 0, 255, 0)), None);
        assert_eq!(flaw(|lease| lease.prefix = 7), Some(Flaw::Prefix));
        assert_eq!(flaw(|lease| lease.prefix = 33), Some(Flaw::Prefix));
    }

    #[test]
    fn times_are_in_order_and_pass() {
        assert_eq!(flaw(|lease| lease.times.renew = 601), Some(Flaw::Times));
        assert_eq!(flaw(|lease| lease.times.rebind = 601), Some(Flaw::Times));
        let times = Times { renew: 10, rebind: 20, expire: FOREVER };
        assert_eq!(times.after(15), Times { renew: 0, rebind: 5, expire: FOREVER });
    }

    #[test]
    fn what_is_not_on_the_link_goes_to_the_router() {
        let lease = Lease { routers: vec![Ipv4Addr::new(192, 0, 2, 254)], ..example() };
        assert_eq!(lease.next_hop(Ipv4Addr::new(192, 0, 2, 77)), Ipv4Addr::new(192, 0, 2, 77));
        assert_eq!(lease.next_hop(Ipv4Addr::new(203, 0, 113, 1)), Ipv4Addr::new(192, 0, 2, 254));
        assert_eq!(lease.broadcast(), Ipv4Addr::new(192, 0, 2, 255));
    }
}
