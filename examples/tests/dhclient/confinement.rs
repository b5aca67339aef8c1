//! What the confined part has, as Linux tells it.

use std::fs;
use std::time::Duration;

use sandbox_tests::harness::Case;

use crate::world::World;

pub(crate) fn cases() -> Vec<Case> {
    let case = Case::new("confinement::it_has_a_socket_a_pipe_and_stderr", it_has_a_socket_a_pipe_and_stderr);
    vec![case.time_limit(Duration::from_mins(2))]
}

/// The process that a client has started.
pub(crate) fn worker(client: u32) -> u32 {
    let children = fs::read_to_string(format!("/proc/{client}/task/{client}/children")).expect("a process");
    children.trim().parse().unwrap_or_else(|_| panic!("not one child: `{children}`"))
}

/// The first word of a line of a process's status.
pub(crate) fn field(process: u32, name: &str) -> String {
    let status = fs::read_to_string(format!("/proc/{process}/status")).expect("a process");
    let line = status.lines().find_map(|line| line.strip_prefix(name)).expect("a line");
    line.split_whitespace().next().expect("a word").to_owned()
}

fn it_has_a_socket_a_pipe_and_stderr() {
    let world = World::new();
    let mut client = world.start("");
    client.until("DHCPDISCOVER on eth0");
    let worker = worker(client.pid());
    for (name, value) in [("Seccomp:", "2"), ("NoNewPrivs:", "1"), ("CapEff:", "0000000000000000"), ("Threads:", "1")] {
        assert_eq!(field(worker, name), value, "{name}");
    }
    let entries = fs::read_dir(format!("/proc/{worker}/fd")).expect("it is there");
    let links = entries.map(|entry| fs::read_link(entry.expect("an entry").path()).expect("a link"));
    let mut links: Vec<_> = links.map(|link| link.to_string_lossy().into_owned()).collect();
    // Standard input and output are there in name only.
    links.retain(|link| !link.starts_with("/memfd:"));
    links.sort();
    let kinds: Vec<_> = links.iter().filter_map(|link| link.split_once(':')).map(|(kind, _)| kind).collect();
    assert_eq!(kinds, ["pipe", "pipe", "socket"], "stderr, the reports, the link: {links:?}");
    assert_eq!(links.len(), 3, "{links:?}");
}
