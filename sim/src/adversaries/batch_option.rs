//! **Tries**: to use a commitment as a free option and others' orders as a signal. Sees the sides and locks of honest
//! commitments and copies them in size, on one side or on both; waits until all honest orders are revealed; then reveals the one
//! that pays, or none.
//!
//! **Roles**: trader.
//!
//! **Defeated by** the forfeit of 1 % of a lock that is not revealed, 3 % for who committed on both sides; a copied
//! commitment itself is bound to its trader and cannot be revealed by anybody else.

use super::{guessing::close, Adversary, Claim, Outcome};
use crate::{
    plan::Plan,
    world::{at_price, moved, part, pool, state, Deed, Kept, Role, Who, World, TRADERS},
};
use hanzo_hmm::Side;

/// See the module.
pub struct BatchOption;

impl Adversary for BatchOption {
    fn name(&self) -> &'static str {
        "batch-option"
    }
    fn tries(&self) -> &'static str {
        "copies the side and size of orders, commits on both sides, and reveals only what pays once all others are known"
    }
    fn rule(&self) -> &'static str {
        "1 % of a lock that is not revealed is forfeited, 3 % on both sides; commitments are bound to their traders"
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
        let (copy, with, against) = (plan.log_between(0.1, 2.0), plan.unit() < 0.7, plan.unit() < 0.7);
        let room = plan.between(-0.01, 0.02);
        let exit = plan.whole(1, 4);

        world.run_to_commits();
        world.honest();
        let price = world.price(pool);
        let side = if world.dice.happens(0.5) { Side::Buy } else { Side::Sell };
        let mut locked = 0;
        for number in 0..1 + world.dice.below(3) as u32 {
            let psi = part(state(pool).reserves.psi, world.dice.log_between(0.002, 0.02));
            let limit = at_price(psi, moved(price, if side == Side::Buy { 0.02 } else { -0.02 }));
            let order = Deed::Order {
                who: Who { role: Role::Trader, number: number % TRADERS },
                pool,
                side,
                psi,
                limit,
                reveal_at: world.now() + 5,
            };
            if world.perform(order) {
                locked += psi;
            }
        }
        let mut own: Vec<Kept> = Vec::new();
        for (number, (wanted, its_side)) in [(with, side), (against, opposite(side))].into_iter().enumerate() {
            let psi = part(locked, copy);
            if wanted && psi > 0 {
                let sign = if its_side == Side::Buy { 1.0 } else { -1.0 };
                let limit = at_price(psi, moved(price, sign * room));
                // From two accounts: one trader on both sides would forfeit three times as much.
                own.extend(world.commit(Who::adversary(number as u32), pool, its_side, psi, limit));
            }
        }
        let last = world.now() + 9;
        world.run_to(last);
        world.honest();
        if world.attacks {
            let choices = 1u32 << own.len();
            let value = |world: &mut World, choice: u32| {
                reveal(world, &own, choice);
                world.next_block();
                close(world, pool, exit);
                world.wealth()
            };
            let best = (0..choices).max_by_key(|choice| world.trial(|world| value(world, *choice))).unwrap_or(0);
            reveal(world, &own, best);
        }
        world.next_block();
        close(world, pool, exit);
        Ok(Outcome::default())
    }
}

fn opposite(side: Side) -> Side {
    match side {
        Side::Buy => Side::Sell,
        Side::Sell => Side::Buy,
    }
}

/// Reveals those orders whose bit is set.
fn reveal(world: &mut World, own: &[Kept], choice: u32) {
    for (number, kept) in own.iter().enumerate() {
        if choice >> number & 1 == 1 {
            world.reveal(kept);
        }
    }
}
