//! What this program declares, read from itself.

use std::io;

pub use sandbox_policy::note::EmbeddedPolicy;

use crate::sys;

/// The policies of all declarations that were compiled into this program and its shared libraries: `#[sandboxed]`,
/// `enter!` and `try_enter!`, in the order of their modules and lines. What is put together at run time
/// ([`Sandbox`](crate::Sandbox)) is not among them.
///
/// They are read from memory: it works before entry and after it, and makes no system calls.
///
/// ```
/// use sandbox_rt::sandboxed;
///
/// #[sandboxed(fds(input = read))]
/// fn parse(input: std::fs::File) {
///     drop(input);
/// }
///
/// # #[cfg(any(target_os = "linux", target_os = "freebsd"))]
/// # fn main() -> std::io::Result<()> {
/// for policy in sandbox_rt::policies()? {
///     println!("{policy}");
/// }
/// # assert!(sandbox_rt::policies()?.iter().any(|policy| policy.policy.name == "parse"));
/// # Ok(())
/// # }
/// # #[cfg(not(any(target_os = "linux", target_os = "freebsd")))]
/// # fn main() {}
/// ```
///
/// # Errors
///
/// If a shared library has a policy that this version cannot read (`InvalidData`).
pub fn policies() -> io::Result<Vec<EmbeddedPolicy>> {
    let mut found = Vec::new();
    for notes in sys::notes() {
        for note in sandbox_policy::note::read(&notes) {
            found.push(note.map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))?);
        }
    }
    found.sort_by(|a, b| (&a.module, a.line).cmp(&(&b.module, b.line)));
    Ok(found)
}
