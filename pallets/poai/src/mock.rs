//! A runtime of system, balances and this pallet, with a job book that keeps its state machine in storage, so that
//! rollbacks reach it.

use crate::{self as pallet_poai, OutputTokens};
use codec::{Decode, Encode};
use frame_support::{
    assert_ok, derive_impl, parameter_types, storage_alias,
    traits::{
        fungible::{Inspect, InspectHold, Mutate},
        tokens::Preservation,
        Hooks,
    },
    weights::Weight,
    Twox64Concat,
};
use hanzo_poai::{attestation, chunks, Attestation, JobId, JobStatus, Proof, Verification};
use hanzo_traits::{AttestableJob, Balance, FailureReason, JobRegistry, QualityOracle, SessionKey, WorkerRegistry};
use proptest::prelude::ProptestConfig;
use sp_core::{sr25519, Pair, H256};
use sp_runtime::{BuildStorage, DispatchError, DispatchResult};

#[frame_support::runtime]
mod runtime {
    #[runtime::runtime]
    #[runtime::derive(
        RuntimeCall,
        RuntimeEvent,
        RuntimeError,
        RuntimeOrigin,
        RuntimeTask,
        RuntimeHoldReason,
        RuntimeFreezeReason
    )]
    pub struct Test;

    #[runtime::pallet_index(0)]
    pub type System = frame_system;

    #[runtime::pallet_index(1)]
    pub type Balances = pallet_balances;

    #[runtime::pallet_index(2)]
    pub type Poai = pallet_poai;
}

/// Weights as the runtime has them.
pub type Weights = crate::weights::Measured<frame_support::weights::constants::ParityDbWeight>;

/// 1 $AI.
pub const AI: Balance = 1_000_000_000_000_000_000;
pub const CLIENT: u64 = 1;
pub const WORKER: u64 = 2;
pub const OTHER_WORKER: u64 = 3;
pub const STRANGER: u64 = 4;
/// Holds what clients paid, until jobs end.
pub const ESCROW: u64 = 99;
pub const FUNDS: Balance = 1_000 * AI;
pub const VALUE: Balance = 5 * AI;
pub const WINDOW: u64 = 100;
pub const DELIVERY_WINDOW: u64 = 50;
pub const RETENTION: u64 = 300;
pub const MAX_BACKOFF: u64 = 64;
pub const DEADLINE: u64 = 40;

#[derive_impl(frame_system::config_preludes::TestDefaultConfig)]
impl frame_system::Config for Test {
    type Block = frame_system::mocking::MockBlock<Test>;
    type AccountData = pallet_balances::AccountData<Balance>;
}

#[derive_impl(pallet_balances::config_preludes::TestDefaultConfig)]
impl pallet_balances::Config for Test {
    type AccountStore = System;
    type Balance = Balance;
    type ExistentialDeposit = ExistentialDeposit;
}

parameter_types! {
    pub const ExistentialDeposit: Balance = AI / 1_000;
    pub const ChallengeWindow: u64 = WINDOW;
    pub const DeliveryWindow: u64 = DELIVERY_WINDOW;
    pub const AttestationRetention: u64 = RETENTION;
    pub const MaxBackoff: u64 = MAX_BACKOFF;
    pub const DeliveryBond: Balance = 20 * AI;
    pub const DeliveryBytePrice: Balance = AI / 1_000;
    pub const ReferenceValue: Balance = 10 * AI;
    pub static SettleWeight: Weight = Weight::from_parts(500_000_000, 20_000);
    pub static ServiceBudget: Weight = Weight::from_parts(20_000_000_000, 1_000_000);
    /// What transactions leave over of a block.
    pub static Idle: Weight = PLENTY;
}

const PLENTY: Weight = Weight::from_parts(100_000_000_000, 5_000_000);

/// Budget in which `count` windows fit.
pub fn budget_for(count: u64) -> Weight {
    let step = crate::Pallet::<Test>::step_weight();
    <Weights as crate::WeightInfo>::service_queue().saturating_add(step.saturating_mul(count))
}

/// `ci` cases of a property in continuous integration. `HANZO_PROPTEST_CASES`, 2,000 there, scales them.
pub fn cases(ci: u32) -> ProptestConfig {
    let asked = std::env::var("HANZO_PROPTEST_CASES").ok().and_then(|n| n.parse().ok()).unwrap_or(2_000u64);
    let scaled = u64::from(ci) * asked / 2_000;
    ProptestConfig::with_cases(u32::try_from(scaled).unwrap_or(u32::MAX).max(1))
}

impl crate::Config for Test {
    type RuntimeHoldReason = RuntimeHoldReason;
    type Currency = Balances;
    type Jobs = Book;
    type Workers = Book;
    type ChallengeWindow = ChallengeWindow;
    type DeliveryWindow = DeliveryWindow;
    type AttestationRetention = AttestationRetention;
    type MaxBackoff = MaxBackoff;
    type DeliveryBond = DeliveryBond;
    type DeliveryBytePrice = DeliveryBytePrice;
    type ReferenceValue = ReferenceValue;
    type SettleWeight = SettleWeight;
    type ServiceBudget = ServiceBudget;
    type WeightInfo = Weights;
}

