//! Entries that overlap stand side by side: which of twelve narrow columns each takes. Pure.

/// Narrow columns of one wide one: divisible by 2, 3, 4 and 6.
pub const LANES: u16 = 12;

/// Where an entry stands: first narrow column (1 is the first) and how many it takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lane {
    /// 1–12.
    pub start: u16,
    /// 1–12.
    pub width: u16,
}

/// Lays entries `[top, end)` out; the answer is in the order of the question. Each group of entries that touch one
/// another shares the width evenly; what does not fit into twelve lanes stands in the last.
pub fn lanes(entries: &[(u16, u16)]) -> Vec<Lane> {
    let mut order: Vec<usize> = (0..entries.len()).collect();
    order.sort_by_key(|index| {
        (
            entries[*index].0,
            std::cmp::Reverse(entries[*index].1),
            *index,
        )
    });
    let mut found = vec![
        Lane {
            start: 1,
            width: LANES
        };
        entries.len()
    ];
    let mut group: Vec<(usize, usize)> = Vec::new();
    let mut ends: Vec<u16> = Vec::new();
    for index in order {
        let (top, end) = entries[index];
        if ends.iter().all(|busy| *busy <= top) {
            settle(&group, ends.len(), &mut found);
            group.clear();
            ends.clear();
        }
        let lane = ends
            .iter()
            .position(|busy| *busy <= top)
            .unwrap_or(ends.len());
        match ends.get_mut(lane) {
            Some(busy) => *busy = end,
            None => ends.push(end),
        }
        group.push((index, lane));
    }
    settle(&group, ends.len(), &mut found);
    found
}

fn settle(group: &[(usize, usize)], lanes: usize, found: &mut [Lane]) {
    let width = match lanes {
        0 | 1 => 12,
        2 => 6,
        3 => 4,
        4 => 3,
        5 | 6 => 2,
        7.. => 1,
    };
    for (index, lane) in group {
        let lane = u16::try_from(*lane).unwrap_or(LANES).min(LANES / width - 1);
        found[*index] = Lane {
            start: lane * width + 1,
            width,
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn alone_takes_all() {
        assert_eq!(
            lanes(&[(0, 10), (10, 20)]),
            [Lane {
                start: 1,
                width: 12
            }; 2]
        );
    }

    #[test]
    fn two_share_and_the_next_is_wide_again() {
        let found = lanes(&[(0, 10), (5, 15), (20, 30)]);
        assert_eq!(found[0], Lane { start: 1, width: 6 });
        assert_eq!(found[1], Lane { start: 7, width: 6 });
        assert_eq!(
            found[2],
            Lane {
                start: 1,
                width: 12
            }
        );
    }

    #[test]
    fn a_freed_lane_is_used_again() {
        let found = lanes(&[(0, 30), (0, 10), (10, 20)]);
        assert_eq!(found[1].start, found[2].start);
        assert_eq!(found[0].width, 6);
    }
}
