//! **Tries**: to use jobs as options on prices and on workers: buys tokens through a job at its default limit, looks at where
//! prices and the draw go, and cancels when that suits it, before the draw for nothing, or after it; sells the tokens it gets
//! back when they are worth more.
//!
//! **Roles**: client, trader.
//!
//! **Defeated by** the fact that a purchase is a purchase: tokens come back as tokens, and what cancelling costs after the draw
//! is burned.

use super::{guessing::close, Adversary, Claim, Outcome};
use crate::{
    plan::Plan,
    world::{part, state, status, JobPlan, Who, World},
};
use hanzo_runtime::test_kit::actors::pools;

/// See the module.
pub struct CancellingClient;

impl Adversary for CancellingClient {
    fn name(&self) -> &'static str {
        "cancelling-client"
    }
    fn tries(&self) -> &'static str {
        "buys through jobs, watches prices and draws, and cancels when that suits it"
    }
    fn rule(&self) -> &'static str {
        "tokens come back as tokens; after a draw cancelling costs 1 %, at least 0.5 $AI"
    }
    fn claim(&self) -> Claim {
        Claim::NotExpected
    }

    fn play(&self, world: &mut World, plan: &mut Plan) -> Result<Outcome, String> {
        let client = Who::adversary(0);
        let place = plan.whole(0, 5) as usize;
        let pool = pools()[place];
        let size = plan.log_between(0.0005, 0.0029);
        let (rises, patience, holds) = (plan.log_between(0.0005, 0.02), plan.whole(1, 3), plan.whole(0, 20));
        for _ in 0..plan.whole(1, 4) {
            world.next_block();
            let mut job = JobPlan::default();
            job.resources.set(pool.class, part(state(pool).reserves.psi, size));
            let price = world.price(pool);
            let Some(id) = world.submit(client, &job) else { continue };
            let (mut waited, goal) = (0, crate::world::moved(price, rises));
            // Before the draw it costs nothing: as long as it may wait for the price to rise.
            while waited < patience && world.price(pool) < goal {
                world.next_block();
                waited += 1;
            }
            let _ = world.act(client, pallet_compute::Call::cancel_job { job: id });
            debug_assert!(status(id).is_final(), "not drawn within three blocks");
            let until = world.now() + holds;
            while world.now() < until && world.price(pool) < goal {
                world.next_block();
            }
            close(world, pool, 2);
        }
        Ok(Outcome::default())
    }
}
