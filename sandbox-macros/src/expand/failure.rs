//! What happens when entry fails: the error is returned if the return type can carry it, else the process exits.

use proc_macro2::{Ident, TokenStream};
use quote::quote;
use syn::{GenericArgument, PathArguments, ReturnType, Type, parse_quote};

use super::local;
use super::spans::mentions;

/// An expression of type `!` that uses the error bound as [`Failure::error`].
pub(super) struct Failure {
    leave: TokenStream,
}

impl Failure {
    /// Prints and exits.
    pub(super) fn exit(runtime: &TokenStream) -> Self {
        let error = Self::error();
        Self { leave: quote!(#runtime::__private::exit(&#error)) }
    }

    /// As the return type permits; which of the three ways it is, is decided by method resolution on the type itself.
    pub(super) fn of(output: &ReturnType, runtime: &TokenStream) -> Self {
        let ReturnType::Type(_, ty) = output else { return Self::exit(runtime) };
        if matches!(**ty, Type::Never(_)) {
            return Self::exit(runtime);
        }
        if !mentions(ty, "impl") {
            let outcome = outcome(ty, runtime);
            return Self { leave: quote!(return #outcome) };
        }
        // `impl Trait` cannot be named in an expression: what stands for `Ok` is replaced, and never made.
        let Some(named) = without_impl(ty) else { return Self::exit(runtime) };
        let outcome = outcome(&named, runtime);
        let (ok, error) = (local("ok"), local("returned"));
        Self {
            leave: quote! {
                match #outcome {
                    ::core::result::Result::Err(#error) => return ::core::result::Result::Err(#error),
                    ::core::result::Result::Ok(#ok) => match #ok {},
                }
            },
        }
    }

    /// The name under which the error is bound.
    pub(super) fn error() -> Ident {
        local("error")
    }

    /// `match RESULT { Ok(value) => VALUE, Err(error) => leave }`.
    pub(super) fn unwrap(&self, result: &TokenStream, value: &TokenStream, then: &TokenStream) -> TokenStream {
        let (error, leave) = (Self::error(), &self.leave);
        quote! {
            match #result {
                ::core::result::Result::Ok(#value) => #then,
                ::core::result::Result::Err(#error) => #leave,
            }
        }
    }
}

fn outcome(ty: &Type, runtime: &TokenStream) -> TokenStream {
    let error = Failure::error();
    quote! {{
        #[allow(unused_imports)]
        use #runtime::__private::{Exits as _, ReturnsError as _, ReturnsIo as _};
        (&&&#runtime::__private::Outcome::<#ty>::NEW).__sandbox_fail(#error)
    }}
}

/// `Result<impl Trait, E>` as `Result<Infallible, E>`.
fn without_impl(ty: &Type) -> Option<Type> {
    let mut ty = ty.clone();
    let Type::Path(path) = &mut ty else { return None };
    let last = path.path.segments.last_mut()?;
    let PathArguments::AngleBracketed(arguments) = &mut last.arguments else { return None };
    if last.ident != "Result" {
        return None;
    }
    let ok = arguments.args.first_mut()?;
    *ok = GenericArgument::Type(parse_quote!(::core::convert::Infallible));
    (!mentions(&ty, "impl")).then_some(ty)
}
