//! Calls that nobody may make, whatever the origin but root.
//!
//! The filter is asked for every call and every call inside another one: batches, proxies, multisigs and schedules dispatch
//! through it. Root passes by it, as root may change any storage anyway.

use crate::{configs::assets::AssetId, RuntimeCall};
use codec::Compact;
use core::ops::RangeInclusive;
use frame_support::traits::Contains;
use hanzo_poai::ResourceClass;
use hanzo_traits::{PoolId, Tier};

/// Numbers of the resource tokens of all classes and tiers.
pub fn resource_tokens() -> RangeInclusive<AssetId> {
    let last = ResourceClass::ALL.map(|class| PoolId { class, tier: Tier::MAX }.asset_id()).into_iter().max();
    let first = ResourceClass::ALL.map(|class| PoolId::any_worker(class).asset_id()).into_iter().min();
    first.unwrap_or(AssetId::MAX)..=last.unwrap_or_default()
}

/// What ordinary origins may call.
pub struct CallFilter;

impl Contains<RuntimeCall> for CallFilter {
    fn contains(call: &RuntimeCall) -> bool {
        match call {
            RuntimeCall::Assets(call) => is_harmless(call),
            // The validators are those of the genesis: one without keys would leave the set for good, and BABE and GRANDPA
            // would disagree about who is left. Keys are replaced with `set_keys`.
            RuntimeCall::Session(pallet_session::Call::purge_keys { .. }) => false,
            _ => true,
        }
    }
}

/// Whether a call of the assets pallet leaves the class law alone.
///
/// Resource tokens exist only as obligations of workers, so their number is the compute pallet's to change and nobody
/// else's. Of these tokens one can therefore transfer, approve, and open or close an account without balance. Everything
/// else is refused: what it is for (minting, burning, freezing, destroying, a changed owner or least balance) either changes
/// the supply, holds up settlements, or needs a key that nobody has. `refund` with `allow_burn` needs none: it burns what
/// the account holds and takes it out of the supply.
fn is_harmless(call: &pallet_assets::Call<crate::Runtime>) -> bool {
    use pallet_assets::Call::*;
    let free = |id: &Compact<AssetId>| !resource_tokens().contains(&id.0);
    match call {
        transfer { .. }
        | transfer_keep_alive { .. }
        | transfer_all { .. }
        | transfer_approved { .. }
        | approve_transfer { .. }
        | cancel_approval { .. }
        | touch { .. }
        | refund { allow_burn: false, .. }
        // Refused by the pallet itself while there is a balance.
        | refund_other { .. } => true,
        create { id, .. }
        | force_create { id, .. }
        | start_destroy { id }
        | destroy_accounts { id }
        | destroy_approvals { id }
        | finish_destroy { id }
        | mint { id, .. }
        | burn { id, .. }
        | force_transfer { id, .. }
        | freeze { id, .. }
        | thaw { id, .. }
        | freeze_asset { id }
        | thaw_asset { id }
        | transfer_ownership { id, .. }
        | set_team { id, .. }
        | set_metadata { id, .. }
        | clear_metadata { id }
        | force_set_metadata { id, .. }
        | force_clear_metadata { id }
        | force_asset_status { id, .. }
        | force_cancel_approval { id, .. }
        | refund { id, .. }
        | set_min_balance { id, .. }
        | touch_other { id, .. }
        | block { id, .. }
        | set_reserves { id, .. } => free(id),
        // A call that a later version of the pallet adds is closed until it is looked at.
        _ => false,
    }
}
