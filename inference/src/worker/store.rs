//! What a worker has computed, on disk before it is attested: a worker that is killed sends the same attestation again,
//! never a second one.

use crate::error::{Error, Result};
use crate::receipt::Receipt;
use codec::{DecodeAll, Encode};
use hanzo_poai::{Attestation, JobId};
use serde::{Deserialize, Serialize};
use sp_core::{sr25519, H256};
use sp_runtime::AccountId32;
use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};

/// One finished job.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Finished {
    /// Its number.
    pub job: JobId,
    /// The opening hash of the acceptance it answers; another one means another chain or fork.
    pub opening: H256,
    /// The attestation, SCALE in hexadecimal.
    attestation: String,
    /// The session key's signature over it, likewise.
    signature: String,
    /// The receipt.
    pub receipt: Receipt,
}

impl Finished {
    /// Puts a result together.
    pub fn new(
        opening: H256,
        attestation: &Attestation<AccountId32>,
        signature: &sr25519::Signature,
        receipt: Receipt,
    ) -> Self {
        Self {
            job: attestation.job,
            opening,
            attestation: hex::encode(attestation.encode()),
            signature: hex::encode(signature.encode()),
            receipt,
        }
    }

    /// The attestation and its signature, as they go on chain.
    pub fn signed(&self) -> Result<(Attestation<AccountId32>, sr25519::Signature)> {
        let damaged = |what| Error::Store(format!("the {what} of job {} is damaged", self.job));
        let bytes = |text: &str, what| hex::decode(text).map_err(|_| damaged(what));
        let attestation = bytes(&self.attestation, "attestation")?;
        let signature = bytes(&self.signature, "signature")?;
        Ok((
            Attestation::decode_all(&mut &attestation[..]).map_err(|_| damaged("attestation"))?,
            sr25519::Signature::decode_all(&mut &signature[..]).map_err(|_| damaged("signature"))?,
        ))
    }
}

/// A directory with one file per finished job of one chain.
#[derive(Debug)]
pub struct Store {
    directory: PathBuf,
    finished: BTreeMap<JobId, Finished>,
}

impl Store {
    /// Opens or makes `<base>/<first 8 bytes of the genesis hash>` and reads what is there. A file that cannot be read is
    /// set aside as `*.damaged` with a warning: its job is computed again.
    pub fn open(base: &Path, genesis: H256) -> Result<Self> {
        let directory = base.join(hex::encode(&genesis.as_bytes()[..8]));
        std::fs::create_dir_all(&directory).map_err(|source| Error::Io { path: directory.clone(), source })?;
        let mut store = Self { directory, finished: BTreeMap::new() };
        let entries =
            std::fs::read_dir(&store.directory).map_err(|source| Error::Io { path: store.directory.clone(), source })?;
        for entry in entries.flatten() {
            let path = entry.path();
            if path.extension().is_none_or(|extension| extension != "json") {
                continue;
            }
            match read(&path) {
                Ok(finished) => {
                    store.finished.insert(finished.job, finished);
                }
                Err(error) => {
                    let aside = path.with_extension("damaged");
                    tracing::warn!(file = %path.display(), %error, "setting a damaged result aside");
                    std::fs::rename(&path, &aside).map_err(|source| Error::Io { path, source })?;
                }
            }
        }
        Ok(store)
    }

    /// The result of a job, if it answers this acceptance.
    pub fn get(&self, job: JobId, opening: H256) -> Option<&Finished> {
        self.finished.get(&job).filter(|finished| finished.opening == opening)
    }

    /// Every result, oldest job first.
    pub fn iter(&self) -> impl Iterator<Item = &Finished> {
        self.finished.values()
    }

    /// Writes a result; once this returns it survives a crash.
    pub fn insert(&mut self, finished: Finished) -> Result<()> {
        let path = self.path(finished.job);
        let io = |source| Error::Io { path: path.clone(), source };
        let text = serde_json::to_vec_pretty(&finished).map_err(|e| Error::Store(e.to_string()))?;
        let mut file = tempfile::NamedTempFile::new_in(&self.directory).map_err(io)?;
        file.write_all(&text).and_then(|()| file.as_file().sync_all()).map_err(io)?;
        file.persist(&path).map_err(|e| io(e.error))?;
        std::fs::File::open(&self.directory).and_then(|directory| directory.sync_all()).map_err(io)?;
        self.finished.insert(finished.job, finished);
        Ok(())
    }

    /// Drops a result nobody can ask for any more.
    pub fn remove(&mut self, job: JobId) -> Result<()> {
        if self.finished.remove(&job).is_some() {
            let path = self.path(job);
            std::fs::remove_file(&path).map_err(|source| Error::Io { path, source })?;
        }
        Ok(())
    }

    fn path(&self, job: JobId) -> PathBuf {
        self.directory.join(format!("{job}.json"))
    }
}

fn read(path: &Path) -> Result<Finished> {
    let text = std::fs::read(path).map_err(|source| Error::Io { path: path.into(), source })?;
    let finished: Finished = serde_json::from_slice(&text).map_err(|e| Error::Store(e.to_string()))?;
    finished.signed()?;
    Ok(finished)
}
