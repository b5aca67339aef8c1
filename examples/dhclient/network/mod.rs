//! What the privileged part does to the machine's network, in the way of each system. A platform gives [`Network`]:
//!
//! - `open()`;
//! - `interface(name)` looks an Ethernet interface up, `bring_up(&Interface)` switches it on;
//! - `assign(&Interface, &Lease)` gives it the lease's address and the default route, or extends their time;
//! - `withdraw(&Interface, &Lease)` takes them away, and is content if they are gone.

#[cfg(any(target_os = "freebsd", test))]
mod commands;
#[cfg(target_os = "linux")]
mod netlink;

#[cfg(target_os = "freebsd")]
pub(crate) use commands::Network;
#[cfg(target_os = "linux")]
pub(crate) use netlink::Network;
