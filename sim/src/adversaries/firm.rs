//! What adversaries of verification share: jobs of honest clients, a worker that gets all of them and does them as it likes,
//! and accounts that sit on committees.

use crate::{
    plan::Plan,
    world::{depth, part, state, status, Deed, JobPlan, Role, Who, World, TOKENS, VERIFIERS, VERIFIER_BOND},
};
use hanzo_poai::{JobStatus, ResourceClass};
use hanzo_runtime::{constants::AI, AccountId, Balance, Runtime};
use hanzo_traits::{JobId, PoolId};
use pallet_poai::{Review, Standing};
use std::collections::BTreeSet;

/// The worker.
pub(super) const WORKER: Who = Who { role: Role::Adversary, number: 0 };
/// Who challenges for it.
pub(super) const FRIEND: Who = Who { role: Role::Adversary, number: 1 };
/// The first account of the bench.
const FIRST_SEAT: u32 = 8;
/// Most accounts of a bench.
const MOST_SEATS: u32 = 24;
/// Blocks in which all jobs and reviews must have ended.
const MOST_BLOCKS: u32 = 10_000;
/// Least bond of a worker.
const LEAST_BOND: Balance = 100 * AI;

/// Jobs that come one after the other, and how the adversary's worker does those it gets.
pub(super) struct Firm {
    /// How many.
    pub jobs: u32,
    /// Blocks from one to the next.
    pub apart: u32,
    /// Of how many classes, from the first on.
    pub classes: u32,
    /// For what part of each reserve.
    pub part: f64,
    /// How many jobs the bond is made for at a time, of the least that bonds have to be.
    pub at_once: f64,
    /// Whose jobs.
    pub client: Role,
    /// Part of the jobs of which the output is forged.
    pub forges: f64,
    /// Blocks from a submission to its deadline.
    pub duration: u32,
}

impl Firm {
    /// Jobs of any size, with a bond that is about as small as it can be: of what forges and gets away with it, the search could not
    /// tell that a larger one loses more.
    pub fn planned(plan: &mut Plan) -> Self {
        Self {
            jobs: plan.whole(2, 8),
            apart: plan.whole(1, 6),
            classes: plan.whole(1, 6),
            part: plan.log_between(0.0002, 0.0028),
            at_once: plan.between(1.0, 1.5),
            client: Role::Client,
            forges: 0.0,
            duration: JobPlan::default().duration,
        }
    }

    /// Has the jobs be tiny, submitted by the adversary itself, and all forged.
    pub fn make_tiny(&mut self, plan: &mut Plan) {
        (self.classes, self.part, self.forges) = (1, plan.log_between(0.000_000_1, 0.000_1), 1.0);
        self.client = Role::Adversary;
    }

    /// Whether the adversary's worker knows a job's logits: it has done the work, and kept them.
    pub fn knows(world: &World, id: JobId) -> bool {
        is_ours(id) && !world.is_forged(id)
    }

    /// About what a job is worth, wei.
    fn value(&self) -> Balance {
        let classes = ResourceClass::ALL.into_iter().take(self.classes as usize);
        classes.map(|class| part(depth(PoolId::any_worker(class)), self.part)).sum()
    }

    /// Registers the worker, with just the bond that is wanted, and has all others take no jobs.
    pub fn open(&self, world: &World) {
        // A margin for fees and for prices that other jobs have moved.
        let limit = part(self.value(), 1.02 * self.at_once);
        world.register(WORKER, (30 * limit).max(LEAST_BOND));
        world.send_workers_home();
    }

    /// Who submits its jobs, in turn.
    pub fn clients(&self) -> [Who; 4] {
        [2, 3, 4, 5].map(|number| Who { role: self.client, number })
    }

    fn submit(&self, world: &mut World, number: u32) -> Option<JobId> {
        let mut job = JobPlan { duration: self.duration, ..JobPlan::default() };
        for class in ResourceClass::ALL.into_iter().take(self.classes as usize) {
            job.resources.set(class, part(state(PoolId::any_worker(class)).reserves.psi, self.part));
        }
        let clients = self.clients();
        let client = clients[number as usize % clients.len()];
        world.perform(Deed::Job(client, job)).then(hanzo_runtime::test_kit::actors::last_job)
    }

    /// Sees all jobs and their reviews to their end. `act` acts in every block, `next` begins the next one. The jobs.
    pub fn run(
        &self,
        world: &mut World,
        act: impl FnMut(&mut World, &[JobId]),
        next: impl FnMut(&mut World, &[JobId]),
    ) -> Result<Vec<JobId>, String> {
        self.run_when(world, act, next, |_, _, _| true)
    }

