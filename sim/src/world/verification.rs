//! Verification: what a replay shows, and honest verifiers and challengers.
//!
//! No model runs here. Work is honest or forged, and what a model gives at a position is a hash of a secret that stands for its
//! weights; so whoever has not replayed a job knows neither its score nor its digest. Honest work and replays cost the adversary
//! compute at the market's prices ([`World::work_on`], [`World::replay`]), so what it saves by forging or guessing is its
//! profit in full. Honest verifiers vote as their program does (docs/verifier.md): what is nowhere to be had they cannot judge.
//!
//! Canaries are jobs of honest clients, whose hashes an operator has lodged, and that whichever worker was drawn forges on purpose.
//! They are revealed as soon as they can be.

use super::{
    cast::{adversaries, Role, Who},
    setup, status, World, TOKENS,
};
use crate::dice::Dice;
use codec::Encode;
use hanzo_poai::{
    canary,
    committee::{commitment, Score, Vote},
    positions,
};
use hanzo_runtime::{constants::AI, test_kit::chain::dispatch_as, AccountId, Balance, Compute, Poai, Runtime, System};
use hanzo_traits::{JobId, JobRegistry};
use pallet_poai::{Call, Phase, Review, Standing};
use sp_core::{Pair, H256};
use sp_io::hashing::blake2_256;
use sp_runtime::DispatchError;
use std::collections::{BTreeMap, BTreeSet};

/// Honest verifiers of a run that has any.
pub const VERIFIERS: u32 = 14;
/// The bond of each, which is the mainnet's least.
pub const VERIFIER_BOND: Balance = 50_000 * AI;
/// The honest challenger.
pub const CHALLENGER: Who = Who { role: Role::Challenger, number: 0 };
/// Who lodges canaries.
const OPERATOR: Who = Who { role: Role::CanaryOperator, number: 0 };
/// Blocks after an attestation in which the challenger has not made up its mind.
const LOOKS_AFTER: u32 = 6;

/// The truth about work, and who looks for it.
#[derive(Clone)]
pub(super) struct Truth {
    /// Stands for the weights.
    secret: H256,
    /// Jobs whose output is not what the model gives.
    forged: BTreeSet<JobId>,
    /// Those of them that are bad on purpose, until that is told.
    canaries: BTreeSet<JobId>,
    /// Votes that were committed to, by member, job and round.
    ballots: BTreeMap<(Who, JobId, u32), Vote>,
    /// What the adversary computed, at the market's prices, wei.
    computed: Balance,
    /// The chance that the challenger replays a job that was not drawn.
    looks: f64,
    /// Jobs about which the challenger has made up its mind.
    looked_at: BTreeSet<JobId>,
    dice: Dice,
}

impl Truth {
    pub(super) fn new(seed: u64) -> Self {
        Self {
            secret: blake2_256(&(b"weights", seed).encode()).into(),
            forged: BTreeSet::new(),
            canaries: BTreeSet::new(),
            ballots: BTreeMap::new(),
            computed: 0,
            looks: 0.0,
            looked_at: BTreeSet::new(),
            dice: Dice::new(seed, 4),
        }
    }

    /// What a replay finds under a seed of positions.
    fn finding(&self, job: JobId, seed: &H256) -> Vote {
        let logits = |position| (position, blake2_256(&(self.secret, job, position).encode()).into());
        let seen: Vec<_> = positions::positions(seed, job, 2 * TOKENS).into_iter().map(logits).collect();
        let score = if self.forged.contains(&job) { Score::Bad } else { Score::Good };
        Vote { score, digest: positions::digest(job, seed, &seen) }
    }
}

impl World {
    /// Opens verification: honest verifiers with bonds, a pot that can pay, and a challenger that replays a part `looks` of the
    /// jobs that were not drawn. Lots count some blocks later.
    pub fn open_verification(&mut self, looks: f64) {
        for number in 0..VERIFIERS {
            self.register_verifier(Who { role: Role::Verifier, number }, VERIFIER_BOND);
        }
        let pot = pallet_balances::Call::transfer_keep_alive { dest: Poai::pot().into(), value: 100_000 * AI };
        dispatch_as(Who { role: Role::Provider, number: 1 }.id(), pot).expect("a provider can pay");
        self.truth.looks = looks;
    }

