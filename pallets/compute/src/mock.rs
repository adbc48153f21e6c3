//! A runtime with balances, assets and this pallet; quality, randomness and the market are doubles whose state lives in
//! storage, so that a failed call takes it back too.

mod market;

pub use market::{market_account, prices, set_prices, Market, Prices, PurchasesRefused, SalesRefused};

use crate as pallet_compute;
use crate::types::{GenesisTokens, GenesisWorker, Models, Offer};
use frame_support::{
    assert_ok, derive_impl,
    pallet_prelude::*,
    parameter_types,
    traits::{
        fungible::{Inspect as _, Mutate as _},
        fungibles,
        fungibles::Inspect as _,
        tokens::Preservation,
        AsEnsureOriginWithArg, ConstU128, ConstU32, ConstU64, Contains, Hooks,
    },
    PalletId,
};
use frame_system::{EnsureNever, EnsureRoot};
use hanzo_hmm::PRICE_ONE;
use hanzo_poai::{
    BlobRef, Decoding, JobKind, JobRequest, Limits, ModelProfile, Part, Parts, ResourceClass, Resources, ServiceLevel,
    Verification,
};
use hanzo_traits::{
    Balance, JobId, JobRegistry, PoolId, QualityOracle, SealingKeys, SessionKey, TeeRegistry, VrfOutputs,
};
use sp_core::H256;
use sp_io::hashing::blake2_256;
use sp_runtime::{
    traits::{AccountIdConversion, IdentityLookup},
    BuildStorage, DispatchError,
};
use std::collections::{BTreeMap, BTreeSet};

/// Weights as the runtime has them.
pub type Weights = crate::weights::Measured<frame_support::weights::constants::ParityDbWeight>;

/// Wide enough to tell the market maker's accounts, one per pool, apart.
pub type AccountId = u128;
pub type BlockNumber = u64;

/// One credit, one token, one unit.
pub const UNIT: Balance = 1_000_000_000_000_000_000;
/// Price of every pool at the start: a thousandth of a credit per token.
pub const PRICE: u128 = PRICE_ONE / 1_000;
/// Tokens of each pool.
pub const DEPTH: Balance = 1_000_000 * UNIT;
/// The worker that filled the pools at genesis; it takes no jobs.
pub const PROVIDER: AccountId = 900;
/// Gets its part of the real market's fees.
pub const TREASURY: AccountId = 901;
/// Gets audit fees.
pub const AUDIT_POT: AccountId = 902;
/// Pays bonuses, once somebody funds it.
pub const REWARDS_POT: AccountId = 903;
/// Two clients.
pub const CLIENT: AccountId = 1;
pub const OTHER_CLIENT: AccountId = 2;
/// A model with a profile.
pub const MODEL: H256 = H256::repeat_byte(1);
/// Tier that governance has added.
pub const TIER: u8 = 1;
/// What every account below 100 starts with.
pub const FUNDS: Balance = 1_000_000 * UNIT;
/// Least that is held per job: less than 1 % of [`request`]'s value.
pub const MIN_FEE: Balance = UNIT / 10_000;
/// Existential deposit.
pub const DEPOSIT: Balance = UNIT / 1_000;

#[frame_support::runtime]
mod runtime {
    #[runtime::runtime]
    #[runtime::derive(
        RuntimeCall,
        RuntimeEvent,
        RuntimeError,
        RuntimeOrigin,
        RuntimeFreezeReason,
        RuntimeHoldReason,
        RuntimeSlashReason,
        RuntimeLockId,
        RuntimeTask
    )]
    pub struct Test;

    #[runtime::pallet_index(0)]
    pub type System = frame_system;
    #[runtime::pallet_index(1)]
    pub type Balances = pallet_balances;
    #[runtime::pallet_index(2)]
    pub type Assets = pallet_assets;
    #[runtime::pallet_index(3)]
    pub type Compute = pallet_compute;
    #[runtime::pallet_index(4)]
    pub type Hmm = pallet_hmm;
}

