//! The methods over a made-up chain: how parameters are read, what errors say, and the subscriptions from end to end.

use super::{
    audits,
    error::code,
    follow::PER_CONNECTION,
    jobs::{JobView, OpenJobs},
    module_with,
};
use hanzo_hmm::{Curve, FeeParameters, Reserves};
use hanzo_poai::{
    committee::{Committee, Verdict},
    review::Phase,
    Decoding, JobKind, JobStatus, Parts, Verification,
};
use hanzo_runtime::{opaque::Block, AccountId, BlockNumber, Hash, Header};
use hanzo_traits::{
    api::{
        ApiResult, DeliveredOutput, HmmApi, Invariants, JobQuote, JobsApi, PoaiApi, PoolView, QuoteView, ReviewView,
        RouteSource, VerdictView, WorkerView,
    },
    Amount, JobId, PoolId, ResourceClass, Tier,
};
use jsonrpsee::{
    core::server::{MethodsError, Subscription},
    rpc_params,
    types::ErrorObjectOwned,
    RpcModule,
};
use parking_lot::Mutex;
use sc_client_api::{
    BlockImportNotification, BlockchainEvents, FinalityNotifications, ImportNotifications, StorageEventStream,
    StorageKey,
};
use sc_rpc_api::DenyUnsafe;
use sc_utils::mpsc::{tracing_unbounded, TracingUnboundedSender};
use serde_json::{json, Value};
use sp_api::{ApiError, ApiRef, ProvideRuntimeApi};
use sp_blockchain::{BlockStatus, HeaderBackend, Info};
use sp_consensus::BlockOrigin;
use sp_core::H256;
use sp_runtime::traits::Header as _;
use std::{collections::HashMap, sync::Arc, time::Duration};

/// A job by its number and status, everything else empty.
pub fn job_view(id: JobId, status: JobStatus) -> JobView {
    JobView {
        id,
        kind: JobKind::Inference,
        status,
        client: AccountId::new([1; 32]),
        worker: None,
        model: H256::zero(),
        tier: 0,
        input: H256::zero(),
        input_length: 0,
        max_prompt_tokens: 0,
        decoding: Decoding::greedy(1),
        verification: Verification::Replay,
        sealed: false,
        nonce: 0,
        seed: None,
        opening: None,
        prior_root: H256::zero(),
        paid: Amount(0),
        value: Amount(0),
        escrow: Default::default(),
        parts: Vec::new(),
        prompt_tokens: 0,
        output_tokens: 0,
        submitted_at: 0,
        deadline: 0,
        accept_by: None,
        draws: 0,
    }
}

/// The review of a job in a phase, everything else empty.
pub fn review_view(job: JobId, phase: Phase) -> ReviewView<AccountId, BlockNumber> {
    ReviewView {
        job,
        worker: AccountId::new([2; 32]),
        challenger: None,
        committee: Committee::Audit,
        round: 0,
        phase,
        until: 0,
        positions: H256::zero(),
        members: Vec::new(),
    }
}

/// The verdict that a job is good, everything else empty.
pub fn verdict_view(job: JobId) -> VerdictView<AccountId, BlockNumber> {
    VerdictView {
        job,
        verdict: Verdict::Good,
        committee: Committee::Audit,
        challenger: None,
        rounds: 1,
        members: Vec::new(),
        at: 0,
        canary: false,
    }
}

/// A pool of a thousand units at the price of one credit, of which three may be bought.
fn route_source(class: ResourceClass, tier: Tier) -> RouteSource {
    const UNIT: u128 = 1_000_000_000_000_000_000;
    let reserves = Reserves { psi: 1_000 * UNIT, theta: 1_000 * UNIT };
    RouteSource {
        id: PoolId { class, tier },
        curve: Curve { epsilon_ppb: 0, theta_scale: UNIT, psi_scale: UNIT },
        fees: FeeParameters::DEFAULT,
        reserves,
        reference: reserves,
        mean: None,
        floor: 10 * UNIT,
        most: 3 * UNIT,
    }
}

