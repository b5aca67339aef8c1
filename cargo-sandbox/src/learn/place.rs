//! Where declarations stand in a source.

use std::collections::HashMap;
use std::fs;
use std::ops::Range;
use std::path::Path;

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};

/// A declaration in a source.
#[derive(Debug)]
pub(super) struct Place {
    /// What is written anew: `(…)` with its parentheses, or where they would stand.
    pub(super) range: Range<usize>,
    /// What stands between them now.
    pub(super) content: TokenStream,
    /// The column at which its line begins.
    pub(super) indent: usize,
    /// The column at which it begins.
    pub(super) column: usize,
    /// The lines by one of which the compiler names it: that of the `#` or, in `cfg_attr`, that of the word.
    lines: [usize; 2],
    of: Of,
}

/// What a declaration belongs to.
#[derive(Debug)]
enum Of {
    /// A function; without a name where a macro makes it.
    Function(Option<String>),
    Statement,
}

impl Place {
    fn is_in(&self, line: u32) -> bool {
        self.lines.iter().any(|here| u32::try_from(*here).is_ok_and(|here| here == line))
    }

    /// Whether what it belongs to may have this name in its policy. Statements are called by their file and line.
    fn may_be_of(&self, name: &str) -> bool {
        match &self.of {
            Of::Function(Some(known)) => known == name,
            Of::Function(None) => !name.contains(':'),
            Of::Statement => name.contains(':'),
        }
    }
}

/// The declaration of what has this name. It begins in this line, or it has moved and is the only one of its name.
pub(super) fn find<'a>(places: &'a [Place], name: &str, line: u32) -> Option<&'a Place> {
    let here = places.iter().find(|place| place.is_in(line) && place.may_be_of(name));
    here.or_else(|| {
        let mut named = places.iter().filter(|place| matches!(&place.of, Of::Function(Some(known)) if known == name));
        named.next().filter(|_| named.next().is_none())
    })
}

/// The source files of what was learned. What was learned before they changed is about the lines of then.
pub(super) struct Sources<'a> {
    root: &'a Path,
    files: HashMap<String, Vec<Place>>,
}

impl<'a> Sources<'a> {
    pub(super) fn new(root: &'a Path) -> Self {
        Self { root, files: HashMap::new() }
    }

    /// The line in which a function's declaration begins now: the same, unless it is found in another.
    pub(super) fn line(&mut self, file: &str, function: &str, line: u32) -> u32 {
        let places = self.files.entry(file.to_owned()).or_insert_with(|| {
            let tokens = fs::read_to_string(self.root.join(file)).ok().and_then(|source| source.parse().ok());
            tokens.map_or_else(Vec::new, |tokens: TokenStream| declarations(&tokens))
        });
        match find(places, function, line) {
            Some(place) if !place.is_in(line) => u32::try_from(place.lines[0]).unwrap_or(line),
            Some(_) | None => line,
        }
    }
}

/// All declarations of a source, in their order: `#[sandboxed…]`, the same in `#[cfg_attr(…)]`, `enter!(…)` and
/// `try_enter!(…)`.
pub(super) fn declarations(tokens: &TokenStream) -> Vec<Place> {
    let mut places = Vec::new();
    collect(tokens, &mut places);
    places
}

fn collect(tokens: &TokenStream, places: &mut Vec<Place>) {
    let tokens: Vec<TokenTree> = tokens.clone().into_iter().collect();
    for (index, token) in tokens.iter().enumerate() {
        match token {
            TokenTree::Group(group) => match attribute(group, &tokens[index + 1..]) {
                Some(place) => places.push(place),
                None => collect(&group.stream(), places),
            },
            TokenTree::Ident(name) if name == "enter" || name == "try_enter" => {
                let [TokenTree::Punct(mark), TokenTree::Group(group), ..] = &tokens[index + 1..] else { continue };
                if mark.as_char() == '!' {
                    let start = name.span().start();
                    places.push(Place {
                        range: group.span().byte_range(),
                        content: group.stream(),
                        indent: start.column,
                        column: group.span_open().start().column,
                        lines: [start.line; 2],
                        of: Of::Statement,
                    });
                }
            }
            _ => {}
        }
    }
}

/// `[sandboxed(…)]` or `[cfg_attr(…, sandboxed(…))]`, above what follows.
fn attribute(group: &Group, follows: &[TokenTree]) -> Option<Place> {
    if group.delimiter() != Delimiter::Bracket {
        return None;
    }
    let mut tokens: Vec<TokenTree> = group.stream().into_iter().collect();
    let conditional = matches!(&tokens[..], [TokenTree::Ident(name), TokenTree::Group(_)] if name == "cfg_attr");
    if let (true, [_, TokenTree::Group(list)]) = (conditional, &tokens[..]) {
        tokens = list.stream().into_iter().collect();
    }
    let at = tokens.iter().position(|token| matches!(token, TokenTree::Ident(name) if name == "sandboxed"))?;
    let (bracket, name) = (group.span_open().start(), tokens[at].span());
    let lines = if conditional { [name.start().line, bracket.line] } else { [bracket.line, name.start().line] };
    // Before the bracket stands the `#`.
    let indent = if name.start().line == bracket.line { bracket.column.saturating_sub(1) } else { name.start().column };
    let column = name.end().column;
    let (range, content) = match tokens.get(at + 1) {
        Some(TokenTree::Group(list)) => (list.span().byte_range(), list.stream()),
        Some(TokenTree::Punct(_)) | None => {
            let end = name.byte_range().end;
            (end..end, TokenStream::new())
        }
        Some(_) => return None,
    };
    Some(Place { range, content, indent, column, lines, of: Of::Function(function(follows)) })
}

/// The name of the function that begins with these tokens.
fn function(tokens: &[TokenTree]) -> Option<String> {
    let at = tokens.iter().position(|token| matches!(token, TokenTree::Ident(word) if word == "fn"))?;
    match tokens.get(at + 1) {
        Some(TokenTree::Ident(name)) => Some(name.to_string()),
        _ => None,
    }
}
