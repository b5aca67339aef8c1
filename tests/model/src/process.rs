//! What a declaration means for the process that makes it: who may do what with which number.

use std::cell::Cell;

use sandbox_policy::OnViolation;
use sandbox_policy::linux::{Arch, CANARY, CANARY_ERRNO};

use crate::refusal;
use crate::rights::{Set, named};
use crate::{Arguments, Declaration, Meaning};

/// What becomes of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Verdict {
    /// The kernel performs it.
    Allowed,
    /// It fails with this errno.
    Errno(u16),
    /// The process's own handler answers.
    Trapped,
    /// The process ends.
    Killed,
}

impl Verdict {
    /// What a filter returns for it (`SECCOMP_RET_*`, linux/seccomp.h).
    #[must_use]
    pub const fn code(self) -> u32 {
        match self {
            Self::Allowed => 0x7fff_0000,
            Self::Errno(errno) => 0x0005_0000 | errno as u32,
            Self::Trapped => 0x0003_0000,
            Self::Killed => 0x8000_0000,
        }
    }
}

/// What was said about one descriptor.
#[derive(Debug, Clone, Default)]
pub(crate) struct Grant {
    pub(crate) rights: Set,
    pub(crate) ioctls: Vec<u32>,
    pub(crate) fcntls: Vec<String>,
    pub(crate) append: bool,
    minted: Option<Box<Grant>>,
    gone: bool,
}

/// A confined process, as the model sees it.
#[derive(Debug, Clone)]
pub struct Process {
    pub(crate) arch: Arch,
    pub(crate) pid: u32,
    pub(crate) inert: u32,
    pub(crate) threads: bool,
    on_violation: OnViolation,
    /// What each number may be used for.
    numbers: Vec<Option<Grant>>,
    /// What every descriptor that is made after entry may be used for; none if none can be made.
    minted: Option<Grant>,
    /// Numbers below keep their meaning for ever.
    pub(crate) bound: u32,
    /// Every right that was asked about, for finding out which rights a call depends on.
    asked: Cell<Set>,
}

impl Grant {
    /// Reads `read + ioctl(0x5413) + fcntl(getfl) + accept(recv)`, `none` or `hold`.
    fn read(text: &str) -> Self {
        let mut grant = Self::default();
        let mut rest = text.trim();
        match rest {
            "none" => grant.gone = true,
            "hold" => {}
            _ => {
                while !rest.is_empty() {
                    let (term, after) = first_term(rest);
                    grant.term(term);
                    rest = after;
                }
            }
        }
        grant
    }

    fn term(&mut self, term: &str) {
        let (name, list) = match term.split_once('(') {
            Some((name, list)) => (name, list.strip_suffix(')')),
            None => (term, None),
        };
        self.rights = self.rights | named(name).unwrap_or_else(|| panic!("no right `{name}`"));
        let items = || list.into_iter().flat_map(|list| list.split(',')).map(str::trim).filter(|item| !item.is_empty());
        match name {
            "ioctl" => self.ioctls.extend(items().map(|item| match item.strip_prefix("0x") {
                Some(digits) => u32::from_str_radix(digits, 16).expect("a request"),
                None => item.parse().expect("a request"),
            })),
            "fcntl" => self.fcntls.extend(items().map(str::to_owned)),
            "accept" => self.minted = list.map(|list| Box::new(Self::read(list))),
            _ => {}
        }
    }

    fn add(&mut self, other: &Self) {
        self.rights = self.rights | other.rights;
        self.ioctls.extend(&other.ioctls);
        self.fcntls.extend(other.fcntls.iter().cloned());
    }

    /// Whether it can make further descriptors.
    fn mints(&self) -> bool {
        [Set::ACCEPT, Set::LOOKUP, Set::DUP].into_iter().any(|right| self.rights.contains(right))
    }
}

/// The text up to the first `+` outside of parentheses, and what follows.
fn first_term(text: &str) -> (&str, &str) {
    let mut depth = 0;
    for (at, character) in text.char_indices() {
        match character {
            '(' => depth += 1,
            ')' => depth -= 1,
            '+' if depth == 0 => return (text[..at].trim(), text[at + 1..].trim()),
            _ => {}
        }
    }
    (text.trim(), "")
}

impl Process {
    /// The process of this declaration.
    ///
    /// # Panics
    ///
    /// If its rights are not what may be written.
    #[must_use]
    pub fn new(declaration: &Declaration, arch: Arch) -> Self {
        let mut process = Self {
            arch,
            pid: declaration.pid,
            inert: declaration.inert,
            threads: declaration.threads,
            on_violation: declaration.on_violation,
            numbers: Vec::new(),
            minted: None,
            bound: 0,
            asked: Cell::new(Set::NONE),
        };
        for entry in &declaration.entries {
            let grant = Grant::read(&entry.rights);
            // What a listener accepts has the rights said there; what a directory opens or a copy is has its source's.
            if let Some(minted) = grant.minted.as_deref() {
                process.minted.get_or_insert_default().add(minted);
            } else if grant.mints() {
                process.minted.get_or_insert_default();
            }
            if grant.rights.contains(Set::LOOKUP) || grant.rights.contains(Set::DUP) {
                let class = process.minted.get_or_insert_default();
                class.add(&grant);
            }
            if grant.gone {
                continue;
            }
            for &number in &entry.numbers {
                let at = process.at(number);
                at.add(&grant);
                at.append |= entry.append;
            }
        }
        // A panic can be read, unless the declaration says something else about the stream or that number.
        let said = declaration.entries.iter().any(|entry| entry.name == "stderr");
        if !said && process.known(2).is_none() {
            process.at(2).rights = Set::WRITE;
        }
        process.keep_numbers();
        process
    }