    /// Makes an account a verifier.
    pub fn register_verifier(&self, who: Who, bond: Balance) {
        dispatch_as(who.id(), Call::register_verifier { bond }).expect("it can pay the bond");
    }

    /// Goes on until every verifier's and worker's lot is as it should be.
    pub fn settle_lots(&mut self) {
        self.run_to(self.now() + 6);
        while pallet_poai::Verifiers::<Runtime>::iter().any(|(_, record)| record.lot_queued) {
            self.next_block();
        }
    }

    /// Has every job audited: for what is about committees and not about who is drawn.
    pub fn audit_everything(&self) {
        pallet_poai::Settings::<Runtime>::mutate(|settings| settings.audit_rate_ppb = 1_000_000_000);
    }

    /// Has the cast's workers take no jobs, so that all go to the adversary's.
    pub fn send_workers_home(&self) {
        for number in 0..setup::WORKERS {
            let call = pallet_compute::Call::set_accepting { accepting: false };
            dispatch_as(Who { role: Role::Worker, number }.id(), call).expect("it is a worker");
        }
    }

    /// A job's output is forged: it looks like work, but no model gave it.
    pub fn forge(&mut self, job: JobId) {
        self.truth.forged.insert(job);
    }

    /// The operator lodges hashes of what these clients may submit next, as many jobs as that, most of which will be none. They count
    /// from the next block on.
    pub fn lodge_ahead(&mut self, clients: &[Who], jobs: u32) {
        pallet_poai::CanaryOperators::<Runtime>::insert(OPERATOR.id(), ());
        let nonces = self.nonce + 1..=self.nonce + u64::from(jobs);
        let hashes: Vec<_> =
            nonces.flat_map(|nonce| clients.iter().map(move |client| lodged_hash(&client.id(), nonce))).collect();
        for hashes in hashes.chunks(pallet_poai::MAX_LODGED_AT_ONCE as usize) {
            let hashes = hashes.to_vec().try_into().expect("a chunk");
            dispatch_as(OPERATOR.id(), Call::lodge_canaries { hashes }).expect("the operator is registered");
        }
    }

    /// A job that was lodged will be forged on purpose by its worker; once it is final that is told.
    pub fn plant_canary(&mut self, job: JobId) {
        self.truth.forged.insert(job);
        self.truth.canaries.insert(job);
    }

    /// Reveals the canaries that are final; of those that nobody judged nothing comes.
    fn reveal_canaries(&mut self) {
        let is_final = |job: &JobId| status(*job).is_final() && !pallet_poai::Windows::<Runtime>::contains_key(job);
        for job in self.truth.canaries.iter().copied().filter(is_final).collect::<Vec<_>>() {
            self.truth.canaries.remove(&job);
            let record = pallet_poai::Attestations::<Runtime>::get(job);
            let (Some(record), Some(client)) = (record, Compute::client(job)) else { continue };
            let Some(session) = Who::of(&record.worker).map(Who::session) else { continue };
            let hash = lodged_hash(&client, record.nonce);
            let consent = session.sign(canary::consent(&record.challenge, &hash).as_bytes());
            let salt = canary_salt(&client, record.nonce);
            let revealed = dispatch_as(client, Call::reveal_canary { operator: OPERATOR.id(), job, salt, consent });
            let judged = pallet_poai::Verdicts::<Runtime>::contains_key(job);
            assert_eq!(revealed.is_ok(), judged, "canary {job}: {revealed:?}");
        }
    }

    /// Whether it is: for whoever forged it.
    pub fn is_forged(&self, job: JobId) -> bool {
        self.truth.forged.contains(&job)
    }

