//! Communities of a weighted graph: groups of people who meet each other more than chance would have it.
//!
//! The method is the one of V. D. Blondel, J.-L. Guillaume, R. Lambiotte and E. Lefebvre, "Fast unfolding of
//! communities in large networks", J. Stat. Mech. (2008) P10008 ("Louvain"). Nodes are visited in index order
//! and all comparisons are made in integers, so the result is the same on every platform.

use std::cmp::Ordering;
use std::collections::BinaryHeap;

/// An undirected graph with integer weights and without self loops.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Graph {
    /// Neighbours of node `i` are at `offsets[i]..offsets[i + 1]`.
    offsets: Vec<usize>,
    /// Neighbour and weight; ascending by neighbour within a node, both directions stored.
    links: Vec<(u32, u64)>,
    /// Weight inside of a node that stands for several, counted in both directions; zero in graphs from
    /// outside.
    inside: Vec<u64>,
    /// Weighted degree of each node, `inside` included.
    strength: Vec<u64>,
    /// Sum of all strengths: twice the weight of the graph.
    twice_total: u64,
}

impl Graph {
    /// Builds a graph of `nodes` nodes from edges `(node, node, weight)`. Parallel edges and both directions
    /// are summed up; self loops and edges of weight zero are ignored.
    ///
    /// # Panics
    ///
    /// If a node is not below `nodes`, if there are more than `u32::MAX` nodes, or if the weights add up to
    /// 2^62 or more.
    pub fn from_edges(nodes: usize, edges: impl IntoIterator<Item = (u32, u32, u64)>) -> Self {
        assert!(u32::try_from(nodes).is_ok(), "{nodes} nodes are too many");
        let edges: Vec<(u32, u32, u64)> = edges
            .into_iter()
            .inspect(|&(a, b, _)| assert!((a.max(b) as usize) < nodes, "edge {a}-{b} leaves {nodes} nodes"))
            .filter(|&(a, b, weight)| a != b && weight > 0)
            .collect();
        let mut total = 0u64;
        let mut starts = vec![0usize; nodes + 1];
        for &(a, b, weight) in &edges {
            total = total
                .checked_add(weight)
                .filter(|&sum| sum < 1 << 62)
                .expect("weights add up to 2^62 or more");
            starts[a as usize + 1] += 1;
            starts[b as usize + 1] += 1;
        }
        for i in 0..nodes {
            starts[i + 1] += starts[i];
        }
        let mut fill = starts.clone();
        let mut raw = vec![(0u32, 0u64); edges.len() * 2];
        for &(a, b, weight) in &edges {
            for (from, to) in [(a, b), (b, a)] {
                let at = &mut fill[from as usize];
                raw[*at] = (to, weight);
                *at += 1;
            }
        }
        let mut offsets = Vec::with_capacity(nodes + 1);
        let mut links: Vec<(u32, u64)> = Vec::with_capacity(raw.len());
        let mut strength = Vec::with_capacity(nodes);
        offsets.push(0);
        for i in 0..nodes {
            let mine = &mut raw[starts[i]..starts[i + 1]];
            mine.sort_unstable();
            let first = links.len();
            for &(to, weight) in mine.iter() {
                match links[first..].last_mut() {
                    Some(last) if last.0 == to => last.1 += weight,
                    _ => links.push((to, weight)),
                }
            }
            strength.push(mine.iter().map(|link| link.1).sum());
            offsets.push(links.len());
        }
        Self {
            offsets,
            links,
            inside: vec![0; nodes],
            strength,
            twice_total: 2 * total,
        }
    }

    /// Number of nodes.
    pub fn nodes(&self) -> usize {
        self.strength.len()
    }

    /// Sum of the weights of all edges, each counted once.
    pub fn total_weight(&self) -> u64 {
        self.twice_total / 2
    }

    /// Neighbours of a node with the weight of the tie, ascending.
    ///
    /// # Panics
    ///
    /// If there is no such node.
    pub fn neighbours(&self, node: u32) -> &[(u32, u64)] {
        &self.links[self.offsets[node as usize]..self.offsets[node as usize + 1]]
    }

