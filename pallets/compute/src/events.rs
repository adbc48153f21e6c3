//! Events and errors: sections that the pallet's module imports, so that it can be read without them.

use frame_support::pallet_macros::pallet_section;

#[pallet_section]
mod events {
    /// What happened, with the numbers.
    #[pallet::event]
    #[pallet::generate_deposit(pub(super) fn deposit_event)]
    pub enum Event<T: Config> {
        /// A worker joined.
        WorkerRegistered {
            /// Its account.
            worker: T::AccountId,
            /// Bond held, wei.
            bond: Balance,
            /// Units per class, wei of a unit.
            units: Resources,
        },
        /// A worker takes jobs, or stops to.
        AcceptingSet {
            /// Its account.
            worker: T::AccountId,
            /// Whether it takes jobs.
            accepting: bool,
        },
        /// How a worker is paid from now on.
        PayoutSet {
            /// Its account.
            worker: T::AccountId,
            /// Whether earned tokens are sold at settlement.
            sell_earned: bool,
        },
        /// A worker signs with another key.
        SessionKeySet {
            /// Its account.
            worker: T::AccountId,
            /// The key.
            key: SessionKey,
        },
        /// A bond grew.
        BondIncreased {
            /// The worker.
            worker: T::AccountId,
            /// Added, wei.
            added: Balance,
            /// The bond now, wei.
            bond: Balance,
        },
        /// Part of a bond is frozen: a fraud was found, and the slash waits for its time.
        BondFrozen {
            /// The worker.
            worker: T::AccountId,
            /// Frozen, wei.
            amount: Balance,
        },
        /// A frozen part of a bond is free again: the slash was cancelled.
        BondThawed {
            /// The worker.
            worker: T::AccountId,
            /// Freed, wei.
            amount: Balance,
        },
        /// A frozen part of a bond was taken.
        BondSlashed {
            /// The worker.
            worker: T::AccountId,
            /// Burned, wei.
            burned: Balance,
            /// Paid to the challenger, wei.
            bounty: Balance,
        },
        /// A worker minted tokens and owes them.
        TokensMinted {
            /// The worker.
            worker: T::AccountId,
            /// Class and tier.
            pool: PoolId,
            /// Minted, wei.
            amount: Balance,
            /// What it owes of this pool now, wei.
            obligation: Balance,
        },
        /// A worker burned tokens it owed.
        TokensBurned {
            /// The worker.
            worker: T::AccountId,
            /// Class and tier.
            pool: PoolId,
            /// Burned, wei.
            amount: Balance,
            /// What it still owes of this pool, wei.
            obligation: Balance,
        },
        /// A worker began to leave.
        WorkerLeaving {
            /// Its account.
            worker: T::AccountId,
        },
        /// A worker left with its bond.
        WorkerLeft {
            /// Its account.
            worker: T::AccountId,
            /// Bond released, wei.
            bond: Balance,
        },
        /// A model's profile was set or removed.
        ModelProfileSet {
            /// Content hash of the model.
            model: H256,
            /// Its profile; none when removed.
            profile: Option<ModelProfile>,
        },
        /// A tier was set.
        TierSet {
            /// Its number.
            tier: Tier,
            /// What its workers must be.
            rule: TierRule,
        },
        /// A job was submitted and paid for.
        JobSubmitted {
            /// Its number.
            job: JobId,
            /// The client.
            client: T::AccountId,
            /// Model asked for.
            model: H256,
            /// Tier of its worker, and of the tokens that are of no other.
            tier: Tier,
            /// What of its tokens is of other tiers.
            parts: Parts,
            /// Tokens the client held and put in, wei per class over all tiers.
            held: Resources,
            /// Tokens bought, wei per class over all tiers.
            bought: Resources,
            /// What each class cost, fees included, wei.
            cost: [Balance; 6],
            /// Credits for all classes and tiers, wei.
            paid: Balance,
            /// The job's value, wei.
            value: Balance,
            /// Held against late cancellation, wei.
            fee: Balance,
            /// Held for audits, wei.
            audit_fee: Balance,
            /// Last block for the attestation.
            deadline: BlockNumberFor<T>,
        },
        /// A worker was drawn.
        JobAssigned {
            /// The job.
            job: JobId,
            /// Who was drawn.
            worker: T::AccountId,
            /// The job's seed.
            seed: H256,
            /// How many workers qualified.
            candidates: u32,
            /// Last block for the acceptance.
            accept_by: BlockNumberFor<T>,
        },
        /// A draw was put off: an output was missing, or nobody qualified.
        DrawPostponed {
            /// The job.
            job: JobId,
            /// Whether the randomness was there and nobody qualified.
            nobody: bool,
            /// Draws that found nobody so far.
            empty_draws: u32,
            /// The next draw mixes the outputs of the 4 blocks after this one.
            drawn_after: BlockNumberFor<T>,
        },
        /// The drawn worker did not accept in time and is free again.
        AcceptanceMissed {
            /// The job.
            job: JobId,
            /// Who was drawn.
            worker: T::AccountId,
            /// Draws it has missed so far.
            missed: u32,
        },
        /// The drawn worker does not take the job and is free again.
        JobDeclined {
            /// The job.
            job: JobId,
            /// Who was drawn.
            worker: T::AccountId,
        },
        /// The drawn worker accepted and answers for the job.
        JobAccepted {
            /// The job.
            job: JobId,
            /// The worker.
            worker: T::AccountId,
            /// Hash of the block before; enters the challenge.
            opening: H256,
        },
        /// The job is attested: its usage is fixed.
        JobAttested {
            /// The job.
            job: JobId,
            /// Attested prompt tokens.
            prompt_tokens: u32,
            /// Attested output tokens.
            output_tokens: u32,
            /// What the client paid for audits, wei.
            audit_fee: Balance,
        },
        /// Final: worker and client are paid.
        JobSettled {
            /// The job.
            job: JobId,
            /// The worker.
            worker: T::AccountId,
            /// The client.
            client: T::AccountId,
            /// What the worker earned, and how much of it was sold.
            earned: Payout,
            /// What the client got back, and how much of it was sold.
            returned: Payout,
        },
        /// Final: the client has its tokens back and nobody is to blame.
        JobRefunded {
            /// The job.
            job: JobId,
            /// The client.
            client: T::AccountId,
            /// Why.
            reason: RefundReason,
            /// Tokens returned, wei per class.
            returned: Resources,
            /// Burned of what was held from the client, wei.
            burned: Balance,
        },
        /// Final: the client has its tokens back, the worker's bond paid for the failure.
        JobFailed {
            /// The job.
            job: JobId,
            /// The worker.
            worker: T::AccountId,
            /// The client.
            client: T::AccountId,
            /// Why.
            reason: FailureReason,
            /// Tokens returned, wei per class.
            returned: Resources,
            /// Paid to the client from the worker's bond, wei.
            compensation: Balance,
        },
        /// An entry of the agenda could not be carried out and is tried again.
        Postponed {
            /// The job.
            job: JobId,
            /// Block of the next try.
            until: BlockNumberFor<T>,
            /// What stood in the way.
            error: DispatchError,
        },
        /// A worker named the models it runs.
        ModelsSet {
            /// The worker.
            worker: T::AccountId,
            /// Content hashes.
            models: Models,
        },
        /// A worker let so many draws in a row pass that it takes no more jobs until it says so again.
        WorkerPaused {
            /// The worker.
            worker: T::AccountId,
            /// Draws it let pass since it last accepted.
            missed_in_row: u32,
        },
        /// A worker's quality fell below what any job asks for: it takes no more.
        WorkerEjected {
            /// The worker.
            worker: T::AccountId,
            /// Its quality, parts per billion.
            quality: u32,
        },
        /// A worker said that it is there.
        Heartbeat {
            /// The worker.
            worker: T::AccountId,
        },
        /// A draw met a worker that gave no sign for too long: it has no lot until it does.
        WorkerSilent {
            /// The worker.
            worker: T::AccountId,
        },
        /// A worker has to get rid of obligations: all of them if it is leaving or ejected, else what is beyond its limits.
        MarginCalled {
            /// The worker.
            worker: T::AccountId,
            /// First block in which the protocol buys from its bond.
            buys_from: BlockNumberFor<T>,
            /// First block in which what is left is settled in cash.
            settles_from: BlockNumberFor<T>,
        },
        /// A called worker is within its limits.
        MarginCallLifted {
            /// The worker.
            worker: T::AccountId,
        },
        /// A slice was bought from a worker's bond and burned.
        BoughtBack {
            /// The worker.
            worker: T::AccountId,
            /// Class and tier.
            pool: PoolId,
            /// Bought and burned, wei.
            amount: Balance,
            /// What it cost, fees included, wei.
            cost: Balance,
            /// What the worker still owes of this pool, wei.
            obligation: Balance,
        },
        /// Tokens that a worker owed are owed by nobody any more: its bond paid into the pool for them.
        SettledInCash {
            /// The worker.
            worker: T::AccountId,
            /// Class and tier.
            pool: PoolId,
            /// How many, wei.
            amount: Balance,
            /// What they cost, wei.
            due: Balance,
            /// What the bond could pay of that, wei.
            paid: Balance,
            /// What the worker still owes of this pool, wei.
            obligation: Balance,
        },
        /// A verified job earned its worker a bonus, out of the workers' share of emission.
        BonusPaid {
            /// The job.
            job: JobId,
            /// The worker.
            worker: T::AccountId,
            /// Paid, wei.
            amount: Balance,
        },
        /// What verified jobs may earn besides was set.
        BonusSet {
            /// From now on; the whole of an epoch's from the next one on.
            parameters: BonusParameters,
        },
    }
}

