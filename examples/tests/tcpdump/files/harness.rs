//! Running tcpdump in folders of their own, on files of known packets.

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use etherparse::PacketBuilder;
use pcap_file::pcap::{PcapHeader, PcapPacket, PcapWriter};
use pcap_file::{Endianness, TsResolution};

/// The program under test: where cargo, or whoever runs the tests without it, says that it is now.
pub(crate) fn ours() -> String {
    std::env::var("CARGO_BIN_EXE_tcpdump").unwrap_or_else(|_| env!("CARGO_BIN_EXE_tcpdump").into())
}

/// The length of a pcap file's header, and of each of these packets' records.
pub(crate) const HEADER: usize = 24;
pub(crate) const RECORD: usize = 16 + 14 + 20 + 8 + 5;

/// A pcap file of so many UDP packets, a second apart.
pub(crate) fn capture(packets: u16) -> Vec<u8> {
    let header = PcapHeader {
        snaplen: 262_144,
        endianness: Endianness::native(),
        ts_resolution: TsResolution::MicroSecond,
        ..PcapHeader::default()
    };
    let mut writer = PcapWriter::with_header(Vec::new(), header).expect("a header");
    for index in 0..packets {
        let mut data = Vec::new();
        let builder = PacketBuilder::ethernet2([2, 0, 0, 0, 0, 1], [2, 0, 0, 0, 0, 2]);
        let builder = builder.ipv4([10, 0, 0, 1], [10, 0, 0, 2], 64).udp(1000 + index, 9);
        builder.write(&mut data, b"hello").expect("a packet");
        let time = std::time::Duration::new(1_700_000_000 + u64::from(index), 250_000_000);
        let length = u32::try_from(data.len()).expect("short");
        writer.write_packet(&PcapPacket::new(time, length, &data)).expect("a record");
    }
    writer.into_writer()
}

/// The line of a packet of that file, nine hours east of Greenwich.
pub(crate) fn line(index: u16) -> String {
    let second = 20 + index;
    format!("07:13:{second:02}.250000 IP 10.0.0.1.{} > 10.0.0.2.9: UDP, length 5\n", 1000 + index)
}

/// tcpdump in a known environment.
pub(crate) fn command(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(ours());
    command.args(arguments).current_dir(folder).env("TZ", "Asia/Tokyo").env("LC_ALL", "C");
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// Runs it with `input` on a pipe.
pub(crate) fn run(folder: &Path, arguments: &[&str], input: &[u8]) -> Output {
    let mut child = command(folder, arguments).stdin(Stdio::piped()).spawn().expect("it starts");
    let mut stdin = child.stdin.take().expect("piped");
    std::thread::scope(|scope| {
        // A program that fails early leaves input unread; that is its right.
        scope.spawn(move || drop(stdin.write_all(input)));
        child.wait_with_output().expect("it ends")
    })
}

pub(crate) fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("text")
}
