//! Checking: everything about a declaration that names alone decide. Every mistake is collected.

mod function;
mod rights;

use std::collections::HashSet;

use proc_macro2::Ident;
use sandbox_policy::{Allow, OnViolation};
use syn::ext::IdentExt;
use syn::{Expr, Signature};

pub(crate) use function::function;

use crate::parse::{Declaration, Entry, Place, Rights, Scope, bound_names};
use crate::report::{Errors, did_you_mean, either};

/// The standard streams and their descriptors.
pub(crate) const STREAMS: [(&str, i32); 3] = [("stdin", 0), ("stdout", 1), ("stderr", 2)];

/// The descriptor of the standard stream with this name.
pub(crate) fn stream(name: &Ident) -> Option<i32> {
    STREAMS.iter().find(|(stream, _)| name == stream).map(|(_, descriptor)| *descriptor)
}

/// Where a declaration stands, and so which names it may use.
pub(crate) enum Site<'a> {
    /// Above a function: its parameters.
    Function(&'a Signature, &'a Scope),
    /// In `enter!`: whatever rustc finds.
    Statement,
    /// In `try_enter!`: the same, and nothing is acquired.
    Expression,
}

pub(crate) fn declaration(declaration: &Declaration, site: &Site<'_>, errors: &mut Errors) {
    let Declaration { entries, allow, on_violation, learn: _, runtime: _, broken: _, attempted, keys: _ } = declaration;
    let mut names = Names::of(site, attempted);
    for entry in entries {
        names.entry(entry, errors);
    }
    check_allow(allow, errors);
    check_on_violation(on_violation.as_ref(), entries, errors);
}

/// The names seen so far.
struct Names<'a> {
    site: &'a Site<'a>,
    /// Names that entries have bound.
    bound: HashSet<String>,
    /// The resources declared so far, as they are written.
    declared: HashSet<String>,
}

impl<'a> Names<'a> {
    /// What entries attempted that were not understood counts as bound.
    fn of(site: &'a Site<'a>, attempted: &[String]) -> Self {
        Self { site, bound: attempted.iter().cloned().collect(), declared: HashSet::new() }
    }

    fn entry(&mut self, entry: &Entry, errors: &mut Errors) {
        match entry {
            Entry::Let { pat, ty: _, expr: _ } => {
                self.bound.extend(bound_names(pat).iter().map(ToString::to_string));
                if matches!(self.site, Site::Expression) {
                    errors.at(pat, "`try_enter!` binds nothing\nhelp: write the `let` before it, or use `enter!`");
                }
            }
            Entry::Limit { place, rights } => {
                self.place(place, errors);
                self.declare(&place.root, &place.label(), errors);
                self.rights(rights, errors);
            }
            Entry::Acquire { mutability: _, name, ty, expr, rights } => {
                self.acquired(name, errors);
                if let (None, Expr::Path(path)) = (ty, expr)
                    && path.path.segments.last().is_some_and(|last| last.ident == "None")
                {
                    let name = name.unraw();
                    errors.at(
                        expr,
                        format!("nothing says what `None` could be\nhelp: write `{name}: Option<File> = None => …`"),
                    );
                }
                self.declare(name, &name.unraw().to_string(), errors);
                self.bound.insert(name.to_string());
                self.rights(rights, errors);
            }
        }
    }

    fn rights(&self, rights: &Rights, errors: &mut Errors) {
        rights::check(rights, errors);
        if let Site::Function(sig, _) = self.site {
            rights::check_requests(rights, sig, errors);
        }
    }

    fn declare(&mut self, at: &Ident, label: &str, errors: &mut Errors) {
        if !self.declared.insert(label.to_owned()) {
            errors.at(at, format!("`{label}` is declared twice\nhelp: join the rights of both with `+`"));
        }
    }

    fn acquired(&self, name: &Ident, errors: &mut Errors) {
        let shown = name.unraw();
        if stream(name).is_some() {
            errors.at(
                name,
                format!("`{shown}` is a standard stream\nhelp: give what is acquired another name, or write `{shown} = RIGHTS`"),
            );
        }
        match self.site {
            Site::Function(_, scope) => {
                if scope.find(name).is_some() {
                    errors.at(
                        name,
                        format!("`{shown}` is a parameter already\nhelp: give what is acquired another name, or write `{shown} = RIGHTS`"),
                    );
                }
            }
            Site::Statement => {}
            Site::Expression => errors.at(
                name,
                "`try_enter!` binds nothing\nhelp: acquire it before and write `NAME = RIGHTS`, or use `enter!`",
            ),
        }
    }

