//! A chain in memory that treats jobs as the pallets do: who may do what in which state, one opening per acceptance,
//! signatures under the job's challenge, deadlines.

use crate::common::jobs;
pub use crate::common::jobs::{account, WINDOW};
use async_trait::async_trait;
use futures::stream::BoxStream;
use futures::StreamExt;
use hanzo_inference::hash::blake2_256;
use hanzo_inference::worker::chain::{Chain, ChainError, Head, Job};
use hanzo_poai::attestation::challenge;
use hanzo_poai::{Attestation, JobId, JobStatus};
use hanzo_traits::api::{AttestationView, ReviewView, WorkerView};
use sp_core::{sr25519, Pair, H256};
use sp_runtime::AccountId32;
use std::collections::{BTreeMap, HashMap};
use std::sync::{Mutex, MutexGuard};
use std::time::Duration;
use tokio::sync::{mpsc, watch};

/// Longest a test waits for what must happen.
const PATIENCE: Duration = Duration::from_secs(30);
/// Time from block to block, as the chain tells it.
pub const BLOCK_TIME: Duration = Duration::from_secs(2);

/// What the worker did or tried, in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Call {
    Read(u32),
    Fetch(JobId),
    Accept(JobId),
    Decline(JobId),
    Serve(Vec<H256>),
    Heartbeat,
    Attest(Box<Attestation<AccountId32>>, sr25519::Signature),
    Deliver(JobId, Vec<u32>),
    Post(H256),
    Look(JobId),
    HandOver(JobId, Vec<(AccountId32, H256)>),
}

/// The part of the state that a reorganisation takes back.
#[derive(Clone, Default)]
pub struct Ledger {
    pub jobs: BTreeMap<JobId, Job>,
    pub attestations: BTreeMap<JobId, AttestationView<AccountId32, u32>>,
    pub delivered: BTreeMap<JobId, Vec<u32>>,
    /// Jobs declined.
    pub declined: Vec<JobId>,
    /// Models of the worker; none if it is not registered.
    pub models: Option<Vec<H256>>,
    /// Block from which on a heartbeat is taken, if one is.
    pub heartbeat_from: Option<u32>,
    /// Published sealing keys.
    pub sealing_keys: BTreeMap<AccountId32, Vec<u8>>,
    /// An envelope for the worker by job: from whom, and its hash.
    pub envelopes: BTreeMap<JobId, (AccountId32, H256)>,
    /// What the worker handed over.
    pub handed_over: Vec<(JobId, AccountId32, H256)>,
    /// Reviews under way.
    pub reviews: Vec<ReviewView<AccountId32, u32>>,
    /// What the session key is bound to.
    pub measurement: Option<H256>,
}

struct State {
    head: Head,
    ledgers: HashMap<H256, (u32, H256, Ledger)>,
    pool: Vec<Call>,
    calls: Vec<Call>,
    refused: Vec<String>,
    blobs: HashMap<H256, Vec<u8>>,
    listeners: Vec<mpsc::UnboundedSender<Head>>,
    connected: bool,
    lose_transactions: bool,
    other_chain: bool,
    forks: u64,
    /// Blocks from the last final one to the best.
    lag: u32,
    session: sr25519::Public,
}

/// The chain.
pub struct TestChain {
    state: Mutex<State>,
    changed: watch::Sender<u64>,
}

/// A job for this chain's worker.
pub fn job(id: JobId, prompt: &[u8], deadline: u32) -> Job {
    jobs::job(id, H256::repeat_byte(3), prompt, deadline)
}

