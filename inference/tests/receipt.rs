//! Receipts hold when honest and fail when any bit is changed.

use crate::common::{request, sampled, tiny};
use hanzo_inference::fingerprint::Tolerance;
use hanzo_inference::sampler::TokenBias;
use hanzo_inference::{Cancel, CandleEngine, Engine, Error, Finish, ProfileKind, Receipt, Request, Schedule};
use hanzo_poai::chunks::{fingerprints_root, tokens_root, CHUNK};
use hanzo_poai::Decoding;
use proptest::prelude::*;
use std::num::NonZeroUsize;
use std::ops::ControlFlow;
use std::sync::OnceLock;

const PROMPT: &str = "This License does not grant permission to";

fn make(engine: &CandleEngine, decoding: &Decoding, claim: Option<&Decoding>) -> Receipt {
    let prompt = engine.tokenizer().encode(PROMPT).unwrap();
    let run =
        engine.generate(&request(&prompt, decoding), &Cancel::default(), &mut |_| ControlFlow::Continue(())).unwrap();
    let claimed: Request<'_> = request(&prompt, claim.unwrap_or(decoding));
    Receipt::new(engine, Some(PROMPT), &claimed, &run).unwrap()
}

fn replay_engine() -> &'static CandleEngine {
    static ENGINE: OnceLock<CandleEngine> = OnceLock::new();
    ENGINE.get_or_init(|| tiny(ProfileKind::Replay, 1))
}

fn honest() -> &'static Receipt {
    static RECEIPT: OnceLock<Receipt> = OnceLock::new();
    RECEIPT.get_or_init(|| make(replay_engine(), &sampled(70), None))
}

fn valid(receipt: &Receipt) -> bool {
    receipt.verify(replay_engine(), &Tolerance::SAME_DTYPE).unwrap().valid
}

#[test]
fn receipt_should_hold_when_honest_and_survive_json() {
    let receipt = Receipt::from_json(&honest().to_json().unwrap()).unwrap();
    assert_eq!(&receipt, honest());
    let verdict = receipt.verify(&tiny(ProfileKind::Replay, 2), &Tolerance::SAME_DTYPE).unwrap();
    assert!(verdict.valid && verdict.exact && verdict.logits_equal, "{verdict:?}");
    assert_eq!(verdict.matched, receipt.output_tokens.len());
}

#[test]
fn receipt_should_hold_for_every_way_of_decoding() {
    let base = sampled(40);
    let ways = [
        Decoding::greedy(40),
        Decoding { top_k: 5, ..base },
        Decoding { top_p_ppm: 700_000, temperature_milli: 1300, ..base },
        Decoding { min_p_ppm: 100_000, repetition_penalty_milli: 1200, ..base },
        Decoding { max_output_tokens: 10_000, temperature_milli: 2500, ..base },
    ];
    for decoding in ways {
        let verdict = make(replay_engine(), &decoding, None).verify(replay_engine(), &Tolerance::SAME_DTYPE).unwrap();
        assert!(verdict.valid, "{decoding:?}: {:?}", verdict.problems);
    }
}

/// The start of an honest receipt, everything in it fitted to the cut.
fn cut(tokens: usize) -> Receipt {
    let mut receipt = honest().clone();
    receipt.output_tokens.truncate(tokens);
    receipt.fingerprints.truncate(tokens.div_ceil(CHUNK));
    receipt.tokens_root = tokens_root(&receipt.output_tokens).unwrap();
    let engine = replay_engine();
    let request = Request::new(&receipt.prompt_tokens, &receipt.decoding, receipt.seed);
    let trace = engine.replay(&request, &receipt.output_tokens).unwrap().trace;
    receipt.fingerprints_root = fingerprints_root(&trace.fingerprints).unwrap();
    (receipt.fingerprints, receipt.logits_digest) = (trace.fingerprints.clone(), trace.logits_digest());
    let text = engine.tokenizer().decode(&receipt.output_tokens).unwrap();
    receipt.output_hash = hanzo_inference::hash::blake2_256(text.as_bytes());
    receipt
}

