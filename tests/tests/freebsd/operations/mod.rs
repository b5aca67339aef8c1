//! The operations, by what they do. Each kind of descriptor lists those that work on it.

pub(crate) mod attributes;
pub(crate) mod control;
pub(crate) mod directory;
pub(crate) mod mapping;
pub(crate) mod objects;
pub(crate) mod reading;
pub(crate) mod sockets;
pub(crate) mod waiting;
pub(crate) mod writing;
