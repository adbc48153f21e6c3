//! Random histories: every invariant after every step, and at the end nothing made of nothing.

use crate::{mock::*, Jobs, MarginCalls, Workers};
use frame_support::traits::Hooks;
use frame_support::weights::Weight;
use hanzo_poai::{JobRequest, JobStatus};
use hanzo_traits::{FailureReason, JobRegistry, MarketPrices, PoolId};
use proptest::prelude::*;

#[derive(Clone, Debug)]
enum Step {
    Register {
        who: AccountId,
        bond: u128,
    },
    Mint {
        who: AccountId,
        pool: PoolId,
        amount: u128,
    },
    Burn {
        who: AccountId,
        pool: PoolId,
        share: u128,
    },
    /// With so many percent of the GPU it takes in the other tier.
    Submit {
        who: AccountId,
        nonce: u64,
        output: u32,
        held: bool,
        sell: bool,
        other: u128,
    },
    Cancel {
        who: AccountId,
        job: usize,
    },
    Accept {
        job: usize,
    },
    Decline {
        job: usize,
    },
    Attest {
        job: usize,
        prompt: u32,
        output: u32,
    },
    Settle {
        job: usize,
    },
    Fail {
        job: usize,
    },
    SetPayout {
        who: AccountId,
        sell: bool,
    },
    Leave {
        who: AccountId,
    },
    Give {
        from: AccountId,
        to: AccountId,
        pool: PoolId,
        share: u128,
    },
    Price {
        pool: PoolId,
        percent: u128,
    },
    Silent {
        blocks: u64,
    },
    Starve {
        starved: bool,
    },
    CheckMargin {
        who: AccountId,
    },
    SettleInCash {
        who: AccountId,
        pool: PoolId,
        share: u128,
    },
    TopUp {
        who: AccountId,
    },
    Quality {
        who: AccountId,
        ppb: u32,
    },
    Refuse {
        purchases: bool,
    },
    Run {
        blocks: u64,
    },
    Idle,
}

fn step() -> impl Strategy<Value = Step> {
    let who = || 1..8 as AccountId;
    let job = || 0usize..40;
    let pool = || prop::sample::select(pools());
    let other = || prop_oneof![2 => Just(0), 2 => 1u128..100, 1 => 100u128..102];
    prop_oneof![
        2 => (who(), 100u128..5_000).prop_map(|(who, bond)| Step::Register { who, bond: bond * UNIT }),
        2 => (who(), pool(), 1u128..2_400).prop_map(|(who, pool, amount)| Step::Mint { who, pool, amount: amount * UNIT }),
        1 => (who(), pool(), 1u128..=100).prop_map(|(who, pool, share)| Step::Burn { who, pool, share }),
        6 => (who(), any::<u64>(), 1u32..100, any::<bool>(), any::<bool>(), other())
            .prop_map(|(who, nonce, output, held, sell, other)| Step::Submit { who, nonce, output, held, sell, other }),
        1 => (who(), job()).prop_map(|(who, job)| Step::Cancel { who, job }),
        8 => job().prop_map(|job| Step::Accept { job }),
        2 => job().prop_map(|job| Step::Decline { job }),
        5 => (job(), 0u32..11, 0u32..100).prop_map(|(job, prompt, output)| Step::Attest { job, prompt, output }),
        4 => job().prop_map(|job| Step::Settle { job }),
        1 => job().prop_map(|job| Step::Fail { job }),
        1 => (who(), any::<bool>()).prop_map(|(who, sell)| Step::SetPayout { who, sell }),
        1 => who().prop_map(|who| Step::Leave { who }),
        1 => (who(), who(), pool(), 1u128..=100).prop_map(|(from, to, pool, share)| Step::Give { from, to, pool, share }),
        1 => (pool(), 50u128..200).prop_map(|(pool, percent)| Step::Price { pool, percent }),
        1 => (1u64..12).prop_map(|blocks| Step::Silent { blocks }),
        1 => any::<bool>().prop_map(|starved| Step::Starve { starved }),
        3 => who().prop_map(|who| Step::CheckMargin { who }),
        1 => (who(), pool(), 1u128..=100).prop_map(|(who, pool, share)| Step::SettleInCash { who, pool, share }),
        1 => who().prop_map(|who| Step::TopUp { who }),
        1 => (who(), 200_000_000u32..600_000_000).prop_map(|(who, ppb)| Step::Quality { who, ppb }),
        1 => any::<bool>().prop_map(|purchases| Step::Refuse { purchases }),
        6 => (1u64..40).prop_map(|blocks| Step::Run { blocks }),
        1 => Just(Step::Idle),
    ]
}

/// The job a step means: the `place`-th of those in one of these states.
fn pick(place: usize, statuses: &[JobStatus]) -> Option<u64> {
    let mut ids: Vec<_> =
        Jobs::<Test>::iter().filter(|(_, job)| statuses.contains(&job.status)).map(|(id, _)| id).collect();
    ids.sort_unstable();
    ids.get(place % ids.len().max(1)).copied()
}

