//! A chain of real blocks: every hook runs, every block carries its author's VRF output and the time, transactions are
//! signed, checked and pay their fee.

use crate::{
    Babe, Executive, Header, Nonce, Runtime, RuntimeCall, RuntimeOrigin, SignedPayload, System, TxExtension,
    UncheckedExtrinsic,
};
use codec::Encode;
use frame_support::traits::Get;
use sp_consensus_babe::{
    digests::{PreDigest, SecondaryVRFPreDigest},
    make_vrf_sign_data, Slot, BABE_ENGINE_ID,
};
use sp_core::{crypto::VrfSecret, H256};
use sp_keyring::Sr25519Keyring;
use sp_runtime::{
    generic::Era,
    traits::{Dispatchable, Header as _},
    ApplyExtrinsicResult, Digest, DigestItem, DispatchError,
};

/// Slot of the first block.
const FIRST_SLOT: u64 = 1_000_000;

/// A chain, always inside a block: hooks of its start have run, those of its end have not.
pub struct Chain {
    parent: H256,
    slot: u64,
}

impl Chain {
    /// Runs `test` on a chain that begins with the genesis of `preset`, in block 1.
    pub fn run<R>(preset: &str, test: impl FnOnce(&mut Chain) -> R) -> R {
        super::on_genesis(preset, || {
            let mut chain = Chain { parent: H256::repeat_byte(0x69), slot: FIRST_SLOT };
            chain.begin(Sr25519Keyring::Alice);
            test(&mut chain)
        })
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

    /// Goes on until `block` is the current one.
    pub fn run_to(&mut self, block: u32) {
        while self.now() < block {
            self.step();
        }
    }

    fn begin(&mut self, author: Sr25519Keyring) {
        self.slot += 1;
        let number = System::block_number() + 1;
        let digest = Digest { logs: vec![pre_digest(author, number, self.slot)] };
        Executive::initialize_block(&Header::new(number, H256::zero(), H256::zero(), self.parent, digest));
        let now = self.slot * Babe::slot_duration();
        let time = UncheckedExtrinsic::new_bare(pallet_timestamp::Call::set { now }.into());
        Executive::apply_extrinsic(time).unwrap().unwrap();
    }

    /// Puts a signed transaction into the block, as a user would send it.
    pub fn send(&mut self, signer: Sr25519Keyring, call: impl Into<RuntimeCall>) -> ApplyExtrinsicResult {
        let (call, account) = (call.into(), signer.to_account_id());
        let extension = extension(System::account_nonce(&account));
        let payload = SignedPayload::new(call.clone(), extension.clone()).unwrap();
        let signature = payload.using_encoded(|bytes| signer.sign(bytes)).into();
        Executive::apply_extrinsic(UncheckedExtrinsic::new_signed(call, account.into(), signature, extension))
    }
}

/// Makes a call in the current block without a transaction around it: no fee blurs what it moves.
pub fn dispatch(signer: Sr25519Keyring, call: impl Into<RuntimeCall>) -> Result<(), DispatchError> {
    let outcome = call.into().dispatch(RuntimeOrigin::signed(signer.to_account_id()));
    outcome.map(|_| ()).map_err(|error| error.error)
}

/// Every promise of every pallet holds.
pub fn check() {
    super::invariants::check().unwrap();
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
        vrf_signature: author.pair().vrf_sign(&make_vrf_sign_data(&randomness, slot, epoch)),
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
