use std::io::{self, Read, Write};

use super::Dir;

fn scratch() -> (tempfile::TempDir, Dir) {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let dir = Dir::open_path(folder.path()).expect("it can be opened");
    (folder, dir)
}

fn text(dir: &Dir, name: &str) -> String {
    let mut text = String::new();
    dir.open(name).expect("the file is there").read_to_string(&mut text).expect("it is text");
    text
}

fn names(dir: &Dir) -> Vec<String> {
    let mut names: Vec<String> = dir
        .entries()
        .expect("the directory can be listed")
        .map(|name| name.expect("each name can be read").into_string().expect("the names are UTF-8"))
        .collect();
    names.sort();
    names
}

#[test]
fn files_are_created_read_emptied_and_appended_to() -> io::Result<()> {
    let (_folder, dir) = scratch();
    dir.create("a", 0o600)?.write_all(b"first")?;
    dir.append("a")?.write_all(b" second")?;
    assert_eq!(text(&dir, "a"), "first second");
    dir.create("a", 0o600)?.write_all(b"third")?;
    assert_eq!(text(&dir, "a"), "third");
    assert_eq!(dir.create_new("a", 0o600).unwrap_err().kind(), io::ErrorKind::AlreadyExists);
    assert_eq!(dir.open("b").unwrap_err().kind(), io::ErrorKind::NotFound);
    assert_eq!(dir.metadata("a")?.len(), 5);
    assert!(dir.dir_metadata()?.is_dir());
    Ok(())
}

#[test]
fn the_builder_opens_for_both_and_for_neither() -> io::Result<()> {
    let (_folder, dir) = scratch();
    let mut file = dir.file("a").read().write().create_new(0o600).sync().open()?;
    file.write_all(b"x")?;
    file.read_to_end(&mut Vec::new())?;
    assert_eq!(dir.file("a").open().unwrap_err().kind(), io::ErrorKind::InvalidInput);
    dir.symlink("a", "link")?;
    assert_eq!(text(&dir, "link"), "x");
    assert!(dir.file("link").read().no_follow().open().is_err());
    Ok(())
}

#[test]
fn directories_are_made_listed_renamed_and_removed() -> io::Result<()> {
    let (_folder, dir) = scratch();
    dir.create_dir("inner", 0o700)?;
    let inner = dir.open_dir("inner")?;
    inner.create("a", 0o600)?;
    inner.rename("a", &dir, "b")?;
    dir.hard_link("b", &inner, "c")?;
    assert_eq!(names(&dir), ["b", "inner"]);
    assert_eq!(names(&inner), ["c"]);
    inner.remove_file("c")?;
    dir.remove_dir("inner")?;
    dir.remove_file("b")?;
    assert!(names(&dir).is_empty());
    assert!(dir.open_dir("b").is_err());
    Ok(())
}

#[test]
fn no_path_leads_out() {
    let (_folder, dir) = scratch();
    for path in ["/etc/passwd", "..", "a/../..", "../x", "a/.."] {
        assert_eq!(dir.open(path).unwrap_err().kind(), io::ErrorKind::PermissionDenied, "{path}");
        assert_eq!(dir.create_dir(path, 0o700).unwrap_err().kind(), io::ErrorKind::PermissionDenied, "{path}");
        assert_eq!(dir.remove_file(path).unwrap_err().kind(), io::ErrorKind::PermissionDenied, "{path}");
    }
}

#[test]
fn a_file_is_no_directory() {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let file = folder.path().join("a");
    std::fs::write(&file, "").expect("a file can be made");
    assert_eq!(Dir::open_path(file).unwrap_err().kind(), io::ErrorKind::NotADirectory);
}