    /// How numbers are kept from changing their meaning.
    fn keep_numbers(&mut self) {
        let known = || self.numbers.iter().enumerate().filter_map(|(at, known)| Some((at, known.as_ref()?)));
        if self.minted.is_some() {
            // A copy shares its original's mode: it must not be a way to end append mode.
            let append = known().any(|(_, grant)| grant.append && grant.rights.contains(Set::DUP));
            let highest = known().map(|(at, _)| at).max().unwrap_or(0).max(self.inert as usize);
            self.bound = u32::try_from(highest).expect("a number") + 1;
            self.minted.get_or_insert_default().append = append;
        } else {
            // poll refuses more descriptors than the limit, so the limit is the size of the largest set, and every
            // number below it stays occupied.
            let polled = known().filter(|(_, grant)| grant.rights.contains(Set::EVENT)).count();
            self.bound = u32::try_from(polled).expect("a number");
        }
    }

    fn at(&mut self, number: u32) -> &mut Grant {
        let number = number as usize;
        if self.numbers.len() <= number {
            self.numbers.resize(number + 1, None);
        }
        self.numbers[number].get_or_insert_default()
    }

    fn known(&self, number: u32) -> Option<&Grant> {
        self.numbers.get(number as usize)?.as_ref()
    }

    /// What was said about the descriptor of this number.
    pub(crate) fn grant(&self, number: u32) -> Option<&Grant> {
        let made_later = number >= self.bound && i32::try_from(number).is_ok();
        match &self.minted {
            Some(minted) if made_later => Some(minted),
            _ => self.known(number),
        }
    }

    /// Whether the descriptor of this number has all these rights.
    pub(crate) fn has(&self, number: u32, rights: Set) -> bool {
        self.ask(rights);
        self.grant(number).is_some_and(|grant| grant.rights.contains(rights))
    }

    /// Whether any descriptor has all these rights.
    pub(crate) fn some(&self, rights: Set) -> bool {
        self.ask(rights);
        self.numbers.iter().flatten().chain(&self.minted).any(|grant| grant.rights.contains(rights))
    }

    pub(crate) fn ask(&self, rights: Set) {
        self.asked.set(self.asked.get() | rights);
    }

    /// Forgets what was asked, and gives it.
    pub fn asked(&self) -> Set {
        self.asked.replace(Set::NONE)
    }

    /// Whether this number keeps its meaning for ever.
    pub(crate) fn pinned(&self, number: u32) -> bool {
        self.ask(Set::EVENT | Set::ACCEPT | Set::LOOKUP | Set::DUP);
        self.bound > 0 && (number < self.bound || number == self.inert)
    }

    /// Every number that means something, ascending.
    #[must_use]
    pub fn granted(&self) -> Vec<u32> {
        (0..).zip(&self.numbers).filter(|(_, known)| known.is_some()).map(|(number, _)| number).collect()
    }

    /// Numbers below keep their meaning for ever; what is made later, if anything, comes above.
    #[must_use]
    pub fn bound(&self) -> u32 {
        self.bound
    }

    /// The number of the inert descriptor.
    #[must_use]
    pub fn inert(&self) -> u32 {
        self.inert
    }

    /// The process's own number.
    #[must_use]
    pub fn pid(&self) -> u32 {
        self.pid
    }

    /// The requests that any `ioctl(…)` lists.
    #[must_use]
    pub fn listed_requests(&self) -> Vec<u32> {
        self.numbers.iter().flatten().flat_map(|grant| grant.ioctls.iter().copied()).collect()
    }

    /// What becomes of a call with this meaning: `name` is the call's, none if no table has its number.
    #[must_use]
    pub fn verdict(&self, name: Option<&str>, meaning: Meaning, arguments: &[u64; 6]) -> Verdict {
        let arguments = Arguments(*arguments);
        match meaning {
            Meaning::Close if self.pinned(arguments.fd(0)) => Verdict::Trapped,
            Meaning::Close => Verdict::Allowed,
            // It names a path, so it is never let through; for a descriptor's sake it is answered by fstat.
            Meaning::StatByPath if self.some(Set::FSTAT) => Verdict::Trapped,
            Meaning::Canary if arguments.int(0) == CANARY => Verdict::Errno(CANARY_ERRNO),
            Meaning::Permitted(permits) if permits(self, arguments) => Verdict::Allowed,
            Meaning::StatByPath | Meaning::Canary | Meaning::Permitted(_) | Meaning::Never => self.refused(name),
        }
    }

    /// How calls are refused that nothing permits.
    pub(crate) fn refused(&self, name: Option<&str>) -> Verdict {
        let ordinary = if name.is_some_and(refusal::falls_back) { Verdict::Errno(38) } else { Verdict::Errno(1) };
        match self.on_violation {
            OnViolation::Error => ordinary,
            OnViolation::Kill => match name {
                Some(name) if refusal::survived(name, self.threads) => ordinary,
                Some(_) | None => Verdict::Killed,
            },
            OnViolation::Report => match name {
                Some(name) if refusal::explained(name) && ordinary == Verdict::Errno(1) => Verdict::Trapped,
                Some(_) | None => ordinary,
            },
        }
    }

    /// What becomes of a call of another architecture's table, or of x32's.
    #[must_use]
    pub fn foreign(&self, audit: u32, number: u32) -> Option<Verdict> {
        // AUDIT_ARCH_* (linux/audit.h): the ELF machine, 64-bit, little-endian.
        let ours = 0xc000_0000
            | match self.arch {
                Arch::X86_64 => 62,
                Arch::Aarch64 => 183,
                Arch::Riscv64 => 243,
            };
        let x32 = self.arch == Arch::X86_64 && number >= 0x4000_0000;
        (audit != ours || x32).then_some(Verdict::Killed)
    }
}
