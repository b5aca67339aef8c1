//! Properties of the macro on token streams: declarations mean what they say, nothing panics, and no function comes out
//! without its prologue unless an error comes with it.

use proc_macro2::{Delimiter, Group, Ident, Literal, Punct, Spacing, Span, TokenStream, TokenTree};
use proptest::prelude::*;
use quote::{ToTokens, quote};
use sandbox_policy::vocabulary::rows;

use crate::parse::{self, Declaration, Entry, List, Rights};
use crate::report::Errors;

/// An entry as the generator means it.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Meant {
    Let { name: String },
    Limit { place: String, rights: MeantRights },
    Acquire { mutable: bool, name: String, typed: bool, expression: String, rights: MeantRights },
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum MeantRights {
    None,
    Hold,
    Named(Vec<String>),
}

fn rights() -> impl Strategy<Value = MeantRights> {
    let names: Vec<&str> = rows().map(|row| row.name).filter(|name| !matches!(*name, "ioctl" | "fcntl")).collect();
    prop_oneof![
        Just(MeantRights::None),
        Just(MeantRights::Hold),
        proptest::sample::subsequence(names, 1..6)
            .prop_map(|names| MeantRights::Named(names.into_iter().map(str::to_owned).collect())),
        (1..4usize).prop_map(|n| {
            let lists = ["ioctl(libc::TIOCGWINSZ, 3)", "fcntl(getfl)", "accept(read + write)", "accept(hold)"];
            MeantRights::Named(lists[..n].iter().map(|list| (*list).to_owned()).collect())
        }),
    ]
}

fn expression() -> impl Strategy<Value = String> {
    proptest::sample::select(vec![
        "open (path)",
        "open (& args . lease) . create (0o600)",
        "File :: open (\"x\") ?",
        "match n { 0 => a , _ => b }",
        "if a < b { c } else { d }",
        "(| a , b | a) (1 , 2)",
        "Config { a : 1 , b : { 2 } }",
        "read",
        "a + b",
        "unsafe { f () }",
    ])
    .prop_map(str::to_owned)
}

fn entry() -> impl Strategy<Value = Meant> {
    prop_oneof![
        any::<u8>().prop_map(|n| Meant::Let { name: format!("l{n}") }),
        (0..6u8, proptest::option::of(0..3u8), rights()).prop_map(|(n, field, rights)| {
            let place = match field {
                None => format!("p{n}"),
                Some(0) => format!("p{n}.0"),
                Some(1) => format!("p{n}.sock.1"),
                Some(_) => format!("p{n}.0.1"),
            };
            Meant::Limit { place, rights }
        }),
        (any::<bool>(), any::<u8>(), any::<bool>(), expression(), rights()).prop_map(
            |(mutable, n, typed, expression, rights)| Meant::Acquire {
                mutable,
                name: format!("a{n}"),
                typed,
                expression,
                rights
            }
        ),
    ]
}

fn written(rights: &MeantRights) -> String {
    match rights {
        MeantRights::None => "none".into(),
        MeantRights::Hold => "hold".into(),
        MeantRights::Named(names) => names.join(" + "),
    }
}

fn text(meant: &Meant) -> String {
    match meant {
        Meant::Let { name } => format!("let {name} = 1 + 2"),
        Meant::Limit { place, rights } => format!("{place} = {}", written(rights)),
        Meant::Acquire { mutable, name, typed, expression, rights } => {
            let (mutable, typed) = (if *mutable { "mut " } else { "" }, if *typed { ": Vec<File>" } else { "" });
            format!("{mutable}{name}{typed} = {expression} => {}", written(rights))
        }
    }
}

fn understood(entry: &Entry) -> Meant {
    match entry {
        Entry::Let { pat, .. } => Meant::Let { name: pat.to_token_stream().to_string() },
        Entry::Limit { place, rights } => Meant::Limit { place: place.label(), rights: understood_rights(rights) },
        Entry::Acquire { mutability, name, ty, expr, rights } => Meant::Acquire {
            mutable: mutability.is_some(),
            name: name.to_string(),
            typed: ty.is_some(),
            expression: expr.to_token_stream().to_string(),
            rights: understood_rights(rights),
        },
    }
}

