#![doc = include_str!("../../README.md")]

#[doc(hidden)]
#[path = "private/mod.rs"]
pub mod __private;
mod acquire;
mod builder;
mod cap;
pub mod checks;
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
mod policies;
pub mod right;
mod status;
mod sys;
pub mod testing;
#[cfg(all(feature = "fuzz", target_os = "linux"))]
#[doc(hidden)]
pub use sys::fuzz as __fuzz;
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
pub use policies::{EmbeddedPolicy, policies};
/// Makes a struct or an enum a resource: its descriptors are those of its fields.
///
/// A field without descriptors is marked `#[holds(skip)]`. A type parameter that a field holds may be anything that holds
/// descriptors. A type that implements `AsFd` is a resource already and must not derive it too.
///
/// ```
/// use std::fs::File;
/// use std::net::TcpStream;
///
/// #[derive(sandbox_rt::Holds)]
/// struct Session {
///     log: Option<File>,
///     peers: Vec<TcpStream>,
///     #[holds(skip)]
///     name: String,
/// }
/// ```
pub use sandbox_macros::Holds;
/// Confines the process from here on: `#[sandboxed(…)]` in the middle of a function, over its locals.
///
/// A statement without a value, so that no `?` stands behind it: if entry fails, it prints why and exits with 125. For the
/// `Result` there is [`try_enter!`]. What it acquires is bound for the statements behind it. A [`Cap`] is seen with its
/// marker if the declaration acquires it, `log = Cap::new(file) => write`, also under its own name: `log = log => write`.
///
/// ```no_run
/// use std::fs::File;
/// use std::io::{self, Read};
///
/// use sandbox_rt::{enter, open};
///
/// fn main() -> io::Result<()> {
///     let path = std::env::args().nth(1).unwrap_or_default();
///     let mut input = File::open(path)?;
///     enter!(fds(input = read, stdout = write, log = open("log").create(0o600).append() => write));
///     let mut text = String::new();
///     input.read_to_string(&mut text)?;
///     println!("{} bytes, {log:?}", text.len());
///     Ok(())
/// }
/// ```
pub use sandbox_macros::enter;
/// Confines the process to the declared descriptors before the function's body runs.
///
/// ```no_run
/// use std::fs::File;
/// use std::io;
///
/// use sandbox_rt::{open, sandboxed};
///
/// #[sandboxed(fds(input = read, out = write + seek, log = open("log").create(0o600).append() => write))]
/// fn compress(mut input: File, mut out: File) -> io::Result<u64> {
///     log.sync_all().ok();
///     io::copy(&mut input, &mut out)
/// }
/// # fn main() {}
/// ```
///
/// | entry of `fds(…)` | meaning |
/// |---|---|
/// | `PLACE = RIGHTS` | limits a parameter, a field of one, or `stdin`, `stdout`, `stderr` |
/// | `NAME = EXPR => RIGHTS` | acquires before entry and binds the name for the body; [`open()`] and [`dir()`] open as the rights say |
/// | `let PAT = EXPR` | runs before entry, grants nothing |
///
/// RIGHTS are names of [`right`] joined with `+`, or `none` (taken away), or `hold` (kept open, nothing granted). Beside
/// `fds(…)` stand `allow(threads)`, `on_violation = error`, `kill` or `report`, and `crate = PATH` where this crate has
/// another name.
///
/// If entry fails, the body does not run: a return type `Result<_, E>` with `E: From<sandbox_rt::Error>` or
/// `E: From<io::Error>` carries the error; with every other type the reason is printed and the process exits with 125.
/// Of return types with `impl Trait` only those written `Result<impl Trait, E>` carry it.
///
/// # Parameters that are not named
///
/// A parameter that holds descriptors and is not named is a compile error. Known to hold are types that implement `AsFd` or
/// [`Holds`], and containers, pointers and std's buffers of them, also as a bound of a type parameter. Of others nothing is
/// known at compile time: `impl Read`, `T: Read`, `dyn Read`, types with private descriptors. Their descriptors are
/// undeclared, and so are gone after entry. A parameter that an expression of the declaration uses counts as named.
pub use sandbox_macros::sandboxed;
/// Like [`enter!`], over what is there already, and gives the `Result`.
///
/// It acquires and binds nothing. An error leaves the process as it was unless [`Error::is_partial`] says otherwise; in any
/// case the code that should have been confined must not run.
///
/// ```no_run
/// # fn main() -> Result<(), sandbox_rt::Error> {
/// let input = std::io::stdin();
/// sandbox_rt::try_enter!(fds(input = read, stdout = write))?;
/// # Ok(())
/// # }
/// ```
pub use sandbox_macros::try_enter;
pub use sandbox_policy::{Declared, OnViolation, Rights};
pub use status::{Mechanism, ResourceStatus, State, Status};

/// `#[sandboxed(learn)]` needs a build that learns.
#[doc(hidden)]
#[cfg(not(feature = "learn"))]
#[macro_export]
macro_rules! learn {
    ($policy:expr, $descriptors:expr, $fields:expr) => {{
        ::core::compile_error!(
            "`learn` needs a build that learns\nhelp: run `cargo sandbox learn -- cargo run …`, or write what the function needs: `fds(…)`"
        );
        $crate::__private::enter($policy, $descriptors)
    }};
}

/// `#[sandboxed(learn)]` in a build that learns.
#[doc(hidden)]
#[cfg(feature = "learn")]
#[macro_export]
macro_rules! learn {
    ($policy:expr, $descriptors:expr, $fields:expr) => {
        $crate::__private::learn($policy, $descriptors, $fields)
    };
}
