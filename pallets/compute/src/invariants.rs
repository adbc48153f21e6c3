//! What must hold after every call and every block. Walks all of the state: for tests and auditors, never on chain.

use crate::{agenda::RETRY, bonds::worth, draw::WINDOW, margin::types::Lane, pallet::*, types::Job};
use alloc::{collections::BTreeMap, format, string::String, vec::Vec};
use frame_support::{
    ensure,
    traits::{fungible::hold::Inspect as _, fungibles::Inspect as _, Get},
};
use frame_system::pallet_prelude::BlockNumberFor;
use hanzo_poai::{
    bonus,
    draw::{self, sum, ARITY, LEVELS},
    JobStatus, ResourceClass,
};
use hanzo_traits::{Balance, ComputeMarket, JobId, PoolId};
use sp_runtime::{traits::Saturating, Rounding};

type Check = Result<(), String>;

/// Whether a job is on its client's list, and on its worker's if it has one.
fn is_to_be_done<AccountId, BlockNumber>(job: &Job<AccountId, BlockNumber>) -> bool {
    !job.status.is_final() && job.status != JobStatus::Attested
}

/// Adds to a sum in a map.
fn add<K: Ord + core::fmt::Debug>(sums: &mut BTreeMap<K, Balance>, key: K, amount: Balance) -> Check {
    let sum = sums.get(&key).copied().unwrap_or_default();
    let sum = sum.checked_add(amount).ok_or_else(|| format!("sum of {key:?} leaves the range of amounts"))?;
    sums.insert(key, sum);
    Ok(())
}

impl<T: Config> Pallet<T> {
    /// Checks every invariant of the pallet; level 0 checks the indices, level 1 the money too. The error names what
    /// differs, with both numbers.
    pub fn do_try_state(level: u8) -> Result<(), String> {
        Self::check_worker_index()?;
        Self::check_lots()?;
        Self::check_open_lists()?;
        Self::check_agenda()?;
        Self::check_finished()?;
        Self::check_margins()?;
        if level > 0 {
            Self::check_bonds()?;
            Self::check_job_fees()?;
            Self::check_class_law()?;
            Self::check_escrow()?;
            Self::check_bonuses()?;
        }
        Ok(())
    }

    fn check_worker_index() -> Check {
        let count = Workers::<T>::count();
        let stored = Workers::<T>::iter_keys().count();
        ensure!(count as usize == stored, format!("{count} workers counted, {stored} stored"));
        for position in 0..count {
            let worker = WorkerIndex::<T>::get(position).ok_or_else(|| format!("no worker at position {position}"))?;
            let back = WorkerPosition::<T>::get(&worker);
            ensure!(back == Some(position), format!("worker {worker:?} is at position {position} and at {back:?}"));
            let record = Workers::<T>::get(&worker).ok_or_else(|| format!("position {position} names no worker"))?;
            let owner = KeyOwner::<T>::get(record.session_key);
            ensure!(owner.as_ref() == Some(&worker), format!("key of worker {worker:?} belongs to {owner:?}"));
        }
        for (what, entries) in [
            ("positions", WorkerIndex::<T>::iter_keys().count()),
            ("places", WorkerPosition::<T>::iter_keys().count()),
            ("keys", KeyOwner::<T>::iter_keys().count()),
        ] {
            ensure!(entries == stored, format!("{entries} {what} for {stored} workers"));
        }
        Ok(())
    }

