//! Genesis states that ship with the blob.
//!
//! | preset | validators | slot | epoch | periods | sudo |
//! |---|---|---|---|---|---|
//! | `development` | Alice | 2 s | 300 slots | 1/180 | Alice |
//! | `local_testnet` | Alice, Bob | 2 s | 30 slots | 1/180 | none |
//! | `timelapse` | Alice, Bob | 0.5 s | 30 slots | 1/180 | none |
//!
//! Each has two bonded workers ([`crate::economy`]): Ferdie, who is also the first provider of six pools, and Eve, who takes
//! no jobs until she is told to. Dave may lodge canaries.
//!
//! With a divisor of 180 a mainnet hour is 20 s of 2 s blocks, and a week less than an hour.

use crate::{
    configs::{
        babe::GENESIS_EPOCH_CONFIG,
        compute::{AuditPot, RewardsPot},
        treasury::TreasuryAccount,
    },
    constants::{AI, EXISTENTIAL_DEPOSIT},
    economy, AccountId, AssetsConfig, AttestorsConfig, BabeConfig, Balance, BalancesConfig, ComputeConfig, HmmConfig,
    PoaiConfig, RuntimeGenesisConfig, SessionConfig, SessionKeys, SudoConfig, TimeScaleConfig,
};
use alloc::{vec, vec::Vec};
use frame_support::{build_struct_json_patch, traits::Get};
use pallet_time_scale::TimeScale;
use serde_json::Value;
use sp_genesis_builder::{PresetId, DEV_RUNTIME_PRESET, LOCAL_TESTNET_RUNTIME_PRESET};
use sp_keyring::{Ed25519Keyring, Sr25519Keyring};

/// Name of the preset for several nodes with slots of half a second.
pub const TIMELAPSE_PRESET: &str = "timelapse";

/// Balance of every well-known account in the presets.
const ENDOWMENT: Balance = 10_000_000 * AI;

/// What there is for workers beside what clients pay, as nothing is emitted yet: bonuses of an epoch take at most a tenth of what is
/// left of it.
const WORKERS_SHARE: Balance = 1_000_000 * AI;

/// Names of all presets.
pub fn names() -> Vec<PresetId> {
    [DEV_RUNTIME_PRESET, LOCAL_TESTNET_RUNTIME_PRESET, TIMELAPSE_PRESET].map(PresetId::from).to_vec()
}

/// The preset's changes to the default genesis, as JSON bytes; `None` when there is no such preset.
pub fn get(id: &PresetId) -> Option<Vec<u8>> {
    let patch = match id.as_ref() {
        DEV_RUNTIME_PRESET => development(),
        LOCAL_TESTNET_RUNTIME_PRESET => two_validators(2_000),
        TIMELAPSE_PRESET => two_validators(500),
        _ => return None,
    };
    serde_json::to_vec(&patch).ok()
}

/// One node that seals by itself; Alice is its validator and holds root.
fn development() -> Value {
    let clock = TimeScale { slot_ms: 2_000, epoch_slots: 300, divisor: 180 };
    genesis(clock, vec![Validator::ALICE], Some(Sr25519Keyring::Alice.to_account_id()))
}

/// Alice and Bob under the rules of the mainnet, except for the clock.
fn two_validators(slot_ms: u32) -> Value {
    let clock = TimeScale { slot_ms, epoch_slots: 30, divisor: 180 };
    genesis(clock, vec![Validator::ALICE, Validator::BOB], None)
}

/// A well-known account that validates under keys derived from the same seed.
struct Validator {
    account: Sr25519Keyring,
    voter: Ed25519Keyring,
}

impl Validator {
    const ALICE: Self = Self { account: Sr25519Keyring::Alice, voter: Ed25519Keyring::Alice };
    const BOB: Self = Self { account: Sr25519Keyring::Bob, voter: Ed25519Keyring::Bob };

    /// Account, validator identity (the same) and session keys.
    fn session(self) -> (AccountId, AccountId, SessionKeys) {
        let account = self.account.to_account_id();
        let keys = SessionKeys { babe: self.account.public().into(), grandpa: self.voter.public().into() };
        (account.clone(), account, keys)
    }
}

fn genesis(clock: TimeScale, validators: Vec<Validator>, sudo: Option<AccountId>) -> Value {
    let TimeScale { slot_ms, epoch_slots, divisor } = clock;
    let (assets, metadata) = economy::assets();
    let worker = Sr25519Keyring::Ferdie.to_account_id();
    build_struct_json_patch!(RuntimeGenesisConfig {
        time_scale: TimeScaleConfig { slot_ms, epoch_slots, divisor },
        babe: BabeConfig { epoch_config: GENESIS_EPOCH_CONFIG },
        balances: BalancesConfig {
            balances: Sr25519Keyring::well_known()
                .map(|account| (account.to_account_id(), ENDOWMENT))
                // So that treasury and audit pot exist and the first parts of fees, which are smaller, are not burned.
                .chain([(TreasuryAccount::get(), EXISTENTIAL_DEPOSIT)])
                .chain([(AuditPot::get(), EXISTENTIAL_DEPOSIT)])
                .chain([(RewardsPot::get(), WORKERS_SHARE)])
                .collect::<Vec<_>>(),
        },
        assets: AssetsConfig { assets, metadata },
        compute: ComputeConfig {
            workers: economy::workers(worker.clone(), Sr25519Keyring::Eve.to_account_id()).into(),
            model_profiles: economy::model_profiles(),
        },
        hmm: HmmConfig { pools: economy::pools(worker) },
        // Two of three vouch for quotes and results until governance names others.
        attestors: AttestorsConfig {
            attestors: [Sr25519Keyring::Alice, Sr25519Keyring::Bob, Sr25519Keyring::Charlie]
                .map(|attestor| attestor.public())
                .to_vec(),
            threshold: 2,
        },
        poai: PoaiConfig {
            parameters: economy::poai_parameters(),
            canary_operators: vec![Sr25519Keyring::Dave.to_account_id()],
        },
        session: SessionConfig { keys: validators.into_iter().map(Validator::session).collect::<Vec<_>>() },
        sudo: SudoConfig { key: sudo },
    })
}
