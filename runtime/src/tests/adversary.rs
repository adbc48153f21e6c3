//! The adversary law over the whole protocol: whoever is client, worker, provider and trader at once, and nobody else
//! trading with it, never ends with more credits than it put in. Fees of transactions are left out, so that they hide
//! nothing.

use super::{
    actors::{self, attest, offer, output, request, session_pair, status},
    cases,
    chain::{dispatch, Chain},
};
use crate::{
    constants::AI, economy, AccountId, Assets, Balance, Balances, Compute, Hmm, Poai, Runtime, RuntimeCall,
    RuntimeOrigin,
};
use codec::Compact;
use frame_support::traits::{fungible::Inspect as _, fungibles::Mutate, tokens::Preservation::Expendable, Get};
use hanzo_hmm::{Curve, Side};
use hanzo_poai::{JobId, Part, Resources};
use hanzo_traits::{PoolId, ResourceClass};
use pallet_hmm::{commitment_of, HiddenOrder, BATCH_BLOCKS, COMMIT_BLOCKS};
use proptest::{collection::vec, prelude::*};
use sp_keyring::Sr25519Keyring::{self, AliceStash, Bob, BobStash, Charlie, Dave};
use sp_runtime::{traits::Dispatchable, BoundedVec, DispatchError};
use std::cell::RefCell;

/// The adversary's accounts: a worker, a client, a provider and trader, and another worker.
const ADVERSARY: [Sr25519Keyring; 4] = [Bob, Charlie, Dave, BobStash];
/// Those of them that are workers.
const WORKERS: [Sr25519Keyring; 2] = [Bob, BobStash];
/// Graphics processors in a tier of their own.
const OTHER: PoolId = PoolId { class: ResourceClass::Gpu, tier: 1 };
/// A deadline nobody meets.
const NEVER: u32 = u32::MAX;
/// Accounts that the adversary turns tokens into credits through.
const HELPERS: [[u8; 32]; 8] =
    [[0xa0; 32], [0xa1; 32], [0xa2; 32], [0xa3; 32], [0xa4; 32], [0xa5; 32], [0xa6; 32], [0xa7; 32]];

/// What the adversary does. Shares are parts per million of a reserve, or of what it holds.
#[derive(Clone, Copy, Debug)]
enum Act {
    Buy {
        who: usize,
        pool: usize,
        share: u32,
    },
    BuyExactOut {
        who: usize,
        pool: usize,
        share: u32,
    },
    Sell {
        who: usize,
        pool: usize,
        share: u32,
    },
    Add {
        who: usize,
        pool: usize,
        share: u32,
    },
    Remove {
        who: usize,
        pool: usize,
        share: u32,
    },
    /// An order of a batch, at a price in parts per million of the pool's.
    Commit {
        who: usize,
        pool: usize,
        side: Side,
        share: u32,
        price: u32,
    },
    /// Goes on to where orders are revealed, and reveals all but every so many-th.
    Reveal {
        but: usize,
    },
    Mint {
        worker: usize,
        pool: usize,
        share: u32,
    },
    Burn {
        worker: usize,
        pool: usize,
        share: u32,
    },
    Give {
        from: usize,
        to: usize,
        pool: usize,
    },
    Submit {
        who: usize,
        tokens: u32,
        held: bool,
        sell_unused: bool,
        /// Percent of the graphics processors that are of the other tier.
        other: u8,
    },
    Accept(u64),
    Attest(u64, u32),
    Demand(u64),
    Deliver(u64),
    Cancel(u64),
    Payout {
        worker: usize,
        sell: bool,
    },
    Deregister {
        worker: usize,
    },
    CheckMargin {
        worker: usize,
    },
    /// For a share of what is owed.
    Cash {
        worker: usize,
        pool: usize,
        share: u32,
    },
    Wait(u32),
}

fn trade() -> impl Strategy<Value = Act> {
    // Up to what an account may trade outside batches, and seldom more.
    let share = || prop_oneof![4 => 1u32..3_000, 1 => 3_000u32..45_000];
    let (who, pool) = (|| 0..ADVERSARY.len(), || 0usize..7);
    prop_oneof![
        (who(), pool(), share()).prop_map(|(who, pool, share)| Act::Buy { who, pool, share }),
        (who(), pool(), share()).prop_map(|(who, pool, share)| Act::BuyExactOut { who, pool, share }),
        (who(), pool(), share()).prop_map(|(who, pool, share)| Act::Sell { who, pool, share }),
    ]
}

