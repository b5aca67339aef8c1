//! What crosses the pipe from the confined part to the privileged one, and the bytes in which it does.
//!
//! A report is at most 330 bytes. All numbers are big endian, as on the wire:
//!
//! | bytes | what |
//! |---|---|
//! | 4 | `dhr1` |
//! | 1 | 1 bound, 2 rebooted, 3 renewed, 4 rebound; 5 expired, 6 refused by the server |
//! | 1 | bits of the network |
//! | 1, 1, 1 | how many routers (at most 4), name servers (at most 8), bytes of the domain name (at most 253) follow |
//! | 4, 4 | address, server |
//! | 4, 4, 4 | seconds until the lease is renewed, rebound, over; 2^32-1 is never |
//! | 4 each | the routers, then the name servers |
//! | 0 to 253 | the domain name |
//!
//! In a report of a loss (5, 6) everything after the second field is 0. The privileged part ends the confined one if
//! anything else arrives.

use std::net::Ipv4Addr;

use crate::lease::{DOMAIN_MAX, Flaw, Lease, NAME_SERVERS_MAX, ROUTERS_MAX, Times};

const MAGIC: &[u8; 4] = b"dhr1";
/// Bytes of a report without its lists.
const FIXED: usize = 29;
/// The longest report.
pub(crate) const REPORT_MAX: usize = FIXED + 4 * (ROUTERS_MAX + NAME_SERVERS_MAX) + DOMAIN_MAX;

/// How a lease was got.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reason {
    /// From the beginning.
    Bound,
    /// A lease of an earlier run was confirmed.
    Rebooted,
    /// The server extended it.
    Renewed,
    /// Another server extended it, or the same one when all were asked.
    Rebound,
}

/// How a lease was lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Loss {
    /// Its time is over.
    Expired,
    /// The server says that the address is not to be used.
    Refused,
}

/// What the confined part tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Report {
    Held(Reason, Lease),
    Lost(Loss),
}

/// Bytes that are no report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Malformed {
    /// They do not have the form.
    Form,
    /// The lease is not acceptable.
    Lease(Flaw),
}

impl Report {
    /// The report as bytes.
    pub(crate) fn encode(&self) -> Vec<u8> {
        let mut bytes = MAGIC.to_vec();
        match self {
            Self::Held(reason, lease) => {
                bytes.push(match reason {
                    Reason::Bound => 1,
                    Reason::Rebooted => 2,
                    Reason::Renewed => 3,
                    Reason::Rebound => 4,
                });
                let domain = lease.domain.as_deref().unwrap_or_default().as_bytes();
                let count = |length: usize| u8::try_from(length).unwrap_or(u8::MAX);
                bytes.push(lease.prefix);
                bytes.extend([lease.routers.len(), lease.name_servers.len(), domain.len()].map(count));
                bytes.extend([lease.address, lease.server].map(|address| address.octets()).concat());
                let Times { renew, rebind, expire } = lease.times;
                bytes.extend([renew, rebind, expire].map(u32::to_be_bytes).concat());
                for address in lease.routers.iter().chain(&lease.name_servers) {
                    bytes.extend(address.octets());
                }
                bytes.extend(domain);
            }
            Self::Lost(loss) => {
                bytes.push(match loss {
                    Loss::Expired => 5,
                    Loss::Refused => 6,
                });
                bytes.resize(FIXED, 0);
            }
        }
        bytes
    }

    /// Takes the first report off `bytes`; `None` where its end is not there yet.
    pub(crate) fn take(bytes: &mut Vec<u8>) -> Result<Option<Self>, Malformed> {
        let Some(length) = length(bytes)? else { return Ok(None) };
        let whole: Vec<u8> = bytes.drain(..length).collect();
        Self::decode(&whole).map(Some)
    }

    fn decode(bytes: &[u8]) -> Result<Self, Malformed> {
        let mut rest = &bytes[MAGIC.len()..];
        let [kind, prefix, routers, name_servers, domain] = next(&mut rest)?;
        let reason = match kind {
            1 => Reason::Bound,
            2 => Reason::Rebooted,
            3 => Reason::Renewed,
            4 => Reason::Rebound,
            5 | 6 => {
                let empty = bytes[MAGIC.len() + 1..].iter().all(|byte| *byte == 0);
                let loss = if kind == 5 { Loss::Expired } else { Loss::Refused };
                return if empty { Ok(Self::Lost(loss)) } else { Err(Malformed::Form) };
            }
            0 | 7.. => return Err(Malformed::Form),
        };
        let address = Ipv4Addr::from(next(&mut rest)?);
        let server = Ipv4Addr::from(next(&mut rest)?);
        let mut seconds = || next(&mut rest).map(u32::from_be_bytes);
        let times = Times { renew: seconds()?, rebind: seconds()?, expire: seconds()? };
        let mut addresses =
            |count: u8| (0..count).map(|_| next(&mut rest).map(Ipv4Addr::from)).collect::<Result<_, _>>();
        let (routers, name_servers) = (addresses(routers)?, addresses(name_servers)?);
        let domain = match domain {
            0 => None,
            1.. => Some(String::from_utf8(rest.to_vec()).map_err(|_| Malformed::Lease(Flaw::Domain))?),
        };
        let lease = Lease { address, prefix, server, routers, name_servers, domain, times };
        lease.check().map_err(Malformed::Lease)?;
        Ok(Self::Held(reason, lease))
    }
}

