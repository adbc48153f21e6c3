//! Claims a slot for each sealed block and signs the block, as BABE's own worker does.

use crate::service::Client;
use hanzo_runtime::{opaque::Block, Header};
use sc_consensus::BlockImportParams;
use sc_consensus_babe::{
    authorship, find_pre_digest, BabeIntermediate, BabeLink, CompatibleDigestItem, Epoch, INTERMEDIATE_KEY,
};
use sc_consensus_epochs::{descendent_query, ViableEpochDescriptor};
use sc_consensus_manual_seal::{ConsensusDataProvider, Error};
use sp_api::StorageProof;
use sp_consensus_babe::{inherents::BabeInherentData, AuthorityId, Slot};
use sp_inherents::InherentData;
use sp_keystore::KeystorePtr;
use sp_runtime::{Digest, DigestItem};
use std::sync::Arc;

type Descriptor = ViableEpochDescriptor<hanzo_runtime::Hash, hanzo_runtime::BlockNumber, Epoch>;

/// Claims slots with the keys of the keystore.
///
/// A slot that none of them may claim is an error, never a block without VRF output: what depends on the chain's
/// randomness has to see the same blocks here as elsewhere.
pub struct SlotClaims {
    client: Arc<Client>,
    keystore: KeystorePtr,
    babe: BabeLink<Block>,
}

impl SlotClaims {
    /// Claims for blocks that are imported through `babe`.
    pub fn new(client: Arc<Client>, keystore: KeystorePtr, babe: BabeLink<Block>) -> Self {
        Self { client, keystore, babe }
    }

    /// The epoch that a child of `parent` in `slot` belongs to.
    fn epoch(&self, parent: &Header, slot: Slot) -> Result<(Descriptor, Epoch), Error> {
        let changes = self.babe.epoch_changes().shared_data();
        let descriptor = changes
            .epoch_descriptor_for_child_of(descendent_query(&*self.client), &parent.hash(), parent.number, slot)
            .map_err(|error| failure(format!("epoch of slot {slot} cannot be looked up: {error}")))?
            .ok_or_else(|| failure(format!("no epoch is known for slot {slot}")))?;
        let epoch = changes
            .viable_epoch(&descriptor, |slot| Epoch::genesis(self.babe.config(), slot))
            .ok_or_else(|| failure(format!("no data is known for the epoch of slot {slot}")))?
            .into_cloned_inner();
        Ok((descriptor, epoch))
    }

    /// Signs a header's hash with the key of the author it names.
    fn seal(&self, header: &Header, author: &AuthorityId) -> Result<DigestItem, Error> {
        let signature = self
            .keystore
            .sr25519_sign(sp_consensus_babe::KEY_TYPE, author.as_ref(), header.hash().as_bytes())
            .map_err(|error| failure(format!("keystore cannot sign: {error}")))?
            .ok_or_else(|| failure(format!("keystore lost the key of {author}")))?;
        Ok(DigestItem::babe_seal(signature.into()))
    }
}

fn failure(reason: String) -> Error {
    Error::StringError(reason)
}

fn slot(inherents: &InherentData) -> Result<Slot, Error> {
    inherents.babe_inherent_data()?.ok_or_else(|| failure("inherents carry no slot".into()))
}

impl ConsensusDataProvider<Block> for SlotClaims {
    fn create_digest(&self, parent: &Header, inherents: &InherentData) -> Result<Digest, Error> {
        let slot = slot(inherents)?;
        let (_, epoch) = self.epoch(parent, slot)?;
        let (claim, _) = authorship::claim_slot(slot, &epoch, &self.keystore).ok_or_else(|| {
            let authors: Vec<_> = epoch.authorities.iter().map(|(author, _)| author.to_string()).collect();
            failure(format!("keystore holds no key that may claim slot {slot}; authors are {}", authors.join(", ")))
        })?;
        Ok(Digest { logs: vec![DigestItem::babe_pre_digest(claim)] })
    }

    fn append_block_import(
        &self,
        parent: &Header,
        params: &mut BlockImportParams<Block>,
        inherents: &InherentData,
        _: StorageProof,
    ) -> Result<(), Error> {
        let (epoch_descriptor, epoch) = self.epoch(parent, slot(inherents)?)?;
        let claim = find_pre_digest::<Block>(&params.header).map_err(|error| failure(error.to_string()))?;
        let (author, _) = epoch
            .authorities
            .get(claim.authority_index() as usize)
            .ok_or_else(|| failure(format!("epoch has no author {}", claim.authority_index())))?;
        params.post_digests.push(self.seal(&params.header, author)?);
        params.insert_intermediate(INTERMEDIATE_KEY, BabeIntermediate::<Block> { epoch_descriptor });
        Ok(())
    }
}
