//! **Tries**: to corner a token that a worker has to buy: knows that a worker must buy back what it owes, in slices of a block
//! at no more than 1.05 times the day's mean, buys ahead of it and sells to it.
//!
//! **Roles**: trader with as many accounts as it likes, author of blocks.
//!
//! **Defeated by** the limit on what the worker pays, and its time: a slice that is too dear waits.

use super::{guessing::close, Adversary, Claim, Outcome};
use crate::{
    plan::Plan,
    world::{at_price, moved, part, pool, state, Deed, Role, Who, World},
};
use hanzo_hmm::Side;

/// See the module.
pub struct Cornering;

impl Adversary for Cornering {
    fn name(&self) -> &'static str {
        "cornering"
    }
    fn tries(&self) -> &'static str {
        "buys ahead of a worker that has to buy back what it owes, slice by slice, and sells to it"
    }
    fn rule(&self) -> &'static str {
        "the worker's limit of 1.05 times the day's mean, and its patience"
    }
    fn claim(&self) -> Claim {
        Claim::NotExpected
    }
    fn has_twin(&self) -> bool {
        true
    }

    fn play(&self, world: &mut World, plan: &mut Plan) -> Result<Outcome, String> {
        let pool = pool(plan.whole(0, 2) as usize);
        let whole = state(pool).reserves.psi;
        let victim = Who { role: Role::Worker, number: 0 };
        let mut owed = part(whole, world.dice.log_between(0.005, 0.1));
        let (ahead, blocks) = (plan.log_between(0.0005, 0.03), plan.whole(1, 8));
        let (wait, exit) = (plan.whole(0, 150), plan.whole(1, 60));
        world.victims.push(victim);
        for _ in 0..blocks {
            world.next_block();
            world.crowd_buy(pool, part(whole, ahead / f64::from(blocks)));
        }
        // The mean over a day stands at the reference price as long as there is no history; the limit does, too.
        let most = moved(state(pool).curve.reference_price(), 0.05);
        for block in 0..wait + exit {
            world.next_block();
            let psi = owed.min(part(state(pool).reserves.psi, 0.0029));
            let slice = Deed::Trade { who: victim, pool, side: Side::Buy, psi, limit: at_price(psi, most) };
            if psi > 0 && world.perform(slice) {
                owed -= psi;
            }
            if block >= wait {
                world.honest();
                let held = crate::world::tokens(Who::adversary(0), pool);
                world.crowd_sell(pool, held / u128::from(wait + exit - block));
            }
        }
        close(world, pool, 4);
        Ok(Outcome { profit: None, notes: vec![("not bought, %", owed as f64 * 100.0 / whole as f64)] })
    }
}
