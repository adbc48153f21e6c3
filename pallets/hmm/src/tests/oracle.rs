//! Samples, their clamp, and means over windows against sums done by hand.

use crate::{mock::*, Oracles, Pools, Window, SLOTS};
use frame_support::{assert_ok, storage::with_transaction};
use hanzo_traits::{ComputeMarket, MarketPrices};
use sp_runtime::TransactionOutcome;

fn prices() -> MarketPrices {
    <Market as ComputeMarket<AccountId>>::prices(GPU).unwrap()
}

fn sample() -> u128 {
    Market::last_sample(GPU).unwrap().0
}

/// Sets the price by swapping the reserves for others, as no trade of one block could.
fn set_reserves(psi: u128, theta: u128) {
    Pools::<Test>::mutate(GPU, |held| {
        let state = held.as_mut().unwrap();
        (state.reserves.psi, state.reserves.theta) = (psi, theta);
    });
}

/// The mean by its definition, from every single sample: the record at the begin of the window interpolated within its slot.
fn mean_by_hand(samples: &[u128], length: u64) -> Option<u128> {
    let (length, slot) = (length as usize, length.div_ceil(SLOTS) as usize);
    let begin = samples.len().checked_sub(length)?;
    let sum = |until: usize| samples[..until].iter().sum::<u128>();
    let older = sum(begin / slot * slot);
    let newer = sum(begin / slot * slot + slot);
    let at_begin = older + (newer - older) * (begin % slot) as u128 / slot as u128;
    Some((sum(samples.len()) - at_begin) / length as u128)
}

#[test]
fn sample_should_be_the_closing_price_of_the_last_block() {
    ExtBuilder::default().build_and_execute(|| {
        next_block();
        assert_ok!(buy(&ALICE, GPU, UNIT));
        let close = state(GPU).spot_price();
        assert_eq!(sample(), UNIT, "taken before the trade");
        next_block();
        assert_eq!(sample(), close);
        next_block();
        assert_eq!(sample(), close, "an untouched pool closes where it closed");
    });
}

#[test]
fn sample_should_move_by_one_percent_at_most() {
    ExtBuilder::default().build().execute_with(|| {
        set_reserves(UNIT, 1_000 * UNIT);
        next_block();
        assert_eq!(sample(), UNIT / 100 * 101);
        next_block();
        assert_eq!(sample(), UNIT / 10_000 * 10_201);
        set_reserves(1_000 * UNIT, UNIT);
        next_block();
        assert_eq!(sample(), UNIT / 10_000 * 10_201 - UNIT / 1_000_000 * 10_201);
    });
}

#[test]
fn first_sample_should_be_clamped_to_the_reference_price() {
    let mut pool = genesis_pool(GPU, 50_000_000, 1_000 * UNIT, 1_000 * UNIT);
    pool.theta_scale = (2 * UNIT).into();
    pool.psi_scale = UNIT.into();
    ExtBuilder::default().pools(vec![pool]).build_and_execute(|| {
        assert_eq!(prices().reference, 2 * UNIT);
        assert_eq!(sample(), 2 * UNIT / 100 * 99);
    });
}

#[test]
fn one_block_at_a_thousandfold_should_leave_the_mean_nearly_alone() {
    ExtBuilder::default().build().execute_with(|| {
        run_to(1 + Hour::get());
        set_reserves(UNIT / 1_000, 1_000 * UNIT);
        next_block();
        set_reserves(1_000 * UNIT, 1_000 * UNIT);
        next_block();
        assert!(prices().twap_hour.abs_diff(UNIT) <= UNIT / 5_000);
    });
}

#[test]
fn stand_ins_should_serve_until_there_is_history() {
    ExtBuilder::default().build_and_execute(|| {
        let reference = prices().reference;
        let mut dice = Dice(7);
        while System::block_number() < Week::get() + 20 {
            let _ = buy(&ALICE, GPU, dice.below(20 * UNIT));
            let samples = Market::last_sample(GPU).unwrap().1;
            let MarketPrices { twap_hour, twap_day, twap_week, .. } = prices();
            if samples < Hour::get() {
                assert_eq!(twap_hour, reference);
            }
            if samples < Day::get() {
                assert_eq!(twap_day, twap_hour);
            }
            if samples < Week::get() {
                assert_eq!(twap_week, twap_day);
            }
            if samples == Week::get() + 10 {
                assert!(twap_hour != twap_day && twap_day != twap_week && twap_week != reference);
            }
            next_block();
        }
    });
}

