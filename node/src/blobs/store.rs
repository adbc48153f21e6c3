//! Blobs on disk, each in a file named after the blake2-256 hash of its bytes, when it was put, and for whom.
//!
//! A file appears whole or not at all: it is written beside its place, synced, and moved there. Whatever a crash leaves
//! half-written is swept away at the next start. Nothing is trusted on reading: the bytes are hashed again.
//!
//! Blobs are kept for the retention. When there is no room left, copies of what peers have make some, then blobs of
//! strangers that are past their grace and that no open job names, oldest first; beyond these the store refuses. Strangers
//! can fill half of the quota at most; the rest is for the node's own tasks. The disk is never touched with the index
//! locked.

use super::{
    error::Error,
    index::{charge, Claim, Entry, Index},
    metrics::Metrics,
    named::Named,
};
use parking_lot::Mutex;
use sp_core::H256;
use sp_io::hashing::blake2_256;
use std::{
    fs::{self, File, TryLockError},
    io::{ErrorKind, Write},
    path::{Path, PathBuf},
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

/// Start of the names of files that are still being written.
const UNFINISHED: &str = ".new-";
/// The file whose lock keeps a second node out.
const LOCK: &str = ".lock";

/// How much the store keeps, and for how long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Largest blob, bytes.
    pub max_blob: u32,
    /// Most bytes on disk; each blob counts for 4096 at least.
    pub quota: u64,
    /// How long a blob is kept after it was last put.
    pub retention: Duration,
    /// How long nothing displaces a stranger's blob that no job names.
    pub grace: Duration,
}

/// Blobs to tell the network about.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Worthy {
    /// Those that open jobs name, and the node's own, newest first.
    pub firm: Vec<H256>,
    /// Those of strangers that no job names, newest first.
    pub casual: Vec<H256>,
}

impl Limits {
    /// Most bytes that strangers may fill.
    pub fn public_quota(&self) -> u64 {
        self.quota / 2
    }
}

/// The store. Every method but [`Self::length`] may block on the disk.
pub struct BlobStore {
    folder: PathBuf,
    limits: Limits,
    index: Mutex<Index>,
    metrics: Metrics,
    named: Named,
    /// Held open for its lock.
    _lock: File,
}

impl BlobStore {
    /// Opens the store in `folder`, creating it if need be. Where the quota has become smaller since, blobs leave at once,
    /// the oldest of strangers first.
    pub fn open(folder: PathBuf, limits: Limits, metrics: Metrics) -> Result<Self, Error> {
        Self::open_at(folder, limits, metrics, SystemTime::now())
    }

    /// Stores a blob, or starts its retention anew, and returns its hash. Fails with [`Error::Full`] where that would
    /// take the place of one that may not be displaced.
    pub fn put(&self, bytes: &[u8], claim: Claim) -> Result<H256, Error> {
        self.put_at(bytes, claim, SystemTime::now())
    }

    /// The blob's bytes; `None` when it is not here. A damaged file is removed and reported.
    pub fn get(&self, hash: H256) -> Result<Option<Vec<u8>>, Error> {
        loop {
            let Some(entry) = self.index.lock().get(&hash) else { return Ok(None) };
            let path = self.path(hash, entry);
            let read = match fs::read(&path) {
                Ok(bytes) => Some(bytes),
                Err(error) if error.kind() == ErrorKind::NotFound => None,
                Err(error) => return Err(Error::disk("read", path)(error)),
            };
            let found = read.as_deref().map(blake2_256).map(H256);
            if found == Some(hash) {
                return Ok(read);
            }
            // It may have been put again meanwhile, under another name; if not, it is lost.
            if !self.forget(hash, entry) {
                continue;
            }
            let (Some(found), Some(bytes)) = (found, read) else { return Ok(None) };
            remove(&path)?;
            return Err(Error::Damaged { hash, found, length: bytes.len() });
        }
    }

    /// Length of a blob, bytes; `None` when it is not here.
    pub fn length(&self, hash: H256) -> Option<u32> {
        self.index.lock().get(&hash).map(|entry| entry.length)
    }

    /// Removes every blob older than the retention and returns how many there were.
    pub fn expire(&self) -> Result<usize, Error> {
        self.expire_at(SystemTime::now())
    }

    /// How much is kept, and for how long.
    pub fn limits(&self) -> Limits {
        self.limits
    }

    /// What open jobs name, as far as the store has been told.
    pub fn named(&self) -> &Named {
        &self.named
    }

