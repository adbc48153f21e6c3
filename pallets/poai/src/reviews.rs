//! Reviews: from the audit or the challenge, through the rounds of its committees to what is known of the
//! work in the end (docs/verification.md).
//!
//! A first verdict moves no money: three members are captured too easily. One that finds a job bad has it appealed at once, to
//! seven who were not among the three, and only five like votes of these make a fraud. A committee of which too few reveal, or
//! no vote has a majority, is drawn anew, twice at most; then the job counts as good, without extras. So every review ends: after
//! at most six rounds, each of bounded length.

use crate::{
    penalties::SILENCE_PPB, types::*, Config, Error, Event, HoldReason, Pallet, Reviews, Verdicts, VerifierSlots,
    Verifiers, Windows,
};
use alloc::vec::Vec;
use codec::Encode;
use frame_support::{
    ensure,
    traits::{
        fungible::{Inspect, Mutate, MutateHold},
        tokens::{Fortitude, Precision, Preservation, Restriction},
        Contains, Get,
    },
};
use frame_system::pallet_prelude::BlockNumberFor;
use hanzo_poai::{
    committee::{commitment, tally, Committee, Outcome, Score, Verdict, Vote, MAX_REDRAWS},
    draw::{Stream, WithoutReplacement},
    JobId,
};
use hanzo_traits::{Balance, DrawRandomness, JobRegistry, ReviewTerms, SealingKeys, WorkerRegistry};
use sp_core::H256;
use sp_io::hashing::blake2_256;
use sp_runtime::{
    traits::{AccountIdConversion, One, Saturating, Zero},
    DispatchError, DispatchResult,
};

/// Domain of the draw of committees.
const COMMITTEE: &[u8] = b"hanzo/poai/committee/v1";
/// Domain of what decides whether a block draws a committee.
const SUMMONS: &[u8] = b"hanzo/poai/summons/v1";
/// Domain of the seed of positions.
const POSITIONS: &[u8] = b"hanzo/poai/positions/v1";
/// Draws put off since too many verifiers are busy before they may get more seats than they should have.
const MAX_WAITS: u32 = 8;
/// Multiples of the delay after which a committee is drawn by the next block, whatever that draws: one in three thousand gets
/// there, so that every review ends.
const MAX_DELAYS: u32 = 8;
/// Lots looked at per place in a committee, so that draws are bounded however many verifiers do not qualify.
const LOTS_PER_PLACE: usize = 3;
/// The same for a sealed job, which only those who have a sealing key can judge.
const LOTS_PER_SEALED_PLACE: usize = 5;

/// The bond of a challenge in halves of the job's value, at least.
const CHALLENGE_HALVES: Balance = 3;

type WindowOf<T> = Window<<T as frame_system::Config>::AccountId, BlockNumberFor<T>>;
type ReviewOf<T> = Review<<T as frame_system::Config>::AccountId>;

impl<T: Config> Pallet<T> {
    /// The account of the audit pot.
    pub fn pot() -> T::AccountId {
        T::PalletId::get().into_account_truncating()
    }

    // ---- How a review begins.

    /// Puts a bond on a job's being forged.
    pub(crate) fn do_challenge(who: T::AccountId, job: JobId) -> DispatchResult {
        let now = frame_system::Pallet::<T>::block_number();
        let mut window = Windows::<T>::get(job).ok_or(Error::<T>::NoOpenWindow)?;
        let record = crate::Attestations::<T>::get(job).ok_or(Error::<T>::NoOpenWindow)?;
        ensure!(window.worker != who, Error::<T>::OwnWork);
        ensure!(window.standing == Standing::Unaudited, Error::<T>::AlreadyReviewed);
        ensure!(now < record.settles_at, Error::<T>::WindowOver);
        ensure!(Self::could_sit(Committee::Appeal, 0), Error::<T>::TooFewVerifiers);
        let terms = T::Jobs::review_terms(job).ok_or(Error::<T>::NoOpenWindow)?;
        let bond = Self::challenge_bond(&terms);
        T::Currency::hold(&HoldReason::ChallengeBond.into(), &who, bond)?;

        let cause = Cause::Challenge { challenger: who.clone(), bond };
        Self::leave_lottery(job);
        Self::begin_review(job, &mut window, cause, Committee::Appeal, Self::after_delay(now));
        Self::reschedule_next(job, &mut window, record.settles_at, now);
        Self::deposit_event(Event::Challenged { job, challenger: who, bond });
        Ok(())
    }