fn act() -> impl Strategy<Value = Act> {
    let (who, worker, pool, job) = (|| 0..ADVERSARY.len(), || 0..WORKERS.len(), || 0usize..7, || 0u64..6);
    let share = || 1u32..=1_000_000;
    prop_oneof![
        6 => trade(),
        2 => (who(), pool(), 1u32..500_000).prop_map(|(who, pool, share)| Act::Add { who, pool, share }),
        2 => (who(), pool(), share()).prop_map(|(who, pool, share)| Act::Remove { who, pool, share }),
        4 => (who(), pool(), prop_oneof![Just(Side::Buy), Just(Side::Sell)], 1_000u32..60_000, 900_000u32..1_100_000)
            .prop_map(|(who, pool, side, share, price)| Act::Commit { who, pool, side, share, price }),
        2 => (1usize..8).prop_map(|but| Act::Reveal { but }),
        3 => (worker(), pool(), share()).prop_map(|(worker, pool, share)| Act::Mint { worker, pool, share }),
        1 => (worker(), pool(), share()).prop_map(|(worker, pool, share)| Act::Burn { worker, pool, share }),
        1 => (who(), who(), pool()).prop_map(|(from, to, pool)| Act::Give { from, to, pool }),
        3 => (who(), 100u32..440, any::<bool>(), any::<bool>(), prop_oneof![Just(0u8), 1u8..=100])
            .prop_map(|(who, tokens, held, sell_unused, other)| Act::Submit { who, tokens, held, sell_unused, other }),
        4 => job().prop_map(Act::Accept),
        4 => (job(), 1u32..440).prop_map(|(job, count)| Act::Attest(job, count)),
        1 => job().prop_map(Act::Demand),
        1 => job().prop_map(Act::Deliver),
        1 => job().prop_map(Act::Cancel),
        1 => (worker(), any::<bool>()).prop_map(|(worker, sell)| Act::Payout { worker, sell }),
        1 => worker().prop_map(|worker| Act::Deregister { worker }),
        1 => worker().prop_map(|worker| Act::CheckMargin { worker }),
        1 => (worker(), pool(), share()).prop_map(|(worker, pool, share)| Act::Cash { worker, pool, share }),
        // Once in a while past the grace of a call.
        4 => prop_oneof![40 => 1u32..6, 10 => 15u32..30, 1 => Just(260)].prop_map(Act::Wait),
    ]
}

thread_local! {
    /// What reveals the orders that were committed.
    static KEPT: RefCell<Vec<(Sr25519Keyring, pallet_hmm::Call<Runtime>)>> = const { RefCell::new(Vec::new()) };
}

/// `share` millionths of `whole`.
fn part(whole: Balance, share: u32) -> Balance {
    whole / 1_000_000 * Balance::from(share)
}

fn id(actor: Sr25519Keyring) -> AccountId {
    actor.to_account_id()
}

fn tokens(actor: Sr25519Keyring, pool: PoolId) -> Balance {
    Assets::balance(pool.asset_id(), id(actor))
}

/// The pools of the presets, and [`OTHER`].
fn pools() -> Vec<PoolId> {
    actors::pools().into_iter().chain([OTHER]).collect()
}

fn by_root(call: impl Into<RuntimeCall>) {
    call.into().dispatch(RuntimeOrigin::root()).unwrap();
}

/// Opens [`OTHER`] as large as the pool of its class in tier 0, with tokens that a stranger owes.
fn open_other() {
    by_root(pallet_compute::Call::set_tier { tier: OTHER.tier, rule: Default::default() });
    let own = economy::pools(id(AliceStash));
    let like = own.iter().find(|pool| pool.id.class == OTHER.class).unwrap();
    let (psi, theta) = (like.psi.0, like.theta.0);
    let curve = Curve { epsilon_ppb: like.epsilon_ppb, theta_scale: like.theta_scale.0, psi_scale: like.psi_scale.0 };
    by_root(pallet_hmm::Call::create_pool { pool: OTHER, curve, fees: like.fees });
    join(AliceStash);
    dispatch(AliceStash, pallet_compute::Call::mint_tokens { pool: OTHER, amount: psi }).unwrap();
    let add =
        pallet_hmm::Call::add_liquidity { pool: OTHER, max_psi: psi, max_theta: theta, min_shares: 0, deadline: NEVER };
    dispatch(AliceStash, add).unwrap();
}

