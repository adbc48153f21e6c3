//! A runtime of system, balances, assets and the market.

use crate::{
    self as pallet_hmm, commitment_of, BatchNumber, GenesisPool, HiddenOrder, Order, OrderIndex, Pallet, PoolState,
    Pools,
};
use frame_support::{
    assert_ok, derive_impl, parameter_types,
    traits::{ConstU32, Hooks, NeverEnsureOrigin},
    PalletId,
};
use frame_system::EnsureRoot;
use hanzo_hmm::{FeeParameters, Reserves, Side};
use hanzo_traits::{Balance, PoolId, ResourceClass};
use proptest::prelude::ProptestConfig;
use sp_core::H256;
use sp_runtime::{traits::IdentityLookup, AccountId32, BuildStorage, DispatchError, DispatchResult};

/// Weights as the runtime has them.
pub type Weights = crate::weights::Measured<frame_support::weights::constants::ParityDbWeight>;

pub type AccountId = AccountId32;

/// One whole unit of any token.
pub const UNIT: Balance = 1_000_000_000_000_000_000;
/// Existential deposit, as on the network.
pub const DEPOSIT: Balance = UNIT / 1_000;
/// What every account starts with of every token.
pub const ENDOWMENT: Balance = 1_000_000 * UNIT;
/// A deadline nobody meets.
pub const NEVER: u64 = u64::MAX;

pub const PROVIDER: AccountId = AccountId32::new([1; 32]);
pub const ALICE: AccountId = AccountId32::new([2; 32]);
pub const BOB: AccountId = AccountId32::new([3; 32]);
pub const CAROL: AccountId = AccountId32::new([4; 32]);
pub const TREASURY: AccountId = AccountId32::new([9; 32]);
/// An account without any balance.
pub const STRANGER: AccountId = AccountId32::new([10; 32]);

/// Account with tokens, not for the treasury.
pub const PEOPLE: [AccountId; 4] = [PROVIDER, ALICE, BOB, CAROL];

pub const GPU: PoolId = PoolId::any_worker(ResourceClass::Gpu);
pub const RAM: PoolId = PoolId::any_worker(ResourceClass::Ram);
pub const DISK: PoolId = PoolId::any_worker(ResourceClass::Disk);

#[frame_support::runtime]
mod runtime {
    #[runtime::runtime]
    #[runtime::derive(
        RuntimeCall,
        RuntimeEvent,
        RuntimeError,
        RuntimeOrigin,
        RuntimeTask,
        RuntimeFreezeReason,
        RuntimeHoldReason
    )]
    pub struct Test;

    #[runtime::pallet_index(0)]
    pub type System = frame_system;

    #[runtime::pallet_index(1)]
    pub type Balances = pallet_balances;

    #[runtime::pallet_index(2)]
    pub type Assets = pallet_assets;

    #[runtime::pallet_index(3)]
    pub type Market = pallet_hmm;
}

#[derive_impl(frame_system::config_preludes::TestDefaultConfig)]
impl frame_system::Config for Test {
    type Block = frame_system::mocking::MockBlock<Test>;
    type AccountId = AccountId;
    type Lookup = IdentityLookup<AccountId>;
    type AccountData = pallet_balances::AccountData<Balance>;
}

parameter_types! {
    pub const ExistentialDeposit: Balance = DEPOSIT;
    pub const Treasury: AccountId = TREASURY;
    pub const MarketId: PalletId = PalletId(*b"hzo/hmm_");
    pub const MaxEpsilonPpb: u32 = 500_000_000;
    /// No limit, as most tests are about something else.
    pub static OrderLimitPpb: u32 = 999_999_999;
    pub static ShareLock: u64 = 20;
    /// None, as most tests are about something else.
    pub static MeanBlocks: u64 = 0;
    pub static Hour: u64 = 100;
    pub static Day: u64 = 700;
    pub static Week: u64 = 2_900;
    pub static ParameterInterval: u64 = 700;
}

