//! The names of rights, in a table that is made before entry.

use sandbox_policy::{Rights, vocabulary};

use super::Line;

/// The names of the rights, one each.
pub(in crate::sys) struct Words(Box<[(Rights, &'static str)]>);

impl Words {
    pub(in crate::sys) fn new() -> Self {
        let spoken = vocabulary::rows().filter(|row| row.is_spoken() && !row.is_composite());
        Self(spoken.map(|row| (row.rights, row.name)).collect())
    }

    /// Appends the names of a set of rights, joined with `+`.
    pub(in crate::sys) fn write(&self, rights: Rights, line: &mut Line) {
        let mut left = rights;
        let mut first = true;
        for &(word, name) in &self.0 {
            // The widest word that adds nothing else: `seek`, not `seek_tell`, where both are missing.
            let wider =
                self.0.iter().any(|&(other, _)| other != word && rights.contains(other) && other.contains(word));
            if rights.contains(word) && word.intersects(left) && !wider {
                if !first {
                    line.text(" + ");
                }
                line.text(name);
                first = false;
                left = left.difference(word);
            }
        }
    }
}