#[derive_impl(frame_system::config_preludes::TestDefaultConfig)]
impl frame_system::Config for Test {
    type Block = frame_system::mocking::MockBlock<Test>;
    type AccountId = AccountId;
    type Lookup = IdentityLookup<AccountId>;
    type AccountData = pallet_balances::AccountData<Balance>;
}

#[derive_impl(pallet_balances::config_preludes::TestDefaultConfig)]
impl pallet_balances::Config for Test {
    type Balance = Balance;
    type ExistentialDeposit = ConstU128<DEPOSIT>;
    type AccountStore = System;
}

#[derive_impl(pallet_assets::config_preludes::TestDefaultConfig)]
impl pallet_assets::Config for Test {
    type Balance = Balance;
    type AssetDeposit = ConstU128<0>;
    type AssetAccountDeposit = ConstU128<0>;
    type MetadataDepositBase = ConstU128<0>;
    type MetadataDepositPerByte = ConstU128<0>;
    type ApprovalDeposit = ConstU128<0>;
    type Currency = Balances;
    type CreateOrigin = AsEnsureOriginWithArg<EnsureNever<AccountId>>;
    type ForceOrigin = EnsureRoot<AccountId>;
    type Freezer = ();
}

parameter_types! {
    pub const ComputePalletId: PalletId = PalletId(*b"hz/compu");
    pub const HmmPalletId: PalletId = PalletId(*b"hz/hmm__");
    pub const Treasury: AccountId = TREASURY;
    pub const AuditPot: AccountId = AUDIT_POT;
    pub const RewardsPot: AccountId = REWARDS_POT;
    /// What an agenda may spend of a block.
    pub storage AgendaWeight: Weight = Weight::from_parts(u64::MAX / 4, u64::MAX / 4);
    /// Quality that is not the initial one.
    /// Value of a job up to which quality weighs in full.
    pub storage ReferenceValue: Balance = 1_000 * UNIT;
    pub storage Qualities: BTreeMap<AccountId, u32> = BTreeMap::new();
    /// Failures the oracle was told of.
    pub storage Failures: Vec<(AccountId, Balance)> = Vec::new();
    /// Blocks whose author proved no output.
    pub storage Silent: BTreeSet<BlockNumber> = BTreeSet::new();
    /// Makes the outputs of one history differ from another's.
    pub storage Salt: u64 = 0;
    /// Shorter than the real market's day and week, unless a test is about what they are for.
    pub storage MarginGrace: BlockNumber = 50;
    pub storage BuyBackPeriod: BlockNumber = 150;
    /// Longer than any test, unless it is about it.
    pub storage SilenceLimit: BlockNumber = 1_000_000;
    /// Accounts that sealed inputs can be sent to.
    pub storage SealingAccounts: BTreeSet<AccountId> = BTreeSet::new();
    /// Workers whose session key lives in trusted hardware.
    pub storage TeeWorkers: BTreeSet<AccountId> = BTreeSet::new();
    /// Accounts in a denial window.
    pub storage DeniedAccounts: BTreeSet<AccountId> = BTreeSet::new();
    /// Accounts that judge work.
    pub storage JudgingAccounts: BTreeSet<AccountId> = BTreeSet::new();
}

