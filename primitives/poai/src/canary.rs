//! Canaries: jobs of which those behind them know beforehand that the work is wrong, so that a verifier that finds it good has
//! not looked (docs/verification.md, "Canaries").

use crate::attestation::tagged;
use codec::Encode;
use sp_core::H256;

/// Domain of [`commitment`].
const COMMITMENT: &[u8] = b"hanzo/poai/canary/v1";
/// Domain of [`consent`].
const CONSENT: &[u8] = b"hanzo/poai/canary-consent/v1";

/// H(domain ‖ genesis ‖ operator ‖ client ‖ nonce ‖ salt): what an operator lodges before the client submits a job with that nonce.
/// Without the salt it names nobody and nothing, and it is worth nothing to another operator that copies it.
pub fn commitment<AccountId: Encode>(
    genesis: &H256,
    operator: &AccountId,
    client: &AccountId,
    nonce: u64,
    salt: &[u8; 32],
) -> H256 {
    tagged(COMMITMENT, |out| {
        genesis.encode_to(out);
        operator.encode_to(out);
        client.encode_to(out);
        nonce.encode_to(out);
        salt.encode_to(out);
    })
}

/// H(domain ‖ challenge ‖ commitment): what the worker's session key signs to say that its attestation is wrong on purpose. The
/// challenge of the attestation binds it to chain, job and worker.
pub fn consent(challenge: &H256, commitment: &H256) -> H256 {
    tagged(CONSENT, |out| {
        challenge.encode_to(out);
        commitment.encode_to(out);
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn commitment_should_change_with_every_part_of_it() {
        let genesis = H256::repeat_byte(1);
        let all = [
            commitment(&genesis, &1u64, &2, 3, &[4; 32]),
            commitment(&H256::repeat_byte(9), &1u64, &2, 3, &[4; 32]),
            commitment(&genesis, &9u64, &2, 3, &[4; 32]),
            commitment(&genesis, &1u64, &9, 3, &[4; 32]),
            commitment(&genesis, &1u64, &2, 9, &[4; 32]),
            commitment(&genesis, &1u64, &2, 3, &[9; 32]),
            consent(&genesis, &H256::repeat_byte(2)),
            consent(&H256::repeat_byte(2), &genesis),
        ];
        assert_eq!(BTreeSet::from(all).len(), all.len());
    }
}
