//! The life of a lease.

use std::fs;
use std::time::Duration;

use rustix::process::Signal;
use sandbox_tests::harness::Case;

use crate::program::{Program, run};
use crate::servers::{dnsmasq, kea};
use crate::world::World;

/// T1 and T2 for dnsmasq.
const SHORT: &str = "--dhcp-option=58,3 --dhcp-option=59,7";

pub(crate) fn cases() -> Vec<Case> {
    let cases: [(&str, fn()); 8] = [
        ("dnsmasq_from_the_first_message_to_the_last", dnsmasq_from_the_first_message_to_the_last),
        ("kea_from_the_first_message_to_the_last", kea_from_the_first_message_to_the_last),
        ("rebound_when_the_server_has_gone", rebound_when_the_server_has_gone),
        ("over_when_no_server_answers", over_when_no_server_answers),
        ("an_earlier_lease_is_confirmed", an_earlier_lease_is_confirmed),
        ("an_earlier_lease_is_refused", an_earlier_lease_is_refused),
        ("a_lease_is_refused_at_renewal", a_lease_is_refused_at_renewal),
        ("an_address_that_is_taken_is_declined", an_address_that_is_taken_is_declined),
    ];
    cases.map(|(name, run)| Case::new(format!("leases::{name}"), run).time_limit(Duration::from_mins(2))).into()
}

/// What a client with this address has done to the machine.
#[track_caller]
fn is_applied(world: &World, address: &str) {
    assert_eq!(world.addresses(), [format!("{address}/24")]);
    let routes = run("ip -4 route show dev eth0");
    assert!(routes.contains("default via 192.0.2.1 proto dhcp metric 10"), "{routes}");
    assert!(run("ip -4 address show dev eth0").contains("brd 192.0.2.255 scope global dynamic"));
    let file = world.read("leases");
    let lease = ["interface \"eth0\"", &format!("fixed-address {address}"), "option subnet-mask 255.255.255.0"];
    let options = ["option routers 192.0.2.1", "option domain-name \"example.org\"", "option dhcp-server-identifier"];
    for line in lease.iter().chain(&options) {
        assert!(file.contains(line), "`{line}` in {file}");
    }
    assert!(file.ends_with(";\n}\n"), "{file}");
    let resolver = world.read("resolv.conf");
    assert!(resolver.contains("search example.org\nnameserver 192.0.2.53\n"), "{resolver}");
    assert!(run("ping -c 1 -W 5 192.0.2.1").contains(" 0% packet loss"));
}

#[track_caller]
fn is_withdrawn(world: &World) {
    assert_eq!(world.addresses(), [] as [&str; 0]);
    assert_eq!(run("ip -4 route show dev eth0"), "");
    assert!(!world.path("leases").exists());
}

/// When the lease ends by the file, in seconds since 1970.
fn end_of_lease(world: &World) -> u64 {
    let file = world.read("leases");
    let field = file.lines().find_map(|line| line.trim().strip_prefix("expire epoch ")?.strip_suffix(';'));
    field.and_then(|time| time.parse().ok()).unwrap_or_else(|| panic!("no end in {file}"))
}

/// Gives the lease back with a second client, which ends the first.
#[track_caller]
fn release(world: &World, client: &mut Program) {
    let mut releasing = Program::start(&mut world.client(crate::DHCLIENT, "-r"));
    assert!(releasing.ended().success(), "{}", releasing.all());
    assert_eq!(releasing.all(), "released 192.0.2.50");
    client.ended();
    assert!(!world.path("pid").exists());
    is_withdrawn(world);
}

fn dnsmasq_from_the_first_message_to_the_last() {
    let world = World::new();
    let mut server = dnsmasq(&world, SHORT);
    let mut client = world.start("");
    client.until("bound to 192.0.2.50 on eth0");
    is_applied(&world, "192.0.2.50");
    let end = end_of_lease(&world);
    client.until("DHCPREQUEST of 192.0.2.50 on eth0 to 192.0.2.1 port 67");
    client.until("renewed 192.0.2.50");
    assert!(end_of_lease(&world) > end);
    is_applied(&world, "192.0.2.50");
    // Nothing of this host answered that there is nobody at the client's port.
    let counters = run("grep ^Icmp: /proc/net/snmp");
    let column = counters.split_whitespace().position(|name| name == "OutDestUnreachs").expect("a counter");
    let values = counters.lines().nth(1).expect("values");
    assert_eq!(values.split_whitespace().nth(column), Some("0"), "{counters}");
    release(&world, &mut client);
    server.until("DHCPRELEASE(srv0) 192.0.2.50");
    let log = server.all();
    for kind in ["DHCPDISCOVER", "DHCPOFFER", "DHCPRELEASE"] {
        assert_eq!(log.matches(&format!(" {kind}(srv0)")).count(), 1, "{kind}: {log}");
    }
    // One for the lease, and one for each renewal.
    let renewals = client.said.iter().filter(|line| line.starts_with("renewed")).count();
    for kind in ["DHCPREQUEST", "DHCPACK"] {
        assert_eq!(log.matches(&format!(" {kind}(srv0)")).count(), 1 + renewals, "{kind}: {log}");
    }
    assert_eq!(world.read("dnsmasq.leases"), "");
}