fn understood_rights(rights: &Rights) -> MeantRights {
    match rights {
        Rights::None(_) => MeantRights::None,
        Rights::Hold(_) => MeantRights::Hold,
        Rights::List(list) => MeantRights::Named(
            list.iter()
                .map(|right| match &right.list {
                    None => right.text(),
                    Some(List::Requests(requests)) => {
                        let requests: Vec<String> = requests
                            .iter()
                            .map(|request| request.to_token_stream().to_string().replace(' ', ""))
                            .collect();
                        format!("{}({})", right.name, requests.join(", "))
                    }
                    Some(List::Commands(names)) => {
                        let names: Vec<String> = names.iter().map(ToString::to_string).collect();
                        format!("{}({})", right.name, names.join(", "))
                    }
                    Some(List::Minted(minted)) => {
                        format!("{}({})", right.name, written(&understood_rights(minted)))
                    }
                    Some(List::Unexpected) => format!("{}(?)", right.name),
                })
                .collect(),
        ),
    }
}

fn parsed(tokens: &str) -> (Declaration, Errors) {
    let mut errors = Errors::default();
    let declaration = parse::declaration(tokens.parse().expect("the text is made of tokens"), &mut errors);
    (declaration, errors)
}

/// Any token: the grammar's own words more often than others.
fn token() -> impl Strategy<Value = TokenTree> {
    let word = |word: &str| TokenTree::Ident(Ident::new(word, Span::call_site()));
    let leaf = prop_oneof![
        6 => proptest::sample::select(vec![
            "fds", "allow", "on_violation", "crate", "let", "mut", "self", "stdin", "stderr", "none", "hold", "read",
            "write", "seek", "ioctl", "fcntl", "accept", "getfl", "threads", "kill", "report", "input", "open", "match",
            "return", "Self", "super", "x", "lookup", "mkdirat",
        ]).prop_map(word),
        6 => proptest::sample::select(vec!['=', '>', '+', ',', '.', ':', '|', '&', '?', '!', '#', '-', '<', ';', '*', '@'])
            .prop_flat_map(|mark| any::<bool>().prop_map(move |joint| {
                TokenTree::Punct(Punct::new(mark, if joint { Spacing::Joint } else { Spacing::Alone }))
            })),
        1 => any::<u8>().prop_map(|n| TokenTree::Literal(Literal::u8_unsuffixed(n))),
        1 => "[a-z]{0,4}".prop_map(|text| TokenTree::Literal(Literal::string(&text))),
        1 => Just(TokenTree::Literal(Literal::f64_unsuffixed(0.1))),
    ];
    leaf.prop_recursive(4, 48, 8, |inner| {
        (
            proptest::sample::select(vec![
                Delimiter::Parenthesis,
                Delimiter::Brace,
                Delimiter::Bracket,
                Delimiter::None,
            ]),
            proptest::collection::vec(inner, 0..8),
        )
            .prop_map(|(delimiter, tokens)| TokenTree::Group(Group::new(delimiter, tokens.into_iter().collect())))
    })
}

fn tokens() -> impl Strategy<Value = TokenStream> {
    proptest::collection::vec(token(), 0..24).prop_map(|tokens| tokens.into_iter().collect())
}

