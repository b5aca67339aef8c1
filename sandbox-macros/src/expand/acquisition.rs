//! `NAME = EXPR => RIGHTS`: what runs before entry and what is asked about it.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use sandbox_policy::vocabulary::Access;
use syn::ext::IdentExt;
use syn::{Expr, Index, Type};

use super::local;
use super::prologue::Prologue;
use super::spans::{at, ends, located, mentions};
use crate::parse::Rights;

impl Prologue<'_> {
    /// `NAME = EXPR => RIGHTS`.
    pub(super) fn acquire(
        &self,
        mutability: Option<&syn::Token![mut]>,
        name: &Ident,
        ty: Option<&Type>,
        expr: &Expr,
        rights: &Rights,
    ) -> TokenStream {
        let (runtime, function) = (self.runtime, self.function);
        let caret = ends(expr);
        // A builder's type is ours; what the user names is what it opens.
        let (raw_type, opened_type) = match ty {
            Some(ty) if is_builder(expr) => (None, Some(ty)),
            Some(ty) => (Some(quote!(: #ty)), None),
            None => (None, None),
        };
        let value = local("value").to_token_stream();
        let (opened, bound_type) = match opened_type {
            // `log: Cap<File> = open(…)`: the file as a handle, whose marker the type leaves open.
            Some(ty) if mentions(ty, "Cap") => (quote!(<#ty as ::core::convert::From<_>>::from(#value)), None),
            Some(ty) => (value.clone(), Some(quote!(: #ty))),
            None => (value.clone(), None),
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
                .__sandbox_acquire(#raw.0, #function, #label, #runtime::__private::Access { read: #read, write: #write })
        }};
        let seen = self.see(&value, name, rights, caret.0);
        let seen = quote!({ let #value = #opened; #seen });
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
            let #mutability #name #bound_type = #bound;
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
                #runtime::checks::#question::check((&&#runtime::__private::Probe::of(&#raw.0)).#method());
            }}
        };
        if !access.is_any() {
            question("SaysHowToOpen", "Opens", "__sandbox_opens")
        } else if !access.write {
            question("SaysWrite", "Writes", "__sandbox_writes")
        } else {
            TokenStream::new()
        }
    }
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
