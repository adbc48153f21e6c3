//! Checking quotes off chain: what an attestor does before it signs, and what it signs (docs/proofs.md).

use crate::client::{Account, ClientError, Connection};
use crate::hash::blake2_256;
use codec::Encode;
use hanzo_proofs::binding::{self, Verdict};
use hanzo_proofs::{AllVendors, QuoteError, QuoteVerifiers, Vendor};
use serde::{Deserialize, Serialize};
use sp_core::{sr25519, H256};
use sp_runtime::AccountId32;

/// A quote with all that it is checked by.
#[derive(Clone, Debug)]
pub struct Evidence {
    /// Whose hardware made it.
    pub vendor: Vendor,
    /// The root certificate that its chain ends in, DER.
    pub root: Vec<u8>,
    /// The quote.
    pub quote: Vec<u8>,
    /// What the vendor publishes to check it by, as `hanzo_proofs` defines it.
    pub collateral: Vec<u8>,
}

impl Evidence {
    /// Name of the root: the hash of its certificate.
    pub fn root_id(&self) -> H256 {
        blake2_256(&self.root)
    }

    /// Quote and collateral in one piece. Its hash is what the chain keeps, so handed to a node it is found by that.
    pub fn blob(&self) -> Vec<u8> {
        (&self.quote, &self.collateral).encode()
    }
}

/// Why a quote is not vouched for.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    /// The chain could not be asked.
    #[error(transparent)]
    Chain(#[from] ClientError),
    /// No worker of this account.
    #[error("{0} is no worker")]
    NoWorker(AccountId32),
    /// The registry does not have the root, or no longer.
    #[error("root {root:?} of {vendor:?} is not in force on this chain")]
    Root {
        /// Whose.
        vendor: Vendor,
        /// Its name.
        root: H256,
    },
    /// A signature, certificate, list or statement behind the quote does not hold.
    #[error("the quote does not hold: {}", describe(.0))]
    Quote(QuoteError),
    /// What runs there is not allowed.
    #[error("measurement {measurement:?} on {vendor:?} is not allowed on this chain")]
    Measurement {
        /// Whose hardware.
        vendor: Vendor,
        /// Name of what was loaded.
        measurement: H256,
    },
    /// The platform is not one that the measurement may run on.
    #[error("the platform's patch level is {status}, advisories {advisories:?}: the policy of measurement {measurement:?} does not admit that")]
    Platform {
        /// Name of what was loaded.
        measurement: H256,
        /// The patch level, as the vendor grades it.
        status: String,
        /// Advisories that apply.
        advisories: Vec<u32>,
    },
    /// The quote is for something else.
    #[error(
        "the report data 0x{} binds another key, worker, epoch or chain: for this worker, its session key and epoch {epoch} it would be {expected:?} and 32 zero bytes",
        hex::encode(.found)
    )]
    ReportData {
        /// What the quote carries.
        found: [u8; 64],
        /// The epoch in force.
        epoch: u64,
        /// What it would have to carry.
        expected: H256,
    },
    /// The signer is not among the attestors.
    #[error("{signer:?} is not among the {count} attestors of set {set}")]
    NoAttestor {
        /// The key.
        signer: H256,
        /// How many there are.
        count: usize,
        /// Number of the set.
        set: u32,
    },
}

/// A quote's error in words.
fn describe(error: &QuoteError) -> &'static str {
    match error {
        QuoteError::TooLong => "quote, collateral or root is longer than the chain takes",
        QuoteError::Layout => "it does not have the layout of this vendor's quotes",
        QuoteError::Collateral => "the collateral is not what this vendor's quotes need",
        QuoteError::Root => "the root is not a certificate of the kind this vendor uses",
        QuoteError::Refused => "a signature, certificate, list or statement behind it is not valid",
        QuoteError::Expired => "something it rests on is not valid now",
        QuoteError::Revoked => "a certificate it rests on is revoked",
        QuoteError::Debug => "it is of code that can be looked into",
        QuoteError::Advisories => "an advisory has no number that can be read",
        QuoteError::OffChainOnly => "there is no verifier for this vendor here",
    }
}