    /// Every worker has a slot of its own; its lot is what it should be unless it waits in the queue; nobody else has a
    /// lot; every node is the sum of those below.
    fn check_lots() -> Check {
        let (first, end) = LotQueueRange::<T>::get();
        let mut queued = Vec::new();
        for place in first..end {
            let (worker, _) =
                LotQueue::<T>::get(place).ok_or_else(|| format!("no change at {place} of {first}..{end}"))?;
            queued.push(worker);
        }
        let stored = LotQueue::<T>::iter_keys().count();
        ensure!(stored == queued.len(), format!("{stored} changes of lots stored, {} queued", queued.len()));
        for (worker, record) in Workers::<T>::iter() {
            let slot = record.slot;
            let owner = SlotOwner::<T>::get(slot);
            ensure!(owner.as_ref() == Some(&worker), format!("slot {slot} of worker {worker:?} belongs to {owner:?}"));
            let (lot, wanted) = (draw::lot::<Self>(slot), Self::lot_of(&record));
            if record.lot_queued {
                ensure!(queued.contains(&worker), format!("worker {worker:?} waits for its lot and is not queued"));
            } else {
                ensure!(lot == wanted, format!("worker {worker:?} has a lot of {lot}, should have {wanted}"));
            }
        }
        let owners = SlotOwner::<T>::iter_keys().count();
        let workers = Workers::<T>::count();
        ensure!(owners == workers as usize, format!("{owners} slots are taken, there are {workers} workers"));
        let (free, used) = SlotCounts::<T>::get();
        let stacked = FreeSlots::<T>::iter_keys().count();
        ensure!(
            stacked == free as usize && used.checked_sub(free) == Some(workers),
            format!("{used} slots were ever used, {free} counted free, {stacked} stacked, {workers} workers")
        );
        Self::check_lot_nodes()
    }

    fn check_lot_nodes() -> Check {
        for (level, place, node) in LotNodes::<T>::iter() {
            ensure!(sum(&node) > 0 && level < LEVELS, format!("node {place} of level {level} should not be stored"));
            for (child, held) in (0u32..).zip(node).filter(|(_, held)| *held > 0) {
                let below = place.saturating_mul(ARITY).saturating_add(child);
                let Some(lower) = level.checked_sub(1) else {
                    let owned = SlotOwner::<T>::contains_key(below);
                    ensure!(owned, format!("slot {below} has a lot of {held} and no owner"));
                    continue;
                };
                let total = LotNodes::<T>::get(lower, below).map_or(0, |node| sum(&node));
                ensure!(total == held, format!("node {below} of level {lower} sums to {total}, above it says {held}"));
            }
        }
        let leaves = LotNodes::<T>::iter_prefix_values(0).fold(0, |all: Balance, node| all.saturating_add(sum(&node)));
        let all = draw::total::<Self>();
        ensure!(leaves == all, format!("lots sum to {leaves}, the root to {all}"));
        Ok(())
    }

    /// Lists of jobs name each one that is neither attested nor final once, under its client and its worker, and nothing
    /// else.
    fn check_open_lists() -> Check {
        let (mut open, mut placed) = (0usize, 0usize);
        for (id, job) in Jobs::<T>::iter().filter(|(_, job)| is_to_be_done(job)) {
            open = open.saturating_add(1);
            let listed = ClientJobs::<T>::get(&job.client).contains(&(id, job.nonce));
            ensure!(listed, format!("job {id} is not listed under its client {:?}", job.client));
            let busy = job.status != JobStatus::Submitted;
            ensure!(
                job.assignment.is_some() == busy,
                format!("job {id} is {:?} with worker {:?}", job.status, job.assignment)
            );
            if let Some(assignment) = &job.assignment {
                placed = placed.saturating_add(1);
                let listed = WorkerJobs::<T>::get(&assignment.worker).contains(&id);
                ensure!(listed, format!("job {id} is not listed under its worker {:?}", assignment.worker));
            }
        }
        let by_client: usize = ClientJobs::<T>::iter_values().map(|jobs| jobs.len()).sum();
        ensure!(by_client == open, format!("clients list {by_client} jobs, {open} are to be done"));
        let by_worker: usize = WorkerJobs::<T>::iter_values().map(|jobs| jobs.len()).sum();
        ensure!(by_worker == placed, format!("workers list {by_worker} jobs, {placed} have one"));
        Ok(())
    }

