//! Transactions in the pool, against the metadata of a runtime with two pallets.

use super::*;
use codec::Compact;
use sp_core::sr25519::Signature;
use sp_runtime::scale_info::{self, meta_type, TypeInfo};
use sp_runtime::MultiSignature;
use std::marker::PhantomData;
use subxt::ext::frame_metadata::v14::*;
use subxt::ext::frame_metadata::RuntimeMetadataPrefixed;

#[derive(Encode, TypeInfo)]
#[scale_info(crate = scale_info)]
enum RuntimeCall {
    #[codec(index = 7)]
    Compute(ComputeCall),
    #[codec(index = 9)]
    Utility(UtilityCall),
}

#[derive(Encode, TypeInfo)]
#[scale_info(crate = scale_info)]
#[allow(non_camel_case_types)]
enum ComputeCall {
    #[codec(index = 13)]
    accept_job {
        #[codec(compact)]
        job: u64,
    },
}

#[derive(Encode, TypeInfo)]
#[scale_info(crate = scale_info)]
#[allow(non_camel_case_types)]
enum UtilityCall {
    #[codec(index = 0)]
    batch { calls: Vec<RuntimeCall> },
    #[codec(index = 1)]
    remark { bytes: Vec<u8> },
}

#[derive(TypeInfo)]
#[scale_info(crate = scale_info)]
enum RuntimeEvent {
    _None,
}

#[derive(TypeInfo)]
#[scale_info(crate = scale_info)]
struct Runtime;

/// Names the types that a transaction is made of, as metadata of version 14 has them.
#[derive(TypeInfo)]
#[scale_info(crate = scale_info)]
struct Transaction<Address, Call, Signature, Extra>(PhantomData<(Address, Call, Signature, Extra)>);

fn metadata() -> Metadata {
    let pallet = |name: &'static str, index, calls| PalletMetadata {
        name,
        storage: None,
        calls: Some(PalletCallMetadata { ty: calls }),
        event: Some(PalletEventMetadata { ty: meta_type::<RuntimeEvent>() }),
        constants: vec![],
        error: None,
        index,
    };
    let pallets =
        vec![pallet("Compute", 7, meta_type::<ComputeCall>()), pallet("Utility", 9, meta_type::<UtilityCall>())];
    let nonce = SignedExtensionMetadata {
        identifier: "CheckNonce",
        ty: meta_type::<Compact<u32>>(),
        additional_signed: meta_type::<()>(),
    };
    let ty = meta_type::<Transaction<MultiAddress<AccountId32, ()>, RuntimeCall, MultiSignature, Compact<u32>>>();
    let extrinsic = ExtrinsicMetadata { ty, version: 4, signed_extensions: vec![nonce] };
    let whole = RuntimeMetadataV14::new(pallets, extrinsic, meta_type::<Runtime>());
    Metadata::decode_from(&RuntimeMetadataPrefixed::from(whole).encode()).unwrap()
}

fn account(tag: u8) -> AccountId32 {
    AccountId32::new([tag; 32])
}

fn accept(job: u64) -> RuntimeCall {
    RuntimeCall::Compute(ComputeCall::accept_job { job })
}

/// A transaction of version 4 that an account has signed.
fn signed(signer: &AccountId32, nonce: u32, call: RuntimeCall) -> Vec<u8> {
    let address = MultiAddress::<AccountId32, ()>::Id(signer.clone());
    let signature = MultiSignature::Sr25519(Signature::default());
    let mut body = vec![0x84];
    (address, signature, Compact(nonce), call).encode_to(&mut body);
    body.encode()
}

#[test]
fn waiting_call_should_be_known_by_signer_and_content_whatever_its_nonce() {
    let (metadata, call) = (metadata(), accept(5).encode());
    for nonce in [0, 7, 100_000] {
        assert!(carries(&metadata, &signed(&account(1), nonce, accept(5)), &account(1), &call));
    }
    assert!(!carries(&metadata, &signed(&account(2), 0, accept(5)), &account(1), &call));
    assert!(!carries(&metadata, &signed(&account(1), 0, accept(6)), &account(1), &call));
}

#[test]
fn waiting_call_should_not_be_taken_for_ours_when_a_stranger_wraps_it() {
    let (metadata, ours, call) = (metadata(), account(1), accept(5).encode());
    let note = RuntimeCall::Utility(UtilityCall::remark { bytes: ours.encode() });
    let spoof = signed(&account(2), 0, RuntimeCall::Utility(UtilityCall::batch { calls: vec![note, accept(5)] }));
    // All that used to be looked for is there.
    assert!(spoof.ends_with(&call) && spoof.windows(32).any(|part| part == ours.encode()));
    assert!(!carries(&metadata, &spoof, &ours, &call));
}

#[test]
fn waiting_call_should_not_be_taken_for_a_batch_of_ours_that_ends_with_it() {
    let (metadata, ours, call) = (metadata(), account(1), accept(5).encode());
    let batch = signed(&ours, 0, RuntimeCall::Utility(UtilityCall::batch { calls: vec![accept(4), accept(5)] }));
    assert!(batch.ends_with(&call));
    assert!(!carries(&metadata, &batch, &ours, &call));
}

#[test]
fn waiting_call_should_not_be_found_in_bytes_that_are_no_signed_transaction() {
    let (metadata, ours, call) = (metadata(), account(1), accept(5).encode());
    let unsigned = [vec![0x04], call.clone()].concat().encode();
    let longer = [signed(&ours, 0, accept(5)), call.clone()].concat();
    for bytes in [call.clone(), unsigned, longer, b"no transaction".to_vec(), vec![]] {
        assert!(!carries(&metadata, &bytes, &ours, &call), "{}", hex::encode(bytes));
    }
}
