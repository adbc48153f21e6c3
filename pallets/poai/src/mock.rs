//! A runtime of system, balances and this pallet, with a job book that keeps its state machine in storage, so that
//! rollbacks reach it.

use crate::{self as pallet_poai, OutputTokens, Parameters};
use codec::{Decode, Encode};
use frame_support::{
    assert_ok, derive_impl, parameter_types, storage_alias,
    traits::{
        fungible::{Inspect, InspectHold, Mutate},
        tokens::Preservation,
        Hooks,
    },
    weights::Weight,
    PalletId, Twox64Concat,
};
use frame_system::EnsureRoot;
use hanzo_poai::{
    attestation, chunks,
    committee::{self, Score, Vote},
    Attestation, JobId, JobStatus, Proof, Verification,
};
use hanzo_traits::{
    AttestableJob, Balance, DrawRandomness, FailureReason, JobParties, JobRegistry, QualityOracle, ReviewTerms,
    SealingKeys, SessionKey, WorkerRegistry,
};
use proptest::prelude::ProptestConfig;
use sp_core::{sr25519, Pair, H256};
use sp_io::hashing::blake2_256;
use sp_runtime::{traits::Convert, BuildStorage, DispatchError, DispatchResult};

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
/// May cancel slashes.
pub const COUNCIL: u64 = 5;
/// Holds what clients paid, until jobs end.
pub const ESCROW: u64 = 99;
pub const FUNDS: Balance = 1_000 * AI;
pub const VALUE: Balance = 5 * AI;
pub const WINDOW: u64 = 100;
pub const DELIVERY_WINDOW: u64 = 50;
pub const RETENTION: u64 = 300;
pub const MAX_BACKOFF: u64 = 64;
pub const DEADLINE: u64 = 40;
pub const COMMIT: u64 = 12;
pub const REVEAL: u64 = 6;
pub const SLASH_DELAY: u64 = 200;
pub const UNBONDING: u64 = 800;
pub const CANARY_WINDOW: u64 = 150;
pub const DAY: u64 = 100;
/// What a replay of a job of the mock is worth.
pub const REPLAY: Balance = VALUE / 10;
/// Bond of a worker of the mock.
pub const WORKER_BOND: Balance = 400 * AI;
/// Bond of a verifier of the mock.
pub const BOND: Balance = 100 * AI;
/// Accounts that the mock makes verifiers: this one and those after it.
pub const FIRST_VERIFIER: u64 = 1_000;

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
    pub const PoaiPalletId: PalletId = PalletId(*b"hz/poai_");
    pub const MinChallengeBond: Balance = 10 * AI;
    pub static ServiceBudget: Weight = PLENTY;
    /// What transactions leave over of a block.
    pub static Idle: Weight = PLENTY;
    /// Jobs settled, and whether they may earn a bonus.
    pub storage Earning: Vec<(JobId, bool)> = Vec::new();
}

/// The same for every job.
pub struct SettleWeight;

impl Convert<u32, Weight> for SettleWeight {
    fn convert(_: u32) -> Weight {
        Weight::from_parts(500_000_000, 20_000)
    }
}

const PLENTY: Weight = Weight::from_parts(100_000_000_000, 5_000_000);

/// Budget in which `count` windows fit.
pub fn budget_for(count: u64) -> Weight {
    let look = <Weights as crate::WeightInfo>::service_queue();
    // Slashes, of which none is due, are looked for too.
    let budget = look.saturating_mul(2).saturating_add(end_weight().saturating_mul(count));
    // Audits are drawn, of which there are none, if that fits an eighth.
    let lottery = <Weights as crate::WeightInfo>::run_lottery();
    let more = budget.saturating_add(lottery);
    if lottery.all_lte(more.saturating_div(8)) {
        more
    } else {
        budget
    }
}

