//! A chain of real blocks: every hook runs, every block carries its author's VRF output and the time, transactions are
//! signed, checked and pay their fee.

use crate::{
    AccountId, AllPalletsWithSystem, Babe, Executive, Header, Nonce, Runtime, RuntimeCall, RuntimeOrigin,
    SignedPayload, System, TxExtension, UncheckedExtrinsic,
};
use alloc::vec;
use codec::Encode;
use frame_support::traits::{Get, OnFinalize, OnIdle};
use sp_consensus_babe::{
    digests::{PreDigest, SecondaryVRFPreDigest},
    make_vrf_sign_data, Slot, BABE_ENGINE_ID,
};
use sp_core::{
    crypto::{Pair as _, VrfSecret},
    sr25519, H256,
};
use sp_io::hashing::blake2_256;
use sp_keyring::Sr25519Keyring;
use sp_runtime::{
    generic::Era,
    traits::{Dispatchable, Header as _},
    ApplyExtrinsicResult, Digest, DigestItem, DispatchError,
};
use std::{collections::BTreeMap, sync::LazyLock};

/// The keys of all test accounts. A key derived anew takes longer than most blocks do.
static PAIRS: LazyLock<BTreeMap<Sr25519Keyring, sr25519::Pair>> =
    LazyLock::new(|| Sr25519Keyring::iter().map(|account| (account, account.pair())).collect());

/// Slot of the first block.
const FIRST_SLOT: u64 = 1_000_000;

/// A chain, always inside a block: hooks of its start have run, those of its end have not. Its state is that of the
/// externalities around.
#[derive(Clone, Debug)]
pub struct Chain {
    parent: H256,
    slot: u64,
}

impl Chain {
    /// A chain in block 1, which Alice writes, on a state that is a genesis.
    pub fn start() -> Self {
        let mut chain = Self { parent: H256::repeat_byte(0x69), slot: FIRST_SLOT };
        chain.begin(Sr25519Keyring::Alice);
        chain
    }

    /// Number of the current block.
    pub fn now(&self) -> u32 {
        System::block_number()
    }

    /// Ends the current block and begins the next, which Alice writes.
    pub fn step(&mut self) {
        self.step_by(Sr25519Keyring::Alice);
    }

    /// Ends the current block and begins the next, which `author` writes. Checks every promise in between.
    pub fn step_by(&mut self, author: Sr25519Keyring) {
        self.parent = Executive::finalize_block().hash();
        check();
        self.begin(author);
    }

    /// Ends the current block and begins the next, which `author` writes after `skipped` empty slots.
    ///
    /// All hooks run, with real VRF outputs, but nothing is checked and no state root is computed, as nobody reads it: the
    /// hash of the block is one of its number, its slot and its parent. Takes a small part of the time of
    /// [`Chain::step_by`].
    pub fn advance(&mut self, author: Sr25519Keyring, skipped: u64) {
        let number = System::block_number();
        System::note_finished_extrinsics();
        let most = <Runtime as frame_system::Config>::BlockWeights::get().max_block;
        let left = most.saturating_sub(System::block_weight().total());
        AllPalletsWithSystem::on_idle(number, left);
        AllPalletsWithSystem::on_finalize(number);
        self.parent = blake2_256(&(self.parent, number, self.slot).encode()).into();
        self.slot += skipped;
        self.open(author);
        let now = self.slot * Babe::slot_duration();
        let time = RuntimeCall::from(pallet_timestamp::Call::set { now });
        time.dispatch(RuntimeOrigin::none()).unwrap();
    }

    /// Goes on until `block` is the current one.
    pub fn run_to(&mut self, block: u32) {
        while self.now() < block {
            self.step();
        }
    }

    /// Begins the next block: the hooks of its start run.
    fn open(&mut self, author: Sr25519Keyring) {
        self.slot += 1;
        let number = System::block_number() + 1;
        let digest = Digest { logs: vec![pre_digest(author, number, self.slot)] };
        Executive::initialize_block(&Header::new(number, H256::zero(), H256::zero(), self.parent, digest));
    }

    fn begin(&mut self, author: Sr25519Keyring) {
        self.open(author);
        let now = self.slot * Babe::slot_duration();
        let time = UncheckedExtrinsic::new_bare(pallet_timestamp::Call::set { now }.into());
        Executive::apply_extrinsic(time).unwrap().unwrap();
    }

    /// Puts a signed transaction into the block, as a user would send it.
    pub fn send(&mut self, signer: Sr25519Keyring, call: impl Into<RuntimeCall>) -> ApplyExtrinsicResult {
        let (call, account) = (call.into(), signer.to_account_id());
        let extension = extension(System::account_nonce(&account));
        let payload = SignedPayload::new(call.clone(), extension.clone()).unwrap();
        let signature = payload.using_encoded(|bytes| PAIRS[&signer].sign(bytes)).into();
        Executive::apply_extrinsic(UncheckedExtrinsic::new_signed(call, account.into(), signature, extension))
    }
}

/// Makes a call in the current block without a transaction around it: no fee blurs what it moves.
pub fn dispatch(signer: Sr25519Keyring, call: impl Into<RuntimeCall>) -> Result<(), DispatchError> {
    dispatch_as(signer.to_account_id(), call)
}

/// The same for an account whose key nobody needs.
pub fn dispatch_as(account: AccountId, call: impl Into<RuntimeCall>) -> Result<(), DispatchError> {
    let outcome = call.into().dispatch(RuntimeOrigin::signed(account));
    outcome.map(|_| ()).map_err(|error| error.error)
}

/// Every promise of every pallet holds.
pub fn check() {
    super::invariants().unwrap();
}

/// What the author of slot `slot` proves about it: a real VRF signature under the epoch in force when the block begins.
fn pre_digest(author: Sr25519Keyring, number: u32, slot: u64) -> DigestItem {
    let slot = Slot::from(slot);
    let ends =
        number > 1 && *slot - *Babe::current_epoch_start() >= <Runtime as pallet_babe::Config>::EpochDuration::get();
    let (randomness, epoch) = match ends {
        true => (pallet_babe::NextRandomness::<Runtime>::get(), pallet_babe::EpochIndex::<Runtime>::get() + 1),
        false => (pallet_babe::Randomness::<Runtime>::get(), pallet_babe::EpochIndex::<Runtime>::get()),
    };
    let key = sp_consensus_babe::AuthorityId::from(author.public());
    let place = Babe::authorities().iter().position(|(authority, _)| *authority == key);
    let proof = SecondaryVRFPreDigest {
        authority_index: place.expect("the author is a validator") as u32,
        slot,
        vrf_signature: PAIRS[&author].vrf_sign(&make_vrf_sign_data(&randomness, slot, epoch)),
    };
    DigestItem::PreRuntime(BABE_ENGINE_ID, PreDigest::SecondaryVRF(proof).encode())
}

fn extension(nonce: Nonce) -> TxExtension {
    (
        frame_system::AuthorizeCall::new(),
        frame_system::CheckNonZeroSender::new(),
        frame_system::CheckSpecVersion::new(),
        frame_system::CheckTxVersion::new(),
        frame_system::CheckGenesis::new(),
        frame_system::CheckEra::from(Era::Immortal),
        frame_system::CheckNonce::from(nonce),
        frame_system::CheckWeight::new(),
        pallet_transaction_payment::ChargeTransactionPayment::from(0),
        frame_metadata_hash_extension::CheckMetadataHash::new(false),
        frame_system::WeightReclaim::new(),
    )
}
