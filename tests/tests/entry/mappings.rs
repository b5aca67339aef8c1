//! Memory that was mapped before entry.

use std::fs::File;
use std::os::fd::{AsFd, AsRawFd as _, OwnedFd};

use sandbox_rt::{Declared, Error, ErrorKind, Sandbox};
use sandbox_tests::check::expect_denied;
use sandbox_tests::harness::Case;
use sandbox_tests::sys::{End, Errno, call, forked, is_root_of_the_machine};
use sandbox_tests::{args, scratch};

use crate::probe::{Probe, assert_failed};
use crate::supervised;
use crate::sys::{owned, write_word};

const READ: i32 = libc::PROT_READ;
const WRITE: i32 = libc::PROT_READ | libc::PROT_WRITE;
const PAGE: usize = 4096;

pub(crate) fn cases() -> Vec<Case> {
    let mut cases = vec![
        Case::new("mappings::shared::written", || refused(WRITE, libc::MAP_SHARED, &read_write())),
        Case::new("mappings::shared::may_be_written", || refused(READ, libc::MAP_SHARED, &read_write())),
        Case::new("mappings::shared::inaccessible", || refused(libc::PROT_NONE, libc::MAP_SHARED, &read_write())),
        Case::new("mappings::shared::anonymous", anonymous),
        Case::new("mappings::shared::memfd", memfd),
        Case::new("mappings::shared::denied_once", denied_once),
        Case::new("mappings::shared::read", shared_read),
        Case::new("mappings::shared::declared", declared),
        Case::new("mappings::shared::declared_for_reading", declared_for_reading),
        Case::new("mappings::shared::another_declared", another_declared),
        Case::new("mappings::private", private),
        Case::new("mappings::packet_ring", packet_ring),
    ];
    if is_root_of_the_machine() {
        cases.push(Case::new("mappings::shared::another_nameless_declared", another_nameless_declared));
    }
    cases
}

fn content() -> std::path::PathBuf {
    scratch::file("content", [b'x'; PAGE])
}

fn read_write() -> File {
    File::options().read(true).write(true).open(content()).expect("a file")
}

fn map(protection: i32, flags: i32, file: &impl AsFd) -> i64 {
    call(libc::SYS_mmap, args![0, PAGE, protection, flags, file.as_fd().as_raw_fd(), 0]).expect("mmap")
}

#[track_caller]
fn assert_refused(entered: Result<(), Error>, name: &str) {
    let error = entered.expect_err("a shared mapping");
    assert_failed(&error);
    assert_eq!((error.kind(), error.is_partial()), (ErrorKind::Shared, false), "{error}");
    assert!(error.operation().contains("shared mapping") && error.operation().contains(name), "{error}");
    assert!(error.help_line().is_some_and(|help| help.contains("mmap_w")), "{error}");
}

fn refused(protection: i32, flags: i32, file: &impl AsFd) {
    let probe = Probe::new();
    let mapped = map(protection, flags, file);
    assert_refused(Sandbox::new("entry").enter(), "content");
    probe.assert_free();
    call(libc::SYS_munmap, args![mapped, PAGE]).expect("unmap");
    Sandbox::new("entry").enter().expect("entry, after it was unmapped");
    probe.assert_refused();
}

fn anonymous() {
    call(libc::SYS_mmap, args![0, PAGE, WRITE, libc::MAP_SHARED | libc::MAP_ANONYMOUS, -1, 0]).expect("mmap");
    assert_refused(Sandbox::new("entry").enter(), "");
}

fn memfd() {
    let memory = crate::sys::owned(call(libc::SYS_memfd_create, args![c"memory", 0]).expect("memfd_create"));
    call(libc::SYS_ftruncate, args![memory.as_raw_fd(), PAGE]).expect("ftruncate");
    let _ = map(WRITE, libc::MAP_SHARED, &memory);
    drop(memory);
    assert_refused(Sandbox::new("entry").enter(), "memfd:memory");
}

/// An outer sandbox says once that there is none.
fn denied_once() {
    let entered = |fault| {
        let child = forked(|| {
            let _ = map(WRITE, libc::MAP_SHARED, &read_write());
            supervised::supervise(fault);
            supervised::begin();
            let entered = Sandbox::new("entry").enter();
            supervised::end();
            assert_refused(entered, "content");
        });
        assert_eq!(child.end, End::Exited(0), "{fault:?}: {child:?}");
        supervised::recorded()
    };
    let steps = entered(None);
    let questions: Vec<usize> = (0..steps.len()).filter(|&at| steps[at].asks_about_mappings()).collect();
    assert!(!questions.is_empty(), "{steps:?}");
    for question in questions {
        entered(Some((question, libc::ENOENT)));
    }
}

/// What was opened for reading only can never be written through.
fn shared_read() {
    let file = File::open(content()).expect("a file");
    let mapped = map(READ, libc::MAP_SHARED, &file);
    drop(file);
    let probe = Probe::new();
    Sandbox::new("entry").enter().expect("entry");
    probe.assert_refused();
    call(libc::SYS_mprotect, args![mapped, PAGE, WRITE]).expect_err("the mapping cannot be made writable");
}

