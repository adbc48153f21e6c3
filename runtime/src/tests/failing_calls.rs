//! A call that fails changes nothing but what its sender paid for it.

use super::{
    actors::*,
    cases,
    chain::{dispatch, Chain},
};
use crate::{
    configs::transaction_payment::BURNED_PERCENT, constants::AI, AccountId, Balance, Runtime, RuntimeCall,
    RuntimeEvent, System,
};
use codec::Decode;
use frame_support::{storage::storage_prefix, BoundedVec};
use hanzo_hmm::{Curve, FeeParameters, Side};
use hanzo_poai::{
    committee::{Score, Vote},
    BlobRef, JobKind, JobRequest, Part, Parts, Resources, Verification,
};
use hanzo_traits::{PoolId, ResourceClass};
use pallet_hmm::{Leg, Order};
use proptest::{collection::vec, prelude::*, sample::select};
use sp_core::{sr25519, H256};
use sp_keyring::Sr25519Keyring::{self, Alice, Bob, Charlie, Dave, Ferdie};
use std::collections::BTreeMap;

/// All storage but the block's own records: its number, events, digest, fullness.
fn state() -> BTreeMap<Vec<u8>, Vec<u8>> {
    let mut state = BTreeMap::new();
    let mut last = Vec::new();
    while let Some(key) = sp_io::storage::next_key(&last) {
        let of_block = key.starts_with(&sp_io::hashing::twox_128(b"System")) && !key.starts_with(&accounts())
            || key.starts_with(b":extrinsic_index");
        if !of_block {
            state.insert(key.clone(), sp_io::storage::get(&key).unwrap_or_default().to_vec());
        }
        last = key;
    }
    state
}

fn accounts() -> [u8; 32] {
    storage_prefix(b"System", b"Account")
}

fn account_key(who: &AccountId) -> Vec<u8> {
    frame_system::Account::<Runtime>::hashed_key_for(who)
}

type Account = frame_system::AccountInfo<u32, pallet_balances::AccountData<Balance>>;

/// The fee that the last transaction paid.
fn fee() -> Balance {
    let paid = System::events().into_iter().rev().find_map(|record| match record.event {
        RuntimeEvent::TransactionPayment(pallet_transaction_payment::Event::TransactionFeePaid {
            actual_fee, ..
        }) => Some(actual_fee),
        _ => None,
    });
    paid.expect("a failed call pays")
}

/// Sends a call; where it fails, compares the whole state. Whether it failed.
fn send(chain: &mut Chain, signer: Sr25519Keyring, call: RuntimeCall) -> bool {
    let text = format!("{call:?} by {signer}");
    let mut before = state();
    let Ok(Err(_)) = chain.send(signer, call) else { return false };
    let (fee, mut after) = (fee(), state());
    assert!(fee > 0, "{text}");
    let burned = fee * Balance::from(BURNED_PERCENT) / 100;

    // The signer paid the fee and used a nonce, the author has its part, the rest is burned; then nothing else differs.
    let mut expect = |key: Vec<u8>, change: &dyn Fn(&mut Account)| {
        let mut account = Account::decode(&mut &before.remove(&key).unwrap()[..]).unwrap();
        change(&mut account);
        let found = Account::decode(&mut &after.remove(&key).unwrap()[..]).unwrap();
        assert_eq!(account, found, "{text}");
    };
    expect(account_key(&signer.to_account_id()), &|account| {
        account.nonce += 1;
        account.data.free -= fee;
    });
    expect(account_key(&Alice.to_account_id()), &|author| author.data.free += fee - burned);
    let issuance = pallet_balances::TotalIssuance::<Runtime>::hashed_key().to_vec();
    let total = |state: &mut BTreeMap<_, Vec<u8>>| Balance::decode(&mut &state.remove(&issuance).unwrap()[..]).unwrap();
    assert_eq!(total(&mut before) - total(&mut after), burned, "{text}");
    for (key, value) in &before {
        assert_eq!(after.get(key), Some(value), "{text} changed {}", sp_core::hexdisplay::HexDisplay::from(key));
    }
    assert_eq!(before.len(), after.len(), "{text} added something");
    true
}

/// Amounts at the edges and in between.
fn amount() -> impl Strategy<Value = Balance> {
    prop_oneof![
        Just(0),
        Just(1),
        Just(Balance::MAX),
        (1u128..1_000, 0u32..26).prop_map(|(head, zeros)| head * 10u128.pow(zeros))
    ]
}

fn pool() -> impl Strategy<Value = PoolId> {
    (select(ResourceClass::ALL.to_vec()), prop_oneof![4 => Just(0u8), 1 => any::<u8>()])
        .prop_map(|(class, tier)| PoolId { class, tier })
}

fn order() -> impl Strategy<Value = Order> {
    (amount(), amount(), 0u8..3).prop_map(|(fixed, limit, kind)| match kind {
        0 => Order::Buy { theta_in: fixed, min_psi_out: limit },
        1 => Order::BuyExactOut { psi_out: fixed, max_theta_in: limit },
        _ => Order::Sell { psi_in: fixed, min_theta_out: limit },
    })
}

