//! dhclient, with the code that reads packets confined to one socket and a pipe.
//!
//! This process configures the interface and writes files, and never looks at a packet. Another one, which can do
//! nothing but receive and send on one interface and report leases, speaks with the servers (`confined.rs`). So a flaw in
//! the parsing of what strangers send gives an attacker a process with nowhere to go, and what it reports is checked.

mod background;
mod backoff;
mod cli;
mod client;
mod clock;
mod confined;
mod console;
mod files;
mod filter;
mod frame;
mod lease;
mod lease_file;
mod link;
mod message;
mod network;
mod pid_file;
mod privileged;
mod report;
mod resolv_conf;
mod resolver;
mod script;
mod sys;
mod wire;

use std::env;
use std::io::{self, Write as _};
use std::process::ExitCode;

use cli::{Command, Settings};
use console::complain;
use sandbox_examples::signals::Signals;

fn main() -> ExitCode {
    if let Some(code) = confined::serve() {
        return code;
    }
    match cli::parse(env::args_os().skip(1)) {
        Ok(Command::Run(settings)) => run(&settings),
        Ok(Command::Show(text)) => show(&text),
        Err(why) => {
            complain(format_args!("{why}"));
            complain(format_args!("try `dhclient --help` for more information"));
            ExitCode::FAILURE
        }
    }
}

fn run(settings: &Settings) -> ExitCode {
    let done = Signals::watch().map_err(|error| format!("cannot watch for signals: {error}")).and_then(|signals| {
        if settings.release {
            privileged::release(settings).map_err(|failure| failure.to_string())
        } else if settings.foreground || settings.background {
            privileged::run(settings, &signals).map_err(|failure| failure.to_string())
        } else {
            background::launch(&signals).map_err(|error| format!("cannot go to the background: {error}"))
        }
    });
    done.unwrap_or_else(|why| {
        complain(format_args!("{why}"));
        ExitCode::FAILURE
    })
}

/// Writes a text to standard output.
fn show(text: &str) -> ExitCode {
    match io::stdout().write_all(text.as_bytes()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            complain(format_args!("stdout: {error}"));
            ExitCode::FAILURE
        }
    }
}