#[pallet_section]
mod errors {
    /// Why a call fails.
    #[pallet::error]
    #[derive(PartialEq)]
    pub enum Error<T> {
        /// The account is a worker already.
        AlreadyRegistered,
        /// The account is not a worker.
        NotRegistered,
        /// The bond is below `MinWorkerBond`.
        BondTooSmall,
        /// Another worker, or this one, signs with this key.
        SessionKeyTaken,
        /// A worker must offer some units.
        NothingOffered,
        /// No such tier.
        UnknownTier,
        /// A tier is listed twice, or a part of a job is of the job's own.
        DuplicateTier,
        /// The worker is leaving.
        Leaving,
        /// The worker has not called `deregister`.
        NotLeaving,
        /// The worker still has open jobs or owes tokens.
        StillBound,
        /// The unbonding period is not over.
        Unbonding,
        /// The worker does not qualify for the tier.
        NotQualified,
        /// The amount must be positive.
        ZeroAmount,
        /// More tokens than the horizon allows for the worker's units and quality.
        HorizonExceeded,
        /// Obligations and open value would exceed what the bond backs.
        BondLimitExceeded,
        /// Obligations in more pools than a worker may have.
        TooManyObligations,
        /// More than the worker owes of this pool.
        ExceedsObligation,
        /// Jobs of this kind are not taken yet.
        UnsupportedKind,
        /// This way of proving is not taken yet.
        UnsupportedVerification,
        /// Priors are not taken yet.
        UnsupportedPrior,
        /// Deltas on a model are not taken yet.
        UnsupportedDeltas,
        /// The input is longer than 1 MiB, the most that nodes hand over.
        InputTooLong,
        /// Decoding parameters out of bounds.
        BadDecoding,
        /// The client has a job with this nonce that is neither attested nor final.
        NonceInUse,
        /// The deadline is nearer than the model's profile allows.
        DeadlineTooSoon,
        /// The deadline is further than a day away.
        DeadlineTooLate,
        /// More prompt tokens than the model's profile allows.
        PromptTooLong,
        /// More output tokens than the model's profile allows.
        OutputTooLong,
        /// The model has no profile, so the job must name its resources.
        ResourcesMissing,
        /// The model has a profile, so the job must not name resources.
        ResourcesGiven,
        /// The job uses nothing, or nothing of value.
        NoResources,
        /// The resources cost more than `max_credits`.
        CreditLimitExceeded,
        /// The client has as many jobs waiting as it may.
        TooManyOpenJobs,
        /// The account is in a denial window.
        Denied,
        /// No such job.
        UnknownJob,
        /// Somebody else's job.
        NotYourJob,
        /// The job is not waiting for an acceptance.
        NotAssigned,
        /// The time to accept is over.
        AcceptanceOver,
        /// The job is accepted or final.
        NotCancellable,
        /// The job is not accepted, or attested already.
        NotAccepted,
        /// The job is not attested, or final already.
        NotAttested,
        /// The deadline has passed.
        DeadlinePassed,
        /// More tokens attested than paid for.
        TooManyTokens,
        /// A profile that costs nothing or allows no output, or whose costs leave the range of amounts.
        BadProfile,
        /// A number left its range.
        Overflow,
        /// There are as many workers as the draw has places for, 1,048,576.
        TooManyWorkers,
        /// A model is named twice.
        DuplicateModel,
        /// More than 4,096 output tokens: such an output could not be demanded on chain.
        OutputNotDemandable,
        /// The least quality asked for is above 1, that is 1,000,000,000 parts per billion.
        BadServiceLevel,
        /// The job is worth less than `MinJobValue`.
        JobTooSmall,
        /// The worker's quality is below 0.3: no job may be drawn for it.
        Ejected,
        /// The worker gave a sign less than `HeartbeatPeriod` ago.
        HeartbeatTooEarly,
        /// The worker is called: it has to get rid of obligations.
        MarginCalled,
        /// The worker is within its limits, and was not called.
        WithinMargin,
        /// The grace of the worker's call is not over.
        GraceNotOver,
        /// It would cost more than the caller allows.
        CostLimitExceeded,
        /// The bond has less left that is not frozen.
        BondExhausted,
        /// A part above a tenth.
        BonusOutOfRange,
        /// A part of a job takes nothing of its tier.
        EmptyPart,
        /// The parts of a job take more of a class than the job needs.
        PartsExceedNeeds,
        /// A part's tier is less strict than the job's own: it lets workers serve that the job's tier does not.
        TierTooLax,
        /// A job of tokens of more than 12 pools.
        TooManyPools,
        /// The account is a verifier until it has withdrawn its bond: nobody judges work under the name it does work under.
        IsVerifier,
    }
}
