//! Laws between exact in and exact out. Without fees, paying an exact-out cost buys at least what was asked. With fees,
//! exact-in buys over-estimate the risk fee in their one pass, by at most f_r·(f_m + f_r) of the input.

mod common;

use common::{config, curve, extreme, market::amount, pool, sensible};
use hanzo_hmm::{buy_exact_in, buy_exact_out, sell_exact_in, sell_exact_out, FeeParameters};
use num_bigint::BigUint;
use proptest::prelude::*;

proptest! {
    #![proptest_config(config())]

    #[test]
    fn exact_in_should_return_what_was_asked_when_given_the_exact_out_cost((curve, before) in extreme(), of in amount()) {
        let wanted = of.of(before.psi);
        if let Ok(cost) = buy_exact_out(&curve, &before, wanted) {
            // The very last wei of a curved pool lies past the bound of exact in.
            if let Ok(bought) = buy_exact_in(&curve, &before, cost) {
                prop_assert!(bought >= wanted, "{bought} < {wanted}");
            }
        }
        let wanted = of.of(before.theta);
        if let Ok(given) = sell_exact_out(&curve, &before, wanted) {
            if let Ok(got) = sell_exact_in(&curve, &before, given) {
                prop_assert!(got >= wanted, "{got} < {wanted}");
            }
        }
    }

    #[test]
    fn one_pass_should_cost_at_most_its_slack_when_fees_are_charged((curve, before) in sensible(curve()), of in amount()) {
        let pool = pool(curve, FeeParameters::DEFAULT, before);
        let wanted = of.of(before.psi);
        let Ok(exact) = pool.buy_exact_out(wanted) else { return Ok(()) };
        let Ok(one_pass) = pool.buy(exact.theta) else { return Ok(()) };
        // In credits: fee over-estimate ≤ f_r·(f_m + f_r)·x and two wei of rounding; f_r, f_m as charged by exact out.
        let over = BigUint::from(one_pass.fee.total.saturating_sub(exact.fee.total));
        let slack = BigUint::from(exact.fee.risk + 2) * (exact.fee.total + 2);
        prop_assert!(over * exact.theta <= slack + BigUint::from(2u8) * exact.theta, "{:?} {:?}", exact, one_pass);
    }

    #[test]
    fn sell_should_return_what_was_asked_when_given_the_exact_out_amount(
        (curve, before) in sensible(curve()), of in amount(),
    ) {
        let pool = pool(curve, FeeParameters::DEFAULT, before);
        let wanted = of.of(before.theta);
        let Ok(exact) = pool.sell_exact_out(wanted) else { return Ok(()) };
        let Ok(sold) = pool.sell(exact.psi) else { return Ok(()) };
        prop_assert!(sold.theta >= wanted, "{} < {wanted}", sold.theta);
    }
}
