//! From the graph of decisions to instructions.
//!
//! The program is written from its end to its beginning, so that every jump goes forward to something already placed.
//! How a loaded word finds its case stands in `search`.

use std::collections::BTreeMap;

use super::Instruction;
use super::code::{AND, JUMP, JUMP_ANY_BIT, JUMP_EQUAL, LOAD, RETURN};
use super::fuse::children;
use super::graph::{Case, Graph, Id, Node, Word, coalesced, named};
use crate::linux::Arch;

/// A placed instruction, counted from the end of the program.
pub(super) type Label = Id;

pub(super) struct Assembler {
    /// The architecture, whose call numbers are compared.
    pub(super) arch: Arch,
    /// The instructions, the last one first.
    placed: Vec<Instruction>,
    /// The nearest stepping stone to a place that is too far for a comparison.
    islands: BTreeMap<Label, Label>,
}

pub(super) fn assemble(graph: &Graph, start: Id, arch: Arch) -> Vec<Instruction> {
    let mut assembler = Assembler { arch, placed: Vec::with_capacity(256), islands: BTreeMap::new() };
    let mut labels = vec![0; graph.nodes.len()];
    for (id, reachable) in reachable(graph, start).into_iter().enumerate() {
        if reachable {
            labels[id] = assembler.node(&graph.nodes[id], &labels);
        }
    }
    assembler.placed.reverse();
    assembler.placed
}

fn reachable(graph: &Graph, start: Id) -> Vec<bool> {
    let mut reachable = vec![false; graph.nodes.len()];
    reachable[start as usize] = true;
    for id in (0..=start).rev() {
        if reachable[id as usize] {
            for child in children(&graph.nodes[id as usize]) {
                reachable[child as usize] = true;
            }
        }
    }
    reachable
}

impl Assembler {
    fn node(&mut self, node: &Node, labels: &[Label]) -> Label {
        match node {
            Node::Return(action) => self.place(RETURN, action.code()),
            Node::Switch { word, cases } => {
                let placed = cases.iter().map(|case| Case { from: case.from, to: labels[case.to as usize] }).collect();
                let cases: Vec<Case> = coalesced(placed);
                if let [Case { from: _, to }] = cases[..] {
                    return to;
                }
                if *word == Word::NUMBER {
                    self.by_number(&cases);
                } else {
                    self.by_value(&cases);
                }
                self.place(LOAD, word.offset())
            }
            &Node::Masked { word, mask, value, yes, no } => {
                let (yes, no) = (labels[yes as usize], labels[no as usize]);
                if value == 0 {
                    self.branch(JUMP_ANY_BIT, mask, no, yes);
                } else if value == mask && mask.is_power_of_two() {
                    self.branch(JUMP_ANY_BIT, mask, yes, no);
                } else {
                    self.branch(JUMP_EQUAL, value, yes, no);
                    self.place(AND, mask);
                }
                self.place(LOAD, word.offset())
            }
        }
    }

    pub(super) fn place(&mut self, code: u16, k: u32) -> Label {
        self.placed.push(Instruction { code, jt: 0, jf: 0, k });
        named(self.placed.len() - 1)
    }

    pub(super) fn branch(&mut self, code: u16, k: u32, yes: Label, no: Label) -> Label {
        loop {
            // The distance of what is placed right before the last instruction and jumps to `label`.
            let distance = |from: &Self, label: Label| from.placed.len() - 1 - from.nearest(label) as usize;
            let (jt, jf) = (distance(self, yes), distance(self, no));
            if let (Ok(jt), Ok(jf)) = (u8::try_from(jt), u8::try_from(jf)) {
                self.placed.push(Instruction { code, jt, jf, k });
                return named(self.placed.len() - 1);
            }
            self.island(if jt > jf { yes } else { no });
        }
    }

    fn nearest(&self, label: Label) -> Label {
        self.islands.get(&label).copied().unwrap_or(label)
    }

    /// Brings `label` into reach. Nothing falls into an island: whatever is placed before it is a comparison, which
    /// jumps either way, and the load that begins a node is followed by a comparison or by what it needs.
    fn island(&mut self, label: Label) {
        let far = self.placed[label as usize];
        let island = if far.code == RETURN {
            self.place(RETURN, far.k)
        } else {
            let skipped = self.placed.len() - 1 - label as usize;
            // A program so long that this does not fit is refused for its length.
            self.place(JUMP, u32::try_from(skipped).unwrap_or(u32::MAX))
        };
        self.islands.insert(label, island);
    }
}