impl TestChain {
    pub fn new(session: sr25519::Public) -> Self {
        let head = Head { number: 0, hash: H256::repeat_byte(9) };
        let state = State {
            head,
            ledgers: HashMap::from([(head.hash, (0, H256::zero(), Ledger::default()))]),
            pool: vec![],
            calls: vec![],
            refused: vec![],
            blobs: HashMap::new(),
            listeners: vec![],
            connected: true,
            lose_transactions: false,
            other_chain: false,
            forks: 0,
            lag: 0,
            session,
        };
        Self { state: Mutex::new(state), changed: watch::channel(0).0 }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    fn touch(&self) {
        self.changed.send_modify(|count| *count += 1);
    }

    fn note(&self, call: Call) {
        self.state().calls.push(call);
        self.touch();
    }

    /// Draws the worker for a job on this prompt, in the next block.
    pub fn draw(&self, id: JobId, prompt: &[u8]) {
        self.draw_until(id, prompt, 1_000);
    }

    /// The same with a deadline.
    pub fn draw_until(&self, id: JobId, prompt: &[u8], deadline: u32) {
        self.change(|ledger| {
            ledger.jobs.insert(id, job(id, prompt, deadline));
        });
    }

    /// Hands a blob to the network.
    pub fn add_blob(&self, bytes: &[u8]) {
        self.state().blobs.insert(blake2_256(bytes), bytes.into());
    }

    /// A blob that the network has.
    pub fn blob(&self, hash: H256) -> Option<Vec<u8>> {
        self.state().blobs.get(&hash).cloned()
    }

    /// Whether transactions get lost between pool and block.
    pub fn lose_transactions(&self, lose: bool) {
        self.state().lose_transactions = lose;
    }

    /// Leaves the last `lag` blocks not final.
    pub fn set_lag(&self, lag: u32) {
        self.state().lag = lag;
    }

    /// Replaces the worker's session key.
    pub fn set_session(&self, session: sr25519::Public) {
        self.state().session = session;
    }

    /// Whether the node has been moved to another chain.
    pub fn become_another(&self) {
        self.state().other_chain = true;
        self.disconnect();
    }

    /// Cuts the connection until [`Self::reconnect`].
    pub fn disconnect(&self) {
        let mut state = self.state();
        state.connected = false;
        state.listeners.clear();
    }

    pub fn reconnect(&self) {
        self.state().connected = true;
    }

    /// Seals a block with what waits in the pool.
    pub fn seal(&self) -> Head {
        self.change(|_| {})
    }

    /// Seals blocks one by one, letting the worker act on each.
    pub async fn seal_many(&self, count: u32) {
        for _ in 0..count {
            let head = self.seal();
            self.wait_for(|calls| calls.contains(&Call::Read(head.number))).await;
        }
    }

    /// Lets the worker act on everything there is: it reads a further block only when it is done with the last.
    pub async fn settle(&self) {
        self.seal_many(2).await;
    }

    /// Changes the ledger in a block of its own, after the pool's transactions.
    pub fn change(&self, change: impl FnOnce(&mut Ledger)) -> Head {
        let mut state = self.state();
        let parent = state.head;
        let (_, _, mut ledger) = state.ledgers[&parent.hash].clone();
        let number = parent.number + 1;
        let (transactions, session) = (std::mem::take(&mut state.pool), state.session);
        if !state.lose_transactions {
            for transaction in transactions {
                if let Err(reason) = self.apply(&mut ledger, transaction, number, parent.hash, &session) {
                    state.refused.push(reason);
                }
            }
        }
        ledger.jobs.retain(|_, job| job.status != JobStatus::Accepted || job.deadline >= number);
        change(&mut ledger);
        let hash = blake2_256(&[parent.hash.as_bytes(), &state.forks.to_le_bytes()].concat());
        state.ledgers.insert(hash, (number, parent.hash, ledger));
        state.head = Head { number, hash };
        let head = state.head;
        state.listeners.retain(|listener| listener.send(head).is_ok());
        drop(state);
        self.touch();
        head
    }

    /// Takes the last `depth` blocks back and seals another in place of the first of them. Their transactions are lost.
    pub fn reorganise(&self, depth: u32, change: impl FnOnce(&mut Ledger)) -> Head {
        let mut state = self.state();
        for _ in 0..depth {
            let (number, parent, _) = state.ledgers[&state.head.hash].clone();
            state.head = Head { number: number - 1, hash: parent };
        }
        state.forks += 1;
        state.pool.clear();
        drop(state);
        self.change(change)
    }

    fn apply(
        &self,
        ledger: &mut Ledger,
        call: Call,
        number: u32,
        parent: H256,
        session: &sr25519::Public,
    ) -> Result<(), String> {
        match call {
            Call::Heartbeat => ledger.heartbeat_from = Some(number + 75),
            Call::Serve(models) => *ledger.models.as_mut().ok_or("NotRegistered")? = models,
            Call::Decline(id) => {
                let assigned = ledger.jobs.get(&id).is_some_and(|job| job.status == JobStatus::Assigned);
                if !assigned {
                    return Err(format!("NotAssigned {id}"));
                }
                // Drawn again among the others: no longer this worker's.
                ledger.jobs.remove(&id);
                ledger.declined.push(id);
            }
            Call::Accept(id) => {
                let job = ledger.jobs.get_mut(&id).ok_or("UnknownJob")?;
                if job.status != JobStatus::Assigned {
                    return Err(format!("NotAssigned {id}"));
                }
                (job.status, job.opening) = (JobStatus::Accepted, Some(parent));
            }
            Call::Attest(attestation, signature) => {
                let job = ledger.jobs.get_mut(&attestation.job).ok_or("UnknownJob")?;
                let opening = job.opening.filter(|_| job.status == JobStatus::Accepted).ok_or("NotAccepted")?;
                let challenge = challenge(&self.genesis(), job.id, &opening, &attestation.worker);
                let hash = attestation.signing_hash(&challenge);
                if !sr25519::Pair::verify(&signature, hash.as_bytes(), session) {
                    return Err("BadSignature".into());
                }
                if (attestation.seed, attestation.input) != (job.seed.unwrap_or_default(), job.input) {
                    return Err("SeedMismatch or InputMismatch".into());
                }
                job.status = JobStatus::Attested;
                ledger.attestations.insert(attestation.job, jobs::view(&attestation, number));
            }
            Call::Deliver(id, tokens) => {
                let attestation = ledger.attestations.get_mut(&id).ok_or("NoOpenWindow")?;
                attestation.deliver_by.take().ok_or("NotDemanded")?;
                ledger.delivered.insert(id, tokens);
            }
            Call::HandOver(job, envelopes) => {
                ledger.handed_over.extend(envelopes.into_iter().map(|(to, envelope)| (job, to, envelope)));
            }
            other => return Err(format!("not a transaction: {other:?}")),
        }
        Ok(())
    }

    /// Waits until the calls so far meet a condition.
    pub async fn wait_for(&self, condition: impl Fn(&[Call]) -> bool) {
        let mut changed = self.changed.subscribe();
        let met = changed.wait_for(|_| condition(&self.state().calls));
        let outcome = tokio::time::timeout(PATIENCE, met).await.map(|met| met.is_ok());
        assert_eq!(outcome, Ok(true), "it did not happen; calls so far: {:#?}", self.calls());
    }

    /// Waits until an attestation is in the pool.
    pub async fn wait_for_attestation(&self) {
        let mut changed = self.changed.subscribe();
        let waits = || self.state().pool.iter().any(|call| matches!(call, Call::Attest(..)));
        let outcome = tokio::time::timeout(PATIENCE, changed.wait_for(|_| waits())).await.map(|met| met.is_ok());
        assert_eq!(outcome, Ok(true), "no attestation came; calls so far: {:#?}", self.calls());
    }

    /// How often it was asked for attestations.
    pub fn looks(&self) -> usize {
        self.calls().iter().filter(|call| matches!(call, Call::Look(_))).count()
    }

    pub fn calls(&self) -> Vec<Call> {
        self.state().calls.clone()
    }

    pub fn accepts(&self) -> usize {
        self.calls().iter().filter(|call| matches!(call, Call::Accept(_))).count()
    }

    pub fn declines(&self) -> usize {
        self.calls().iter().filter(|call| matches!(call, Call::Decline(_))).count()
    }

    pub fn attests(&self) -> Vec<(Attestation<AccountId32>, sr25519::Signature)> {
        let attest = |call| match call {
            Call::Attest(attestation, signature) => Some((*attestation, signature)),
            _ => None,
        };
        self.calls().into_iter().filter_map(attest).collect()
    }

    /// Envelopes of each hand-over that was sent.
    pub fn hand_overs(&self) -> Vec<Vec<(AccountId32, H256)>> {
        let hand_over = |call| match call {
            Call::HandOver(_, envelopes) => Some(envelopes),
            _ => None,
        };
        self.calls().into_iter().filter_map(hand_over).collect()
    }

    /// Transactions that failed in a block.
    pub fn refused(&self) -> Vec<String> {
        self.state().refused.clone()
    }

    pub fn ledger(&self) -> Ledger {
        let state = self.state();
        state.ledgers[&state.head.hash].2.clone()
    }

    pub fn status(&self, job: JobId) -> JobStatus {
        self.ledger().jobs[&job].status
    }

    fn at(&self, hash: H256) -> Result<Ledger, ChainError> {
        self.up()?;
        Ok(self.state().ledgers[&hash].2.clone())
    }

    fn up(&self) -> Result<(), ChainError> {
        match self.state().connected {
            true => Ok(()),
            false => Err(ChainError::Unavailable("cut".into())),
        }
    }

    fn send(&self, call: Call) -> Result<(), ChainError> {
        self.up()?;
        self.state().pool.push(call.clone());
        self.note(call);
        Ok(())
    }
}

#[async_trait]
impl Chain for TestChain {
    fn genesis(&self) -> H256 {
        H256::repeat_byte(9)
    }