    /// One pass of Louvain: moves single nodes between communities as long as modularity grows. Returns the
    /// community of each node, numbered by first appearance, and how many there are.
    fn local_moves(&self) -> (Vec<u32>, usize) {
        let n = self.nodes();
        let whole = i128::from(self.twice_total);
        let mut labels: Vec<u32> = (0..n as u32).collect();
        // Strength of each community.
        let mut volume = self.strength.clone();
        // Weight of ties of the node at hand to each community; all zero between nodes.
        let mut ties = vec![0u64; n];
        let mut touched: Vec<u32> = Vec::new();
        // Nodes worth another look. A node is skipped while none of its neighbours has moved; when nothing is
        // left, all are looked at once more, because the volumes have changed, until such a full round moves
        // nobody.
        let mut due = vec![true; n];
        let mut full = true;
        loop {
            let mut moved = false;
            for i in 0..n {
                if !std::mem::replace(&mut due[i], false) {
                    continue;
                }
                let own = labels[i];
                let strength = self.strength[i];
                for &(to, weight) in self.neighbours(i as u32) {
                    let community = labels[to as usize];
                    if ties[community as usize] == 0 {
                        touched.push(community);
                    }
                    ties[community as usize] += weight;
                }
                volume[own as usize] -= strength;
                // The gain of joining a community, times the positive constant twice_total^2 / 2.
                let gain = |community: u32| {
                    i128::from(ties[community as usize]) * whole
                        - i128::from(strength) * i128::from(volume[community as usize])
                };
                let mut best = own;
                let mut best_gain = gain(own);
                for &community in &touched {
                    let this = gain(community);
                    if this > best_gain || (this == best_gain && best != own && community < best) {
                        (best, best_gain) = (community, this);
                    }
                }
                for community in touched.drain(..) {
                    ties[community as usize] = 0;
                }
                volume[best as usize] += strength;
                if best != own {
                    labels[i] = best;
                    moved = true;
                    for &(to, _) in self.neighbours(i as u32) {
                        due[to as usize] |= labels[to as usize] != best;
                    }
                }
            }
            if moved {
                full = false;
            } else if full {
                break;
            } else {
                full = true;
                due.fill(true);
            }
        }
        let count = renumber(&mut labels);
        (labels, count)
    }

    /// The graph whose nodes are the communities of this one.
    fn condense(&self, labels: &[u32], count: usize) -> Self {
        let mut offsets = Vec::with_capacity(count + 1);
        let mut links = Vec::new();
        let mut inside = vec![0u64; count];
        let mut strength = vec![0u64; count];
        let mut ties = vec![0u64; count];
        let mut touched: Vec<u32> = Vec::new();
        offsets.push(0);
        for (community, members) in members(labels, count).iter().enumerate() {
            for &node in members {
                inside[community] += self.inside[node as usize];
                strength[community] += self.strength[node as usize];
                for &(to, weight) in self.neighbours(node) {
                    let other = labels[to as usize];
                    if other as usize == community {
                        inside[community] += weight;
                        continue;
                    }
                    if ties[other as usize] == 0 {
                        touched.push(other);
                    }
                    ties[other as usize] += weight;
                }
            }
            touched.sort_unstable();
            for other in touched.drain(..) {
                links.push((other, std::mem::take(&mut ties[other as usize])));
            }
            offsets.push(links.len());
        }
        Self {
            offsets,
            links,
            inside,
            strength,
            twice_total: self.twice_total,
        }
    }
}

/// Renumbers labels below `labels.len()` by first appearance; returns how many there are.
fn renumber(labels: &mut [u32]) -> usize {
    let mut new = vec![u32::MAX; labels.len()];
    let mut count = 0;
    for label in labels {
        let name = &mut new[*label as usize];
        if *name == u32::MAX {
            *name = count;
            count += 1;
        }
        *label = *name;
    }
    count as usize
}

/// Nodes of each community, ascending, for labels below `count`.
fn members(labels: &[u32], count: usize) -> Vec<Vec<u32>> {
    let mut members = vec![Vec::new(); count];
    for (node, &label) in labels.iter().enumerate() {
        members[label as usize].push(node as u32);
    }
    members
}

/// Position of each node's label among the distinct labels, and these, ascending.
fn compress(graph: &Graph, labels: &[u32]) -> (Vec<u32>, Vec<u32>) {
    assert_eq!(labels.len(), graph.nodes(), "every node needs a label");
    let mut names = labels.to_vec();
    names.sort_unstable();
    names.dedup();
    let places = labels
        .iter()
        .map(|label| names.partition_point(|name| name < label) as u32)
        .collect();
    (places, names)
}

