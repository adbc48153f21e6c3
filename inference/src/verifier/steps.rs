//! What is done about each round.

use crate::verifier::case::{Case, Which};
use crate::verifier::chain::{Chain, Review};
use crate::verifier::judge::{self, Judge, Opinion};
use crate::verifier::round::{call, Call, Round};
use crate::verifier::stats::Stats;
use crate::verifier::store::{Ballot, Key};
use crate::verifier::Verifier;
use crate::worker::chain::{ChainError, Head};
use hanzo_poai::committee::Score;
use hanzo_poai::review::Phase;
use sp_runtime::AccountId32;
use std::collections::{BTreeMap, HashSet};

/// Blocks after which a transaction that has had no effect is sent again: there are 10 for a reveal on a chain with a short
/// clock.
const RESEND_AFTER: u32 = 4;
/// Blocks after which it is looked at again whether the chain has the sealing keys.
const PUBLISH_EVERY: u32 = 50;
/// Blocks for which the chain must not have shown a round before its ballots are dropped.
const FORGET_AFTER: u32 = 100;

/// A step that is one transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Step {
    Commit,
    Reveal,
}

/// What is logged once about a round.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Said {
    Missed,
    Lost,
    Over,
}

/// A member's place in a round.
struct Seat {
    account: AccountId32,
    review: Review,
    round: Round,
}

impl Seat {
    fn key(&self) -> Key {
        (self.account.clone(), self.round)
    }
}

impl<C: Chain, J: Judge> Verifier<C, J> {
    /// Does the next step of every round, as this block has them.
    pub(super) async fn step(&mut self, head: Head) {
        let seats = match self.seats(head).await {
            Ok(seats) => seats,
            Err(error) => return tracing::warn!(block = head.number, %error, "cannot read the verifier's seats"),
        };
        self.publish_keys(head).await;
        self.sent.retain(|_, at| head.number.abs_diff(*at) < RESEND_AFTER);
        let mut wanted = HashSet::new();
        for seat in &seats {
            let key = seat.key();
            let ballot = self.store.get(&key).is_some();
            match call(&seat.review, &seat.account, ballot, head.number) {
                Call::Nothing => {}
                Call::Vote => {
                    wanted.insert(seat.round);
                    self.vote(seat, head).await;
                }
                Call::Commit => self.commit(&key, head).await,
                Call::Reveal => self.reveal(&key, head).await,
                Call::Missed => self.missed(key),
                Call::Lost => self.lost(key),
            }
        }
        self.close_cases(&seats, &wanted, head);
        self.start_replay(&wanted, head);
        self.publish(&seats).await;
        self.follow_up(&seats, head).await;
    }

    /// The places of all accounts in rounds whose committees have been drawn.
    async fn seats(&self, head: Head) -> Result<Vec<Seat>, ChainError> {
        let mut seats = Vec::new();
        let mut receipts = BTreeMap::new();
        for account in self.chain.accounts() {
            for review in self.chain.seats(head.hash, &account).await? {
                let sits = review.members.iter().any(|member| member.account == account);
                if !sits || review.phase == Phase::Summoning {
                    continue;
                }
                let receipt = match receipts.get(&review.job) {
                    Some(receipt) => *receipt,
                    None => {
                        let attestation = self.chain.attestation(head.hash, review.job).await?;
                        let receipt = attestation.map(|attestation| attestation.receipt_root);
                        receipts.insert(review.job, receipt);
                        receipt
                    }
                };
                let Some(receipt) = receipt else {
                    tracing::warn!(job = review.job, "in review without an attestation");
                    continue;
                };
                let round = Round { job: review.job, number: review.round, positions: review.positions, receipt };
                seats.push(Seat { account: account.clone(), review, round });
            }
        }
        Ok(seats)
    }

    /// Publishes the accounts' public key, if this process judges sealed jobs and the chain has another one or none.
    async fn publish_keys(&mut self, head: Head) {
        let Some(own) = self.tasks.sealing.as_ref().map(|key| key.public()) else { return };
        if head.number < self.publish_at {
            return;
        }
        self.publish_at = head.number.saturating_add(PUBLISH_EVERY);
        for account in self.chain.accounts() {
            let sent = match self.chain.sealing_key(head.hash, &account).await {
                Ok(published) if published.as_ref() == Some(&own) => continue,
                Ok(_) => self.chain.publish_sealing_key(&account, own.clone()).await,
                Err(error) => Err(error),
            };
            match sent {
                Ok(()) => tracing::info!(verifier = %account, "publishing the key that sealed jobs are sent to"),
                Err(error) => tracing::warn!(verifier = %account, %error, "cannot publish the sealing key"),
            }
        }
    }

