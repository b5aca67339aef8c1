//! Files of both formats, whole and damaged.

use std::fs::File;
use std::io::{Cursor, Read as _, Seek as _};
use std::time::Duration;

use super::{Format, Reader, Writer};
use crate::decode::samples;
use crate::failure::Failure;
use crate::output::Output;
use crate::packet::{Link, Packet, SNAPLEN_MAX};

const FORMATS: [Format; 2] = [Format::Pcap, Format::PcapNg];

/// What a reader gave: packets (time, length, data), and the complaint at the end.
type Given = (Vec<(Duration, u32, Vec<u8>)>, Option<String>);

fn file(format: Format, write: impl Fn(&mut Writer, &mut Output)) -> Vec<u8> {
    let mut file = tempfile::tempfile().expect("a file");
    let mut out = Output::new(file.try_clone().expect("a copy"), "out".to_owned());
    let mut writer = Writer::new(format, SNAPLEN_MAX);
    writer.begin(Link::ETHERNET, &mut out).expect("it begins");
    write(&mut writer, &mut out);
    out.send().expect("it is written");
    let mut bytes = Vec::new();
    file.rewind().and_then(|()| File::read_to_end(&mut file, &mut bytes)).expect("it can be read");
    bytes
}

/// A file with a packet of each kind.
fn whole(format: Format) -> Vec<u8> {
    file(format, |writer, out| {
        for (index, (data, _)) in samples::all().iter().enumerate() {
            let time = Duration::new(1_700_000_000 + index as u64, 123_456_000);
            let length = u32::try_from(data.len()).expect("short");
            writer.packet(&Packet { link: Link::ETHERNET, time, length, data }, out).expect("it is written");
        }
    })
}

fn given(bytes: &[u8]) -> Given {
    let mut packets = Vec::new();
    let mut reader = match Reader::open(bytes) {
        Ok(reader) => reader,
        Err(Failure::Told(why)) => return (packets, Some(why)),
        Err(other) => panic!("{other:?}"),
    };
    loop {
        match reader.next() {
            Ok(Some(packet)) => packets.push((packet.time, packet.length, packet.data.to_vec())),
            Ok(None) => return (packets, None),
            Err(Failure::Told(why)) => return (packets, Some(why)),
            Err(other) => panic!("{other:?}"),
        }
        // No record is shorter than this.
        assert!(packets.len() <= bytes.len() / 12, "packets out of nothing");
    }
}

#[test]
fn what_is_written_is_read() {
    for format in FORMATS {
        let (packets, complaint) = given(&whole(format));
        assert_eq!(complaint, None);
        let samples = samples::all();
        assert_eq!(packets.len(), samples.len());
        for (index, ((time, length, data), (sample, _))) in packets.iter().zip(&samples).enumerate() {
            assert_eq!(*time, Duration::new(1_700_000_000 + index as u64, 123_456_000));
            assert_eq!((*length as usize, data), (sample.len(), sample));
        }
    }
}

#[test]
fn pcapng_keeps_link_types_apart_and_pcap_refuses() {
    let mixed = |writer: &mut Writer, out: &mut Output| {
        let packet = Packet { link: Link::ETHERNET, time: Duration::ZERO, length: 9, data: b"abcd" };
        writer.packet(&packet, out)?;
        writer.packet(&Packet { link: Link::RAW, ..packet }, out)
    };
    let bytes = file(Format::PcapNg, |writer, out| mixed(writer, out).expect("it is written"));
    let mut reader = Reader::open(&bytes[..]).expect("a file");
    for link in [Link::ETHERNET, Link::RAW] {
        let packet = reader.next().expect("a packet").expect("one more");
        assert_eq!((packet.link, packet.length, packet.data), (link, 9, &b"abcd"[..]));
    }
    file(Format::Pcap, |writer, out| {
        let Err(Failure::Told(why)) = mixed(writer, out) else { panic!("refused") };
        assert!(why.contains("link type RAW") && why.contains("help: "), "{why}");
    });
}

