//! **Tries**: to profit from an order of a batch that is public once it is revealed, for up to five blocks. Trades ahead of it
//! outside the batch, from many accounts and over several blocks, and undoes that when the batch has moved the price. In one
//! variant it stands on the other side in the batch besides: it has committed the opposite order, for a part of what its
//! victim locked, and sells to it at the price that it pumped.
//!
//! **Roles**: trader with as many accounts as it likes; author of blocks.
//!
//! **Defeated by** the victim's own limit and the band of 2 %: beyond them the order comes back.

use super::{best_of, guessing::close, Adversary, Claim, Outcome};
use crate::{
    plan::Plan,
    world::{at_price, moved, part, pool, state, Deed, Role, Who, World},
};
use hanzo_hmm::Side;
use hanzo_traits::PoolId;
use pallet_hmm::BATCH_BLOCKS;

/// See the module.
pub struct PumpedBatch {
    name: &'static str,
    tries: &'static str,
    stands_opposite: bool,
}

/// Trades around the batch only.
pub const SANDWICH: PumpedBatch = PumpedBatch {
    name: "sandwich-batch",
    tries: "trades outside the batch ahead of a revealed order, and back after it cleared",
    stands_opposite: false,
};

/// Stands on the other side in it besides.
pub const PUMPED: PumpedBatch = PumpedBatch {
    name: "pumped-batch",
    tries: "the same, with an order of its own on the victim's other side in the batch",
    stands_opposite: true,
};

impl Adversary for PumpedBatch {
    fn name(&self) -> &'static str {
        self.name
    }
    fn tries(&self) -> &'static str {
        self.tries
    }
    fn rule(&self) -> &'static str {
        "for an hour's thirtieth nobody sells above a mean of prices from before; meanwhile others bring the price back"
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
        world.mint(pool, part(whole, 0.1));
        let opposite = plan.log_between(0.05, 1.0);
        let start = plan.whole(0, 4);
        let (hold, exit) = (if plan.flag() { plan.whole(1, 90) } else { 0 }, plan.whole(1, 3));
        let held = plan.log_between(0.0005, 0.03);

        world.run_to_commits();
        world.honest();
        let victim = Who { role: Role::Trader, number: 0 };
        let side = if world.dice.happens(0.5) { Side::Buy } else { Side::Sell };
        let psi = part(state(pool).reserves.psi, world.dice.log_between(0.003, 0.03));
        let room = world.dice.log_between(0.005, 0.03);
        let price = world.price(pool);
        let limit = at_price(psi, moved(price, if side == Side::Buy { room } else { -room }));
        let reveal_at = world.now() + 5;
        world.victims.push(victim);
        if !world.perform(Deed::Order { who: victim, pool, side, psi, limit, reveal_at }) {
            return Err("the victim could not commit".into());
        }
        let own =
            self.stands_opposite.then(|| commit_opposite(world, pool, side, part(psi, opposite), price)).flatten();

        world.run_to(reveal_at + start);
        world.honest();
        if let Some(own) = &own {
            world.reveal(own);
        }
        let clears_at = reveal_at + 5;
        let mut ahead = 0.0;
        if world.attacks {
            let share = match hold {
                0 => {
                    let value = |world: &mut World, share| {
                        trade_ahead(world, pool, side, share);
                        world.run_to(clears_at);
                        close(world, pool, exit);
                        world.wealth()
                    };
                    best_of(world, 0.0005, 0.03, value).0
                }
                _ => held,
            };
            ahead = share;
            trade_ahead(world, pool, side, share);
        }
        world.run_to(clears_at + hold);
        close(world, pool, exit);
        debug_assert_eq!(clears_at % BATCH_BLOCKS, 0);
        Ok(Outcome {
            profit: None,
            notes: vec![
                ("victim's part of the reserve, %", psi as f64 * 100.0 / whole as f64),
                ("victim's room, %", room * 100.0),
                ("traded ahead, %", ahead * 100.0),
            ],
        })
    }
}

fn trade_ahead(world: &mut World, pool: PoolId, side: Side, share: f64) {
    let amount = part(state(pool).reserves.psi, share);
    match side {
        Side::Buy => world.crowd_buy(pool, amount),
        Side::Sell => world.crowd_sell(pool, amount),
    };
}

/// An order on the other side at any price that the band allows.
fn commit_opposite(
    world: &mut World,
    pool: PoolId,
    victims: Side,
    psi: hanzo_runtime::Balance,
    price: u128,
) -> Option<crate::world::Kept> {
    let (side, limit) = match victims {
        Side::Buy => (Side::Sell, at_price(psi, moved(price, -0.02))),
        Side::Sell => (Side::Buy, at_price(psi, moved(price, 0.02))),
    };
    world.commit(Who::adversary(0), pool, side, psi, limit)
}
