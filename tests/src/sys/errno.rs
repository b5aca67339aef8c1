//! Errors of system calls, by name.

use std::fmt;

/// An errno.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Errno(pub i32);

macro_rules! named {
    ($($name:ident)*; $($system:literal: $($own:ident)*;)*) => {
        impl Errno {
            $(#[doc = concat!("`", stringify!($name), "`")] pub const $name: Self = Self(libc::$name);)*
            $($(
                #[doc = concat!("`", stringify!($own), "`")]
                #[cfg(target_os = $system)]
                pub const $own: Self = Self(libc::$own);
            )*)*

            /// Its name, if it is one that the tests meet.
            #[must_use]
            pub fn name(self) -> Option<&'static str> {
                match self.0 {
                    $(libc::$name => Some(stringify!($name)),)*
                    $($(
                        #[cfg(target_os = $system)]
                        libc::$own => Some(stringify!($own)),
                    )*)*
                    _ => None,
                }
            }
        }
    };
}

named! {
    EPERM ENOENT ESRCH EINTR EIO ENXIO E2BIG ENOEXEC EBADF ECHILD EAGAIN ENOMEM EACCES EFAULT EBUSY EEXIST EXDEV ENODEV
    ENOTDIR EISDIR EINVAL ENFILE EMFILE ENOTTY EFBIG ENOSPC ESPIPE EROFS EMLINK EPIPE EDOM ERANGE ENOSYS ELOOP
    ENOTSOCK EDESTADDRREQ EMSGSIZE ENOPROTOOPT EPROTONOSUPPORT EOPNOTSUPP EAFNOSUPPORT EADDRINUSE ENETUNREACH
    ECONNABORTED ECONNRESET EISCONN ENOTCONN ETIMEDOUT ECONNREFUSED EALREADY EINPROGRESS;
    "linux": ENODATA;
    "freebsd": ENOTCAPABLE ECAPMODE;
}

impl Errno {
    /// The errno of this thread's last failed call.
    #[must_use]
    pub fn last() -> Self {
        Self(std::io::Error::last_os_error().raw_os_error().unwrap_or(0))
    }
}

impl fmt::Display for Errno {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name() {
            Some(name) => f.write_str(name),
            None => write!(f, "errno {}", self.0),
        }
    }
}

impl fmt::Debug for Errno {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl std::error::Error for Errno {}
