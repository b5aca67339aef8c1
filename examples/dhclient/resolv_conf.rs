//! The resolver's configuration (resolv.conf(5)).

use std::fmt::Write as _;
use std::io;
use std::path::Path;

use crate::files;
use crate::lease::Lease;

/// How it went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Written {
    Done,
    /// The server names no name servers: what was there is better than nothing.
    Nothing,
    /// A link leads to a file that another program keeps.
    SomeoneElses,
}

/// Writes the name servers of a lease.
///
/// # Errors
///
/// What the system says. The file is complete or as it was.
pub(crate) fn write(path: &Path, interface: &str, lease: &Lease) -> io::Result<Written> {
    if lease.name_servers.is_empty() {
        return Ok(Written::Nothing);
    }
    if path.is_symlink() {
        return Ok(Written::SomeoneElses);
    }
    files::replace(path, &text(interface, lease))?;
    Ok(Written::Done)
}

fn text(interface: &str, lease: &Lease) -> String {
    let mut text = format!("# Written by dhclient for {interface}.\n");
    if let Some(domain) = &lease.domain {
        // A string takes whatever is written to it.
        let _ = writeln!(text, "search {domain}");
    }
    for server in &lease.name_servers {
        let _ = writeln!(text, "nameserver {server}");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lease::example;

    #[test]
    fn name_servers_are_written_unless_there_are_none_or_the_file_is_anothers() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("resolv.conf");
        assert_eq!(write(&path, "eth0", &example()).expect("a file"), Written::Done);
        let expected =
            "# Written by dhclient for eth0.\nsearch example.org\nnameserver 192.0.2.1\nnameserver 198.51.100.53\n";
        assert_eq!(std::fs::read_to_string(&path).expect("a file"), expected);
        let bare = Lease { name_servers: Vec::new(), ..example() };
        assert_eq!(write(&path, "eth0", &bare).expect("nothing"), Written::Nothing);
        let link = folder.path().join("link");
        std::os::unix::fs::symlink(&path, &link).expect("a link");
        assert_eq!(write(&link, "eth1", &example()).expect("nothing"), Written::SomeoneElses);
        assert_eq!(std::fs::read_to_string(&path).expect("a file"), expected);
    }
}
