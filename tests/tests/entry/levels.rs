//! What older kernels would enforce: Landlock's versions, from none to the newest.

use std::io::Read as _;

use sandbox_rt::{Dir, ErrorKind, Rights, Sandbox, State};
use sandbox_tests::check::expect_denied;
use sandbox_tests::harness::Case;
use sandbox_tests::scratch;

use crate::probe::{Probe, assert_failed};

/// The newest version that is asked for; this kernel must have at least the first.
const NEWEST: u32 = 7;

pub(crate) fn cases() -> Vec<Case> {
    let mut cases = vec![Case::new("levels::none", none)];
    for version in 1..=NEWEST {
        cases.push(Case::new(format!("levels::{version}"), move || limited(version)));
    }
    cases
}

fn landlock() -> (bool, State) {
    let status = sandbox_rt::status().expect("a status");
    let found = status.mechanisms().iter().find(|mechanism| mechanism.name == "Landlock").expect("Landlock's line");
    (found.required, found.state.clone())
}

fn none() {
    let probe = Probe::new();
    let dir = Dir::open_path(scratch::folder()).expect("a directory");
    let with_directory = Sandbox::new("entry").grant("dir", &dir, Rights::LOOKUP | Rights::READ);
    let error = with_directory.landlock_at_most(0).enter().expect_err("a directory needs Landlock");
    assert_failed(&error);
    assert_eq!((error.kind(), error.resource_name()), (ErrorKind::Unenforceable, Some("dir")), "{error}");
    assert!(!error.is_partial() && error.help_line().is_some(), "{error}");
    probe.assert_free();

    Sandbox::new("entry").landlock_at_most(0).enter().expect("entry without Landlock");
    probe.assert_refused();
    let (required, state) = landlock();
    assert!(!required && matches!(state, State::Missing(_)), "{state:?}");
    let text = sandbox_rt::status().expect("a status").to_string();
    assert!(text.contains("[ ] Landlock"), "{text}");
}

fn limited(version: u32) {
    let probe = Probe::new();
    let beneath = scratch::file("beneath", "beneath");
    let dir = Dir::open_path(scratch::folder()).expect("a directory");
    Sandbox::new("entry")
        .grant("dir", &dir, Rights::LOOKUP | Rights::READ)
        .landlock_at_most(version)
        .enter()
        .expect("entry");
    let mut text = String::new();
    dir.open("beneath").expect("open beneath").read_to_string(&mut text).expect("read");
    assert_eq!(text, "beneath");
    expect_denied("open by path", std::fs::File::open(beneath));
    expect_denied("create beneath", dir.create("new", 0o600));
    probe.assert_refused();
    let (required, state) = landlock();
    let State::Holds(extent) = state else { panic!("{state:?}") };
    assert!(required && extent.contains("version "), "{extent}");
    // A kernel that knows fewer versions enforces what it knows.
    let enforced: u32 = extent.split([' ', ':']).nth(1).and_then(|word| word.parse().ok()).expect("a version");
    assert!((1..=version).contains(&enforced), "{extent}");
}
