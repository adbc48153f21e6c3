//! A round of a review as one member sees it, and what it calls for: pure functions of what the chain shows.

use crate::verifier::chain::Review;
use hanzo_poai::review::Phase;
use hanzo_poai::JobId;
use sp_core::H256;
use sp_runtime::AccountId32;

/// Blocks before the end of the time to commit at which a member that still lacks input or output says so, instead of
/// waiting on: the commitment has to get into a block.
pub const LAST_CALL: u32 = 5;

/// What a vote is about. A number may mean another job on another fork, and a round another draw: a vote made for one is
/// worth nothing for the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Round {
    /// The job.
    pub job: JobId,
    /// Number of the round.
    pub number: u32,
    /// From which the positions of the digest derive.
    pub positions: H256,
    /// Names the attestation.
    pub receipt: H256,
}

/// What a round calls for from one member.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Call {
    /// Nothing, now: another's turn, or done.
    Nothing,
    /// A vote that has to be found first.
    Vote,
    /// The commitment to the vote at hand.
    Commit,
    /// The vote at hand.
    Reveal,
    /// Too late for a commitment: silence is fined.
    Missed,
    /// The vote behind the chain's commitment, which is not at hand: silence is fined.
    Lost,
}

/// What a review calls for from a member as block `head` has it; `kept` is whether its vote for this round is at hand.
pub fn call(review: &Review, member: &AccountId32, kept: bool, head: u32) -> Call {
    // What is sent now is in the next block at the earliest, which must not be the first one too late.
    let is_open = head.saturating_add(1) < review.until;
    let Some(member) = review.members.iter().find(|other| other.account == *member) else { return Call::Nothing };
    match (review.phase, member.committed) {
        (Phase::Summoning, _) => Call::Nothing,
        (Phase::Committing | Phase::Revealing, true) if member.vote.is_some() => Call::Nothing,
        (Phase::Committing | Phase::Revealing, true) if !kept => Call::Lost,
        (Phase::Committing, true) => Call::Nothing,
        (Phase::Committing, false) => match (is_open, kept) {
            (false, _) => Call::Missed,
            (true, true) => Call::Commit,
            (true, false) => Call::Vote,
        },
        (Phase::Revealing, true) if is_open => Call::Reveal,
        (Phase::Revealing, true) => Call::Nothing,
        (Phase::Revealing, false) => Call::Missed,
    }
}

/// Whether what is missing in a review's time to commit will not be waited for any longer.
pub fn is_last_call(until: u32, head: u32) -> bool {
    head.saturating_add(LAST_CALL) >= until
}

#[cfg(test)]
mod tests {
    use super::*;
    use hanzo_poai::committee::{Committee, Score, Vote};
    use hanzo_traits::api::MemberView;

    fn account(number: u8) -> AccountId32 {
        AccountId32::new([number; 32])
    }

    fn review(phase: Phase, committed: bool, vote: Option<Vote>) -> Review {
        let member = MemberView { account: account(1), committed, vote, evidence: H256::zero() };
        Review {
            job: 3,
            worker: account(9),
            challenger: None,
            committee: Committee::Audit,
            round: 0,
            phase,
            until: 20,
            positions: H256::repeat_byte(1),
            members: vec![member],
        }
    }

    #[test]
    fn call_should_follow_phase_commitment_and_what_is_kept() {
        let vote = Some(Vote { score: Score::Good, digest: H256::zero() });
        use Phase::{Committing, Revealing, Summoning};
        for (phase, committed, vote, kept, head, expected) in [
            (Summoning, false, None, false, 10, Call::Nothing),
            (Committing, false, None, false, 18, Call::Vote),
            (Committing, false, None, true, 18, Call::Commit),
            (Committing, false, None, true, 19, Call::Missed),
            (Committing, false, None, false, 19, Call::Missed),
            (Committing, true, None, true, 10, Call::Nothing),
            (Committing, true, None, false, 10, Call::Lost),
            (Revealing, true, None, true, 18, Call::Reveal),
            (Revealing, true, None, true, 19, Call::Nothing),
            (Revealing, true, None, false, 10, Call::Lost),
            (Revealing, true, vote, true, 10, Call::Nothing),
            (Revealing, true, vote, false, 10, Call::Nothing),
            (Revealing, false, None, true, 10, Call::Missed),
        ] {
            let found = call(&review(phase, committed, vote), &account(1), kept, head);
            assert_eq!(found, expected, "{phase:?}, committed {committed}, kept {kept}, block {head}");
        }
    }

    #[test]
    fn call_should_be_for_nothing_when_the_account_is_no_member() {
        for phase in [Phase::Summoning, Phase::Committing, Phase::Revealing] {
            assert_eq!(call(&review(phase, true, None), &account(2), true, 10), Call::Nothing);
        }
    }

    #[test]
    fn last_call_should_leave_time_for_the_commitment() {
        assert!(!is_last_call(20, 14) && is_last_call(20, 15) && is_last_call(20, 30));
        // Whoever hears it can still commit.
        assert_eq!(call(&review(Phase::Committing, false, None), &account(1), true, 15), Call::Commit);
    }
}
