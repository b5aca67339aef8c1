//! Records of a pcap file (draft-ietf-opsawg-pcap).

use std::time::Duration;

use pcap_file::pcap::PcapParser;
use pcap_file::{PcapError, TsResolution};

use super::read::{Found, Record, Stuck};
use crate::packet::Link;

/// The bytes before a packet's data.
const RECORD_HEADER: usize = 16;
/// Where among them the length stands.
const LENGTH: usize = 8;

pub(super) fn link(parser: &PcapParser) -> Link {
    Link::from_file(parser.header().datalink.into())
}

/// The first record of `bytes`.
pub(super) fn next(parser: &PcapParser, bytes: &[u8]) -> Result<Found, Stuck> {
    let header = parser.header();
    let (rest, record) = match parser.next_raw_packet(bytes) {
        Ok(found) => found,
        Err(PcapError::IncompleteBuffer) => {
            let length = bytes.get(LENGTH..LENGTH + 4).and_then(|field| field.try_into().ok()).map(|field: [u8; 4]| {
                let length = if header.endianness.is_big() { u32::from_be_bytes } else { u32::from_le_bytes }(field);
                RECORD_HEADER + length as usize
            });
            return Err(Stuck::Incomplete(length));
        }
        Err(error) => return Err(Stuck::Malformed(error.to_string())),
    };
    let taken = bytes.len() - rest.len();
    let nanoseconds = match header.ts_resolution {
        TsResolution::MicroSecond => u64::from(record.ts_frac) * 1000,
        TsResolution::NanoSecond => u64::from(record.ts_frac),
    };
    // A fraction of more than a second is kept as it stands: it says when, if oddly.
    let time = Duration::from_secs(record.ts_sec.into()) + Duration::from_nanos(nanoseconds);
    let data = RECORD_HEADER..taken;
    // No packet was shorter on the wire than what was captured of it.
    let length = record.orig_len.max(record.incl_len);
    Ok(Found { taken, record: Some(Record { link: link(parser), time, length, data }) })
}