impl pallet_compute::Config for Test {
    type RuntimeHoldReason = RuntimeHoldReason;
    type Currency = Balances;
    type Tokens = Assets;
    type Market = Market;
    type Proofs = ();
    type Sealing = Sealing;
    type Tees = Tees;
    type Quality = Quality;
    type Vrf = Vrf;
    type Denied = Denied;
    type Verifiers = Judging;
    type GovernanceOrigin = EnsureRoot<AccountId>;
    type PalletId = ComputePalletId;
    type MinWorkerBond = ConstU128<{ 100 * UNIT }>;
    type BondMultiple = ConstU32<27>;
    type HorizonSeconds = ConstU32<600>;
    type UnbondingPeriod = ConstU64<200>;
    type MarginGrace = MarginGrace;
    type BuyBackPeriod = BuyBackPeriod;
    type SilenceLimit = SilenceLimit;
    type HeartbeatPeriod = ConstU64<25>;
    type BlockMillis = ConstU64<2_000>;
    type AcceptWindow = ConstU64<20>;
    type MinJobDuration = ConstU64<10>;
    type MaxJobDuration = ConstU64<500>;
    type JobRetention = ConstU64<50>;
    type MaxRedraws = ConstU32<3>;
    type MaxEmptyDraws = ConstU32<5>;
    type AuditFeePpb = ConstU32<30_000_000>;
    type AuditReplaysPpb = ConstU32<300_000_000>;
    type AuditPot = AuditPot;
    type RewardsPot = RewardsPot;
    type BonusEpochBlocks = ConstU64<100>;
    type MinJobValue = ConstU128<{ UNIT / 1_000 }>;
    type MinJobFee = ConstU128<MIN_FEE>;
    type DrawBetaPpb = ConstU32<1_000_000_000>;
    type ReferenceValue = ReferenceValue;
    type MaxCandidates = ConstU32<16>;
    type MaxOpenJobsPerClient = ConstU32<64>;
    type MaxOpenJobsPerWorker = ConstU32<32>;
    type AgendaWeight = AgendaWeight;
    type WeightInfo = Weights;
}

parameter_types! {
    /// What an account may trade outside batches: 0.3 %, as on the network, unless a test is about something else.
    pub storage OrderLimitPpb: u32 = 3_000_000;
}

/// Lifts that limit.
pub fn trade_without_limit() {
    OrderLimitPpb::set(&999_999_999);
}

impl pallet_hmm::Config for Test {
    type Currency = Balances;
    type Tokens = Assets;
    type GovernanceOrigin = EnsureRoot<AccountId>;
    type TreasuryAccount = Treasury;
    type PalletId = HmmPalletId;
    type MaxPools = ConstU32<48>;
    type MaxEpsilonPpb = ConstU32<500_000_000>;
    type MaxLockedDeposits = ConstU32<20>;
    type OrderLimitPpb = OrderLimitPpb;
    type ShareLock = ConstU64<20>;
    type MeanBlocks = ConstU64<60>;
    type Hour = ConstU64<100>;
    type Day = ConstU64<700>;
    type Week = ConstU64<2_900>;
    type ParameterInterval = ConstU64<700>;
    type WeightInfo = pallet_hmm::weights::Measured<frame_support::weights::constants::ParityDbWeight>;
}

/// Half for whoever has no entry.
pub struct Quality;
impl QualityOracle<AccountId> for Quality {
    fn quality(worker: &AccountId) -> u32 {
        Qualities::get().get(worker).copied().unwrap_or(500_000_000)
    }
    fn note_failure(worker: &AccountId, value: Balance) {
        let mut failures = Failures::get();
        failures.push((*worker, value));
        Failures::set(&failures);
    }
    fn forget(worker: &AccountId) {
        let mut qualities = Qualities::get();
        qualities.remove(worker);
        Qualities::set(&qualities);
    }
}

/// The hash of the number of the block being executed.
pub struct Vrf;
impl VrfOutputs for Vrf {
    fn current() -> Option<H256> {
        let now = System::block_number();
        (!Silent::get().contains(&now)).then(|| blake2_256(&(now, Salt::get()).encode()).into())
    }
}

pub struct Denied;
/// [`SealingAccounts`].
pub struct Sealing;
impl SealingKeys<AccountId> for Sealing {
    fn has_key(account: &AccountId) -> bool {
        SealingAccounts::get().contains(account)
    }

    #[cfg(feature = "runtime-benchmarks")]
    fn set_for_benchmark(account: &AccountId) {
        let mut accounts = SealingAccounts::get();
        accounts.insert(*account);
        SealingAccounts::set(&accounts);
    }
}
/// [`TeeWorkers`].
pub struct Tees;
impl TeeRegistry<AccountId> for Tees {
    fn is_bound(worker: &AccountId, _: &SessionKey) -> Option<H256> {
        TeeWorkers::get().contains(worker).then_some(H256::repeat_byte(7))
    }

