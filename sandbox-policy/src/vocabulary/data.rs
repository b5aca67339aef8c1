//! Reading and writing, positions, sizes and durability.

use super::Enforcement::Weaker;
use super::{Kinds, Row};
use crate::Rights;
use crate::linux::Call;
use crate::linux::rule::CallRule;
use crate::linux::rule::When::{Is, OneOf, Only};
use crate::linux::rule::on;

/// `RWF_HIPRI | RWF_DSYNC | RWF_SYNC | RWF_NOWAIT`: the flags of preadv2(2) and pwritev2(2) that change neither the
/// position nor append mode (`RWF_APPEND`, `RWF_NOAPPEND` do).
const RWF: u32 = 0xf;
/// "At the file position", as an offset.
const CURRENT: u64 = u64::MAX;
/// send(2): connects a TCP socket on the way.
const MSG_FASTOPEN: u32 = 0x2000_0000;

const DESCRIPTORS_PASS: super::Enforcement =
    Weaker("sendmsg is part of it: descriptors can be passed over a granted unix socket");

const READ: &[CallRule] = &[
    on(Call::read, 0),
    on(Call::readv, 0),
    on(Call::preadv2, 0).when(&[Is(3, CURRENT), Only(5, RWF)]),
    on(Call::recvfrom, 0),
    on(Call::getdents64, 0),
    on(Call::fadvise64, 0),
    on(Call::sendfile, 1).peer(0, Rights::WRITE).when(&[Is(2, 0)]),
    on(Call::copy_file_range, 0).peer(2, Rights::WRITE).when(&[Is(1, 0), Is(3, 0), Only(5, 0)]),
    on(Call::copy_file_range, 0).peer(2, Rights::PWRITE).when(&[Is(1, 0), Only(5, 0)]),
    on(Call::splice, 0).peer(2, Rights::WRITE).when(&[Is(1, 0), Is(3, 0)]),
    on(Call::splice, 0).peer(2, Rights::PWRITE).when(&[Is(1, 0)]),
];

const WRITE: &[CallRule] = &[
    on(Call::write, 0),
    on(Call::writev, 0),
    on(Call::pwritev2, 0).when(&[Is(3, CURRENT), Only(5, RWF)]),
    on(Call::sendto, 0).when(&[Only(3, !MSG_FASTOPEN), Is(4, 0)]),
];

const PREAD: &[CallRule] = &[
    on(Call::pread64, 0),
    on(Call::preadv, 0),
    on(Call::preadv2, 0).when(&[Only(5, RWF)]),
    on(Call::sendfile, 1).peer(0, Rights::WRITE),
    on(Call::copy_file_range, 0).peer(2, Rights::WRITE).when(&[Is(3, 0), Only(5, 0)]),
    on(Call::copy_file_range, 0).peer(2, Rights::PWRITE).when(&[Only(5, 0)]),
    on(Call::splice, 0).peer(2, Rights::WRITE).when(&[Is(3, 0)]),
    on(Call::splice, 0).peer(2, Rights::PWRITE),
];

const PWRITE: &[CallRule] = &[
    on(Call::pwrite64, 0),
    on(Call::pwritev, 0),
    on(Call::pwritev2, 0).when(&[Only(5, RWF)]),
    // Mode 0 and FALLOC_FL_KEEP_SIZE only: the others punch holes and move data.
    on(Call::fallocate, 0).when(&[OneOf(1, &[0, 1])]),
];

pub(super) const ROWS: &[Row] = &[
    Row::new("read", Rights::READ, "read from it, receive from it, list it if it is a directory")
        .freebsd("CAP_READ")
        .reads()
        .linux(READ)
        .landlock(super::directory::READ_FILE | super::directory::READ_DIR),
    Row::new("write", Rights::WRITE, "write to it, send to its one peer")
        .freebsd("CAP_WRITE")
        .writes()
        .linux(WRITE)
        .on_freebsd(DESCRIPTORS_PASS)
        .landlock(super::directory::WRITE_FILE),
    Row::new("recv", Rights::READ, "the same right as `read`, as sockets call it")
        .freebsd("CAP_RECV")
        .kinds(Kinds::SOCKETS.or(Kinds::DIRECTORY))
        .alias(),
    Row::new("send", Rights::WRITE, "the same right as `write`, as sockets call it")
        .freebsd("CAP_SEND")
        .kinds(Kinds::SOCKETS)
        .on_freebsd(DESCRIPTORS_PASS)
        .alias(),
    Row::new("seek_tell", Rights::SEEK_TELL, "ask for the file position")
        .freebsd("CAP_SEEK_TELL")
        .kinds(Kinds::FILES.or(Kinds::DIRECTORY))
        .linux(&[on(Call::lseek, 0).when(&[Is(1, 0), OneOf(2, &[1])])])
        .on_freebsd(Weaker("the kernel knows only the whole of `seek`, which is granted instead")),
    Row::new("seek", Rights::SEEK, "ask for and set the file position")
        .freebsd("CAP_SEEK")
        .kinds(Kinds::FILES.or(Kinds::DIRECTORY))
        .linux(&[on(Call::lseek, 0)]),
    Row::new("pread", Rights::PREAD, "`read + seek`: read at a position")
        .freebsd("CAP_PREAD")
        .kinds(Kinds::FILES.or(Kinds::DIRECTORY))
        .linux(PREAD),
    Row::new("pwrite", Rights::PWRITE, "`write + seek`: write at a position, reserve space")
        .freebsd("CAP_PWRITE")
        .kinds(Kinds::FILES.or(Kinds::DIRECTORY))
        .linux(PWRITE),
    Row::new("fsync", Rights::FSYNC, "make what was written durable")
        .freebsd("CAP_FSYNC")
        .kinds(Kinds::FILES.or(Kinds::DIRECTORY))
        .linux(&[on(Call::fsync, 0), on(Call::fdatasync, 0), on(Call::sync_file_range, 0)]),
    Row::new("ftruncate", Rights::FTRUNCATE, "set its size")
        .freebsd("CAP_FTRUNCATE")
        .kinds(Kinds::FILES.or(Kinds::DIRECTORY))
        .writes()
        .linux(&[on(Call::ftruncate, 0)])
        .landlock(super::directory::TRUNCATE),
];
