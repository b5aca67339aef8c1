//! Completions and manual pages, made from the command line itself.

use std::io::Write;

use crate::failure::{Failure, Result};
use crate::{YES, cli};

/// The name under which shells and manuals know the program.
const NAME: &str = "cargo-sandbox";

pub(crate) fn completions(options: &cli::Completions, out: &mut dyn Write) -> Result<u8> {
    let mut command = cli::command();
    // Written to memory first: a half of a completion would be worse than none.
    let mut text = Vec::new();
    clap_complete::generate(options.shell, &mut command, NAME, &mut text);
    out.write_all(&text)?;
    Ok(YES)
}

pub(crate) fn man(options: &cli::Man, out: &mut dyn Write) -> Result<u8> {
    let folder = &options.folder;
    clap_mangen::generate_to(cli::command(), folder).map_err(|error| {
        Failure::new(format!("cannot write to `{}`: {error}", folder.display())).help("name a folder that exists")
    })?;
    writeln!(out, "manual pages are in `{}`", folder.display())?;
    Ok(YES)
}
