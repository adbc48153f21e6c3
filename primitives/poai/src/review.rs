//! What is known of attested work, and how far its review is (docs/verification.md).

use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;
use serde::{Deserialize, Serialize};

/// What is known of attested work.
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
pub enum Standing<BlockNumber> {
    /// Nobody looks at it: each block may have it audited, and anybody may challenge it.
    Unaudited,
    /// A committee is drawn or sits; its review moves on at this block.
    InReview {
        /// First block of the next step, in which the present one is over; the first in which a committee may be drawn.
        at: BlockNumber,
    },
    /// A committee found it good.
    Upheld,
    /// Drawn for audit or challenged, but no committee came to a verdict: counts as good, without extras.
    Unjudged,
    /// A committee of seven found it forged.
    Condemned,
}

impl<BlockNumber: Copy> Standing<BlockNumber> {
    /// Block in which it changes by itself.
    pub fn moves_at(&self) -> Option<BlockNumber> {
        match self {
            Self::InReview { at } => Some(*at),
            _ => None,
        }
    }
}

/// Where a round of a committee stands.
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
pub enum Phase {
    /// The randomness of its draw is gathered.
    Summoning,
    /// Members replay the job and commit to what they find.
    Committing,
    /// Members reveal.
    Revealing,
}

/// Whose bond a slash is frozen on.
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
pub enum Offence {
    /// A worker's forged attestation.
    Forgery,
    /// A verifier's false verdict.
    FalseVerdict,
    /// A verifier found a canary good: it did not look.
    MissedCanary,
}
