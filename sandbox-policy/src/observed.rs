//! What a program that is built to learn writes down: a line for each thing, written by the runtime, read by
//! `cargo sandbox learn`.
//!
//! The words of a line are separated by tabs. In a name or a path, what is not a graphic character of ASCII, and `%`, is
//! written as `%` and two hexadecimal digits a byte. Lines of several processes and runs stand in one file; each begins
//! with the process that it is about.

use std::fmt;
use std::str::FromStr;

use crate::linux::{ALL_CALLS, Call};

/// One line.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Observation {
    /// The process.
    pub process: u32,
    /// What was seen.
    pub event: Event,
}

/// What was seen.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Event {
    /// A declaration was entered. What follows of this process is about it.
    Entered {
        /// The function.
        function: String,
        /// Its module.
        module: String,
        /// The file of the declaration, as the compiler was given it.
        file: String,
        /// Its line.
        line: u32,
    },
    /// A resource of the declaration, or a parameter that could be one.
    Resource {
        /// Its name.
        name: String,
        /// How many descriptors it holds.
        descriptors: usize,
        /// What was declared, as text.
        declared: String,
    },
    /// A call that the sandbox would refuse, were nothing declared.
    Call {
        /// What it was made on.
        subject: Subject,
        /// The call.
        call: Call,
        /// Those of its arguments that decide what it does: flags, commands, requests. Others are 0; of some pointers 1
        /// says that they are not null. Of calls on two descriptors the first says which of them: 0 the source, 1 the
        /// destination.
        arguments: [u64; 6],
        /// The path that it names.
        path: Option<String>,
        /// Whether std makes it as a hint, and goes on without it.
        hint: bool,
    },
}

/// What a call was made on.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Subject {
    /// A resource, or a standard stream.
    Resource(String),
    /// Something that `accept` made of this resource.
    Accepted(String),
    /// Something that was opened beneath this resource, a directory.
    Beneath(String),
    /// Something that was open at entry and that no resource holds: where its descriptor leads.
    Undeclared(String),
    /// Something that was made since: where its descriptor leads.
    Other(String),
    /// No descriptor.
    Nothing,
}

/// A line that is none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoObservation;

impl fmt::Display for NoObservation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("this is not a line of what was learned")
    }
}

impl std::error::Error for NoObservation {}

impl fmt::Display for Observation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}\t", self.process)?;
        match &self.event {
            Event::Entered { function, module, file, line } => {
                write!(f, "entered\t{}\t{}\t{}\t{line}", Word(function), Word(module), Word(file))
            }
            Event::Resource { name, descriptors, declared } => {
                write!(f, "resource\t{}\t{descriptors}\t{}", Word(name), Word(declared))
            }
            Event::Call { subject, call, arguments, path, hint } => {
                let (kind, of) = match subject {
                    Subject::Resource(name) => ("on", name.as_str()),
                    Subject::Accepted(name) => ("accepted", name.as_str()),
                    Subject::Beneath(name) => ("beneath", name.as_str()),
                    Subject::Undeclared(link) => ("undeclared", link.as_str()),
                    Subject::Other(link) => ("other", link.as_str()),
                    Subject::Nothing => ("nothing", ""),
                };
                write!(f, "{}\t{kind}\t{}\t{call}", if *hint { "hint" } else { "call" }, Word(of))?;
                for argument in arguments {
                    write!(f, "\t{argument:x}")?;
                }
                path.as_ref().map_or(Ok(()), |path| write!(f, "\t{}", Word(path)))
            }
        }
    }
}

impl FromStr for Observation {
    type Err = NoObservation;

    fn from_str(line: &str) -> Result<Self, NoObservation> {
        let words: Vec<&str> = line.split('\t').collect();
        let number = |word: &str| word.parse().map_err(|_| NoObservation);
        let (process, event) = match words[..] {
            [process, "entered", function, module, file, line] => (
                process,
                Event::Entered {
                    function: text(function)?,
                    module: text(module)?,
                    file: text(file)?,
                    line: number(line)?,
                },
            ),
            [process, "resource", name, descriptors, declared] => (
                process,
                Event::Resource {
                    name: text(name)?,
                    descriptors: descriptors.parse().map_err(|_| NoObservation)?,
                    declared: text(declared)?,
                },
            ),
            [process, what @ ("call" | "hint"), kind, of, call, ref rest @ ..] if matches!(rest.len(), 6 | 7) => {
                let of = text(of)?;
                let subject = match kind {
                    "on" => Subject::Resource(of),
                    "accepted" => Subject::Accepted(of),
                    "beneath" => Subject::Beneath(of),
                    "undeclared" => Subject::Undeclared(of),
                    "other" => Subject::Other(of),
                    "nothing" => Subject::Nothing,
                    _ => return Err(NoObservation),
                };
                let mut arguments = [0; 6];
                for (argument, word) in arguments.iter_mut().zip(rest) {
                    *argument = u64::from_str_radix(word, 16).map_err(|_| NoObservation)?;
                }
                let call = ALL_CALLS.iter().copied().find(|known| known.name() == call).ok_or(NoObservation)?;
                let path = rest.get(6).map(|path| text(path)).transpose()?;
                (process, Event::Call { subject, call, arguments, path, hint: what == "hint" })
            }
            _ => return Err(NoObservation),
        };
        Ok(Self { process: number(process)?, event })
    }
}

/// A word that can be told from its separators.
struct Word<'a>(&'a str);

impl fmt::Display for Word<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for byte in self.0.bytes() {
            if byte.is_ascii_graphic() && byte != b'%' {
                write!(f, "{}", char::from(byte))?;
            } else {
                write!(f, "%{byte:02x}")?;
            }
        }
        Ok(())
    }
}

fn text(word: &str) -> Result<String, NoObservation> {
    let mut bytes = Vec::with_capacity(word.len());
    let mut left = word.as_bytes();
    while let [first, rest @ ..] = left {
        left = rest;
        if *first != b'%' {
            bytes.push(*first);
            continue;
        }
        let digits = rest.get(..2).and_then(|digits| str::from_utf8(digits).ok()).ok_or(NoObservation)?;
        bytes.push(u8::from_str_radix(digits, 16).map_err(|_| NoObservation)?);
        left = &rest[2..];
    }
    String::from_utf8(bytes).map_err(|_| NoObservation)
}
