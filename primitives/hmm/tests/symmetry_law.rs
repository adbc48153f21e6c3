//! Law: a sell is a buy with the roles of Ψ and Θ exchanged, and selling what was bought returns no more than was paid.

mod common;

use common::{config, epsilon, extreme, magnitude, market::amount, UNIT};
use hanzo_hmm::{buy_exact_in, buy_exact_out, sell_exact_in, sell_exact_out, Curve, Reserves};
use proptest::prelude::*;

proptest! {
    #![proptest_config(config())]

    #[test]
    fn sell_should_equal_the_mirrored_buy_when_scales_are_equal(
        epsilon in epsilon(), psi in magnitude(0, 92), theta in magnitude(0, 92), x in magnitude(0, 92),
    ) {
        let curve = Curve::new(epsilon, UNIT, UNIT).unwrap();
        let (here, mirror) = (Reserves { psi, theta }, Reserves { psi: theta, theta: psi });
        prop_assert_eq!(sell_exact_in(&curve, &here, x), buy_exact_in(&curve, &mirror, x));
        prop_assert_eq!(sell_exact_out(&curve, &here, x), buy_exact_out(&curve, &mirror, x));
    }

    #[test]
    fn selling_back_should_return_no_more_when_nothing_happened_between((curve, before) in extreme(), of in amount()) {
        let paid = of.of(before.theta);
        if let Ok(bought) = buy_exact_in(&curve, &before, paid) {
            let after = Reserves { psi: before.psi - bought, theta: before.theta + paid };
            if let Ok(back) = sell_exact_in(&curve, &after, bought) {
                prop_assert!(back <= paid, "{back} > {paid}");
            }
        }
        let given = of.of(before.psi);
        if let Ok(got) = sell_exact_in(&curve, &before, given) {
            let after = Reserves { psi: before.psi + given, theta: before.theta - got };
            if let Ok(back) = buy_exact_in(&curve, &after, got) {
                prop_assert!(back <= given, "{back} > {given}");
            }
        }
    }
}
