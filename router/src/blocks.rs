//! A request taken apart into blocks: what has to stay together, and who may do it for which tokens.

use crate::{
    cost::Cost,
    error::Error,
    sla::{eligible, looks_at_offers, serves},
    transport::{transport, Need, Shortfall},
    types::{Job, Market, Offer, Placement, MAX_CANDIDATES},
};
use hanzo_hmm::PPB;
use hanzo_traits::{ResourceClass, Resources, Tier};

/// What does not change during a search.
pub(crate) struct Setup<'a> {
    pub(crate) markets: &'a [Market],
    /// One per market.
    pub(crate) costs: Vec<Cost>,
    pub(crate) offers: &'a [Offer],
}

/// Pools per class whose tokens may serve a block, by position.
pub(crate) type Pools = [Vec<usize>; ResourceClass::COUNT];

/// Who may do a block.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Candidate {
    /// The offer; `None` for whoever it may be, without limits.
    pub(crate) offer: Option<usize>,
    /// Position of its pools in [`Block::sets`].
    pub(crate) set: usize,
}

/// Classes of a job that are placed together.
#[derive(Clone, Debug)]
pub(crate) struct Block {
    pub(crate) job: usize,
    /// Wei per class, zero for classes of other blocks.
    pub(crate) needs: Resources,
    /// Who may do it, at least one.
    pub(crate) candidates: Vec<Candidate>,
    /// The different sets of pools that candidates take tokens of.
    pub(crate) sets: Vec<Pools>,
}

impl Block {
    /// Classes it needs.
    pub(crate) fn classes(&self) -> impl Iterator<Item = (ResourceClass, u128)> + '_ {
        self.needs.iter().filter(|(_, amount)| *amount > 0)
    }

    /// The part of it that a worker's capacity leaves room for, at most 1.
    pub(crate) fn room(&self, capacity: &Resources) -> f64 {
        self.classes().map(|(class, need)| capacity.get(class) as f64 / need as f64).fold(1.0, f64::min)
    }

    /// All pools it may use of a class, in order.
    pub(crate) fn pools(&self, class: ResourceClass) -> Vec<usize> {
        let mut pools: Vec<usize> = self.sets.iter().flat_map(|set| set[class.index()].iter().copied()).collect();
        pools.sort_unstable();
        pools.dedup();
        pools
    }
}

impl<'a> Setup<'a> {
    /// Prepares the costs of all pools.
    pub(crate) fn new(markets: &'a [Market], offers: &'a [Offer]) -> Result<Self, Error> {
        let costs = markets.iter().map(|market| Cost::new(&market.source)).collect::<Result<_, _>>()?;
        Ok(Self { markets, costs, offers })
    }

    /// Pools of the classes that `needs` names, in tiers that `accepts`.
    fn pools(&self, needs: &Resources, accepts: impl Fn(Tier) -> bool) -> Pools {
        let mut pools = Pools::default();
        for (position, market) in self.markets.iter().enumerate() {
            if needs.get(market.class) > 0 && accepts(market.tier) {
                pools[market.class.index()].push(position);
            }
        }
        pools
    }

    /// An upper bound of what a unit of a class costs on average in a set of pools: the last price of the dearest, fees
    /// included, credit-wei per wei. A bond that answers for tokens at this price answers for what they cost.
    pub(crate) fn dearest(&self, pools: &Pools, class: ResourceClass, need: u128) -> f64 {
        let last = |pool: &usize| {
            let cost = &self.costs[*pool];
            cost.paid(cost.most.min(need) as f64).1
        };
        pools[class.index()].iter().map(last).fold(0.0, f64::max)
    }

    /// The blocks of all jobs. With `whole`, jobs that cannot be served whole are refused where one limit alone tells.
    pub(crate) fn blocks(&self, jobs: &[Job], whole: bool) -> Result<Vec<Block>, Error> {
        let mut blocks = Vec::new();
        for (index, job) in jobs.iter().enumerate() {
            if job.needs.is_zero() {
                return Err(Error::NoNeeds { job: index });
            }
            self.blocks_of(index, job, whole, &mut blocks)?;
        }
        let count = blocks.iter().map(|block| block.candidates.len()).sum();
        if count > MAX_CANDIDATES {
            return Err(Error::Count {
                what: "workers for all jobs and classes",
                count,
                least: 1,
                most: MAX_CANDIDATES,
            });
        }
        if whole {
            self.ensure_tokens(&blocks)?;
            self.ensure_capacity(&blocks)?;
        }
        Ok(blocks)
    }

