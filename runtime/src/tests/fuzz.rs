//! Whatever bytes arrive as transactions: nothing panics, every promise holds, blocks go on.
//!
//! `cargo test` tries some at random, and those of `corpus`; `scripts/fuzz` searches for those that reach new code, and adds them
//! there.

use super::{
    actors::*,
    chain::{dispatch, Chain},
};
use crate::{constants::AI, transactions::MAX_EXTRINSIC_DEPTH, Poai, Runtime, RuntimeCall, System, UncheckedExtrinsic};
use codec::{DecodeLimit, Encode};
use hanzo_poai::{
    canary,
    committee::{commitment, Score, Vote},
    review::Phase,
    JobId,
};
use pallet_poai::Parameters;
use sp_core::{Pair, H256};
use sp_keyring::Sr25519Keyring::{self, *};

/// Who sends. The key of sudo is not among them: it may do anything.
const SIGNERS: [Sr25519Keyring; 4] = [Bob, Charlie, Dave, Ferdie];

/// Blocks of one history.
const MAX_BLOCKS: u32 = 60;

/// Steps that bytes find seldom: a job, what its worker does with it, a block's end, a canary.
fn usual(chain: &mut Chain, choice: u8, nonce: u64) {
    let newest = last_job_if_any().unwrap_or_default();
    let job = newest.saturating_sub(u64::from(choice >> 6));
    // Whatever becomes of them: only what holds afterwards counts.
    let _ = match choice % 8 {
        0 if chain.now() < MAX_BLOCKS => return chain.step(),
        1 => chain.send(CLIENT, submit(nonce, u32::from(choice) + 1, chain.now() + 40)),
        2 => chain.send(WORKER, pallet_compute::Call::accept_job { job }),
        3 => match attest(WORKER, job, 1, u32::from(choice) % 16) {
            Ok(call) => chain.send(WORKER, call),
            Err(_) => return,
        },
        4 => chain.send(Dave, pallet_poai::Call::challenge { job }),
        5 => {
            // Of what the client may submit next.
            let hashes = (1..5).map(|next| lodged_hash(nonce + next)).collect::<Vec<_>>();
            let hashes = hashes.try_into().expect("four are not too many");
            chain.send(Dave, pallet_poai::Call::lodge_canaries { hashes })
        }
        6 => match reveal_canary(job) {
            Some(call) => chain.send(CLIENT, call),
            None => return,
        },
        _ => return vote(chain, choice),
    };
}

/// What the preset's operator lodges for a job of the client's under such a nonce.
fn lodged_hash(nonce: u64) -> H256 {
    let (operator, client) = (Dave.to_account_id(), CLIENT.to_account_id());
    canary::commitment(&System::block_hash(0), &operator, &client, nonce, &[0; 32])
}

/// The reveal of a job as a canary, with its worker's consent, if it was attested.
fn reveal_canary(job: JobId) -> Option<pallet_poai::Call<Runtime>> {
    let record = pallet_poai::Attestations::<Runtime>::get(job)?;
    let agreed = canary::consent(&record.challenge, &lodged_hash(record.nonce));
    let consent = session_pair(WORKER).sign(agreed.as_bytes());
    Some(pallet_poai::Call::reveal_canary { operator: Dave.to_account_id(), job, salt: [0; 32], consent })
}

/// The verifiers of the genesis: enough for seven, and for three more.
const VERIFIERS: [Sr25519Keyring; 10] =
    [AliceStash, BobStash, CharlieStash, DaveStash, EveStash, FerdieStash, Alice, Bob, Dave, One];

