//! The declaration in its source: written anew with what was learned.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use proc_macro2::{TokenStream, TokenTree};

use super::amend::{amended, has_comments};
use super::place::{Place, declarations, find};
use super::seen::{Learned, Resource};
use crate::failure::{Failure, Result};

/// How long a line of a declaration becomes before it is broken.
const WIDTH: usize = 100;

/// A file before and after.
#[derive(Debug)]
pub(super) struct Edit {
    pub(super) path: PathBuf,
    pub(super) old: String,
    pub(super) new: String,
    /// The functions whose declarations it has no longer.
    pub(super) missing: Vec<String>,
}

impl Edit {
    /// Writes the file: whole, or not at all.
    pub(super) fn apply(&self) -> Result<()> {
        let cannot =
            |error: &dyn std::fmt::Display| Failure::new(format!("cannot write `{}`: {error}", self.path.display()));
        let folder = self.path.parent().unwrap_or(Path::new("."));
        let mut file = tempfile::NamedTempFile::new_in(folder).map_err(|error| cannot(&error))?;
        file.write_all(self.new.as_bytes()).map_err(|error| cannot(&error))?;
        let permissions = fs::metadata(&self.path).map_err(|error| cannot(&error))?.permissions();
        fs::set_permissions(file.path(), permissions).map_err(|error| cannot(&error))?;
        file.persist(&self.path).map_err(|error| cannot(&error))?;
        Ok(())
    }
}

/// What the file would be with the declarations of these functions as they were learned.
pub(super) fn edit(path: &Path, functions: &[&Learned]) -> Result<Edit> {
    let old = fs::read_to_string(path).map_err(|error| Failure::new(format!("it cannot be read: {error}")))?;
    let tokens: TokenStream = old.parse().map_err(|error| Failure::new(format!("it is no Rust source: {error}")))?;
    let places = declarations(&tokens);
    let (mut changes, mut missing) = (BTreeMap::new(), Vec::new());
    for function in functions {
        match find(&places, &function.function, function.line) {
            Some(place) if !changes.contains_key(&place.range.start) => {
                let text = if has_comments(&old, place) { amended } else { written }(&old, place, function);
                changes.insert(place.range.start, (place.range.clone(), text));
            }
            Some(_) | None => missing.push(function.path()),
        }
    }
    let mut new = old.clone();
    for (range, text) in changes.into_values().rev() {
        new.replace_range(range, &text);
    }
    Ok(Edit { path: path.to_owned(), old, new, missing })
}

/// The declaration as it should be.
fn written(source: &str, place: &Place, function: &Learned) -> String {
    let mut entries = Vec::new();
    let mut others = Vec::new();
    let mut allowed = Vec::new();
    let mut known = Vec::new();
    for key in split(&place.content) {
        match &key[..] {
            [TokenTree::Ident(name), TokenTree::Group(list)] if name == "fds" => {
                for entry in split(&list.stream()) {
                    let (text, name) = self::entry(source, &entry, function);
                    entries.push(text);
                    known.extend(name);
                }
            }
            [TokenTree::Ident(name), TokenTree::Group(list)] if name == "allow" => {
                allowed.extend(list.stream().into_iter().filter_map(|token| match token {
                    TokenTree::Ident(word) if word != "threads" => Some(word.to_string()),
                    _ => None,
                }));
            }
            [TokenTree::Ident(name)] if name == "learn" => {}
            key => others.extend(text_of(source, key)),
        }
    }
    let new = function.resources.iter().filter(|resource| !known.contains(&resource.name));
    entries.extend(new.map(|resource| format!("{} = {}", resource.name, rights(resource))));
    if function.threads {
        allowed.insert(0, "threads".to_owned());
    }
    let mut keys = Vec::new();
    if !entries.is_empty() {
        keys.push(List { name: "fds", words: entries });
    }
    if !allowed.is_empty() {
        keys.push(List { name: "allow", words: allowed });
    }
    let lists: Vec<String> = keys.iter().map(List::in_a_line).chain(others.iter().cloned()).collect();
    let line = format!("({})", lists.join(", "));
    if place.column + line.len() + ")]".len() <= WIDTH {
        return line;
    }
    let indent = " ".repeat(place.indent);
    let lists = keys.iter().map(|list| list.in_lines(place.indent + 4)).chain(others);
    let lines: Vec<String> = lists.map(|list| format!("{indent}    {list},\n")).collect();
    format!("(\n{}{indent})", lines.concat())
}

