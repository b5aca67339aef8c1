//! Opening files, which is done before confinement.

use std::fs::File;
use std::io::{self, IsTerminal as _};
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;

use crate::failure::Failure;

/// The name that stands for a standard stream.
const STANDARD: &str = "-";

/// A capture file to read, and what it is called in messages.
///
/// # Errors
///
/// That it cannot be opened.
pub(crate) fn open(path: &Path) -> Result<(File, String), Failure> {
    if path.as_os_str() == STANDARD {
        let input = copy(io::stdin()).map_err(|error| Failure::during("standard input", &error))?;
        return Ok((input, "standard input".to_owned()));
    }
    let name = path.display().to_string();
    let input = File::open(path).map_err(|error| Failure::during(&name, &error))?;
    let metadata = input.metadata().map_err(|error| Failure::during(&name, &error))?;
    if metadata.is_dir() {
        return Err(Failure::told(format_args!("{name}: is a directory")));
    }
    Ok((input, name))
}

/// A capture file to write. What it held before is gone, unless it is the input.
///
/// # Errors
///
/// That it cannot be opened, or is the file that is read.
pub(crate) fn create(path: &Path, input: Option<&File>) -> Result<(File, String), Failure> {
    if path.as_os_str() == STANDARD {
        let (out, terminal) = standard_output()?;
        if terminal {
            return Err(Failure::told(
                "a capture file is not written to a terminal\nhelp: -w FILE, or -w - with a pipe",
            ));
        }
        return Ok((out, "standard output".to_owned()));
    }
    let name = path.display().to_string();
    let failed = |error: io::Error| Failure::during(&name, &error);
    let out = File::options().write(true).create(true).truncate(false).open(path).map_err(failed)?;
    let metadata = out.metadata().map_err(failed)?;
    if let Some(input) = input {
        let read = input.metadata().map_err(failed)?;
        if (read.dev(), read.ino()) == (metadata.dev(), metadata.ino()) {
            return Err(Failure::told(format_args!("{name}: is the file that is read")));
        }
    }
    if metadata.is_file() {
        out.set_len(0).map_err(failed)?;
    }
    Ok((out, name))
}

/// Standard output, and whether it is a terminal.
///
/// # Errors
///
/// That it is closed.
pub(crate) fn standard_output() -> Result<(File, bool), Failure> {
    let out = copy(io::stdout()).map_err(|error| Failure::during("standard output", &error))?;
    let terminal = out.is_terminal();
    Ok((out, terminal))
}

fn copy(stream: impl AsFd) -> io::Result<File> {
    let copy: OwnedFd = stream.as_fd().try_clone_to_owned()?;
    Ok(copy.into())
}
