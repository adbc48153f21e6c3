//! What the node may ask the runtime.
//!
//! Every item only forwards to a pallet, in the order of the traits below.

use crate::{
    configs::babe::{EpochDuration, GENESIS_EPOCH_CONFIG},
    presets, AccountId, Attestors, Babe, Balance, Block, BlockNumber, Compute, Executive, Grandpa, Header, Historical,
    Hmm, InherentDataExt, Nonce, Poai, Runtime, RuntimeCall, RuntimeGenesisConfig, Sealing, SessionKeys, System,
    TimeScale, TransactionPayment, VERSION,
};
use alloc::vec::Vec;
use codec::Encode;
use frame_support::{
    genesis_builder_helper::{build_state, get_preset},
    storage::unhashed,
    traits::{Get, KeyOwnerProofSystem},
    view_functions::{ViewFunctionDispatchError, ViewFunctionId},
    weights::Weight,
};
use hanzo_poai::{JobId, ModelProfile};
use hanzo_proofs::{Allowance, Vendor};
use hanzo_traits::{
    api::{
        ApiResult, AttestationView, AttestorsView, BatchView, DeliveredOutput, JobQuote, JobView, OpenJobs, PoolView,
        QuoteView, ReviewView, RouteSource, SlashView, VerdictView, VerifierView, WorkerView, CHECK_PERMIT,
    },
    Amount, PoolId, QualityOracle, Tier,
};
use pallet_transaction_payment::{FeeDetails, RuntimeDispatchInfo};
use sp_api::impl_runtime_apis;
use sp_core::{crypto::KeyTypeId, OpaqueMetadata, H256};
use sp_genesis_builder::PresetId;
use sp_inherents::{CheckInherentsResult, InherentData};
use sp_runtime::{
    traits::{Block as BlockT, NumberFor},
    transaction_validity::{TransactionSource, TransactionValidity},
    ApplyExtrinsicResult, ExtrinsicInclusionMode,
};
use sp_session::OpaqueGeneratedSessionKeys;
use sp_version::RuntimeVersion;

