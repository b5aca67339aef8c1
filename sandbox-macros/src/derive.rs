//! `#[derive(Holds)]`: the descriptors of a struct or an enum are those of its fields.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::{Attribute, Data, DeriveInput, Field, Fields, Path, Type};

use crate::report::Errors;

pub(crate) fn holds(item: TokenStream) -> TokenStream {
    let input: DeriveInput = match syn::parse2(item) {
        Ok(input) => input,
        Err(error) => return error.to_compile_error(),
    };
    let mut errors = Errors::default();
    let mut runtime = quote!(::sandbox_rt);
    for attr in input.attrs.iter().filter(|attr| attr.path().is_ident("holds")) {
        match crate_path(attr) {
            Ok(path) => runtime = path.to_token_stream(),
            Err(error) => errors.push(error),
        }
    }
    let mut visitor = Visitor { runtime: &runtime, errors: &mut errors, held: Vec::new() };
    let body = match &input.data {
        Data::Struct(data) => visitor.fields(&quote!(Self), &data.fields, true),
        Data::Enum(data) => data
            .variants
            .iter()
            .map(|variant| {
                let name = &variant.ident;
                visitor.fields(&quote!(Self::#name), &variant.fields, false)
            })
            .collect(),
        Data::Union(data) => {
            visitor
                .errors
                .at(data.union_token, "a union cannot say which of its fields holds a descriptor\nhelp: use an enum");
            TokenStream::new()
        }
    };
    let held = visitor.held;
    if held.is_empty() && errors.is_empty() {
        errors.at(
            &input.ident,
            format!(
                "`{}` has no field that holds a descriptor\nhelp: remove `Holds` from the derived traits",
                input.ident
            ),
        );
    }
    if !errors.is_empty() {
        return errors.into_tokens();
    }
    implementation(&input, &runtime, &held, &body)
}

/// The `impl`, with one more parameter for each type parameter that holds descriptors: how it holds them.
fn implementation(input: &DeriveInput, runtime: &TokenStream, held: &[Type], body: &TokenStream) -> TokenStream {
    let name = &input.ident;
    let mut generics = input.generics.clone();
    let mut ways = Vec::new();
    for parameter in input.generics.type_params() {
        let parameter = &parameter.ident;
        if held.iter().any(|ty| mentions(ty, parameter)) {
            let way = format_ident!("__Via{}", parameter, span = Span::mixed_site());
            generics.params.push(syn::parse_quote!(#way));
            generics.make_where_clause().predicates.push(syn::parse_quote!(#parameter: #runtime::Descriptors<#way>));
            ways.push(way);
        }
    }
    let via = if ways.is_empty() { quote!(Own) } else { quote!(Derived<(#(#ways,)*)>) };
    let (generics, _, bounds) = generics.split_for_impl();
    let (_, arguments, _) = input.generics.split_for_impl();
    quote! {
        #[automatically_derived]
        impl #generics #runtime::Holds<#runtime::via::#via> for #name #arguments #bounds {
            fn each(&self, __sandbox_visit: &mut dyn ::core::ops::FnMut(::std::os::fd::BorrowedFd<'_>)) {
                <Self as #runtime::Holds<#runtime::via::#via>>::fields(self, &mut |_, held| __sandbox_visit(held));
            }

            fn fields(
                &self,
                __sandbox_visit: &mut dyn ::core::ops::FnMut(&'static ::core::primitive::str, ::std::os::fd::BorrowedFd<'_>),
            ) {
                match self { #body }
            }
        }
    }
}

struct Visitor<'a> {
    runtime: &'a TokenStream,
    errors: &'a mut Errors,
    /// The types of the fields that hold descriptors.
    held: Vec<Type>,
}

impl Visitor<'_> {
    /// A match arm that visits the fields of one variant, by their names where declarations can name them.
    fn fields(&mut self, path: &TokenStream, fields: &Fields, named: bool) -> TokenStream {
        let mut patterns = Vec::new();
        let mut visits = Vec::new();
        for (place, field) in fields.iter().enumerate() {
            if self.skipped(field) {
                continue;
            }
            let runtime = self.runtime;
            let (first, last) = ends(&field.ty);
            let local = format_ident!("__sandbox_{}", place, span = first);
            let member = match &field.ident {
                Some(name) => name.to_token_stream(),
                None => syn::Index::from(place).to_token_stream(),
            };
            patterns.push(quote!(#member: #local));
            let held = quote_spanned!(first=> #runtime::checks::HeldField);
            let method = Ident::new("visit", last);
            let mut value = local.clone();
            value.set_span(last);
            let value = quote_spanned!(first=> &*#value);
            let name = if named { member.to_string() } else { String::new() };
            visits.push(quote!(#held::#method(#value, &mut |held| __sandbox_visit(#name, held));));
            self.held.push(field.ty.clone());
        }
        quote!(#path { #(#patterns,)* .. } => { #(#visits)* })
    }

    /// Whether the field is marked `#[holds(skip)]`.
    fn skipped(&mut self, field: &Field) -> bool {
        let mut skipped = false;
        for attr in field.attrs.iter().filter(|attr| attr.path().is_ident("holds")) {
            let marked = attr.parse_nested_meta(|meta| {
                if meta.path.is_ident("skip") {
                    skipped = true;
                    Ok(())
                } else {
                    Err(meta.error("expected `skip`\nhelp: write `#[holds(skip)]`"))
                }
            });
            if let Err(error) = marked {
                self.errors.push(error);
            }
        }
        skipped
    }
}

/// `#[holds(crate = PATH)]`.
fn crate_path(attr: &Attribute) -> syn::Result<Path> {
    let mut path = None;
    attr.parse_nested_meta(|meta| {
        if meta.path.is_ident("crate") {
            path = Some(meta.value()?.call(Path::parse_mod_style)?);
            Ok(())
        } else {
            Err(meta.error("expected `crate = PATH`\nhelp: `skip` stands on a field"))
        }
    })?;
    path.ok_or_else(|| syn::Error::new_spanned(attr, "expected `crate = PATH`"))
}

fn mentions(ty: &Type, name: &Ident) -> bool {
    crate::expand::mentions(ty, &name.to_string())
}

fn ends(ty: &Type) -> (Span, Span) {
    let (first, last) = crate::expand::ends(ty);
    (Span::mixed_site().located_at(first), Span::mixed_site().located_at(last))
}
