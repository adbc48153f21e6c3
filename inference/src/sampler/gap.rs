//! How far a claimed token is from being the sampler's choice.
//!
//! Two engines that add in another order give logits that differ a little, so now and then another token wins. How much the
//! logits would have to move for that tells such a slip from a token chosen otherwise: honest slips lie within the engines'
//! noise, and a token from another seed or model does not.
//!
//! The gap of a token is the least change of differences between logits, in nats, that makes it the choice. A token of
//! higher score is out of its way once it is overtaken or dropped by a filter; the token itself must be kept. Filters cut
//! the ranking at an edge. A token crosses it by changing places with those on its way, or by the edge moving past it:
//!
//! * top-k: the edge is fixed, only places change;
//! * top-p: the edge moves when the log-odds of the weight before it change;
//! * min-p: the edge is a distance from the likeliest token.

use super::{candidates, gumbel, rank, weight, Candidate, Context, Noise};
use hanzo_poai::Decoding;

/// The gap of `claimed`, nats: 0 for the token that [`super::sample`] chooses, infinite for one that cannot be chosen.
/// `combined` are the logits as `sample` leaves them.
pub fn gap(combined: &[f32], context: &Context<'_>, claimed: u32) -> f64 {
    let own = combined.get(claimed as usize).copied().unwrap_or(f32::NEG_INFINITY);
    if own == f32::NEG_INFINITY {
        return f64::INFINITY;
    }
    let milli = context.decoding.temperature_milli;
    if milli == 0 {
        return f64::from(combined.iter().copied().fold(own, f32::max)) - f64::from(own);
    }
    let temperature = milli as f32 / 1000.0;
    let ranking = Ranking::new(combined, temperature, context.decoding);
    let noise = Noise::new(context.seed, context.position);
    ranking.gap(claimed, &noise) * f64::from(temperature)
}

/// A place in the ranking, and what it would take for whoever holds it to be dropped or kept without changing places.
struct Place {
    id: u32,
    z: f64,
    /// 0 if the place is dropped.
    drop: f64,
    /// 0 if the place is kept.
    keep: f64,
}

/// The tokens from likeliest to least likely.
struct Ranking {
    places: Vec<Place>,
    /// How far below the likeliest token min-p still keeps, as a negative number of nats.
    reach: f64,
}

impl Ranking {
    fn new(combined: &[f32], temperature: f32, decoding: &Decoding) -> Self {
        let open = Decoding { top_k: 0, top_p_ppm: 1_000_000, min_p_ppm: 0, ..*decoding };
        let mut ranked = candidates(combined, temperature, &open);
        ranked.sort_unstable_by(rank);
        let top = ranked.first().map_or(0.0, |first| first.z);
        let k = if decoding.top_k == 0 { ranked.len() } else { decoding.top_k as usize };
        let weight = |candidate: &Candidate| weight(candidate.z, top) as f64;
        let total: f64 = ranked.iter().take(k).map(weight).sum();
        let p = f64::from(decoding.top_p_ppm) / 1e6;
        let mut before = 0.0;
        let place = |(index, candidate): (usize, &Candidate)| {
            let (drop, keep) = if index >= k {
                (0.0, f64::INFINITY)
            } else if p >= 1.0 || before <= 0.0 {
                (f64::INFINITY, 0.0)
            } else {
                // Positive where the weight before the place is less than p of the whole.
                let margin = log_odds(p, 1.0 - p) - log_odds(before, total - before);
                (margin.max(0.0), (-margin).max(0.0))
            };
            before += weight(candidate);
            Place { id: candidate.id, z: f64::from(candidate.z), drop, keep }
        };
        let places = ranked.iter().enumerate().map(place).collect();
        Self { places, reach: libm::log(f64::from(decoding.min_p_ppm) / 1e6) }
    }

    /// In units of z.
    fn gap(&self, claimed: u32, noise: &Noise) -> f64 {
        let Some(own) = self.places.iter().position(|place| place.id == claimed) else { return f64::INFINITY };
        let score = |place: &Place| place.z + gumbel(noise.word(place.id));
        let mine = score(&self.places[own]);
        let rivals = self.places.iter().enumerate().filter(|(index, place)| *index != own && self.is_kept(place));
        let in_the_way = rivals.map(|(index, place)| (score(place) - mine).min(self.to_drop(index)));
        in_the_way.fold(self.to_keep(own), f64::max)
    }

    fn is_kept(&self, place: &Place) -> bool {
        place.keep == 0.0 && place.z >= self.floor(usize::MAX)
    }

    /// Least z that min-p keeps beside the likeliest of all tokens but the one at a place.
    fn floor(&self, index: usize) -> f64 {
        self.places.get(usize::from(index == 0)).map_or(f64::NEG_INFINITY, |top| top.z + self.reach)
    }

    /// What drops the token at a place: a lower place whose holder is dropped, or min-p.
    fn to_drop(&self, index: usize) -> f64 {
        let z = self.places[index].z;
        // Going down, the way gets longer and the edge comes nearer: the least of the larger lies where they cross.
        let below = &self.places[index..];
        let cross = below.partition_point(|place| z - place.z < place.drop);
        let way = below.get(cross).map_or(f64::INFINITY, |place| z - place.z);
        let edge = cross.checked_sub(1).map_or(f64::INFINITY, |before| below[before].drop);
        way.min(edge).min((z - self.floor(index)).max(0.0))
    }

    /// What keeps the token at a place: a higher place whose holder is kept, and min-p.
    fn to_keep(&self, index: usize) -> f64 {
        let z = self.places[index].z;
        let above = &self.places[..=index];
        let cross = above.partition_point(|place| place.z - z > place.keep);
        let way = cross.checked_sub(1).map_or(f64::INFINITY, |before| above[before].z - z);
        let edge = above.get(cross).map_or(f64::INFINITY, |place| place.keep);
        way.min(edge).max((self.floor(index) - z).max(0.0))
    }
}

/// ln(share / rest), infinite at the ends.
fn log_odds(share: f64, rest: f64) -> f64 {
    if rest <= 0.0 {
        return f64::INFINITY;
    }
    libm::log(share / rest)
}
