//! Entry under a supervisor that is asked about each of its calls, one by one: it records them, and answers one of them
//! in the kernel's place (seccomp_unotify(2)).

use std::fmt;
use std::fs;
use std::io::{IoSlice, IoSliceMut};
use std::mem::MaybeUninit;
use std::os::fd::{AsFd as _, AsRawFd as _, OwnedFd};

use rustix::event::{PollFd, PollFlags, poll};
use rustix::net::{
    AddressFamily, RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, SendAncillaryBuffer, SendAncillaryMessage,
    SendFlags, SocketFlags, SocketType, recvmsg, sendmsg, socketpair,
};
use sandbox_tests::sys::{Errno, call};
use sandbox_tests::{args, scratch};

use crate::outer;

/// With this first argument getpid(2), which ignores it, marks where entry begins and ends.
const BEGIN: u64 = 0x5eed_0001;
const END: u64 = 0x5eed_0002;

/// The calls that no supervisor is asked about: memory, without which std aborts, and the end of the process.
const UNASKED: &[libc::c_long] = &[
    libc::SYS_brk,
    libc::SYS_mmap,
    libc::SYS_munmap,
    libc::SYS_mremap,
    libc::SYS_madvise,
    libc::SYS_sendmsg,
    libc::SYS_write,
    libc::SYS_clone,
    libc::SYS_wait4,
    libc::SYS_rt_sigreturn,
    libc::SYS_exit,
    libc::SYS_exit_group,
];

/// `struct seccomp_notif` (linux/seccomp.h).
#[repr(C)]
#[derive(Default)]
struct Question {
    id: u64,
    pid: u32,
    flags: u32,
    number: i32,
    arch: u32,
    instruction: u64,
    arguments: [u64; 6],
}

/// `struct seccomp_notif_resp`.
#[repr(C)]
struct Answer {
    id: u64,
    value: i64,
    error: i32,
    flags: u32,
}

const RECV: u32 = 0xc050_2100;
const SEND: u32 = 0xc018_2101;
/// linux/fs.h
const PROCMAP_QUERY: u64 = 0xc068_6611;
/// The kernel performs the call.
const CONTINUE: u32 = 1;

/// One call of entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Step {
    pub(crate) number: libc::c_long,
    pub(crate) arguments: [u64; 6],
}

impl Step {
    /// Whether it is this prctl(2).
    pub(crate) fn is_prctl(&self, option: libc::c_int) -> bool {
        self.number == libc::SYS_prctl && self.arguments[0] == u64::from(option.unsigned_abs())
    }

    /// Whether it asks the kernel about the process's mappings.
    pub(crate) fn asks_about_mappings(&self) -> bool {
        self.number == libc::SYS_ioctl && self.arguments[1] == PROCMAP_QUERY
    }
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.number)?;
        self.arguments.iter().try_for_each(|argument| write!(f, " {argument}"))
    }
}

/// Which step is answered, and how; 0 pretends success.
pub(crate) type Fault = Option<(usize, i32)>;

/// Puts this process under a supervisor. What lies between [`begin`] and [`end`] is recorded.
pub(crate) fn supervise(fault: Fault) {
    let (ours, theirs) =
        socketpair(AddressFamily::UNIX, SocketType::STREAM, SocketFlags::CLOEXEC, None).expect("a socket pair");
    let flags = libc::c_long::from(libc::SIGCHLD);
    let child = call(libc::SYS_clone, args![flags, 0, 0, 0, 0]).expect("fork");
    if child == 0 {
        drop(ours);
        let listener = receive(&theirs);
        drop(theirs);
        let steps = answer_all(&listener, fault);
        let lines: Vec<String> = steps.iter().map(Step::to_string).collect();
        fs::write(scratch::path("steps"), lines.join("\n")).expect("write the steps");
        std::process::exit(0);
    }
    drop(theirs);
    let listener = outer::ask_about_all_but(UNASKED);
    send(&ours, &listener);
}

pub(crate) fn begin() {
    let _ = call(libc::SYS_getpid, args![BEGIN]);
}

pub(crate) fn end() {
    let _ = call(libc::SYS_getpid, args![END]);
}

/// The steps that the supervisor of a child that has ended recorded.
pub(crate) fn recorded() -> Vec<Step> {
    let text = fs::read_to_string(scratch::path("steps")).expect("the supervisor's record");
    let words = |line: &str| line.split(' ').map(|word| word.parse().expect("a number")).collect::<Vec<u64>>();
    text.lines()
        .map(words)
        .map(|words| Step {
            number: libc::c_long::try_from(words[0]).expect("a call's number"),
            arguments: words[1..].try_into().expect("six arguments"),
        })
        .collect()
}

fn send(socket: &OwnedFd, listener: &OwnedFd) {
    let descriptors = [listener.as_fd()];
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
    let mut ancillary = SendAncillaryBuffer::new(&mut space);
    assert!(ancillary.push(SendAncillaryMessage::ScmRights(&descriptors)));
    sendmsg(socket, &[IoSlice::new(b"L")], &mut ancillary, SendFlags::empty()).expect("send the listener");
}

fn receive(socket: &OwnedFd) -> OwnedFd {
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
    let mut ancillary = RecvAncillaryBuffer::new(&mut space);
    let mut byte = [0];
    recvmsg(socket, &mut [IoSliceMut::new(&mut byte)], &mut ancillary, RecvFlags::CMSG_CLOEXEC).expect("the listener");
    let received = ancillary.drain().find_map(|message| match message {
        RecvAncillaryMessage::ScmRights(mut descriptors) => descriptors.next(),
        _ => None,
    });
    received.expect("a descriptor")
}

/// Answers until the supervised process has ended, and gives what it did between the marks.
fn answer_all(listener: &OwnedFd, fault: Fault) -> Vec<Step> {
    let mut steps = Vec::new();
    let mut recording = false;
    loop {
        let mut polled = [PollFd::new(listener, PollFlags::IN)];
        poll(&mut polled, None).expect("poll the listener");
        if !polled[0].revents().contains(PollFlags::IN) {
            return steps;
        }
        let mut question = Question::default();
        match call(libc::SYS_ioctl, args![listener.as_raw_fd(), RECV, &raw mut question]) {
            Ok(_) => {}
            // The process was ended while it asked.
            Err(Errno::ENOENT) => continue,
            Err(error) => panic!("receive a question: {error}"),
        }
        let mut answer = Answer { id: question.id, value: 0, error: 0, flags: CONTINUE };
        let step = Step { number: question.number.into(), arguments: question.arguments };
        let mark = (step.number == libc::SYS_getpid).then_some(step.arguments[0]);
        match mark {
            Some(BEGIN) => recording = true,
            Some(END) => recording = false,
            _ if recording => {
                if let Some((at, errno)) = fault
                    && at == steps.len()
                {
                    answer = Answer { error: -errno, flags: 0, ..answer };
                }
                steps.push(step);
            }
            _ => {}
        }
        match call(libc::SYS_ioctl, args![listener.as_raw_fd(), SEND, &raw const answer]) {
            Ok(_) | Err(Errno::ENOENT) => {}
            Err(error) => panic!("send an answer: {error}"),
        }
    }
}
