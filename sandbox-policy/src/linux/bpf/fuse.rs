//! Joins a decision with the decisions about the same word that only it leads to: one load and one search instead of
//! several. (A decision that others lead to as well stays: copying it into each of them could square the size.)

use super::graph::{Case, Graph, Id, Node, coalesced};

pub(super) fn fuse(graph: &mut Graph, start: Id) {
    // How many edges lead to each node. Names fall along every edge, so all that lead to a node are seen before it.
    let mut edges = vec![0_usize; graph.nodes.len()];
    for id in (0..=start).rev() {
        if id == start || edges[id as usize] > 0 {
            for child in children(&graph.nodes[id as usize]) {
                edges[child as usize] += 1;
            }
        }
    }
    for id in (0..=start).rev() {
        if id == start || edges[id as usize] > 0 {
            while let Some(child) = absorbable(graph, &edges, id) {
                absorb(graph, &mut edges, id, child);
            }
        }
    }
}

/// The nodes that this one leads to, by each of its edges.
pub(super) fn children(node: &Node) -> impl Iterator<Item = Id> {
    let (cases, ends): (&[Case], _) = match node {
        Node::Return(_) => (&[], [None, None]),
        Node::Switch { word: _, cases } => (cases, [None, None]),
        &Node::Masked { word: _, mask: _, value: _, yes, no } => (&[], [Some(yes), Some(no)]),
    };
    cases.iter().map(|case| case.to).chain(ends.into_iter().flatten())
}

/// A node to which no other leads, about the same word.
fn absorbable(graph: &Graph, edges: &[usize], id: Id) -> Option<Id> {
    let Node::Switch { word, cases } = &graph.nodes[id as usize] else { return None };
    cases.iter().map(|case| case.to).find(|&child| {
        matches!(&graph.nodes[child as usize], Node::Switch { word: other, .. } if other == word)
            && edges[child as usize] == cases.iter().filter(|case| case.to == child).count()
    })
}

fn absorb(graph: &mut Graph, edges: &mut [usize], id: Id, child: Id) {
    let Node::Switch { word: _, cases: inner } = graph.nodes[child as usize].clone() else { return };
    // Neither leads anywhere until they are one.
    for parted in [id, child] {
        for left in children(&graph.nodes[parted as usize]) {
            edges[left as usize] -= 1;
        }
    }
    let Node::Switch { word: _, cases } = &mut graph.nodes[id as usize] else { return };
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

    for child in children(&graph.nodes[id as usize]) {
        edges[child as usize] += 1;
    }
}