    /// max(10 $AI, 1½ × the job's value, 2 × replay price), wei: about half of the most that a challenge brings to whoever is the client
    /// as well (the bounty, and what the job cost). So verifiers of less than half of all bonds who challenge good work, and find it bad
    /// where five of the seven are theirs, lose more than they win.
    pub(crate) fn challenge_bond(terms: &ReviewTerms) -> Balance {
        let by_value = terms.value.saturating_mul(CHALLENGE_HALVES).div_ceil(2);
        T::MinChallengeBond::get().max(by_value).max(terms.replay_price.saturating_mul(2))
    }

    /// Begins a review whose committee is drawn at block `at` at the earliest.
    pub(crate) fn begin_review(
        job: JobId,
        window: &mut WindowOf<T>,
        cause: Cause<T::AccountId>,
        committee: Committee,
        at: BlockNumberFor<T>,
    ) {
        Reviews::<T>::insert(
            job,
            Review {
                cause,
                committee,
                round: 0,
                redraws: 0,
                waits: 0,
                phase: Phase::Summoning,
                positions: H256::zero(),
                members: Default::default(),
                first: Default::default(),
            },
        );
        window.standing = Standing::InReview { at };
    }

    /// The first block that may draw by something that becomes known now.
    pub(crate) fn after_delay(now: BlockNumberFor<T>) -> BlockNumberFor<T> {
        now.saturating_add(T::DrawDelay::get().into())
    }

    /// Most blocks that a review lasts: six rounds, and the draws that are put off since too many verifiers are busy.
    #[cfg(feature = "std")]
    pub(crate) fn longest_review() -> BlockNumberFor<T> {
        let rounds = MAX_REDRAWS.saturating_add(1).saturating_mul(2);
        let draw: BlockNumberFor<T> = T::DrawDelay::get().saturating_mul(MAX_DELAYS.saturating_add(1)).into();
        let round = draw.saturating_add(T::CommitWindow::get()).saturating_add(T::RevealWindow::get());
        let waits = draw.saturating_mul(MAX_WAITS.into());
        round.saturating_mul(rounds.into()).saturating_add(waits)
    }

    /// Whether this block draws the committee of a review, which it may from block `at` on.
    ///
    /// An audit's first committee is drawn by the block that drew the audit. Others have inputs whose time somebody chose: a block
    /// known beforehand could be one of a row that one author writes, who would try their outcomes. So one in `DrawDelay` blocks
    /// does, at random.
    pub(crate) fn may_summon(job: JobId, review: &ReviewOf<T>, at: BlockNumberFor<T>, now: BlockNumberFor<T>) -> bool {
        let Some(mix) = T::Randomness::ending_now() else { return false };
        if review.cause == Cause::Audit && review.round == 0 && review.waits == 0 {
            return true;
        }
        let delay = T::DrawDelay::get();
        let seed = blake2_256(&(SUMMONS, mix, job, review.round).encode()).into();
        now >= at.saturating_add(delay.saturating_mul(MAX_DELAYS).into()) || Stream::new(seed).below(delay.into()) == 0
    }

    /// Whether there are enough verifiers for a committee, `excluded` of them set aside.
    pub(crate) fn could_sit(committee: Committee, excluded: usize) -> bool {
        Verifiers::<T>::count() as usize >= committee.size().saturating_add(excluded)
    }

