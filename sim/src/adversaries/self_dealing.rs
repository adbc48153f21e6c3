//! **Tries**: to be paid for jobs of its own: submits jobs on a model with a profile, has a worker of its own drawn as often as its bonds
//! allow, and earns the bonus. The model is as dear as it likes, and the output as short; what was not used comes back. Where another worker is drawn it
//! cancels, or lets the job run.
//!
//! **Roles**: client; workers with up to 86 % of all bonds, in one account or in several, of which five make a
//! sample wide enough; in one variant provider of all the pools that the jobs buy in. What its own work costs does not count.
//! The pot that pays is full, slashing is on, and audits find its work good.
//!
//! **Defeated by** a bonus that returns at most what a job's fees have lost to burning and treasury; the audit fee comes on top, and so do the
//! fees on what is sold again.

use super::{Adversary, Claim, Outcome};
use crate::{
    plan::Plan,
    world::{part, state, status, Clock, JobPlan, Role, Traffic, Who, World, FREE_MODEL, TOKENS},
};
use frame_support::traits::{fungible::Inspect, Get};
use hanzo_poai::{JobStatus, ResourceClass, Resources};
use hanzo_runtime::{configs::compute::RewardsPot, constants::AI, economy::TINY_MODEL, AccountId, Balances, Compute};
use hanzo_traits::{JobId, PoolId};

/// A client has few jobs open at a time; so it has several accounts.
const CLIENTS: u32 = 4;
/// Its workers come after them.
const FIRST_WORKER: u32 = 8;
/// Jobs waiting at a time.
const AT_ONCE: usize = 8;

/// See the module.
pub struct SelfDealing {
    name: &'static str,
    tries: &'static str,
    /// Whether it has liquidity in the pools.
    provides: bool,
}

/// With nothing but jobs.
pub const ALONE: SelfDealing = SelfDealing {
    name: "self-dealing",
    tries: "submits jobs, runs them itself with as many workers and as large bonds as it likes, and earns the bonus",
    provides: false,
};

/// As a provider of the pools.
pub const PROVIDER: SelfDealing = SelfDealing {
    name: "self-dealing-provider",
    tries: "the same by who has 5 to 85 % of the liquidity of every pool it buys in and so gets fees back",
    provides: true,
};

impl Adversary for SelfDealing {
    fn name(&self) -> &'static str {
        self.name
    }
    fn tries(&self) -> &'static str {
        self.tries
    }
    fn rule(&self) -> &'static str {
        "the bonus is at most what the job's fees burned and paid to the treasury; the audit fee comes on top"
    }
    fn claim(&self) -> Claim {
        Claim::NotExpected
    }
    fn clock(&self) -> Clock {
        Clock::Short
    }
    fn has_twin(&self) -> bool {
        self.provides
    }
    fn stays_provider(&self) -> bool {
        self.provides
    }

    fn play(&self, world: &mut World, plan: &mut Plan) -> Result<Outcome, String> {
        world.traffic = Traffic::none();
        let classes = plan.whole(1, ResourceClass::COUNT as u32) as usize;
        let pools: Vec<_> = ResourceClass::ALL.into_iter().take(classes).map(PoolId::any_worker).collect();
        let mut share = 0.0;
        if self.provides {
            share = plan.between(0.05, 0.85);
            for pool in &pools {
                let deposit = part(state(*pool).reserves.psi, share / (1.0 - share));
                world.mint(*pool, deposit);
                world.deposit(Who::adversary(0), *pool, deposit);
            }
        }
        let (mut most, of_reserve) = (Resources::default(), plan.log_between(0.0001, 0.0028));
        pools.iter().for_each(|pool| most.set(pool.class, part(state(*pool).reserves.psi, of_reserve)));
        world.price_model(&most, TOKENS);
        let (workers, bonds) = (plan.whole(1, 7), plan.log_between(1_000_000.0, 50_000_000.0));
        for number in 0..workers {
            let bond = part(1_000_000_000 * AI, bonds / f64::from(workers) / 1e9);
            world.register_for(worker(number), bond, &[TINY_MODEL, FREE_MODEL]);
        }
        let sell_earned = plan.flag();
        for number in 0..workers {
            // The twin's workers keep what they earn, which is nothing.
            let _ = world.act(worker(number), pallet_compute::Call::set_payout { sell_earned });
        }
        world.open_verification(0.0);
        world.settle_lots();
        let pot = Balances::balance(&RewardsPot::get());
        let job = JobPlan { profiled: true, sell_unused: plan.flag(), ..JobPlan::default() };
        let (count, cancels, tokens) = (plan.whole(4, 30), plan.flag(), plan.whole(1, TOKENS));
        let own = if world.attacks { self.deal(world, &job, count, cancels, tokens)? } else { 0 };
        let paid = pot - Balances::balance(&RewardsPot::get());
        Ok(Outcome {
            profit: None,
            notes: vec![
                ("share of liquidity", share),
                ("own jobs, %", f64::from(own) * 100.0 / f64::from(count)),
                ("bonuses, $AI", paid as f64 / 1e18),
            ],
        })
    }
}

fn worker(number: u32) -> Who {
    Who::adversary(FIRST_WORKER + number)
}

fn is_own(account: &AccountId) -> bool {
    Who::of(account).is_some_and(|who| who.role == Role::Adversary)
}

impl SelfDealing {
    /// Submits the jobs and sees them to their end; how many of them it ran itself.
    fn deal(&self, world: &mut World, job: &JobPlan, count: u32, cancels: bool, tokens: u32) -> Result<u32, String> {
        let (mut jobs, mut submitted, mut own) = (Vec::<JobId>::new(), 0, 0);
        for _ in 0..1_500 {
            let waiting = jobs.iter().filter(|id| !status(**id).is_final()).count();
            if waiting < AT_ONCE && submitted < count {
                jobs.extend(world.submit(Who::adversary(1 + submitted % CLIENTS), job));
                submitted += 1;
            } else if waiting == 0 {
                return Ok(own);
            }
            world.next_block();
            for id in &jobs {
                let Some(job) = Compute::job(*id) else { continue };
                let Some(who) = job.worker.as_ref().filter(|account| is_own(account)).and_then(Who::of) else {
                    if cancels && job.status == JobStatus::Assigned {
                        // Too late where the other has accepted.
                        let client = Who::of(&job.client).expect("one of the cast");
                        let _ = world.act(client, pallet_compute::Call::cancel_job { job: *id });
                    }
                    continue;
                };
                let done = match job.status {
                    JobStatus::Assigned => world.act(who, pallet_compute::Call::accept_job { job: *id }),
                    JobStatus::Accepted => {
                        own += 1;
                        world.attest(who, *id, tokens)
                    }
                    _ => Ok(()),
                };
                done.map_err(|error| format!("job {id}: {error:?}"))?;
            }
        }
        Err("the jobs never ended".into())
    }
}
