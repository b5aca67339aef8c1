//! What an attacker with code execution would try, by raw system calls: each attempt succeeds without the sandbox, and
//! is refused within it, under every declaration that does not grant it.

mod attempt;
mod before;
mod directories;
mod files;
mod foreign;
mod garbage;
mod inherited;
mod kernel;
mod memory;
mod minting;
mod network;
mod processes;
mod sys;
mod threads;
mod traps;
mod widening;
mod world;

use std::process::ExitCode;

use sandbox_tests::harness::{self, Case};
use sandbox_tests::sys::is_root;

use attempt::cases;

fn main() -> ExitCode {
    if let Some(code) = sandbox_rt::worker::serve(&[("victim", before::victim)]) {
        return code;
    }
    let mut all = vec![Case::new("kernel::every_other_number", kernel::every_other_number)];
    all.extend(cases("paths", files::by_path()));
    all.extend(cases("rights", files::by_descriptor()));
    all.extend(cases("two_descriptors", files::with_two_descriptors()));
    all.extend(cases("memory", memory::attempts()));
    all.extend(cases("processes", processes::attempts()));
    all.extend(cases("network", network::attempts()));
    all.extend(cases("kernel", kernel::attempts()));
    all.extend(cases("descriptors", kernel::descriptors()));
    all.extend(cases("numbers", minting::numbers()));
    all.extend(cases("minting", minting::rights()));
    all.push(minting::append());
    all.extend(cases("foreign", foreign::attempts()));
    all.extend(foreign::x32());
    all.extend(garbage::cases());
    all.extend(directories::cases());
    all.extend(traps::cases());
    all.extend(before::cases());
    all.extend(inherited::cases());
    all.extend(widening::cases());
    all.extend(cases("threads", threads::attempts()));
    all.push(threads::race());
    if is_root() {
        all.extend(cases("privileged", kernel::privileged()));
    }
    harness::main(all)
}