/// Worker 0 or 1: the first in tier 0 only, the second in tier 1 too.
fn worker_view(number: u8) -> WorkerView<AccountId> {
    let unit = Amount(1_000_000_000_000_000_000);
    WorkerView {
        account: AccountId::new([number; 32]),
        session_key: H256::zero(),
        accepting: true,
        tiers: (0..=number).collect(),
        units: [unit; ResourceClass::COUNT],
        bond: Amount(27_000 * unit.0),
        free_limit: Amount(1_000 * unit.0),
        obligations: Default::default(),
        open_value: Amount(0),
        open_jobs: 0,
        missed: 0,
        quality_ppb: 500_000_000,
        models: vec![H256::repeat_byte(number)],
        missed_in_row: 0,
        regions: 1 << number,
        latency_ms: 100,
        jitter_ms: 10,
        tee: false,
        margin_called: false,
        silent: false,
        heartbeat_from: 0,
        sla: Default::default(),
    }
}

/// Blocks by number, and job 5 at each of them.
#[derive(Default)]
struct Blocks {
    jobs: HashMap<Hash, JobStatus>,
    /// Reviews under way at each of them.
    reviews: HashMap<Hash, Vec<(JobId, Phase)>>,
    /// How often they were read.
    looks: usize,
    best: Hash,
    finalized: Hash,
    /// How often jobs were read.
    reads: usize,
    listeners: Vec<TracingUnboundedSender<BlockImportNotification<Block>>>,
}

#[derive(Clone, Default)]
struct Chain(Arc<Mutex<Blocks>>);

impl Chain {
    /// Imports a new best block in which job 5 stands so, and makes it final if asked.
    fn import(&self, number: u8, status: JobStatus, is_final: bool) {
        let hash = Hash::repeat_byte(number);
        let mut blocks = self.0.lock();
        blocks.jobs.insert(hash, status);
        blocks.best = hash;
        if is_final {
            blocks.finalized = hash;
        }
        let header = Header::new(number.into(), Hash::zero(), Hash::zero(), Hash::zero(), Default::default());
        let (unpin, _) = tracing_unbounded("unpin", 100);
        let block = BlockImportNotification::new(hash, BlockOrigin::Own, header, true, None, unpin);
        blocks.listeners.retain(|listener| listener.unbounded_send(block.clone()).is_ok());
    }
}

impl Chain {
    /// Imports a new best block in which these reviews are under way; others are decided from job 5 on, and unheard of before it.
    fn import_reviews(&self, number: u8, reviews: &[(JobId, Phase)]) {
        self.0.lock().reviews.insert(Hash::repeat_byte(number), reviews.to_vec());
        self.import(number, JobStatus::Submitted, true);
    }
}

sp_api::mock_impl_runtime_apis! {
    impl HmmApi<Block, AccountId, BlockNumber> for Chain {
        #[advanced]
        fn pools(&self, at: Hash) -> Result<Vec<PoolView>, ApiError> {
            match self.0.lock().jobs.contains_key(&at) {
                true => Ok(Vec::new()),
                false => Err(ApiError::UnknownBlock("no state".into())),
            }
        }
        fn pool(pool: PoolId) -> ApiResult<PoolView> {
            Err(format!("there is no pool for {} in tier {}", pool.class.name(), pool.tier))
        }
        fn quote_buy(_: PoolId, theta_in: u128) -> ApiResult<QuoteView<BlockNumber>> {
            Ok(QuoteView {
                psi: Amount(1),
                theta: Amount(theta_in),
                fee: Default::default(),
                price_before: Amount(0),
                price_after: Amount(0),
                price_impact_ppb: 0,
                at: 7,
            })
        }
        fn route_sources() -> (Vec<RouteSource>, BlockNumber) {
            (vec![route_source(ResourceClass::Cpu, 0), route_source(ResourceClass::Cpu, 1)], 7)
        }
        fn price(pool: PoolId) -> ApiResult<Amount> {
            Ok(Amount(u128::from(pool.asset_id())))
        }
        fn twap(_: PoolId, window: BlockNumber) -> ApiResult<Amount> {
            Ok(Amount(window.into()))
        }
    }

    impl JobsApi<Block, AccountId, BlockNumber> for Chain {
        fn quote(_: H256, _: Tier, _: Parts, prompt: u32, _: u32) -> ApiResult<JobQuote<BlockNumber>> {
            Err(format!("{prompt} prompt tokens are above the model's 8192"))
        }
        #[advanced]
        fn job(&self, at: Hash, job: JobId) -> Result<Option<JobView>, ApiError> {
            self.0.lock().reads += 1;
            Ok(self.0.lock().jobs.get(&at).filter(|_| job == 5).map(|status| job_view(5, *status)))
        }
        fn workers(start: u32, limit: u32) -> Vec<WorkerView<AccountId>> {
            (start..limit.min(2)).map(|number| worker_view(number as u8)).collect()
        }
        fn open_jobs(start: JobId, limit: u32) -> OpenJobs {
            let id = start + u64::from(limit);
            OpenJobs { jobs: vec![job_view(id, JobStatus::Submitted)], next: Some(id + 1) }
        }
    }

    impl PoaiApi<Block, AccountId, BlockNumber> for Chain {
        fn challenge(job: JobId) -> ApiResult<H256> {
            Err(format!("job {job} is not accepted"))
        }
        fn delivered(job: JobId) -> Option<DeliveredOutput> {
            (job == 5).then(|| DeliveredOutput { output: H256::repeat_byte(3), tokens: vec![7, 8], sealed: None })
        }
        fn quality(_: AccountId) -> u32 {
            500_000_000
        }
        #[advanced]
        fn open_audits(&self, at: Hash, limit: u32) -> Result<Vec<ReviewView<AccountId, BlockNumber>>, ApiError> {
            let mut blocks = self.0.lock();
            blocks.looks += 1;
            let reviews = blocks.reviews.get(&at).into_iter().flatten().take(limit as usize);
            Ok(reviews.map(|(job, phase)| review_view(*job, *phase)).collect())
        }
        #[advanced]
        fn verdict(&self, _: Hash, job: JobId) -> Result<Option<VerdictView<AccountId, BlockNumber>>, ApiError> {
            Ok((job >= 5).then(|| verdict_view(job)))
        }
    }

    impl Invariants<Block> for Chain {
        fn check(level: u8) -> ApiResult<()> {
            match level {
                0 => Ok(()),
                _ => Err("escrow 5 differs from holds 4".into()),
            }
        }
    }
}

