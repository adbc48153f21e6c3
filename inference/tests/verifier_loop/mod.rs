//! The verifier's loop against a chain in memory: what it sends, how often, and what it does when things go wrong.

mod chain;
mod engine;
mod judge;
mod store;

use chain::{input_of, output_of, round, stranger, verifier, Call, TestChain, COMMIT_WINDOW};
use hanzo_inference::hash::blake2_256;
use hanzo_inference::verifier::chain::Chain;
use hanzo_inference::verifier::round::{Round, LAST_CALL};
use hanzo_inference::verifier::stats::Stats;
use hanzo_inference::verifier::store::Store;
use hanzo_inference::verifier::Verifier;
use hanzo_inference::worker::chain::ChainError;
use hanzo_poai::committee::{commitment, Score, Vote};
use hanzo_poai::review::Phase;
use judge::{digest, Gate, TestJudge};
use sp_core::H256;
use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;
use tempfile::TempDir;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

/// A verifier process: its loop, its engine, and how to end it.
struct Process {
    judge: Arc<TestJudge>,
    stats: Arc<Stats>,
    stop: oneshot::Sender<()>,
    task: JoinHandle<Result<(), ChainError>>,
}

impl Process {
    fn start(chain: &Arc<TestChain>, directory: &Path, judge: TestJudge) -> Self {
        let (judge, stats) = (Arc::new(judge), Arc::new(Stats::default()));
        let store = Store::open(directory, chain.genesis()).unwrap();
        let verifier = Verifier::new(chain.clone(), judge.clone(), store, stats.clone());
        let (stop, stopped) = oneshot::channel();
        let task = tokio::spawn(verifier.serve(async {
            let _ = stopped.await;
        }));
        Self { judge, stats, stop, task }
    }

    fn ready(chain: &Arc<TestChain>, directory: &Path) -> Self {
        Self::start(chain, directory, TestJudge::new(Gate::Open))
    }

    /// Ends it as SIGTERM does.
    async fn stop(self) {
        self.stop.send(()).unwrap();
        self.task.await.unwrap().unwrap();
    }

    /// Ends it as SIGKILL does.
    async fn kill(self) {
        self.task.abort();
        let _ = self.task.await;
    }

    fn count(&self, counter: impl Fn(&Stats) -> &std::sync::atomic::AtomicU64) -> u64 {
        Stats::get(counter(&self.stats))
    }
}

/// A chain seen by one verifier, with the blobs of jobs 0 and 1.
fn scene() -> (Arc<TestChain>, TempDir) {
    let chain = Arc::new(TestChain::new(1));
    chain.serve_blobs(0);
    chain.serve_blobs(1);
    (chain, tempfile::tempdir().unwrap())
}

/// Whether the process may end: nothing it sent failed on chain.
fn assert_nothing_refused(chain: &TestChain) {
    assert_eq!(chain.refused(), Vec::<String>::new());
}

/// The round a review is in, with its attestation.
fn round_of(chain: &TestChain, job: u64) -> Round {
    let ledger = chain.ledger();
    let review = &ledger.reviews[&job];
    Round { job, number: review.round, positions: review.positions, receipt: ledger.jobs[&job].1.receipt_root }
}

/// Commits to a job with the verifier, and lets the time to commit end.
async fn committed(chain: &TestChain, job: u64) -> Round {
    let until = chain.draw(job);
    chain.wait_for_commits(1).await;
    let round = round_of(chain, job);
    chain.seal_to(until - 1).await;
    assert!(chain.member(job, &verifier(0)).committed);
    round
}

#[tokio::test]
async fn verifier_should_commit_and_reveal_once_each_when_drawn() {
    let (chain, directory) = scene();
    let process = Process::ready(&chain, directory.path());
    let round = committed(&chain, 0).await;
    assert!(chain.reveals().is_empty());
    assert!(!chain.calls().iter().any(|call| matches!(call, Call::Put(_))), "evidence would tell how to vote");
    chain.seal_many(1).await;
    chain.wait_for_reveals(1).await;
    chain.settle().await;

    let (commits, reveals) = (chain.commits(), chain.reveals());
    assert_eq!((commits.len(), reveals.len(), process.judge.begun().len()), (1, 1, 1));
    let (account, job, vote, salt, evidence) = reveals[0].clone();
    assert_eq!((&account, job), (&verifier(0), 0));
    assert_eq!(vote, Vote { score: Score::Good, digest: digest(&round) });
    assert_eq!(commits[0].2, commitment(&chain.genesis(), 0, 0, &verifier(0), &vote, &salt));
    assert_eq!(chain.blob(evidence).unwrap(), b"evidence on 0 in round 0");
    assert_eq!(chain.member(0, &verifier(0)).vote, Some(vote));
    assert_nothing_refused(&chain);
    assert_eq!((process.count(|s| &s.good), process.count(|s| &s.commits), process.count(|s| &s.missed)), (1, 1, 0));
    process.stop().await;
}

