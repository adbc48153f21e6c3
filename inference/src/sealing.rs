//! Inputs and outputs that only the parties of a job can read (docs/sealing.md).
//!
//! The client draws one [`ContentKey`] per job and seals the input with it. Whoever has to read the job gets that key in an
//! [envelope](seal_key), sealed to its own public key by X-Wing (X25519 and ML-KEM-768). The sealed bytes commit to the key, so
//! there are no two keys under which they open.

pub(crate) mod hand_over;
mod written;

use crate::error::{Error, Result};
use crate::files;
use crate::hash::blake2_256;
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{ChaCha20Poly1305, Key, Nonce};
use codec::{Decode, DecodeAll, Encode};
use hanzo_poai::JobId;
use hkdf::Hkdf;
use sha2::Sha256;
use sp_core::H256;
use sp_runtime::AccountId32;
use std::path::Path;
use x_wing::{
    DecapsulationKeyRejectNonContrib, Decapsulator, Encapsulate, EncapsulationKey, Generate, KeyExport, TryDecapsulate,
    TryKeyInit,
};

pub use hanzo_poai::job::SEALING_KEY_BYTES;
pub use written::Written;

/// First bytes of sealed content: 16, so that a blob of another kind is told apart.
const MAGIC: &[u8; 16] = b"hanzo sealed v1\n";
/// Bytes that sealing adds to what is sealed: the magic, the commitment to the key, and the tag.
pub const OVERHEAD: usize = MAGIC.len() + 32 + 16;
/// Bytes of an envelope: the KEM's ciphertext, the key and its tag.
pub const ENVELOPE_BYTES: usize = x_wing::CIPHERTEXT_SIZE + 32 + 16;
/// Domain of commitments to content keys.
const COMMITMENT: &[u8] = b"hanzo/sealing/commitment/v1";
/// Domain of the key of an input.
const INPUT: &[u8] = b"hanzo/sealing/input/v1";
/// Domain of the key of an output.
const OUTPUT: &[u8] = b"hanzo/sealing/output/v1";
/// Domain of the key of an envelope.
const ENVELOPE: &[u8] = b"hanzo/sealing/envelope/v1";

/// The key of one job's input and outputs.
#[derive(Clone, PartialEq, Eq)]
pub struct ContentKey([u8; 32]);

impl std::fmt::Debug for ContentKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "ContentKey({:?})", self.commitment())
    }
}

impl ContentKey {
    /// A new one.
    pub fn random() -> Result<Self> {
        let bytes = <[u8; 32]>::try_generate().map_err(|e| Error::Request(format!("no randomness: {e}")))?;
        Ok(Self(bytes))
    }

    /// From its bytes.
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// Its bytes, to be kept.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Writes it to a file, readable by its owner only.
    pub fn write(&self, path: &Path) -> Result<()> {
        files::write(directory_of(path), path, hex::encode(self.0).as_bytes())
    }

    /// Reads it from a file.
    pub fn read(path: &Path) -> Result<Self> {
        let text = std::fs::read_to_string(path).map_err(|e| Error::io(path, e))?;
        secret_in(path, &text).map(Self)
    }

    /// What sealed content carries to commit to it.
    pub fn commitment(&self) -> H256 {
        blake2_256(&(COMMITMENT, self.0).encode())
    }

    /// Seals a job's input. Once per key.
    pub fn seal_input(&self, plain: &[u8]) -> Result<Vec<u8>> {
        self.seal(INPUT, &[], plain)
    }

    /// Opens a job's input. Fails if the bytes are not sealed, not under this key, or changed.
    pub fn open_input(&self, sealed: &[u8]) -> Result<Vec<u8>> {
        self.open(INPUT, &[], sealed)
    }

    /// Seals the output of a run under this seed, given as its text and its tokens: as whichever can be
    /// [delivered](Written). The same output gives the same bytes, so that its hash can be checked by whoever has repeated
    /// the run; another seed, of another draw, has another key.
    pub fn seal_output(&self, seed: &H256, text: &[u8], tokens: &[u32]) -> Result<Vec<u8>> {
        self.seal(OUTPUT, seed.as_bytes(), &Written::encode(text, tokens))
    }

    /// Opens the output of a run under this seed. Fails as [`Self::open_input`] does, and if it is of no known form.
    pub fn open_output(&self, seed: &H256, sealed: &[u8]) -> Result<Written> {
        Written::decode(&self.open(OUTPUT, seed.as_bytes(), sealed)?)
    }

