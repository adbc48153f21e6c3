//! Events and errors: sections that the pallet's module imports, so that it can be read without them.

use frame_support::pallet_macros::pallet_section;

#[pallet_section]
mod events {
    /// What happened.
    #[pallet::event]
    #[pallet::generate_deposit(pub(crate) fn deposit_event)]
    pub enum Event<T: Config> {
        /// A worker attested; the challenge window is open.
        Attested {
            /// The job.
            job: JobId,
            /// Who attested.
            worker: T::AccountId,
            /// Content hash of the model.
            model: H256,
            /// Hash of the input blob.
            input: H256,
            /// Hash of the output blob.
            output: H256,
            /// Root over the output tokens.
            tokens_root: H256,
            /// Root over the fingerprints.
            fingerprints_root: H256,
            /// Hash of the whole receipt.
            receipt_root: H256,
            /// Hash of the engine profile.
            engine_profile: H256,
            /// Prompt tokens.
            prompt_tokens: u32,
            /// Output tokens.
            output_tokens: u32,
            /// First block in which the job can settle.
            settles_at: BlockNumberFor<T>,
        },
        /// A client demands the output on chain.
        OutputDemanded {
            /// The job.
            job: JobId,
            /// Who asks.
            client: T::AccountId,
            /// Held of the client, wei.
            bond: Balance,
            /// Last block for the delivery.
            deliver_by: BlockNumberFor<T>,
        },
        /// A worker delivered the output on chain.
        OutputDelivered {
            /// The job.
            job: JobId,
            /// Who delivered.
            worker: T::AccountId,
            /// Output tokens, now in [`Outputs`], or sealed in [`SealedOutputs`].
            tokens: u32,
            /// Burned of the client's bond for the bytes, wei.
            charged: Balance,
            /// Given back to the client, wei.
            returned: Balance,
        },
        /// The window is over and the job final.
        WindowClosed {
            /// The job.
            job: JobId,
            /// Who attested.
            worker: T::AccountId,
            /// Why the job failed; `None` if it settled.
            failure: Option<FailureReason>,
            /// Attempts that had failed before.
            attempts: u32,
        },
        /// The window is over, but the job could not be ended; it is tried again.
        WindowDeferred {
            /// The job.
            job: JobId,
            /// Failed attempts so far.
            attempts: u32,
            /// Block of the next attempt.
            retry_at: BlockNumberFor<T>,
            /// What the job book said.
            error: DispatchError,
        },
        /// An attestation, and the output if it was delivered, are no longer kept.
        AttestationPruned {
            /// The job.
            job: JobId,
        },
        /// A worker's quality changed.
        QualityChanged {
            /// The worker.
            worker: T::AccountId,
            /// Before, parts per billion.
            before: u32,
            /// After, parts per billion.
            after: u32,
            /// Value of the job behind it, wei.
            value: Balance,
        },
        /// What the verdict on a canary had done to its worker's quality was taken back.
        QualityRestored {
            /// The worker.
            worker: T::AccountId,
            /// Before, parts per billion.
            before: u32,
            /// After, parts per billion.
            after: u32,
        },
        /// A worker left; its quality is no longer kept.
        QualityForgotten {
            /// The worker.
            worker: T::AccountId,
            /// What it was, parts per billion.
            quality: u32,
        },
        /// A job was drawn for audit.
        AuditDrawn {
            /// The job.
            job: JobId,
        },
        /// Somebody put a bond on a job's being forged.
        Challenged {
            /// The job.
            job: JobId,
            /// Who.
            challenger: T::AccountId,
            /// Held, wei.
            bond: Balance,
        },
        /// A committee was drawn for a round of a review; its members replay the job and commit to what they find.
        CommitteeSummoned {
            /// The job.
            job: JobId,
            /// Which committee.
            committee: Committee,
            /// Number of the round.
            round: u32,
            /// Its members, in the order of the draw.
            members: Vec<T::AccountId>,
            /// From which the positions of the digest derive.
            positions: H256,
            /// First block in which commitments are too late.
            commit_until: BlockNumberFor<T>,
        },
        /// A member committed to a vote.
        VerdictCommitted {
            /// The job.
            job: JobId,
            /// Number of the round.
            round: u32,
            /// Who.
            verifier: T::AccountId,
            /// The commitment.
            commitment: H256,
        },
        /// Everybody has committed or the time for it is over: who has committed reveals.
        RevealsOpened {
            /// The job.
            job: JobId,
            /// Number of the round.
            round: u32,
            /// First block in which reveals are too late.
            reveal_until: BlockNumberFor<T>,
        },
        /// A member revealed its vote.
        VerdictRevealed {
            /// The job.
            job: JobId,
            /// Number of the round.
            round: u32,
            /// Who.
            verifier: T::AccountId,
            /// The vote.
            vote: Vote,
            /// Hash of the evidence published off chain; zero for none.
            evidence: H256,
        },
        /// A member did not reveal, and is fined.
        VerifierSilent {
            /// The job.
            job: JobId,
            /// Number of the round.
            round: u32,
            /// Who.
            verifier: T::AccountId,
            /// Burned of its bond, wei.
            fined: Balance,
        },
        /// A member that voted as the majority did, in an audit or to prove a fraud, is paid for its replay.
        ReplayPaid {
            /// The job.
            job: JobId,
            /// Who.
            verifier: T::AccountId,
            /// Paid out of the pot, wei.
            paid: Balance,
            /// What a replay of this job is worth, wei; more than `paid` if the pot has not as much.
            owed: Balance,
        },
        /// The votes of a round are counted.
        RoundClosed {
            /// The job.
            job: JobId,
            /// Which committee.
            committee: Committee,
            /// Number of the round.
            round: u32,
            /// What they come to.
            verdict: Verdict,
        },
        /// A review is over.
        ReviewEnded {
            /// The job.
            job: JobId,
            /// Whose work.
            worker: T::AccountId,
            /// The verdict; `Undecided` if no committee came to one: the job counts as good, without extras.
            verdict: Verdict,
            /// Rounds held.
            rounds: u32,
        },
        /// A challenge was in vain: its bond went to the worker and to those who found the work good, or was burned where nobody
        /// was right.
        ChallengeLost {
            /// The job.
            job: JobId,
            /// Who challenged.
            challenger: T::AccountId,
            /// The bond, wei.
            bond: Balance,
            /// The worker's part of it, wei.
            to_worker: Balance,
            /// The part of it that was burned, wei.
            burned: Balance,
        },
        /// The time for a demanded delivery is over: the job fails once nothing else is open about it.
        OutputWithheld {
            /// The job.
            job: JobId,
            /// Who did not deliver.
            worker: T::AccountId,
        },
        /// An account became a verifier.
        VerifierRegistered {
            /// The account.
            verifier: T::AccountId,
            /// Held, wei.
            bond: Balance,
        },
        /// A verifier's bond grew.
        VerifierBondAdded {
            /// The verifier.
            verifier: T::AccountId,
            /// Added, wei.
            added: Balance,
            /// The bond now, wei.
            bond: Balance,
        },
        /// A verifier begins to leave: no committee is drawn with it any more.
        VerifierRetired {
            /// The verifier.
            verifier: T::AccountId,
        },
        /// A verifier has left with its bond.
        VerifierLeft {
            /// The account.
            verifier: T::AccountId,
            /// Released, wei.
            bond: Balance,
        },
        /// A fraud was found, and part of a bond is frozen for it.
        SlashFrozen {
            /// Number of the slash.
            slash: SlashId,
            /// Whose bond.
            offender: T::AccountId,
            /// What for.
            offence: Offence,
            /// The job.
            job: JobId,
            /// Frozen, wei.
            amount: Balance,
            /// Block in which it is taken unless it is cancelled before.
            applies_at: BlockNumberFor<T>,
        },
        /// A frozen part of a bond was taken.
        SlashTaken {
            /// Number of the slash.
            slash: SlashId,
            /// Whose bond.
            offender: T::AccountId,
            /// Taken, wei.
            amount: Balance,
            /// Who proved the fraud, and what of the amount it got, wei; the rest is burned.
            bounty: Option<(T::AccountId, Balance)>,
        },
        /// A slash could not be taken; it is tried again.
        SlashDeferred {
            /// Number of the slash.
            slash: SlashId,
            /// Block of the next attempt.
            retry_at: BlockNumberFor<T>,
            /// Why.
            error: DispatchError,
        },
        /// A slash was cancelled, and the bond is free again.
        SlashCancelled {
            /// Number of the slash.
            slash: SlashId,
            /// Whose bond.
            offender: T::AccountId,
            /// Freed, wei.
            amount: Balance,
        },
        /// An account may submit no jobs and is given none until a block.
        Denied {
            /// The account.
            account: T::AccountId,
            /// First block in which it may again.
            until: BlockNumberFor<T>,
        },
        /// An operator of canaries was registered, or taken off the list.
        CanaryOperatorSet {
            /// Who.
            operator: T::AccountId,
            /// Whether it is one now.
            registered: bool,
        },
        /// An operator lodged hashes, of canaries or of nothing.
        CanariesLodged {
            /// Who.
            operator: T::AccountId,
            /// How many.
            count: u32,
            /// First block in which they are worth nothing.
            expires_at: BlockNumberFor<T>,
        },
        /// A reviewed job was bad on purpose.
        CanaryRevealed {
            /// The job.
            job: JobId,
            /// Who had lodged it.
            operator: T::AccountId,
            /// Whose job it was.
            client: T::AccountId,
            /// Whose work it was.
            worker: T::AccountId,
            /// Members of any round that found it good, and have a part of their bonds frozen for it now.
            fooled: Vec<T::AccountId>,
            /// What the client paid the pot back for replays, wei.
            to_pot: Balance,
            /// What it paid its challenger for a lost bond and a look, wei.
            to_challenger: Balance,
        },
        /// Governance set the parameters.
        ParametersSet {
            /// What they are now.
            parameters: Parameters,
        },
    }
}

