//! Notes as they are found in a binary that anyone may have made.

use std::fmt;

use super::{DEBUG_BUILD, GONE, HEADER, LEARNING, MINTED, OWNER, REACTION_UNNAMED, VERSION};
use crate::check::union;
use crate::{Allow, Declared, Fcntls, OnViolation, Origin, OwnedPolicy, OwnedResource, Rights};

/// What one note says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EmbeddedPolicy {
    /// The policy.
    pub policy: OwnedPolicy,
    /// The module path of the function.
    pub module: String,
    /// The file, as the compiler was given it.
    pub file: String,
    /// The line of the declaration.
    pub line: u32,
    /// Whether debug assertions were on.
    pub debug_build: bool,
    /// Whether the declaration names a reaction.
    pub reaction_named: bool,
    /// Whether it was built to learn what it should declare, and enforces nothing.
    pub learning: bool,
}

impl EmbeddedPolicy {
    /// The function with its module: `gzip::confined::compress`. A statement is called by its place in the source alone.
    #[must_use]
    pub fn path(&self) -> String {
        let Self { policy, module, .. } = self;
        if module.is_empty() || self.is_statement() {
            policy.name.clone()
        } else {
            format!("{module}::{}", policy.name)
        }
    }

    /// Whether it is of an `enter!` or a `try_enter!`, which are called by their place in the source.
    #[must_use]
    pub fn is_statement(&self) -> bool {
        self.policy.name == format!("{}:{}", self.file, self.line)
    }
}

impl fmt::Display for EmbeddedPolicy {
    /// The function, where it stands, and its declaration line by line.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.path())?;
        if !self.is_statement() {
            write!(f, " ({}:{})", self.file, self.line)?;
        }
        if self.learning {
            f.write_str(", built to learn: nothing is enforced")?;
        }
        for resource in &self.policy.resources {
            write!(f, "\n  {}: {}", resource.name, resource.declared)?;
        }
        let allowed = Allow::NAMED.iter().filter(|(_, allow)| self.policy.allow.contains(*allow));
        for (name, _) in allowed {
            write!(f, "\n  allow {name}")?;
        }
        write!(f, "\n  on violation: {}", self.policy.on_violation)
    }
}

/// Why a note cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum ReadError {
    /// It ends too early, or something follows its end.
    Length,
    /// It is of a later form.
    Version(u32),
    /// It names something that this version does not know.
    Unknown {
        /// What it should be.
        what: &'static str,
        /// What it is called.
        name: String,
    },
    /// A text is not UTF-8, or has characters that do not belong in a name.
    Text,
}

impl fmt::Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Length => f.write_str("the note is damaged: its length is wrong"),
            Self::Version(found) => {
                write!(f, "the note has form {found}, and this version knows {VERSION}: use a newer cargo-sandbox")
            }
            Self::Unknown { what, name } => {
                write!(
                    f,
                    "the note names the {what} `{name}`, which this version does not know: use a newer cargo-sandbox"
                )
            }
            Self::Text => f.write_str("the note is damaged: a name in it is no text"),
        }
    }
}

impl std::error::Error for ReadError {}

/// The policies in a section or segment of notes; those of other owners are passed over.
///
/// Each note is read by itself: one that cannot be read does not hide the others. What follows a header that is cut off, or
/// that claims more than there is, is not looked at.
pub fn read(mut notes: &[u8]) -> impl Iterator<Item = Result<EmbeddedPolicy, ReadError>> {
    std::iter::from_fn(move || {
        loop {
            if notes.is_empty() || notes.iter().all(|byte| *byte == 0) {
                return None;
            }
            let Some(Split { owner, version, content, rest }) = split(notes) else {
                notes = &[];
                return Some(Err(ReadError::Length));
            };
            notes = rest;
            if owner == OWNER {
                return Some(if version == VERSION { noted(content) } else { Err(ReadError::Version(version)) });
            }
        }
    })
}

/// One note of a section.
struct Split<'a> {
    owner: &'a [u8],
    version: u32,
    content: &'a [u8],
    /// What follows it.
    rest: &'a [u8],
}

/// Takes the first note off.
fn split(notes: &[u8]) -> Option<Split<'_>> {
    let mut reader = Reader(notes);
    let owner = usize::try_from(reader.word().ok()?).ok()?;
    let content = usize::try_from(reader.word().ok()?).ok()?;
    let version = reader.word().ok()?;
    // Ours are padded so that it is the same with the padding to 4 bytes that most notes have.
    let start = 12_usize.checked_add(owner)?.checked_next_multiple_of(4)?;
    let end = start.checked_add(content)?;
    let next = end.checked_next_multiple_of(4)?.min(notes.len());
    Some(Split { owner: reader.0.get(..owner)?, version, content: notes.get(start..end)?, rest: notes.get(next..)? })
}

