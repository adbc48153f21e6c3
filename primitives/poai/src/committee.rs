//! Committees that check a job: how members commit to what they found, and what their votes come to (docs/jobs.md,
//! "Verification").
//!
//! A member replays the job and votes with a score and a digest of what it saw at places drawn after the attestation. It
//! commits first and reveals later, so nobody can copy. The digest shows whether it looked: honest members have the same.

use crate::{attestation::tagged, job::JobId};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;
use serde::{Deserialize, Serialize};
use sp_core::H256;

/// Domain of [`commitment`].
const COMMITMENT: &[u8] = b"hanzo/poai/verdict/v1";

/// Most members of a committee.
pub const MAX_MEMBERS: usize = 7;

/// Redraws of a committee that too few revealed in; after them the job counts as good.
pub const MAX_REDRAWS: u32 = 2;

/// Why a committee sits.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    Encode,
    Decode,
    DecodeWithMemTracking,
    MaxEncodedLen,
    TypeInfo,
    Serialize,
    Deserialize,
)]
#[serde(rename_all = "camelCase")]
pub enum Committee {
    /// The first look at a job drawn for audit. Its verdict moves no money: three are captured too easily.
    Audit,
    /// An appeal against a first verdict, or a challenge of a job that was not drawn.
    Appeal,
}

impl Committee {
    /// How many members it has.
    pub const fn size(self) -> usize {
        match self {
            Self::Audit => 3,
            Self::Appeal => MAX_MEMBERS,
        }
    }

    /// How many must reveal: two thirds, rounded up.
    pub const fn quorum(self) -> usize {
        match self {
            Self::Audit => 2,
            Self::Appeal => 5,
        }
    }

    /// How many like votes it takes to find a job bad.
    pub const fn fraud_votes(self) -> usize {
        match self {
            Self::Audit => 2,
            Self::Appeal => 5,
        }
    }
}

/// What a member found.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Encode,
    Decode,
    DecodeWithMemTracking,
    MaxEncodedLen,
    TypeInfo,
    Serialize,
    Deserialize,
)]
#[serde(rename_all = "camelCase")]
pub enum Score {
    /// The replay gives what was attested.
    Good,
    /// It does not.
    Bad,
    /// The input or the output was nowhere to be had, or the model is not at hand, so nothing can be said.
    Unavailable,
    /// The job is sealed, and nobody has handed over the key that opens it.
    Withheld,
}

/// A member's vote.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    Encode,
    Decode,
    DecodeWithMemTracking,
    MaxEncodedLen,
    TypeInfo,
    Serialize,
    Deserialize,
)]
#[serde(rename_all = "camelCase")]
pub struct Vote {
    /// What it found.
    pub score: Score,
    /// Hash of what it saw at the places drawn after the attestation.
    pub digest: H256,
}

/// H(domain ‖ genesis ‖ job ‖ round ‖ account ‖ score ‖ digest ‖ salt): bound to one member of one committee of one chain.
pub fn commitment<AccountId: Encode>(
    genesis: &H256,
    job: JobId,
    round: u32,
    member: &AccountId,
    vote: &Vote,
    salt: &[u8; 32],
) -> H256 {
    tagged(COMMITMENT, |out| {
        genesis.encode_to(out);
        job.encode_to(out);
        round.encode_to(out);
        member.encode_to(out);
        vote.encode_to(out);
        salt.encode_to(out);
    })
}

/// What a committee comes to.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    Encode,
    Decode,
    DecodeWithMemTracking,
    MaxEncodedLen,
    TypeInfo,
    Serialize,
    Deserialize,
)]
#[serde(rename_all = "camelCase")]
pub enum Verdict {
    /// Too few revealed, or no vote has a majority: another committee is drawn.
    Undecided,
    /// The job is good, or not enough found it bad.
    Good,
    /// The job is bad.
    Bad,
}

/// The outcome of a round. Sets of members are bit masks by position.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// What follows.
    pub verdict: Verdict,
    /// Members that voted as the majority did: they are paid.
    pub majority: u8,
    /// Members that voted otherwise: unpaid, and where a replay proves them false, slashed.
    pub minority: u8,
    /// Members that did not reveal: they lose part of their bond.
    pub silent: u8,
}

