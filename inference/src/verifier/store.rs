//! Votes on disk before they are committed to: a verifier that is killed reveals what it committed to, and never commits to
//! two things.

use crate::error::{Error, Result};
use crate::files;
use crate::hash::blake2_256;
use crate::verifier::round::Round;
use codec::Encode;
use hanzo_poai::committee::{commitment, Vote};
use hanzo_poai::JobId;
use serde::{Deserialize, Serialize};
use sp_core::H256;
use sp_runtime::AccountId32;
use std::collections::BTreeMap;
use std::fs::File;
use std::path::{Path, PathBuf};

/// Whose vote, on what.
pub type Key = (AccountId32, Round);

/// A vote with its secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Ballot {
    /// Who votes.
    verifier: AccountId32,
    /// On which job.
    job: JobId,
    /// In which round.
    round: u32,
    /// From which the positions of the digest derive.
    positions: H256,
    /// Names the attestation.
    receipt_root: H256,
    /// The vote.
    vote: Vote,
    /// What makes the commitment impossible to guess; used for this ballot only.
    salt: H256,
    /// What the evidence says; its hash goes on chain with the vote.
    evidence: String,
    /// H(domain ‖ genesis ‖ job ‖ round ‖ verifier ‖ vote ‖ salt), as it goes on chain.
    commitment: H256,
}

impl Ballot {
    /// A vote under a salt of its own, drawn from the system's randomness.
    pub fn new(genesis: &H256, verifier: &AccountId32, round: &Round, vote: Vote, evidence: String) -> Self {
        let salt = H256::random();
        Self {
            commitment: commitment(genesis, round.job, round.number, verifier, &vote, &salt.0),
            verifier: verifier.clone(),
            job: round.job,
            round: round.number,
            positions: round.positions,
            receipt_root: round.receipt,
            vote,
            salt,
            evidence,
        }
    }

    /// Whose it is, and on what.
    pub fn key(&self) -> Key {
        let Self { job, round, positions, receipt_root, .. } = self;
        let round = Round { job: *job, number: *round, positions: *positions, receipt: *receipt_root };
        (self.verifier.clone(), round)
    }

    /// The vote.
    pub fn vote(&self) -> Vote {
        self.vote
    }

    /// The salt; a secret until it is revealed.
    pub fn salt(&self) -> [u8; 32] {
        self.salt.0
    }

    /// The commitment.
    pub fn commitment(&self) -> H256 {
        self.commitment
    }

    /// The evidence as it is published.
    pub fn evidence(&self) -> &[u8] {
        self.evidence.as_bytes()
    }

    /// Its hash.
    pub fn evidence_hash(&self) -> H256 {
        blake2_256(self.evidence())
    }
}

/// A directory with one file per ballot of one chain, used by one process at a time.
#[derive(Debug)]
pub struct Store {
    directory: PathBuf,
    ballots: BTreeMap<Key, Ballot>,
    /// Locked as long as this lives: two verifiers on one directory would commit twice.
    _lock: File,
}

impl Store {
    /// Opens or makes `<base>/<first 8 bytes of the genesis hash>` and reads what is there. A file that cannot be read, or
    /// whose commitment is not that of its vote, is set aside as `*.damaged` with an error in the log: what it committed to
    /// cannot be revealed.
    pub fn open(base: &Path, genesis: H256) -> Result<Self> {
        let directory = base.join(hex::encode(&genesis.as_bytes()[..8]));
        std::fs::create_dir_all(&directory).map_err(|e| Error::io(&directory, e))?;
        let mut store = Self { _lock: files::lock(&directory, "verifier")?, directory, ballots: BTreeMap::new() };
        let entries = std::fs::read_dir(&store.directory).map_err(|e| Error::io(&store.directory, e))?;
        for path in entries.flatten().map(|entry| entry.path()) {
            if path.extension().is_none_or(|extension| extension != "json") {
                continue;
            }
            match read(&path, &genesis) {
                Ok(ballot) => {
                    store.ballots.insert(ballot.key(), ballot);
                }
                Err(error) => {
                    tracing::error!(file = %path.display(), %error, "setting a damaged ballot aside; it cannot be revealed");
                    let aside = path.with_extension("damaged");
                    std::fs::rename(&path, &aside).map_err(|e| Error::io(path, e))?;
                }
            }
        }
        Ok(store)
    }

    /// The ballot of a verifier in a round.
    pub fn get(&self, key: &Key) -> Option<&Ballot> {
        self.ballots.get(key)
    }

    /// Every ballot.
    pub fn iter(&self) -> impl Iterator<Item = &Ballot> {
        self.ballots.values()
    }

    /// Writes a ballot; once this returns it survives a crash. Refused if there is one of this verifier in this round: there
    /// is never a second.
    pub fn insert(&mut self, ballot: Ballot) -> Result<()> {
        let key = ballot.key();
        if self.ballots.contains_key(&key) {
            let (verifier, round) = key;
            return Err(Error::Store(format!(
                "{verifier} has voted on job {} in round {} already",
                round.job, round.number
            )));
        }
        let text = serde_json::to_vec_pretty(&ballot).map_err(|e| Error::Store(e.to_string()))?;
        files::write(&self.directory, &self.path(&key), &text)?;
        self.ballots.insert(key, ballot);
        Ok(())
    }

    /// Drops a ballot that nobody asks for any more.
    pub fn remove(&mut self, key: &Key) -> Result<()> {
        if self.ballots.remove(key).is_some() {
            let path = self.path(key);
            std::fs::remove_file(&path).map_err(|e| Error::io(path, e))?;
        }
        Ok(())
    }

    fn path(&self, (verifier, round): &Key) -> PathBuf {
        let name = blake2_256(&(verifier, round.positions, round.receipt).encode());
        let name = hex::encode(&name.as_bytes()[..8]);
        self.directory.join(format!("{}-{}-{name}.json", round.job, round.number))
    }
}

fn read(path: &Path, genesis: &H256) -> Result<Ballot> {
    let text = std::fs::read(path).map_err(|e| Error::io(path, e))?;
    let ballot: Ballot = serde_json::from_slice(&text).map_err(|e| Error::Store(e.to_string()))?;
    let Ballot { verifier, job, round, vote, salt, .. } = &ballot;
    match commitment(genesis, *job, *round, verifier, vote, &salt.0) == ballot.commitment {
        true => Ok(ballot),
        false => Err(Error::Store("its commitment is not that of its vote and salt on this chain".into())),
    }
}
