//! Least privilege: every entry of the base set has a consumer, and the consumer does not get by without it.
//!
//! A consumer runs twice under the filter of a declaration without descriptors: once as it is, and once with the rule of
//! its entry turned into the end of the process. The first time it must do its work, the second time it must meet that
//! end. An entry without a consumer, or a consumer whose entry is gone, fails too.

mod sys;

use std::cell::Cell;
use std::collections::hash_map::RandomState;
use std::hint::black_box;
use std::io::{PipeReader, PipeWriter};
use std::process::ExitCode;
use std::thread;
use std::time::{Duration, Instant};

use sandbox_model::Declaration;
use sandbox_policy::linux::base::BASE;
use sandbox_policy::linux::bpf::{Program, emit};
use sandbox_policy::linux::{Action, Arch, Call};
use sandbox_tests::harness::{self, Case};
use sandbox_tests::sys::{End, forked};

/// Who needs an entry of the base set.
#[derive(Clone, Copy)]
struct Consumer {
    call: Call,
    /// Which of the call's entries.
    entry: usize,
    needs: Needs,
}

#[derive(Clone, Copy)]
enum Needs {
    /// This, after the first function was run unconfined.
    After(fn(), fn()),
    /// This, which ends by a signal.
    Ending(fn(), i32),
    /// This, in a program that has musl for its libc.
    OnMusl(fn()),
    /// This, which ends by a signal, in such a program.
    EndingOnMusl(fn(), i32),
    /// This, where there is no vDSO.
    WithoutVdso(fn()),
    /// This, which cannot be run here, as these words say.
    Elsewhere(#[allow(dead_code, reason = "for people")] &'static str),
}

impl Needs {
    /// Whether this program is one of those that need it: `cargo xtask cross` runs it with musl.
    const fn can_run_here(self) -> bool {
        match self {
            Self::After(..) | Self::Ending(..) | Self::WithoutVdso(_) => cfg!(not(target_env = "musl")),
            Self::OnMusl(_) | Self::EndingOnMusl(..) => cfg!(target_env = "musl"),
            Self::Elsewhere(_) => false,
        }
    }
}

const fn needs(call: Call, run: fn()) -> Consumer {
    Consumer { call, entry: 0, needs: Needs::After(nothing, run) }
}

const fn with(call: Call, needs: Needs) -> Consumer {
    Consumer { call, entry: 0, needs }
}

fn nothing() {}

const CONSUMERS: &[Consumer] = &[
    needs(Call::brk, small_blocks),
    needs(Call::mmap, large_block),
    needs(Call::munmap, large_block),
    needs(Call::mremap, growing_block),
    needs(Call::mprotect, a_thread),
    needs(Call::madvise, a_thread),
    needs(Call::prctl, sys::allocate_by_mimalloc),
    needs(Call::rt_sigaction, sys::raise_and_handle),
    needs(Call::rt_sigreturn, sys::raise_and_handle),
    needs(Call::rt_sigprocmask, a_thread),
    needs(Call::sigaltstack, a_thread),
    with(Call::tgkill, Needs::Ending(abort, libc::SIGABRT)),
    with(Call::getpid, Needs::Ending(abort, libc::SIGABRT)),
    with(Call::gettid, Needs::Ending(abort, libc::SIGABRT)),
    with(Call::tkill, Needs::EndingOnMusl(abort, libc::SIGABRT)),
    with(Call::clock_gettime, Needs::WithoutVdso(now)),
    with(Call::gettimeofday, Needs::WithoutVdso(sys::time_of_day)),
    with(Call::time, Needs::WithoutVdso(sys::seconds)),
    with(Call::getcpu, Needs::WithoutVdso(sys::processor)),
    needs(Call::clock_nanosleep, sleep),
    with(Call::nanosleep, Needs::OnMusl(sys::sleep_by_libc)),
    with(Call::restart_syscall, Needs::After(sys::be_stopped, sleep_while_stopped)),
    needs(Call::futex, park),
    needs(Call::sched_yield, thread::yield_now),
    needs(Call::sched_getaffinity, count_processors),
    needs(Call::getrandom, random_keys),
    // Debug builds, as this one is.
    with(Call::fcntl, Needs::After(open_a_file, close_a_file)),
    needs(Call::exit_group, exit),
    needs(Call::exit, a_thread),
    with(Call::riscv_hwprobe, Needs::Elsewhere("RISC-V: is_riscv_feature_detected, where the vDSO cannot answer")),
    needs(Call::clone, a_thread),
    needs(Call::set_robust_list, a_thread),
    needs(Call::rseq, a_thread),
    Consumer { call: Call::prctl, entry: 1, needs: Needs::After(nothing, a_named_thread) },
];

fn small_blocks() {
    black_box((0..5_000).map(|n| vec![1_u8; 500 + n % 500]).collect::<Vec<_>>());
}

fn large_block() {
    black_box(vec![1_u8; 4 << 20]);
}

fn growing_block() {
    let mut block = black_box(vec![1_u8; 1 << 20]);
    block.resize(64 << 20, 2);
    black_box(block);
}

fn a_thread() {
    thread::spawn(large_block).join().expect("a thread");
}

fn a_named_thread() {
    thread::Builder::new().name("named".into()).spawn(nothing).expect("a thread").join().expect("its end");
}

fn abort() {
    std::process::abort();
}

fn exit() {
    std::process::exit(0);
}

fn now() {
    assert!(Instant::now().elapsed() < Duration::from_mins(1));
}

fn sleep() {
    thread::sleep(Duration::from_millis(1));
}

fn sleep_while_stopped() {
    thread::sleep(Duration::from_millis(200));
}

fn park() {
    thread::park_timeout(Duration::from_millis(1));
}

fn count_processors() {
    assert!(thread::available_parallelism().is_ok());
}

fn random_keys() {
    // Each thread asks once.
    thread::spawn(|| {
        black_box(RandomState::new());
    })
    .join()
    .expect("a thread");
}

fn close_a_file() {
    let (reader, _writer) = FILE.take().expect("a pipe");
    drop(reader);
}

fn open_a_file() {
    FILE.set(Some(std::io::pipe().expect("a pipe")));
}

thread_local! {
    /// What is opened before the filter is in force, to be closed after.
    static FILE: Cell<Option<(PipeReader, PipeWriter)>> = const { Cell::new(None) };
}

/// The filter, with the rule of this entry as the end of the process if it is to be missing.
fn filter(consumer: &Consumer, missing: bool) -> Program {
    let mut plan = Declaration::new("consumer").threads();
    plan.pid = std::process::id();
    let mut filter = plan.lower(Arch::X86_64).expect("a plan").filter;
    let rules = filter.calls.iter_mut().find(|entry| entry.call == consumer.call).map(|entry| &mut entry.rules);
    let rule = rules.and_then(|rules| rules.get_mut(consumer.entry));
    let rule = rule.unwrap_or_else(|| panic!("the base set has no such entry of `{}`", consumer.call));
    if missing {
        rule.action = Action::Kill;
    }
    emit(&filter).expect("a program")
}

/// Where the program that was started without a vDSO reads whom it is to be.
const VARIABLE: &str = "SANDBOX_CONSUMER";

fn ended(consumer: &Consumer, missing: bool) -> End {
    match consumer.needs {
        Needs::After(first, run) => {
            forked(|| {
                first();
                sys::load(&filter(consumer, missing));
                run();
            })
            .end
        }
        Needs::Ending(run, _) | Needs::EndingOnMusl(run, _) | Needs::OnMusl(run) => {
            forked(|| {
                sys::load(&filter(consumer, missing));
                run();
            })
            .end
        }
        Needs::WithoutVdso(_) => sys::run_without_vdso(VARIABLE, &format!("{} {missing}", consumer.call)),
        Needs::Elsewhere(_) => unreachable!("it has no case"),
    }
}

fn without_vdso(said: &str) {
    let (call, missing) = said.split_once(' ').expect("a call and whether it is missing");
    let consumer = CONSUMERS.iter().find(|consumer| consumer.call.name() == call).expect("a consumer");
    let Needs::WithoutVdso(run) = consumer.needs else { unreachable!("it was started for this") };
    sys::load(&filter(consumer, missing == "true"));
    run();
}

pub(crate) fn main() -> ExitCode {
    if let Ok(said) = std::env::var(VARIABLE) {
        without_vdso(&said);
        return ExitCode::SUCCESS;
    }
    let mut cases = vec![Case::new("every_entry_has_one_consumer", || {
        let mut entries: Vec<(Call, usize)> = Vec::new();
        for entry in BASE {
            let earlier = entries.iter().filter(|(call, _)| *call == entry.call).count();
            entries.push((entry.call, earlier));
        }
        let mut consumers: Vec<_> = CONSUMERS.iter().map(|consumer| (consumer.call, consumer.entry)).collect();
        entries.sort_unstable();
        consumers.sort_unstable();
        assert_eq!(entries, consumers);
    })];
    for consumer in CONSUMERS.iter().filter(|consumer| consumer.needs.can_run_here()) {
        cases.push(Case::new(format!("{}::{}", consumer.call, consumer.entry), move || {
            let expected = match consumer.needs {
                Needs::Ending(_, signal) | Needs::EndingOnMusl(_, signal) => End::Signalled(signal),
                Needs::After(..) | Needs::OnMusl(_) | Needs::WithoutVdso(_) | Needs::Elsewhere(_) => End::Exited(0),
            };
            assert_eq!(ended(consumer, false), expected, "with the rule");
            assert_eq!(ended(consumer, true), End::Signalled(libc::SIGSYS), "without the rule");
        }));
    }
    harness::main(cases)
}