/// Communities by Louvain (Blondel et al. 2008): a label for each node, numbered 0, 1, ... by first
/// appearance.
///
/// Each pass visits nodes in index order and moves a node to the neighbouring community that raises
/// modularity most; it stays where it is unless another one is strictly better, and among equally good others
/// the smallest label wins. Nodes none of whose neighbours has moved are skipped (N. Ozaki, H. Tezuka and M.
/// Inaba, "A simple acceleration method for the Louvain algorithm", Int. J. Comput. Electr. Eng. 8 (2016)
/// 207-218) until a closing round over all nodes finds nothing to improve. Communities then become the nodes
/// of the next pass. A node without ties is a community of its own. Gains are compared as 128-bit integers
/// without rounding.
pub fn communities(graph: &Graph) -> Vec<u32> {
    let (mut labels, mut count) = graph.local_moves();
    let mut nodes = graph.nodes();
    let mut condensed: Option<Graph> = None;
    let mut step = labels.clone();
    while count < nodes {
        let next = condensed.as_ref().unwrap_or(graph).condense(&step, count);
        nodes = count;
        (step, count) = next.local_moves();
        for label in &mut labels {
            *label = step[*label as usize];
        }
        condensed = Some(next);
    }
    labels
}

/// Modularity of a partition: share of weight inside of communities less the share expected if ties were
/// drawn at random with the same strengths; without unit, -1/2 to 1; 0 for a graph without edges.
///
/// M. E. J. Newman, "Analysis of weighted networks", Phys. Rev. E 70 (2004) 056131. Labels may be any
/// numbers. The numerator is exact; rounding happens only in the final division.
///
/// # Panics
///
/// Unless there is one label for each node.
pub fn modularity(graph: &Graph, labels: &[u32]) -> f64 {
    let (places, names) = compress(graph, labels);
    if graph.twice_total == 0 {
        return 0.0;
    }
    let condensed = graph.condense(&places, names.len());
    let whole = i128::from(graph.twice_total);
    let excess: i128 = condensed
        .inside
        .iter()
        .zip(&condensed.strength)
        .map(|(&inside, &strength)| i128::from(inside) * whole - i128::from(strength) * i128::from(strength))
        .sum();
    excess as f64 / (whole * whole) as f64
}

/// A community, or a node, that may follow those already taken.
#[derive(PartialEq, Eq)]
struct Candidate {
    /// Weight of its ties to those taken, when it was put on the heap.
    tied: u64,
    /// Its own total weight; positive.
    total: u64,
    place: u32,
}

impl Ord for Candidate {
    fn cmp(&self, other: &Self) -> Ordering {
        let mine = u128::from(self.tied) * u128::from(other.total);
        let theirs = u128::from(other.tied) * u128::from(self.total);
        mine.cmp(&theirs)
            .then(other.place.cmp(&self.place))
            .then(self.tied.cmp(&other.tied))
    }
}

