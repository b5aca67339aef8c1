//! Rights as text: the same words as in a declaration, for programs that decide at run time.

use std::fmt;
use std::str::FromStr;

use crate::check::{self, Written};
use crate::{Diagnostic, Fcntls, Grant, Rights, vocabulary};

/// The rights on a resource, owned.
///
/// ```
/// use sandbox_policy::{Declared, Rights};
///
/// let declared: Declared = "write + seek".parse().unwrap();
/// assert_eq!(declared, Declared::from(Rights::WRITE | Rights::SEEK));
/// let error = "wirte".parse::<Declared>().unwrap_err();
/// assert_eq!(error.to_string(), "unknown right `wirte`\nhelp: did you mean `write`?");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Declared {
    /// The rights.
    pub rights: Rights,
    /// Declared as `none`.
    pub gone: bool,
    /// The requests that `ioctl` permits.
    pub ioctls: Vec<u32>,
    /// The commands that `fcntl` permits.
    pub fcntls: Fcntls,
    /// The rights of what `accept` mints.
    pub minted: Option<Box<Declared>>,
}

impl From<Rights> for Declared {
    fn from(rights: Rights) -> Self {
        Self { rights, ..Self::default() }
    }
}

impl From<&Grant<'_>> for Declared {
    fn from(grant: &Grant<'_>) -> Self {
        let mut declared = Self { gone: grant.gone, ..Self::default() };
        declared.add(grant);
        declared
    }
}

/// As it is written in a declaration: `read + ioctl(0x5413)`, `none`, `hold`.
impl fmt::Display for Grant<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Declared::from(self).fmt(f)
    }
}

/// As it is written in a declaration, which [`FromStr`] reads: `read + ioctl(0x5413)`, `none`, `hold`.
impl fmt::Display for Declared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { rights, gone, ioctls, fcntls, minted } = self;
        if rights.is_empty() {
            return f.write_str(if *gone { "none" } else { "hold" });
        }
        for (place, name) in rights.names().into_iter().enumerate() {
            f.write_str(if place == 0 { name } else { " + " })?;
            if place > 0 {
                f.write_str(name)?;
            }
            match name {
                "ioctl" => write!(f, "({})", joined(ioctls.iter().map(|request| format!("{request:#x}"))))?,
                "fcntl" => write!(f, "({})", joined(fcntls.names().map(str::to_owned)))?,
                "accept" => match minted {
                    Some(minted) => write!(f, "({minted})")?,
                    None => f.write_str("(hold)")?,
                },
                _ => {}
            }
        }
        Ok(())
    }
}

fn joined(words: impl Iterator<Item = String>) -> String {
    words.collect::<Vec<_>>().join(", ")
}

impl Declared {
    /// Adds what a grant says; what is granted twice has the union.
    pub fn add(&mut self, grant: &Grant<'_>) {
        self.gone &= grant.gone;
        self.rights = self.rights.union(grant.rights);
        self.ioctls.extend(grant.ioctls);
        self.ioctls.sort_unstable();
        self.ioctls.dedup();
        self.fcntls = self.fcntls.union(grant.fcntls);
        if let Some(minted) = grant.minted {
            self.minted.get_or_insert_default().add(minted);
        }
    }

    /// The grant of the rights of what is minted, to be kept beside [`grant`](Self::grant).
    #[must_use]
    pub fn minted_grant(&self) -> Option<Grant<'_>> {
        self.minted.as_deref().map(|minted| minted.grant(None))
    }

    /// The grant that this says.
    #[must_use]
    pub fn grant<'a>(&'a self, minted: Option<&'a Grant<'a>>) -> Grant<'a> {
        Grant { rights: self.rights, gone: self.gone, ioctls: &self.ioctls, fcntls: self.fcntls, minted }
    }
}

impl FromStr for Declared {
    type Err = Diagnostic;

