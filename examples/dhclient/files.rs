//! Files that are complete or as they were before.

use std::fs::{self, File, Permissions};
use std::io::{self, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use tempfile::NamedTempFile;

/// Puts `text` in the place of what the file held. Everybody may read it.
///
/// # Errors
///
/// What the system says to making, writing or renaming a file in the same folder. The old file is there as it was.
pub(crate) fn replace(path: &Path, text: &str) -> io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("/"));
    let mut file = NamedTempFile::new_in(folder)?;
    file.write_all(text.as_bytes())?;
    file.as_file().set_permissions(Permissions::from_mode(0o644))?;
    file.as_file().sync_all()?;
    file.persist(path)?;
    // The new name is on the disk only when the folder is. Where that cannot be asked for, the name is there all the same.
    let _ = File::open(folder).and_then(|folder| folder.sync_all());
    Ok(())
}

/// Removes the file, if it is there.
///
/// # Errors
///
/// As unlink(2), but for a file that is not there.
pub(crate) fn remove(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_old_file_stays_where_the_new_one_cannot_be_made() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("file");
        replace(&path, "old").expect("it can be written");
        replace(&path, "new").expect("it can be replaced");
        assert_eq!(fs::read_to_string(&path).expect("it is there"), "new");
        // Another file cannot take the place of a folder.
        replace(folder.path(), "text").expect_err("a folder");
        assert_eq!(fs::read_dir(folder.path()).expect("a folder").count(), 1);
        remove(&path).expect("it can be removed");
        remove(&path).expect("it is gone");
    }
}
