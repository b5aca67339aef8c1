//! ioctl(2) requests that have a portable name, and those that are never granted.

/// `isatty`: tcgetattr(3), by which isatty(3) asks (sys/ttycom.h, `_IOR('t', 19, struct termios)`).
pub const TIOCGETA: u32 = 0x402c_7413;
/// `winsize` (sys/ttycom.h, `_IOR('t', 104, struct winsize)`).
pub const TIOCGWINSZ: u32 = 0x4008_7468;
/// `nonblocking`, as std sets it on sockets (sys/filio.h, `_IOW('f', 126, int)`).
pub const FIONBIO: u32 = 0x8004_667e;

/// The most requests that cap_ioctls_limit(2) takes (`IOCTLS_MAX_COUNT`, kern/sys_capability.c).
pub const MOST: usize = 256;

/// Requests that are never granted.
const FORBIDDEN: &[(u32, &str)] = &[
    // sys/ttycom.h: `_IOW('t', 114, char)` and `_IOW('t', 98, int)`.
    (0x8001_7472, "TIOCSTI types into the terminal"),
    (0x8004_7462, "TIOCCONS takes the console's output"),
];

/// Why a request is never granted, if it is not.
#[must_use]
pub fn forbidden(request: u32) -> Option<&'static str> {
    FORBIDDEN.iter().find(|(known, _)| *known == request).map(|(_, reason)| *reason)
}

/// The name of a request that has one here.
#[must_use]
pub fn name(request: u32) -> Option<&'static str> {
    match request {
        TIOCGETA => Some("TIOCGETA"),
        TIOCGWINSZ => Some("TIOCGWINSZ"),
        FIONBIO => Some("FIONBIO"),
        _ => None,
    }
}
