//! The comparison as data.

use std::collections::BTreeMap;

use sandbox_policy::note::EmbeddedPolicy;
use sandbox_policy::{Allow, Declared, Fcntls, Rights};
use serde::Serialize;

use crate::binary::Binary;
use crate::explain::implicit_stderr;

#[derive(Debug, Default, PartialEq, Eq, Serialize)]
pub(crate) struct Comparison {
    /// Whether anything may be done that could not be done before.
    pub(crate) gained: bool,
    /// How many functions are confined in the new build.
    pub(crate) confined: usize,
    /// Those that changed.
    pub(crate) functions: Vec<Change>,
}

/// What changed in one function.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Change {
    pub(crate) path: String,
    pub(crate) kind: Kind,
    /// What it may do now and could not before.
    pub(crate) gained: Vec<String>,
    /// What it could do before and cannot now.
    pub(crate) lost: Vec<String>,
    /// What else changed.
    pub(crate) noted: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Kind {
    /// Confined in both builds.
    Changed,
    /// Confined in the new build only.
    NewlyConfined,
    /// Confined in the old build only.
    NoLongerConfined,
}

pub(crate) fn compare(old: &Binary, new: &Binary) -> Comparison {
    let mut pairs: BTreeMap<(String, usize), [Option<&EmbeddedPolicy>; 2]> = BTreeMap::new();
    for (side, binary) in [old, new].into_iter().enumerate() {
        let mut seen: BTreeMap<String, usize> = BTreeMap::new();
        for policy in &binary.policies {
            let key = key(policy);
            // Of several with one name, methods for example, the order in the source tells which is which.
            let order = seen.entry(key.clone()).or_default();
            pairs.entry((key, *order)).or_default()[side] = Some(policy);
            *order += 1;
        }
    }
    let functions: Vec<Change> = pairs.into_values().filter_map(|[old, new]| change(old, new)).collect();
    Comparison {
        gained: functions.iter().any(|change| !change.gained.is_empty()),
        confined: new.policies.len(),
        functions,
    }
}

/// What the same function is called in both builds. A statement's name has its line, which moves.
fn key(policy: &EmbeddedPolicy) -> String {
    if policy.is_statement() { format!("{} {}", policy.module, policy.file) } else { policy.path() }
}

fn change(old: Option<&EmbeddedPolicy>, new: Option<&EmbeddedPolicy>) -> Option<Change> {
    let empty = |path, kind| Change { path, kind, gained: Vec::new(), lost: Vec::new(), noted: Vec::new() };
    match (old, new) {
        (None, None) => None,
        (Some(old), None) => Some(Change {
            gained: vec!["everything: it is no longer confined, or is no longer there".to_owned()],
            ..empty(old.path(), Kind::NoLongerConfined)
        }),
        (None, Some(new)) => {
            let mut change = empty(new.path(), Kind::NewlyConfined);
            change.noted.extend(effective(new).into_iter().map(|(name, declared)| format!("`{name}`: {declared}")));
            learning(None, new, &mut change);
            Some(change)
        }
        (Some(old), Some(new)) => {
            let mut change = empty(new.path(), Kind::Changed);
            resources(old, new, &mut change);
            for (name, allow) in Allow::NAMED.iter().copied() {
                match (old.policy.allow.contains(allow), new.policy.allow.contains(allow)) {
                    (false, true) => change.gained.push(format!("allow({name})")),
                    (true, false) => change.lost.push(format!("allow({name})")),
                    (true, true) | (false, false) => {}
                }
            }
            reaction(old, new, &mut change);
            learning(Some(old), new, &mut change);
            let same = change.gained.is_empty() && change.lost.is_empty() && change.noted.is_empty();
            (!same).then_some(change)
        }
    }
}

/// What each resource may be used for, standard error included, which keeps `write` where nothing is said about it.
fn effective(policy: &EmbeddedPolicy) -> BTreeMap<String, Declared> {
    let mut resources: BTreeMap<String, Declared> = BTreeMap::new();
    let implicit = implicit_stderr(policy).map(|declared| ("stderr".to_owned(), declared));
    let declared = policy.policy.resources.iter().filter(|resource| !resource.declared.gone);
    for (name, declared) in declared.map(|resource| (resource.name.clone(), resource.declared.clone())).chain(implicit)
    {
        match resources.get_mut(&name) {
            Some(known) => *known = union(known, &declared),
            None => {
                resources.insert(name, declared);
            }
        }
    }
    resources
}

fn union(a: &Declared, b: &Declared) -> Declared {
    let minted = match (&a.minted, &b.minted) {
        (Some(a), Some(b)) => Some(Box::new(union(a, b))),
        (one, other) => one.clone().or_else(|| other.clone()),
    };
    Declared {
        rights: a.rights.union(b.rights),
        gone: false,
        ioctls: a.ioctls.iter().chain(&b.ioctls).copied().collect(),
        fcntls: a.fcntls.union(b.fcntls),
        minted,
    }
}

fn resources(old: &EmbeddedPolicy, new: &EmbeddedPolicy, change: &mut Change) {
    let (old, new) = (effective(old), effective(new));
    for (name, declared) in &new {
        match old.get(name) {
            Some(before) => {
                let name = format!("`{name}`");
                change.gained.extend(more(&name, before, declared));
                change.lost.extend(more(&name, declared, before));
            }
            None => change.gained.push(format!("`{name}`: {declared}")),
        }
    }
    for (name, declared) in old.iter().filter(|(name, _)| !new.contains_key(*name)) {
        change.lost.push(format!("`{name}`: {declared}"));
    }
}

/// What `to` has over `from`.
fn more(name: &str, from: &Declared, to: &Declared) -> Vec<String> {
    const LISTS: Rights = Rights::IOCTL.union(Rights::FCNTL);
    let mut found = Vec::new();
    let rights = to.rights.difference(from.rights).difference(LISTS);
    if !rights.is_empty() {
        found.push(format!("{name}: {}", spoken(rights, to.rights)));
    }
    for request in to.ioctls.iter().filter(|request| !from.ioctls.contains(request)) {
        found.push(format!("{name}: ioctl({request:#x})"));
    }
    for (command, _) in Fcntls::NAMED.iter().filter(|(_, one)| to.fcntls.contains(*one) && !from.fcntls.contains(*one))
    {
        found.push(format!("{name}: fcntl({command})"));
    }
    if let Some(minted) = &to.minted {
        let before = from.minted.as_deref().cloned().unwrap_or_default();
        found.extend(more(&format!("what {name} accepts"), &before, minted));
    }
    found
}

/// The names of rights that are new, also where only a part of one is: `seek`, where `seek_tell` was there before.
fn spoken(rights: Rights, all: Rights) -> String {
    let names = all
        .names()
        .into_iter()
        .filter(|name| sandbox_policy::vocabulary::find(name).is_some_and(|row| row.rights.intersects(rights)));
    names.collect::<Vec<_>>().join(" + ")
}

fn reaction(old: &EmbeddedPolicy, new: &EmbeddedPolicy, change: &mut Change) {
    let (before, after) = (old.policy.on_violation, new.policy.on_violation);
    // Where neither names one, it follows from how they were built.
    if before != after && (old.reaction_named || new.reaction_named) {
        change.noted.push(format!("a refused call: {before} before, {after} now"));
    }
}

fn learning(old: Option<&EmbeddedPolicy>, new: &EmbeddedPolicy, change: &mut Change) {
    if new.learning && !old.is_some_and(|old| old.learning) {
        change.gained.push("everything: it is built to learn, and enforces nothing".to_owned());
    }
}
