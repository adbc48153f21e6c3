//! Claimed work, checked by replay.

use crate::common::{sampled, tiny, tiny_with_bos};
use hanzo_inference::sampler::TokenBias;
use hanzo_inference::verify::{check, Checked, Claim, Finding, Fingerprints, Limits, Places, Test};
use hanzo_inference::{Cancel, CandleEngine, Engine, Generation, ProfileKind, Request, Schedule};
use hanzo_poai::chunks::{fingerprints_root, Fingerprint};
use hanzo_poai::committee::Score;
use hanzo_poai::{positions, Decoding};
use proptest::prelude::*;
use sp_core::H256;
use std::num::NonZeroUsize;
use std::ops::ControlFlow;
use std::sync::OnceLock;

const PROMPT: &str = "This License does not grant permission to";
const WITHIN: Test<'static> = Test::Within(&Limits::F32);

fn verifier() -> &'static CandleEngine {
    static ENGINE: OnceLock<CandleEngine> = OnceLock::new();
    ENGINE.get_or_init(|| tiny(ProfileKind::Replay, 1))
}

fn prompt() -> Vec<u32> {
    verifier().tokenizer().encode(PROMPT).unwrap()
}

fn run(engine: &CandleEngine, request: &Request<'_>) -> Generation {
    engine.generate(request, &Cancel::default(), &mut |_| ControlFlow::Continue(())).unwrap()
}

/// Checks an output and its fingerprints against a request with the seed 7.
fn checked(output: &[u32], fingerprints: &[Fingerprint], decoding: &Decoding, test: Test<'_>) -> Finding {
    let prompt = prompt();
    let request = Request::new(&prompt, decoding, H256::repeat_byte(7));
    let claim = Claim { request, output, fingerprints: Fingerprints::All(fingerprints) };
    check(verifier(), &claim, test, None).unwrap()
}

fn served(engine: &CandleEngine, decoding: &Decoding, seed: u8) -> Generation {
    run(engine, &Request::new(&prompt(), decoding, H256::repeat_byte(seed)))
}

fn honest() -> &'static Generation {
    static RUN: OnceLock<Generation> = OnceLock::new();
    RUN.get_or_init(|| served(verifier(), &sampled(70), 7))
}

#[test]
fn work_should_be_good_when_honest_by_either_test() {
    let Generation { tokens, trace, .. } = honest();
    for test in [Test::Exact, WITHIN] {
        let finding = checked(tokens, &trace.fingerprints, &sampled(70), test);
        assert_eq!((finding.score, &finding.reasons[..]), (Score::Good, &[][..]));
        assert!(finding.mismatches.is_empty() && finding.fingerprints.iter().all(|fingerprint| fingerprint.equal));
        assert_eq!(finding.logits_digest, trace.logits_digest());
    }
}

#[test]
fn work_of_the_fast_profile_should_be_good_within_limits_whatever_the_decoding() {
    let fast = tiny(ProfileKind::Fast, 1);
    let base = sampled(128);
    for decoding in [
        base,
        Decoding::greedy(128),
        Decoding { top_p_ppm: 900_000, temperature_milli: 1300, ..base },
        Decoding { top_k: 5, min_p_ppm: 20_000, repetition_penalty_milli: 1200, ..base },
    ] {
        let Generation { tokens, trace, .. } = served(&fast, &decoding, 7);
        let finding = checked(&tokens, &trace.fingerprints, &decoding, WITHIN);
        assert_eq!(finding.score, Score::Good, "{:?}", finding.reasons);
        assert_eq!((finding.test, finding.windows.len()), ("f32", 1));
        assert_ne!(finding.logits_digest, trace.logits_digest(), "it was the same arithmetic");
    }
}

