//! Behaviour of the clock record on a minimal runtime.

use crate::{self as pallet_time_scale, EpochSlots, GenesisConfig, MinimumPeriod, Scaled, SlotDuration, TimeScale};
use frame_support::{derive_impl, traits::Get};
use sp_runtime::BuildStorage;

#[frame_support::runtime]
mod runtime {
    #[runtime::runtime]
    #[runtime::derive(RuntimeCall, RuntimeEvent, RuntimeError, RuntimeOrigin, RuntimeTask)]
    pub struct Test;

    #[runtime::pallet_index(0)]
    pub type System = frame_system;

    #[runtime::pallet_index(1)]
    pub type Clock = pallet_time_scale;
}

#[derive_impl(frame_system::config_preludes::TestDefaultConfig)]
impl frame_system::Config for Test {
    type Block = frame_system::mocking::MockBlock<Test>;
}

impl crate::Config for Test {}

/// A week of mainnet blocks, never less than ten blocks.
type Week = Scaled<Test, 302_400, 10>;

fn with_scale<R>(slot_ms: u32, epoch_slots: u32, divisor: u32, test: impl FnOnce() -> R) -> R {
    let genesis = GenesisConfig::<Test> { slot_ms, epoch_slots, divisor, _runtime: Default::default() };
    sp_io::TestExternalities::new(genesis.build_storage().unwrap()).execute_with(test)
}

#[test]
fn clock_should_run_at_mainnet_speed_when_genesis_is_silent() {
    sp_io::TestExternalities::default().execute_with(|| {
        assert_eq!(SlotDuration::<Test>::get(), 2_000);
        assert_eq!(MinimumPeriod::<Test>::get(), 1_000);
        assert_eq!(EpochSlots::<Test>::get(), 1_800);
        assert_eq!(Week::get(), 302_400);
    });
}

#[test]
fn periods_should_follow_the_genesis_record() {
    with_scale(500, 30, 180, || {
        assert_eq!(SlotDuration::<Test>::get(), 500);
        assert_eq!(MinimumPeriod::<Test>::get(), 250);
        assert_eq!(EpochSlots::<Test>::get(), 30);
        assert_eq!(Week::get(), 1_680);
    });
}

#[test]
fn period_should_keep_its_minimum_when_the_divisor_is_large() {
    with_scale(2_000, 30, 100_000, || assert_eq!(Week::get(), 10));
}

#[test]
fn record_should_be_refused_when_any_number_is_out_of_bounds() {
    let good = TimeScale::MAINNET;
    assert_eq!(good.validate(), Ok(()));
    for bad in [
        TimeScale { slot_ms: 0, ..good },
        TimeScale { slot_ms: 1_001, ..good },
        TimeScale { slot_ms: 60_000, ..good },
        TimeScale { epoch_slots: 0, ..good },
        TimeScale { epoch_slots: u32::MAX, ..good },
        TimeScale { divisor: 0, ..good },
    ] {
        assert!(bad.validate().is_err(), "{bad:?} must be refused");
    }
}

#[test]
#[should_panic(expected = "slot of 1001 ms")]
fn genesis_should_name_the_number_it_refuses() {
    with_scale(1_001, 30, 1, || ());
}

#[test]
fn invariants_should_name_the_number_when_the_record_is_broken() {
    with_scale(2_000, 30, 1, || {
        assert_eq!(Clock::do_try_state(), Ok(()));
        crate::Scale::<Test>::put(TimeScale { divisor: 0, ..TimeScale::MAINNET });
        assert_eq!(Clock::do_try_state(), Err("clock: divisor 0, want at least 1".into()));
    });
}
