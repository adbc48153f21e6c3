//! What execution costs.
//!
//! A block is one good with several scarce dimensions: computation time, size of the storage proof, bytes. Filling any
//! one of them fills the block, so a transaction pays for the dimension of which it takes the greatest share, and a
//! whole block costs the same whichever way it is filled.

use crate::Balance;
use core::marker::PhantomData;
use frame_support::{
    traits::Get,
    weights::{Weight, WeightToFee},
};

/// Fee as a share of a full block: `max(ref_time / limit, proof_size / limit) × price`, rounded up.
///
/// `Limit` is what fits into one block, `FullBlockPrice` what such a block costs in the smallest unit of $AI. A
/// dimension without limit (`u64::MAX`) is practically free; one with limit zero cannot be bought at all, hence costs
/// `Balance::MAX`.
pub struct BlockRatioFee<Limit, FullBlockPrice>(PhantomData<(Limit, FullBlockPrice)>);

impl<Limit: Get<Weight>, FullBlockPrice: Get<Balance>> WeightToFee for BlockRatioFee<Limit, FullBlockPrice> {
    type Balance = Balance;

    fn weight_to_fee(weight: &Weight) -> Balance {
        let (limit, price) = (Limit::get(), FullBlockPrice::get());
        share(price, weight.ref_time(), limit.ref_time()).max(share(price, weight.proof_size(), limit.proof_size()))
    }
}

/// `price × part / whole`, rounded up; nothing for nothing.
fn share(price: Balance, part: u64, whole: u64) -> Balance {
    if part == 0 {
        return 0;
    }
    let cost = price.saturating_mul(part.into());
    let rounding = Balance::from(whole).saturating_sub(1);
    cost.saturating_add(rounding).checked_div(whole.into()).unwrap_or(Balance::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use frame_support::parameter_types;

    parameter_types! {
        const Limit: Weight = Weight::from_parts(1_500, 5_000);
        const TimeOnly: Weight = Weight::from_parts(1_500, u64::MAX);
        const NoProof: Weight = Weight::from_parts(1_500, 0);
        const Price: Balance = 3_000_000;
    }

    fn fee<L: Get<Weight>>(ref_time: u64, proof_size: u64) -> Balance {
        BlockRatioFee::<L, Price>::weight_to_fee(&Weight::from_parts(ref_time, proof_size))
    }

    #[test]
    fn nothing_should_be_free_and_only_nothing() {
        assert_eq!(fee::<Limit>(0, 0), 0);
        assert_eq!(fee::<TimeOnly>(0, 1), 1);
    }

    #[test]
    fn full_block_should_cost_its_price_whichever_way_it_is_filled() {
        assert_eq!(fee::<Limit>(1_500, 0), 3_000_000);
        assert_eq!(fee::<Limit>(0, 5_000), 3_000_000);
        assert_eq!(fee::<Limit>(1_500, 5_000), 3_000_000);
    }

    #[test]
    fn scarcer_dimension_should_set_the_fee() {
        assert_eq!(fee::<Limit>(15, 5), 30_000);
        assert_eq!(fee::<Limit>(15, 100), 60_000);
    }

    #[test]
    fn fee_should_round_up_and_never_fall_when_weight_grows() {
        assert_eq!(fee::<Limit>(0, 7), 4_200);
        assert_eq!(share(10, 1, 3), 4);
        let fees: Vec<_> = (0..4_000).map(|t| fee::<Limit>(t, 0)).collect();
        assert!(fees.windows(2).all(|pair| pair[0] <= pair[1]));
    }

    #[test]
    fn extremes_should_saturate_instead_of_wrapping() {
        assert_eq!(share(Balance::MAX, u64::MAX, 1), Balance::MAX);
        assert_eq!(fee::<NoProof>(0, 1), Balance::MAX);
    }

    #[test]
    fn runtime_should_price_a_block_of_bytes_like_a_block_of_work() {
        use crate::configs::{
            system::{MAX_BLOCK_BYTES, MAX_BLOCK_WEIGHT},
            transaction_payment::{LengthFee, WorkFee, FULL_BLOCK_PRICE},
        };
        let bytes = Weight::from_parts(MAX_BLOCK_BYTES.into(), 0);
        assert_eq!(LengthFee::weight_to_fee(&bytes), FULL_BLOCK_PRICE);
        assert_eq!(WorkFee::weight_to_fee(&MAX_BLOCK_WEIGHT), FULL_BLOCK_PRICE);
    }
}
