//! Single calls of well-known accounts, followed into their block.

use crate::node::Node;
use anyhow::{bail, Context, Result};
use codec::{Compact, Encode};
use hanzo_inference::client::{
    follow::Follower,
    record::{self, Included},
    tx::{Call, Sent},
    Account, Connection,
};
use sp_runtime::{AccountId32, MultiAddress};

/// A call of sudo's key that has root carry out another.
pub async fn sudo(connection: &Connection, call: &Call) -> Result<Call> {
    let best = connection.best().await?;
    let at = connection.at(&best).await?;
    let pallet = at.metadata_ref().pallet_by_name(call.pallet).with_context(|| format!("no pallet {}", call.pallet))?;
    let variant = pallet.call_variant_by_name(call.name).with_context(|| format!("no call {}", call.full_name()))?;
    let arguments = [&[pallet.call_index(), variant.index], &call.arguments[..]].concat();
    Ok(Call { pallet: "Sudo", name: "sudo", arguments })
}

/// A transfer of `amount` wei.
pub fn transfer(to: &AccountId32, amount: u128) -> Call {
    let to = MultiAddress::<AccountId32, ()>::Id(to.clone());
    Call { pallet: "Balances", name: "transfer_keep_alive", arguments: (to, Compact(amount)).encode() }
}

/// A connection to a node.
pub async fn connect(node: &Node) -> Result<Connection> {
    Ok(Connection::open(&node.url(), None).await?)
}

/// Signs a call, hands it to the pool and waits until it is in a block. Fails if it failed there.
pub async fn carry_out(connection: &Connection, account: &Account, call: &Call) -> Result<Included> {
    let signed = match connection.send(account, call, true).await? {
        Sent::Taken(signed) => signed,
        Sent::InPool => bail!("{} of {} waits in the pool already", call.full_name(), account.id()),
    };
    let mut follower = Follower::new(connection.clone(), signed.signed_at + 1, Some(signed.bytes.clone())).await?;
    loop {
        follower.advance().await?;
        match record::included(follower.blocks()) {
            Some(Included { failure: Some(reason), .. }) => bail!("{} failed: {reason}", call.full_name()),
            Some(included) => return Ok(included),
            None => {}
        }
    }
}
