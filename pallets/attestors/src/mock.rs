//! A runtime of system and this pallet, with a clock and session keys in storage, so that rollbacks reach them.

use crate::{self as pallet_attestors, *};
use ark_bls12_381::{Bls12_381, Fr};
use ark_groth16::Groth16;
use ark_relations::r1cs::{ConstraintSynthesizer, ConstraintSystemRef, SynthesisError, Variable};
use ark_serialize::CanonicalSerialize;
use ark_snark::SNARK;
use ark_std::rand::{rngs::StdRng, SeedableRng};
use frame_support::{
    derive_impl, parameter_types, storage_alias,
    traits::{EitherOfDiverse, SortedMembers, UnixTime},
    Twox64Concat,
};
use frame_system::{EnsureRoot, EnsureSignedBy};
use hanzo_poai::{Attestation, Proof};
use hanzo_proofs::{
    binding, groth16,
    testing::{dcap, snp, NOW, VALIDITY},
    AllVendors, QuoteVerifiers, TcbPolicy, Vendor,
};
use hanzo_traits::{SessionKey, WorkerRegistry};
use sp_core::{sr25519, Pair, H256};
use sp_runtime::{BuildStorage, DispatchError, DispatchResult};
use std::{sync::LazyLock, time::Duration};

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
    pub type Attesting = pallet_attestors;
}

pub const WORKER: u64 = 2;
pub const OTHER_WORKER: u64 = 3;
pub const STRANGER: u64 = 4;
/// Who may pause.
pub const GUARD: u64 = 9;
pub const EPOCH: u64 = 100;
/// When roots and measurements of the mock end.
pub const UNTIL: u64 = NOW + 2 * VALIDITY;

#[derive_impl(frame_system::config_preludes::TestDefaultConfig)]
impl frame_system::Config for Test {
    type Block = frame_system::mocking::MockBlock<Test>;
}

parameter_types! {
    pub const Epoch: u64 = EPOCH;
}

pub struct Guards;

impl SortedMembers<u64> for Guards {
    fn sorted_members() -> Vec<u64> {
        vec![GUARD]
    }
}

#[storage_alias]
pub type Time = StorageValue<MockBook, u64>;
#[storage_alias]
pub type Keys = StorageMap<MockBook, Twox64Concat, u64, SessionKey>;

/// Clock and worker registry of the mock.
pub struct Book;

impl UnixTime for Book {
    fn now() -> Duration {
        Duration::from_secs(Time::get().unwrap_or(NOW))
    }
}

impl WorkerRegistry<u64> for Book {
    fn note_change(_: &u64) -> DispatchResult {
        Ok(())
    }

    fn session_key(worker: &u64) -> Option<SessionKey> {
        Keys::get(worker)
    }

    fn freeze_bond(_: &u64, _: u32) -> Result<u128, DispatchError> {
        Err(DispatchError::Unavailable)
    }

    fn thaw_bond(_: &u64, _: u128) -> DispatchResult {
        Err(DispatchError::Unavailable)
    }

    fn slash_frozen(_: &u64, _: u128, _: Option<(u64, u128)>) -> DispatchResult {
        Err(DispatchError::Unavailable)
    }
}

#[cfg(feature = "runtime-benchmarks")]
impl crate::benchmarking::BenchmarkHelper<u64> for Book {
    fn set_time(seconds: u64) {
        Time::put(seconds);
    }

    fn worker(key: SessionKey) -> u64 {
        Keys::insert(WORKER, key);
        WORKER
    }
}

impl crate::Config for Test {
    type GovernOrigin = EnsureRoot<u64>;
    type EmergencyOrigin = EitherOfDiverse<EnsureRoot<u64>, EnsureSignedBy<Guards, u64>>;
    type Clock = Book;
    type Workers = Book;
    type Quotes = AllVendors;
    type Epoch = Epoch;
    type WeightInfo = crate::weights::Measured<frame_support::weights::constants::ParityDbWeight>;
    #[cfg(feature = "runtime-benchmarks")]
    type BenchmarkHelper = Book;
}

