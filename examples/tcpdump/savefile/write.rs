//! Writing a capture file.

use std::borrow::Cow;
use std::ffi::OsStr;
use std::io::{self, Write};
use std::path::Path;

use byteorder_slice::NativeEndian;
use pcap_file::pcap::{PcapHeader, RawPcapPacket};
use pcap_file::pcapng::PcapNgBlock as _;
use pcap_file::pcapng::blocks::enhanced_packet::EnhancedPacketBlock;
use pcap_file::pcapng::blocks::interface_description::{InterfaceDescriptionBlock, InterfaceDescriptionOption};
use pcap_file::pcapng::blocks::section_header::SectionHeaderBlock;
use pcap_file::{DataLink, Endianness, PcapError, TsResolution};

use crate::failure::Failure;
use crate::output::Output;
use crate::packet::{Link, Packet};

/// Nanoseconds, as `if_tsresol` says it.
const NANOSECONDS: u8 = 9;

/// A file format.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    Pcap,
    PcapNg,
}

impl Format {
    /// What a file of this name is.
    pub(crate) fn of(path: &Path) -> Self {
        if path.extension() == Some(OsStr::new("pcapng")) { Self::PcapNg } else { Self::Pcap }
    }
}

/// Puts packets into a file of one format.
#[derive(Debug)]
pub(crate) struct Writer {
    format: Format,
    snaplen: u32,
    /// The link types that the file has announced: one with pcap.
    links: Vec<Link>,
}

impl Writer {
    pub(crate) fn new(format: Format, snaplen: u32) -> Self {
        Self { format, snaplen, links: Vec::new() }
    }

    /// Writes the header of a file whose first packets have this link type.
    ///
    /// # Errors
    ///
    /// The output's.
    pub(crate) fn begin(&mut self, link: Link, out: &mut impl Write) -> io::Result<()> {
        match self.format {
            Format::Pcap => {
                let header = PcapHeader {
                    snaplen: self.snaplen,
                    datalink: DataLink::from(link.0),
                    ts_resolution: TsResolution::MicroSecond,
                    endianness: Endianness::native(),
                    ..PcapHeader::default()
                };
                header.write_to(out).map_err(wrong)?;
                self.links.push(link);
                Ok(())
            }
            Format::PcapNg => {
                let section = SectionHeaderBlock { endianness: Endianness::native(), ..Default::default() };
                section.into_block().write_to::<NativeEndian, _>(out)?;
                self.interface(link, out)
            }
        }
    }

    fn interface(&mut self, link: Link, out: &mut impl Write) -> io::Result<()> {
        let mut interface = InterfaceDescriptionBlock::new(DataLink::from(link.0), self.snaplen);
        interface.options.push(InterfaceDescriptionOption::IfTsResol(NANOSECONDS));
        interface.into_block().write_to::<NativeEndian, _>(out)?;
        self.links.push(link);
        Ok(())
    }

    /// Writes a packet. The file has begun.
    ///
    /// # Errors
    ///
    /// The output's, and that a pcap file has one link type only.
    pub(crate) fn packet(&mut self, packet: &Packet<'_>, out: &mut Output) -> Result<(), Failure> {
        let name = out.name.clone();
        let writing = |error: io::Error| Failure::writing(&name, &error);
        let length = u32::try_from(packet.data.len()).unwrap_or(u32::MAX);
        match self.format {
            Format::Pcap => {
                if !self.links.contains(&packet.link) {
                    return Err(Failure::told(format_args!(
                        "{name}: a packet of link type {} among those of another, which a pcap file cannot hold\n\
                         help: give the output a name that ends in .pcapng",
                        packet.link
                    )));
                }
                let record = RawPcapPacket {
                    // The format has 32 bits for it: until 2106.
                    ts_sec: u32::try_from(packet.time.as_secs()).unwrap_or(u32::MAX),
                    ts_frac: packet.time.subsec_micros(),
                    incl_len: length,
                    orig_len: packet.length,
                    data: Cow::Borrowed(packet.data),
                };
                record.write_to::<_, NativeEndian>(out).map_err(wrong).map_err(writing)?;
            }
            Format::PcapNg => {
                let known = self.links.iter().position(|link| *link == packet.link);
                let index = if let Some(index) = known {
                    index
                } else {
                    self.interface(packet.link, out).map_err(writing)?;
                    self.links.len() - 1
                };
                let block = EnhancedPacketBlock {
                    interface_id: u32::try_from(index).unwrap_or(u32::MAX),
                    timestamp: packet.time,
                    original_len: packet.length,
                    data: Cow::Borrowed(packet.data),
                    options: Vec::new(),
                };
                block.into_block().write_to::<NativeEndian, _>(out).map_err(writing)?;
            }
        }
        Ok(())
    }
}

/// What writing can fail of: these values are all valid.
fn wrong(error: PcapError) -> io::Error {
    match error {
        PcapError::IoError(error) => error,
        other => io::Error::other(other),
    }
}
