//! Memory that was shared before entry: writing to it would be writing to a file or another process without a right.

use std::os::fd::RawFd;

use sandbox_policy::{Policy, Rights};

use super::{borrow, io_uring, pretended, procfs, procmap, stat};
use crate::status::Mechanism;
use crate::{Error, ErrorKind};

/// What `mmap_w` consists of.
const SHARED_WRITE: Rights = Rights::MMAP.union(Rights::PWRITE);
/// What the names of objects begin with that have no file: perf events, BPF maps, virtual machines.
const ANONYMOUS: &str = "anon_inode:";
/// How the line of an io_uring instance's mapping ends.
const RING: &str = " anon_inode:[io_uring]";

/// Refuses io_uring instances, and shared mappings that are or may become writable, unless their file is declared with
/// `mmap_w`, or they are the ring of a packet socket that is declared with `recv`.
pub(super) fn check(policy: &Policy<'_>, descriptors: &[Vec<RawFd>]) -> Result<Mechanism, Error> {
    const NAME: &str = "no shared writable memory";
    let shared = shared()?;
    if shared.is_empty() {
        return Ok(Mechanism::holds(NAME, true, "nothing shared is mapped"));
    }
    let declared = declared_files(policy, descriptors)?;
    match shared.iter().find(|mapping| mapping.writable && !declared.contains(&mapping.file)) {
        Some(Shared { range, name, .. }) => {
            let help = if name.starts_with(ANONYMOUS) {
                "unmap it before entry: many objects have this name, and nothing tells whether it is a declared one"
            } else {
                "unmap it before entry, or declare its file with `mmap_w`, a packet socket with `recv`"
            };
            Err(Error::new(ErrorKind::Shared, format!("the shared mapping {range} of `{name}` may be written"))
                .help(help))
        }
        None => Ok(Mechanism::holds(NAME, true, "what is shared cannot be written, or is declared with mmap_w")),
    }
}

/// A shared mapping.
pub(super) struct Shared {
    range: String,
    pub(super) name: String,
    pub(super) file: File,
    /// Whether it is writable, or may become so.
    pub(super) writable: bool,
}

/// What is mapped and shared; an error where there is an io_uring instance that is mapped, be it shared or not, or registered.
pub(super) fn shared() -> Result<Vec<Shared>, Error> {
    if !io_uring::may_have_been_used()? && procmap::nothing_is_shared() {
        return Ok(Vec::new());
    }
    let maps = procfs::text("/proc/self/maps")?;
    let shared = among(&maps).ok_or_else(|| pretended("/proc/self/maps lists something else than memory"))?;
    // Private ones as well: whatever maps it keeps it, and what it has pending.
    if maps.lines().any(|line| line.ends_with(RING)) {
        return Err(Error::new(ErrorKind::Shared, "an io_uring instance is mapped")
            .help("what io_uring does passes every filter: unmap and close it before entry"));
    }
    if shared.is_empty() {
        return Ok(Vec::new());
    }
    let details = procfs::text("/proc/self/smaps").unwrap_or_default();
    let described = shared.into_iter().map(|mapping| Shared {
        writable: mapping.writable || may_become_writable(&details, mapping.range),
        range: mapping.range.to_owned(),
        name: mapping.name.to_owned(),
        file: (mapping.device, mapping.inode),
    });
    Ok(described.collect())
}

/// Device (major, minor) and inode of a file.
pub(super) type File = ((u32, u32), u64);

/// The file that a descriptor is open for.
pub(super) fn file(number: RawFd) -> Result<File, Error> {
    let stat = stat(number)?;
    Ok(((rustix::fs::major(stat.st_dev), rustix::fs::minor(stat.st_dev)), stat.st_ino))
}

/// The files that may be mapped for writing.
fn declared_files(policy: &Policy<'_>, descriptors: &[Vec<RawFd>]) -> Result<Vec<File>, Error> {
    let mut files = Vec::new();
    for (resource, descriptors) in policy.resources.iter().zip(descriptors) {
        let rights = resource.grant.rights;
        for &number in descriptors {
            let declared =
                rights.contains(SHARED_WRITE) || (rights.contains(Rights::READ) && is_packet_socket(number)?);
            if declared && !is_anonymous(number)? {
                files.push(file(number)?);
            }
        }
    }
    Ok(files)
}

/// Whether it shares its inode with others of its kind, and other kinds, so that a mapping cannot be told to be its.
fn is_anonymous(number: RawFd) -> Result<bool, Error> {
    Ok(procfs::link(&format!("/proc/self/fd/{number}"))?.to_string_lossy().starts_with(ANONYMOUS))
}

/// Whether the mapping is a packet socket's ring (packet(7)). What is written there hands room back to the kernel; it
/// sends nothing: that takes a call, which `recv` does not include.
pub(super) fn is_packet_socket(number: RawFd) -> Result<bool, Error> {
    let domain = rustix::net::sockopt::socket_domain(borrow(number)?);
    Ok(domain.is_ok_and(|domain| domain == rustix::net::AddressFamily::PACKET))
}

/// The shared mappings among these lines; none if one is not about memory.
fn among(maps: &str) -> Option<Vec<Mapping<'_>>> {
    let mut shared = Vec::new();
    for line in maps.lines() {
        let (_range, rest) = line.split_once(' ')?;
        match rest.as_bytes() {
            [_read, _write, _execute, b'p', b' ', ..] => {}
            [_read, _write, _execute, b's', b' ', ..] => shared.push(Mapping::parse(line)?),
            _ => return None,
        }
    }
    Some(shared)
}

/// One line of `/proc/self/maps` (proc_pid_maps(5)), of a shared mapping.
struct Mapping<'a> {
    range: &'a str,
    writable: bool,
    device: (u32, u32),
    inode: u64,
    name: &'a str,
}

impl<'a> Mapping<'a> {
    fn parse(line: &'a str) -> Option<Self> {
        let mut fields = line.splitn(6, ' ');
        let (range, permissions, _offset) = (fields.next()?, fields.next()?, fields.next()?);
        let (major, minor) = fields.next()?.split_once(':')?;
        Some(Self {
            range,
            writable: permissions.as_bytes().get(1) == Some(&b'w'),
            device: (u32::from_str_radix(major, 16).ok()?, u32::from_str_radix(minor, 16).ok()?),
            inode: fields.next()?.parse().ok()?,
            name: fields.next().unwrap_or_default().trim_start(),
        })
    }
}

/// Whether mprotect could make the mapping writable: `mw` among its flags (proc_pid_smaps(5)). Unknown means yes.
fn may_become_writable(details: &str, range: &str) -> bool {
    let mut lines = details.lines().skip_while(|line| !line.starts_with(range));
    lines
        .find_map(|line| line.strip_prefix("VmFlags:"))
        .is_none_or(|flags| flags.split_whitespace().any(|flag| flag == "mw"))
}
