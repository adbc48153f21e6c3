//! What trades cost by the measurements, against what the market promises.

use frame_support::{
    parameter_types,
    traits::Get,
    weights::{RuntimeDbWeight, Weight},
};
use pallet_hmm::{weights::Measured, WeightInfo};

parameter_types! {
    pub const Free: RuntimeDbWeight = RuntimeDbWeight { read: 0, write: 0 };
    pub const Reads: RuntimeDbWeight = RuntimeDbWeight { read: 1, write: 0 };
    pub const Writes: RuntimeDbWeight = RuntimeDbWeight { read: 0, write: 1 };
}

/// Most microseconds of a trade beside the database.
const MICROSECONDS: u64 = 200;

fn of<Db: Get<RuntimeDbWeight>>() -> [Weight; 4] {
    type M<Db> = Measured<Db>;
    [M::<Db>::buy(), M::<Db>::buy_exact_out(), M::<Db>::sell(), M::<Db>::swap_many(1)]
}

#[test]
fn trade_should_stay_within_its_reads_writes_and_time() {
    let calls = ["buy", "buy_exact_out", "sell", "swap_many of one"];
    for (((call, free), reads), writes) in calls.into_iter().zip(of::<Free>()).zip(of::<Reads>()).zip(of::<Writes>()) {
        let beside = |priced: Weight| priced.ref_time() - free.ref_time();
        let (reads, writes, time) = (beside(reads), beside(writes), free.ref_time() / 1_000_000);
        println!("{call}: {reads} reads, {writes} writes, {time} µs");
        assert!(reads <= 12 && writes <= 10, "{call}: {reads} reads, {writes} writes");
        assert!(time <= MICROSECONDS, "{call}: {time} µs");
    }
}
