//! The policy in the binary: an ELF note for each declaration, so that whoever holds a binary can see what it declares.
//!
//! The macro places the note; it is made by the compiler from the very value that entry enforces. [`read`] takes notes
//! apart, and believes nothing that they say.
//!
//! # Where it stands
//!
//! In the section [`SECTION`], which linkers keep because it is of type `SHT_NOTE` and loaded, also under `--gc-sections`,
//! link-time optimisation and strip(1). It is aligned to 8 bytes, so that linkers give it a `PT_NOTE` segment of its own:
//! FreeBSD's kernel ignores a segment of notes that is larger than a page, and must find the system's own.
//!
//! # The form, version 1
//!
//! Everything is little-endian, as every architecture that the sandbox knows. A note is the usual `namesz`, `descsz`,
//! `type` of 4 bytes each, with [`OWNER`] (padded to 12 bytes) as its name and [`VERSION`] as its type, and then:
//!
//! | bytes | what |
//! |---|---|
//! | 1 | flags: 1 debug build, 2 the reaction was not named and follows from that, 4 built to learn: enforces nothing |
//! | 1 | the reaction: 0 error, 1 kill, 2 report |
//! | list | what is allowed, by name (`threads`) |
//! | string | the function, or the place in the source |
//! | string | its module |
//! | string | its file |
//! | 4 | its line |
//! | 2, then each | the resources: string name; 1 origin (0 given, 1 acquired, 2 stream); grant |
//! | 0 to 7 | zeros, so that the whole is a multiple of 8 |
//!
//! A grant is 1 byte of flags (1 declared as `none`, 2 a grant of what is minted follows), the list of primitive rights by
//! name ([`Rights`]' constants: `READ`), the list of fcntl commands by name, 2 bytes with the number of ioctl requests and
//! 4 bytes each, and the grant of what is minted, which mints nothing itself. A string is its length in 2 bytes and UTF-8. A
//! list is its length in 1 byte and its strings.
//!
//! Names and not numbers: a right that a reader does not know is named in its error, and no change of the vocabulary can
//! make it read something else. Whatever changes the form takes another version.

mod read;

pub use read::{EmbeddedPolicy, ReadError, read};

use crate::{Allow, Fcntls, Grant, OnViolation, Origin, Policy, Resource, Rights};

/// The section's name.
pub const SECTION: &str = ".note.sandbox-rs";
/// The name in each note's header, with the byte that ends it.
pub const OWNER: &[u8; 11] = b"sandbox-rs\0";
/// The form that is written, and the newest that is read.
pub const VERSION: u32 = 1;

/// The size of the header with the padded name.
const HEADER: usize = 24;

const DEBUG_BUILD: u8 = 1;
const REACTION_UNNAMED: u8 = 2;
const LEARNING: u8 = 4;
const GONE: u8 = 1;
const MINTED: u8 = 2;

/// Where a declaration stands, and how it was compiled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Source<'a> {
    /// The module path.
    pub module: &'a str,
    /// The file, as the compiler was given it.
    pub file: &'a str,
    /// The line of the declaration.
    pub line: u32,
    /// Whether debug assertions were on.
    pub debug_build: bool,
    /// Whether the declaration names a reaction.
    pub reaction_named: bool,
    /// Whether it was built to learn what it should declare, and enforces nothing.
    pub learning: bool,
}

/// A note as it stands in the binary.
#[derive(Debug, Clone, Copy)]
#[repr(C, align(8))]
pub struct Note<const SIZE: usize>([u8; SIZE]);

impl<const SIZE: usize> Note<SIZE> {
    /// Its bytes.
    #[must_use]
    pub const fn bytes(&self) -> &[u8] {
        &self.0
    }
}

/// How many bytes the note of a policy has: a multiple of 8.
#[must_use]
pub const fn size(policy: &Policy<'_>, source: &Source<'_>) -> usize {
    let mut counting = Writer::<0>::new();
    counting.note(policy, source, 0);
    counting.at
}

/// The note of a policy, of the [`size`] that it needs.
///
/// # Panics
///
/// When something is longer than the form can say, or what is accepted is to accept in turn. In the macro's code, that is
/// an error of compilation.
#[must_use]
pub const fn write<const SIZE: usize>(policy: &Policy<'_>, source: &Source<'_>) -> Note<SIZE> {
    let mut writer = Writer::<SIZE>::new();
    writer.note(policy, source, SIZE);
    assert!(writer.at == SIZE, "the size of a note is that of its policy");
    Note(writer.bytes)
}

/// Writes what fits, and counts all.
struct Writer<const SIZE: usize> {
    bytes: [u8; SIZE],
    at: usize,
}