/// What ending one job takes.
pub fn end_weight() -> Weight {
    crate::Pallet::<Test>::end_weight(1).saturating_add(<Weights as crate::WeightInfo>::service_queue())
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
    type Proofs = ();
    type Workers = Book;
    type Sealing = Book;
    type Randomness = Outputs;
    type GovernanceOrigin = EnsureRoot<u64>;
    type CancelOrigin = frame_system::EnsureSignedBy<Council, u64>;
    type PalletId = PoaiPalletId;
    type CommitWindow = frame_support::traits::ConstU64<COMMIT>;
    type RevealWindow = frame_support::traits::ConstU64<REVEAL>;
    type SlashDelay = frame_support::traits::ConstU64<SLASH_DELAY>;
    type VerifierUnbonding = frame_support::traits::ConstU64<UNBONDING>;
    type CanaryWindow = frame_support::traits::ConstU64<CANARY_WINDOW>;
    type Day = frame_support::traits::ConstU64<DAY>;
    type MinChallengeBond = MinChallengeBond;
    type MaxSeats = frame_support::traits::ConstU32<4>;
    type ChallengeWindow = ChallengeWindow;
    type DrawDelay = frame_support::traits::ConstU32<4>;
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
    pub submitted_at: u64,
    pub terms: AttestableJob<u64, u64>,
    pub counts: Option<(u32, u32)>,
}

#[storage_alias]
pub type Jobs = StorageMap<MockBook, Twox64Concat, JobId, MockJob>;
#[storage_alias]
pub type Keys = StorageMap<MockBook, Twox64Concat, u64, SessionKey>;
/// Bond and frozen part of each worker.
#[storage_alias]
pub type Bonds = StorageMap<MockBook, Twox64Concat, u64, (Balance, Balance)>;
/// Mixed outputs from now on; the hash of the block's number if nothing else is said, none if that is zero.
#[storage_alias]
pub type Mix = StorageValue<MockBook, H256>;
/// Whether jobs count for quality.
#[storage_alias]
pub type Counts = StorageValue<MockBook, bool, frame_support::pallet_prelude::ValueQuery>;
/// Whether jobs are sealed.
#[storage_alias]
pub type Sealed = StorageValue<MockBook, bool, frame_support::pallet_prelude::ValueQuery>;
/// Verifiers without a sealing key.
#[storage_alias]
pub type Keyless = StorageMap<MockBook, Twox64Concat, u64, ()>;
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

    fn settle(job: JobId, earns: bool) -> DispatchResult {
        Earning::set(&[Earning::get(), vec![(job, earns)]].concat());
        Self::end(job, &[JobStatus::Attested], JobStatus::Settled).map(|_| ())
    }

    fn fail(job: JobId, _: FailureReason) -> DispatchResult {
        let MockJob { terms, .. } = Self::end(job, &[JobStatus::Accepted, JobStatus::Attested], JobStatus::Slashed)?;
        Balances::transfer(&terms.worker, &terms.client, terms.value / 100, Preservation::Preserve)?;
        Poai::note_failure(&terms.worker, terms.value);
        Ok(())
    }

    fn pools(_: JobId) -> u32 {
        1
    }

    fn client(job: JobId) -> Option<u64> {
        Jobs::get(job).map(|entry| entry.terms.client)
    }

    fn parties(job: JobId) -> Option<JobParties<u64>> {
        let entry = Jobs::get(job)?;
        let (client, worker) = (entry.terms.client, Some(entry.terms.worker));
        Some(JobParties { client, worker, sealed: Sealed::get(), is_over: entry.status.is_final() })
    }

    fn submitted_at(job: JobId) -> Option<u64> {
        Jobs::get(job).map(|entry| entry.submitted_at)
    }

    fn review_terms(job: JobId) -> Option<ReviewTerms> {
        let entry = Jobs::get(job).filter(|entry| entry.status == JobStatus::Attested)?;
        Some(ReviewTerms {
            value: entry.terms.value,
            replay_price: REPLAY,
            counts: Counts::get(),
            sealed: Sealed::get(),
        })
    }

    #[cfg(feature = "runtime-benchmarks")]
    fn accepted_for_benchmark(key: SessionKey) -> JobId {
        let job = accept(CLIENT, WORKER);
        Keys::insert(WORKER, key);
        job
    }

    #[cfg(feature = "runtime-benchmarks")]
    fn seal_for_benchmark(_: JobId) {
        Sealed::put(true);
    }
}

impl SealingKeys<u64> for Book {
    fn has_key(account: &u64) -> bool {
        !Keyless::contains_key(account)
    }

    #[cfg(feature = "runtime-benchmarks")]
    fn set_for_benchmark(_: &u64) {}
}

impl WorkerRegistry<u64> for Book {
    fn note_change(_: &u64) -> DispatchResult {
        Ok(())
    }

