//! What was declared, kept for the handler: which resource a number is, and where more could be declared. Made before entry,
//! never changed.

use std::os::fd::RawFd;
use std::os::unix::ffi::OsStringExt as _;
use std::path::PathBuf;

use sandbox_policy::vocabulary::Kinds;
use sandbox_policy::{Declared, Grant, Origin, Policy, Rights};

use super::{Line, Missing, Words, stream};
use crate::Error;

const STDERR: u32 = 2;
/// The longest path that is looked for beneath declared directories.
pub(in crate::sys) const JOINED: usize = 512;

pub(in crate::sys) struct Declarations {
    numbers: Box<[Number]>,
    minters: Box<[Minter]>,
    /// What is minted has the union of what its minters declare.
    minted: Declared,
    /// The working directory.
    home: Option<Box<[u8]>>,
    words: Words,
}

/// A name, and what is declared for it.
pub(in crate::sys) struct Resource {
    pub(in crate::sys) name: Box<str>,
    pub(in crate::sys) declared: Declared,
}

struct Number {
    value: u32,
    resource: Resource,
    /// Where it is, if it is a directory from which paths start.
    path: Option<Box<[u8]>>,
}

/// A resource that makes descriptors after entry.
struct Minter {
    resource: Resource,
    how: How,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum How {
    Accept,
    Open,
    Copy,
}

/// Whose rights decide about a call.
#[derive(Clone, Copy)]
pub(in crate::sys) enum Subject<'a> {
    Declared(&'a Resource),
    Minted,
    Undeclared(&'static str),
}

impl Declarations {
    /// From the policy, the descriptors of its resources, and the working directory. `path_of` tells where a directory is.
    /// A system that does not know paths gives none.
    pub(in crate::sys) fn of(
        policy: &Policy<'_>,
        descriptors: &[Vec<RawFd>],
        home: Option<PathBuf>,
        path_of: impl Fn(RawFd) -> Result<Option<PathBuf>, Error>,
    ) -> Result<Self, Error> {
        let mut numbers: Vec<Number> = Vec::new();
        let mut add = |number: u32, name: &str, grant: &Grant<'_>| {
            let at = numbers.iter().position(|known| known.value == number);
            match at.map(|at| &mut numbers[at].resource) {
                // What holds is what another resource says of the same number.
                Some(known) if known.declared.gone => *known = Resource { name: name.into(), declared: grant.into() },
                Some(_) if grant.gone => {}
                Some(known) => known.declared.add(grant),
                None => {
                    let resource = Resource { name: name.into(), declared: grant.into() };
                    numbers.push(Number { value: number, resource, path: None });
                }
            }
        };
        for (resource, descriptors) in policy.resources.iter().zip(descriptors) {
            for number in descriptors.iter().filter_map(|&number| u32::try_from(number).ok()) {
                add(number, resource.name, &resource.grant);
            }
        }
        let says_stderr =
            |resource: &sandbox_policy::Resource<'_>| resource.name == "stderr" && resource.origin == Origin::Stream;
        if !policy.resources.iter().any(says_stderr) && numbers.iter().all(|known| known.value != STDERR) {
            let write = Declared::from(Rights::WRITE);
            let resource = Resource { name: "stderr".into(), declared: write };
            numbers.push(Number { value: STDERR, resource, path: None });
        }
        for known in numbers.iter_mut().filter(|known| known.resource.declared.rights.contains(Rights::LOOKUP)) {
            let path = RawFd::try_from(known.value).map_or(Ok(None), &path_of)?;
            known.path = path.map(bytes);
        }
        let (mut minters, mut minted) = (Vec::new(), Declared::default());
        for resource in policy.resources {
            let Some(how) = How::of(resource.grant.rights) else { continue };
            match how {
                How::Accept => resource.grant.minted.iter().for_each(|accepted| minted.add(accepted)),
                How::Open | How::Copy => minted.add(&resource.grant),
            }
            let resource = Resource { name: resource.name.into(), declared: Declared::from(&resource.grant) };
            minters.push(Minter { resource, how });
        }
        Ok(Self {
            numbers: numbers.into(),
            minters: minters.into(),
            minted,
            home: home.map(bytes),
            words: Words::new(),
        })
    }

    /// Whether descriptors are made after entry.
    pub(in crate::sys) fn mint(&self) -> bool {
        !self.minters.is_empty()
    }

    /// Whose rights decide about a number: a resource's, or those of what is minted, or nobody's.
    pub(in crate::sys) fn subject(&self, number: u32, minted: bool) -> Subject<'_> {
        match self.numbers.iter().find(|known| known.value == number) {
            Some(known) => Subject::Declared(&known.resource),
            None if minted && self.mint() => Subject::Minted,
            None => Subject::Undeclared(stream(number)),
        }
    }

    /// The rights that a call on the subject has.
    pub(in crate::sys) fn rights(&self, subject: Subject<'_>) -> Rights {
        match subject {
            Subject::Declared(resource) => resource.declared.rights,
            Subject::Minted => self.minted.rights,
            Subject::Undeclared(_) => Rights::NONE,
        }
    }

    /// Whether a directory is declared, and whether it is known where all of them are.
    pub(super) fn directories(&self) -> (bool, bool) {
        let mut directories =
            self.numbers.iter().filter(|known| known.resource.declared.rights.contains(Rights::LOOKUP));
        let known = directories.clone().all(|known| known.path.is_some());
        (directories.next().is_some(), known)
    }

