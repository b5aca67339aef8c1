//! The command line.

use std::ffi::OsString;
use std::path::PathBuf;

use lexopt::{Arg, Parser, ValueExt as _};

use crate::decode::Style;
use crate::packet::SNAPLEN_MAX;
use crate::sink::Hex;

/// What the kernel may hold of packets that were not taken yet, in bytes.
const BUFFER: u32 = 8 << 20;
/// The most that can be asked for, in KiB.
const BUFFER_MAX: u32 = 1 << 20;

pub(crate) const HELP: &str = "\
Usage: tcpdump -i INTERFACE [OPTION]...
       tcpdump -r FILE [OPTION]...
Print the packets that pass an interface or that a capture file holds, or write them to a file.

  -B KIB        let the kernel hold so many KiB of packets that were not taken yet; 8192 is the default
  -c COUNT      end after COUNT packets
  -e            print the link-level header too
  -i INTERFACE  capture from INTERFACE
  -l, -U        write each packet out at once
  -n            print addresses and ports as numbers, as is always done
  -p            do not put the interface into promiscuous mode
  -r FILE       read the packets from FILE (pcap or pcapng), or from standard input if FILE is -
  -s SNAPLEN    keep only the first SNAPLEN bytes of each packet; 0 is the default of 262144
  -v            print more of the headers
  -w FILE       write the packets to FILE, or to standard output if FILE is -;
                a FILE that ends in .pcapng is written in that format, any other as pcap
  -x            print the bytes too, from the network layer on; -xx with the link-level header
  -h, --help    give this help
  --version     display version number

Filter expressions are not supported. An interrupt ends the capture.

Examples:
  tcpdump -i eth0 -c 10         print the next ten packets
  tcpdump -i eth0 -w today.pcap write packets to a file until interrupted
  tcpdump -v -r today.pcap      print what the file holds
";

pub(crate) const VERSION_TEXT: &str = concat!(
    "tcpdump ",
    env!("CARGO_PKG_VERSION"),
    " (",
    env!("CARGO_PKG_NAME"),
    ")\nThe code that looks at packets runs confined to one input and one output.\n",
);

/// Where packets come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Source {
    Interface(String),
    File(PathBuf),
}

/// How an interface is listened to.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Capture {
    /// The bytes that are kept of each packet.
    pub(crate) snaplen: u32,
    /// What the kernel may hold, in bytes.
    pub(crate) buffer: u32,
    pub(crate) promiscuous: bool,
}

/// Everything that the options say.
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    pub(crate) source: Source,
    /// The capture file to write.
    pub(crate) write: Option<PathBuf>,
    pub(crate) limit: Option<u64>,
    pub(crate) capture: Capture,
    /// Each packet is written out at once.
    pub(crate) prompt: bool,
    pub(crate) style: Style,
    pub(crate) hex: Hex,
}

