//! The lottery of audits: attested jobs at which nobody looks, each with a place, of which every block draws some
//! ([`hanzo_poai::audit`]).
//!
//! Chances are such that a job is drawn with [`Parameters::audit_rate_ppb`](crate::Parameters) in the blocks of its window. The
//! committee of a job that is drawn is drawn in the same block, from the same outputs: who writes the block can prevent both or
//! neither. More than fit the block's budget are never drawn; then all have the same, smaller, chance.

use crate::{
    types::*, windows::steps, Attestations, AuditEntries, AuditPlaces, Config, Event, Pallet, Settings, WeightInfo,
    Windows,
};
use codec::Encode;
use frame_support::{traits::Get, weights::Weight};
use frame_system::pallet_prelude::BlockNumberFor;
use hanzo_poai::{audit, committee::Committee, JobId};
use hanzo_traits::DrawRandomness;
use sp_core::H256;
use sp_io::hashing::blake2_256;
use sp_runtime::traits::UniqueSaturatedInto;

/// Domain of the draw of audits.
const AUDIT: &[u8] = b"hanzo/poai/audit/v2";

impl<T: Config> Pallet<T> {
    /// Gives a job the last place.
    pub(crate) fn enter_lottery(job: JobId) {
        let place = AuditEntries::<T>::count();
        AuditEntries::<T>::insert(place, job);
        AuditPlaces::<T>::insert(job, place);
    }

    /// Takes a job's place, if it has one, and gives it to the job in the last.
    pub(crate) fn leave_lottery(job: JobId) {
        let Some(place) = AuditPlaces::<T>::take(job) else { return };
        let last = AuditEntries::<T>::count().saturating_sub(1);
        let Some(moved) = AuditEntries::<T>::take(last) else { return };
        if place != last {
            AuditEntries::<T>::insert(place, moved);
            AuditPlaces::<T>::insert(moved, place);
        }
    }

    /// Draws the jobs that this block has audited, no more than fit `limit`; none if it has no output. Returns the weight taken,
    /// never above it.
    pub(crate) fn run_lottery(now: BlockNumberFor<T>, limit: Weight) -> Weight {
        let (base, each) = (T::WeightInfo::run_lottery(), T::WeightInfo::draw_audit());
        if base.any_gt(limit) {
            return Weight::zero();
        }
        let entries = AuditEntries::<T>::count();
        if entries == 0 {
            return base;
        }
        let Some(mix) = T::Randomness::ending_now() else { return base };
        let most = u32::try_from(steps(limit, base, each)).unwrap_or(u32::MAX);
        let blocks: u64 = T::ChallengeWindow::get().unique_saturated_into();
        let chance = audit::chance_per_block(Settings::<T>::get().audit_rate_ppb, blocks);
        let seed: H256 = blake2_256(&(AUDIT, mix).encode()).into();
        let places = audit::drawn(entries, audit::bounded_chance(chance, entries, most), &seed);
        let drawn: alloc::vec::Vec<_> = places.filter_map(AuditEntries::<T>::get).collect();
        let count: u64 = drawn.len().unique_saturated_into();
        drawn.into_iter().for_each(|job| Self::draw_audit(job, now));
        base.saturating_add(each.saturating_mul(count))
    }

    /// Has a job audited: its committee is drawn in this block.
    pub(crate) fn draw_audit(job: JobId, now: BlockNumberFor<T>) {
        Self::leave_lottery(job);
        let Some(mut window) = Windows::<T>::get(job) else { return };
        Self::deposit_event(Event::AuditDrawn { job });
        if Self::could_sit(Committee::Audit, 0) {
            Self::begin_review(job, &mut window, Cause::Audit, Committee::Audit, now);
        } else {
            window.standing = Standing::Unjudged;
        }
        let settles_at = Attestations::<T>::get(job).map_or(now, |record| record.settles_at);
        let due = Self::next_due(&window, settles_at);
        Self::reschedule(job, &mut window, due);
    }
}