    // ---- Rounds.

    /// Draws the committee of a round. Where none can be filled the round is lost.
    pub(crate) fn summon(
        job: JobId,
        window: &mut WindowOf<T>,
        mut review: ReviewOf<T>,
        now: BlockNumberFor<T>,
    ) -> DispatchResult {
        let Some(mix) = T::Randomness::ending_now() else { return Ok(()) };
        let seed = blake2_256(&(COMMITTEE, mix, job, review.round).encode()).into();
        let patient = review.waits < MAX_WAITS;
        let (members, crowded) = Self::draw_members(job, window, &review, seed, patient);
        if members.len() < review.committee.size() {
            if !crowded {
                return Self::redraw(job, window, review, now);
            }
            // Whoever fills all seats with jobs of its own must not have others go unjudged for it.
            review.waits = review.waits.saturating_add(1);
            window.standing = Standing::InReview { at: Self::after_delay(now) };
            Reviews::<T>::insert(job, review);
            return Ok(());
        }
        for account in &members {
            Self::seat(account, job)?;
        }
        review.positions = blake2_256(&(POSITIONS, mix, job, review.round).encode()).into();
        review.phase = Phase::Committing;
        let commit_until = now.saturating_add(T::CommitWindow::get());
        window.standing = Standing::InReview { at: commit_until };
        Self::deposit_event(Event::CommitteeSummoned {
            job,
            committee: review.committee,
            round: review.round,
            members: members.clone(),
            positions: review.positions,
            commit_until,
        });
        let new = |account| Member { account, commitment: None, vote: None, evidence: H256::zero() };
        review.members = members.into_iter().map(new).collect::<Vec<_>>().try_into().unwrap_or_default();
        Reviews::<T>::insert(job, review);
        Ok(())
    }

    /// Verifiers for a committee, drawn by bond without repetition; fewer than it has places if not enough qualify. `patient`
    /// passes over those who sit on as many as they should; the answer says whether it did.
    fn draw_members(
        job: JobId,
        window: &WindowOf<T>,
        review: &ReviewOf<T>,
        seed: H256,
        patient: bool,
    ) -> (Vec<T::AccountId>, bool) {
        let most = if patient { T::MaxSeats::get() } else { MAX_SEATS };
        let mut crowded = false;
        let size = review.committee.size();
        let client = T::Jobs::client(job);
        let sealed = Self::is_sealed(job);
        let mut draws = WithoutReplacement::new::<Self>(seed);
        let mut members = Vec::new();
        let per_place = if sealed { LOTS_PER_SEALED_PLACE } else { LOTS_PER_PLACE };
        for _ in 0..size.saturating_mul(per_place) {
            if members.len() == size {
                break;
            }
            let Some(lot) = draws.draw::<Self>() else { break };
            let Some(account) = VerifierSlots::<T>::get(lot.slot) else { continue };
            let can_read = !sealed || T::Sealing::has_key(&account);
            if client.as_ref() == Some(&account) || !can_read || !Self::may_judge(&account, window, review) {
                continue;
            }
            if Self::seats_of(&account) < most {
                members.push(account);
            } else {
                crowded |= patient;
            }
        }
        (members, crowded)
    }

    fn may_judge(account: &T::AccountId, window: &WindowOf<T>, review: &ReviewOf<T>) -> bool {
        let challenges = matches!(&review.cause, Cause::Challenge { challenger, .. } if challenger == account);
        let stays = Verifiers::<T>::get(account).is_some_and(|record| record.leaving_since.is_none());
        stays
            && !challenges
            && *account != window.worker
            && !review.first.iter().any(|(member, _)| member == account)
            && T::Workers::session_key(account).is_none()
            && !Self::contains(account)
    }

