//! Which arguments of a call decide what it does. The others, lengths and addresses, would make every call a new one.

use sandbox_policy::linux::Call;

/// The arguments that decide; the others are 0. Of pointers that may be null, 1 says that they are not.
pub(super) fn deciding(call: Call, arguments: &[u64; 6]) -> [u64; 6] {
    let (values, pointers): (&[usize], &[usize]) = match call {
        Call::ioctl | Call::fallocate | Call::epoll_ctl | Call::flock | Call::prlimit64 | Call::open => (&[1], &[]),
        Call::fcntl | Call::lseek | Call::getsockopt | Call::setsockopt => (&[1, 2], &[]),
        Call::openat | Call::unlinkat | Call::mknodat | Call::mprotect | Call::madvise => (&[2], &[]),
        Call::mmap => (&[2, 3], &[]),
        Call::clone | Call::prctl | Call::rt_sigaction | Call::clock_gettime | Call::clock_nanosleep => (&[0], &[]),
        Call::socket => (&[0, 1], &[]),
        Call::linkat | Call::renameat2 => (&[4], &[]),
        Call::accept4 | Call::utimensat | Call::newfstatat => (&[3], &[]),
        Call::preadv2 | Call::pwritev2 => (&[3, 5], &[]),
        Call::sendto => (&[3], &[4]),
        Call::sendfile => (&[], &[2]),
        Call::copy_file_range | Call::splice => (&[5], &[1, 3]),
        _ => (&[], &[]),
    };
    let mut kept = [0; 6];
    for &argument in values {
        kept[argument] = arguments[argument];
    }
    for &argument in pointers {
        kept[argument] = u64::from(arguments[argument] != 0);
    }
    kept
}
