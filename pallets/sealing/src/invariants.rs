//! What always holds.

use crate::{Config, HandOvers, HoldReason, Keys, Pallet};
use alloc::{collections::BTreeMap, format, string::String};
use frame_support::traits::fungible::InspectHold;
use hanzo_poai::job::SEALING_KEY_BYTES;
use hanzo_traits::Balance;

impl<T: Config> Pallet<T> {
    /// Checks that every key has its length and every deposit is held. `level` 0 looks at no entry, 1 at all. The error names what
    /// differs, with both numbers.
    pub fn do_try_state(level: u8) -> Result<(), String> {
        if level == 0 {
            return Ok(());
        }
        let mut deposits: BTreeMap<T::AccountId, Balance> = BTreeMap::new();
        let mut add = |account: T::AccountId, deposit: Balance| -> Result<(), String> {
            let sum = deposits.entry(account).or_default();
            *sum = sum.checked_add(deposit).ok_or("deposits leave their range")?;
            Ok(())
        };
        for (account, record) in Keys::<T>::iter() {
            if record.key.len() != SEALING_KEY_BYTES as usize {
                return Err(format!("a key of {account:?} has {} bytes, not {SEALING_KEY_BYTES}", record.key.len()));
            }
            add(account, record.deposit)?;
        }
        for (_, (from, _), record) in HandOvers::<T>::iter() {
            add(from, record.deposit)?;
        }
        for (account, sum) in deposits {
            let held = T::Currency::balance_on_hold(&HoldReason::SealingDeposit.into(), &account);
            if held != sum {
                return Err(format!(
                    "{held} wei of {account:?} are held for keys and hand-overs, its deposits are {sum}"
                ));
            }
        }
        Ok(())
    }
}