    fn seal(&self, domain: &[u8], context: &[u8], plain: &[u8]) -> Result<Vec<u8>> {
        let mut sealed = [&MAGIC[..], self.commitment().as_bytes()].concat();
        let cipher = cipher(&self.0, domain, context)?;
        // One message per key: the nonce may stay the same.
        let payload = Payload { msg: plain, aad: &sealed };
        let body = cipher.encrypt(&Nonce::default(), payload);
        sealed.extend(body.map_err(|_| Error::Request(format!("{} bytes cannot be sealed", plain.len())))?);
        Ok(sealed)
    }

    fn open(&self, domain: &[u8], context: &[u8], sealed: &[u8]) -> Result<Vec<u8>> {
        let committed = commitment_in(sealed)?;
        if committed != self.commitment() {
            let own = self.commitment();
            return Err(Error::Request(format!("sealed with the key {committed:?}, and not with {own:?}")));
        }
        let (header, body) = sealed.split_at(MAGIC.len() + 32);
        let payload = Payload { msg: body, aad: header };
        let opened = cipher(&self.0, domain, context)?.decrypt(&Nonce::default(), payload);
        opened.map_err(|_| Error::Request("the sealed bytes were changed, or are not what they are taken for".into()))
    }
}

/// The directory of a file.
fn directory_of(path: &Path) -> &Path {
    path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// 32 secret bytes from the text of a file.
fn secret_in(path: &Path, text: &str) -> Result<[u8; 32]> {
    let mut bytes = [0; 32];
    let damaged = |_| Error::Store(format!("{}: not a key of 64 hexadecimal digits", path.display()));
    hex::decode_to_slice(text.trim(), &mut bytes).map_err(damaged)?;
    Ok(bytes)
}

/// The commitment to a key in sealed content. Fails if it is not sealed.
pub fn commitment_in(sealed: &[u8]) -> Result<H256> {
    let not_sealed = || Error::Request(format!("the {} bytes are not sealed", sealed.len()));
    let rest = sealed.strip_prefix(MAGIC).filter(|_| sealed.len() >= OVERHEAD).ok_or_else(not_sealed)?;
    rest.get(..32).map(H256::from_slice).ok_or_else(not_sealed)
}

fn cipher(secret: &[u8], domain: &[u8], context: &[u8]) -> Result<ChaCha20Poly1305> {
    let mut key = [0; 32];
    let info = (domain, context).encode();
    let derived = Hkdf::<Sha256>::new(None, secret).expand(&info, &mut key);
    derived.map_err(|e| Error::Request(format!("cannot derive a key: {e}")))?;
    Ok(ChaCha20Poly1305::new(Key::from_slice(&key)))
}

/// What an envelope is for: it opens for nothing else.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Address {
    /// Genesis hash of the chain.
    pub genesis: H256,
    /// The job.
    pub job: JobId,
    /// Who hands the key over.
    pub from: AccountId32,
    /// To whom.
    pub to: AccountId32,
}

/// Puts a content key into an envelope that only the owner of this public key can open.
pub fn seal_key(key: &ContentKey, public: &[u8], address: &Address) -> Result<Vec<u8>> {
    let unfit = || Error::Request(format!("{} bytes that are not a sealing key of {SEALING_KEY_BYTES}", public.len()));
    let public = EncapsulationKey::new_from_slice(public).map_err(|_| unfit())?;
    let (mut envelope, shared) = {
        let (ciphertext, shared) = public.encapsulate();
        (ciphertext.to_vec(), shared)
    };
    let info = address.encode();
    let payload = Payload { msg: &key.0, aad: &info };
    let body = cipher(&shared, ENVELOPE, &info)?.encrypt(&Nonce::default(), payload);
    envelope.extend(body.map_err(|_| Error::Request("the key cannot be sealed".into()))?);
    Ok(envelope)
}

/// The secret that envelopes to an account are opened with.
pub struct SealingKey(DecapsulationKeyRejectNonContrib);

