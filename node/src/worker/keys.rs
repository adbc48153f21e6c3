//! The worker's two keys in the node's keystore.

use hanzo_inference::worker::chain::{ChainError, SessionSigner};
use sc_service::Error;
use sp_core::{crypto::KeyTypeId, sr25519, H256};
use sp_keystore::KeystorePtr;
use sp_runtime::AccountId32;

/// Key type of the worker's account: pays fees, holds the bond.
const ACCOUNT: KeyTypeId = KeyTypeId(*b"wrkr");
/// Key type of its session key: signs attestations.
const SESSION: KeyTypeId = KeyTypeId(*b"poai");

/// Seeds of the worker that the development preset registers.
const DEVELOPMENT_SEEDS: [(KeyTypeId, &str); 2] = [(ACCOUNT, "//Ferdie"), (SESSION, "//Ferdie//session")];

/// Public halves, and the keystore with the secret ones.
#[derive(Clone)]
pub struct Keys {
    keystore: KeystorePtr,
    account: sr25519::Public,
    session: sr25519::Public,
}

impl Keys {
    /// Finds both keys; on a development chain missing ones are the preset's.
    pub fn find(keystore: &KeystorePtr, development: bool) -> Result<Self, Error> {
        if development {
            for (kind, seed) in DEVELOPMENT_SEEDS {
                if keystore.sr25519_public_keys(kind).is_empty() {
                    keystore
                        .sr25519_generate_new(kind, Some(seed))
                        .map_err(|e| Error::Other(format!("worker: cannot store the key {seed}: {e}")))?;
                }
            }
        }
        let key = |kind: KeyTypeId, what: &str| {
            let name = String::from_utf8_lossy(&kind.0).into_owned();
            match keystore.sr25519_public_keys(kind)[..] {
                [key] => Ok(key),
                [] => Err(Error::Other(format!(
                    "worker: the keystore has no {what} (type {name}); add it with \
                     `hanzo-node key insert --scheme sr25519 --key-type {name} --suri <secret>`"
                ))),
                ref keys => Err(Error::Other(format!(
                    "worker: the keystore has {} keys for the {what} (type {name}); leave one",
                    keys.len()
                ))),
            }
        };
        let (account, session) = (key(ACCOUNT, "worker account")?, key(SESSION, "session key")?);
        Ok(Self { keystore: keystore.clone(), account, session })
    }

    /// The worker's account.
    pub fn account(&self) -> AccountId32 {
        self.account.into()
    }

    /// Signs a transaction's payload with the account key.
    pub fn sign_transaction(&self, payload: &[u8]) -> Result<sr25519::Signature, ChainError> {
        self.sign_with(ACCOUNT, &self.account, payload)
    }

    fn sign_with(
        &self,
        kind: KeyTypeId,
        key: &sr25519::Public,
        payload: &[u8],
    ) -> Result<sr25519::Signature, ChainError> {
        match self.keystore.sr25519_sign(kind, key, payload) {
            Ok(Some(signature)) => Ok(signature),
            Ok(None) => Err(ChainError::Refused(format!("key {key} is no longer in the keystore"))),
            Err(error) => Err(ChainError::Refused(format!("the keystore does not sign with {key}: {error}"))),
        }
    }
}

impl SessionSigner for Keys {
    fn public(&self) -> sr25519::Public {
        self.session
    }

    fn sign(&self, hash: &H256) -> Result<sr25519::Signature, ChainError> {
        self.sign_with(SESSION, &self.session, hash.as_bytes())
    }
}
