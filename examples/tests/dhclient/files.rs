//! Files are complete or as they were.

use std::fs;
use std::os::unix::fs::symlink;
use std::time::Duration;

use rustix::process::Signal;
use sandbox_tests::harness::Case;

use crate::program::run;
use crate::servers::dnsmasq;
use crate::world::World;

pub(crate) fn cases() -> Vec<Case> {
    let cases: [(&str, fn()); 4] = [
        ("a_full_disk_leaves_the_old_lease", a_full_disk_leaves_the_old_lease),
        ("a_damaged_lease_file_is_told_and_replaced", a_damaged_lease_file_is_told_and_replaced),
        ("a_link_for_the_name_servers_is_left_alone", a_link_for_the_name_servers_is_left_alone),
        ("nothing_but_the_files_is_left", nothing_but_the_files_is_left),
    ];
    cases.map(|(name, run)| Case::new(format!("files::{name}"), run).time_limit(Duration::from_mins(2))).into()
}

fn a_full_disk_leaves_the_old_lease() {
    let world = World::new();
    let _server = dnsmasq(&world, "--dhcp-option=58,4 --dhcp-option=59,7");
    let disk = world.path("disk");
    fs::create_dir(&disk).expect("a folder");
    run(&format!("mount -t tmpfs -o size=32k tmpfs {}", disk.display()));
    let mut command = crate::program::command(crate::DHCLIENT);
    command.args(["-d", "-v", "--resolv-conf="]).arg("-lf").arg(disk.join("leases"));
    command.arg("-pf").arg(world.path("pid")).arg("eth0");
    let mut client = crate::program::Program::start(&mut command);
    client.until("bound to 192.0.2.50");
    let before = fs::read_to_string(disk.join("leases")).expect("a lease");
    fs::write(disk.join("filler"), vec![0; 1 << 20]).expect_err("the disk is full");
    client.until("leases: No space left on device");
    client.until("renewed 192.0.2.50");
    assert_eq!(fs::read_to_string(disk.join("leases")).expect("a lease"), before);
    let names: Vec<_> =
        fs::read_dir(&disk).expect("a folder").map(|entry| entry.expect("an entry").file_name()).collect();
    assert_eq!(names.len(), 2, "{names:?}");
}

fn a_damaged_lease_file_is_told_and_replaced() {
    let world = World::new();
    let _server = dnsmasq(&world, "");
    fs::write(world.path("leases"), "lease {\n  interface \"eth0\";\n").expect("a file");
    let mut client = world.start("");
    client.until("leases: it is not one lease in braces");
    client.until("DHCPDISCOVER on eth0");
    client.until("bound to 192.0.2.50");
    assert!(world.read("leases").contains("fixed-address 192.0.2.50;"));
}

fn a_link_for_the_name_servers_is_left_alone() {
    let world = World::new();
    let _server = dnsmasq(&world, "");
    fs::write(world.path("another"), "nameserver 127.0.0.53\n").expect("a file");
    symlink(world.path("another"), world.path("resolv.conf")).expect("a link");
    let mut client = world.start("");
    client.until("resolv.conf is a link: it is left to the program that made it");
    client.until("bound to 192.0.2.50");
    assert_eq!(world.read("another"), "nameserver 127.0.0.53\n");
    assert!(world.path("resolv.conf").is_symlink());
}

fn nothing_but_the_files_is_left() {
    let world = World::new();
    let _server = dnsmasq(&world, "");
    let mut client = world.start("");
    client.until("bound to 192.0.2.50");
    client.signal(Signal::INT);
    client.ended();
    let names = fs::read_dir(&world.folder).expect("the folder").map(|entry| entry.expect("an entry").file_name());
    let mut names: Vec<_> = names.map(|name| name.to_string_lossy().into_owned()).collect();
    names.sort();
    assert_eq!(names, ["dnsmasq.leases", "leases", "resolv.conf"]);
}