/// Counts the votes of a committee, one place for each member; `None` for one that did not reveal. Places beyond the
/// committee's size are ignored, missing ones are silent.
///
/// The majority is of those who revealed, and by score and digest together: a right score with a wrong digest is a guess. A
/// majority that finds the job bad but is smaller than [`Committee::fraud_votes`] acquits. One that could not have what it
/// needs decides nothing, unless that is the key of a `sealed` job: to hand that over is the worker's part, and one that does not
/// is as good as caught.
pub fn tally(committee: Committee, votes: &[Option<Vote>], sealed: bool) -> Outcome {
    let vote_of = |place: usize| votes.get(place).copied().flatten();
    let places = 0..committee.size();
    let mask = |holds: &dyn Fn(Option<Vote>) -> bool| {
        places.clone().filter(|place| holds(vote_of(*place))).fold(0u8, |mask, place| mask | (1u8 << (place & 7)))
    };
    let count = |mask: u8| mask.count_ones() as usize;

    let silent = mask(&|vote| vote.is_none());
    let revealed = committee.size().saturating_sub(count(silent));
    let like = |vote: Vote| mask(&|other| other == Some(vote));
    let majority = places.clone().filter_map(vote_of).find(|vote| count(like(*vote)).saturating_mul(2) > revealed);

    let undecided = Outcome { verdict: Verdict::Undecided, majority: 0, minority: 0, silent };
    let Some(winner) = majority.filter(|_| revealed >= committee.quorum()) else { return undecided };
    let is_withheld = winner.score == Score::Withheld;
    if winner.score == Score::Unavailable || (is_withheld && !sealed) {
        return undecided;
    }
    let majority = like(winner);
    let is_bad = (winner.score == Score::Bad || is_withheld) && count(majority) >= committee.fraud_votes();
    Outcome {
        verdict: if is_bad { Verdict::Bad } else { Verdict::Good },
        majority,
        minority: mask(&|vote| vote.is_some_and(|vote| vote != winner)),
        silent,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::{collection::vec, prelude::*};

    fn vote(score: Score, digest: u8) -> Option<Vote> {
        Some(Vote { score, digest: H256::repeat_byte(digest) })
    }

    fn good() -> Option<Vote> {
        vote(Score::Good, 1)
    }

    fn bad() -> Option<Vote> {
        vote(Score::Bad, 1)
    }

    fn audit(votes: [Option<Vote>; 3]) -> Outcome {
        tally(Committee::Audit, &votes, false)
    }

    #[test]
    fn verdict_should_be_that_of_the_majority() {
        let outcome = audit([good(), bad(), good()]);
        assert_eq!(outcome, Outcome { verdict: Verdict::Good, majority: 0b101, minority: 0b010, silent: 0 });
        let outcome = audit([bad(), bad(), None]);
        assert_eq!(outcome, Outcome { verdict: Verdict::Bad, majority: 0b011, minority: 0, silent: 0b100 });
    }

    #[test]
    fn sealed_job_should_be_bad_when_most_were_not_given_its_key_and_undecided_when_it_is_open() {
        let withheld = vote(Score::Withheld, 0);
        let votes = [withheld, good(), withheld];
        let outcome = tally(Committee::Audit, &votes, true);
        assert_eq!(outcome, Outcome { verdict: Verdict::Bad, majority: 0b101, minority: 0b010, silent: 0 });
        assert_eq!(tally(Committee::Audit, &votes, false).verdict, Verdict::Undecided);
        // Who lacks a model, say, tells nothing about the worker.
        let unavailable = vote(Score::Unavailable, 0);
        assert_eq!(tally(Committee::Audit, &[unavailable; 3], true).verdict, Verdict::Undecided);
        let mut seven = [withheld; 7];
        seven[..3].fill(good());
        assert_eq!(tally(Committee::Appeal, &seven, true).verdict, Verdict::Good, "four are not five");
    }

    #[test]
    fn round_should_be_undecided_when_too_few_reveal_or_agree() {
        for votes in [[good(), None, None], [None, None, None], [good(), bad(), None]] {
            assert_eq!(audit(votes).verdict, Verdict::Undecided, "{votes:?}");
        }
        // Three who saw three different things.
        let outcome = audit([vote(Score::Bad, 1), vote(Score::Bad, 2), vote(Score::Bad, 3)]);
        assert_eq!((outcome.verdict, outcome.majority, outcome.minority), (Verdict::Undecided, 0, 0));
        let mut four = [None; 7];
        four[..4].fill(bad());
        assert_eq!(tally(Committee::Appeal, &four, false).verdict, Verdict::Undecided);
    }

    #[test]
    fn right_score_should_be_unpaid_when_its_digest_is_wrong() {
        let outcome = audit([good(), good(), vote(Score::Good, 2)]);
        assert_eq!((outcome.majority, outcome.minority), (0b011, 0b100));
    }

    #[test]
    fn appeal_should_acquit_unless_five_of_seven_find_the_job_bad() {
        for bads in 0..=7 {
            let votes: Vec<_> = (0..7).map(|place| if place < bads { bad() } else { good() }).collect();
            let expected = if bads >= 5 { Verdict::Bad } else { Verdict::Good };
            assert_eq!(tally(Committee::Appeal, &votes, false).verdict, expected, "{bads} of 7");
        }
    }

    #[test]
    fn commitment_should_differ_when_any_part_differs() {
        let hash = |genesis, job, round, member: u64, score, digest, salt| {
            let vote = Vote { score, digest: H256::repeat_byte(digest) };
            commitment(&H256::repeat_byte(genesis), job, round, &member, &vote, &[salt; 32])
        };
        let all = [
            hash(0, 0, 0, 0, Score::Good, 0, 0),
            hash(1, 0, 0, 0, Score::Good, 0, 0),
            hash(0, 1, 0, 0, Score::Good, 0, 0),
            hash(0, 0, 1, 0, Score::Good, 0, 0),
            hash(0, 0, 0, 1, Score::Good, 0, 0),
            hash(0, 0, 0, 0, Score::Bad, 0, 0),
            hash(0, 0, 0, 0, Score::Good, 1, 0),
            hash(0, 0, 0, 0, Score::Good, 0, 1),
        ];
        assert_eq!(std::collections::BTreeSet::from(all).len(), all.len());
    }

    #[test]
    fn round_should_be_undecided_when_most_could_not_have_the_data() {
        let lost = vote(Score::Unavailable, 0);
        assert_eq!(audit([lost, lost, good()]).verdict, Verdict::Undecided);
        assert_eq!(
            audit([lost, lost, None]),
            Outcome { verdict: Verdict::Undecided, majority: 0, minority: 0, silent: 4 }
        );
        assert_eq!(
            audit([lost, good(), good()]),
            Outcome { verdict: Verdict::Good, majority: 6, minority: 1, silent: 0 }
        );
    }

    fn any_vote() -> impl Strategy<Value = Option<Vote>> {
        prop_oneof![1 => Just(None), 4 => (any::<bool>(), 0u8..3).prop_map(|(is_good, digest)| {
            vote(if is_good { Score::Good } else { Score::Bad }, digest)
        })]
    }

    proptest! {
        #[test]
        fn every_member_should_be_counted_once_and_order_not_matter(
            votes in vec(any_vote(), 7), is_audit in any::<bool>(), turn in 0usize..7,
        ) {
            let committee = if is_audit { Committee::Audit } else { Committee::Appeal };
            let outcome = tally(committee, &votes, false);
            let all = (1u16 << committee.size()) as u8 & 0x7f;
            let all = if is_audit { 0b111 } else { all | 0x7f };
            if outcome.verdict == Verdict::Undecided {
                prop_assert_eq!((outcome.majority, outcome.minority), (0, 0));
            } else {
                prop_assert_eq!(outcome.majority ^ outcome.minority ^ outcome.silent, all);
                prop_assert_eq!(outcome.majority | outcome.minority | outcome.silent, all);
                prop_assert!(outcome.majority.count_ones() > outcome.minority.count_ones());
            }
            let mut turned = votes[..committee.size()].to_vec();
            turned.rotate_left(turn % committee.size());
            prop_assert_eq!(tally(committee, &turned, false).verdict, outcome.verdict);
        }

        /// Less than half of a committee never decides anything but by the others' silence.
        #[test]
        fn minority_should_not_decide_when_the_others_agree(lies in 0usize..4, score in any::<bool>()) {
            let (honest, lie) = if score { (good(), bad()) } else { (bad(), good()) };
            let votes: Vec<_> = (0..7).map(|place| if place < lies { lie } else { honest }).collect();
            let outcome = tally(Committee::Appeal, &votes, false);
            let expected = match (score, 7 - lies) {
                (true, _) => Verdict::Good,
                (false, 5..) => Verdict::Bad,
                (false, _) => Verdict::Good,
            };
            prop_assert_eq!(outcome.verdict, expected);
            prop_assert_eq!(outcome.minority.count_ones() as usize, lies);
        }
    }
}
