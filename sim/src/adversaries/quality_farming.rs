//! **Tries**: to be drawn more for others' jobs by a quality it has made itself: submits the cheapest jobs that count, to be drawn for
//! some of them, and does them well.
//!
//! **Roles**: client and worker with any share of all bonds. Other clients ask for no more quality than every worker begins with.
//!
//! **Defeated by** draws in proportion to bonds, in which quality only excludes; jobs of little value move it by little, and only where they
//! are audited; and each costs the fees of a job.

use super::{split_bonds::fair_share, Adversary, Claim, Outcome};
use crate::{
    plan::Plan,
    world::{status, Clock, JobPlan, Role, Traffic, Who, World, TOKENS},
};
use hanzo_poai::JobStatus;
use hanzo_runtime::{constants::AI, economy::TINY_MODEL, Balance, Poai, Runtime};
use hanzo_traits::{JobId, QualityOracle};

const WORKER: Who = Who { role: Role::Adversary, number: 0 };
/// A client has few jobs open at a time; so it has several accounts.
const CLIENTS: u32 = 4;

/// See the module.
pub struct QualityFarming;

impl Adversary for QualityFarming {
    fn name(&self) -> &'static str {
        "quality-farming"
    }
    fn tries(&self) -> &'static str {
        "raises its quality by cheap jobs of its own, to be drawn more for others'"
    }
    fn rule(&self) -> &'static str {
        "draws go by bonds; cheap jobs move quality by little, where audited, and cost their fees"
    }
    fn claim(&self) -> Claim {
        Claim::NotExpected
    }
    fn clock(&self) -> Clock {
        Clock::Short
    }

    fn play(&self, world: &mut World, plan: &mut Plan) -> Result<Outcome, String> {
        world.traffic = Traffic::none();
        let (bond, farmed) = (plan.log_between(1_000_000.0, 50_000_000.0) as Balance * AI, plan.whole(4, 40));
        world.register_for(WORKER, bond, &[TINY_MODEL, crate::world::FREE_MODEL]);
        world.open_verification(0.0);
        world.settle_lots();
        let before = world.wealth();
        self.farm(world, farmed, plan.whole(1, 448))?;
        let (cost, quality) = (before - world.wealth(), Poai::quality(&WORKER.id()));
        let (mut won, mut fair) = (0i128, 0.0);
        for number in 0..4 {
            let mut job = world.random_job();
            job.min_quality_ppb = if number % 2 == 0 { 0 } else { pallet_poai::quality::INITIAL };
            let Some(id) = world.submit(Who { role: Role::Client, number }, &job) else { continue };
            let share = fair_share();
            world.run_to(world.now() + 4);
            let Some(job) = pallet_compute::Jobs::<Runtime>::get(id) else { continue };
            let is_own = job.assignment.is_some_and(|assignment| assignment.worker == WORKER.id());
            fair += share * job.value as f64;
            won += if is_own { job.value as i128 } else { 0 };
            if is_own {
                world
                    .act(WORKER, pallet_compute::Call::decline_job { job: id })
                    .map_err(|error| format!("{error:?}"))?;
            }
        }
        let notes = vec![
            ("quality after", f64::from(quality) / 1e9),
            ("cost of it, $AI", cost as f64 / 1e18),
            ("jobs farmed", f64::from(farmed)),
        ];
        Ok(Outcome { profit: Some(won - fair as i128 - cost), notes })
    }
}

impl QualityFarming {
    /// Submits jobs to whom they fall, and does well those that fall to it.
    fn farm(&self, world: &mut World, count: u32, tokens: u32) -> Result<(), String> {
        let plan = JobPlan { profiled: true, max_tokens: tokens.max(TOKENS), ..JobPlan::default() };
        let (mut jobs, mut submitted) = (Vec::<JobId>::new(), 0);
        for _ in 0..800 {
            let waiting = jobs.iter().filter(|id| !status(**id).is_final()).count();
            if waiting < 12 && submitted < count {
                jobs.extend(world.submit(Who::adversary(1 + submitted % CLIENTS), &plan));
                submitted += 1;
            } else if waiting == 0 {
                return Ok(());
            }
            world.next_block();
            for id in &jobs {
                let Some(job) = pallet_compute::Jobs::<Runtime>::get(id) else { continue };
                if job.assignment.as_ref().is_none_or(|assignment| assignment.worker != WORKER.id()) {
                    continue;
                }
                let done = match job.status {
                    JobStatus::Assigned => world.act(WORKER, pallet_compute::Call::accept_job { job: *id }),
                    JobStatus::Accepted => {
                        world.work_on(*id);
                        world.attest(WORKER, *id, plan.max_tokens)
                    }
                    _ => Ok(()),
                };
                done.map_err(|error| format!("job {id}: {error:?}"))?;
            }
        }
        Err("the farmed jobs never ended".into())
    }
}