fn noted(content: &[u8]) -> Result<EmbeddedPolicy, ReadError> {
    let mut reader = Reader(content);
    let flags = reader.byte()?;
    if flags & !(DEBUG_BUILD | REACTION_UNNAMED | LEARNING) != 0 {
        return Err(unknown("flags", format!("{flags:#x}")));
    }
    let on_violation = match reader.byte()? {
        0 => OnViolation::Error,
        1 => OnViolation::Kill,
        2 => OnViolation::Report,
        other => return Err(unknown("reaction", other.to_string())),
    };
    let mut allow = Allow::NONE;
    for name in reader.list()? {
        allow = allow.union(find("allowance", Allow::NAMED, name)?);
    }
    let name = reader.text()?;
    let module = reader.text()?;
    let file = reader.text()?;
    let line = reader.word()?;
    let count = reader.short()?;
    // A note cannot make its reader reserve more than it holds itself.
    let mut resources = Vec::new();
    for _ in 0..count {
        let name = reader.text()?;
        let origin = match reader.byte()? {
            0 => Origin::Given,
            1 => Origin::Acquired,
            2 => Origin::Stream,
            other => return Err(unknown("origin", other.to_string())),
        };
        let (mut declared, mints) = grant(&mut reader)?;
        if mints {
            let (minted, mints) = grant(&mut reader)?;
            if mints {
                return Err(unknown("grant", "minted by what is minted".to_owned()));
            }
            declared.minted = Some(Box::new(minted));
        }
        resources.push(OwnedResource { name, origin, declared });
    }
    if reader.0.len() >= 8 || reader.0.iter().any(|byte| *byte != 0) {
        return Err(ReadError::Length);
    }
    Ok(EmbeddedPolicy {
        policy: OwnedPolicy { name, resources, allow, on_violation },
        module,
        file,
        line,
        debug_build: flags & DEBUG_BUILD != 0,
        reaction_named: flags & REACTION_UNNAMED == 0,
        learning: flags & LEARNING != 0,
    })
}

/// A grant, and whether that of what it mints follows.
fn grant(reader: &mut Reader<'_>) -> Result<(Declared, bool), ReadError> {
    let flags = reader.byte()?;
    if flags & !(GONE | MINTED) != 0 {
        return Err(unknown("flags of a grant", format!("{flags:#x}")));
    }
    let mut declared = Declared { gone: flags & GONE != 0, ..Declared::default() };
    for name in reader.list()? {
        declared.rights = declared.rights.union(find("right", Rights::PRIMITIVES, name)?);
    }
    // The whole of some rights has a name, and a part of it has none: it could not be shown.
    if union(declared.rights.names()) != declared.rights {
        return Err(unknown("rights", format!("{:?}", declared.rights)));
    }
    for name in reader.list()? {
        declared.fcntls = declared.fcntls.union(find("fcntl command", Fcntls::NAMED, name)?);
    }
    for _ in 0..reader.short()? {
        declared.ioctls.push(reader.word()?);
    }
    if declared.gone && declared != (Declared { gone: true, ..Declared::default() }) {
        return Err(unknown("grant", "`none` with rights".to_owned()));
    }
    Ok((declared, flags & MINTED != 0))
}

fn find<T: Copy>(what: &'static str, known: &[(&'static str, T)], name: String) -> Result<T, ReadError> {
    known.iter().find(|(known, _)| *known == name).map(|(_, one)| *one).ok_or(ReadError::Unknown { what, name })
}

fn unknown(what: &'static str, name: String) -> ReadError {
    ReadError::Unknown { what, name }
}

/// Takes from the front.
struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn take(&mut self, count: usize) -> Result<&'a [u8], ReadError> {
        let (taken, rest) = self.0.split_at_checked(count).ok_or(ReadError::Length)?;
        self.0 = rest;
        Ok(taken)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], ReadError> {
        let (taken, rest) = self.0.split_first_chunk().ok_or(ReadError::Length)?;
        self.0 = rest;
        Ok(*taken)
    }

    fn byte(&mut self) -> Result<u8, ReadError> {
        self.array().map(u8::from_le_bytes)
    }

    fn short(&mut self) -> Result<u16, ReadError> {
        self.array().map(u16::from_le_bytes)
    }

    fn word(&mut self) -> Result<u32, ReadError> {
        self.array().map(u32::from_le_bytes)
    }

    /// A text that may be shown: whoever made it must not reach the reader's terminal.
    fn text(&mut self) -> Result<String, ReadError> {
        let length = self.short()?;
        let text = str::from_utf8(self.take(length.into())?).map_err(|_| ReadError::Text)?;
        if text.chars().any(char::is_control) {
            return Err(ReadError::Text);
        }
        Ok(text.to_owned())
    }

    fn list(&mut self) -> Result<Vec<String>, ReadError> {
        (0..self.byte()?).map(|_| self.text()).collect()
    }
}

const _: () = assert!(HEADER == 12 + OWNER.len().next_multiple_of(4));