    /// The innermost declared directory that contains the path, and the rest of the path. By its words: a path with `..`
    /// is beneath none, and links are not followed.
    pub(super) fn beneath<'a>(&'a self, path: &[u8], joined: &'a mut [u8; JOINED]) -> Option<(&'a Resource, &'a [u8])> {
        if path.split(|&byte| byte == b'/').any(|part| part == b"..") {
            return None;
        }
        let start: [&[u8]; 2] = if path.first() == Some(&b'/') { [b"", b""] } else { [self.home.as_deref()?, b"/"] };
        let path = path.strip_prefix(b"./").unwrap_or(path);
        let mut length = 0;
        for part in [start[0], start[1], path] {
            joined.get_mut(length..length + part.len())?.copy_from_slice(part);
            length += part.len();
        }
        let joined = &joined[..length];
        let inside = self.numbers.iter().filter_map(|known| {
            let directory = known.path.as_deref()?;
            let rest = joined.strip_prefix(directory)?;
            let whole = directory.ends_with(b"/") || rest.is_empty() || rest.first() == Some(&b'/');
            whole.then_some((directory.len(), &known.resource, rest))
        });
        let (_, resource, rest) = inside.max_by_key(|(length, ..)| *length)?;
        let rest = &rest[rest.iter().take_while(|&&byte| byte == b'/').count()..];
        Some((resource, rest))
    }

    /// Appends which descriptor it is, and what it has.
    pub(in crate::sys) fn describe(&self, subject: Subject<'_>, number: u32, line: &mut Line) {
        if let Subject::Declared(resource) = subject {
            line.text("`").text(&resource.name).text("` (fd ").number(number.into()).text(")");
        } else {
            line.text("fd ").number(number.into());
        }
        if let Subject::Minted = subject {
            for (place, minter) in self.minters.iter().enumerate() {
                line.text(if place == 0 { " (" } else { " or " });
                line.text(minter.how.said()).text(" `").text(&minter.resource.name).text("`");
            }
            line.text(")");
        }
        line.text(" refused: ");
        let declared = match subject {
            Subject::Declared(Resource { name, declared }) => {
                line.text("`").text(name).text(if declared.gone { "` is declared none" } else { "` has " });
                declared
            }
            Subject::Minted => {
                line.text("it has ");
                &self.minted
            }
            Subject::Undeclared(_) => {
                line.text("it is not declared");
                return;
            }
        };
        if declared.rights.is_empty() {
            line.text(if declared.gone { "" } else { "no rights" });
        } else {
            self.words.write(declared, Missing::NONE, Missing::NONE, line);
        }
    }

    /// Appends the declaration that would allow a call, which lacks something on one subject or on two.
    pub(in crate::sys) fn advise(&self, wanted: &[(Subject<'_>, Missing)], line: &mut Line) {
        line.text(". To allow it: ");
        self.declaration(wanted, line);
    }

    pub(super) fn declaration(&self, wanted: &[(Subject<'_>, Missing)], line: &mut Line) {
        let wanted = wanted.iter().filter(|(_, missing)| !missing.is_empty());
        line.text("fds(");
        for (place, &(subject, missing)) in wanted.enumerate() {
            line.text(if place == 0 { "" } else { ", " });
            match subject {
                Subject::Declared(Resource { name, declared }) => {
                    line.text(name).text(" = ");
                    self.words.write(declared, missing, Missing::NONE, line);
                }
                Subject::Minted => self.by_minters(missing, line),
                Subject::Undeclared(name) => {
                    line.text(name).text(" = ");
                    self.words.write(&Declared::default(), missing, Missing::NONE, line);
                }
            }
        }
        line.text(")");
    }

    /// What each minter would have to declare that can have minted something for which the missing rights make sense.
    fn by_minters(&self, missing: Missing, line: &mut Line) {
        let fits = |minter: &Minter| {
            missing
                .rights
                .granted()
                .all(|row| row.is_composite() || !row.is_spoken() || row.kinds.intersects(minter.how.kinds()))
        };
        let any = self.minters.iter().any(fits);
        for (place, minter) in self.minters.iter().filter(|minter| !any || fits(minter)).enumerate() {
            let Minter { resource: Resource { name, declared }, how } = minter;
            let (own, accepted) = match how {
                How::Accept => (Missing::NONE, missing),
                How::Open | How::Copy => (missing, Missing::NONE),
            };
            line.text(if place == 0 { "" } else { " or " }).text(name).text(" = ");
            self.words.write(declared, own, accepted, line);
        }
    }

    /// Appends names of rights.
    pub(super) fn write(&self, rights: Rights, line: &mut Line) {
        self.words.write(&Declared::from(rights), Missing::NONE, Missing::NONE, line);
    }
}

fn bytes(path: PathBuf) -> Box<[u8]> {
    path.into_os_string().into_vec().into()
}

impl How {
    /// How a resource with these rights makes descriptors, if it does.
    fn of(rights: Rights) -> Option<Self> {
        if rights.contains(Rights::LOOKUP) {
            Some(Self::Open)
        } else if rights.contains(Rights::ACCEPT) {
            Some(Self::Accept)
        } else if rights.contains(Rights::DUP) {
            Some(Self::Copy)
        } else {
            None
        }
    }

    fn said(self) -> &'static str {
        match self {
            Self::Accept => "accepted from",
            Self::Open => "opened beneath",
            Self::Copy => "copied from",
        }
    }

    /// What it can be that is minted so.
    fn kinds(self) -> Kinds {
        match self {
            Self::Accept => Kinds::CONNECTED,
            Self::Open => Kinds::FILE.or(Kinds::DIRECTORY),
            Self::Copy => Kinds::ALL,
        }
    }
}
