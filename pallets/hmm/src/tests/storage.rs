//! What a trade costs in reads and writes of state.

use crate::mock::*;
use frame_support::assert_ok;
use std::collections::BTreeSet;

/// Distinct keys read and written by a call on a fresh overlay, without those of the block (number, events and the like).
fn touched(mut ext: sp_io::TestExternalities, call: impl FnOnce()) -> (usize, usize) {
    ext.commit_all().unwrap();
    let recorder = Default::default();
    ext.execute_with_recorder(Clone::clone(&recorder), call);
    let of_system =
        |item: &str| [sp_io::hashing::twox_128(b"System"), sp_io::hashing::twox_128(item.as_bytes())].concat();
    let mut of_block = ["Number", "Events", "EventCount", "ExecutionPhase"].map(of_system).to_vec();
    of_block.push(frame_support::storage::transactional::TRANSACTION_LEVEL_KEY.to_vec());
    of_block.push(b":extrinsic_index".to_vec());
    let counts = |key: &Vec<u8>| !of_block.contains(key);
    let keys = recorder.recorded_keys();
    let read: BTreeSet<Vec<u8>> =
        keys.values().flat_map(|keys| keys.keys().map(|key| key.to_vec())).filter(counts).collect();
    let written = ext.overlayed_changes().changes().map(|(key, _)| key.clone()).filter(counts).count();
    (read.len(), written)
}

#[test]
fn trade_should_stay_within_twelve_reads_and_ten_writes() {
    let ext = || {
        let mut ext = ExtBuilder::default().build();
        ext.execute_with(|| run_to(5));
        ext
    };
    let buys = touched(ext(), || buy(&ALICE, GPU, UNIT).unwrap());
    let sells = touched(ext(), || sell(&ALICE, GPU, UNIT).unwrap());
    let exact = touched(ext(), || {
        assert_ok!(Market::buy_exact_out(signed(&ALICE), GPU, UNIT, u128::MAX, NEVER));
    });
    let protocol = touched(ext(), || {
        use hanzo_traits::ComputeMarket;
        assert_ok!(<Market as ComputeMarket<AccountId>>::buy_exact_out(&ALICE, &BOB, GPU, UNIT, u128::MAX));
    });
    println!("reads and writes: buy {buys:?}, sell {sells:?}, exact out {exact:?}, protocol {protocol:?}");
    for (reads, writes) in [buys, sells, exact, protocol] {
        assert!(reads > 4 && writes > 4, "the count misses something: {reads} {writes}");
        assert!(reads <= 12 && writes <= 10, "{reads} reads, {writes} writes");
    }
}

#[test]
fn hook_should_cost_what_its_weight_counts_per_pool() {
    let ext = || {
        let mut ext = ExtBuilder::default().build();
        ext.execute_with(|| run_to(Week::get() + 50));
        ext
    };
    let (reads, writes) = touched(ext(), next_block);
    println!("hook of one pool: {reads} reads, {writes} writes");
    assert!(reads <= 7 && writes <= 4, "{reads} reads, {writes} writes");
}