#[tokio::test]
async fn verifier_should_reveal_with_the_kept_salt_when_restarted_after_its_commitment() {
    let (chain, directory) = scene();
    let process = Process::ready(&chain, directory.path());
    committed(&chain, 0).await;
    process.kill().await;
    chain.seal();
    assert_eq!(chain.ledger().reviews[&0].phase, Phase::Revealing);

    let again = Process::start(&chain, directory.path(), TestJudge::new(Gate::Closed));
    chain.wait_for_reveals(1).await;
    chain.settle().await;
    assert_eq!((chain.commits().len(), chain.reveals().len()), (1, 1));
    assert!(chain.member(0, &verifier(0)).vote.is_some());
    assert!(again.judge.begun().is_empty(), "it is not replayed again");
    assert_nothing_refused(&chain);
    again.stop().await;
}

#[tokio::test]
async fn verifier_should_send_the_same_commitment_when_killed_before_it_was_in_a_block() {
    let (chain, directory) = scene();
    let process = Process::ready(&chain, directory.path());
    chain.lose_transactions(true);
    chain.draw(0);
    chain.wait_for_commits(1).await;
    process.kill().await;
    chain.seal();
    chain.lose_transactions(false);
    let again = Process::ready(&chain, directory.path());
    chain.wait_for_commits(2).await;
    chain.settle().await;
    let commits = chain.commits();
    assert_eq!(commits[0], commits[1]);
    assert!(again.judge.begun().is_empty() && chain.member(0, &verifier(0)).committed);
    again.stop().await;
}

#[tokio::test]
async fn verifier_should_neither_reveal_nor_commit_again_when_its_ballot_is_lost() {
    let (chain, directory) = scene();
    let process = Process::ready(&chain, directory.path());
    let until = chain.draw(0);
    chain.wait_for_commits(1).await;
    chain.settle().await;
    process.kill().await;
    let empty = tempfile::tempdir().unwrap();
    let again = Process::ready(&chain, empty.path());
    chain.seal_to(until + 3).await;
    assert_eq!((chain.commits().len(), chain.reveals().len()), (1, 0));
    assert_eq!(again.count(|s| &s.lost), 1, "said once");
    again.stop().await;
}

#[tokio::test]
async fn verifier_should_vote_unavailable_at_the_last_call_when_the_input_is_missing() {
    for here in [None, Some(output_of(7))] {
        let (chain, directory) = scene();
        let process = Process::ready(&chain, directory.path());
        here.into_iter().for_each(|blob| chain.serve_blob(blob));
        let until = chain.draw(7);
        chain.seal_to(until - LAST_CALL - 1).await;
        chain.settle_reads().await;
        assert!(chain.commits().is_empty(), "it may yet come");
        chain.seal_to(until - LAST_CALL).await;
        chain.wait_for_commits(1).await;
        chain.seal_to(until).await;
        chain.wait_for_reveals(1).await;
        let (_, _, vote, _, evidence) = chain.reveals()[0].clone();
        assert_eq!(vote, Vote { score: Score::Unavailable, digest: H256::zero() });
        chain.settle().await;
        let evidence = String::from_utf8(chain.blob(evidence).unwrap()).unwrap();
        assert!(evidence.contains("nobody has it") && evidence.contains("\"unavailable\""), "{evidence}");
        assert!(process.judge.begun().is_empty());
        assert_eq!(process.count(|s| &s.unavailable), 1);
        assert_nothing_refused(&chain);
        process.stop().await;
    }
}

#[tokio::test]
async fn verifier_should_judge_by_the_seed_when_nobody_has_the_output() {
    let (chain, directory) = scene();
    let process = Process::ready(&chain, directory.path());
    chain.serve_blob(input_of(7));
    let until = chain.draw(7);
    chain.seal_many(2).await;
    chain.settle_reads().await;
    assert!(process.judge.begun().is_empty(), "it may yet come");
    chain.seal_many(6).await;
    process.judge.wait_for_begun(1).await;
    chain.wait_for_commits(1).await;
    chain.seal_to(until).await;
    chain.wait_for_reveals(1).await;
    assert_eq!(chain.reveals()[0].2.score, Score::Good);
    assert_eq!(process.count(|s| &s.unavailable), 0);
    process.stop().await;
}