    fn place(&self, place: &Place, errors: &mut Errors) {
        let Place { root, path } = place;
        if stream(root).is_some() {
            if !path.is_empty() {
                errors.at(root, format!("the standard stream `{root}` has no fields\nhelp: write `{root} = RIGHTS`"));
            }
            return;
        }
        match self.site {
            Site::Function(sig, scope) => {
                // Only hygiene tells them apart, which a macro cannot ask for.
                if scope.bindings().filter(|binding| binding.name == *root).count() > 1 {
                    errors.at(
                        root,
                        format!("two parameters are named `{root}`, of which one comes from a macro\nhelp: give one of them another name"),
                    );
                }
                if scope.find(root).is_none() && !self.bound.contains(&root.to_string()) {
                    errors.at(root, unknown_place(&sig.ident, root, scope, &self.bound));
                }
            }
            Site::Statement | Site::Expression => {}
        }
    }
}

/// The message for a name that the function does not have.
fn unknown_place(function: &Ident, root: &Ident, scope: &Scope, bound: &HashSet<String>) -> String {
    let parameters: Vec<String> = scope.bindings().map(|binding| binding.name.unraw().to_string()).collect();
    let streams = STREAMS.iter().map(|(name, _)| *name);
    let known = match &parameters[..] {
        [] => "it has no parameters".to_owned(),
        [one] => format!("its parameter is `{one}`"),
        several => {
            format!("its parameters are {}", either(several.iter().map(String::as_str)).replace(" or ", " and "))
        }
    };
    let all = parameters.iter().chain(bound).map(String::as_str).chain(streams.clone());
    let name = root.unraw().to_string();
    let help = did_you_mean(&name, all)
        .unwrap_or_else(|| format!("\nhelp: to acquire it before entry, write `{name} = EXPR => RIGHTS`"));
    let (function, streams) = (function.unraw(), either(streams).replace(" or ", " and "));
    format!("`{function}` has no parameter `{name}`\nnote: {known}; the standard streams are {streams}{help}")
}

fn check_allow(allow: &[Ident], errors: &mut Errors) {
    let names = || Allow::NAMED.iter().map(|(name, _)| *name);
    for (place, word) in allow.iter().enumerate() {
        let name = word.to_string();
        if allow[..place].contains(word) {
            errors.at(word, format!("`{name}` is allowed twice\nhelp: remove one `{name}`"));
        }
        if !names().any(|known| known == name) {
            let help = did_you_mean(&name, names()).or_else(|| {
                sandbox_policy::vocabulary::find(&name)
                    .map(|_| format!("\nhelp: `{name}` is a right of a descriptor: `fds(NAME = {name})`"))
            });
            errors.at(
                word,
                format!("unknown word `{name}` in `allow`, expected {}{}", either(names()), help.unwrap_or_default()),
            );
        }
    }
}

fn check_on_violation(word: Option<&Ident>, entries: &[Entry], errors: &mut Errors) {
    let Some(word) = word else { return };
    let name = word.to_string();
    let names = || OnViolation::NAMED.iter().map(|(name, _)| *name);
    if !names().any(|known| known == name) {
        let help = match name.as_str() {
            "errno" | "deny" | "eperm" | "fail" => Some("\nhelp: write `error`".to_owned()),
            "abort" | "panic" | "trap" | "signal" => Some("\nhelp: write `kill`".to_owned()),
            "log" | "warn" | "print" => Some("\nhelp: write `report`".to_owned()),
            other => did_you_mean(other, names()),
        };
        errors.at(word, format!("unknown reaction `{name}`, expected {}{}", either(names()), help.unwrap_or_default()));
    }
    if name == "report" && silences_stderr(entries) {
        errors.at(
            word,
            "`report` writes to stderr, and `stderr = none` takes that away\nhelp: remove `stderr = none`, or write `on_violation = error`",
        );
    }
}

/// Whether `stderr` is declared without `write`.
pub(crate) fn silences_stderr(entries: &[Entry]) -> bool {
    entries.iter().any(|entry| match entry {
        Entry::Limit { place, rights: Rights::None(_) } => place.root == "stderr" && place.path.is_empty(),
        Entry::Limit { .. } | Entry::Let { .. } | Entry::Acquire { .. } => false,
    })
}
