//! One job through compute, market and Proof of AI, in real blocks with real fees.

use super::{
    actors::{attest, job, last_job, output, pools, status, submit, CLIENT, WORKER},
    chain::Chain,
};
use crate::{
    configs::treasury::TreasuryAccount, AccountId, Assets, Balance, Balances, Compute, Hmm, Poai, Runtime,
    RuntimeEvent, System,
};
use frame_support::traits::{fungible::Inspect as _, fungibles::Inspect as _, Get};
use hanzo_poai::{JobId, JobStatus, ResourceClass, Resources};
use hanzo_traits::QualityOracle;
use pallet_compute::{types::Payout, Event as JobEvent};
use sp_keyring::Sr25519Keyring;
use sp_runtime::BoundedVec;

fn credits(who: &AccountId) -> Balance {
    Balances::total_balance(who)
}

fn tokens(who: Sr25519Keyring) -> [Balance; ResourceClass::COUNT] {
    pools().map(|pool| Assets::balance(pool.asset_id(), who.to_account_id()))
}

fn reserves() -> [(Balance, Balance); ResourceClass::COUNT] {
    pools().map(|pool| Hmm::pool(pool).map(|view| (view.psi.0, view.theta.0)).unwrap())
}

/// Fees of transactions in this block, and what of all credits was burned by trades.
fn fees_paid_by(who: Sr25519Keyring) -> Balance {
    let fee = |event| match event {
        RuntimeEvent::TransactionPayment(pallet_transaction_payment::Event::TransactionFeePaid {
            who: payer,
            actual_fee,
            ..
        }) if payer == who.to_account_id() => actual_fee,
        _ => 0,
    };
    System::events().into_iter().map(|record| fee(record.event)).sum()
}

/// What the event of the settlement in this block says the worker earned and the client got back.
fn settlement(id: JobId) -> (Payout, Payout) {
    let mut found = System::events().into_iter().filter_map(|record| match record.event {
        RuntimeEvent::Compute(JobEvent::JobSettled { job, earned, returned, .. }) if job == id => {
            Some((earned, returned))
        }
        _ => None,
    });
    found.next().expect("the job settles in this block")
}

/// A job of `CLIENT` that `WORKER` has accepted.
fn accepted(chain: &mut Chain, tokens: u32) -> JobId {
    chain.send(CLIENT, submit(1, tokens, chain.now() + 100)).unwrap().unwrap();
    let id = last_job();
    let submitted = chain.now();
    chain.run_to(submitted + 4);
    assert_eq!((status(id), job(id).worker), (JobStatus::Assigned, Some(WORKER.to_account_id())));
    chain.send(WORKER, pallet_compute::Call::accept_job { job: id }).unwrap().unwrap();
    chain.step();
    id
}

