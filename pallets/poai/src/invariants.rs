//! What always holds between blocks.

use crate::{
    quality::ONE,
    types::*,
    windows::{parse_key, queue_key},
    Attestations, AuditEntries, AuditPlaces, CanaryExpiries, CanaryOperators, Config, Expiries, HoldReason,
    LodgedCanaries, LodgedCount, NextLodged, NextSlash, Outputs, Pallet, Quality, Queue, Reviews, SealedOutputs, Seats,
    SlashQueue, Slashes, Traces, Verdicts, VerifierLotQueue, VerifierLotRange, VerifierLots, VerifierSlotCount,
    VerifierSlots, Verifiers, Windows,
};
use alloc::{
    collections::{BTreeMap, BTreeSet},
    format,
    string::String,
};
use frame_support::traits::fungible::InspectHold;
use hanzo_poai::{
    chunks,
    draw::{self, sum, ARITY, LEVELS},
    JobId,
};
use hanzo_traits::{Balance, JobRegistry};
use sp_core::H256;
use sp_io::hashing::blake2_256;

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
        Self::check_lottery()?;
        Self::check_bonds()?;
        Self::check_expiries()?;
        Self::check_outputs()?;
        Self::check_quality()?;
        Self::check_canaries()?;
        Self::check_traces()?;
        Self::check_reviews()?;
        Self::check_verifiers()?;
        Self::check_verifier_lots()?;
        Self::check_slashes()
    }

    /// Each open window has an attestation of the same worker, a place in the queue, and a job that was told.
    fn check_windows() -> Result<(), String> {
        let now = frame_system::Pallet::<T>::block_number();
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
            let (waits, next) = (window.attempts > 0, Self::next_due(&window, record.settles_at));
            let in_time = waits || due == next || (next < due && next <= now);
            hold!(in_time, "job {job}: looked at in block {due:?}, but its next step is in {next:?}, now is {now:?}");
            let reviewed = matches!(window.standing, Standing::InReview { .. });
            let known = Reviews::<T>::contains_key(job);
            hold!(reviewed == known, "job {job}: {:?}, a review is stored: {known}", window.standing);
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

    /// The jobs at which nobody looks, and no others, have each a place in the lottery, from 0 on without a gap.
    fn check_lottery() -> Result<(), String> {
        let entries = AuditEntries::<T>::count();
        for place in 0..entries {
            let job = AuditEntries::<T>::get(place).ok_or(format!("lottery: nobody in place {place} of {entries}"))?;
            let other = AuditPlaces::<T>::get(job);
            hold!(other == Some(place), "job {job}: in place {place} of the lottery, and {other:?}");
            let standing = Windows::<T>::get(job).map(|window| window.standing);
            hold!(standing == Some(Standing::Unaudited), "job {job}: in the lottery, but {standing:?}");
        }
        let (stored, places) = (AuditEntries::<T>::iter_keys().count(), AuditPlaces::<T>::iter_keys().count());
        let waiting = Windows::<T>::iter_values().filter(|window| window.standing == Standing::Unaudited).count();
        let counts = [stored, places, waiting];
        hold!(
            counts.iter().all(|count| u32::try_from(*count) == Ok(entries)),
            "lottery: {stored} entries, {places} places and {waiting} jobs, {entries} counted"
        );
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
        for (job, output) in SealedOutputs::<T>::iter() {
            let record = Attestations::<T>::get(job).ok_or(format!("job {job}: sealed output without attestation"))?;
            let hash = H256(blake2_256(&output));
            hold!(hash == record.output, "job {job}: sealed output {hash:?}, attested {:?}", record.output);
            hold!(!Outputs::<T>::contains_key(job), "job {job}: its output is there both sealed and open");
        }
        Ok(())
    }

    /// Operators are few; each lodged hash has its place among those that expire, and its operator counts it.
    fn check_canaries() -> Result<(), String> {
        let mut lodged = BTreeMap::<T::AccountId, u32>::new();
        let mut hashes = 0usize;
        for (operator, hash, Lodged { expires_at, number, .. }) in LodgedCanaries::<T>::iter() {
            hold!(number < NextLodged::<T>::get(), "lodged hash {number} was never lodged");
            let queued = CanaryExpiries::<T>::get(queue_key(expires_at, number));
            let is_queued = queued.as_ref() == Some(&(operator.clone(), hash));
            hold!(is_queued, "lodged hash {number}: {hash} of {operator:?} is lodged, {queued:?} expires");
            let count = lodged.entry(operator).or_default();
            *count = count.saturating_add(1);
            hashes = hashes.saturating_add(1);
        }
        for (operator, count) in LodgedCount::<T>::iter() {
            let counted = lodged.remove(&operator).unwrap_or_default();
            hold!(counted == count && count <= MAX_LODGED, "{operator:?}: {counted} hashes lodged, {count} counted");
        }
        hold!(lodged.is_empty(), "{lodged:?} lodged and not counted");
        let queued = CanaryExpiries::<T>::iter_keys().count();
        hold!(queued == hashes, "{queued} hashes expire, {hashes} are lodged");
        let (operators, counted) = (CanaryOperators::<T>::iter_keys().count(), CanaryOperators::<T>::count());
        hold!(usize::try_from(counted) == Ok(operators), "{operators} operators, {counted} counted");
        hold!(counted <= MAX_OPERATORS, "{counted} operators, at most {MAX_OPERATORS}");
        Ok(())
    }

    /// Traces are of attestations that are kept and name each member once; nobody is slashed twice for a job, for missing what is not
    /// known for a canary, or for a forgery that is known for one.
    fn check_traces() -> Result<(), String> {
        for (job, trace) in Traces::<T>::iter() {
            hold!(Attestations::<T>::contains_key(job), "job {job}: trace of a review without an attestation");
            let (count, distinct) = (trace.approved.len(), trace.approved.iter().collect::<BTreeSet<_>>().len());
            hold!(count == distinct, "job {job}: {count} members found it good, {distinct} of them distinct");
        }
        let mut slashed = BTreeSet::<(T::AccountId, JobId)>::new();
        for FrozenSlash { offender, job, offence, .. } in Slashes::<T>::iter_values() {
            // Once it is pruned nobody knows.
            let canary = Verdicts::<T>::get(job).map(|verdict| verdict.canary);
            let possible = match offence {
                Offence::Forgery => canary != Some(true),
                Offence::FalseVerdict => true,
                Offence::MissedCanary => canary != Some(false),
            };
            hold!(possible, "job {job}: {offender:?} is slashed for {offence:?}, canary: {canary:?}");
            hold!(slashed.insert((offender.clone(), job)), "job {job}: {offender:?} is slashed twice");
        }
        Ok(())
    }

    fn check_quality() -> Result<(), String> {
        for (worker, quality) in Quality::<T>::iter() {
            hold!(quality <= ONE, "worker {worker:?}: quality {quality} above {ONE} parts per billion");
        }
        Ok(())
    }

    /// Reviews are of open windows; their members hold the seats, each one, and nobody else does; verdicts are of attestations
    /// that are kept; what is held of challengers is the sum of their open bonds.
    fn check_reviews() -> Result<(), String> {
        let mut seated = BTreeSet::<(T::AccountId, JobId)>::new();
        let mut bonds = BTreeMap::<T::AccountId, Balance>::new();
        for (job, review) in Reviews::<T>::iter() {
            hold!(Windows::<T>::contains_key(job), "job {job}: review without a window");
            let (size, count) = (review.committee.size(), review.members.len());
            let wanted = if review.phase == Phase::Summoning { 0 } else { size };
            hold!(count == wanted, "job {job}: {count} members of a committee of {size} in {:?}", review.phase);
            let first = review.first.iter().map(|(account, _)| account);
            for account in review.members.iter().map(|member| &member.account).chain(first) {
                hold!(seated.insert((account.clone(), job)), "job {job}: {account:?} sits twice");
            }
            if let Cause::Challenge { challenger, bond } = review.cause {
                let sum = bonds.entry(challenger).or_default();
                *sum = sum.checked_add(bond).ok_or(format!("job {job}: bonds of its challenger overflow"))?;
            }
        }
        for (account, jobs) in Seats::<T>::iter() {
            hold!(!jobs.is_empty(), "{account:?} has an empty list of seats");
            for job in jobs {
                hold!(seated.remove(&(account.clone(), job)), "{account:?} has a seat on job {job} and does not sit");
            }
        }
        hold!(seated.is_empty(), "{seated:?} sit without a seat");
        for (challenger, bond) in bonds {
            let held = T::Currency::balance_on_hold(&HoldReason::ChallengeBond.into(), &challenger);
            hold!(held == bond, "challenger {challenger:?}: {held} wei held for open challenges of {bond} wei");
        }
        for job in Verdicts::<T>::iter_keys() {
            hold!(Attestations::<T>::contains_key(job), "job {job}: verdict without an attestation");
            hold!(!Reviews::<T>::contains_key(job), "job {job}: verdict while its review goes on");
        }
        Ok(())
    }

    /// Bonds are held, frozen parts are those of the slashes that wait, slots are the verifiers' own.
    fn check_verifiers() -> Result<(), String> {
        let mut frozen = BTreeMap::<T::AccountId, Balance>::new();
        for slash in Slashes::<T>::iter_values().filter(|slash| slash.offence != Offence::Forgery) {
            let sum = frozen.entry(slash.offender).or_default();
            *sum = sum.saturating_add(slash.amount);
        }
        for (account, record) in Verifiers::<T>::iter() {
            let held = T::Currency::balance_on_hold(&HoldReason::VerifierBond.into(), &account);
            hold!(held == record.bond, "verifier {account:?}: bond {} wei, held {held}", record.bond);
            let waiting = frozen.remove(&account).unwrap_or_default();
            hold!(
                waiting == record.frozen,
                "verifier {account:?}: {} frozen, its slashes are {waiting}",
                record.frozen
            );
            hold!(record.frozen <= record.bond, "verifier {account:?}: {} frozen of {}", record.frozen, record.bond);
            let owner = VerifierSlots::<T>::get(record.slot);
            hold!(owner.as_ref() == Some(&account), "slot {} of {account:?} is of {owner:?}", record.slot);
            hold!(record.slot < VerifierSlotCount::<T>::get(), "slot {} of {account:?} was never given", record.slot);
            let (lot, wanted) = (draw::lot::<Self>(record.slot), Self::verifier_lot(&record));
            hold!(record.lot_queued || lot == wanted, "verifier {account:?}: lot {lot}, should be {wanted}");
        }
        hold!(frozen.is_empty(), "slashes {frozen:?} on accounts that are no verifiers");
        let slots = VerifierSlots::<T>::iter_keys().count();
        let verifiers = Verifiers::<T>::count();
        hold!(usize::try_from(verifiers) == Ok(slots), "{slots} slots are taken, there are {verifiers} verifiers");
        Ok(())
    }

    /// Sums of the tree are those of its children, and whoever waits for its lot is queued once.
    fn check_verifier_lots() -> Result<(), String> {
        for (level, place, node) in VerifierLots::<T>::iter() {
            hold!(sum(&node) > 0 && level < LEVELS, "node {place} of level {level} should not be stored");
            let Some(lower) = level.checked_sub(1) else { continue };
            for (child, held) in (0u32..).zip(node) {
                let below = place.saturating_mul(ARITY).saturating_add(child);
                let total = VerifierLots::<T>::get(lower, below).map_or(0, |node| sum(&node));
                hold!(total == held, "node {below} of level {lower} sums to {total}, above it says {held}");
            }
        }
        let leaves =
            VerifierLots::<T>::iter_prefix_values(0).fold(0, |all: Balance, node| all.saturating_add(sum(&node)));
        let all = draw::total::<Self>();
        hold!(leaves == all, "lots of verifiers sum to {leaves}, the root to {all}");
        let (start, end) = VerifierLotRange::<T>::get();
        let mut queued = BTreeSet::new();
        for place in start..end {
            let (account, _) = VerifierLotQueue::<T>::get(place).ok_or(format!("no change of a lot at {place}"))?;
            hold!(queued.insert(account.clone()), "{account:?} waits for its lot twice");
        }
        for (account, record) in Verifiers::<T>::iter() {
            let waits = queued.contains(&account);
            hold!(
                waits == record.lot_queued,
                "{account:?}: its lot waits: {}, it is queued: {waits}",
                record.lot_queued
            );
        }
        Ok(())
    }

    /// Each slash has its place in the queue.
    fn check_slashes() -> Result<(), String> {
        for (id, slash) in Slashes::<T>::iter() {
            hold!(id < NextSlash::<T>::get(), "slash {id} was never made");
            hold!(slash.amount > 0, "slash {id} is of nothing");
            let key = queue_key(slash.applies_at, id);
            hold!(SlashQueue::<T>::contains_key(key), "slash {id}: not in the queue at {:?}", slash.applies_at);
        }
        let (queued, slashes) = (SlashQueue::<T>::iter_keys().count(), Slashes::<T>::count());
        hold!(usize::try_from(slashes) == Ok(queued), "{queued} slashes are queued, there are {slashes}");
        Ok(())
    }
}