/// Hardware of the mock's PKI.
pub static PLATFORM: LazyLock<dcap::Platform> = LazyLock::new(|| dcap::Platform::new(Default::default()));
pub static CHIP: LazyLock<snp::Chip> = LazyLock::new(|| snp::Chip::new(Default::default()));

/// Root of a vendor in the mock's PKI.
pub fn root(vendor: Vendor) -> Vec<u8> {
    match vendor {
        Vendor::Sgx | Vendor::Tdx => PLATFORM.root(),
        Vendor::SevSnp => CHIP.root(),
    }
}

/// Collateral in the mock's PKI.
pub fn collateral(vendor: Vendor) -> Vec<u8> {
    match vendor {
        Vendor::Sgx => PLATFORM.sgx_collateral(),
        Vendor::Tdx => PLATFORM.tdx_collateral(),
        Vendor::SevSnp => CHIP.collateral(),
    }
}

/// A quote with these report data.
pub fn quote(vendor: Vendor, report_data: [u8; 64]) -> Vec<u8> {
    match vendor {
        Vendor::Sgx => PLATFORM.sgx_quote(report_data),
        Vendor::Tdx => PLATFORM.tdx_quote(report_data),
        Vendor::SevSnp => CHIP.report(report_data),
    }
}

/// What the mock's hardware of a vendor runs.
pub fn measurement(vendor: Vendor) -> H256 {
    let quote = quote(vendor, [0; 64]);
    AllVendors::verify(vendor, &quote, &collateral(vendor), &root(vendor), NOW).expect("verifies").measurement
}

/// The session key of an account.
pub fn pair(account: u64) -> sr25519::Pair {
    sr25519::Pair::from_string(&format!("//session/{account}"), None).expect("a path")
}

/// The attestor with a name.
pub fn attestor(name: u8) -> sr25519::Pair {
    sr25519::Pair::from_string(&format!("//attestor/{name}"), None).expect("a path")
}

/// Attestors in the order of the set.
pub fn attestors() -> Vec<sr25519::Pair> {
    let mut pairs: Vec<_> = (0..5).map(attestor).collect();
    pairs.sort_by_key(|pair| pair.public());
    pairs
}

/// Signatures of these places of the set.
pub fn signatures(places: &[u8], message: &H256) -> Vec<(u8, sr25519::Signature)> {
    let pairs = attestors();
    places.iter().map(|place| (*place, pairs[usize::from(*place)].sign(message.as_bytes()))).collect()
}

pub fn genesis_hash() -> H256 {
    System::block_hash(0)
}

/// A quote that binds a worker's session key for an epoch.
pub fn binding_quote(vendor: Vendor, worker: u64, epoch: u64) -> Quote {
    let key = pair(worker).public();
    let bound = binding::registration(&genesis_hash(), &worker, &key, epoch, &measurement(vendor));
    quote(vendor, binding::report_data(&bound)).try_into().expect("short")
}

pub fn root_id(vendor: Vendor) -> H256 {
    Attesting::root_id(&root(vendor))
}

/// Registers a worker's session key with a good quote.
pub fn register(vendor: Vendor, worker: u64, epoch: u64) -> sp_runtime::DispatchResult {
    let quote = binding_quote(vendor, worker, epoch);
    let collateral = collateral(vendor).try_into().expect("short");
    Attesting::register_key(RuntimeOrigin::signed(worker), vendor, root_id(vendor), epoch, quote, collateral)
}

/// An attestation of a worker.
pub fn attestation(worker: u64) -> Attestation<u64> {
    Attestation {
        job: 7,
        worker,
        model: H256::repeat_byte(3),
        input: H256::repeat_byte(4),
        output: H256::repeat_byte(5),
        tokens_root: H256::repeat_byte(6),
        fingerprints_root: H256::repeat_byte(7),
        prompt_tokens: 8,
        output_tokens: 9,
        nonce: 10,
        seed: H256::repeat_byte(11),
        engine_profile: H256::repeat_byte(12),
        prior_root: H256::zero(),
        proof: Proof::Replay,
    }
}

