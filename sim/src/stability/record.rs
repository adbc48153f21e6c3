//! What is measured: a sample an hour, times of recovery, a summary.

use super::{agents::Agents, month::Month};
use crate::world::state;
use hanzo_poai::ResourceClass;
use hanzo_runtime::{test_kit::actors::pools, Hmm};
use hanzo_traits::PoolId;

/// Seconds that a block stands for where capacity is counted: as on the mainnet.
const BLOCK_SECONDS: f64 = 2.0;
/// What counts as recovered, of the mean before the shock.
const RECOVERED: f64 = 0.95;

/// The market at one moment, by its GPU pool.
#[derive(Clone, Debug, Default, serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Sample {
    /// Days from the start.
    pub day: f64,
    /// Marginal price, of the reference price.
    pub price: f64,
    /// Mean over an hour, of the reference price.
    pub mean_hour: f64,
    /// Compute in the pool, of what was there at first.
    pub psi: f64,
    /// Credits in the pool, of what was there at first.
    pub theta: f64,
    /// κ, of what it was at first.
    pub kappa: f64,
    /// κ per share squared, of what it was at first: never falls.
    pub kappa_per_share: f64,
    /// What the first provider's shares are worth, over what holding its deposit would be, in all pools.
    pub provider: f64,
    /// Compute that settled jobs used, over what the workers at work can give in the time.
    pub utilisation: f64,
    /// Workers at work.
    pub workers: u32,
    /// Part of the clients that stayed away.
    pub stayed_away: f64,
    /// Jobs submitted so far.
    pub submitted: u64,
    /// Of them settled.
    pub settled: u64,
    /// Refunded.
    pub refunded: u64,
    /// Failed.
    pub failed: u64,
}

/// What a pool was when the month began.
#[derive(Clone, Copy, Debug)]
pub struct First {
    psi: f64,
    theta: f64,
    supply: f64,
}

/// All pools as they are now.
pub fn first() -> Vec<First> {
    let of = |pool| {
        let state = state(pool);
        First { psi: state.reserves.psi as f64, theta: state.reserves.theta as f64, supply: state.supply as f64 }
    };
    pools().map(of).to_vec()
}

/// Takes a sample of the last `blocks`.
pub fn sample(agents: &mut Agents, first: &[First], day: f64, blocks: u32) -> Sample {
    let pool = PoolId::any_worker(ResourceClass::Gpu);
    let (state, then) = (state(pool), first[ResourceClass::Gpu.index()]);
    let reference = state.curve.reference_price() as f64;
    let mean_hour = Hmm::pool(pool).map_or(0.0, |view| view.twap_hour.0 as f64);
    let epsilon = f64::from(state.curve.epsilon_ppb) / 1e9;
    let (psi, theta) = (state.reserves.psi as f64 / then.psi, state.reserves.theta as f64 / then.theta);
    let kappa = (psi * theta + epsilon / 2.0 * (psi * psi + theta * theta)) / (1.0 + epsilon);
    let supply = state.supply as f64 / then.supply;
    let [submitted, settled, refunded, failed] = agents.jobs;
    let offered = agents.units_at_work() as f64 * BLOCK_SECONDS * f64::from(blocks.max(1));
    let (away, came) = std::mem::take(&mut agents.stayed_away);
    Sample {
        day,
        price: state.spot_price() as f64 / reference,
        mean_hour: mean_hour / reference,
        psi,
        theta,
        kappa,
        kappa_per_share: kappa / (supply * supply),
        provider: provider_against_holding(first),
        utilisation: std::mem::take(&mut agents.used) as f64 / offered.max(1.0),
        workers: agents.at_work(),
        stayed_away: f64::from(away) / f64::from(came.max(1)),
        submitted,
        settled,
        refunded,
        failed,
    }
}

/// What the shares of the pools' first deposits are worth at today's prices, over what those deposits would be.
fn provider_against_holding(first: &[First]) -> f64 {
    let (mut shares, mut holding) = (0.0, 0.0);
    for (pool, then) in pools().into_iter().zip(first) {
        let state = state(pool);
        let price = state.spot_price() as f64 / 1e18;
        let left = then.supply / state.supply as f64;
        shares += (state.reserves.psi as f64 * price + state.reserves.theta as f64) * left;
        holding += then.psi * price + then.theta;
    }
    shares / holding
}

/// How long something took to come back to 95 % of what it was before the shock.
#[derive(Clone, Debug, serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Recovery {
    /// What.
    pub of: &'static str,
    /// Mean of the two days before the shock, or of as many as there were.
    pub before: f64,
    /// The worst in the time from the shock to the relief.
    pub worst: f64,
    /// Minutes of simulated time from the shock until 95 % were reached again for good, before the relief; none if never.
    pub minutes: Option<f64>,
    /// The same from the relief.
    pub minutes_after_relief: Option<f64>,
}

