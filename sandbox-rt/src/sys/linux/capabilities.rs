//! Capabilities (capabilities(7)): all dropped.

use rustix::thread::{CapabilitySet, CapabilitySets};

use super::failed;
use crate::status::Mechanism;
use crate::{Error, ErrorKind};

/// Drops every capability of the thread, and reads back that none is left.
pub(super) fn drop_all() -> Result<Mechanism, Error> {
    // Ambient and inheritable ones fall with the permitted ones (capset(2)); the bounding set does not matter, since
    // with no_new_privs execve grants nothing.
    let none = CapabilitySets {
        effective: CapabilitySet::empty(),
        permitted: CapabilitySet::empty(),
        inheritable: CapabilitySet::empty(),
    };
    rustix::thread::set_capabilities(None, none).map_err(failed("capset"))?;
    let left = rustix::thread::capabilities(None).map_err(failed("capget"))?;
    if left != none {
        return Err(Error::new(ErrorKind::Unverified, format!("capabilities are left after capset: {left:?}")));
    }
    Ok(Mechanism::holds("capabilities", false, "all dropped, read back"))
}
