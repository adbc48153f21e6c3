//! How workers, clients and providers decide.
//!
//! A **worker** has costs of its own per class, between 0.75 and 1.3 times the first price. Every quarter of an hour or so it
//! looks at each pool: above its cost it sells what it has earned, or mints and sells, up to its horizon, for its cost at least;
//! below it burns what it owes, buying back what is cheap. Who pauses or leaves buys back too, up to half above its cost; dearer it
//! waits, or leaves it to the chain. A **client** has a highest price of its own and stays away above it. A **provider** comes
//! and goes, but the first, whose shares are measured, stays.

use super::month::Script;
use crate::{
    dice::Dice,
    world::{at_price, moved, part, setup, state, status, tokens, JobPlan, Role, Who, World, FREE_MODEL, NEVER},
};
use frame_support::traits::Get;
use hanzo_poai::{JobStatus, ResourceClass};
use hanzo_runtime::{constants::AI, test_kit::actors::pools, Balance, Runtime};
use hanzo_traits::{JobId, PoolId};

type Market = pallet_hmm::Call<Runtime>;
type Work = pallet_compute::Call<Runtime>;

/// Jobs per block at average demand and at prices that everybody accepts.
const JOBS_PER_BLOCK: f64 = 2.5;
/// Most that anybody trades at a time, of a reserve: within 0.3 %.
const SLICE: f64 = 0.0025;
/// Blocks between two looks of a worker at the market.
const REVIEW: u32 = 12;
/// Part of the workers that leave for good, and are replaced, every day.
const CHURN_PER_DAY: f64 = 0.03;
/// How much worse than the price it sees a trade may be, for who has no better idea of what it is worth.
const ROOM: f64 = 0.02;
/// Most that a worker which stops pays for what it owes, of its cost.
const PATIENCE: f64 = 1.5;

/// What a worker is up to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mood {
    /// Sells and takes jobs.
    Works,
    /// Takes no jobs and buys back what it owes, to come back later.
    Pauses,
    /// The same, for good.
    Leaves,
    /// Has left.
    Gone,
}

struct Worker {
    who: Who,
    mood: Mood,
    /// What a token of each class costs it, of the first price.
    cost: [f64; ResourceClass::COUNT],
}

/// All of them, and what they remember.
pub struct Agents {
    workers: Vec<Worker>,
    dice: Dice,
    /// Submitted, settled, refunded, failed.
    pub jobs: [u64; 4],
    open: Vec<(JobId, Balance)>,
    /// Tokens of the GPU class that jobs used which settled since the last sample, wei.
    pub used: Balance,
    /// Clients that stayed away since the last sample, of all that came.
    pub stayed_away: (u32, u32),
}

/// The providers.
pub fn providers() -> impl Iterator<Item = Who> {
    (0..setup::PROVIDERS).map(|number| Who { role: Role::Provider, number })
}

impl Agents {
    /// Everybody at work.
    pub fn new(world: &mut World, workers: u32) -> Self {
        let mut dice = Dice::new(world.dice.roll(), 4);
        let mut agents = Self {
            workers: Vec::new(),
            dice: dice.clone(),
            jobs: [0; 4],
            open: Vec::new(),
            used: 0,
            stayed_away: (0, 0),
        };
        for number in 0..workers {
            agents.add(world, Who { role: Role::Worker, number }, &mut dice);
        }
        agents.dice = dice;
        agents
    }

    fn add(&mut self, world: &World, who: Who, dice: &mut Dice) {
        let _ = world.act(who, Work::set_payout { sell_earned: false });
        let cost = [(); ResourceClass::COUNT].map(|()| dice.between(0.75, 1.3));
        self.workers.push(Worker { who, mood: Mood::Works, cost });
    }

    /// Everything that happens in a block.
    pub fn act(&mut self, world: &mut World, demand: f64, hour: u32) {
        for _ in 0..self.dice.poisson(JOBS_PER_BLOCK * demand) {
            self.client(world);
        }
        self.count_jobs();
        for place in 0..self.workers.len() {
            if self.dice.below(REVIEW as usize) == 0 {
                self.review(world, place);
            }
        }
        if self.dice.happens(CHURN_PER_DAY * self.workers.len() as f64 / f64::from(hour * 24)) {
            self.replace_one(world);
        }
        if self.dice.happens(1.0 / f64::from(hour * 12)) {
            self.provider(world);
        }
    }

