//! Many seeds of one adversary: half of them search for good choices, a few decide between the best, and the rest show
//! what the best brings on seeds it was not chosen by.

use crate::{
    adversaries::{Adversary, Claim, Outcome},
    dice::Dice,
    plan::Plan,
    world::World,
};

/// Choices that come to the second round.
const FINALISTS: usize = 6;
/// Choices kept while searching.
const KEPT: usize = 24;

/// What one run came to, wei.
#[derive(Clone, Debug)]
pub struct Run {
    /// Change of all the adversary has.
    pub profit: i128,
    /// What its victims lost by the attack.
    pub victims_lost: i128,
    /// What it measured.
    pub notes: Vec<(&'static str, f64)>,
}

/// Profits of several runs, $AI but for the greatest.
#[derive(Clone, Debug, Default, serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Statistics {
    /// How many.
    pub runs: usize,
    /// Their mean, $AI.
    pub mean: f64,
    /// Standard error of the mean, $AI.
    pub standard_error: f64,
    /// The greatest, wei.
    #[serde(serialize_with = "crate::report::wei")]
    pub greatest: i128,
    /// Part of them above zero.
    pub profitable: f64,
    /// Mean loss of the victims, $AI.
    pub victims_lost: f64,
    /// Standard error of that mean, $AI.
    pub victims_error: f64,
}

/// What an adversary came to.
#[derive(Clone, Debug, serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Verdict {
    /// Its name.
    pub name: &'static str,
    /// What it tries.
    pub tries: &'static str,
    /// What defeats it.
    pub rule: &'static str,
    /// What is claimed.
    pub claim: Claim,
    /// Whether that holds.
    pub holds: bool,
    /// Whether there were runs enough to tell a mean from zero.
    pub decided: bool,
    /// Why not, if so.
    pub broken: Option<String>,
    /// What would stop it, if it is known to break its claim.
    pub open: Option<&'static str>,
    /// All runs.
    pub all: Statistics,
    /// The best choices, on seeds they were not chosen by.
    pub best: Statistics,
    /// Means of what was measured with the best choices.
    pub notes: Vec<(&'static str, f64)>,
    /// Profit of each run, wei, in the order of the seeds.
    #[serde(serialize_with = "crate::report::all_wei")]
    pub profits: Vec<i128>,
    /// Seconds it took.
    pub seconds: f64,
}

/// Runs with the best choices from which on a mean can be told from zero.
const ENOUGH: usize = 10;

/// One run: the change of the adversary's wealth, against the same seed without the attack where that is another one.
pub fn run(adversary: &dyn Adversary, seed: u64, plan: &mut Plan) -> Result<Run, String> {
    let attack = play(adversary, seed, plan, true)?;
    let profit_of = |played: &Played, start: i128| played.outcome.profit.unwrap_or(played.end - start);
    let (mut profit, mut victims_lost) = (profit_of(&attack, attack.start), 0);
    if adversary.has_twin() {
        let twin = play(adversary, seed, &mut plan.again(), false)?;
        profit = profit_of(&attack, 0) - profit_of(&twin, 0);
        victims_lost = twin.victims - attack.victims;
    }
    Ok(Run { profit, victims_lost, notes: attack.outcome.notes })
}

struct Played {
    start: i128,
    end: i128,
    victims: i128,
    outcome: Outcome,
}

fn play(adversary: &dyn Adversary, seed: u64, plan: &mut Plan, attacks: bool) -> Result<Played, String> {
    World::run(adversary.clock(), seed, attacks, |world| {
        let start = adversary.wealth(world);
        let outcome = adversary.play(world, plan)?;
        world.wind_up(adversary.stays_provider())?;
        let victims = world.victims.iter().map(|who| world.wealth_of(*who)).sum();
        Ok(Played { start, end: adversary.wealth(world), victims, outcome })
    })
    .map_err(|error: String| format!("seed {seed}: {error}"))
}

