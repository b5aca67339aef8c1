//! What is declared stands in the program, however it was linked: this suite is also built with LTO.

use sandbox_rt::{policies, sandboxed};
use sandbox_tests::harness::Case;

pub(crate) fn cases() -> Vec<Case> {
    vec![Case::new("notes::kept", kept)]
}

/// Called by nobody: the linker could leave it out.
#[allow(dead_code, reason = "its declaration is in the program all the same")]
#[sandboxed]
fn never_called() {}

fn kept() {
    let found = policies().expect("the program's own policies");
    assert!(found.iter().any(|policy| policy.path() == "entry::notes::never_called"), "{found:?}");
}
