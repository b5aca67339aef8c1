//! The report line's formatting.

use sandbox_rt::__fuzz::{self as handler, Piece};

use crate::input::Input;

/// The longest line, with its end.
pub(crate) const LONGEST: usize = 600;

/// Any pieces, among them any path: one line comes out, not too long, and nothing in a path reaches the terminal's own
/// language.
///
/// # Panics
///
/// If not so.
pub fn line(data: &[u8]) {
    let mut input = Input(data);
    let name = String::from_utf8_lossy(input.slice(40)).replace(|c: char| c.is_control(), "_");
    let count = input.argument();
    let mut pieces = Vec::new();
    while !input.is_empty() {
        pieces.push(match input.byte() % 4 {
            0 => Piece::Text(input.of(&["`read` on ", "` has no rights", ". To allow it: fds("])),
            1 => Piece::Path(input.slice(700)),
            2 => Piece::Number(input.argument()),
            _ => Piece::Hexadecimal(input.argument()),
        });
    }
    let line = handler::line(&name, count, &pieces);
    well_formed(&line);
    let expected: Vec<u8> = expected(&name, count, &pieces);
    let shown = &line[..line.len() - 1];
    assert!(expected.starts_with(shown), "{:?}", String::from_utf8_lossy(&line));
    assert!(shown.len() == expected.len() || line.len() == LONGEST, "cut early: {:?}", String::from_utf8_lossy(&line));
}

/// One line without control characters.
pub(crate) fn well_formed(line: &[u8]) {
    assert!(line.len() <= LONGEST, "{} bytes", line.len());
    let (end, text) = line.split_last().expect("not empty");
    assert_eq!(*end, b'\n');
    // Only the cut end may be no UTF-8.
    let (read, cut) = match std::str::from_utf8(text) {
        Ok(read) => (read, 0),
        Err(error) => {
            (std::str::from_utf8(&text[..error.valid_up_to()]).expect("valid"), text.len() - error.valid_up_to())
        }
    };
    assert!(cut == 0 || (cut < 4 && line.len() == LONGEST), "{:?}", String::from_utf8_lossy(line));
    assert!(!read.chars().any(char::is_control), "{read:?}");
}

/// The same by the standard library's formatting.
fn expected(name: &str, count: u64, pieces: &[Piece<'_>]) -> Vec<u8> {
    let mut all = format!("sandboxed `{name}`: ").into_bytes();
    if count > 1 {
        all.extend(format!("({count} times) ").bytes());
    }
    for piece in pieces {
        match *piece {
            Piece::Text(text) => all.extend(text.bytes()),
            Piece::Path(path) => {
                let mut shown = String::new();
                for chunk in path.utf8_chunks() {
                    shown.push_str(&chunk.valid().replace(|c: char| c.is_control() || c == '"', "?"));
                    shown.push_str(&"?".repeat(chunk.invalid().len()));
                }
                all.extend(shown.bytes());
            }
            Piece::Number(number) => all.extend(number.to_string().bytes()),
            Piece::Hexadecimal(number) => all.extend(format!("{number:#x}").bytes()),
        }
    }
    all
}