impl PartialOrd for Candidate {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// An order in which to move communities so that strongly tied ones follow each other; returns each distinct
/// label once.
///
/// The total of a community is the weight inside of it plus the weight of its ties to others. The community
/// with the largest total comes first, then always the one whose ties to those already taken are the largest
/// share of its own total. When no community left is tied to those taken, the one with the largest total
/// starts afresh; so communities without any weight come last. Equal ones follow in the order of their
/// labels. Shares are compared by cross multiplication of integers. Labels may be any numbers.
///
/// # Panics
///
/// Unless there is one label for each node.
pub fn order_communities(graph: &Graph, labels: &[u32]) -> Vec<u32> {
    let (places, names) = compress(graph, labels);
    let condensed = graph.condense(&places, names.len());
    let total: Vec<u64> = condensed
        .strength
        .iter()
        .zip(&condensed.inside)
        .map(|(&strength, &inside)| strength - inside / 2)
        .collect();
    let mut by_total: Vec<u32> = (0..names.len() as u32).collect();
    by_total.sort_by_key(|&place| std::cmp::Reverse(total[place as usize]));

    let mut taken = vec![false; names.len()];
    let mut tied = vec![0u64; names.len()];
    let mut order = Vec::with_capacity(names.len());
    let mut heap: BinaryHeap<Candidate> = BinaryHeap::new();
    for start in by_total {
        let mut next = Some(start);
        while let Some(place) = next {
            // An entry is out of date once its community has been taken; with fewer ties than now it lies
            // below the newer entry of the same community and is met later.
            if !std::mem::replace(&mut taken[place as usize], true) {
                order.push(names[place as usize]);
                for &(other, weight) in condensed.neighbours(place) {
                    if !taken[other as usize] {
                        tied[other as usize] += weight;
                        let (tied, total) = (tied[other as usize], total[other as usize]);
                        heap.push(Candidate {
                            tied,
                            total,
                            place: other,
                        });
                    }
                }
            }
            next = heap.pop().map(|candidate| candidate.place);
        }
    }
    order
}

/// An order in which to move nodes so that strongly tied ones follow each other; returns each node once.
///
/// Communities follow each other as in [`order_communities`], and none is left before all of it is taken. Within a
/// community comes always the node whose ties to those already taken, of this or any earlier community, are the
/// largest share of its own strength; of equal ones the one with the smallest number. So a community that is too
/// large for one wave is cut where few of its ties are.
///
/// # Panics
///
/// Unless there is one label for each node.
pub fn order_nodes(graph: &Graph, labels: &[u32]) -> Vec<u32> {
    let (places, names) = compress(graph, labels);
    let members = members(&places, names.len());
    let mut taken = vec![false; graph.nodes()];
    let mut tied = vec![0u64; graph.nodes()];
    let candidate = |node: u32, tied: &[u64]| Candidate {
        tied: tied[node as usize],
        // A node without ties has a share of zero.
        total: graph.strength[node as usize].max(1),
        place: node,
    };
    let mut order = Vec::with_capacity(graph.nodes());
    let mut heap: BinaryHeap<Candidate> = BinaryHeap::new();
    for label in order_communities(graph, labels) {
        let community = names.partition_point(|&name| name < label);
        heap.extend(members[community].iter().map(|&node| candidate(node, &tied)));
        while let Some(Candidate { place: node, .. }) = heap.pop() {
            // Entries out of date are met later, as above.
            if std::mem::replace(&mut taken[node as usize], true) {
                continue;
            }
            order.push(node);
            for &(other, weight) in graph.neighbours(node) {
                if !taken[other as usize] {
                    tied[other as usize] += weight;
                    if places[other as usize] as usize == community {
                        heap.push(candidate(other, &tied));
                    }
                }
            }
        }
    }
    order
}

#[cfg(test)]
mod tests {
    use super::*;

    /// W. W. Zachary, "An information flow model for conflict and fission in small groups", Journal of
    /// Anthropological Research 33 (1977) 452-473: 34 members of a karate club, 78 ties, unweighted, numbered
    /// from 1.
    const KARATE: [(u32, &[u32]); 31] = [
        (1, &[2, 3, 4, 5, 6, 7, 8, 9, 11, 12, 13, 14, 18, 20, 22, 32]),
        (2, &[3, 4, 8, 14, 18, 20, 22, 31]),
        (3, &[4, 8, 9, 10, 14, 28, 29, 33]),
        (4, &[8, 13, 14]),
        (5, &[7, 11]),
        (6, &[7, 11, 17]),
        (7, &[17]),
        (8, &[]),
        (9, &[31, 33, 34]),
        (10, &[34]),
        (11, &[]),
        (12, &[]),
        (13, &[]),
        (14, &[34]),
        (15, &[33, 34]),
        (16, &[33, 34]),
        (17, &[]),
        (18, &[]),
        (19, &[33, 34]),
        (20, &[34]),
        (21, &[33, 34]),
        (22, &[]),
        (23, &[33, 34]),
        (24, &[26, 28, 30, 33, 34]),
        (25, &[26, 28, 32]),
        (26, &[32]),
        (27, &[30, 34]),
        (28, &[34]),
        (29, &[32, 34]),
        (30, &[33, 34]),
        (31, &[33, 34]),
    ];

    fn karate() -> Graph {
        let rest = [(32, 33), (32, 34), (33, 34)];
        let listed = KARATE
            .iter()
            .flat_map(|&(a, others)| others.iter().map(move |&b| (a, b)));
        Graph::from_edges(34, listed.chain(rest).map(|(a, b)| (a - 1, b - 1, 1)))
    }