    #[cfg(feature = "runtime-benchmarks")]
    fn bind_for_benchmark(worker: &AccountId, _: &SessionKey) {
        let mut bound = TeeWorkers::get();
        bound.insert(*worker);
        TeeWorkers::set(&bound);
    }
}
impl Contains<AccountId> for Denied {
    fn contains(account: &AccountId) -> bool {
        DeniedAccounts::get().contains(account)
    }
}
/// [`JudgingAccounts`].
pub struct Judging;
impl Contains<AccountId> for Judging {
    fn contains(account: &AccountId) -> bool {
        JudgingAccounts::get().contains(account)
    }
}

/// Pools that exist: every class in tier 0, graphics processors in tier 1.
pub fn pools() -> Vec<PoolId> {
    let mut all: Vec<_> = ResourceClass::ALL.into_iter().map(PoolId::any_worker).collect();
    all.push(PoolId { class: ResourceClass::Gpu, tier: TIER });
    all
}

pub const GPU: PoolId = PoolId::any_worker(ResourceClass::Gpu);
pub const VRAM: PoolId = PoolId::any_worker(ResourceClass::Vram);

pub fn profile() -> ModelProfile {
    let mut out =
        ModelProfile { max_prompt_tokens: 100, max_output_tokens: 100, min_deadline_blocks: 30, ..Default::default() };
    out.per_prompt_token.set(ResourceClass::Gpu, UNIT);
    out.per_prompt_token.set(ResourceClass::Vram, 2 * UNIT);
    out.per_output_token.set(ResourceClass::Gpu, 3 * UNIT);
    out.per_output_token.set(ResourceClass::Vram, 5 * UNIT);
    out
}

pub fn key(account: AccountId) -> SessionKey {
    SessionKey::from_raw(blake2_256(&account.to_le_bytes()))
}

pub fn offer(units: Balance) -> Offer {
    Offer {
        units: Resources([units; ResourceClass::COUNT]),
        tiers: Default::default(),
        hardware: H256::repeat_byte(7),
        regions: 1,
        latency_ms: 100,
        jitter_ms: 10,
    }
}

/// Builds the state, runs a test in it, checks the invariants after.
pub struct ExtBuilder {
    pub workers: Vec<GenesisWorker<AccountId>>,
    /// Whether jobs trade on the market maker instead of its double.
    pub real_market: bool,
}

impl Default for ExtBuilder {
    fn default() -> Self {
        let tokens = pools().into_iter().map(|pool| GenesisTokens { pool, amount: DEPTH, price: PRICE }).collect();
        let provider = GenesisWorker {
            account: PROVIDER,
            offer: Offer { tiers: vec![0, TIER].try_into().unwrap(), ..offer(10_000 * UNIT) },
            session_key: key(PROVIDER),
            bond: 200_000 * UNIT,
            models: Default::default(),
            accepting: false,
            tokens,
        };
        Self { workers: vec![provider], real_market: false }
    }
}

impl ExtBuilder {
    pub fn storage(self) -> sp_runtime::Storage {
        let balances = (1..100).chain([PROVIDER, TREASURY, market_account()]).map(|account| (account, FUNDS)).collect();
        RuntimeGenesisConfig {
            balances: pallet_balances::GenesisConfig { balances, ..Default::default() },
            assets: pallet_assets::GenesisConfig {
                assets: pools().into_iter().map(|pool| (pool.asset_id(), PROVIDER, true, 1)).collect(),
                ..Default::default()
            },
            compute: pallet_compute::GenesisConfig {
                workers: self.workers,
                model_profiles: vec![(MODEL, profile())],
                tiers: vec![(TIER, Default::default())],
            },
            hmm: pallet_hmm::GenesisConfig { pools: if self.real_market { market::genesis() } else { vec![] } },
            ..Default::default()
        }
        .build_storage()
        .unwrap()
    }