    fn session_key(worker: &u64) -> Option<SessionKey> {
        Keys::get(worker)
    }

    fn freeze_bond(worker: &u64, part_ppb: u32) -> Result<Balance, DispatchError> {
        let Some((bond, frozen)) = Bonds::get(worker) else { return Ok(0) };
        let amount = (bond - frozen) * Balance::from(part_ppb) / 1_000_000_000;
        Bonds::insert(worker, (bond, frozen + amount));
        Ok(amount)
    }

    fn thaw_bond(worker: &u64, amount: Balance) -> DispatchResult {
        let (bond, frozen) = Bonds::get(worker).ok_or("no such worker")?;
        Bonds::insert(worker, (bond, frozen.checked_sub(amount).ok_or("not frozen")?));
        Ok(())
    }

    /// The mock's bonds are numbers: what is taken is burned from the worker's free balance, so that sums show it.
    fn slash_frozen(worker: &u64, amount: Balance, bounty: Option<(u64, Balance)>) -> DispatchResult {
        Self::thaw_bond(worker, amount)?;
        Bonds::mutate(worker, |bond| bond.as_mut().unwrap().0 -= amount);
        let (receiver, paid) = bounty.unwrap_or((STRANGER, 0));
        Balances::transfer(worker, &receiver, paid, Preservation::Expendable)?;
        Balances::burn_from(
            worker,
            amount - paid,
            Preservation::Expendable,
            frame_support::traits::tokens::Precision::Exact,
            frame_support::traits::tokens::Fortitude::Force,
        )?;
        Ok(())
    }
}

/// The mock's chain randomness.
pub struct Outputs;

impl DrawRandomness for Outputs {
    fn ending_now() -> Option<H256> {
        let mix = Mix::get().unwrap_or_else(|| blake2_256(&System::block_number().to_le_bytes()).into());
        (!mix.is_zero()).then_some(mix)
    }

    #[cfg(feature = "runtime-benchmarks")]
    fn know_for_benchmark() {}
}

/// Who may cancel slashes.
pub struct Council;

impl frame_support::traits::SortedMembers<u64> for Council {
    fn sorted_members() -> Vec<u64> {
        vec![COUNCIL]
    }
}

impl crate::Pallet<Test> {
    /// Brings a verifier's lot up to date at once.
    pub fn with_lot_now(verifier: u64) {
        let (start, end) = crate::VerifierLotRange::<Test>::get();
        assert_eq!(crate::VerifierLotQueue::<Test>::take(end - 1).unwrap().0, verifier);
        crate::VerifierLotRange::<Test>::put((start, end - 1));
        Self::apply_verifier_lot(&verifier, System::block_number() + 4);
    }
}

/// A worker's session key pair.
pub fn pair(worker: u64) -> sr25519::Pair {
    let mut seed = [7u8; 32];
    seed[..8].copy_from_slice(&worker.to_le_bytes());
    sr25519::Pair::from_seed(&seed)
}

/// A new job, submitted and accepted by `worker` for `client` in this block, its value in escrow. Deadline [`DEADLINE`] blocks ahead.
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
    let submitted_at = System::block_number();
    Jobs::insert(job, MockJob { status: JobStatus::Accepted, submitted_at, terms, counts: None });
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
    audit_rate: u32,
    verifiers: u64,
}

impl Default for ExtBuilder {
    fn default() -> Self {
        Self { budget: PLENTY, idle: PLENTY, audit_rate: 0, verifiers: 0 }
    }
}

impl ExtBuilder {
    /// What a block may spend on due windows; transactions take all the rest.
    pub fn budget(self, budget: Weight) -> Self {
        Self { budget, idle: Weight::zero(), ..self }
    }

    /// So many verifiers, each with [`BOND`], whose lots count from the first block of the test on.
    pub fn verifiers(self, verifiers: u64) -> Self {
        Self { verifiers, ..self }
    }

    /// Chance that a job is audited, ppb. None is by default.
    pub fn audit_rate(self, audit_rate: u32) -> Self {
        Self { audit_rate, ..self }
    }

    /// What transactions leave over of every block.
    pub fn idle(self, idle: Weight) -> Self {
        Self { idle, ..self }
    }

