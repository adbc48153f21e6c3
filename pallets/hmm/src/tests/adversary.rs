//! The adversary law: one adversary that trades, provides and has others trade for it never ends with more of one asset and
//! no less of the other. Everybody else only provides, so no fee of another party comes in.

use super::random::{step, take, Step};
use crate::{mock::*, Positions};
use frame_support::assert_ok;
use hanzo_hmm::FeeParameters;
use proptest::prelude::*;

/// The accounts of the adversary; the first of [`PEOPLE`] is the honest provider.
const ADVERSARY: std::ops::Range<usize> = 1..4;

fn wealth() -> (u128, u128) {
    let people = &PEOPLE[ADVERSARY];
    (people.iter().map(|who| tokens(GPU, who)).sum(), people.iter().map(credits).sum())
}

/// Takes all liquidity back and trades until the adversary holds as much compute as it began with, or a few wei more.
fn close_out(target: u128) {
    run_to(System::block_number() + ShareLock::get());
    for who in &PEOPLE[ADVERSARY] {
        let shares = Positions::<Test>::get(GPU, who).total().unwrap();
        if shares > 0 {
            assert_ok!(Market::remove_liquidity(signed(who), GPU, shares, 0, 0, NEVER));
        }
    }
    for who in [BOB, CAROL] {
        assert_ok!(Assets::transfer_all(signed(&who), GPU.asset_id(), ALICE, false));
        assert_ok!(Balances::transfer_all(signed(&who), ALICE, true));
    }
    for _ in 0..1_000 {
        next_block();
        let (held, slice) = (wealth().0, reserves(GPU).psi / 40);
        if held < target {
            let psi = (target - held).min(slice);
            assert_ok!(Market::buy_exact_out(signed(&ALICE), GPU, psi, u128::MAX, NEVER));
        } else if held > target {
            if sell(&ALICE, GPU, (held - target).min(slice)).is_err() {
                break;
            }
        } else {
            break;
        }
    }
    assert!(wealth().0 >= target && wealth().0 - target < 1_000, "closed out: {} {target}", wealth().0);
}

fn ensure_no_gain(steps: &[Step], builder: ExtBuilder) {
    builder.build_and_execute(|| {
        let start = wealth();
        for step in steps {
            let _ = take(step);
        }
        let held = wealth();
        assert!(!is_better(held, start), "{start:?} became {held:?} with shares to come");
        close_out(start.0);
        let end = wealth();
        assert!(!is_better(end, start), "{start:?} became {end:?}");
    });
}

/// More of one and no less of the other.
fn is_better(now: (u128, u128), then: (u128, u128)) -> bool {
    now.0 >= then.0 && now.1 >= then.1 && now != then
}

fn history() -> impl Strategy<Value = Vec<Step>> {
    prop::collection::vec(step(ADVERSARY, 1), 1..60)
}

proptest! {
    #![proptest_config(cases(85))]

    #[test]
    fn adversary_should_never_gain(steps in history(), epsilon in prop_oneof![Just(0), Just(50_000_000), Just(500_000_000)]) {
        ensure_no_gain(&steps, ExtBuilder::default().epsilon(epsilon));
    }

    #[test]
    fn adversary_should_never_gain_when_there_are_no_fees(
        steps in history(),
        epsilon in prop_oneof![Just(0), Just(50_000_000), Just(500_000_000)],
    ) {
        let none = FeeParameters { market_ppb: 0, risk_ppb: 0, ..FeeParameters::DEFAULT };
        ensure_no_gain(&steps, ExtBuilder::default().epsilon(epsilon).fees(none));
    }

    #[test]
    fn adversary_should_never_gain_when_scales_differ(steps in history(), price in 1u128..2_000) {
        let pool = genesis_pool(GPU, 50_000_000, 1_000 * UNIT + 1, price * UNIT + 3);
        ensure_no_gain(&steps, ExtBuilder::default().pools(vec![pool]));
    }
}