    /// Every open job that is not attested has exactly one entry, in the bucket its state asks for, or a little later
    /// where an attempt failed.
    fn check_agenda() -> Check {
        let now = frame_system::Pallet::<T>::block_number();
        let mut entries = 0usize;
        for (id, job) in Jobs::<T>::iter() {
            let due = Due::<T>::get(id);
            let Some(wanted) = Self::due_block(&job) else {
                ensure!(due.is_none(), format!("job {id} is {:?} and due at {due:?}", job.status));
                continue;
            };
            entries = entries.saturating_add(1);
            let (bucket, slot) = due.ok_or_else(|| format!("job {id} is {:?} and never due", job.status))?;
            let retried = bucket > wanted && bucket <= now.saturating_add(RETRY.into());
            ensure!(
                bucket == wanted || retried,
                format!("job {id} is due at {bucket:?}, its state asks for {wanted:?}")
            );
            let entry = Agenda::<T>::get(bucket, slot);
            ensure!(entry == Some(id), format!("slot {slot} of bucket {bucket:?} holds {entry:?}, not job {id}"));
            let cursor = AgendaCursor::<T>::get();
            ensure!(bucket >= cursor, format!("job {id} is due at {bucket:?}, the cursor is at {cursor:?}"));
        }
        for (bucket, place) in Agenda::<T>::iter_keys() {
            let (first, end) = AgendaRange::<T>::get(bucket);
            ensure!(
                (first..end).contains(&place),
                format!("bucket {bucket:?} holds an entry at {place}, its places are {first}..{end}")
            );
        }
        let stored = Agenda::<T>::iter_keys().count();
        let due = Due::<T>::iter_keys().count();
        ensure!(
            stored == entries && due == entries,
            format!("{entries} jobs are due; the agenda holds {stored}, {due} places are known")
        );
        Ok(())
    }

    fn due_block(job: &JobOf<T>) -> Option<BlockNumberFor<T>> {
        let after = |block: BlockNumberFor<T>| block.saturating_add(1u32.into());
        match job.status {
            JobStatus::Submitted => Some(job.drawn_after.saturating_add(WINDOW.into()).min(after(job.deadline))),
            JobStatus::Assigned => job.assignment.as_ref().map(|assignment| after(assignment.accept_by)),
            JobStatus::Accepted => Some(after(job.deadline)),
            JobStatus::Attested | JobStatus::Settled | JobStatus::Refunded | JobStatus::Slashed => None,
        }
    }

    fn check_finished() -> Check {
        let (start, end) = FinishedRange::<T>::get();
        let mut queued = Vec::new();
        for place in start..end {
            let (id, _) =
                Finished::<T>::get(place).ok_or_else(|| format!("no finished job at {place} of {start}..{end}"))?;
            queued.push(id);
        }
        queued.sort_unstable();
        let mut done: Vec<JobId> = Vec::new();
        let (earliest, next) = (EarliestJob::<T>::get(), NextJob::<T>::get());
        for (id, job) in Jobs::<T>::iter() {
            ensure!(id >= earliest && id < next, format!("job {id} lies outside {earliest}..{next}"));
            if job.status.is_final() {
                done.push(id);
                ensure!(
                    job.escrow.is_zero() && job.parts.is_empty() && job.fee == 0 && job.audit_fee == 0,
                    format!("final job {id} holds {:?}, {} and {}", job.escrow, job.fee, job.audit_fee)
                );
            }
        }
        done.sort_unstable();
        ensure!(queued == done, format!("final jobs {done:?}, queued to be pruned {queued:?}"));
        Ok(())
    }