impl ProvideRuntimeApi<Block> for Chain {
    type Api = Self;

    fn runtime_api(&self) -> ApiRef<'_, Self> {
        self.clone().into()
    }
}

impl HeaderBackend<Block> for Chain {
    fn header(&self, _: Hash) -> sp_blockchain::Result<Option<Header>> {
        Ok(None)
    }

    fn info(&self) -> Info<Block> {
        let blocks = self.0.lock();
        Info {
            best_hash: blocks.best,
            best_number: blocks.best.as_bytes()[0].into(),
            genesis_hash: Hash::zero(),
            finalized_hash: blocks.finalized,
            finalized_number: 0,
            finalized_state: None,
            number_leaves: 1,
            block_gap: None,
        }
    }

    fn status(&self, _: Hash) -> sp_blockchain::Result<BlockStatus> {
        Ok(BlockStatus::InChain)
    }

    fn number(&self, hash: Hash) -> sp_blockchain::Result<Option<BlockNumber>> {
        Ok(self.0.lock().jobs.contains_key(&hash).then(|| hash.as_bytes()[0].into()))
    }

    fn hash(&self, _: BlockNumber) -> sp_blockchain::Result<Option<Hash>> {
        Ok(None)
    }
}

impl BlockchainEvents<Block> for Chain {
    fn import_notification_stream(&self) -> ImportNotifications<Block> {
        let (sender, stream) = tracing_unbounded("imports", 100);
        self.0.lock().listeners.push(sender);
        stream
    }

    fn every_import_notification_stream(&self) -> ImportNotifications<Block> {
        self.import_notification_stream()
    }

    fn finality_notification_stream(&self) -> FinalityNotifications<Block> {
        tracing_unbounded("finality", 100).1
    }

    fn storage_changes_notification_stream(
        &self,
        _: Option<&[StorageKey]>,
        _: Option<&[(StorageKey, Option<Vec<StorageKey>>)]>,
    ) -> sp_blockchain::Result<StorageEventStream<Hash>> {
        Err(sp_blockchain::Error::Backend("not kept".into()))
    }
}

fn rpc() -> (Chain, RpcModule<()>) {
    let chain = Chain::default();
    chain.import(1, JobStatus::Submitted, true);
    let mut rpc = module_with(Arc::new(chain.clone()), |_| {}).unwrap();
    rpc.extensions_mut().insert(DenyUnsafe::No);
    (chain, rpc)
}

fn refusal<T: std::fmt::Debug>(result: Result<T, MethodsError>) -> ErrorObjectOwned {
    match result {
        Err(MethodsError::JsonRpc(error)) => error,
        other => panic!("{other:?} is no refusal"),
    }
}

