//! One entry of `fds(…)`: `let …`, `PLACE = RIGHTS` or `NAME = EXPR => RIGHTS`.

use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use sandbox_policy::vocabulary::{find, suggest};
use syn::ext::IdentExt;
use syn::parse::ParseStream;
use syn::{Error, Expr, Index, LitFloat, Member, Pat, Result, Token, Type};

use super::list::{arrow_ahead, shown};
use super::{Entry, Place, rights};
use crate::report::Errors;

pub(super) fn parse(input: ParseStream, errors: &mut Errors) -> Result<Entry> {
    if input.peek(Token![let]) {
        return binding(input);
    }
    let mutability: Option<Token![mut]> = input.parse()?;
    let root = root(input)?;
    let path = fields(input)?;
    let place = Place { root, path };
    let ty = ascription(input, &place)?;
    equals(input, &place)?;

    let ahead = input.fork();
    match ahead.parse::<Expr>() {
        Ok(_) if ahead.peek(Token![=>]) => return acquisition(input, errors, mutability, place, ty),
        Ok(expr) if !is_acquisition(&expr) => {}
        Ok(_) if !at_end(&ahead) => {
            let found: TokenTree = ahead.parse()?;
            let (label, found_shown) = (place.label(), shown(&found));
            return Err(Error::new_spanned(
                found,
                format!(
                    "expected `=>` after the expression for `{label}`, found `{found_shown}`\nhelp: write `{label} = EXPR => RIGHTS`"
                ),
            ));
        }
        Ok(expr) => {
            return Err(Error::new_spanned(
                expr,
                format!("`{0}` is acquired, but given no rights\nhelp: write `{0} = … => read`", place.label()),
            ));
        }
        Err(error) if arrow_ahead(input) => return Err(broken_expression(&error, &place.label())),
        Err(_) => {}
    }
    if let Some(token) = mutability {
        errors.at(
            token,
            format!("`mut` stands only before a name that is acquired\nhelp: write `{} = …`", place.label()),
        );
    }
    if let Some(ty) = ty {
        errors
            .at(ty, format!("a type stands only behind a name that is acquired\nhelp: write `{} = …`", place.label()));
    }
    Ok(Entry::Limit { place, rights: rights::parse(input, errors)? })
}

/// `let PAT [: TYPE] = EXPR`.
fn binding(input: ParseStream) -> Result<Entry> {
    input.parse::<Token![let]>()?;
    let pat = Pat::parse_single(input)?;
    let ty = if input.peek(Token![:]) {
        input.parse::<Token![:]>()?;
        Some(input.parse()?)
    } else {
        None
    };
    let name = pat.to_token_stream().to_string();
    if !input.peek(Token![=]) {
        return Err(Error::new_spanned(pat, format!("`{name}` has no value\nhelp: write `let {name} = EXPR`")));
    }
    input.parse::<Token![=]>()?;
    let expr = input.parse().map_err(|error| broken_expression(&error, &name))?;
    if input.peek(Token![=>]) {
        let arrow: Token![=>] = input.parse()?;
        let help = format!("\nhelp: to grant rights, leave `let` out: `{name} = EXPR => RIGHTS`");
        return Err(Error::new_spanned(arrow, format!("`let` grants no rights{help}")));
    }
    Ok(Entry::Let { pat, ty, expr })
}

/// `NAME [: TYPE] = EXPR => RIGHTS`, behind the `=`.
fn acquisition(
    input: ParseStream,
    errors: &mut Errors,
    mutability: Option<Token![mut]>,
    place: Place,
    ty: Option<Type>,
) -> Result<Entry> {
    let expr: Expr = input.parse()?;
    input.parse::<Token![=>]>()?;
    let rights = rights::parse(input, errors)?;
    if !place.path.is_empty() || place.root == "self" {
        return Err(Error::new_spanned(
            &place.root,
            format!(
                "an acquisition binds a new name, and `{0}` is a field\nhelp: assign it before entry, and write `{0} = RIGHTS`",
                place.label()
            ),
        ));
    }
    Ok(Entry::Acquire { mutability, name: place.root, ty, expr, rights })
}

/// The name that an entry begins with.
fn root(input: ParseStream) -> Result<Ident> {
    if input.peek(Ident::peek_any) {
        return input.call(Ident::parse_any);
    }
    let found: TokenTree = input.parse()?;
    let help = match &found {
        TokenTree::Punct(mark) if matches!(mark.as_char(), '&' | '*') => "\nhelp: write the name alone",
        TokenTree::Literal(text) if text.to_string().starts_with(['"', '\'']) => "\nhelp: names stand without quotes",
        TokenTree::Literal(_) | TokenTree::Punct(_) | TokenTree::Ident(_) | TokenTree::Group(_) => "",
    };
    Err(Error::new_spanned(
        &found,
        format!("expected a parameter, a standard stream or a new name, found `{}`{help}", shown(&found)),
    ))
}

