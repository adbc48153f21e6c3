//! The composition: presets build, and the clock reaches everything that depends on it.

use super::on_genesis;
use crate::{presets, AccountId, Babe, Balances, Block, Historical, Runtime, Session};
use frame_support::traits::{Get, KeyOwnerProofSystem};
use pallet_time_scale::Scale;
use sp_api::runtime_decl_for_core::CoreV5;
use sp_consensus_babe::{runtime_decl_for_babe_api::BabeApiV2, AllowedSlots};
use sp_genesis_builder::PresetId;
use sp_keyring::Sr25519Keyring::{self, Alice, Bob};

fn validators() -> Vec<AccountId> {
    let mut validators = Session::validators();
    validators.sort();
    validators
}

#[test]
fn every_preset_should_build_with_its_own_clock() {
    for (preset, slot_ms, epoch_slots) in
        [("development", 2_000, 300), ("local_testnet", 2_000, 30), ("timelapse", 500, 30)]
    {
        on_genesis(preset, || {
            assert_eq!(Scale::<Runtime>::get().divisor, 180, "{preset}");
            let babe = <Runtime as BabeApiV2<Block>>::configuration();
            assert_eq!((babe.slot_duration, babe.epoch_length), (slot_ms, epoch_slots), "{preset}");
            assert_eq!(babe.allowed_slots, AllowedSlots::PrimaryAndSecondaryVRFSlots);
            assert_eq!(<Runtime as pallet_babe::Config>::ExpectedBlockTime::get(), slot_ms, "{preset}");
        });
    }
}

#[test]
fn unknown_preset_should_be_none() {
    assert!(presets::get(&PresetId::from("mainnet")).is_none());
    assert_eq!(presets::names().len(), 3);
    assert!(presets::names().iter().all(|name| presets::get(name).is_some()));
}

#[test]
fn sudo_key_should_exist_in_development_only() {
    let key = || pallet_sudo::Key::<Runtime>::get();
    assert_eq!(on_genesis("development", key), Some(Alice.to_account_id()));
    assert_eq!(on_genesis("local_testnet", key), None);
    assert_eq!(on_genesis("timelapse", key), None);
}

#[test]
fn genesis_validators_should_be_provable_for_past_sessions() {
    on_genesis("local_testnet", || {
        let mut expected = vec![Alice.to_account_id(), Bob.to_account_id()];
        expected.sort();
        assert_eq!(validators(), expected);
        // The root of sessions 0 and 1 is stored, or an equivocation could not be proved once they are over.
        for session in 0..2 {
            assert!(pallet_session::historical::HistoricalSessions::<Runtime>::get(session).is_some());
        }
        let key = (sp_consensus_babe::KEY_TYPE, Babe::authorities()[0].0.clone());
        let proof = Historical::prove(key.clone()).unwrap();
        assert!(Historical::check_proof(key, proof).is_some());
    });
}

#[test]
fn block_hash_history_should_cover_mortal_transactions() {
    assert_eq!(<Runtime as CoreV5<Block>>::version().spec_name, "hanzo");
    assert_eq!(<Runtime as frame_system::Config>::BlockHashCount::get(), 4_096);
}

#[test]
fn invariants_should_hold_at_genesis_of_every_preset() {
    for preset in presets::names() {
        on_genesis(&preset, || assert_eq!(super::invariants::check(), Ok(())));
    }
}

#[test]
fn genesis_should_leave_the_worker_room_for_jobs() {
    on_genesis("development", || {
        let worker = crate::Compute::worker(&Sr25519Keyring::Ferdie.to_account_id()).unwrap();
        assert!(worker.accepting);
        assert!(worker.free_limit.0 > 1_000 * crate::constants::AI, "{:?}", worker.free_limit);
        assert_eq!(crate::Hmm::pools().len(), 6);
        for pool in crate::Hmm::pools() {
            assert_eq!(pool.price, pool.twap_hour, "{:?}", pool.id);
        }
    });
}

#[test]
fn treasury_should_exist_at_genesis_so_that_it_gets_its_part_of_the_first_fee() {
    use crate::configs::treasury::TreasuryAccount;
    for preset in presets::names() {
        on_genesis(&preset, || {
            let treasury = TreasuryAccount::get();
            assert_eq!(Balances::free_balance(&treasury), crate::constants::EXISTENTIAL_DEPOSIT);
            let quote = crate::Hmm::quote_buy(crate::Hmm::pools()[0].id, crate::constants::MICRO_AI).unwrap();
            assert!(quote.fee.treasury.0 > 0, "{:?}", quote.fee);
        });
    }
}
