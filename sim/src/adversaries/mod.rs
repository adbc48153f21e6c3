//! Whoever tries to win something from the protocol. One file each; adding one is a file and a line in [`all`].

mod author;
mod batch_option;
mod block_withholding;
mod bounty_hunting;
mod cancelling_client;
mod collusion;
mod commit_griefing;
mod copied_orders;
mod copied_verdicts;
mod cornering;
mod firm;
mod forgery;
mod framing;
mod guessing;
mod just_in_time;
mod lazy_verifiers;
mod leaving_worker;
mod mint_and_walk;
mod pumped_batch;
mod quality_farming;
mod sandwich;
mod sandwiched_settlement;
mod self_challenge;
mod self_dealing;
mod silent_worker;
mod slicing;
mod split_bonds;
mod steered_audits;
mod twap_pushing;
mod wash_trading;
mod withheld_input;

use crate::{
    plan::Plan,
    world::{Clock, World},
};

/// What is claimed about an adversary.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Claim {
    /// No run wins a single wei.
    Never,
    /// The mean over many seeds is not above zero, by a one-sided test that errs once in a thousand.
    NotExpected,
    /// The mean may be above zero, but then that of what the victims lose is not, by the same test: whoever gets a part of fees back
    /// trades for less than others, and what it wins by that it takes from nobody.
    NothingFromVictims,
}

impl Claim {
    /// For people.
    pub fn text(self) -> &'static str {
        match self {
            Self::Never => "never wins",
            Self::NotExpected => "expects no profit",
            Self::NothingFromVictims => "wins nothing from victims",
        }
    }
}

/// What a run reports besides the change of wealth.
#[derive(Clone, Debug, Default)]
pub struct Outcome {
    /// Profit in wei, where it is not the change of the adversary's wealth; with a twin, what it has that the twin's is taken off.
    pub profit: Option<i128>,
    /// Numbers measured on the way.
    pub notes: Vec<(&'static str, f64)>,
}

/// Somebody who tries to win something.
pub trait Adversary: Sync {
    /// Its name on the command line.
    fn name(&self) -> &'static str;
    /// What it tries.
    fn tries(&self) -> &'static str;
    /// What defeats it.
    fn rule(&self) -> &'static str;
    /// What is claimed.
    fn claim(&self) -> Claim;
    /// What would stop it, if it is known to break its claim: a finding that waits for a change of the protocol.
    fn open(&self) -> Option<&'static str> {
        None
    }
    /// The clock it plays against.
    fn clock(&self) -> Clock {
        Clock::Mainnet
    }
    /// Whether each run is compared with the same seed without the attack: where it has a position to begin with, or
    /// victims.
    fn has_twin(&self) -> bool {
        false
    }
    /// Whether it is a provider before the attack and after it, and so valued with its shares.
    fn stays_provider(&self) -> bool {
        false
    }
    /// What it has, wei.
    fn wealth(&self, world: &World) -> i128 {
        if self.stays_provider() {
            world.wealth_when_prices_are_back()
        } else {
            world.wealth()
        }
    }
    /// Plays from the snapshot on. What it leaves open is ended for it.
    fn play(&self, world: &mut World, plan: &mut Plan) -> Result<Outcome, String>;
}

/// All of them.
pub fn all() -> Vec<Box<dyn Adversary>> {
    vec![
        Box::new(guessing::Guessing),
        Box::new(slicing::Slicing),
        Box::new(sandwich::SINGLE),
        Box::new(sandwich::CROWD),
        Box::new(sandwich::PROVIDER),
        Box::new(pumped_batch::SANDWICH),
        Box::new(pumped_batch::PUMPED),
        Box::new(copied_orders::CopiedOrders),
        Box::new(batch_option::BatchOption),
        Box::new(commit_griefing::CommitGriefing),
        Box::new(twap_pushing::TwapPushing),
        Box::new(just_in_time::TRADES),
        Box::new(just_in_time::BATCH),
        Box::new(just_in_time::FORFEITS),
        Box::new(wash_trading::WashTrading),
        Box::new(withheld_input::WithheldInput),
        Box::new(cancelling_client::CancellingClient),
        Box::new(silent_worker::SilentWorker),
        Box::new(split_bonds::SplitBonds),
        Box::new(block_withholding::BlockWithholding),
        Box::new(mint_and_walk::MintAndWalk),
        Box::new(cornering::Cornering),
        Box::new(forgery::Forgery),
        Box::new(leaving_worker::LeavingWorker),
        Box::new(steered_audits::SteeredAudits),
        Box::new(collusion::Collusion),
        Box::new(copied_verdicts::CopiedVerdicts),
        Box::new(lazy_verifiers::ALONE),
        Box::new(lazy_verifiers::CARTEL),
        Box::new(self_challenge::FORGED),
        Box::new(self_challenge::HONEST),
        Box::new(bounty_hunting::BountyHunting),
        Box::new(framing::Framing),
        Box::new(quality_farming::QualityFarming),
        Box::new(sandwiched_settlement::SandwichedSettlement),
        Box::new(self_dealing::ALONE),
        Box::new(self_dealing::PROVIDER),
    ]
}

/// The choice among some numbers that is worth most, and what it is worth: a rough search, then a closer one around the best.
fn best_of(world: &mut World, low: f64, high: f64, value: impl Fn(&mut World, f64) -> i128) -> (f64, i128) {
    let rate = |world: &mut World, share: f64| (share, world.trial(|world| value(world, share)));
    let step = (high / low).powf(1.0 / 7.0);
    let mut tried: Vec<_> = (0..8).map(|power| rate(world, low * step.powi(power))).collect();
    for width in [0.5, 0.2] {
        let (centre, _) = greatest(&tried);
        for power in [-1.0, -0.5, 0.5, 1.0] {
            let share = (centre * step.powf(power * width)).clamp(low, high);
            let rated = rate(world, share);
            tried.push(rated);
        }
    }
    greatest(&tried)
}

fn greatest(tried: &[(f64, i128)]) -> (f64, i128) {
    tried.iter().copied().max_by_key(|(_, value)| *value).expect("something was tried")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trial::try_out;
    use rayon::prelude::*;

    /// Few seeds of everybody: what never wins must not, and nobody may break a promise of the chain. Whether a mean is
    /// above zero is not for so few runs to say, but for `scripts/adversaries`.
    #[test]
    fn adversaries_should_keep_their_claims_on_a_few_seeds() {
        let seeds = std::env::var("HANZO_ADVERSARY_SEEDS").ok().and_then(|n| n.parse().ok()).unwrap_or(6);
        let verdicts: Vec<_> = all().par_iter().map(|one| try_out(one.as_ref(), 1, seeds, &mut |_| ())).collect();
        print!("{}", crate::report::table(&verdicts));
        let broken: Vec<_> = verdicts.iter().filter(|one| one.open.is_none()).filter(|one| !one.holds).collect();
        assert!(broken.is_empty(), "{broken:?}");
    }

    #[test]
    fn names_should_differ() {
        let mut names: Vec<_> = all().iter().map(|one| one.name()).collect();
        let count = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), count);
    }

    #[test]
    fn run_should_come_to_the_same_when_it_is_repeated() {
        for one in all() {
            let mut plan = Plan::random(crate::dice::Dice::new(9, 3));
            let first = crate::trial::run(one.as_ref(), 9, &mut plan).unwrap().profit;
            assert_eq!(first, crate::trial::run(one.as_ref(), 9, &mut plan.again()).unwrap().profit, "{}", one.name());
        }
    }
}