fn psi(pool: PoolId) -> Balance {
    Hmm::pool(pool).unwrap().psi.0
}

fn shares(actor: Sr25519Keyring, pool: PoolId) -> Balance {
    pallet_hmm::Positions::<Runtime>::get(pool, id(actor)).total().unwrap()
}

fn owed(actor: Sr25519Keyring, pool: PoolId) -> Balance {
    pallet_compute::Workers::<Runtime>::get(id(actor)).map_or(0, |worker| worker.obligation(pool))
}

fn give(from: Sr25519Keyring, to: Sr25519Keyring, pool: PoolId, amount: Balance) {
    let id = Compact(pool.asset_id());
    let _ = dispatch(from, pallet_assets::Call::transfer { id, target: self::id(to).into(), amount });
}

/// All credits of the adversary, bonds and other holds included, wei.
fn wealth() -> Balance {
    let helpers = HELPERS.map(AccountId::from);
    ADVERSARY.map(id).iter().chain(&helpers).map(Balances::total_balance).sum()
}

/// The worker of the adversary's that a job is assigned to.
fn assigned(job: JobId) -> Sr25519Keyring {
    let worker = Compute::job(job).and_then(|job| job.worker);
    WORKERS.into_iter().find(|own| Some(id(*own)) == worker).unwrap_or(Bob)
}

/// The account of the adversary's that submitted a job.
fn client(job: JobId) -> Sr25519Keyring {
    let client = Compute::job(job).map(|job| job.client);
    ADVERSARY.into_iter().find(|own| Some(id(*own)) == client).unwrap_or(Charlie)
}

/// Commits an order for `share` millionths of Ψ at `price` millionths of the price, and keeps what reveals it.
fn commit(who: Sr25519Keyring, pool: PoolId, side: Side, share: u32, price: u32) -> Result<(), DispatchError> {
    let view = Hmm::pool(pool).unwrap();
    let psi = part(view.psi.0, share);
    let theta = part(part(view.theta.0, share), price);
    let locked = match side {
        Side::Buy => theta,
        Side::Sell => psi,
    };
    let (batch, salt) = (crate::System::block_number() / BATCH_BLOCKS, [7; 32]);
    let order = HiddenOrder { side, psi, theta };
    let genesis = crate::System::block_hash(0);
    let commitment = commitment_of(genesis, pool, batch, &id(who), &order, &salt);
    dispatch(who, pallet_hmm::Call::commit_order { pool, batch, side, amount: locked, commitment })?;
    let index = crate::System::events().into_iter().rev().find_map(|record| match record.event {
        crate::RuntimeEvent::Hmm(pallet_hmm::Event::OrderCommitted { index, .. }) => Some(index),
        _ => None,
    });
    let index = index.expect("an order was committed");
    KEPT.with_borrow_mut(|all| {
        all.push((who, pallet_hmm::Call::reveal_order { pool, batch, index, psi, theta, salt }));
    });
    Ok(())
}