#[test]
fn work_should_be_bad_by_either_test_when_the_seed_is_another() {
    let Generation { tokens, trace, .. } = served(verifier(), &sampled(70), 8);
    for test in [Test::Exact, WITHIN, Test::Within(&Limits::BF16)] {
        let finding = checked(&tokens, &trace.fingerprints, &sampled(70), test);
        assert_eq!(finding.score, Score::Bad);
        // The fingerprints are those of the tokens.
        assert!(finding.fingerprints.iter().all(|fingerprint| fingerprint.equal));
        let first = &finding.mismatches[0];
        let said = format!("token {} of the output", first.index);
        assert!(finding.test != "exact" || finding.reasons[0].contains(&said), "{:?}", finding.reasons);
        assert!(first.gap > 0.0 && finding.mismatches.len() > 3);
    }
}

#[test]
fn exact_test_should_find_one_token_and_one_bit() {
    let Generation { tokens, trace, .. } = honest();
    let mut other = tokens.clone();
    other[40] ^= 1;
    let finding = checked(&other, &trace.fingerprints, &sampled(70), Test::Exact);
    assert_eq!(finding.mismatches[0].index, 40);
    assert!(finding.reasons[0].contains("of 70 tokens are not those that the seed picks"), "{:?}", finding.reasons);
    let mut prints = trace.fingerprints.clone();
    prints[1][77] ^= 4;
    let finding = checked(tokens, &prints, &sampled(70), Test::Exact);
    assert_eq!(finding.reasons, ["1 of 3 fingerprints differ, the first of them number 1"]);
}

#[test]
fn fingerprints_should_count_within_limits_too() {
    let Generation { tokens, trace, .. } = honest();
    let mut prints = trace.fingerprints.clone();
    prints.swap(0, 1);
    let finding = checked(tokens, &prints, &sampled(70), WITHIN);
    assert_eq!(finding.score, Score::Bad);
    assert!(finding.reasons[0].contains("2 of 3 fingerprints of tokens 0 to 69"), "{:?}", finding.reasons);
}

#[test]
fn long_output_should_be_judged_window_by_window() {
    let decoding = sampled(300);
    let mut engine_tokens = served(verifier(), &decoding, 7).tokens;
    // Whatever comes after an end token, the length is what this is about.
    engine_tokens.resize(300, 65);
    let prompt = prompt();
    let request = Request::new(&prompt, &decoding, H256::repeat_byte(7));
    let root = Fingerprints::Root(H256::zero());
    let claim = Claim { request, output: &engine_tokens, fingerprints: root };
    let finding = check(verifier(), &claim, WITHIN, None).unwrap();
    let ranges: Vec<_> = finding.windows.iter().map(|window| (window.from, window.to)).collect();
    assert_eq!(ranges, [(0, 96), (96, 192), (192, 300)]);
    let sum: f64 = finding.mismatches.iter().map(|mismatch| mismatch.gap).sum();
    let total: f64 = finding.windows.iter().map(|window| window.gap).sum();
    assert!((sum - total).abs() < 1e-9);
    assert!(!finding.fingerprints_compared);
}

#[test]
fn root_should_do_for_the_exact_test_and_say_nothing_within_limits_unless_equal() {
    let Generation { tokens, trace, .. } = honest();
    let (prompt, decoding) = (prompt(), sampled(70));
    let find = |root, test| {
        let request = Request::new(&prompt, &decoding, H256::repeat_byte(7));
        check(verifier(), &Claim { request, output: tokens, fingerprints: Fingerprints::Root(root) }, test, None)
            .unwrap()
    };
    let own = fingerprints_root(&trace.fingerprints).unwrap();
    assert_eq!(find(own, Test::Exact).score, Score::Good);
    let finding = find(H256::zero(), Test::Exact);
    assert!(finding.reasons[0].contains("the fingerprints' root is 0x0000"), "{:?}", finding.reasons);
    assert!(find(own, WITHIN).fingerprints_compared);
    let finding = find(H256::zero(), WITHIN);
    assert_eq!((finding.score, finding.fingerprints_compared), (Score::Good, false));
}