/// All seeds of an adversary; `progress` hears of every run.
pub fn try_out(adversary: &dyn Adversary, first_seed: u64, seeds: u64, progress: &mut dyn FnMut(u64)) -> Verdict {
    let started = std::time::Instant::now();
    let mut search = Search::new(adversary, first_seed);
    let explored = seeds.div_ceil(2);
    let each = seeds / 30;
    let finalists = if each > 0 { FINALISTS as u64 } else { 0 };
    let mut failure = None;
    let mut best = Vec::new();
    for number in 0..seeds {
        let done = if number < explored {
            search.explore()
        } else if number < explored + finalists * each {
            search.compare(((number - explored) / each) as usize)
        } else {
            search.apply().map(|run| best.push(run))
        };
        if let Err(error) = done {
            failure = Some(error);
            break;
        }
        progress(number + 1);
    }
    let (all, best_of) = (statistics(&search.runs), statistics(&best));
    let broken = failure.or_else(|| broken(adversary.claim(), &all, &best_of));
    Verdict {
        name: adversary.name(),
        tries: adversary.tries(),
        rule: adversary.rule(),
        claim: adversary.claim(),
        holds: broken.is_none(),
        decided: adversary.claim() == Claim::Never || best.len() >= ENOUGH,
        broken,
        open: adversary.open(),
        notes: means(&best),
        profits: search.runs.iter().map(|run| run.profit).collect(),
        all,
        best: best_of,
        seconds: started.elapsed().as_secs_f64(),
    }
}

/// Why a claim does not hold, if it does not.
fn broken(claim: Claim, all: &Statistics, best: &Statistics) -> Option<String> {
    let is_above_zero = |mean: f64, error: f64| mean - quantile(best.runs) * error > 0.0;
    let pays = is_above_zero(best.mean, best.standard_error);
    match claim {
        Claim::Never if all.greatest > 0 => Some(format!("a run brought {} wei", all.greatest)),
        Claim::NotExpected if pays => {
            Some(format!("{:.6} $AI a run are expected, ± {:.6}", best.mean, best.standard_error))
        }
        Claim::NothingFromVictims if pays && is_above_zero(best.victims_lost, best.victims_error) => {
            let (won, lost) = (best.mean, best.victims_lost);
            Some(format!("{won:.6} $AI a run are expected, {lost:.6} ± {:.6} of it from victims", best.victims_error))
        }
        Claim::Never | Claim::NotExpected | Claim::NothingFromVictims => None,
    }
}

/// How many standard errors a mean stays below zero with a chance of 99.9 %, one-sided (Student's t, rounded up).
fn quantile(runs: usize) -> f64 {
    match runs {
        0..=2 => f64::INFINITY,
        3..=5 => 22.4,
        6..=9 => 5.9,
        10..=19 => 4.3,
        20..=39 => 3.6,
        40..=99 => 3.4,
        _ => 3.2,
    }
}

/// Choices, and what they came to.
struct Candidate {
    plan: Plan,
    /// Sum of the profits of its runs, wei.
    sum: i128,
    runs: i128,
}

impl Candidate {
    fn mean(&self) -> i128 {
        self.sum / self.runs.max(1)
    }
}

struct Search<'a> {
    adversary: &'a dyn Adversary,
    next_seed: u64,
    dice: Dice,
    /// The best so far, best first, by the mean of the profits of each.
    kept: Vec<Candidate>,
    /// Profits of the finalists on seeds of the second round.
    compared: [Vec<i128>; FINALISTS],
    runs: Vec<Run>,
}

impl<'a> Search<'a> {
    fn new(adversary: &'a dyn Adversary, first_seed: u64) -> Self {
        Self {
            adversary,
            next_seed: first_seed,
            dice: Dice::new(first_seed, 2),
            kept: Vec::new(),
            compared: Default::default(),
            runs: Vec::new(),
        }
    }

    fn run(&mut self, plan: &mut Plan) -> Result<Run, String> {
        let seed = self.next_seed;
        self.next_seed += 1;
        let run = run(self.adversary, seed, plan)?;
        self.runs.push(run.clone());
        Ok(run)
    }

    /// What a run says for its choices: its profit, and no more than its victims lost where the claim is about them.
    fn score(&mut self, plan: &mut Plan) -> Result<i128, String> {
        let Run { profit, victims_lost, .. } = self.run(plan)?;
        Ok(match self.adversary.claim() {
            Claim::NothingFromVictims => profit.min(victims_lost),
            Claim::Never | Claim::NotExpected => profit,
        })
    }

