//! The treasury's account. It only receives for now; spending comes with governance.

use crate::AccountId;
use frame_support::{traits::Get, PalletId};
use sp_runtime::traits::AccountIdConversion;

/// Name of the treasury, from which its account is derived. The SDK's treasury pallet uses the same derivation.
const TREASURY: PalletId = PalletId(*b"py/trsry");

/// The treasury's account.
pub struct TreasuryAccount;

impl Get<AccountId> for TreasuryAccount {
    fn get() -> AccountId {
        TREASURY.into_account_truncating()
    }
}
