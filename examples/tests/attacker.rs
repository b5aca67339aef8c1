//! The attacker: every attempt succeeds without the sandbox and is refused within it.

use std::process::Command;

/// What the program prints with these arguments, on both of its outputs.
fn attacker(arguments: &[&str]) -> String {
    let program = std::env::var_os("CARGO_BIN_EXE_attacker").unwrap_or_else(|| env!("CARGO_BIN_EXE_attacker").into());
    let output = Command::new(program).args(arguments).output().expect("run the attacker");
    let text = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{}\n{text}", output.status);
    text
}

fn attempts(text: &str, ending: &str) -> Vec<String> {
    let marked = format!(": {ending}: ");
    text.lines().filter_map(|line| Some(line.split_once(&marked)?.0.to_owned())).collect()
}

#[test]
fn what_succeeds_without_the_sandbox_is_refused_within_it() {
    let (free, confined) = (attacker(&["--unconfined"]), attacker(&[]));
    let succeeded = attempts(&free, "succeeded");
    assert!(succeeded.len() >= 4, "{free}");
    assert_eq!(attempts(&free, "refused"), [] as [&str; 0], "{free}");
    assert_eq!(attempts(&confined, "refused"), succeeded, "{confined}");
    assert_eq!(attempts(&confined, "succeeded"), [] as [&str; 0], "{confined}");
}

#[test]
fn refusals_are_explained() {
    let text = attacker(&[]);
    let wanted = "`read` on `out` (fd 3) refused: `out` has write + seek. To allow it: fds(out = read + write + seek)";
    assert!(text.contains(wanted), "{text}");
}

#[test]
fn the_state_is_shown() {
    let text = attacker(&["--status"]);
    assert!(text.starts_with("`status` is confined\n"), "{text}");
    let mechanism = if cfg!(target_os = "freebsd") { "capability mode" } else { "seccomp" };
    assert!(text.contains(&format!("[x] {mechanism} (required)")), "{text}");
}
