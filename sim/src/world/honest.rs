//! Honest users: what they do in each block, whatever the adversary does.
//!
//! Traders buy and sell at random, as often one as the other, so that nothing can be had from guessing; they accept prices
//! within a limit of their own. Larger orders go through batches. Clients submit jobs, workers run them. Arbitrageurs, who know
//! that nothing happened to what compute is worth, sell what others made dearer than the reference price by more than their
//! fee, and buy what others made cheaper, as soon as the market lets them.

use super::{
    cast::{Role, Who},
    market::{at_price, moved, part, pool, state, NEVER},
    setup::{ARBITRAGEURS, CLIENTS, TRADERS},
    JobPlan, World,
};
use crate::dice::Dice;
use hanzo_hmm::Side;
use hanzo_runtime::{
    test_kit::{actors::pools, chain::dispatch_as},
    Balance, Runtime,
};
use hanzo_traits::{PoolId, ResourceClass};
use pallet_hmm::{BATCH_BLOCKS, COMMIT_BLOCKS};

/// How far the price that arbitrageurs would get has to be from the reference price: their fee, and something for their
/// trouble.
const ARBITRAGE_FROM: f64 = 0.004;

/// How much honest users do, per block.
#[derive(Clone, Copy, Debug)]
pub struct Traffic {
    /// Trades outside batches, in all pools.
    pub trades: f64,
    /// Orders for batches, while they can be committed.
    pub orders: f64,
    /// Jobs.
    pub jobs: f64,
    /// Largest part of a reserve that an order of a batch is for.
    pub largest_order: f64,
    /// Whether arbitrageurs trade.
    pub arbitrage: bool,
}

impl Traffic {
    /// None at all.
    pub fn none() -> Self {
        Self { trades: 0.0, orders: 0.0, jobs: 0.0, largest_order: 0.01, arbitrage: false }
    }

    /// Any from an idle market to a busy one.
    pub fn random(dice: &mut Dice) -> Self {
        Self {
            trades: dice.log_between(0.05, 4.0),
            orders: dice.log_between(0.02, 0.5),
            jobs: dice.log_between(0.02, 0.6),
            largest_order: dice.log_between(0.003, 0.03),
            arbitrage: true,
        }
    }
}

/// What somebody does in a block.
#[derive(Clone, Debug)]
pub enum Deed {
    /// A trade outside batches.
    Trade {
        /// Whose.
        who: Who,
        /// Where.
        pool: PoolId,
        /// Which way.
        side: Side,
        /// Compute.
        psi: Balance,
        /// Credits for it: at most, or at least.
        limit: Balance,
    },
    /// An order of a batch, revealed in some later block of it.
    Order {
        /// Whose.
        who: Who,
        /// Where.
        pool: PoolId,
        /// Which way.
        side: Side,
        /// Compute.
        psi: Balance,
        /// Credits for it: at most, or at least.
        limit: Balance,
        /// In which block.
        reveal_at: u32,
    },
    /// A job.
    Job(Who, JobPlan),
}

impl World {
    /// Draws what honest users do in this block, reveals what they had committed, and has workers go on with their jobs.
    pub(super) fn begin_honest(&mut self) {
        let traffic = self.traffic;
        for _ in 0..self.dice.poisson(traffic.trades) {
            let deed = self.random_trade();
            self.pending.push(deed);
        }
        if self.now() % BATCH_BLOCKS < COMMIT_BLOCKS {
            for _ in 0..self.dice.poisson(traffic.orders) {
                let deed = self.random_order(traffic.largest_order);
                self.pending.push(deed);
            }
        }
        for _ in 0..self.dice.poisson(traffic.jobs) {
            let client = Who { role: Role::Client, number: self.dice.below(CLIENTS as usize) as u32 };
            let job = self.random_job();
            self.pending.push(Deed::Job(client, job));
        }
        let now = self.now();
        for (_, kept) in self.to_reveal.extract_if(.., |(block, _)| *block <= now).collect::<Vec<_>>() {
            let _ = dispatch_as(kept.who.id(), kept.reveal);
        }
        if traffic.arbitrage {
            self.arbitrate();
        }
        let supplier = Who { role: Role::Provider, number: 0 };
        for (_, pool, psi) in self.supply.extract_if(.., |(block, _, _)| *block <= now).collect::<Vec<_>>() {
            self.pending.push(Deed::Trade { who: supplier, pool, side: Side::Sell, psi, limit: 0 });
        }
        self.tend_jobs();
        self.tend_reviews();
    }

    /// Has honest users do what is pending.
    pub fn honest(&mut self) {
        for deed in std::mem::take(&mut self.pending) {
            self.perform(deed);
        }
    }

