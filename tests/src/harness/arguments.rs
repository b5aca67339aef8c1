//! The arguments of a test program: those of libtest that people and tools use.

use std::num::NonZero;
use std::thread;

#[derive(Debug, PartialEq, Eq)]
pub(super) struct Arguments {
    /// Only this case, in this process.
    pub(super) case: Option<String>,
    /// Names, or parts of names.
    filters: Vec<String>,
    /// Names, or parts of names, that are left out.
    skipped: Vec<String>,
    exact: bool,
    pub(super) list: bool,
    pub(super) capture: bool,
    threads: Option<NonZero<usize>>,
}

impl Arguments {
    pub(super) fn parse(mut arguments: impl Iterator<Item = String>) -> Result<Self, String> {
        let mut parsed = Self {
            case: None,
            filters: Vec::new(),
            skipped: Vec::new(),
            exact: false,
            list: false,
            capture: true,
            threads: None,
        };
        while let Some(argument) = arguments.next() {
            let (option, attached) = match argument.split_once('=') {
                Some((option, value)) if option.starts_with("--") => (option, Some(value.to_owned())),
                _ => (argument.as_str(), None),
            };
            let mut value =
                || attached.clone().or_else(|| arguments.next()).ok_or_else(|| format!("`{option}` needs a value"));
            match option {
                "--case" => parsed.case = Some(value()?),
                "--skip" => parsed.skipped.push(value()?),
                "--exact" => parsed.exact = true,
                "--list" => parsed.list = true,
                "--nocapture" | "--no-capture" => parsed.capture = false,
                "--test-threads" => {
                    let value = value()?;
                    let threads = value.parse();
                    parsed.threads = Some(threads.map_err(|_| format!("`{value}` is not a number of threads"))?);
                }
                // How the results look: there is one form.
                "--format" | "--color" => drop(value()?),
                "--quiet" | "-q" | "--show-output" => {}
                _ if option.starts_with('-') => return Err(format!("`{option}` is not an option of this program")),
                _ => parsed.filters.push(argument),
            }
        }
        Ok(parsed)
    }

    pub(super) fn selects(&self, name: &str) -> bool {
        let matches = |filter: &String| if self.exact { name == filter } else { name.contains(filter.as_str()) };
        (self.filters.is_empty() || self.filters.iter().any(matches)) && !self.skipped.iter().any(matches)
    }

    /// How many cases run at once.
    pub(super) fn at_once(&self) -> usize {
        self.threads.or_else(|| thread::available_parallelism().ok()).map_or(1, NonZero::get)
    }
}
