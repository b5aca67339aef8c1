//! A real binary: this one, which declares something itself.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::Command;

use object::LittleEndian;
use object::elf::{FileHeader64, PT_NOTE};
use object::read::elf::{FileHeader as _, ProgramHeader as _};
use sandbox_policy::note::OWNER;
use sandbox_rt::sandboxed;

use crate::run_on;

#[allow(dead_code, reason = "what counts is that it is declared")]
#[sandboxed(fds(input = read + seek, stdout = write), on_violation = kill)]
fn declared(input: File) {
    drop(input);
}

fn this() -> PathBuf {
    std::env::current_exe().expect("this program")
}

fn explained(binary: &Path) -> String {
    let ran = run_on(binary, &["explain", "BINARY", "itself::declared"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    ran.out
}

#[test]
fn what_the_macro_wrote_is_explained() {
    let said = explained(&this());
    for line in [
        "input   read + seek",
        "stdout  write",
        "a refused call: ends the process\n",
        "cargo-sandbox/tests/tool/itself.rs:",
    ] {
        assert!(said.contains(line), "{line}: {said}");
    }
}

#[test]
fn strip_keeps_it() {
    let folder = tempfile::tempdir().unwrap();
    let stripped = folder.path().join("stripped");
    let done =
        Command::new("strip").arg("-o").arg(&stripped).arg(this()).status().expect("strip, as a C compiler has it");
    assert!(done.success());
    assert!(std::fs::metadata(&stripped).unwrap().len() < std::fs::metadata(this()).unwrap().len());
    assert_eq!(explained(&stripped), explained(&this()));
}

/// FreeBSD's kernel ignores a segment of notes larger than a page, and must find the system's own.
#[test]
fn the_notes_have_a_segment_of_their_own() {
    let bytes = std::fs::read(this()).unwrap();
    let header = FileHeader64::<LittleEndian>::parse(&*bytes).unwrap();
    let segments = header.program_headers(LittleEndian, &*bytes).unwrap();
    let ours: Vec<_> = segments
        .iter()
        .filter(|segment| segment.p_type(LittleEndian) == PT_NOTE)
        .filter(|segment| segment.data(LittleEndian, &*bytes).unwrap().windows(OWNER.len()).any(|at| at == OWNER))
        .collect();
    let [ours] = ours[..] else { panic!("{} segments hold the owner's name", ours.len()) };
    assert_eq!(ours.p_align(LittleEndian), 8);
    let content = ours.data(LittleEndian, &*bytes).unwrap();
    assert!(!content.windows(4).any(|at| at == b"GNU\0"), "the system's notes are in another one");
}
