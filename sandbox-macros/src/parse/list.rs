//! Lists separated by commas, with recovery: one mistake an element, and all elements are seen.

use proc_macro2::TokenTree;
use syn::parse::ParseStream;
use syn::{Result, Token};

use crate::report::Errors;

/// Calls `element` until the input is used up; after a mistake it goes on behind the next comma.
pub(super) fn comma_separated(
    input: ParseStream,
    errors: &mut Errors,
    broken: &mut bool,
    mut element: impl FnMut(ParseStream, &mut Errors) -> Result<()>,
) {
    while !input.is_empty() {
        if let Err(error) = element(input, errors) {
            errors.push(error);
            *broken = true;
            skip(input);
        }
        if !input.is_empty() && !input.peek(Token![,]) {
            if let Ok(found) = input.fork().parse::<TokenTree>() {
                let right = sandbox_policy::vocabulary::find(&found.to_string()).is_some();
                let help =
                    if right { format!("\nhelp: rights are joined with `+`: `… + {found}`") } else { String::new() };
                errors.at(&found, format!("expected `,`, found `{}`{help}", shown(&found)));
            }
            *broken = true;
            skip(input);
        }
        if input.parse::<Token![,]>().is_err() {
            break;
        }
    }
}

/// Goes to the next comma.
pub(super) fn skip(input: ParseStream) {
    while !input.is_empty() && !input.peek(Token![,]) {
        if input.parse::<TokenTree>().is_err() {
            break;
        }
    }
}

/// Whether a `=>` stands before the next comma.
pub(super) fn arrow_ahead(input: ParseStream) -> bool {
    let ahead = input.fork();
    while !ahead.is_empty() && !ahead.peek(Token![,]) {
        if ahead.peek(Token![=>]) {
            return true;
        }
        if ahead.parse::<TokenTree>().is_err() {
            break;
        }
    }
    false
}

/// A token as it is shown in a message: groups by their brackets only.
pub(super) fn shown(token: &TokenTree) -> String {
    use proc_macro2::Delimiter::{Brace, Bracket, None, Parenthesis};
    match token {
        TokenTree::Group(group) => match group.delimiter() {
            Parenthesis => "(…)".into(),
            Brace => "{…}".into(),
            Bracket => "[…]".into(),
            None => group.stream().to_string(),
        },
        TokenTree::Ident(_) | TokenTree::Punct(_) | TokenTree::Literal(_) => token.to_string(),
    }
}
