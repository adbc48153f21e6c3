//! What a worker has computed, on disk before it is attested: a worker that is killed sends the same attestation again,
//! never a second one.

use crate::error::{Error, Result};
use crate::files;
use crate::receipt::Receipt;
use crate::sealing::ContentKey;
use crate::worker::chain::Job;
use codec::{DecodeAll, Encode};
use hanzo_poai::{Attestation, JobId};
use serde::{Deserialize, Serialize};
use sp_core::{sr25519, H256};
use sp_runtime::AccountId32;
use std::collections::BTreeMap;
use std::fs::File;
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
    /// That key's public half; none in files of versions that did not note it.
    #[serde(default)]
    signer: Option<H256>,
    /// The output's bytes, likewise.
    output: String,
    /// The key of a sealed job, likewise; its output is sealed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    content_key: Option<String>,
    /// The receipt.
    pub receipt: Receipt,
}

impl Finished {
    /// Puts a result together: with the session key's public half, and its signature over the attestation.
    pub fn new(
        opening: H256,
        attestation: &Attestation<AccountId32>,
        (signer, signature): (sr25519::Public, sr25519::Signature),
        output: &[u8],
        receipt: Receipt,
        content_key: Option<&ContentKey>,
    ) -> Self {
        Self {
            job: attestation.job,
            opening,
            attestation: hex::encode(attestation.encode()),
            signature: hex::encode(signature.encode()),
            signer: Some(H256(signer.0)),
            output: hex::encode(output),
            content_key: content_key.map(|key| hex::encode(key.as_bytes())),
            receipt,
        }
    }

    /// The attestation and its signature, as they go on chain.
    pub fn signed(&self) -> Result<(Attestation<AccountId32>, sr25519::Signature)> {
        let attestation = self.bytes(&self.attestation, "attestation")?;
        let signature = self.bytes(&self.signature, "signature")?;
        Ok((
            Attestation::decode_all(&mut &attestation[..]).map_err(|_| self.damaged("attestation"))?,
            sr25519::Signature::decode_all(&mut &signature[..]).map_err(|_| self.damaged("signature"))?,
        ))
    }

    /// Whether this session key has signed it.
    pub fn is_signed_by(&self, key: &sr25519::Public) -> bool {
        self.signer == Some(H256(key.0))
    }

    /// The same result, signed by another key, which also signs the proof in the attestation, if that carries one.
    pub fn signed_anew(
        self,
        attestation: &Attestation<AccountId32>,
        (signer, signature): (sr25519::Public, sr25519::Signature),
    ) -> Self {
        Self {
            attestation: hex::encode(attestation.encode()),
            signer: Some(H256(signer.0)),
            signature: hex::encode(signature.encode()),
            ..self
        }
    }

    /// The output's bytes, as clients fetch them.
    pub fn output(&self) -> Result<Vec<u8>> {
        self.bytes(&self.output, "output")
    }

    /// The key of a sealed job.
    pub fn content_key(&self) -> Result<Option<ContentKey>> {
        let Some(text) = &self.content_key else { return Ok(None) };
        let bytes = self.bytes(text, "key")?.try_into().map_err(|_| self.damaged("key"))?;
        Ok(Some(ContentKey::from_bytes(bytes)))
    }

    /// Whether it is the result of this job: a number may mean another job on another fork.
    pub fn answers(&self, job: &Job) -> bool {
        let Receipt { model, seed, decoding, .. } = &self.receipt;
        let of_job = |a: &Attestation<AccountId32>| (a.input, a.nonce, a.prior_root);
        let wanted = (job.input, job.nonce, job.prior_root);
        let attested = self.signed().is_ok_and(|(attestation, _)| of_job(&attestation) == wanted);
        attested && self.job == job.id && (*model, Some(*seed), *decoding) == (job.model, job.seed, job.decoding)
    }

    fn bytes(&self, text: &str, what: &str) -> Result<Vec<u8>> {
        hex::decode(text).map_err(|_| self.damaged(what))
    }

    fn damaged(&self, what: &str) -> Error {
        Error::Store(format!("the {what} of job {} is damaged", self.job))
    }
}

/// A directory with one file per finished job of one chain, used by one process at a time.
#[derive(Debug)]
pub struct Store {
    directory: PathBuf,
    finished: BTreeMap<JobId, Finished>,
    /// Locked as long as this lives: two workers on one directory would attest twice.
    _lock: File,
}

impl Store {
    /// Opens or makes `<base>/<first 8 bytes of the genesis hash>` and reads what is there. A file that cannot be read is
    /// set aside as `*.damaged` with a warning: its job is computed again.
    pub fn open(base: &Path, genesis: H256) -> Result<Self> {
        let directory = base.join(hex::encode(&genesis.as_bytes()[..8]));
        std::fs::create_dir_all(&directory).map_err(|e| Error::io(&directory, e))?;
        let mut store = Self { _lock: files::lock(&directory, "worker")?, directory, finished: BTreeMap::new() };
        let entries = std::fs::read_dir(&store.directory).map_err(|e| Error::io(&store.directory, e))?;
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
                    std::fs::rename(&path, &aside).map_err(|e| Error::io(path, e))?;
                }
            }
        }
        Ok(store)
    }

    /// The result under this number, whatever acceptance it answers.
    pub fn get(&self, job: JobId) -> Option<&Finished> {
        self.finished.get(&job)
    }

    /// Every result, oldest job first.
    pub fn iter(&self) -> impl Iterator<Item = &Finished> {
        self.finished.values()
    }

    /// Writes a result; once this returns it survives a crash.
    pub fn insert(&mut self, finished: Finished) -> Result<()> {
        let path = self.path(finished.job);
        let text = serde_json::to_vec_pretty(&finished).map_err(|e| Error::Store(e.to_string()))?;
        files::write(&self.directory, &path, &text)?;
        self.finished.insert(finished.job, finished);
        Ok(())
    }

    /// Drops a result nobody can ask for any more.
    pub fn remove(&mut self, job: JobId) -> Result<()> {
        if self.finished.remove(&job).is_some() {
            let path = self.path(job);
            std::fs::remove_file(&path).map_err(|e| Error::io(path, e))?;
        }
        Ok(())
    }

    fn path(&self, job: JobId) -> PathBuf {
        self.directory.join(format!("{job}.json"))
    }
}

fn read(path: &Path) -> Result<Finished> {
    let text = std::fs::read(path).map_err(|e| Error::io(path, e))?;
    let finished: Finished = serde_json::from_slice(&text).map_err(|e| Error::Store(e.to_string()))?;
    finished.signed()?;
    finished.output()?;
    Ok(finished)
}