    /// The adversary does a job's work; what that is worth is the job's value.
    pub fn work_on(&mut self, job: JobId) {
        self.truth.computed += pallet_compute::Jobs::<Runtime>::get(job).map_or(0, |job| job.value);
    }

    /// What a replay by the adversary shows, under a round's seed of positions. It costs what the chain pays for one.
    pub fn replay(&mut self, job: JobId, seed: &H256) -> Vote {
        self.truth.computed += replay_price(job);
        self.recall(job, seed)
    }

    /// The same for who has replayed it already, or has done the work and kept the logits.
    pub fn recall(&self, job: JobId, seed: &H256) -> Vote {
        self.truth.finding(job, seed)
    }

    /// What the adversary computed, wei.
    pub(super) fn computed(&self) -> Balance {
        self.truth.computed
    }

    /// Has members of one role do what is due in every review: commit to what `vote` says, if to anything, and reveal it later.
    pub fn attend(
        &mut self,
        role: Role,
        mut vote: impl FnMut(&mut World, Who, JobId, &Review<AccountId>) -> Option<Vote>,
    ) {
        for (job, review) in pallet_poai::Reviews::<Runtime>::iter().collect::<Vec<_>>() {
            for member in &review.members {
                let Some(who) = Who::of(&member.account).filter(|who| who.role == role) else { continue };
                let place = (who, job, review.round);
                if review.phase == Phase::Committing && member.commitment.is_none() {
                    let Some(vote) = vote(self, who, job, &review) else { continue };
                    if self.commit_verdict(who, job, review.round, &vote).is_ok() {
                        self.truth.ballots.insert(place, vote);
                    }
                } else if review.phase == Phase::Revealing && member.vote.is_none() {
                    let Some(vote) = self.truth.ballots.remove(&place) else { continue };
                    let salt = Self::salt(who, job, review.round);
                    let _ = self.reveal_verdict(who, job, vote, salt);
                }
            }
        }
    }

    fn commit_verdict(&self, who: Who, job: JobId, round: u32, vote: &Vote) -> Result<(), DispatchError> {
        let genesis = System::block_hash(0);
        let hash = commitment(&genesis, job, round, &who.id(), vote, &Self::salt(who, job, round));
        self.commit_hash(who, job, hash)
    }

    /// Commits to any hash.
    pub fn commit_hash(&self, who: Who, job: JobId, commitment: H256) -> Result<(), DispatchError> {
        dispatch_as(who.id(), Call::commit_verdict { job, commitment })
    }

    /// Reveals a vote with any salt.
    pub fn reveal_verdict(&self, who: Who, job: JobId, vote: Vote, salt: [u8; 32]) -> Result<(), DispatchError> {
        dispatch_as(who.id(), Call::reveal_verdict { job, vote, salt, evidence: H256::zero() })
    }

    /// Puts a bond on a job's being forged.
    pub fn challenge(&self, who: Who, job: JobId) -> Result<(), DispatchError> {
        dispatch_as(who.id(), Call::challenge { job })
    }

    /// Honest verifiers replay what they sit on; the challenger replays some of what was not drawn, and challenges what it
    /// finds forged.
    pub(super) fn tend_reviews(&mut self) {
        self.reveal_canaries();
        self.attend(Role::Verifier, |world, _, job, review| Some(world.truth.finding(job, &review.positions)));
        if self.truth.looks == 0.0 {
            return;
        }
        let now = self.now();
        for (job, window) in pallet_poai::Windows::<Runtime>::iter().collect::<Vec<_>>() {
            let attested_at = Poai::attestation(job).map_or(now, |view| view.attested_at);
            let is_due = window.standing == Standing::Unaudited && now >= attested_at + LOOKS_AFTER;
            if !is_due || !self.truth.looked_at.insert(job) || !self.truth.dice.happens(self.truth.looks) {
                continue;
            }
            if self.truth.finding(job, &H256::zero()).score == Score::Bad {
                let _ = self.challenge(CHALLENGER, job);
            }
        }
    }
}

