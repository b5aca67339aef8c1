//! tcpdump, with the code that looks at packets confined to its descriptors.
//!
//! This process parses arguments and opens an input, a file or an interface, and an output. Then it gives up everything
//! else (`confined.rs`), and only then reads its first byte from the input. So a flaw in a decoder gives an attacker a
//! process with nowhere to go.

mod cli;
mod clock;
mod confined;
mod decode;
mod failure;
mod files;
mod output;
mod packet;
mod savefile;
mod session;
mod signals;
mod sink;
mod sys;

use std::env;
use std::fs::File;
use std::io::{self, Write as _};
use std::process::ExitCode;

use cli::{Command, Settings, Source};
use clock::Clock;
use decode::Line;
use failure::{Failure, tell};
use savefile::{Format, Writer};
use session::Session;
use signal_hook::consts::SIGPIPE;
use signals::Stop;
use sink::{Printer, Recorder, Sink};
use sys::Capture;

fn main() -> ExitCode {
    let outcome = match cli::parse(env::args_os().skip(1)) {
        Ok(Command::Run(settings)) => run(&settings),
        Ok(Command::Show(text)) => show(text),
        Err(why) => Err(Failure::Told(format!("{why}\nTry `tcpdump --help' for more information."))),
    };
    match outcome {
        Ok(()) | Err(Failure::Stopped) => ExitCode::SUCCESS,
        Err(Failure::Unread) => die_of_a_broken_pipe(),
        Err(Failure::Told(why)) => {
            tell(format_args!("tcpdump: {why}"));
            ExitCode::FAILURE
        }
    }
}

fn run(settings: &Settings) -> Result<(), Failure> {
    if let Some(path) = &settings.write {
        work(settings, Recorder { writer: Writer::new(Format::of(path), settings.capture.snaplen) })
    } else {
        let (style, hex) = (settings.style, settings.hex);
        work(settings, Printer { style, hex, clock: Clock::local(), line: Line::default() })
    }
}

/// Opens what is needed, the output last, so that it is left alone if the input cannot be had. The rest runs confined.
fn work<S: Sink>(settings: &Settings, sink: S) -> Result<(), Failure> {
    let Settings { limit, capture, prompt, .. } = *settings;
    let session = &mut Session { sink, limit, snaplen: capture.snaplen, prompt, count: 0 };
    let stop = Stop::watch().map_err(|error| Failure::during("cannot watch for signals", &error))?;
    match &settings.source {
        Source::File(path) => {
            let (input, name) = files::open(path)?;
            let (out, out_name) = output(settings, Some(&input), session)?;
            confined::read(input, &name, out, out_name, &stop, session)
        }
        Source::Interface(name) => {
            let capture = Capture::open(name, capture)?;
            let (out, out_name) = output(settings, None, session)?;
            let counted = confined::capture(capture, name, out, out_name, &stop, session)?;
            tell(format_args!("{} packets captured", session.count));
            tell(format_args!("{} packets received by filter", counted.received));
            tell(format_args!("{} packets dropped by kernel", counted.dropped));
            Ok(())
        }
    }
}

fn output<S>(settings: &Settings, input: Option<&File>, session: &mut Session<S>) -> Result<(File, String), Failure> {
    if let Some(path) = &settings.write {
        return files::create(path, input);
    }
    let (out, terminal) = files::standard_output()?;
    session.prompt |= terminal;
    Ok((out, "standard output".to_owned()))
}

/// Writes a text to standard output.
fn show(text: &str) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    let written = out.write_all(text.as_bytes()).and_then(|()| out.flush());
    written.map_err(|error| Failure::writing("standard output", &error))
}

/// Ends the program as a write to a pipe that nobody reads ends others.
fn die_of_a_broken_pipe() -> ExitCode {
    // Returns only if it failed.
    let _ = signal_hook::low_level::emulate_default_handler(SIGPIPE);
    ExitCode::FAILURE
}