/// How long the report at the front is; `None` where that is not known yet, or not all of it is there.
fn length(bytes: &[u8]) -> Result<Option<usize>, Malformed> {
    if !bytes.iter().zip(MAGIC).all(|(byte, magic)| byte == magic) {
        return Err(Malformed::Form);
    }
    let [.., routers, name_servers, domain] = match bytes.first_chunk::<9>() {
        Some(front) => front.map(usize::from),
        None => return Ok(None),
    };
    if routers > ROUTERS_MAX || name_servers > NAME_SERVERS_MAX || domain > DOMAIN_MAX {
        return Err(Malformed::Form);
    }
    let length = FIXED + 4 * (routers + name_servers) + domain;
    Ok((bytes.len() >= length).then_some(length))
}

/// Takes the next `N` bytes off the front.
fn next<const N: usize>(bytes: &mut &[u8]) -> Result<[u8; N], Malformed> {
    let (first, rest) = bytes.split_first_chunk().ok_or(Malformed::Form)?;
    *bytes = rest;
    Ok(*first)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lease::example;

    fn all() -> Vec<Report> {
        let reasons = [Reason::Bound, Reason::Rebooted, Reason::Renewed, Reason::Rebound];
        let held = reasons.map(|reason| Report::Held(reason, example()));
        let bare = Lease { routers: Vec::new(), name_servers: Vec::new(), domain: None, ..example() };
        let more = [Report::Held(Reason::Bound, bare), Report::Lost(Loss::Expired), Report::Lost(Loss::Refused)];
        held.into_iter().chain(more).collect()
    }

    #[test]
    fn reports_survive_the_pipe_in_any_pieces() {
        let mut bytes = Vec::new();
        let mut arrived = Vec::new();
        for byte in all().iter().flat_map(Report::encode) {
            bytes.push(byte);
            arrived.extend(Report::take(&mut bytes).expect("a report"));
        }
        assert_eq!(arrived, all());
        assert!(bytes.is_empty());
    }

    #[test]
    fn the_longest_report_is_as_long_as_it_says() {
        let lease = Lease {
            routers: vec![Ipv4Addr::new(192, 0, 2, 1); ROUTERS_MAX],
            name_servers: vec![Ipv4Addr::new(192, 0, 2, 1); NAME_SERVERS_MAX],
            domain: Some(["a".repeat(63).as_str(); 4].join(".")[..DOMAIN_MAX].to_owned()),
            ..example()
        };
        let report = Report::Held(Reason::Bound, lease);
        let mut bytes = report.encode();
        assert_eq!((bytes.len(), REPORT_MAX), (330, 330));
        assert_eq!(Report::take(&mut bytes), Ok(Some(report)));
    }

    #[test]
    fn wrong_bytes_are_refused_wherever_they_stand() {
        for report in all() {
            let bytes = report.encode();
            for place in 0..bytes.len() {
                for value in 0..=u8::MAX {
                    let mut changed = bytes.clone();
                    changed[place] = value;
                    // What is accepted says exactly what it says.
                    if let Ok(Some(other)) = Report::take(&mut changed.clone()) {
                        assert_eq!(other.encode(), changed[..other.encode().len()], "byte {place}");
                    }
                }
            }
        }
    }

    #[test]
    fn unknown_kinds_and_long_lists_are_refused() {
        for (place, value) in [(0, b'x'), (3, b'2'), (4, 0), (4, 7), (6, 5), (7, 9), (8, 254)] {
            let mut bytes = all()[0].encode();
            bytes[place] = value;
            assert_eq!(Report::take(&mut bytes), Err(Malformed::Form), "byte {place}");
        }
        let mut loss = Report::Lost(Loss::Expired).encode();
        loss[20] = 1;
        assert_eq!(Report::take(&mut loss), Err(Malformed::Form));
    }

    #[test]
    fn a_lease_that_is_not_acceptable_is_refused() {
        let lease = Lease { domain: Some("a\nb".to_owned()), ..example() };
        let mut bytes = Report::Held(Reason::Bound, lease).encode();
        assert_eq!(Report::take(&mut bytes), Err(Malformed::Lease(Flaw::Domain)));
        let mut bytes = Report::Held(Reason::Bound, Lease { address: Ipv4Addr::BROADCAST, ..example() }).encode();
        assert_eq!(Report::take(&mut bytes), Err(Malformed::Lease(Flaw::Address)));
    }
}