    /// Works towards a vote; once there is one it is kept, and committed to.
    async fn vote(&mut self, seat: &Seat, head: Head) {
        if let Err(error) = self.open_case(seat, head).await {
            return tracing::warn!(job = seat.round.job, %error, "cannot read the job");
        }
        let Some(case) = self.cases.get_mut(&seat.round) else { return };
        case.set_until(seat.review.until);
        let wanted = case.take_wanted(head.number);
        for which in wanted {
            if which == Which::Input && case.job().sealed {
                self.tasks.open(seat.round, case.job(), seat.account.clone(), head.hash);
                continue;
            }
            let (hash, length) = match which {
                Which::Input => (case.job().input, Some(case.job().input_length)),
                Which::Output => (case.attestation().output, None),
            };
            self.tasks.fetch(seat.round, which, hash, length);
        }
        let opinion = match (case.opinion(), case.despair(head.number)) {
            (Some(opinion), _) => Ok(opinion.clone()),
            (None, Some(reasons)) => {
                tracing::warn!(job = seat.round.job, verifier = %seat.account, ?reasons, "nothing can be said about the work");
                let score = if case.is_withheld() { Score::Withheld } else { Score::Unavailable };
                judge::nothing_seen(&seat.round, score, &reasons)
            }
            (None, None) => return,
        };
        let kept = opinion.and_then(|opinion| self.keep(seat, opinion));
        match kept {
            Ok(()) => self.commit(&seat.key(), head).await,
            // Nobody has heard of the vote, so another salt next time does no harm.
            Err(error) => tracing::error!(job = seat.round.job, %error, "cannot keep the vote; trying again"),
        }
    }

    /// Makes a vote last before anyone hears of it.
    fn keep(&mut self, seat: &Seat, opinion: Opinion) -> crate::Result<()> {
        let Opinion { vote, evidence } = opinion;
        self.store.insert(Ballot::new(&self.chain.genesis(), &seat.account, &seat.round, vote, evidence))?;
        Stats::count(match vote.score {
            Score::Good => &self.stats.good,
            Score::Bad => &self.stats.bad,
            Score::Unavailable | Score::Withheld => &self.stats.unavailable,
        });
        Ok(())
    }

    /// Begins what is to be done for a round.
    async fn open_case(&mut self, seat: &Seat, head: Head) -> Result<(), ChainError> {
        let Seat { review, round, .. } = seat;
        if self.cases.contains_key(round) {
            return Ok(());
        }
        let gone = || ChainError::Unavailable(format!("job {} is not there any more", round.job));
        let job = self.chain.job(head.hash, round.job).await?.ok_or_else(gone)?;
        let attestation = self.chain.attestation(head.hash, round.job).await?.ok_or_else(gone)?;
        let (job_id, number, until) = (round.job, round.number, review.until);
        let lacks = judge::lacks(self.judge.as_ref(), &job, &attestation);
        match &lacks {
            None => {
                tracing::info!(job = job_id, round = number, committee = ?review.committee, until, "drawn to judge")
            }
            Some(reason) => {
                tracing::error!(job = job_id, round = number, %reason, "drawn to judge what cannot be judged here")
            }
        }
        self.cases.insert(*round, Case::new(job, attestation, until, lacks));
        Ok(())
    }

    async fn commit(&mut self, key: &Key, head: Head) {
        let Some(commitment) = self.store.get(key).map(Ballot::commitment) else { return };
        if !self.is_first(key, Step::Commit, head) {
            return;
        }
        let (account, round) = key;
        match self.chain.commit(account, round.job, commitment).await {
            Ok(()) => {
                Stats::count(&self.stats.commits);
                let (job, round) = (round.job, round.number);
                tracing::info!(job, round, verifier = %account, block = head.number, "committing");
            }
            Err(error) => self.not_sent(key, Step::Commit, &error),
        }
    }

    async fn reveal(&mut self, key: &Key, head: Head) {
        let Some(ballot) = self.store.get(key).cloned() else { return };
        if !self.is_first(key, Step::Reveal, head) {
            return;
        }
        let ((account, round), vote) = (key, ballot.vote());
        match self.chain.reveal(account, round.job, vote, ballot.salt(), ballot.evidence_hash()).await {
            Ok(()) => {
                Stats::count(&self.stats.reveals);
                let (job, round) = (round.job, round.number);
                tracing::info!(job, round, verifier = %account, score = ?vote.score, block = head.number, "revealing");
            }
            Err(error) => self.not_sent(key, Step::Reveal, &error),
        }
    }

    /// Whether a transaction is to be sent now; it counts as sent from then on.
    fn is_first(&mut self, key: &Key, step: Step, head: Head) -> bool {
        let place = (key.clone(), step);
        let is_first = !self.sent.contains_key(&place);
        if is_first {
            self.sent.insert(place, head.number);
        }
        is_first
    }