#[tokio::test]
async fn verifier_should_vote_on_the_work_when_blobs_come_late() {
    let (chain, directory) = scene();
    let process = Process::ready(&chain, directory.path());
    let until = chain.draw(7);
    chain.seal_to(until - LAST_CALL - 3).await;
    chain.serve_blobs(7);
    chain.seal_many(1).await;
    process.judge.wait_for_begun(1).await;
    chain.wait_for_commits(1).await;
    chain.settle().await;
    assert!(chain.member(7, &verifier(0)).committed);
    assert_eq!((process.count(|s| &s.good), process.count(|s| &s.unavailable)), (1, 0));
    process.stop().await;
}

#[tokio::test]
async fn verifier_should_vote_unavailable_at_once_when_it_has_not_the_model() {
    let (chain, directory) = scene();
    let judge = TestJudge { models: vec![H256::repeat_byte(8)], ..TestJudge::new(Gate::Open) };
    let process = Process::start(&chain, directory.path(), judge);
    chain.draw(0);
    chain.wait_for_commits(1).await;
    assert!(!chain.calls().iter().any(|call| matches!(call, Call::Fetch(_))), "nothing is fetched for it");
    assert_eq!(process.count(|s| &s.unavailable), 1);
    process.stop().await;
}

#[tokio::test]
async fn verifier_should_replay_one_job_at_a_time_and_the_most_urgent_first() {
    let (chain, directory) = scene();
    chain.serve_blobs(2);
    let process = Process::start(&chain, directory.path(), TestJudge::new(Gate::Closed));
    chain.draw_for(0, 40);
    process.judge.wait_for_begun(1).await;
    chain.draw_for(1, 30);
    chain.draw_for(2, 20);
    // Their blobs are here before the engine is free.
    for job in [1, 2] {
        let (input, output) = (blake2_256(&input_of(job)), blake2_256(&output_of(job)));
        chain.wait_for(|calls| [input, output].iter().all(|hash| calls.contains(&Call::Fetch(*hash)))).await;
    }
    chain.settle().await;
    process.judge.open();
    chain.wait_for_commits(3).await;
    assert_eq!((process.judge.begun(), process.judge.most_at_a_time()), (vec![0, 2, 1], 1));
    let jobs: Vec<_> = chain.commits().into_iter().map(|(_, job, _)| job).collect();
    assert_eq!(jobs, [0, 2, 1]);
    chain.settle().await;
    assert_nothing_refused(&chain);
    process.stop().await;
}

#[tokio::test]
async fn verifier_should_commit_anew_under_another_salt_when_the_round_is_redrawn() {
    let (chain, directory) = scene();
    let process = Process::ready(&chain, directory.path());
    let first = committed(&chain, 0).await;
    chain.seal_many(1).await;
    chain.wait_for_reveals(1).await;
    chain.settle().await;
    let until = chain.number() + 1 + COMMIT_WINDOW;
    chain.change(|ledger| {
        ledger.commitments.clear();
        ledger.reviews.insert(0, round(0, 1, &[verifier(0), stranger(0)], until));
    });
    chain.wait_for_commits(2).await;
    let second = round_of(&chain, 0);
    chain.seal_to(until).await;
    chain.wait_for_reveals(2).await;
    chain.settle().await;
    let reveals = chain.reveals();
    assert_eq!((reveals[0].2.digest, reveals[1].2.digest), (digest(&first), digest(&second)));
    assert_ne!(first.positions, second.positions);
    assert_ne!(reveals[0].3, reveals[1].3, "a salt is used once");
    assert_eq!(process.judge.begun(), [0, 0]);
    assert!(chain.member(0, &verifier(0)).vote.is_some());
    assert_nothing_refused(&chain);
    process.stop().await;
}

#[tokio::test]
async fn verifier_should_stop_its_replay_and_send_nothing_when_it_is_off_the_committee() {
    let (chain, directory) = scene();
    let process = Process::start(&chain, directory.path(), TestJudge::new(Gate::Closed));
    let until = chain.draw(0);
    process.judge.wait_for_begun(1).await;
    chain.change(|ledger| {
        ledger.reviews.insert(0, round(0, 1, &[stranger(0), stranger(1)], until + 30));
    });
    // Until then a reorganisation may put it back.
    chain.seal_to(until).await;
    process.judge.wait_for_cancelled(1).await;
    // The engine is free again.
    process.judge.open();
    chain.draw(1);
    chain.wait_for_commits(1).await;
    assert_eq!(chain.commits()[0].1, 1);
    assert_eq!(process.count(|s| &s.missed), 0, "it has missed nothing");
    process.stop().await;
}