/// Does it, or nothing where it is refused; whether it was done.
fn take(chain: &mut Chain, nonce: u64, act: Act) -> bool {
    type Market = pallet_hmm::Call<Runtime>;
    type Work = pallet_compute::Call<Runtime>;
    let pools = pools();
    match act {
        Act::Buy { who, pool, share } => {
            let theta_in = part(Hmm::pool(pools[pool]).unwrap().theta.0, share);
            let call = Market::buy { pool: pools[pool], theta_in, min_psi_out: 0, deadline: NEVER };
            dispatch(ADVERSARY[who], call)
        }
        Act::BuyExactOut { who, pool, share } => {
            let (pool, psi_out) = (pools[pool], part(psi(pools[pool]), share));
            dispatch(ADVERSARY[who], Market::buy_exact_out { pool, psi_out, max_theta_in: AI * AI, deadline: NEVER })
        }
        Act::Sell { who, pool, share } => {
            let (pool, psi_in) = (pools[pool], part(psi(pools[pool]), share).min(tokens(ADVERSARY[who], pools[pool])));
            dispatch(ADVERSARY[who], Market::sell { pool, psi_in, min_theta_out: 0, deadline: NEVER })
        }
        Act::Add { who, pool, share } => {
            let (pool, max_psi) = (pools[pool], part(tokens(ADVERSARY[who], pools[pool]), share));
            let call =
                Market::add_liquidity { pool, max_psi, max_theta: 1_000_000 * AI, min_shares: 0, deadline: NEVER };
            dispatch(ADVERSARY[who], call)
        }
        Act::Remove { who, pool, share } => {
            let (pool, shares) = (pools[pool], part(shares(ADVERSARY[who], pools[pool]), share));
            dispatch(
                ADVERSARY[who],
                Market::remove_liquidity { pool, shares, min_psi: 0, min_theta: 0, deadline: NEVER },
            )
        }
        Act::Commit { who, pool, side, share, price } => commit(ADVERSARY[who], pools[pool], side, share, price),
        Act::Reveal { but } => {
            chain.run_to(chain.now() / BATCH_BLOCKS * BATCH_BLOCKS + COMMIT_BLOCKS.max(chain.now() % BATCH_BLOCKS));
            for (number, (who, call)) in KEPT.take().into_iter().enumerate() {
                if number % 8 + 1 != but {
                    let _ = dispatch(who, call);
                }
            }
            Ok(())
        }
        Act::Mint { worker, pool, share } => {
            // At most what a new worker may owe: 300 s of its units.
            let most = offer().units.get(pools[pool].class) * 300;
            dispatch(WORKERS[worker], Work::mint_tokens { pool: pools[pool], amount: part(most, share) })
        }
        Act::Burn { worker, pool, share } => {
            let amount = part(owed(WORKERS[worker], pools[pool]), share);
            dispatch(WORKERS[worker], Work::burn_tokens { pool: pools[pool], amount })
        }
        Act::Give { from, to, pool } => {
            let (from, to, pool) = (ADVERSARY[from], ADVERSARY[to], pools[pool]);
            give(from, to, pool, tokens(from, pool) / 2);
            Ok(())
        }
        Act::Submit { who, tokens, held, sell_unused, other } => {
            let mut request = request(nonce, tokens, chain.now() + 60);
            (request.use_held_tokens, request.sell_unused) = (held, sell_unused);
            if other > 0 {
                let needed = economy::model_profiles()[0].1.usage(tokens, tokens).unwrap();
                let mut resources = Resources::default();
                resources.set(OTHER.class, needed.get(OTHER.class) / 100 * Balance::from(other));
                request.parts = vec![Part { tier: OTHER.tier, resources }].try_into().unwrap();
            }
            dispatch(ADVERSARY[who], Work::submit_job { request })
        }
        Act::Accept(job) => dispatch(assigned(job), Work::accept_job { job }),
        Act::Attest(job, count) => {
            attest(assigned(job), job, count, count).and_then(|call| dispatch(assigned(job), call))
        }
        Act::Demand(job) => dispatch(client(job), pallet_poai::Call::demand_output { job }),
        Act::Deliver(job) => {
            let count = Poai::attestation(job).map_or(0, |attestation| attestation.output_tokens);
            let tokens = BoundedVec::truncate_from(output(count));
            dispatch(assigned(job), pallet_poai::Call::deliver_output { job, tokens })
        }
        Act::Cancel(job) => dispatch(client(job), Work::cancel_job { job }),
        Act::Payout { worker, sell } => dispatch(WORKERS[worker], Work::set_payout { sell_earned: sell }),
        Act::Deregister { worker } => dispatch(WORKERS[worker], Work::deregister {}),
        Act::CheckMargin { worker } => dispatch(WORKERS[worker], Work::check_margin { worker: id(WORKERS[worker]) }),
        Act::Cash { worker, pool, share } => {
            let (worker, pool) = (WORKERS[worker], pools[pool]);
            let amount = part(owed(worker, pool), share);
            dispatch(worker, Work::settle_in_cash { pool, amount, max_cost: AI * AI })
        }
        Act::Wait(blocks) => {
            chain.run_to(chain.now() + blocks);
            Ok(())
        }
    }
    .is_ok()
}

