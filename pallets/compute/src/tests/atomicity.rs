//! A call that fails changes nothing.

use crate::{
    mock::*,
    types::{Models, TierRule},
};
use frame_support::traits::UnfilteredDispatchable;
use hanzo_poai::{JobKind, JobRequest, ModelProfile, ResourceClass, Resources, Verification};
use proptest::prelude::*;
use sp_core::H256;
use sp_io::storage::root as storage_root;
use sp_runtime::StateVersion;

fn amount() -> impl Strategy<Value = u128> {
    prop_oneof![
        Just(0),
        Just(1),
        Just(u128::MAX),
        (0u128..10_000_000).prop_map(|thousandths| thousandths * UNIT / 1_000),
        any::<u128>(),
    ]
}

prop_compose! {
    fn any_request()(
        kind in prop_oneof![4 => Just(JobKind::Inference), 1 => Just(JobKind::Embedding)],
        model in prop_oneof![3 => Just(MODEL), 1 => Just(H256::zero())],
        prompt in 0u32..120,
        output in 0u32..120,
        named in prop::option::of(prop::array::uniform6(amount())),
        credits in amount(),
        price in prop_oneof![Just([0; 6]), prop::array::uniform6(amount())],
        deadline in prop_oneof![Just(300u64), any::<u64>()],
        verification in prop_oneof![4 => Just(Verification::Replay), 1 => Just(Verification::Tee)],
        tier in 0u8..3,
        nonce in 0u64..4,
        use_held_tokens in any::<bool>(),
    ) -> JobRequest<u64> {
        let mut out = request_until(deadline, nonce);
        (out.kind, out.model, out.max_prompt_tokens, out.decoding.max_output_tokens) = (kind, model, prompt, output);
        (out.resources, out.limits.max_credits, out.limits.max_price) = (named.map(Resources), credits, price);
        (out.verification, out.tier, out.use_held_tokens) = (verification, tier, use_held_tokens);
        out
    }
}

fn any_models() -> impl Strategy<Value = Models> {
    prop::collection::vec(prop::sample::select(vec![MODEL, H256::zero()]), 0..3)
        .prop_map(|models| models.try_into().unwrap())
}

fn any_profile() -> impl Strategy<Value = Option<ModelProfile>> {
    prop::option::of((prop_oneof![0u32..200, any::<u32>()], 0u32..600, amount()).prop_map(|(output, blocks, cost)| {
        let mut out = ModelProfile { max_output_tokens: output, min_deadline_blocks: blocks, ..profile() };
        out.per_output_token.set(ResourceClass::Gpu, cost);
        out
    }))
}

/// Calls of governance, which accounts make in vain.
fn governance_call() -> impl Strategy<Value = crate::Call<Test>> {
    prop_oneof![
        any_profile().prop_map(|profile| crate::Call::set_model_profile { model: MODEL, profile }),
        (0u8..3, any::<bool>())
            .prop_map(|(tier, tee)| crate::Call::set_tier { tier, rule: TierRule { regions: 0, tee } }),
        Just(crate::Call::set_bonus { parameters: Default::default() }),
    ]
}

fn any_call() -> impl Strategy<Value = crate::Call<Test>> {
    let pool = prop::sample::select(pools());
    prop_oneof![
        8 => any_request().prop_map(|request| crate::Call::submit_job { request }),
        1 => (amount(), amount(), 0..20 as AccountId).prop_map(|(units, bond, owner)| crate::Call::register_worker {
            offer: offer(units),
            session_key: key(owner),
            bond,
        }),
        2 => (pool.clone(), amount()).prop_map(|(pool, amount)| crate::Call::mint_tokens { pool, amount }),
        2 => (pool, amount()).prop_map(|(pool, amount)| crate::Call::burn_tokens { pool, amount }),
        1 => amount().prop_map(|amount| crate::Call::bond_more { amount }),
        1 => (0u64..6).prop_map(|job| crate::Call::accept_job { job }),
        1 => (0u64..6).prop_map(|job| crate::Call::decline_job { job }),
        1 => (0u64..6).prop_map(|job| crate::Call::cancel_job { job }),
        1 => Just(crate::Call::withdraw_bond {}),
        1 => (0..20 as AccountId).prop_map(|owner| crate::Call::set_session_key { key: key(owner) }),
        1 => any::<bool>().prop_map(|accepting| crate::Call::set_accepting { accepting }),
        1 => any::<bool>().prop_map(|sell_earned| crate::Call::set_payout { sell_earned }),
        1 => any_models().prop_map(|models| crate::Call::set_models { models }),
        1 => Just(crate::Call::deregister {}),
        1 => (0..20 as AccountId).prop_map(|worker| crate::Call::check_margin { worker }),
        1 => (prop::sample::select(pools()), amount(), amount())
            .prop_map(|(pool, amount, max_cost)| crate::Call::settle_in_cash { pool, amount, max_cost }),
        2 => governance_call(),
    ]
}

/// An account, or root once in a while.
fn any_origin() -> impl Strategy<Value = RuntimeOrigin> {
    prop_oneof![6 => (0..14 as AccountId).prop_map(signed), 1 => Just(root())]
}

proptest! {
    #![proptest_config(config(64))]

    #[test]
    fn failed_call_should_change_nothing(calls in prop::collection::vec((any_call(), any_origin(), 0u64..6), 1..60)) {
        test(|| {
            register(10, 1_000 * UNIT);
            register(11, 100 * UNIT);
            Compute::mint_tokens(signed(10), GPU, 2_000 * UNIT).unwrap();
            move_tokens(GPU, &10, &CLIENT, 1_000 * UNIT).unwrap();
            for (call, who, pause) in calls {
                let before = storage_root(StateVersion::V1);
                if call.clone().dispatch_bypass_filter(who.clone()).is_err() {
                    assert_eq!(storage_root(StateVersion::V1), before, "{call:?} by {who:?}");
                } else {
                    check();
                }
                run(pause);
            }
        });
    }
}
