//! The state every run begins with, built once: deep pools, bonded workers, traders with tokens.

use super::{cast::Who, jobs::FREE_MODEL, market, Role, ADVERSARIES, MINTER, VALIDATORS, VERIFIERS};
use hanzo_poai::{ResourceClass, Resources};
use hanzo_runtime::{
    constants::AI,
    economy::TINY_MODEL,
    test_kit::{
        self,
        actors::{offer, pools},
        chain::{dispatch_as, Chain},
    },
    Balance, SessionKeys,
};
use hanzo_traits::PoolId;
use serde_json::{json, Value};
use sp_core::{storage::Storage, Pair};
use sp_keyring::{Ed25519Keyring, Sr25519Keyring::Alice};
use sp_runtime::{helpers_128bit::multiply_by_rational_with_rounding, Rounding};
use sp_state_machine::BasicExternalities;
use std::sync::OnceLock;

/// How fast the chain's clock runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Clock {
    /// As on the mainnet: an hour has 1,800 blocks.
    Mainnet,
    /// As in the presets, 180 times as fast: an hour has 10 blocks. Windows of jobs end soon; a mean over an hour is ten
    /// blocks long and so much easier to push than on the mainnet.
    Short,
}

impl Clock {
    /// What periods are divided by.
    pub fn divisor(self) -> u32 {
        match self {
            Self::Mainnet => 1,
            Self::Short => 180,
        }
    }
}

/// Credits in a pool when a run begins, at the prices of the presets; a tenth for storage, of which a reserve would not hold
/// more.
pub fn depth(pool: PoolId) -> Balance {
    match pool.class {
        ResourceClass::Disk => 1_000 * AI,
        _ => 10_000 * AI,
    }
}

/// What everybody has at first.
const ENDOWMENT: Balance = 100_000_000 * AI;
/// Honest traders, clients, workers, providers and arbitrageurs.
pub const TRADERS: u32 = 12;
/// See [`TRADERS`].
pub const CLIENTS: u32 = 8;
/// See [`TRADERS`].
pub const WORKERS: u32 = 6;
/// See [`TRADERS`].
pub const PROVIDERS: u32 = 3;
/// See [`TRADERS`].
pub const ARBITRAGEURS: u32 = 4;
/// What all workers together mint of every class, of what the pools hold.
const MINTED: Balance = 2;
/// What each trader and arbitrageur has of every class: a 25th of what the pools hold.
const HELD: Balance = 25;

/// The bond of an honest worker.
pub fn bond(number: u32) -> Balance {
    (800_000 + 200_000 * Balance::from(number)) * AI
}

/// The state of a run's start, and the chain that goes on from it.
pub(super) fn snapshot(clock: Clock) -> (BasicExternalities, Chain) {
    static BUILT: [OnceLock<(Storage, Chain)>; 2] = [OnceLock::new(), OnceLock::new()];
    let (storage, chain) = BUILT[clock as usize].get_or_init(|| build(clock));
    (BasicExternalities::new(storage.clone()), chain.clone())
}

fn build(clock: Clock) -> (Storage, Chain) {
    build_with(clock.divisor(), WORKERS, bond)
}

/// The same with any clock, and any workers.
pub(crate) fn build_with(divisor: u32, workers: u32, bond: impl Fn(u32) -> Balance) -> (Storage, Chain) {
    let genesis = test_kit::genesis("development", |genesis| change(genesis, divisor, workers));
    let mut state = BasicExternalities::new(genesis);
    let chain = state.execute_with(|| {
        let mut chain = Chain::start();
        populate(workers, bond);
        // Lots follow their workers four blocks later.
        for _ in 0..8 {
            chain.advance(Alice, 0);
        }
        test_kit::invariants().unwrap();
        chain
    });
    (state.into_storages(), chain)
}

