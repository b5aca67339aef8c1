//! The policy value that the expansion carries, and its note in the binary.

use proc_macro2::{Ident, Literal, TokenStream};
use quote::{quote, quote_spanned};
use sandbox_policy::check::fcntl;
use sandbox_policy::{Allow, Fcntls, OnViolation, note};
use syn::ext::IdentExt;

use super::spans::{at, ends};
use crate::check::{silences_stderr, stream};
use crate::parse::{Declaration, Entry, List, Rights};

/// A `&'static Policy<'static>`, and where it stands. What is `watched` only is kept, and granted nothing.
pub(super) fn reference(
    declaration: &Declaration,
    watched: &[&Ident],
    name: &TokenStream,
    runtime: &TokenStream,
) -> TokenStream {
    let private = quote!(#runtime::__private);
    let resources = declaration.entries.iter().filter_map(|entry| {
        let (label, origin, rights) = match entry {
            Entry::Let { .. } => return None,
            Entry::Limit { place, rights } => {
                let origin = if stream(&place.root).is_some() { quote!(Stream) } else { quote!(Given) };
                (place.label(), origin, rights)
            }
            Entry::Acquire { name, rights, .. } => (name.unraw().to_string(), quote!(Acquired), rights),
        };
        let grant = grant(rights, &private);
        Some(quote!(#private::Resource { name: #label, origin: #private::Origin::#origin, grant: #grant }))
    });
    let watched = watched.iter().map(|name| {
        let label = name.unraw().to_string();
        let grant = quote!(#private::Grant::of(#private::Rights::NONE));
        quote!(#private::Resource { name: #label, origin: #private::Origin::Given, grant: #grant })
    });
    let resources = resources.chain(watched);
    let allow = Literal::u8_unsuffixed(allow(declaration).bits());
    let on_violation = on_violation(declaration, &private);
    let note = note(declaration, &private);
    quote! {{
        // Requests of ioctl have different types on different systems; the kernel looks at 32 bits.
        #[allow(clippy::cast_lossless, clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::unnecessary_cast, trivial_numeric_casts)]
        static __SANDBOX_POLICY: #private::Policy<'static> = #private::Policy {
            name: #name,
            resources: &[#(#resources),*],
            allow: #private::Allow::from_bits(#allow),
            on_violation: #on_violation,
        };
        #note
        (&__SANDBOX_POLICY, &__SANDBOX_SOURCE)
    }}
}

/// The note of the policy above. Its tokens are ours, so that no lint about unsafe code, not even a forbidden one, asks the
/// user about its section.
fn note(declaration: &Declaration, private: &TokenStream) -> TokenStream {
    let section = note::SECTION;
    let named = declaration.on_violation.is_some();
    quote! {
        static __SANDBOX_SOURCE: #private::Source<'static> = #private::Source {
            module: ::core::module_path!(),
            file: ::core::file!(),
            line: ::core::line!(),
            debug_build: ::core::cfg!(debug_assertions),
            reaction_named: #named,
            learning: #private::LEARNING,
        };
        #[used]
        #[cfg_attr(any(target_os = "linux", target_os = "freebsd"), unsafe(link_section = #section))]
        static __SANDBOX_NOTE: #private::Note<{ #private::note_size(&__SANDBOX_POLICY, &__SANDBOX_SOURCE) }> =
            #private::write_note(&__SANDBOX_POLICY, &__SANDBOX_SOURCE);
    }
}

fn grant(rights: &Rights, private: &TokenStream) -> TokenStream {
    if let Rights::None(_) = rights {
        return quote!(#private::Grant::GONE);
    }
    let bits = Literal::u128_unsuffixed(rights.set().bits());
    let mut grant = quote!(#private::Grant::of(#private::Rights::from_bits(#bits)));
    for right in rights.list() {
        match &right.list {
            Some(List::Requests(requests)) => {
                let requests = requests.iter().map(|request| quote_spanned!(at(ends(request).0)=> (#request) as u32));
                grant.extend(quote!(.ioctls(const { &[#(#requests),*] })));
            }
            Some(List::Commands(names)) => {
                let commands = names.iter().filter_map(|name| fcntl(&name.to_string()));
                let bits = Literal::u8_unsuffixed(commands.fold(Fcntls::NONE, Fcntls::union).bits());
                grant.extend(quote!(.fcntls(#private::Fcntls::from_bits(#bits))));
            }
            Some(List::Minted(minted)) => {
                let minted = self::grant(minted, private);
                grant.extend(quote!(.minted(const { &#minted })));
            }
            Some(List::Unexpected) | None => {}
        }
    }
    grant
}

fn allow(declaration: &Declaration) -> Allow {
    declaration.allow.iter().fold(Allow::NONE, |all, word| {
        let named = Allow::NAMED.iter().find(|(name, _)| word == name);
        named.map_or(all, |(_, allow)| all.union(*allow))
    })
}

fn on_violation(declaration: &Declaration, private: &TokenStream) -> TokenStream {
    let Some(word) = &declaration.on_violation else {
        // Debug builds report, unless there is nowhere to report to.
        return if silences_stderr(&declaration.entries) {
            quote!(#private::OnViolation::Error)
        } else {
            quote!(#private::OnViolation::unnamed(::core::cfg!(debug_assertions)))
        };
    };
    let named =
        OnViolation::NAMED.iter().find(|(name, _)| word == name).map_or_else(OnViolation::default, |(_, named)| *named);
    match named {
        OnViolation::Error => quote!(#private::OnViolation::Error),
        OnViolation::Kill => quote!(#private::OnViolation::Kill),
        OnViolation::Report => quote!(#private::OnViolation::Report),
    }
}
