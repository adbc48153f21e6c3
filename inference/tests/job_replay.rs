//! `hanzo-worker job replay` against a node that has one job, its attestation and its blobs.

use crate::common::{jobs, sampled, tiny};
use codec::{Decode, Encode};
use hanzo_inference::client::connection::{from_hex, to_hex, Header};
use hanzo_inference::hash::blake2_256;
use hanzo_inference::worker::chain::Job;
use hanzo_inference::worker::runner::{EngineRunner, Runner};
use hanzo_inference::{Cancel, CandleEngine, ProfileKind, Receipt};
use hanzo_poai::{Attestation, JobStatus, Proof};
use hanzo_traits::api::AttestationView;
use hanzo_traits::Amount;
use jsonrpsee::server::{RpcModule, Server, ServerHandle};
use jsonrpsee::types::ErrorObject;
use serde_json::Value;
use sp_core::H256;
use sp_runtime::AccountId32;
use std::collections::HashMap;
use std::process::{Command, Output};

const PROMPT: &[u8] = b"You may copy and";

/// What a worker left behind that served the job honestly.
#[derive(Clone)]
pub(crate) struct Served {
    pub(crate) job: Job,
    pub(crate) attestation: Option<AttestationView<AccountId32, u32>>,
    pub(crate) blobs: HashMap<H256, Vec<u8>>,
    /// The worker's own.
    pub(crate) receipt: Receipt,
}

fn served() -> Served {
    served_on(ProfileKind::Replay)
}

pub(crate) fn served_on(profile: ProfileKind) -> Served {
    served_with(profile, |_| ())
}

/// As [`served_on`], by a worker that changes its receipt before it attests.
pub(crate) fn served_with(profile: ProfileKind, change: fn(&mut Receipt)) -> Served {
    served_by(tiny(profile, 1), change)
}

/// As [`served_with`], on this engine.
pub(crate) fn served_by(engine: CandleEngine, change: fn(&mut Receipt)) -> Served {
    let runner = EngineRunner::new(engine.into(), None);
    let mut job = jobs::job(0, runner.model(), PROMPT, 1_000);
    (job.decoding, job.status) = (sampled(40), JobStatus::Settled);
    let prompt = runner.read(&job, PROMPT.to_vec()).unwrap();
    let output = runner.run(&job, &prompt, &Cancel::default(), &mut || ()).unwrap();
    let mut receipt = output.receipt;
    change(&mut receipt);
    let attestation = Attestation {
        job: job.id,
        worker: jobs::account(),
        model: receipt.model,
        input: job.input,
        output: receipt.output_hash,
        tokens_root: receipt.tokens_root,
        fingerprints_root: receipt.fingerprints_root,
        prompt_tokens: prompt.tokens.len() as u32,
        output_tokens: receipt.output_tokens.len() as u32,
        nonce: job.nonce,
        seed: receipt.seed,
        engine_profile: receipt.engine_profile,
        prior_root: job.prior_root,
        proof: Proof::Replay,
    };
    let blobs = [PROMPT.to_vec(), output.bytes].map(|bytes| (blake2_256(&bytes), bytes)).into();
    Served { attestation: Some(jobs::view(&attestation, 12)), job, blobs, receipt }
}

pub(crate) struct Node {
    handle: ServerHandle,
    url: String,
}

impl Node {
    pub(crate) async fn start(served: Served) -> Self {
        let server = Server::builder().build("127.0.0.1:0").await.unwrap();
        let url = format!("ws://{}", server.local_addr().unwrap());
        Self { handle: server.start(module(served)), url }
    }

    /// Runs `hanzo-worker job replay 0` with more arguments.
    async fn replay(&self, more: &[&str]) -> Output {
        self.run(&[&["job", "replay", "0"], more].concat()).await
    }

    /// Runs a command of `hanzo-worker` on this node.
    pub(crate) async fn run(&self, arguments: &[&str]) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_hanzo-worker"));
        command.args(arguments).args(["--node", &self.url]);
        tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap()
    }

    pub(crate) async fn stop(self) {
        self.handle.stop().unwrap();
        self.handle.stopped().await;
    }
}

fn module(served: Served) -> RpcModule<Served> {
    let mut module = RpcModule::new(served);
    let genesis = |_: jsonrpsee::types::Params<'_>, _: &Served, _: &_| Ok::<_, ErrorObject>(H256::repeat_byte(5));
    module.register_method("chain_getBlockHash", genesis).unwrap();
    let head = |_: jsonrpsee::types::Params<'_>, _: &Served, _: &_| {
        Ok::<_, ErrorObject>(Header {
            parent_hash: H256::zero(),
            number: 30,
            state_root: H256::zero(),
            extrinsics_root: H256::zero(),
            digest: Default::default(),
        })
    };
    module.register_method("chain_getHeader", head).unwrap();
    module
        .register_method("state_call", |params, served, _| {
            let (method, arguments, _at): (String, String, H256) = params.parse()?;
            let asked = u64::decode(&mut &from_hex(&arguments).unwrap()[..]).unwrap();
            let here = asked == served.job.id;
            let answer = match method.as_str() {
                "JobsApi_job" => Some(&served.job).filter(|_| here).cloned().encode(),
                "PoaiApi_attestation" => served.attestation.as_ref().filter(|_| here).cloned().encode(),
                "PoaiApi_challenge_bond" => Some(Amount(10 * jobs::AI)).filter(|_| here).encode(),
                "PoaiApi_verdict" => None::<()>.encode(),
                other => return Err(ErrorObject::owned(1, format!("no {other}"), None::<()>)),
            };
            Ok(to_hex(&answer))
        })
        .unwrap();
    module
        .register_method("blob_get", |params, served, _| {
            let hash: H256 = params.sequence().next()?;
            let missing = || ErrorObject::owned(20_502, "no peer has it", None::<()>);
            served.blobs.get(&hash).map(|bytes| to_hex(bytes)).ok_or_else(missing)
        })
        .unwrap();
    module
}

