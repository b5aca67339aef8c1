//! `diff`: what authority a new build gained or lost, function by function.

mod compare;
mod markdown;
mod text;

use std::io::Write;

use crate::binary::Binary;
use crate::cli::{self, FailOn, Format};
use crate::failure::{Failure, Result};
use crate::{NO, YES, paper};

pub(crate) fn main(options: &cli::Diff, out: &mut dyn Write) -> Result<u8> {
    let old = Binary::open(&options.old)?;
    let new = Binary::open(&options.new)?;
    if old.policies.is_empty() && new.policies.is_empty() {
        return Err(Failure::new("neither binary holds a policy")
            .help("nothing in them is confined: there is nothing to compare"));
    }
    let comparison = compare::compare(&old, &new);
    match options.format {
        Format::Text => text::write(&comparison, out)?,
        Format::Markdown => markdown::write(&comparison, out)?,
        Format::Json => paper::json(&comparison, out)?,
    }
    let failed = match options.fail_on {
        FailOn::Gain => comparison.gained,
        FailOn::Change => !comparison.functions.is_empty(),
    };
    Ok(if failed { NO } else { YES })
}
