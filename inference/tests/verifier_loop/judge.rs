//! A judge that finds what the test says, when it is allowed to.

use super::chain::MODEL;
use hanzo_inference::hash::blake2_256;
use hanzo_inference::sealing::Written;
use hanzo_inference::verifier::judge::{Judge, Opinion, Papers};
use hanzo_inference::verifier::round::Round;
use hanzo_inference::{Cancel, Error};
use hanzo_poai::committee::{Score, Vote};
use hanzo_poai::JobId;
use sp_core::H256;
use std::sync::Mutex;
use std::time::Duration;
use tokio::sync::watch;

/// What a replay waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gate {
    Open,
    Closed,
}

pub struct TestJudge {
    pub gate: watch::Sender<Gate>,
    /// Jobs in the order in which their replays began.
    pub begun: watch::Sender<Vec<JobId>>,
    /// Replays that run now, and the most that ever did at a time.
    pub running: Mutex<(usize, usize)>,
    pub cancelled: watch::Sender<usize>,
    /// Replays that fail before one succeeds.
    pub failures: Mutex<usize>,
    pub models: Vec<H256>,
    pub score: Score,
}

impl TestJudge {
    pub fn new(gate: Gate) -> Self {
        Self {
            gate: watch::channel(gate).0,
            begun: watch::channel(Vec::new()).0,
            running: Mutex::default(),
            cancelled: watch::channel(0).0,
            failures: Mutex::new(0),
            models: vec![MODEL],
            score: Score::Good,
        }
    }

    pub fn open(&self) {
        self.gate.send_replace(Gate::Open);
    }

    pub fn begun(&self) -> Vec<JobId> {
        self.begun.borrow().clone()
    }

    pub fn most_at_a_time(&self) -> usize {
        self.running.lock().unwrap().1
    }

    /// Waits until so many replays have begun.
    pub async fn wait_for_begun(&self, count: usize) {
        let mut begun = self.begun.subscribe();
        let wait = begun.wait_for(|jobs| jobs.len() >= count);
        tokio::time::timeout(Duration::from_secs(30), wait).await.unwrap().unwrap();
    }

    /// Waits until so many replays have been stopped.
    pub async fn wait_for_cancelled(&self, count: usize) {
        let mut cancelled = self.cancelled.subscribe();
        let wait = cancelled.wait_for(|now| *now >= count);
        tokio::time::timeout(Duration::from_secs(30), wait).await.unwrap().unwrap();
    }
}

/// The digest that an honest look at a round gives.
pub fn digest(round: &Round) -> H256 {
    blake2_256(round.positions.as_bytes())
}

impl Judge for TestJudge {
    fn models(&self) -> Vec<H256> {
        self.models.clone()
    }

    fn judge(&self, papers: &Papers, round: &Round, cancel: &Cancel) -> hanzo_inference::Result<Opinion> {
        assert_eq!(*papers.input, super::chain::input_of(round.job));
        let output = Written::text(super::chain::output_of(round.job)).unwrap();
        assert!(papers.output.iter().all(|found| *found == output));
        {
            let mut running = self.running.lock().unwrap();
            running.0 += 1;
            running.1 = running.1.max(running.0);
        }
        self.begun.send_modify(|jobs| jobs.push(round.job));
        while *self.gate.borrow() == Gate::Closed && !cancel.is_cancelled() {
            std::thread::yield_now();
        }
        self.running.lock().unwrap().0 -= 1;
        if cancel.is_cancelled() {
            self.cancelled.send_modify(|count| *count += 1);
            return Err(Error::Cancelled);
        }
        let mut failures = self.failures.lock().unwrap();
        if *failures > 0 {
            *failures -= 1;
            return Err(Error::Device("it is too hot".into()));
        }
        let vote = Vote { score: self.score, digest: digest(round) };
        Ok(Opinion { vote, evidence: format!("evidence on {} in round {}", round.job, round.number) })
    }
}
