//! `explain`: each confined function, its resources with their rights in words, and what that becomes.

mod answer;
mod text;

use std::io::Write;
use std::path::PathBuf;

use crate::binary::{self, Binary};
use crate::failure::{Failure, Result};
use crate::{YES, cli, paper};

pub(crate) use answer::{implicit_stderr, meaning, remark};

pub(crate) fn main(options: &cli::Explain, out: &mut dyn Write) -> Result<u8> {
    let (path, function) = which(options)?;
    let binary = Binary::confined(&path)?;
    let policies = binary::named(&binary, function.as_deref())?;
    let answer = answer::explain(&binary, &policies, &options.kernel, options.bpf)?;
    if options.json {
        paper::json(&answer, out)?;
    } else {
        text::write(&answer, options.plan || options.bpf, out)?;
    }
    Ok(YES)
}

/// The binary, built first if a package is named, and the function.
fn which(options: &cli::Explain) -> Result<(PathBuf, Option<String>)> {
    match (&options.package.name, &options.first, &options.second) {
        (Some(package), function, None) => {
            let function = function.as_ref().map(|function| function.to_string_lossy().into_owned());
            Ok((binary::built(&options.package, package)?, function))
        }
        (Some(_), _, Some(_)) => {
            Err(Failure::new("`-p` builds the binary, and another one is named").help("name one of them"))
        }
        (None, Some(binary), function) => Ok((binary.into(), function.clone())),
        (None, None, _) => Err(Failure::new("no binary is named").help("name one, or its package: `-p PACKAGE`")),
    }
}
