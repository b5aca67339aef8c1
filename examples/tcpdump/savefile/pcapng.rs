//! Blocks of a pcapng file (draft-ietf-opsawg-pcapng).

use std::time::Duration;

use pcap_file::PcapError;
use pcap_file::pcapng::blocks::interface_description::{InterfaceDescriptionBlock, InterfaceDescriptionOption};
use pcap_file::pcapng::{Block, PcapNgParser};

use super::read::{Found, Record, Stuck};
use crate::packet::Link;

/// More interfaces than any machine has. Each one is remembered.
const INTERFACES_MAX: usize = 4096;

/// What a block has at least: type, length, length again.
const BLOCK_MIN: usize = 12;

/// The link type of the first interface, if it is known by now.
pub(super) fn link(parser: &PcapNgParser) -> Option<Link> {
    parser.interfaces().first().map(|interface| Link::from_file(interface.linktype.into()))
}

/// The first block of `bytes`, which may hold no packet.
pub(super) fn next(parser: &mut PcapNgParser, bytes: &[u8]) -> Result<Found, Stuck> {
    let announced = announced(parser, bytes);
    if let Some(length) = announced
        && length < BLOCK_MIN
    {
        return Err(Stuck::Malformed(format!("a block of {length} bytes, and {BLOCK_MIN} is the least")));
    }
    let (rest, block) = match parser.next_block(bytes) {
        Ok(found) => found,
        // The parser says so as well where a whole block is too short for what is in it.
        Err(PcapError::IncompleteBuffer) if announced.is_some_and(|length| length <= bytes.len()) => {
            return Err(Stuck::Malformed("a block is too short for what is in it".to_owned()));
        }
        Err(PcapError::IncompleteBuffer) => return Err(Stuck::Incomplete(announced)),
        Err(error) => return Err(Stuck::Malformed(error.to_string())),
    };
    let taken = bytes.len() - rest.len();
    if parser.interfaces().len() > INTERFACES_MAX {
        return Err(Stuck::Malformed(format!("more than {INTERFACES_MAX} interfaces")));
    }
    let found = |interface: u32, ticks: Option<u64>, length: u32, data: &[u8]| {
        let index = usize::try_from(interface).unwrap_or(usize::MAX);
        let interface = parser.interfaces().get(index).ok_or_else(|| {
            Stuck::Malformed(format!("a packet of interface {index}, which the file does not describe"))
        })?;
        let start = data.as_ptr().addr() - bytes.as_ptr().addr();
        // Only a simple packet's data can be longer than the packet: it ends with the block.
        let kept = if ticks.is_some() { data.len() } else { data.len().min(length as usize) };
        let kept = match interface.snaplen {
            limit @ 1.. if ticks.is_none() => kept.min(limit as usize),
            _ => kept,
        };
        let record = Record {
            link: Link::from_file(interface.linktype.into()),
            time: ticks.map_or(Duration::ZERO, |ticks| time(ticks, interface)),
            length: length.max(u32::try_from(kept).unwrap_or(u32::MAX)),
            data: start..start + kept,
        };
        Ok(Found { taken, record: Some(record) })
    };
    match &block {
        Block::EnhancedPacket(packet) => {
            // The crate takes every clock to tick in nanoseconds; these are the ticks.
            let ticks = u64::try_from(packet.timestamp.as_nanos()).unwrap_or(u64::MAX);
            found(packet.interface_id, Some(ticks), packet.original_len, &packet.data)
        }
        Block::Packet(packet) => {
            found(packet.interface_id.into(), Some(packet.timestamp), packet.original_len, &packet.data)
        }
        Block::SimplePacket(packet) => found(0, None, packet.original_len, &packet.data),
        Block::SectionHeader(_)
        | Block::InterfaceDescription(_)
        | Block::NameResolution(_)
        | Block::InterfaceStatistics(_)
        | Block::SystemdJournalExport(_)
        | Block::Unknown(_) => Ok(Found { taken, record: None }),
    }
}

/// How long the block says that it is. A section header may change the order of its bytes.
fn announced(parser: &PcapNgParser, bytes: &[u8]) -> Option<usize> {
    const SECTION: [u8; 4] = [0x0a, 0x0d, 0x0d, 0x0a];
    let length: [u8; 4] = bytes.get(4..8)?.try_into().ok()?;
    let big = if bytes.starts_with(&SECTION) {
        bytes.get(8..12)? == [0x1a, 0x2b, 0x3c, 0x4d]
    } else {
        parser.section().endianness.is_big()
    };
    Some(if big { u32::from_be_bytes(length) } else { u32::from_le_bytes(length) } as usize)
}

/// Ticks of the interface's clock as a time: microseconds, unless it says something else.
fn time(ticks: u64, interface: &InterfaceDescriptionBlock<'_>) -> Duration {
    let mut resolution = 6_u8;
    let mut offset = 0_i64;
    for option in &interface.options {
        match option {
            InterfaceDescriptionOption::IfTsResol(value) => resolution = *value,
            InterfaceDescriptionOption::IfTsOffset(seconds) => offset = seconds.cast_signed(),
            _ => {}
        }
    }
    let exponent = u32::from(resolution & 0x7f);
    let base: u128 = if resolution & 0x80 == 0 { 10 } else { 2 };
    // Ticks shorter than these are all within the second zero.
    let second = base.checked_pow(exponent).unwrap_or(u128::MAX);
    let ticks = u128::from(ticks);
    let nanoseconds = (ticks % second).saturating_mul(1_000_000_000) / second;
    let seconds = u64::try_from(ticks / second).unwrap_or(u64::MAX).saturating_add_signed(offset);
    Duration::from_secs(seconds).saturating_add(Duration::from_nanos(u64::try_from(nanoseconds).unwrap_or(0)))
}

#[cfg(test)]
mod tests {
    use pcap_file::DataLink;

    use super::*;

    fn at(resolution: Option<u8>, ticks: u64) -> Duration {
        let mut interface = InterfaceDescriptionBlock::new(DataLink::ETHERNET, 0);
        interface.options.extend(resolution.map(InterfaceDescriptionOption::IfTsResol));
        time(ticks, &interface)
    }

    #[test]
    fn clocks_tick_as_they_say() {
        assert_eq!(at(None, 1_500_000), Duration::from_millis(1500));
        assert_eq!(at(Some(9), 1_500_000_000), Duration::from_millis(1500));
        assert_eq!(at(Some(0x80 | 1), 3), Duration::from_millis(1500));
        assert_eq!(at(Some(0), 7), Duration::from_secs(7));
        for odd in [0x7f, 0xff, 0x80 | 64] {
            assert!(at(Some(odd), u64::MAX) <= Duration::from_secs(1), "{odd}");
        }
    }
}