fn declared() {
    let file = read_write();
    let mapped = map(WRITE, libc::MAP_SHARED, &file);
    let probe = Probe::new();
    Sandbox::new("entry")
        .grant("file", &file, "mmap_w".parse::<Declared>().expect("rights"))
        .enter()
        .expect("entry with a declared mapping");
    probe.assert_refused();
    assert_eq!(write_word(mapped, 7), 7);
    expect_denied("remap", call(libc::SYS_mprotect, args![mapped, PAGE, WRITE | libc::PROT_EXEC]));
}

fn declared_for_reading() {
    let file = read_write();
    let _ = map(WRITE, libc::MAP_SHARED, &file);
    let rights = "mmap_r".parse::<Declared>().expect("rights");
    assert_refused(Sandbox::new("entry").grant("file", &file, rights).enter(), "content");
}

fn another_declared() {
    let _ = map(WRITE, libc::MAP_SHARED, &read_write());
    let path = scratch::file("another", [b'y'; PAGE]);
    let other = File::options().read(true).write(true).open(path).expect("a file");
    let rights = "mmap_w".parse::<Declared>().expect("rights");
    assert_refused(Sandbox::new("entry").grant("file", &other, rights).enter(), "content");
}

/// A BPF map of one page that can be mapped.
fn bpf_map() -> OwnedFd {
    // `BPF_MAP_CREATE`, `BPF_MAP_TYPE_ARRAY`, `BPF_F_MMAPABLE` (linux/bpf.h).
    const CREATE: u32 = 0;
    const ARRAY: u32 = 2;
    const MAPPABLE: u32 = 1 << 10;
    let attributes = [ARRAY, 4, 4096, 1, MAPPABLE];
    owned(call(libc::SYS_bpf, args![CREATE, &attributes, size_of_val(&attributes)]).expect("a map"))
}

/// BPF maps, perf events and others have one inode in common: a declared one says nothing about what is mapped.
fn another_nameless_declared() {
    let (other, declared) = (bpf_map(), bpf_map());
    let mapped = map(WRITE, libc::MAP_SHARED, &other);
    assert_eq!(write_word(mapped, 7), 7);
    let rights = || "mmap_w".parse::<Declared>().expect("rights");
    let error = Sandbox::new("entry").grant("map", &declared, rights()).enter().expect_err("a shared mapping");
    assert_failed(&error);
    assert_eq!((error.kind(), error.is_partial()), (ErrorKind::Shared, false), "{error}");
    assert!(error.help_line().is_some_and(|help| help.contains("many objects have this name")), "{error}");
    call(libc::SYS_munmap, args![mapped, PAGE]).expect("unmap");
    Sandbox::new("entry").grant("map", &declared, rights()).enter().expect("entry, after it was unmapped");
}

fn private() {
    let file = read_write();
    let mapped = map(WRITE, libc::MAP_PRIVATE, &file);
    drop(file);
    Sandbox::new("entry").enter().expect("entry");
    assert_eq!(write_word(mapped, 7), 7);
}

/// The ring of a packet socket belongs to its `recv`, and to nothing less. It sends nothing.
fn packet_ring() {
    // `TPACKET_V3` (linux/if_packet.h).
    const VERSION_3: i32 = 2;
    // In namespaces of its own, where everybody may have packet sockets.
    call(libc::SYS_unshare, args![libc::CLONE_NEWUSER | libc::CLONE_NEWNET]).expect("namespaces");
    let made = call(libc::SYS_socket, args![libc::AF_PACKET, libc::SOCK_RAW, 0]).expect("a packet socket");
    let socket = owned(made);
    let set = |option: i32, value: &[i32]| {
        let length = size_of_val(value);
        call(libc::SYS_setsockopt, args![socket.as_raw_fd(), libc::SOL_PACKET, option, value, length])
            .expect("setsockopt");
    };
    let page = i32::try_from(PAGE).expect("small");
    set(libc::PACKET_VERSION, &[VERSION_3]);
    // `struct tpacket_req3`: one block of a page, two frames in it, and the timeout.
    set(libc::PACKET_RX_RING, &[page, 1, page / 2, 2, 50, 0, 0]);
    let mapped = map(WRITE, libc::MAP_SHARED, &socket);
    let declared =
        |rights: &str| Sandbox::new("entry").grant("ring", &socket, rights.parse::<Declared>().expect("rights"));
    assert_refused(Sandbox::new("entry").enter(), "socket:");
    assert_refused(declared("event + getsockopt").enter(), "socket:");
    let probe = Probe::new();
    let frame = [0_u8; 60];
    let send = || call(libc::SYS_sendto, args![socket.as_raw_fd(), &frame, frame.len(), libc::MSG_DONTWAIT, 0, 0]);
    let statistics = |option: i32| {
        let (level, mut value, mut length) = (libc::SOL_PACKET, [0_u32; 3], [12_u32]);
        call(libc::SYS_getsockopt, args![socket.as_raw_fd(), level, option, &mut value, &mut length])
    };
    // Not the sandbox's refusal: it is bound to no interface.
    assert_eq!(send().expect_err("no interface"), Errno::ENXIO);
    statistics(libc::PACKET_VERSION).expect("without the sandbox");
    declared("recv + event + getsockopt").enter().expect("entry with a declared ring");
    probe.assert_refused();
    // The end of the only block, which belongs to the kernel: it is not looked at.
    assert_eq!(write_word(mapped + i64::from(page) - 8, 7), 7);
    expect_denied("send", send());
    statistics(libc::PACKET_STATISTICS).expect("`getsockopt` includes the statistics");
    expect_denied("version", statistics(libc::PACKET_VERSION));
}
