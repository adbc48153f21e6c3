//! Blobs on disk, each in a file named after the blake2-256 hash of its bytes.
//!
//! A file appears whole or not at all: it is written beside its place, synced, and moved there. Whatever a crash leaves
//! half-written is swept away at the next start. Nothing is trusted on reading: the bytes are hashed again.

use super::{
    error::Error,
    index::{charge, Entry, Index},
    metrics::Metrics,
};
use parking_lot::Mutex;
use sp_core::H256;
use sp_io::hashing::blake2_256;
use std::{
    fs::{self, File, TryLockError},
    io::{ErrorKind, Write},
    path::{Path, PathBuf},
    time::{Duration, SystemTime, UNIX_EPOCH},
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
    /// How long a blob is kept after it was last put. Beyond the quota the oldest go earlier.
    pub retention: Duration,
}

/// The store. Every method may block on the disk.
pub struct BlobStore {
    folder: PathBuf,
    limits: Limits,
    index: Mutex<Index>,
    metrics: Metrics,
    /// Held open for its lock.
    _lock: File,
}

impl BlobStore {
    /// Opens the store in `folder`, creating it if need be.
    pub fn open(folder: PathBuf, limits: Limits, metrics: Metrics) -> Result<Self, Error> {
        Self::open_at(folder, limits, metrics, SystemTime::now())
    }

    /// Stores a blob, or starts its retention anew, and returns its hash.
    pub fn put(&self, bytes: &[u8]) -> Result<H256, Error> {
        self.put_at(bytes, SystemTime::now())
    }

    /// The blob's bytes; `None` when it is not here. A damaged file is removed and reported.
    pub fn get(&self, hash: H256) -> Result<Option<Vec<u8>>, Error> {
        let Some(bytes) = self.read(hash)? else { return Ok(None) };
        if H256(blake2_256(&bytes)) == hash {
            return Ok(Some(bytes));
        }
        // Once more with the index locked: the blob may have just been put again.
        let mut index = self.index.lock();
        let Some(bytes) = self.read_file(hash)? else { return Ok(None) };
        let found = H256(blake2_256(&bytes));
        if found == hash {
            return Ok(Some(bytes));
        }
        self.delete(&mut index, hash)?;
        Err(Error::Damaged { hash, found, length: bytes.len() })
    }

    /// Length of a blob, bytes; `None` when it is not here.
    pub fn length(&self, hash: H256) -> Option<u32> {
        self.index.lock().get(&hash).map(|entry| entry.length)
    }

    /// Removes every blob older than the retention and returns how many there were.
    pub fn expire(&self) -> Result<u64, Error> {
        self.expire_at(SystemTime::now())
    }

    /// How much is kept, and for how long.
    pub fn limits(&self) -> Limits {
        self.limits
    }

    /// Counters of what the store and its servers do.
    pub fn metrics(&self) -> &Metrics {
        &self.metrics
    }

    pub(super) fn open_at(folder: PathBuf, limits: Limits, metrics: Metrics, now: SystemTime) -> Result<Self, Error> {
        if limits.quota < charge(limits.max_blob) {
            return Err(Error::QuotaTooSmall { quota: limits.quota, max_blob: limits.max_blob });
        }
        fs::create_dir_all(&folder).map_err(Error::disk("create", &folder))?;
        let lock = File::create(folder.join(LOCK)).map_err(Error::disk("create", folder.join(LOCK)))?;
        lock.try_lock().map_err(|error| match error {
            TryLockError::WouldBlock => Error::InUse(folder.clone()),
            TryLockError::Error(source) => Error::Disk { action: "lock", path: folder.join(LOCK), source },
        })?;

        let index = Mutex::new(sweep(&folder, limits.max_blob, micros(now))?);
        let store = Self { folder, limits, index, metrics, _lock: lock };
        store.expire_at(now)?;
        store.make_room(&mut store.index.lock(), 0)?;
        Ok(store)
    }