    fn clique(nodes: std::ops::Range<u32>) -> impl Iterator<Item = (u32, u32, u64)> {
        let end = nodes.end;
        nodes.flat_map(move |a| (a + 1..end).map(move |b| (a, b, 1)))
    }

    /// SplitMix64 (Steele, Lea and Flood 2014).
    struct Source(u64);

    impl Source {
        fn next(&mut self) -> u64 {
            self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let mut z = self.0;
            z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            z ^ (z >> 31)
        }

        fn below(&mut self, n: u64) -> u64 {
            self.next() % n
        }
    }

    /// `nodes` in `blocks` by remainder; of a hundred edges, `inside` stay in their block.
    fn planted(nodes: u32, edges: usize, blocks: u32, inside: u64, seed: u64) -> Graph {
        let mut source = Source(seed);
        let edges: Vec<_> = (0..edges)
            .map(|_| {
                let a = source.below(u64::from(nodes)) as u32;
                let b = if source.below(100) < inside {
                    source.below(u64::from(nodes / blocks)) as u32 * blocks + a % blocks
                } else {
                    source.below(u64::from(nodes)) as u32
                };
                (a, b, 1 + source.below(3))
            })
            .collect();
        Graph::from_edges(nodes as usize, edges)
    }

    #[test]
    fn edges_are_summed_without_direction_and_loops() {
        let graph = Graph::from_edges(3, [(0, 1, 2), (1, 0, 3), (2, 2, 9), (1, 2, 1), (0, 2, 0)]);
        assert_eq!(graph.neighbours(0), [(1, 5)]);
        assert_eq!(graph.neighbours(1), [(0, 5), (2, 1)]);
        assert_eq!(graph.neighbours(2), [(1, 1)]);
        assert_eq!(graph.total_weight(), 6);
        assert_eq!(graph.nodes(), 3);
    }

    #[test]
    #[should_panic(expected = "leaves 2 nodes")]
    fn foreign_nodes_are_refused() {
        Graph::from_edges(2, [(0, 2, 1)]);
    }

    #[test]
    #[should_panic(expected = "2^62")]
    fn overflowing_weights_are_refused() {
        Graph::from_edges(2, [(0, 1, u64::MAX), (0, 1, 1)]);
    }

    #[test]
    fn the_largest_weights_do_not_overflow() {
        let half = (1u64 << 61) - 1;
        let graph = Graph::from_edges(4, [(0, 1, half), (2, 3, half), (1, 2, 1)]);
        let labels = communities(&graph);
        assert_eq!(labels, [0, 0, 1, 1]);
        assert!((modularity(&graph, &labels) - 0.5).abs() < 1e-12);
        assert_eq!(order_communities(&graph, &labels), [0, 1]);
    }

    #[test]
    fn empty_graph() {
        let graph = Graph::from_edges(0, []);
        assert!(communities(&graph).is_empty());
        assert_eq!(modularity(&graph, &[]), 0.0);
        assert!(order_communities(&graph, &[]).is_empty());
    }

    #[test]
    fn isolated_nodes_are_communities_of_their_own_and_come_last() {
        let graph = Graph::from_edges(5, [(1, 3, 1)]);
        let labels = communities(&graph);
        assert_eq!(labels, [0, 1, 2, 1, 3]);
        assert_eq!(order_communities(&graph, &labels), [1, 0, 2, 3]);
        let graph = Graph::from_edges(3, []);
        assert_eq!(communities(&graph), [0, 1, 2]);
        assert_eq!(order_communities(&graph, &[0, 1, 2]), [0, 1, 2]);
    }

    #[test]
    fn two_cliques_joined_by_an_edge() {
        let graph = Graph::from_edges(10, clique(0..5).chain(clique(5..10)).chain([(4, 5, 1)]));
        let labels = communities(&graph);
        assert_eq!(labels, [0, 0, 0, 0, 0, 1, 1, 1, 1, 1]);
        // 21 edges, 10 inside of each half: 20/21 - 2 (1/2)^2.
        assert!((modularity(&graph, &labels) - (20.0 / 21.0 - 0.5)).abs() < 1e-15);
        // Everything in one community: 1 - 1; every node alone: minus the sum of squared shares of strength.
        assert_eq!(modularity(&graph, &[7; 10]), 0.0);
        let alone: Vec<u32> = (0..10).collect();
        let squares = (8.0 * 16.0 + 2.0 * 25.0) / (42.0 * 42.0);
        assert!((modularity(&graph, &alone) + squares).abs() < 1e-15);
    }

