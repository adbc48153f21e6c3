//! Law: slicing a trade within a block never cheapens it, for ε ≤ 0.5 and the default fees, while the reserve it draws from
//! is not above its reference at the start of the block.
//!
//! Exact-in buys over-estimate their risk fee in one pass. For the block's first trade in a pool with Θ ≤ 4·p̄Ψ slicing them
//! does not pay either. Far off balance, where a curved pool's price hardly moves, or after earlier buys of the block, slices
//! can win back that over-estimate and no more: whatever they buy, they pay at least what it costs exact out in one piece.

mod common;

use common::{config, governed_epsilon, pool, scaled_curve, sensible, share, UNIT};
use hanzo_hmm::{Curve, FeeParameters, Pool, Reserves, PPB};
use num_bigint::BigUint;
use proptest::{collection::vec, prelude::*};

/// Curves within governance's bound, equal scales or not.
fn governed() -> impl Strategy<Value = Curve> {
    (governed_epsilon(), prop_oneof![Just(None), scaled_curve().prop_map(Some)]).prop_map(|(epsilon, scales)| {
        let (theta, psi) = scales.map_or((UNIT, UNIT), |curve: Curve| (curve.theta_scale, curve.psi_scale));
        Curve::new(epsilon, theta, psi).unwrap()
    })
}

/// Cuts `whole` in as many pieces as there are weights.
fn pieces(whole: u128, weights: &[u32]) -> Vec<u128> {
    let sum: u128 = weights.iter().map(|w| u128::from(*w)).sum();
    let mut cut: Vec<u128> =
        weights.iter().map(|w| share(whole, (u128::from(*w) * 1_000_000_000 / sum) as u32)).collect();
    let rest = whole - cut.iter().sum::<u128>();
    *cut.last_mut().unwrap() += rest;
    cut
}

/// The pool after trades of this block that drew the reserves below their references.
fn drawn(pool: Pool, psi: u32, theta: u32) -> Pool {
    let grown = |reserve: u128, part: u32| reserve + share(reserve, part);
    Pool {
        reference: Reserves { psi: grown(pool.reserves.psi, psi), theta: grown(pool.reserves.theta, theta) },
        ..pool
    }
}

/// Pays `whole` in exact-in slices; what was paid and what was bought.
fn buy_in_slices(mut pool: Pool, whole: u128, weights: &[u32]) -> (u128, u128) {
    let (mut paid, mut bought) = (0, 0);
    for piece in pieces(whole, weights) {
        if let Ok(trade) = pool.buy(piece) {
            paid += trade.theta;
            bought += trade.psi;
            pool.reserves = trade.after;
        }
    }
    (paid, bought)
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn slices_should_buy_no_more_when_paying_the_same_near_balance(
        (curve, mut reserves) in sensible(governed()), part in 1..=300_000_000u32, weights in vec(1..=1_000u32, 2..=8),
    ) {
        let balanced = BigUint::from(reserves.psi) * curve.theta_scale / curve.psi_scale;
        reserves.theta = reserves.theta.min(u128::try_from(balanced * 4u8).unwrap());
        let start = pool(curve, FeeParameters::DEFAULT, reserves);
        let paid = share(reserves.theta, part);
        let Ok(whole) = start.buy(paid) else { return Ok(()) };
        let (_, bought) = buy_in_slices(start, paid, &weights);
        prop_assert!(bought <= whole.psi, "{bought} sliced, {} whole", whole.psi);
    }

    #[test]
    fn slices_should_pay_the_exact_out_cost_when_others_bought_before(
        (curve, reserves) in sensible(governed()), part in 1..=300_000_000u32, weights in vec(1..=1_000u32, 2..=8),
        psi in 0..=100_000_000u32,
    ) {
        let start = drawn(pool(curve, FeeParameters::DEFAULT, reserves), psi, 0);
        let (paid, bought) = buy_in_slices(start, share(reserves.theta, part), &weights);
        let Ok(whole) = start.buy_exact_out(bought) else { return Ok(()) };
        prop_assert!(paid >= whole.theta, "{paid} sliced, {} whole", whole.theta);
    }

    #[test]
    fn slices_should_cost_no_less_when_buying_the_same(
        (curve, reserves) in sensible(governed()), part in 1..=300_000_000u32, weights in vec(1..=1_000u32, 2..=8),
        psi in 0..=100_000_000u32,
    ) {
        let start = drawn(pool(curve, FeeParameters::DEFAULT, reserves), psi, 0);
        let wanted = share(reserves.psi, part);
        let Ok(whole) = start.buy_exact_out(wanted) else { return Ok(()) };
        let (mut now, mut paid) = (start, 0);
        for piece in pieces(wanted, &weights) {
            if let Ok(trade) = now.buy_exact_out(piece) {
                paid += trade.theta;
                now.reserves = trade.after;
            }
        }
        if now.reserves.psi == reserves.psi - wanted {
            prop_assert!(paid >= whole.theta, "{paid} sliced, {} whole", whole.theta);
        }
    }

    #[test]
    fn slices_should_return_no_more_when_selling_the_same(
        (curve, reserves) in sensible(governed()), part in 1..=300_000_000u32, weights in vec(1..=1_000u32, 2..=8),
        theta in 0..=100_000_000u32,
    ) {
        let start = drawn(pool(curve, FeeParameters::DEFAULT, reserves), 0, theta);
        let given = share(reserves.psi, part);
        let Ok(whole) = start.sell(given) else { return Ok(()) };
        let (mut now, mut got) = (start, 0);
        for piece in pieces(given, &weights) {
            if let Ok(trade) = now.sell(piece) {
                got += trade.theta;
                now.reserves = trade.after;
            }
        }
        prop_assert!(got <= whole.theta, "{got} sliced, {} whole", whole.theta);
    }
}

/// The corner the law excludes, with its numbers: after somebody sold 10 % in the block, buying 20 % in one piece pays the
/// risk fee on all of it, in two only on the second half. 0.2 % of the price is saved, and the market fee still paid.
#[test]
fn slices_should_save_the_free_stretch_when_the_reserve_is_above_its_reference() {
    let reserves = Reserves { psi: 1_100 * UNIT, theta: 1_000 * UNIT };
    let mut now = pool(Curve::new(50_000_000, UNIT, UNIT).unwrap(), FeeParameters::DEFAULT, reserves);
    now.reference.psi = 1_000 * UNIT;
    let whole = now.buy_exact_out(200 * UNIT).unwrap().theta;
    let first = now.buy_exact_out(100 * UNIT).unwrap();
    now.reserves = first.after;
    let sliced = first.theta + now.buy_exact_out(100 * UNIT).unwrap().theta;
    let saved_ppb = (whole - sliced) * u128::from(PPB) / whole;
    println!("saved {saved_ppb} ppb");
    assert!((1_000_000..3_000_000).contains(&saved_ppb), "{saved_ppb}");
}