#[test]
fn every_truncation_is_told() {
    for format in FORMATS {
        let bytes = whole(format);
        let (all, _) = given(&bytes);
        for end in 0..bytes.len() {
            let (packets, complaint) = given(&bytes[..end]);
            assert_eq!(packets, all[..packets.len()], "{format:?} cut at {end}");
            match complaint {
                Some(why) => assert!(!why.is_empty() && !why.contains('\n'), "{why}"),
                // It ends between two records: cut there, it is a file like any other.
                None => assert_eq!(given(&bytes[..end]).1, None),
            }
        }
        let silent = (0..bytes.len()).filter(|end| given(&bytes[..*end]).1.is_none()).count();
        // A pcap file may end after its header and each packet but the last; a pcapng file after two headers too.
        assert_eq!(silent, all.len() + usize::from(format == Format::PcapNg), "{format:?}");
    }
}

#[test]
fn no_byte_is_too_odd() {
    for format in FORMATS {
        let bytes = whole(format);
        for place in 0..bytes.len() {
            for value in [0, 1, 0x7f, 0x80, 0xff, bytes[place] ^ 1, bytes[place] ^ 0x80] {
                let mut changed = bytes.clone();
                changed[place] = value;
                given(&changed);
            }
        }
    }
}

#[test]
fn lengths_of_four_gigabytes_are_refused_at_once() {
    for format in FORMATS {
        let bytes = whole(format);
        for place in 0..bytes.len() - 4 {
            for length in [u32::MAX, u32::MAX - 3, 1 << 31] {
                let mut changed = bytes.clone();
                changed[place..place + 4].copy_from_slice(&length.to_ne_bytes());
                given(&changed);
            }
        }
    }
    let mut bytes = whole(Format::Pcap);
    bytes[32..36].copy_from_slice(&u32::MAX.to_ne_bytes());
    let told = "packet 1 is malformed: it claims 4294967311 bytes, and at most 16777216 are accepted";
    assert_eq!(given(&bytes).1.as_deref(), Some(told));
}

/// A source that never ends, and that counts what was taken from it.
struct Endless<'a> {
    start: Cursor<&'a [u8]>,
    again: &'a [u8],
    taken: usize,
}

impl std::io::Read for Endless<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let mut count = self.start.read(buffer)?;
        while count < buffer.len() && !self.again.is_empty() {
            let part = self.again.len().min(buffer.len() - count);
            buffer[count..count + part].copy_from_slice(&self.again[..part]);
            count += part;
            self.start = Cursor::new(&self.again[part..]);
            if part < self.again.len() {
                break;
            }
        }
        self.taken += count;
        assert!(self.taken < 1 << 30, "it reads for ever");
        Ok(count)
    }
}

#[test]
fn what_never_ends_is_given_up() {
    let bytes = whole(Format::PcapNg);
    let (section, interface) = (&bytes[..28], &bytes[28..60]);
    // One interface after the other.
    let mut endless = Endless { start: Cursor::new(section), again: interface, taken: 0 };
    let mut reader = Reader::open(&mut endless).expect("a file");
    let Err(Failure::Told(why)) = reader.next() else { panic!("given up") };
    assert!(why.ends_with("more than 4096 interfaces"), "{why}");
    // A section header that goes on and on.
    let mut header = section.to_vec();
    header[4..8].copy_from_slice(&(u32::MAX - 3).to_ne_bytes());
    let endless = Endless { start: Cursor::new(&header), again: &[0], taken: 0 };
    let Err(Failure::Told(why)) = Reader::open(endless).map(drop) else { panic!("given up") };
    assert_eq!(why, "the section header is malformed");
}

#[test]
fn other_files_are_told_from_capture_files() {
    assert_eq!(given(b"").1.as_deref(), Some("the file is empty"));
    assert_eq!(given(b"abc").1.as_deref(), Some("the file ends in the middle of its header, after 3 bytes"));
    assert_eq!(given(&[b'x'; 100]).1.as_deref(), Some("neither a pcap nor a pcapng file"));
}