/// Ends all that is open: jobs, liquidity, obligations; and turns what is left of tokens into credits.
fn close_out(chain: &mut Chain) {
    let open = || (0..pallet_compute::NextJob::<Runtime>::get()).any(|job| !status(job).is_final());
    let end = chain.now() + 160;
    while open() {
        assert!(chain.now() < end, "a job is still open in block {end}");
        chain.step();
    }
    chain.run_to(chain.now() + 20);
    for (who, pool) in ADVERSARY.into_iter().flat_map(|who| pools().into_iter().map(move |pool| (who, pool))) {
        let shares = shares(who, pool);
        if shares > 0 {
            let call = pallet_hmm::Call::remove_liquidity { pool, shares, min_psi: 0, min_theta: 0, deadline: NEVER };
            dispatch(who, call).unwrap();
        }
        if who != Dave {
            give(who, Dave, pool, tokens(who, pool));
        }
    }
    let end = chain.now() + 400;
    while pools().into_iter().filter(|pool| !level(*pool)).count() > 0 {
        assert!(chain.now() < end, "tokens are still to be traded in block {end}");
        chain.step();
    }
    for (worker, pool) in WORKERS.into_iter().flat_map(|worker| pools().into_iter().map(move |pool| (worker, pool))) {
        let amount = owed(worker, pool);
        if amount > 0 {
            give(Dave, worker, pool, amount);
            dispatch(worker, pallet_compute::Call::burn_tokens { pool, amount }).unwrap();
        }
    }
    chain.step();
}

/// Moves Dave's tokens of a pool towards what the workers owe, through many accounts, as each may trade little in a block;
/// whether they are as many, or a worthless few more.
fn level(pool: PoolId) -> bool {
    let owed: Balance = WORKERS.into_iter().map(|worker| owed(worker, pool)).sum();
    for helper in HELPERS {
        let (held, slice) = (tokens(Dave, pool), part(psi(pool), 2_900));
        let as_helper = |call: pallet_hmm::Call<Runtime>| {
            let outcome = RuntimeCall::from(call).dispatch(RuntimeOrigin::signed(helper.into()));
            outcome.map(|_| ()).map_err(|error| error.error)
        };
        let (asset, dave) = (pool.asset_id(), id(Dave));
        let traded = if held < owed {
            let psi_out = (owed - held).min(slice);
            let call = pallet_hmm::Call::buy_exact_out { pool, psi_out, max_theta_in: AI * AI, deadline: NEVER };
            as_helper(call).unwrap();
            <Assets as Mutate<_>>::transfer(asset, &helper.into(), &dave, psi_out, Expendable).unwrap();
            Ok(())
        } else {
            let psi_in = (held - owed).min(slice);
            if psi_in == 0 {
                return true;
            }
            <Assets as Mutate<_>>::transfer(asset, &dave, &helper.into(), psi_in, Expendable).unwrap();
            as_helper(pallet_hmm::Call::sell { pool, psi_in, min_theta_out: 0, deadline: NEVER })
        };
        if traded.is_err() {
            return true;
        }
    }
    false
}

/// Moves a price by so many millionths of Ψ as a crowd would: a little in every block.
fn drift(chain: &mut Chain, pool: PoolId, share: i32) {
    let mut left = part(psi(pool), share.unsigned_abs());
    while left > 0 {
        let amount = left.min(part(psi(pool), 2_900));
        let _ = match share > 0 {
            true => dispatch(
                AliceStash,
                pallet_hmm::Call::buy_exact_out { pool, psi_out: amount, max_theta_in: AI * AI, deadline: NEVER },
            ),
            false => {
                dispatch(AliceStash, pallet_hmm::Call::sell { pool, psi_in: amount, min_theta_out: 0, deadline: NEVER })
            }
        };
        left -= amount;
        chain.step();
    }
}

fn register(worker: Sr25519Keyring) {
    join(worker);
    let models = vec![crate::economy::TINY_MODEL].try_into().unwrap();
    dispatch(worker, pallet_compute::Call::set_models { models }).unwrap();
}