    #[test]
    fn a_ring_of_cliques_goes_through_several_levels() {
        // Blondel et al. 2008, section 2: cliques are found first and then merged in pairs.
        let cliques = (0..30).flat_map(|i| clique(5 * i..5 * i + 5));
        let ring = (0..30).map(|i| (5 * i, (5 * i + 7) % 150, 1));
        let graph = Graph::from_edges(150, cliques.chain(ring));
        let labels = communities(&graph);
        assert!(
            labels
                .chunks(5)
                .all(|chunk| chunk.iter().all(|&label| label == chunk[0]))
        );
        assert!(modularity(&graph, &labels) > 0.875);
    }

    #[test]
    fn karate_club() {
        let graph = karate();
        assert_eq!(graph.total_weight(), 78);
        // Published degrees of the instructor and the president.
        assert_eq!((graph.neighbours(0).len(), graph.neighbours(33).len()), (16, 17));
        let labels = communities(&graph);
        let reached = modularity(&graph, &labels);
        // The best partition has 0.4198.
        assert!((0.41..0.41980).contains(&reached), "{reached}");
        assert_ne!(labels[0], labels[33]);
    }

    #[test]
    fn no_single_move_improves_the_first_pass() {
        let graph = planted(300, 1500, 6, 60, 5);
        let (labels, count) = graph.local_moves();
        let reached = modularity(&graph, &labels);
        for node in 0..300 {
            for community in 0..count as u32 {
                let mut changed = labels.clone();
                changed[node] = community;
                assert!(modularity(&graph, &changed) <= reached + 1e-12);
            }
        }
    }

    #[test]
    fn the_same_edges_in_any_order_and_direction_give_the_same_result() {
        let mut source = Source(11);
        let mut edges: Vec<(u32, u32, u64)> = (0..4000)
            .map(|_| {
                (
                    source.below(500) as u32,
                    source.below(500) as u32,
                    source.below(9),
                )
            })
            .collect();
        let graph = Graph::from_edges(500, edges.iter().copied());
        edges.reverse();
        for edge in edges.iter_mut().step_by(3) {
            *edge = (edge.1, edge.0, edge.2);
        }
        let again = Graph::from_edges(500, edges);
        assert_eq!(graph, again);
        let labels = communities(&graph);
        assert_eq!(labels, communities(&again));
        assert_eq!(
            order_communities(&graph, &labels),
            order_communities(&again, &labels)
        );
    }

    #[test]
    fn labels_are_numbered_by_first_appearance() {
        let labels = communities(&planted(1000, 8000, 10, 80, 3));
        let mut next = 0;
        for label in labels {
            assert!(label <= next);
            next = next.max(label + 1);
        }
    }

    #[test]
    fn a_planted_partition_is_recovered() {
        let graph = planted(1200, 15_000, 12, 85, 1);
        let expected: Vec<u32> = (0..1200).map(|node| node % 12).collect();
        assert_eq!(communities(&graph), expected);
    }

    #[test]
    fn order_follows_the_strongest_ties() {
        // Communities with labels 10 to 50; inside weights 5, 20, 1, 0 and 3 (nodes 0-1, 2-3, 4-5, 6, 7-8).
        let edges = [
            (0, 1, 5),
            (2, 3, 20),
            (4, 5, 1),
            (7, 8, 3),
            (0, 2, 2),
            (4, 0, 4),
            (4, 3, 1),
        ];
        let graph = Graph::from_edges(9, edges);
        let labels = [10, 10, 20, 20, 30, 30, 40, 50, 50];
        // Totals: 10 has 11, 20 has 23, 30 has 6, 50 has 3. First 20; then 10 with 2/11 against 30 with 1/6;
        // then 30; then 50, which is not tied to any; 40 has no weight.
        assert_eq!(order_communities(&graph, &labels), [20, 10, 30, 50, 40]);
        // Equal shares: the smaller label goes first.
        let star = Graph::from_edges(4, [(3, 0, 1), (3, 1, 1), (3, 2, 1)]);
        assert_eq!(order_communities(&star, &[0, 1, 2, 3]), [3, 0, 1, 2]);
    }

