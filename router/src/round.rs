//! From parts to whole amounts: who does how much, which tokens serve it, and what they cost.

use crate::{
    blocks::{Block, Setup},
    error::Error,
    transport::{transport, Need},
    types::Purchase,
};
use hanzo_hmm::{
    find_route,
    route::{Share, Source},
};
use hanzo_traits::{ResourceClass, Resources};

/// What a sum of parts may miss of the whole before it counts as a lack: a few units of the last place.
const DUST: f64 = 1e-12;
/// Part of a need by which a solver's answer may miss what pools hold.
const ERROR: f64 = 1e-6;

/// Per block and candidate, what it does.
pub(crate) type Amounts = Vec<Vec<Resources>>;
/// Per block and pool, tokens bought there for it, wei.
pub(crate) type Tokens = Vec<Vec<u128>>;

/// Splits each block over its candidates, set by set in these proportions and within a set by weight, as far as capacities
/// and bonds reach. `None` where they do not: then who does what matters, and the program has to say.
pub(crate) fn spread(
    setup: &Setup,
    blocks: &[Block],
    of_set: impl Fn(usize, usize) -> f64,
    weights: &[Vec<f64>],
) -> Option<Vec<Vec<f64>>> {
    let capacity = |offer: &crate::types::Offer| offer.capacity.0.map(|amount| amount as f64);
    let mut capacities: Vec<_> = setup.offers.iter().map(capacity).collect();
    let mut limits: Vec<f64> = setup.offers.iter().map(|offer| offer.free_limit as f64).collect();
    let mut parts = Vec::new();
    for (index, (block, weights)) in blocks.iter().zip(weights).enumerate() {
        let mut done = vec![0.0; block.candidates.len()];
        for (set, pools) in block.sets.iter().enumerate() {
            let worth = crate::program::worth(setup, block, pools);
            let places: Vec<usize> = (0..done.len()).filter(|place| block.candidates[*place].set == set).collect();
            let room = |place: &usize| {
                block.candidates[*place].offer.map_or(f64::INFINITY, |offer| {
                    let of_class =
                        |(class, need): (ResourceClass, u128)| capacities[offer][class.index()] / need as f64;
                    block.classes().map(of_class).fold(limits[offer] / worth, f64::min)
                })
            };
            let rooms: Vec<f64> = places.iter().map(room).collect();
            let shares: Vec<f64> = places.iter().map(|place| weights[*place]).collect();
            for (place, part) in places.iter().zip(fill(of_set(index, set), &shares, &rooms)?) {
                done[*place] = part;
                let Some(offer) = block.candidates[*place].offer else { continue };
                limits[offer] -= part * worth;
                for (class, need) in block.classes() {
                    capacities[offer][class.index()] -= part * need as f64;
                }
            }
        }
        parts.push(done);
    }
    Some(parts)
}

/// Parts in proportion to weights, none above its room, that add up to `total`; `None` where there is not enough room.
fn fill(total: f64, weights: &[f64], rooms: &[f64]) -> Option<Vec<f64>> {
    let mut parts = vec![0.0; rooms.len()];
    let mut open: Vec<usize> = (0..rooms.len()).filter(|place| rooms[*place] > 0.0).collect();
    let mut rest = total;
    while rest > DUST {
        // Weights too small for doubles count as the smallest there is, so that rooms are used before giving up.
        let weight = |place: &usize| weights[*place].max(f64::MIN_POSITIVE);
        let sum: f64 = open.iter().map(weight).sum();
        let full = |place: &usize| rest * (weight(place) / sum) >= rooms[*place];
        let (filled, others): (Vec<usize>, Vec<usize>) = open.iter().copied().partition(|place| full(place));
        if filled.is_empty() {
            others.iter().for_each(|place| parts[*place] = rest * (weight(place) / sum));
            return (!others.is_empty()).then_some(parts);
        }
        for place in filled {
            parts[place] = rooms[place];
            rest -= rooms[place];
        }
        open = others;
    }
    Some(parts)
}