// Loops by index: iterators are not for constants.
impl<const SIZE: usize> Writer<SIZE> {
    const fn new() -> Self {
        Self { bytes: [0; SIZE], at: 0 }
    }

    const fn note(&mut self, policy: &Policy<'_>, source: &Source<'_>, size: usize) {
        self.word(OWNER.len());
        self.word(size.saturating_sub(HEADER));
        self.word(VERSION as usize);
        self.raw(OWNER);
        self.byte(0);
        self.policy(policy, source);
        while !self.at.is_multiple_of(8) {
            self.byte(0);
        }
    }

    const fn policy(&mut self, policy: &Policy<'_>, source: &Source<'_>) {
        let Policy { name, resources, allow, on_violation } = policy;
        let Source { module, file, line, debug_build, reaction_named, learning } = source;
        let mut flags = 0;
        if *debug_build {
            flags |= DEBUG_BUILD;
        }
        if !*reaction_named {
            flags |= REACTION_UNNAMED;
        }
        if *learning {
            flags |= LEARNING;
        }
        self.byte(flags);
        self.byte(match on_violation {
            OnViolation::Error => 0,
            OnViolation::Kill => 1,
            OnViolation::Report => 2,
        });
        self.allow(*allow);
        self.string(name);
        self.string(module);
        self.string(file);
        self.word(*line as usize);
        self.short(resources.len());
        let mut index = 0;
        while index < resources.len() {
            let Resource { name, origin, grant } = &resources[index];
            self.string(name);
            self.byte(match origin {
                Origin::Given => 0,
                Origin::Acquired => 1,
                Origin::Stream => 2,
            });
            self.grant(grant);
            index += 1;
        }
    }

    const fn allow(&mut self, allow: Allow) {
        let start = self.at;
        self.byte(0);
        let (mut count, mut index) = (0, 0);
        while index < Allow::NAMED.len() {
            let (name, one) = Allow::NAMED[index];
            if allow.contains(one) {
                self.string(name);
                count += 1;
            }
            index += 1;
        }
        self.set(start, count);
    }

    const fn grant(&mut self, grant: &Grant<'_>) {
        let Grant { rights, gone, ioctls, fcntls, minted } = grant;
        let gone_flag = if *gone { GONE } else { 0 };
        self.byte(gone_flag | if minted.is_some() { MINTED } else { 0 });
        self.rights(*rights);
        self.fcntls(*fcntls);
        self.short(ioctls.len());
        let mut index = 0;
        while index < ioctls.len() {
            self.word(ioctls[index] as usize);
            index += 1;
        }
        if let Some(minted) = minted {
            assert!(minted.minted.is_none(), "what `accept` mints accepts nothing: remove the inner `accept(…)`");
            self.grant(minted);
        }
    }

    const fn rights(&mut self, rights: Rights) {
        let start = self.at;
        self.byte(0);
        let (mut count, mut index) = (0, 0);
        while index < Rights::PRIMITIVES.len() {
            let (name, primitive) = Rights::PRIMITIVES[index];
            if rights.contains(primitive) {
                self.string(name);
                count += 1;
            }
            index += 1;
        }
        self.set(start, count);
    }

    const fn fcntls(&mut self, fcntls: Fcntls) {
        let start = self.at;
        self.byte(0);
        let (mut count, mut index) = (0, 0);
        while index < Fcntls::NAMED.len() {
            let (name, command) = Fcntls::NAMED[index];
            if fcntls.contains(command) {
                self.string(name);
                count += 1;
            }
            index += 1;
        }
        self.set(start, count);
    }

    const fn string(&mut self, text: &str) {
        self.short(text.len());
        self.raw(text.as_bytes());
    }

    const fn raw(&mut self, bytes: &[u8]) {
        let mut index = 0;
        while index < bytes.len() {
            self.byte(bytes[index]);
            index += 1;
        }
    }

    /// Two bytes.
    const fn short(&mut self, number: usize) {
        assert!(number <= u16::MAX as usize, "a name or a list of the declaration is too long");
        let [low, high, ..] = number.to_le_bytes();
        self.byte(low);
        self.byte(high);
    }

    /// Four bytes.
    const fn word(&mut self, number: usize) {
        let [a, b, c, d, ..] = number.to_le_bytes();
        self.byte(a);
        self.byte(b);
        self.byte(c);
        self.byte(d);
    }

    const fn byte(&mut self, byte: u8) {
        self.set(self.at, byte);
        self.at += 1;
    }

    const fn set(&mut self, at: usize, byte: u8) {
        if at < SIZE {
            self.bytes[at] = byte;
        }
    }
}
