//! The error accumulator: every mistake of a declaration is reported at once.

use std::fmt::Display;

use proc_macro2::TokenStream;
use quote::ToTokens;
use sandbox_policy::Diagnostic;

/// The mistakes found so far.
#[derive(Default)]
pub(crate) struct Errors(Vec<syn::Error>);

impl Errors {
    /// A mistake with the caret under these tokens.
    pub(crate) fn at(&mut self, tokens: impl ToTokens, message: impl Display) {
        self.0.push(syn::Error::new_spanned(tokens, message));
    }

    /// A mistake that the policy crate found, with the caret under these tokens.
    pub(crate) fn diagnostic(&mut self, tokens: impl ToTokens, diagnostic: &Diagnostic) {
        self.at(tokens, diagnostic);
    }

    /// A mistake that the parser found.
    pub(crate) fn push(&mut self, error: syn::Error) {
        self.0.push(error);
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// One `compile_error!` for each, as statements or items.
    pub(crate) fn into_tokens(self) -> TokenStream {
        self.0.iter().flat_map(syn::Error::to_compile_error).collect()
    }
}

/// "`a`, `b` or `c`".
pub(crate) fn either<'a>(words: impl IntoIterator<Item = &'a str>) -> String {
    let words: Vec<String> = words.into_iter().map(|word| format!("`{word}`")).collect();
    match words.split_last() {
        None => String::new(),
        Some((last, [])) => last.clone(),
        Some((last, rest)) => format!("{} or {last}", rest.join(", ")),
    }
}

/// The help line "did you mean", if a word is near.
pub(crate) fn did_you_mean<'a>(name: &str, words: impl Iterator<Item = &'a str>) -> Option<String> {
    sandbox_policy::vocabulary::suggest::near(name, words).map(|word| format!("\nhelp: did you mean `{word}`?"))
}
