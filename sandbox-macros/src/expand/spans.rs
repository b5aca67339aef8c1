//! Where the caret lands: our tokens, placed on the user's.

use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::Member;

/// Our hygiene, at the place of the user's token.
pub(super) fn at(place: Span) -> Span {
    Span::mixed_site().located_at(place)
}

/// The tokens with their own hygiene, at the place of the user's token.
pub(super) fn located(tokens: &TokenStream, place: Span) -> TokenStream {
    let located = |mut token: TokenTree| {
        token.set_span(token.span().located_at(place));
        token
    };
    tokens.clone().into_iter().map(located).collect()
}

/// The first and the last token of something.
pub(crate) fn ends(tokens: impl ToTokens) -> (Span, Span) {
    let mut tokens = tokens.to_token_stream().into_iter();
    let first = tokens.next();
    let last = tokens.last().or_else(|| first.clone());
    let span = |token: Option<TokenTree>| token.map_or_else(Span::call_site, |token| token.span());
    (span(first), span(last))
}

/// `&NAME.PATH`, with the caret from `first` to `last`.
pub(super) fn borrow(name: &Ident, path: &[Member], (first, last): (Span, Span)) -> TokenStream {
    let mut and = proc_macro2::Punct::new('&', proc_macro2::Spacing::Alone);
    and.set_span(name.span().located_at(first));
    let mut name = name.clone();
    name.set_span(name.span().located_at(if path.is_empty() { last } else { first }));
    quote!(#and #name #(.#path)*)
}

/// Whether the word occurs anywhere in the tokens.
pub(crate) fn mentions(tokens: impl ToTokens, word: &str) -> bool {
    fn within(tokens: TokenStream, word: &str) -> bool {
        tokens.into_iter().any(|token| match token {
            TokenTree::Ident(ident) => ident == word,
            TokenTree::Group(group) => within(group.stream(), word),
            TokenTree::Punct(_) | TokenTree::Literal(_) => false,
        })
    }
    within(tokens.to_token_stream(), word)
}
