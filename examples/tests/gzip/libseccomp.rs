//! gzip with filters that libseccomp generates, and with refusals explained, as debug builds have them.

#[allow(dead_code, reason = "these tests need only some of it")]
mod harness;

use harness::{OURS, both, gnu, noise, packed, put, same, text};

use crate::harness::Bench;

#[test]
fn data_comes_back_by_either_program() {
    for data in [Vec::new(), text(), noise(300_000)] {
        for [packs, unpacks] in [[OURS, gnu()], [gnu(), OURS], [OURS, OURS]] {
            let bench = Bench::new(|folder| put(folder, "a", &data));
            let run = bench.run(packs, &["a"]);
            assert_eq!((run.code, run.stderr.as_str()), (Some(0), ""));
            let run = bench.run(unpacks, &["-dN", "a.gz"]);
            assert_eq!((run.code, run.stderr.as_str()), (Some(0), ""));
            assert!(std::fs::read(bench.path("a")).expect("it is back") == data);
            let packed = bench.run_with(packs, &["-9"], &data).stdout;
            assert!(bench.run_with(unpacks, &["-d"], &packed).stdout == data);
        }
    }
}

#[test]
fn lists_and_tests() {
    let good = packed("first", &text());
    for arguments in [["-l", "a.gz"], ["-lNv", "a.gz"], ["-tv", "a.gz"], ["-dNkv", "a.gz"]] {
        same(|folder| put(folder, "a.gz", &good), &arguments, b"");
    }
}

#[test]
fn bad_input_is_told() {
    for data in [&b"text"[..], &packed("a", &text())[..100]] {
        let [ours, gnus] = both(|folder| put(folder, "a.gz", data), &["-d", "a.gz"], b"");
        assert_eq!(ours, gnus);
    }
}
