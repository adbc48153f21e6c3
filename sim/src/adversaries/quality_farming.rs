//! **Tries**: to be drawn more for others' jobs by a quality it has made itself: submits the cheapest jobs that count, to be drawn for
//! some of them, and does them well.
//!
//! **Roles**: client and worker with any share of all bonds; all others have the quality that every worker begins with, and keep it.
//!
//! **Defeated by** how little quality weighs: a factor of e^0.3 from one half to 1, and less for jobs beyond the 10 $AI by which it is
//! measured; jobs of little value move it by little, and only where they are audited; each costs the fees of a job. Honest work
//! brings the same quality for nothing, with one audit of ten jobs. So what it gains are the draws until then: a hundred jobs of its own, of which it
//! is taken to keep a fifth as profit.

use super::{author::chance_of_draw, Adversary, Claim, Outcome};
use crate::{
    plan::Plan,
    world::{status, worth as tokens_worth, Clock, JobPlan, Role, Traffic, Who, World, FREE_MODEL},
};
use hanzo_poai::{JobStatus, ResourceClass, Resources};
use hanzo_runtime::{constants::AI, economy::TINY_MODEL, Balance, Poai, Runtime};
use hanzo_traits::{JobId, PoolId, QualityOracle};

const WORKER: Who = Who { role: Role::Adversary, number: 0 };
/// A client has few jobs open at a time; so it has several accounts.
const CLIENTS: u32 = 4;

/// Jobs of others' before and after, by which its chance is measured.
const SAMPLES: u32 = 4;
/// Draws for each of them.
const MEASURED: u64 = 64;
/// Jobs of its own after which honest work has brought most of that quality too: a tenth of them are audited, and each audit closes a tenth
/// of the gap.
const UNTIL_EARNED: f64 = 100.0;
/// What of a job's value is profit.
const MARGIN: f64 = 0.2;

/// Means over jobs of others'.
struct Sample {
    /// To be drawn.
    chance: f64,
    /// Of a job, wei.
    value: f64,
}

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
        "quality weighs e^0.3 at most; cheap jobs move it by little, where audited, and cost their fees"
    }
    fn claim(&self) -> Claim {
        Claim::NotExpected
    }
    fn clock(&self) -> Clock {
        Clock::Short
    }

    fn play(&self, world: &mut World, plan: &mut Plan) -> Result<Outcome, String> {
        world.traffic = Traffic::none();
        let (bond, farmed) = (plan.log_between(1_000_000.0, 50_000_000.0) as Balance * AI, plan.whole(4, 200));
        let worth = plan.log_between(0.5, 20.0);
        world.register_for(WORKER, bond, &[TINY_MODEL, FREE_MODEL]);
        world.open_verification(0.0);
        world.settle_lots();
        let without = self.sample(world)?;
        let before = world.wealth();
        self.farm(world, farmed, worth)?;
        let (cost, quality) = (before - world.wealth(), Poai::quality(&WORKER.id()));
        let with = self.sample(world)?;
        // By how much more it is drawn, as a part of the mean of both: what is measured twice errs to neither side.
        let more = 2.0 * (with.chance - without.chance) / (with.chance + without.chance).max(f64::MIN_POSITIVE);
        let gain = more * UNTIL_EARNED * MARGIN * (with.value + without.value) / 2.0;
        let notes = vec![
            ("quality after", f64::from(quality) / 1e9),
            ("cost of it, $AI", cost as f64 / 1e18),
            ("what it is worth, $AI", gain / 1e18),
            ("jobs farmed", f64::from(farmed)),
        ];
        Ok(Outcome { profit: Some(gain as i128 - cost), notes })
    }
}

impl QualityFarming {
    fn sample(&self, world: &mut World) -> Result<Sample, String> {
        let mut sum = Sample { chance: 0.0, value: 0.0 };
        for number in 0..SAMPLES {
            let client = Who { role: Role::Client, number };
            let wanted = world.random_job();
            let id = world.submit(client, &wanted).ok_or("nobody could submit a job")?;
            world.run_to(world.now() + 3);
            sum.chance += chance_of_draw(world, id, MEASURED) / f64::from(SAMPLES);
            let value = pallet_compute::Jobs::<Runtime>::get(id).map_or(0, |job| job.value);
            sum.value += value as f64 / f64::from(SAMPLES);
            world.act_anyway(client, pallet_compute::Call::cancel_job { job: id }).unwrap_or_default();
        }
        Ok(sum)
    }

    /// Submits jobs of about that value, $AI, to whom they fall, and does well those that fall to it. Doing them costs it nothing.
    fn farm(&self, world: &mut World, count: u32, worth: f64) -> Result<(), String> {
        let plan = JobPlan { profiled: true, ..JobPlan::default() };
        let mut taken = Resources::default();
        taken.set(ResourceClass::Gpu, tokens_worth(PoolId::any_worker(ResourceClass::Gpu), (worth * 1e18) as Balance));
        world.price_model(&taken, plan.max_tokens);
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
                    JobStatus::Accepted => world.attest(WORKER, *id, plan.max_tokens),
                    _ => Ok(()),
                };
                done.map_err(|error| format!("job {id}: {error:?}"))?;
            }
        }
        Err("the farmed jobs never ended".into())
    }
}