    pub fn build(self) -> sp_io::TestExternalities {
        let mut ext = sp_io::TestExternalities::new(self.storage());
        ext.execute_with(|| {
            for pool in pools() {
                // Nothing is left of it where the market maker took it at genesis.
                let rest = Assets::balance(pool.asset_id(), PROVIDER);
                assert!(rest == 0 || move_tokens(pool, &PROVIDER, &market_account(), rest).is_ok());
            }
            run_to(1);
        });
        ext
    }

    pub fn build_and_execute(self, test: impl FnOnce()) {
        self.build().execute_with(|| {
            test();
            check();
        });
    }
}

#[cfg(feature = "runtime-benchmarks")]
pub fn benchmark_ext() -> sp_io::TestExternalities {
    ExtBuilder { real_market: true, ..Default::default() }.build()
}

pub fn test(run: impl FnOnce()) {
    ExtBuilder::default().build_and_execute(run);
}

/// The same on the market maker itself.
pub fn test_with_real_market(run: impl FnOnce()) {
    ExtBuilder { real_market: true, ..Default::default() }.build_and_execute(run);
}

/// Every invariant, and that the escrow holds no more than it should: nobody sends it anything here.
pub fn check() {
    assert_eq!(Compute::do_try_state(1), Ok(()));
    assert_eq!(Hmm::do_try_state(1), Ok(()));
    for pool in pools() {
        let wanted: Balance = pallet_compute::Jobs::<Test>::iter_values()
            .flat_map(|job| job.pools().unwrap())
            .filter(|(of, _)| *of == pool)
            .map(|(_, amount)| amount)
            .sum();
        assert_eq!(Assets::balance(pool.asset_id(), Compute::escrow_account()), wanted, "escrow of {pool:?}");
    }
}

/// Starts blocks up to number `block`, without on_idle.
pub fn run_to(block: BlockNumber) {
    while System::block_number() < block {
        let next = System::block_number() + 1;
        System::set_parent_hash(blake2_256(&(next - 1).to_le_bytes()).into());
        System::set_block_number(next);
        Hmm::on_initialize(next);
        Compute::on_initialize(next);
    }
}

pub fn run(blocks: BlockNumber) {
    run_to(System::block_number() + blocks);
}

pub fn signed(account: AccountId) -> RuntimeOrigin {
    RuntimeOrigin::signed(account)
}

/// A worker with this bond that offers 8 of everything.
pub fn register(account: AccountId, bond: Balance) {
    register_with(account, offer(8 * UNIT), bond);
}

/// A worker with this offer and bond.
pub fn register_with(account: AccountId, offer: Offer, bond: Balance) {
    assert_ok!(Compute::register_worker(signed(account), offer, key(account), bond));
    serve(account);
}

/// Has a worker run the model of [`request`], and one without a profile.
pub fn serve(account: AccountId) {
    assert_ok!(Compute::set_models(signed(account), models()));
}

fn models() -> Models {
    vec![MODEL, H256::zero()].try_into().unwrap()
}

/// 10 prompt and 10 output tokens: 40 GPU and 70 VRAM, 0.11 credits and fees.
pub fn request(nonce: u64) -> JobRequest<BlockNumber> {
    request_until(System::block_number() + 300, nonce)
}

pub fn request_until(deadline: BlockNumber, nonce: u64) -> JobRequest<BlockNumber> {
    JobRequest {
        kind: JobKind::Inference,
        model: MODEL,
        input: BlobRef { hash: H256::repeat_byte(9), length: 40 },
        max_prompt_tokens: 10,
        decoding: Decoding::greedy(10),
        sla: ServiceLevel::default(),
        tier: 0,
        resources: None,
        parts: Default::default(),
        limits: Limits { max_credits: 10 * UNIT, max_price: Default::default() },
        deadline,
        verification: Verification::Replay,
        prior: None,
        deltas: Default::default(),
        nonce,
        use_held_tokens: false,
        sell_unused: false,
        sealed: false,
    }
}

