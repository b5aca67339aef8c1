//! Trying once, going to the background, and scripts.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::time::Duration;

use rustix::process::{Pid, test_kill_process};
use sandbox_tests::harness::Case;

use crate::program::Program;
use crate::servers::dnsmasq;
use crate::world::World;

pub(crate) fn cases() -> Vec<Case> {
    let cases: [(&str, fn()); 5] = [
        ("without_a_server_trying_once_ends_with_2", without_a_server_trying_once_ends_with_2),
        ("trying_once_goes_on_once_there_is_a_lease", trying_once_goes_on_once_there_is_a_lease),
        ("the_background_begins_with_the_lease", the_background_begins_with_the_lease),
        ("no_background_without_a_lease", no_background_without_a_lease),
        ("a_script_applies_the_lease", a_script_applies_the_lease),
    ];
    cases.map(|(name, run)| Case::new(format!("others::{name}"), run).time_limit(Duration::from_mins(2))).into()
}

fn without_a_server_trying_once_ends_with_2() {
    let world = World::new();
    let mut client = world.start("-1 --timeout=1");
    assert_eq!(client.ended().code(), Some(2));
    assert_eq!(client.said.last().map(String::as_str), Some("no lease on eth0"));
    assert_eq!(fs::read_dir(&world.folder).expect("the folder").count(), 0);
}

fn trying_once_goes_on_once_there_is_a_lease() {
    let world = World::new();
    let _server = dnsmasq(&world, "--dhcp-option=58,4 --dhcp-option=59,7");
    let mut client = world.start("-1 --timeout=3");
    client.until("bound to 192.0.2.50");
    client.until("renewed 192.0.2.50");
}

fn the_background_begins_with_the_lease() {
    let world = World::new();
    let _server = dnsmasq(&world, "");
    // It ends although the other one goes on, and says by then what the other one has said.
    let mut client = Program::start(&mut world.client(crate::DHCLIENT, "-v"));
    assert!(client.ended().success(), "{}", client.all());
    assert!(client.all().contains("DHCPACK of 192.0.2.50") && client.all().contains("\nbound to 192.0.2.50"));
    assert_eq!(world.addresses(), ["192.0.2.50/24"]);
    let pid = world.read("pid").trim().parse().ok().and_then(Pid::from_raw).expect("a process number");
    assert_ne!(pid.as_raw_pid().unsigned_abs(), client.pid());
    test_kill_process(pid).expect("it runs");
    let mut releasing = Program::start(&mut world.client(crate::DHCLIENT, "-r"));
    assert!(releasing.ended().success(), "{}", releasing.all());
    assert_eq!(world.addresses(), [] as [&str; 0]);
    assert!(!world.path("pid").exists());
}

fn no_background_without_a_lease() {
    let world = World::new();
    let mut client = Program::start(&mut world.client(crate::DHCLIENT, "-1 --timeout=1"));
    assert_eq!(client.ended().code(), Some(2));
    assert_eq!(client.all(), "no lease on eth0");
    assert!(!world.path("pid").exists());
}

fn a_script_applies_the_lease() {
    let world = World::new();
    let _server = dnsmasq(&world, "");
    let (script, told) = (world.path("script"), world.path("told"));
    let text = format!("#!/bin/sh\nenv | sort >>{}\n", told.display());
    fs::write(&script, text).expect("a file");
    fs::set_permissions(&script, fs::Permissions::from_mode(0o755)).expect("it is ours");
    let argument = format!("-sf {}", script.display());
    let mut client = world.start(&argument);
    client.until("bound to 192.0.2.50");
    let text = world.read("told");
    for line in ["reason=BOUND", "interface=eth0", "new_ip_address=192.0.2.50", "new_subnet_mask=255.255.255.0"] {
        assert!(text.contains(line), "{line}: {text}");
    }
    assert!(text.contains("new_domain_name_servers=192.0.2.53 192.0.2.54"), "{text}");
    assert_eq!(world.addresses(), [] as [&str; 0], "applying is the script's to do");
    assert!(!world.path("resolv.conf").exists());
    let mut releasing = Program::start(&mut world.client(crate::DHCLIENT, &format!("-r {argument}")));
    assert!(releasing.ended().success(), "{}", releasing.all());
    assert!(world.read("told").contains("old_ip_address=192.0.2.50"));
    assert!(world.read("told").contains("reason=RELEASE"));
}
