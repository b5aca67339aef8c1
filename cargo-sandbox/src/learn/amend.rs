//! A declaration that holds comments: what was learned is written between them, and everything else stays as it is.

use std::ops::Range;

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};

use super::place::Place;
use super::seen::Learned;
use super::source::{named, rights};

/// Whether a comment stands in the declaration.
pub(super) fn has_comments(source: &str, place: &Place) -> bool {
    let mut tokens = Vec::new();
    leaves(&place.content, &mut tokens);
    // Behind the parenthesis, between the tokens, and before the other parenthesis.
    let mut begin = place.range.start + 1;
    tokens.push(place.range.end.saturating_sub(1)..place.range.end);
    tokens.into_iter().any(|token| {
        let between = source.get(begin..token.start).unwrap_or_default();
        begin = token.end;
        !between.trim().is_empty()
    })
}

fn leaves(tokens: &TokenStream, into: &mut Vec<Range<usize>>) {
    for token in tokens.clone() {
        match token {
            // One that a macro made has no text.
            TokenTree::Group(group) if group.delimiter() != Delimiter::None => {
                into.push(group.span_open().byte_range());
                leaves(&group.stream(), into);
                into.push(group.span_close().byte_range());
            }
            other => into.push(other.span().byte_range()),
        }
    }
}

/// The declaration as it should be, with its comments.
pub(super) fn amended(source: &str, place: &Place, function: &Learned) -> String {
    let mut changes: Vec<(Range<usize>, String)> = Vec::new();
    let (mut known, mut learn) = (Vec::new(), None);
    let (mut fds, mut allow): (Option<Group>, Option<(Part, Group)>) = (None, None);
    let parts = parts(&place.content);
    for part in &parts {
        match &part.tokens[..] {
            [TokenTree::Ident(name), TokenTree::Group(list)] if name == "fds" => fds = Some(list.clone()),
            [TokenTree::Ident(name), TokenTree::Group(list)] if name == "allow" => {
                allow = Some((part.clone(), list.clone()));
            }
            [TokenTree::Ident(name)] if name == "learn" => learn = Some(part),
            _ => {}
        }
    }
    let entries = fds.as_ref().map(|list| self::parts(&list.stream())).unwrap_or_default();
    for Part { tokens, .. } in &entries {
        let Some((name, at)) = named(tokens) else { continue };
        if let Some(resource) = function.resources.iter().find(|resource| resource.name == name)
            && let Some(range) = range(&tokens[at..])
        {
            changes.push((range, rights(resource)));
        }
        known.push(name);
    }
    let new = function.resources.iter().filter(|resource| !known.contains(&resource.name));
    let new: Vec<String> = new.map(|resource| format!("{} = {}", resource.name, rights(resource))).collect();
    let mut keys = Vec::new();
    match (&fds, entries.last().and_then(|last| range(&last.tokens))) {
        _ if new.is_empty() => {}
        (None, _) => keys.push(format!("fds({})", new.join(", "))),
        (Some(list), None) => changes.push((behind(list), new.join(", "))),
        (Some(_), Some(last)) => {
            let separator = line_of(source, last.start).map_or(", ".to_owned(), |indent| format!(",\n{indent}"));
            changes.push((last.end..last.end, separator.clone() + &new.join(&separator)));
        }
    }
    let is_threads = |part: &Part| matches!(&part.tokens[..], [TokenTree::Ident(word)] if word == "threads");
    match &allow {
        None if function.threads => keys.push("allow(threads)".to_owned()),
        None => {}
        Some((key, list)) => {
            let words = self::parts(&list.stream());
            let threads = words.iter().find(|part| is_threads(part));
            match (function.threads, threads) {
                (true, None) if words.is_empty() => changes.push((behind(list), "threads".to_owned())),
                (true, None) => changes.push((behind(list), "threads, ".to_owned())),
                (false, Some(_)) if words.len() == 1 => changes.push((key.whole(source), String::new())),
                (false, Some(word)) => changes.push((word.whole(source), String::new())),
                (true, Some(_)) | (false, None) => {}
            }
        }
    }
    let start = place.range.start + 1;
    match (keys.is_empty(), learn) {
        (true, None) => {}
        (true, Some(learn)) => changes.push((learn.whole(source), String::new())),
        (false, Some(learn)) => changes.extend(range(&learn.tokens).map(|range| (range, keys.join(", ")))),
        (false, None) if parts.is_empty() => changes.push((start..start, keys.join(", "))),
        (false, None) => changes.push((start..start, keys.join(", ") + ", ")),
    }
    changes.sort_by_key(|(range, _)| range.start);
    let mut text = source[place.range.clone()].to_owned();
    for (range, new) in changes.into_iter().rev() {
        text.replace_range(range.start - place.range.start..range.end - place.range.start, &new);
    }
    text
}

/// What stands between commas, and the comma behind it.
#[derive(Clone)]
struct Part {
    tokens: Vec<TokenTree>,
    comma: Option<Range<usize>>,
}

impl Part {
    /// All of it, with its comma; its line too, if nothing else is on it.
    fn whole(&self, source: &str) -> Range<usize> {
        let Some(Range { start, end }) = range(&self.tokens) else { return 0..0 };
        let end = self.comma.as_ref().map_or(end, |comma| comma.end);
        let end = end + source[end..].bytes().take_while(|byte| *byte == b' ').count();
        match line_of(source, start) {
            Some(indent) if source[end..].starts_with('\n') => start - indent.len()..end + 1,
            _ => start..end,
        }
    }
}

fn parts(tokens: &TokenStream) -> Vec<Part> {
    let mut parts = vec![Part { tokens: Vec::new(), comma: None }];
    for token in tokens.clone() {
        let Some(last) = parts.last_mut() else { continue };
        if matches!(&token, TokenTree::Punct(punct) if punct.as_char() == ',') {
            last.comma = Some(token.span().byte_range());
            parts.push(Part { tokens: Vec::new(), comma: None });
        } else {
            last.tokens.push(token);
        }
    }
    parts.retain(|part| !part.tokens.is_empty());
    parts
}

fn range(tokens: &[TokenTree]) -> Option<Range<usize>> {
    Some(tokens.first()?.span().byte_range().start..tokens.last()?.span().byte_range().end)
}

/// Behind the parenthesis that opens a list.
fn behind(list: &Group) -> Range<usize> {
    let end = list.span_open().byte_range().end;
    end..end
}

/// What the line begins with, if it is blank up to here.
fn line_of(source: &str, at: usize) -> Option<&str> {
    let before = source[..at].rsplit('\n').next().unwrap_or_default();
    before.trim().is_empty().then_some(before)
}
