//! **Tries**: to trade ahead of honest trades of the same block and back after them. Writes the block, sees what is pending,
//! and reckons which amount pays best before it acts. Trades back in the same block, or holds what it has for a while.
//!
//! **Roles**: author of the block, trader with as many accounts as it likes; in one variant a provider of the pool, who gets
//! part of its own fees back.
//!
//! **Defeated by** the mean price: a sale brings at most, a purchase costs at least what prices were on average before the
//! victims moved them. When the mean has followed, arbitrageurs have had the same chance for one fee instead of two.

use super::{best_of, Adversary, Claim, Outcome};
use crate::{
    plan::Plan,
    world::{part, pool, state, Role, Who, World, TRADERS},
};
use hanzo_hmm::Side;
use hanzo_runtime::Balance;
use hanzo_traits::PoolId;

/// How much worse than now a price may be for who accepts any: more than the breaker lets it be.
const ANY_PRICE: f64 = 0.5;

/// See the module.
pub struct Sandwich {
    name: &'static str,
    tries: &'static str,
    rule: &'static str,
    claim: Claim,
    /// Fewest and most victims in one block, all on one side.
    victims: (u32, u32),
    /// Whether the adversary has liquidity in the pool.
    provides: bool,
}

/// Around one trade.
pub const SINGLE: Sandwich = Sandwich {
    name: "sandwich",
    tries: "trades before and after one honest trade of a block, reckoning the best amount",
    rule: "a trade outside batches moves at most 0.3 % of a reserve, less than the fees of both ways are worth",
    claim: Claim::Never,
    victims: (1, 1),
    provides: false,
};

/// Around several trades of one block that go the same way.
pub const CROWD: Sandwich = Sandwich {
    name: "sandwich-crowd",
    tries: "the same around 2 to 8 honest trades of one block that go the same way",
    rule: "nobody sells above, or buys below, a mean of prices from before; meanwhile others bring the price back",
    claim: Claim::NotExpected,
    victims: (2, 8),
    provides: false,
};

/// Around one trade, as a provider.
pub const PROVIDER: Sandwich = Sandwich {
    name: "sandwich-provider",
    tries: "the same around one trade by who has 5 to 85 % of the pool's liquidity and so gets fees back",
    rule: "what the mean price asks beyond the curve is the treasury's, and so is a part of its fees, or burned",
    claim: Claim::NothingFromVictims,
    victims: (1, 1),
    provides: true,
};

impl Adversary for Sandwich {
    fn name(&self) -> &'static str {
        self.name
    }
    fn tries(&self) -> &'static str {
        self.tries
    }
    fn rule(&self) -> &'static str {
        self.rule
    }
    fn claim(&self) -> Claim {
        self.claim
    }
    fn has_twin(&self) -> bool {
        true
    }
    fn stays_provider(&self) -> bool {
        self.provides
    }

    fn play(&self, world: &mut World, plan: &mut Plan) -> Result<Outcome, String> {
        let pool = pool(plan.whole(0, 2) as usize);
        let whole = state(pool).reserves.psi;
        world.mint(pool, part(whole, 0.1));
        let mut share = 0.0;
        if self.provides {
            share = plan.between(0.05, 0.85);
            let deposit = part(whole, share / (1.0 - share));
            world.mint(pool, deposit);
            world.deposit(Who::adversary(0), pool, deposit);
        }
        // Nobody else but arbitrageurs moves the price meanwhile: what is won is won from the victims.
        world.traffic.trades = 0.0;
        world.traffic.orders = 0.0;
        world.traffic.jobs = 0.0;
        // Back in the same block with an amount that it reckons, or when the mean has followed with one that the search finds.
        let hold = if plan.flag() { plan.whole(1, 120) } else { 0 };
        let held = plan.log_between(0.0001, 0.02);
        let (mut size, mut front) = (0.0, 0.0);
        for _ in 0..2 {
            world.next_block();
            let side = if world.dice.happens(0.5) { Side::Buy } else { Side::Sell };
            let count = self.victims.0 + world.dice.below((self.victims.1 - self.victims.0 + 1) as usize) as u32;
            for number in 0..count {
                let victim = Who { role: Role::Trader, number: number % TRADERS };
                let part_of = if world.dice.happens(0.5) { 0.00299 } else { world.dice.log_between(0.0003, 0.00299) };
                // From a tight limit to what wallets set when nobody looks. Who has a part of the pool also has a part of what any
                // trade pays, so its victims accept any price: the same trades happen with the attack and without.
                let room = if self.provides { ANY_PRICE } else { world.dice.log_between(0.004, 0.03) };
                let deed = world.trade_of(victim, pool, side, part(state(pool).reserves.psi, part_of), room);
                world.pending.push(deed);
                world.victims.push(victim);
                size += part_of;
            }
            if world.attacks {
                let amount = match hold {
                    0 => {
                        let value = |world: &mut World, amount| {
                            attack(world, pool, side, amount, 0);
                            self.wealth(world)
                        };
                        best_of(world, 0.0001, 0.02, value).0
                    }
                    _ => held,
                };
                attack(world, pool, side, amount, hold);
                front += amount;
            } else {
                world.honest();
                world.run_to(world.now() + hold);
            }
        }
        world.victims.sort_unstable();
        world.victims.dedup();
        Ok(Outcome {
            profit: None,
            notes: vec![
                ("share of liquidity", share),
                ("victims' part of the reserve, %", size * 50.0),
                ("traded ahead, %", front * 50.0),
            ],
        })
    }
}

fn attack(world: &mut World, pool: PoolId, side: Side, share: f64, hold: u32) {
    let amount: Balance = part(state(pool).reserves.psi, share);
    match side {
        Side::Buy => {
            let bought = world.crowd_buy(pool, amount);
            world.honest();
            world.run_to(world.now() + hold);
            world.crowd_sell(pool, bought);
        }
        Side::Sell => {
            let sold = world.crowd_sell(pool, amount);
            world.honest();
            world.run_to(world.now() + hold);
            world.crowd_buy(pool, sold);
        }
    }
}
