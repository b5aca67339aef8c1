//! What every program does with a descriptor, under names that hold on both systems.

use super::Enforcement::Weaker;
use super::{Kinds, Row};
use crate::Rights;
use crate::linux::Call;
use crate::linux::rule::When::OneOf;
use crate::linux::rule::on;

// ioctl(2) requests (asm-generic/ioctls.h; the same on x86, Arm and RISC-V).
const TCGETS: u32 = 0x5401;
const TCGETS2: u32 = 0x802c_542a;
const TIOCGWINSZ: u32 = 0x5413;
const FIONBIO: u32 = 0x5421;
// fcntl(2) commands.
const F_DUPFD: u32 = 0;
const F_GETFL: u32 = 3;
const F_DUPFD_CLOEXEC: u32 = 1030;

pub(super) const ROWS: &[Row] = &[
    // glibc asks by TCGETS, since 2.42 by TCGETS2, musl by TIOCGWINSZ.
    Row::new("isatty", Rights::ISATTY, "ask whether it is a terminal")
        .linux(&[on(Call::ioctl, 0).when(&[OneOf(1, &[TCGETS, TCGETS2, TIOCGWINSZ])])]),
    Row::new("winsize", Rights::WINSIZE, "ask for the size of the terminal").kinds(Kinds::FILES).linux(&[on(
        Call::ioctl,
        0,
    )
    .when(&[OneOf(1, &[TIOCGWINSZ])])]),
    // std sets it by ioctl.
    Row::new("nonblocking", Rights::NONBLOCKING, "make its calls return at once")
        .linux(&[on(Call::ioctl, 0).when(&[OneOf(1, &[FIONBIO])]), on(Call::fcntl, 0).when(&[OneOf(1, &[F_GETFL])])])
        .on_freebsd(Weaker("on other things than sockets it is a `setfl`, which sets the other status flags too")),
    Row::new("dup", Rights::DUP, "make another descriptor of it (try_clone)")
        .linux(&[on(Call::fcntl, 0).when(&[OneOf(1, &[F_DUPFD, F_DUPFD_CLOEXEC])])])
        .on_linux(Weaker("all that is minted shares one class of rights: those of all that mints"))
        .on_freebsd(Weaker("the kernel asks for no right: every descriptor can be duplicated, with its rights")),
];
