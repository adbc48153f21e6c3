//! The compute side of the presets: two bonded workers, the tokens of one, and six pools seeded with them.
//!
//! Tokens exist only as somebody's obligation, so a pool cannot simply be given some: Ferdie mints them against his bond
//! and is the pools' first liquidity provider. Eve takes no jobs until she says so: drawn for a worker that nobody runs,
//! every other job would wait for its time to accept to pass.

use crate::{configs::compute::ComputePalletId, constants::AI, AccountId, Balance};
use alloc::{vec, vec::Vec};
use frame_support::BoundedVec;
use hanzo_hmm::{FeeParameters, PRICE_ONE};
use hanzo_poai::{ModelProfile, ResourceClass, Resources};
use hanzo_traits::{AssetId, PoolId, SessionKey};
use pallet_compute::types::{GenesisTokens, GenesisWorker, Offer};
use pallet_hmm::GenesisPool;
use pallet_poai::Parameters;
use sp_core::H256;
use sp_runtime::traits::AccountIdConversion;

/// Content hash of the tiny model that the worker carries; a test of the node compares it with the model itself.
pub const TINY_MODEL: H256 =
    H256(hex_literal::hex!("7c8ebc9bc979e42e4a66de887d1ac182f557093d58504b288af9f90bdb160ca6"));

/// Hash of the engine profile of the replay kernels, which verifiers compare to the bit; a test of the node compares it with the
/// engine's own.
pub const REPLAY_PROFILE: H256 =
    H256(hex_literal::hex!("6b308e53c0e535ff1c97c13fc4c49bceaff63ea7bcff12058cb38d85f2e21074"));

/// Public half of `//Ferdie//session`, the session key of the first worker.
const FERDIE_SESSION: [u8; 32] = hex_literal::hex!("3a71fda150c4291449687bdff788b8af78f367df0090393908e90ac8db6b006b");
/// Public half of `//Eve//session`, the session key of the second one.
const EVE_SESSION: [u8; 32] = hex_literal::hex!("94f709f2acef0d172ca6828202adc9b6521d11eb958424e8a225bb4850a6986b");

/// Credits in each pool at genesis.
const POOL_CREDITS: Balance = 100 * AI;
/// ε = λ/w of the pools: flat enough for small trades, and the price still multiplies as a pool empties.
const EPSILON_PPB: u32 = 50_000_000;
/// Bond of the first worker: 30 times its obligations (6 pools × 100 $AI) and plenty for open jobs.
const WORKER_BOND: Balance = 100_000 * AI;
/// Bond of the second one: jobs of 1,800 $AI at a time.
const SECOND_BOND: Balance = 50_000 * AI;
/// Seconds of a worker's units that its genesis tokens stand for; it may have 300 at quality one half.
const SECONDS: Balance = 250;

/// Per class: tokens that cost one $AI at genesis, in whole tokens, and symbol of the token.
const CLASSES: [(ResourceClass, Balance, &str); ResourceClass::COUNT] = [
    (ResourceClass::Gpu, 1_000, "cGPU"),
    (ResourceClass::Vram, 100_000, "cVRAM"),
    (ResourceClass::Cpu, 20_000, "cCPU"),
    (ResourceClass::Ram, 200_000, "cRAM"),
    (ResourceClass::Net, 50_000, "cNET"),
    (ResourceClass::Disk, 2_000_000, "cDISK"),
];

/// Tokens of a class in its pool at genesis, wei.
const fn pool_tokens(tokens_per_credit: Balance) -> Balance {
    POOL_CREDITS.saturating_mul(tokens_per_credit)
}

/// An asset of the genesis: id, owner, whether an account may hold it alone, least balance.
pub type GenesisAsset = (AssetId, AccountId, bool, Balance);
/// Its metadata: id, name, symbol, decimals.
pub type GenesisMetadata = (AssetId, Vec<u8>, Vec<u8>, u8);

/// The resource tokens of tier 0. Their owner is the escrow account, for which nobody has a key.
pub fn assets() -> (Vec<GenesisAsset>, Vec<GenesisMetadata>) {
    let owner: AccountId = ComputePalletId::get().into_account_truncating();
    CLASSES
        .into_iter()
        .map(|(class, _, symbol)| {
            let id = PoolId::any_worker(class).asset_id();
            let name = alloc::format!("{} resource-second", class.name());
            ((id, owner.clone(), true, 1), (id, name.into_bytes(), symbol.as_bytes().to_vec(), 18))
        })
        .unzip()
}

