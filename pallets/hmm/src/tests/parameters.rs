//! Governance changes fees in bounded steps.

use crate::{mock::*, Error};
use frame_support::{assert_noop, assert_ok};
use hanzo_hmm::FeeParameters;
use sp_runtime::traits::BadOrigin;

fn set(fees: FeeParameters) -> sp_runtime::DispatchResult {
    Market::set_parameters(RuntimeOrigin::root(), GPU, fees)
}

const NOW: FeeParameters = FeeParameters::DEFAULT;

#[test]
fn set_parameters_should_move_every_rate_by_a_quarter_at_most() {
    ExtBuilder::default().build_and_execute(|| {
        assert_noop!(Market::set_parameters(signed(&ALICE), GPU, NOW), BadOrigin);
        for step in [
            FeeParameters { market_ppb: 3_750_001, ..NOW },
            FeeParameters { market_ppb: 2_249_999, ..NOW },
            FeeParameters { risk_ppb: 62_500_001, ..NOW },
            FeeParameters { cap_ppb: 187_499_999, ..NOW },
            FeeParameters { burn_ppb: 312_500_001, ..NOW },
            FeeParameters { lp_parts: 3, ..NOW },
            FeeParameters { treasury_parts: 2, ..NOW },
            FeeParameters { lp_parts: 1, treasury_parts: 0, ..NOW },
        ] {
            assert_noop!(set(step), Error::<Test>::ChangeTooLarge);
        }
        assert_noop!(set(FeeParameters { cap_ppb: 260_000_000, ..NOW }), Error::<Test>::BadFeeParameters);
        let step =
            FeeParameters { market_ppb: 3_750_000, risk_ppb: 37_500_000, lp_parts: 100, treasury_parts: 24, ..NOW };
        assert_ok!(set(step));
        assert_eq!(state(GPU).fees, step);
    });
}

#[test]
fn set_parameters_should_wait_for_an_interval_between_changes() {
    ExtBuilder::default().build_and_execute(|| {
        run_to(10);
        assert_ok!(set(FeeParameters { market_ppb: 3_700_000, ..NOW }));
        run_to(10 + ParameterInterval::get() - 1);
        let next = FeeParameters { market_ppb: 4_600_000, ..NOW };
        assert_noop!(set(next), Error::<Test>::ChangedTooRecently);
        next_block();
        assert_ok!(set(next));
    });
}

#[test]
fn set_parameters_should_leave_zero_again() {
    ExtBuilder::default().fees(FeeParameters { market_ppb: 0, ..NOW }).build_and_execute(|| {
        assert_noop!(set(FeeParameters { market_ppb: 100_001, ..NOW }), Error::<Test>::ChangeTooLarge);
        assert_ok!(set(FeeParameters { market_ppb: 100_000, ..NOW }));
        assert_eq!(bought(&ALICE, GPU, UNIT).fee.market, UNIT / 10_000);
    });
}
