//! The real servers.

use std::fs;

use crate::program::{Program, command, run};
use crate::world::{SERVER, World};

/// dnsmasq on the server's host: addresses from 192.0.2.50 on, in turn, for two minutes, which is its shortest time.
#[track_caller]
pub(crate) fn dnsmasq(world: &World, arguments: &str) -> Program {
    dnsmasq_on(world, "srv0", arguments)
}

/// The same on another interface of the server's host.
#[track_caller]
pub(crate) fn dnsmasq_on(world: &World, interface: &str, arguments: &str) -> Program {
    let mut command = command("nsenter");
    command.args([&format!("--net={SERVER}"), "dnsmasq"]);
    // As it runs, without its own user, and with nothing of the machine's.
    command.args(["--no-daemon", "--conf-file=/dev/null", "--no-resolv", "--no-hosts", "--port=0", "--log-dhcp"]);
    command.args([&format!("--interface={interface}"), "--bind-interfaces", "--dhcp-authoritative", "--no-ping"]);
    command.args(["--dhcp-range=192.0.2.50,192.0.2.99,255.255.255.0,2m", "--dhcp-sequential-ip"]);
    command.args(["--dhcp-option=3,192.0.2.1", "--dhcp-option=6,192.0.2.53,192.0.2.54", "--domain=example.org"]);
    command.arg(format!("--dhcp-leasefile={}", world.path("dnsmasq.leases").display()));
    command.args(arguments.split(' ').filter(|word| !word.is_empty()));
    let mut server = Program::start(&mut command);
    server.until("sockets bound exclusively to interface");
    server
}

/// Kea on the server's host: addresses from 192.0.2.50 on, in turn. Times in seconds: T1, T2, and the lease's.
#[track_caller]
pub(crate) fn kea(_: &World, [renew, rebind, expire]: [u32; 3]) -> Program {
    let configuration = format!(
        r#"{{"Dhcp4": {{
            "interfaces-config": {{"interfaces": ["srv0"], "dhcp-socket-type": "raw"}},
            "lease-database": {{"type": "memfile", "persist": false}},
            "renew-timer": {renew}, "rebind-timer": {rebind}, "valid-lifetime": {expire},
            "authoritative": true, "decline-probation-period": 600,
            "subnet4": [{{
                "id": 1, "subnet": "192.0.2.0/24", "pools": [{{"pool": "192.0.2.50 - 192.0.2.99"}}],
                "option-data": [
                    {{"name": "routers", "data": "192.0.2.1"}},
                    {{"name": "domain-name-servers", "data": "192.0.2.53"}},
                    {{"name": "domain-name", "data": "example.org"}}
                ]
            }}],
            "loggers": [{{"name": "kea-dhcp4", "severity": "DEBUG", "debuglevel": 50,
                "output_options": [{{"output": "stderr", "flush": true}}]}}]
        }}}}"#
    );
    // Where AppArmor is on, Kea may use no other folders.
    run("mount -t tmpfs tmpfs /etc/kea");
    fs::write("/etc/kea/test.conf", configuration).expect("a file");
    for folder in ["/run/kea", "/run/lock/kea"] {
        fs::create_dir_all(folder).expect("a folder");
    }
    let mut command = command("nsenter");
    command.args([&format!("--net={SERVER}"), "kea-dhcp4", "-c", "/etc/kea/test.conf"]);
    command.env("KEA_PIDFILE_DIR", "/run/kea").env("KEA_LOCKFILE_DIR", "/run/lock/kea");
    let mut server = Program::start(&mut command);
    server.until("DHCP4_STARTED");
    server
}
