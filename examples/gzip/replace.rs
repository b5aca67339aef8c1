//! A file to a file: the names of both, and what may be replaced.

use std::fs::Metadata;
use std::io::{self, BufRead as _, ErrorKind, IsTerminal as _, Seek as _};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use crate::cli::Mode;
use crate::console::reason;
use crate::input::{self, Input};
use crate::job::Question;
use crate::list;
use crate::listing::{Listing, StoredName};
use crate::names;
use crate::output::{Pending, Place, place};

use crate::session::{Session, Stop};

impl Session<'_> {
    /// A file to a file.
    pub(crate) fn replace(&mut self, input: Input) -> Result<(), Stop> {
        let Some(mut target) = self.target(&input.path) else { return Ok(()) };
        let mut modified = input.metadata.modified().unwrap_or(UNIX_EPOCH);
        if self.settings.mode == Mode::Decompress && self.settings.names {
            let Some(stored) = self.stored(&input, &target)? else { return Ok(()) };
            if let Some(name) = stored.name.file_name() {
                target = names::renamed(&input.path, &name);
            }
            if stored.mtime != 0 {
                modified = UNIX_EPOCH + Duration::from_secs(stored.mtime.into());
            }
        }
        let Some(replace) = self.may_write(&target, &input)? else { return Ok(()) };
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
        let subject = self.subject(&input.path.display().to_string(), &target.display().to_string(), true);
        let work = self.job(out, &subject, input.stored_name(), input::seconds(&input.metadata));
        let Input { path, file, metadata } = input;
        if !self.work(work, file, &subject, false)? {
            return Ok(());
        }
        self.signals.check()?;
        if self.publish(pending, &target, &metadata, modified, replace) {
            self.remove(&path);
            self.summary(&target);
        }
        Ok(())
    }

    /// The name and the time that the file was stored under, or `None` where it does not say or they cannot be used.
    fn stored(&mut self, input: &Input, target: &Path) -> Result<Option<Listing>, Stop> {
        let from = input.path.display().to_string();
        let subject = self.subject(&from, &target.display().to_string(), true);
        // A copy of the descriptor has the same position, which the worker moves.
        let copied = input.file.try_clone();
        let stored = match copied {
            Ok(file) => self.ask(Question::Header, file, &subject)?,
            Err(error) => {
                self.console.error(format_args!("{from}: {}", reason(&error)));
                None
            }
        };
        let Some(stored) = stored else { return Ok(None) };
        if stored.name == StoredName::TooLong {
            self.console.fresh_line();
            self.console.error(format_args!("{from}: corrupted input -- file name too large"));
            return Ok(None);
        }
        if let Err(error) = (&input.file).rewind() {
            self.console.error(format_args!("{from}: {}", reason(&error)));
            return Ok(None);
        }
        Ok(Some(stored))
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

    /// Whether the output may have its name, and if so, whether something may be replaced.
    fn may_write(&mut self, target: &Path, input: &Input) -> Result<Option<bool>, Stop> {
        let name = list::printable(&target.display().to_string());
        match place(target, &input.metadata) {
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
                let source = input.path.display();
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
