//! A program reads its own policies, before entry and after it.

use std::fs::File;
use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use sandbox_rt::testing::{Outcome, confined};
use sandbox_rt::{EmbeddedPolicy, OnViolation, policies, sandboxed};

/// Reads its own policy from inside.
#[sandboxed(fds(input = read + seek))]
fn inside(input: &File) -> io::Result<bool> {
    let _ = input;
    Ok(policies()?.iter().any(|policy| policy.path() == "policies::inside" && !policy.reaction_named))
}

/// Declared and never called.
#[allow(dead_code, reason = "a declaration is in the binary whether it is used or not")]
#[sandboxed(fds(input = read + seek + ioctl(0x5413), stderr = none), allow(threads), on_violation = kill)]
fn never_called(input: &File) {
    let _ = input;
}

#[test]
fn every_declaration_is_found() {
    let found = policies().unwrap();
    let paths: Vec<_> = found.iter().map(EmbeddedPolicy::path).collect();
    assert_eq!(paths, ["policies::inside", "policies::never_called"]);
    assert_eq!(
        found[1].to_string(),
        "policies::never_called (sandbox-rt/tests/policies.rs:20)\n  input: read + seek + ioctl(0x5413)\n  stderr: none\n  \
         allow threads\n  on violation: kill"
    );
    assert!(found[1].reaction_named && !found[0].reaction_named);
    assert_eq!(found[0].policy.on_violation, OnViolation::unnamed(cfg!(debug_assertions)));
}

#[test]
fn policies_can_be_read_inside() {
    let outcome = confined(|| -> io::Result<()> {
        let input = File::open("/dev/null")?;
        if inside(&input)? { Ok(()) } else { Err(io::ErrorKind::NotFound.into()) }
    });
    outcome.assert_success();
}

/// While other threads read theirs: a lock that one of them held at the fork would never be released in the child.
#[test]
fn policies_can_be_read_inside_whatever_others_do() {
    let done = AtomicBool::new(false);
    thread::scope(|scope| {
        scope.spawn(|| {
            while !done.load(Ordering::Relaxed) {
                policies().unwrap();
            }
        });
        let outcomes: Vec<_> = (0..50).map(|_| confined(|| policies().map(drop))).collect();
        done.store(true, Ordering::Relaxed);
        outcomes.iter().for_each(Outcome::assert_success);
    });
}