    /// Parses `read + ioctl(0x5413) + fcntl(getfl) + accept(recv + send)`, `none` or `hold`.
    fn from_str(text: &str) -> Result<Self, Diagnostic> {
        match text.trim() {
            "none" => return Ok(Self { gone: true, ..Self::default() }),
            "hold" => return Ok(Self::default()),
            _ => {}
        }
        let mut terms = Vec::new();
        for (place, term) in split(text, '+').into_iter().enumerate() {
            terms.push(Term::parse(term, place)?);
        }
        if terms.is_empty() {
            return Err(Diagnostic {
                id: "no-rights",
                place: 0,
                message: "expected rights, found nothing".into(),
                help: Some("join them with `+`: `read + seek`, or say `none`".into()),
            });
        }
        let written: Vec<_> = terms.iter().map(Term::written).collect();
        if let Some(first) = check::rights(&written).into_iter().next() {
            return Err(first);
        }
        let mut declared = Self { rights: check::union(terms.iter().map(|term| term.name)), ..Self::default() };
        for (place, term) in terms.iter().enumerate() {
            term.lists(place, &mut declared)?;
        }
        Ok(declared)
    }
}

/// One right as it is written: a name, and perhaps a list.
struct Term<'a> {
    name: &'a str,
    list: Option<&'a str>,
}

impl<'a> Term<'a> {
    fn parse(text: &'a str, place: usize) -> Result<Self, Diagnostic> {
        let text = text.trim();
        let (name, list) = match text.split_once('(') {
            None => (text, None),
            Some((name, rest)) => {
                let list = rest.strip_suffix(')').ok_or_else(|| Diagnostic {
                    id: "unclosed-list",
                    place,
                    message: format!("`{text}` has no closing parenthesis"),
                    help: Some(format!("write `{text})`")),
                })?;
                (name.trim_end(), Some(list))
            }
        };
        if !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || c == '_') {
            return Ok(Self { name, list });
        }
        Err(Diagnostic {
            id: "no-right",
            place,
            message: format!("expected the name of a right, found `{text}`"),
            help: Some("join rights with `+`: `read + seek`".into()),
        })
    }

    fn written(&self) -> Written<'a> {
        let fcntls = match (self.name, self.list) {
            ("fcntl", Some(list)) => split(list, ',').into_iter().map(|name| name.trim().to_owned()).collect(),
            _ => Vec::new(),
        };
        Written { name: self.name, list: self.list.is_some(), fcntls }
    }

    /// Adds what the list says; the names were checked before.
    fn lists(&self, place: usize, declared: &mut Declared) -> Result<(), Diagnostic> {
        match (self.name, self.list) {
            ("ioctl" | "fcntl", Some(list)) if split(list, ',').is_empty() => {
                return Err(Diagnostic {
                    id: "empty-list",
                    place,
                    message: format!("the list of `{}` is empty", self.name),
                    help: Some(match self.name {
                        "ioctl" => "write `ioctl(0x5413)`, or leave `ioctl` out".into(),
                        _ => "write `fcntl(getfl, setfl)`, or leave `fcntl` out".into(),
                    }),
                });
            }
            ("ioctl", Some(list)) => {
                for request in split(list, ',') {
                    declared.ioctls.push(number(request.trim()).ok_or_else(|| Diagnostic {
                        id: "ioctl-request",
                        place,
                        message: format!("expected the number of an ioctl request, found `{}`", request.trim()),
                        help: Some("write it in decimal or as `0x5413`".into()),
                    })?);
                }
            }
            ("fcntl", Some(list)) => {
                for command in split(list, ',').into_iter().filter_map(|name| check::fcntl(name.trim())) {
                    declared.fcntls = declared.fcntls.union(command);
                }
            }
            ("accept", Some(list)) => declared.minted = Some(Box::new(list.parse()?)),
            _ => debug_assert!(vocabulary::find(self.name).is_some()),
        }
        Ok(())
    }
}

fn number(text: &str) -> Option<u32> {
    match text.strip_prefix("0x") {
        Some(digits) => u32::from_str_radix(digits, 16).ok(),
        None => text.parse().ok(),
    }
}

/// The parts between separators outside of parentheses; a trailing separator adds nothing.
fn split(text: &str, separator: char) -> Vec<&str> {
    let mut parts = Vec::new();
    let (mut depth, mut start) = (0_usize, 0);
    for (at, character) in text.char_indices() {
        match character {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            _ if character == separator && depth == 0 => {
                parts.push(&text[start..at]);
                start = at + character.len_utf8();
            }
            _ => {}
        }
    }
    if !text[start..].trim().is_empty() {
        parts.push(&text[start..]);
    }
    parts
}