/// What the session key of a worker has to be bound by: the hash that goes first into the report data.
pub fn registration(
    genesis: &H256,
    worker: &AccountId32,
    key: &sr25519::Public,
    epoch: u64,
    measurement: &H256,
) -> H256 {
    binding::registration(genesis, worker, key, epoch, measurement)
}

/// Checks a quote as the chain would, at `now` (seconds since 1970), against the chain's registry at a block; gives the verdict
/// to be signed. The epoch is the one that the quote was made for, this one or the next.
pub async fn check(
    connection: &Connection,
    worker: &AccountId32,
    evidence: &Evidence,
    now: u64,
    at: H256,
) -> Result<Verdict, Refusal> {
    let Evidence { vendor, root, quote, collateral } = evidence;
    let registered = connection.worker(worker, at).await?.ok_or_else(|| Refusal::NoWorker(worker.clone()))?;
    let key = sr25519::Public::from_raw(registered.session_key.0);
    let root_id = evidence.root_id();
    let until = connection.root(*vendor, root_id, at).await?;
    if until.is_none_or(|until| now >= until) {
        return Err(Refusal::Root { vendor: *vendor, root: root_id });
    }
    let report = AllVendors::verify(*vendor, quote, collateral, root, now).map_err(Refusal::Quote)?;
    let measurement = report.measurement;
    let allowance = connection.allowance(measurement, at).await?;
    let allowance = allowance.filter(|allowance| allowance.vendor == *vendor && now < allowance.until);
    let allowance = allowance.ok_or(Refusal::Measurement { vendor: *vendor, measurement })?;
    if !allowance.policy.admits(&report) {
        let status = format!("{:?}", report.status);
        return Err(Refusal::Platform { measurement, status, advisories: report.advisories });
    }
    let current = connection.epoch(at).await?;
    let bound = |epoch| registration(&connection.genesis(), worker, &key, epoch, &measurement);
    let next = current.saturating_add(1);
    let made_for = [current, next].into_iter().find(|epoch| binding::report_data(&bound(*epoch)) == report.report_data);
    let wrong = || Refusal::ReportData { found: report.report_data, epoch: current, expected: bound(current) };
    let epoch = made_for.ok_or_else(wrong)?;
    let set = connection.attestors(at).await?.set;
    let evidence = binding::evidence(quote, collateral);
    Ok(Verdict { set, vendor: *vendor, root: root_id, key, epoch, measurement, expires: report.expires, evidence })
}

/// An attestor's word for a verdict, as it is handed to the worker. JSON, hashes in hexadecimal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Word {
    /// Genesis hash of the chain it is for.
    pub genesis: H256,
    /// The worker.
    pub worker: AccountId32,
    /// Number of the set of attestors.
    pub set: u32,
    /// Place of the signer in it.
    pub place: u8,
    /// Whose hardware.
    pub vendor: Vendor,
    /// Name of the root.
    pub root: H256,
    /// The worker's session key.
    pub key: H256,
    /// The epoch it is bound for.
    pub epoch: u64,
    /// Name of what was loaded.
    pub measurement: H256,
    /// First second at which something it rests on has expired.
    pub expires: u64,
    /// Hash of quote and collateral.
    pub evidence: H256,
    /// The attestor's signature over all that.
    pub signature: sr25519::Signature,
}