/// The tokens of a declaration, often with one of them removed, added, or replaced.
fn damaged() -> impl Strategy<Value = TokenStream> {
    (proptest::collection::vec(entry(), 0..5), any::<proptest::sample::Index>(), token(), 0..6u8).prop_map(
        |(entries, place, other, how)| {
            let entries: Vec<String> = entries.iter().map(text).collect();
            let content: TokenStream = entries.join(", ").parse().expect("the text is made of tokens");
            let mut tokens: Vec<TokenTree> = content.into_iter().collect();
            if !tokens.is_empty() {
                let place = place.index(tokens.len());
                match how {
                    0 => drop(tokens.remove(place)),
                    1 => tokens.insert(place, other),
                    2 => tokens[place] = other,
                    // As often as not nothing is wrong with the form.
                    _ => {}
                }
            }
            let content: TokenStream = tokens.into_iter().collect();
            quote!(fds(#content))
        },
    )
}

/// Whether the expansion confines before the body runs, or cannot be compiled.
fn is_safe(expansion: &TokenStream) -> bool {
    let text = expansion.to_string();
    let entered = text.find("__private :: enter");
    let body = text.find("the_body");
    text.contains("compile_error") || matches!((entered, body), (Some(entered), Some(body)) if entered < body)
}

fn function() -> TokenStream {
    quote! {
        /// Documented.
        fn f(&self, p0: File, (p1, p2): (File, Cap<File>), input: Cap<File>) -> io::Result<impl Sized> { #![allow(x)] the_body() }
    }
}

proptest! {
    #[test]
    fn a_declaration_is_understood_as_it_is_meant(
        entries in proptest::collection::vec(entry(), 0..6),
        trailing in any::<bool>(),
    ) {
        let texts: Vec<String> = entries.iter().map(text).collect();
        let comma = if trailing && !texts.is_empty() { "," } else { "" };
        let (declaration, errors) =
            parsed(&format!("fds({}{comma}), allow(threads), on_violation = kill", texts.join(", ")));
        prop_assert!(errors.is_empty(), "{}", errors.into_tokens());
        prop_assert!(!declaration.broken);
        let found: Vec<Meant> = declaration.entries.iter().map(understood).collect();
        prop_assert_eq!(found, entries);
        prop_assert_eq!(declaration.allow.len(), 1);
        prop_assert_eq!(declaration.on_violation.map(|word| word.to_string()), Some("kill".to_owned()));
    }

    #[test]
    fn any_tokens_are_confined_or_refused(declaration in tokens()) {
        let expansion = crate::expand::attribute(declaration.clone(), &function());
        prop_assert!(is_safe(&expansion), "{declaration} becomes {expansion}");
    }

    #[test]
    fn any_damage_is_confined_or_refused(declaration in damaged()) {
        let expansion = crate::expand::attribute(declaration.clone(), &function());
        prop_assert!(is_safe(&expansion), "{declaration} becomes {expansion}");
    }

    #[test]
    fn any_item_is_confined_or_refused(item in tokens()) {
        let text = crate::expand::attribute(quote!(fds(stdout = write)), &item).to_string();
        prop_assert!(text.contains("compile_error") || text.contains("__private :: enter"), "{item} becomes {text}");
    }

    #[test]
    fn any_statement_enters_or_is_refused(declaration in tokens()) {
        for text in [
            crate::expand::statement(declaration.clone()).to_string(),
            crate::expand::expression(declaration.clone()).to_string(),
        ] {
            prop_assert!(text.contains("compile_error") || text.contains("__private :: enter"), "{declaration}: {text}");
        }
    }

    #[test]
    fn any_derived_item_is_expanded(item in tokens()) {
        let text = crate::derive::holds(item).to_string();
        prop_assert!(text.contains("compile_error") || text.contains("impl"));
    }
}

#[test]
fn the_body_is_left_alone() {
    let body = quote! { let x = r#"a"#; /* gone */ f!{ x => y }; 'a: loop { break 'a } };
    let expansion = crate::expand::attribute(quote!(fds(stdout = write)), &quote!(fn f() { #body })).to_string();
    assert!(expansion.contains(&body.to_string()), "{expansion}");
}

#[test]
fn the_vocabulary_becomes_types() {
    let rights = crate::vocabulary::types("right").to_string();
    for row in rows() {
        assert!(rights.contains(&format!("pub enum {} {{ }}", row.name)), "{}", row.name);
    }
    assert!(crate::vocabulary::types("sort").to_string().contains("compile_error"));
}