    /// Tries choices at random, changes good ones a little, or has that of the best run again of which least is known: whoever was
    /// only lucky makes room for others.
    fn explore(&mut self) -> Result<(), String> {
        let choice = self.dice.unit();
        let best = self.kept.len().min(FINALISTS);
        if best == FINALISTS && choice < 0.35 {
            let (_, least) = (0..best).map(|place| (self.kept[place].runs, place)).min().unwrap_or_default();
            let mut plan = self.kept[least].plan.again();
            let profit = self.score(&mut plan)?;
            self.kept[least].sum += profit;
            self.kept[least].runs += 1;
        } else {
            let mut plan = if best < FINALISTS || choice < 0.65 {
                Plan::random(Dice::new(self.next_seed, 3))
            } else {
                let place = self.dice.below(best);
                self.kept[place].plan.mutated(&mut self.dice)
            };
            let profit = self.score(&mut plan)?;
            self.kept.push(Candidate { plan, sum: profit, runs: 1 });
        }
        self.kept.sort_by_key(|candidate| std::cmp::Reverse(candidate.mean()));
        self.kept.truncate(KEPT);
        Ok(())
    }

    fn compare(&mut self, place: usize) -> Result<(), String> {
        let place = place.min(self.kept.len() - 1);
        let mut plan = self.kept[place].plan.again();
        let profit = self.score(&mut plan)?;
        self.compared[place].push(profit);
        Ok(())
    }

    /// Does what was best on average in the second round.
    fn apply(&mut self) -> Result<Run, String> {
        let mean = |place: usize| self.compared[place].iter().sum::<i128>() / self.compared[place].len().max(1) as i128;
        let best = (0..FINALISTS).filter(|place| !self.compared[*place].is_empty()).max_by_key(|place| mean(*place));
        let mut plan = self.kept[best.unwrap_or(0)].plan.again();
        self.run(&mut plan)
    }
}

/// $AI of wei.
pub fn in_ai(wei: i128) -> f64 {
    wei as f64 / 1e18
}

fn statistics(runs: &[Run]) -> Statistics {
    if runs.is_empty() {
        return Statistics::default();
    }
    let count = runs.len() as f64;
    let mean_of = |of: &dyn Fn(&Run) -> f64| runs.iter().map(of).sum::<f64>() / count;
    let mean = mean_of(&|run| in_ai(run.profit));
    let victims_lost = mean_of(&|run| in_ai(run.victims_lost));
    let error_of = |of: &dyn Fn(&Run) -> f64, mean: f64| {
        let variance = mean_of(&|run| (of(run) - mean).powi(2)) * count / (count - 1.0).max(1.0);
        (variance / count).sqrt()
    };
    Statistics {
        runs: runs.len(),
        mean,
        standard_error: error_of(&|run| in_ai(run.profit), mean),
        greatest: runs.iter().map(|run| run.profit).max().unwrap_or_default(),
        profitable: runs.iter().filter(|run| run.profit > 0).count() as f64 / count,
        victims_lost,
        victims_error: error_of(&|run| in_ai(run.victims_lost), victims_lost),
    }
}

fn means(runs: &[Run]) -> Vec<(&'static str, f64)> {
    let Some(first) = runs.first() else { return Vec::new() };
    let mean = |name: &&'static str| {
        let values = runs.iter().flat_map(|run| &run.notes).filter(|(other, _)| other == name).map(|(_, value)| *value);
        let values: Vec<f64> = values.collect();
        values.iter().sum::<f64>() / values.len().max(1) as f64
    };
    first.notes.iter().map(|(name, _)| (*name, mean(name))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn runs(profits: &[i128]) -> Statistics {
        let run = |profit: &i128| Run { profit: *profit, victims_lost: 0, notes: Vec::new() };
        statistics(&profits.iter().map(run).collect::<Vec<_>>())
    }

    #[test]
    fn claim_should_break_when_a_mean_stands_clear_of_zero() {
        let clear = runs(&[90, 100, 110, 95, 105, 100, 90, 110, 100, 100, 99]);
        assert!(broken(Claim::NotExpected, &clear, &clear).is_some());
        let unclear = runs(&[900, -700, 300, -500, 800, -750, 200, 10, 40, -90, 60]);
        assert!(unclear.mean > 0.0);
        assert_eq!(broken(Claim::NotExpected, &unclear, &unclear), None);
        assert!(broken(Claim::Never, &unclear, &unclear).is_some());
        // What is won of nobody breaks no promise to victims.
        assert_eq!(broken(Claim::NothingFromVictims, &clear, &clear), None);
        let taken = Statistics { victims_lost: clear.mean, victims_error: clear.standard_error, ..clear.clone() };
        assert!(broken(Claim::NothingFromVictims, &taken, &taken).is_some());
        let losses = runs(&[-1, 0, -3]);
        assert_eq!(broken(Claim::Never, &losses, &losses), None);
    }
}
