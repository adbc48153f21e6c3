//! **Tries**: to buy an amount more cheaply in slices than in one piece, in one block, from many accounts, with a sale of its
//! own before, and sometimes after others sold.
//!
//! **Roles**: trader with as many accounts as it likes.
//!
//! **Defeated by** the path form of the risk fee. Where others sold before, the bounded exception of docs/market.md applies: a
//! buy that starts a part s of the reference above it and ends a part u below saves at most λ_r·u·s/(s+u) of its cost. The
//! profit is what was saved beyond that.

use super::{Adversary, Claim, Outcome};
use crate::{
    plan::Plan,
    world::{at_price, part, pool, state, tokens, Role, Who, World, TRADERS},
};
use hanzo_hmm::{Pool, Side, PRICE_ONE};

/// See the module.
pub struct Slicing;

impl Adversary for Slicing {
    fn name(&self) -> &'static str {
        "slicing"
    }
    fn tries(&self) -> &'static str {
        "buys in slices from many accounts, after a sale of its own or of others, what would cost more in one piece"
    }
    fn rule(&self) -> &'static str {
        "the risk fee's path form; what it saves after others sold is bounded, and not counted up to that bound"
    }
    fn claim(&self) -> Claim {
        Claim::Never
    }

    fn play(&self, world: &mut World, plan: &mut Plan) -> Result<Outcome, String> {
        let pool = pool(plan.whole(0, 2) as usize);
        world.traffic = crate::world::Traffic::none();
        let whole = state(pool).reserves.psi;
        world.mint(pool, part(whole, 0.05));
        world.next_block();
        if plan.flag() {
            for number in 0..1 + world.dice.below(8) as u32 {
                let seller = Who { role: Role::Trader, number: number % TRADERS };
                let psi = part(whole, world.dice.between(0.0001, 0.0029));
                world.perform(world.trade_of(seller, pool, Side::Sell, psi, 0.5));
            }
        }
        let amount = part(whole, plan.log_between(0.001, 0.04));
        let slices = plan.whole(2, 40);
        let sale = if plan.flag() { part(whole, plan.log_between(0.0002, 0.02)) } else { 0 };

        // In one piece, as nobody may; its fee counts from the same references.
        let before = state(pool);
        let reference = if before.rolled_at == world.now() { before.reference } else { before.reserves };
        let whole_pool =
            Pool { curve: before.curve, fees: before.fees, reserves: before.reserves, reference, mean: None };
        let single = whole_pool.buy_exact_out(amount).map_err(|error| format!("{error:?}"))?;

        let (start, held) = (world.cash(), tokens(Who::adversary(0), pool));
        let sold = world.crowd_sell(pool, sale);
        let mut bought = 0;
        for slice in 0..slices {
            let wanted = (amount + sold).saturating_sub(bought);
            let next = if slice + 1 == slices { wanted } else { wanted.min((amount + sold) / u128::from(slices)) };
            bought += world.crowd_buy(pool, next);
        }
        let paid = start - world.cash();
        if tokens(Who::adversary(0), pool) != held + amount {
            // Its accounts may not trade that much in a block: no slicing took place.
            return Ok(Outcome { profit: Some(-1), notes: vec![("saved, %", 0.0)] });
        }
        let saved = i128::try_from(single.theta).map_err(|error| error.to_string())? - paid;
        let above = before.reserves.psi.saturating_sub(reference.psi) as f64 / reference.psi as f64;
        let below = reference.psi.saturating_sub(single.after.psi) as f64 / reference.psi as f64;
        let bound = if above > 0.0 && below > 0.0 { 0.05 * above * below / (above + below) } else { 0.0 };
        let excused = at_price(single.theta, (bound * PRICE_ONE as f64 * 1.001) as u128) as i128;
        Ok(Outcome {
            profit: Some(saved - excused),
            notes: vec![("saved, %", saved as f64 * 100.0 / single.theta as f64)],
        })
    }
}