    fn blocks_of(&self, index: usize, job: &Job, whole: bool, blocks: &mut Vec<Block>) -> Result<(), Error> {
        let accepts = |tier: Tier| job.tiers.as_ref().is_none_or(|tiers| tiers.contains(&tier));
        if !looks_at_offers(job) {
            let candidates = vec![Candidate { offer: None, set: 0 }];
            let sets = vec![self.pools(&job.needs, accepts)];
            blocks.push(Block { job: index, needs: job.needs, candidates, sets });
            return Ok(());
        }
        let found = eligible(job, self.offers).map_err(|excluded| Error::NoWorker {
            job: index,
            offers: self.offers.len(),
            excluded,
        })?;
        let parts: Vec<Resources> = match job.placement {
            Placement::Anywhere => job.needs.iter().filter(|(_, need)| *need > 0).map(only).collect(),
            Placement::Parts | Placement::OneWorker => vec![job.needs],
        };
        for needs in parts {
            let mut block = Block { job: index, needs, candidates: Vec::new(), sets: Vec::new() };
            for offer in &found {
                let worker = &self.offers[*offer];
                let pools = self.pools(&needs, |tier| accepts(tier) && serves(worker, tier));
                let usable = |(class, _): (ResourceClass, u128)| {
                    worker.capacity.get(class) > 0 && pools[class.index()].iter().any(|pool| self.costs[*pool].most > 0)
                };
                let fits = |(class, need)| worker.capacity.get(class) >= need;
                let one = whole && job.placement == Placement::OneWorker;
                if worker.free_limit == 0 || !block.classes().all(usable) || one && !block.classes().all(fits) {
                    continue;
                }
                let set = block.sets.iter().position(|known| *known == pools).unwrap_or_else(|| {
                    block.sets.push(pools);
                    block.sets.len() - 1
                });
                block.candidates.push(Candidate { offer: Some(*offer), set });
            }
            if block.candidates.is_empty() {
                return Err(self.no_candidate(index, job, &block, &found, accepts));
            }
            blocks.push(block);
        }
        Ok(())
    }

    /// Why none of the workers that pass the filters can do a block.
    fn no_candidate(
        &self,
        job: usize,
        asked: &Job,
        block: &Block,
        found: &[usize],
        accepts: impl Fn(Tier) -> bool,
    ) -> Error {
        let one = asked.placement == Placement::OneWorker;
        let workers = || found.iter().map(|offer| &self.offers[*offer]);
        for (class, required) in block.classes() {
            let capacities = workers().map(|worker| worker.capacity.get(class));
            let available = if one { capacities.max().unwrap_or(0) } else { capacities.fold(0, u128::saturating_add) };
            if available == 0 || one && available < required {
                return Error::NotEnoughCapacity { job, class, required, available, together: !one };
            }
            let reached = |market: &Market| workers().any(|worker| serves(worker, market.tier));
            let pools = self.markets.iter().zip(&self.costs).filter(|(market, _)| market.class == class);
            let available =
                pools.filter(|(market, _)| accepts(market.tier) && reached(market)).map(|(_, cost)| cost.most).sum();
            if available == 0 {
                return Error::NotEnoughCompute { job, class, required, available };
            }
        }
        if workers().all(|worker| worker.free_limit == 0) {
            return Error::BondTooSmall { job, cost: 1, most: 0 };
        }
        let best = workers().map(|worker| block.room(&worker.capacity)).fold(0.0, f64::max);
        Error::NoPlace { job, best_ppb: ppb(best) }
    }

    /// Whether the pools have enough of every class, each pool's amount counted once.
    fn ensure_tokens(&self, blocks: &[Block]) -> Result<(), Error> {
        let holds: Vec<u128> = self.costs.iter().map(|cost| cost.most).collect();
        for class in ResourceClass::ALL {
            let needing: Vec<&Block> = blocks.iter().filter(|block| block.needs.get(class) > 0).collect();
            let need = |block: &&Block| Need {
                amount: block.needs.get(class),
                from: block.pools(class).into_iter().map(|pool| (pool, 0.0)).collect(),
            };
            let needs: Vec<Need> = needing.iter().map(need).collect();
            transport(&needs, &holds).map_err(|Shortfall { need, missing, .. }| {
                let (job, required) = (needing[need].job, needs[need].amount);
                Error::NotEnoughCompute { job, class, required, available: required.saturating_sub(missing) }
            })?;
        }
        Ok(())
    }

    /// Whether the workers have room for every class, each worker's room counted once.
    fn ensure_capacity(&self, blocks: &[Block]) -> Result<(), Error> {
        for class in ResourceClass::ALL {
            let needing: Vec<&Block> = blocks.iter().filter(|block| block.needs.get(class) > 0).collect();
            let need = |block: &&Block| Need {
                amount: block.needs.get(class),
                from: block.candidates.iter().map(|candidate| (self.store(candidate), 0.0)).collect(),
            };
            let needs: Vec<Need> = needing.iter().map(need).collect();
            transport(&needs, &self.capacities(class)).map_err(|Shortfall { need, missing, .. }| {
                let (job, required) = (needing[need].job, needs[need].amount);
                let available = required.saturating_sub(missing);
                Error::NotEnoughCapacity { job, class, required, available, together: true }
            })?;
        }
        Ok(())
    }

    /// Where a candidate's capacity stands in [`Setup::capacities`].
    pub(crate) fn store(&self, candidate: &Candidate) -> usize {
        candidate.offer.unwrap_or(self.offers.len())
    }

    /// What every offer can take on of a class, and, behind them, what nobody in particular can: anything.
    pub(crate) fn capacities(&self, class: ResourceClass) -> Vec<u128> {
        self.offers.iter().map(|offer| offer.capacity.get(class)).chain([u128::MAX]).collect()
    }
}

/// An amount of one class and nothing else.
fn only((class, amount): (ResourceClass, u128)) -> Resources {
    let mut one = Resources::default();
    one.set(class, amount);
    one
}

/// A part as parts per billion, floored.
pub(crate) fn ppb(part: f64) -> u32 {
    (part.clamp(0.0, 1.0) * f64::from(PPB)) as u32
}
