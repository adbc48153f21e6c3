//! Receipts: what a worker claims about one generation, complete enough for anyone with the model to check it.

use crate::engine::{Engine, Finish, Generation, Request, Schedule};
use crate::error::{Error, Result};
use crate::fingerprint::{compare, Difference, Tolerance};
use crate::hash::{blake2_256, of_tokens};
use crate::profile::{EngineProfile, ProfileKind};
use crate::sampler::TokenBias;
use crate::verify::{Claim, Fingerprints};
use hanzo_poai::chunks::{fingerprints_root, tokens_root, Fingerprint, CHUNK};
use hanzo_poai::Decoding;
use serde::{Deserialize, Serialize};
use sp_core::H256;

/// Version of the format.
pub const VERSION: u32 = 1;

/// A worker's claim. JSON with these names in camelCase, hashes and fingerprints in hexadecimal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Receipt {
    /// [`VERSION`].
    pub version: u32,
    /// Content hash of the model.
    pub model: H256,
    /// Hash of the engine profile.
    pub engine_profile: H256,
    /// The engine profile itself.
    pub profile: EngineProfile,
    /// Key of the sampling noise.
    pub seed: H256,
    /// How it was decoded.
    pub decoding: Decoding,
    /// What the request added to the logits of single tokens; jobs of a chain add nothing.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub bias: Vec<TokenBias>,
    /// The prompt, if it was given as text.
    pub prompt: Option<String>,
    /// blake2-256 of the prompt's text, or of its token ids (u32 LE each) if it was given as tokens.
    pub input_hash: H256,
    /// Its tokens.
    pub prompt_tokens: Vec<u32>,
    /// Output tokens, an end token included.
    pub output_tokens: Vec<u32>,
    /// Why it ended.
    pub finish: Finish,
    /// blake2-256 of the output's text, or of its token ids if the model has no tokenizer.
    pub output_hash: H256,
    /// Root over the output tokens, as attested on chain.
    pub tokens_root: H256,
    /// Root over the fingerprints, as attested on chain.
    pub fingerprints_root: H256,
    /// One digest of the last hidden states per 32 output tokens.
    #[serde(with = "hex_fingerprints")]
    pub fingerprints: Vec<Fingerprint>,
    /// Digest of all logits' bits; compared under the replay profile.
    pub logits_digest: H256,
}

impl Receipt {
    /// The receipt of a generation. `prompt` is the text behind the request's tokens, if there was one. A run that was
    /// stopped before its end has none: nobody could tell it from one that its worker cut short to spare work.
    pub fn new(engine: &dyn Engine, prompt: Option<&str>, request: &Request<'_>, run: &Generation) -> Result<Self> {
        if run.finish == Finish::Cancelled {
            return Err(Error::Cancelled);
        }
        Ok(Self {
            version: VERSION,
            model: engine.model_hash(),
            engine_profile: engine.profile().hash(),
            profile: engine.profile().clone(),
            seed: request.seed,
            decoding: *request.decoding,
            bias: request.bias.to_vec(),
            prompt: prompt.map(Into::into),
            input_hash: input_hash(prompt, request.prompt),
            prompt_tokens: request.prompt.to_vec(),
            output_tokens: run.tokens.clone(),
            finish: run.finish,
            output_hash: output_hash(engine, &run.tokens),
            tokens_root: tokens_root(&run.tokens).ok_or_else(too_long)?,
            fingerprints_root: fingerprints_root(&run.trace.fingerprints).ok_or_else(too_long)?,
            fingerprints: run.trace.fingerprints.clone(),
            logits_digest: run.trace.logits_digest(),
        })
    }

    /// Reads a receipt from JSON.
    pub fn from_json(text: &str) -> Result<Self> {
        serde_json::from_str(text).map_err(|e| Error::Receipt(format!("not a receipt: {e}")))
    }

    /// The receipt as JSON.
    pub fn to_json(&self) -> Result<String> {
        serde_json::to_string_pretty(self).map_err(|e| Error::Receipt(e.to_string()))
    }

    /// Replays the receipt on an engine and lists everything that does not hold. With an engine of the receipt's own replay
    /// profile every bit must be the same; otherwise hidden states and tokens are compared within `tolerance`.
    pub fn verify(&self, engine: &dyn Engine, tolerance: &Tolerance) -> Result<Verdict> {
        self.verify_on(engine, tolerance, Schedule::default())
    }

