//! What is said about data that is not what it should be. The words are GNU gzip's, which scripts look for.

use std::io;

use crate::console::{Console, reason};
use crate::ending::Ending;
use crate::report::{Report, Trailing, Trouble};
use crate::subject::Subject;

/// Says what is wrong.
pub(crate) fn tell(console: &mut Console, trouble: Trouble, subject: &Subject) {
    let Subject { input, output, .. } = subject;
    let mut on_its_own_line = |text: &str| {
        console.fresh_line();
        console.error(text);
    };
    match trouble {
        Trouble::NotGzip => on_its_own_line(&format!("{input}: not in gzip format")),
        Trouble::UnexpectedEnd => on_its_own_line(&format!("{input}: unexpected end of file")),
        Trouble::Format => {
            on_its_own_line(&format!("{input}: invalid compressed data--format violated"));
        }
        Trouble::Check { crc, length } => {
            if crc {
                on_its_own_line(&format!("{input}: invalid compressed data--crc error"));
            }
            if length {
                on_its_own_line(&format!("{input}: invalid compressed data--length error"));
            }
        }
        Trouble::Read(errno) => on_its_own_line(&failed(input, errno)),
        Trouble::Write(errno) => on_its_own_line(&failed(output, errno)),
        Trouble::HeaderCheck { stored, computed } => {
            let computed = format_args!("computed checksum 0x{computed:04x}");
            console.error(format_args!("{input}: header checksum 0x{stored:04x} != {computed}"));
        }
        Trouble::Method(method) => {
            console.error(format_args!("{input}: unknown method {method} -- not supported"));
        }
        Trouble::Encrypted => {
            console.error(format_args!("{input} is encrypted -- not supported"));
        }
        Trouble::Flags(flags) => {
            console.error(format_args!("{input} has flags 0x{flags:x} -- not supported"));
        }
    }
}

/// Says what is worth saying about data that came through well.
pub(crate) fn remark(console: &mut Console, report: &Report, subject: &Subject) -> Ending {
    let Subject { input, verbose, quiet, .. } = subject;
    if let Some(length) = report.extra.filter(|_| *verbose) {
        console.line(format_args!("{input}: extra field of {length} bytes ignored"));
    }
    let what = match report.trailing {
        Trailing::Nothing => return Ending::Fine,
        Trailing::Zeros if !verbose => return Ending::Fine,
        Trailing::Zeros => "zero bytes",
        Trailing::Garbage => "garbage",
    };
    if !quiet {
        console.fresh_line();
    }
    console.warn(format_args!("{input}: decompression OK, trailing {what} ignored"));
    Ending::Warned
}

fn failed(name: &str, errno: i32) -> String {
    format!("{name}: {}", reason(&io::Error::from_raw_os_error(errno)))
}