/// `.field`s behind a name. `x.0.1` arrives as `x`, `.`, and the number 0.1.
fn fields(input: ParseStream) -> Result<Vec<Member>> {
    let mut path = Vec::new();
    while input.peek(Token![.]) {
        input.parse::<Token![.]>()?;
        if input.peek(LitFloat) {
            let numbers: LitFloat = input.parse()?;
            for number in numbers.to_string().split('.') {
                let index = number.parse().map_err(|_| Error::new(numbers.span(), "expected the number of a field"))?;
                path.push(Member::Unnamed(Index { index, span: numbers.span() }));
            }
        } else {
            path.push(input.parse()?);
        }
    }
    Ok(path)
}

/// `: TYPE`; that it is followed by `=` is what tells it from a slip of the finger.
fn ascription(input: ParseStream, place: &Place) -> Result<Option<Type>> {
    if !input.peek(Token![:]) || input.peek(Token![::]) {
        return Ok(None);
    }
    let colon: Token![:] = input.parse()?;
    let ty: Type = input.parse()?;
    if input.peek(Token![=]) {
        return Ok(Some(ty));
    }
    let label = place.label();
    let rights = Some(quote!(#ty).to_string()).filter(|text| find(text).is_some()).unwrap_or("RIGHTS".into());
    Err(Error::new_spanned(colon, format!("expected `=` after `{label}`\nhelp: write `{label} = {rights}`")))
}

/// The `=` behind a place.
fn equals(input: ParseStream, place: &Place) -> Result<()> {
    if input.peek(Token![=]) && !input.peek(Token![=>]) && !input.peek(Token![==]) {
        input.parse::<Token![=]>()?;
        return Ok(());
    }
    let label = place.label();
    if at_end(input) {
        let message = if find(&label).is_some() {
            format!(
                "expected `NAME = RIGHTS`, found the right `{label}`\nhelp: rights of one resource are joined with `+`: `… + {label}`"
            )
        } else {
            format!(
                "`{label}` has no rights\nhelp: write `{label} = read`, or `{label} = none` to take everything away"
            )
        };
        return Err(Error::new_spanned(&place.root, message));
    }
    let found: TokenTree = input.fork().parse()?;
    Err(Error::new(found.span(), format!("expected `=` after `{label}`\nhelp: write `{label} = RIGHTS`")))
}

fn at_end(input: ParseStream) -> bool {
    input.is_empty() || input.peek(Token![,])
}

fn broken_expression(error: &Error, name: &str) -> Error {
    let span: Span = error.span();
    Error::new(span, format!("the expression for `{name}` is not valid Rust here: {error}"))
}

/// Whether an expression cannot have been meant as rights.
fn is_acquisition(expr: &Expr) -> bool {
    match expr {
        Expr::Binary(both) => is_acquisition(&both.left) || is_acquisition(&both.right),
        Expr::Path(path) => path.path.segments.len() > 1,
        Expr::Field(field) => is_acquisition(&field.base),
        Expr::Call(call) => match &*call.func {
            Expr::Path(function) => function.path.get_ident().is_none_or(|name| {
                let name = name.to_string();
                let rows = sandbox_policy::vocabulary::rows().map(|row| row.name);
                find(&name).is_none() && (name == "open" || name == "dir" || suggest::near(&name, rows).is_none())
            }),
            _ => true,
        },
        Expr::Lit(_) | Expr::Array(_) | Expr::Tuple(_) | Expr::Paren(_) | Expr::Group(_) | Expr::Unary(_) => false,
        _ => true,
    }
}

/// The names that an entry would bind or limit, as far as can be seen without understanding it.
pub(super) fn attempted(input: ParseStream) -> Vec<String> {
    fn words(tokens: TokenStream, found: &mut Vec<String>) {
        for token in tokens {
            match token {
                TokenTree::Ident(word) => found.push(word.to_string()),
                TokenTree::Group(group) => words(group.stream(), found),
                TokenTree::Punct(_) | TokenTree::Literal(_) => {}
            }
        }
    }
    let ahead = input.fork();
    let mut found = Vec::new();
    while !ahead.is_empty() && !ahead.peek(Token![,]) && !ahead.peek(Token![=]) {
        match ahead.parse::<TokenTree>() {
            Ok(token) => words(token.into(), &mut found),
            Err(_) => break,
        }
    }
    found
}