    /// Does one thing; whether it could be done.
    pub fn perform(&mut self, deed: Deed) -> bool {
        match deed {
            Deed::Trade { who, pool, side, psi, limit } => {
                let call = match side {
                    Side::Buy => pallet_hmm::Call::<Runtime>::buy_exact_out {
                        pool,
                        psi_out: psi,
                        max_theta_in: limit,
                        deadline: NEVER,
                    },
                    Side::Sell => pallet_hmm::Call::sell { pool, psi_in: psi, min_theta_out: limit, deadline: NEVER },
                };
                dispatch_as(who.id(), call).is_ok()
            }
            Deed::Order { who, pool, side, psi, limit, reveal_at } => {
                let kept = self.commit(who, pool, side, psi, limit);
                let is_committed = kept.is_some();
                self.to_reveal.extend(kept.map(|kept| (reveal_at, kept)));
                is_committed
            }
            Deed::Job(who, plan) => {
                let is_submitted = self.submit(who, &plan).is_some();
                if is_submitted {
                    self.supply_for(&plan);
                }
                is_submitted
            }
        }
    }

    /// Where demand buys, supply sells: what a job took comes back into the pools within minutes, so that jobs alone move no
    /// price for long.
    fn supply_for(&mut self, plan: &JobPlan) {
        for (class, psi) in plan.resources.iter().filter(|(_, psi)| *psi > 0) {
            let at = self.now() + 1 + self.dice.below(12) as u32;
            self.supply.push((at, PoolId::any_worker(class), psi));
        }
    }

    /// Has half of the arbitrageurs look at the prices.
    fn arbitrate(&mut self) {
        for pool in pools() {
            let state = state(pool);
            let (spot, fair) = (state.spot_price(), state.curve.reference_price());
            let (bid, ask) = (spot.min(state.mean_price), spot.max(state.mean_price));
            let (side, gap) = match (bid > moved(fair, ARBITRAGE_FROM), ask < moved(fair, -ARBITRAGE_FROM)) {
                (true, _) => (Side::Sell, spot as f64 / fair as f64 - 1.0),
                (_, true) => (Side::Buy, 1.0 - spot as f64 / fair as f64),
                _ => continue,
            };
            // A part s of a reserve moves the price by about 2s.
            let mut left = gap / 2.0;
            let turn = self.now() % 2;
            for number in (0..ARBITRAGEURS).filter(|number| number % 2 == turn) {
                let share = left.min(0.0029);
                left -= share;
                let who = Who { role: Role::Arbitrageur, number };
                let psi = part(state.reserves.psi, share);
                if psi > 0 {
                    self.pending.push(Deed::Trade { who, pool, side, psi, limit: at_price(psi, fair) });
                }
            }
        }
    }

    fn side(&mut self) -> Side {
        if self.dice.happens(0.5) {
            Side::Buy
        } else {
            Side::Sell
        }
    }

    fn trader(&mut self) -> Who {
        Who { role: Role::Trader, number: self.dice.below(TRADERS as usize) as u32 }
    }

    /// A trader's order of so much compute that accepts a price so much worse than now.
    pub fn trade_of(&self, who: Who, pool: PoolId, side: Side, psi: Balance, room: f64) -> Deed {
        Deed::Trade { who, pool, side, psi, limit: self.limit(pool, side, psi, room) }
    }

    fn limit(&self, pool: PoolId, side: Side, psi: Balance, room: f64) -> Balance {
        let price = self.price(pool);
        at_price(psi, moved(price, if side == Side::Buy { room } else { -room }))
    }

    fn random_trade(&mut self) -> Deed {
        let (who, pool, side) = (self.trader(), pool(self.dice.below(6)), self.side());
        let psi = part(state(pool).reserves.psi, self.dice.log_between(0.0001, 0.0029));
        let room = self.dice.log_between(0.008, 0.03);
        self.trade_of(who, pool, side, psi, room)
    }

    fn random_order(&mut self, largest: f64) -> Deed {
        let (who, pool, side) = (self.trader(), pool(self.dice.below(6)), self.side());
        let psi = part(state(pool).reserves.psi, self.dice.log_between(0.002, largest));
        let room = self.dice.log_between(0.005, 0.03);
        let reveal_at = self.now() / BATCH_BLOCKS * BATCH_BLOCKS + COMMIT_BLOCKS + self.dice.below(5) as u32;
        Deed::Order { who, pool, side, psi, limit: self.limit(pool, side, psi, room), reveal_at }
    }

    /// A job of any size that the market takes outside batches.
    pub fn random_job(&mut self) -> JobPlan {
        let mut plan = JobPlan::default();
        for class in ResourceClass::ALL {
            if class == ResourceClass::Gpu || self.dice.happens(0.4) {
                let psi = state(PoolId::any_worker(class)).reserves.psi;
                plan.resources.set(class, part(psi, self.dice.log_between(0.00005, 0.0025)));
            }
        }
        plan.duration = 60 + self.dice.below(100) as u32;
        plan.sell_unused = self.dice.happens(0.5);
        plan
    }
}
