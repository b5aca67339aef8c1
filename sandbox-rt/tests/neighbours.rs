//! Tests of users' programs stand side by side in one process: some panic, some forget `confined`. None may hold up a
//! confined closure, which runs in a copy of that process.

use sandbox_rt::{ErrorKind, OnViolation, Sandbox, testing::confined};

fn panics() {
    panic!("as a failing test does");
}

fn enters() {
    confined(|| Sandbox::new("neighbour").on_violation(OnViolation::Error).enter()).assert_success();
}

fn forgets_confined() {
    let error = Sandbox::new("forgetful").enter().expect_err("a test harness has several threads");
    assert!(matches!(error.kind(), ErrorKind::Shared | ErrorKind::Confined), "{error}");
    assert!(!error.is_partial());
}

#[test]
#[should_panic(expected = "as a failing test does")]
fn first_panics() {
    panics();
}

#[test]
fn first_enters() {
    enters();
}

#[test]
fn first_forgets() {
    forgets_confined();
}

#[test]
#[should_panic(expected = "as a failing test does")]
fn second_panics() {
    panics();
}

#[test]
fn second_enters() {
    enters();
}

#[test]
fn second_forgets() {
    forgets_confined();
}

#[test]
#[should_panic(expected = "as a failing test does")]
fn third_panics() {
    panics();
}

#[test]
fn third_enters() {
    enters();
}

#[test]
fn third_forgets() {
    forgets_confined();
}

#[test]
#[should_panic(expected = "as a failing test does")]
fn fourth_panics() {
    panics();
}

#[test]
fn fourth_enters() {
    enters();
}

#[test]
fn fourth_forgets() {
    forgets_confined();
}

#[test]
#[should_panic(expected = "as a failing test does")]
fn fifth_panics() {
    panics();
}

#[test]
fn fifth_enters() {
    enters();
}

#[test]
fn fifth_forgets() {
    forgets_confined();
}

#[test]
#[should_panic(expected = "as a failing test does")]
fn sixth_panics() {
    panics();
}

#[test]
fn sixth_enters() {
    enters();
}

#[test]
fn sixth_forgets() {
    forgets_confined();
}

/// What the closure returns, whatever the harness captures.
#[test]
fn an_error_comes_back() {
    let outcome = confined(|| -> Result<(), &str> { Err("no such file") });
    assert_eq!(outcome.to_string(), "returned status 1; its stderr:\nError: \"no such file\"\n");
}

#[test]
fn a_closure_may_end_the_process() {
    assert!(confined(|| std::process::exit(0)).is_success());
}