impl Word {
    /// Signs a verdict as one of the attestors.
    pub async fn give(
        connection: &Connection,
        signer: &Account,
        worker: AccountId32,
        verdict: &Verdict,
        at: H256,
    ) -> Result<Self, Refusal> {
        let attestors = connection.attestors(at).await?;
        let own = H256(sp_core::Pair::public(signer.pair()).0);
        let place = attestors.keys.iter().position(|key| *key == own).and_then(|place| u8::try_from(place).ok());
        let (count, set) = (attestors.keys.len(), attestors.set);
        let place = place.ok_or(Refusal::NoAttestor { signer: own, count, set })?;
        let genesis = connection.genesis();
        let message = binding::verdict(&genesis, &worker, verdict);
        let signature = sp_core::Pair::sign(signer.pair(), message.as_bytes());
        let Verdict { set, vendor, root, key, epoch, measurement, expires, evidence } = verdict.clone();
        let key = H256(key.0);
        Ok(Self { genesis, worker, set, place, vendor, root, key, epoch, measurement, expires, evidence, signature })
    }

    /// The verdict it is about.
    pub fn verdict(&self) -> Verdict {
        Verdict {
            set: self.set,
            vendor: self.vendor,
            root: self.root,
            key: sr25519::Public::from_raw(self.key.0),
            epoch: self.epoch,
            measurement: self.measurement,
            expires: self.expires,
            evidence: self.evidence,
        }
    }
}

/// Several attestors' words for one verdict as the call carries them: the verdict, and the signatures by place. Words of different
/// verdicts, workers or chains do not go together.
pub fn together(words: &[Word]) -> Result<(Verdict, Vec<(u8, sr25519::Signature)>), String> {
    let first = words.first().ok_or("no attestor's word is given")?;
    let about = |word: &Word| (word.genesis, word.worker.clone(), word.verdict());
    if let Some(other) = words.iter().find(|word| about(word) != about(first)) {
        let name = |word: &Word| format!("worker {}, epoch {}, evidence {:?}", word.worker, word.epoch, word.evidence);
        return Err(format!("the words are about different things: {}; {}", name(first), name(other)));
    }
    let mut signatures: Vec<_> = words.iter().map(|word| (word.place, word.signature)).collect();
    signatures.sort_by_key(|(place, _)| *place);
    signatures.dedup_by_key(|(place, _)| *place);
    Ok((first.verdict(), signatures))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn word(place: u8, epoch: u64) -> Word {
        Word {
            genesis: H256::repeat_byte(1),
            worker: AccountId32::new([2; 32]),
            set: 1,
            place,
            vendor: Vendor::Tdx,
            root: H256::repeat_byte(3),
            key: H256::repeat_byte(4),
            epoch,
            measurement: H256::repeat_byte(5),
            expires: 6,
            evidence: H256::repeat_byte(7),
            signature: sr25519::Signature::from_raw([place; 64]),
        }
    }

    #[test]
    fn words_should_go_together_by_place_and_once_each() {
        let (verdict, signatures) = together(&[word(2, 9), word(0, 9), word(2, 9)]).unwrap();
        assert_eq!(verdict, word(0, 9).verdict());
        assert_eq!(signatures.iter().map(|(place, _)| *place).collect::<Vec<_>>(), [0, 2]);
    }

    #[test]
    fn words_should_not_go_together_when_they_are_about_different_epochs() {
        let error = together(&[word(0, 9), word(1, 10)]).unwrap_err();
        assert!(error.contains("epoch 9") && error.contains("epoch 10"), "{error}");
        assert!(together(&[]).is_err());
    }

    #[test]
    fn word_should_come_back_from_json_as_it_was() {
        let text = serde_json::to_string(&word(1, 9)).unwrap();
        assert_eq!(serde_json::from_str::<Word>(&text).unwrap(), word(1, 9));
    }

    #[test]
    fn blob_should_have_the_hash_that_the_chain_keeps() {
        let evidence = Evidence { vendor: Vendor::Sgx, root: vec![1], quote: vec![2, 3], collateral: vec![4] };
        assert_eq!(blake2_256(&evidence.blob()), binding::evidence(&evidence.quote, &evidence.collateral));
    }
}