#[tokio::test]
async fn verifier_should_send_nothing_and_go_on_when_the_time_is_over_before_the_replay() {
    let (chain, directory) = scene();
    let process = Process::start(&chain, directory.path(), TestJudge::new(Gate::Closed));
    let until = chain.draw(0);
    process.judge.wait_for_begun(1).await;
    chain.seal_to(until + 2).await;
    process.judge.wait_for_cancelled(1).await;
    process.judge.open();
    chain.settle().await;
    assert!(chain.commits().is_empty() && chain.reveals().is_empty());
    assert_eq!((process.count(|s| &s.missed), process.count(|s| &s.unavailable)), (1, 0));
    chain.draw(1);
    chain.wait_for_commits(1).await;
    assert_eq!(chain.commits()[0].1, 1);
    assert_nothing_refused(&chain);
    process.stop().await;
}

#[tokio::test]
async fn verifier_should_send_the_same_commitment_when_a_reorganisation_took_it_back() {
    let (chain, directory) = scene();
    let process = Process::ready(&chain, directory.path());
    chain.draw(0);
    chain.wait_for_commits(1).await;
    chain.seal_many(5).await;
    assert!(chain.member(0, &verifier(0)).committed);
    chain.reorganise(5);
    assert!(!chain.member(0, &verifier(0)).committed);
    chain.seal_many(6).await;
    chain.wait_for_commits(2).await;
    chain.settle().await;
    let commits: BTreeSet<_> = chain.commits().into_iter().collect();
    assert_eq!(commits.len(), 1);
    assert!(chain.member(0, &verifier(0)).committed);
    assert_eq!(process.judge.begun(), [0]);
    process.stop().await;
}

#[tokio::test]
async fn verifier_should_replay_once_and_commit_under_salts_of_their_own_when_it_serves_two_members() {
    let chain = Arc::new(TestChain::new(2));
    chain.serve_blobs(0);
    let directory = tempfile::tempdir().unwrap();
    let process = Process::ready(&chain, directory.path());
    let until = chain.draw(0);
    chain.wait_for_commits(2).await;
    chain.seal_to(until).await;
    chain.wait_for_reveals(2).await;
    chain.settle().await;
    let reveals = chain.reveals();
    assert_eq!((reveals[0].2, process.judge.begun()), (reveals[1].2, vec![0]));
    assert_ne!(reveals[0].3, reveals[1].3);
    assert_ne!(reveals[0].0, reveals[1].0);
    assert_nothing_refused(&chain);
    process.stop().await;
}

#[tokio::test]
async fn verifier_should_try_again_when_its_machine_failed() {
    let (chain, directory) = scene();
    let judge = TestJudge::new(Gate::Open);
    *judge.failures.lock().unwrap() = 1;
    let process = Process::start(&chain, directory.path(), judge);
    // Far more blocks than it takes: they are sealed as fast as the verifier reads them.
    let until = chain.draw_for(0, 10_000);
    process.judge.wait_for_begun(1).await;
    while chain.commits().is_empty() && chain.number() < until {
        chain.seal_many(1).await;
    }
    assert_eq!((process.count(|s| &s.failed), process.count(|s| &s.good)), (1, 1));
    process.stop().await;
}

#[tokio::test]
async fn verifier_should_vote_bad_when_the_replay_says_so() {
    let (chain, directory) = scene();
    let judge = TestJudge { score: Score::Bad, ..TestJudge::new(Gate::Open) };
    let process = Process::start(&chain, directory.path(), judge);
    committed(&chain, 0).await;
    chain.seal_many(1).await;
    chain.wait_for_reveals(1).await;
    assert_eq!((chain.reveals()[0].2.score, process.count(|s| &s.bad)), (Score::Bad, 1));
    process.stop().await;
}

#[tokio::test]
async fn verifier_should_drop_a_ballot_long_after_its_round() {
    let (chain, directory) = scene();
    let process = Process::ready(&chain, directory.path());
    let until = chain.draw(0);
    chain.wait_for_commits(1).await;
    chain.seal_to(until + chain::REVEAL_WINDOW + 1).await;
    assert!(chain.ledger().reviews.is_empty() && chain.ledger().verdicts.contains_key(&0));
    chain.seal_many(95).await;
    let files = || {
        let entries = std::fs::read_dir(directory.path().join("0909090909090909")).unwrap();
        entries.filter(|entry| entry.as_ref().unwrap().path().extension().is_some_and(|e| e == "json")).count()
    };
    assert_eq!(files(), 1);
    chain.seal_many(10).await;
    assert_eq!(files(), 0);
    process.stop().await;
}