#[test]
fn methods_should_have_the_names_clients_know() {
    let (_, rpc) = rpc();
    let mut names: Vec<_> = rpc.method_names().collect();
    names.sort_unstable();
    assert_eq!(
        names,
        [
            "hmm_batch",
            "hmm_impermanentLoss",
            "hmm_pool",
            "hmm_pools",
            "hmm_price",
            "hmm_quoteBuy",
            "hmm_quoteBuyExactOut",
            "hmm_quoteSell",
            "hmm_route",
            "hmm_twap",
            "invariants_check",
            "jobs_job",
            "jobs_modelProfile",
            "jobs_openJobs",
            "jobs_quote",
            "jobs_quoteResources",
            "jobs_result",
            "jobs_subscribeJob",
            "jobs_unsubscribeJob",
            "jobs_worker",
            "jobs_workers",
            "poai_attestation",
            "poai_challenge",
            "poai_challengeBond",
            "poai_deniedUntil",
            "poai_openAudits",
            "poai_quality",
            "poai_seats",
            "poai_slashes",
            "poai_subscribeAudits",
            "poai_unsubscribeAudits",
            "poai_verdicts",
            "poai_verifier",
            "poai_verifiers",
        ]
    );
}

#[tokio::test]
async fn class_and_tier_should_name_the_pool() {
    let (_, rpc) = rpc();
    let price = |class, tier| PoolId { class, tier }.asset_id().to_string();
    let cpu: String = rpc.call("hmm_price", rpc_params!["cpu"]).await.unwrap();
    assert_eq!(cpu, price(ResourceClass::Cpu, 0));
    let disk: String = rpc.call("hmm_price", rpc_params!["disk", 3]).await.unwrap();
    assert_eq!(disk, price(ResourceClass::Disk, 3));
    let error = refusal(rpc.call::<_, Value>("hmm_price", rpc_params!["gpuu"]).await);
    assert_eq!(error.code(), -32602);
    assert!(error.data().unwrap().get().contains("expected one of `gpu`, `vram`"), "{error}");
}

#[tokio::test]
async fn amounts_should_be_read_from_strings_and_numbers() {
    let (_, rpc) = rpc();
    let most = u128::MAX.to_string();
    for (given, read) in [(json!(17), "17"), (json!("17"), "17"), (json!(most), most.as_str())] {
        let quote: Value = rpc.call("hmm_quoteBuy", rpc_params!["gpu", given]).await.unwrap();
        assert_eq!(quote["theta"], read);
    }
    for wrong in [json!("1.5"), json!(-1), json!("0x11")] {
        let error = refusal(rpc.call::<_, Value>("hmm_quoteBuy", rpc_params!["gpu", wrong]).await);
        assert_eq!(error.code(), -32602);
    }
}

