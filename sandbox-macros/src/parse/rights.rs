//! `RIGHTS`: a chain of names joined with `+`, or `none`, or `hold`.

use proc_macro2::{Delimiter, Ident, TokenStream, TokenTree};
use syn::ext::IdentExt;
use syn::parse::{ParseBuffer, ParseStream};
use syn::punctuated::Punctuated;
use syn::{Error, Expr, Result, Token, parenthesized, token};

use super::list::shown;
use crate::report::Errors;

/// What may be done with a resource.
pub(crate) enum Rights {
    /// `none`: undeclared, said aloud.
    None(Ident),
    /// `hold`: kept open, and nothing else.
    Hold(Ident),
    /// The named rights.
    List(Vec<Right>),
}

/// One right with its list, if it has one.
pub(crate) struct Right {
    pub(crate) name: Ident,
    pub(crate) list: Option<List>,
}

/// What stands in parentheses behind a right.
pub(crate) enum List {
    /// `ioctl(CONST, …)`.
    Requests(Vec<Expr>),
    /// `fcntl(name, …)`.
    Commands(Vec<Ident>),
    /// `accept(RIGHTS)`.
    Minted(Box<Rights>),
    /// A list where none belongs.
    Unexpected,
}

impl Rights {
    /// The named rights; none for `none` and `hold`.
    pub(crate) fn list(&self) -> &[Right] {
        match self {
            Self::None(_) | Self::Hold(_) => &[],
            Self::List(rights) => rights,
        }
    }

    /// The set that the names mean.
    pub(crate) fn set(&self) -> sandbox_policy::Rights {
        let names: Vec<String> = self.list().iter().map(Right::text).collect();
        sandbox_policy::check::union(names.iter().map(String::as_str))
    }

    /// The rights of what it mints, if they are said.
    pub(crate) fn minted(&self) -> Option<&Rights> {
        self.list().iter().find_map(|right| match &right.list {
            Some(List::Minted(minted)) => Some(&**minted),
            Some(List::Requests(_) | List::Commands(_) | List::Unexpected) | None => None,
        })
    }

    /// The first word.
    pub(crate) fn first(&self) -> Option<&Ident> {
        match self {
            Self::None(word) | Self::Hold(word) => Some(word),
            Self::List(rights) => rights.first().map(|right| &right.name),
        }
    }
}

impl Right {
    /// The name without `r#`.
    pub(crate) fn text(&self) -> String {
        self.name.unraw().to_string()
    }
}

pub(super) fn parse(input: ParseStream, errors: &mut Errors) -> Result<Rights> {
    let mut rights = Vec::new();
    loop {
        if input.is_empty() || input.peek(Token![,]) {
            if rights.is_empty() {
                return Err(input.error("expected rights\nhelp: join them with `+`: `read + seek`, or say `none`"));
            }
            // A trailing `+`, as `$($right +)*` makes it.
            break;
        }
        if !input.peek(Ident::peek_any) {
            return Err(not_a_name(&input.parse()?));
        }
        let name = input.call(Ident::parse_any)?;
        if rights.is_empty() && (input.is_empty() || input.peek(Token![,])) {
            if name == "none" {
                return Ok(Rights::None(name));
            }
            if name == "hold" {
                return Ok(Rights::Hold(name));
            }
        }
        let list = if input.peek(token::Paren) {
            let content;
            parenthesized!(content in input);
            Some(list(&name, &content, errors)?)
        } else {
            None
        };
        rights.push(Right { name, list });
        if input.peek(Token![+]) && !input.peek(Token![+=]) {
            input.parse::<Token![+]>()?;
        } else if let Some(joint) = wrong_joint(input)? {
            errors.at(&joint, format!("rights are joined with `+`, not `{joint}`"));
        } else {
            break;
        }
    }
    Ok(Rights::List(rights))
}

/// The list behind the right `name`.
fn list(name: &Ident, content: &ParseBuffer<'_>, errors: &mut Errors) -> Result<List> {
    let empty = |example: &str| {
        Error::new(
            name.span(),
            format!("the list of `{name}` is empty\nhelp: write `{example}`, or leave `{name}` out"),
        )
    };
    match name.to_string().as_str() {
        "ioctl" if content.is_empty() => Err(empty("ioctl(libc::TIOCGWINSZ)")),
        "fcntl" if content.is_empty() => Err(empty("fcntl(getfl, setfl)")),
        "accept" if content.is_empty() => Err(empty("accept(read + write)")),
        "ioctl" => Ok(List::Requests(Punctuated::<Expr, Token![,]>::parse_terminated(content)?.into_iter().collect())),
        "fcntl" => {
            let names = content.parse_terminated(
                |input: ParseStream| {
                    if input.peek(Ident::peek_any) {
                        input.call(Ident::parse_any)
                    } else {
                        Err(input.error("expected `getfl`, `setfl`, `getown` or `setown`"))
                    }
                },
                Token![,],
            )?;
            Ok(List::Commands(names.into_iter().collect()))
        }
        "accept" => {
            let minted = parse(content, errors)?;
            if content.is_empty() {
                Ok(List::Minted(Box::new(minted)))
            } else {
                let found: TokenTree = content.parse()?;
                Err(Error::new_spanned(
                    &found,
                    format!("expected `+` or the end of the list, found `{}`", shown(&found)),
                ))
            }
        }
        _ => content.parse::<TokenStream>().map(|_| List::Unexpected),
    }
}

/// `|`, `||`, `&` or `&&` where `+` belongs.
fn wrong_joint(input: ParseStream) -> Result<Option<TokenStream>> {
    macro_rules! joint {
        ($($mark:tt)*) => {
            $(if input.peek(Token![$mark]) {
                let mark: Token![$mark] = input.parse()?;
                return Ok(Some(quote::quote!(#mark)));
            })*
        };
    }
    joint!(|| && | &);
    Ok(None)
}

/// What stands where the name of a right belongs.
fn not_a_name(found: &TokenTree) -> Error {
    let help = match found {
        TokenTree::Literal(literal) if literal.to_string().starts_with(['"', '\'']) => {
            format!("\nhelp: rights are names, without quotes: `{}`", joined(literal.to_string().trim_matches('"')))
        }
        TokenTree::Group(group) if group.delimiter() != Delimiter::None => {
            format!("\nhelp: rights are joined with `+`, without brackets: `{}`", joined(&group.stream().to_string()))
        }
        TokenTree::Literal(_) | TokenTree::Group(_) | TokenTree::Ident(_) | TokenTree::Punct(_) => String::new(),
    };
    Error::new_spanned(found, format!("expected the name of a right, found `{}`{help}", shown(found)))
}

/// The words of a list as a chain.
fn joined(text: &str) -> String {
    let words = text.split(|c: char| !c.is_alphanumeric() && c != '_').filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join(" + ")
}
