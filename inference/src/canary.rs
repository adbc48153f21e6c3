//! An operator's canaries: jobs of its own whose work its own worker gets wrong on purpose (docs/verification.md#canaries).
//!
//! They are kept in a directory, a file each: made before their hash is lodged, marked when the job is submitted and again when its
//! worker has forged it. Client, worker and operator may share it. Whoever reads it knows which jobs are canaries, so only its owner
//! may.

use crate::error::{Error, Result};
use crate::files;
use hanzo_poai::{canary, JobId};
use serde::{Deserialize, Serialize};
use sp_core::H256;
use sp_runtime::AccountId32;
use std::fs;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use x_wing::Generate;

/// A canary, from its lodging on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Canary {
    /// The chain.
    pub genesis: H256,
    /// Who lodges it.
    pub operator: AccountId32,
    /// Who submits the job.
    pub client: AccountId32,
    /// Under which nonce.
    pub nonce: u64,
    /// What keeps the lodged hash from saying so.
    pub salt: H256,
    /// Block its hash is in; none until it is lodged.
    pub lodged_at: Option<u32>,
    /// Whether a job was submitted under its nonce.
    pub submitted: bool,
    /// What its worker has forged.
    pub forged: Option<Forged>,
}

/// Work that is wrong on purpose.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Forged {
    /// The job.
    pub job: JobId,
    /// Root of its output's tokens, as the worker attests it.
    pub tokens_root: H256,
}

impl Canary {
    /// A new one, with a nonce and a salt that nobody can guess.
    pub fn random(genesis: H256, operator: AccountId32, client: AccountId32) -> Result<Self> {
        let (nonce, salt) = (random_nonce()?, H256(random()?));
        Ok(Self { genesis, operator, client, nonce, salt, lodged_at: None, submitted: false, forged: None })
    }

    /// What is lodged.
    pub fn hash(&self) -> H256 {
        canary::commitment(&self.genesis, &self.operator, &self.client, self.nonce, &self.salt.0)
    }
}

/// A hash with nothing behind it.
pub fn noise() -> Result<H256> {
    random().map(H256)
}

/// A nonce for a job. Canaries have theirs long before they are submitted, so all jobs have random ones: none may tell.
pub fn random_nonce() -> Result<u64> {
    let [a, b, c, d, e, f, g, h, ..] = random()?;
    Ok(u64::from_le_bytes([a, b, c, d, e, f, g, h]))
}

fn random() -> Result<[u8; 32]> {
    <[u8; 32]>::try_generate().map_err(|e| Error::Request(format!("no randomness: {e}")))
}

/// The directory with an operator's canaries.
#[derive(Clone, Debug)]
pub struct Book(PathBuf);

impl Book {
    /// Opens it; makes it, readable by its owner only, if it is not there.
    pub fn open(directory: &Path) -> Result<Self> {
        let made = fs::DirBuilder::new().recursive(true).mode(0o700).create(directory);
        made.map_err(|e| Error::io(directory, e))?;
        Ok(Self(directory.into()))
    }

    /// Keeps a canary as it is now. Once this returns it survives a crash.
    pub fn put(&self, canary: &Canary) -> Result<()> {
        let text = serde_json::to_vec_pretty(canary).map_err(|e| Error::Store(e.to_string()))?;
        files::write(&self.0, &self.0.join(format!("{}.json", hex::encode(canary.hash()))), &text)
    }

    /// All of them, those lodged last first.
    pub fn all(&self) -> Result<Vec<Canary>> {
        let mut all = Vec::new();
        for entry in fs::read_dir(&self.0).map_err(|e| Error::io(&self.0, e))? {
            let path = entry.map_err(|e| Error::io(&self.0, e))?.path();
            if path.extension().is_none_or(|extension| extension != "json") {
                continue;
            }
            let text = fs::read(&path).map_err(|e| Error::io(&path, e))?;
            let canary: Canary =
                serde_json::from_slice(&text).map_err(|e| Error::Store(format!("{}: {e}", path.display())))?;
            all.push(canary);
        }
        all.sort_by_key(|canary| (std::cmp::Reverse(canary.lodged_at), canary.nonce));
        Ok(all)
    }

