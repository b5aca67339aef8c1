//! The frames in what is read from a BPF device: several, each behind a header (bpf(4), BPF HEADER).

use std::ops::Range;

/// Bytes of the time stamp in front, on 64-bit machines.
const TIME: usize = 16;
/// Where each record begins: at a multiple of a long's size.
const ALIGNMENT: usize = 8;

/// The place of the first frame at or behind `start`, and where the record behind it starts.
pub(super) fn next(bytes: &[u8], start: usize) -> Option<(Range<usize>, usize)> {
    let header = bytes.get(start..)?;
    let word = |place: usize| header.get(place..place + 4)?.try_into().ok().map(u32::from_ne_bytes);
    let captured = usize::try_from(word(TIME)?).ok()?;
    let header_length = header.get(TIME + 8..TIME + 10)?.try_into().ok().map(u16::from_ne_bytes)?;
    let begin = start.checked_add(header_length.into())?;
    let end = begin.checked_add(captured)?;
    let following = start.checked_add((end - start).next_multiple_of(ALIGNMENT))?;
    // A record that is longer than what was read is none, and so is one that would lead nowhere.
    (end <= bytes.len() && following > start).then_some((begin..end, following))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(frame: &[u8]) -> Vec<u8> {
        let length = u32::try_from(frame.len()).expect("a short frame").to_ne_bytes();
        let mut record = [&[0; TIME][..], &length, &length, &26_u16.to_ne_bytes(), frame].concat();
        record.resize(record.len().next_multiple_of(ALIGNMENT), 0);
        record
    }

    #[test]
    fn each_frame_is_found() {
        let bytes = [record(b"first"), record(b"second frame"), record(b"")].concat();
        let mut frames = Vec::new();
        let mut start = 0;
        while let Some((frame, following)) = next(&bytes, start) {
            frames.push(bytes[frame].to_vec());
            start = following;
        }
        assert_eq!(frames, [&b"first"[..], b"second frame", b""]);
        assert_eq!(start, bytes.len());
    }

    #[test]
    fn what_is_cut_off_is_no_frame() {
        let bytes = record(b"a frame");
        for length in 0..TIME + 10 + 7 {
            assert_eq!(next(&bytes[..length], 0), None, "{length} bytes");
        }
        let mut long = bytes.clone();
        long[TIME..TIME + 4].fill(0xff);
        assert_eq!(next(&long, 0), None);
        assert_eq!(next(&[0; 64], 0), None, "a record without length");
    }
}