fn block() -> impl Strategy<Value = u32> {
    prop_oneof![Just(0), Just(1_000), Just(u32::MAX), 1u32..100]
}

fn market() -> impl Strategy<Value = RuntimeCall> {
    type Call = pallet_hmm::Call<Runtime>;
    let trade = (pool(), order(), block()).prop_map(|(pool, order, deadline)| match order {
        Order::Buy { theta_in, min_psi_out } => Call::buy { pool, theta_in, min_psi_out, deadline },
        Order::BuyExactOut { psi_out, max_theta_in } => Call::buy_exact_out { pool, psi_out, max_theta_in, deadline },
        Order::Sell { psi_in, min_theta_out } => Call::sell { pool, psi_in, min_theta_out, deadline },
    });
    prop_oneof![
        3 => trade,
        2 => (vec((pool(), order()), 0..6), block()).prop_map(|(legs, deadline)| Call::swap_many {
            legs: BoundedVec::truncate_from(legs.into_iter().map(|(pool, order)| Leg { pool, order }).collect()),
            deadline,
        }),
        2 => (pool(), amount(), amount(), amount(), block()).prop_map(|(pool, max_psi, max_theta, min_shares, deadline)| {
            Call::add_liquidity { pool, max_psi, max_theta, min_shares, deadline }
        }),
        2 => (pool(), amount(), amount(), amount(), block()).prop_map(|(pool, shares, min_psi, min_theta, deadline)| {
            Call::remove_liquidity { pool, shares, min_psi, min_theta, deadline }
        }),
        2 => (pool(), 0u32..3, any::<bool>(), amount()).prop_map(|(pool, batch, is_buy, amount)| {
            let side = if is_buy { Side::Buy } else { Side::Sell };
            Call::commit_order { pool, batch, side, amount, commitment: H256::zero() }
        }),
        1 => (pool(), 0u32..3, 0u16..3, amount(), amount()).prop_map(|(pool, batch, index, psi, theta)| {
            Call::reveal_order { pool, batch, index, psi, theta, salt: [0; 32] }
        }),
        1 => pool().prop_map(|pool| Call::create_pool { pool, curve: Curve::default(), fees: FeeParameters::DEFAULT }),
        1 => pool().prop_map(|pool| Call::set_parameters { pool, fees: FeeParameters::DEFAULT }),
    ]
    .prop_map(Into::into)
}

/// A part of so many tokens of each class.
fn part(tier: u8, amount: u128) -> Parts {
    vec![Part { tier, resources: Resources([amount; 6]) }].try_into().unwrap()
}

fn any_request() -> impl Strategy<Value = JobRequest<u32>> {
    let shape = (0u64..8, 0u32..500, block(), amount(), amount(), any::<bool>());
    let odd = (0u8..14, 0u8..2);
    (shape, odd).prop_map(|((nonce, tokens, deadline, max_credits, max_price, held), (odd, tier))| {
        let mut request = request(nonce, tokens, deadline);
        request.limits.max_credits = max_credits;
        request.limits.max_price[2] = max_price;
        request.use_held_tokens = held;
        match odd {
            0 => request.kind = JobKind::FineTune,
            1 => request.verification = Verification::Zk,
            2 => request.model = H256::zero(),
            3 => request.input = BlobRef::default(),
            4 => request.decoding.top_p_ppm = 0,
            5 => request.resources = Some(Default::default()),
            6 => request.tier = tier,
            7 => request.parts = part(tier, 1),
            8 => request.parts = part(1 + tier, u128::from(nonce) * AI),
            _ => {}
        }
        request
    })
}

fn compute() -> impl Strategy<Value = RuntimeCall> {
    type Call = pallet_compute::Call<Runtime>;
    let job = || 0u64..6;
    prop_oneof![
        3 => any_request().prop_map(|request| Call::submit_job { request }),
        2 => job().prop_map(|job| Call::accept_job { job }),
        2 => job().prop_map(|job| Call::cancel_job { job }),
        1 => amount().prop_map(|bond| {
            Call::register_worker { offer: offer(), session_key: session_key(Ferdie), bond }
        }),
        1 => amount().prop_map(|amount| Call::bond_more { amount }),
        2 => (pool(), amount()).prop_map(|(pool, amount)| Call::mint_tokens { pool, amount }),
        2 => (pool(), amount()).prop_map(|(pool, amount)| Call::burn_tokens { pool, amount }),
        1 => Just(Call::withdraw_bond {}),
        1 => select(vec![Ferdie, Bob]).prop_map(|worker| Call::check_margin { worker: worker.to_account_id() }),
        1 => (pool(), amount(), amount())
            .prop_map(|(pool, amount, max_cost)| Call::settle_in_cash { pool, amount, max_cost }),
        1 => any::<bool>().prop_map(|sell_earned| Call::set_payout { sell_earned }),
        1 => Just(Call::set_session_key { key: session_key(Ferdie) }),
        1 => Just(Call::set_model_profile { model: H256::zero(), profile: None }),
        1 => any::<u8>().prop_map(|tier| Call::set_tier { tier, rule: Default::default() }),
        1 => Just(Call::set_bonus { parameters: Default::default() }),
    ]
    .prop_map(Into::into)
}

