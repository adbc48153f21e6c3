//! Whatever bytes arrive as transactions: nothing panics, every promise holds, blocks go on.
//!
//! `cargo test` tries some at random; `scripts/fuzz` searches for those that reach new code.

use super::{actors::*, chain::Chain};
use crate::{transactions::MAX_EXTRINSIC_DEPTH, RuntimeCall, UncheckedExtrinsic};
use codec::{DecodeLimit, Encode};
use sp_keyring::Sr25519Keyring::{self, Bob, Charlie, Dave, Ferdie};

/// Who sends. The key of sudo is not among them: it may do anything.
const SIGNERS: [Sr25519Keyring; 4] = [Bob, Charlie, Dave, Ferdie];

/// Blocks of one history.
const MAX_BLOCKS: u32 = 60;

/// Steps that bytes find seldom: a job, what its worker does with it, a block's end.
fn usual(chain: &mut Chain, choice: u8, nonce: u64) {
    let newest = last_job_if_any().unwrap_or_default();
    let job = newest.saturating_sub(u64::from(choice >> 6));
    // Whatever becomes of them: only what holds afterwards counts.
    let _ = match choice % 4 {
        0 if chain.now() < MAX_BLOCKS => return chain.step(),
        1 => chain.send(CLIENT, submit(nonce, u32::from(choice) + 1, chain.now() + 40)),
        2 => chain.send(WORKER, pallet_compute::Call::accept_job { job }),
        _ => match attest(WORKER, job, 1, u32::from(choice) % 16) {
            Ok(call) => chain.send(WORKER, call),
            Err(_) => return,
        },
    };
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

#[test]
fn history_should_neither_panic_nor_break_a_promise_when_it_is_made_of_any_bytes() {
    bolero::check!().for_each(|mut bytes: &[u8]| {
        Chain::run("development", |chain| {
            let mut nonce = 0;
            while act(chain, &mut bytes, nonce).is_some() {
                nonce += 1;
            }
            chain.step();
        });
    });
}

#[test]
fn transaction_should_be_read_or_refused_when_it_is_any_bytes() {
    bolero::check!().for_each(|bytes: &[u8]| {
        // As the executor decodes what it is handed: plain decoding would follow calls in calls without end.
        if let Ok(transaction) = UncheckedExtrinsic::decode_all_with_depth_limit(MAX_EXTRINSIC_DEPTH, &mut &bytes[..]) {
            let again = transaction.encode();
            let decoded = UncheckedExtrinsic::decode_all_with_depth_limit(MAX_EXTRINSIC_DEPTH, &mut &again[..]);
            assert_eq!(decoded.as_ref(), Ok(&transaction));
        }
    });
}