    fn client(&mut self, world: &mut World) {
        let client = Who { role: Role::Client, number: self.dice.below(setup::CLIENTS as usize) as u32 };
        // Log-normal, a sixth above the first price in the middle.
        let normal = (0..12).map(|_| self.dice.unit()).sum::<f64>() - 6.0;
        let worth = 1.16 * (0.25 * normal).exp();
        let mut plan = JobPlan { duration: 60, ..JobPlan::default() };
        self.stayed_away.1 += 1;
        for class in ResourceClass::ALL {
            if class != ResourceClass::Gpu && !self.dice.happens(0.25) {
                continue;
            }
            let (pool, reference) =
                (PoolId::any_worker(class), state(PoolId::any_worker(class)).curve.reference_price());
            let most = moved(reference, worth - 1.0);
            if world.price(pool) > most {
                self.stayed_away.0 += 1;
                return;
            }
            // Sizes are the client's, not the pool's: of what the pool held at first.
            let psi = setup::worth(pool, part(setup::depth(pool), self.dice.log_between(0.0004, 0.002)));
            plan.resources.set(class, psi.min(part(state(pool).reserves.psi, SLICE)));
            plan.max_price[class.index()] = most;
        }
        if let Some(id) = world.submit(client, &plan) {
            self.jobs[0] += 1;
            self.open.push((id, plan.resources.get(ResourceClass::Gpu)));
        } else {
            self.stayed_away.0 += 1;
        }
    }

    fn count_jobs(&mut self) {
        let (jobs, used) = (&mut self.jobs, &mut self.used);
        self.open.retain(|(id, tokens)| {
            let place = match status(*id) {
                JobStatus::Settled => 1,
                JobStatus::Refunded => 2,
                JobStatus::Slashed => 3,
                _ => return true,
            };
            jobs[place] += 1;
            if place == 1 {
                // A job on a model without a profile uses all that it has bought.
                *used += tokens;
            }
            false
        });
    }

    /// Buys a slice for at most so much a unit.
    fn buy(who: Who, world: &World, pool: PoolId, psi: Balance, most: u128) -> bool {
        let max_theta_in = at_price(psi, most);
        psi > 0 && world.act(who, Market::buy_exact_out { pool, psi_out: psi, max_theta_in, deadline: NEVER }).is_ok()
    }

    /// Sells a slice for at least so much a unit.
    fn sell(who: Who, world: &World, pool: PoolId, psi: Balance, least: u128) -> bool {
        let min_theta_out = at_price(psi, least);
        psi > 0 && world.act(who, Market::sell { pool, psi_in: psi, min_theta_out, deadline: NEVER }).is_ok()
    }

    fn review(&mut self, world: &World, place: usize) {
        let Worker { who, mood, cost } = self.workers[place];
        let Some(record) = pallet_compute::Workers::<Runtime>::get(who.id()) else { return };
        for pool in pools() {
            let state = state(pool);
            let (held, owed) = (tokens(who, pool), record.obligation(pool));
            let slice = part(state.reserves.psi, SLICE);
            let mine = moved(state.curve.reference_price(), cost[pool.class.index()] - 1.0);
            // What a trade would be at: a buy pays the mean price at least, a sale gets it at most.
            let (spot, mean) = (state.spot_price(), state.mean_price);
            let (bid, ask) = (spot.min(mean), spot.max(mean));
            if mood == Mood::Works && bid > moved(mine, 0.01) {
                let most = record.offer.units.get(pool.class) * 300;
                let missing = slice.saturating_sub(held).min(most.saturating_sub(owed));
                if missing > 0 {
                    let _ = world.act(who, Work::mint_tokens { pool, amount: missing });
                }
                Self::sell(who, world, pool, tokens(who, pool).min(slice), mine);
            } else if mood != Mood::Works || ask < moved(mine, -0.01) {
                // Who works buys back only what is cheap.
                let most = if mood == Mood::Works { mine } else { moved(mine, PATIENCE - 1.0) };
                let (burns, lacks) = (held.min(owed), owed.saturating_sub(held).min(slice));
                let is_bought = ask < most && Self::buy(who, world, pool, lacks, most);
                let amount = burns + if is_bought { lacks } else { 0 };
                if amount > 0 {
                    let _ = world.act(who, Work::burn_tokens { pool, amount });
                }
                if owed == 0 && held > 0 {
                    Self::sell(who, world, pool, held.min(slice), moved(bid, -ROOM));
                }
            }
        }
        if mood == Mood::Leaves && world.act(who, Work::withdraw_bond {}).is_ok() {
            self.workers[place].mood = Mood::Gone;
        }
    }