/// What each candidate does, whole: parts of a block add up to its needs, and no offer does more than it can.
pub(crate) fn amounts(setup: &Setup, blocks: &[Block], parts: &[Vec<f64>]) -> Result<Amounts, Error> {
    let mut amounts: Amounts = blocks.iter().map(|block| vec![Resources::default(); block.candidates.len()]).collect();
    for class in ResourceClass::ALL {
        let needing: Vec<usize> = (0..blocks.len()).filter(|block| blocks[*block].needs.get(class) > 0).collect();
        let need = |index: &usize| {
            let (block, parts) = (&blocks[*index], &parts[*index]);
            let amount = block.needs.get(class);
            let guess = |(candidate, part): (_, &f64)| (setup.store(candidate), part * amount as f64);
            Need { amount, from: block.candidates.iter().zip(parts).map(guess).collect() }
        };
        let needs: Vec<Need> = needing.iter().map(need).collect();
        let flows = transport(&needs, &setup.capacities(class)).map_err(|shortfall| lost(shortfall.missing))?;
        for (block, flow) in needing.into_iter().zip(flows) {
            flow.into_iter().zip(&mut amounts[block]).for_each(|(amount, done)| done.set(class, amount));
        }
    }
    Ok(amounts)
}

/// Tokens that some sets of pools lack.
struct Lack {
    class: ResourceClass,
    /// How many, wei.
    missing: u128,
    /// Block and set that lack them, and after these all others of which any could make room by doing less.
    sets: Vec<(usize, usize)>,
}

impl From<Lack> for Error {
    fn from(lack: Lack) -> Self {
        lost(lack.missing)
    }
}

/// Who does how much, and which tokens serve it, whole. Parts that a solver found use pools up to its own error, so what a set of
/// full pools lacks in the end is done by others of its block.
pub(crate) fn amounts_and_tokens(
    setup: &Setup,
    blocks: &[Block],
    parts: &[Vec<f64>],
    holds: &[u128],
    guess: impl Fn(usize, usize, ResourceClass, usize) -> f64,
) -> Result<(Amounts, Tokens), Error> {
    let mut amounts = amounts(setup, blocks, parts)?;
    // Sets that lacked something once get no more to do, so this ends.
    let mut full = Vec::new();
    loop {
        let lack = match find_tokens(blocks, &amounts, holds, &guess) {
            Ok(tokens) => return Ok((amounts, tokens)),
            Err(lack) => lack,
        };
        full.extend(lack.sets.iter().map(|(block, set)| (*block, *set, lack.class)));
        let most = (lack.sets.iter()).map(|(block, _)| blocks[*block].needs.get(lack.class)).max().unwrap_or(0);
        if lack.missing as f64 > most as f64 * ERROR {
            return Err(lack.into());
        }
        if !relieve(setup, blocks, &mut amounts, &lack, &full) {
            return Err(lack.into());
        }
    }
}

/// Moves what is missing from the candidates of sets that lack it, or stand in its way, to others of the same block that have room;
/// whether all of it found a place.
fn relieve(
    setup: &Setup,
    blocks: &[Block],
    amounts: &mut Amounts,
    lack: &Lack,
    full: &[(usize, usize, ResourceClass)],
) -> bool {
    let class = lack.class;
    let mut room = setup.capacities(class);
    for (block, amounts) in blocks.iter().zip(amounts.iter()) {
        for (candidate, amount) in block.candidates.iter().zip(amounts) {
            let store = setup.store(candidate);
            room[store] = room[store].saturating_sub(amount.get(class));
        }
    }
    let mut missing = lack.missing;
    for (index, set) in &lack.sets {
        let candidates = &blocks[*index].candidates;
        let mut places: Vec<usize> = (0..candidates.len()).collect();
        // First those who do most: what is moved changes them least.
        places.sort_by_key(|place| std::cmp::Reverse(amounts[*index][*place].get(class)));
        let givers: Vec<usize> = places.iter().copied().filter(|place| candidates[*place].set == *set).collect();
        let is_full = |place: &usize| full.contains(&(*index, candidates[*place].set, class));
        let takers: Vec<usize> = places.into_iter().filter(|place| !is_full(place)).collect();
        for giver in givers {
            for taker in &takers {
                let (has, does) = (amounts[*index][giver].get(class), amounts[*index][*taker].get(class));
                let (from, to) = (setup.store(&candidates[giver]), setup.store(&candidates[*taker]));
                let space = if from == to { has } else { room[to] };
                let moved = missing.min(has).min(space);
                amounts[*index][giver].set(class, has - moved);
                amounts[*index][*taker].set(class, does + moved);
                room[from] = room[from].saturating_add(moved);
                room[to] -= moved;
                missing -= moved;
            }
        }
    }
    missing == 0
}

