//! Hard filters: who may run a job, and what a worker can take on.

use crate::types::{Job, Offer};
use hanzo_hmm::PPB;
use hanzo_poai::job::ServiceLevel;
use hanzo_traits::{Resources, Tier};

/// A filter that excludes workers or pools.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Filter {
    /// The list of tiers.
    Tiers,
    /// Regions.
    Regions,
    /// Longest latency.
    Latency,
    /// Longest jitter.
    Jitter,
    /// A trusted execution environment.
    Tee,
    /// Least quality.
    Quality,
}

impl Filter {
    /// Every filter.
    pub const ALL: [Self; 6] = [Self::Tiers, Self::Regions, Self::Latency, Self::Jitter, Self::Tee, Self::Quality];

    /// As clients spell it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Tiers => "tiers",
            Self::Regions => "regions",
            Self::Latency => "maxLatencyMs",
            Self::Jitter => "maxJitterMs",
            Self::Tee => "tee",
            Self::Quality => "minQualityPpb",
        }
    }

    /// Whether a job sets it.
    pub fn is_set(self, job: &Job) -> bool {
        let ServiceLevel { max_latency_ms, max_jitter_ms, regions, tee, min_quality_ppb } = job.sla;
        match self {
            Self::Tiers => job.tiers.is_some(),
            Self::Regions => regions != 0,
            Self::Latency => max_latency_ms != 0,
            Self::Jitter => max_jitter_ms != 0,
            Self::Tee => tee,
            Self::Quality => min_quality_ppb != 0,
        }
    }

    /// The job without it.
    pub fn lifted(self, job: &Job) -> Job {
        let mut job = job.clone();
        match self {
            Self::Tiers => job.tiers = None,
            Self::Regions => job.sla.regions = 0,
            Self::Latency => job.sla.max_latency_ms = 0,
            Self::Jitter => job.sla.max_jitter_ms = 0,
            Self::Tee => job.sla.tee = false,
            Self::Quality => job.sla.min_quality_ppb = 0,
        }
        job
    }

    /// Whether an offer passes it.
    fn passes(self, job: &Job, offer: &Offer) -> bool {
        let within = |promised: u32, most: u32| most == 0 || promised <= most;
        match self {
            Self::Tiers => job.tiers.as_ref().is_none_or(|tiers| tiers.iter().any(|tier| serves(offer, *tier))),
            Self::Regions => job.sla.regions == 0 || job.sla.regions & offer.regions != 0,
            Self::Latency => within(offer.latency_ms, job.sla.max_latency_ms),
            Self::Jitter => within(offer.jitter_ms, job.sla.max_jitter_ms),
            Self::Tee => offer.tee || !job.sla.tee,
            Self::Quality => offer.quality_ppb >= job.sla.min_quality_ppb,
        }
    }
}

/// Whether a worker takes tokens of a tier.
pub(crate) fn serves(offer: &Offer, tier: Tier) -> bool {
    tier == 0 || offer.tiers.contains(&tier)
}

/// Positions of the offers that pass every filter of a job, or how many each filter alone excludes.
pub fn eligible(job: &Job, offers: &[Offer]) -> Result<Vec<usize>, Vec<(Filter, usize)>> {
    let passes = |offer: &Offer| Filter::ALL.into_iter().all(|filter| filter.passes(job, offer));
    let found: Vec<usize> = (0..offers.len()).filter(|index| offers.get(*index).is_some_and(passes)).collect();
    if !found.is_empty() {
        return Ok(found);
    }
    let excluded = |filter: Filter| offers.iter().filter(|offer| !filter.passes(job, offer)).count();
    Err(Filter::ALL.into_iter().map(|filter| (filter, excluded(filter))).filter(|(_, count)| *count > 0).collect())
}

/// Whether a job asks for anything of a worker, so that offers have to be looked at.
pub fn looks_at_offers(job: &Job) -> bool {
    job.placement != crate::types::Placement::Anywhere || job.sla != ServiceLevel::default()
}

/// u_i: what a worker can take on within one horizon, wei of a resource-second of quality 1 per class: its units times its
/// quality times the horizon, less what its open jobs hold, floored. `units` are wei of a unit.
pub fn capacity(units: &Resources, quality_ppb: u32, horizon_seconds: u32, in_use: &Resources) -> Resources {
    let mut free = Resources::default();
    for (class, units) in units.iter() {
        // Units are at most what a pool's reserve could hold in seconds; beyond, any number is as good as the largest.
        let seconds = units.saturating_mul(horizon_seconds.into());
        let (whole, rest) = (seconds.div_euclid(PPB.into()), seconds.rem_euclid(PPB.into()));
        let effective = whole
            .saturating_mul(quality_ppb.into())
            .saturating_add(rest.saturating_mul(quality_ppb.into()).div_euclid(PPB.into()));
        free.set(class, effective.saturating_sub(in_use.get(class)));
    }
    free
}

#[cfg(test)]
mod tests {
    use super::*;
    use hanzo_traits::ResourceClass;

    #[test]
    fn capacity_should_be_units_times_quality_times_horizon_less_what_is_used() {
        let mut units = Resources::default();
        units.set(ResourceClass::Gpu, 3_000_000_000_000_000_001);
        units.set(ResourceClass::Disk, u128::MAX);
        let mut used = Resources::default();
        used.set(ResourceClass::Gpu, 100);
        used.set(ResourceClass::Cpu, 1);
        let free = capacity(&units, 500_000_000, 600, &used);
        assert_eq!(free.get(ResourceClass::Gpu), 900_000_000_000_000_000_300 - 100);
        assert_eq!(free.get(ResourceClass::Cpu), 0);
        assert!(free.get(ResourceClass::Disk) >= u128::MAX / 3);
    }
}
