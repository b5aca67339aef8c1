//! The kinds of descriptors, each with what works on it.

mod directory;
mod epoll;
mod file;
mod inotify;
mod partners;
mod pipe;
mod process;
mod socket;
mod terminal;
mod unix;

use sandbox_policy::vocabulary::{self, Access};
use sandbox_rt::{Declared, Rights};
use sandbox_tests::harness::Case;

use crate::compare::{self, Kind};

const KINDS: [&[Kind]; 9] = [
    file::KINDS,
    pipe::KINDS,
    socket::KINDS,
    unix::KINDS,
    epoll::KINDS,
    inotify::KINDS,
    terminal::KINDS,
    process::KINDS,
    directory::KINDS,
];

/// Every case of every kind.
pub(crate) fn cases() -> Vec<Case> {
    let kinds = || KINDS.into_iter().flatten();
    let mut cases: Vec<Case> = kinds().flat_map(|kind| compare::cases(*kind)).collect();
    cases.push(Case::new("every_right_is_tried", move || {
        let declared: Vec<Rights> = kinds()
            .flat_map(compare::declarations)
            .map(|text| text.parse::<Declared>().expect("a declaration").rights)
            .collect();
        for row in compare::rows(|_| true) {
            let right = vocabulary::find(&row).expect("a row").rights;
            assert!(declared.iter().any(|rights| rights.contains(right)), "no kind is declared with `{row}`");
        }
    }));
    cases
}

/// Neither a directory nor a listener.
fn ordinary(rights: Rights) -> bool {
    !rights.intersects(Rights::LOOKUP.union(Rights::ACCEPT)) && !beneath(rights)
}

/// Rights that need `lookup`, which only directories have.
fn beneath(rights: Rights) -> bool {
    rights.granted().any(|row| row.needs.contains(Rights::LOOKUP))
}

/// Open for reading only.
fn only_read(rights: Rights) -> bool {
    ordinary(rights) && !Access::of(rights).write
}

/// Open for writing only.
fn only_written(rights: Rights) -> bool {
    ordinary(rights) && !Access::of(rights).read
}
