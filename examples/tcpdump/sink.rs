//! What becomes of packets: lines of text, or records of a file.

use std::fmt::Write as _;
use std::io::Write as _;

use crate::clock::Clock;
use crate::decode::{self, Line, Style};
use crate::failure::Failure;
use crate::output::Output;
use crate::packet::{Link, Packet};
use crate::savefile::Writer;

/// Takes packets, one after the other.
pub(crate) trait Sink {
    /// Before the first packet, or at the end if there is none.
    fn begin(&mut self, link: Link, out: &mut Output) -> Result<(), Failure>;

    /// A packet.
    fn packet(&mut self, packet: &Packet<'_>, out: &mut Output) -> Result<(), Failure>;
}

/// Which bytes are shown besides the text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Hex {
    #[default]
    None,
    /// From the network layer on.
    Network,
    /// With the link-level header.
    All,
}

/// Prints a line a packet.
#[derive(Debug)]
pub(crate) struct Printer {
    pub(crate) style: Style,
    pub(crate) hex: Hex,
    pub(crate) clock: Clock,
    pub(crate) line: Line,
}

impl Sink for Printer {
    fn begin(&mut self, link: Link, _: &mut Output) -> Result<(), Failure> {
        if link.is_known() {
            return Ok(());
        }
        Err(Failure::told(format_args!(
            "packets of link type {link} cannot be printed\nhelp: they can be written to a file, with -w"
        )))
    }

    fn packet(&mut self, packet: &Packet<'_>, out: &mut Output) -> Result<(), Failure> {
        let Self { style, hex, clock, line } = self;
        line.clear();
        let micros = packet.time.subsec_micros();
        line.put(format_args!("{}.{micros:06} ", clock.time_of_day(packet.time)));
        let network = decode::describe(packet, *style, line);
        line.put("\n");
        match hex {
            Hex::None => {}
            Hex::Network => dump(packet.data.get(network..).unwrap_or_default(), line),
            Hex::All => dump(packet.data, line),
        }
        out.write_all(line.as_str().as_bytes()).map_err(|error| Failure::writing(&out.name, &error))
    }
}

/// Sixteen bytes a line, two by two.
fn dump(bytes: &[u8], line: &mut Line) {
    for (index, row) in bytes.chunks(16).enumerate() {
        let mut text = format!("\t0x{:04x}: ", index * 16);
        for pair in row.chunks(2) {
            text.push(' ');
            for byte in pair {
                // A string takes whatever it is given.
                let _ = write!(text, "{byte:02x}");
            }
        }
        line.put(text);
        line.put("\n");
    }
}

/// Writes a capture file.
#[derive(Debug)]
pub(crate) struct Recorder {
    pub(crate) writer: Writer,
}

impl Sink for Recorder {
    fn begin(&mut self, link: Link, out: &mut Output) -> Result<(), Failure> {
        self.writer.begin(link, out).map_err(|error| Failure::writing(&out.name, &error))
    }

    fn packet(&mut self, packet: &Packet<'_>, out: &mut Output) -> Result<(), Failure> {
        self.writer.packet(packet, out)
    }
}