/// Attestations of the accepted job with one field changed, demands of all kinds, and what verifiers, challengers and operators of
/// canaries do.
fn poai() -> impl Strategy<Value = RuntimeCall> {
    type Call = pallet_poai::Call<Runtime>;
    let job = || 0u64..6;
    prop_oneof![
        2 => job().prop_map(|job| Call::demand_output { job }),
        2 => (job(), 0u32..50).prop_map(|(job, count)| {
            Call::deliver_output { job, tokens: BoundedVec::truncate_from(output(count)) }
        }),
        1 => amount().prop_map(|bond| Call::register_verifier { bond }),
        1 => amount().prop_map(|amount| Call::add_verifier_bond { amount }),
        1 => Just(Call::retire_verifier {}),
        1 => Just(Call::withdraw_verifier_bond {}),
        1 => job().prop_map(|job| Call::challenge { job }),
        1 => job().prop_map(|job| Call::commit_verdict { job, commitment: H256::zero() }),
        1 => (job(), any::<bool>()).prop_map(|(job, good)| {
            let score = if good { Score::Good } else { Score::Bad };
            let vote = Vote { score, digest: H256::zero() };
            Call::reveal_verdict { job, vote, salt: [0; 32], evidence: H256::zero() }
        }),
        1 => (0u64..3).prop_map(|slash| Call::cancel_slash { slash }),
        1 => Just(Call::set_parameters { parameters: Default::default() }),
        1 => any::<bool>().prop_map(|registered| Call::set_canary_operator { operator: Ferdie.to_account_id(), registered }),
        1 => (0u64..3, 0usize..3).prop_map(|(hash, count)| Call::lodge_canaries {
            hashes: BoundedVec::truncate_from(vec![H256::from_low_u64_be(hash); count]),
        }),
        1 => job().prop_map(|job| {
            let consent = sr25519::Signature::from_raw([0; 64]);
            Call::reveal_canary { operator: Dave.to_account_id(), job, salt: [0; 32], consent }
        }),
        3 => (job(), job(), 0u8..8, any::<[u8; 64]>()).prop_map(|(job, claimed, odd, noise)| Call::attest {
            attestation: odd_attestation(job, claimed, odd),
            signature: sr25519::Signature::from_raw(noise),
        }),
    ]
    .prop_map(Into::into)
}

fn odd_attestation(job: u64, claimed: u64, odd: u8) -> hanzo_poai::Attestation<AccountId> {
    hanzo_poai::Attestation {
        job: if odd == 0 { claimed } else { job },
        worker: if odd == 1 { Bob } else { Ferdie }.to_account_id(),
        model: if odd == 2 { H256::zero() } else { crate::economy::TINY_MODEL },
        input: H256::repeat_byte(if odd == 3 { 8 } else { 7 }),
        output: H256::repeat_byte(1),
        tokens_root: H256::repeat_byte(2),
        fingerprints_root: H256::repeat_byte(if odd == 4 { 2 } else { 3 }),
        prompt_tokens: if odd == 5 { u32::MAX } else { 1 },
        output_tokens: u32::from(odd != 6),
        nonce: job,
        seed: H256::zero(),
        engine_profile: H256::repeat_byte(4),
        prior_root: H256::zero(),
        proof: hanzo_poai::Proof::Replay,
    }
}

/// Jobs 0 to 3: submitted last, refunded, accepted and attested; and some liquidity of Dave's.
fn populate(chain: &mut Chain) {
    for nonce in 0..3 {
        dispatch(CLIENT, submit(nonce, 300, 90)).unwrap();
    }
    dispatch(CLIENT, pallet_compute::Call::cancel_job { job: 0 }).unwrap();
    let buy =
        pallet_hmm::Call::buy { pool: pools()[0], theta_in: crate::constants::AI / 10, min_psi_out: 0, deadline: 9 };
    dispatch(Dave, buy).unwrap();
    let (max_psi, max_theta) = (crate::constants::AI, Balance::MAX / 4);
    dispatch(
        Dave,
        pallet_hmm::Call::add_liquidity { pool: pools()[0], max_psi, max_theta, min_shares: 0, deadline: 9 },
    )
    .unwrap();
    chain.run_to(6);
    for job in 1..3 {
        dispatch(WORKER, pallet_compute::Call::accept_job { job }).unwrap();
    }
    chain.step();
    dispatch(WORKER, attest(WORKER, 2, 10, 20).unwrap()).unwrap();
    dispatch(CLIENT, submit(3, 300, 90)).unwrap();
}

proptest! {
    #![proptest_config(cases(24))]

    #[test]
    fn failed_call_should_change_nothing_but_the_fee(
        calls in vec((select(vec![Bob, Charlie, Dave, Ferdie]), prop_oneof![market(), compute(), poai()]), 20),
    ) {
        Chain::run("development", |chain| {
            populate(chain);
            let failed = calls.into_iter().filter(|(signer, call)| send(chain, *signer, call.clone())).count();
            assert!(failed > 0, "every one of 20 odd calls passed");
            chain.step();
        });
    }
}
