//! Audits, challenges and slashes with all pallets together, in real blocks: every balance moves as the rules say.

use super::{
    actors::{attest, job, last_job, offer, session_key, session_pair, status, submit, CLIENT, WORKER},
    chain::Chain,
};
use crate::{
    configs::compute::AuditPot, constants::AI, AccountId, Balance, Balances, Compute, Poai, Runtime, RuntimeCall,
    System,
};
use frame_support::traits::{fungible::Inspect, Contains, Get};
use hanzo_poai::{
    canary,
    committee::{commitment, Score, Vote},
    review::{Phase, Standing},
    JobId, JobStatus,
};
use hanzo_traits::{api::ReviewView, JobRegistry};
use pallet_poai::Parameters;
use sp_core::{Pair, H256};
use sp_keyring::Sr25519Keyring::{self, *};

/// Ten verifiers, none of whom is a worker or the client.
const VERIFIERS: [Sr25519Keyring; 10] =
    [Alice, Bob, Dave, AliceStash, BobStash, CharlieStash, DaveStash, EveStash, FerdieStash, One];
const BOND: Balance = 50 * AI;

fn credits(who: &AccountId) -> Balance {
    Balances::total_balance(who)
}

/// Has every job audited, and ten verifiers in the draw.
fn prepare(chain: &mut Chain, audit_rate_ppb: u32) {
    let parameters = Parameters { audit_rate_ppb, min_verifier_bond: BOND, slashing: true, engine_profile: None };
    sudo(chain, pallet_poai::Call::set_parameters { parameters });
    let call = pallet_balances::Call::transfer_allow_death { dest: One.to_account_id().into(), value: 1_000 * AI };
    chain.send(Bob, call).unwrap().unwrap();
    for verifier in VERIFIERS {
        chain.send(verifier, pallet_poai::Call::register_verifier { bond: BOND }).unwrap().unwrap();
    }
    chain.run_to(chain.now() + 5);
}

fn sudo(chain: &mut Chain, call: impl Into<RuntimeCall>) {
    let call = pallet_sudo::Call::sudo { call: Box::new(call.into()) };
    chain.send(Alice, call).unwrap().unwrap();
    let done = pallet_sudo::Event::Sudid { sudo_result: Ok(()) };
    assert!(System::events().iter().any(|record| record.event == done.clone().into()));
}

/// A job of `CLIENT` that `WORKER` has attested.
fn attested(chain: &mut Chain) -> JobId {
    chain.send(CLIENT, submit(u64::from(chain.now()), 200, chain.now() + 150)).unwrap().unwrap();
    let id = last_job();
    chain.run_to(chain.now() + 4);
    assert_eq!(job(id).worker, Some(WORKER.to_account_id()));
    chain.send(WORKER, pallet_compute::Call::accept_job { job: id }).unwrap().unwrap();
    chain.step();
    chain.send(WORKER, attest(WORKER, id, 20, 40).unwrap()).unwrap().unwrap();
    id
}

fn standing(id: JobId) -> Option<Standing<u32>> {
    Poai::attestation(id).and_then(|view| view.standing)
}

fn review(id: JobId) -> Option<ReviewView<AccountId, u32>> {
    Poai::open_audits(256).into_iter().find(|review| review.job == id)
}

fn pair(account: &AccountId) -> Sr25519Keyring {
    VERIFIERS.into_iter().find(|verifier| verifier.to_account_id() == *account).expect("a verifier sits")
}

/// Holds a round in which everybody votes alike, through to its end; returns who sat.
fn hold_round(chain: &mut Chain, id: JobId, score: Score) -> Vec<AccountId> {
    let wait = |chain: &mut Chain, phase| {
        while review(id).is_some_and(|review| review.phase != phase) {
            chain.step();
        }
    };
    while standing(id) == Some(Standing::Unaudited) {
        chain.step();
    }
    wait(chain, Phase::Committing);
    let sitting = review(id).unwrap();
    let members: Vec<_> = sitting.members.iter().map(|member| member.account.clone()).collect();
    let vote = Vote { score, digest: H256::repeat_byte(5) };
    for member in &members {
        let hash = commitment(&System::block_hash(0), id, sitting.round, member, &vote, &[3; 32]);
        let call = pallet_poai::Call::commit_verdict { job: id, commitment: hash };
        chain.send(pair(member), call).unwrap().unwrap();
    }
    wait(chain, Phase::Revealing);
    for member in &members {
        let call = pallet_poai::Call::reveal_verdict { job: id, vote, salt: [3; 32], evidence: H256::zero() };
        chain.send(pair(member), call).unwrap().unwrap();
    }
    chain.step();
    members
}

