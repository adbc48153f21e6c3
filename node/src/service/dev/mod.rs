//! A development chain: one node that seals and finalises every block itself, under the same BABE rules as any other
//! chain, so that slots, VRF outputs and seals are real.

mod digest;
mod next_slot;

use super::{validator::Author, Client};
use crate::cli::Seal;
use digest::SlotClaims;
use futures::{channel::oneshot, FutureExt, StreamExt};
use hanzo_runtime::{opaque::Block, Hash};
use next_slot::NextSlot;
use sc_client_api::Finalizer as _;
use sc_consensus_manual_seal::{seal_block, CreatedBlock, SealBlockParams};
use sc_service::TaskManager;
use sc_transaction_pool_api::TransactionPool;
use tokio::time::{interval, MissedTickBehavior};

/// Seed of the only validator of the `development` preset.
pub const VALIDATOR_SEED: &str = "//Alice";

/// Starts sealing; the node stops if it ever ends.
pub fn spawn(author: Author, seal: Seal, tasks: &TaskManager) {
    let proposer = author.proposer(tasks, None);
    tasks.spawn_essential_handle().spawn_blocking("dev-seal", Some("block-authoring"), run(author, proposer, seal));
}

type Proposer = sc_basic_authorship::ProposerFactory<super::Pool, Client>;

async fn run(author: Author, mut proposer: Proposer, seal: Seal) {
    let Author { client, keystore, select_chain, pool, mut block_import, babe_link, .. } = author;
    let slot = babe_link.config().slot_duration();
    let clock = NextSlot::new(client.clone(), slot);
    let claims = SlotClaims::new(client.clone(), keystore, babe_link);
    let mut ticks = interval(slot.as_duration());
    ticks.set_missed_tick_behavior(MissedTickBehavior::Skip);
    let mut arrivals = pool.import_notification_stream();

    loop {
        tokio::select! {
            _ = ticks.tick() => {},
            Some(_) = arrivals.next(), if seal == Seal::Instant => {
                // One block takes everything that came meanwhile, and may have been taken by the last one.
                while arrivals.next().now_or_never().flatten().is_some() {}
                if pool.status().ready == 0 {
                    continue;
                }
            },
        }
        let (sender, sealed) = oneshot::channel();
        seal_block(SealBlockParams {
            sender: Some(sender),
            parent_hash: None,
            // Finality comes after import: BABE cleans up behind a final block and wants to find it in the database.
            finalize: false,
            create_empty: true,
            env: &mut proposer,
            select_chain: &select_chain,
            block_import: &mut block_import,
            consensus_data_provider: Some(&claims),
            pool: pool.clone(),
            client: client.clone(),
            create_inherent_data_providers: &clock,
        })
        .await;
        match sealed.await {
            Ok(Ok(CreatedBlock { hash, .. })) => finalize(&client, hash),
            Ok(Err(error)) => log::error!(target: "dev-seal", "block not sealed: {error}"),
            Err(oneshot::Canceled) => log::error!(target: "dev-seal", "block not sealed: no result was given"),
        }
    }
}

fn finalize(client: &Client, block: Hash) {
    if let Err(error) = client.finalize_block(block, None, true) {
        log::error!(target: "dev-seal", "block {block:?} cannot be finalised: {error}");
    }
}

/// Slot of a block, or zero for the genesis, which has none.
fn slot_of(header: &hanzo_runtime::Header) -> u64 {
    match sc_consensus_babe::find_pre_digest::<Block>(header) {
        Ok(digest) if header.number > 0 => *digest.slot(),
        _ => 0,
    }
}