/// Which tokens serve what is done, whole, from pools that hold `holds`. `guess` tells a part of the block's need by block,
/// set, class and place of the pool in the set.
pub(crate) fn tokens(
    blocks: &[Block],
    amounts: &Amounts,
    holds: &[u128],
    guess: impl Fn(usize, usize, ResourceClass, usize) -> f64,
) -> Result<Tokens, Error> {
    Ok(find_tokens(blocks, amounts, holds, guess)?)
}

fn find_tokens(
    blocks: &[Block],
    amounts: &Amounts,
    holds: &[u128],
    guess: impl Fn(usize, usize, ResourceClass, usize) -> f64,
) -> Result<Tokens, Lack> {
    let mut tokens: Tokens = vec![vec![0; holds.len()]; blocks.len()];
    for class in ResourceClass::ALL {
        let mut needs = Vec::new();
        let mut whose = Vec::new();
        for (index, (block, amounts)) in blocks.iter().zip(amounts).enumerate() {
            let whole = block.needs.get(class);
            for (set, pools) in block.sets.iter().enumerate().filter(|_| whole > 0) {
                let of_set = block.candidates.iter().zip(amounts).filter(|(candidate, _)| candidate.set == set);
                let amount = of_set.map(|(_, amount)| amount.get(class)).sum();
                let from = pools[class.index()].iter().enumerate();
                let from = from.map(|(place, pool)| (*pool, guess(index, set, class, place) * whole as f64)).collect();
                needs.push(Need { amount, from });
                whose.push((index, set));
            }
        }
        let flows = transport(&needs, holds).map_err(|shortfall| Lack {
            class,
            missing: shortfall.missing,
            sets: std::iter::once(&shortfall.need).chain(&shortfall.others).map(|need| whose[*need]).collect(),
        })?;
        for (((block, _), need), flow) in whose.into_iter().zip(&needs).zip(flows) {
            for ((pool, _), amount) in need.from.iter().zip(flow) {
                tokens[block][*pool] += amount;
            }
        }
    }
    Ok(tokens)
}

/// What buying `psi` from a pool costs and stands at, by the pool's own exact-out trade.
pub(crate) fn purchase(market: usize, source: &Source, psi: u128) -> Result<Purchase, Error> {
    if psi == 0 {
        let first = find_route(core::slice::from_ref(source), 1).ok();
        let marginal_price = first.and_then(|route| route.shares.first().map(|share| share.marginal_price));
        return Ok(Purchase { market, psi, theta: 0, marginal_price: marginal_price.unwrap_or(0), cap_price: 0 });
    }
    let route = find_route(core::slice::from_ref(source), psi)?;
    let share = route.shares.first().copied().unwrap_or_default();
    Ok(Purchase { market, psi, theta: share.theta, marginal_price: share.marginal_price, cap_price: 0 })
}

/// A purchase as water-filling tells it.
pub(crate) fn of_share(market: usize, share: &Share) -> Purchase {
    let Share { psi, theta, marginal_price, cap_price } = *share;
    Purchase { market, psi, theta, marginal_price, cap_price }
}

/// The solver's answer cannot be made whole.
fn lost(missing: u128) -> Error {
    Error::Solver(format!("{missing} wei of its answer do not fit"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_should_follow_weights_as_far_as_there_is_room() {
        assert_eq!(fill(1.0, &[1.0, 3.0], &[9.0, 9.0]), Some(vec![0.25, 0.75]));
        assert_eq!(fill(1.0, &[1.0, 3.0], &[9.0, 0.5]), Some(vec![0.5, 0.5]));
        assert_eq!(fill(1.0, &[0.0, 1.0], &[9.0, 0.5]), Some(vec![0.5, 0.5]));
        assert_eq!(fill(1.0, &[1.0, 1.0], &[0.25, 0.5]), None);
        assert_eq!(fill(1.0, &[1.0, 1.0], &[0.5, 0.5]), Some(vec![0.5, 0.5]));
        assert_eq!(fill(0.0, &[1.0], &[0.0]), Some(vec![0.0]));
        assert_eq!(fill(1.0, &[], &[]), None);
    }
}
