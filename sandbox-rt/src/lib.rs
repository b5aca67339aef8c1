#![doc = include_str!("../../README.md")]

#[doc(hidden)]
#[path = "private/mod.rs"]
pub mod __private;
mod acquire;
mod builder;
mod cap;
mod denied;
mod dir;
mod enter;
mod error;
mod grants;
#[doc = include_str!("../../docs/guide.md")]
pub mod guide {}
mod holds;
pub mod kind;
mod open;
pub mod right;
mod status;
mod sys;
pub mod testing;
pub mod worker;

pub use acquire::Acquire;
pub use builder::{Allow, Sandbox, Stream};
pub use cap::{Cap, Narrow, Undeclared};
pub use denied::is_denied;
pub use dir::{Dir, Entries, OpenBeneath, OpenDir, dir};
pub use enter::status;
pub use error::{Error, ErrorKind};
pub use grants::{Grants, Mints};
pub use holds::{Descriptors, Holds, via};
pub use open::{Existing, Open, Writing, open};
pub use sandbox_macros::{Holds, enter, sandboxed, try_enter};
pub use sandbox_policy::{Declared, OnViolation, Rights};
pub use status::{Mechanism, ResourceStatus, State, Status};
