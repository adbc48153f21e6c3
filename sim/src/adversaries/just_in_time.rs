//! **Tries**: to be a provider just when it pays: deposits in the block in which it sees trades coming that pay fees (or a
//! batch's revealed orders, or locks that nobody has revealed), and withdraws as soon as its shares unlock.
//!
//! **Roles**: provider, author of the block.
//!
//! **Defeated by** fees and forfeits entering the reserves over a day: of what comes in the 20 blocks of its lock it gets next to
//! nothing, and it pays for its part of what waits already. What it wins is compared with holding the same tokens and credits.

use super::{Adversary, Claim, Outcome};
use crate::{
    plan::Plan,
    world::{at_price, moved, part, pool, state, Deed, Role, Who, World, TRADERS},
};
use hanzo_hmm::Side;
use hanzo_traits::PoolId;

/// What it waits for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Occasion {
    Trades,
    Batch,
    Forfeits,
}

/// See the module.
pub struct JustInTime {
    name: &'static str,
    tries: &'static str,
    rule: &'static str,
    occasion: Occasion,
}

/// Deposits ahead of trades of the block.
pub const TRADES: JustInTime = JustInTime {
    name: "jit-trades",
    tries: "deposits ahead of trades that pay the risk fee, and withdraws when its shares unlock",
    rule: "fees enter the reserves over a day, of which the 20 blocks of a lock are next to nothing",
    occasion: Occasion::Trades,
};

/// Deposits in the last block before a batch clears.
pub const BATCH: JustInTime = JustInTime {
    name: "jit-batch",
    tries: "the same in the last block before a batch with large revealed orders clears",
    rule: "fees enter the reserves over a day, of which the 20 blocks of a lock are next to nothing",
    occasion: Occasion::Batch,
};

/// Deposits when locks are about to be forfeited.
pub const FORFEITS: JustInTime = JustInTime {
    name: "jit-forfeits",
    tries: "the same where a large order was not revealed by the last block, for a part of what it forfeits",
    rule: "forfeits enter the reserves over a day, of which 20 blocks are next to nothing",
    occasion: Occasion::Forfeits,
};

impl Adversary for JustInTime {
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
        Claim::NotExpected
    }
    fn has_twin(&self) -> bool {
        true
    }
    fn wealth(&self, world: &World) -> i128 {
        world.wealth_at_spot()
    }

    fn play(&self, world: &mut World, plan: &mut Plan) -> Result<Outcome, String> {
        let pool = pool(plan.whole(0, 2) as usize);
        let deposit = plan.log_between(0.01, 6.0);
        // Its tokens are not part of the attack.
        world.mint(pool, part(state(pool).reserves.psi, 1.1 * deposit));
        match self.occasion {
            Occasion::Trades => {
                world.next_block();
                self.trades(world, pool);
            }
            Occasion::Batch | Occasion::Forfeits => self.orders(world, pool)?,
        }
        // How much it deposits is for the search to find: a reckoning ahead would have to know what comes in 20 blocks.
        let share = if world.attacks { self.deposit(world, pool, deposit) } else { 0.0 };
        world.run_to(world.now() + 21);
        if world.attacks {
            world.withdraw(Who::adversary(0), pool);
        }
        Ok(Outcome { profit: None, notes: vec![("share of the pool, %", share * 100.0)] })
    }
}

impl JustInTime {
    fn deposit(&self, world: &mut World, pool: PoolId, deposit: f64) -> f64 {
        let before = state(pool).reserves.psi;
        world.deposit(Who::adversary(0), pool, part(before, deposit));
        1.0 - before as f64 / state(pool).reserves.psi as f64
    }

    /// Several trades of this block, all one way, so that the last of them pay a risk fee.
    fn trades(&self, world: &mut World, pool: PoolId) {
        let side = if world.dice.happens(0.5) { Side::Buy } else { Side::Sell };
        for number in 0..1 + world.dice.below(TRADERS as usize) as u32 {
            let who = Who { role: Role::Trader, number };
            let psi = part(state(pool).reserves.psi, world.dice.log_between(0.0005, 0.0029));
            let deed = world.trade_of(who, pool, side, psi, 0.1);
            world.pending.push(deed);
        }
    }

    /// Orders of a batch up to its last block, revealed or, for forfeits, one of them not.
    fn orders(&self, world: &mut World, pool: PoolId) -> Result<(), String> {
        world.run_to_commits();
        world.honest();
        let price = world.price(pool);
        let side = if world.dice.happens(0.5) { Side::Buy } else { Side::Sell };
        let forgets = self.occasion == Occasion::Forfeits;
        for number in 0..1 + world.dice.below(3) as u32 {
            let psi = part(state(pool).reserves.psi, world.dice.log_between(0.003, 0.02));
            let limit = at_price(psi, moved(price, if side == Side::Buy { 0.02 } else { -0.02 }));
            let never = forgets && number == 0;
            let reveal_at = if never { u32::MAX } else { world.now() + 5 };
            let order = Deed::Order { who: Who { role: Role::Trader, number }, pool, side, psi, limit, reveal_at };
            if !world.perform(order) {
                return Err("an order could not be committed".into());
            }
        }
        world.run_to(world.now() + 9);
        world.honest();
        Ok(())
    }
}