#[tokio::test]
async fn parameters_should_be_taken_by_name_too() {
    let (_, rpc) = rpc();
    let request = r#"{"jsonrpc":"2.0","id":1,"method":"hmm_quoteBuy","params":{"class":"ram","thetaIn":"5"}}"#;
    let (response, _) = rpc.raw_json_request(request, 1).await.unwrap();
    assert!(response.contains(r#""theta":"5""#), "{response}");
}

#[tokio::test]
async fn mean_price_should_be_asked_by_blocks_or_by_name() {
    let (_, rpc) = rpc();
    assert_eq!(rpc.call::<_, String>("hmm_twap", rpc_params!["gpu", 1800]).await.unwrap(), "1800");
    // By name it comes from the pool, which this chain does not have.
    let error = refusal(rpc.call::<_, Value>("hmm_twap", rpc_params!["gpu", "day", 2]).await);
    assert_eq!((error.code(), error.message()), (code::MARKET, "there is no pool for gpu in tier 2"));
}

#[tokio::test]
async fn refusals_should_carry_a_code_and_the_numbers() {
    let (_, rpc) = rpc();
    let nowhere = Hash::repeat_byte(9);
    let zero = H256::zero();
    for (method, params, code, text) in [
        ("hmm_pools", rpc_params![nowhere], code::UNKNOWN_BLOCK, "block 0x0909"),
        ("jobs_quote", rpc_params![zero, 9000, 1], code::JOB_QUOTE, "9000 prompt tokens are above the model's 8192"),
        ("poai_challenge", rpc_params![41], code::CHALLENGE, "job 41 is not accepted"),
        ("jobs_openJobs", rpc_params![0, 257], -32602, "limit is 257, above the limit of 256"),
        ("jobs_workers", rpc_params![0, 1000], -32602, "limit is 1000, above the limit of 256"),
        ("invariants_check", rpc_params![1], code::INVARIANT, "escrow 5 differs from holds 4"),
    ] {
        let error = refusal(rpc.call::<_, Value>(method, params).await);
        assert_eq!(error.code(), code, "{method}: {error}");
        assert!(error.message().contains(text), "{method}: {error}");
    }
}

/// Four units of CPU time, as parameters.
fn four_units() -> [&'static str; 6] {
    ["0", "0", "4000000000000000000", "0", "0", "0"]
}

#[tokio::test]
async fn route_should_have_a_plan_when_options_are_given_and_none_otherwise() {
    let (_, rpc) = rpc();
    let plain: Value = rpc.call("hmm_route", rpc_params![four_units()]).await.unwrap();
    assert_eq!(
        (&plain["at"], &plain["classes"][0]["shares"][0]["tier"], plain.get("plan")),
        (&json!(7), &json!(0), None)
    );
    let options = json!({ "placement": "oneWorker", "sla": { "regions": 2 }, "maxCredits": "5000000000000000000" });
    let asked: Value =
        rpc.call("hmm_route", rpc_params![four_units(), Value::Null, Value::Null, options]).await.unwrap();
    // Only the second worker is in the region, and it takes tokens of both tiers.
    assert_eq!((&asked["total"], &asked["classes"]), (&plain["total"], &plain["classes"]));
    let plan = &asked["plan"];
    assert_eq!(
        (&plan["method"], &plan["servedPpb"], &plan["workers"]),
        (&json!("waterFilling"), &json!(1_000_000_000), &json!(2))
    );
    let job = &plan["jobs"][0];
    assert_eq!((&job["amounts"][2], &job["cost"]), (&json!("4000000000000000000"), &plain["total"]));
    assert_eq!(job["filters"], json!([{ "filter": "regions", "price": "0" }]));
    let [worker] = job["workers"].as_array().unwrap().as_slice() else { panic!("{job}") };
    assert_eq!((&worker["worker"], &worker["weight"]), (&json!(AccountId::new([1; 32])), &json!(1.0)));
}

#[tokio::test]
async fn route_should_be_refused_with_the_numbers_when_options_ask_for_too_much() {
    let (_, rpc) = rpc();
    let ask = async |options: Value| {
        refusal(rpc.call::<_, Value>("hmm_route", rpc_params![four_units(), Value::Null, Value::Null, options]).await)
    };
    for (options, text) in [
        (json!({ "maxCredits": "1000000000000000000" }), "at most 1000000000000000000 allowed"),
        (json!({ "sla": { "tee": true } }), "job 0: none of 2 workers passes its filters: tee alone excludes 2"),
        (json!({ "model": H256::repeat_byte(0), "placement": "oneWorker" }), "3000000000000000000 available"),
        (
            json!({ "expected": [{ "worker": AccountId::new([9; 32]) }], "placement": "parts" }),
            "is not one of the 2 workers",
        ),
        (json!({ "beta": -1.0 }), "beta is -1"),
    ] {
        let error = ask(options.clone()).await;
        assert_eq!(error.code(), code::MARKET, "{options}");
        assert!(error.message().contains(text), "{options}: {error}");
    }
    for (options, text) in [
        (json!({ "placment": "parts" }), "unknown field `placment`"),
        (json!({ "sla": { "region": 1 } }), "unknown field `region`"),
        (json!({ "placement": "two" }), "unknown variant `two`"),
        (json!({ "jobs": [{ "resources": four_units(), "cost": 1 }] }), "unknown field `cost`"),
    ] {
        let error = ask(options.clone()).await;
        assert_eq!(error.code(), -32602, "{options}");
        assert!(error.data().unwrap().get().contains(text), "{options}: {error}");
    }
}

#[tokio::test]
async fn lookups_of_nothing_should_be_null() {
    let (_, rpc) = rpc();
    assert_eq!(rpc.call::<_, Value>("jobs_job", rpc_params![6]).await.unwrap(), Value::Null);
    let job: Value = rpc.call("jobs_job", rpc_params![5]).await.unwrap();
    assert_eq!((&job["id"], &job["status"], &job["paid"]), (&json!(5), &json!("Submitted"), &json!("0")));
    let open: Value = rpc.call("jobs_openJobs", rpc_params![]).await.unwrap();
    assert_eq!((&open["jobs"][0]["id"], &open["next"]), (&json!(64), &json!(65)));
}

#[tokio::test]
async fn invariants_should_be_checked_for_the_operator_only() {
    let (_, mut rpc) = rpc();
    assert_eq!(rpc.call::<_, Value>("invariants_check", rpc_params![]).await.unwrap(), Value::Null);
    rpc.extensions_mut().insert(DenyUnsafe::Yes);
    let error = refusal(rpc.call::<_, Value>("invariants_check", rpc_params![0]).await);
    assert_eq!((error.code(), error.message()), (-32601, "RPC call is unsafe to be called externally"));
}

#[tokio::test]
async fn delivered_output_should_be_given_with_its_hash_and_null_otherwise() {
    let (_, rpc) = rpc();
    let result: Value = rpc.call("jobs_result", rpc_params![5]).await.unwrap();
    assert_eq!(result, json!({ "output": H256::repeat_byte(3), "tokens": [7, 8] }));
    assert_eq!(rpc.call::<_, Value>("jobs_result", rpc_params![6]).await.unwrap(), Value::Null);
}

#[tokio::test]
async fn subscriber_should_follow_its_job_until_it_is_final() {
    let (chain, rpc) = rpc();
    let mut job = rpc.subscribe_unbounded("jobs_subscribeJob", rpc_params![5]).await.unwrap();
    let mut next = async || {
        let update = tokio::time::timeout(Duration::from_secs(10), job.next::<Value>()).await.expect("in time");
        update.map(|update| update.unwrap().0["status"].clone())
    };
    assert_eq!(next().await, Some(json!("Submitted")));
    chain.import(2, JobStatus::Submitted, true);
    chain.import(3, JobStatus::Accepted, true);
    assert_eq!(next().await, Some(json!("Accepted")));
    chain.import(4, JobStatus::Slashed, false);
    assert_eq!(next().await, Some(json!("Slashed")));
    // A fork undoes it.
    chain.import(5, JobStatus::Settled, false);
    assert_eq!(next().await, Some(json!("Settled")));
    chain.import(6, JobStatus::Settled, true);
    assert_eq!(next().await, None);
}

#[tokio::test]
async fn subscription_to_no_job_should_be_refused() {
    let (_, rpc) = rpc();
    let error = refusal(rpc.subscribe_unbounded("jobs_subscribeJob", rpc_params![6]).await.map(|_| ()));
    assert_eq!(error.code(), code::UNKNOWN_JOB);
    assert!(error.message().starts_with("there is no job 6 at block 1 "), "{error}");
}

#[tokio::test]
async fn job_should_be_read_once_per_block_however_many_follow_it() {
    let (chain, rpc) = rpc();
    let mut followers = Vec::new();
    for _ in 0..10 {
        followers.push(rpc.subscribe_unbounded("jobs_subscribeJob", rpc_params![5]).await.unwrap());
    }
    let statuses = async |followers: &mut Vec<Subscription>| {
        let mut statuses = Vec::new();
        for follower in followers {
            let update =
                tokio::time::timeout(Duration::from_secs(10), follower.next::<Value>()).await.expect("in time");
            statuses.push(update.unwrap().unwrap().0["status"].clone());
        }
        statuses
    };
    assert_eq!(statuses(&mut followers).await, vec![json!("Submitted"); 10]);
    assert_eq!(chain.0.lock().reads, 1);
    for (number, status) in [(2, JobStatus::Assigned), (3, JobStatus::Accepted), (4, JobStatus::Attested)] {
        chain.import(number, status, true);
        assert_eq!(statuses(&mut followers).await, vec![json!(status); 10]);
    }
    assert_eq!(chain.0.lock().reads, 4);

    // Once nobody follows, nothing is read, and whoever comes then is served anew.
    drop(followers);
    chain.import(5, JobStatus::Attested, true);
    let mut late = vec![rpc.subscribe_unbounded("jobs_subscribeJob", rpc_params![5]).await.unwrap()];
    assert_eq!(statuses(&mut late).await, [json!("Attested")]);
}

#[tokio::test]
async fn subscriptions_above_the_limit_of_a_connection_should_be_refused_with_the_number() {
    let (_, rpc) = rpc();
    let mut held = Vec::new();
    for _ in 0..PER_CONNECTION {
        held.push(rpc.subscribe_unbounded("jobs_subscribeJob", rpc_params![5]).await.unwrap());
    }
    let error = refusal(rpc.subscribe_unbounded("jobs_subscribeJob", rpc_params![5]).await.map(|_| ()));
    assert_eq!(error.code(), code::SUBSCRIPTIONS);
    assert!(error.message().starts_with("64 job subscriptions of one connection are open"), "{error}");
}

/// The next notification of reviews: its block, and the jobs in it, opened, changed, decided, gone.
async fn next_audits(follower: &mut Subscription) -> (u64, [Vec<u64>; 4]) {
    let update = tokio::time::timeout(Duration::from_secs(10), follower.next::<Value>()).await.expect("in time");
    let update = update.expect("goes on").unwrap().0;
    let jobs = |list: &str| {
        let list = update[list].as_array().unwrap().iter();
        list.map(|entry| entry.as_u64().unwrap_or_else(|| entry["job"].as_u64().unwrap())).collect()
    };
    (update["number"].as_u64().unwrap(), ["opened", "changed", "decided", "gone"].map(jobs))
}

#[tokio::test]
async fn subscriber_should_follow_reviews_from_those_under_way_to_their_verdicts() {
    let (chain, rpc) = rpc();
    chain.import_reviews(2, &[(4, Phase::Committing), (6, Phase::Summoning)]);
    let mut audits = rpc.subscribe_unbounded("poai_subscribeAudits", rpc_params![]).await.unwrap();
    assert_eq!(next_audits(&mut audits).await, (2, [vec![4, 6], vec![], vec![], vec![]]));
    chain.import_reviews(3, &[(4, Phase::Committing), (6, Phase::Committing), (7, Phase::Summoning)]);
    assert_eq!(next_audits(&mut audits).await, (3, [vec![7], vec![6], vec![], vec![]]));
    // Nothing to tell.
    chain.import_reviews(4, &[(4, Phase::Committing), (6, Phase::Committing), (7, Phase::Summoning)]);
    chain.import_reviews(5, &[(7, Phase::Summoning)]);
    assert_eq!(next_audits(&mut audits).await, (5, [vec![], vec![], vec![6], vec![4]]));
    // A fork undoes it.
    chain.import_reviews(6, &[(4, Phase::Revealing), (6, Phase::Committing), (7, Phase::Summoning)]);
    assert_eq!(next_audits(&mut audits).await, (6, [vec![4, 6], vec![], vec![], vec![]]));
}

#[tokio::test]
async fn reviews_should_be_read_once_per_block_however_many_follow_them_and_not_when_nobody_does() {
    let (chain, rpc) = rpc();
    let mut followers = Vec::new();
    for _ in 0..audits::PER_CONNECTION {
        followers.push(rpc.subscribe_unbounded("poai_subscribeAudits", rpc_params![]).await.unwrap());
    }
    for follower in &mut followers {
        assert_eq!(next_audits(follower).await, (1, Default::default()));
    }
    assert_eq!(chain.0.lock().looks, 1);
    for number in 2..5 {
        chain.import_reviews(number, &[(number.into(), Phase::Summoning)]);
        for follower in &mut followers {
            assert_eq!(next_audits(follower).await.1[0], [u64::from(number)]);
        }
    }
    assert_eq!(chain.0.lock().looks, 4);
    let error = refusal(rpc.subscribe_unbounded("poai_subscribeAudits", rpc_params![]).await.map(|_| ()));
    assert_eq!(error.code(), code::SUBSCRIPTIONS);
    assert!(error.message().starts_with("4 audit subscriptions of one connection are open"), "{error}");

    drop(followers);
    // The places are free once the server has noticed.
    for _ in 0..100 {
        tokio::time::sleep(Duration::from_millis(10)).await;
        if chain.0.lock().listeners.iter().all(TracingUnboundedSender::is_closed) {
            break;
        }
    }
    chain.import_reviews(5, &[(5, Phase::Summoning)]);
    assert_eq!(chain.0.lock().looks, 4);
    let mut late = rpc.subscribe_unbounded("poai_subscribeAudits", rpc_params![]).await.unwrap();
    assert_eq!(next_audits(&mut late).await, (5, [vec![5], vec![], vec![], vec![]]));
}
