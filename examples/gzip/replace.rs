//! A file to a file: the names of both, and what may be replaced.

use std::fs::Metadata;
use std::io::{self, BufRead as _, ErrorKind, IsTerminal as _};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use crate::cli::Mode;
use crate::complaint::Subject;
use crate::console::reason;
use crate::input::{self, Input};
use crate::list;
use crate::names;
use crate::output::{Pending, Place, place};
use crate::report::StoredName;
use crate::session::{Session, Stop};

impl Session<'_> {
    /// A file to a file.
    pub(crate) fn replace(&mut self, input: Input) -> Result<(), Stop> {
        let Some(mut target) = self.target(&input.path) else { return Ok(()) };
        let restores = self.settings.mode == Mode::Decompress && self.settings.names;
        // A stored name is known only when the data has been read.
        let mut replace = self.settings.force;
        if !restores {
            match self.may_write(&target, &input)? {
                Some(agreed) => replace = agreed,
                None => return Ok(()),
            }
        }
        let begun = Pending::beside(&target).and_then(|pending| {
            let out = pending.descriptor()?;
            Ok((pending, out))
        });
        let (pending, out) = match begun {
            Ok(begun) => begun,
            Err(error) => {
                self.console.error(format_args!("{}: {}", target.display(), reason(&error)));
                return Ok(());
            }
        };
        let (from, to) = (input.path.display().to_string(), target.display().to_string());
        let work = self.job(out, &from, input.stored_name(), input::seconds(&input.metadata));
        let Input { path, file, metadata } = input;
        let subject = Subject { input: &from, output: &to };
        let Some(report) = self.work(work, file, subject, false)? else { return Ok(()) };
        self.remarks(&report, &from);
        let mut modified = metadata.modified().unwrap_or(UNIX_EPOCH);
        if restores {
            if report.name == StoredName::TooLong {
                self.console.fresh_line();
                self.console.error(format_args!("{from}: corrupted input -- file name too large"));
                return Ok(());
            }
            if let Some(name) = report.name.file_name() {
                target = names::renamed(&path, &name);
            }
            if report.mtime != 0 {
                modified = UNIX_EPOCH + Duration::from_secs(report.mtime.into());
            }
            match self.may_write_over(&target, &path, &metadata)? {
                Some(agreed) => replace = agreed,
                None => return Ok(()),
            }
        }
        self.signals.check()?;
        if self.publish(pending, &target, &metadata, modified, replace) {
            self.remove(&path);
            self.summary(&report, &target);
        }
        Ok(())
    }

    /// The name of the output, or `None` where the input's says that there is nothing to do.
    fn target(&mut self, path: &Path) -> Option<PathBuf> {
        let suffix = &self.settings.suffix;
        if self.settings.mode != Mode::Compress {
            let target = names::decompressed(path, suffix);
            if target.is_none() && !self.settings.quiet {
                self.console.warn(format_args!("{}: unknown suffix -- ignored", path.display()));
            }
            return target;
        }
        match names::suffix_of(path, suffix) {
            Some(there) if !self.settings.force => {
                if !self.settings.quiet {
                    self.console.line(format_args!(
                        "{} already has {} suffix -- unchanged",
                        path.display(),
                        there.display()
                    ));
                }
                None
            }
            Some(_) | None => Some(names::compressed(path, suffix)),
        }
    }

    fn may_write(&mut self, target: &Path, input: &Input) -> Result<Option<bool>, Stop> {
        self.may_write_over(target, &input.path, &input.metadata)
    }

    /// Whether the output may have its name, and if so, whether something may be replaced.
    fn may_write_over(&mut self, target: &Path, source: &Path, metadata: &Metadata) -> Result<Option<bool>, Stop> {
        let name = list::printable(&target.display().to_string());
        match place(target, metadata) {
            Ok(Place::Free) => Ok(Some(self.settings.force)),
            Ok(Place::Taken) if self.settings.force => Ok(Some(true)),
            Ok(Place::Taken) => {
                self.console.say(format_args!("{}: {name} already exists;", self.console.program()));
                if self.signals.foreground && io::stdin().is_terminal() && self.agreed()? {
                    return Ok(Some(true));
                }
                self.console.say("\tnot overwritten\n");
                self.console.warned();
                Ok(None)
            }
            Ok(Place::Same) => {
                let source = source.display();
                self.console.error(format_args!("{source} and {name} are the same file"));
                Ok(None)
            }
            Err(error) => {
                self.console.error(format_args!("{name}: {}", reason(&error)));
                Ok(None)
            }
        }
    }

    /// Asks. Anything but a word with `y` in front is no.
    fn agreed(&self) -> Result<bool, Stop> {
        self.console.say(" do you wish to overwrite (y or n)? ");
        let mut answer = Vec::new();
        let mut stdin = io::stdin().lock();
        self.signals.wait_for(io::stdin())?;
        let read = stdin.read_until(b'\n', &mut answer);
        Ok(read.is_ok() && matches!(answer.first(), Some(b'y' | b'Y')))
    }

    /// Gives the finished output its name, and says whether that worked.
    fn publish(
        &mut self,
        pending: Pending,
        target: &Path,
        metadata: &Metadata,
        modified: SystemTime,
        replace: bool,
    ) -> bool {
        let name = list::printable(&target.display().to_string());
        if let Err(error) = pending.resemble(metadata, modified) {
            self.console.warn(format_args!("{name}: {}", reason(&error)));
        }
        match pending.publish(target, replace, self.settings.synchronous) {
            Ok(()) => true,
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {
                self.console.line(format_args!("{name} already exists;\tnot overwritten"));
                self.console.warned();
                false
            }
            Err(error) => {
                self.console.error(format_args!("{name}: {}", reason(&error)));
                false
            }
        }
    }

    /// Removes the input, unless it is to stay.
    fn remove(&mut self, path: &Path) {
        if self.settings.keep {
            return;
        }
        if let Err(error) = std::fs::remove_file(path) {
            self.console.warn(format_args!("{}: {}", path.display(), reason(&error)));
        }
    }
}