/// A worker with the tokens of every pool, and one without any that takes no jobs yet.
pub fn workers(first: AccountId, second: AccountId) -> [GenesisWorker<AccountId>; 2] {
    let mut units = Resources::default();
    let mut tokens = Vec::new();
    for (class, tokens_per_credit, _) in CLASSES {
        let amount = pool_tokens(tokens_per_credit);
        units.set(class, amount.checked_div(SECONDS).unwrap_or_default());
        let price = PRICE_ONE.checked_div(tokens_per_credit).unwrap_or_default();
        tokens.push(GenesisTokens { pool: PoolId::any_worker(class), amount, price });
    }
    let offer =
        Offer { units, tiers: Default::default(), hardware: H256::zero(), regions: 1, latency_ms: 100, jitter_ms: 50 };
    let models = BoundedVec::truncate_from(vec![TINY_MODEL]);
    let worker = |account, session, bond, tokens: Vec<_>| GenesisWorker {
        account,
        offer: offer.clone(),
        session_key: SessionKey::from_raw(session),
        bond,
        models: models.clone(),
        accepting: !tokens.is_empty(),
        tokens,
    };
    [worker(first, FERDIE_SESSION, WORKER_BOND, tokens), worker(second, EVE_SESSION, SECOND_BOND, vec![])]
}

/// The six pools of tier 0, with `provider`'s tokens.
pub fn pools(provider: AccountId) -> Vec<GenesisPool<AccountId>> {
    CLASSES
        .into_iter()
        .map(|(class, tokens_per_credit, _)| GenesisPool {
            id: PoolId::any_worker(class),
            epsilon_ppb: EPSILON_PPB,
            theta_scale: POOL_CREDITS.into(),
            psi_scale: pool_tokens(tokens_per_credit).into(),
            fees: FeeParameters::DEFAULT,
            provider: provider.clone(),
            psi: pool_tokens(tokens_per_credit).into(),
            theta: POOL_CREDITS.into(),
        })
        .collect()
}

/// Proof of AI in the presets: the bond of verifiers is that of a development chain, and jobs run under the profile that anybody
/// can check.
pub fn poai_parameters() -> Parameters {
    Parameters { min_verifier_bond: 50 * AI, engine_profile: Some(REPLAY_PROFILE), ..Default::default() }
}

/// What running the tiny model costs: a few milliseconds of one small machine per token.
pub fn model_profiles() -> Vec<(H256, ModelProfile)> {
    const MILLI: Balance = AI / 1_000;
    let per_output_token = Resources([50 * MILLI, 100 * MILLI, 100 * MILLI, 100 * MILLI, 10 * MILLI, 100 * MILLI]);
    let per_prompt_token = Resources([5 * MILLI, 10 * MILLI, 10 * MILLI, 10 * MILLI, MILLI, 10 * MILLI]);
    vec![(
        TINY_MODEL,
        ModelProfile {
            per_prompt_token,
            per_output_token,
            max_prompt_tokens: 448,
            max_output_tokens: 448,
            min_deadline_blocks: 30,
        },
    )]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn session_keys_should_be_ferdies_and_eves() {
        use sp_core::{sr25519, Pair};
        for (secret, public) in [("//Ferdie//session", FERDIE_SESSION), ("//Eve//session", EVE_SESSION)] {
            assert_eq!(sr25519::Pair::from_string(secret, None).unwrap().public().0, public);
        }
    }

    #[test]
    fn bond_should_cover_the_genesis_obligations_at_the_reference_price() {
        let obligations = POOL_CREDITS * CLASSES.len() as Balance;
        assert!(WORKER_BOND / 30 >= 2 * obligations);
    }

    #[test]
    fn longest_job_on_the_tiny_model_should_stay_under_the_protocol_trade_limit() {
        for (_, profile) in model_profiles() {
            let most = profile.usage(profile.max_prompt_tokens, profile.max_output_tokens).unwrap();
            for (class, tokens_per_credit, _) in CLASSES {
                assert!(most.get(class) <= pool_tokens(tokens_per_credit) / 1_000 * 3, "{}", class.name());
            }
        }
    }
}
