//! Memory: executable, shared, somebody else's.

use std::os::fd::AsRawFd as _;

use libc::{MAP_ANONYMOUS, MAP_PRIVATE, MAP_SHARED, PROT_EXEC, PROT_READ, PROT_WRITE};
use sandbox_tests::args;
use sandbox_tests::sys::{Errno, call};

use crate::attempt::Attempt;

const PAGE: usize = 4096;
const ANONYMOUS: i32 = MAP_PRIVATE | MAP_ANONYMOUS;

pub(crate) fn attempts() -> Vec<Attempt> {
    vec![
        Attempt::new("map executable memory", |_| map(PROT_READ | PROT_EXEC, ANONYMOUS, -1)),
        Attempt::new("map memory that is written and executed", |_| {
            map(PROT_READ | PROT_WRITE | PROT_EXEC, ANONYMOUS, -1)
        }),
        Attempt::new("make memory executable", |_| protect(PROT_READ | PROT_EXEC)),
        Attempt::new("make memory executable by its key", |_| {
            call(libc::SYS_pkey_mprotect, args![page(), PAGE, PROT_READ | PROT_EXEC, -1])
        }),
        Attempt::new("make readable memory executable", |_| {
            const READ_IMPLIES_EXEC: i32 = 0x0040_0000;
            call(libc::SYS_personality, args![READ_IMPLIES_EXEC])
        }),
        Attempt::new("map a file for reading", |w| map(PROT_READ, MAP_PRIVATE, w.input.as_raw_fd())),
        Attempt::new("map a file for writing", |w| map(PROT_READ | PROT_WRITE, MAP_SHARED, w.out.as_raw_fd())),
        Attempt::new("map a file for execution", |w| map(PROT_READ | PROT_EXEC, MAP_PRIVATE, w.input.as_raw_fd())),
        Attempt::new("map what is held", |w| map(PROT_READ, MAP_PRIVATE, w.held.as_raw_fd())),
        Attempt::new("rearrange a mapping of a file", |_| {
            // Refused or not by the kernel's version, an old call that changes what is mapped where.
            let shared = map(PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1)?;
            call(libc::SYS_remap_file_pages, args![shared, PAGE, 0, 0, 0])
        }),
        Attempt::new("read its memory as another process", |w| {
            let (mut into, from) = ([0_u8; 8], [1_u8; 8]);
            let local = [into.as_mut_ptr().expose_provenance(), 8];
            let remote = [from.as_ptr().expose_provenance(), 8];
            call(libc::SYS_process_vm_readv, args![w.pid, &local, 1, &remote, 1, 0])
        }),
        Attempt::new("write its memory as another process", |w| {
            let (mut into, from) = ([0_u8; 8], [1_u8; 8]);
            let local = [from.as_ptr().expose_provenance(), 8];
            let remote = [into.as_mut_ptr().expose_provenance(), 8];
            call(libc::SYS_process_vm_writev, args![w.pid, &local, 1, &remote, 1, 0])
        }),
        Attempt::new("make a memory file", |_| call(libc::SYS_memfd_create, args![c"mine", 0])),
        Attempt::new("make a shared memory segment", |_| {
            let segment = call(libc::SYS_shmget, args![libc::IPC_PRIVATE, PAGE, libc::IPC_CREAT | 0o600])?;
            call(libc::SYS_shmctl, args![segment, libc::IPC_RMID, 0])
        }),
        Attempt::new("handle page faults itself", |_| {
            const UFFD_USER_MODE_ONLY: i32 = 1;
            call(libc::SYS_userfaultfd, args![UFFD_USER_MODE_ONLY])
        }),
        Attempt::new("lock memory", |_| call(libc::SYS_mlock, args![page(), PAGE])),
        Attempt::new("see which pages are in memory", |_| call(libc::SYS_mincore, args![page(), PAGE, &mut [0_u8; 1]])),
    ]
}

fn map(protection: i32, flags: i32, descriptor: i32) -> Result<i64, Errno> {
    call(libc::SYS_mmap, args![0, PAGE, protection, flags, descriptor, 0])
}

fn page() -> i64 {
    map(PROT_READ | PROT_WRITE, ANONYMOUS, -1).expect("ordinary memory")
}

fn protect(protection: i32) -> Result<i64, Errno> {
    call(libc::SYS_mprotect, args![page(), PAGE, protection])
}