/// Three validators, this clock, and the cast's accounts.
fn change(genesis: &mut Value, divisor: u32, workers: u32) {
    genesis["timeScale"]["divisor"] = json!(divisor);
    let voters = [Ed25519Keyring::Alice, Ed25519Keyring::Bob, Ed25519Keyring::Charlie];
    let session = VALIDATORS.into_iter().zip(voters).map(|(validator, voter)| {
        let account = validator.to_account_id();
        let keys = SessionKeys { babe: validator.public().into(), grandpa: voter.public().into() };
        json!([account, account, keys])
    });
    genesis["session"]["keys"] = session.collect();
    let balances = genesis["balances"]["balances"].as_array_mut().unwrap();
    let cast = [
        (Role::Adversary, ADVERSARIES),
        (Role::Trader, TRADERS),
        (Role::Client, CLIENTS),
        // As many again, for those that come later.
        (Role::Worker, 2 * workers),
        (Role::Provider, PROVIDERS),
        (Role::Arbitrageur, ARBITRAGEURS),
        (Role::Verifier, VERIFIERS),
        (Role::Challenger, 1),
    ];
    for (role, count) in cast {
        balances.extend((0..count).map(|number| json!([Who { role, number }.id(), ENDOWMENT])));
    }
}

/// Tokens of a pool that are worth so many credits at the first price.
pub fn worth(pool: PoolId, credits: Balance) -> Balance {
    let curve = market::state(pool).curve;
    multiply_by_rational_with_rounding(credits, curve.psi_scale, curve.theta_scale, Rounding::Down)
        .expect("what pools hold is far from overflowing")
}

/// Makes an account of the cast a worker whose units back, at quality one half, `parts` times what the pools held at first,
/// over `of`.
pub(crate) fn register(who: Who, bond: Balance, (parts, of): (Balance, Balance), models: &[sp_core::H256]) {
    let mut offer = offer();
    // The horizon is 600 s at quality one half.
    let units = pools().map(|pool| worth(pool, depth(pool) * parts / of).div_ceil(300));
    offer.units = Resources(units);
    let session_key = who.session().public();
    dispatch_as(who.id(), pallet_compute::Call::register_worker { offer, session_key, bond }).unwrap();
    let models = models.to_vec().try_into().unwrap();
    dispatch_as(who.id(), pallet_compute::Call::set_models { models }).unwrap();
}

fn populate(workers: u32, bond: impl Fn(u32) -> Balance) {
    let provider = Who { role: Role::Provider, number: 0 };
    let count = Balance::from(workers);
    for number in 0..workers {
        let worker = Who { role: Role::Worker, number };
        register(worker, bond(number), (2 * MINTED, count), &[FREE_MODEL, TINY_MODEL]);
        for pool in pools() {
            let amount = worth(pool, depth(pool) * MINTED / count);
            dispatch_as(worker.id(), pallet_compute::Call::mint_tokens { pool, amount }).unwrap();
            market::give(worker, provider, pool, amount).unwrap();
        }
    }
    register(MINTER, 60_000_000 * AI, (20, 1), &[]);
    for pool in pools() {
        let traders = (0..TRADERS).map(|number| Who { role: Role::Trader, number });
        let arbitrageurs = (0..ARBITRAGEURS).map(|number| Who { role: Role::Arbitrageur, number });
        for who in traders.chain(arbitrageurs) {
            market::give(provider, who, pool, worth(pool, depth(pool) / HELD)).unwrap();
        }
        let there = market::state(pool).reserves.psi;
        let call = pallet_hmm::Call::add_liquidity {
            pool,
            max_psi: worth(pool, depth(pool)) - there,
            max_theta: ENDOWMENT / 2,
            min_shares: 0,
            deadline: u32::MAX,
        };
        dispatch_as(provider.id(), call).unwrap();
    }
    // The worker of the presets, whose tokens the pools began with, takes no jobs here.
    let ferdie = sp_keyring::Sr25519Keyring::Ferdie.to_account_id();
    dispatch_as(ferdie, pallet_compute::Call::set_accepting { accepting: false }).unwrap();
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::world::World;

    #[test]
    fn every_clock_should_begin_with_deep_pools_at_the_reference_price() {
        for clock in [Clock::Mainnet, Clock::Short] {
            World::run(clock, 1, true, |world| {
                for pool in pools() {
                    let state = market::state(pool);
                    assert!(state.reserves.theta.abs_diff(depth(pool)) < AI, "{:?}", state.reserves);
                    assert!(state.spot_price().abs_diff(state.curve.reference_price()) < 1_000_000);
                }
                world.wind_up(false).unwrap();
            });
        }
    }

    #[test]
    fn snapshot_should_be_the_same_for_every_run() {
        let wealth = |seed| World::run(Clock::Short, seed, true, |world| world.wealth());
        assert_eq!(wealth(1), wealth(2));
    }
}