/// A member of the first committee there is commits, or reveals what it committed to; what it found and whether it speaks at all
/// is up to the byte.
fn vote(chain: &mut Chain, choice: u8) {
    let Some(review) = Poai::open_audits(1).pop() else { return };
    let scores = [Score::Good, Score::Bad, Score::Unavailable, Score::Withheld];
    let score = scores[usize::from(choice >> 3) % scores.len()];
    let vote = Vote { score, digest: H256::zero() };
    for member in review.members {
        let signer = VERIFIERS.into_iter().find(|verifier| verifier.to_account_id() == member.account);
        let Some(signer) = signer.filter(|_| choice < 0x80 || !member.committed) else { continue };
        let hash = commitment(&System::block_hash(0), review.job, review.round, &member.account, &vote, &[0; 32]);
        let _ = match review.phase {
            Phase::Summoning => return,
            Phase::Committing => {
                chain.send(signer, pallet_poai::Call::commit_verdict { job: review.job, commitment: hash })
            }
            Phase::Revealing => {
                let call = pallet_poai::Call::reveal_verdict { job: review.job, vote, salt: [0; 32], evidence: hash };
                chain.send(signer, call)
            }
        };
    }
}

/// Half of all jobs are audited, and there is who can do it.
fn prepare() {
    let settings =
        Parameters { audit_rate_ppb: 500_000_000, min_verifier_bond: 50 * AI, slashing: true, engine_profile: None };
    pallet_poai::Settings::<Runtime>::put(settings);
    let value = 1_000 * AI;
    dispatch(Bob, pallet_balances::Call::transfer_allow_death { dest: One.to_account_id().into(), value }).unwrap();
    for verifier in VERIFIERS {
        dispatch(verifier, pallet_poai::Call::register_verifier { bond: 50 * AI }).unwrap();
    }
}

/// Does what the bytes say until they end or stop making sense.
fn act(chain: &mut Chain, bytes: &mut &[u8], nonce: u64) -> Option<()> {
    let (&choice, rest) = bytes.split_first()?;
    *bytes = rest;
    let Some(signer) = SIGNERS.get(usize::from(choice)) else {
        usual(chain, choice, nonce);
        return Some(());
    };
    let call = RuntimeCall::decode_with_depth_limit(MAX_EXTRINSIC_DEPTH, bytes).ok()?;
    let _ = chain.send(*signer, call);
    Some(())
}

/// Has happen what the bytes say. Every promise is checked after every block.
fn live(mut bytes: &[u8]) {
    Chain::run("development", |chain| {
        prepare();
        let mut nonce = 0;
        while act(chain, &mut bytes, nonce).is_some() {
            nonce += 1;
        }
        chain.step();
    });
}

/// Reads a transaction and writes it again.
fn read(bytes: &[u8]) {
    // As the executor decodes what it is handed: plain decoding would follow calls in calls without end.
    if let Ok(transaction) = UncheckedExtrinsic::decode_all_with_depth_limit(MAX_EXTRINSIC_DEPTH, &mut &bytes[..]) {
        let again = transaction.encode();
        let decoded = UncheckedExtrinsic::decode_all_with_depth_limit(MAX_EXTRINSIC_DEPTH, &mut &again[..]);
        assert_eq!(decoded.as_ref(), Ok(&transaction));
    }
}

/// The inputs in a file of `scripts/fuzz-corpus`.
fn unpacked(mut packed: &[u8]) -> Vec<&[u8]> {
    let mut inputs = Vec::new();
    while let Some((size, rest)) = packed.split_first_chunk() {
        let (input, rest) = rest.split_at(usize::from(u16::from_le_bytes(*size)));
        inputs.push(input);
        packed = rest;
    }
    inputs
}

#[test]
fn history_should_neither_panic_nor_break_a_promise_when_it_is_made_of_any_bytes() {
    bolero::check!().for_each(live);
}

#[test]
fn transaction_should_be_read_or_refused_when_it_is_any_bytes() {
    bolero::check!().for_each(read);
}

#[test]
fn promises_should_hold_when_what_reached_new_code_once_happens_again() {
    let histories = unpacked(include_bytes!("corpus/history.bin"));
    assert!(histories.len() > 100, "{} histories", histories.len());
    histories.into_iter().for_each(live);
    let transactions = unpacked(include_bytes!("corpus/transaction.bin"));
    assert!(transactions.len() > 100, "{} transactions", transactions.len());
    transactions.into_iter().for_each(read);
}