/// A job of the mock's book.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, scale_info::TypeInfo)]
pub struct MockJob {
    pub status: JobStatus,
    pub terms: AttestableJob<u64, u64>,
    pub counts: Option<(u32, u32)>,
}

#[storage_alias]
pub type Jobs = StorageMap<MockBook, Twox64Concat, JobId, MockJob>;
#[storage_alias]
pub type Keys = StorageMap<MockBook, Twox64Concat, u64, SessionKey>;
/// Whether jobs cannot be ended.
#[storage_alias]
pub type Refuses = StorageValue<MockBook, bool, frame_support::pallet_prelude::ValueQuery>;

/// The job book and the worker registry of the mock.
pub struct Book;

impl Book {
    /// Leaves an accepted or attested job, as the compute pallet does: status first, money next, and then the error if
    /// one was ordered, so that a missing rollback would show.
    fn end(job: JobId, from: &[JobStatus], to: JobStatus) -> Result<MockJob, DispatchError> {
        let mut entry = Jobs::get(job).ok_or("no such job")?;
        if !from.contains(&entry.status) {
            return Err("the job is in another state".into());
        }
        entry.status = to;
        Jobs::insert(job, &entry);
        let receiver = if to == JobStatus::Settled { entry.terms.worker } else { entry.terms.client };
        Balances::transfer(&ESCROW, &receiver, entry.terms.value, Preservation::Expendable)?;
        // An error without text, which events do not carry.
        frame_support::ensure!(!Refuses::get(), DispatchError::Unavailable);
        Ok(entry)
    }
}

impl JobRegistry<u64, u64> for Book {
    fn attestable(job: JobId) -> Result<AttestableJob<u64, u64>, DispatchError> {
        let entry = Jobs::get(job).ok_or("no such job")?;
        match entry.status {
            JobStatus::Accepted => Ok(entry.terms),
            _ => Err("the job is not accepted".into()),
        }
    }

    fn note_attested(job: JobId, prompt_tokens: u32, output_tokens: u32) -> DispatchResult {
        Self::attestable(job)?;
        Jobs::mutate(job, |entry| {
            let entry = entry.as_mut().unwrap();
            entry.status = JobStatus::Attested;
            entry.counts = Some((prompt_tokens, output_tokens));
        });
        Ok(())
    }

    fn settle(job: JobId) -> DispatchResult {
        Self::end(job, &[JobStatus::Attested], JobStatus::Settled).map(|_| ())
    }

    fn fail(job: JobId, _: FailureReason) -> DispatchResult {
        let MockJob { terms, .. } = Self::end(job, &[JobStatus::Accepted, JobStatus::Attested], JobStatus::Slashed)?;
        Balances::transfer(&terms.worker, &terms.client, terms.value / 100, Preservation::Preserve)?;
        Poai::note_failure(&terms.worker, terms.value);
        Ok(())
    }

    fn client(job: JobId) -> Option<u64> {
        Jobs::get(job).map(|entry| entry.terms.client)
    }

    #[cfg(feature = "runtime-benchmarks")]
    fn accepted_for_benchmark(key: SessionKey) -> JobId {
        let job = accept(CLIENT, WORKER);
        Keys::insert(WORKER, key);
        job
    }
}

impl WorkerRegistry<u64> for Book {
    fn session_key(worker: &u64) -> Option<SessionKey> {
        Keys::get(worker)
    }
}

/// A worker's session key pair.
pub fn pair(worker: u64) -> sr25519::Pair {
    let mut seed = [7u8; 32];
    seed[..8].copy_from_slice(&worker.to_le_bytes());
    sr25519::Pair::from_seed(&seed)
}

/// A new job, accepted by `worker` for `client`, its value in escrow. Deadline [`DEADLINE`] blocks ahead.
pub fn accept(client: u64, worker: u64) -> JobId {
    let job = (0..).find(|job| !Jobs::contains_key(job)).unwrap();
    let hash = |tag: u8| H256::from_low_u64_be(job.wrapping_mul(256) + u64::from(tag));
    let terms = AttestableJob {
        worker,
        client,
        model: hash(1),
        input: hash(2),
        opening: hash(3),
        deadline: System::block_number() + DEADLINE,
        nonce: job + 1_000,
        seed: hash(4),
        max_prompt_tokens: 512,
        max_output_tokens: 8_192,
        prior_root: hash(5),
        verification: Verification::Replay,
        value: VALUE,
    };
    assert_ok!(<Balances as Mutate<u64>>::mint_into(&ESCROW, VALUE));
    Jobs::insert(job, MockJob { status: JobStatus::Accepted, terms, counts: None });
    job
}

/// The output of the tests: `count` tokens.
pub fn output(count: u32) -> OutputTokens {
    OutputTokens::truncate_from((0..count).map(|i| i * 7 + 3).collect())
}

