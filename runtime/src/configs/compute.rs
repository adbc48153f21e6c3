//! Workers and jobs.

use super::hmm::{DAY, HOUR, WEEK};
use crate::{
    constants::{AI, MICRO_AI, MILLI_AI},
    AccountId, Assets, Attestors, Babe, Balance, Balances, Hmm, Poai, Runtime, RuntimeHoldReason, Sealing,
};
use codec::Encode;
use frame_support::{
    parameter_types,
    traits::{ConstU32, Contains, Get},
    weights::{constants::ParityDbWeight, Weight},
    PalletId,
};
use frame_system::EnsureRoot;
use hanzo_traits::VrfOutputs;
use pallet_time_scale::Scaled;
use sp_core::H256;
use sp_io::hashing::blake2_256;
use sp_runtime::traits::AccountIdConversion;

parameter_types! {
    /// Names the escrow account.
    pub const ComputePalletId: PalletId = PalletId(*b"hanzojob");
    /// Names the account of the workers' share of emission.
    pub const RewardsPalletId: PalletId = PalletId(*b"hanzopay");
    /// Least bond.
    pub const MinWorkerBond: Balance = 100 * AI;
    /// Least value of a job: two tokens of the presets' tiny model. Below it, amounts come near their rounding.
    pub const MinJobValue: Balance = 100 * MICRO_AI;
    /// Least that is held per job: the computing of its dearest way through the agenda, at the price of a block, rounded
    /// up (a test compares). Burned where a client had draws held in vain.
    pub const MinJobFee: Balance = 500 * MILLI_AI;
    /// Share of the block that the agenda may use: 2 %. What is left over waits for the next block.
    pub AgendaWeight: Weight = super::system::MAX_BLOCK_WEIGHT.saturating_div(50);
}

/// Where audit fees go.
pub struct AuditPot;

impl Get<AccountId> for AuditPot {
    fn get() -> AccountId {
        Poai::pot()
    }
}

/// The workers' share of emission. Nothing pays into it yet but the presets' genesis, so on other chains there is no bonus.
pub struct RewardsPot;

impl Get<AccountId> for RewardsPot {
    fn get() -> AccountId {
        RewardsPalletId::get().into_account_truncating()
    }
}

/// Those who judge work, leaving ones too until they have withdrawn their bond.
pub struct Verifiers;

impl Contains<AccountId> for Verifiers {
    fn contains(account: &AccountId) -> bool {
        pallet_poai::Verifiers::<Runtime>::contains_key(account)
    }
}

/// BABE's VRF output of the block being executed, from the claim that its header opens with.
///
/// Not `Babe::author_vrf_randomness()`: BABE writes that when a block ends, so at the start of a block it is still the
/// output of the one before, which every author of transactions knows. The output is the signature's unique part, whose
/// proof was checked when the block was imported; it binds slot, epoch randomness and author's key.
pub struct BabeVrf;

impl VrfOutputs for BabeVrf {
    fn current() -> Option<H256> {
        let claim = Babe::initialized().flatten()?;
        let signature = claim.vrf_signature()?;
        Some(blake2_256(&(b"hanzo/babe/output/v1", &signature.pre_output).encode()).into())
    }
}

impl pallet_compute::Config for Runtime {
    type RuntimeHoldReason = RuntimeHoldReason;
    type Currency = Balances;
    type Tokens = Assets;
    type Market = Hmm;
    type Proofs = Attestors;
    type Sealing = Sealing;
    type Tees = Attestors;
    type Quality = Poai;
    type Vrf = BabeVrf;
    type Denied = Poai;
    type Verifiers = Verifiers;
    type GovernanceOrigin = EnsureRoot<AccountId>;
    type PalletId = ComputePalletId;
    type MinWorkerBond = MinWorkerBond;
    /// (1 − p)/(p·σ) for a real audit rate p of 7 % and a slash σ of one half.
    type BondMultiple = ConstU32<30>;
    type HorizonSeconds = ConstU32<600>;
    type UnbondingPeriod = Scaled<Runtime, { 14 * DAY }, 20>;
    /// Time to burn or to top up; and the mean that cash settlement goes by is one over prices after the last mint.
    type MarginGrace = Scaled<Runtime, DAY, 240>;
    /// As long as the longest mean: what is settled at it lies within.
    type BuyBackPeriod = Scaled<Runtime, WEEK, 1_680>;
    /// Ten minutes at least: the shortest clocks leave no time to hear of anybody otherwise.
    type SilenceLimit = Scaled<Runtime, HOUR, 300>;
    type HeartbeatPeriod = Scaled<Runtime, { HOUR / 4 }, 75>;
    type BlockMillis = SlotMillis;
    /// In blocks: fetching an input does not get faster with the chain's clock.
    type AcceptWindow = ConstU32<20>;
    type MinJobDuration = ConstU32<30>;
    type MaxJobDuration = Scaled<Runtime, DAY, 1_000>;
    type JobRetention = Retention;
    type MaxRedraws = ConstU32<3>;
    /// One every four blocks: what nobody can serve is given back after 20.
    type MaxEmptyDraws = ConstU32<5>;
    /// 3 %.
    type AuditFeePpb = ConstU32<30_000_000>;
    type AuditReplaysPpb = ConstU32<300_000_000>;
    type AuditPot = AuditPot;
    type RewardsPot = RewardsPot;
    /// Short enough that who comes late in one need not wait long for the next.
    type BonusEpochBlocks = Scaled<Runtime, HOUR, 10>;
    type MinJobValue = MinJobValue;
    type MinJobFee = MinJobFee;
    /// 0.3: quality of one's own making does not pay (docs/adversaries.md).
    type DrawBetaPpb = ConstU32<300_000_000>;
    type ReferenceValue = super::poai::ReferenceValue;
    type MaxCandidates = ConstU32<12>;
    type MaxOpenJobsPerClient = ConstU32<64>;
    type MaxOpenJobsPerWorker = ConstU32<16>;
    type AgendaWeight = AgendaWeight;
    type WeightInfo = pallet_compute::weights::Measured<ParityDbWeight>;
}

