//! **Tries**: to move the mean over an hour, by which jobs limit what they pay, batches are bound and bonds are valued: buys
//! over many blocks, lets clients with default limits buy at prices that follow the mean, and sells to them. Or the other way
//! round, against workers that sell what they earn.
//!
//! **Roles**: trader with as many accounts as it likes.
//!
//! **Defeated by** fees, and by everybody else's right not to buy: the mean moves 1 % of its sample a block at most, and who
//! holds a price away from where others trade pays for all that they trade against it. Played against the short clock, where an
//! hour is ten blocks; on the mainnet the same push takes 180 times as long.

use super::{guessing::close, Adversary, Claim, Outcome};
use crate::{
    plan::Plan,
    world::{part, pool, state, Clock, Role, Who, World},
};

/// See the module.
pub struct TwapPushing;

impl Adversary for TwapPushing {
    fn name(&self) -> &'static str {
        "twap-pushing"
    }
    fn tries(&self) -> &'static str {
        "pushes spot and mean over many blocks, holds them while others trade by the mean, and closes"
    }
    fn rule(&self) -> &'static str {
        "fees of both ways; samples move by at most 1 % a block"
    }
    fn claim(&self) -> Claim {
        Claim::NotExpected
    }
    fn clock(&self) -> Clock {
        Clock::Short
    }
    fn has_twin(&self) -> bool {
        true
    }

    fn play(&self, world: &mut World, plan: &mut Plan) -> Result<Outcome, String> {
        let pool = pool(plan.whole(0, 2) as usize);
        let whole = state(pool).reserves.psi;
        let (up, pushes, hold, exit) = (plan.flag(), plan.whole(1, 20), plan.whole(1, 40), plan.whole(1, 12));
        let each = plan.log_between(0.0005, 0.01);
        if !up {
            world.mint(pool, part(whole, 0.2));
        }
        world.victims = (0..8).map(|number| Who { role: Role::Client, number }).collect();
        for _ in 0..pushes {
            world.next_block();
            let amount = part(whole, each);
            if up {
                world.crowd_buy(pool, amount);
            } else {
                world.crowd_sell(pool, amount);
            }
        }
        world.run_to(world.now() + hold);
        let twap = hanzo_runtime::Hmm::pool(pool)?.twap_hour.0;
        let reference = state(pool).curve.reference_price();
        close(world, pool, exit);
        Ok(Outcome { profit: None, notes: vec![("mean over an hour / reference", twap as f64 / reference as f64)] })
    }
}
