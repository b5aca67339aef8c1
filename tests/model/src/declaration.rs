//! What one `#[sandboxed(…)]` says, as text, and the numbers that its resources have.

use sandbox_policy::linux::{Arch, Granted, Plan, PlanError, Target, lower};
use sandbox_policy::{Allow, Declared, Grant, OnViolation, Origin, Policy, Resource};

/// A declaration, and the process that makes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Declaration {
    /// The confined function.
    pub name: String,
    /// Its resources.
    pub entries: Vec<Entry>,
    /// Whether threads are allowed.
    pub threads: bool,
    /// What happens to refused calls.
    pub on_violation: OnViolation,
    /// The process's own number.
    pub pid: u32,
    /// The number of the inert descriptor.
    pub inert: u32,
}

/// A resource.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its name; `stdin`, `stdout` and `stderr` are the streams.
    pub name: String,
    /// Its rights, as they are written.
    pub rights: String,
    /// Its descriptors.
    pub numbers: Vec<u32>,
    /// Whether they were opened for appending.
    pub append: bool,
}

impl Declaration {
    /// One that grants nothing and answers with errors.
    #[must_use]
    pub fn new(name: impl Into<String>) -> Self {
        let on_violation = OnViolation::Error;
        Self { name: name.into(), entries: Vec::new(), threads: false, on_violation, pid: 4242, inert: 9 }
    }

    /// With one more descriptor that has these rights.
    #[must_use]
    pub fn grant(mut self, name: &str, number: u32, rights: &str) -> Self {
        self.entries.push(Entry { name: name.into(), rights: rights.into(), numbers: vec![number], append: false });
        self
    }

    /// The last resource was opened for appending.
    #[must_use]
    pub fn append(mut self) -> Self {
        if let Some(last) = self.entries.last_mut() {
            last.append = true;
        }
        self
    }

    /// With threads.
    #[must_use]
    pub fn threads(self) -> Self {
        Self { threads: true, ..self }
    }

    /// With another reaction to refused calls.
    #[must_use]
    pub fn on_violation(self, on_violation: OnViolation) -> Self {
        Self { on_violation, ..self }
    }

    /// What is made of it by the code that is judged here.
    ///
    /// # Errors
    ///
    /// As [`lower`].
    ///
    /// # Panics
    ///
    /// If the rights are not what may be written.
    pub fn lower(&self, arch: Arch) -> Result<Plan, PlanError> {
        let declared: Vec<Declared> = self
            .entries
            .iter()
            .map(|entry| entry.rights.parse().unwrap_or_else(|e| panic!("{entry:?}: {e}")))
            .collect();
        let minted: Vec<Option<Grant<'_>>> = declared.iter().map(Declared::minted_grant).collect();
        let resources: Vec<Resource<'_>> = (self.entries.iter().zip(&declared).zip(&minted))
            .map(|((entry, declared), minted)| Resource {
                name: &entry.name,
                origin: if entry.is_stream() { Origin::Stream } else { Origin::Given },
                grant: declared.grant(minted.as_ref()),
            })
            .collect();
        let allow = if self.threads { Allow::THREADS } else { Allow::NONE };
        let policy = Policy { name: &self.name, resources: &resources, allow, on_violation: self.on_violation };
        let granted: Vec<Granted> = (self.entries.iter().enumerate())
            .flat_map(|(resource, entry)| {
                entry.numbers.iter().map(move |&number| Granted { resource, number, append: entry.append })
            })
            .collect();
        let target = Target { arch, landlock: 7, pid: self.pid, inert: self.inert, debug_build: false };
        lower(&policy, &granted, &target)
    }
}

impl Entry {
    pub(crate) fn is_stream(&self) -> bool {
        matches!(&*self.name, "stdin" | "stdout" | "stderr")
    }
}
