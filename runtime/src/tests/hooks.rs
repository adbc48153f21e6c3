//! What runs before the transactions of a block leaves room for them, whatever is due.

use super::{actors::*, chain::Chain};
use crate::{
    configs::{
        compute::AgendaWeight,
        poai::ServiceBudget,
        system::{HOOK_SHARE, MAX_BLOCK_WEIGHT},
    },
    Compute, Hmm, Poai, Runtime, System,
};
use frame_support::{
    dispatch::DispatchClass,
    traits::{Get, Hooks},
    weights::Weight,
};
use hanzo_poai::JobStatus;
use pallet_hmm::WeightInfo as _;

/// The share of a block that all hooks of ours may take together.
fn limit() -> Weight {
    Weight::from_parts(
        HOOK_SHARE.mul_floor(MAX_BLOCK_WEIGHT.ref_time()),
        HOOK_SHARE.mul_floor(MAX_BLOCK_WEIGHT.proof_size()),
    )
}

/// What the market's hook takes when there are as many pools and volumes as there can be, a full batch is due, and a full
/// page of orders waits to be paid.
fn market() -> Weight {
    type Weights = <Runtime as pallet_hmm::Config>::WeightInfo;
    let pools = <Runtime as pallet_hmm::Config>::MaxPools::get();
    Weights::on_initialize(pools, pallet_hmm::CLEARED_PER_BLOCK)
        .saturating_add(Weights::clear_batch(pallet_hmm::MAX_BATCH_PAGES))
        .saturating_add(Weights::pay_orders(pallet_hmm::PAGE_ORDERS))
}

#[test]
fn hooks_should_stay_within_their_share_in_both_dimensions_at_worst() {
    let parts = [("market", market()), ("agenda", AgendaWeight::get()), ("windows", ServiceBudget::get())];
    for (name, part) in parts {
        let percent = |part: u64, whole: u64| part as f64 * 100.0 / whole as f64;
        println!(
            "{name}: {:.2} % of the time, {:.2} % of the proof",
            percent(part.ref_time(), MAX_BLOCK_WEIGHT.ref_time()),
            percent(part.proof_size(), MAX_BLOCK_WEIGHT.proof_size())
        );
    }
    let sum = parts.into_iter().fold(Weight::zero(), |sum, (_, part)| sum.saturating_add(part));
    assert!(sum.all_lte(limit()), "{sum} is above {}", limit());
}

#[test]
fn least_step_of_every_hook_should_fit_its_budget() {
    // Each asserts that what it does in every block, however full, fits what it may use.
    sp_io::TestExternalities::default().execute_with(|| {
        <Compute as Hooks<u32>>::integrity_test();
        <Hmm as Hooks<u32>>::integrity_test();
        <Poai as Hooks<u32>>::integrity_test();
    });
}

#[test]
fn blocks_should_keep_hooks_within_their_share_when_many_jobs_are_due_together() {
    Chain::run("development", |chain| {
        let mandatory = || *System::block_weight().get(DispatchClass::Mandatory);
        for nonce in 0..60 {
            dispatch_ok(CLIENT, submit(nonce, 8, chain.now() + 40));
        }
        let jobs: Vec<_> = (0..60).collect();
        let end = chain.now() + 70;
        let mut most = Weight::zero();
        while chain.now() < end {
            // The hooks of the end of a block are not counted in what transactions find; the next block begins anew.
            chain.step();
            most = most.max(mandatory());
            assert!(mandatory().all_lte(limit()), "block {}: {} is above {}", chain.now(), mandatory(), limit());
        }
        println!("most: {most}");
        assert!(jobs.iter().all(|id| status(*id).is_final()), "every job ended");
    });
}

#[test]
fn windows_that_end_together_should_settle_in_one_block_when_it_has_room() {
    Chain::run("development", |chain| {
        for nonce in 0..12 {
            dispatch_ok(CLIENT, submit(nonce, 8, chain.now() + 90));
        }
        let jobs: Vec<_> = (0..12).collect();
        while jobs.iter().any(|id| status(*id) == JobStatus::Submitted) {
            chain.step();
        }
        for id in &jobs {
            dispatch_ok(WORKER, pallet_compute::Call::accept_job { job: *id });
        }
        chain.step();
        for id in &jobs {
            dispatch_ok(WORKER, attest(WORKER, *id, 4, 4).unwrap());
        }
        let settled = || jobs.iter().filter(|id| status(**id) == JobStatus::Settled).count();
        chain.run_to(Poai::attestation(0).unwrap().settles_at);
        assert!((1..12).contains(&settled()), "{} settled before transactions", settled());
        chain.step();
        assert_eq!(settled(), 12, "the rest at the end of the block");
    });
}

fn dispatch_ok(signer: sp_keyring::Sr25519Keyring, call: impl Into<crate::RuntimeCall>) {
    super::chain::dispatch(signer, call).unwrap();
}