#[test]
fn means_should_equal_sums_by_hand_over_random_histories() {
    for seed in 1..4 {
        ExtBuilder::default().build_and_execute(|| {
            let mut dice = Dice(seed);
            let mut samples = vec![sample()];
            let mut widest = 0;
            while System::block_number() < Week::get() + 700 {
                if dice.below(3) == 0 {
                    let amount = dice.below(30 * UNIT);
                    let _ = if dice.below(2) == 0 { buy(&ALICE, GPU, amount) } else { sell(&BOB, GPU, amount) };
                }
                next_block();
                samples.push(sample());
                let oracle = Oracles::<Test>::get(GPU).unwrap();
                for window in Window::ALL {
                    let length = Market::window_blocks(window);
                    let mean = Market::mean(&oracle, window);
                    assert_eq!(mean, mean_by_hand(&samples, length), "{window:?} at {}", System::block_number());
                    let Some(mean) = mean else { continue };
                    // And the interpolation is off from the plain mean by no more than the module says.
                    let last = &samples[samples.len() - length as usize..];
                    let plain = last.iter().sum::<u128>() / length as u128;
                    let (low, high) = (last.iter().min().unwrap(), last.iter().max().unwrap());
                    let spread = (high - low).max(high / 20);
                    assert!(mean.abs_diff(plain) <= spread / 60 + 1, "{window:?}: {mean} {plain}");
                    widest = widest.max(mean.abs_diff(plain));
                }
            }
            assert!(widest > 0, "some window began inside a slot");
        });
    }
}

#[test]
fn means_should_be_exact_when_a_window_has_a_slot_per_block() {
    Hour::set(7);
    Day::set(30);
    Week::set(60);
    ExtBuilder::default().build_and_execute(|| {
        let mut dice = Dice(3);
        let mut samples = vec![sample()];
        for _ in 0..300 {
            let _ = sell(&ALICE, GPU, dice.below(20 * UNIT));
            next_block();
            samples.push(sample());
            let oracle = Oracles::<Test>::get(GPU).unwrap();
            for window in Window::ALL {
                let length = Market::window_blocks(window) as usize;
                let plain =
                    samples.len().checked_sub(length).map(|at| samples[at..].iter().sum::<u128>() / length as u128);
                assert_eq!(Market::mean(&oracle, window), plain);
            }
        }
    });
}

#[test]
fn mean_over_any_window_should_be_that_of_its_samples() {
    ExtBuilder::default().build_and_execute(|| {
        let mut dice = Dice(11);
        let mut samples = vec![sample()];
        let mut inexact = 0;
        for _ in 0..3_300 {
            let _ = sell(&ALICE, GPU, dice.below(20 * UNIT));
            next_block();
            samples.push(sample());
            let window = dice.below(samples.len() as u128 + 50) as usize;
            let mean = Market::mean_over(GPU, window as u64);
            if window == 0 || window > samples.len() || window > 2_900 {
                assert_eq!(mean, None, "{window} of {}", samples.len());
                continue;
            }
            let last = &samples[samples.len() - window..];
            let (plain, mean) = (last.iter().sum::<u128>() / window as u128, mean.unwrap());
            // One slot of the shortest ring that covers the window may be taken at its average.
            let length = [100, 700, 2_900].into_iter().find(|length| window <= *length).unwrap();
            let begin = samples.len() - window;
            let slot = length.div_ceil(60);
            let around = &samples[begin / slot * slot..((begin / slot + 1) * slot).min(samples.len())];
            let spread = around.iter().max().unwrap() - around.iter().min().unwrap();
            assert!(mean.abs_diff(plain) <= spread * slot as u128 / window as u128 + 1, "{window}: {mean} {plain}");
            inexact += usize::from(mean != plain);
            if begin.is_multiple_of(slot) {
                assert_eq!(mean, plain, "it begins at a slot's end");
            }
        }
        assert!(inexact > 100, "some windows began inside a slot");
    });
}

#[test]
fn trade_should_not_touch_the_oracle() {
    ExtBuilder::default().build_and_execute(|| {
        let before = Oracles::<Test>::get(GPU);
        let outcome = with_transaction(|| {
            let outcome = buy(&ALICE, GPU, UNIT);
            assert_eq!(Oracles::<Test>::get(GPU), before);
            TransactionOutcome::Rollback(outcome)
        });
        assert_ok!(outcome);
    });
}
