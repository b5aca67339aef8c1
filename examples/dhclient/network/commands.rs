//! FreeBSD: ifconfig(8) and route(8), as its own dhclient-script does it. Every argument is an address or a name that was
//! checked, and goes to the program as it is, past any shell.

#[cfg(target_os = "freebsd")]
use std::io;
#[cfg(target_os = "freebsd")]
use std::process::Command;

use crate::frame::Mac;
use crate::lease::Lease;
use crate::link::Interface;

/// What ifconfig says where an address to be taken away is not there.
#[cfg(target_os = "freebsd")]
const GONE: &str = "Can't assign requested address";

/// The system's programs.
#[derive(Debug)]
#[cfg(target_os = "freebsd")]
pub(crate) struct Network {}

#[cfg(target_os = "freebsd")]
impl Network {
    /// # Errors
    ///
    /// None.
    #[expect(clippy::unnecessary_wraps, reason = "the contract of every platform")]
    pub(crate) fn open() -> io::Result<Self> {
        Ok(Self {})
    }

    /// Looks an interface up.
    ///
    /// # Errors
    ///
    /// If there is none of this name, or it is no Ethernet.
    pub(crate) fn interface(&mut self, name: &str) -> io::Result<Interface> {
        let mac = mac(&self.run("/sbin/ifconfig", &[name.to_owned()])?);
        let mac = mac.ok_or_else(|| io::Error::new(io::ErrorKind::Unsupported, "it is no Ethernet interface"))?;
        // Nothing asks for the number here.
        Ok(Interface { name: name.to_owned(), index: 0, mac })
    }

    /// Switches an interface on.
    ///
    /// # Errors
    ///
    /// What the program says.
    pub(crate) fn bring_up(&mut self, interface: &Interface) -> io::Result<()> {
        self.run("/sbin/ifconfig", &[interface.name.clone(), "up".to_owned()]).map(drop)
    }

    /// Gives an interface the address and the default route of a lease.
    ///
    /// # Errors
    ///
    /// What the programs say.
    pub(crate) fn assign(&mut self, interface: &Interface, lease: &Lease) -> io::Result<()> {
        self.run("/sbin/ifconfig", &assignment(interface, lease))?;
        for route in routes(interface, lease) {
            // One that is there already is changed.
            if self.run("/sbin/route", &with("change", &route)).is_err() {
                self.run("/sbin/route", &with("add", &route))?;
            }
        }
        Ok(())
    }

    /// Takes the address and the route of a lease away.
    ///
    /// # Errors
    ///
    /// What ifconfig says, unless the address is gone already. Without it, a route that stays leads nowhere.
    pub(crate) fn withdraw(&mut self, interface: &Interface, lease: &Lease) -> io::Result<()> {
        for route in routes(interface, lease).iter().rev() {
            let _ = self.run("/sbin/route", &with("delete", route));
        }
        match self.run("/sbin/ifconfig", &withdrawal(interface, lease)) {
            Err(error) if error.to_string().contains(GONE) => Ok(()),
            other => other.map(drop),
        }
    }

    /// Runs a program, and gives what it prints.
    #[expect(clippy::unused_self, reason = "the network is configured by whoever holds it")]
    fn run(&mut self, program: &str, arguments: &[String]) -> io::Result<String> {
        let output = Command::new(program).args(arguments).env("LC_ALL", "C").output()?;
        if output.status.success() {
            return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
        }
        let said = String::from_utf8_lossy(&output.stderr);
        Err(io::Error::other(format!("{program}: {}", said.trim())))
    }
}

/// The hardware address in what ifconfig prints.
fn mac(output: &str) -> Option<Mac> {
    output.lines().find_map(|line| line.trim_start().strip_prefix("ether ")?.split_whitespace().next()?.parse().ok())
}

fn assignment(interface: &Interface, lease: &Lease) -> Vec<String> {
    let [address, mask, broadcast] =
        [lease.address, lease.mask(), lease.broadcast()].map(|address| address.to_string());
    let words = [&interface.name, "inet", &address, "netmask", &mask, "broadcast", &broadcast];
    words.map(str::to_owned).to_vec()
}

fn withdrawal(interface: &Interface, lease: &Lease) -> Vec<String> {
    vec![interface.name.clone(), "inet".to_owned(), lease.address.to_string(), "delete".to_owned()]
}

/// The default route by way of the first router, and the way to that one where it is no neighbour.
fn routes(interface: &Interface, lease: &Lease) -> Vec<Vec<String>> {
    let Some(router) = lease.routers.first().map(ToString::to_string) else { return Vec::new() };
    let direct = ["-host", &router, "-interface", &interface.name].map(str::to_owned).to_vec();
    let default = ["default", &router].map(str::to_owned).to_vec();
    if lease.is_on_link(lease.routers[0]) { vec![default] } else { vec![direct, default] }
}

fn with(command: &str, route: &[String]) -> Vec<String> {
    ["-n", command].map(str::to_owned).into_iter().chain(route.iter().cloned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lease::example;

    fn interface() -> Interface {
        Interface { name: "em0".to_owned(), index: 0, mac: Mac([2, 0, 0, 0, 0, 7]) }
    }

    #[test]
    fn the_hardware_address_is_found() {
        let output = "em0: flags=1008843<UP,BROADCAST> metric 0 mtu 1500\n\toptions=48500b8<VLAN_MTU>\n\tether \
            02:00:00:00:00:07\n\tinet 192.0.2.10 netmask 0xffffff00 broadcast 192.0.2.255\n";
        assert_eq!(mac(output), Some(interface().mac));
        assert_eq!(mac("lo0: flags=1008049<UP,LOOPBACK> metric 0 mtu 16384\n"), None);
    }

    #[test]
    fn the_commands_are_those_of_the_manual() {
        let words = assignment(&interface(), &example()).join(" ");
        assert_eq!(words, "em0 inet 192.0.2.10 netmask 255.255.255.0 broadcast 192.0.2.255");
        assert_eq!(withdrawal(&interface(), &example()).join(" "), "em0 inet 192.0.2.10 delete");
        let routes = |prefix| routes(&interface(), &Lease { prefix, ..example() });
        assert_eq!(with("change", &routes(24)[0]).join(" "), "-n change default 192.0.2.1");
        let words: Vec<String> = routes(32).iter().map(|route| with("add", route).join(" ")).collect();
        assert_eq!(words, ["-n add -host 192.0.2.1 -interface em0", "-n add default 192.0.2.1"]);
    }
}