#[test]
fn audited_job_should_settle_and_its_verifiers_be_paid_when_it_is_good() {
    Chain::run("development", |chain| {
        prepare(chain, 1_000_000_000);
        let pot = credits(&AuditPot::get());
        let id = attested(chain);
        let fee = credits(&AuditPot::get()) - pot;
        let replays = 3 * Compute::review_terms(id).unwrap().replay_price / 10;
        assert!(fee >= (job(id).value.0 * 3).div_ceil(100).max(replays), "paid with the attestation: {fee}");
        let before: Vec<_> = VERIFIERS.map(|verifier| credits(&verifier.to_account_id())).into();
        let members = hold_round(chain, id, Score::Good);
        assert_eq!((members.len(), standing(id)), (3, Some(Standing::Upheld)));
        let gains: Balance = VERIFIERS
            .iter()
            .zip(before)
            // Alice writes the blocks and has part of the fees.
            .filter(|(verifier, _)| **verifier != Alice)
            .map(|(verifier, before)| credits(&verifier.to_account_id()) - before)
            .sum();
        let paid = pot + fee - credits(&AuditPot::get());
        let alices = if members.contains(&Alice.to_account_id()) { paid / 3 } else { 0 };
        assert!(paid > 0 && paid <= fee, "{paid} of {fee}");
        assert!(gains.abs_diff(paid - alices) <= 2, "{gains} gained, {paid} paid");
        while status(id) == JobStatus::Attested {
            chain.step();
        }
        assert_eq!(status(id), JobStatus::Settled);
        assert_eq!(Poai::verdict(id).map(|verdict| verdict.members.len()), Some(3));
    });
}

#[test]
fn forging_worker_should_be_slashed_denied_and_its_client_made_whole() {
    Chain::run("development", |chain| {
        prepare(chain, 1_000_000_000);
        let worker = WORKER.to_account_id();
        let id = attested(chain);
        let (value, bond) = (job(id).value.0, Compute::worker(&worker).unwrap().bond.0);
        let first = hold_round(chain, id, Score::Bad);
        assert_eq!(Compute::worker(&worker).unwrap().bond.0, bond, "a first verdict moves no money");
        let seven = hold_round(chain, id, Score::Bad);
        assert!(seven.len() == 7 && first.iter().all(|member| !seven.contains(member)));
        let slash = Poai::slashes(10).pop().expect("a slash is frozen");
        assert_eq!((slash.offender.clone(), slash.amount.0), (worker.clone(), bond / 2));
        let client = credits(&CLIENT.to_account_id());
        while status(id) == JobStatus::Attested {
            chain.step();
        }
        assert_eq!(status(id), JobStatus::Slashed);
        assert_eq!(credits(&CLIENT.to_account_id()), client + value / 100);
        assert!(Poai::contains(&worker));
        assert!(pallet_compute::Workers::<Runtime>::get(&worker).is_some_and(|record| record.frozen == bond / 2));

        // Nobody else runs the model: a denied worker is drawn for nothing.
        chain.send(CLIENT, submit(7_777, 100, chain.now() + 100)).unwrap().unwrap();
        let other = last_job();
        chain.run_to(chain.now() + 9);
        assert_eq!(status(other), JobStatus::Submitted);

        let issuance = Balances::total_issuance();
        while Poai::slashes(1).pop().is_some() {
            chain.step();
        }
        let left = Compute::worker(&worker).unwrap().bond.0;
        assert_eq!(left, bond - value / 100 - bond / 2);
        assert!(issuance - Balances::total_issuance() >= bond / 2, "burned");
    });
}

#[test]
fn challenge_should_be_judged_by_seven_and_its_bounty_come_with_the_slash() {
    Chain::run("development", |chain| {
        prepare(chain, 100_000_000);
        let id = attested(chain);
        let challenger = Two.to_account_id();
        let call = pallet_balances::Call::transfer_allow_death { dest: challenger.clone().into(), value: 100 * AI };
        chain.send(Bob, call).unwrap().unwrap();
        let bond = Poai::challenge_bond_of(id).unwrap().0;
        assert_eq!(bond, 10 * AI);
        chain.send(Two, pallet_poai::Call::challenge { job: id }).unwrap().unwrap();
        let before = credits(&challenger);
        let value = job(id).value.0;
        assert_eq!(hold_round(chain, id, Score::Bad).len(), 7);
        while Poai::slashes(1).pop().is_some() {
            chain.step();
        }
        let bounty = credits(&challenger) - before;
        assert!(bounty > 2 * value && bounty < 3 * value, "{bounty} for a job of {value}");
        assert_eq!(status(id), JobStatus::Slashed);
    });
}

