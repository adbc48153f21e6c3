//! **Tries**: to ride on others' orders. A commitment shows its side and the most it gives; copies that, in a size and with a
//! limit of its own, and sells again what it got when the batch has cleared. All orders of a batch get the average price of its
//! one trade with the pool, while the trade leaves the pool at a price further on.
//!
//! **Roles**: trader. A copy of the commitment itself is of no use: it is bound to its trader.
//!
//! **Defeated by** fees, as long as the net amount of the batch is below what they are worth.

use super::{guessing::close, Adversary, Claim, Outcome};
use crate::{
    plan::Plan,
    world::{at_price, moved, part, pool, state, Deed, Role, Who, World},
};
use hanzo_hmm::Side;

/// See the module.
pub struct CopiedOrders;

impl Adversary for CopiedOrders {
    fn name(&self) -> &'static str {
        "copied-orders"
    }
    fn tries(&self) -> &'static str {
        "copies side and size of committed orders, and closes when the batch has moved the price"
    }
    fn rule(&self) -> &'static str {
        "fees of both ways, which batches of more than some 0.6 % net outweigh"
    }
    fn claim(&self) -> Claim {
        Claim::NotExpected
    }
    fn has_twin(&self) -> bool {
        true
    }

    fn play(&self, world: &mut World, plan: &mut Plan) -> Result<Outcome, String> {
        let pool = pool(plan.whole(0, 2) as usize);
        world.mint(pool, part(state(pool).reserves.psi, 0.1));
        // With less room than fees take its order is never filled: it would win nothing, and be the best found.
        let (copy, room, exit) = (plan.log_between(0.03, 1.5), plan.between(0.006, 0.02), plan.whole(1, 3));
        let hold = plan.whole(0, 90);
        // Small batches are left alone.
        let least = plan.log_between(0.002, 0.015);

        world.run_to_commits();
        world.honest();
        let price = world.price(pool);
        let side = if world.dice.happens(0.5) { Side::Buy } else { Side::Sell };
        let sign = if side == Side::Buy { 1.0 } else { -1.0 };
        let mut locked = 0;
        for number in 0..1 + world.dice.below(3) as u32 {
            let who = Who { role: Role::Trader, number };
            let psi = part(state(pool).reserves.psi, world.dice.log_between(0.002, 0.02));
            let limit = at_price(psi, moved(price, sign * world.dice.log_between(0.008, 0.03)));
            let reveal_at = world.now() + 5;
            world.victims.push(who);
            if world.perform(Deed::Order { who, pool, side, psi, limit, reveal_at }) {
                locked += psi;
            }
        }
        let psi = part(locked, copy);
        let is_worth_it = locked > part(state(pool).reserves.psi, least);
        let limit = at_price(psi, moved(price, sign * room));
        let own = is_worth_it.then(|| world.commit(Who::adversary(0), pool, side, psi, limit)).flatten();
        world.run_to_reveals();
        if let Some(own) = &own {
            world.reveal(own);
        }
        world.run_to_commits();
        world.run_to(world.now() + hold);
        close(world, pool, exit);
        Ok(Outcome {
            profit: None,
            notes: vec![("locked by others, %", locked as f64 * 100.0 / state(pool).reserves.psi as f64)],
        })
    }
}