#[test]
fn digest_should_be_one_whatever_the_schedule_and_bound_to_job_seed_and_tokens() {
    let Generation { tokens, trace, .. } = honest();
    let (prompt, decoding) = (prompt(), sampled(70));
    let digest = |engine: &CandleEngine, schedule, tokens: &[u32], places| {
        let request = Request { schedule, ..Request::new(&prompt, &decoding, H256::repeat_byte(7)) };
        let prints = &trace.fingerprints[..tokens.len().div_ceil(32)];
        let claim = Claim { request, output: tokens, fingerprints: Fingerprints::All(prints) };
        check(engine, &claim, Test::Exact, Some(places)).unwrap().digest.unwrap()
    };
    let places = Places { job: 3, seed: H256::repeat_byte(9) };
    let usual = digest(verifier(), Schedule::default(), tokens, places);
    for threads in [1, 2] {
        let engine = tiny(ProfileKind::Replay, threads);
        for prefill_chunk in [NonZeroUsize::new(1), NonZeroUsize::new(16), None] {
            for cache in [true, false] {
                let schedule = Schedule { prefill_chunk, cache };
                assert_eq!(digest(&engine, schedule, tokens, places), usual, "{threads} threads, {schedule:?}");
            }
        }
    }
    let with = |places, tokens: &[u32]| digest(verifier(), Schedule::default(), tokens, places);
    assert_ne!(with(Places { job: 4, ..places }, tokens), usual);
    assert_ne!(with(Places { seed: H256::repeat_byte(10), ..places }, tokens), usual);
    let mut other = tokens.clone();
    other[0] ^= 1;
    assert_ne!(with(places, &other), usual, "all later logits depend on the first token");
    assert_ne!(with(places, &tokens[..69]), usual);
}

#[test]
fn digest_should_be_that_of_logits_computed_one_prefix_at_a_time() {
    let Generation { tokens, trace, .. } = honest();
    let (prompt, decoding, seed) = (prompt(), sampled(70), H256::repeat_byte(7));
    let places = Places { job: 3, seed: H256::repeat_byte(9) };
    let sequence = [&prompt[..], tokens].concat();
    let drawn = positions::positions(&places.seed, places.job, sequence.len() as u32);
    assert!(drawn.iter().any(|position| (*position as usize) < prompt.len()), "{drawn:?} leaves the prompt out");
    // The logits that pick the token after a prefix are those at its last position.
    let one = Decoding { max_output_tokens: 1, ..decoding };
    let seen: Vec<(u32, H256)> = drawn
        .iter()
        .map(|position| {
            let request = Request::new(&sequence[..=*position as usize], &one, seed);
            (*position, run(verifier(), &request).trace.logits[0])
        })
        .collect();
    let request = Request::new(&prompt, &decoding, seed);
    let claim = Claim { request, output: tokens, fingerprints: Fingerprints::All(&trace.fingerprints) };
    let found = check(verifier(), &claim, Test::Exact, Some(places)).unwrap();
    assert_eq!(found.digest, Some(positions::digest(places.job, &places.seed, &seen)));
    // The places change nothing else.
    assert_eq!(Finding { digest: None, ..found }, check(verifier(), &claim, Test::Exact, None).unwrap());
}

#[test]
fn replay_should_refuse_positions_that_are_not_there_or_do_not_ascend() {
    let (prompt, decoding) = (prompt(), sampled(70));
    let request = Request::new(&prompt, &decoding, H256::repeat_byte(7));
    let refusal =
        |positions: &[u32]| verifier().replay_at(&request, &honest().tokens, positions).unwrap_err().to_string();
    let tokens = prompt.len() + 70;
    let said = format!("position {tokens} is outside a prompt and an output of {tokens} tokens together");
    assert!(refusal(&[0, tokens as u32]).contains(&said), "{}", refusal(&[0, tokens as u32]));
    assert!(refusal(&[3, 3]).contains("position 3 comes before 3; positions must ascend"));
    assert!(verifier().replay_at(&request, &honest().tokens, &[0, tokens as u32 - 1]).is_ok());
}

