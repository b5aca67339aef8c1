//! A program reads its own policies, before entry and after it.

use std::fs::File;
use std::io;

use sandbox_rt::testing::confined;
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
        "policies::never_called (sandbox-rt/tests/policies.rs:18)\n  input: read + seek + ioctl(0x5413)\n  stderr: none\n  \
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
