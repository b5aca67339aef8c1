//! What the options do, and what is said of wrong ones.

use std::fs;

use tempfile::TempDir;

use crate::harness::{HEADER, RECORD, capture, line, run, text};

const ABOUT: &str = "reading from file standard input, link-type EN10MB (Ethernet), snapshot length 262144 bytes\n";

fn folder() -> TempDir {
    TempDir::new().expect("a folder")
}

#[test]
fn a_line_a_packet_in_local_time() {
    let output = run(folder().path(), &["-r", "-"], &capture(3));
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(text(&output.stdout), line(0) + &line(1) + &line(2));
    assert_eq!(text(&output.stderr), ABOUT);
}

#[test]
fn details_are_shown_if_asked_for() {
    let output = run(folder().path(), &["-n", "-e", "-v", "-x", "-c", "1", "-r", "-"], &capture(3));
    let expected = "\
07:13:20.250000 02:00:00:00:00:01 > 02:00:00:00:00:02, ethertype IPv4 (0x0800), length 47: \
(tos 0x0, ttl 64, id 0, offset 0, flags [DF], proto UDP (17), length 33)
    10.0.0.1.1000 > 10.0.0.2.9: [udp sum ok] UDP, length 5
\t0x0000:  4500 0021 0000 4000 4011 26ca 0a00 0001
\t0x0010:  0a00 0002 03e8 0009 000d a40e 6865 6c6c
\t0x0020:  6f
";
    assert_eq!(text(&output.stdout), expected);
    let output = run(folder().path(), &["-xx", "-c1", "-r", "-"], &capture(1));
    assert!(text(&output.stdout).contains("\n\t0x0000:  0200 0000 0002 0200 0000 0001 0800 4500\n"));
}

#[test]
fn files_are_copied_byte_by_byte() {
    let output = run(folder().path(), &["-r", "-", "-w", "-"], &capture(20));
    assert_eq!((output.status.code(), output.stdout), (Some(0), capture(20)));
    let output = run(folder().path(), &["-r", "-", "-w", "-", "-c", "7"], &capture(20));
    assert_eq!(output.stdout, capture(20)[..HEADER + 7 * RECORD]);
    // A file without packets is one all the same.
    let output = run(folder().path(), &["-r", "-", "-w", "-"], &capture(0));
    assert_eq!((output.status.code(), output.stdout), (Some(0), capture(0)));
}

#[test]
fn the_name_decides_on_the_format() {
    let folder = folder();
    let output = run(folder.path(), &["-r", "-", "-w", "out.pcapng"], &capture(3));
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    let bytes = fs::read(folder.path().join("out.pcapng")).expect("the output");
    assert!(bytes.starts_with(&[0x0a, 0x0d, 0x0d, 0x0a]));
    let output = run(folder.path(), &["-r", "out.pcapng", "-w", "-"], b"");
    assert_eq!(output.stdout, capture(3));
}

#[test]
fn the_snapshot_length_cuts() {
    let output = run(folder().path(), &["-r", "-", "-w", "-", "-s", "20"], &capture(2));
    let expected: Vec<u8> = output.stdout[HEADER..].iter().copied().skip(8).take(8).collect();
    assert_eq!(expected, [20_u32.to_ne_bytes(), 47_u32.to_ne_bytes()].concat());
    let output = run(folder().path(), &["-r", "-"], &output.stdout);
    assert_eq!(text(&output.stdout).lines().next(), Some("07:13:20.250000 IP [|ip]"));
}

#[test]
fn wrong_use_is_explained() {
    let folder = folder();
    fs::write(folder.path().join("in.pcap"), capture(1)).expect("a file");
    let wrong = |arguments: &[&str], expected: &str| {
        let output = run(folder.path(), arguments, b"");
        assert_eq!((output.status.code(), text(&output.stdout)), (Some(1), String::new()), "{arguments:?}");
        let told = text(&output.stderr);
        assert!(told.starts_with("tcpdump: ") && told.contains(expected), "{told}");
    };
    wrong(&[], "-i INTERFACE or -r FILE is needed");
    wrong(&["-r", "in.pcap", "udp", "port", "9"], "filter expressions are not supported: 'udp'\nhelp: ");
    wrong(&["-r", "in.pcap", "-c", "none"], "option '-c': 'none' is not a number of at least 1");
    wrong(&["-r", "missing"], "missing: No such file or directory");
    wrong(&["-r", "."], ".: is a directory");
    wrong(&["-r", "in.pcap", "-w", "."], ".: Is a directory");
    wrong(&["-r", "in.pcap", "-w", "./in.pcap"], "./in.pcap: is the file that is read");
    wrong(&["-i", "sandbox-none"], "sandbox-none: ");
    assert_eq!(fs::read(folder.path().join("in.pcap")).expect("the file"), capture(1));
}

#[test]
fn an_output_is_left_alone_if_there_is_no_input() {
    let folder = folder();
    let kept = folder.path().join("kept");
    fs::write(&kept, "yesterday's").expect("a file");
    for arguments in [["-r", "missing", "-w", "kept"], ["-i", "sandbox-none", "-w", "kept"]] {
        assert_eq!(run(folder.path(), &arguments, b"").status.code(), Some(1));
        assert_eq!(fs::read_to_string(&kept).expect("the file"), "yesterday's");
    }
}

#[test]
fn help_and_version_are_shown() {
    for (option, expected) in [("--help", "Usage: tcpdump -i INTERFACE"), ("--version", "tcpdump 0.")] {
        let output = run(folder().path(), &[option], b"");
        assert_eq!(output.status.code(), Some(0));
        assert!(text(&output.stdout).starts_with(expected));
    }
}
