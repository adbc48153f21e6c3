//! Secret keys: from files that only their owner may read, or, for development, from the command line.

use super::error::{ClientError, Result};
use sp_core::{crypto::SecretStringError, sr25519, Pair};
use sp_runtime::AccountId32;
use std::fmt;
use std::path::Path;
use subxt::transactions::Signer;
use subxt::utils::MultiSignature;
use subxt::SubstrateConfig;

/// An account that can sign.
#[derive(Clone)]
pub struct Account(sr25519::Pair);

impl Account {
    /// From a secret URI: a phrase or seed with derivations, such as `//Alice`.
    pub fn from_suri(suri: &str) -> Result<Self> {
        sr25519::Pair::from_string(suri.trim(), None).map(Self).map_err(|error| {
            // What is wrong with its format would be said with the secret in full.
            let reason = match error {
                SecretStringError::InvalidFormat(_) => "invalid format".into(),
                error => error.to_string().to_lowercase(),
            };
            ClientError::Key(format!("not a secret URI (a phrase, a seed in hexadecimal, //Name): {reason}"))
        })
    }

    /// From a file that holds a secret URI.
    pub fn from_file(path: &Path) -> Result<Self> {
        let failed = |reason: &dyn fmt::Display| ClientError::Key(format!("key file {}: {reason}", path.display()));
        check_mode(path)?;
        let suri = std::fs::read_to_string(path).map_err(|e| failed(&e))?;
        Self::from_suri(&suri).map_err(|e| failed(&e))
    }

    /// A new key, with its phrase.
    pub fn generate() -> (Self, String) {
        let (pair, phrase, _) = sr25519::Pair::generate_with_phrase(None);
        (Self(pair), phrase)
    }

    /// Its address.
    pub fn id(&self) -> AccountId32 {
        self.0.public().into()
    }

    /// Its key pair.
    pub fn pair(&self) -> &sr25519::Pair {
        &self.0
    }
}

/// Shows the address, never the secret.
impl fmt::Debug for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Account({})", self.id())
    }
}

impl Signer<SubstrateConfig> for Account {
    fn account_id(&self) -> subxt::utils::AccountId32 {
        subxt::utils::AccountId32(self.0.public().0)
    }

    fn sign(&self, payload: &[u8]) -> MultiSignature {
        MultiSignature::Sr25519(self.0.sign(payload).0)
    }
}

/// Writes a new key file that only its owner can read. Never overwrites one.
pub fn write_key(path: &Path, suri: &str) -> Result<()> {
    let failed = |e: std::io::Error| ClientError::Key(format!("key file {}: {e}", path.display()));
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path).map_err(failed)?;
    std::io::Write::write_all(&mut file, format!("{suri}\n").as_bytes()).and_then(|()| file.sync_all()).map_err(failed)
}

#[cfg(unix)]
fn check_mode(path: &Path) -> Result<()> {
    use std::os::unix::fs::PermissionsExt;
    let name = path.display();
    let data = std::fs::metadata(path).map_err(|e| ClientError::Key(format!("key file {name}: {e}")))?;
    let mode = data.permissions().mode() & 0o777;
    if mode & 0o077 != 0 {
        return Err(ClientError::Key(format!(
            "key file {name} has mode {mode:04o}, so others can read it; only its owner may: chmod 600 {name}"
        )));
    }
    Ok(())
}

#[cfg(not(unix))]
fn check_mode(_: &Path) -> Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn key_file_should_give_the_account_of_its_secret_when_only_its_owner_can_read_it() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("key");
        write_key(&path, "//Alice").unwrap();
        let account = Account::from_file(&path).unwrap();
        assert_eq!(account.id().to_string(), "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY");
        assert!(write_key(&path, "//Bob").is_err(), "a key file must not be overwritten");
    }

    #[cfg(unix)]
    #[test]
    fn key_file_should_be_refused_with_its_mode_when_others_can_read_it() {
        use std::os::unix::fs::PermissionsExt;
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("key");
        write_key(&path, "//Alice").unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o640)).unwrap();
        let error = Account::from_file(&path).unwrap_err().to_string();
        assert!(error.contains("0640") && error.contains("chmod 600"), "{error}");
    }

    #[test]
    fn refusal_should_not_show_the_secret() {
        for suri in ["correct horse battery//", "0xc0ffee", "correct horse battery staple"] {
            let error = Account::from_suri(suri).unwrap_err().to_string();
            assert!(error.contains("not a secret URI") && !error.contains(&suri[..6]), "{error}");
        }
    }

    #[test]
    fn account_should_not_show_its_secret_when_printed() {
        let (account, phrase) = Account::generate();
        assert!(!format!("{account:?}").contains(phrase.split(' ').next().unwrap()));
        assert_eq!(Account::from_suri(&phrase).unwrap().id(), account.id());
    }
}
