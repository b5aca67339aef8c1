//! That a parameter which the declaration does not name holds no descriptors.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};

use super::local;
use super::markers::name_of;
use super::prologue::Prologue;
use super::spans::{at, ends, located, mentions};
use crate::parse::{Binding, Declaration, Entry, Parameter};

impl Prologue<'_> {
    /// That a parameter which the declaration does not name holds no descriptors.
    pub(super) fn undeclared(&self, parameter: &Parameter, declaration: &Declaration) -> TokenStream {
        let Parameter { conditions, ty, bindings } = parameter;
        let unnamed: Vec<&Binding> = bindings.iter().filter(|binding| !uses(declaration, &binding.name)).collect();
        let nameable = !mentions(ty, "impl");
        if nameable && unnamed.len() == bindings.len() {
            let probe = quote!(NEW);
            let runtime = self.runtime;
            let probe = quote!(#runtime::__private::Probe::<#ty>::#probe);
            let caret = bindings.first().map_or_else(|| ends(ty).0, |binding| binding.name.span());
            return self.holds_nothing(&probe, bindings.first().map(|binding| &binding.name), caret, conditions);
        }
        let runtime = self.runtime;
        let question = |binding: &&Binding| {
            let name = &binding.name;
            self.holds_nothing(&quote!(#runtime::__private::Probe::of(&#name)), Some(name), name.span(), conditions)
        };
        unnamed.iter().map(question).collect()
    }

    /// The parameters that the declaration does not name. Those that a `cfg` may take away are left out.
    pub(super) fn unnamed(&self, declaration: &Declaration) -> Vec<&Ident> {
        let parameters = self.scope.parameters.iter().filter(|parameter| parameter.conditions.is_empty());
        let names = parameters.flat_map(|parameter| &parameter.bindings).map(|binding| &binding.name);
        names.filter(|name| !uses(declaration, name)).collect()
    }

    fn holds_nothing(
        &self,
        probe: &TokenStream,
        name: Option<&Ident>,
        caret: Span,
        conditions: &[syn::Attribute],
    ) -> TokenStream {
        let runtime = self.runtime;
        let (held, place, there) = (local("held"), at(caret), located(runtime, caret));
        let (marker, question) = match name {
            Some(name) if name == "self" => (None, quote_spanned!(place=> #there::checks::SelfMayGoUnnamed)),
            Some(name) => (Some(name_of(name)), quote_spanned!(place=> #there::checks::MayGoUnnamed)),
            None => (None, quote_spanned!(place=> #there::checks::PatternMayGoUnnamed)),
        };
        let subject = marker.as_ref().map_or_else(|| quote_spanned!(place=> ()), ToTokens::to_token_stream);
        let marker = marker.map(|marker| quote!(#[allow(non_camel_case_types, dead_code)] enum #marker {}));
        let ask = quote_spanned!(place=> <#subject as #question<_>>::check((&&#held).__sandbox_held()););
        quote! {
            #(#conditions)*
            {
                let #held = #probe;
                {
                    #marker
                    #[allow(unused_imports)]
                    use #runtime::__private::{HoldsNone as _, HoldsSome as _};
                    #ask
                }
            }
        }
    }
}

/// Whether the declaration names the parameter, as a place or in an expression that may take it.
fn uses(declaration: &Declaration, name: &Ident) -> bool {
    let word = name.to_string();
    declaration.entries.iter().any(|entry| match entry {
        Entry::Limit { place, .. } => place.root == word,
        Entry::Let { expr, .. } | Entry::Acquire { expr, .. } => mentions(expr, &word),
    })
}