/// A true statement about an accepted job whose output is [`output`]`(count)`.
pub fn statement(job: JobId, count: u32) -> Attestation<u64> {
    let terms = Jobs::get(job).unwrap().terms;
    let tokens: Vec<u32> = (0..count).map(|i| i * 7 + 3).collect();
    Attestation {
        job,
        worker: terms.worker,
        model: terms.model,
        input: terms.input,
        output: H256::repeat_byte(0xaa),
        tokens_root: chunks::tokens_root(&tokens).unwrap(),
        fingerprints_root: H256::repeat_byte(0xbb),
        prompt_tokens: 17,
        output_tokens: count,
        nonce: terms.nonce,
        seed: terms.seed,
        engine_profile: H256::repeat_byte(0xcc),
        prior_root: terms.prior_root,
        proof: Proof::Replay,
    }
}

/// The challenge of a job, by the formula of the primitives.
pub fn challenge(job: JobId) -> H256 {
    let terms = Jobs::get(job).unwrap().terms;
    attestation::challenge(&System::block_hash(0), job, &terms.opening, &terms.worker)
}

/// The signature of the session key of the worker named.
pub fn sign(attestation: &Attestation<u64>) -> sr25519::Signature {
    pair(attestation.worker).sign(attestation.signing_hash(&challenge(attestation.job)).as_bytes())
}

/// Attests to a job with [`output`]`(count)`.
pub fn attest(job: JobId, count: u32) {
    let attestation = statement(job, count);
    let signature = sign(&attestation);
    assert_ok!(Poai::attest(RuntimeOrigin::signed(attestation.worker), attestation, signature));
}

/// A job of [`CLIENT`] that [`WORKER`] accepted and attested with [`output`]`(count)`.
pub fn attested(count: u32) -> JobId {
    let job = accept(CLIENT, WORKER);
    attest(job, count);
    job
}

pub fn status(job: JobId) -> JobStatus {
    Jobs::get(job).unwrap().status
}

pub fn held(who: u64) -> Balance {
    <Balances as InspectHold<u64>>::balance_on_hold(&crate::HoldReason::DeliveryBond.into(), &who)
}

/// Free and held balance, wei.
pub fn wealth(who: u64) -> Balance {
    <Balances as Inspect<u64>>::total_balance(&who)
}

/// Executes the hooks of the next block; returns the weight that `on_initialize` gave.
pub fn next_block() -> Weight {
    let now = System::block_number() + 1;
    System::set_block_number(now);
    let weight = Poai::on_initialize(now);
    Poai::on_idle(now, Idle::get());
    weight
}

/// Executes blocks until `block` is the current one.
pub fn run_to(block: u64) {
    while System::block_number() < block {
        next_block();
    }
}

/// Events of this pallet since the last call.
pub fn events() -> Vec<crate::Event<Test>> {
    let events = System::events();
    System::reset_events();
    events
        .into_iter()
        .filter_map(|record| match record.event {
            RuntimeEvent::Poai(event) => Some(event),
            _ => None,
        })
        .collect()
}

/// State for a test: funded accounts, registered session keys.
pub struct ExtBuilder {
    budget: Weight,
    idle: Weight,
}

impl Default for ExtBuilder {
    fn default() -> Self {
        Self { budget: Weight::from_parts(20_000_000_000, 1_000_000), idle: PLENTY }
    }
}

impl ExtBuilder {
    /// What a block may spend on due windows; transactions take all the rest.
    pub fn budget(self, budget: Weight) -> Self {
        Self { budget, idle: Weight::zero() }
    }

    /// What transactions leave over of every block.
    pub fn idle(self, idle: Weight) -> Self {
        Self { idle, ..self }
    }

    pub fn build(self) -> sp_io::TestExternalities {
        ServiceBudget::set(self.budget);
        Idle::set(self.idle);
        let mut storage = frame_system::GenesisConfig::<Test>::default().build_storage().unwrap();
        let balances = [CLIENT, WORKER, OTHER_WORKER, STRANGER, ESCROW].map(|who| (who, FUNDS)).to_vec();
        pallet_balances::GenesisConfig::<Test> { balances, ..Default::default() }
            .assimilate_storage(&mut storage)
            .unwrap();
        let mut ext = sp_io::TestExternalities::new(storage);
        let keystore = sp_keystore::testing::MemoryKeystore::new();
        ext.register_extension(sp_keystore::KeystoreExt::new(keystore));
        ext.execute_with(|| {
            System::set_block_number(1);
            for worker in [WORKER, OTHER_WORKER] {
                Keys::insert(worker, pair(worker).public());
            }
        });
        ext
    }

    /// Runs a scenario and then checks every invariant.
    pub fn build_and_execute(self, test: impl FnOnce()) {
        self.build().execute_with(|| {
            test();
            Poai::do_try_state(0).unwrap();
            Poai::do_try_state(1).unwrap();
        });
    }
}
