//! The lease file: one lease in the words of dhclient.leases(5), for the next run and for other programs.

use std::fmt::Write as _;
use std::io;
use std::net::Ipv4Addr;
use std::path::Path;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use crate::files;
use crate::lease::{self, FOREVER, Lease, Times};

/// A lease as the file tells it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Stored {
    pub(crate) interface: String,
    pub(crate) lease: Lease,
}

/// Writes the lease, whose times count from `now`.
///
/// # Errors
///
/// What the system says. The file is complete or as it was.
pub(crate) fn write(path: &Path, interface: &str, lease: &Lease, now: SystemTime) -> io::Result<()> {
    files::replace(path, &text(interface, lease, now))
}

/// Reads it. `None`: there is none.
///
/// # Errors
///
/// What the system says, or that it is no lease file.
pub(crate) fn read(path: &Path, now: SystemTime) -> io::Result<Option<Stored>> {
    match std::fs::read_to_string(path) {
        Ok(text) => match parse(&text, now) {
            Ok(stored) => Ok(Some(stored)),
            Err(wrong) => Err(io::Error::new(io::ErrorKind::InvalidData, wrong)),
        },
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

fn text(interface: &str, lease: &Lease, now: SystemTime) -> String {
    let mut text = format!("lease {{\n  interface \"{interface}\";\n  fixed-address {};\n", lease.address);
    let mut line = |line: std::fmt::Arguments<'_>| {
        // A string takes whatever is written to it.
        let _ = writeln!(text, "  {line};");
    };
    line(format_args!("option subnet-mask {}", lease.mask()));
    line(format_args!("option dhcp-server-identifier {}", lease.server));
    if !lease.routers.is_empty() {
        line(format_args!("option routers {}", list(&lease.routers)));
    }
    if !lease.name_servers.is_empty() {
        line(format_args!("option domain-name-servers {}", list(&lease.name_servers)));
    }
    if let Some(domain) = &lease.domain {
        line(format_args!("option domain-name \"{domain}\""));
    }
    let Times { renew, rebind, expire } = lease.times;
    for (name, seconds) in [("renew", renew), ("rebind", rebind), ("expire", expire)] {
        if seconds == FOREVER {
            line(format_args!("{name} never"));
        } else {
            let time = now + Duration::from_secs(seconds.into());
            line(format_args!("{name} epoch {}", time.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs()));
        }
    }
    text + "}\n"
}

fn list(addresses: &[Ipv4Addr]) -> String {
    addresses.iter().map(Ipv4Addr::to_string).collect::<Vec<_>>().join(", ")
}

/// Reads what [`text`] wrote.
fn parse(text: &str, now: SystemTime) -> Result<Stored, String> {
    let body = text.strip_prefix("lease {\n").and_then(|text| text.strip_suffix("}\n"));
    let body = body.ok_or("it is not one lease in braces")?;
    let fields: Vec<(&str, &str)> = body
        .lines()
        .enumerate()
        .map(|(number, line)| field(line).ok_or_else(|| format!("line {}: `{line}` is no field", number + 2)))
        .collect::<Result<_, _>>()?;
    let find = |name: &str| fields.iter().find(|(known, _)| *known == name).map(|(_, value)| *value);
    let need = |name: &str| find(name).ok_or_else(|| format!("there is no `{name}`"));
    let address = |name: &str| need(name)?.parse().map_err(|_| format!("`{name}` is no address"));
    let addresses = |name: &str| -> Result<Vec<Ipv4Addr>, String> {
        let parsed: Result<_, _> = find(name).into_iter().flat_map(|value| value.split(", ")).map(str::parse).collect();
        parsed.map_err(|_| format!("`{name}` are no addresses"))
    };
    let seconds = |name: &str| -> Result<u32, String> {
        let value = need(name)?;
        if value == "never" {
            return Ok(FOREVER);
        }
        let time = value.strip_prefix("epoch ").and_then(|time| time.parse().ok());
        let time = UNIX_EPOCH + Duration::from_secs(time.ok_or_else(|| format!("`{name}` is no time"))?);
        let left = time.duration_since(now).unwrap_or_default().as_secs();
        Ok(u32::try_from(left).unwrap_or(FOREVER))
    };
    let quoted = |value: &str| value.trim_matches('"').to_owned();
    let lease = Lease {
        address: address("fixed-address")?,
        prefix: lease::prefix(address("option subnet-mask")?).ok_or("`option subnet-mask` is no mask")?,
        server: address("option dhcp-server-identifier")?,
        routers: addresses("option routers")?,
        name_servers: addresses("option domain-name-servers")?,
        domain: find("option domain-name").map(quoted),
        times: Times { renew: seconds("renew")?, rebind: seconds("rebind")?, expire: seconds("expire")? },
    };
    Ok(Stored { interface: quoted(need("interface")?), lease })
}

/// `  option routers 192.0.2.1;` as its name and its value. Names that begin with `option` have two words.
fn field(line: &str) -> Option<(&str, &str)> {
    let line = line.trim_start().strip_suffix(';')?;
    let words = if line.starts_with("option ") { 2 } else { 1 };
    let (end, _) = line.match_indices(' ').nth(words - 1)?;
    Some((&line[..end], &line[end + 1..]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lease::example;

    fn now() -> SystemTime {
        UNIX_EPOCH + Duration::from_secs(1_700_000_000)
    }

    #[test]
    fn a_lease_survives_the_file() {
        let bare = Lease { routers: Vec::new(), name_servers: Vec::new(), domain: None, ..example() };
        let endless = Lease { times: Times { renew: FOREVER, rebind: FOREVER, expire: FOREVER }, ..example() };
        for lease in [example(), bare, endless] {
            let text = text("eth0", &lease, now());
            assert_eq!(parse(&text, now()), Ok(Stored { interface: "eth0".to_owned(), lease }), "{text}");
        }
    }

    #[test]
    fn it_looks_as_it_does_elsewhere() {
        let expected = "lease {\n  interface \"eth0\";\n  fixed-address 192.0.2.10;\n  option subnet-mask 255.255.255.0;\n  \
            option dhcp-server-identifier 192.0.2.1;\n  option routers 192.0.2.1;\n  \
            option domain-name-servers 192.0.2.1, 198.51.100.53;\n  option domain-name \"example.org\";\n  \
            renew epoch 1700000300;\n  rebind epoch 1700000525;\n  expire epoch 1700000600;\n}\n";
        assert_eq!(text("eth0", &example(), now()), expected);
    }

    #[test]
    fn time_goes_by_while_it_lies_there() {
        let text = text("eth0", &example(), now());
        let left = |seconds| parse(&text, now() + Duration::from_secs(seconds)).expect("a lease").lease.times;
        assert_eq!(left(100), Times { renew: 200, rebind: 425, expire: 500 });
        assert_eq!(left(10_000), Times { renew: 0, rebind: 0, expire: 0 });
    }

    #[test]
    fn what_is_wrong_is_said() {
        let text = text("eth0", &example(), now());
        for (from, to, says) in [
            ("lease {", "", "it is not one lease in braces"),
            ("  fixed-address 192.0.2.10;\n", "", "there is no `fixed-address`"),
            ("192.0.2.10;", "192.0.2.10", "line 3: `  fixed-address 192.0.2.10` is no field"),
            ("fixed-address 192.0.2.10", "fixed-address here", "`fixed-address` is no address"),
            ("routers 192.0.2.1", "routers a, b", "`option routers` are no addresses"),
            ("255.255.255.0", "255.0.255.0", "`option subnet-mask` is no mask"),
            ("epoch 1700000600", "soon", "`expire` is no time"),
        ] {
            assert_eq!(parse(&text.replace(from, to), now()), Err(says.to_owned()));
        }
        for length in 0..text.len() {
            assert!(parse(&text[..length], now()).is_err(), "{length} bytes");
        }
    }
}
