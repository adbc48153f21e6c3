//! A chain in memory that treats reviews as the pallet does: phases with ends, one commitment and one reveal per member,
//! reveals that must be those committed to.

use crate::common::jobs;
use async_trait::async_trait;
use futures::stream::BoxStream;
use futures::StreamExt;
use hanzo_inference::hash::blake2_256;
use hanzo_inference::verifier::chain::{AttestationOf, Chain, Review, VerdictOf, VerifierOf};
use hanzo_inference::verifier::round::Round;
use hanzo_inference::worker::chain::{ChainError, Head, Job};
use hanzo_poai::committee::{commitment, Committee, Verdict, Vote};
use hanzo_poai::review::Phase;
use hanzo_poai::{Attestation, JobId, JobStatus, Proof};
use hanzo_traits::api::MemberView;
use sp_core::H256;
use sp_runtime::AccountId32;
use std::collections::{BTreeMap, HashMap};
use std::sync::{Mutex, MutexGuard};
use std::time::Duration;
use tokio::sync::{mpsc, watch};

/// Longest a test waits for what must happen.
const PATIENCE: Duration = Duration::from_secs(30);
/// Blocks to commit, and to reveal.
pub const COMMIT_WINDOW: u32 = 20;
pub const REVEAL_WINDOW: u32 = 10;
/// The model of all jobs.
pub const MODEL: H256 = H256::repeat_byte(3);

/// What the verifier did or tried, in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Call {
    Read(u32),
    Fetch(H256),
    Commit(AccountId32, JobId, H256),
    Reveal(AccountId32, JobId, Vote, [u8; 32], H256),
    Put(H256),
}

/// The part of the state that a reorganisation takes back.
#[derive(Clone, Default)]
pub struct Ledger {
    pub jobs: BTreeMap<JobId, (Job, AttestationOf)>,
    pub reviews: BTreeMap<JobId, Review>,
    pub commitments: HashMap<(JobId, AccountId32), H256>,
    pub verdicts: BTreeMap<JobId, VerdictOf>,
}

struct State {
    head: Head,
    ledgers: HashMap<H256, (u32, H256, Ledger)>,
    pool: Vec<Call>,
    calls: Vec<Call>,
    refused: Vec<String>,
    blobs: HashMap<H256, Vec<u8>>,
    listeners: Vec<mpsc::UnboundedSender<Head>>,
    lose_transactions: bool,
    forks: u64,
}

/// The chain, seen by some accounts.
pub struct TestChain {
    accounts: Vec<AccountId32>,
    state: Mutex<State>,
    changed: watch::Sender<u64>,
}

/// The `number`-th verifier.
pub fn verifier(number: u8) -> AccountId32 {
    AccountId32::new([100 + number; 32])
}

/// Somebody else on a committee.
pub fn stranger(number: u8) -> AccountId32 {
    AccountId32::new([200 + number; 32])
}

pub fn input_of(job: JobId) -> Vec<u8> {
    format!("prompt {job}").into_bytes()
}

pub fn output_of(job: JobId) -> Vec<u8> {
    format!("output {job}").into_bytes()
}

/// A job that its worker has attested.
pub fn attested(id: JobId) -> (Job, AttestationOf) {
    let mut job = jobs::job(id, MODEL, &input_of(id), 1_000);
    job.status = JobStatus::Attested;
    let attestation = Attestation {
        job: id,
        worker: jobs::account(),
        model: MODEL,
        input: job.input,
        output: blake2_256(&output_of(id)),
        tokens_root: H256::repeat_byte(4),
        fingerprints_root: H256::repeat_byte(5),
        prompt_tokens: 3,
        output_tokens: 3,
        nonce: job.nonce,
        seed: job.seed.unwrap(),
        engine_profile: H256::repeat_byte(6),
        prior_root: H256::zero(),
        proof: Proof::Replay,
    };
    let view = jobs::view(&attestation, 1);
    (job, view)
}

/// A round of a job, as ballots name it.
pub fn round_key(job: JobId) -> Round {
    Round { job, number: 0, positions: H256::repeat_byte(1), receipt: H256::repeat_byte(2) }
}

