//! From this gzip to GNU gzip and back.

use crate::harness::{Bench, OURS, gnu, noise, put, text};

const LEVELS: [&str; 9] = ["-1", "-2", "-3", "-4", "-5", "-6", "-7", "-8", "-9"];

/// Each pair of programs, in each direction and on its own.
fn pairs() -> [[&'static str; 2]; 3] {
    [[OURS, gnu()], [gnu(), OURS], [OURS, OURS]]
}

fn samples() -> Vec<(&'static str, Vec<u8>)> {
    vec![
        ("empty", Vec::new()),
        ("one byte", vec![b'x']),
        ("text", text()),
        ("random", noise(300_000)),
        ("zeros", vec![0; 3_000_000]),
    ]
}

#[test]
fn pipes() {
    for (what, data) in samples() {
        for [packs, unpacks] in pairs() {
            let levels = if what == "text" { &LEVELS[..] } else { &["-1", "-6", "-9"] };
            for &level in levels {
                let bench = Bench::new(|_| {});
                let packed = bench.run_with(packs, &[level], &data);
                assert_eq!(packed.code, Some(0), "{}", packed.stderr);
                let unpacked = bench.run_with(unpacks, &["-d"], &packed.stdout);
                assert_eq!((unpacked.code, unpacked.stderr.as_str()), (Some(0), ""), "{what}");
                assert!(unpacked.stdout == data, "{what} {level} {packs} {unpacks}");
            }
        }
    }
}

#[test]
fn files() {
    for (what, data) in samples() {
        for [packs, unpacks] in pairs() {
            let bench = Bench::new(|folder| put(folder, "a", &data));
            let before = bench.files();
            assert_eq!(bench.run(packs, &["a"]).code, Some(0));
            assert_eq!(bench.names(), ["a.gz"]);
            assert_eq!(bench.run(unpacks, &["-d", "a.gz"]).code, Some(0));
            assert_eq!(bench.files(), before, "{what}");
            assert!(std::fs::read(bench.path("a")).expect("it is back") == data, "{what}");
        }
    }
}

#[test]
fn several_files_at_once() {
    for [packs, unpacks] in pairs() {
        let bench = Bench::new(|folder| {
            for (what, data) in samples() {
                put(folder, what, &data);
            }
        });
        let before = bench.files();
        let names: Vec<&str> = samples().into_iter().map(|(what, _)| what).collect();
        assert_eq!(bench.run(packs, &names).code, Some(0));
        let packed: Vec<String> = names.iter().map(|name| format!("{name}.gz")).collect();
        let mut arguments: Vec<&str> = packed.iter().map(String::as_str).collect();
        arguments.push("-d");
        assert_eq!(bench.run(unpacks, &arguments).code, Some(0));
        assert_eq!(bench.files(), before);
    }
}

#[test]
fn members() {
    for [packs, unpacks] in pairs() {
        let bench = Bench::new(|folder| {
            for (what, data) in samples() {
                put(folder, what, &data);
            }
        });
        let names: Vec<&str> = samples().into_iter().map(|(what, _)| what).collect();
        let arguments = [&["-c"][..], &names].concat();
        let joined = bench.run(packs, &arguments).stdout;
        let unpacked = bench.run_with(unpacks, &["-d"], &joined);
        assert_eq!((unpacked.code, unpacked.stderr.as_str()), (Some(0), ""));
        let expected: Vec<u8> = samples().into_iter().flat_map(|(_, data)| data).collect();
        assert!(unpacked.stdout == expected);
    }
}

#[test]
fn every_member_counts_in_the_list() {
    let bench = Bench::new(|folder| put(folder, "a", b"hello\n"));
    let once = bench.run(OURS, &["-c", "a"]).stdout;
    put(bench.folder(), "twice.gz", &once.repeat(2));
    let row = bench.run(OURS, &["-lq", "twice.gz"]).stdout;
    let row = String::from_utf8(row).expect("text");
    let columns: Vec<&str> = row.split_whitespace().collect();
    assert_eq!(columns[..2], [(once.len() * 2).to_string().as_str(), "12"]);
}
