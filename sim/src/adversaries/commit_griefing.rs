//! **Tries**: to keep others out of a batch by taking its places with least locks that it never reveals, and, being a
//! provider of the pool, to get the forfeits back.
//!
//! **Roles**: trader with many accounts; provider.
//!
//! **Defeated by** the least lock and its forfeit. It never profits; the notes say what keeping everybody out for one batch
//! costs. Transaction fees, left out here, cost about as much again.

use super::{Adversary, Claim, Outcome};
use crate::{
    plan::Plan,
    world::{part, pool, state, Role, Who, World, ADVERSARIES},
};
use hanzo_hmm::Side;
use pallet_hmm::{HiddenOrder, MAX_BATCH_ORDERS};

/// See the module.
pub struct CommitGriefing;

impl Adversary for CommitGriefing {
    fn name(&self) -> &'static str {
        "commit-griefing"
    }
    fn tries(&self) -> &'static str {
        "fills the places of a batch with least locks and reveals none, as a provider who gets part of the forfeits"
    }
    fn rule(&self) -> &'static str {
        "every lock that is not revealed forfeits 1 % to all providers"
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
        let share = plan.between(0.0, 0.85);
        let places = plan.whole(200, MAX_BATCH_ORDERS);
        if share > 0.05 {
            let deposit = part(whole, share / (1.0 - share));
            world.mint(pool, deposit);
            world.deposit(Who::adversary(0), pool, deposit);
        }
        world.run_to_commits();
        // A little more than 0.15 %, for fees that enter the reserve with this block.
        let least = part(state(pool).reserves.theta, 0.00152);
        let order = HiddenOrder { side: Side::Buy, psi: 1, theta: 1 };
        let mut taken = 0u32;
        for number in 0..places {
            let who = Who::adversary(1 + number % (ADVERSARIES - 2));
            taken += u32::from(world.commit_locking(who, pool, order, least).is_some());
        }
        let other = Who { role: Role::Trader, number: 0 };
        let is_open = world.trial(|world| world.commit_locking(other, pool, order, least).is_some());
        world.run_to(world.now() + 12);
        let locked = least as f64 / 1e18 * f64::from(taken);
        Ok(Outcome {
            profit: None,
            notes: vec![
                ("places taken", f64::from(taken)),
                ("whether others still find one", f64::from(u8::from(is_open))),
                ("locked, $AI", locked),
            ],
        })
    }
}