#[derive_impl(pallet_balances::config_preludes::TestDefaultConfig)]
impl pallet_balances::Config for Test {
    type Balance = Balance;
    type ExistentialDeposit = ExistentialDeposit;
    type AccountStore = System;
}

#[derive_impl(pallet_assets::config_preludes::TestDefaultConfig)]
impl pallet_assets::Config for Test {
    type Balance = Balance;
    type Currency = Balances;
    type CreateOrigin = NeverEnsureOrigin<AccountId>;
    type ForceOrigin = EnsureRoot<AccountId>;
    type ReserveData = ();
    type Freezer = ();
    type Holder = ();
    type CallbackHandle = ();
}

impl crate::Config for Test {
    type Currency = Balances;
    type Tokens = Assets;
    type GovernanceOrigin = EnsureRoot<AccountId>;
    type TreasuryAccount = Treasury;
    type PalletId = MarketId;
    type MaxPools = ConstU32<48>;
    type MaxEpsilonPpb = MaxEpsilonPpb;
    type MaxLockedDeposits = ConstU32<20>;
    type OrderLimitPpb = OrderLimitPpb;
    type ShareLock = ShareLock;
    type MeanBlocks = MeanBlocks;
    type Hour = Hour;
    type Day = Day;
    type Week = Week;
    type ParameterInterval = ParameterInterval;
    type WeightInfo = Weights;
}

/// Builds a chain; by default with one pool of 1,000 compute and 1,000 credits at ε = 0.05.
pub struct ExtBuilder {
    pools: Vec<GenesisPool<AccountId>>,
    treasury: Balance,
}

impl Default for ExtBuilder {
    fn default() -> Self {
        Self { pools: vec![genesis_pool(GPU, 50_000_000, 1_000 * UNIT, 1_000 * UNIT)], treasury: DEPOSIT }
    }
}

/// A pool whose scales are its first reserves, so that it starts in balance, at a price of theta/psi.
pub fn genesis_pool(id: PoolId, epsilon_ppb: u32, psi: Balance, theta: Balance) -> GenesisPool<AccountId> {
    GenesisPool {
        id,
        epsilon_ppb,
        theta_scale: theta.into(),
        psi_scale: psi.into(),
        fees: FeeParameters::DEFAULT,
        provider: PROVIDER,
        psi: psi.into(),
        theta: theta.into(),
    }
}

impl ExtBuilder {
    pub fn pools(mut self, pools: Vec<GenesisPool<AccountId>>) -> Self {
        self.pools = pools;
        self
    }

    /// Fees of every pool.
    pub fn fees(mut self, fees: FeeParameters) -> Self {
        self.pools.iter_mut().for_each(|pool| pool.fees = fees);
        self
    }

    pub fn epsilon(mut self, epsilon_ppb: u32) -> Self {
        self.pools.iter_mut().for_each(|pool| pool.epsilon_ppb = epsilon_ppb);
        self
    }

    /// 0.3 % of a reserve per account, pool and block outside batches, as on the network.
    pub fn order_limit(self) -> Self {
        OrderLimitPpb::set(3_000_000);
        self
    }

    pub fn without_treasury_account(mut self) -> Self {
        self.treasury = 0;
        self
    }

    pub fn build(self) -> sp_io::TestExternalities {
        let mut storage = frame_system::GenesisConfig::<Test>::default().build_storage().unwrap();
        let mut balances: Vec<_> = PEOPLE.into_iter().map(|who| (who, ENDOWMENT)).collect();
        if self.treasury > 0 {
            balances.push((TREASURY, self.treasury));
        }
        pallet_balances::GenesisConfig::<Test> { balances, ..Default::default() }
            .assimilate_storage(&mut storage)
            .unwrap();
        let tiers = [1, 2].map(|tier| PoolId { tier, ..GPU });
        let assets = [GPU, RAM, DISK, tiers[0], tiers[1]].map(PoolId::asset_id);
        pallet_assets::GenesisConfig::<Test> {
            assets: assets.into_iter().map(|asset| (asset, PROVIDER, true, 1)).collect(),
            accounts: assets
                .into_iter()
                .flat_map(|asset| PEOPLE.into_iter().map(move |who| (asset, who, ENDOWMENT)))
                .collect(),
            ..Default::default()
        }
        .assimilate_storage(&mut storage)
        .unwrap();
        crate::GenesisConfig::<Test> { pools: self.pools }.assimilate_storage(&mut storage).unwrap();
        let mut ext = sp_io::TestExternalities::new(storage);
        ext.execute_with(|| run_to(1));
        ext
    }

