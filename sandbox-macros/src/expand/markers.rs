//! What the type checker is asked: does the type hold descriptors, does a right make sense for it, and which rights
//! does a marker stand for.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use sandbox_policy::vocabulary::find;

use super::local;
use super::spans::{at, located};
use crate::parse::{Right, Rights};

/// The marker type of a resource: named after it, so that messages say the name. It stands in a block of its own,
/// because an item `input` would hide a module `input`.
pub(super) fn marker(name: &Ident, rights: &Rights, runtime: &TokenStream) -> TokenStream {
    let marker = name_of(name);
    let granted = granted(rights).map(
        |right| quote!(#[diagnostic::do_not_recommend] impl #runtime::Grants<#runtime::right::#right> for #marker {}),
    );
    let minted = if rights.set().contains(sandbox_policy::Rights::ACCEPT) {
        let accepted = format_ident!("accepted_by_{}", marker);
        let granted: Vec<Ident> = rights.minted().into_iter().flat_map(self::granted).collect();
        quote! {
            #[allow(non_camel_case_types, dead_code)]
            enum #accepted {}
            #(#[diagnostic::do_not_recommend] impl #runtime::Grants<#runtime::right::#granted> for #accepted {})*
            impl #runtime::Mints for #marker { type Minted = #accepted; }
        }
    } else {
        // Not `Minted`, but the missing right is what the user should read of.
        quote!(impl #runtime::Mints for #marker { type Minted = #runtime::Undeclared; })
    };
    quote! {
        #[allow(non_camel_case_types, dead_code)]
        enum #marker {}
        #(#granted)*
        #minted
    }
}

/// The marker's identifier.
pub(super) fn name_of(name: &Ident) -> Ident {
    let mut marker = name.clone();
    marker.set_span(at(name.span()));
    marker
}

fn granted(rights: &Rights) -> impl Iterator<Item = Ident> {
    let names: Vec<_> = rights.set().granted().map(|row| row.name).collect();
    names.into_iter().map(|name| Ident::new(name, Span::mixed_site()))
}

/// That each right makes sense for the value's kind, with the caret on the right.
pub(super) fn accepts_value(value: &TokenStream, rights: &Rights, runtime: &TokenStream) -> TokenStream {
    if rights.list().is_empty() {
        return TokenStream::new();
    }
    let probe = local("probe");
    let kind = |span| quote_spanned!(at(span)=> (&&#probe).__sandbox_kind());
    let checks = accepts(rights.list(), runtime, kind);
    let lookup = without_lookup(rights, runtime, kind);
    let minted = minted(rights, runtime);
    quote! {{
        #[allow(unused_imports)]
        use #runtime::__private::{AnyKind as _, KnownKind as _};
        let #probe = #runtime::__private::Probe::of(#value);
        #checks
        #lookup
        #minted
    }}
}

/// The same for a kind that is known here.
pub(super) fn accepts_kind(kind: &str, rights: &Rights, runtime: &TokenStream) -> TokenStream {
    let kind = Ident::new(kind, Span::mixed_site());
    let checks = accepts(rights.list(), runtime, |span| {
        let runtime = located(runtime, span);
        quote_spanned!(at(span)=> #runtime::kind::#kind)
    });
    let minted = minted(rights, runtime);
    quote!(#checks #minted)
}

fn accepts(rights: &[Right], runtime: &TokenStream, kind: impl Fn(Span) -> TokenStream) -> TokenStream {
    let known = rights.iter().filter(|right| find(&right.text()).is_some());
    known
        .map(|right| {
            let (name, span) = (&right.name, right.name.span());
            let (kind, runtime) = (kind(span), located(runtime, span));
            quote_spanned!(at(span)=> #runtime::kind::Accepts::<#runtime::right::#name>::check(#kind);)
        })
        .collect()
}

/// That it is no directory, if a right is for what lies beneath one and `lookup` is missing.
fn without_lookup(rights: &Rights, runtime: &TokenStream, kind: impl Fn(Span) -> TokenStream) -> Option<TokenStream> {
    const BENEATH: sandbox_policy::Rights =
        sandbox_policy::Rights::PREAD.union(sandbox_policy::Rights::PWRITE).union(sandbox_policy::Rights::FTRUNCATE);
    if rights.set().contains(sandbox_policy::Rights::LOOKUP) {
        return None;
    }
    let beneath = |right: &&Right| find(&right.text()).is_some_and(|row| row.rights.intersects(BENEATH));
    let span = rights.list().iter().find(beneath)?.name.span();
    let (kind, runtime) = (kind(span), located(runtime, span));
    Some(quote_spanned!(at(span)=> #runtime::kind::WithoutLookup::check(#kind);))
}

/// What a listener mints is a connected socket.
fn minted(rights: &Rights, runtime: &TokenStream) -> Option<TokenStream> {
    rights.minted().map(|minted| accepts_kind("ConnectedSocket", minted, runtime))
}