#[test]
fn job_should_be_paid_to_the_wei_from_submission_to_settlement() {
    Chain::run("development", |chain| {
        chain.run_to(3);
        let supply = pools().map(|pool| Assets::total_issuance(pool.asset_id()));
        let (client, pools_before) = (credits(&CLIENT.to_account_id()), reserves());
        let treasury = credits(&TreasuryAccount::get());

        chain.send(CLIENT, submit(1, 400, 150)).unwrap().unwrap();
        let (id, submitted) = (last_job(), chain.now());
        let paid = job(id).paid.0;
        assert!(paid > 0);
        assert_eq!(credits(&CLIENT.to_account_id()), client - paid - fees_paid_by(CLIENT));
        assert!(credits(&TreasuryAccount::get()) > treasury, "the treasury has its part of the market fees");
        let escrow = Resources(job(id).escrow.map(|amount| amount.0));
        for (before, after, class) in
            pools_before.into_iter().zip(reserves()).zip(ResourceClass::ALL).map(|((b, a), c)| (b, a, c))
        {
            assert_eq!(before.0 - after.0, escrow.get(class), "{}: bought out of the pool", class.name());
        }

        chain.run_to(submitted + 4);
        assert_eq!((status(id), job(id).worker), (JobStatus::Assigned, Some(WORKER.to_account_id())));
        chain.send(WORKER, pallet_compute::Call::accept_job { job: id }).unwrap().unwrap();
        chain.step();

        let worker = credits(&WORKER.to_account_id());
        chain.send(WORKER, attest(WORKER, id, 60, 40).unwrap()).unwrap().unwrap();
        assert_eq!(credits(&WORKER.to_account_id()), worker, "an attestation is free");
        assert_eq!(status(id), JobStatus::Attested);
        let settles_at = Poai::attestation(id).unwrap().settles_at;
        chain.run_to(settles_at - 1);
        assert_eq!(status(id), JobStatus::Attested);
        let (client_tokens, worker_tokens, client, pools_before) =
            (tokens(CLIENT), tokens(WORKER), credits(&CLIENT.to_account_id()), reserves());
        chain.step();

        assert_eq!(status(id), JobStatus::Settled);
        let profile = Compute::model_profile(crate::economy::TINY_MODEL).unwrap();
        let used = profile.usage(60, 40).unwrap();
        let (earned, returned) = settlement(id);
        assert_eq!(earned.due, used);
        assert_eq!(returned.due, escrow.checked_sub(&used).unwrap());
        for (place, class) in ResourceClass::ALL.into_iter().enumerate() {
            let kept = |payout: &Payout| payout.due.get(class) - payout.sold.get(class);
            assert_eq!(tokens(WORKER)[place] - worker_tokens[place], kept(&earned));
            assert_eq!(tokens(CLIENT)[place] - client_tokens[place], kept(&returned));
            let sold = earned.sold.get(class) + returned.sold.get(class);
            assert_eq!(reserves()[place].0 - pools_before[place].0, sold, "{}: sold into the pool", class.name());
        }
        assert_eq!(credits(&WORKER.to_account_id()) - worker, earned.credits);
        assert_eq!(credits(&CLIENT.to_account_id()) - client, returned.credits);
        assert_eq!(supply, pools().map(|pool| Assets::total_issuance(pool.asset_id())), "a job only moves tokens");
    });
}

#[test]
fn job_should_settle_when_a_demanded_output_is_delivered() {
    Chain::run("development", |chain| {
        let id = accepted(chain, 100);
        chain.send(WORKER, attest(WORKER, id, 10, 20).unwrap()).unwrap().unwrap();
        chain.send(CLIENT, pallet_poai::Call::demand_output { job: id }).unwrap().unwrap();
        chain.step();
        let tokens = BoundedVec::truncate_from(output(20));
        chain.send(WORKER, pallet_poai::Call::deliver_output { job: id, tokens }).unwrap().unwrap();
        chain.run_to(Poai::attestation(id).unwrap().settles_at);
        assert_eq!(status(id), JobStatus::Settled);
        assert_eq!(Poai::output(id).unwrap().into_inner(), output(20));
    });
}

#[test]
fn worker_should_pay_when_it_withholds_a_demanded_output() {
    Chain::run("development", |chain| {
        let id = accepted(chain, 100);
        chain.send(WORKER, attest(WORKER, id, 10, 20).unwrap()).unwrap().unwrap();
        chain.send(CLIENT, pallet_poai::Call::demand_output { job: id }).unwrap().unwrap();
        let bond = Compute::worker(&WORKER.to_account_id()).unwrap().bond.0;
        let quality = Poai::quality(&WORKER.to_account_id());
        let by = Poai::attestation(id).unwrap().deliver_by.unwrap();
        let value = job(id).value.0;
        chain.run_to(by + 1);
        assert_eq!(status(id), JobStatus::Slashed);
        assert_eq!(bond - Compute::worker(&WORKER.to_account_id()).unwrap().bond.0, value / 100);
        assert!(Poai::quality(&WORKER.to_account_id()) < quality);
    });
}

#[test]
fn attestation_should_count_once_and_for_one_job_only() {
    Chain::run("development", |chain| {
        let id = accepted(chain, 100);
        let call = attest(WORKER, id, 10, 20).unwrap();
        chain.send(WORKER, call.clone()).unwrap().unwrap();
        assert!(chain.send(WORKER, call.clone()).unwrap().is_err());
        chain.run_to(Poai::attestation(id).unwrap().settles_at + 1);
        assert!(chain.send(WORKER, call.clone()).unwrap().is_err());
        let second = accepted(chain, 100);
        let pallet_poai::Call::attest { mut attestation, signature } = call else { unreachable!() };
        attestation.job = second;
        let replayed = pallet_poai::Call::<Runtime>::attest { attestation, signature };
        assert!(chain.send(WORKER, replayed).unwrap().is_err());
        assert_eq!(status(second), JobStatus::Accepted);
    });
}
