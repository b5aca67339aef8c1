//! What may stand between `=` and `=>` in a declaration.

use std::fs::File;

use sandbox_policy::vocabulary::Access;

use crate::Error;
use crate::dir::{Dir, OpenDir};
use crate::holds::{Descriptors, via};
use crate::open::Open;

/// Something that is, or becomes, a resource: a value that holds descriptors, or a builder.
#[diagnostic::on_unimplemented(
    message = "`{Self}` holds no descriptor that could be granted rights",
    label = "expected a descriptor, `open(…)` or `dir(…)`",
    note = "if this is a `Result`, add `?`; a value without descriptors is bound by `let NAME = EXPR`"
)]
pub trait Acquire<Via> {
    /// The resource.
    type Output;

    /// Acquires it, with the access that its rights ask for.
    ///
    /// # Errors
    ///
    /// If a builder cannot open its file; the message names the resource `name` and the path.
    fn acquire(self, name: &str, access: Access) -> Result<Self::Output, Error>;

    #[doc(hidden)]
    fn check(&self) {}
}

#[diagnostic::do_not_recommend]
impl<C> Acquire<via::Opened<File>> for Open<C> {
    type Output = File;

    fn acquire(self, name: &str, access: Access) -> Result<File, Error> {
        let what = self.describe();
        self.with(access).map_err(|error| Error::acquire(name, what, &error))
    }
}

#[diagnostic::do_not_recommend]
impl Acquire<via::Opened<Dir>> for OpenDir {
    type Output = Dir;

    fn acquire(self, name: &str, _: Access) -> Result<Dir, Error> {
        let what = self.describe();
        self.open().map_err(|error| Error::acquire(name, what, &error))
    }
}

/// A file that is opened only if it is named: `args.log.map(open) => write`.
#[diagnostic::do_not_recommend]
impl<C> Acquire<via::Opened<Option<File>>> for Option<Open<C>> {
    type Output = Option<File>;

    fn acquire(self, name: &str, access: Access) -> Result<Option<File>, Error> {
        self.map(|builder| builder.acquire(name, access)).transpose()
    }
}

#[diagnostic::do_not_recommend]
impl Acquire<via::Opened<Option<Dir>>> for Option<OpenDir> {
    type Output = Option<Dir>;

    fn acquire(self, name: &str, access: Access) -> Result<Option<Dir>, Error> {
        self.map(|builder| builder.acquire(name, access)).transpose()
    }
}

#[diagnostic::do_not_recommend]
impl<M, T: Descriptors<M>> Acquire<M> for T {
    type Output = T;

    fn acquire(self, _: &str, _: Access) -> Result<T, Error> {
        Ok(self)
    }
}
