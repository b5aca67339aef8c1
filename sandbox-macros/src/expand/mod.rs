//! Expansion: from a checked declaration to the function with its prologue. It cannot fail.

mod acquisition;
mod failure;
mod markers;
mod policy;
mod prologue;
mod spans;
mod undeclared;

use proc_macro2::{Group, Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::ext::IdentExt;

use crate::check::{self, Site};
use crate::parse::{self, Declaration, Entry, Function, Scope};
use crate::report::Errors;
use failure::Failure;
use prologue::Prologue;
use spans::at;
pub(crate) use spans::{ends, mentions};

/// `#[sandboxed(DECLARATION)] ITEM`.
pub(crate) fn attribute(declaration: TokenStream, item: &TokenStream) -> TokenStream {
    let function: Function = match syn::parse2(item.clone()) {
        Ok(function) => function,
        Err(_) => return not_a_function(item),
    };
    let mut errors = Errors::default();
    let declaration = parse::declaration(declaration, &mut errors);
    let scope = Scope::of(&function.sig);
    check::function(&function, &scope, &mut errors);
    check::declaration(&declaration, &Site::Function(&function.sig, &scope), &mut errors);

    let Function { mut attrs, vis, defaultness, sig, body } = function;
    if !errors.is_empty() {
        // Outside test builds it would remove the function, and the errors with it.
        attrs.retain(|attr| !attr.path().is_ident("test"));
    }
    let Some(body) = body else {
        let errors = errors.into_tokens();
        return quote!(#(#attrs)* #vis #defaultness #sig; #errors);
    };
    let (inner_attributes, statements) = split_inner_attributes(body.stream());
    let content = if errors.is_empty() {
        let runtime = runtime(&declaration);
        let failure = Failure::of(&sig.output, &runtime);
        let name = sig.ident.unraw().to_string();
        let prologue = Prologue { runtime: &runtime, failure: &failure, scope: &scope, function: &quote!(#name) };
        let entry = prologue.statements(&declaration);
        // In a block of its own, so that the items with which a body may begin stand at the beginning; with our hygiene,
        // so that no lint asks the user to remove its braces.
        let body = braced(statements, at(body.span()));
        quote!(#inner_attributes #entry #body)
    } else {
        let errors = errors.into_tokens();
        // Without the names that it would bind, the body would add an error for each use of them.
        if declaration.broken || binds(&declaration) {
            quote!(#inner_attributes #errors ::core::unimplemented!())
        } else {
            quote!(#inner_attributes #errors #statements)
        }
    };
    let body = braced(content, body.span());
    quote!(#(#attrs)* #vis #defaultness #sig #body)
}

/// `enter!(DECLARATION)`.
pub(crate) fn statement(declaration: TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    let declaration = parse::declaration(declaration, &mut errors);
    check::declaration(&declaration, &Site::Statement, &mut errors);
    if !errors.is_empty() {
        let errors = errors.into_tokens();
        let names = declaration.entries.iter().filter_map(|entry| match entry {
            Entry::Let { pat, .. } => Some(pat.to_token_stream()),
            Entry::Acquire { name, .. } => Some(name.to_token_stream()),
            Entry::Limit { .. } => None,
        });
        return quote!(#errors #(let #names = ::core::unimplemented!();)*);
    }
    let runtime = runtime(&declaration);
    let failure = Failure::exit(&runtime);
    let (scope, function) = (Scope::default(), place_in_source());
    let prologue = Prologue { runtime: &runtime, failure: &failure, scope: &scope, function: &function };
    let statements = prologue.statements(&declaration);
    // A single block is an expression too; what binds names must stay open.
    if binds(&declaration) { statements } else { quote!({ #statements }) }
}

/// `try_enter!(DECLARATION)`.
pub(crate) fn expression(declaration: TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    let declaration = parse::declaration(declaration, &mut errors);
    check::declaration(&declaration, &Site::Expression, &mut errors);
    if !errors.is_empty() {
        let errors = errors.into_tokens();
        return quote!({ #errors ::core::unimplemented!() });
    }
    let runtime = runtime(&declaration);
    let failure = Failure::exit(&runtime);
    let (scope, function) = (Scope::default(), place_in_source());
    let prologue = Prologue { runtime: &runtime, failure: &failure, scope: &scope, function: &function };
    prologue.expression(&declaration)
}

/// The item as it is, with the error beside it.
fn not_a_function(item: &TokenStream) -> TokenStream {
    let error = syn::Error::new(
        Span::call_site(),
        "`#[sandboxed]` stands above a function\nhelp: in the middle of one, write `enter!(…)`",
    )
    .to_compile_error();
    quote!(#item #error)
}

/// The path of the runtime crate.
fn runtime(declaration: &Declaration) -> TokenStream {
    declaration.runtime.as_ref().map_or_else(|| quote!(::sandbox_rt), ToTokens::to_token_stream)
}

/// What a policy is called that belongs to no function by name.
fn place_in_source() -> TokenStream {
    quote!(::core::concat!(::core::file!(), ":", ::core::line!()))
}

/// Whether the declaration binds names that what follows uses.
fn binds(declaration: &Declaration) -> bool {
    declaration.entries.iter().any(|entry| match entry {
        Entry::Let { .. } | Entry::Acquire { .. } => true,
        Entry::Limit { .. } => false,
    })
}

/// `#![…]` at the beginning of a body, and the rest.
fn split_inner_attributes(body: TokenStream) -> (TokenStream, TokenStream) {
    let tokens: Vec<TokenTree> = body.into_iter().collect();
    let is = |at: usize, mark: char| matches!(tokens.get(at), Some(TokenTree::Punct(found)) if found.as_char() == mark);
    let mut end = 0;
    while is(end, '#') && is(end + 1, '!') && matches!(tokens.get(end + 2), Some(TokenTree::Group(_))) {
        end += 3;
    }
    (tokens[..end].iter().cloned().collect(), tokens[end..].iter().cloned().collect())
}

fn braced(content: TokenStream, span: Span) -> Group {
    let mut group = Group::new(proc_macro2::Delimiter::Brace, content);
    group.set_span(span);
    group
}

/// One of our own locals: the user's code cannot see it.
fn local(name: &str) -> Ident {
    Ident::new(&format!("__sandbox_{name}"), Span::mixed_site())
}