    /// That of a client's job under a nonce.
    pub fn of(&self, client: &AccountId32, nonce: u64) -> Result<Option<Canary>> {
        Ok(self.all()?.into_iter().find(|canary| canary.client == *client && canary.nonce == nonce))
    }

    /// The canary that a client should submit next: of those lodged and not submitted the last, which expires last.
    pub fn next(&self, genesis: H256, client: &AccountId32) -> Result<Option<Canary>> {
        let is_ready = |canary: &Canary| {
            canary.genesis == genesis && canary.client == *client && canary.lodged_at.is_some() && !canary.submitted
        };
        Ok(self.all()?.into_iter().find(is_ready))
    }
}

/// The prompt that a canary's output is made from: not the job's, but of the same vocabulary, so that the output reads like any other
/// and no replay of the job gives it.
pub(crate) fn other_prompt(prompt: &[u32], vocabulary: usize) -> Vec<u32> {
    let shifted = |token: &u32| token.checked_add(1).filter(|next| (*next as usize) < vocabulary).unwrap_or_default();
    match prompt {
        // It answers without having read.
        [first, _, ..] => vec![*first],
        _ => prompt.iter().map(shifted).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn account(byte: u8) -> AccountId32 {
        AccountId32::new([byte; 32])
    }

    fn lodged(client: u8, at: u32) -> Canary {
        let canary = Canary::random(H256::zero(), account(1), account(client)).unwrap();
        Canary { lodged_at: Some(at), ..canary }
    }

    #[test]
    fn book_should_keep_canaries_where_only_its_owner_reads_them() {
        use std::os::unix::fs::PermissionsExt;
        let parent = tempfile::tempdir().unwrap();
        let path = parent.path().join("canaries");
        let book = Book::open(&path).unwrap();
        let canary = lodged(2, 7);
        book.put(&canary).unwrap();
        let forged = Some(Forged { job: 3, tokens_root: H256::repeat_byte(4) });
        let canary = Canary { submitted: true, forged, ..canary };
        book.put(&canary).unwrap();
        assert_eq!(Book::open(&path).unwrap().all().unwrap(), vec![canary.clone()]);
        assert_eq!(book.of(&canary.client, canary.nonce).unwrap(), Some(canary.clone()));
        assert_eq!(book.of(&canary.client, canary.nonce.wrapping_add(1)).unwrap(), None);
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        let file = fs::read_dir(&path).unwrap().next().unwrap().unwrap().path();
        assert_eq!((mode(&path), mode(&file)), (0o700, 0o600));
        fs::write(&file, "{}").unwrap();
        assert!(book.all().unwrap_err().to_string().contains("missing field"));
    }

    #[test]
    fn next_canary_should_be_the_clients_own_lodged_last_and_not_submitted() {
        let directory = tempfile::tempdir().unwrap();
        let book = Book::open(directory.path()).unwrap();
        let (old, new, foreign) = (lodged(2, 7), lodged(2, 9), lodged(3, 11));
        let spent = Canary { submitted: true, ..lodged(2, 12) };
        let unlodged = Canary { lodged_at: None, ..lodged(2, 0) };
        for canary in [&old, &new, &foreign, &spent, &unlodged] {
            book.put(canary).unwrap();
        }
        let next = |genesis| book.next(genesis, &account(2)).unwrap();
        assert_eq!(next(H256::zero()), Some(new.clone()));
        book.put(&Canary { submitted: true, ..new }).unwrap();
        assert_eq!(next(H256::zero()), Some(old));
        assert_eq!(next(H256::repeat_byte(1)), None);
    }

    #[test]
    fn other_prompt_should_differ_and_stay_in_the_vocabulary() {
        assert_eq!(other_prompt(&[5, 6, 7], 10), [5]);
        assert_eq!(other_prompt(&[5], 10), [6]);
        assert_eq!(other_prompt(&[9], 10), [0]);
    }
}
