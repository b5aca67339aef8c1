//! What a resource is by its type, and which rights make sense for it.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::fs::File;
use std::io::{self, BufReader, BufWriter, LineWriter, Take};
use std::net::{TcpListener, TcpStream, UdpSocket};
use std::os::unix::net::{UnixDatagram, UnixListener, UnixStream};
use std::process::{ChildStderr, ChildStdin, ChildStdout};
use std::rc::Rc;
use std::sync::Arc;

use crate::{Cap, Dir};

sandbox_macros::__vocabulary!(kind);

/// A kind for which the right `R` makes sense.
#[diagnostic::on_unimplemented(
    message = "the right `{R}` makes no sense for this resource: it is a `{Self}`",
    label = "a `{Self}` has no `{R}`",
    note = "remove `{R}`, or declare a resource of another type"
)]
pub trait Accepts<R>: Sized {
    #[doc(hidden)]
    fn check(self) {}
}

/// Of what a type does not tell, the kernel's own checks decide.
#[diagnostic::do_not_recommend]
impl<R> Accepts<R> for AnyDescriptor {}

/// A kind that can be read and written without `lookup`: every one but a directory.
#[diagnostic::on_unimplemented(
    message = "what lies beneath a directory is reached with the right `lookup`",
    label = "needs `lookup` on a `{Self}`",
    note = "add `lookup`: `lookup + read`"
)]
pub trait WithoutLookup: Sized {
    #[doc(hidden)]
    fn check(self) {}
}

macro_rules! without_lookup {
    ($($kind:ident),*) => {
        $(#[diagnostic::do_not_recommend]
        impl WithoutLookup for $kind {})*
    };
}

without_lookup!(RegularFile, ConnectedSocket, ListeningSocket, DatagramSocket, PipeEnd, StandardStream, AnyDescriptor);

/// A type that tells its kind.
pub trait Known {
    /// The kind.
    type Kind: Default;
}

macro_rules! known {
    ($($kind:ident: $($ty:ty),+;)*) => {
        $($(impl Known for $ty {
            type Kind = $kind;
        })+)*
    };
}

known! {
    RegularFile: File;
    Directory: Dir;
    ConnectedSocket: TcpStream, UnixStream;
    ListeningSocket: TcpListener, UnixListener;
    DatagramSocket: UdpSocket, UnixDatagram;
    PipeEnd: io::PipeReader, io::PipeWriter, ChildStdin, ChildStdout, ChildStderr;
    StandardStream: io::Stdin, io::Stdout, io::Stderr, io::StdinLock<'_>, io::StdoutLock<'_>, io::StderrLock<'_>;
}

macro_rules! known_through {
    ($(($($generics:tt)*) $ty:ty;)*) => {
        $(impl<$($generics)*> Known for $ty {
            type Kind = T::Kind;
        })*
    };
}

known_through! {
    (T: Known + ?Sized) &T;
    (T: Known + ?Sized) &mut T;
    (T: Known + ?Sized) Box<T>;
    (T: Known + ?Sized) Rc<T>;
    (T: Known + ?Sized) Arc<T>;
    (T: Known, P) Cap<T, P>;
    (T: Known) Option<T>;
    (T: Known) [T];
    (T: Known, const N: usize) [T; N];
    (T: Known) Vec<T>;
    (T: Known) VecDeque<T>;
    (K, T: Known, S) HashMap<K, T, S>;
    (K, T: Known) BTreeMap<K, T>;
    (T: Known) BufReader<T>;
    (T: Known + io::Write) BufWriter<T>;
    (T: Known + io::Write) LineWriter<T>;
    (T: Known) Take<T>;
}
