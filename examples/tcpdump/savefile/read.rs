//! Reading a capture file of either format.

use std::io::Read;
use std::ops::Range;
use std::time::Duration;

use pcap_file::PcapError;
use pcap_file::pcap::PcapParser;
use pcap_file::pcapng::PcapNgParser;

use super::buffer::{Buffer, RECORD_MAX};
use super::{pcap, pcapng};
use crate::failure::Failure;
use crate::packet::{Link, Packet, SNAPLEN_MAX};

/// How a pcapng file begins.
const PCAPNG: [u8; 4] = [0x0a, 0x0d, 0x0d, 0x0a];

/// A packet among the bytes that a parser was given.
#[derive(Debug)]
pub(super) struct Record {
    pub(super) link: Link,
    pub(super) time: Duration,
    pub(super) length: u32,
    pub(super) data: Range<usize>,
}

/// What a parser found: how many bytes it took, and the packet if there was one.
#[derive(Debug)]
pub(super) struct Found {
    pub(super) taken: usize,
    pub(super) record: Option<Record>,
}

/// Why a parser found nothing.
#[derive(Debug)]
pub(super) enum Stuck {
    /// The record goes on; it says how long it is, if that much of it is there.
    Incomplete(Option<usize>),
    Malformed(String),
}

enum Parser {
    Pcap(PcapParser),
    PcapNg(PcapNgParser),
}

/// A capture file, from its beginning to its end.
pub(crate) struct Reader<R> {
    buffer: Buffer<R>,
    parser: Parser,
    /// Packets read so far.
    count: u64,
}

impl<R: Read> Reader<R> {
    /// Reads the file's header.
    ///
    /// # Errors
    ///
    /// What is wrong with it, or that it ends too early.
    pub(crate) fn open(source: R) -> Result<Self, Failure> {
        let mut buffer = Buffer::new(source);
        loop {
            let bytes = buffer.held();
            let ng = bytes.starts_with(&PCAPNG);
            let opened = if ng {
                PcapNgParser::new(bytes).map(|(rest, parser)| (bytes.len() - rest.len(), Parser::PcapNg(parser)))
            } else {
                PcapParser::new(bytes).map(|(rest, parser)| (bytes.len() - rest.len(), Parser::Pcap(parser)))
            };
            match opened {
                Ok((taken, parser)) => {
                    buffer.take(taken);
                    let mut reader = Self { buffer, parser, count: 0 };
                    reader.find_interface()?;
                    return Ok(reader);
                }
                // 12 bytes hold a section header's length; there is none so long.
                Err(PcapError::IncompleteBuffer) if buffer.held().len() <= SNAPLEN_MAX as usize => {
                    if !buffer.fill()? {
                        let length = buffer.held().len();
                        return Err(Failure::told(match length {
                            0 => "the file is empty".to_owned(),
                            _ => format!("the file ends in the middle of its header, after {length} bytes"),
                        }));
                    }
                }
                Err(PcapError::IncompleteBuffer) => return Err(Failure::told("the section header is malformed")),
                Err(error) if ng => {
                    return Err(Failure::told(format_args!("the section header is malformed: {error}")));
                }
                Err(_) => return Err(Failure::told("neither a pcap nor a pcapng file")),
            }
        }
    }

    /// Reads on to the first description of an interface, which stands before all packets.
    fn find_interface(&mut self) -> Result<(), Failure> {
        while self.link().is_none() {
            match self.parse() {
                Ok(Found { taken, .. }) => {
                    self.buffer.take(taken);
                }
                Err(stuck) => {
                    if !self.get_on(stuck)? {
                        break;
                    }
                }
            }
        }
        Ok(())
    }

    /// The link type of the file, or of its first interface; `None` if it has none.
    pub(crate) fn link(&self) -> Option<Link> {
        match &self.parser {
            Parser::Pcap(parser) => Some(pcap::link(parser)),
            Parser::PcapNg(parser) => pcapng::link(parser),
        }
    }

    /// The snapshot length that the file claims; 0 is none.
    pub(crate) fn snaplen(&self) -> u32 {
        match &self.parser {
            Parser::Pcap(parser) => parser.header().snaplen,
            Parser::PcapNg(parser) => parser.interfaces().first().map_or(0, |interface| interface.snaplen),
        }
    }

    /// The next packet, or `None` at the end of the file.
    ///
    /// # Errors
    ///
    /// What is wrong with the record, and which packet it is.
    pub(crate) fn next(&mut self) -> Result<Option<Packet<'_>>, Failure> {
        let (taken, record) = loop {
            match self.parse() {
                Ok(Found { taken, record: Some(record) }) => break (taken, record),
                Ok(Found { taken, record: None }) => {
                    self.buffer.take(taken);
                }
                Err(stuck) => {
                    if !self.get_on(stuck)? {
                        return Ok(None);
                    }
                }
            }
        };
        self.count += 1;
        let Record { link, time, length, data } = record;
        let data = &self.buffer.take(taken)[data];
        Ok(Some(Packet { link, time, length, data }))
    }

    fn parse(&mut self) -> Result<Found, Stuck> {
        let bytes = self.buffer.held();
        match &mut self.parser {
            Parser::Pcap(parser) => pcap::next(parser, bytes),
            Parser::PcapNg(parser) => pcapng::next(parser, bytes),
        }
    }

    /// Reads more of a record that goes on. False if the file has ended before it.
    fn get_on(&mut self, stuck: Stuck) -> Result<bool, Failure> {
        let length = match stuck {
            Stuck::Malformed(why) => return Err(self.malformed(why)),
            Stuck::Incomplete(length) => length,
        };
        if let Some(length) = length
            && length > RECORD_MAX
        {
            let most = RECORD_MAX;
            return Err(self.malformed(format_args!("it claims {length} bytes, and at most {most} are accepted")));
        }
        if self.buffer.fill()? {
            return Ok(true);
        }
        let there = self.buffer.held().len();
        if there == 0 {
            return Ok(false);
        }
        let of = length.map_or_else(String::new, |length| format!(" of {length}"));
        Err(self.malformed(format_args!("the file ends after {there}{of} bytes of it")))
    }

    fn malformed(&self, why: impl std::fmt::Display) -> Failure {
        let record = match self.parser {
            Parser::Pcap(_) => "packet",
            Parser::PcapNg(_) => "the block of packet",
        };
        Failure::told(format_args!("{record} {} is malformed: {why}", self.count + 1))
    }
}