/// As a worker that is in both tiers and takes no jobs.
fn join(worker: Sr25519Keyring) {
    let mut offer = offer();
    offer.tiers = vec![OTHER.tier].try_into().unwrap();
    offer.units = Resources(offer.units.0.map(|units| units * 2));
    let call = pallet_compute::Call::register_worker {
        offer,
        session_key: sp_core::Pair::public(&session_pair(worker)),
        bond: 1_000_000 * AI,
    };
    dispatch(worker, call).unwrap();
}

/// Plays a history after `prelude`, in which a stranger moves the prices; how many steps were done.
fn play(prelude: &[(usize, i32)], acts: &[Act]) -> usize {
    Chain::run("development", |chain| {
        KEPT.take();
        open_other();
        for (pool, share) in prelude {
            drift(chain, pools()[*pool], *share);
        }
        WORKERS.into_iter().for_each(register);
        chain.step();

        // Lent for trades at the end, and counted.
        for helper in HELPERS {
            let lent =
                pallet_balances::Call::transfer_keep_alive { dest: AccountId::from(helper).into(), value: 1_000 * AI };
            dispatch(Dave, lent).unwrap();
        }
        let start = wealth();
        let mut done = 0;
        for (nonce, act) in acts.iter().enumerate() {
            done += usize::from(take(chain, nonce as u64, *act));
        }
        close_out(chain);
        let end = wealth();
        assert!(end <= start, "{start} wei became {end} by {acts:?}");
        done
    })
}

proptest! {
    #![proptest_config(cases(10))]

    #[test]
    fn adversary_should_never_gain_credits_from_genesis_prices(acts in vec(act(), 1..60)) {
        play(&[], &acts);
    }

    #[test]
    fn adversary_should_never_gain_credits_after_others_moved_the_prices(
        prelude in vec((0usize..6, -40_000i32..45_000), 1..8), acts in vec(act(), 1..60),
    ) {
        play(&prelude, &acts);
    }
}

#[test]
fn random_histories_should_be_more_than_refusals() {
    use proptest::{strategy::ValueTree, test_runner::TestRunner};
    let mut runner = TestRunner::deterministic();
    let histories = 5;
    let done: usize = (0..histories).map(|_| play(&[], &vec(act(), 60).new_tree(&mut runner).unwrap().current())).sum();
    assert!(done > histories * 15, "{done} of {} steps were done", histories * 60);
}

#[test]
fn obligations_should_keep_a_bond_until_the_protocol_has_bought_them_back() {
    Chain::run("development", |chain| {
        open_other();
        register(Bob);
        chain.step();
        let pool = pools()[0];
        let amount = offer().units.get(pool.class) * 100;
        dispatch(Bob, pallet_compute::Call::mint_tokens { pool, amount }).unwrap();
        dispatch(Bob, pallet_hmm::Call::sell { pool, psi_in: amount / 400, min_theta_out: 0, deadline: NEVER })
            .unwrap();
        let bond = pallet_compute::Workers::<Runtime>::get(id(Bob)).unwrap().bond;
        dispatch(Bob, pallet_compute::Call::deregister {}).unwrap();
        chain.step();
        assert!(dispatch(Bob, pallet_compute::Call::withdraw_bond {}).is_err());
        let left = pallet_compute::Call::burn_tokens { pool, amount };
        assert!(dispatch(Bob, left).is_err(), "what was sold has to be bought back first");
        // A day by this chain's clock, and then the rest of its own tokens is burned and what it sold is bought.
        chain.run_to(chain.now() + 242);
        assert_eq!(owed(Bob, pool), 0);
        let record = pallet_compute::Workers::<Runtime>::get(id(Bob)).unwrap();
        assert!(record.is_idle() && record.bond < bond && record.bond > bond - AI);
        assert!(!pallet_compute::MarginCalls::<Runtime>::contains_key(id(Bob)));
    });
}

#[test]
fn margin_should_outlast_the_means_it_goes_by() {
    super::on_genesis("development", || {
        type Grace = <Runtime as pallet_compute::Config>::MarginGrace;
        type Buying = <Runtime as pallet_compute::Config>::BuyBackPeriod;
        type Day = <Runtime as pallet_hmm::Config>::Day;
        type Week = <Runtime as pallet_hmm::Config>::Week;
        let blocks: [u32; 4] = [Grace::get(), Day::get(), Buying::get(), Week::get()];
        assert!(blocks[0] >= blocks[1] && blocks[2] >= blocks[3], "{blocks:?}");
    });
}
