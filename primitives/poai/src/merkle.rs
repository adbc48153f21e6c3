//! The Merkle tree under both roots of an attestation: blake2-256, leaves and nodes in domains of their own, the number
//! of leaves committed in the root.
//!
//! ```text
//! leaf = H(0x00 ‖ bytes)    node = H(0x01 ‖ left ‖ right)    root = H(0x02 ‖ count as u32 LE ‖ top)
//! ```
//! An odd node at the end of a level moves up unchanged. The committed count makes this unambiguous, so no leaf is ever
//! repeated to pad a level. A tree without leaves has `top` = 32 zero bytes.

use alloc::vec::Vec;
use sp_core::H256;
use sp_crypto_hashing::blake2_256;

const LEAF: u8 = 0x00;
const NODE: u8 = 0x01;
const ROOT: u8 = 0x02;

/// Longest opening: 2³² leaves need 32 levels.
pub const MAX_PROOF: usize = 32;

/// Hash of a leaf's bytes.
pub fn leaf_hash(bytes: &[u8]) -> H256 {
    let mut input = Vec::with_capacity(bytes.len().saturating_add(1));
    input.push(LEAF);
    input.extend_from_slice(bytes);
    blake2_256(&input).into()
}

fn node_hash(left: &H256, right: &H256) -> H256 {
    let mut input = [NODE; 65];
    let (_, children) = input.split_at_mut(1);
    let (l, r) = children.split_at_mut(32);
    l.copy_from_slice(left.as_bytes());
    r.copy_from_slice(right.as_bytes());
    blake2_256(&input).into()
}

fn root_hash(count: u32, top: &H256) -> H256 {
    let mut input = Vec::with_capacity(37);
    input.push(ROOT);
    input.extend_from_slice(&count.to_le_bytes());
    input.extend_from_slice(top.as_bytes());
    blake2_256(&input).into()
}

fn level_up(level: &[H256]) -> Vec<H256> {
    level
        .chunks(2)
        .filter_map(|pair| match pair {
            [left, right] => Some(node_hash(left, right)),
            [last] => Some(*last),
            _ => None,
        })
        .collect()
}

/// Root over leaf hashes, in order. More than `u32::MAX` leaves have no root.
pub fn root(leaves: &[H256]) -> Option<H256> {
    let count = u32::try_from(leaves.len()).ok()?;
    let mut level = leaves.to_vec();
    while level.len() > 1 {
        level = level_up(&level);
    }
    Some(root_hash(count, &level.first().copied().unwrap_or_default()))
}

/// The siblings that open leaf `index`, lowest level first; `None` if there is no such leaf.
pub fn prove(leaves: &[H256], index: u32) -> Option<Vec<H256>> {
    let mut position = usize::try_from(index).ok()?;
    leaves.get(position)?;
    let mut level = leaves.to_vec();
    let mut proof = Vec::new();
    while level.len() > 1 {
        if let Some(sibling) = level.get(position ^ 1) {
            proof.push(*sibling);
        }
        level = level_up(&level);
        position >>= 1;
    }
    Some(proof)
}

/// Whether `proof` opens leaf `index` of `count` under `root`. Proofs that are too long or too short fail.
pub fn verify(root: &H256, count: u32, index: u32, leaf: &H256, proof: &[H256]) -> bool {
    if index >= count {
        return false;
    }
    let mut node = *leaf;
    let mut position = index;
    let mut width = count;
    let mut siblings = proof.iter();
    while width > 1 {
        // The last node of an odd level has no sibling and moves up as it is.
        if position ^ 1 < width {
            let Some(sibling) = siblings.next() else { return false };
            node = if position & 1 == 0 { node_hash(&node, sibling) } else { node_hash(sibling, &node) };
        }
        position >>= 1;
        width = width.div_ceil(2);
    }
    siblings.next().is_none() && root_hash(count, &node) == *root
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn leaves(count: usize) -> Vec<H256> {
        (0..count).map(|i| leaf_hash(&(i as u64).to_le_bytes())).collect()
    }

    #[test]
    fn root_should_commit_to_the_number_of_leaves() {
        let one = leaves(1);
        assert_ne!(root(&one), root(&[]));
        assert_ne!(root(&one), Some(one[0]));
        // A node passed off as a leaf gives another root: the count differs.
        let two = leaves(2);
        let node = node_hash(&two[0], &two[1]);
        assert_ne!(root(&[node]), root(&two));
    }

    proptest! {
        #[test]
        fn proof_should_open_its_leaf_and_no_other(count in 1usize..200, pick in any::<prop::sample::Index>(), other in any::<prop::sample::Index>()) {
            let leaves = leaves(count);
            let root = root(&leaves).unwrap();
            let index = pick.index(count);
            let proof = prove(&leaves, index as u32).unwrap();
            prop_assert!(verify(&root, count as u32, index as u32, &leaves[index], &proof));
            prop_assert!(!verify(&root, count as u32 + 1, index as u32, &leaves[index], &proof));
            let wrong = other.index(count);
            if wrong != index {
                prop_assert!(!verify(&root, count as u32, wrong as u32, &leaves[index], &proof));
                prop_assert!(!verify(&root, count as u32, index as u32, &leaves[wrong], &proof));
            }
            let mut longer = proof.clone();
            longer.push(H256::zero());
            prop_assert!(!verify(&root, count as u32, index as u32, &leaves[index], &longer));
            if let Some((_, shorter)) = proof.split_last() {
                prop_assert!(!verify(&root, count as u32, index as u32, &leaves[index], shorter));
            }
        }
    }
}
