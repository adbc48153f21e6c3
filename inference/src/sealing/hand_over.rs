//! Handing the key of a job over until the chain has it.
//!
//! A transaction that the pool has taken may still be lost, and one in a block may go with a reorganisation. So whoever hands over
//! asks the chain at every best block who has an envelope, and sends what is missing. What is kept here only keeps it from sending
//! the same thing twice; a process that starts anew does without.

use super::{seal_key, Address, ContentKey};
use crate::error::Result;
use sp_core::H256;
use sp_runtime::AccountId32;
use std::collections::BTreeMap;

/// Blocks for which a hand-over that the chain does not show may be on its way; after these it is sent again.
pub(crate) const PATIENCE: u32 = 5;

/// Whether one of these envelopes is from this account.
pub(crate) fn is_from(account: &AccountId32, envelopes: &[(AccountId32, H256)]) -> bool {
    envelopes.iter().any(|(from, _)| from == account)
}

/// What is known of the hand-overs of one job's key by one of its parties. It knows no more receivers than were looked at last.
#[derive(Debug, Default)]
pub(crate) struct HandOver(BTreeMap<AccountId32, Receiver>);

#[derive(Debug, Default)]
struct Receiver {
    /// Last block in which the envelope was sent, or was there.
    since: Option<u32>,
    envelope: Option<Envelope>,
}

#[derive(Debug)]
struct Envelope {
    /// The public key that it is sealed to.
    public: Vec<u8>,
    bytes: Vec<u8>,
}

impl HandOver {
    /// Takes who has an envelope in block `now`, and returns who has to be sent one. That is nobody as long as one that was sent may
    /// be on its way: there is never more than one transaction for a job.
    pub(crate) fn look(&mut self, receivers: Vec<(AccountId32, bool)>, now: u32) -> Vec<AccountId32> {
        let mut known = std::mem::take(&mut self.0);
        let (mut missing, mut on_its_way) = (Vec::new(), false);
        for (account, is_there) in receivers {
            let mut receiver = known.remove(&account).unwrap_or_default();
            match is_there {
                true => receiver.since = Some(now),
                false => {
                    on_its_way |= receiver.since.is_some_and(|since| now.abs_diff(since) < PATIENCE);
                    missing.push(account.clone());
                }
            }
            self.0.insert(account, receiver);
        }
        if on_its_way {
            missing.clear();
        }
        missing
    }

    /// The envelope for the receiver that the address names, who has published this key: as long as it is the same key the same
    /// envelope, so that a pool that still has the transaction knows it again.
    pub(crate) fn seal(&mut self, key: &ContentKey, public: Vec<u8>, address: &Address) -> Result<Vec<u8>> {
        let receiver = self.0.entry(address.to.clone()).or_default();
        if let Some(envelope) = receiver.envelope.as_ref().filter(|envelope| envelope.public == public) {
            return Ok(envelope.bytes.clone());
        }
        let bytes = seal_key(key, &public, address)?;
        receiver.envelope = Some(Envelope { public, bytes: bytes.clone() });
        Ok(bytes)
    }

    /// Notes that in block `now` the pool has taken envelopes for these.
    pub(crate) fn sent<'a>(&mut self, receivers: impl IntoIterator<Item = &'a AccountId32>, now: u32) {
        for account in receivers {
            self.0.entry(account.clone()).or_default().since = Some(now);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sealing::SealingKey;

    fn account(tag: u8) -> AccountId32 {
        AccountId32::new([tag; 32])
    }

    fn public(tag: u8) -> Vec<u8> {
        SealingKey::from_bytes([tag; 32]).public()
    }

    #[test]
    fn hand_over_should_be_sent_again_only_after_its_time_when_it_is_missing() {
        let mut hand_over = HandOver::default();
        let look = |hand_over: &mut HandOver, now| hand_over.look(vec![(account(1), false)], now);
        assert_eq!(look(&mut hand_over, 7), [account(1)]);
        assert_eq!(look(&mut hand_over, 8), [account(1)], "the pool did not take it");
        hand_over.sent([&account(1)], 8);
        for now in 8..13 {
            assert_eq!(look(&mut hand_over, now), [], "block {now}");
        }
        assert_eq!(look(&mut hand_over, 13), [account(1)]);
    }

    #[test]
    fn hand_over_should_be_given_time_to_come_back_when_a_reorganisation_took_it_away() {
        let mut hand_over = HandOver::default();
        // It was there before this process was.
        assert_eq!(hand_over.look(vec![(account(1), true)], 20), []);
        assert_eq!(hand_over.look(vec![(account(1), false)], 19), []);
        assert_eq!(hand_over.look(vec![(account(1), false)], 24), []);
        assert_eq!(hand_over.look(vec![(account(1), false)], 25), [account(1)]);
    }

    #[test]
    fn hand_over_should_wait_for_the_one_before_and_then_go_to_those_who_came_later() {
        let mut hand_over = HandOver::default();
        hand_over.sent([&account(1)], 3);
        let missing = |first, second| vec![(account(1), first), (account(2), second)];
        assert_eq!(hand_over.look(missing(false, false), 4), [], "one transaction at a time");
        assert_eq!(hand_over.look(missing(true, false), 5), [account(2)]);
        hand_over.sent([&account(2)], 5);
        assert_eq!(hand_over.look(missing(true, true), 30), []);
        // Another committee.
        assert_eq!(hand_over.look(vec![(account(3), false)], 31), [account(3)]);
        assert_eq!(hand_over.0.len(), 1);
    }

    #[test]
    fn envelope_should_be_the_same_until_its_receiver_has_another_key() {
        let mut hand_over = HandOver::default();
        let key = ContentKey::from_bytes([9; 32]);
        let address = Address { genesis: H256::zero(), job: 4, from: account(1), to: account(2) };
        let first = hand_over.seal(&key, public(5), &address).unwrap();
        hand_over.look(vec![(account(2), false)], 3);
        assert_eq!(hand_over.seal(&key, public(5), &address).unwrap(), first);
        let second = hand_over.seal(&key, public(6), &address).unwrap();
        assert_eq!(SealingKey::from_bytes([6; 32]).open(&second, &address).unwrap(), key);
    }
}
