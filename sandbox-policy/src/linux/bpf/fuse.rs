//! Joins a decision with the decisions about the same word that only it leads to: one load and one search instead of
//! several. (A decision that others lead to as well stays: copying it into each of them could square the size.)

use super::graph::{Case, Graph, Id, Node, coalesced};

pub(super) fn fuse(graph: &mut Graph, start: Id) {
    // How many nodes lead to each. Names fall along every edge, so all that lead to a node are seen before it.
    let mut parents = vec![0_usize; graph.nodes.len()];
    for id in (0..=start).rev() {
        if id == start || parents[id] > 0 {
            for child in distinct_children(&graph.nodes[id]) {
                parents[child] += 1;
            }
        }
    }
    for id in (0..=start).rev() {
        if id == start || parents[id] > 0 {
            while let Some(child) = absorbable(graph, &parents, id) {
                absorb(graph, &mut parents, id, child);
            }
        }
    }
}

fn distinct_children(node: &Node) -> Vec<Id> {
    let mut children = children(node);
    children.sort_unstable();
    children.dedup();
    children
}

/// The nodes that this one leads to.
pub(super) fn children(node: &Node) -> Vec<Id> {
    match node {
        Node::Return(_) => Vec::new(),
        Node::Switch { word: _, early: _, cases } => cases.iter().map(|case| case.to).collect(),
        &Node::Masked { word: _, mask: _, value: _, yes, no } => vec![yes, no],
    }
}

fn absorbable(graph: &Graph, parents: &[usize], id: Id) -> Option<Id> {
    let Node::Switch { word, early: _, cases } = &graph.nodes[id] else { return None };
    cases.iter().map(|case| case.to).find(|&child| {
        parents[child] == 1 && matches!(&graph.nodes[child], Node::Switch { word: other, .. } if other == word)
    })
}

fn absorb(graph: &mut Graph, parents: &mut [usize], id: Id, child: Id) {
    let Node::Switch { word: _, early: _, cases: inner } = graph.nodes[child].clone() else { return };
    // Neither leads anywhere until they are one.
    for parted in [id, child] {
        for left in distinct_children(&graph.nodes[parted]) {
            parents[left] -= 1;
        }
    }
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

    for child in distinct_children(&graph.nodes[id]) {
        parents[child] += 1;
    }
}