    /// As [`Self::verify`], with the work cut as `schedule` says. Under the replay profile that changes no bit.
    pub fn verify_on(&self, engine: &dyn Engine, tolerance: &Tolerance, schedule: Schedule) -> Result<Verdict> {
        let mut problems = self.inconsistencies(engine);
        let exact = self.is_exact_on(engine);
        let mut verdict = Verdict { exact, tokens: self.output_tokens.len(), ..Verdict::default() };
        // Nothing of a receipt for another model or of an impossible length can be replayed.
        if self.model == engine.model_hash() && !self.output_tokens.is_empty() {
            self.replay(engine, tolerance, schedule, &mut verdict, &mut problems)?;
        }
        verdict.valid = problems.is_empty();
        verdict.problems = problems;
        Ok(verdict)
    }

    fn replay(
        &self,
        engine: &dyn Engine,
        tolerance: &Tolerance,
        schedule: Schedule,
        verdict: &mut Verdict,
        problems: &mut Vec<String>,
    ) -> Result<()> {
        let replay = match engine.replay(&self.claim(schedule).request, &self.output_tokens) {
            Ok(replay) => replay,
            // What the receipt asks for is impossible with this model: that is a finding, not a failure of the verifier.
            Err(e @ (Error::Request(_) | Error::NoToken { .. })) => {
                problems.push(e.to_string());
                return Ok(());
            }
            Err(e) => return Err(e),
        };
        let equal = |(_, (a, b)): &(usize, (&u32, &u32))| a == b;
        let pairs = || self.output_tokens.iter().zip(&replay.tokens).enumerate();
        verdict.matched = pairs().filter(equal).count();
        verdict.logits_digest = replay.trace.logits_digest();
        verdict.logits_equal = self.logits_digest == verdict.logits_digest;
        verdict.tokens_root = tokens_root(&replay.tokens).unwrap_or_default();
        verdict.fingerprints_root = fingerprints_root(&replay.trace.fingerprints).unwrap_or_default();
        let chunks = replay.hidden.chunks(engine.config().hidden_size * CHUNK);
        verdict.fingerprints =
            self.fingerprints.iter().zip(chunks).map(|(claim, chunk)| compare(claim, chunk)).collect();
        let share = verdict.matched as u64 * 1_000_000;
        let least = if verdict.exact { 1_000_000 } else { tolerance.tokens_ppm };
        if share < u64::from(least) * verdict.tokens as u64 {
            let first = pairs().find(|pair| !equal(pair)).map(|(i, (a, b))| format!("token {i} is {a}, replayed {b}"));
            let (matched, tokens) = (verdict.matched, verdict.tokens);
            problems.push(format!("{matched} of {tokens} tokens match: {}", first.unwrap_or_default()));
        }
        if verdict.exact {
            if !verdict.logits_equal {
                problems.push("the logits' bits differ from the replay's".into());
            }
            let mut pairs = self.fingerprints.iter().zip(&replay.trace.fingerprints).enumerate();
            if let Some((index, _)) = pairs.find(|(_, (claim, own))| claim != own) {
                problems.push(format!("fingerprint {index} differs from the replay's"));
            }
        } else {
            for (index, difference) in verdict.fingerprints.iter().enumerate().filter(|(_, d)| !tolerance.forgives(d)) {
                problems.push(format!("fingerprint {index} is outside the tolerance: {difference:?}"));
            }
        }
        Ok(())
    }

    /// Whether it is of the engine's own replay profile, so that every bit must be the same.
    pub fn is_exact_on(&self, engine: &dyn Engine) -> bool {
        self.profile.kind == ProfileKind::Replay && self.engine_profile == engine.profile().hash()
    }

    /// What it claims, for [`crate::verify::check`].
    pub fn claim(&self, schedule: Schedule) -> Claim<'_> {
        let request = Request::new(&self.prompt_tokens, &self.decoding, self.seed);
        Claim {
            request: Request { bias: &self.bias, schedule, ..request },
            output: &self.output_tokens,
            fingerprints: Fingerprints::All(&self.fingerprints),
        }
    }

    /// What can be found wrong without running the model.
    pub fn inconsistencies(&self, engine: &dyn Engine) -> Vec<String> {
        let mut found = Vec::new();
        let mut check = |good: bool, problem: &dyn Fn() -> String| {
            if !good {
                found.push(problem());
            }
        };
        let same =
            |what: &str, claimed: H256, own: H256| format!("{what}: the receipt says {claimed:?}, it is {own:?}");
        let hashes = [
            ("model hash", self.model, engine.model_hash()),
            ("engine profile", self.engine_profile, self.profile.hash()),
            ("input hash", self.input_hash, input_hash(self.prompt.as_deref(), &self.prompt_tokens)),
            ("output hash", self.output_hash, output_hash(engine, &self.output_tokens)),
            ("tokens root", self.tokens_root, tokens_root(&self.output_tokens).unwrap_or_default()),
            ("fingerprints root", self.fingerprints_root, fingerprints_root(&self.fingerprints).unwrap_or_default()),
        ];
        for (what, claimed, own) in hashes {
            check(claimed == own, &|| same(what, claimed, own));
        }
        check(self.version == VERSION, &|| format!("version {} is not {VERSION}", self.version));
        let (tokens, limit) = (self.output_tokens.len(), self.decoding.max_output_tokens as usize);
        check(tokens <= limit, &|| format!("{tokens} output tokens exceed the {limit} asked for"));
        let chunks = tokens.div_ceil(CHUNK);
        let given = self.fingerprints.len();
        check(given == chunks, &|| format!("{given} fingerprints for {chunks} chunks of tokens"));
        if let Some(text) = &self.prompt {
            let again = engine.tokenizer().encode(text).ok();
            check(again.as_ref() == Some(&self.prompt_tokens), &|| "the prompt's text has other tokens".into());
        }
        found.extend(unended(engine, &self.decoding, self.prompt_tokens.len(), &self.output_tokens, self.finish));
        found
    }
}