    /// The same where `may_attest` says of an accepted job, with its deadline, whether the worker attests now.
    pub fn run_when(
        &self,
        world: &mut World,
        mut act: impl FnMut(&mut World, &[JobId]),
        mut next: impl FnMut(&mut World, &[JobId]),
        mut may_attest: impl FnMut(&mut World, JobId, u32) -> bool,
    ) -> Result<Vec<JobId>, String> {
        let (mut jobs, mut submitted) = (Vec::new(), 0);
        for block in 0..MOST_BLOCKS {
            if block % self.apart == 0 && submitted < self.jobs {
                jobs.extend(self.submit(world, submitted));
                submitted += 1;
            }
            self.do_work(world, &jobs, &mut may_attest)?;
            act(world, &jobs);
            let done = submitted == self.jobs && jobs.iter().all(|id| status(*id).is_final());
            if done && pallet_poai::Reviews::<Runtime>::count() == 0 {
                return Ok(jobs);
            }
            next(world, &jobs);
        }
        Err("the jobs never ended".into())
    }

    /// Accepts what the worker was drawn for, and attests to it.
    fn do_work(
        &self,
        world: &mut World,
        jobs: &[JobId],
        may_attest: &mut impl FnMut(&mut World, JobId, u32) -> bool,
    ) -> Result<(), String> {
        for id in jobs.iter().copied().filter(|id| is_ours(*id)) {
            match status(id) {
                // Refused to a worker that was found out meanwhile.
                JobStatus::Assigned => {
                    let _ = world.act(WORKER, pallet_compute::Call::accept_job { job: id });
                }
                JobStatus::Accepted if may_attest(world, id, deadline(id)) => {
                    if world.dice.happens(self.forges) {
                        world.forge(id);
                    } else {
                        world.work_on(id);
                    }
                    world.attest(WORKER, id, TOKENS).map_err(|error| format!("job {id}: {error:?}"))?;
                }
                _ => {}
            }
        }
        Ok(())
    }
}

fn deadline(id: JobId) -> u32 {
    pallet_compute::Jobs::<Runtime>::get(id).map_or(0, |job| job.deadline)
}

/// Challenges a part of the jobs that nobody looks at, each decided about once and kept in `decided`.
pub(super) fn challenge_some(world: &mut World, jobs: &[JobId], rate: f64, decided: &mut BTreeSet<JobId>) {
    for job in jobs.iter().copied().filter(|job| standing(*job) == Some(Standing::Unaudited)) {
        if decided.insert(job) && world.dice.happens(rate) {
            let _ = world.challenge(FRIEND, job);
        }
    }
}

/// Whether the adversary's worker has a job.
pub(super) fn is_ours(id: JobId) -> bool {
    pallet_compute::Jobs::<Runtime>::get(id)
        .and_then(|job| job.assignment)
        .is_some_and(|assignment| assignment.worker == WORKER.id())
}

/// What is known of a job's work.
pub(super) fn standing(id: JobId) -> Option<Standing<u32>> {
    pallet_poai::Windows::<Runtime>::get(id).map(|window| window.standing)
}

/// What the run came to, for the record.
pub(super) fn notes(jobs: &[JobId]) -> Vec<(&'static str, f64)> {
    let count = |status_is: JobStatus| jobs.iter().filter(|id| status(**id) == status_is).count() as f64;
    vec![
        ("jobs", jobs.len() as f64),
        ("settled", count(JobStatus::Settled)),
        ("failed", count(JobStatus::Slashed)),
        ("slashes", f64::from(pallet_poai::Slashes::<Runtime>::count())),
    ]
}

/// Verifiers of the adversary's.
pub(super) struct Bench {
    accounts: u32,
    bond: Balance,
}

impl Bench {
    /// Several accounts with so large a part of all bonds at most, and at least half of that.
    pub fn planned(plan: &mut Plan, most: f64) -> Self {
        let share = plan.between(most / 2.0, most);
        let others = VERIFIER_BOND * Balance::from(VERIFIERS);
        let own = part(others, share / (1.0 - share)).max(VERIFIER_BOND);
        let accounts = plan.whole(4, MOST_SEATS).min((own / VERIFIER_BOND) as u32);
        Self { accounts, bond: own / Balance::from(accounts) }
    }

    /// Registers them.
    pub fn open(&self, world: &World) {
        (0..self.accounts).for_each(|number| world.register_verifier(Who::adversary(FIRST_SEAT + number), self.bond));
    }

    /// How many of a committee are its own.
    pub fn seats(review: &Review<AccountId>) -> usize {
        own_seats(review).count()
    }

    /// Which of them somebody is, from 0.
    pub fn place(review: &Review<AccountId>, who: Who) -> usize {
        own_seats(review).position(|other| other == who).unwrap_or(usize::MAX)
    }
}

fn own_seats(review: &Review<AccountId>) -> impl Iterator<Item = Who> + '_ {
    review.members.iter().filter_map(|member| Who::of(&member.account)).filter(|who| who.role == Role::Adversary)
}
