//! Parsing: from tokens to a [`Declaration`], with every mistake of form reported and as much as possible understood.

mod entry;
mod function;
mod list;
mod rights;

use proc_macro2::{Ident, TokenStream, TokenTree};
use sandbox_policy::vocabulary::find;
use syn::ext::IdentExt;
use syn::parse::{ParseStream, Parser};
use syn::{Expr, Member, Pat, Path, Result, Token, Type, parenthesized, token};

pub(crate) use function::{Binding, Function, Parameter, Scope};
pub(crate) use rights::{List, Right, Rights};

use crate::report::{Errors, did_you_mean};
use list::{arrow_ahead, comma_separated, skip};

/// What stands in the parentheses of `#[sandboxed(…)]`, `enter!(…)` and `try_enter!(…)`.
#[derive(Default)]
pub(crate) struct Declaration {
    pub(crate) entries: Vec<Entry>,
    pub(crate) allow: Vec<Ident>,
    pub(crate) on_violation: Option<Ident>,
    /// Whether what it should say is to be learned.
    pub(crate) learn: bool,
    /// Where the runtime crate is found, if not at `::sandbox_rt`.
    pub(crate) runtime: Option<Path>,
    /// Whether a part was not understood, so that names may be missing.
    pub(crate) broken: bool,
    /// Names of entries that were not understood; nothing more is said about them.
    pub(crate) attempted: Vec<String>,
    /// The keys seen so far.
    pub(crate) keys: Vec<String>,
}

/// One entry of `fds(…)`.
pub(crate) enum Entry {
    /// `let PAT = EXPR`: runs before entry and grants nothing.
    Let { pat: Pat, ty: Option<Type>, expr: Expr },
    /// `PLACE = RIGHTS`: limits what the function already has.
    Limit { place: Place, rights: Rights },
    /// `NAME = EXPR => RIGHTS`: acquires, and binds the name.
    Acquire { mutability: Option<Token![mut]>, name: Ident, ty: Option<Type>, expr: Expr, rights: Rights },
}

/// A parameter, a local or a standard stream, and the fields on the way from there.
pub(crate) struct Place {
    pub(crate) root: Ident,
    pub(crate) path: Vec<Member>,
}

impl Place {
    /// As it is written: `self.pair.0`.
    pub(crate) fn label(&self) -> String {
        self.path.iter().fold(self.root.unraw().to_string(), |label, member| match member {
            Member::Named(name) => format!("{label}.{}", name.unraw()),
            Member::Unnamed(index) => format!("{label}.{}", index.index),
        })
    }
}

pub(crate) const KEYS: [&str; 5] = ["fds", "allow", "on_violation", "learn", "crate"];

/// Parses a declaration; what cannot be understood is reported and left out.
pub(crate) fn declaration(tokens: TokenStream, errors: &mut Errors) -> Declaration {
    let mut declaration = Declaration::default();
    let mut broken = false;
    let parser = |input: ParseStream| {
        comma_separated(input, errors, &mut broken, |input, errors| key(input, errors, &mut declaration));
        Ok(())
    };
    if let Err(error) = parser.parse2(tokens) {
        // After a reported mistake this only says that tokens are left over.
        if !(broken || declaration.broken) {
            errors.push(error);
        }
        broken = true;
    }
    declaration.broken |= broken;
    declaration
}

/// `fds(…)`, `allow(…)`, `on_violation = …` or `crate = …`.
fn key(input: ParseStream, errors: &mut Errors, declaration: &mut Declaration) -> Result<()> {
    if !input.peek(syn::Ident::peek_any) {
        return Err(input.error("expected `fds(…)`, `allow(…)`, `on_violation = …` or `crate = …`"));
    }
    let key = input.call(Ident::parse_any)?;
    let name = key.to_string();
    if KEYS.contains(&name.as_str()) {
        if declaration.keys.contains(&name) {
            errors.at(&key, format!("key `{name}` is given twice\nhelp: join both into one `{name}`"));
        }
        declaration.keys.push(name.clone());
    }
    match name.as_str() {
        "fds" => {
            let content = list_after(input, &key, "fds(input = read, …)")?;
            let Declaration { entries, broken, attempted, .. } = declaration;
            comma_separated(&content.0, errors, broken, |input, errors| {
                let names = entry::attempted(input);
                let entry = entry::parse(input, errors).inspect_err(|_| attempted.extend(names))?;
                entries.push(entry);
                Ok(())
            });
        }
        "allow" => {
            let content = list_after(input, &key, "allow(threads)")?;
            let Declaration { allow, broken, .. } = declaration;
            comma_separated(&content.0, errors, broken, |input, _| {
                allow.push(input.call(Ident::parse_any)?);
                Ok(())
            });
        }
        "on_violation" => {
            value_after(input, &key, "on_violation = error")?;
            if !input.peek(syn::Ident::peek_any) {
                return Err(input.error("expected `error`, `kill` or `report`"));
            }
            declaration.on_violation = Some(input.call(Ident::parse_any)?);
        }
        "learn" => declaration.learn = true,
        "crate" => {
            value_after(input, &key, "crate = ::sandbox_rt")?;
            let path = input.call(Path::parse_mod_style);
            declaration.runtime = Some(path.map_err(|error| {
                syn::Error::new(error.span(), "expected the path of the crate\nhelp: write `crate = ::sandbox_rt`")
            })?);
        }
        other => {
            let help = unknown_key(other, input);
            errors.at(&key, format!("unknown key `{other}`, expected {}{help}", crate::report::either(KEYS)));
            declaration.broken = true;
            skip(input);
        }
    }
    Ok(())
}

/// What to write instead of an unknown key: a resource belongs elsewhere, and a key may be misspelled.
fn unknown_key(name: &str, input: ParseStream) -> String {
    let near = did_you_mean(name, KEYS.into_iter());
    let assigned = input.peek(Token![=]) && !arrow_ahead(input);
    let right = |word: &str| matches!(word, "none" | "hold") || find(word).is_some();
    let a_right = matches!(second(input), Some(TokenTree::Ident(word)) if right(&word.to_string()));
    if input.peek(Token![.])
        || input.peek(Token![:])
        || (input.peek(Token![=]) && !(assigned && !a_right && near.is_some()))
    {
        return format!("\nhelp: resources stand inside `fds(…)`: `fds({name} = …)`");
    }
    near.unwrap_or_default()
}

/// The token behind the next one.
fn second(input: ParseStream) -> Option<TokenTree> {
    let ahead = input.fork();
    ahead.parse::<TokenTree>().ok()?;
    ahead.parse().ok()
}

/// What stands in the parentheses after a key.
struct Content<'a>(syn::parse::ParseBuffer<'a>);

fn list_after<'a>(input: &syn::parse::ParseBuffer<'a>, key: &Ident, example: &str) -> Result<Content<'a>> {
    if !input.peek(token::Paren) {
        return Err(syn::Error::new(key.span(), format!("expected a list after `{key}`\nhelp: write `{example}`")));
    }
    let content;
    parenthesized!(content in input);
    Ok(Content(content))
}

fn value_after(input: ParseStream, key: &Ident, example: &str) -> Result<()> {
    if !input.peek(Token![=]) {
        return Err(syn::Error::new(key.span(), format!("expected `=` after `{key}`\nhelp: write `{example}`")));
    }
    input.parse::<Token![=]>()?;
    Ok(())
}

/// The names that a pattern binds.
pub(crate) fn bound_names(pat: &Pat) -> Vec<Ident> {
    let mut bindings = Vec::new();
    function::names(pat, None, &mut bindings);
    bindings.into_iter().map(|binding| binding.name).collect()
}