    /// Every call is one of a worker's and waits where it says it does. Lanes have no gaps, and wait in the order of blocks.
    fn check_margins() -> Check {
        for (worker, call) in MarginCalls::<T>::iter() {
            ensure!(Workers::<T>::contains_key(&worker), format!("{worker:?} is called and no worker"));
            let (lane, place) = call.place;
            let entry = MarginQueue::<T>::get(lane, place).map(|(entry, _)| entry);
            ensure!(
                entry.as_ref() == Some(&worker),
                format!("worker {worker:?} waits at {place} of {lane:?}, where {entry:?} is")
            );
            ensure!(call.buys_from <= call.settles_from, format!("worker {worker:?}: {call:?}"));
        }
        for lane in Lane::ALL {
            let (first, end) = MarginQueueRange::<T>::get(lane);
            let mut last = BlockNumberFor::<T>::default();
            for place in first..end {
                let (worker, due) = MarginQueue::<T>::get(lane, place)
                    .ok_or_else(|| format!("nobody waits at {place} of {lane:?}, {first}..{end}"))?;
                ensure!(due >= last, format!("{worker:?} waits in {lane:?} for {due:?} behind one for {last:?}"));
                last = due;
            }
            let stored = MarginQueue::<T>::iter_key_prefix(lane).count() as u64;
            ensure!(stored == end.saturating_sub(first), format!("{stored} wait in {lane:?}, {first}..{end}"));
        }
        Ok(())
    }

    /// Holds equal bonds; open value equals the sum over the worker's jobs; the limit holds at half the reference price,
    /// which unlike the others does not move.
    fn check_bonds() -> Check {
        let mut open = BTreeMap::new();
        let mut attested = BTreeMap::<_, u32>::new();
        for job in Jobs::<T>::iter_values().filter(|job| !job.status.is_final()) {
            let Some(assignment) = job.assignment else { continue };
            add(&mut open, assignment.worker.clone(), job.value)?;
            if job.status == JobStatus::Attested {
                let count = attested.entry(assignment.worker).or_default();
                *count = count.saturating_add(1);
            }
        }
        for (worker, record) in Workers::<T>::iter() {
            let held = T::Currency::balance_on_hold(&HoldReason::WorkerBond.into(), &worker);
            ensure!(held == record.bond, format!("worker {worker:?}: bond {}, held {held}", record.bond));
            let jobs = WorkerJobs::<T>::get(&worker);
            ensure!(
                jobs.len() == record.open_jobs as usize,
                format!("worker {worker:?}: {} jobs counted, {} listed", record.open_jobs, jobs.len())
            );
            let done = attested.remove(&worker).unwrap_or_default();
            ensure!(
                done == record.attested_jobs,
                format!("worker {worker:?}: {} attested jobs counted, there are {done}", record.attested_jobs)
            );
            let value = open.remove(&worker).unwrap_or_default();
            ensure!(
                value == record.open_value,
                format!("worker {worker:?}: open value {}, its jobs sum to {value}", record.open_value)
            );
            ensure!(
                record.idle_since.is_some() == record.is_idle(),
                format!(
                    "worker {worker:?}: idle since {:?} with {} jobs and {:?}",
                    record.idle_since, record.open_jobs, record.obligations
                )
            );
            // A called worker is beyond its limit or was, and a purchase takes from what its bond backs.
            if !MarginCalls::<T>::contains_key(&worker) {
                Self::check_limit(&worker, &record)?;
            }
        }
        ensure!(
            open.is_empty() && attested.is_empty(),
            format!("{open:?} and {attested:?} of accounts that are no workers")
        );
        Ok(())
    }