pub const CHALLENGE: H256 = H256::repeat_byte(0xC4);

/// The pilot's relation: somebody knows a factorisation of the first half of the statement, and has seen its second half.
#[derive(Clone, Copy)]
pub struct Product {
    pub factors: Option<(Fr, Fr)>,
    pub halves: Option<(Fr, Fr)>,
}

impl ConstraintSynthesizer<Fr> for Product {
    fn generate_constraints(self, system: ConstraintSystemRef<Fr>) -> Result<(), SynthesisError> {
        let missing = || SynthesisError::AssignmentMissing;
        let first = system.new_input_variable(|| self.halves.map(|halves| halves.0).ok_or_else(missing))?;
        let last = system.new_input_variable(|| self.halves.map(|halves| halves.1).ok_or_else(missing))?;
        let one = system.new_witness_variable(|| self.factors.map(|factors| factors.0).ok_or_else(missing))?;
        let other = system.new_witness_variable(|| self.factors.map(|factors| factors.1).ok_or_else(missing))?;
        let seen = system.new_witness_variable(|| self.halves.map(|halves| halves.1).ok_or_else(missing))?;
        system.enforce_constraint(one.into(), other.into(), first.into())?;
        system.enforce_constraint(seen.into(), Variable::One.into(), last.into())
    }
}

/// Keys of the pilot's relation.
pub struct Pilot {
    proving: ark_groth16::ProvingKey<Bls12_381>,
    pub verifying: VerifyingKey,
}

pub static PILOT: LazyLock<Pilot> = LazyLock::new(|| {
    let circuit = Product { factors: None, halves: None };
    let (proving, verifying) =
        Groth16::<Bls12_381>::circuit_specific_setup(circuit, &mut StdRng::seed_from_u64(1)).expect("set up");
    let mut bytes = Vec::new();
    verifying.serialize_compressed(&mut bytes).expect("encodes");
    Pilot { proving, verifying: bytes.try_into().expect("short") }
});

/// A proof of a statement.
pub fn prove(statement: &H256) -> [u8; groth16::PROOF_BYTES] {
    use ark_ff::Field;
    let [first, last] = groth16::public_inputs(statement);
    let one = Fr::from(3u8);
    let circuit = Product { factors: Some((one, first * one.inverse().expect("not 0"))), halves: Some((first, last)) };
    let proof = Groth16::<Bls12_381>::prove(&PILOT.proving, circuit, &mut StdRng::seed_from_u64(2)).expect("proves");
    let mut bytes = Vec::new();
    proof.serialize_compressed(&mut bytes).expect("encodes");
    bytes.try_into().expect("192 bytes")
}

/// The chain with a registry: all vendors' test roots, what the test hardware runs, five attestors of whom three must sign,
/// and the pilot under number 1. Both workers have session keys.
pub fn new_test_ext() -> sp_io::TestExternalities {
    let allowance = |vendor| (measurement(vendor), Allowance { vendor, policy: TcbPolicy::up_to_date(), until: UNTIL });
    let genesis = GenesisConfig::<Test> {
        roots: Vendor::ALL.map(|vendor| (vendor, root(vendor), UNTIL)).to_vec(),
        measurements: Vendor::ALL.map(allowance).to_vec(),
        attestors: (0..5).map(|name| attestor(name).public()).collect(),
        threshold: 3,
        verifiers: vec![(1, PILOT.verifying.to_vec())],
        _runtime: Default::default(),
    };
    let storage = RuntimeGenesisConfig { system: Default::default(), attesting: genesis }.build_storage();
    let mut ext = sp_io::TestExternalities::new(storage.expect("builds"));
    ext.execute_with(|| {
        System::set_block_number(EPOCH);
        for worker in [WORKER, OTHER_WORKER] {
            Keys::insert(worker, pair(worker).public());
        }
    });
    ext
}

/// Runs a scenario and checks the invariants after it.
pub fn run(scenario: impl FnOnce()) {
    new_test_ext().execute_with(|| {
        scenario();
        assert_eq!(Attesting::do_try_state(1), Ok(()));
    });
}