/// A block per slot.
pub struct SlotMillis;

impl Get<u64> for SlotMillis {
    fn get() -> u64 {
        pallet_time_scale::SlotDuration::<Runtime>::get()
    }
}

/// Time given to clients to look up a finished job is also the time its attestation is kept.
pub(super) type Retention = Scaled<Runtime, { 7 * DAY }, 1_000>;
/// Time in which an attested job can be questioned.
pub(super) type ChallengeWindow = Scaled<Runtime, HOUR, 10>;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        configs::{system::MAX_BLOCK_WEIGHT, transaction_payment::FULL_BLOCK_PRICE},
        economy, Compute, System,
    };
    use frame_support::traits::Hooks;
    use hanzo_poai::{parts::MAX_POOLS, ResourceClass};
    use pallet_compute::weights::WeightInfo;
    use sp_consensus_babe::{
        digests::{CompatibleDigestItem, PreDigest, SecondaryPlainPreDigest, SecondaryVRFPreDigest},
        Slot,
    };
    use sp_core::{crypto::VrfSecret, sr25519, Pair};
    use sp_runtime::{Digest, DigestItem};

    type Config = Runtime;
    type Weights = <Config as pallet_compute::Config>::WeightInfo;

    /// What is read at the start of a block that opens with this claim.
    fn output(claim: PreDigest) -> Option<H256> {
        sp_io::TestExternalities::default().execute_with(|| {
            System::initialize(&1, &Default::default(), &Digest { logs: vec![DigestItem::babe_pre_digest(claim)] });
            Babe::on_initialize(1);
            BabeVrf::current()
        })
    }

    #[test]
    fn output_should_be_that_of_the_block_itself() {
        let signed = |number: u8| {
            let data = sr25519::vrf::VrfTranscript::new(b"test", &[(b"number", &[number])]).into_sign_data();
            let vrf_signature = sr25519::Pair::from_seed(&[1; 32]).vrf_sign(&data);
            PreDigest::SecondaryVRF(SecondaryVRFPreDigest { authority_index: 0, slot: Slot::from(1), vrf_signature })
        };
        let (one, other) = (output(signed(1)), output(signed(2)));
        assert!(one.is_some() && other.is_some() && one != other);
        assert_eq!(output(signed(1)), one, "another proof of the same output");
        let plain = SecondaryPlainPreDigest { authority_index: 0, slot: Slot::from(1) };
        assert_eq!(output(PreDigest::SecondaryPlain(plain)), None);
    }

    #[test]
    fn least_fee_should_pay_for_the_dearest_way_through_the_agenda() {
        let redraws: u32 = <Config as pallet_compute::Config>::MaxRedraws::get();
        let in_vain: u32 = <Config as pallet_compute::Config>::MaxEmptyDraws::get();
        let (found, empty) = (u64::from(redraws + 1), u64::from(in_vain - 1));
        let path = Weights::draw_worker() * (found + empty)
            + Weights::miss_acceptance() * found
            + Compute::return_weight(MAX_POOLS);
        let price = FULL_BLOCK_PRICE * u128::from(path.ref_time()) / u128::from(MAX_BLOCK_WEIGHT.ref_time());
        assert!(price <= MinJobFee::get(), "the dearest way costs {price}");
    }

    #[test]
    fn shortest_job_on_the_tiny_model_should_be_worth_enough() {
        let (_, profile) = economy::model_profiles()[0];
        let tokens = profile.usage(1, 2).unwrap();
        let gpu = tokens.get(ResourceClass::Gpu) / 1_000;
        assert!(gpu >= MinJobValue::get(), "{gpu}");
    }
}
