//! The prologue: acquisitions in order, the questions to the type checker, and the one call that enters.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use sandbox_policy::vocabulary::Access;
use syn::ext::IdentExt;
use syn::{Expr, Index, Type};

use super::failure::Failure;
use super::markers::{accepts_kind, accepts_value, marker, name_of};
use super::spans::{at, borrow, ends, located, mentions};
use super::{local, policy};
use crate::check::stream;
use crate::parse::{Binding, Declaration, Entry, Parameter, Place, Rights, Scope};

pub(super) struct Prologue<'a> {
    /// The path of the runtime crate.
    pub(super) runtime: &'a TokenStream,
    pub(super) failure: &'a Failure,
    pub(super) scope: &'a Scope,
}

/// An entry's part of the prologue.
struct Part {
    statements: TokenStream,
    /// An expression for the descriptors, if it is a resource.
    descriptors: Option<TokenStream>,
}

impl Prologue<'_> {
    /// The statements that stand before the body; the process is confined behind them.
    pub(super) fn statements(&self, declaration: &Declaration, name: &TokenStream) -> TokenStream {
        let (before, enter) = self.parts(declaration, name);
        let entered = self.failure.unwrap(&enter, &quote!(()), &quote!({}));
        quote!(#before #entered)
    }

    /// The same as an expression of type `Result`; for declarations that bind nothing.
    pub(super) fn expression(&self, declaration: &Declaration, name: &TokenStream) -> TokenStream {
        let (before, enter) = self.parts(declaration, name);
        quote!({ #before #enter })
    }

    fn parts(&self, declaration: &Declaration, name: &TokenStream) -> (TokenStream, TokenStream) {
        let runtime = self.runtime;
        let undeclared = self.scope.parameters.iter().map(|parameter| self.undeclared(parameter, declaration));
        let undeclared: TokenStream = undeclared.collect();
        let parts: Vec<Part> = declaration.entries.iter().map(|entry| self.entry(entry)).collect();
        let statements = parts.iter().map(|part| &part.statements);
        let descriptors = parts.iter().filter_map(|part| part.descriptors.as_ref());
        let policy = policy::reference(declaration, name, runtime);
        (quote!(#undeclared #(#statements)*), quote!(#runtime::__private::enter(#policy, &[#(#descriptors),*])))
    }

    fn entry(&self, entry: &Entry) -> Part {
        match entry {
            Entry::Let { pat, ty, expr } => {
                let ty = ty.as_ref().map(|ty| quote!(: #ty));
                Part { statements: quote!(let #pat #ty = #expr;), descriptors: None }
            }
            Entry::Limit { place, rights } => match stream(&place.root) {
                Some(number) => self.stream(number, rights),
                None => self.place(place, rights),
            },
            Entry::Acquire { mutability, name, ty, expr, rights } => {
                let statements = self.acquire(mutability.as_ref(), name, ty.as_ref(), expr, rights);
                let value = borrow(name, &[], (name.span(), name.span()));
                let accepts = accepts_value(&value, rights, self.runtime);
                let runtime = self.runtime;
                // That it is a resource has been asked already.
                let descriptors = quote! {{
                    #[allow(unused_imports)]
                    use #runtime::__private::{NumbersNone as _, NumbersSome as _};
                    (&&#runtime::__private::Probe::of(#value)).numbers(#value)
                }};
                Part { statements: quote!(#statements #accepts), descriptors: Some(descriptors) }
            }
        }
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
    fn place(&self, place: &Place, rights: &Rights) -> Part {
        let Place { root, path } = place;
        let parameter = self.scope.find(root);
        let whole = parameter.filter(|_| path.is_empty());
        let ty = whole.and_then(|binding| binding.ty.as_ref());
        let statements = match (whole, ty) {
            (Some(binding), Some(ty)) if mentions(ty, "Cap") => self.see_parameter(binding, rights),
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

    fn descriptors(&self, value: &TokenStream, (first, last): (Span, Span)) -> TokenStream {
        let runtime = located(self.runtime, first);
        let start = quote_spanned!(at(first)=> #runtime::Descriptors::);
        let method = Ident::new("numbers", at(last));
        quote_spanned!(at(last)=> #start #method(#value))
    }

    /// `NAME = EXPR => RIGHTS`.
    fn acquire(
        &self,
        mutability: Option<&syn::Token![mut]>,
        name: &Ident,
        ty: Option<&Type>,
        expr: &Expr,
        rights: &Rights,
    ) -> TokenStream {
        let runtime = self.runtime;
        let caret = ends(expr);
        // A builder's type is ours; what the user names is what it opens.
        let (raw_type, opened_type) = match ty {
            Some(ty) if is_builder(expr) => (None, Some(quote!(: #ty))),
            Some(ty) => (Some(quote!(: #ty)), None),
            None => (None, None),
        };
        let raw = local("raw");
        let questions = self.questions(&raw, name, caret, rights);
        let determined = quote_spanned!(at(name.span())=> #name.__sandbox_determined(););
        let label = name.unraw().to_string();
        let Access { read, write } = Access::of(rights.set());
        let acquired = quote! {{
            #[allow(unused_imports)]
            use #runtime::__private::{AcquiresNone as _, AcquiresSome as _};
            (&&#runtime::__private::Probe::of(&#raw.0))
                .acquire(#raw.0, #label, #runtime::__private::Access { read: #read, write: #write })
        }};
        let value = local("value").to_token_stream();
        let seen = self.see(&value, name, rights, caret.0);
        let bound = self.failure.unwrap(&acquired, &value, &seen);
        // First under the user's own name, so that rustc's advice to give it a type can be followed.
        quote! {
            let #name #raw_type = #expr;
            {
                #[allow(unused_imports)]
                use #runtime::__private::Determined as _;
                #determined
            }
            let #raw = (#name,);
            #questions
            let #mutability #name #opened_type = #bound;
        }
    }

    /// That what is acquired is a resource; and if a builder made it, that the rights say how to open it.
    fn questions(&self, raw: &Ident, name: &Ident, (first, last): (Span, Span), rights: &Rights) -> TokenStream {
        let builder = self.builder_question(raw, name, rights);
        let runtime = located(self.runtime, first);
        let index = Index { index: 0, span: at(last) };
        let mut value = raw.clone();
        value.set_span(at(first));
        let and = quote_spanned!(at(first)=> &);
        let path = quote_spanned!(at(first)=> #runtime::Acquire::);
        let check = Ident::new("check", at(last));
        let resource = quote_spanned!(at(last)=> #path #check(#and #value.#index););
        quote!(#resource #builder)
    }

    /// That the rights say how a builder opens its file.
    fn builder_question(&self, raw: &Ident, name: &Ident, rights: &Rights) -> TokenStream {
        let access = Access::of(rights.set());
        let caret = rights.first().map_or(name.span(), Ident::span);
        let (place, runtime) = (at(caret), located(self.runtime, caret));
        let question = |question: &str, asked: &str, method: &str| {
            let [question, asked, method] = [question, asked, method].map(|name| Ident::new(name, place));
            let any = Ident::new(&format!("Any{asked}"), place);
            quote_spanned! {place=> {
                #[allow(unused_imports)]
                use #runtime::__private::{#any as _, #asked as _};
                #runtime::__private::#question::check((&&#runtime::__private::Probe::of(&#raw.0)).#method());
            }}
        };
        if !access.is_any() {
            question("SaysHowToOpen", "Opens", "opens")
        } else if !access.write {
            question("SaysWrite", "Writes", "writes")
        } else {
            TokenStream::new()
        }
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
    fn see(&self, value: &TokenStream, name: &Ident, rights: &Rights, caret: Span) -> TokenStream {
        let runtime = self.runtime;
        let probe = local("probe");
        let marker_name = name_of(name);
        let marker = marker(name, rights, runtime);
        let there = located(runtime, caret);
        let seen = quote_spanned! {at(caret)=>
            (&&#probe).see(#there::__private::Marker::<#marker_name>::NEW, #value)
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

    /// That a parameter which the declaration does not name holds no descriptors.
    fn undeclared(&self, parameter: &Parameter, declaration: &Declaration) -> TokenStream {
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
            Some(name) if name == "self" => (None, quote_spanned!(place=> #there::__private::DeclaredSelf)),
            Some(name) => (Some(name_of(name)), quote_spanned!(place=> #there::__private::Declared)),
            None => (None, quote_spanned!(place=> #there::__private::DeclaredPattern)),
        };
        let subject = marker.as_ref().map_or_else(|| quote!(()), ToTokens::to_token_stream);
        let marker = marker.map(|marker| quote!(#[allow(non_camel_case_types, dead_code)] enum #marker {}));
        let ask = quote_spanned!(place=> <#subject as #question<_>>::check((&&#held).held()););
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

/// Whether an expression is `open(…)` or `dir(…)` with what may follow it.
fn is_builder(expr: &Expr) -> bool {
    match expr {
        Expr::MethodCall(call) => is_builder(&call.receiver),
        Expr::Paren(paren) => is_builder(&paren.expr),
        Expr::Call(call) => match &*call.func {
            Expr::Path(path) => {
                let names: Vec<String> = path.path.segments.iter().map(|segment| segment.ident.to_string()).collect();
                match &names[..] {
                    [name] => name == "open" || name == "dir",
                    [.., home, name] => (name == "open" || name == "dir") && home.starts_with(char::is_lowercase),
                    [] => false,
                }
            }
            _ => false,
        },
        _ => false,
    }
}
