//! **Tries**: to be paid as a verifier for what others found: commits to the very hash that an honest member has committed to, or
//! keeps its commitment until it has seen reveals, and reveals what the honest member did.
//!
//! **Roles**: verifiers with less than half of all bonds, none of which replays anything. All jobs are audited.
//!
//! **Defeated by** commitments that are bound to their member: a copy cannot be opened, and who has not committed cannot reveal. A
//! member that reveals nothing loses 1 % of its bond.

use super::{
    collusion::LESS_THAN_HALF,
    firm::{notes, Bench, Firm},
    Adversary, Claim, Outcome,
};
use crate::{
    plan::Plan,
    world::{Clock, Role, Traffic, Who, World},
};
use hanzo_poai::committee::{commitment, Vote};
use hanzo_runtime::{Runtime, System};
use hanzo_traits::JobId;
use pallet_poai::{Phase, Review};

/// See the module.
pub struct CopiedVerdicts;

impl Adversary for CopiedVerdicts {
    fn name(&self) -> &'static str {
        "copied-verdicts"
    }
    fn tries(&self) -> &'static str {
        "sits on committees, replays nothing, and copies what honest members commit to and reveal"
    }
    fn rule(&self) -> &'static str {
        "commitments are bound to their member and precede every reveal; silence costs 1 % of a bond"
    }
    fn claim(&self) -> Claim {
        Claim::Never
    }
    fn clock(&self) -> Clock {
        Clock::Short
    }

    fn play(&self, world: &mut World, plan: &mut Plan) -> Result<Outcome, String> {
        world.traffic = Traffic::none();
        let (firm, bench) = (Firm::planned(plan), Bench::planned(plan, LESS_THAN_HALF));
        let (waits, rebinds) = (plan.flag(), plan.flag());
        world.open_verification(0.0);
        world.audit_everything();
        bench.open(world);
        world.settle_lots();
        let mut opened = 0u32;
        let act = |world: &mut World, _: &[JobId]| {
            for (job, review) in pallet_poai::Reviews::<Runtime>::iter().collect::<Vec<_>>() {
                opened += copy(world, job, &review, waits, rebinds);
            }
        };
        let jobs = firm.run(world, act, |world, _| world.next_block())?;
        let mut notes = notes(&jobs);
        notes.push(("copies opened", f64::from(opened)));
        Ok(Outcome { profit: None, notes })
    }
}

/// Has every member of the adversary's copy an honest one; how many copies the chain took for votes.
fn copy(world: &World, job: JobId, review: &Review<hanzo_runtime::AccountId>, waits: bool, rebinds: bool) -> u32 {
    let of = |role| {
        review
            .members
            .iter()
            .filter_map(move |member| Some((Who::of(&member.account)?, member)).filter(|(who, _)| who.role == role))
    };
    let mut opened = 0;
    for (who, member) in of(Role::Adversary) {
        if review.phase == Phase::Committing {
            let seen = of(Role::Verifier).find_map(|(_, other)| other.commitment);
            if let Some(hash) = seen.filter(|_| !waits) {
                let _ = world.commit_hash(who, job, hash);
            }
        } else if let Some((other, vote)) = of(Role::Verifier).find_map(|(other, seen)| Some((other, seen.vote?))) {
            let salt = World::salt(other, job, review.round);
            if member.commitment.is_none() {
                // Too late for one of its own.
                let own = commitment_of(who, job, review.round, &vote, &salt);
                let _ = world.commit_hash(who, job, own);
            }
            let salt = if rebinds { World::salt(who, job, review.round) } else { salt };
            opened += u32::from(world.reveal_verdict(who, job, vote, salt).is_ok());
        }
    }
    opened
}

fn commitment_of(who: Who, job: JobId, round: u32, vote: &Vote, salt: &[u8; 32]) -> sp_core::H256 {
    commitment(&System::block_hash(0), job, round, &who.id(), vote, salt)
}
