//! A filter as a graph of decisions. Every decision loads what it looks at, so nothing is carried from one to the
//! next and equal decisions can be shared.

use crate::linux::Action;

/// A 32-bit word of `struct seccomp_data`, by its offset.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Word(u32);

impl Word {
    pub(super) const NUMBER: Self = Self(0);
    pub(super) const ARCH: Self = Self(4);

    /// The low half of an argument: first, as all our architectures are little-endian.
    pub(super) fn low(argument: u8) -> Self {
        assert!(argument < 6, "a system call has six arguments");
        Self(16 + 8 * u32::from(argument))
    }

    /// The high half of an argument.
    pub(super) fn high(argument: u8) -> Self {
        Self(Self::low(argument).0 + 4)
    }

    pub(super) fn offset(self) -> u32 {
        self.0
    }
}

/// The name of a node, its position. A node leads only to nodes with smaller names.
pub(super) type Id = u32;

/// From this number to the one before the next case: there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Case {
    pub(super) from: u32,
    pub(super) to: Id,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Node {
    /// The verdict.
    Return(Action),
    /// Where the word's value leads. The cases ascend, the first is from 0.
    Switch { word: Word, cases: Vec<Case> },
    /// Whether the word under the mask is the value.
    Masked { word: Word, mask: u32, value: u32, yes: Id, no: Id },
}

/// The name of the node at this position.
pub(super) fn named(position: usize) -> Id {
    Id::try_from(position).expect("memory has room for fewer decisions")
}

#[derive(Debug, Default)]
pub(super) struct Graph {
    pub(super) nodes: Vec<Node>,
    /// The names of all nodes in the order of the nodes, by which an equal one is found.
    sorted: Vec<Id>,
}

impl Graph {
    pub(super) fn with_capacity(nodes: usize) -> Self {
        Self { nodes: Vec::with_capacity(nodes), sorted: Vec::with_capacity(nodes) }
    }

    fn node(&mut self, node: Node) -> Id {
        match self.sorted.binary_search_by(|&id| self.nodes[id as usize].cmp(&node)) {
            Ok(found) => self.sorted[found],
            Err(place) => {
                let id = named(self.nodes.len());
                self.nodes.push(node);
                self.sorted.insert(place, id);
                id
            }
        }
    }

    pub(super) fn verdict(&mut self, action: Action) -> Id {
        if let Action::Errno(errno) = action {
            // The kernel would turn 0 into success and cut more than 4095 down to it.
            assert!((1..=4095).contains(&errno), "an errno is 1 to 4095");
        }
        self.node(Node::Return(action))
    }

    /// A decision by value. Neighbours that lead to the same node are one case.
    pub(super) fn switch(&mut self, word: Word, cases: Vec<Case>) -> Id {
        let cases = coalesced(cases);
        match cases[..] {
            [Case { from: _, to }] => to,
            _ => self.node(Node::Switch { word, cases }),
        }
    }

    /// Whether the word is in the set.
    pub(super) fn member(&mut self, word: Word, set: &[(u32, u32)], yes: Id, no: Id) -> Id {
        let mut cases = Vec::with_capacity(2 * set.len() + 1);
        cases.push(Case { from: 0, to: no });
        for &(low, high) in set {
            cases.push(Case { from: low, to: yes });
            if let Some(after) = high.checked_add(1) {
                cases.push(Case { from: after, to: no });
            }
        }
        self.switch(word, cases)
    }

    /// Whether the word is this value.
    pub(super) fn equal(&mut self, word: Word, value: u32, yes: Id, no: Id) -> Id {
        self.member(word, &[(value, value)], yes, no)
    }

    /// Whether the word under the mask is the value.
    pub(super) fn masked(&mut self, word: Word, mask: u32, value: u32, yes: Id, no: Id) -> Id {
        if value & !mask != 0 || yes == no {
            return no;
        }
        match mask {
            0 => yes,
            u32::MAX => self.equal(word, value, yes, no),
            _ => self.node(Node::Masked { word, mask, value, yes, no }),
        }
    }
}

/// The same cases without empty ones and with equal neighbours joined.
pub(super) fn coalesced(mut cases: Vec<Case>) -> Vec<Case> {
    // A later case with the same start hides the earlier one.
    cases.dedup_by(|later, earlier| {
        let hidden = later.from == earlier.from;
        if hidden {
            earlier.to = later.to;
        }
        hidden
    });
    cases.dedup_by_key(|case| case.to);
    cases
}

/// Where the case of `value` leads.
pub(super) fn target(cases: &[Case], value: u32) -> Id {
    cases[cases.partition_point(|case| case.from <= value) - 1].to
}