    /// Runs a scenario, and checks every promise of the pallet after it.
    pub fn build_and_execute(self, scenario: impl FnOnce()) {
        self.build().execute_with(|| {
            scenario();
            assert_sound();
        });
    }
}

/// `ci` cases of a property in continuous integration. `HANZO_PROPTEST_CASES`, 2,000 there, scales them.
pub fn cases(ci: u32) -> ProptestConfig {
    let asked = std::env::var("HANZO_PROPTEST_CASES").ok().and_then(|n| n.parse().ok()).unwrap_or(2_000u64);
    let scaled = u64::from(ci) * asked / 2_000;
    ProptestConfig { cases: u32::try_from(scaled).unwrap_or(u32::MAX).max(1), ..ProptestConfig::default() }
}

/// Every promise of the pallet holds.
pub fn assert_sound() {
    Market::do_try_state(1).unwrap();
}

/// Begins blocks up to and with `block`.
pub fn run_to(block: u64) {
    while System::block_number() < block {
        next_block();
    }
}

pub fn next_block() {
    let block = System::block_number() + 1;
    System::set_block_number(block);
    System::reset_events();
    Market::on_initialize(block);
}

pub fn signed(who: &AccountId) -> RuntimeOrigin {
    RuntimeOrigin::signed(who.clone())
}

pub fn state(pool: PoolId) -> PoolState<u64> {
    Pools::<Test>::get(pool).unwrap()
}

pub fn reserves(pool: PoolId) -> Reserves {
    state(pool).reserves
}

/// Free credits of an account.
pub fn credits(who: &AccountId) -> Balance {
    Balances::free_balance(who)
}

/// Tokens of a pool that an account holds.
pub fn tokens(pool: PoolId, who: &AccountId) -> Balance {
    Assets::balance(pool.asset_id(), who)
}

pub fn buy(who: &AccountId, pool: PoolId, theta_in: Balance) -> DispatchResult {
    Market::buy(signed(who), pool, theta_in, 0, NEVER)
}

pub fn sell(who: &AccountId, pool: PoolId, psi_in: Balance) -> DispatchResult {
    Market::sell(signed(who), pool, psi_in, 0, NEVER)
}

/// A trade that must pass; its event.
pub fn traded(who: &AccountId, pool: PoolId, order: Order) -> Traded {
    assert_ok!(Pallet::<Test>::trade(who, pool, order, NEVER));
    last_trade()
}

pub fn bought(who: &AccountId, pool: PoolId, theta_in: Balance) -> Traded {
    traded(who, pool, Order::Buy { theta_in, min_psi_out: 0 })
}

pub fn sold(who: &AccountId, pool: PoolId, psi_in: Balance) -> Traded {
    traded(who, pool, Order::Sell { psi_in, min_theta_out: 0 })
}

/// What a `Traded` event says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Traded {
    pub trader: AccountId,
    pub side: Side,
    pub psi: Balance,
    pub theta: Balance,
    pub fee: hanzo_hmm::FeeSplit,
    pub price_before: u128,
    pub price_after: u128,
}

pub fn last_trade() -> Traded {
    let events = System::events().into_iter().rev();
    let mut trades = events.filter_map(|record| match record.event {
        RuntimeEvent::Market(crate::Event::Traded {
            trader, side, psi, theta, fee, price_before, price_after, ..
        }) => Some(Traded { trader, side, psi, theta, fee, price_before, price_after }),
        _ => None,
    });
    trades.next().expect("a trade in this block")
}

/// Numbers that look random and are the same in every run (splitmix64).
pub struct Dice(pub u64);

