//! A program of the user's that applies leases, told by its environment what dhclient-script(8) is told.

use std::io;
use std::net::Ipv4Addr;
use std::path::Path;
use std::process::Command;

use crate::lease::Lease;

const PATH: &str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/// Runs the script and waits for its end.
///
/// # Errors
///
/// If it cannot be run, or does not end with 0.
pub(crate) fn run(script: &Path, interface: &str, reason: &str, lease: &Lease) -> io::Result<()> {
    let status = Command::new(script).env_clear().envs(environment(interface, reason, lease)).status()?;
    if status.success() { Ok(()) } else { Err(io::Error::other(format!("it ended with {status}"))) }
}

/// Every value was checked: none holds anything that means something to a shell.
fn environment(interface: &str, reason: &str, lease: &Lease) -> Vec<(String, String)> {
    let gone = matches!(reason, "EXPIRE" | "RELEASE");
    let named = |name: &str| format!("{}_{name}", if gone { "old" } else { "new" });
    let list = |addresses: &[Ipv4Addr]| addresses.iter().map(Ipv4Addr::to_string).collect::<Vec<_>>().join(" ");
    vec![
        ("PATH".to_owned(), PATH.to_owned()),
        ("reason".to_owned(), reason.to_owned()),
        ("interface".to_owned(), interface.to_owned()),
        (named("ip_address"), lease.address.to_string()),
        (named("subnet_mask"), lease.mask().to_string()),
        (named("broadcast_address"), lease.broadcast().to_string()),
        (named("routers"), list(&lease.routers)),
        (named("domain_name_servers"), list(&lease.name_servers)),
        (named("domain_name"), lease.domain.clone().unwrap_or_default()),
        (named("dhcp_server_identifier"), lease.server.to_string()),
        (named("dhcp_lease_time"), lease.times.expire.to_string()),
    ]
}