    pub fn build(self) -> sp_io::TestExternalities {
        ServiceBudget::set(self.budget);
        Idle::set(self.idle);
        let mut storage = frame_system::GenesisConfig::<Test>::default().build_storage().unwrap();
        let verifiers = FIRST_VERIFIER..FIRST_VERIFIER + self.verifiers;
        let mut balances =
            [CLIENT, WORKER, OTHER_WORKER, STRANGER, ESCROW, Poai::pot()].map(|who| (who, FUNDS)).to_vec();
        balances.extend(verifiers.clone().map(|who| (who, FUNDS)));
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
                Bonds::insert(worker, (WORKER_BOND, 0));
            }
            // Below what governance may set: most tests are about other things than audits.
            let settings = Parameters {
                audit_rate_ppb: self.audit_rate,
                min_verifier_bond: BOND,
                slashing: true,
                engine_profile: None,
            };
            crate::Settings::<Test>::put(settings);
            for verifier in verifiers {
                assert_ok!(Poai::register_verifier(RuntimeOrigin::signed(verifier), BOND));
                Poai::with_lot_now(verifier);
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

/// A vote with the digest of those who looked.
pub fn vote(score: Score) -> Vote {
    Vote { score, digest: H256::repeat_byte(0xdd) }
}

pub fn good() -> Option<Vote> {
    Some(vote(Score::Good))
}

pub fn bad() -> Option<Vote> {
    Some(vote(Score::Bad))
}

/// The review of a job.
pub fn review(job: JobId) -> crate::Review<u64> {
    crate::Reviews::<Test>::get(job).unwrap_or_else(|| panic!("job {job} is not in review"))
}

pub fn window(job: JobId) -> crate::Window<u64, u64> {
    crate::Windows::<Test>::get(job).unwrap_or_else(|| panic!("job {job} has no window"))
}

/// The committee that sits on a job.
pub fn members(job: JobId) -> Vec<u64> {
    review(job).members.iter().map(|member| member.account).collect()
}

pub fn verifier(who: u64) -> crate::Verifier<u64> {
    crate::Verifiers::<Test>::get(who).unwrap()
}

/// Commits a member's vote; its number is the salt.
pub fn commit(who: u64, job: JobId, vote: Vote) -> frame_support::dispatch::DispatchResultWithPostInfo {
    let round = review(job).round;
    let hash = committee::commitment(&System::block_hash(0), job, round, &who, &vote, &salt(who));
    Poai::commit_verdict(RuntimeOrigin::signed(who), job, hash)
}

pub fn reveal(who: u64, job: JobId, vote: Vote) -> frame_support::dispatch::DispatchResultWithPostInfo {
    Poai::reveal_verdict(RuntimeOrigin::signed(who), job, vote, salt(who), H256::zero())
}

fn salt(who: u64) -> [u8; 32] {
    [who as u8; 32]
}

/// Goes on until a committee sits on a job.
pub fn run_to_committee(job: JobId) {
    for _ in 0..200 {
        if crate::Reviews::<Test>::get(job).is_some_and(|review| review.phase == crate::Phase::Committing) {
            return;
        }
        next_block();
    }
    panic!("no committee for job {job}");
}

/// Has the committee of a job vote, in the order of its places; those without a vote say nothing. Goes on until the round is
/// over.
pub fn hold_round(job: JobId, votes: &[Option<Vote>]) {
    run_to_committee(job);
    let (members, round) = (members(job), review(job).round);
    assert_eq!(members.len(), votes.len(), "the committee of job {job}");
    for (member, vote) in members.iter().zip(votes) {
        if let Some(vote) = vote {
            assert_ok!(commit(*member, job, *vote));
        }
    }
    while crate::Reviews::<Test>::get(job).is_some_and(|review| review.phase == crate::Phase::Committing) {
        next_block();
    }
    for (member, vote) in members.iter().zip(votes) {
        if let Some(vote) = vote {
            assert_ok!(reveal(*member, job, *vote));
        }
    }
    while crate::Reviews::<Test>::get(job)
        .is_some_and(|review| review.round == round && review.phase == crate::Phase::Revealing)
    {
        next_block();
    }
}

/// Has somebody challenge a job; returns the bond.
pub fn challenged_by(who: u64, job: JobId) -> Balance {
    assert_ok!(Poai::challenge(RuntimeOrigin::signed(who), job));
    <Balances as InspectHold<u64>>::balance_on_hold(&crate::HoldReason::ChallengeBond.into(), &who)
}