    /// Blobs to tell the network about, so many of each kind at most. Copies are not among them: they may leave at any
    /// moment, and whoever they came from has announced them.
    pub fn worthy(&self, firm: usize, casual: usize) -> Worthy {
        let index = self.index.lock();
        let names = self.named.read();
        let promised = |hash: &H256| index.get(hash).is_some_and(|entry| entry.claim > Claim::Copy);
        let of_jobs = names.hashes().filter(promised);
        let own = index.newest(Claim::Own).filter(|hash| !names.hold(hash));
        let public = index.newest(Claim::Public).filter(|hash| !names.hold(hash));
        Worthy { firm: of_jobs.chain(own).take(firm).collect(), casual: public.take(casual).collect() }
    }

    /// Counters of what the store and its servers do.
    pub fn metrics(&self) -> &Metrics {
        &self.metrics
    }

    pub(super) fn open_at(folder: PathBuf, limits: Limits, metrics: Metrics, now: SystemTime) -> Result<Self, Error> {
        if limits.public_quota() < charge(limits.max_blob) {
            return Err(Error::QuotaTooSmall { quota: limits.quota, max_blob: limits.max_blob });
        }
        fs::create_dir_all(&folder).map_err(Error::disk("create", &folder))?;
        let lock = File::create(folder.join(LOCK)).map_err(Error::disk("create", folder.join(LOCK)))?;
        lock.try_lock().map_err(|error| match error {
            TryLockError::WouldBlock => Error::InUse(folder.clone()),
            TryLockError::Error(source) => Error::Disk { action: "lock", path: folder.join(LOCK), source },
        })?;

        let mut index = sweep(&folder, limits.max_blob, micros(now))?;
        let above = index.shrink(limits.quota, Claim::Own);
        let store = Self { folder, limits, index: Mutex::new(index), metrics, named: Named::default(), _lock: lock };
        store.remove_files(&above)?;
        store.expire_at(now)?;
        Ok(store)
    }

    pub(super) fn put_at(&self, bytes: &[u8], claim: Claim, now: SystemTime) -> Result<H256, Error> {
        let length = u32::try_from(bytes.len())
            .ok()
            .filter(|length| *length <= self.limits.max_blob)
            .ok_or(Error::TooLarge { length: bytes.len() as u64, limit: self.limits.max_blob.into() })?;
        let hash = H256(blake2_256(bytes));
        let now = micros(now);

        // What can be refused is refused before it is written; what counts is the same question below.
        let entry = {
            let mut index = self.index.lock();
            let known = index.get(&hash);
            if claim == Claim::Copy && known.is_some() {
                return Ok(hash);
            }
            let claim = known.map_or(claim, |known| known.claim.max(claim));
            let expired = index.expire(self.limits.retention, now);
            let entry = Entry { length, stamp: index.stamp(now), claim };
            let room = self.room_for(&index, &hash, &entry);
            drop(index);
            self.remove_files(&expired)?;
            room?;
            entry
        };
        self.write(hash, entry, bytes)?;
        let (gone, result) = match self.admit(hash, entry) {
            Ok(gone) => (gone, Ok(hash)),
            Err(error) => (vec![(hash, entry)], Err(error)),
        };
        if let Err(error) = self.remove_files(&gone) {
            // The blob is here all the same, and the next start removes what was left.
            log::warn!(target: super::LOG_TARGET, "{error}");
        }
        result
    }

    pub(super) fn expire_at(&self, now: SystemTime) -> Result<usize, Error> {
        let gone = self.index.lock().expire(self.limits.retention, micros(now));
        self.remove_files(&gone)?;
        Ok(gone.len())
    }

    /// Writes a blob's file, whole or not at all.
    fn write(&self, hash: H256, entry: Entry, bytes: &[u8]) -> Result<(), Error> {
        let (folder, path) = (&self.folder, self.path(hash, entry));
        let mut file = tempfile::Builder::new()
            .prefix(UNFINISHED)
            .tempfile_in(folder)
            .map_err(Error::disk("create a file in", folder))?;
        file.write_all(bytes).and_then(|()| file.as_file().sync_all()).map_err(Error::disk("write", file.path()))?;
        file.persist(&path).map_err(|error| Error::Disk { action: "write", path, source: error.error })?;
        // The name itself must survive a crash too.
        File::open(folder).and_then(|folder| folder.sync_all()).map_err(Error::disk("sync", folder))
    }

    /// Makes a written blob known, and returns those whose files it leaves without use.
    fn admit(&self, hash: H256, entry: Entry) -> Result<Vec<(H256, Entry)>, Error> {
        let mut index = self.index.lock();
        // Put with a stronger claim while this one was written: that file is as good.
        if index.get(&hash).is_some_and(|other| other.claim > entry.claim) {
            return Ok(vec![(hash, entry)]);
        }
        let leave = self.room_for(&index, &hash, &entry)?;
        let mut gone: Vec<_> = leave.into_iter().filter_map(|other| Some((other, index.remove(&other)?))).collect();
        let replaced = index.insert(hash, entry);
        gone.extend(index.shrink(self.limits.quota, Claim::Copy));
        gone.extend(replaced.map(|replaced| (hash, replaced)));
        self.metrics.holds(index.count(), index.bytes());
        Ok(gone)
    }