/// A canary of the preset's operator, on which committees voted like this, revealed once it was final; what its client paid the pot back,
/// and its audit fee.
fn canary_after(chain: &mut Chain, rounds: &[Score]) -> (JobId, Balance, Balance) {
    let (client, operator, salt) = (CLIENT.to_account_id(), Dave.to_account_id(), [4; 32]);
    // The nonce that the job below will have.
    let nonce = u64::from(chain.now() + 1);
    let hash = canary::commitment(&System::block_hash(0), &operator, &client, nonce, &salt);
    let lodge = pallet_poai::Call::lodge_canaries { hashes: std::vec![hash].try_into().unwrap() };
    chain.send(Dave, lodge).unwrap().unwrap();
    chain.step();
    let pot = credits(&AuditPot::get());
    let id = attested(chain);
    let fee = credits(&AuditPot::get()) - pot;
    for score in rounds {
        hold_round(chain, id, *score);
    }
    while status(id) == JobStatus::Attested {
        chain.step();
    }
    let challenge = pallet_poai::Attestations::<Runtime>::get(id).unwrap().challenge;
    let consent = session_pair(WORKER).sign(canary::consent(&challenge, &hash).as_bytes());
    let reveal = pallet_poai::Call::reveal_canary { operator, job: id, salt, consent };
    chain.send(CLIENT, reveal).unwrap().unwrap();
    let to_pot = System::events().into_iter().find_map(|record| match record.event {
        crate::RuntimeEvent::Poai(pallet_poai::Event::CanaryRevealed { to_pot, .. }) => Some(to_pot),
        _ => None,
    });
    (id, to_pot.unwrap(), fee)
}

#[test]
fn canary_should_cost_a_committee_that_did_not_look_a_tenth_of_its_bonds() {
    Chain::run("development", |chain| {
        prepare(chain, 1_000_000_000);
        let (id, ..) = canary_after(chain, &[Score::Good]);
        assert_eq!(status(id), JobStatus::Settled);
        let slashes = Poai::slashes(10);
        assert_eq!(slashes.len(), 3);
        assert!(slashes.iter().all(|slash| slash.amount.0 == BOND / 10 && slash.job == id));
    });
}

#[test]
fn canary_should_leave_its_worker_as_it_was_and_the_pot_with_its_fee_when_it_is_found_out() {
    Chain::run("development", |chain| {
        prepare(chain, 1_000_000_000);
        let worker = WORKER.to_account_id();
        let (bond, pot) = (Compute::worker(&worker).unwrap().bond.0, credits(&AuditPot::get()));
        let (id, to_pot, fee) = canary_after(chain, &[Score::Bad, Score::Bad]);
        assert_eq!(status(id), JobStatus::Slashed);
        assert!(Poai::slashes(10).is_empty() && !Poai::contains(&worker));
        let record = pallet_compute::Workers::<Runtime>::get(&worker).unwrap();
        let lost = job(id).value.0 / 100;
        assert_eq!((record.frozen, record.bond), (0, bond - lost), "its client's part of a failed job");
        assert_eq!(pallet_poai::Quality::<Runtime>::get(&worker), 500_000_000);
        assert!(to_pot > 0);
        assert_eq!(credits(&AuditPot::get()), pot + fee);
    });
}

#[test]
fn account_should_be_a_worker_or_a_verifier_but_never_both() {
    Chain::run("development", |chain| {
        let judge = chain.send(WORKER, pallet_poai::Call::register_verifier { bond: BOND }).unwrap();
        assert_eq!(judge.unwrap_err(), pallet_poai::Error::<Runtime>::IsWorker.into());
        chain.send(Bob, pallet_poai::Call::register_verifier { bond: BOND }).unwrap().unwrap();
        let register = |chain: &mut Chain| {
            let (offer, session_key) = (offer(), session_key(Bob));
            let call = pallet_compute::Call::register_worker { offer, session_key, bond: 100 * AI };
            chain.send(Bob, call).unwrap().unwrap_err()
        };
        let refusal = pallet_compute::Error::<Runtime>::IsVerifier.into();
        assert_eq!(register(chain), refusal);
        // Nor while it leaves: it may still sit, and answers with its bond.
        chain.send(Bob, pallet_poai::Call::retire_verifier {}).unwrap().unwrap();
        assert_eq!(register(chain), refusal);
    });
}
