//! The shared libraries that a program for FreeBSD needs: only those that every release has under the same number.

use std::fs;
use std::path::Path;

use object::elf::{DT_NEEDED, FileHeader64};
use object::read::elf::FileHeader as _;
use object::{LittleEndian, read};

use crate::failure::{Doing, Failure, Result};

/// The C library, threads, mathematics. libutil, for one, has another number since FreeBSD 15: what needs it does not start
/// on both sides of that.
const EVERYWHERE: [&str; 3] = ["libc.so.7", "libm.so.5", "libthr.so.3"];

/// Sees that the program starts on every release.
pub(super) fn check(program: &Path) -> Result<()> {
    let shown = program.display();
    let bytes = fs::read(program).doing(format!("read {shown}"))?;
    let needed = needed(&bytes).map_err(|error| Failure::new(format!("`{shown}` is no program: {error}")))?;
    match needed.iter().find(|library| !EVERYWHERE.contains(&library.as_str())) {
        None => Ok(()),
        Some(library) => Err(Failure::new(format!("`{shown}` needs `{library}`"))
            .help("not every release of FreeBSD has it under this number: call what libc has instead")),
    }
}

fn needed(program: &[u8]) -> read::Result<Vec<String>> {
    let header = FileHeader64::<LittleEndian>::parse(program)?;
    let table = header.sections(LittleEndian, program)?.dynamic_table(LittleEndian, program)?;
    let libraries = table.iter().filter(|entry| entry.tag == DT_NEEDED);
    libraries.map(|entry| Ok(String::from_utf8_lossy(table.string(entry)?).into_owned())).collect()
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::check;

    #[test]
    fn a_library_that_is_not_everywhere_is_named() {
        let this = std::env::current_exe().expect("this program");
        let said = check(&this).expect_err("it is for Linux").to_string();
        assert!(said.contains("` needs `lib") && said.contains("help: not every release"), "{said}");
        let said = check("/etc/passwd".as_ref()).expect_err("no program").to_string();
        assert!(said.starts_with("`/etc/passwd` is no program: "), "{said}");
    }
}