impl SealingKey {
    /// From 32 secret bytes.
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes.into())
    }

    /// Reads it from a file, or makes it and writes it there, readable by its owner only.
    pub fn open_or_create(path: &Path) -> Result<Self> {
        match std::fs::read_to_string(path) {
            Ok(text) => secret_in(path, &text).map(Self::from_bytes),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                let key = DecapsulationKeyRejectNonContrib::generate();
                files::write(directory_of(path), path, hex::encode(key.to_bytes()).as_bytes())?;
                Ok(Self(key))
            }
            Err(error) => Err(Error::io(path, error)),
        }
    }

    /// The public half, as the chain knows it.
    pub fn public(&self) -> Vec<u8> {
        self.0.encapsulation_key().to_bytes().to_vec()
    }

    /// Opens an envelope.
    pub fn open(&self, envelope: &[u8], address: &Address) -> Result<ContentKey> {
        let closed = || Error::Request(format!("the envelope of job {} does not open with this key", address.job));
        if envelope.len() != ENVELOPE_BYTES {
            return Err(Error::Request(format!("an envelope of {} bytes; it has {ENVELOPE_BYTES}", envelope.len())));
        }
        let (ciphertext, body) = envelope.split_at(x_wing::CIPHERTEXT_SIZE);
        let ciphertext = x_wing::Ciphertext::try_from(ciphertext).map_err(|_| closed())?;
        let shared = self.0.try_decapsulate(&ciphertext).map_err(|_| closed())?;
        let info = address.encode();
        let payload = Payload { msg: body, aad: &info };
        let key = cipher(&shared, ENVELOPE, &info)?.decrypt(&Nonce::default(), payload).map_err(|_| closed())?;
        <[u8; 32]>::decode_all(&mut &key[..]).map(ContentKey).map_err(|_| closed())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address() -> Address {
        Address {
            genesis: H256::repeat_byte(1),
            job: 7,
            from: AccountId32::new([2; 32]),
            to: AccountId32::new([3; 32]),
        }
    }

    fn key(byte: u8) -> ContentKey {
        ContentKey::from_bytes([byte; 32])
    }

    #[test]
    fn input_should_open_with_its_key_and_no_other() {
        let sealed = key(1).seal_input(b"a secret question").unwrap();
        assert_eq!(sealed.len(), 17 + OVERHEAD);
        assert_eq!(key(1).open_input(&sealed).unwrap(), b"a secret question");
        let error = key(2).open_input(&sealed).unwrap_err().to_string();
        assert!(error.contains("sealed with the key"), "{error}");
        assert!(key(1).open_output(&H256::zero(), &sealed).is_err(), "an input is no output");
        assert!(!sealed.windows(6).any(|part| part == b"secret"));
    }

    #[test]
    fn sealed_bytes_should_not_open_when_any_of_them_is_changed() {
        let sealed = key(1).seal_input(b"question").unwrap();
        for place in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[place] ^= 1;
            assert!(key(1).open_input(&changed).is_err(), "byte {place}");
        }
        for length in 0..sealed.len() {
            assert!(key(1).open_input(&sealed[..length]).is_err(), "{length} bytes");
        }
    }

    #[test]
    fn output_should_be_sealed_alike_for_one_seed_and_otherwise_for_another() {
        let (one, other) = (H256::repeat_byte(1), H256::repeat_byte(2));
        let sealed = key(1).seal_output(&one, b"answer", &[1]).unwrap();
        assert_eq!(sealed, key(1).seal_output(&one, b"answer", &[1]).unwrap());
        assert_ne!(sealed[48..], key(1).seal_output(&other, b"answer", &[1]).unwrap()[48..]);
        assert_eq!(key(1).open_output(&one, &sealed).unwrap(), Written::Text("answer".into()));
        assert!(key(1).open_output(&other, &sealed).is_err());
    }

    #[test]
    fn envelope_should_open_for_its_owner_and_its_purpose_only() {
        let (owner, other) = (SealingKey::from_bytes([5; 32]), SealingKey::from_bytes([6; 32]));
        assert_eq!(owner.public().len(), SEALING_KEY_BYTES as usize);
        let envelope = seal_key(&key(1), &owner.public(), &address()).unwrap();
        assert_eq!(envelope.len(), ENVELOPE_BYTES);
        assert_eq!(owner.open(&envelope, &address()).unwrap(), key(1));
        assert!(other.open(&envelope, &address()).is_err());
        let foreign = [
            Address { genesis: H256::zero(), ..address() },
            Address { job: 8, ..address() },
            Address { from: AccountId32::new([9; 32]), ..address() },
            Address { to: AccountId32::new([9; 32]), ..address() },
        ];
        for wrong in foreign {
            assert!(owner.open(&envelope, &wrong).is_err(), "{wrong:?}");
        }
        for place in (0..envelope.len()).step_by(37).chain([0, ENVELOPE_BYTES - 1]) {
            let mut changed = envelope.clone();
            changed[place] ^= 1;
            assert!(owner.open(&changed, &address()).is_err(), "byte {place}");
        }
        assert!(owner.open(&envelope[1..], &address()).is_err());
    }

    #[test]
    fn key_should_not_be_sealed_to_what_is_no_public_key() {
        assert!(seal_key(&key(1), &[0; 10], &address()).is_err());
        // The lattice's coefficients are too large.
        assert!(seal_key(&key(1), &[0xff; SEALING_KEY_BYTES as usize], &address()).is_err());
    }

    #[test]
    fn sealing_key_should_be_the_same_when_it_is_read_again() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("sealing.key");
        let made = SealingKey::open_or_create(&path).unwrap();
        assert_eq!(made.public(), SealingKey::open_or_create(&path).unwrap().public());
        std::fs::write(&path, "not a key").unwrap();
        assert!(SealingKey::open_or_create(&path).is_err());
    }
}
