//! Systems on which nothing can be learned: entering is an error that says so.

use sandbox_policy::note::Source;

use super::{Entered, Fields, Progress, Request};
use crate::{Error, ErrorKind};

pub(crate) fn learn(_: &Request<'_>, _: &Source<'_>, _: &Fields<'_>, _: &mut Progress) -> Result<Entered, Error> {
    Err(Error::new(ErrorKind::Unsupported, "what a function needs is learned on Linux only").help(
        "learn on Linux: the declaration means the same here; or run a debug build, which names what it is refused",
    ))
}
