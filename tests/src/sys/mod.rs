//! Raw system calls: what code that took over a process would use. The only unsafe code of the tests.
//!
//! [`call`] is safe to write and not safe to use carelessly: a program that hands the kernel a wrong pointer damages
//! itself. The programs that use it do nothing else than attack their own process, which is what they are for.

#![allow(unsafe_code, reason = "the tests' raw system calls; each block states its condition")]

mod errno;
pub mod functions;
mod process;
#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
mod sample;

pub use errno::Errno;
pub use process::{Child, End, as_ordinary_user, forked, forked_beside, is_root, is_root_of_the_machine};
#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
pub use sample::Sampler;

/// Makes the system call `number` with up to six arguments; those not given are 0.
///
/// On Linux only: elsewhere libc's functions are the interface of the kernel, and [`checked`] reads what they return.
///
/// # Errors
///
/// The errno, if the kernel or a filter refuses it.
#[cfg(target_os = "linux")]
pub fn call<const N: usize>(number: libc::c_long, arguments: [Arg; N]) -> Result<i64, Errno> {
    let mut all = [Arg(0); 6];
    all[..N].copy_from_slice(&arguments);
    let all = all.map(|argument| argument.0);
    // SAFETY: six integers are passed. That those which the kernel takes for pointers are valid for what this call does
    // with them is the condition on the test that makes the call; one that breaks it damages its own process only.
    let result = unsafe { libc::syscall(number, all[0], all[1], all[2], all[3], all[4], all[5]) };
    checked(result)
}

/// What a function of libc returned: -1 is a failure.
///
/// # Errors
///
/// The errno, if the call failed.
pub fn checked(result: impl Into<i64>) -> Result<i64, Errno> {
    match result.into() {
        -1 => Err(Errno::last()),
        result => Ok(result),
    }
}

/// One argument of a system call, as the kernel gets it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Arg(pub usize);

/// The arguments of [`call`], of any of the types that have a form in a register: `args![fd, buffer, 4]`.
#[macro_export]
macro_rules! args {
    ($($argument:expr),* $(,)?) => { [$($crate::sys::Arg::from($argument)),*] };
}

macro_rules! integers {
    ($($type:ty)*) => {
        $(impl From<$type> for Arg {
            #[allow(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                clippy::cast_lossless,
                clippy::cast_possible_wrap,
                trivial_numeric_casts,
                reason = "a negative number is passed as C passes it: sign-extended"
            )]
            fn from(value: $type) -> Self {
                Self(value as isize as usize)
            }
        })*
    };
}

integers!(i32 i64 isize);

impl From<u32> for Arg {
    fn from(value: u32) -> Self {
        Self(value as usize)
    }
}

impl From<u64> for Arg {
    #[allow(clippy::cast_possible_truncation, reason = "registers have 64 bits on every supported machine")]
    fn from(value: u64) -> Self {
        Self(value as usize)
    }
}

impl From<usize> for Arg {
    fn from(value: usize) -> Self {
        Self(value)
    }
}

impl<T: ?Sized> From<*const T> for Arg {
    fn from(pointer: *const T) -> Self {
        Self(pointer.cast::<u8>().expose_provenance())
    }
}

impl<T: ?Sized> From<*mut T> for Arg {
    fn from(pointer: *mut T) -> Self {
        Self(pointer.cast::<u8>().expose_provenance())
    }
}

impl<T> From<&[T]> for Arg {
    fn from(slice: &[T]) -> Self {
        slice.as_ptr().into()
    }
}

impl<T> From<&mut [T]> for Arg {
    fn from(slice: &mut [T]) -> Self {
        slice.as_mut_ptr().into()
    }
}

impl<T, const N: usize> From<&[T; N]> for Arg {
    fn from(array: &[T; N]) -> Self {
        array.as_ptr().into()
    }
}

impl<T, const N: usize> From<&mut [T; N]> for Arg {
    fn from(array: &mut [T; N]) -> Self {
        array.as_mut_ptr().into()
    }
}

impl From<&std::ffi::CStr> for Arg {
    fn from(text: &std::ffi::CStr) -> Self {
        text.as_ptr().into()
    }
}
