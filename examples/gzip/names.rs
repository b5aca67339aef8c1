//! Suffixes: which names are compressed files', and what a file is called on the other side.

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::{OsStrExt as _, OsStringExt as _};
use std::path::{Path, PathBuf};

/// Suffixes that are understood whatever `-S` says.
const KNOWN: [&str; 7] = [".gz", ".z", ".taz", ".tgz", "-gz", "-z", "_z"];

/// What is appended, in this order, to a name that does not exist when decompressing.
const TRIED: [&str; 4] = [".gz", ".z", "-z", ".Z"];

/// The part of `path` that is a suffix, as it is written there. A suffix alone is a name, not a suffix.
pub(crate) fn suffix_of<'a>(path: &'a Path, own: &OsStr) -> Option<&'a OsStr> {
    let bytes = path.as_os_str().as_bytes();
    std::iter::once(own.as_bytes()).chain(KNOWN.map(str::as_bytes)).find_map(|suffix| {
        let (stem, tail) = bytes.split_at_checked(bytes.len().checked_sub(suffix.len())?)?;
        let named = stem.last().is_some_and(|&byte| byte != b'/');
        (named && tail.eq_ignore_ascii_case(suffix)).then(|| OsStr::from_bytes(tail))
    })
}

/// The name of the compressed file.
pub(crate) fn compressed(path: &Path, own: &OsStr) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(own);
    name.into()
}

/// The name of the file that comes out of `path`, or `None` where its suffix is unknown.
pub(crate) fn decompressed(path: &Path, own: &OsStr) -> Option<PathBuf> {
    let suffix = suffix_of(path, own)?.as_bytes();
    let bytes = path.as_os_str().as_bytes();
    let mut name = bytes[..bytes.len() - suffix.len()].to_vec();
    if suffix.eq_ignore_ascii_case(b".tgz") || suffix.eq_ignore_ascii_case(b".taz") {
        name.extend(b".tar");
    }
    Some(OsString::from_vec(name).into())
}

/// The names under which `path` may lie when it does not exist itself; the first one is what messages name.
pub(crate) fn candidates(path: &Path, own: &OsStr) -> Vec<PathBuf> {
    let own = own.to_owned();
    let tried = TRIED.map(OsString::from);
    std::iter::once(&own)
        .chain(tried.iter().filter(|&suffix| *suffix != own))
        .map(|suffix| compressed(path, suffix))
        .collect()
}

/// `path` with `name` in the place of its last component.
pub(crate) fn renamed(path: &Path, name: &OsStr) -> PathBuf {
    path.parent().unwrap_or(Path::new("")).join(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stem(path: &str, own: &str) -> Option<String> {
        let name = decompressed(Path::new(path), OsStr::new(own))?;
        Some(name.to_str().expect("the test's names are text").to_owned())
    }

    #[test]
    fn known_suffixes_come_off() {
        for name in ["a.gz", "a.z", "a-gz", "a-z", "a_z", "a.GZ", "a.Z"] {
            assert_eq!(stem(name, ".gz").as_deref(), Some("a"), "{name}");
        }
        assert_eq!(stem("d/a.tgz", ".gz").as_deref(), Some("d/a.tar"));
        assert_eq!(stem("a.taz", ".gz").as_deref(), Some("a.tar"));
        assert_eq!(stem("a.xyz", ".xyz").as_deref(), Some("a"));
    }

    #[test]
    fn other_names_have_none() {
        for name in ["a", "a.xyz", ".gz", "d/.gz", "gz", "", "agz"] {
            assert_eq!(stem(name, ".gz"), None, "{name}");
        }
    }

    #[test]
    fn missing_names_are_tried_with_the_own_suffix_first() {
        let names = candidates(Path::new("a"), OsStr::new(".xyz"));
        assert_eq!(names, ["a.xyz", "a.gz", "a.z", "a-z", "a.Z"].map(PathBuf::from));
        assert_eq!(candidates(Path::new("a"), OsStr::new(".gz")).len(), 4);
    }

    #[test]
    fn a_stored_name_stays_in_the_files_folder() {
        assert_eq!(renamed(Path::new("d/a.gz"), OsStr::new("b")), Path::new("d/b"));
        assert_eq!(renamed(Path::new("a.gz"), OsStr::new("b")), Path::new("b"));
        assert_eq!(renamed(Path::new("/a.gz"), OsStr::new("b")), Path::new("/b"));
    }
}