    fn account(&self) -> AccountId32 {
        account()
    }

    async fn blocks(&self) -> Result<BoxStream<'static, Head>, ChainError> {
        let mut state = self.state();
        if state.other_chain {
            let (expected, found) = (self.genesis(), H256::repeat_byte(8));
            return Err(ChainError::WrongChain { node: "here".into(), expected, found });
        }
        if !state.connected {
            return Err(ChainError::Unavailable("cut".into()));
        }
        let (sender, receiver) = mpsc::unbounded_channel();
        sender.send(state.head).unwrap();
        state.listeners.push(sender);
        Ok(futures::stream::unfold(receiver, |mut receiver| async { Some((receiver.recv().await?, receiver)) }).boxed())
    }

    async fn finalized(&self) -> Result<Head, ChainError> {
        self.up()?;
        let state = self.state();
        let mut head = state.head;
        for _ in 0..state.lag.min(head.number) {
            head = Head { number: head.number - 1, hash: state.ledgers[&head.hash].1 };
        }
        Ok(head)
    }

    async fn worker(&self, at: H256) -> Result<Option<WorkerView<AccountId32>>, ChainError> {
        let Ledger { models, heartbeat_from, .. } = self.at(at)?;
        let session = self.state().session;
        let heartbeat_from = heartbeat_from.unwrap_or(u32::MAX);
        Ok(models.map(|models| WorkerView { heartbeat_from, ..jobs::worker(session, models) }))
    }