fn kea_from_the_first_message_to_the_last() {
    let world = World::new();
    let mut server = kea(&world, [3, 20, 40]);
    let mut client = world.start("");
    client.until("bound to 192.0.2.50 on eth0");
    is_applied(&world, "192.0.2.50");
    server.until("DHCP4_LEASE_ALLOC");
    let end = end_of_lease(&world);
    client.until("renewed 192.0.2.50");
    assert!(end_of_lease(&world) > end);
    server.until("DHCP4_LEASE_ALLOC");
    release(&world, &mut client);
    let released = server.until("DHCP4_RELEASE ");
    assert!(released.contains("192.0.2.50"), "{released}");
}

fn rebound_when_the_server_has_gone() {
    let world = World::new();
    let mut server = dnsmasq(&world, SHORT);
    let mut client = world.start("");
    client.until("bound to 192.0.2.50");
    server.kill();
    // Another server, at another address, that knows of the lease.
    world.on_server("ip address add 192.0.2.2/24 dev srv0");
    world.on_server("ip address del 192.0.2.1/24 dev srv0");
    world.on_server("ip address add 192.0.2.2/24 dev srv0");
    client.until("DHCPREQUEST of 192.0.2.50 on eth0 to 192.0.2.1");
    let mut other = dnsmasq(&world, SHORT);
    client.until("DHCPREQUEST of 192.0.2.50 on eth0 to 255.255.255.255");
    client.until("rebound 192.0.2.50");
    assert!(world.read("leases").contains("option dhcp-server-identifier 192.0.2.2;"));
    assert_eq!(world.addresses(), ["192.0.2.50/24"]);
    other.until("DHCPACK(srv0) 192.0.2.50");
    assert!(!client.all().contains("DISCOVER of"), "{}", client.all());
}

fn over_when_no_server_answers() {
    let world = World::new();
    let mut server = kea(&world, [3, 6, 12]);
    let mut client = world.start("");
    client.until("bound to 192.0.2.50");
    server.kill();
    client.until("DHCPREQUEST of 192.0.2.50 on eth0 to 192.0.2.1");
    client.until("DHCPREQUEST of 192.0.2.50 on eth0 to 255.255.255.255");
    assert_eq!(world.addresses(), ["192.0.2.50/24"]);
    client.until("the lease of 192.0.2.50 is over");
    is_withdrawn(&world);
}

fn an_earlier_lease_is_confirmed() {
    let world = World::new();
    let mut server = dnsmasq(&world, "");
    let mut client = world.start("");
    client.until("bound to 192.0.2.50");
    client.signal(Signal::TERM);
    client.ended();
    assert_eq!(world.addresses(), ["192.0.2.50/24"], "the address stays");
    let mut client = world.start("");
    client.until("DHCPREQUEST of 192.0.2.50 on eth0 to 255.255.255.255");
    client.until("bound to 192.0.2.50");
    is_applied(&world, "192.0.2.50");
    assert!(!client.all().contains("DHCPDISCOVER"), "{}", client.all());
    client.kill();
    assert_eq!(server.all().matches(" DHCPDISCOVER(srv0)").count(), 1);
    assert_eq!(server.all().matches(" DHCPACK(srv0)").count(), 2);
}

fn an_earlier_lease_is_refused() {
    let world = World::new();
    let mut server = dnsmasq(&world, "");
    let lease = "lease {\n  interface \"eth0\";\n  fixed-address 198.51.100.9;\n  option subnet-mask 255.255.255.0;\n  \
        option dhcp-server-identifier 198.51.100.1;\n  renew never;\n  rebind never;\n  expire never;\n}\n";
    fs::write(world.path("leases"), lease).expect("a file");
    // As an earlier run would have left it.
    run("ip address add 198.51.100.9/24 dev eth0");
    let mut client = world.start("");
    client.until("DHCPREQUEST of 198.51.100.9 on eth0");
    client.until("DHCPNAK from 192.0.2.1");
    client.until("the lease of 198.51.100.9 was refused");
    client.until("bound to 192.0.2.50");
    is_applied(&world, "192.0.2.50");
    server.until("DHCPNAK(srv0) 198.51.100.9");
}

fn a_lease_is_refused_at_renewal() {
    let world = World::new();
    let mut server = dnsmasq(&world, SHORT);
    let mut client = world.start("");
    client.until("bound to 192.0.2.50");
    server.kill();
    // The same server after the administrator has given the address to somebody else.
    fs::remove_file(world.path("dnsmasq.leases")).expect("a file");
    let mut server = dnsmasq(&world, &format!("{SHORT} --dhcp-host=02:00:00:00:00:99,192.0.2.50"));
    client.until("DHCPNAK from 192.0.2.1");
    client.until("bound to 192.0.2.51");
    assert!(client.all().contains("the lease of 192.0.2.50 was refused"), "{}", client.all());
    is_applied(&world, "192.0.2.51");
    server.until("DHCPNAK(srv0) 192.0.2.50");
}

fn an_address_that_is_taken_is_declined() {
    let world = World::new();
    let mut server = kea(&world, [600, 1000, 1200]);
    // A host that nobody told the server about. It answers for the address on the same link.
    world.on_server("ip address add 192.0.2.50/32 dev srv0");
    let mut client = world.start("");
    client.until("DHCPACK of 192.0.2.50");
    client.until("DHCPDECLINE of 192.0.2.50 on eth0 to 255.255.255.255");
    let declined = server.until("DHCP4_DECLINE_LEASE");
    assert!(declined.contains("192.0.2.50"), "{declined}");
    assert_eq!(world.addresses(), [] as [&str; 0]);
    assert!(!world.path("leases").exists());
    client.until("bound to 192.0.2.51");
    is_applied(&world, "192.0.2.51");
}