/// A part of a request on [`MODEL`]: `percent` of the graphics processors it takes, of [`TIER`]. None for zero.
pub fn of_other_tier(request: &JobRequest<BlockNumber>, percent: u128) -> Parts {
    let usage = profile().usage(request.max_prompt_tokens, request.decoding.max_output_tokens).unwrap();
    let mut resources = Resources::default();
    resources.set(ResourceClass::Gpu, usage.get(ResourceClass::Gpu) * percent / 100);
    let part = Part { tier: TIER, resources };
    (percent > 0).then_some(part).into_iter().collect::<Vec<_>>().try_into().unwrap()
}

/// Resources of [`request`].
pub fn needs() -> Resources {
    profile().usage(10, 10).unwrap()
}

pub fn submit(client: AccountId, nonce: u64) -> JobId {
    submit_as(client, request(nonce))
}

pub fn submit_as(client: AccountId, request: JobRequest<BlockNumber>) -> JobId {
    let id = pallet_compute::NextJob::<Test>::get();
    assert_ok!(Compute::submit_job(signed(client), request));
    id
}

pub fn job(id: JobId) -> pallet_compute::JobOf<Test> {
    pallet_compute::Jobs::<Test>::get(id).unwrap()
}

pub fn worker(account: AccountId) -> pallet_compute::WorkerOf<Test> {
    pallet_compute::Workers::<Test>::get(account).unwrap()
}

pub fn drawn(id: JobId) -> AccountId {
    job(id).assignment.unwrap().worker
}

/// A job of [`request`], drawn and accepted by `account`, which is registered with a large bond.
pub fn accepted(account: AccountId) -> JobId {
    register(account, 10_000 * UNIT);
    accepted_by(account, 0)
}

/// A job that the only worker has accepted.
pub fn accepted_by(account: AccountId, nonce: u64) -> JobId {
    let id = submit(CLIENT, nonce);
    run(4);
    assert_ok!(Compute::accept_job(signed(account), id));
    id
}

/// The same, attested with these counts.
pub fn attested(account: AccountId, prompt_tokens: u32, output_tokens: u32) -> JobId {
    let id = accepted(account);
    assert_ok!(<Compute as JobRegistry<_, _>>::note_attested(id, prompt_tokens, output_tokens));
    id
}

pub fn credits(account: AccountId) -> Balance {
    Balances::total_balance(&account)
}

pub fn tokens(pool: PoolId, account: AccountId) -> Balance {
    Assets::balance(pool.asset_id(), account)
}

pub fn move_tokens(pool: PoolId, from: &AccountId, to: &AccountId, amount: Balance) -> Result<Balance, DispatchError> {
    <Assets as fungibles::Mutate<_>>::transfer(pool.asset_id(), from, to, amount, Preservation::Expendable)
}

/// The pallet's events so far, oldest first.
pub fn events() -> Vec<pallet_compute::Event<Test>> {
    System::events()
        .into_iter()
        .filter_map(|record| match record.event {
            RuntimeEvent::Compute(event) => Some(event),
            _ => None,
        })
        .collect()
}

pub fn last_event() -> pallet_compute::Event<Test> {
    events().pop().unwrap()
}

/// `usual` cases of a property, or as many times that as `HANZO_PROPTEST_CASES` is times 2,000, which every property has
/// by default: histories take long, so they have fewer.
pub fn config(usual: u32) -> proptest::prelude::ProptestConfig {
    let wanted = std::env::var("HANZO_PROPTEST_CASES").ok().and_then(|n| n.parse().ok()).unwrap_or(2_000u64);
    let cases = (u64::from(usual) * wanted).div_ceil(2_000);
    proptest::prelude::ProptestConfig::with_cases(cases.try_into().unwrap())
}

pub fn root() -> RuntimeOrigin {
    RuntimeOrigin::root()
}
