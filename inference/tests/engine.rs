//! The seams of a generation: experts' log factors and a grammar.

use crate::common::{request, sampled, tiny};
use hanzo_inference::engine::Grammar;
use hanzo_inference::{Cancel, Engine, Finish, Generation, ProfileKind, Request};
use hanzo_poai::Decoding;
use std::ops::ControlFlow;

/// Digits, then a full stop, then the end token.
struct Number;

impl Grammar for Number {
    fn restrict(&self, output: &[u32], allowed: &mut [bool]) {
        let ended = output.last() == Some(&u32::from(b'.'));
        for (id, allowed) in allowed.iter_mut().enumerate() {
            let digit = u8::try_from(id).is_ok_and(|byte| byte.is_ascii_digit());
            *allowed = match output.len() {
                _ if ended => id == 257,
                0..4 => digit,
                _ => id == usize::from(b'.'),
            };
        }
    }
}

fn run(request: &Request<'_>) -> Generation {
    let engine = tiny(ProfileKind::Replay, 1);
    engine.generate(request, &Cancel::default(), &mut |_| ControlFlow::Continue(())).unwrap()
}

#[test]
fn output_should_follow_the_grammar_and_replay_under_it() {
    let engine = tiny(ProfileKind::Replay, 1);
    let prompt = engine.tokenizer().encode("In the year ").unwrap();
    let decoding = sampled(20);
    let request = Request { grammar: Some(&Number), ..request(&prompt, &decoding) };
    let output = run(&request);
    assert_eq!((output.tokens.len(), output.finish), (6, Finish::Stop));
    let text = engine.tokenizer().decode(&output.tokens).unwrap();
    assert!(text.ends_with('.') && text[..4].parse::<u32>().is_ok(), "{text:?}");
    assert_eq!(engine.replay(&request, &output.tokens).unwrap().tokens, output.tokens);
}

#[test]
fn factors_should_favour_tokens_without_vetoing_others() {
    let engine = tiny(ProfileKind::Replay, 1);
    let prompt = engine.tokenizer().encode("The ").unwrap();
    let decoding = Decoding { temperature_milli: 1500, ..sampled(120) };
    let favoured = u32::from(b'z');
    let mut factors = vec![0.0f32; engine.config().vocab_size];
    factors[favoured as usize] = 9.0;
    let count = |output: &Generation| output.tokens.iter().filter(|id| **id == favoured).count();
    let (plain, shifted) =
        (run(&request(&prompt, &decoding)), run(&Request { factors: &factors, ..request(&prompt, &decoding) }));
    assert!(count(&shifted) > count(&plain) + 3, "{} against {}", count(&shifted), count(&plain));
    assert!(count(&shifted) < shifted.tokens.len(), "a bounded prior vetoes nothing");
    // The commitment covers the model's own logits, so a prior leaves the first of them alone.
    assert_eq!(plain.trace.logits[0], shifted.trace.logits[0]);
}
