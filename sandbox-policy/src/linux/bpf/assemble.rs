//! From the graph of decisions to instructions.
//!
//! The program is written from its end to its beginning, so that every jump goes forward to something already placed.

use std::collections::BTreeMap;

use super::Instruction;
use super::code::{AND, JUMP, JUMP_ANY_BIT, JUMP_AT_LEAST, JUMP_EQUAL, LOAD, RETURN};
use super::fuse::children;
use super::graph::{Case, Graph, Id, Node, coalesced, target};

/// A placed instruction, counted from the end of the program.
type Label = usize;

/// Up to so many single values are compared one after another; more are searched.
const LINEAR: usize = 3;

#[derive(Default)]
struct Assembler {
    /// The instructions, the last one first.
    placed: Vec<Instruction>,
    /// The nearest stepping stone to a place that is too far for a comparison.
    islands: BTreeMap<Label, Label>,
}

pub(super) fn assemble(graph: &Graph, start: Id) -> Vec<Instruction> {
    let mut assembler = Assembler::default();
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
    reachable[start] = true;
    for id in (0..=start).rev() {
        if reachable[id] {
            for child in children(&graph.nodes[id]) {
                reachable[child] = true;
            }
        }
    }
    reachable
}

impl Assembler {
    fn node(&mut self, node: &Node, labels: &[Label]) -> Label {
        match node {
            Node::Return(action) => self.place(RETURN, action.code()),
            Node::Switch { word, early, cases } => {
                let placed = cases.iter().map(|case| Case { from: case.from, to: labels[case.to] }).collect();
                let cases: Vec<Case> = coalesced(placed);
                if let [Case { from: _, to }] = cases[..] {
                    return to;
                }
                let mut next = self.search(&without(&cases, early));
                for &value in early.iter().rev() {
                    next = self.branch(JUMP_EQUAL, value, target(&cases, value), next);
                }
                self.place(LOAD, word.offset())
            }
            &Node::Masked { word, mask, value, yes, no } => {
                let (yes, no) = (labels[yes], labels[no]);
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

    fn place(&mut self, code: u16, k: u32) -> Label {
        self.placed.push(Instruction { code, jt: 0, jf: 0, k });
        self.placed.len() - 1
    }

    /// The comparisons that lead the loaded word where its case says: a balanced tree with short rows for leaves.
    fn search(&mut self, cases: &[Case]) -> Label {
        if let [only] = cases {
            return only.to;
        }
        if cases.len() <= 2 * LINEAR + 1
            && let Some(at) = lone_value(cases)
        {
            let mut rest = cases.to_vec();
            rest.drain(at..=at + 1);
            let no = self.search(&rest);
            return self.branch(JUMP_EQUAL, cases[at].from, cases[at].to, no);
        }
        match *cases {
            // At the ends a border is a single value, and reads better so.
            [zero, rest] if zero.from == 0 && rest.from == 1 => return self.branch(JUMP_EQUAL, 0, zero.to, rest.to),
            [rest, all] if all.from == u32::MAX => return self.branch(JUMP_EQUAL, u32::MAX, all.to, rest.to),
            _ => {}
        }
        let (below, above) = cases.split_at(cases.len() / 2);
        let yes = self.search(above);
        let no = self.search(below);
        self.branch(JUMP_AT_LEAST, above[0].from, yes, no)
    }

    fn branch(&mut self, code: u16, k: u32, yes: Label, no: Label) -> Label {
        loop {
            // The distance of what is placed right before the last instruction and jumps to `label`.
            let distance = |from: &Self, label: Label| from.placed.len() - 1 - from.nearest(label);
            let (jt, jf) = (distance(self, yes), distance(self, no));
            if let (Ok(jt), Ok(jf)) = (u8::try_from(jt), u8::try_from(jf)) {
                self.placed.push(Instruction { code, jt, jf, k });
                return self.placed.len() - 1;
            }
            self.island(if jt > jf { yes } else { no });
        }
    }

    fn nearest(&self, label: Label) -> Label {
        self.islands.get(&label).copied().unwrap_or(label)
    }

    /// Brings `label` into reach. Nothing falls into an island: whatever is placed before it is a comparison, which
    /// jumps either way, and the load that begins a node is followed by a comparison or its mask.
    fn island(&mut self, label: Label) {
        let far = self.placed[label];
        let island = if far.code == RETURN {
            self.place(RETURN, far.k)
        } else {
            let skipped = self.placed.len() - 1 - label;
            // A program so long that this does not fit is refused for its length.
            self.place(JUMP, u32::try_from(skipped).unwrap_or(u32::MAX))
        };
        self.islands.insert(label, island);
    }
}

/// The position of a case of a single number between two that lead to the same place.
fn lone_value(cases: &[Case]) -> Option<usize> {
    let alone = |three: &[Case]| three[0].to == three[2].to && three[2].from - three[1].from == 1;
    cases.windows(3).position(alone).map(|at| at + 1)
}

/// The cases without those that hold `early` values only: they are decided by then, so that their neighbours may cover
/// them.
fn without(cases: &[Case], early: &[u32]) -> Vec<Case> {
    let decided = |case: &Case, next: &Case| (case.from..next.from).all(|value| early.contains(&value));
    let mut rest: Vec<Case> = cases
        .iter()
        .enumerate()
        .filter(|&(at, case)| cases.get(at + 1).is_none_or(|next| !decided(case, next)))
        .map(|(_, case)| *case)
        .collect();
    rest[0].from = 0;
    coalesced(rest)
}