struct List {
    name: &'static str,
    words: Vec<String>,
}

impl List {
    fn in_a_line(&self) -> String {
        format!("{}({})", self.name, self.words.join(", "))
    }

    fn in_lines(&self, indent: usize) -> String {
        let line = self.in_a_line();
        if indent + line.len() <= WIDTH {
            return line;
        }
        let words: Vec<String> = self.words.iter().map(|word| format!("{:1$}{word},\n", "", indent + 4)).collect();
        format!("{}(\n{}{:indent$})", self.name, words.concat(), "")
    }
}

/// One entry of `fds(…)` as it should be, and the resource's name. One that says nothing about a resource stays.
fn entry(source: &str, tokens: &[TokenTree], function: &Learned) -> (String, Option<String>) {
    let as_it_is = || text_of(source, tokens).unwrap_or_default();
    let Some((name, at)) = named(tokens) else { return (as_it_is(), None) };
    let Some(resource) = function.resources.iter().find(|resource| resource.name == name) else {
        return (as_it_is(), Some(name));
    };
    let before = text_of(source, &tokens[..at]).unwrap_or_default();
    (format!("{before} {}", rights(resource)), Some(name))
}

/// The resource's name in an entry of `fds(…)`, and where its rights begin; none for one that is about no resource.
pub(super) fn named(tokens: &[TokenTree]) -> Option<(String, usize)> {
    let is = |token: &TokenTree, mark: char| matches!(token, TokenTree::Punct(punct) if punct.as_char() == mark);
    if matches!(tokens.first(), Some(TokenTree::Ident(word)) if word == "let") {
        return None;
    }
    let equals = tokens.iter().position(|token| is(token, '='))?;
    // `=>` is two punctuation marks.
    let arrow = (equals + 1..tokens.len())
        .find(|at| is(&tokens[*at], '=') && tokens.get(at + 1).is_some_and(|next| is(next, '>')));
    if let Some(arrow) = arrow {
        let words = tokens[..equals].iter().filter(|token| matches!(token, TokenTree::Ident(word) if word != "mut"));
        return Some((words.map(ToString::to_string).next().unwrap_or_default(), arrow + 2));
    }
    Some((tokens[..equals].iter().map(ToString::to_string).collect(), equals + 1))
}

/// What a resource should be declared with. What was taken away aloud stays so where nothing wanted it.
pub(super) fn rights(resource: &Resource) -> String {
    let gone = resource.declared.as_ref().is_some_and(|declared| declared.gone);
    if gone && resource.needed.rights.is_empty() { "none".to_owned() } else { resource.needed.to_string() }
}

/// The parts between commas.
fn split(tokens: &TokenStream) -> Vec<Vec<TokenTree>> {
    let mut parts = vec![Vec::new()];
    for token in tokens.clone() {
        if matches!(&token, TokenTree::Punct(punct) if punct.as_char() == ',') {
            parts.push(Vec::new());
        } else if let Some(last) = parts.last_mut() {
            last.push(token);
        }
    }
    parts.retain(|part| !part.is_empty());
    parts
}

/// Tokens as they stand in the source.
fn text_of(source: &str, tokens: &[TokenTree]) -> Option<String> {
    let (first, last) = (tokens.first()?, tokens.last()?);
    source.get(first.span().byte_range().start..last.span().byte_range().end).map(str::to_owned)
}

#[cfg(test)]
mod tests;
