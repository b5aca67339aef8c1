//! The attribute's parser, its checks and its expansion.

use std::str::FromStr as _;

use proc_macro2::{TokenStream, TokenTree};
use quote::quote;
use sandbox_policy::vocabulary;

use crate::expand;
use crate::input::Input;

/// Words that declarations consist of, and what people write instead.
const WORDS: &[&str] = &[
    "fds",
    "allow",
    "on_violation",
    "crate",
    "let",
    "mut",
    "none",
    "hold",
    "stdin",
    "stdout",
    "stderr",
    "self",
    "input",
    "out",
    "r#type",
    "threads",
    "debuggable",
    "error",
    "kill",
    "report",
    "=",
    "=>",
    "+",
    ",",
    ":",
    ".",
    "?",
    "|",
    "&",
    "!",
    "(",
    ")",
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    "<",
    ">",
    "::",
    "0",
    "3",
    "0x5413",
    "\"text\"",
    "'a",
    "#",
    "CAP_READ",
    "O_RDONLY",
    "rw",
    "open(path)",
    "libc::TIOCGWINSZ",
    "File",
    "ioctl(0x5413)",
    "fcntl(getfl)",
    "accept(recv + send)",
    "fds(input = read)",
    "fds(out = write + seek, let n = 3)",
    "on_violation = kill",
];

/// Any tokens as a declaration: there is no panic, what comes out is Rust, and a function comes out with its prologue or
/// with an error.
///
/// # Panics
///
/// If not so.
pub fn attribute(data: &[u8]) {
    let mut input = Input(data);
    let text = if input.flag() {
        String::from_utf8_lossy(input.0).into_owned()
    } else {
        let rights: Vec<&str> = vocabulary::rows().map(|row| row.name).collect();
        let mut words = Vec::new();
        while !input.is_empty() && words.len() < 200 {
            words.push(if input.flag() { input.of(WORDS) } else { input.of(&rights) });
        }
        words.join(" ")
    };
    let Ok(declaration) = TokenStream::from_str(&text) else { return };
    let function = quote!(
        fn body(input: File, mut out: (File, UdpSocket)) -> io::Result<()> {
            work(input, out)
        }
    );
    let expanded = expand::attribute(declaration.clone(), &function);
    let wrong = names(&expanded, "compile_error");
    assert!(wrong || names(&expanded, "__private"), "neither prologue nor error: {text}\n{expanded}");
    assert!(syn::parse2::<syn::ItemFn>(expanded.clone()).is_ok(), "no function: {text}\n{expanded}");

    for expanded in [expand::statement(declaration.clone()), expand::expression(declaration.clone())] {
        let block = quote!(fn body() { #expanded });
        assert!(names(&expanded, "compile_error") || names(&expanded, "__private"), "{text}\n{expanded}");
        assert!(syn::parse2::<syn::ItemFn>(block).is_ok(), "no statements: {text}\n{expanded}");
    }
    // As an item the same tokens are mostly wrong; they must come out beside the error.
    let _ = expand::attribute(quote!(fds(input = read)), &declaration);
    let _ = crate::derive::holds(declaration);
}

/// Whether the word stands anywhere in the tokens.
fn names(tokens: &TokenStream, word: &str) -> bool {
    tokens.clone().into_iter().any(|token| match token {
        TokenTree::Group(group) => names(&group.stream(), word),
        TokenTree::Ident(ident) => ident == word,
        TokenTree::Punct(_) | TokenTree::Literal(_) => false,
    })
}
