//! Class law, as far as this crate reaches: whatever is done to a pool, no compute token comes into being or vanishes, and
//! every credit is in the reserves, beside them, with the party, in the treasury or burned.

mod common;

use common::{
    config, extreme, fees,
    market::{step, Market},
    pool,
};
use proptest::{collection::vec, prelude::*};

proptest! {
    #![proptest_config(config())]

    #[test]
    fn tokens_should_be_conserved_to_the_wei_when_anything_happens(
        (curve, reserves) in extreme(), fees in fees(), steps in vec(step(), 1..=16),
    ) {
        let mut market = Market::new(pool(curve, fees, reserves), 1_000_000_000_000_000_000);
        let (compute, credits) = (market.compute_in_existence(), market.credits_in_existence());
        for step in steps {
            market.apply(step)?;
        }
        prop_assert_eq!(market.compute_in_existence(), compute);
        prop_assert_eq!(market.credits_in_existence(), credits);
        prop_assert_eq!(compute, reserves.psi as i128);
        prop_assert_eq!(credits, reserves.theta as i128);
    }
}