/// The month in numbers.
#[derive(Clone, Debug, serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Summary {
    /// Simulated days.
    pub days: f64,
    /// Jobs submitted.
    pub submitted: u64,
    /// Settled.
    pub settled: u64,
    /// Refunded.
    pub refunded: u64,
    /// Failed.
    pub failed: u64,
    /// Checks of every promise of every pallet that were made, and held.
    pub checks: u32,
    /// Lowest and highest price, of the reference price.
    pub price_range: (f64, f64),
    /// Lowest κ per share squared, of the first.
    pub lowest_kappa_per_share: f64,
    /// Lowest and last value of the first provider's shares over holding.
    pub provider: (f64, f64),
    /// Mean utilisation.
    pub utilisation: f64,
    /// Recoveries.
    pub recoveries: Vec<Recovery>,
}

/// The month in numbers.
pub fn summary(month: &Month) -> Summary {
    let samples = &month.samples;
    let least = |of: &dyn Fn(&Sample) -> f64| samples.iter().map(of).fold(f64::INFINITY, f64::min);
    let most = |of: &dyn Fn(&Sample) -> f64| samples.iter().map(of).fold(f64::NEG_INFINITY, f64::max);
    let [submitted, settled, refunded, failed] = month.jobs;
    Summary {
        days: samples.last().map_or(0.0, |last| last.day),
        submitted,
        settled,
        refunded,
        failed,
        checks: month.checks,
        price_range: (least(&|one| one.price), most(&|one| one.price)),
        lowest_kappa_per_share: least(&|one| one.kappa_per_share),
        provider: (least(&|one| one.provider), samples.last().map_or(0.0, |last| last.provider)),
        utilisation: samples.iter().map(|one| one.utilisation).sum::<f64>() / samples.len().max(1) as f64,
        recoveries: vec![
            recovery(month, "compute in the pool", &|one| one.psi),
            recovery(month, "price (its inverse)", &|one| 1.0 / one.price),
            recovery(month, "compute that jobs use", &|one| one.utilisation * f64::from(one.workers)),
        ],
    }
}

fn recovery(month: &Month, of: &'static str, value: &dyn Fn(&Sample) -> f64) -> Recovery {
    let script = &month.script;
    let (shock, relief) = (script.days(script.shock), script.days(script.relief));
    // A daily swing is no lack of recovery: every value is the mean of the day around it, but just after an event.
    let between = |from: f64, to: f64| month.samples.iter().filter(move |one| (from..to).contains(&one.day));
    let mean = |from: f64, to: f64| {
        let values: Vec<f64> = between(from, to).map(value).collect();
        values.iter().sum::<f64>() / values.len().max(1) as f64
    };
    let before = mean(shock - 2.0, shock);
    let goal = before * RECOVERED;
    let reached = |from: f64, to: f64| {
        let found = between(from, to).find(|one| value(one) >= goal);
        found.map(|one| (one.day - from).max(0.0) * 24.0 * 60.0)
    };
    let worst = between(shock, relief).map(value).fold(f64::INFINITY, f64::min);
    // From the worst moment on, as the first hours still look like before.
    let bottom = between(shock, relief).find(|one| value(one) <= worst).map_or(shock, |one| one.day);
    let minutes = reached(bottom, relief).map(|minutes| minutes + (bottom - shock) * 24.0 * 60.0);
    Recovery { of, before, worst, minutes, minutes_after_relief: reached(relief, f64::INFINITY) }
}

/// One line a sample.
pub fn csv(samples: &[Sample]) -> String {
    let mut text = String::from(
        "day,price,mean_hour,psi,theta,kappa,kappa_per_share,provider,utilisation,workers,stayed_away,submitted,settled,\
         refunded,failed\n",
    );
    for one in samples {
        text += &format!(
            "{:.4},{:.6},{:.6},{:.6},{:.6},{:.6},{:.9},{:.6},{:.6},{},{:.4},{},{},{},{}\n",
            one.day,
            one.price,
            one.mean_hour,
            one.psi,
            one.theta,
            one.kappa,
            one.kappa_per_share,
            one.provider,
            one.utilisation,
            one.workers,
            one.stayed_away,
            one.submitted,
            one.settled,
            one.refunded,
            one.failed
        );
    }
    text
}

/// The summary for people.
pub fn text(summary: &Summary) -> String {
    let minutes =
        |minutes: Option<f64>| minutes.map_or("not before relief".into(), |minutes| format!("{minutes:.0} min"));
    let mut lines = vec![
        format!("days simulated          {:.1}", summary.days),
        format!(
            "jobs                    {} submitted, {} settled, {} refunded, {} failed, none stuck",
            summary.submitted, summary.settled, summary.refunded, summary.failed
        ),
        format!("checks of all promises  {}, all held", summary.checks),
        format!("price / reference       {:.3} to {:.3}", summary.price_range.0, summary.price_range.1),
        format!("κ/shares² at least      {:.6} of the first", summary.lowest_kappa_per_share),
        format!("shares / holding        at least {:.4}, at the end {:.4}", summary.provider.0, summary.provider.1),
        format!("mean utilisation        {:.1} %", summary.utilisation * 100.0),
    ];
    for one in &summary.recoveries {
        lines.push(format!(
            "95 % of {:<22} {:>18} after the shock (worst {:.0} % of before); {} after relief",
            one.of,
            minutes(one.minutes),
            one.worst * 100.0 / one.before,
            one.minutes_after_relief.map_or("never".into(), |minutes| format!("{minutes:.0} min")),
        ));
    }
    lines.join("\n") + "\n"
}