    pub(crate) fn do_commit(who: T::AccountId, job: JobId, hash: H256) -> DispatchResult {
        let now = frame_system::Pallet::<T>::block_number();
        let (mut window, mut review) = Self::sitting(job, Phase::Committing, now, Error::<T>::NotCommitting)?;
        let member = review.members.iter_mut().find(|member| member.account == who).ok_or(Error::<T>::NotMember)?;
        ensure!(member.commitment.is_none(), Error::<T>::AlreadyCommitted);
        member.commitment = Some(hash);
        let round = review.round;
        let complete = review.members.iter().all(|member| member.commitment.is_some());
        Reviews::<T>::insert(job, review);
        if complete {
            Self::hurry(job, &mut window, now);
        }
        Self::deposit_event(Event::VerdictCommitted { job, round, verifier: who, commitment: hash });
        Ok(())
    }

    pub(crate) fn do_reveal(
        who: T::AccountId,
        job: JobId,
        vote: Vote,
        salt: [u8; 32],
        evidence: H256,
    ) -> DispatchResult {
        let now = frame_system::Pallet::<T>::block_number();
        let (mut window, mut review) = Self::sitting(job, Phase::Revealing, now, Error::<T>::NotRevealing)?;
        let round = review.round;
        let member = review.members.iter_mut().find(|member| member.account == who).ok_or(Error::<T>::NotMember)?;
        ensure!(member.vote.is_none(), Error::<T>::AlreadyRevealed);
        let genesis = frame_system::Pallet::<T>::block_hash(BlockNumberFor::<T>::zero());
        let hash = commitment(&genesis, job, round, &who, &vote, &salt);
        ensure!(member.commitment == Some(hash), Error::<T>::WrongReveal);
        member.vote = Some(vote);
        member.evidence = evidence;
        let complete = review.members.iter().all(|member| member.vote.is_some() || member.commitment.is_none());
        Reviews::<T>::insert(job, review);
        if complete {
            Self::hurry(job, &mut window, now);
        }
        Self::deposit_event(Event::VerdictRevealed { job, round, verifier: who, vote, evidence });
        Ok(())
    }

    /// The window and the review of a job whose committee is in a phase that is not over; `otherwise` if it is in another.
    fn sitting(
        job: JobId,
        phase: Phase,
        now: BlockNumberFor<T>,
        otherwise: Error<T>,
    ) -> Result<(WindowOf<T>, ReviewOf<T>), DispatchError> {
        let window = Windows::<T>::get(job).ok_or(Error::<T>::NoOpenWindow)?;
        let review = Reviews::<T>::get(job).ok_or(Error::<T>::NotInReview)?;
        let is_open = window.standing.moves_at().is_some_and(|at| now < at);
        ensure!(review.phase == phase && is_open, otherwise);
        Ok((window, review))
    }

    /// Everybody has spoken: the phase is over with this block.
    fn hurry(job: JobId, window: &mut WindowOf<T>, now: BlockNumberFor<T>) {
        let next = now.saturating_add(One::one());
        window.standing = Standing::InReview { at: next };
        let settles_at = crate::Attestations::<T>::get(job).map_or(next, |record| record.settles_at);
        Self::reschedule_next(job, window, settles_at, now);
    }

    /// The time to commit is over: whoever has committed reveals. Nobody reveals where nobody did.
    pub(crate) fn open_reveals(
        job: JobId,
        window: &mut WindowOf<T>,
        mut review: ReviewOf<T>,
        now: BlockNumberFor<T>,
    ) -> DispatchResult {
        review.phase = Phase::Revealing;
        let anybody = review.members.iter().any(|member| member.commitment.is_some());
        let time = if anybody { T::RevealWindow::get() } else { One::one() };
        let reveal_until = now.saturating_add(time);
        window.standing = Standing::InReview { at: reveal_until };
        Self::deposit_event(Event::RevealsOpened { job, round: review.round, reveal_until });
        Reviews::<T>::insert(job, review);
        Ok(())
    }

