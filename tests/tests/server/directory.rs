//! A directory whose files come and go.

use std::io::{Read as _, Write as _};
use std::path::Path;
use std::thread;
use std::time::Duration;

use sandbox_rt::{Allow, Declared, Dir, OnViolation, Sandbox};
use sandbox_tests::check::expect_denied;
use sandbox_tests::harness::Case;
use sandbox_tests::scratch;
use sandbox_tests::sys::as_ordinary_user;

use crate::numbers::Numbers;

const FILES: usize = 20_000;
/// Each is opened twice: a million descriptors. In release only, where it takes less than a minute.
const MANY: usize = 500_000;
const MANY_TIME_LIMIT: Duration = Duration::from_mins(8);
const RIGHTS: &str = "lookup + read + write + create + unlinkat + renameat_source + renameat_target";

pub(crate) fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    for threads in [1, 4] {
        cases.push(Case::new(format!("directory::{threads}"), move || files(threads, FILES)));
        cases.push(Case::new(format!("directory::{threads}::ordinary"), move || {
            as_ordinary_user();
            files(threads, FILES);
        }));
    }
    if !cfg!(debug_assertions) {
        cases.push(Case::new("directory::4::million", || files(4, MANY)).time_limit(MANY_TIME_LIMIT));
    }
    cases
}

fn files(threads: usize, rounds: usize) {
    let outside = scratch::file("outside", "outside");
    std::fs::create_dir(scratch::path("inside")).expect("a directory");
    let dir = Dir::open_path(scratch::path("inside")).expect("the directory");
    Sandbox::new("files")
        .grant("dir", &dir, RIGHTS.parse::<Declared>().expect("rights"))
        .allow(Allow::Threads)
        .on_violation(OnViolation::Error)
        .enter()
        .expect("entry");
    let numbers = Numbers::new();
    thread::scope(|scope| {
        for thread in 0..threads {
            let (dir, numbers) = (&dir, &numbers);
            scope.spawn(move || (0..rounds / threads).for_each(|round| come_and_go(dir, numbers, thread, round)));
        }
    });
    numbers.assert_constant(threads);
    assert_eq!(dir.entries().expect("the directory").count(), 0, "files are left");
    expect_denied("a file outside", std::fs::read(&outside));
    let leads_out = dir.open("../outside").expect_err("a path that leads out");
    assert_eq!(leads_out.kind(), std::io::ErrorKind::PermissionDenied);
    expect_denied("a directory, without the right", dir.create_dir("new", 0o700));
}

fn come_and_go(dir: &Dir, numbers: &Numbers, thread: usize, round: usize) {
    let (first, second) = (format!("{thread}.{round}"), format!("{thread}.{round}.renamed"));
    let text = round.to_string();
    let mut file = dir.create_new(&first, 0o600).expect("create");
    numbers.see(&file);
    file.write_all(text.as_bytes()).expect("write");
    drop(file);
    dir.rename(&first, dir, &second).expect("rename");
    assert!(dir.open(&first).is_err_and(|error| error.kind() == std::io::ErrorKind::NotFound));
    let mut file = dir.open(Path::new(&second)).expect("open");
    numbers.see(&file);
    let mut found = String::new();
    file.read_to_string(&mut found).expect("read");
    assert_eq!(found, text);
    drop(file);
    dir.remove_file(&second).expect("remove");
}