/// A round of a review whose committee has just been drawn.
pub fn round(job: JobId, number: u32, members: &[AccountId32], until: u32) -> Review {
    let member = |account: &AccountId32| MemberView {
        account: account.clone(),
        committed: false,
        vote: None,
        evidence: H256::zero(),
    };
    Review {
        job,
        worker: jobs::account(),
        challenger: None,
        committee: Committee::Audit,
        round: number,
        phase: Phase::Committing,
        until,
        positions: blake2_256(&[&job.to_le_bytes()[..], &number.to_le_bytes()].concat()),
        members: members.iter().map(member).collect(),
    }
}

impl TestChain {
    /// Seen by so many verifiers.
    pub fn new(accounts: u8) -> Self {
        let head = Head { number: 0, hash: H256::repeat_byte(9) };
        let state = State {
            head,
            ledgers: HashMap::from([(head.hash, (0, H256::zero(), Ledger::default()))]),
            pool: vec![],
            calls: vec![],
            refused: vec![],
            blobs: HashMap::new(),
            listeners: vec![],
            lose_transactions: false,
            forks: 0,
        };
        Self { accounts: (0..accounts).map(verifier).collect(), state: Mutex::new(state), changed: watch::channel(0).0 }
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

    /// Has the network hold input and output of a job.
    pub fn serve_blobs(&self, job: JobId) {
        for blob in [input_of(job), output_of(job)] {
            self.state().blobs.insert(blake2_256(&blob), blob);
        }
    }

    pub fn serve_blob(&self, blob: Vec<u8>) {
        self.state().blobs.insert(blake2_256(&blob), blob);
    }

    /// Draws a committee of all accounts and two strangers for a job, in the next block; returns the first block in which
    /// commitments are too late.
    pub fn draw(&self, job: JobId) -> u32 {
        self.draw_for(job, COMMIT_WINDOW)
    }

    /// The same with another time to commit.
    pub fn draw_for(&self, job: JobId, window: u32) -> u32 {
        let members = [&self.accounts[..], &[stranger(0), stranger(1)]].concat();
        let until = self.state().head.number + 1 + window;
        self.change(|ledger| {
            ledger.jobs.insert(job, attested(job));
            ledger.reviews.insert(job, round(job, 0, &members, until));
        });
        until
    }

    pub fn lose_transactions(&self, lose: bool) {
        self.state().lose_transactions = lose;
    }

    /// Seals a block with what waits in the pool.
    pub fn seal(&self) -> Head {
        self.change(|_| {})
    }

    /// Seals blocks one by one, letting the verifier act on each.
    pub async fn seal_many(&self, count: u32) {
        for _ in 0..count {
            let head = self.seal();
            self.wait_for(|calls| calls.contains(&Call::Read(head.number))).await;
        }
    }

    /// Seals blocks until one of this number is the best, letting the verifier act on each.
    pub async fn seal_to(&self, number: u32) {
        while self.state().head.number < number {
            self.seal_many(1).await;
        }
    }

    /// Lets the verifier act on everything there is: it reads a further block only when it is done with the last.
    pub async fn settle(&self) {
        self.seal_many(2).await;
    }

    /// Lets tasks beside the loop come to an end.
    pub async fn settle_reads(&self) {
        for _ in 0..20 {
            tokio::task::yield_now().await;
        }
    }

    /// Changes the ledger in a block of its own, after the pool's transactions.
    pub fn change(&self, change: impl FnOnce(&mut Ledger)) -> Head {
        let mut state = self.state();
        let parent = state.head;
        let (_, _, mut ledger) = state.ledgers[&parent.hash].clone();
        let number = parent.number + 1;
        move_on(&mut ledger, number);
        let transactions = std::mem::take(&mut state.pool);
        if !state.lose_transactions {
            for transaction in transactions {
                if let Err(reason) = apply(&mut ledger, transaction, number) {
                    state.refused.push(reason);
                }
            }
        }
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
    pub fn reorganise(&self, depth: u32) -> Head {
        let mut state = self.state();
        for _ in 0..depth {
            let (number, parent, _) = state.ledgers[&state.head.hash].clone();
            state.head = Head { number: number - 1, hash: parent };
        }
        state.forks += 1;
        state.pool.clear();
        drop(state);
        self.seal()
    }

    /// Waits until the calls so far meet a condition.
    pub async fn wait_for(&self, condition: impl Fn(&[Call]) -> bool) {
        let mut changed = self.changed.subscribe();
        let met = changed.wait_for(|_| condition(&self.state().calls));
        let outcome = tokio::time::timeout(PATIENCE, met).await.map(|met| met.is_ok());
        assert_eq!(outcome, Ok(true), "it did not happen; calls so far: {:#?}", self.calls());
    }

    pub async fn wait_for_commits(&self, count: usize) {
        self.wait_for(|calls| calls.iter().filter(|call| matches!(call, Call::Commit(..))).count() >= count).await;
    }

    pub async fn wait_for_reveals(&self, count: usize) {
        self.wait_for(|calls| calls.iter().filter(|call| matches!(call, Call::Reveal(..))).count() >= count).await;
    }

    pub fn calls(&self) -> Vec<Call> {
        self.state().calls.clone()
    }

    /// Commitments sent: who, for which job, what.
    pub fn commits(&self) -> Vec<(AccountId32, JobId, H256)> {
        let commit = |call| match call {
            Call::Commit(account, job, hash) => Some((account, job, hash)),
            _ => None,
        };
        self.calls().into_iter().filter_map(commit).collect()
    }

    /// Reveals sent: who, for which job, what.
    pub fn reveals(&self) -> Vec<(AccountId32, JobId, Vote, [u8; 32], H256)> {
        let reveal = |call| match call {
            Call::Reveal(account, job, vote, salt, evidence) => Some((account, job, vote, salt, evidence)),
            _ => None,
        };
        self.calls().into_iter().filter_map(reveal).collect()
    }

    /// Transactions that failed in a block.
    pub fn refused(&self) -> Vec<String> {
        self.state().refused.clone()
    }

    pub fn blob(&self, hash: H256) -> Option<Vec<u8>> {
        self.state().blobs.get(&hash).cloned()
    }

    pub fn ledger(&self) -> Ledger {
        let state = self.state();
        state.ledgers[&state.head.hash].2.clone()
    }

    pub fn number(&self) -> u32 {
        self.state().head.number
    }

    /// A member of the review of a job.
    pub fn member(&self, job: JobId, account: &AccountId32) -> MemberView<AccountId32> {
        let members = self.ledger().reviews[&job].members.clone();
        members.into_iter().find(|member| member.account == *account).unwrap()
    }

    fn at(&self, hash: H256) -> (u32, Ledger) {
        let (number, _, ledger) = self.state().ledgers[&hash].clone();
        (number, ledger)
    }

    fn send(&self, call: Call) -> Result<(), ChainError> {
        self.state().pool.push(call.clone());
        self.note(call);
        Ok(())
    }
}

/// Phases that are over end at the start of a block.
fn move_on(ledger: &mut Ledger, number: u32) {
    let due: Vec<JobId> = ledger.reviews.values().filter(|r| r.until <= number).map(|r| r.job).collect();
    for job in due {
        let review = ledger.reviews.get_mut(&job).unwrap();
        if review.phase == Phase::Committing {
            (review.phase, review.until) = (Phase::Revealing, number + REVEAL_WINDOW);
            continue;
        }
        let Review { committee, challenger, members, .. } = ledger.reviews.remove(&job).unwrap();
        let verdict = Verdict::Good;
        ledger.verdicts.insert(
            job,
            VerdictOf { job, verdict, committee, challenger, rounds: 1, members, at: number, canary: false },
        );
    }
}

fn apply(ledger: &mut Ledger, call: Call, number: u32) -> Result<(), String> {
    let (Call::Commit(account, job, ..) | Call::Reveal(account, job, ..)) = &call else { return Err("no call".into()) };
    let review = ledger.reviews.get_mut(job).ok_or("NotInReview")?;
    let (phase, round) = (review.phase, review.round);
    let open = number < review.until;
    let member = review.members.iter_mut().find(|member| member.account == *account).ok_or("NotMember")?;
    match call {
        Call::Commit(account, job, hash) => {
            if phase != Phase::Committing || !open {
                return Err("NotCommitting".into());
            }
            if std::mem::replace(&mut member.committed, true) {
                return Err("AlreadyCommitted".into());
            }
            ledger.commitments.insert((job, account), hash);
        }
        Call::Reveal(account, job, vote, salt, evidence) => {
            if phase != Phase::Revealing || !open {
                return Err("NotRevealing".into());
            }
            let hash = commitment(&H256::repeat_byte(9), job, round, &account, &vote, &salt);
            if ledger.commitments.get(&(job, account)) != Some(&hash) {
                return Err("WrongReveal".into());
            }
            if member.vote.replace(vote).is_some() {
                return Err("AlreadyRevealed".into());
            }
            member.evidence = evidence;
        }
        _ => {}
    }
    Ok(())
}

#[async_trait]
impl Chain for TestChain {
    fn genesis(&self) -> H256 {
        H256::repeat_byte(9)
    }

    fn accounts(&self) -> Vec<AccountId32> {
        self.accounts.clone()
    }

    async fn blocks(&self) -> Result<BoxStream<'static, Head>, ChainError> {
        let mut state = self.state();
        let (sender, receiver) = mpsc::unbounded_channel();
        sender.send(state.head).unwrap();
        state.listeners.push(sender);
        Ok(futures::stream::unfold(receiver, |mut receiver| async { Some((receiver.recv().await?, receiver)) }).boxed())
    }

    async fn verifier(&self, _: H256, account: &AccountId32) -> Result<Option<VerifierOf>, ChainError> {
        Ok(Some(VerifierOf {
            account: account.clone(),
            slot: 0,
            bond: 1.into(),
            frozen: 0.into(),
            seats: vec![],
            leaving_since: None,
        }))
    }

    async fn seats(&self, at: H256, account: &AccountId32) -> Result<Vec<Review>, ChainError> {
        let (number, ledger) = self.at(at);
        if self.accounts.first() == Some(account) {
            self.note(Call::Read(number));
        }
        let sits = |review: &Review| review.members.iter().any(|member| member.account == *account);
        Ok(ledger.reviews.into_values().filter(sits).collect())
    }

    async fn job(&self, at: H256, job: JobId) -> Result<Option<Job>, ChainError> {
        Ok(self.at(at).1.jobs.get(&job).map(|(job, _)| job.clone()))
    }

    async fn attestation(&self, at: H256, job: JobId) -> Result<Option<AttestationOf>, ChainError> {
        Ok(self.at(at).1.jobs.get(&job).map(|(_, attestation)| attestation.clone()))
    }

    async fn verdict(&self, at: H256, job: JobId) -> Result<Option<VerdictOf>, ChainError> {
        Ok(self.at(at).1.verdicts.get(&job).cloned())
    }

    async fn commit(&self, account: &AccountId32, job: JobId, commitment: H256) -> Result<(), ChainError> {
        self.send(Call::Commit(account.clone(), job, commitment))
    }

    async fn reveal(
        &self,
        account: &AccountId32,
        job: JobId,
        vote: Vote,
        salt: [u8; 32],
        evidence: H256,
    ) -> Result<(), ChainError> {
        self.send(Call::Reveal(account.clone(), job, vote, salt, evidence))
    }

    async fn sealing_key(&self, _: H256, _: &AccountId32) -> Result<Option<Vec<u8>>, ChainError> {
        Ok(None)
    }

    async fn publish_sealing_key(&self, _: &AccountId32, _: Vec<u8>) -> Result<(), ChainError> {
        Ok(())
    }

    async fn envelopes(&self, _: H256, _: JobId, _: &AccountId32) -> Result<Vec<(AccountId32, H256)>, ChainError> {
        Ok(Vec::new())
    }

    async fn fetch_blob(&self, hash: H256, length: Option<u32>) -> Result<Vec<u8>, ChainError> {
        let found = self.state().blobs.get(&hash).cloned();
        self.note(Call::Fetch(hash));
        found.ok_or(ChainError::BlobMissing { hash, length, reason: "nobody has it".into() })
    }

    async fn put_blob(&self, bytes: Vec<u8>) -> Result<H256, ChainError> {
        let hash = blake2_256(&bytes);
        self.state().blobs.insert(hash, bytes);
        self.note(Call::Put(hash));
        Ok(hash)
    }
}
