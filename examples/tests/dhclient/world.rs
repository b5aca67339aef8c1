//! A network of its own for each case: one host with the client's interface `eth0`, which is this process's, and one with
//! the server's, `srv0` at 192.0.2.1.
//!
//! The process makes user, mount and network namespaces in which it is root, so that it needs no privileges outside.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use rustix::process::{getgid, getuid};
use sandbox_tests::args;
use sandbox_tests::sys::call;

use crate::program::{Program, command, run};

/// The server's namespace, for `nsenter`.
pub(crate) const SERVER: &str = "/run/netns/server";

const SERVERS_LINK: &str = "ip -o link show dev srv0";
const CLIENTS_LINK: &str = "ip -o link show dev eth0";

/// What these tests cannot do without.
const NEED: &str = "these tests need user namespaces (user_namespaces(7)) for ordinary users; where AppArmor keeps them \
    from being of use: sysctl kernel.apparmor_restrict_unprivileged_userns=0";

/// The network, and a folder for files.
#[derive(Debug)]
pub(crate) struct World {
    pub(crate) folder: PathBuf,
}

impl World {
    /// Makes it, around this process, which must have one thread.
    pub(crate) fn new() -> Self {
        enter_namespaces();
        // Whatever these programs leave in /run is gone with the namespace.
        let mounted = command("mount").args(["-t", "tmpfs", "tmpfs", "/run"]).status().expect("mount(8)");
        assert!(mounted.success(), "{NEED}");
        run("ip link set lo up");
        run("ip netns add server");
        run("ip link add eth0 type veth peer name srv0 netns server");
        let world = Self { folder: PathBuf::from("/run/test") };
        fs::create_dir(&world.folder).expect("a folder");
        world.on_server("ip link set lo up");
        world.on_server("ip address add 192.0.2.1/24 dev srv0");
        world.on_server("ip link set srv0 up");
        run("ip link set eth0 up");
        // The kernel drops what is sent while one end is not ready, a moment longer than it is up.
        while !(world.on_server(SERVERS_LINK).contains("state UP") && run(CLIENTS_LINK).contains("state UP")) {
            std::thread::yield_now();
        }
        world
    }

    /// Runs a command on the server's host.
    #[expect(clippy::unused_self, reason = "the hosts are there because the world is")]
    pub(crate) fn on_server(&self, words: &str) -> String {
        run(&format!("nsenter --net={SERVER} {words}"))
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    pub(crate) fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    /// A client's command, with all its files in the folder.
    pub(crate) fn client(&self, program: &str, arguments: &str) -> Command {
        let mut command = command(program);
        command.args(arguments.split(' ').filter(|word| !word.is_empty()));
        command.arg("-lf").arg(self.path("leases")).arg("-pf").arg(self.path("pid"));
        command.arg(format!("--resolv-conf={}", self.path("resolv.conf").display())).arg("eth0");
        command
    }

    /// A client that stays in front and tells everything.
    pub(crate) fn start(&self, arguments: &str) -> Program {
        Program::start(&mut self.client(crate::DHCLIENT, &format!("-d -v {arguments}")))
    }

    /// The addresses of the client's interface.
    #[expect(clippy::unused_self, reason = "the hosts are there because the world is")]
    pub(crate) fn addresses(&self) -> Vec<String> {
        let shown = run("ip -o -4 address show dev eth0");
        shown.lines().filter_map(|line| line.split_whitespace().nth(3).map(str::to_owned)).collect()
    }
}

/// Makes the namespaces and becomes root in them (user_namespaces(7)).
fn enter_namespaces() {
    let (user, group) = (getuid().as_raw(), getgid().as_raw());
    let all = libc::CLONE_NEWUSER | libc::CLONE_NEWNS | libc::CLONE_NEWNET;
    call(libc::SYS_unshare, args![all]).unwrap_or_else(|errno| panic!("{NEED}: {errno}"));
    let write = |name: &str, text: &str| {
        let path = Path::new("/proc/self").join(name);
        fs::write(&path, text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    };
    write("setgroups", "deny");
    write("uid_map", &format!("0 {user} 1"));
    write("gid_map", &format!("0 {group} 1"));
}