#[test]
fn receipt_should_fail_when_the_output_is_empty_or_only_the_start_of_one() {
    for tokens in [0, 1, 31, 32, 69] {
        for finish in [Finish::Cancelled, Finish::Length, Finish::Stop] {
            let receipt = Receipt { finish, ..cut(tokens) };
            let verdict = receipt.verify(replay_engine(), &Tolerance::SAME_DTYPE).unwrap();
            let problems = verdict.problems.join("; ");
            assert!(!verdict.valid, "{tokens} tokens, {finish:?}");
            assert!(problems.contains(&format!("an output of {tokens} tokens of at most 70")), "{problems}");
            assert_eq!(problems.contains("there is no output token"), tokens == 0, "{problems}");
            // The cut is the only thing wrong with it.
            assert_eq!((verdict.matched, verdict.problems.len()), (tokens, 1 + usize::from(tokens == 0)), "{problems}");
        }
    }
    assert!(valid(&cut(70)));
}

#[test]
fn receipt_should_not_be_made_for_a_run_that_was_cancelled() {
    let (engine, decoding) = (replay_engine(), sampled(70));
    let prompt = engine.tokenizer().encode(PROMPT).unwrap();
    let request = request(&prompt, &decoding);
    let run = engine.generate(&request, &Cancel::default(), &mut |_| ControlFlow::Break(())).unwrap();
    assert_eq!(run.finish, Finish::Cancelled);
    assert!(matches!(Receipt::new(engine, Some(PROMPT), &request, &run), Err(Error::Cancelled)));
}

#[test]
fn receipt_should_give_the_same_digests_whatever_the_schedule_of_its_replay() {
    let digests = |verdict: hanzo_inference::Verdict| {
        assert!(verdict.valid && verdict.exact, "{verdict:?}");
        [verdict.logits_digest, verdict.tokens_root, verdict.fingerprints_root]
    };
    let receipt = honest();
    let claimed = [receipt.logits_digest, receipt.tokens_root, receipt.fingerprints_root];
    for threads in [1, 2] {
        let engine = tiny(ProfileKind::Replay, threads);
        for prefill_chunk in [NonZeroUsize::new(1), NonZeroUsize::new(16), None] {
            for cache in [true, false] {
                let schedule = Schedule { prefill_chunk, cache };
                let verdict = receipt.verify_on(&engine, &Tolerance::SAME_DTYPE, schedule).unwrap();
                assert_eq!(digests(verdict), claimed, "{threads} threads, {schedule:?}");
            }
        }
    }
}

#[test]
fn receipt_should_hold_with_the_bias_of_its_request_and_not_without() {
    let (engine, decoding) = (replay_engine(), sampled(60));
    let prompt = engine.tokenizer().encode(PROMPT).unwrap();
    let bias =
        [TokenBias { token: u32::from(b'e'), milli: -100_000 }, TokenBias { token: u32::from(b'z'), milli: 3000 }];
    let request = Request { bias: &bias, ..request(&prompt, &decoding) };
    let run = engine.generate(&request, &Cancel::default(), &mut |_| ControlFlow::Continue(())).unwrap();
    assert!(!run.tokens.contains(&u32::from(b'e')) && run.tokens.contains(&u32::from(b'z')));
    let mut receipt = Receipt::new(engine, Some(PROMPT), &request, &run).unwrap();
    receipt = Receipt::from_json(&receipt.to_json().unwrap()).unwrap();
    assert!(valid(&receipt));
    receipt.bias[1].milli = 2000;
    assert!(!valid(&receipt));
    receipt.bias.clear();
    assert!(!valid(&receipt));
}

#[test]
fn receipt_should_fail_when_decoded_otherwise_than_claimed() {
    let claim = sampled(60);
    let cheats = [Decoding::greedy(60), Decoding { temperature_milli: 1300, ..claim }, Decoding { top_k: 3, ..claim }];
    for cheat in cheats {
        assert!(!valid(&make(replay_engine(), &cheat, Some(&claim))), "{cheat:?}");
    }
}