    /// The round is over: counts the votes, fines the silent, pays the majority, and goes on to what follows.
    pub(crate) fn close_round(
        job: JobId,
        window: &mut WindowOf<T>,
        mut review: ReviewOf<T>,
        now: BlockNumberFor<T>,
    ) -> DispatchResult {
        let votes: Vec<_> = review.members.iter().map(|member| member.vote).collect();
        let terms = T::Jobs::review_terms(job).unwrap_or_default();
        let outcome = tally(review.committee, &votes, terms.sealed);
        for member in Self::of_mask(&review, outcome.silent) {
            let fined = Self::fine_verifier(&member, SILENCE_PPB)?;
            Self::deposit_event(Event::VerifierSilent { job, round: review.round, verifier: member, fined });
        }
        let (verdict, committee, round) = (outcome.verdict, review.committee, review.round);
        // A challenge that proves nothing costs the pot nothing: who has verifiers of its own could draw on it by challenging
        // good work at will.
        let replayed = Self::score_of(&review, outcome.majority) != Some(Score::Withheld);
        let mut paid: Balance = 0;
        if replayed && (review.cause == Cause::Audit || verdict == Verdict::Bad) {
            for member in Self::of_mask(&review, outcome.majority) {
                paid = paid.saturating_add(Self::pay_replay(job, &member, terms.replay_price)?);
            }
        }
        Self::trace_round(job, &review, paid, terms.replay_price);
        Self::deposit_event(Event::RoundClosed { job, committee, round, verdict });
        match (verdict, committee) {
            (Verdict::Undecided, _) => Self::redraw(job, window, review, now),
            (Verdict::Bad, Committee::Audit) => {
                // They keep their seats until the seven have judged.
                let first =
                    review.members.iter().map(|member| (member.account.clone(), member.vote.map(|vote| vote.score)));
                review.first = first.collect::<Vec<_>>().try_into().unwrap_or_default();
                review.committee = Committee::Appeal;
                review.redraws = 0;
                review.members = Default::default();
                if !Self::could_sit(Committee::Appeal, review.first.len()) {
                    return Self::end_review(job, window, review, Standing::Unjudged, Verdict::Undecided, now);
                }
                Self::next_round(job, window, review, now);
                Ok(())
            }
            (Verdict::Good, Committee::Audit) => {
                if terms.counts {
                    Self::raise_quality(&window.worker, job, terms.value);
                }
                Self::end_review(job, window, review, Standing::Upheld, verdict, now)
            }
            // Most found it bad, but not enough: nobody is right enough to take anything from anybody.
            (Verdict::Good, Committee::Appeal) if Self::score_of(&review, outcome.majority) != Some(Score::Good) => {
                Self::end_review(job, window, review, Standing::Unjudged, Verdict::Undecided, now)
            }
            (Verdict::Good, Committee::Appeal) => {
                Self::punish_liars(job, &review, &outcome, Score::Good)?;
                Self::forfeit_challenge(job, window, &review, &Self::of_mask(&review, outcome.majority))?;
                // An audit that ended here was one all the same.
                if terms.counts && review.cause == Cause::Audit {
                    Self::raise_quality(&window.worker, job, terms.value);
                }
                Self::end_review(job, window, review, Standing::Upheld, verdict, now)
            }
            (Verdict::Bad, Committee::Appeal) => {
                Self::punish_liars(job, &review, &outcome, Score::Bad)?;
                let reward = match &review.cause {
                    // A committee that came to nothing by its silence has its successor judge for nothing: whoever can make one so
                    // must not have a second try at the bounty.
                    Cause::Challenge { challenger, .. } if review.redraws == 0 => {
                        let most = terms.value.saturating_mul(2).saturating_add(terms.replay_price);
                        Some((challenger.clone(), most))
                    }
                    Cause::Audit | Cause::Challenge { .. } => None,
                };
                Self::return_challenge_bond(&review)?;
                Self::punish_forgery(&window.worker, job, reward)?;
                Self::end_review(job, window, review, Standing::Condemned, verdict, now)
            }
        }
    }