/// What was asked for.
#[derive(Debug)]
pub(crate) enum Command {
    Run(Settings),
    /// A text to show.
    Show(&'static str),
}

/// Reads the arguments that follow the program's name.
///
/// # Errors
///
/// What is wrong with them, as a line for the user.
pub(crate) fn parse(arguments: impl IntoIterator<Item = OsString>) -> Result<Command, String> {
    let mut sources = Vec::new();
    let mut capture = Capture { snaplen: SNAPLEN_MAX, buffer: BUFFER, promiscuous: true };
    let (mut write, mut limit, mut prompt) = (None, None, false);
    let (mut style, mut hex) = (Style::default(), Hex::None);
    let mut parser = Parser::from_args(arguments);
    while let Some(argument) = parser.next().map_err(|error| error.to_string())? {
        let value = |parser: &mut Parser| parser.value().map_err(|error| error.to_string());
        match argument {
            Arg::Short('B') => {
                let wanted = number(&value(&mut parser)?, "-B", 1, BUFFER_MAX.into())?;
                capture.buffer = u32::try_from(wanted).unwrap_or(BUFFER_MAX) << 10;
            }
            Arg::Short('c') => limit = Some(number(&value(&mut parser)?, "-c", 1, u64::MAX)?),
            Arg::Short('e') => style.link = true,
            Arg::Short('i') => sources.push(Source::Interface(text(value(&mut parser)?)?)),
            Arg::Short('l' | 'U') => prompt = true,
            // Names are never looked up.
            Arg::Short('n') => {}
            Arg::Short('p') => capture.promiscuous = false,
            Arg::Short('r') => sources.push(Source::File(value(&mut parser)?.into())),
            Arg::Short('s') => {
                let wanted = number(&value(&mut parser)?, "-s", 0, SNAPLEN_MAX.into())?;
                capture.snaplen = u32::try_from(wanted).ok().filter(|length| *length > 0).unwrap_or(SNAPLEN_MAX);
            }
            Arg::Short('v') => style.verbose = true,
            Arg::Short('w') => write = Some(value(&mut parser)?.into()),
            Arg::Short('x') => hex = if hex == Hex::None { Hex::Network } else { Hex::All },
            Arg::Short('h') | Arg::Long("help") => return Ok(Command::Show(HELP)),
            Arg::Long("version") => return Ok(Command::Show(VERSION_TEXT)),
            Arg::Value(word) => {
                return Err(format!(
                    "filter expressions are not supported: '{}'\n\
                     help: capture without one, or filter the file that -w wrote with another program",
                    word.display()
                ));
            }
            Arg::Short(_) | Arg::Long(_) => return Err(argument.unexpected().to_string()),
        }
    }
    let source = match (sources.pop(), sources.pop()) {
        (Some(source), None) => source,
        (None, _) => return Err("-i INTERFACE or -r FILE is needed: there is no default".to_owned()),
        (Some(_), Some(_)) => return Err("-i and -r cannot be given together, or twice".to_owned()),
    };
    Ok(Command::Run(Settings { source, write, limit, capture, prompt, style, hex }))
}

fn number(value: &OsString, option: &str, least: u64, most: u64) -> Result<u64, String> {
    let parsed: Result<u64, _> = value.parse();
    match parsed {
        Ok(number) if (least..=most).contains(&number) => Ok(number),
        _ => {
            let range =
                if most == u64::MAX { format!("of at least {least}") } else { format!("from {least} to {most}") };
            Err(format!("option '{option}': '{}' is not a number {range}", value.display()))
        }
    }
}

fn text(value: OsString) -> Result<String, String> {
    value.into_string().map_err(|value| format!("no such interface: '{}'", value.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(arguments: &[&str]) -> Settings {
        match parse(arguments.iter().map(OsString::from)) {
            Ok(Command::Run(settings)) => settings,
            other => panic!("{other:?}"),
        }
    }

    fn refused(arguments: &[&str]) -> String {
        parse(arguments.iter().map(OsString::from)).expect_err("refused")
    }

    #[test]
    fn options_are_read_as_tcpdump_reads_them() {
        let settings = run(&["-nvei", "eth0", "-c5", "-s", "96", "-w", "out.pcap", "-x"]);
        assert_eq!(settings.source, Source::Interface("eth0".to_owned()));
        assert_eq!((settings.limit, settings.capture.snaplen, settings.hex), (Some(5), 96, Hex::Network));
        assert_eq!(settings.write, Some(PathBuf::from("out.pcap")));
        assert!(settings.style.link && settings.style.verbose && settings.capture.promiscuous && !settings.prompt);
        let settings = run(&["-r", "-", "-xx", "-s0", "-l", "-p", "-B", "512"]);
        assert_eq!((settings.source, settings.hex), (Source::File("-".into()), Hex::All));
        assert_eq!((settings.capture.snaplen, settings.capture.buffer), (SNAPLEN_MAX, 512 << 10));
        assert!(settings.prompt && !settings.capture.promiscuous);
    }

    #[test]
    fn complaints_say_what_is_accepted() {
        assert!(refused(&[]).contains("-i INTERFACE or -r FILE"));
        assert!(refused(&["-i", "a", "-r", "b"]).contains("together"));
        assert_eq!(refused(&["-c", "0", "-i", "a"]), "option '-c': '0' is not a number of at least 1");
        assert_eq!(refused(&["-s", "x", "-i", "a"]), "option '-s': 'x' is not a number from 0 to 262144");
        assert_eq!(refused(&["-B", "0"]), "option '-B': '0' is not a number from 1 to 1048576");
        assert_eq!(refused(&["-s", "262145"]), "option '-s': '262145' is not a number from 0 to 262144");
        assert!(refused(&["-i", "a", "port", "80"]).starts_with("filter expressions are not supported: 'port'"));
        assert_eq!(refused(&["-k"]), "invalid option '-k'");
        assert_eq!(refused(&["-r"]), "missing argument for option '-r'");
    }

    #[test]
    fn the_help_names_every_option() {
        for letter in "Bceilnprsvwx".chars() {
            assert!(HELP.contains(&format!("\n  -{letter}")), "{letter}");
        }
    }
}
