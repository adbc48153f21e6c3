//! Who there is. Accounts are numbers, as nobody has to sign.

use codec::Encode;
use hanzo_runtime::AccountId;
use sp_core::{sr25519, Pair};

/// Accounts of the adversary: enough to move a tenth of a reserve in one block, 0.3 % each.
pub const ADVERSARIES: u32 = 64;
/// The adversary's account that is a worker from the start, bonded to mint whatever it needs. It takes no jobs.
pub const MINTER: Who = Who { role: Role::Adversary, number: ADVERSARIES - 1 };

/// What somebody is there for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum Role {
    /// Whom the protocol has to withstand.
    Adversary = 1,
    /// Trades on its own account.
    Trader = 2,
    /// Submits jobs.
    Client = 3,
    /// Runs them.
    Worker = 4,
    /// Has liquidity in every pool.
    Provider = 5,
    /// Trades against prices that have left the reference price.
    Arbitrageur = 6,
    /// Sits on committees.
    Verifier = 7,
    /// Replays work that nobody drew for audit.
    Challenger = 8,
    /// Lodges canaries.
    Operator = 9,
}

/// One of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Who {
    /// What for.
    pub role: Role,
    /// Which one.
    pub number: u32,
}

impl Who {
    /// An account of the adversary's.
    pub fn adversary(number: u32) -> Self {
        Self { role: Role::Adversary, number }
    }

    /// Its account.
    pub fn id(self) -> AccountId {
        let mut bytes = [self.role as u8; 32];
        bytes[..4].copy_from_slice(&self.number.to_be_bytes());
        AccountId::from(bytes)
    }

    /// Who has an account; none if nobody of the cast.
    pub fn of(account: &AccountId) -> Option<Self> {
        let bytes: &[u8; 32] = account.as_ref();
        let role = match bytes[31] {
            1 => Role::Adversary,
            2 => Role::Trader,
            3 => Role::Client,
            4 => Role::Worker,
            5 => Role::Provider,
            6 => Role::Arbitrageur,
            7 => Role::Verifier,
            8 => Role::Challenger,
            9 => Role::Operator,
            _ => return None,
        };
        let who = Self { role, number: u32::from_be_bytes(bytes[..4].try_into().ok()?) };
        (who.id() == *account).then_some(who)
    }

    /// Its session key, if it is a worker.
    pub fn session(self) -> sr25519::Pair {
        sr25519::Pair::from_seed(&sp_io::hashing::blake2_256(&self.id().encode()))
    }
}

/// All accounts of the adversary.
pub fn adversaries() -> impl Iterator<Item = Who> {
    (0..ADVERSARIES).map(Who::adversary)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn account_should_tell_whose_it_is() {
        for who in [Who::adversary(63), Who { role: Role::Worker, number: 0 }] {
            assert_eq!(Who::of(&who.id()), Some(who));
        }
        assert_eq!(Who::of(&sp_keyring::Sr25519Keyring::Alice.to_account_id()), None);
    }
}
