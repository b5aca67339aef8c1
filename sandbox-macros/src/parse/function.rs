//! The annotated function: its signature parsed, its body and attributes kept as the user's tokens.

use proc_macro2::{Delimiter, Group, Ident};
use syn::parse::{Parse, ParseStream};
use syn::{Attribute, FnArg, Pat, Receiver, ReceiverKind, Result, Signature, Token, Type, Visibility, parse_quote};

/// A function as it was written.
pub(crate) struct Function {
    pub(crate) attrs: Vec<Attribute>,
    pub(crate) vis: Visibility,
    pub(crate) defaultness: Option<Token![default]>,
    pub(crate) sig: Signature,
    /// Nothing for a declaration that ends in `;`.
    pub(crate) body: Option<Group>,
}

impl Parse for Function {
    fn parse(input: ParseStream) -> Result<Self> {
        let attrs = input.call(Attribute::parse_outer)?;
        let vis = input.parse()?;
        let defaultness = input.parse()?;
        let sig = input.parse()?;
        let body = if input.peek(Token![;]) {
            input.parse::<Token![;]>()?;
            None
        } else {
            Some(input.parse::<Group>()?)
        };
        if let Some(body) = &body
            && body.delimiter() != Delimiter::Brace
        {
            return Err(syn::Error::new(body.span(), "expected the body of the function"));
        }
        if !input.is_empty() {
            return Err(input.error("expected the end of the function"));
        }
        Ok(Self { attrs, vis, defaultness, sig, body })
    }
}

/// What a function has before its body: its parameters.
#[derive(Default)]
pub(crate) struct Scope {
    pub(crate) parameters: Vec<Parameter>,
}

/// One parameter, and the names that its pattern binds.
pub(crate) struct Parameter {
    /// Its `#[cfg]`s.
    pub(crate) conditions: Vec<Attribute>,
    pub(crate) ty: Type,
    pub(crate) bindings: Vec<Binding>,
}

/// A name that a parameter binds.
pub(crate) struct Binding {
    pub(crate) name: Ident,
    pub(crate) mutability: Option<Token![mut]>,
    /// Its type, where the pattern does not hide it.
    pub(crate) ty: Option<Type>,
}

impl Scope {
    pub(crate) fn of(sig: &Signature) -> Self {
        let parameters = sig.inputs.iter().map(|input| match input {
            FnArg::Receiver(receiver) => {
                let name = Ident::new("self", receiver.self_token.span);
                Parameter {
                    conditions: conditions(&receiver.attrs),
                    ty: receiver_type(receiver),
                    bindings: vec![Binding { name, mutability: None, ty: None }],
                }
            }
            FnArg::Typed(typed) => {
                let mut bindings = Vec::new();
                names(&typed.pat, Some(&typed.ty), &mut bindings);
                Parameter { conditions: conditions(&typed.attrs), ty: (*typed.ty).clone(), bindings }
            }
        });
        Self { parameters: parameters.collect() }
    }

    pub(crate) fn bindings(&self) -> impl Iterator<Item = &Binding> {
        self.parameters.iter().flat_map(|parameter| &parameter.bindings)
    }

    pub(crate) fn find(&self, name: &Ident) -> Option<&Binding> {
        self.bindings().find(|binding| binding.name == *name)
    }
}

fn receiver_type(receiver: &Receiver) -> Type {
    match &receiver.kind {
        ReceiverKind::Reference(and, lifetime, mutability) => parse_quote!(#and #lifetime #mutability Self),
        ReceiverKind::Typed(_, ty) => (**ty).clone(),
        _ => parse_quote!(Self),
    }
}

fn conditions(attrs: &[Attribute]) -> Vec<Attribute> {
    attrs.iter().filter(|attr| attr.path().is_ident("cfg")).cloned().collect()
}

/// The names that a pattern binds, with their types where they can be seen.
pub(crate) fn names(pat: &Pat, ty: Option<&Type>, found: &mut Vec<Binding>) {
    match pat {
        Pat::Ident(ident) => {
            let ty = ty.filter(|_| ident.by_ref.is_none()).cloned();
            found.push(Binding { name: ident.ident.clone(), mutability: ident.mutability, ty });
            if let Some((_, inner)) = &ident.subpat {
                names(inner, None, found);
            }
        }
        Pat::Tuple(tuple) => {
            let types = match ty {
                Some(Type::Tuple(types)) if types.elems.len() == tuple.elems.len() => Some(&types.elems),
                _ => None,
            };
            for (place, element) in tuple.elems.iter().enumerate() {
                names(element, types.map(|types| &types[place]), found);
            }
        }
        Pat::Paren(paren) => names(&paren.pat, ty, found),
        Pat::Type(typed) => names(&typed.pat, Some(&typed.ty), found),
        Pat::Reference(reference) => names(&reference.pat, None, found),
        Pat::TupleStruct(pattern) => pattern.elems.iter().for_each(|element| names(element, None, found)),
        Pat::Struct(pattern) => pattern.fields.iter().for_each(|field| names(&field.pat, None, found)),
        Pat::Slice(pattern) => pattern.elems.iter().for_each(|element| names(element, None, found)),
        // The rest binds nothing, or is refused by rustc where parameters stand.
        _ => {}
    }
}
