//! Rights as a declaration writes them, from a table that is made before entry.

use sandbox_policy::{Declared, Fcntls, Rights, vocabulary};

use super::Line;

/// What a call would need beyond what is declared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(in crate::sys) struct Missing {
    pub(in crate::sys) rights: Rights,
    /// A request for the list of `ioctl`.
    pub(in crate::sys) ioctl: Option<u32>,
    /// Commands for the list of `fcntl`.
    pub(in crate::sys) fcntl: Fcntls,
}

impl Missing {
    pub(in crate::sys) const NONE: Self = Self { rights: Rights::NONE, ioctl: None, fcntl: Fcntls::NONE };

    pub(in crate::sys) fn rights(rights: Rights) -> Self {
        Self { rights, ..Self::NONE }
    }

    pub(in crate::sys) fn is_empty(&self) -> bool {
        *self == Self::NONE
    }
}

/// The names of the rights, one each.
pub(in crate::sys) struct Words(Box<[(Rights, &'static str)]>);

impl Words {
    pub(in crate::sys) fn new() -> Self {
        let spoken = vocabulary::rows().filter(|row| row.is_spoken() && !row.is_composite());
        let mut words: Vec<_> = spoken.map(|row| (row.rights, row.name)).collect();
        words.sort_by_key(|(rights, _)| *rights != Rights::LOOKUP);
        Self(words.into())
    }

    /// Appends what is declared and what is missing, as one declaration would say it: each name once, each list whole.
    /// `accepted` is missing in the list of `accept`.
    pub(in crate::sys) fn write(&self, declared: &Declared, missing: Missing, accepted: Missing, line: &mut Line) {
        let mut rights = declared.rights.union(missing.rights);
        if missing.ioctl.is_some() {
            rights = rights.union(Rights::IOCTL);
        }
        if !missing.fcntl.is_empty() {
            rights = rights.union(Rights::FCNTL);
        }
        if rights.is_empty() {
            line.text("hold");
            return;
        }
        let mut left = rights;
        for &(word, name) in &self.0 {
            // The widest word that adds nothing else: `seek`, not `seek_tell`, where both are there.
            let wider =
                self.0.iter().any(|&(other, _)| other != word && rights.contains(other) && other.contains(word));
            if !rights.contains(word) || !word.intersects(left) || wider {
                continue;
            }
            line.text(if left == rights { "" } else { " + " }).text(name);
            left = left.difference(word);
            match word {
                Rights::IOCTL => {
                    let requests = declared.ioctls.iter().copied();
                    let added = missing.ioctl.filter(|request| !declared.ioctls.contains(request));
                    list(requests.chain(added), |request, line| _ = line.hexadecimal(request.into()), line);
                }
                Rights::FCNTL => {
                    list(declared.fcntls.union(missing.fcntl).names(), |name, line| _ = line.text(name), line);
                }
                Rights::ACCEPT => {
                    line.text("(");
                    match &declared.minted {
                        Some(minted) => self.write(minted, accepted, Missing::NONE, line),
                        None if missing.rights.contains(Rights::ACCEPT) => _ = line.text("recv + send"),
                        None => self.write(&Declared::default(), accepted, Missing::NONE, line),
                    }
                    line.text(")");
                }
                _ => {}
            }
        }
    }
}

/// `(ONE, TWO)`.
fn list<T>(items: impl Iterator<Item = T>, write: impl Fn(T, &mut Line), line: &mut Line) {
    for (place, item) in items.enumerate() {
        line.text(if place == 0 { "(" } else { ", " });
        write(item, line);
    }
    line.text(")");
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(declared: &str, missing: Missing, accepted: Missing) -> String {
        let mut line = Line::start("f", 1);
        Words::new().write(&declared.parse().expect("rights"), missing, accepted, &mut line);
        line.shown().trim_start_matches("sandboxed `f`: ").to_owned()
    }

    #[test]
    fn what_is_written_is_a_declaration() {
        let rows = vocabulary::rows().filter(|row| row.is_spoken() && row.granted_by_none().is_none());
        for row in rows {
            let missing = match row.name {
                "ioctl" => Missing { ioctl: Some(3), ..Missing::NONE },
                "fcntl" => Missing { fcntl: Fcntls::SETFL, ..Missing::NONE },
                _ => Missing::rights(row.rights.union(row.needs)),
            };
            let text = written("read + ioctl(1, 2) + fcntl(getfl)", missing, Missing::NONE);
            let meant: Declared = text.parse().unwrap_or_else(|error| panic!("{text}: {error}"));
            assert!(meant.rights.contains(row.rights.union(Rights::READ)), "{text}");
            let shown = meant.to_string();
            assert_eq!(shown.parse::<Declared>().unwrap_or_else(|error| panic!("{shown}: {error}")), meant, "{text}");
        }
    }

    #[test]
    fn lists_are_made_longer() {
        let ioctl = Missing { ioctl: Some(0x5413), ..Missing::NONE };
        assert_eq!(written("hold", ioctl, Missing::NONE), "ioctl(0x5413)");
        assert_eq!(written("ioctl(1) + read", ioctl, Missing::NONE), "read + ioctl(0x1, 0x5413)");
        let listener = written("accept(recv) + event", Missing::NONE, Missing::rights(Rights::FSTAT));
        assert_eq!(listener, "accept(read + fstat) + event");
        assert_eq!(written("accept(hold)", Missing::NONE, ioctl), "accept(ioctl(0x5413))");
    }
}
