//! The annotated function itself: its qualifiers, its other attributes, its parameters' names.

use quote::ToTokens;
use syn::Attribute;

use super::stream;
use crate::parse::{Function, Scope};
use crate::report::Errors;

pub(crate) fn function(function: &Function, scope: &Scope, errors: &mut Errors) {
    let Function { attrs, vis: _, defaultness: _, sig, body } = function;
    if let Some(token) = &sig.asyncness {
        errors.at(token, asynchronous(attrs));
    }
    if let Some(token) = &sig.constness {
        errors.at(
            token,
            "a `const fn` cannot be sandboxed: it may run in the compiler\nhelp: sandbox the function that calls it",
        );
    }
    if let Some(abi) = &sig.abi {
        errors.at(
            abi,
            "an `extern` function cannot be sandboxed: its caller knows nothing of errors\nhelp: sandbox a function that it calls",
        );
    }
    if body.is_none() {
        errors.at(
            &sig.ident,
            "a function without a body cannot be sandboxed\nhelp: put `#[sandboxed(…)]` above the function in each `impl`",
        );
    }
    for attr in attrs {
        attribute(attr, errors);
    }
    for binding in scope.bindings() {
        if stream(&binding.name).is_some() {
            let name = &binding.name;
            errors.at(
                name,
                format!("a parameter cannot be named `{name}`: in a declaration that is the standard stream\nhelp: give the parameter another name"),
            );
        }
    }
}

fn attribute(attr: &Attribute, errors: &mut Errors) {
    let Some(last) = attr.path().segments.last() else { return };
    if attr.path().is_ident("test") {
        errors.at(
            attr.path(),
            "a test shares its process with other tests, and confinement is for the whole process\nhelp: call the sandboxed function inside `sandbox_rt::testing::confined(|| …)`",
        );
    }
    if last.ident == "sandboxed" {
        errors.at(attr.path(), "a function is sandboxed once\nhelp: join both declarations into one `#[sandboxed(…)]`");
    }
}

/// The message for `async`, which depends on whether an attribute below makes a plain function of it.
fn asynchronous(attrs: &[Attribute]) -> String {
    let starts = attrs.iter().find(|attr| {
        attr.path().segments.len() > 1 && attr.path().segments.last().is_some_and(|last| last.ident == "main")
    });
    match starts {
        Some(attr) => {
            let path = attr.path().to_token_stream().to_string().replace(' ', "");
            format!(
                "an `async fn` cannot be sandboxed\nhelp: put `#[sandboxed(…)]` below `#[{path}]`, which makes a plain function of it"
            )
        }
        None => "an `async fn` cannot be sandboxed: its body runs later, on threads that it does not choose\nhelp: sandbox the plain function that starts the runtime".into(),
    }
}
