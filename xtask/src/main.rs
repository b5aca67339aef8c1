//! The project's own commands. `cargo xtask help` lists them.

mod bench;
mod cargo;
mod ci;
mod cross;
mod demo;
mod failure;
mod freebsd;
mod groups;
mod identity;
mod needs;
mod ordinary;
mod packages;
mod paper;
mod runner;
mod setup;
mod signals;
mod suggest;
mod summary;
mod test;
mod workspace;

use std::ffi::OsString;
use std::process::ExitCode;

use failure::{Failure, Result};

/// One command: what it is called, what it does, and what runs it.
struct Command {
    name: &'static str,
    about: &'static str,
    run: fn(&[OsString]) -> Result<ExitCode>,
}

const COMMANDS: &[Command] = &[
    Command { name: "test", about: "run everything that can be tested on this machine", run: test::main },
    Command {
        name: "ci",
        about: "format, clippy and docs with warnings denied, then `test`, `cross` and `freebsd`",
        run: ci::main,
    },
    Command { name: "demo", about: "compress a real file under the sandbox, then play the attacker", run: demo::main },
    Command { name: "bench", about: "measure what confinement costs, against other sandboxes", run: bench::main },
    Command {
        name: "freebsd",
        about: "check and link everything for FreeBSD; leaves its tests in target/freebsd",
        run: freebsd::main,
    },
    Command {
        name: "cross",
        about: "link everything for aarch64 and musl; run the kernel tests with musl",
        run: cross::main,
    },
    Command {
        name: "setup",
        about: "install what the tests need from the system (`test` and `ci` do this first)",
        run: setup::main,
    },
    Command { name: "help", about: "print this", run: help },
];

fn main() -> ExitCode {
    let arguments: Vec<OsString> = std::env::args_os().skip(1).collect();
    match signals::ordinary().and_then(|()| dispatch(&arguments)) {
        Ok(code) => code,
        Err(failure) => {
            eprintln!("error: {failure}");
            ExitCode::FAILURE
        }
    }
}

fn dispatch(arguments: &[OsString]) -> Result<ExitCode> {
    let Some((first, rest)) = arguments.split_first() else {
        return help(&[]);
    };
    let first = first.to_string_lossy();
    if wants_help(arguments) {
        return help(&[]);
    }
    match COMMANDS.iter().find(|command| command.name == first) {
        Some(command) => (command.run)(rest),
        None => Err(unknown_command(&first)),
    }
}

fn wants_help(arguments: &[OsString]) -> bool {
    arguments.iter().any(|argument| argument == "--help" || argument == "-h")
}

fn unknown_command(name: &str) -> Failure {
    let names = COMMANDS.iter().map(|command| command.name);
    Failure::new(format!("unknown command `{name}`")).help(suggest::help("command", name, names))
}

fn help(arguments: &[OsString]) -> Result<ExitCode> {
    groups::no_options("help", arguments)?;
    println!("The project's own commands.\n\nUsage: cargo xtask <command> [options]\n\nCommands:");
    for command in COMMANDS {
        println!("  {:<8} {}", command.name, command.about);
    }
    println!(
        "\nOptions of `test` and `ci`:\n  --without <group>[,<group>…]   leave these out; the last line counts them\n\n\
         Options of `freebsd`, `cross` and `ci`:\n  --build-std                    where a target is not installed, \
         build its standard library\n                                 from the distribution's Rust source"
    );
    println!(
        "\nOptions of `bench`:\n  --quick         a few rounds, to see that everything can be measured\n  \
         --only <group>  one of calls, entry, gzip, build, memory\n  \
         --update        write the figures into BENCHMARKS.md, too; a whole run only"
    );
    println!("\nGroups:");
    for group in groups::Group::ALL {
        println!("  {:<11} {}", group.name(), group.about());
    }
    Ok(ExitCode::SUCCESS)
}

#[cfg(test)]
mod tests {
    use super::{dispatch, unknown_command};

    #[test]
    fn a_mistyped_command_is_answered_with_the_nearest_one() {
        let text = unknown_command("tets").to_string();
        assert!(text.starts_with("unknown command `tets`"), "{text}");
        assert!(text.contains("did you mean `test`?"), "{text}");
    }

    #[test]
    fn a_mistyped_option_is_refused_before_anything_runs() {
        let refused = dispatch(&["demo".into(), "--fast".into()]).expect_err("`demo` takes no options");
        assert!(refused.to_string().contains("`--fast`"), "{refused}");
    }
}