#[pallet_section]
mod errors {
    /// Why a call was refused.
    #[pallet::error]
    pub enum Error<T> {
        /// The job was attested before; an attestation counts once.
        AlreadyAttested,
        /// The job's deadline has passed.
        DeadlinePassed,
        /// The caller, or the worker named, is not the one that accepted the job.
        WrongWorker,
        /// Another model than the one asked for.
        ModelMismatch,
        /// Another input than the one handed over.
        InputMismatch,
        /// Another nonce than the client's.
        NonceMismatch,
        /// Another seed than the one drawn for the job.
        SeedMismatch,
        /// Another prior than the one asked for, or one where none was asked for.
        PriorMismatch,
        /// Another engine profile than jobs must be run under (`Settings`): nobody could judge the work.
        WrongEngineProfile,
        /// More prompt tokens than were paid for.
        TooManyPromptTokens,
        /// No output tokens: nothing was computed.
        NoOutputTokens,
        /// More output tokens than were paid for.
        TooManyOutputTokens,
        /// The account is an operator of canaries already.
        AlreadyOperator,
        /// There are as many operators as there may be.
        TooManyOperators,
        /// The account is no operator of canaries.
        NotOperator,
        /// The hash is lodged already.
        AlreadyLodged,
        /// The operator has as many hashes lodged as it may.
        TooManyLodged,
        /// Nothing like that is lodged: another operator, client, nonce or salt, or it was revealed or has expired.
        NotLodged,
        /// The hash was not lodged in a block before the job's submission.
        LodgedTooLate,
        /// The job has no verdict, or it is no longer kept.
        NoVerdict,
        /// The job is not final: a canary is revealed when nothing is open about it.
        JobNotFinal,
        /// The job is known for a canary.
        KnownCanary,
        /// Another kind of proof than the job asks for.
        ProofMismatch,
        /// A root or hash is zero or that of an empty tree, or both roots are the same.
        DegenerateHash,
        /// The worker has no session key.
        NoSessionKey,
        /// Not a signature of the worker's session key over this attestation for this job on this chain, or not one that says that the
        /// attestation was wrong on purpose.
        BadSignature,
        /// The job has no open window: not attested yet, or final.
        NoOpenWindow,
        /// The caller is not the job's client.
        NotClient,
        /// The output was demanded before; that is possible once.
        AlreadyDemanded,
        /// The window is over.
        WindowOver,
        /// The output is longer than the 4,096 tokens that are delivered on chain.
        OutputTooLong,
        /// Nobody demanded the output, or it is delivered.
        NotDemanded,
        /// The time for the delivery is over.
        DeliveryOverdue,
        /// Not the attested tokens: their number or their root differs.
        WrongOutput,
        /// A worker cannot challenge its own work.
        OwnWork,
        /// The job is or was reviewed; that happens once.
        AlreadyReviewed,
        /// There are fewer verifiers than a committee of seven takes.
        TooFewVerifiers,
        /// No review of this job is under way.
        NotInReview,
        /// The committee is not committing: it is not drawn yet, or the time is over.
        NotCommitting,
        /// The committee is not revealing: the time has not come, or is over.
        NotRevealing,
        /// The caller does not sit on this committee.
        NotMember,
        /// The caller committed before; a commitment counts once.
        AlreadyCommitted,
        /// The caller revealed before.
        AlreadyRevealed,
        /// Not what the caller committed to, or it committed to nothing.
        WrongReveal,
        /// The account is a verifier already.
        AlreadyVerifier,
        /// The account is no verifier.
        NotVerifier,
        /// The account is a worker, which cannot judge work.
        IsWorker,
        /// Less than the least bond of a verifier (`Settings`).
        VerifierBondTooSmall,
        /// No place is left in the tree of lots.
        TooManyVerifiers,
        /// The verifier is leaving.
        VerifierLeaving,
        /// The verifier is not leaving: it has to retire first.
        VerifierNotLeaving,
        /// The verifier still sits on a committee, part of its bond is frozen, or its lot is still in the draw.
        StillSeated,
        /// The time that a bond is kept after its verifier retired is not over.
        Unbonding,
        /// The verifier has as many seats as it may have.
        TooManySeats,
        /// Nothing to add.
        ZeroAmount,
        /// There is no such slash; it was taken or cancelled.
        UnknownSlash,
        /// The audit rate is not between 10 % and one, or the least bond is zero.
        ParameterOutOfRange,
        /// An amount leaves its range.
        Overflow,
        /// The verifier's lot still waits for an earlier change; it is brought up to date within a few blocks.
        LotPending,
    }
}