/// What is wrong with the end of an output, if anything: the start of an honest output is no output, since a worker paid for
/// it could stop where it likes.
pub fn unended(
    engine: &dyn Engine,
    decoding: &Decoding,
    prompt_tokens: usize,
    output: &[u32],
    finish: Finish,
) -> Vec<String> {
    let (tokens, limit, config) = (output.len(), decoding.max_output_tokens as usize, engine.config());
    let stops = output.iter().position(|id| config.eos.contains(id));
    let full = tokens == limit || prompt_tokens + tokens == config.max_positions;
    let ended = match finish {
        Finish::Stop => stops.is_some_and(|place| place + 1 == tokens),
        Finish::Length => stops.is_none() && full,
        Finish::Cancelled => false,
    };
    let mut found = Vec::new();
    if tokens == 0 {
        found.push("there is no output token".into());
    }
    if !ended {
        let end = stops.map_or("no end token".into(), |place| format!("an end token at {place}"));
        let finish = format!("{finish:?}").to_lowercase();
        found.push(format!("an output of {tokens} tokens of at most {limit}, with {end}, has not ended by `{finish}`"));
    }
    found
}

/// What a replay found.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Verdict {
    /// Whether the receipt holds.
    pub valid: bool,
    /// Whether every bit was compared, or hidden states within a tolerance.
    pub exact: bool,
    /// Tokens claimed.
    pub tokens: usize,
    /// Tokens that the replay chose too.
    pub matched: usize,
    /// Whether all logits have the same bits.
    pub logits_equal: bool,
    /// Digest of all logits' bits as replayed here.
    pub logits_digest: H256,
    /// Root over the tokens that the replay chose.
    pub tokens_root: H256,
    /// Root over the replay's fingerprints.
    pub fingerprints_root: H256,
    /// Per chunk, the claimed fingerprint against the replayed hidden states.
    pub fingerprints: Vec<Difference>,
    /// Everything that does not hold, in words.
    pub problems: Vec<String>,
}

fn too_long() -> Error {
    Error::Receipt("more than 2^32 chunks".into())
}

fn input_hash(prompt: Option<&str>, tokens: &[u32]) -> H256 {
    prompt.map_or_else(|| of_tokens(tokens), |text| blake2_256(text.as_bytes()))
}

/// Hash of an output: of its text, or of its token ids (u32 LE) if the model has no tokenizer.
pub(crate) fn output_hash(engine: &dyn Engine, tokens: &[u32]) -> H256 {
    engine.tokenizer().decode(tokens).map_or_else(|_| of_tokens(tokens), |text| blake2_256(text.as_bytes()))
}

mod hex_fingerprints {
    use hanzo_poai::chunks::{Fingerprint, FINGERPRINT_BYTES};
    use serde::{de::Error, Deserialize, Deserializer, Serialize, Serializer};

    pub fn serialize<S: Serializer>(fingerprints: &[Fingerprint], serializer: S) -> Result<S::Ok, S::Error> {
        fingerprints.iter().map(hex::encode).collect::<Vec<_>>().serialize(serializer)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Fingerprint>, D::Error> {
        let texts = Vec::<String>::deserialize(deserializer)?;
        let parse = |text: String| {
            let mut out = [0u8; FINGERPRINT_BYTES];
            let (digits, needed) = (text.len(), FINGERPRINT_BYTES * 2);
            if digits != needed {
                return Err(D::Error::custom(format!("a fingerprint of {digits} hexadecimal digits; it has {needed}")));
            }
            hex::decode_to_slice(&text, &mut out).map(|()| out).map_err(D::Error::custom)
        };
        texts.into_iter().map(parse).collect()
    }
}