    /// Accounts of the members in a bit mask.
    fn of_mask(review: &ReviewOf<T>, mask: u8) -> Vec<T::AccountId> {
        let members = (0u32..).zip(review.members.iter());
        members
            .filter(|(place, _)| mask & (1u8 << (place & 7)) != 0)
            .map(|(_, member)| member.account.clone())
            .collect()
    }

    /// What the members in a bit mask found, if they found the same.
    fn score_of(review: &ReviewOf<T>, mask: u8) -> Option<Score> {
        let mut members = (0u32..).zip(review.members.iter());
        let (_, member) = members.find(|(place, _)| mask & (1u8 << (place & 7)) != 0)?;
        member.vote.map(|vote| vote.score)
    }

    /// Has the committee drawn anew, or, after the last time, leaves the job unjudged.
    fn redraw(job: JobId, window: &mut WindowOf<T>, mut review: ReviewOf<T>, now: BlockNumberFor<T>) -> DispatchResult {
        if review.redraws >= MAX_REDRAWS {
            return Self::end_review(job, window, review, Standing::Unjudged, Verdict::Undecided, now);
        }
        review.members.iter().for_each(|member| Self::unseat(&member.account, job));
        review.members = Default::default();
        review.redraws = review.redraws.saturating_add(1);
        Self::next_round(job, window, review, now);
        Ok(())
    }

    fn next_round(job: JobId, window: &mut WindowOf<T>, mut review: ReviewOf<T>, now: BlockNumberFor<T>) {
        review.round = review.round.saturating_add(1);
        review.phase = Phase::Summoning;
        review.positions = H256::zero();
        window.standing = Standing::InReview { at: Self::after_delay(now) };
        Reviews::<T>::insert(job, review);
    }

    /// The review is over: seats are free, and the verdict is kept. A challenge that was not proven has cost its bond, but where nobody
    /// could judge it.
    fn end_review(
        job: JobId,
        window: &mut WindowOf<T>,
        review: ReviewOf<T>,
        standing: Standing<BlockNumberFor<T>>,
        verdict: Verdict,
        now: BlockNumberFor<T>,
    ) -> DispatchResult {
        let first = review.first.iter().map(|(account, _)| account);
        review.members.iter().map(|member| &member.account).chain(first).for_each(|account| Self::unseat(account, job));
        if verdict == Verdict::Undecided && Self::nobody_could_judge(&review) {
            Self::return_challenge_bond(&review)?;
        } else if verdict == Verdict::Undecided {
            Self::forfeit_challenge(job, window, &review, &[])?;
        }
        Reviews::<T>::remove(job);
        window.standing = standing;
        let Review { cause, committee, round, members, .. } = review;
        let challenger = match cause {
            Cause::Audit => None,
            Cause::Challenge { challenger, .. } => Some(challenger),
        };
        let rounds = round.saturating_add(1);
        Verdicts::<T>::insert(
            job,
            VerdictRecord { verdict, committee, challenger, rounds, members, at: now, canary: false },
        );
        Self::deposit_event(Event::ReviewEnded { job, worker: window.worker.clone(), verdict, rounds });
        Ok(())
    }

    // ---- Money.

    /// Pays a member for a replay out of the pot, as far as that has it; returns how much, wei.
    fn pay_replay(job: JobId, member: &T::AccountId, price: Balance) -> Result<Balance, DispatchError> {
        let pot = Self::pot();
        let there = T::Currency::reducible_balance(&pot, Preservation::Preserve, Fortitude::Polite);
        let paid = price.min(there);
        if paid > 0 {
            T::Currency::transfer(&pot, member, paid, Preservation::Preserve)?;
        }
        Self::deposit_event(Event::ReplayPaid { job, verifier: member.clone(), paid, owed: price });
        Ok(paid)
    }

