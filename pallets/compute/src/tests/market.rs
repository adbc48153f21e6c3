//! Jobs on the market maker itself.

use crate::{mock::*, types::Offer, Event, Jobs};
use frame_support::{assert_noop, assert_ok};
use hanzo_poai::{JobRequest, JobStatus, ResourceClass, Resources};
use hanzo_traits::{ComputeMarket, FailureReason, JobRegistry, PoolId};
use proptest::prelude::*;
use sp_core::H256;

const NEVER: u64 = u64::MAX;

type Refused = pallet_hmm::Error<Test>;

fn one_class(class: ResourceClass, amount: u128) -> JobRequest<u64> {
    let mut resources = Resources::default();
    resources.set(class, amount);
    JobRequest { model: H256::zero(), resources: Some(resources), ..request(0) }
}

#[test]
fn job_should_run_from_quote_to_settlement() {
    test_with_real_market(|| {
        register(10, 10_000 * UNIT);
        assert_ok!(Compute::set_payout(signed(10), true));
        let quote = Compute::quote(MODEL, 0, &[], 10, 10).unwrap();
        let before = credits(CLIENT);
        let id = submit_as(CLIENT, JobRequest { sell_unused: true, ..request(0) });
        assert_eq!((job(id).paid, before - credits(CLIENT)), (quote.total.0, quote.total.0));
        run(4);
        assert_ok!(Compute::accept_job(signed(10), id));
        assert_ok!(<Compute as JobRegistry<_, _>>::note_attested(id, 4, 5));
        let earned_before = credits(10);
        assert_ok!(<Compute as JobRegistry<_, _>>::settle(id, false));
        check();
        let Event::JobSettled { earned, returned, .. } = last_event() else { panic!() };
        assert_eq!((earned.sold, returned.sold), (earned.due, returned.due));
        assert_eq!(credits(10), earned_before + earned.credits);
        assert_eq!(earned.due.checked_add(&returned.due), Some(needs()));
        // What both got for it is what it cost, less fees and a little for the way there and back.
        let back = earned.credits + returned.credits;
        assert!(back < job(id).paid && back > job(id).paid * 98 / 100, "{back} of {}", job(id).paid);
    });
}

#[test]
fn purchase_should_be_refused_when_it_needs_a_batch() {
    test_with_real_market(|| {
        let limit = DEPTH * 3 / 1_000;
        let large = Compute::submit_job(signed(CLIENT), one_class(ResourceClass::Gpu, limit + 1));
        assert_noop!(large, Refused::OrderTooLarge);
        submit_as(CLIENT, one_class(ResourceClass::Gpu, limit));
        let sliced = JobRequest { nonce: 1, ..one_class(ResourceClass::Gpu, UNIT) };
        assert_noop!(Compute::submit_job(signed(CLIENT), sliced.clone()), Refused::OrderTooLarge);
        submit_as(OTHER_CLIENT, sliced);
    });
}

#[test]
fn purchase_should_be_refused_when_the_price_was_pumped() {
    test_with_real_market(|| {
        trade_without_limit();
        assert_ok!(Hmm::buy(signed(50), GPU, 15 * UNIT, 0, NEVER));
        assert_noop!(Compute::submit_job(signed(CLIENT), request(0)), Refused::SlippageExceeded);
        // Whoever agrees to the price gets it.
        let mut willing = request(0);
        willing.limits.max_price[0] = 2 * PRICE;
        submit_as(CLIENT, willing);
    });
}

#[test]
fn settlement_should_pay_tokens_when_it_is_too_large_to_sell() {
    test_with_real_market(|| {
        register(10, 100_000 * UNIT);
        assert_ok!(Compute::set_payout(signed(10), true));
        let large = DEPTH * 2 / 1_000;
        let ids: Vec<_> = [CLIENT, OTHER_CLIENT]
            .map(|client| {
                let mut willing = one_class(ResourceClass::Vram, large);
                willing.limits.max_price = [2 * PRICE; 6];
                submit_as(client, willing)
            })
            .into();
        run(4);
        for id in &ids {
            assert_ok!(Compute::accept_job(signed(10), *id));
            assert_ok!(<Compute as JobRegistry<_, _>>::note_attested(*id, 1, 1));
            assert_ok!(<Compute as JobRegistry<_, _>>::settle(*id, false));
        }
        // The first used up what the worker may sell in this block.
        assert_eq!(tokens(VRAM, 10), large);
    });
}

