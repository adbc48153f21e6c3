//! Exact amounts: a split that a solver found on doubles, made whole in integers.

/// What cannot be placed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Shortfall {
    /// The need that is not met.
    pub(crate) need: usize,
    /// How much of it is left over.
    pub(crate) missing: u128,
    /// All others of which any could make room for it by being less.
    pub(crate) others: Vec<usize>,
}

/// A need: an amount, and the stores it may be taken from with a first guess for each.
#[derive(Clone, Debug)]
pub(crate) struct Need {
    pub(crate) amount: u128,
    pub(crate) from: Vec<(usize, f64)>,
}

/// Takes every need from the stores it may use, no more than each holds: as guessed, as far as the guesses go, and what is
/// left along shortest paths of shifts. Returns the amounts beside the guesses. It finds a way whenever there is one.
///
/// Every path fills a store, empties an amount or ends a need; shortest paths are at most stores × needs × their sum many.
pub(crate) fn transport(needs: &[Need], holds: &[u128]) -> Result<Vec<Vec<u128>>, Shortfall> {
    let mut room: Vec<u128> = holds.to_vec();
    let mut flows: Vec<Vec<u128>> = Vec::with_capacity(needs.len());
    let mut rests = Vec::with_capacity(needs.len());
    for need in needs {
        let mut rest = need.amount;
        let mut flow = Vec::with_capacity(need.from.len());
        for (store, guess) in &need.from {
            // The cast floors, saturates, and takes what is not a number for nothing.
            let taken = (*guess as u128).min(rest).min(room[*store]);
            room[*store] -= taken;
            rest -= taken;
            flow.push(taken);
        }
        flows.push(flow);
        rests.push(rest);
    }
    for need in 0..needs.len() {
        // First where most is taken already: there the price is that of the last unit.
        let mut order: Vec<usize> = (0..needs[need].from.len()).collect();
        order.sort_by_key(|place| std::cmp::Reverse(flows[need][*place]));
        for place in order {
            let (store, _) = needs[need].from[place];
            let more = rests[need].min(room[store]);
            flows[need][place] += more;
            room[store] -= more;
            rests[need] -= more;
        }
        while rests[need] > 0 {
            match shift(needs, &mut flows, &mut room, need, rests[need]) {
                Ok(moved) => rests[need] -= moved,
                Err(others) => return Err(Shortfall { need, missing: rests[need], others }),
            }
        }
    }
    Ok(flows)
}

/// Takes up to `most` more for `start` by moving others out of its way along one shortest path; how much, more than nothing. Where
/// there is no way: the needs that stand in it.
fn shift(
    needs: &[Need],
    flows: &mut [Vec<u128>],
    room: &mut [u128],
    start: usize,
    most: u128,
) -> Result<u128, Vec<usize>> {
    // How each store and each other need was reached: a store by a need's place, a need by a store and its own place there.
    let mut store_from: Vec<Option<(usize, usize)>> = vec![None; room.len()];
    let mut need_from: Vec<Option<(usize, usize)>> = vec![None; needs.len()];
    let mut queue = std::collections::VecDeque::from([start]);
    let mut end = None;
    'search: while let Some(need) = queue.pop_front() {
        for (place, (store, _)) in needs[need].from.iter().enumerate() {
            if store_from[*store].is_some() {
                continue;
            }
            store_from[*store] = Some((need, place));
            if room[*store] > 0 {
                end = Some(*store);
                break 'search;
            }
            for (other, flow) in flows.iter().enumerate() {
                let held = needs[other].from.iter().position(|(held, _)| held == store);
                let Some(place) = held.filter(|place| flow[*place] > 0) else { continue };
                if other != start && need_from[other].is_none() {
                    need_from[other] = Some((*store, place));
                    queue.push_back(other);
                }
            }
        }
    }
    let Some(end) = end else {
        return Err((0..needs.len()).filter(|need| need_from[*need].is_some()).collect());
    };
    // Back along the path: first how much fits, then the move.
    let mut path = Vec::new();
    let mut moved = most.min(room[end]);
    let mut store = end;
    while let Some((need, place)) = store_from[store] {
        path.push((need, place, true));
        let Some((from, place)) = need_from[need].filter(|_| need != start) else { break };
        moved = moved.min(flows[need][place]);
        path.push((need, place, false));
        store = from;
    }
    for (need, place, more) in path {
        match more {
            true => flows[need][place] += moved,
            false => flows[need][place] -= moved,
        }
    }
    room[end] -= moved;
    Ok(moved)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn need(amount: u128, from: &[(usize, f64)]) -> Need {
        Need { amount, from: from.to_vec() }
    }

    #[test]
    fn amounts_should_add_up_when_guesses_do_not() {
        let needs = [need(10, &[(0, 3.9), (1, 5.2)]), need(7, &[(1, f64::NAN), (2, -4.0)])];
        let flows = transport(&needs, &[100, 9, 7]).unwrap();
        // What is left goes first where most is.
        assert_eq!(flows, [vec![3, 7], vec![2, 5]]);
    }

    #[test]
    fn others_should_move_when_they_stand_in_the_way() {
        // The first two take what the third alone depends on.
        let needs = [need(5, &[(0, 5.0), (1, 0.0)]), need(5, &[(1, 5.0), (2, 0.0)]), need(5, &[(0, 0.0)])];
        let flows = transport(&needs, &[5, 5, 5]).unwrap();
        assert_eq!(flows, [vec![0, 5], vec![0, 5], vec![5]]);
    }

    #[test]
    fn shortfall_should_be_told_when_there_is_no_way() {
        let needs = [need(5, &[(0, 5.0)]), need(5, &[(0, 5.0), (1, 5.0)])];
        assert_eq!(transport(&needs, &[8, 1]), Err(Shortfall { need: 1, missing: 1, others: vec![0] }));
    }
}
