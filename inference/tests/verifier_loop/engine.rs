//! Judging real work on the tiny model.

use crate::common::tiny;
use crate::job_replay::{served_on, Served};
use hanzo_inference::sealing::Written;
use hanzo_inference::verifier::judge::{EngineJudge, Judge, Opinion, Papers};
use hanzo_inference::verifier::round::Round;
use hanzo_inference::{Cancel, Engine, Error, ProfileKind};
use hanzo_poai::chunks::tokens_root;
use hanzo_poai::committee::Score;
use serde_json::Value;
use sp_core::H256;
use std::sync::Arc;

fn judge() -> EngineJudge {
    let engine: Arc<dyn Engine> = Arc::new(tiny(ProfileKind::Replay, 2));
    EngineJudge::new(vec![engine])
}

fn round(served: &Served, seed: u8) -> Round {
    let receipt = served.attestation.as_ref().unwrap().receipt_root;
    Round { job: served.job.id, number: 2, positions: H256::repeat_byte(seed), receipt }
}

fn papers(served: &Served) -> Papers {
    let attestation = served.attestation.clone().unwrap();
    let blob = |hash: &H256| Arc::new(served.blobs[hash].clone());
    Papers {
        input: blob(&served.job.input),
        output: Written::text(served.blobs[&attestation.output].clone()),
        job: served.job.clone(),
        attestation,
        key: None,
    }
}

fn opinion(papers: &Papers, round: &Round) -> Opinion {
    judge().judge(papers, round, &Cancel::default()).unwrap()
}

fn evidence(opinion: &Opinion) -> Value {
    serde_json::from_str(&opinion.evidence).unwrap()
}

#[test]
fn judge_should_find_honest_work_good_with_a_digest_of_its_positions() {
    let served = served_on(ProfileKind::Replay);
    let (first, second) = (round(&served, 1), round(&served, 2));
    let found = opinion(&papers(&served), &first);
    assert_eq!(found.vote.score, Score::Good);
    assert_eq!(opinion(&papers(&served), &first), found, "every honest verifier finds the same");
    assert_ne!(opinion(&papers(&served), &second).vote.digest, found.vote.digest);
    let shown = evidence(&found);
    assert_eq!((&shown["score"], &shown["round"], &shown["mismatches"]), (&"good".into(), &2.into(), &0.into()));
    assert_eq!(shown["digest"], format!("{:?}", found.vote.digest));
    assert_eq!(shown["positions"].as_array().unwrap().len(), 16);
    assert!(found.evidence.len() < 16 * 1024, "{} bytes", found.evidence.len());
}

#[test]
fn judge_should_find_forged_work_bad_and_say_why() {
    type Change = fn(&mut Papers);
    let changes: [(Change, &str); 4] = [
        (|p| p.attestation.tokens_root.0[0] ^= 1, "tokens root"),
        (|p| p.attestation.fingerprints_root.0[0] ^= 1, "the fingerprints' root"),
        (|p| p.attestation.output_tokens += 1, "output tokens"),
        (|p| p.input = Arc::new(vec![0xff, 0xfe]), "not UTF-8 text"),
    ];
    let served = served_on(ProfileKind::Replay);
    for (change, said) in changes {
        let mut papers = papers(&served);
        change(&mut papers);
        let found = opinion(&papers, &round(&served, 1));
        let shown = evidence(&found);
        assert_eq!(found.vote.score, Score::Bad, "{shown}");
        assert!(shown["reasons"].to_string().contains(said), "{shown}, not {said}");
    }
}

#[test]
fn judge_should_find_tokens_bad_that_the_seed_does_not_pick() {
    // The worker attests to other text, and everything about it fits.
    let mut served = served_on(ProfileKind::Replay);
    let text = b"This is what it likes to say, forty long".to_vec();
    let tokens: Vec<u32> =
        tiny(ProfileKind::Replay, 1).tokenizer().encode(std::str::from_utf8(&text).unwrap()).unwrap();
    let start = tiny(ProfileKind::Replay, 1).tokenizer().encode("").unwrap().len();
    let claim = served.attestation.as_mut().unwrap();
    claim.tokens_root = tokens_root(&tokens[start..]).unwrap();
    claim.output = hanzo_inference::hash::blake2_256(&text);
    served.blobs.insert(claim.output, text);
    let found = opinion(&papers(&served), &round(&served, 1));
    let shown = evidence(&found);
    assert_eq!(found.vote.score, Score::Bad);
    assert!(shown["reasons"].to_string().contains("are not those that the seed picks"), "{shown}");
    let (all, listed) =
        (shown["mismatches"].as_u64().unwrap(), shown["finding"]["mismatches"].as_array().unwrap().len());
    assert_eq!(listed as u64, all.min(32));
}

#[test]
fn judge_should_say_nothing_about_tokens_that_are_not_to_be_had_or_models_it_has_not() {
    let served = served_on(ProfileKind::Fast);
    let refused = |change: fn(&mut Papers)| {
        let mut papers = papers(&served);
        change(&mut papers);
        judge().judge(&papers, &round(&served, 1), &Cancel::default()).unwrap_err()
    };
    let error = refused(|p| p.attestation.tokens_root = tokens_root(&[1, 2, 3]).unwrap());
    assert!(matches!(&error, Error::Unjudged(text) if text.contains("another engine profile")), "{error}");
    let error = refused(|p| p.attestation.model = H256::repeat_byte(9));
    assert!(matches!(&error, Error::Unjudged(text) if text.contains("0x0909")), "{error}");
}

#[test]
fn judge_should_tell_honest_work_from_other_when_nobody_has_the_output() {
    let served = served_on(ProfileKind::Replay);
    let mut hidden = papers(&served);
    hidden.output = Err("nobody has it".into());
    let honest = opinion(&hidden, &round(&served, 1));
    assert_eq!(honest.vote, opinion(&papers(&served), &round(&served, 1)).vote);
    assert_eq!(honest.vote.score, Score::Good);
    hidden.attestation.tokens_root = tokens_root(&[1, 2, 3]).unwrap();
    assert_eq!(opinion(&hidden, &round(&served, 1)).vote.score, Score::Bad);
}

#[test]
fn judge_should_stop_when_told_to() {
    let served = served_on(ProfileKind::Replay);
    let mut papers = papers(&served);
    // The tokens come from the seed then, which takes a run.
    papers.output = Err("nobody has it".into());
    let cancel = Cancel::default();
    cancel.cancel();
    let error = judge().judge(&papers, &round(&served, 1), &cancel).unwrap_err();
    assert!(matches!(error, Error::Cancelled), "{error}");
}
