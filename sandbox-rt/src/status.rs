//! What was asked for, and what holds.

use std::fmt;

use sandbox_policy::vocabulary::Enforcement;
use sandbox_policy::{Declared, Policy, Rights};

/// One mechanism of the sandbox, and whether it holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mechanism {
    /// Its name.
    pub name: &'static str,
    /// Whether it must hold for entry to succeed.
    pub required: bool,
    /// Whether it holds.
    pub state: State,
}

/// Whether a mechanism holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum State {
    /// It holds, to this extent.
    Holds(String),
    /// It was not asked for.
    NotNeeded(&'static str),
    /// It was asked for, is not required, and does not hold.
    Missing(String),
}

impl Mechanism {
    pub(crate) fn holds(name: &'static str, required: bool, extent: impl Into<String>) -> Self {
        Self { name, required, state: State::Holds(extent.into()) }
    }

    pub(crate) fn missing(name: &'static str, reason: impl Into<String>) -> Self {
        Self { name, required: false, state: State::Missing(reason.into()) }
    }

    pub(crate) fn not_needed(name: &'static str, reason: &'static str) -> Self {
        Self { name, required: false, state: State::NotNeeded(reason) }
    }
}

/// A declared resource, as enforced.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResourceStatus {
    /// Its name in the declaration.
    pub name: String,
    /// Its descriptors' numbers.
    pub descriptors: Vec<i32>,
    /// Its rights, shown as they are written in a declaration.
    pub rights: Declared,
}

impl ResourceStatus {
    /// Where this system enforces a right otherwise than exactly: the right and how.
    pub fn remarks(&self) -> impl Iterator<Item = (&'static str, &'static str)> {
        let spoken = self.rights.rights.granted().filter(|row| row.is_spoken() && !row.is_composite());
        spoken.filter_map(|row| match crate::sys::enforcement(row) {
            Enforcement::Exact => None,
            Enforcement::Weaker(how) | Enforcement::Narrower(how) | Enforcement::Refused(how) => Some((row.name, how)),
        })
    }
}

/// The state of the process's sandbox: what was asked for and what holds, mechanism by mechanism.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Status {
    pub(crate) function: String,
    pub(crate) resources: Vec<ResourceStatus>,
    pub(crate) mechanisms: Vec<Mechanism>,
    pub(crate) details: crate::sys::Details,
}

impl Status {
    /// What was declared, as plain data: entry makes no text that nobody may ask for.
    pub(crate) fn resources_of(policy: &Policy<'_>, descriptors: &[Vec<i32>]) -> Vec<ResourceStatus> {
        let mut resources: Vec<ResourceStatus> = policy
            .resources
            .iter()
            .zip(descriptors)
            .map(|(resource, descriptors)| ResourceStatus {
                name: resource.name.to_owned(),
                descriptors: descriptors.clone(),
                rights: Declared::from(&resource.grant),
            })
            .collect();
        if !resources.iter().any(|resource| resource.name == "stderr") {
            resources.push(ResourceStatus {
                name: "stderr".to_owned(),
                descriptors: vec![2],
                rights: Declared::from(Rights::WRITE),
            });
        }
        resources
    }

    /// The confined function, or the name given to the builder.
    #[must_use]
    pub fn function(&self) -> &str {
        &self.function
    }

    /// The declared resources.
    #[must_use]
    pub fn resources(&self) -> &[ResourceStatus] {
        &self.resources
    }

    /// Every mechanism, required ones first.
    #[must_use]
    pub fn mechanisms(&self) -> &[Mechanism] {
        &self.mechanisms
    }

    /// What the declaration became on this system, as text.
    #[must_use]
    pub fn plan(&self) -> String {
        self.details.plan()
    }

    /// The loaded filter, disassembled; none on systems that use none.
    #[must_use]
    pub fn filter(&self) -> Option<String> {
        self.details.filter()
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "`{}` is confined", self.function)?;
        for resource in &self.resources {
            let numbers: Vec<_> = resource.descriptors.iter().map(ToString::to_string).collect();
            let numbers =
                if numbers.is_empty() { "no descriptor".to_owned() } else { format!("fd {}", numbers.join(", ")) };
            writeln!(f, "  {} ({numbers}): {}", resource.name, resource.rights)?;
            for (right, how) in resource.remarks() {
                writeln!(f, "    {right}: {how}")?;
            }
        }
        for mechanism in &self.mechanisms {
            let required = if mechanism.required { " (required)" } else { "" };
            match &mechanism.state {
                State::Holds(extent) => writeln!(f, "  [x] {}{required}: {extent}", mechanism.name)?,
                State::NotNeeded(reason) => writeln!(f, "  [-] {}: {reason}", mechanism.name)?,
                State::Missing(reason) => writeln!(f, "  [ ] {}: {reason}", mechanism.name)?,
            }
        }
        Ok(())
    }
}