impl Dice {
    pub fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below `bound`.
    pub fn below(&mut self, bound: u128) -> u128 {
        (u128::from(self.roll()) << 64 | u128::from(self.roll())) % bound.max(1)
    }
}

/// An order in a batch, as its trader keeps it.
pub struct Kept {
    pub trader: AccountId,
    pub pool: PoolId,
    pub batch: BatchNumber,
    pub index: OrderIndex,
    pub order: HiddenOrder,
}

/// Salt of every order of the tests.
pub const SALT: [u8; 32] = [5; 32];

pub fn hidden_buy(psi: Balance, theta: Balance) -> HiddenOrder {
    HiddenOrder { side: Side::Buy, psi, theta }
}

pub fn hidden_sale(psi: Balance, theta: Balance) -> HiddenOrder {
    HiddenOrder { side: Side::Sell, psi, theta }
}

/// The batch of the current block.
pub fn this_batch() -> BatchNumber {
    (System::block_number() / 10) as BatchNumber
}

/// The commitment that a trader makes in the current batch.
pub fn commitment(who: &AccountId, pool: PoolId, order: &HiddenOrder) -> H256 {
    commitment_of(System::block_hash(0), pool, this_batch(), who, order, &SALT)
}

/// Commits an order that locks so much.
pub fn commit_locking(
    who: &AccountId,
    pool: PoolId,
    order: HiddenOrder,
    locked: Balance,
) -> Result<Kept, DispatchError> {
    let (batch, hash) = (this_batch(), commitment(who, pool, &order));
    Market::commit_order(signed(who), pool, batch, order.side, locked, hash)?;
    let index = System::events().into_iter().rev().find_map(|record| match record.event {
        RuntimeEvent::Market(crate::Event::OrderCommitted { index, .. }) => Some(index),
        _ => None,
    });
    Ok(Kept { trader: who.clone(), pool, batch, index: index.expect("an order was committed"), order })
}

/// Commits an order that locks just what it gives.
pub fn commit(who: &AccountId, pool: PoolId, order: HiddenOrder) -> Kept {
    let locked = if order.side == Side::Buy { order.theta } else { order.psi };
    commit_locking(who, pool, order, locked).unwrap()
}

pub fn reveal(kept: &Kept) -> DispatchResult {
    let HiddenOrder { psi, theta, .. } = kept.order;
    Market::reveal_order(signed(&kept.trader), kept.pool, kept.batch, kept.index, psi, theta, SALT)
}

/// Goes on to the first block in which orders of the current batch are revealed.
pub fn run_to_reveals() {
    run_to(u64::from(this_batch()) * 10 + 5);
}

/// Goes on to the block that clears the current batch.
pub fn run_to_clearing() {
    run_to(u64::from(this_batch()) * 10 + 10);
}

/// Commits and reveals orders, and clears their batch. To be called while orders are committed.
pub fn batched(orders: &[(AccountId, HiddenOrder)]) {
    let kept: Vec<_> = orders.iter().map(|(who, order)| commit(who, GPU, *order)).collect();
    run_to_reveals();
    for kept in &kept {
        assert_ok!(reveal(kept));
    }
    run_to_clearing();
}

/// What the last cleared batch did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cleared {
    pub price: u128,
    pub bought: Balance,
    pub sold: Balance,
    pub forfeited_psi: Balance,
    pub forfeited_theta: Balance,
}

pub fn cleared() -> Cleared {
    let events = System::events().into_iter().rev();
    let mut all = events.filter_map(|record| match record.event {
        RuntimeEvent::Market(crate::Event::BatchCleared {
            price,
            bought,
            sold,
            forfeited_psi,
            forfeited_theta,
            ..
        }) => Some(Cleared { price, bought, sold, forfeited_psi, forfeited_theta }),
        _ => None,
    });
    all.next().expect("a batch cleared in this block")
}

/// The end of a block that has room for everything.
pub fn idle() {
    Market::on_idle(System::block_number(), frame_support::weights::Weight::MAX);
}