    /// Blobs that have to leave for a new one; see [`Index::room_for`].
    fn room_for(&self, index: &Index, hash: &H256, entry: &Entry) -> Result<Vec<H256>, Error> {
        index.room_for(hash, entry, &self.limits, self.named.read().known(Instant::now()))
    }

    /// Forgets a blob, if it is still the one of this entry; returns whether it was.
    fn forget(&self, hash: H256, entry: Entry) -> bool {
        let mut index = self.index.lock();
        let same = index.get(&hash) == Some(entry);
        if same {
            index.remove(&hash);
            self.metrics.holds(index.count(), index.bytes());
        }
        same
    }

    /// Removes the files of blobs that are forgotten already.
    fn remove_files(&self, blobs: &[(H256, Entry)]) -> Result<(), Error> {
        if blobs.is_empty() {
            return Ok(());
        }
        {
            let index = self.index.lock();
            self.metrics.holds(index.count(), index.bytes());
        }
        blobs.iter().try_for_each(|(hash, entry)| remove(&self.path(*hash, *entry)))
    }

    pub(super) fn path(&self, hash: H256, entry: Entry) -> PathBuf {
        self.folder.join(file_name(hash, entry))
    }
}

/// Name of a blob's file; no two puts share one.
fn file_name(hash: H256, Entry { stamp, claim, .. }: Entry) -> String {
    let claim = match claim {
        Claim::Copy => "copy",
        Claim::Public => "public",
        Claim::Own => "own",
    };
    format!("{}.{stamp}.{claim}", hex::encode(hash))
}

/// Hash, stamp and claim in a file's name, if it is a blob's.
fn parse_name(name: &str) -> Option<(H256, u64, Claim)> {
    let mut parts = name.split('.');
    let (hash, stamp, claim) = (parts.next()?, parts.next()?, parts.next()?);
    let claim = match claim {
        "copy" => Claim::Copy,
        "public" => Claim::Public,
        "own" => Claim::Own,
        _ => return None,
    };
    let mut bytes = H256::zero();
    hex::decode_to_slice(hash, bytes.as_bytes_mut()).ok()?;
    parts.next().is_none().then_some((bytes, stamp.parse().ok()?, claim))
}

fn micros(time: SystemTime) -> u64 {
    let since = time.duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_micros()).unwrap_or(u64::MAX)
}

/// Removes a file that may be gone already.
fn remove(path: &Path) -> Result<(), Error> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(Error::disk("remove", path)(error)),
        _ => Ok(()),
    }
}

/// Lists the blobs in the folder, and removes what a crash left unfinished, what was put again since, and what is above
/// the size limit.
fn sweep(folder: &Path, max_blob: u32, now: u64) -> Result<Index, Error> {
    let mut index = Index::default();
    for file in fs::read_dir(folder).map_err(Error::disk("list", folder))? {
        let file = file.map_err(Error::disk("list", folder))?;
        let (name, path) = (file.file_name(), file.path());
        let Some(name) = name.to_str() else { continue };
        if name.starts_with(UNFINISHED) {
            remove(&path)?;
            continue;
        }
        let Some((hash, written, claim)) = parse_name(name) else { continue };
        let metadata = file.metadata().map_err(Error::disk("read", &path))?;
        if !metadata.is_file() {
            continue;
        }
        let Some(length) = u32::try_from(metadata.len()).ok().filter(|length| *length <= max_blob) else {
            remove(&path)?;
            continue;
        };
        // A file from the future, written before the clock was set back, counts as new.
        let entry = Entry { length, stamp: written.min(now), claim };
        let better = |other: Entry| (other.claim, other.stamp) >= (entry.claim, entry.stamp);
        if index.get(&hash).is_some_and(better) {
            remove(&path)?;
            continue;
        }
        if written != entry.stamp {
            fs::rename(&path, folder.join(file_name(hash, entry))).map_err(Error::disk("rename", &path))?;
        }
        if let Some(worse) = index.insert(hash, entry) {
            remove(&folder.join(file_name(hash, worse)))?;
        }
    }
    Ok(index)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn file_names_should_tell_hash_time_and_claim() {
        let hash = H256::repeat_byte(7);
        for claim in Claim::ALL {
            let name = file_name(hash, Entry { length: 1, stamp: 1_700_000_000_000_000, claim });
            assert_eq!(parse_name(&name), Some((hash, 1_700_000_000_000_000, claim)), "{name}");
        }
        for name in ["notes.txt", "07.1.own", &hex::encode(hash), &format!("{}.1.own.bak", hex::encode(hash))] {
            assert_eq!(parse_name(name), None, "{name}");
        }
    }
}
