//! Files that survive a crash, and directories that one process uses at a time.

use crate::error::{Error, Result};
use std::fs::{File, TryLockError};
use std::io::Write;
use std::path::Path;

/// File that the process using a directory keeps locked.
const LOCK: &str = "lock";

/// Locks a directory for as long as the file lives. `who` is what uses such directories, for the error.
pub(crate) fn lock(directory: &Path, who: &str) -> Result<File> {
    let path = directory.join(LOCK);
    let file = File::create(&path).map_err(|e| Error::io(&path, e))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => {
            Err(Error::Store(format!("another {who} uses {}; give each its own base path", directory.display())))
        }
        Err(TryLockError::Error(error)) => Err(Error::io(path, error)),
    }
}

/// Writes a file of a directory, whole or not at all, readable by its owner only; once this returns it survives a crash.
pub(crate) fn write(directory: &Path, path: &Path, bytes: &[u8]) -> Result<()> {
    let io = |source| Error::io(path, source);
    let mut file = tempfile::NamedTempFile::new_in(directory).map_err(io)?;
    file.write_all(bytes).and_then(|()| file.as_file().sync_all()).map_err(io)?;
    file.persist(path).map_err(|e| io(e.error))?;
    File::open(directory).and_then(|directory| directory.sync_all()).map_err(io)
}
