//! **Tries**: to buy or sell and to undo it later, knowing nothing. No attack at all, but the measure for the others: if this
//! paid, honest traffic would be giving money away, and what others win would say nothing about the protocol.
//!
//! **Roles**: trader, with borrowed tokens.
//!
//! **Defeated by** the fees of both ways.

use super::{Adversary, Claim, Outcome};
use crate::{
    plan::Plan,
    world::{part, pool, state, World},
};

/// See the module.
pub struct Guessing;

impl Adversary for Guessing {
    fn name(&self) -> &'static str {
        "guessing"
    }
    fn tries(&self) -> &'static str {
        "buys or sells, waits, and undoes it: no attack, but the measure for the others"
    }
    fn rule(&self) -> &'static str {
        "fees of both ways"
    }
    fn claim(&self) -> Claim {
        Claim::NotExpected
    }

    fn play(&self, world: &mut World, plan: &mut Plan) -> Result<Outcome, String> {
        let pool = pool(plan.whole(0, 2) as usize);
        let psi = part(state(pool).reserves.psi, plan.log_between(0.0005, 0.05));
        let buys = plan.flag();
        let wait = plan.whole(1, 40);
        world.next_block();
        if buys {
            world.crowd_buy(pool, psi);
        } else {
            world.mint(pool, psi);
            world.crowd_sell(pool, psi);
        }
        world.run_to(world.now() + wait);
        close(world, pool, 4);
        Ok(Outcome::default())
    }
}

/// Closes a position within so many blocks at most.
pub fn close(world: &mut World, pool: hanzo_traits::PoolId, blocks: u32) {
    for _ in 0..blocks {
        world.honest();
        if world.crowd_close(pool) {
            break;
        }
        world.next_block();
    }
}