impl World {
    /// The salt that a member of the cast has in a round.
    pub fn salt(who: Who, job: JobId, round: u32) -> [u8; 32] {
        blake2_256(&(who.id(), job, round).encode())
    }
}

/// What the operator lodges for a job of a client's under such a nonce.
fn lodged_hash(client: &AccountId, nonce: u64) -> H256 {
    canary::commitment(&System::block_hash(0), &OPERATOR.id(), client, nonce, &canary_salt(client, nonce))
}

fn canary_salt(client: &AccountId, nonce: u64) -> [u8; 32] {
    blake2_256(&(b"canary", client, nonce).encode())
}

/// What the chain pays for a replay of a job, wei.
pub fn replay_price(job: JobId) -> Balance {
    <Compute as JobRegistry<AccountId, u32>>::review_terms(job).map_or(0, |terms| terms.replay_price)
}

/// What the adversary will lose to slashes that wait for their time, less its bounties, wei: nobody cancels any here.
pub(super) fn lost_to_slashes() -> i128 {
    let accounts: BTreeSet<_> = adversaries().map(Who::id).collect();
    let ours = |account: &AccountId| accounts.contains(account);
    let slash = |slash: pallet_poai::FrozenSlash<AccountId, u32>| {
        let lost = if ours(&slash.offender) { slash.amount } else { 0 };
        let bounty = slash.bounty.filter(|(who, _)| ours(who)).map_or(0, |(_, most)| most.min(slash.amount));
        lost as i128 - bounty as i128
    };
    pallet_poai::Slashes::<Runtime>::iter_values().map(slash).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::world::{Clock, JobPlan, Traffic};
    use hanzo_poai::{JobStatus, ResourceClass};

    /// How a job of the cast's ends that is forged or not, where all jobs are audited or the challenger looks at all of them.
    fn end(forged: bool, audited: bool) -> JobStatus {
        World::run(Clock::Short, 3, true, |world| {
            world.traffic = Traffic::none();
            world.open_verification(if audited { 0.0 } else { 1.0 });
            if audited {
                world.audit_everything();
            }
            world.settle_lots();
            let mut job = JobPlan::default();
            job.resources.set(ResourceClass::Gpu, AI);
            let id = world.submit(Who { role: Role::Client, number: 0 }, &job).unwrap();
            if forged {
                world.forge(id);
            }
            while !status(id).is_final() {
                world.next_block();
            }
            status(id)
        })
    }

    /// What is frozen of each verifier's bond when a canary is over that all of them find good or bad.
    fn frozen_by_canary(lazy: bool) -> Vec<Balance> {
        World::run(Clock::Short, 3, true, |world| {
            world.traffic = Traffic::none();
            world.open_verification(0.0);
            world.audit_everything();
            let client = Who { role: Role::Client, number: 0 };
            world.lodge_ahead(&[client], 1);
            world.settle_lots();
            let mut job = JobPlan::default();
            job.resources.set(ResourceClass::Gpu, AI);
            let id = world.submit(client, &job).unwrap();
            world.plant_canary(id);
            if lazy {
                // To them it looks like any other job.
                world.truth.forged.remove(&id);
            }
            while !world.truth.canaries.is_empty() {
                world.next_block();
            }
            let frozen = pallet_poai::Verifiers::<Runtime>::iter_values().map(|record| record.frozen);
            frozen.filter(|amount| *amount > 0).collect()
        })
    }

    #[test]
    fn canary_should_cost_whoever_finds_it_good_and_nobody_else() {
        assert_eq!(frozen_by_canary(true), vec![VERIFIER_BOND / 10; 3]);
        assert_eq!(frozen_by_canary(false), vec![]);
    }

    #[test]
    fn forged_work_should_be_found_out_when_it_is_audited_or_challenged() {
        for audited in [true, false] {
            assert_eq!(end(true, audited), JobStatus::Slashed);
            assert_eq!(end(false, audited), JobStatus::Settled);
        }
    }
}
