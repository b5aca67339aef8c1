//! The vocabulary as types: generated from the table, so that there is no second list.

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;
use sandbox_policy::vocabulary::{Kinds, Row, rows};

/// `right`: a type for each right, and which kinds accept it. `kind`: a type for each kind.
pub(crate) fn types(part: &str) -> TokenStream {
    match part {
        "right" => rows().map(right).collect(),
        "kind" => Kinds::NAMED.iter().map(|(name, _)| kind(name)).collect(),
        other => {
            let message = format!("unknown part `{other}`, expected `right` or `kind`");
            quote!(::core::compile_error!(#message);)
        }
    }
}

fn right(row: &Row) -> TokenStream {
    let name = ident(row.name);
    let meaning = format!("`{}`: {}.", row.name, row.meaning);
    let kinds = Kinds::NAMED.iter().filter(|(_, kind)| *kind != Kinds::OTHER && row.kinds.contains(*kind));
    let kinds = kinds.map(|(name, _)| ident(name));
    quote! {
        #[doc = #meaning]
        #[derive(Debug)]
        pub enum #name {}
        #(#[diagnostic::do_not_recommend] impl crate::kind::Accepts<#name> for crate::kind::#kinds {})*
    }
}

fn kind(name: &str) -> TokenStream {
    let ident = ident(name);
    let doc = format!("A resource that is, by its type, a `{name}`.");
    quote! {
        #[doc = #doc]
        #[derive(Debug, Clone, Copy, Default)]
        pub struct #ident;
    }
}

fn ident(name: &str) -> Ident {
    Ident::new(name, Span::call_site())
}
