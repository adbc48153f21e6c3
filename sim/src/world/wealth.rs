//! What somebody has, to the wei.
//!
//! The adversary's tokens are valued without any fee: what the pool would pay for all of them at once, by its curve and at no more
//! than its mean price; no way of selling them to it now gives more. What is owed beyond them is valued at what buying it
//! would cost. Both favour the adversary. Shares count as their part of both reserves and of what waits to enter them; who stays
//! a provider is valued apart ([`World::wealth_when_prices_are_back`]). Honest users' tokens are valued at the reference price,
//! so that what a victim lost is what it was charged more, wherever the price went.

use super::{
    cast::{adversaries, Who, MINTER},
    market::{state, tokens},
    verification::lost_to_slashes,
    World,
};
use frame_support::traits::fungible::Inspect;
use hanzo_hmm::{buy_exact_out, sell_exact_in, Curve, Pool, Reserves, PPB};
use hanzo_runtime::{test_kit::actors::pools, Balance, Balances, Runtime};
use hanzo_traits::PoolId;

/// Credits of an account, bonds and other holds included.
fn credits(who: Who) -> i128 {
    signed(Balances::total_balance(&who.id()))
}

fn signed(amount: Balance) -> i128 {
    i128::try_from(amount).expect("no amount comes near the range")
}

/// What a surplus of tokens brings without fees, or what it costs to buy a lack of them; wei of credits.
fn exit_value(pool: PoolId, withdrawn: &Reserves, held: Balance, owed: Balance) -> i128 {
    let mut state = state(pool);
    state.reserves.psi -= withdrawn.psi;
    state.reserves.theta -= withdrawn.theta;
    match held.checked_sub(owed) {
        Some(0) => 0,
        Some(surplus) => sell_exact_in(&state.curve, &state.reserves, surplus)
            .map_or(0, |on_curve| signed(on_curve.min(super::market::at_price(surplus, state.mean_price)))),
        None => match buy_exact_out(&state.curve, &state.reserves, owed - held) {
            Ok(cost) => -signed(cost.max(super::market::at_price(owed - held, state.mean_price))),
            // More than the pool has: at its highest price.
            Err(_) => -signed(super::market::at_price(owed - held, state.spot_price().saturating_mul(20))),
        },
    }
}

/// What the adversary's shares of a pool are of its reserves, and of what waits to enter them: who stays a provider gets that too.
fn withdrawable(pool: PoolId) -> Reserves {
    let (shares, waiting) = provided(pool);
    Reserves { psi: shares.psi + waiting.psi, theta: shares.theta + waiting.theta }
}

/// The two apart.
fn provided(pool: PoolId) -> (Reserves, Reserves) {
    let shares = adversaries().filter_map(|who| pallet_hmm::Positions::<Runtime>::get(pool, who.id()).total());
    let shares: Balance = shares.sum();
    let state = state(pool);
    let part_of = |reserves: Reserves| {
        let pool = Pool { curve: state.curve, fees: state.fees, reserves, reference: state.reference, mean: None };
        pool.remove_liquidity(state.supply, shares)
            .map_or_else(|_| Reserves::default(), |change| Reserves { psi: change.psi, theta: change.theta })
    };
    let own = part_of(state.reserves);
    let all = part_of(Reserves {
        psi: state.reserves.psi + state.donated.psi,
        theta: state.reserves.theta + state.donated.theta + state.pending_lp_fee,
    });
    (own, Reserves { psi: all.psi - own.psi, theta: all.theta - own.theta })
}

/// Reserves at the reference price on the same level of the curve, both sides together: they are alike there, so K = 2(S + e)r²; wei of
/// credits.
fn least_worth(curve: &Curve, reserves: &Reserves) -> i128 {
    let level = curve.invariant(reserves).expect("reserves are in their range");
    let square = level / (2 * (u64::from(PPB) + u64::from(curve.epsilon_ppb)));
    2 * signed(square.integer_sqrt().as_u128())
}

