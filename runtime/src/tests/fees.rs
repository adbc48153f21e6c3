//! What calls cost their sender.

use super::{actors::*, chain::Chain};
use crate::{
    constants::{AI, MILLI_AI},
    Balance, RuntimeCall, RuntimeEvent, System,
};
use sp_keyring::Sr25519Keyring::{self, Dave, Eve};

/// The fee of a call that succeeds, wei.
fn fee(chain: &mut Chain, signer: Sr25519Keyring, call: impl Into<RuntimeCall>) -> Balance {
    chain.send(signer, call).unwrap().unwrap();
    let last = System::events().into_iter().rev().find_map(|record| match record.event {
        RuntimeEvent::TransactionPayment(pallet_transaction_payment::Event::TransactionFeePaid {
            actual_fee, ..
        }) => Some(actual_fee),
        _ => None,
    });
    last.expect("a fee was paid")
}

#[test]
fn typical_calls_should_cost_what_they_take_of_a_block() {
    Chain::run("development", |chain| {
        let transfer = pallet_balances::Call::transfer_keep_alive { dest: Eve.to_account_id().into(), value: AI };
        let transfer = fee(chain, Dave, transfer);
        assert!((MILLI_AI..4 * MILLI_AI).contains(&transfer), "a transfer costs {transfer} wei");

        let job = fee(chain, CLIENT, submit(1, 400, 100));
        assert!((20 * MILLI_AI..100 * MILLI_AI).contains(&job), "a job costs {job} wei to submit");

        let buy = pallet_hmm::Call::buy { pool: pools()[0], theta_in: AI / 10, min_psi_out: 0, deadline: 100 };
        let buy = fee(chain, Dave, buy);
        assert!((transfer..10 * MILLI_AI).contains(&buy), "a purchase costs {buy} wei");
    });
}