#[test]
fn minting_should_be_limited_by_the_price_of_the_moment() {
    test_with_real_market(|| {
        register(10, 108 * UNIT);
        let mut free = Compute::worker(&10).unwrap().free_limit.0;
        assert_ok!(Compute::mint_tokens(signed(10), GPU, 2_000 * UNIT));
        free -= Compute::worker(&10).unwrap().free_limit.0;
        assert_eq!(free, 2 * UNIT);
        trade_without_limit();
        assert_ok!(Hmm::buy(signed(50), GPU, 40 * UNIT, 0, NEVER));
        let spot = Hmm::prices(GPU).unwrap().spot;
        assert_eq!(Compute::worker(&10).unwrap().free_limit.0, 4 * UNIT - 2_000 * spot);
    });
}

#[derive(Clone, Debug)]
enum Move {
    Buy { who: AccountId, pool: PoolId, milli: u128 },
    Sell { who: AccountId, pool: PoolId, share: u128 },
    Mint { pool: PoolId, amount: u128 },
    Burn { pool: PoolId },
    Submit { nonce: u64, output: u32, held: bool, sell: bool, other: u128 },
    Serve { prompt: u32, output: u32 },
    Settle,
    Fail,
    Cancel,
    SetPayout { sell: bool },
    Hand { from: AccountId, to: AccountId, pool: PoolId },
    Run { blocks: u64 },
}

/// The adversary's accounts: client, worker, trader.
const OWN: [AccountId; 3] = [CLIENT, 10, 50];

/// Pools it trades in: a class in two tiers, and another.
const TRADED: [PoolId; 3] = [GPU, PoolId { class: ResourceClass::Gpu, tier: TIER }, VRAM];

fn a_move() -> impl Strategy<Value = Move> {
    let who = || prop::sample::select(OWN.to_vec());
    let pool = || prop::sample::select(TRADED.to_vec());
    prop_oneof![
        // Up to what may be bought outside batches, and seldom more.
        3 => (who(), pool(), prop_oneof![3 => 1u128..3_000, 1 => 3_000u128..40_000]).prop_map(|(who, pool, milli)| Move::Buy { who, pool, milli }),
        3 => (who(), pool(), 1u128..=100).prop_map(|(who, pool, share)| Move::Sell { who, pool, share }),
        2 => (pool(), 1u128..2_400).prop_map(|(pool, amount)| Move::Mint { pool, amount }),
        1 => pool().prop_map(|pool| Move::Burn { pool }),
        5 => (any::<u64>(), 1u32..100, any::<bool>(), any::<bool>(), prop_oneof![Just(0), 1u128..100])
            .prop_map(|(nonce, output, held, sell, other)| Move::Submit { nonce, output, held, sell, other }),
        5 => (0u32..11, 0u32..100).prop_map(|(prompt, output)| Move::Serve { prompt, output }),
        4 => Just(Move::Settle),
        2 => Just(Move::Fail),
        1 => Just(Move::Cancel),
        1 => any::<bool>().prop_map(|sell| Move::SetPayout { sell }),
        1 => (who(), who(), pool()).prop_map(|(from, to, pool)| Move::Hand { from, to, pool }),
        4 => (1u64..30).prop_map(|blocks| Move::Run { blocks }),
    ]
}

fn jobs_in(status: JobStatus) -> Vec<u64> {
    Jobs::<Test>::iter().filter(|(_, job)| job.status == status).map(|(id, _)| id).collect()
}

fn first_in(status: JobStatus) -> Option<u64> {
    jobs_in(status).first().copied()
}