#[test]
fn claim_should_be_refused_in_numbers_when_it_cannot_be_replayed() {
    let Generation { tokens, trace, .. } = honest();
    let (prompt, decoding) = (prompt(), sampled(70));
    let bias = [TokenBias { token: 999, milli: 1 }];
    let request = Request::new(&prompt, &decoding, H256::repeat_byte(7));
    let all = Fingerprints::All(&trace.fingerprints);
    let claim = Claim { request, output: tokens, fingerprints: all };
    let long = vec![65; 600];
    let alien = [&tokens[..69], &[260]].concat();
    let root = Fingerprints::Root(H256::zero());
    let cases = [
        (
            Claim { output: &[], fingerprints: Fingerprints::All(&[]), ..claim },
            "the claimed output has no token".to_string(),
        ),
        (
            Claim { fingerprints: Fingerprints::All(&trace.fingerprints[..2]), ..claim },
            "2 fingerprints for an output of 70 tokens, which takes 3: one for every 32".into(),
        ),
        (
            Claim { output: &alien, ..claim },
            "token 260 at place 69 of the output is outside the model's vocabulary of 260".into(),
        ),
        (
            Claim { output: &long, fingerprints: root, ..claim },
            "an output of 600 tokens exceed the model's context of 512".into(),
        ),
        (Claim { request: Request { prompt: &[], ..request }, ..claim }, "the prompt has no token".into()),
        (
            Claim { request: Request { bias: &bias, ..request }, ..claim },
            "bias on token 999, outside a vocabulary of 260".into(),
        ),
    ];
    for (claim, said) in cases {
        let error = check(verifier(), &claim, Test::Exact, None).unwrap_err().to_string();
        assert!(error.contains(&said), "{error}, not {said}");
        // A claim that nobody can replay is bad work, not a failure of the verifier.
        let checked = Checked::of(verifier(), &claim, Test::Exact, None, Vec::new()).unwrap();
        assert_eq!((checked.score, checked.reasons, checked.finding), (Score::Bad, vec![error], None));
    }
    let error = check(&tiny(ProfileKind::Fast, 1), &claim, WITHIN, None).unwrap_err().to_string();
    assert!(error.contains("checked on the replay profile"), "{error}");
    assert!(Checked::of(&tiny(ProfileKind::Fast, 1), &claim, WITHIN, None, Vec::new()).is_err());
}

#[test]
fn prompt_of_one_token_should_be_checked_like_any() {
    let engine = tiny_with_bos(None);
    let decoding = sampled(5);
    let request = Request::new(&[65], &decoding, H256::zero());
    let Generation { tokens, trace, .. } = run(&engine, &request);
    let claim = Claim { request, output: &tokens, fingerprints: Fingerprints::All(&trace.fingerprints) };
    let places = Places { job: 0, seed: H256::zero() };
    assert_eq!(check(&engine, &claim, Test::Exact, Some(places)).unwrap().score, Score::Good);
}

proptest! {
    #![proptest_config(crate::common::cases(24))]

    #[test]
    fn exact_test_should_find_any_change(place: prop::sample::Index, bit in 0u32..8) {
        let Generation { tokens, trace, .. } = honest();
        let (mut tokens, mut prints) = (tokens.clone(), trace.fingerprints.clone());
        let place = place.index(tokens.len() + prints.len() * 258);
        if place < tokens.len() {
            tokens[place] ^= 1 << bit;
        } else {
            let place = place - tokens.len();
            prints[place / 258][place % 258] ^= 1 << bit;
        }
        prop_assert_eq!(checked(&tokens, &prints, &sampled(70), Test::Exact).score, Score::Bad);
    }

    /// More of what differs never makes work better: sums of gaps only grow.
    #[test]
    fn test_within_limits_should_be_monotone_in_the_gaps(gaps in proptest::collection::vec(prop_oneof![9 => Just(0.0), 1 => 0f64..0.01], 1..400), place: prop::sample::Index, more in 0f64..1.0) {
        use hanzo_inference::verify::judge_windows;
        let outside = |gaps: &[f64]| judge_windows(gaps, &[], &Limits::F32).iter().filter(|window| window.is_outside()).count();
        let mut worse = gaps.clone();
        worse[place.index(gaps.len())] += more;
        prop_assert!(outside(&worse) >= outside(&gaps));
        let wide = judge_windows(&gaps, &[], &Limits::BF16).iter().filter(|window| window.is_outside()).count();
        prop_assert!(wide <= outside(&gaps));
    }
}