    fn not_sent(&mut self, key: &Key, step: Step, error: &ChainError) {
        let (account, round) = key;
        tracing::warn!(job = round.job, verifier = %account, ?step, %error, "transaction not taken");
        // Worth another try at the next block; a refusal is repeated only after the usual pause.
        if matches!(error, ChainError::Unavailable(_)) {
            self.sent.remove(&(key.clone(), step));
        }
    }

    fn missed(&mut self, key: Key) {
        let (account, round) = (key.0.clone(), key.1);
        if self.said.insert((key, Said::Missed)) {
            Stats::count(&self.stats.missed);
            let (job, round) = (round.job, round.number);
            tracing::error!(job, round, verifier = %account, "no vote in time; silence costs a part of the bond");
        }
    }

    fn lost(&mut self, key: Key) {
        let (account, round) = (key.0.clone(), key.1);
        if self.said.insert((key, Said::Lost)) {
            Stats::count(&self.stats.lost);
            let (job, round) = (round.job, round.number);
            tracing::error!(
                job, round, verifier = %account,
                "committed, and the salt of the commitment is not in the base path: it cannot be revealed, and silence costs a \
                 part of the bond"
            );
        }
    }

    /// Ends what nobody needs a vote for any more. What the chain does not show at present is kept until its time to commit
    /// is over: until then a reorganisation may bring it back.
    fn close_cases(&mut self, seats: &[Seat], wanted: &HashSet<Round>, head: Head) {
        let shown: HashSet<Round> = seats.iter().map(|seat| seat.round).collect();
        self.cases
            .retain(|round, case| wanted.contains(round) || (!shown.contains(round) && head.number < case.until()));
        if let Some(replay) = self.replay.as_ref().filter(|replay| !self.cases.contains_key(&replay.round)) {
            replay.cancel();
        }
    }

    /// Gives a free engine the round whose time is over first.
    fn start_replay(&mut self, wanted: &HashSet<Round>, head: Head) {
        if self.replay.is_some() {
            return;
        }
        let ready = self.cases.iter().filter(|(round, _)| wanted.contains(*round));
        let ready = ready.filter_map(|(round, case)| Some((case.until(), *round, case.papers(head.number)?)));
        let Some((_, round, papers)) = ready.min_by_key(|(until, round, _)| (*until, *round)) else { return };
        if let Some(case) = self.cases.get_mut(&round) {
            case.judging();
            tracing::info!(job = round.job, round = round.number, until = case.until(), "replaying");
            self.replay = Some(self.tasks.replay(round, papers));
        }
    }

    /// Hands evidence to the node once nobody can commit any more: whoever fetched it before could vote alike without a
    /// look. Tried again at every block until it is taken.
    async fn publish(&mut self, seats: &[Seat]) {
        for seat in seats.iter().filter(|seat| seat.review.phase == Phase::Revealing) {
            let key = seat.key();
            if self.published.contains(&key) {
                continue;
            }
            let Some(evidence) = self.store.get(&key).map(|ballot| ballot.evidence().to_vec()) else { continue };
            match self.chain.put_blob(evidence).await {
                Ok(_) => {
                    self.published.insert(key);
                }
                Err(error) => tracing::warn!(job = seat.round.job, %error, "the node does not take the evidence"),
            }
        }
    }

    /// Says what became of rounds that the chain does not show any more, and drops their ballots after a time.
    async fn follow_up(&mut self, seats: &[Seat], head: Head) {
        let shown: HashSet<Key> = seats.iter().map(Seat::key).collect();
        self.absent.retain(|key, _| !shown.contains(key));
        self.said.retain(|(key, said)| shown.contains(key) != (*said == Said::Over));
        let gone: Vec<Key> = self.store.iter().map(Ballot::key).filter(|key| !shown.contains(key)).collect();
        for key in gone {
            let since = *self.absent.entry(key.clone()).or_insert(head.number);
            if self.said.insert((key.clone(), Said::Over)) {
                self.tell_end(&key, head).await;
            }
            if head.number.saturating_sub(since) >= FORGET_AFTER {
                self.forget(&key);
            }
        }
    }

    async fn tell_end(&self, (account, round): &Key, head: Head) {
        let (job, number) = (round.job, round.number);
        match self.chain.verdict(head.hash, job).await {
            Ok(Some(end)) => {
                tracing::info!(job, round = number, verifier = %account, verdict = ?end.verdict, rounds = end.rounds, "review over");
            }
            Ok(None) => tracing::info!(job, round = number, verifier = %account, "round over"),
            Err(error) => tracing::debug!(job, %error, "cannot read the verdict"),
        }
    }

    fn forget(&mut self, key: &Key) {
        self.absent.remove(key);
        self.published.remove(key);
        self.said.retain(|(other, _)| other != key);
        if let Err(error) = self.store.remove(key) {
            tracing::warn!(job = key.1.job, %error, "cannot drop an old ballot");
        }
    }
}