/// Makes a move; what the rules refuse is part of the history.
fn make(step: Move) {
    let _ = match step {
        Move::Buy { who, pool, milli } => Hmm::buy(signed(who), pool, milli * UNIT / 1_000, 0, NEVER),
        Move::Sell { who, pool, share } => Hmm::sell(signed(who), pool, tokens(pool, who) * share / 100, 0, NEVER),
        Move::Mint { pool, amount } => Compute::mint_tokens(signed(10), pool, amount * UNIT),
        Move::Burn { pool } => Compute::burn_tokens(signed(10), pool, tokens(pool, 10)),
        Move::Submit { nonce, output, held, sell, other } => {
            let mut wanted = JobRequest { use_held_tokens: held, sell_unused: sell, ..request(nonce) };
            wanted.decoding.max_output_tokens = output;
            wanted.parts = of_other_tier(&wanted, other);
            wanted.limits.max_price = [4 * PRICE; 6];
            Compute::submit_job(signed(CLIENT), wanted)
        }
        Move::Serve { prompt, output } => {
            for id in jobs_in(JobStatus::Assigned) {
                assert_ok!(Compute::accept_job(signed(10), id));
            }
            first_in(JobStatus::Accepted)
                .map_or(Ok(()), |id| <Compute as JobRegistry<_, _>>::note_attested(id, prompt, output))
        }
        Move::Settle => first_in(JobStatus::Attested).map_or(Ok(()), |id| {
            assert_ok!(<Compute as JobRegistry<_, _>>::settle(id, false));
            Ok(())
        }),
        Move::Fail => first_in(JobStatus::Attested)
            .map_or(Ok(()), |id| <Compute as JobRegistry<_, _>>::fail(id, FailureReason::OutputWithheld)),
        Move::Cancel => first_in(JobStatus::Submitted).map_or(Ok(()), |id| Compute::cancel_job(signed(CLIENT), id)),
        Move::SetPayout { sell } => Compute::set_payout(signed(10), sell),
        Move::Hand { from, to, pool } => move_tokens(pool, &from, &to, tokens(pool, from) / 2).map(|_| ()),
        Move::Run { blocks } => {
            run(blocks);
            Ok(())
        }
    };
}

fn wealth() -> u128 {
    OWN.into_iter().map(credits).sum()
}

/// Ends every job, then trades until the adversary holds exactly the tokens it owes.
fn close_books() {
    run(400);
    trade_without_limit();
    for id in jobs_in(JobStatus::Attested) {
        assert_ok!(<Compute as JobRegistry<_, _>>::settle(id, false));
    }
    for pool in TRADED {
        for who in [CLIENT, 50] {
            let all = tokens(pool, who);
            assert!(all == 0 || move_tokens(pool, &who, &10, all).is_ok());
        }
        let owed = worker(10).obligation(pool);
        loop {
            let held = tokens(pool, 10);
            let step = held.abs_diff(owed).min(DEPTH / 100);
            if step == 0 {
                break;
            }
            run(1);
            let traded = if held > owed {
                Hmm::sell(signed(10), pool, step, 0, NEVER)
            } else {
                Hmm::buy_exact_out(signed(10), pool, step, FUNDS / 10, NEVER)
            };
            // What is worth less than a wei stays.
            if traded.is_err() {
                assert!(step < 1_000_000, "{traded:?} at {step}");
                break;
            }
        }
    }
}

proptest! {
    #![proptest_config(config(48))]

    #[test]
    fn adversary_in_every_role_should_not_gain(moves in prop::collection::vec(a_move(), 1..80)) {
        test_with_real_market(|| {
            let offer = Offer { tiers: vec![TIER].try_into().unwrap(), ..offer(8 * UNIT) };
            register_with(10, offer, 10_000 * UNIT);
            let before = wealth();
            for step in moves {
                make(step);
                check();
            }
            close_books();
            assert!(wealth() <= before, "{} more than {before}", wealth() - before);
        });
    }
}