    #[test]
    fn order_agrees_with_the_definition() {
        let graph = planted(400, 900, 40, 50, 9);
        let labels = communities(&graph);
        let count = 1 + *labels.iter().max().unwrap() as usize;
        let mut ties = vec![vec![0u64; count]; count];
        for a in 0..400u32 {
            for &(b, weight) in graph.neighbours(a).iter().filter(|link| link.0 > a) {
                let (x, y) = (labels[a as usize] as usize, labels[b as usize] as usize);
                ties[x][y] += weight;
                if x != y {
                    ties[y][x] += weight;
                }
            }
        }
        let total: Vec<u64> = ties.iter().map(|row| row.iter().sum()).collect();
        let mut left: Vec<usize> = (0..count).collect();
        let mut order: Vec<usize> = Vec::new();
        while !left.is_empty() {
            let tied = |place: usize| order.iter().map(|&other| ties[place][other]).sum::<u64>();
            let fresh = left.iter().all(|&place| tied(place) == 0);
            let mut best = left[0];
            for &place in &left[1..] {
                let better = if fresh {
                    total[place] > total[best]
                } else {
                    u128::from(tied(place)) * u128::from(total[best].max(1))
                        > u128::from(tied(best)) * u128::from(total[place].max(1))
                };
                if better {
                    best = place;
                }
            }
            left.retain(|&place| place != best);
            order.push(best);
        }
        let order: Vec<u32> = order.into_iter().map(|place| place as u32).collect();
        assert_eq!(order_communities(&graph, &labels), order);
    }

    #[test]
    fn large_graphs_are_handled() {
        let graph = planted(20_000, 200_000, 100, 70, 2);
        let labels = communities(&graph);
        assert!(modularity(&graph, &labels) > 0.6);
        assert_eq!(
            order_communities(&graph, &labels).len(),
            1 + *labels.iter().max().unwrap() as usize
        );
    }

    #[test]
    fn nodes_follow_their_ties_and_communities_stay_together() {
        // A path of six, cut in the middle: 0-3-1 | 4-2-5, tied by 1-4. The end of the path comes first because all
        // shares are zero, then each node follows its only neighbour.
        let graph = Graph::from_edges(6, [(0, 3, 1), (3, 1, 1), (1, 4, 1), (4, 2, 1), (2, 5, 1)]);
        assert_eq!(order_nodes(&graph, &[7, 7, 9, 7, 9, 9]), [0, 3, 1, 4, 2, 5]);
        // The other way round the second community starts where it is tied to the first.
        assert_eq!(order_nodes(&graph, &[9, 9, 7, 9, 7, 7]), [2, 5, 4, 1, 3, 0]);
    }

    #[test]
    fn nodes_without_ties_come_by_number() {
        let graph = Graph::from_edges(5, [(1, 3, 2)]);
        assert_eq!(order_nodes(&graph, &[0; 5]), [0, 1, 3, 2, 4]);
        assert_eq!(order_nodes(&graph, &communities(&graph)), [1, 3, 0, 2, 4]);
        assert_eq!(order_nodes(&Graph::from_edges(0, []), &[]), [0; 0]);
    }

    #[test]
    fn the_order_of_nodes_agrees_with_the_definition() {
        let graph = planted(400, 900, 40, 50, 9);
        let labels = communities(&graph);
        let order = order_nodes(&graph, &labels);
        let mut taken = vec![false; graph.nodes()];
        let mut left: Vec<u32> = Vec::new();
        let mut communities = order_communities(&graph, &labels).into_iter();
        for node in order {
            if left.is_empty() {
                let label = communities.next().expect("a community is left");
                left = (0..graph.nodes() as u32)
                    .filter(|&node| labels[node as usize] == label)
                    .collect();
            }
            let share = |node: u32| {
                let ties = graph.neighbours(node);
                let tied: u64 = ties
                    .iter()
                    .filter(|tie| taken[tie.0 as usize])
                    .map(|tie| tie.1)
                    .sum();
                tied as f64 / graph.strength[node as usize].max(1) as f64
            };
            let best = left.iter().copied().reduce(|best, other| {
                if share(other) > share(best) + 1e-12 {
                    other
                } else {
                    best
                }
            });
            assert_eq!(Some(node), best);
            left.retain(|&other| other != node);
            taken[node as usize] = true;
        }
        assert!(left.is_empty() && taken.into_iter().all(|taken| taken));
    }
}