impl World {
    /// All the adversary has, less what it computed and what of its bonds waits to be slashed, wei. It may leave debts behind with
    /// the bonds that back them: what is more counts.
    pub fn wealth(&self) -> i128 {
        let all: i128 = adversaries().map(credits).sum();
        let provided = pools().map(|pool| (pool, withdrawable(pool)));
        let credits_of_shares: Balance = provided.iter().map(|(_, shares)| shares.theta).sum();
        let value = |(pool, shares): &(PoolId, Reserves), owed: Balance| {
            let held: Balance = adversaries().map(|who| tokens(who, *pool)).sum();
            exit_value(*pool, shares, held + shares.psi, owed)
        };
        let pays: i128 = provided.iter().map(|one| value(one, self.owed(one.0))).sum();
        // The minter only lends; whoever else of its workers owes anything may be left behind.
        let minted =
            |pool| pallet_compute::Workers::<Runtime>::get(MINTER.id()).map_or(0, |worker| worker.obligation(pool));
        let walks: i128 = provided.iter().map(|one| value(one, minted(one.0))).sum();
        let others = adversaries().filter(|who| *who != MINTER);
        let indebted = others.filter_map(|who| pallet_compute::Workers::<Runtime>::get(who.id()));
        let bonds: i128 = indebted.filter(|w| !w.obligations.is_empty()).map(|w| signed(w.bond - w.frozen)).sum();
        all + signed(credits_of_shares) + pays.max(walks - bonds) - self.lost()
    }

    /// What the adversary computed, and what of its bonds waits to be slashed, wei.
    fn lost(&self) -> i128 {
        signed(self.computed()) + lost_to_slashes()
    }

    /// All the adversary has with its tokens at the marginal price, debts too, wei: for a provider, whose part of the reserves
    /// changes with every trade of others, and who would leave a small pool behind to sell it to.
    pub fn wealth_at_spot(&self) -> i128 {
        let all: i128 = adversaries().map(credits).sum();
        let value = |pool| {
            let shares = withdrawable(pool);
            let held = signed(adversaries().map(|who| tokens(who, pool)).sum::<Balance>() + shares.psi);
            let (net, price) = (held - signed(self.owed(pool)), self.price(pool));
            signed(shares.theta) + net.signum() * signed(super::market::at_price(net.unsigned_abs(), price))
        };
        all + pools().map(value).iter().sum::<i128>()
    }

    /// All the adversary has when others have brought every price back to the reference price, which nothing has happened to; without
    /// any fee. For a provider that stays one: at the price of the moment, a trade of others that moved it takes from what its shares
    /// are worth, and one that the attack made fail would count as won.
    pub fn wealth_when_prices_are_back(&self) -> i128 {
        let all: i128 = adversaries().map(credits).sum();
        let value = |pool| {
            let curve = state(pool).curve;
            let (shares, waiting) = provided(pool);
            let held: Balance = adversaries().map(|who| tokens(who, pool)).sum::<Balance>() + waiting.psi;
            let net = signed(held) - signed(self.owed(pool));
            let net = net.signum() * signed(super::market::at_price(net.unsigned_abs(), curve.reference_price()));
            signed(waiting.theta) + least_worth(&curve, &shares) + net
        };
        all + pools().map(value).iter().sum::<i128>() - self.lost()
    }

    /// Its credits alone, wei.
    pub fn cash(&self) -> i128 {
        adversaries().map(credits).sum()
    }

    /// All that one honest user has, its tokens at the reference price, wei.
    pub fn wealth_of(&self, who: Who) -> i128 {
        let owed = |pool| pallet_compute::Workers::<Runtime>::get(who.id()).map_or(0, |worker| worker.obligation(pool));
        let value = |pool, amount| signed(super::market::at_price(amount, state(pool).curve.reference_price()));
        credits(who) + pools().map(|pool| value(pool, tokens(who, pool)) - value(pool, owed(pool))).iter().sum::<i128>()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::world::{setup::Clock, Role};

    /// A trade of others leaves a provider with its part of the fee and nothing else, however far it moved the price.
    #[test]
    fn provider_should_be_worth_more_by_fees_only_when_others_trade() {
        World::run(Clock::Mainnet, 1, true, |world| {
            world.traffic = crate::world::Traffic::none();
            let pool = crate::world::pool(0);
            let psi = state(pool).reserves.psi;
            world.mint(pool, psi);
            world.deposit(Who::adversary(0), pool, psi);
            let (fair, spot) = (world.wealth_when_prices_are_back(), world.wealth_at_spot());
            assert!(fair.abs_diff(spot) < 1_000_000_000, "{fair} {spot}");
            for number in 0..8 {
                let who = Who { role: Role::Trader, number };
                let buy = world.trade_of(who, pool, hanzo_hmm::Side::Buy, psi / 200, 0.5);
                assert!(world.perform(buy));
            }
            let fees = withdrawable(pool).theta - provided(pool).0.theta;
            let won = world.wealth_when_prices_are_back() - fair;
            assert!(won.abs_diff(signed(fees)) < 1_000_000_000, "{won} of fees of {fees}");
            assert!(world.wealth_at_spot() < spot, "at spot it seems to have lost");
        });
    }
}