/// Takes a step; what the rules refuse is part of the history.
fn take(step: Step) {
    use JobStatus::*;
    let _ = match step {
        Step::Register { who, bond } => Compute::register_worker(signed(who), offer(8 * UNIT), key(who), bond)
            .and_then(|()| Compute::set_models(signed(who), vec![MODEL].try_into().unwrap())),
        Step::Mint { who, pool, amount } => Compute::mint_tokens(signed(who), pool, amount),
        Step::Burn { who, pool, share } => Compute::burn_tokens(signed(who), pool, tokens(pool, who) * share / 100),
        Step::Submit { who, nonce, output, held, sell, other } => {
            let mut wanted = JobRequest { use_held_tokens: held, sell_unused: sell, ..request(nonce) };
            wanted.decoding.max_output_tokens = output;
            wanted.parts = of_other_tier(&wanted, other);
            wanted.deadline = System::block_number() + 30 + u64::from(output);
            Compute::submit_job(signed(who), wanted)
        }
        Step::Cancel { who, job } => Compute::cancel_job(signed(who), job as u64),
        Step::Accept { job } => pick(job, &[Assigned]).map_or(Ok(()), |id| Compute::do_accept(drawn(id), id)),
        Step::Decline { job } => pick(job, &[Assigned]).map_or(Ok(()), |id| Compute::do_decline(drawn(id), id)),
        Step::Attest { job, prompt, output } => pick(job, &[Accepted])
            .map_or(Ok(()), |id| <Compute as JobRegistry<_, _>>::note_attested(id, prompt, output)),
        Step::Settle { job } => {
            pick(job, &[Attested]).map_or(Ok(()), |id| <Compute as JobRegistry<_, _>>::settle(id, true))
        }
        Step::Fail { job } => pick(job, &[Accepted, Attested])
            .map_or(Ok(()), |id| <Compute as JobRegistry<_, _>>::fail(id, FailureReason::OutputWithheld)),
        Step::SetPayout { who, sell } => Compute::set_payout(signed(who), sell),
        Step::Leave { who } => Compute::deregister(signed(who)).or_else(|_| Compute::withdraw_bond(signed(who))),
        Step::Give { from, to, pool, share } => {
            move_tokens(pool, &from, &to, tokens(pool, from) * share / 100).map(|_| ())
        }
        Step::Price { pool, percent } => {
            let price = PRICE * percent / 100;
            set_prices(pool, |prices| {
                *prices = MarketPrices { spot: price, twap_hour: price, ..*prices };
            });
            Ok(())
        }
        Step::Silent { blocks } => {
            let now = System::block_number();
            Silent::set(&(now + 1..=now + blocks).collect());
            Ok(())
        }
        Step::Starve { starved } => {
            AgendaWeight::set(&if starved { Weight::zero() } else { Weight::MAX });
            Ok(())
        }
        Step::CheckMargin { who } => Compute::check_margin(signed(0), who).map(|_| ()).map_err(|refused| refused.error),
        Step::SettleInCash { who, pool, share } => {
            let owed = Workers::<Test>::get(who).map_or(0, |record| record.obligation(pool));
            Compute::settle_in_cash(signed(who), pool, owed * share / 100, FUNDS)
        }
        Step::TopUp { who } => Compute::bond_more(signed(who), 10 * UNIT),
        Step::Quality { who, ppb } => {
            let mut all = Qualities::get();
            all.insert(who, ppb);
            Qualities::set(&all);
            Ok(())
        }
        Step::Refuse { purchases } => {
            PurchasesRefused::set(&purchases);
            Ok(())
        }
        Step::Run { blocks } => {
            for _ in 0..blocks {
                run(1);
                check();
            }
            Ok(())
        }
        Step::Idle => {
            Compute::on_idle(System::block_number(), Weight::MAX);
            Ok(())
        }
    };
}

proptest! {
    #![proptest_config(config(48))]

    #[test]
    fn invariants_should_hold_through_any_history(steps in prop::collection::vec(step(), 1..150)) {
        test(|| {
            let issuance = Balances::total_issuance();
            for step in steps {
                take(step);
                check();
            }
            // Nothing here mints credits.
            assert!(Balances::total_issuance() <= issuance);
            // Then everybody falls silent, but for settlements.
            AgendaWeight::set(&Weight::zero());
            for _ in 0..400 {
                run(1);
            }
            while let Some(id) = pick(0, &[JobStatus::Attested]) {
                <Compute as JobRegistry<_, _>>::settle(id, false).unwrap();
            }
            assert!(Jobs::<Test>::iter_values().all(|job| job.status.is_final()));
            for pool in pools() {
                assert_eq!(tokens(pool, Compute::escrow_account()), 0);
            }
            // Whoever was called is out of it, or within its limits: seven workers, seven pools, one turn a block.
            run(60);
            assert_eq!(MarginCalls::<Test>::iter_keys().collect::<Vec<_>>(), Vec::<AccountId>::new());
            let left = |who: &AccountId| worker(*who).leaving_since.is_some();
            for who in Workers::<Test>::iter_keys().filter(left) {
                assert!(worker(who).obligations.is_empty(), "{who} is leaving and owes something");
            }
        });
    }
}
