//! Joins a decision with the decisions about the same word that only it leads to: one load and one search instead of
//! several. (A decision that others lead to as well stays: copying it into each of them could square the size.)

use std::collections::BTreeSet;

use super::graph::{Case, Graph, Id, Node, coalesced};

pub(super) fn fuse(graph: &mut Graph, start: Id) {
    let mut parents = vec![BTreeSet::new(); graph.nodes.len()];
    // Names fall along every edge, so a node's parents are all seen before it.
    for id in (0..=start).rev() {
        if id == start || !parents[id].is_empty() {
            for child in children(&graph.nodes[id]) {
                parents[child].insert(id);
            }
        }
    }
    for id in (0..=start).rev() {
        if id == start || !parents[id].is_empty() {
            while let Some(child) = absorbable(graph, &parents, id) {
                absorb(graph, &mut parents, id, child);
            }
        }
    }
}

/// The nodes that this one leads to.
pub(super) fn children(node: &Node) -> Vec<Id> {
    match node {
        Node::Return(_) => Vec::new(),
        Node::Switch { word: _, early: _, cases } => cases.iter().map(|case| case.to).collect(),
        &Node::Masked { word: _, mask: _, value: _, yes, no } => vec![yes, no],
    }
}

fn absorbable(graph: &Graph, parents: &[BTreeSet<Id>], id: Id) -> Option<Id> {
    let Node::Switch { word, early: _, cases } = &graph.nodes[id] else { return None };
    cases.iter().map(|case| case.to).find(|&child| {
        parents[child].len() == 1 && matches!(&graph.nodes[child], Node::Switch { word: other, .. } if other == word)
    })
}

fn absorb(graph: &mut Graph, parents: &mut [BTreeSet<Id>], id: Id, child: Id) {
    let Node::Switch { word: _, early: _, cases: inner } = graph.nodes[child].clone() else { return };
    let Node::Switch { word: _, early: _, cases } = &mut graph.nodes[id] else { return };
    let mut joined = Vec::with_capacity(cases.len() + inner.len());
    for (at, &case) in cases.iter().enumerate() {
        if case.to == child {
            let end = cases.get(at + 1).map(|next| next.from);
            let begins = inner.partition_point(|inner| inner.from <= case.from) - 1;
            joined.push(Case { from: case.from, to: inner[begins].to });
            joined.extend(inner[begins + 1..].iter().take_while(|inner| end.is_none_or(|end| inner.from < end)));
        } else {
            joined.push(case);
        }
    }
    *cases = coalesced(joined);

    parents[child].clear();
    for grandchild in inner.into_iter().map(|case| case.to) {
        parents[grandchild].remove(&child);
    }
    for case in &*cases {
        parents[case.to].insert(id);
    }
}