    /// Every other worker pauses at once.
    pub fn half_leave(&mut self, world: &World) {
        for worker in self.workers.iter_mut().filter(|worker| worker.mood == Mood::Works).step_by(2) {
            worker.mood = Mood::Pauses;
            let _ = world.act(worker.who, Work::set_accepting { accepting: false });
        }
    }

    /// Those that paused work again.
    pub fn half_return(&mut self, world: &World) {
        for worker in self.workers.iter_mut().filter(|worker| worker.mood == Mood::Pauses) {
            worker.mood = Mood::Works;
            let _ = world.act(worker.who, Work::set_accepting { accepting: true });
        }
    }

    /// One worker leaves for good, and another comes.
    fn replace_one(&mut self, world: &World) {
        let at_work: Vec<_> =
            (0..self.workers.len()).filter(|place| self.workers[*place].mood == Mood::Works).collect();
        let number = self.workers.len() as u32;
        let next = Who { role: Role::Worker, number };
        // Accounts are endowed for as many again as there were at first.
        if at_work.is_empty() || hanzo_runtime::Balances::free_balance(next.id()) < 2_000_000 * AI {
            return;
        }
        let leaver = at_work[self.dice.below(at_work.len())];
        self.workers[leaver].mood = Mood::Leaves;
        let _ = world.act(self.workers[leaver].who, Work::deregister {});
        setup::register(next, 600_000 * AI, (4, at_work.len() as Balance), &[FREE_MODEL]);
        let mut dice = self.dice.clone();
        self.add(world, next, &mut dice);
        self.dice = dice;
    }

    /// A provider other than the first deposits, or withdraws what it can.
    fn provider(&mut self, world: &mut World) {
        let who = Who { role: Role::Provider, number: 1 + self.dice.below(setup::PROVIDERS as usize - 1) as u32 };
        for pool in pools() {
            let state = state(pool);
            let psi = part(state.reserves.psi, SLICE);
            if self.dice.happens(0.5) {
                // With tokens that it buys for it.
                if Self::buy(who, world, pool, psi, moved(state.spot_price().max(state.mean_price), ROOM)) {
                    world.deposit(who, pool, psi);
                }
            } else {
                world.withdraw(who, pool);
                let least = moved(state.spot_price().min(state.mean_price), -ROOM);
                Self::sell(who, world, pool, tokens(who, pool).min(psi), least);
            }
        }
    }

    /// Workers that take jobs.
    pub fn at_work(&self) -> u32 {
        self.workers.iter().filter(|worker| worker.mood == Mood::Works).count() as u32
    }

    /// Units of the GPU class of those, wei.
    pub fn units_at_work(&self) -> Balance {
        let works = self.workers.iter().filter(|worker| worker.mood == Mood::Works);
        let records = works.filter_map(|worker| pallet_compute::Workers::<Runtime>::get(worker.who.id()));
        records.map(|record| record.offer.units.get(ResourceClass::Gpu)).sum()
    }

    /// At the end no more jobs come, all that are open end, and all providers take out what they have.
    pub fn everybody_out(&mut self, world: &mut World, script: &Script) -> Result<(), String> {
        let window = <Runtime as pallet_poai::Config>::ChallengeWindow::get();
        world.run_to(world.now() + 60 + window + script.hour + 60);
        self.count_jobs();
        if let Some((id, _)) = self.open.first() {
            return Err(format!("job {id} is still {:?} at the end", status(*id)));
        }
        for who in providers() {
            for pool in pools() {
                if !world.withdraw(who, pool) {
                    return Err(format!("{who:?} could not withdraw from {pool:?}"));
                }
            }
        }
        Ok(())
    }
}
