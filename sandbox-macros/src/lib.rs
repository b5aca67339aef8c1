//! The attribute `#[sandboxed]` and its companions; use them through the crate `sandbox-rt`, which re-exports them.
//!
//! Three phases: parse, check (which collects every mistake), expand (which cannot fail). This file only connects them.

mod check;
mod derive;
mod expand;
mod parse;
mod report;
#[cfg(test)]
mod tests;
mod vocabulary;

use proc_macro::TokenStream;

/// Confines the process to the declared descriptors before the function's body runs.
///
/// The documentation stands where it is re-exported: `sandbox_rt::sandboxed`.
#[proc_macro_attribute]
pub fn sandboxed(declaration: TokenStream, item: TokenStream) -> TokenStream {
    expand::attribute(declaration.into(), &item.into()).into()
}

/// Confines the process from here on; a statement, for the middle of a function.
///
/// The documentation stands where it is re-exported: `sandbox_rt::enter`.
#[proc_macro]
pub fn enter(declaration: TokenStream) -> TokenStream {
    expand::statement(declaration.into()).into()
}

/// Like `enter!`, over what is there already, and gives the `Result`.
///
/// The documentation stands where it is re-exported: `sandbox_rt::try_enter`.
#[proc_macro]
pub fn try_enter(declaration: TokenStream) -> TokenStream {
    expand::expression(declaration.into()).into()
}

/// Makes a struct or an enum a resource: its descriptors are those of its fields.
///
/// The documentation stands where it is re-exported: `sandbox_rt::Holds`.
#[proc_macro_derive(Holds, attributes(holds))]
pub fn holds(item: TokenStream) -> TokenStream {
    derive::holds(item.into()).into()
}

/// The marker types of the vocabulary, for sandbox-rt alone.
#[doc(hidden)]
#[proc_macro]
pub fn __vocabulary(part: TokenStream) -> TokenStream {
    vocabulary::types(&part.to_string()).into()
}
