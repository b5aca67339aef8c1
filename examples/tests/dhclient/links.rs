//! Several hosts on one link, and several clients on one host.

use std::time::Duration;

use sandbox_tests::harness::Case;

use crate::program::{Program, command, run};
use crate::servers::{dnsmasq, dnsmasq_on};
use crate::world::World;

pub(crate) fn cases() -> Vec<Case> {
    let cases: [(&str, fn()); 4] = [
        ("an_interface_that_is_off_is_switched_on", an_interface_that_is_off_is_switched_on),
        ("two_clients_get_two_leases", two_clients_get_two_leases),
        ("a_second_client_for_an_interface_is_refused", a_second_client_for_an_interface_is_refused),
        ("an_interface_must_be_there_and_be_ethernet", an_interface_must_be_there_and_be_ethernet),
    ];
    cases.map(|(name, run)| Case::new(format!("links::{name}"), run).time_limit(Duration::from_mins(2))).into()
}

fn an_interface_that_is_off_is_switched_on() {
    let world = World::new();
    run("ip link set eth0 down");
    let mut client = world.start("");
    client.until("DHCPDISCOVER on eth0");
    // Off and on again, which the socket survives.
    run("ip link set eth0 down");
    run("ip link set eth0 up");
    let _server = dnsmasq(&world, "");
    client.until("bound to 192.0.2.50");
}

fn two_clients_get_two_leases() {
    let world = World::new();
    // A switch, with the server behind it and a second host at another port.
    world.on_server("ip address del 192.0.2.1/24 dev srv0");
    world.on_server("ip link add br0 type bridge");
    world.on_server("ip link set srv0 master br0");
    run("ip netns add second");
    world.on_server("ip link add srv1 type veth peer name eth0 netns second");
    world.on_server("ip link set srv1 master br0");
    world.on_server("ip link set srv1 up");
    world.on_server("ip address add 192.0.2.1/24 dev br0");
    world.on_server("ip link set br0 up");
    let mut server = dnsmasq_on(&world, "br0", "");
    let mut first = world.start("");
    let mut second = command("nsenter");
    second.args(["--net=/run/netns/second", crate::DHCLIENT, "-d", "-v", "--resolv-conf="]);
    second.arg("-lf").arg(world.path("second.leases")).arg("-pf").arg(world.path("second.pid")).arg("eth0");
    let mut second = Program::start(&mut second);
    let address = |program: &mut Program| {
        let line = program.until("bound to ");
        line.split(' ').nth(2).expect("an address").to_owned()
    };
    let mut addresses = [address(&mut first), address(&mut second)];
    addresses.sort();
    assert_eq!(addresses, ["192.0.2.50", "192.0.2.51"]);
    let known = world.read("dnsmasq.leases");
    assert!(known.contains("192.0.2.50") && known.contains("192.0.2.51"), "{known}");
    assert_eq!(server.all().matches(" DHCPACK(br0)").count(), 2);
    assert_eq!(world.addresses().len(), 1);
    assert!(!world.path("second.resolv.conf").exists());
}

fn a_second_client_for_an_interface_is_refused() {
    let world = World::new();
    let _server = dnsmasq(&world, "");
    let mut first = world.start("");
    first.until("bound to 192.0.2.50");
    let mut second = world.start("");
    assert_eq!(second.ended().code(), Some(1));
    assert_eq!(second.all(), "dhclient: a client for eth0 runs already (-r ends it)");
    assert_eq!(world.read("pid"), format!("{}\n", first.pid()));
}

fn an_interface_must_be_there_and_be_ethernet() {
    let world = World::new();
    for (name, says) in [("eth7", "No such device"), ("lo", "it is no Ethernet interface")] {
        let mut command = command(crate::DHCLIENT);
        command.arg("-d").arg("-lf").arg(world.path("leases")).arg("-pf").arg(world.path("pid")).arg(name);
        let mut client = Program::start(&mut command);
        assert_eq!(client.ended().code(), Some(1));
        assert!(client.all().starts_with(&format!("dhclient: {name}: {says}")), "{}", client.all());
        assert!(!world.path("pid").exists());
    }
}