    fn check_limit(worker: &T::AccountId, record: &WorkerOf<T>) -> Check {
        let mut bound = BTreeMap::from([((), record.open_value)]);
        for owed in &record.obligations {
            ensure!(owed.amount > 0, format!("worker {worker:?} owes nothing of {:?}", owed.pool));
            let reference = T::Market::prices(owed.pool).map_or(0, |prices| prices.reference);
            let half = reference.checked_div(2).unwrap_or_default();
            add(&mut bound, (), worth(owed.amount, half, Rounding::Down).unwrap_or(Balance::MAX))?;
        }
        let bound = bound.get(&()).copied().unwrap_or_default();
        ensure!(
            record.frozen <= record.bond,
            format!("worker {worker:?}: {} frozen of a bond of {}", record.frozen, record.bond)
        );
        // A failure takes 1 % of a job's value from the bond and frees all of it; only rounding is left to allow for. What
        // slashes took or froze backed what it owes when it was minted.
        let whole = record.bond.saturating_add(record.slashed);
        let limit = whole.checked_div(T::BondMultiple::get().into()).unwrap_or_default().saturating_add(1);
        ensure!(bound <= limit, format!("worker {worker:?}: bound {bound}, its bond backs {limit}"));
        Ok(())
    }

    fn check_job_fees() -> Check {
        let mut fees = BTreeMap::new();
        for job in Jobs::<T>::iter_values() {
            add(&mut fees, job.client.clone(), job.fee)?;
            add(&mut fees, job.client, job.audit_fee)?;
        }
        for (client, fee) in fees {
            let held = T::Currency::balance_on_hold(&HoldReason::JobFee.into(), &client);
            ensure!(held == fee, format!("client {client:?}: fees of its jobs {fee}, held {held}"));
        }
        Ok(())
    }

    /// Pools that can have tokens: every class in every known tier.
    fn pools() -> impl Iterator<Item = PoolId> {
        core::iter::once(0)
            .chain(Tiers::<T>::iter_keys())
            .flat_map(|tier| ResourceClass::ALL.map(|class| PoolId { class, tier }))
    }

    /// Tokens in existence = obligations + cash-settled obligations.
    fn check_class_law() -> Check {
        let mut owed: BTreeMap<PoolId, Balance> = CashSettled::<T>::iter().collect();
        for record in Workers::<T>::iter_values() {
            for obligation in &record.obligations {
                add(&mut owed, obligation.pool, obligation.amount)?;
            }
        }
        for pool in Self::pools() {
            let owed = owed.get(&pool).copied().unwrap_or_default();
            let issued = T::Tokens::total_issuance(pool.asset_id());
            ensure!(owed == issued, format!("{pool:?}: {issued} tokens exist, {owed} are owed or settled in cash"));
        }
        Ok(())
    }

    /// Bonuses of an epoch stay within their budget, that within its part of the workers' share, and the pot can pay the rest of
    /// it; every open job paid at least what it lost to fees.
    fn check_bonuses() -> Check {
        let epoch = BonusEpochs::<T>::get();
        ensure!(epoch.paid <= epoch.budget, format!("bonuses of {epoch:?} exceed their budget"));
        let most = bonus::budget(epoch.share, bonus::MAX_PART);
        ensure!(epoch.budget <= most, format!("{epoch:?}: at most {most} of the share is for bonuses"));
        let (left, held) = (epoch.budget.saturating_sub(epoch.paid), Self::rewards_left());
        ensure!(left <= held, format!("{epoch:?} has {left} left, the pot can pay {held}"));
        for (id, job) in Jobs::<T>::iter() {
            ensure!(job.lost_fees <= job.paid, format!("job {id} paid {} and lost {}", job.paid, job.lost_fees));
        }
        Ok(())
    }

    /// The escrow holds what open jobs say it does. Anyone may send it tokens, so it may hold more.
    fn check_escrow() -> Check {
        let mut escrow = BTreeMap::new();
        for job in Jobs::<T>::iter_values() {
            let pools = job.pools().ok_or_else(|| format!("{:?} exceed an escrow of {:?}", job.parts, job.escrow))?;
            for (pool, amount) in pools {
                add(&mut escrow, pool, amount)?;
            }
        }
        for (pool, amount) in escrow {
            let held = T::Tokens::balance(pool.asset_id(), &Self::escrow_account());
            ensure!(held >= amount, format!("{pool:?}: jobs have {amount} in escrow, the account holds {held}"));
        }
        Ok(())
    }
}