pub(crate) fn json(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{}", errors(output)))
}

pub(crate) fn errors(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[tokio::test]
async fn replay_should_give_the_attested_roots_and_one_digest_whatever_the_schedule() {
    let served = served();
    let claim = served.attestation.clone().unwrap();
    let node = Node::start(served).await;
    let mut digests = Vec::new();
    for options in [
        &["--threads", "1", "--prefill-chunk", "1"][..],
        &["--threads", "2", "--prefill-chunk", "16"],
        &["--threads", "2", "--prefill-chunk", "all", "--no-cache"],
    ] {
        let output = node.replay(&[options, &["--json"]].concat()).await;
        assert_eq!(output.status.code(), Some(0), "{}", errors(&output));
        let report = json(&output);
        assert_eq!(report["holds"], true);
        assert_eq!(report["threads"].to_string(), options[1]);
        assert_eq!(report["cache"], !options.contains(&"--no-cache"));
        assert_eq!(report["compared"]["tokensRoot"]["replayed"], serde_json::json!(claim.tokens_root));
        assert_eq!(report["compared"]["fingerprintsRoot"]["replayed"], serde_json::json!(claim.fingerprints_root));
        assert_eq!(report["engineProfile"]["same"], true);
        digests.push(report["logitsDigest"].clone());
    }
    assert!(digests.iter().all(|digest| *digest == digests[0] && digest.is_string()), "{digests:?}");
    node.stop().await;
}

#[tokio::test]
async fn replay_should_save_a_receipt_that_replays_by_itself() {
    let node = Node::start(served()).await;
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("receipt.json");
    let output = node.replay(&["--save", path.to_str().unwrap()]).await;
    let table = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success() && table.contains("the attestation holds"), "{table}{}", errors(&output));
    for line in ["tokens root", "fingerprints root", "logits digest", "receipt root", "threads "] {
        assert!(table.contains(line), "{table}");
    }
    node.stop().await;
    let options = ["--json", "--threads", "1", "--no-cache", "--prefill-chunk", "1"];
    let mut command = Command::new(env!("CARGO_BIN_EXE_hanzo-worker"));
    let again = command.arg("replay").arg(&path).args(options).output().unwrap();
    assert!(again.status.success(), "{}", String::from_utf8_lossy(&again.stdout));
    let digest = table.lines().find_map(|line| line.strip_prefix("logits digest")).unwrap().trim();
    assert_eq!(json(&again)["logitsDigest"], digest);
}

#[tokio::test]
async fn replay_should_end_with_code_3_when_something_else_was_attested() {
    type Change = fn(&mut AttestationView<AccountId32, u32>);
    let changes: [(&str, Change); 5] = [
        ("tokensRoot", |claim| claim.tokens_root.0[0] ^= 1),
        ("fingerprintsRoot", |claim| claim.fingerprints_root.0[0] ^= 1),
        ("output", |claim| claim.output.0[0] ^= 1),
        ("outputTokens", |claim| claim.output_tokens -= 1),
        ("promptTokens", |claim| claim.prompt_tokens += 1),
    ];
    for (field, change) in changes {
        let mut served = served();
        served.attestation.iter_mut().for_each(change);
        let node = Node::start(served).await;
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("receipt.json");
        let output = node.replay(&["--json", "--save", path.to_str().unwrap()]).await;
        assert_eq!(output.status.code(), Some(3), "{field}: {}", errors(&output));
        let compared = &json(&output)["compared"];
        assert_eq!((&compared[field]["same"], &compared["seed"]["same"]), (&false.into(), &true.into()), "{field}");
        // The attestation is not the one that its root names either.
        assert_eq!(compared["receiptRoot"]["same"], false, "{field}");
        node.stop().await;
    }
}

#[tokio::test]
async fn replay_should_say_what_is_missing() {
    let whole = served();
    let refusal = |served: Served| async {
        let node = Node::start(served).await;
        let output = node.replay(&[]).await;
        node.stop().await;
        assert_eq!(output.status.code(), Some(1), "{}", String::from_utf8_lossy(&output.stdout));
        errors(&output)
    };
    let mut other = whole.clone();
    other.attestation = None;
    other.job.status = JobStatus::Accepted;
    let text = refusal(other).await;
    assert!(text.contains("job 0 is Accepted and has no attestation at block 30"), "{text}");
    let mut other = whole.clone();
    other.blobs.remove(&other.job.input);
    let text = refusal(other).await;
    assert!(text.contains("the job's input") && text.contains("no peer has it"), "{text}");
    let mut other = whole.clone();
    other.attestation.iter_mut().for_each(|claim| claim.model = H256::repeat_byte(9));
    let text = refusal(other).await;
    assert!(text.contains("0x0909") && text.contains("--model"), "{text}");
    // Without the output the roots are compared all the same.
    let mut other = whole;
    other.blobs.retain(|_, bytes| *bytes == PROMPT);
    let node = Node::start(other).await;
    let output = node.replay(&["--json"]).await;
    assert!(output.status.success(), "{}", errors(&output));
    assert!(json(&output)["outputMissing"].as_str().unwrap().contains("no peer has it"));
    node.stop().await;
}