impl_runtime_apis! {
    impl sp_api::Core<Block> for Runtime {
        fn version() -> RuntimeVersion {
            VERSION
        }

        fn execute_block(block: <Block as BlockT>::LazyBlock) {
            Executive::execute_block(block);
        }

        fn initialize_block(header: &<Block as BlockT>::Header) -> ExtrinsicInclusionMode {
            Executive::initialize_block(header)
        }
    }

    impl sp_api::Metadata<Block> for Runtime {
        fn metadata() -> OpaqueMetadata {
            OpaqueMetadata::new(Runtime::metadata().into())
        }

        fn metadata_at_version(version: u32) -> Option<OpaqueMetadata> {
            Runtime::metadata_at_version(version)
        }

        fn metadata_versions() -> Vec<u32> {
            Runtime::metadata_versions()
        }
    }

    impl frame_support::view_functions::runtime_api::RuntimeViewFunction<Block> for Runtime {
        fn execute_view_function(id: ViewFunctionId, input: Vec<u8>) -> Result<Vec<u8>, ViewFunctionDispatchError> {
            Runtime::execute_view_function(id, input)
        }
    }

    impl sp_block_builder::BlockBuilder<Block> for Runtime {
        fn apply_extrinsic(extrinsic: <Block as BlockT>::Extrinsic) -> ApplyExtrinsicResult {
            Executive::apply_extrinsic(extrinsic)
        }

        fn finalize_block() -> <Block as BlockT>::Header {
            Executive::finalize_block()
        }

        fn inherent_extrinsics(data: InherentData) -> Vec<<Block as BlockT>::Extrinsic> {
            data.create_extrinsics()
        }

        fn check_inherents(block: <Block as BlockT>::LazyBlock, data: InherentData) -> CheckInherentsResult {
            data.check_extrinsics(&block)
        }
    }

    impl sp_transaction_pool::runtime_api::TaggedTransactionQueue<Block> for Runtime {
        fn validate_transaction(
            source: TransactionSource,
            transaction: <Block as BlockT>::Extrinsic,
            at: <Block as BlockT>::Hash,
        ) -> TransactionValidity {
            Executive::validate_transaction(source, transaction, at)
        }
    }

    impl sp_offchain::OffchainWorkerApi<Block> for Runtime {
        fn offchain_worker(header: &<Block as BlockT>::Header) {
            Executive::offchain_worker(header)
        }
    }

    impl sp_session::SessionKeys<Block> for Runtime {
        fn generate_session_keys(owner: Vec<u8>, seed: Option<Vec<u8>>) -> OpaqueGeneratedSessionKeys {
            SessionKeys::generate(&owner, seed).into()
        }

        fn decode_session_keys(encoded: Vec<u8>) -> Option<Vec<(Vec<u8>, KeyTypeId)>> {
            SessionKeys::decode_into_raw_public_keys(&encoded)
        }
    }

    impl sp_consensus_babe::BabeApi<Block> for Runtime {
        fn configuration() -> sp_consensus_babe::BabeConfiguration {
            let epoch = Babe::epoch_config().unwrap_or(GENESIS_EPOCH_CONFIG);
            sp_consensus_babe::BabeConfiguration {
                slot_duration: Babe::slot_duration(),
                epoch_length: EpochDuration::get(),
                c: epoch.c,
                authorities: Babe::authorities().to_vec(),
                randomness: Babe::randomness(),
                allowed_slots: epoch.allowed_slots,
            }
        }

        fn current_epoch_start() -> sp_consensus_babe::Slot {
            Babe::current_epoch_start()
        }

        fn current_epoch() -> sp_consensus_babe::Epoch {
            Babe::current_epoch()
        }

        fn next_epoch() -> sp_consensus_babe::Epoch {
            Babe::next_epoch()
        }

        fn generate_key_ownership_proof(
            _slot: sp_consensus_babe::Slot,
            authority: sp_consensus_babe::AuthorityId,
        ) -> Option<sp_consensus_babe::OpaqueKeyOwnershipProof> {
            Historical::prove((sp_consensus_babe::KEY_TYPE, authority))
                .map(|proof| sp_consensus_babe::OpaqueKeyOwnershipProof::new(proof.encode()))
        }

        fn submit_report_equivocation_unsigned_extrinsic(
            equivocation: sp_consensus_babe::EquivocationProof<Header>,
            key_owner: sp_consensus_babe::OpaqueKeyOwnershipProof,
        ) -> Option<()> {
            Babe::submit_unsigned_equivocation_report(equivocation, key_owner.decode()?)
        }
    }

    impl sp_consensus_grandpa::GrandpaApi<Block> for Runtime {
        fn grandpa_authorities() -> sp_consensus_grandpa::AuthorityList {
            Grandpa::grandpa_authorities()
        }

        fn current_set_id() -> sp_consensus_grandpa::SetId {
            pallet_grandpa::CurrentSetId::<Runtime>::get()
        }

        fn submit_report_equivocation_unsigned_extrinsic(
            equivocation: sp_consensus_grandpa::EquivocationProof<<Block as BlockT>::Hash, NumberFor<Block>>,
            key_owner: sp_consensus_grandpa::OpaqueKeyOwnershipProof,
        ) -> Option<()> {
            Grandpa::submit_unsigned_equivocation_report(equivocation, key_owner.decode()?)
        }

        fn generate_key_ownership_proof(
            _set: sp_consensus_grandpa::SetId,
            authority: sp_consensus_grandpa::AuthorityId,
        ) -> Option<sp_consensus_grandpa::OpaqueKeyOwnershipProof> {
            Historical::prove((sp_consensus_grandpa::KEY_TYPE, authority))
                .map(|proof| sp_consensus_grandpa::OpaqueKeyOwnershipProof::new(proof.encode()))
        }
    }

    impl frame_system_rpc_runtime_api::AccountNonceApi<Block, AccountId, Nonce> for Runtime {
        fn account_nonce(account: AccountId) -> Nonce {
            System::account_nonce(account)
        }
    }

    impl pallet_transaction_payment_rpc_runtime_api::TransactionPaymentApi<Block, Balance> for Runtime {
        fn query_info(transaction: <Block as BlockT>::Extrinsic, length: u32) -> RuntimeDispatchInfo<Balance> {
            TransactionPayment::query_info(transaction, length)
        }

        fn query_fee_details(transaction: <Block as BlockT>::Extrinsic, length: u32) -> FeeDetails<Balance> {
            TransactionPayment::query_fee_details(transaction, length)
        }

        fn query_weight_to_fee(weight: Weight) -> Balance {
            TransactionPayment::weight_to_fee(weight)
        }

        fn query_length_to_fee(length: u32) -> Balance {
            TransactionPayment::length_to_fee(length)
        }
    }

    impl pallet_transaction_payment_rpc_runtime_api::TransactionPaymentCallApi<Block, Balance, RuntimeCall> for Runtime {
        fn query_call_info(call: RuntimeCall, length: u32) -> RuntimeDispatchInfo<Balance> {
            TransactionPayment::query_call_info(call, length)
        }

        fn query_call_fee_details(call: RuntimeCall, length: u32) -> FeeDetails<Balance> {
            TransactionPayment::query_call_fee_details(call, length)
        }

        fn query_weight_to_fee(weight: Weight) -> Balance {
            TransactionPayment::weight_to_fee(weight)
        }

        fn query_length_to_fee(length: u32) -> Balance {
            TransactionPayment::length_to_fee(length)
        }
    }

    impl hanzo_traits::api::HmmApi<Block, AccountId, BlockNumber> for Runtime {
        fn pools() -> Vec<PoolView> {
            Hmm::pools()
        }

        fn pool(pool: PoolId) -> ApiResult<PoolView> {
            Hmm::pool(pool)
        }

        fn quote_buy(pool: PoolId, theta_in: u128) -> ApiResult<QuoteView<BlockNumber>> {
            Hmm::quote_buy(pool, theta_in)
        }

        fn quote_buy_exact_out(pool: PoolId, psi_out: u128) -> ApiResult<QuoteView<BlockNumber>> {
            Hmm::quote_buy_exact_out(pool, psi_out)
        }

        fn quote_sell(pool: PoolId, psi_in: u128) -> ApiResult<QuoteView<BlockNumber>> {
            Hmm::quote_sell(pool, psi_in)
        }

        fn price(pool: PoolId) -> ApiResult<Amount> {
            Hmm::price(pool)
        }

        fn twap(pool: PoolId, window: BlockNumber) -> ApiResult<Amount> {
            Hmm::twap(pool, window)
        }

        fn route_sources() -> (Vec<RouteSource>, BlockNumber) {
            Hmm::route_sources()
        }

        fn batch(pool: PoolId) -> ApiResult<BatchView<AccountId, BlockNumber>> {
            Hmm::batch(pool)
        }

        fn impermanent_loss(pool: PoolId, ratio: u128) -> ApiResult<Amount> {
            Hmm::impermanent_loss(pool, ratio)
        }
    }

    impl hanzo_traits::api::JobsApi<Block, AccountId, BlockNumber> for Runtime {
        fn quote(
            model: H256,
            tier: Tier,
            parts: hanzo_poai::Parts,
            max_prompt_tokens: u32,
            max_output_tokens: u32,
        ) -> ApiResult<JobQuote<BlockNumber>> {
            Compute::quote(model, tier, &parts, max_prompt_tokens, max_output_tokens)
        }

        fn quote_resources(
            tier: Tier,
            parts: hanzo_poai::Parts,
            resources: hanzo_poai::Resources,
        ) -> ApiResult<JobQuote<BlockNumber>> {
            Compute::quote_resources(tier, &parts, &resources)
        }

        fn job(job: JobId) -> Option<JobView<AccountId, BlockNumber>> {
            Compute::job(job)
        }

        fn open_jobs(start: JobId, limit: u32) -> OpenJobs<AccountId, BlockNumber> {
            Compute::open_jobs(start, limit)
        }

        fn jobs_of(worker: AccountId) -> Vec<JobView<AccountId, BlockNumber>> {
            Compute::jobs_of(&worker)
        }

        fn workers(start: u32, limit: u32) -> Vec<WorkerView<AccountId>> {
            Compute::workers(start, limit)
        }

        fn worker(account: AccountId) -> Option<WorkerView<AccountId>> {
            Compute::worker(&account)
        }

        fn model_profile(model: H256) -> Option<ModelProfile> {
            Compute::model_profile(model)
        }
    }

    impl hanzo_traits::api::PoaiApi<Block, AccountId, BlockNumber> for Runtime {
        fn attestation(job: JobId) -> Option<AttestationView<AccountId, BlockNumber>> {
            Poai::attestation(job)
        }

        fn delivered(job: JobId) -> Option<DeliveredOutput> {
            Poai::delivered(job)
        }

        fn challenge(job: JobId) -> ApiResult<H256> {
            Poai::attestation_challenge(job)
        }

        fn quality(worker: AccountId) -> u32 {
            <Poai as QualityOracle<AccountId>>::quality(&worker)
        }

        fn open_audits(limit: u32) -> Vec<ReviewView<AccountId, BlockNumber>> {
            Poai::open_audits(limit)
        }

        fn seats(verifier: AccountId) -> Vec<ReviewView<AccountId, BlockNumber>> {
            Poai::seats(&verifier)
        }

        fn verdict(job: JobId) -> Option<VerdictView<AccountId, BlockNumber>> {
            Poai::verdict(job)
        }

        fn verifier(account: AccountId) -> Option<VerifierView<AccountId, BlockNumber>> {
            Poai::verifier(&account)
        }

        fn verifiers(start: u32, limit: u32) -> Vec<VerifierView<AccountId, BlockNumber>> {
            Poai::verifiers(start, limit)
        }

        fn slashes(limit: u32) -> Vec<SlashView<AccountId, BlockNumber>> {
            Poai::slashes(limit)
        }

        fn denied_until(account: AccountId) -> Option<BlockNumber> {
            Poai::denied_until(&account)
        }

        fn challenge_bond(job: JobId) -> Option<Amount> {
            Poai::challenge_bond_of(job)
        }
    }

    impl hanzo_traits::api::ProofsApi<Block, AccountId> for Runtime {
        fn attestors() -> AttestorsView {
            Attestors::attestors_view()
        }

        fn epoch() -> u64 {
            Attestors::epoch()
        }

        fn measurement(worker: AccountId) -> Option<H256> {
            Attestors::measurement_of(&worker)
        }

        fn root(vendor: Vendor, root: H256) -> Option<u64> {
            Attestors::root_until(vendor, root)
        }

        fn allowance(measurement: H256) -> Option<Allowance> {
            Attestors::allowance_of(measurement)
        }
    }

    impl hanzo_traits::api::SealingApi<Block, AccountId> for Runtime {
        fn key(account: AccountId) -> Option<Vec<u8>> {
            Sealing::key(&account)
        }

        fn envelopes(job: JobId, to: AccountId) -> Vec<(AccountId, H256)> {
            Sealing::envelopes(job, &to)
        }
    }

    impl hanzo_traits::api::Invariants<Block> for Runtime {
        fn check(level: u8) -> ApiResult<()> {
            if !unhashed::exists(CHECK_PERMIT) {
                return Err("the node alone may ask for this: use the RPC method invariants_check".into());
            }
            TimeScale::do_try_state()?;
            Hmm::do_try_state(level)?;
            Compute::do_try_state(level)?;
            Poai::do_try_state(level)?;
            Attestors::do_try_state(level)?;
            Sealing::do_try_state(level)
        }
    }

    impl sp_genesis_builder::GenesisBuilder<Block> for Runtime {
        fn build_state(config: Vec<u8>) -> sp_genesis_builder::Result {
            build_state::<RuntimeGenesisConfig>(config)
        }

        fn get_preset(id: &Option<PresetId>) -> Option<Vec<u8>> {
            get_preset::<RuntimeGenesisConfig>(id, presets::get)
        }

        fn preset_names() -> Vec<PresetId> {
            presets::names()
        }
    }

    #[cfg(feature = "runtime-benchmarks")]
    impl frame_benchmarking::Benchmark<Block> for Runtime {
        fn benchmark_metadata(
            extra: bool,
        ) -> (Vec<frame_benchmarking::BenchmarkList>, Vec<frame_support::traits::StorageInfo>) {
            crate::benchmarks::list(extra)
        }

        fn dispatch_benchmark(
            config: frame_benchmarking::BenchmarkConfig,
        ) -> Result<Vec<frame_benchmarking::BenchmarkBatch>, alloc::string::String> {
            crate::benchmarks::run(config)
        }
    }
}
