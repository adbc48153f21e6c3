//! **Tries**: to turn money in a circle through jobs of its own: client, worker and trader are one. Its bond may be of any
//! share of all; where another worker is drawn it cancels or lets the job run. What it earns it sells, or has sold at
//! settlement.
//!
//! **Roles**: client, worker, trader.
//!
//! **Defeated by** the fees on what is bought and sold, and the price of late cancellation. Whoever does it for the bonus is
//! another: [`super::self_dealing`].

use super::{guessing::close, Adversary, Claim, Outcome};
use crate::{
    plan::Plan,
    world::{part, state, status, Clock, JobPlan, Traffic, Who, World},
};
use hanzo_poai::JobStatus;
use hanzo_runtime::{constants::AI, test_kit::actors::pools, Runtime};
use hanzo_traits::JobId;

const CLIENT: Who = Who { role: crate::world::Role::Adversary, number: 1 };
const WORKER: Who = Who { role: crate::world::Role::Adversary, number: 2 };
const SELLER: Who = Who { role: crate::world::Role::Adversary, number: 0 };

/// See the module.
pub struct WashTrading;

impl Adversary for WashTrading {
    fn name(&self) -> &'static str {
        "wash-trading"
    }
    fn tries(&self) -> &'static str {
        "submits jobs and runs them itself, cancelling where another worker is drawn"
    }
    fn rule(&self) -> &'static str {
        "fees on tokens bought and sold; late cancellation costs 1 %, at least 0.5 $AI"
    }
    fn claim(&self) -> Claim {
        Claim::Never
    }
    fn clock(&self) -> Clock {
        Clock::Short
    }

    fn play(&self, world: &mut World, plan: &mut Plan) -> Result<Outcome, String> {
        world.traffic = Traffic::none();
        world.register(WORKER, plan.log_between(100_000.0, 50_000_000.0) as u128 * AI);
        let sell_earned = plan.flag();
        world.act(WORKER, pallet_compute::Call::set_payout { sell_earned }).map_err(|error| format!("{error:?}"))?;
        let (cancels, count) = (plan.flag(), plan.whole(1, 6));
        let mut job = JobPlan { sell_unused: plan.flag(), use_held_tokens: plan.flag(), ..JobPlan::default() };
        for (number, one) in pools().into_iter().enumerate() {
            if number == 0 || plan.flag() {
                job.resources.set(one.class, part(state(one).reserves.psi, plan.log_between(0.00005, 0.0029)));
            }
        }
        world.run_to(world.now() + 6);
        let mut own = 0.0;
        for _ in 0..count {
            let Some(id) = world.submit(CLIENT, &job) else { continue };
            own += f64::from(u8::from(self.follow(world, id, cancels)?));
        }
        for one in pools() {
            for holder in [CLIENT, WORKER] {
                let held = crate::world::tokens(holder, one);
                let call = pallet_assets::Call::transfer {
                    id: codec::Compact(one.asset_id()),
                    target: SELLER.id().into(),
                    amount: held,
                };
                if held > 0 {
                    world.act(holder, call).map_err(|error| format!("{error:?}"))?;
                }
            }
            close(world, one, 3);
        }
        Ok(Outcome { profit: None, notes: vec![("own jobs, %", own * 100.0 / f64::from(count))] })
    }
}

impl WashTrading {
    /// Sees a job to its end; whether it ran it itself.
    fn follow(&self, world: &mut World, id: JobId, cancels: bool) -> Result<bool, String> {
        let mut own = false;
        for _ in 0..200 {
            world.next_block();
            let Some(job) = pallet_compute::Jobs::<Runtime>::get(id) else { break };
            let is_own = job.assignment.as_ref().is_some_and(|assignment| assignment.worker == WORKER.id());
            let done = match job.status {
                JobStatus::Assigned if is_own => world.act(WORKER, pallet_compute::Call::accept_job { job: id }),
                JobStatus::Assigned | JobStatus::Accepted if cancels && !is_own => {
                    // Too late where the other has accepted.
                    let _ = world.act(CLIENT, pallet_compute::Call::cancel_job { job: id });
                    Ok(())
                }
                JobStatus::Accepted if is_own => world.attest(WORKER, id, crate::world::TOKENS),
                _ => Ok(()),
            };
            done.map_err(|error| format!("job {id}: {error:?}"))?;
            own |= is_own && status(id) == JobStatus::Attested;
            if status(id).is_final() {
                return Ok(own);
            }
        }
        Err(format!("job {id} never ended"))
    }
}
