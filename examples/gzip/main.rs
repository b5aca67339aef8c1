//! gzip, with the code that touches the data confined to its descriptors.
//!
//! This process parses arguments, opens files, names and removes them, and never looks at the data. Each file is
//! worked on by a process of its own that can read one descriptor, write another, and nothing else (`confined.rs`). So
//! a flaw in the decompressor gives an attacker a process with nowhere to go.

mod cli;
mod codec;
mod complaint;
mod confined;
mod console;
mod ending;
mod header;
mod input;
mod job;
mod list;
mod listing;
mod names;
mod output;
mod replace;
mod report;
mod session;
mod source;
mod standard;
mod subject;
mod sys;

use std::env;
use std::io::{self, Write as _};
use std::process::ExitCode;

use cli::Command;
use console::Console;
use list::Table;
use sandbox_examples::signals::{self, Signals};
use session::{Session, Stop};

fn main() -> ExitCode {
    if let Some(code) = confined::serve() {
        return code;
    }
    let mut arguments = env::args_os();
    let program = cli::program_name(arguments.next());
    let mut console = Console::new(program.clone());
    let settings = match cli::parse(&program, arguments) {
        Ok(Command::Run(settings)) => settings,
        Ok(Command::Show(text)) => return show(text, console),
        Err(why) => {
            console.error(why);
            console.say(format_args!("Try `{program} --help' for more information.\n"));
            return console.exit_code();
        }
    };
    console.set_quiet(settings.quiet);
    let signals = match Signals::watch() {
        Ok(signals) => signals,
        Err(error) => {
            console.error(format_args!("cannot watch for signals: {error}"));
            return console.exit_code();
        }
    };
    let table = Table::default();
    let outcome = Session { settings: &settings, console: &mut console, signals, table }.run();
    match outcome {
        Ok(()) | Err(Stop::Failed) => console.exit_code(),
        Err(Stop::Signal(signal)) => signals::die_of(signal),
    }
}

/// Writes a text to standard output.
fn show(text: &str, mut console: Console) -> ExitCode {
    let mut out = io::stdout().lock();
    if let Err(error) = standard::output().and_then(|()| out.write_all(text.as_bytes())).and_then(|()| out.flush()) {
        console.error(format_args!("stdout: {}", console::reason(&error)));
    }
    console.exit_code()
}
