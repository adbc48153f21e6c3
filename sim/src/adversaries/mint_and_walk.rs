//! **Tries**: to mint against a bond what is worth more than the bond, sell it, and leave both bond and debts behind. Mints
//! when prices are low, its own doing or not, and sells when they are high.
//!
//! **Roles**: worker, trader with as many accounts as it likes.
//!
//! **Defeated by** the joint limit: the bond is 30 times the obligations at the highest of four prices, the last of them half
//! the reference price, which nobody can push.

use super::{guessing::close, Adversary, Claim, Outcome};
use crate::{
    plan::Plan,
    world::{part, state, Clock, Who, World},
};
use hanzo_runtime::{constants::AI, test_kit::actors::pools, Balance};

const WORKER: Who = Who { role: crate::world::Role::Adversary, number: 0 };

/// See the module.
pub struct MintAndWalk;

impl Adversary for MintAndWalk {
    fn name(&self) -> &'static str {
        "mint-and-walk"
    }
    fn tries(&self) -> &'static str {
        "mints as much as its bond allows at pushed prices, sells it, and walks away or pays, whichever costs less"
    }
    fn rule(&self) -> &'static str {
        "a bond is 30 times the obligations at the highest of spot, means of an hour and a week, and half the reference"
    }
    fn claim(&self) -> Claim {
        Claim::NotExpected
    }
    fn clock(&self) -> Clock {
        Clock::Short
    }

    fn play(&self, world: &mut World, plan: &mut Plan) -> Result<Outcome, String> {
        let bond = plan.log_between(10_000.0, 5_000_000.0) as Balance * AI;
        world.register(WORKER, bond);
        // One pool at least: who does nothing wins nothing, and would be the best found.
        let (pools, first) = (pools(), plan.unit());
        let first = (first * pools.len() as f64) as usize;
        let chosen: Vec<_> =
            (0..).zip(pools).filter(|(place, _)| plan.flag() || *place == first).map(|(_, pool)| pool).collect();
        let (push, blocks) = (plan.log_between(0.0005, 0.02), plan.whole(0, 12));
        // Tokens to push prices down with come from a worker of its own, which pays in the end.
        for one in &chosen {
            world.mint(*one, part(state(*one).reserves.psi, 0.2));
        }
        for _ in 0..blocks {
            world.next_block();
            for one in &chosen {
                world.crowd_sell(*one, part(state(*one).reserves.psi, push));
            }
        }
        // As much as the limit takes, halving where it refuses.
        let mut minted = 0.0;
        for one in &chosen {
            let mut amount = state(*one).reserves.psi;
            for _ in 0..24 {
                let call = pallet_compute::Call::mint_tokens { pool: *one, amount };
                if world.act(WORKER, call).is_ok() {
                    minted += amount as f64 / state(*one).reserves.psi as f64;
                }
                amount /= 2;
            }
        }
        world.run_to(world.now() + plan.whole(0, 30));
        let (rounds, pays) = (plan.whole(1, 8), plan.flag());
        for _ in 0..rounds {
            for one in &chosen {
                let held = crate::world::tokens(WORKER, *one);
                world.crowd_sell(*one, held);
            }
            world.next_block();
        }
        if pays {
            chosen.iter().for_each(|one| close(world, *one, 6));
        }
        Ok(Outcome { profit: None, notes: vec![("minted, parts of a reserve", minted)] })
    }
}