    pub(super) fn put_at(&self, bytes: &[u8], now: SystemTime) -> Result<H256, Error> {
        let length = u32::try_from(bytes.len())
            .ok()
            .filter(|length| *length <= self.limits.max_blob)
            .ok_or(Error::TooLarge { length: bytes.len() as u64, limit: self.limits.max_blob.into() })?;
        let hash = H256(blake2_256(bytes));
        let stamp = self.index.lock().stamp(micros(now));

        let folder = &self.folder;
        let mut file = tempfile::Builder::new()
            .prefix(UNFINISHED)
            .tempfile_in(folder)
            .map_err(Error::disk("create a file in", folder))?;
        file.write_all(bytes)
            .and_then(|()| file.as_file().set_modified(UNIX_EPOCH + Duration::from_micros(stamp)))
            .and_then(|()| file.as_file().sync_all())
            .map_err(Error::disk("write", file.path()))?;

        let path = self.path(hash);
        {
            let mut index = self.index.lock();
            // The same hash again takes the same room.
            if index.get(&hash).is_none() {
                self.make_room(&mut index, charge(length))?;
            }
            file.persist(&path).map_err(|error| Error::Disk { action: "write", path, source: error.error })?;
            index.insert(hash, Entry { length, stamp });
            self.metrics.holds(index.count(), index.bytes());
        }
        // The name itself must survive a crash too.
        File::open(folder).and_then(|folder| folder.sync_all()).map_err(Error::disk("sync", folder))?;
        Ok(hash)
    }

    pub(super) fn expire_at(&self, now: SystemTime) -> Result<u64, Error> {
        let retention = u64::try_from(self.limits.retention.as_micros()).unwrap_or(u64::MAX);
        let mut index = self.index.lock();
        let mut removed = 0;
        while let Some((hash, entry)) = index.oldest() {
            if entry.stamp.saturating_add(retention) > micros(now) {
                break;
            }
            self.delete(&mut index, hash)?;
            removed += 1;
        }
        self.metrics.holds(index.count(), index.bytes());
        Ok(removed)
    }

    /// Evicts the oldest blobs until `needed` more bytes fit.
    fn make_room(&self, index: &mut Index, needed: u64) -> Result<(), Error> {
        while index.charged().saturating_add(needed) > self.limits.quota {
            let Some((hash, entry)) = index.oldest() else { return Ok(()) };
            log::debug!(target: super::LOG_TARGET, "Quota: removing blob {hash:?} of {} bytes", entry.length);
            self.delete(index, hash)?;
        }
        Ok(())
    }

    fn delete(&self, index: &mut Index, hash: H256) -> Result<(), Error> {
        let path = self.path(hash);
        match fs::remove_file(&path) {
            Err(error) if error.kind() != ErrorKind::NotFound => Err(Error::disk("remove", path)(error)),
            _ => {
                index.remove(&hash);
                self.metrics.holds(index.count(), index.bytes());
                Ok(())
            }
        }
    }

    fn read(&self, hash: H256) -> Result<Option<Vec<u8>>, Error> {
        if self.length(hash).is_none() {
            return Ok(None);
        }
        self.read_file(hash)
    }

    fn read_file(&self, hash: H256) -> Result<Option<Vec<u8>>, Error> {
        let path = self.path(hash);
        match fs::read(&path) {
            Ok(bytes) => Ok(Some(bytes)),
            // Evicted since we looked.
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(Error::disk("read", path)(error)),
        }
    }

    pub(super) fn path(&self, hash: H256) -> PathBuf {
        self.folder.join(hex::encode(hash))
    }
}

fn micros(time: SystemTime) -> u64 {
    let since = time.duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_micros()).unwrap_or(u64::MAX)
}

/// Lists the blobs in the folder, and removes what a crash left unfinished or what is above the size limit.
fn sweep(folder: &Path, max_blob: u32, now: u64) -> Result<Index, Error> {
    let mut index = Index::default();
    for file in fs::read_dir(folder).map_err(Error::disk("list", folder))? {
        let file = file.map_err(Error::disk("list", folder))?;
        let (name, path) = (file.file_name(), file.path());
        let Some(name) = name.to_str() else { continue };
        if name.starts_with(UNFINISHED) {
            fs::remove_file(&path).map_err(Error::disk("remove", path))?;
            continue;
        }
        let mut hash = H256::zero();
        if hex::decode_to_slice(name, hash.as_bytes_mut()).is_err() {
            continue;
        }
        let metadata = file.metadata().map_err(Error::disk("read", &path))?;
        match u32::try_from(metadata.len()) {
            Ok(length) if metadata.is_file() && length <= max_blob => {
                // A file from the future, written before the clock was set back, counts as new.
                let stamp = metadata.modified().map_or(now, micros).min(now);
                index.insert(hash, Entry { length, stamp });
            }
            _ if metadata.is_file() => fs::remove_file(&path).map_err(Error::disk("remove", path))?,
            _ => {}
        }
    }
    Ok(index)
}
