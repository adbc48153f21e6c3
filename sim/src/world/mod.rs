//! A chain with honest surroundings, and what an adversary can do in it.
//!
//! A block begins with what its honest users are about to do in [`World::pending`]; the adversary sees it, as who writes
//! the block does, acts before, has them act with [`World::honest`], and acts after. What is still pending at the end of
//! the block is done then. No call pays a transaction fee, which would only cost the adversary.

mod cast;
mod honest;
mod jobs;
mod market;
pub(crate) mod setup;
mod verification;
mod wealth;

pub use cast::{Role, Who, ADVERSARIES, MINTER};
pub use honest::{Deed, Traffic};
pub use jobs::{status, JobPlan, FREE_MODEL, TOKENS};
pub use market::{at_price, moved, part, pool, state, tokens, Kept, ANYTHING, NEVER};
pub use setup::{depth, worth, Clock, TRADERS, WORKERS};
pub use verification::{replay_price, CHALLENGER, VERIFIERS, VERIFIER_BOND};

use crate::dice::Dice;
use frame_support::storage::{with_transaction, TransactionOutcome};
use hanzo_runtime::{
    test_kit::{self, chain::Chain},
    Balance, RuntimeCall, System,
};
use hanzo_traits::{JobId, PoolId};
use sp_keyring::Sr25519Keyring::{self, Alice, Bob, Charlie};
use sp_runtime::DispatchError;
use sp_state_machine::BasicExternalities;

/// The validators; each writes a third of the blocks.
pub const VALIDATORS: [Sr25519Keyring; 3] = [Alice, Bob, Charlie];

/// A chain, its honest users, and the adversary's place among them.
#[derive(Clone)]
pub struct World {
    chain: Chain,
    /// What happens around the adversary: the same with and without the attack.
    pub dice: Dice,
    /// Whether the adversary attacks, or this is the same seed without it.
    pub attacks: bool,
    /// How much honest traffic there is.
    pub traffic: Traffic,
    /// What honest users do in this block and have not done yet.
    pub pending: Vec<Deed>,
    /// Orders of open batches that honest users will reveal, each in its block.
    to_reveal: Vec<(u32, Kept)>,
    /// Jobs that may still want something of a worker.
    pub(crate) open_jobs: Vec<JobId>,
    /// Jobs whose input nobody can have.
    withheld: Vec<JobId>,
    /// Number of the next job's nonce.
    nonce: u64,
    /// What workers will sell to make up for what jobs bought, each in its block.
    supply: Vec<(u32, PoolId, Balance)>,
    /// What is true of work, whatever anybody says of it.
    truth: verification::Truth,
    /// Whose losses count as the attack's.
    pub victims: Vec<Who>,
}

impl World {
    /// Runs a scenario from the snapshot of a clock. Blocks of the scenario depend on `seed` only.
    pub fn run<R>(clock: Clock, seed: u64, attacks: bool, scenario: impl FnOnce(&mut World) -> R) -> R {
        let (externalities, chain) = setup::snapshot(clock);
        Self::run_on(externalities, chain, seed, attacks, scenario)
    }

    /// The same from any state of the cast.
    pub(crate) fn run_on<R>(
        mut externalities: BasicExternalities,
        chain: Chain,
        seed: u64,
        attacks: bool,
        scenario: impl FnOnce(&mut World) -> R,
    ) -> R {
        externalities.execute_with(|| {
            let mut dice = Dice::new(seed, 1);
            let traffic = Traffic::random(&mut dice);
            let mut world = World {
                chain,
                dice,
                attacks,
                traffic,
                pending: Vec::new(),
                to_reveal: Vec::new(),
                open_jobs: Vec::new(),
                withheld: Vec::new(),
                nonce: 0,
                supply: Vec::new(),
                truth: verification::Truth::new(seed),
                victims: Vec::new(),
            };
            // Other slots, other VRF outputs.
            let skipped = world.dice.roll() % 1_000_000;
            world.chain.advance(Alice, skipped);
            scenario(&mut world)
        })
    }

    /// Number of the current block.
    pub fn now(&self) -> u32 {
        System::block_number()
    }

    /// Ends the block, once everybody has done what is pending, and begins the next one.
    pub fn next_block(&mut self) {
        let author = VALIDATORS[self.dice.below(VALIDATORS.len())];
        self.next_block_by(author, 0);
    }

    /// The same with an author, and after so many slots that stayed empty.
    pub fn next_block_by(&mut self, author: Sr25519Keyring, skipped: u64) {
        self.honest();
        self.chain.advance(author, skipped);
        self.begin_honest();
    }

    /// Goes on until `block` is the current one.
    pub fn run_to(&mut self, block: u32) {
        while self.now() < block {
            self.next_block();
        }
    }

    /// Tries something out and undoes it: an adversary that reckons before it acts. What honest users will do later is not
    /// to be seen: only what is pending now is done, and arbitrageurs, who can be reckoned with, go on.
    pub fn trial<R>(&mut self, what: impl FnOnce(&mut World) -> R) -> R {
        let mut copy = self.clone();
        copy.traffic = Traffic { arbitrage: self.traffic.arbitrage, ..Traffic::none() };
        let done = with_transaction(|| TransactionOutcome::Rollback(Ok::<R, DispatchError>(what(&mut copy))));
        done.expect("a transaction can be nested")
    }

    /// Makes a call of somebody's. The adversary's fail where it does not attack.
    pub fn act(&self, who: Who, call: impl Into<RuntimeCall>) -> Result<(), DispatchError> {
        if who.role == Role::Adversary && !self.attacks {
            return Err(DispatchError::Other("no attack in this run"));
        }
        self.act_anyway(who, call)
    }

    /// Makes a call that belongs to the adversary's position and not to its attack: it is made in both runs.
    pub fn act_anyway(&self, who: Who, call: impl Into<RuntimeCall>) -> Result<(), DispatchError> {
        test_kit::chain::dispatch_as(who.id(), call)
    }

    /// Registers an account of the adversary's as a worker that runs the cast's jobs; its lot counts four blocks later.
    pub fn register(&self, who: Who, bond: Balance) {
        self.register_for(who, bond, &[FREE_MODEL]);
    }

    /// The same for any models.
    pub fn register_for(&self, who: Who, bond: Balance, models: &[sp_core::H256]) {
        setup::register(who, bond, (1, 1), models);
    }

    /// Waits until nothing of the adversary's is open any more, with nobody else trading, and takes its liquidity back unless
    /// it stays. The error says what never ended.
    pub fn wind_up(&mut self, stays_provider: bool) -> Result<(), String> {
        self.honest();
        self.traffic = Traffic::none();
        let end = self.now() + 2_500;
        self.next_block();
        while let Some(open) = self.open_business() {
            if self.now() > end {
                return Err(format!("in block {}: {open}", self.now()));
            }
            self.next_block();
        }
        if !stays_provider {
            self.remove_all_liquidity();
        }
        // Fees wait beside Θ and enter it little by little, so one more block lets the next part in.
        self.next_block();
        test_kit::invariants().map_err(|error| format!("a promise is broken: {error}"))
    }
}
