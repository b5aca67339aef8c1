//! FreeBSD: from a policy to the rights of each descriptor (Capsicum: rights(4), cap_rights_limit(2), cap_enter(2)).
//!
//! Everything here is data to data and gives the same result on every host.

pub mod call;
mod grants;
pub mod ioctl;
mod lower;
mod plan;

pub use grants::Granted;
pub use lower::{Target, lower};
pub use plan::{CapabilityPlan, DescriptorPlan, PlanError, Release, Trap};
