//! Signals end the client, and what it has confined, at once and cleanly.

use std::os::unix::process::ExitStatusExt as _;
use std::path::Path;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};
use sandbox_tests::harness::Case;

use crate::confinement::worker;
use crate::servers::dnsmasq;
use crate::world::World;

pub(crate) fn cases() -> Vec<Case> {
    let cases: [(&str, fn()); 4] = [
        ("end_it_before_there_is_a_lease", end_it_before_there_is_a_lease),
        ("end_it_with_a_lease_that_stays", end_it_with_a_lease_that_stays),
        ("a_killed_client_takes_its_confined_part_along", a_killed_client_takes_its_confined_part_along),
        ("a_killed_confined_part_ends_the_client", a_killed_confined_part_ends_the_client),
    ];
    cases.map(|(name, run)| Case::new(format!("signals::{name}"), run).time_limit(Duration::from_mins(2))).into()
}

const ALL: [Signal; 3] = [Signal::INT, Signal::TERM, Signal::HUP];

fn end_it_before_there_is_a_lease() {
    let world = World::new();
    for signal in ALL {
        let mut client = world.start("");
        client.until("DHCPDISCOVER on eth0");
        let confined = worker(client.pid());
        client.signal(signal);
        assert_eq!(client.ended().signal(), Some(signal.as_raw()));
        assert!(!Path::new(&format!("/proc/{confined}")).exists());
        assert_eq!(std::fs::read_dir(&world.folder).expect("the folder").count(), 0);
    }
}

fn end_it_with_a_lease_that_stays() {
    let world = World::new();
    let _server = dnsmasq(&world, "");
    for signal in ALL {
        let mut client = world.start("");
        client.until("bound to 192.0.2.50");
        client.signal(signal);
        assert_eq!(client.ended().signal(), Some(signal.as_raw()));
        assert_eq!(world.addresses(), ["192.0.2.50/24"]);
        assert!(world.read("leases").ends_with(";\n}\n"));
        assert!(!world.path("pid").exists());
    }
}

fn a_killed_client_takes_its_confined_part_along() {
    let world = World::new();
    let mut client = world.start("");
    client.until("DHCPDISCOVER on eth0");
    client.signal(Signal::KILL);
    // Its streams end when the last process that has them does.
    assert_eq!(client.ended().signal(), Some(Signal::KILL.as_raw()));
}

fn a_killed_confined_part_ends_the_client() {
    let world = World::new();
    let mut client = world.start("");
    client.until("DHCPDISCOVER on eth0");
    let confined = i32::try_from(worker(client.pid())).ok().and_then(Pid::from_raw).expect("a process number");
    kill_process(confined, Signal::KILL).expect("it runs");
    assert_eq!(client.ended().code(), Some(1));
    assert!(client.all().ends_with("dhclient: the confined part was killed by signal 9"), "{}", client.all());
    assert!(!world.path("pid").exists());
}
