//! A runtime of system, balances and this pallet, with a job book in storage.

use crate as pallet_sealing;
use frame_support::{derive_impl, parameter_types, storage_alias, Twox64Concat};
use hanzo_poai::{job::SEALING_KEY_BYTES, JobId};
use hanzo_traits::{AttestableJob, Balance, FailureReason, JobParties, JobRegistry, ReviewTerms};
use sp_runtime::{BuildStorage, DispatchError, DispatchResult};

type Block = frame_system::mocking::MockBlock<Test>;

frame_support::construct_runtime!(
    pub enum Test {
        System: frame_system,
        Balances: pallet_balances,
        Sealing: pallet_sealing,
    }
);

pub const CLIENT: u64 = 1;
pub const WORKER: u64 = 2;
pub const VERIFIER: u64 = 3;
pub const STRANGER: u64 = 4;
/// What everybody has, wei.
pub const ENDOWMENT: Balance = 10_000;
pub const KEY_DEPOSIT: Balance = 100;
pub const HAND_OVER_DEPOSIT: Balance = 7;

parameter_types! {
    pub const KeyDeposit: Balance = KEY_DEPOSIT;
    pub const HandOverDeposit: Balance = HAND_OVER_DEPOSIT;
}

#[derive_impl(frame_system::config_preludes::TestDefaultConfig)]
impl frame_system::Config for Test {
    type Block = Block;
    type AccountData = pallet_balances::AccountData<Balance>;
}

#[derive_impl(pallet_balances::config_preludes::TestDefaultConfig)]
impl pallet_balances::Config for Test {
    type Balance = Balance;
    type AccountStore = System;
    type RuntimeHoldReason = RuntimeHoldReason;
}

impl crate::Config for Test {
    type RuntimeHoldReason = RuntimeHoldReason;
    type Currency = Balances;
    type Jobs = Book;
    type KeyDeposit = KeyDeposit;
    type HandOverDeposit = HandOverDeposit;
    type WeightInfo = crate::weights::Measured<frame_support::weights::constants::ParityDbWeight>;
}

/// Jobs: client, worker, whether it is sealed, whether it is over.
#[storage_alias]
pub type Jobs = StorageMap<MockBook, Twox64Concat, JobId, (u64, Option<u64>, bool, bool)>;

/// The job book of the mock.
pub struct Book;

impl JobRegistry<u64, u64> for Book {
    fn attestable(_: JobId) -> Result<AttestableJob<u64, u64>, DispatchError> {
        Err(DispatchError::Unavailable)
    }

    fn note_attested(_: JobId, _: u32, _: u32) -> DispatchResult {
        Err(DispatchError::Unavailable)
    }

    fn settle(_: JobId, _: bool) -> DispatchResult {
        Err(DispatchError::Unavailable)
    }

    fn fail(_: JobId, _: FailureReason) -> DispatchResult {
        Err(DispatchError::Unavailable)
    }

    fn pools(_: JobId) -> u32 {
        1
    }

    fn client(job: JobId) -> Option<u64> {
        Jobs::get(job).map(|(client, ..)| client)
    }

    fn parties(job: JobId) -> Option<JobParties<u64>> {
        Jobs::get(job).map(|(client, worker, sealed, is_over)| JobParties { client, worker, sealed, is_over })
    }

    fn submitted_at(_: JobId) -> Option<u64> {
        None
    }

    fn review_terms(_: JobId) -> Option<ReviewTerms> {
        None
    }

    #[cfg(feature = "runtime-benchmarks")]
    fn accepted_for_benchmark(_: hanzo_traits::SessionKey) -> JobId {
        Jobs::insert(9, (CLIENT, Some(WORKER), false, false));
        9
    }

    #[cfg(feature = "runtime-benchmarks")]
    fn seal_for_benchmark(job: JobId) {
        Jobs::mutate(job, |job| job.iter_mut().for_each(|job| job.2 = true));
    }
}

/// A public key made of one byte.
pub fn key(byte: u8) -> crate::PublicKey {
    vec![byte; SEALING_KEY_BYTES as usize].try_into().expect("as long as a key")
}

/// Job 5: sealed, under way, of client and worker.
pub const JOB: JobId = 5;

pub fn new_test_ext() -> sp_io::TestExternalities {
    let balances = [CLIENT, WORKER, VERIFIER, STRANGER].map(|who| (who, ENDOWMENT)).to_vec();
    let balances = pallet_balances::GenesisConfig::<Test> { balances, ..Default::default() };
    let storage = RuntimeGenesisConfig { balances, ..Default::default() }.build_storage().expect("builds");
    let mut ext = sp_io::TestExternalities::new(storage);
    ext.execute_with(|| {
        System::set_block_number(1);
        Jobs::insert(JOB, (CLIENT, Some(WORKER), true, false));
    });
    ext
}

/// Runs a scenario and checks the invariants after it.
pub fn run(scenario: impl FnOnce()) {
    new_test_ext().execute_with(|| {
        scenario();
        Sealing::do_try_state(1).expect("invariants hold");
    });
}