#[test]
fn receipt_of_the_fast_profile_should_hold_within_tolerance() {
    let receipt = make(&tiny(ProfileKind::Fast, 1), &sampled(150), None);
    let verdict = receipt.verify(replay_engine(), &Tolerance::SAME_DTYPE).unwrap();
    assert!(verdict.valid && !verdict.exact, "{verdict:?}");
    println!("{:?}", verdict.fingerprints);
    let mut other = receipt;
    other.seed.0[31] ^= 1;
    assert!(!valid(&other));
}

#[test]
fn receipt_should_fail_when_a_field_is_changed() {
    type Change = fn(&mut Receipt);
    let changes: [(&str, Change); 17] = [
        ("version", |r| r.version += 1),
        ("model", |r| r.model.0[0] ^= 1),
        ("engine profile", |r| r.engine_profile.0[0] ^= 1),
        ("profile", |r| r.profile.kernels.push('x')),
        ("seed", |r| r.seed.0[31] ^= 1),
        ("temperature", |r| r.decoding.temperature_milli += 300),
        ("top-k", |r| r.decoding.top_k = 2),
        ("length", |r| r.decoding.max_output_tokens += 1),
        ("prompt", |r| r.prompt = None),
        ("input hash", |r| r.input_hash.0[5] ^= 1),
        ("prompt tokens", |r| r.prompt_tokens[3] ^= 1),
        ("output tokens", |r| r.output_tokens[3] ^= 1),
        ("cut output", |r| r.output_tokens.truncate(20)),
        ("output hash", |r| r.output_hash.0[0] ^= 128),
        ("tokens root", |r| r.tokens_root.0[9] ^= 1),
        ("fingerprints root", |r| r.fingerprints_root.0[9] ^= 1),
        ("logits", |r| r.logits_digest.0[9] ^= 1),
    ];
    for (what, change) in changes {
        let mut receipt = honest().clone();
        change(&mut receipt);
        assert!(!valid(&receipt), "{what}");
    }
}

proptest! {
    #![proptest_config(crate::common::cases(24))]

    #[test]
    fn receipt_should_fail_when_any_bit_of_tokens_or_commitments_is_flipped(place: prop::sample::Index, bit in 0u32..8) {
        let mut receipt = honest().clone();
        let (tokens, prints) = (receipt.output_tokens.len(), receipt.fingerprints.len() * 258);
        let place = place.index(tokens + prints + 5 * 32);
        if place < tokens {
            receipt.output_tokens[place] ^= 1 << bit;
        } else if place < tokens + prints {
            receipt.fingerprints[(place - tokens) / 258][(place - tokens) % 258] ^= 1 << bit;
        } else {
            let place = place - tokens - prints;
            let hashes = [&mut receipt.model, &mut receipt.output_hash, &mut receipt.tokens_root, &mut receipt.fingerprints_root, &mut receipt.logits_digest];
            hashes.into_iter().nth(place / 32).unwrap().0[place % 32] ^= 1 << bit;
        }
        prop_assert!(!valid(&receipt));
    }

    #[test]
    fn receipt_should_never_panic_the_verifier(tokens in proptest::collection::vec(0u32..400, 0..40), prompt in proptest::collection::vec(0u32..400, 0..20), limit in 0u32..50) {
        let mut receipt = honest().clone();
        receipt.output_tokens = tokens;
        receipt.prompt_tokens = prompt;
        receipt.decoding.max_output_tokens = limit;
        prop_assert!(!valid(&receipt));
    }
}

#[test]
fn receipt_should_be_refused_when_its_json_is_wrong() {
    let text = honest().to_json().unwrap();
    assert!(Receipt::from_json(&text.replacen("\"seed\"", "\"sead\"", 1)).is_err());
    assert!(Receipt::from_json(&text[..text.len() / 2]).is_err());
}
