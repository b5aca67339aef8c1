//! What a marker type stands for: the rights that a declaration grants to one resource.

/// A resource that was granted the right `R`.
///
/// `#[sandboxed(fds(out = write + seek))]` makes a marker type for `out`, with `Grants<right::write>` and every other
/// right that `write + seek` contains. Functions that take a [`Cap`](crate::Cap) ask for what they need:
///
/// ```
/// use std::fs::File;
/// use std::io;
///
/// use sandbox_rt::{Cap, Grants, right};
///
/// fn header<P: Grants<right::read>>(input: &mut Cap<File, P>) -> io::Result<[u8; 4]> {
///     let mut header = [0; 4];
///     input.read_exact(&mut header)?;
///     Ok(header)
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` was not granted the right `{R}`",
    label = "needs `{R}`",
    note = "add `{R}` where the rights of `{Self}` are declared: `… + {R}`"
)]
pub trait Grants<R> {}

/// A resource that may mint others: a listener, by `accept(…)`. The macro implements it for every marker.
#[diagnostic::on_unimplemented(message = "`{Self}` is not the marker of a declared resource")]
pub trait Mints {
    /// The marker of what it mints.
    type Minted;
}
