//! The prologue: acquisitions in order, the questions to the type checker, and the one call that enters.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, format_ident, quote, quote_spanned};

use super::failure::Failure;
use super::markers::{accepts_kind, accepts_value, marker, name_of};
use super::spans::{at, borrow, ends, located, mentions};
use super::{local, policy};
use crate::check::stream;
use crate::parse::{Binding, Declaration, Entry, Place, Rights, Scope, bound_names};

pub(super) struct Prologue<'a> {
    /// The path of the runtime crate.
    pub(super) runtime: &'a TokenStream,
    pub(super) failure: &'a Failure,
    pub(super) scope: &'a Scope,
    /// The function's name, as an expression; messages say it.
    pub(super) function: &'a TokenStream,
}

/// An entry's part of the prologue.
struct Part {
    statements: TokenStream,
    /// An expression for the descriptors, if it is a resource.
    descriptors: Option<TokenStream>,
}

impl Prologue<'_> {
    /// The statements that stand before the body; the process is confined behind them.
    pub(super) fn statements(&self, declaration: &Declaration) -> TokenStream {
        let (before, enter) = self.parts(declaration);
        let entered = self.failure.unwrap(&enter, &quote!(()), &quote!({}));
        quote!(#before #entered)
    }

    /// The same as an expression of type `Result`; for declarations that bind nothing.
    pub(super) fn expression(&self, declaration: &Declaration) -> TokenStream {
        let (before, enter) = self.parts(declaration);
        quote!({ #before #enter })
    }

    fn parts(&self, declaration: &Declaration) -> (TokenStream, TokenStream) {
        let runtime = self.runtime;
        let undeclared: TokenStream = if declaration.learn {
            TokenStream::new()
        } else {
            self.scope.parameters.iter().map(|parameter| self.undeclared(parameter, declaration)).collect()
        };
        let watched = if declaration.learn { self.unnamed(declaration) } else { Vec::new() };
        let entries = &declaration.entries;
        let parts: Vec<Part> = (0..entries.len()).map(|at| self.entry(&entries[at], &entries[..at])).collect();
        let statements = parts.iter().map(|part| &part.statements);
        let values: Vec<TokenStream> =
            watched.iter().map(|name| borrow(name, &[], (name.span(), name.span()))).collect();
        let watching = values.iter().map(|value| self.of_resource(value, "numbers"));
        let descriptors = parts.iter().filter_map(|part| part.descriptors.clone()).chain(watching);
        let policy = policy::reference(declaration, &watched, self.function, runtime);
        let request = quote!(#policy, &[#(#descriptors),*]);
        let enter = if declaration.learn {
            // In a build that cannot learn, the one error of a declaration that says nothing.
            let names = watched.iter().map(ToString::to_string);
            let fields = values.iter().map(|value| self.of_resource(value, "fields"));
            quote!(#runtime::learn!(#request, &[#((#names, #fields)),*]))
        } else {
            quote!(#runtime::__private::enter(#request))
        };
        (quote!(#undeclared #(#statements)*), enter)
    }

    fn entry(&self, entry: &Entry, earlier: &[Entry]) -> Part {
        match entry {
            Entry::Let { pat, ty, expr } => {
                let ty = ty.as_ref().map(|ty| quote!(: #ty));
                Part { statements: quote!(let #pat #ty = #expr;), descriptors: None }
            }
            Entry::Limit { place, rights } => match stream(&place.root) {
                Some(number) => self.stream(number, rights),
                None => self.place(place, rights, earlier),
            },
            Entry::Acquire { mutability, name, ty, expr, rights } => {
                let statements = self.acquire(mutability.as_ref(), name, ty.as_ref(), expr, rights);
                let value = borrow(name, &[], (name.span(), name.span()));
                let accepts = accepts_value(&value, rights, self.runtime);
                // That it is a resource has been asked already.
                let descriptors = self.of_resource(&value, "numbers");
                Part { statements: quote!(#statements #accepts), descriptors: Some(descriptors) }
            }
        }
    }

    /// What is asked of something that may be a resource: the `numbers` of its descriptors, or the `fields` they stand in.
    fn of_resource(&self, value: &TokenStream, what: &str) -> TokenStream {
        let runtime = self.runtime;
        let question = format_ident!("__sandbox_{what}");
        quote! {{
            #[allow(unused_imports)]
            use #runtime::__private::{NumbersNone as _, NumbersSome as _};
            (&&#runtime::__private::Probe::of(#value)).#question(#value)
        }}
    }

    /// A standard stream: its number and its kind are known without looking.
    fn stream(&self, number: i32, rights: &Rights) -> Part {
        let runtime = self.runtime;
        let number = proc_macro2::Literal::i32_unsuffixed(number);
        Part {
            statements: accepts_kind("StandardStream", rights, runtime),
            descriptors: Some(quote!(#runtime::__private::stream(#number))),
        }
    }

    /// Something that the function already has.
    fn place(&self, place: &Place, rights: &Rights, earlier: &[Entry]) -> Part {
        let Place { root, path } = place;
        // What a `let` has bound hides the parameter of that name; a macro's token of the name might still find it.
        let hidden =
            earlier.iter().any(|entry| matches!(entry, Entry::Let { pat, .. } if bound_names(pat).contains(root)));
        let parameter = self.scope.find(root).filter(|_| !hidden);
        let whole = parameter.filter(|_| path.is_empty());
        let ty = whole.and_then(|binding| binding.ty.as_ref());
        let statements = match (whole, ty) {
            (Some(binding), Some(ty)) if mentions(ty, "Cap") => self.see_parameter(binding, rights),
            (None, _) if parameter.is_none() && path.is_empty() => self.keeps_its_type(root),
            _ => TokenStream::new(),
        };
        // The signature's own token, in case a macro wrote the attribute and the parameters come from elsewhere.
        let name = parameter.map_or(root, |binding| &binding.name);
        let caret = match (ty, path.last()) {
            (Some(ty), _) => ends(ty),
            (None, Some(member)) => (root.span(), ends(member).1),
            (None, None) => (root.span(), root.span()),
        };
        let value = borrow(name, path, caret);
        let accepts = accepts_value(&value, rights, self.runtime);
        Part { statements: quote!(#statements #accepts), descriptors: Some(self.descriptors(&value, caret)) }
    }

    /// That a local is no `Cap`, which could not be used behind the declaration.
    fn keeps_its_type(&self, name: &Ident) -> TokenStream {
        let runtime = self.runtime;
        let there = located(runtime, name.span());
        let question = quote_spanned!(at(name.span())=> #there::checks::KeepsItsType);
        let probe = local("probe");
        let ask = quote_spanned!(at(name.span())=> <() as #question<_>>::check((&&#probe).__sandbox_is_cap()););
        quote! {{
            let #probe = #runtime::__private::Probe::of(&#name);
            {
                #[allow(unused_imports)]
                use #runtime::__private::{IsCap as _, IsNoCap as _};
                #ask
            }
        }}
    }

    fn descriptors(&self, value: &TokenStream, (first, last): (Span, Span)) -> TokenStream {
        let runtime = located(self.runtime, first);
        let start = quote_spanned!(at(first)=> #runtime::Descriptors::);
        let method = Ident::new("numbers", at(last));
        quote_spanned!(at(last)=> #start #method(#value))
    }

    /// A parameter `Cap<T>` is shadowed by itself as `Cap<T, P>`.
    fn see_parameter(&self, binding: &Binding, rights: &Rights) -> TokenStream {
        let Binding { name, mutability, ty: _ } = binding;
        // The parameter's own `mut` would be called unused otherwise.
        let touched = mutability.map(|_| quote!(let _ = &mut #name;));
        let seen = self.see(&name.to_token_stream(), name, rights, name.span());
        quote!(#touched let #mutability #name = #seen;)
    }

    /// The value, as the marker's if it is a `Cap`.
    pub(super) fn see(&self, value: &TokenStream, name: &Ident, rights: &Rights, caret: Span) -> TokenStream {
        let runtime = self.runtime;
        let probe = local("probe");
        let marker_name = name_of(name);
        let marker = marker(name, rights, runtime);
        let there = located(runtime, caret);
        let seen = quote_spanned! {at(caret)=>
            (&&#probe).__sandbox_see(#there::__private::Marker::<#marker_name>::NEW, #value)
        };
        quote! {{
            let #probe = #runtime::__private::Probe::of(&#value);
            {
                #marker
                #[allow(unused_imports)]
                use #runtime::__private::{SeesCap as _, SeesPlain as _};
                #seen
            }
        }}
    }
}
