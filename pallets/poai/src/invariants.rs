//! What always holds between blocks.

use crate::{
    quality::ONE,
    types::*,
    windows::{parse_key, queue_key},
    Attestations, Config, Expiries, HoldReason, Outputs, Pallet, Quality, Queue, Windows,
};
use alloc::{
    collections::{BTreeMap, BTreeSet},
    format,
    string::String,
};
use frame_support::traits::fungible::InspectHold;
use hanzo_poai::{chunks, JobId};
use hanzo_traits::{Balance, JobRegistry};

/// Fails with a text unless the condition holds.
macro_rules! hold {
    ($condition:expr, $($text:tt)+) => {
        if !$condition {
            return Err(format!($($text)+));
        }
    };
}

impl<T: Config> Pallet<T> {
    /// Checks what the pallet promises; level 0 the counts, level 1 everything. The error names what differs, with both
    /// numbers. Reads the whole state: never called inside a block.
    pub fn do_try_state(level: u8) -> Result<(), String> {
        let (windows, records) = (Windows::<T>::count(), Attestations::<T>::count());
        hold!(windows <= records, "{windows} windows are open for {records} attestations");
        if level == 0 {
            return Ok(());
        }
        Self::check_windows()?;
        Self::check_queue()?;
        Self::check_bonds()?;
        Self::check_expiries()?;
        Self::check_outputs()?;
        Self::check_quality()
    }

    /// Each open window has an attestation of the same worker, a place in the queue, and a job that was told.
    fn check_windows() -> Result<(), String> {
        for (job, window) in Windows::<T>::iter() {
            let due = window.due;
            let record = Attestations::<T>::get(job).ok_or(format!("job {job}: window without attestation"))?;
            hold!(
                record.worker == window.worker,
                "job {job}: attested by {:?}, window of {:?}",
                record.worker,
                window.worker
            );
            hold!(Queue::<T>::contains_key(queue_key(due, job)), "job {job}: not in the queue at its block {due:?}");
            hold!(T::Jobs::attestable(job).is_err(), "job {job}: attested, but the job book would take another one");
            let waits = window.attempts > 0;
            match window.delivery {
                Delivery::Demanded { by, .. } => {
                    hold!(due > by, "job {job}: looked at in block {due:?}, delivery open until {by:?}");
                }
                _ => hold!(
                    waits || due == record.settles_at,
                    "job {job}: looked at in block {due:?}, settles in {:?}",
                    record.settles_at
                ),
            }
        }
        Ok(())
    }

    /// The queue runs forward in time and holds one entry per window.
    fn check_queue() -> Result<(), String> {
        let mut previous = None;
        let mut entries = 0u32;
        for key in Queue::<T>::iter_keys() {
            let place = parse_key(key);
            hold!(previous < Some(place), "queue: {previous:?} stands before {place:?}");
            previous = Some(place);
            entries = entries.saturating_add(1);
        }
        let windows = Windows::<T>::count();
        hold!(entries == windows, "queue: {entries} entries for {windows} open windows");
        let counted = Windows::<T>::iter_keys().count();
        hold!(usize::try_from(windows) == Ok(counted), "windows: {counted} stored, {windows} counted");
        Ok(())
    }

    /// What is held of a client is the sum of the bonds of its open demands.
    fn check_bonds() -> Result<(), String> {
        let mut bonds = BTreeMap::<T::AccountId, Balance>::new();
        for (job, window) in Windows::<T>::iter() {
            if let Delivery::Demanded { client, bond, .. } = window.delivery {
                let sum = bonds.entry(client).or_default();
                *sum = sum.checked_add(bond).ok_or(format!("job {job}: bonds of its client overflow"))?;
            }
        }
        for (client, bond) in bonds {
            let held = T::Currency::balance_on_hold(&HoldReason::DeliveryBond.into(), &client);
            hold!(held == bond, "client {client:?}: {held} wei held for open demands of {bond} wei");
        }
        Ok(())
    }

    /// Each attestation is either in an open window or waiting, once, for the end of its retention.
    fn check_expiries() -> Result<(), String> {
        let mut waiting = BTreeSet::<JobId>::new();
        for (at, job) in Expiries::<T>::iter_keys().map(parse_key) {
            hold!(Attestations::<T>::contains_key(job), "job {job}: expires in block {at} without an attestation");
            hold!(!Windows::<T>::contains_key(job), "job {job}: expires in block {at} with its window open");
            hold!(waiting.insert(job), "job {job}: expires twice, again in block {at}");
        }
        for job in Attestations::<T>::iter_keys() {
            let known = waiting.contains(&job) || Windows::<T>::contains_key(job);
            hold!(known, "job {job}: attestation with neither a window nor an end of its retention");
        }
        Ok(())
    }

    /// Outputs on chain are the attested ones.
    fn check_outputs() -> Result<(), String> {
        for (job, tokens) in Outputs::<T>::iter() {
            let record = Attestations::<T>::get(job).ok_or(format!("job {job}: output without attestation"))?;
            let root = chunks::tokens_root(&tokens);
            hold!(root == Some(record.tokens_root), "job {job}: output {root:?}, attested {:?}", record.tokens_root);
        }
        Ok(())
    }

    fn check_quality() -> Result<(), String> {
        for (worker, quality) in Quality::<T>::iter() {
            hold!(quality <= ONE, "worker {worker:?}: quality {quality} above {ONE} parts per billion");
        }
        Ok(())
    }
}
