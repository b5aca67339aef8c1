//! The rights of one resource, checked against the vocabulary.

use sandbox_policy::check::{self, Written};
use sandbox_policy::vocabulary::find;
use syn::Signature;

use crate::expand::mentions;
use crate::parse::{List, Right, Rights};
use crate::report::{Errors, did_you_mean};

pub(super) fn check(rights: &Rights, errors: &mut Errors) {
    let list = rights.list();
    let names: Vec<String> = list.iter().map(Right::text).collect();
    let written: Vec<Written<'_>> = list.iter().zip(&names).map(|(right, name)| written(right, name)).collect();
    let mut unknown_commands =
        list.iter().filter_map(commands).flatten().filter(|name| check::fcntl(&name.to_string()).is_none());
    for mut diagnostic in check::rights(&written) {
        if diagnostic.id == "unknown-fcntl" {
            // In the order of the commands, which the diagnostic itself does not point at.
            if let Some(command) = unknown_commands.next() {
                let plain = command.to_string().to_lowercase();
                let plain = plain.strip_prefix("f_").unwrap_or(&plain);
                if check::fcntl(plain).is_some() {
                    diagnostic.help = Some(format!("write `{plain}`"));
                }
                errors.diagnostic(command, &diagnostic);
                continue;
            }
        }
        let name = &list[diagnostic.place].name;
        if diagnostic.id == "unknown-right" && diagnostic.help.is_none() {
            let help = did_you_mean(&name.to_string().to_lowercase(), ["none", "hold"].into_iter()).unwrap_or_default();
            errors.at(name, format!("{diagnostic}{help}"));
        } else if diagnostic.id == "unexpected-list" && find(&names[diagnostic.place]).is_none() {
            // The unknown name is reported; what its list would mean is not known.
        } else {
            errors.diagnostic(name, &diagnostic);
        }
    }
    for right in list {
        if let Some(List::Minted(minted)) = &right.list {
            match &**minted {
                Rights::None(word) => errors.at(
                    word,
                    "what is accepted cannot be `none`\nhelp: write `accept(hold)` to grant it nothing, or leave `accept` out",
                ),
                Rights::Hold(_) | Rights::List(_) => check(minted, errors),
            }
        }
    }
}

/// The policy is a `static`, which knows nothing of the function's type parameters.
pub(super) fn check_requests(rights: &Rights, sig: &Signature, errors: &mut Errors) {
    let parameters = sig.generics.type_params().map(|parameter| parameter.ident.to_string()).chain(["Self".to_owned()]);
    let parameters: Vec<String> = parameters.collect();
    for right in rights.list() {
        if let Some(List::Requests(requests)) = &right.list {
            for request in requests {
                for name in parameters.iter().filter(|name| mentions(request, name)) {
                    errors.at(
                        request,
                        format!("a request of `ioctl` cannot depend on `{name}`: it is part of a `static`\nhelp: name the constant itself"),
                    );
                }
            }
        }
    }
}

fn written<'a>(right: &Right, name: &'a str) -> Written<'a> {
    let fcntls = commands(right).map(|names| names.iter().map(ToString::to_string).collect()).unwrap_or_default();
    Written { name, list: right.list.is_some(), fcntls }
}

fn commands(right: &Right) -> Option<&Vec<proc_macro2::Ident>> {
    match &right.list {
        Some(List::Commands(names)) => Some(names),
        Some(List::Requests(_) | List::Minted(_) | List::Unexpected) | None => None,
    }
}