    /// Seven replays of which five at least agree prove the other votes false, those of the audit's committee included. Where most
    /// were not given a sealed job's key nobody's vote is proven false: the worker may have handed it to some and not to others.
    fn punish_liars(job: JobId, review: &ReviewOf<T>, outcome: &Outcome, truth: Score) -> DispatchResult {
        if outcome.majority.count_ones() < Committee::Appeal.fraud_votes() as u32 {
            return Ok(());
        }
        if Self::score_of(review, outcome.majority) == Some(Score::Withheld) {
            return Ok(());
        }
        let lied = |score: Option<Score>| matches!(score, Some(Score::Good | Score::Bad)) && score != Some(truth);
        for (place, member) in (0u32..).zip(review.members.iter()) {
            let differs = outcome.minority & (1u8 << (place & 7)) != 0;
            let claims = member.vote.is_some_and(|vote| matches!(vote.score, Score::Good | Score::Bad));
            if differs && claims {
                Self::punish_false_verdict(&member.account, job)?;
            }
        }
        for (account, score) in &review.first {
            if lied(*score) {
                Self::punish_false_verdict(account, job)?;
            }
        }
        Ok(())
    }

    /// Whether no committee could be filled, or so many of it could not replay the job that nobody else decided about that.
    fn nobody_could_judge(review: &ReviewOf<T>) -> bool {
        let unable = |member: &&Member<T::AccountId>| member.vote.is_some_and(|vote| vote.score == Score::Unavailable);
        review.members.is_empty() || review.members.iter().filter(unable).count() >= review.committee.fraud_votes()
    }

    fn return_challenge_bond(review: &ReviewOf<T>) -> DispatchResult {
        if let Cause::Challenge { challenger, bond } = &review.cause {
            T::Currency::release(&HoldReason::ChallengeBond.into(), challenger, *bond, Precision::Exact)?;
        }
        Ok(())
    }

    /// The bond of a challenge that was in vain: half to the worker, half to those who found the work good, equally; what does not
    /// divide goes to the worker. Where nobody was right their half is burned: a committee that decides nothing earns nothing by it.
    fn forfeit_challenge(
        job: JobId,
        window: &WindowOf<T>,
        review: &ReviewOf<T>,
        winners: &[T::AccountId],
    ) -> DispatchResult {
        let Cause::Challenge { challenger, bond } = &review.cause else { return Ok(()) };
        let half = bond.div_euclid(2);
        let mut left = *bond;
        let each = half.checked_div(winners.len() as Balance).unwrap_or_default();
        for winner in winners {
            Self::pay_from_challenge(challenger, winner, each)?;
            left = left.checked_sub(each).ok_or(Error::<T>::Overflow)?;
        }
        let burned = if winners.is_empty() { half } else { 0 };
        if burned > 0 {
            let reason = HoldReason::ChallengeBond.into();
            T::Currency::burn_held(&reason, challenger, burned, Precision::Exact, Fortitude::Force)?;
            left = left.checked_sub(burned).ok_or(Error::<T>::Overflow)?;
        }
        Self::pay_from_challenge(challenger, &window.worker, left)?;
        Self::trace(job, |trace| trace.owed = trace.owed.saturating_add(*bond));
        let (challenger, bond) = (challenger.clone(), *bond);
        Self::deposit_event(Event::ChallengeLost { job, challenger, bond, to_worker: left, burned });
        Ok(())
    }

    fn pay_from_challenge(challenger: &T::AccountId, to: &T::AccountId, amount: Balance) -> DispatchResult {
        if amount > 0 {
            let reason = HoldReason::ChallengeBond.into();
            let (exact, free) = (Precision::Exact, Restriction::Free);
            T::Currency::transfer_on_hold(&reason, challenger, to, amount, exact, free, Fortitude::Force)?;
        }
        Ok(())
    }
}