    async fn block_time(&self, at: H256) -> Result<Duration, ChainError> {
        self.at(at).map(|_| BLOCK_TIME)
    }

    async fn deliver_sealed(&self, _: JobId, _: Vec<u8>) -> Result<(), ChainError> {
        Err(ChainError::Refused("NotSealed".into()))
    }

    async fn sealing_key(&self, at: H256, account: &AccountId32) -> Result<Option<Vec<u8>>, ChainError> {
        Ok(self.at(at)?.sealing_keys.get(account).cloned())
    }

    async fn publish_sealing_key(&self, key: Vec<u8>) -> Result<(), ChainError> {
        let account = self.account();
        self.change(|ledger| {
            ledger.sealing_keys.insert(account, key);
        });
        Ok(())
    }

    async fn envelopes(&self, at: H256, job: JobId, to: &AccountId32) -> Result<Vec<(AccountId32, H256)>, ChainError> {
        let (ledger, own) = (self.at(at)?, self.account());
        if *to == own {
            return Ok(ledger.envelopes.get(&job).cloned().into_iter().collect());
        }
        let of_worker = ledger.handed_over.into_iter().filter(|(of, receiver, _)| (of, receiver) == (&job, to));
        Ok(of_worker.map(|(_, _, envelope)| (own.clone(), envelope)).collect())
    }

    async fn hand_over(&self, job: JobId, envelopes: Vec<(AccountId32, H256)>) -> Result<(), ChainError> {
        self.send(Call::HandOver(job, envelopes))
    }

    async fn reviews(&self, at: H256) -> Result<Vec<ReviewView<AccountId32, u32>>, ChainError> {
        Ok(self.at(at)?.reviews)
    }

    async fn measurement(&self, at: H256) -> Result<Option<H256>, ChainError> {
        Ok(self.at(at)?.measurement)
    }

    async fn serve(&self, models: Vec<H256>) -> Result<(), ChainError> {
        self.send(Call::Serve(models))
    }

    async fn heartbeat(&self) -> Result<(), ChainError> {
        self.send(Call::Heartbeat)
    }

    async fn jobs(&self, at: H256) -> Result<Vec<Job>, ChainError> {
        let ledger = self.at(at)?;
        let number = self.state().ledgers[&at].0;
        self.note(Call::Read(number));
        let open = |job: &Job| matches!(job.status, JobStatus::Assigned | JobStatus::Accepted);
        Ok(ledger.jobs.into_values().filter(open).collect())
    }

    async fn attestation(&self, at: H256, job: JobId) -> Result<Option<AttestationView<AccountId32, u32>>, ChainError> {
        let found = self.at(at)?.attestations.get(&job).cloned();
        self.note(Call::Look(job));
        Ok(found)
    }

    async fn accept(&self, job: JobId) -> Result<(), ChainError> {
        self.send(Call::Accept(job))
    }

    async fn decline(&self, job: JobId) -> Result<(), ChainError> {
        self.send(Call::Decline(job))
    }

    async fn attest(
        &self,
        attestation: Attestation<AccountId32>,
        signature: sr25519::Signature,
    ) -> Result<(), ChainError> {
        self.send(Call::Attest(attestation.into(), signature))
    }

    async fn deliver(&self, job: JobId, tokens: Vec<u32>) -> Result<(), ChainError> {
        self.send(Call::Deliver(job, tokens))
    }

    async fn fetch_blob(&self, hash: H256, length: u32) -> Result<Vec<u8>, ChainError> {
        self.up()?;
        let found = self.state().blobs.get(&hash).cloned();
        let job = self.ledger().jobs.values().find(|job| job.input == hash).map_or(JobId::MAX, |job| job.id);
        self.note(Call::Fetch(job));
        found.ok_or(ChainError::BlobMissing { hash, length: Some(length), reason: "nobody has it".into() })
    }

    async fn put_blob(&self, bytes: Vec<u8>) -> Result<H256, ChainError> {
        self.up()?;
        let hash = blake2_256(&bytes);
        self.add_blob(&bytes);
        self.note(Call::Post(hash));
        Ok(hash)
    }
}
