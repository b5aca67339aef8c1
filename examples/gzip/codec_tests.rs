use std::io;

use super::*;
use crate::listing::StoredName;

fn packed(data: &[u8], name: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    let report = compress(data, &mut out, 6, 1_000_000_000, name);
    assert_eq!(report.trouble, None);
    assert_eq!(report.listing.written, out.len() as u64);
    assert_eq!(report.listing.read, data.len() as u64);
    out
}

fn unpacked(data: &[u8]) -> (Report, Vec<u8>) {
    let mut out = Vec::new();
    let report = decompress(data, &mut out, false);
    assert_eq!(report.listing.written, out.len() as u64);
    (report, out)
}

/// Bytes that do not compress, the same in every run.
fn noise(length: usize) -> Vec<u8> {
    let mut state = 1_u32;
    let step = || {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        state.to_le_bytes()[0]
    };
    std::iter::repeat_with(step).take(length).collect()
}

#[test]
fn every_length_around_the_buffers_comes_back() {
    for length in [0, 1, 2, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK + 7] {
        for data in [noise(length), vec![b'a'; length]] {
            let (report, out) = unpacked(&packed(&data, b"name"));
            assert_eq!(report.trouble, None, "{length} bytes");
            assert!(out == data, "{length} bytes");
            assert_eq!(report.listing.name, StoredName::Present(b"name".to_vec()));
            assert_eq!(report.listing.mtime, 1_000_000_000);
            assert_eq!(report.listing.framing, 10 + 5 + 8);
        }
    }
}

#[test]
fn every_level_comes_back() {
    let data = noise(1000).repeat(20);
    for level in 1..=9 {
        let mut out = Vec::new();
        assert_eq!(compress(&data[..], &mut out, level, 0, b"").trouble, None);
        assert!(unpacked(&out).1 == data, "level {level}");
    }
}

#[test]
fn members_are_joined_and_the_first_one_names_the_file() {
    let both = [packed(b"one ", b"first"), packed(b"two", b"second")].concat();
    let (report, out) = unpacked(&both);
    assert_eq!(report.trouble, None);
    assert_eq!(out, b"one two");
    assert_eq!(report.listing.name, StoredName::Present(b"first".to_vec()));
}

#[test]
fn every_truncation_is_seen() {
    let whole = packed(b"hello hello hello", b"n");
    for length in 0..whole.len() {
        let (report, _) = unpacked(&whole[..length]);
        assert_eq!(report.trouble, Some(Trouble::UnexpectedEnd), "{length} bytes");
    }
}

#[test]
fn no_flipped_bit_goes_through() {
    let data = b"hello hello hello";
    let whole = packed(data, b"");
    for bit in 10 * 8..whole.len() * 8 {
        let mut wrong = whole.clone();
        wrong[bit / 8] ^= 1 << (bit % 8);
        let (report, out) = unpacked(&wrong);
        // The last byte of the data has bits that belong to nothing.
        assert!(report.trouble.is_some() || out == data, "bit {bit}");
    }
}

#[test]
fn a_wrong_trailer_says_which_half() {
    let whole = packed(b"hello", b"");
    let flipped = |from_end: usize| {
        let mut wrong = whole.clone();
        wrong[whole.len() - from_end] ^= 1;
        unpacked(&wrong).0.trouble
    };
    assert_eq!(flipped(8), Some(Trouble::Check { crc: true, length: false }));
    assert_eq!(flipped(4), Some(Trouble::Check { crc: false, length: true }));
}

#[test]
fn what_follows_the_last_member_is_told() {
    let with = |tail: &[u8]| unpacked(&[&packed(b"hello", b""), tail].concat()).0;
    for (tail, expected) in [
        (&b""[..], Trailing::Nothing),
        (b"\0", Trailing::Zeros),
        (&[0; 1000], Trailing::Zeros),
        (b"\0\0\0x", Trailing::Garbage),
        (b"\0x", Trailing::Garbage),
        (b"xyz", Trailing::Garbage),
    ] {
        let report = with(tail);
        assert_eq!((report.trouble, report.trailing), (None, expected), "{tail:?}");
        assert_eq!(report.listing.written, 5);
    }
    assert_eq!(with(b"x").trouble, Some(Trouble::UnexpectedEnd));
    assert_eq!(with(&MAGIC).trouble, Some(Trouble::UnexpectedEnd));
}

#[test]
fn passing_on_leaves_other_data_alone() {
    for data in [&b""[..], b"x", b"\x1f", b"plain text", b"\0\0"] {
        let mut out = Vec::new();
        assert_eq!(decompress(data, &mut out, true).trouble, None, "{data:?}");
        assert_eq!(out, data);
    }
    let mut out = Vec::new();
    let mixed = [&packed(b"packed ", b"")[..], b"and plain"].concat();
    assert_eq!(decompress(&mixed[..], &mut out, true).trouble, None);
    assert_eq!(out, b"packed and plain");
}

#[test]
fn headers_with_every_field_are_read() {
    let mut member = vec![0x1f, 0x8b, 8, 0x1e, 0, 0, 0, 0, 0, 3];
    member.extend(b"\x03\0abcname\0comment\0");
    let mut crc = Crc::new();
    crc.update(&member);
    member.extend(&crc.sum().to_le_bytes()[..2]);
    member.extend(&packed(b"hello", b"")[10..]);
    let (report, out) = unpacked(&member);
    assert_eq!(report.trouble, None);
    assert_eq!(out, b"hello");
    assert_eq!(report.extra, Some(3));
    assert_eq!(report.listing.name, StoredName::Present(b"name".to_vec()));
    member[10] ^= 1;
    member[11] = 0;
    assert!(matches!(unpacked(&member).0.trouble, Some(Trouble::HeaderCheck { .. })));
}

#[test]
fn headers_that_mean_something_else_are_refused() {
    let with = |place: usize, value: u8| {
        let mut member = packed(b"hello", b"");
        member[place] = value;
        unpacked(&member).0.trouble
    };
    assert_eq!(with(0, 0x50), Some(Trouble::NotGzip));
    assert_eq!(with(2, 7), Some(Trouble::Method(7)));
    assert_eq!(with(3, 0x20), Some(Trouble::Encrypted));
    assert_eq!(with(3, 0x80), Some(Trouble::Flags(0x80)));
}

#[test]
fn a_name_that_fits_nowhere_is_told_and_not_kept() {
    for (length, expected) in
        [(255, StoredName::Present(vec![b'x'; 255])), (256, StoredName::TooLong), (100_000, StoredName::TooLong)]
    {
        let (report, out) = unpacked(&packed(b"hello", &vec![b'x'; length]));
        assert_eq!((report.trouble, report.listing.name), (None, expected));
        assert_eq!(out, b"hello");
    }
}

#[test]
fn failing_streams_are_told_with_their_number() {
    struct Broken;
    impl Read for Broken {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            Err(io::Error::from_raw_os_error(libc::EISDIR))
        }
    }
    impl Write for Broken {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(io::Error::from_raw_os_error(libc::ENOSPC))
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    let read = Some(Trouble::Read(libc::EISDIR));
    assert_eq!(decompress(Broken, &mut io::sink(), false).trouble, read);
    assert_eq!(compress(Broken, &mut io::sink(), 6, 0, b"").trouble, read);
    let write = Some(Trouble::Write(libc::ENOSPC));
    assert_eq!(compress(&b"x"[..], &mut Broken, 6, 0, b"").trouble, write);
    assert_eq!(decompress(&packed(b"x", b"")[..], &mut Broken, false).trouble, write);
}
