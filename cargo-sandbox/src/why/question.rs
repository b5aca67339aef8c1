//! What is asked: a call with what it is made on.

use std::fmt;

use sandbox_policy::freebsd;
use sandbox_policy::linux::{ALL_CALLS, Call};
use sandbox_policy::vocabulary::{self, suggest};

use crate::cli::System;
use crate::failure::{Failure, Result};

#[derive(Debug, PartialEq, Eq)]
pub(super) struct Question {
    /// As it was asked.
    text: String,
    pub(super) name: String,
    pub(super) arguments: Vec<Argument>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Argument {
    /// The descriptor of a resource.
    Resource(String),
    /// A path in memory.
    Path(String),
    Number(u64),
    Any,
}

impl Question {
    /// Reads `openat("/etc/hosts")`, `ioctl(out, 0x5413)`, `read`.
    pub(super) fn parse(text: &str) -> Result<Self> {
        let text = text.trim();
        let wrong = |what: &str| {
            Failure::new(format!("expected a call, found `{text}`: {what}"))
                .help("write `write(out)`, `openat(\"/etc/hosts\")` or `ioctl(out, 0x5413)`")
        };
        let (name, list) = match text.split_once('(') {
            None => (text, None),
            Some((name, rest)) => {
                (name.trim_end(), Some(rest.strip_suffix(')').ok_or_else(|| wrong("it has no closing parenthesis"))?))
            }
        };
        if name.is_empty() || !name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') {
            return Err(wrong("it has no name"));
        }
        let mut arguments = Vec::new();
        let mut rest = list.unwrap_or_default().trim();
        while !rest.is_empty() {
            let (argument, after) = argument(rest).map_err(|what| wrong(&what))?;
            arguments.push(argument);
            rest = after.trim_start();
            rest = match rest.strip_prefix(',') {
                Some(after) => after.trim_start(),
                None if rest.is_empty() => rest,
                None => return Err(wrong("its arguments are separated by commas")),
            };
        }
        if arguments.len() > 6 {
            return Err(wrong("a call has at most six arguments"));
        }
        Ok(Self { text: text.to_owned(), name: name.to_owned(), arguments })
    }

    /// The names of the resources in it.
    pub(super) fn resources(&self) -> impl Iterator<Item = &str> {
        self.arguments.iter().filter_map(|argument| match argument {
            Argument::Resource(name) => Some(name.as_str()),
            Argument::Path(_) | Argument::Number(_) | Argument::Any => None,
        })
    }

    /// The Linux call with this name.
    pub(super) fn linux(&self) -> Option<Call> {
        ALL_CALLS.iter().copied().find(|call| call.name() == self.name)
    }

    /// The FreeBSD calls with this name.
    pub(super) fn freebsd(&self) -> Option<&'static freebsd::call::Call> {
        freebsd::call::all().iter().rev().find(|call| call.name == self.name)
    }

    pub(super) fn is_call(&self, system: System) -> bool {
        match system {
            System::Linux => self.linux().is_some(),
            System::Freebsd => self.freebsd().is_some(),
        }
    }

    pub(super) fn unknown(&self, system: System) -> Failure {
        let name = &self.name;
        let rights = vocabulary::rows().map(|row| row.name);
        let near = match system {
            System::Linux => suggest::near(name, ALL_CALLS.iter().map(|call| call.name()).chain(rights)),
            System::Freebsd => suggest::near(name, freebsd::call::all().iter().map(|call| call.name).chain(rights)),
        };
        let what = match system {
            System::Linux => "neither a Linux system call nor a right",
            System::Freebsd => "neither a right nor a system call of FreeBSD that capability mode limits",
        };
        // The exact translation of a word is better than one that looks like it.
        let help = match (suggest::right(name), near) {
            (Some(suggest::Fix::Near(_)) | None, Some(near)) => format!("did you mean `{near}`?"),
            (Some(fix), _) => fix.to_string(),
            (None, None) => "`cargo sandbox rights` lists the rights".to_owned(),
        };
        Failure::new(format!("`{name}` is {what}")).help(help)
    }
}

/// The first argument of a list, and what follows it.
fn argument(text: &str) -> std::result::Result<(Argument, &str), String> {
    if let Some(quoted) = text.strip_prefix('"') {
        let (path, after) = quoted.split_once('"').ok_or("a path has no closing quote")?;
        return Ok((Argument::Path(path.to_owned()), after));
    }
    let end = text.find(',').unwrap_or(text.len());
    let (word, after) = text.split_at(end);
    let word = word.trim();
    let argument = if word == "_" {
        Argument::Any
    } else if let Some(number) = number(word) {
        Argument::Number(number)
    } else if !word.is_empty() && word.chars().all(|c| c.is_alphanumeric() || "_.".contains(c)) {
        Argument::Resource(word.to_owned())
    } else {
        return Err(format!("`{word}` is neither a resource, a \"path\" nor a number"));
    };
    Ok((argument, after))
}

fn number(word: &str) -> Option<u64> {
    if let Some(digits) = word.strip_prefix("0x") {
        return u64::from_str_radix(digits, 16).ok();
    }
    if word.starts_with('-') {
        return word.parse::<i64>().ok().map(i64::cast_unsigned);
    }
    word.parse().ok()
}

impl fmt::Display for Question {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_are_read() {
        use Argument::{Any, Number, Path, Resource};
        let read = |text: &str| Question::parse(text).map(|question| question.arguments).ok();
        assert_eq!(read("write(out)"), Some(vec![Resource("out".into())]));
        assert_eq!(
            read(" write ( self.out , _, 0x10, -1 ) "),
            Some(vec![Resource("self.out".into()), Any, Number(16), Number(u64::MAX)])
        );
        assert_eq!(read("openat(\"/a, b (c)\", 0)"), Some(vec![Path("/a, b (c)".into()), Number(0)]));
        assert_eq!(read("getpid"), Some(vec![]));
        assert_eq!(read("getpid()"), Some(vec![]));
        for wrong in
            ["", "(out)", "write(out", "openat(\"/x)", "write(out out)", "a(1,2,3,4,5,6,7)", "write(,)", "w rite(x)"]
        {
            assert_eq!(read(wrong), None, "{wrong}");
        }
    }
}
