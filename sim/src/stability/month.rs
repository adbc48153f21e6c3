//! What happens when, block by block.

use super::{
    agents::Agents,
    record::{first, sample, Sample},
};
use crate::world::{setup, Traffic, World};
use frame_support::traits::Get;
use hanzo_runtime::{constants::AI, test_kit, Balance, Runtime};
use sp_state_machine::BasicExternalities;

/// Bond of every worker.
const BOND: Balance = 600_000 * AI;
/// Hours of a day.
const HOURS: u32 = 24;

/// When things happen, in blocks from the start.
#[derive(Clone, Debug)]
pub struct Script {
    /// Length of the whole.
    pub end: u32,
    /// Blocks of an hour.
    pub hour: u32,
    /// Half of the workers leave the market in this block.
    pub shock: u32,
    /// They come back in this one.
    pub relief: u32,
    /// From when to when demand is several times as high.
    pub bursts: Vec<(u32, u32)>,
    /// What mainnet periods are divided by.
    pub divisor: u32,
}

impl Script {
    /// A third of the time calm, then the shock, then two bursts, relief after two thirds, and a burst after it.
    pub fn of(days: u32, blocks_per_day: u32) -> Self {
        let (hour, end) = (blocks_per_day / HOURS, days * blocks_per_day);
        let at = |part: f64| (f64::from(end) * part) as u32;
        let burst = |part: f64, hours: u32| (at(part), at(part) + hours * hour);
        Self {
            end,
            hour,
            shock: at(1.0 / 3.0),
            relief: at(2.0 / 3.0),
            bursts: vec![burst(0.2, 6), burst(0.55, 6), burst(0.8, 12)],
            divisor: 43_200 / blocks_per_day,
        }
    }

    /// By how much demand is higher than on average in a block: a daily swing, and bursts.
    pub fn demand(&self, block: u32) -> f64 {
        let day = f64::from(block) / f64::from(self.hour * HOURS);
        let swing = 1.0 + 0.4 * (day * std::f64::consts::TAU).sin();
        let is_burst = self.bursts.iter().any(|(from, to)| (*from..*to).contains(&block));
        swing * if is_burst { 4.0 } else { 1.0 }
    }

    /// Days, of blocks.
    pub fn days(&self, block: u32) -> f64 {
        f64::from(block) / f64::from(self.hour * HOURS)
    }
}

/// What came of it.
pub struct Month {
    /// When things happened.
    pub script: Script,
    /// One sample an hour.
    pub samples: Vec<Sample>,
    /// How often every promise of every pallet was checked, and held.
    pub checks: u32,
    /// Jobs submitted, settled, refunded and failed.
    pub jobs: [u64; 4],
}

/// Runs it. The error says which promise was broken, which job is stuck, or who could not be paid.
pub fn run(script: &Script, workers: u32, seed: u64, progress: &mut dyn FnMut(f64)) -> Result<Month, String> {
    let (storage, chain) = setup::build_with(script.divisor, workers, |_| BOND);
    World::run_on(BasicExternalities::new(storage), chain, seed, true, |world| {
        world.traffic = Traffic { trades: 0.3, orders: 0.05, jobs: 0.0, largest_order: 0.01, arbitrage: false };
        let mut agents = Agents::new(world, workers);
        let (mut samples, mut checks) = (Vec::new(), 0);
        let (first, start) = (first(), world.now());
        for block in 0..script.end {
            if block == script.shock {
                agents.half_leave(world);
            }
            if block == script.relief {
                agents.half_return(world);
            }
            world.next_block();
            agents.act(world, script.demand(block), script.hour);
            if block % script.hour == 0 {
                samples.push(sample(&mut agents, &first, script.days(block), if block == 0 { 1 } else { script.hour }));
                check(world).map_err(|error| format!("day {:.2}: {error}", script.days(block)))?;
                checks += 1;
                progress(script.days(block));
            }
        }
        agents.everybody_out(world, script)?;
        samples.push(sample(&mut agents, &first, script.days(world.now() - start), script.hour));
        test_kit::invariants()?;
        Ok(Month { script: script.clone(), samples, checks: checks + 1, jobs: agents.jobs })
    })
}

/// Every promise holds, no job is older than it can become, every provider could be paid now.
fn check(world: &mut World) -> Result<(), String> {
    test_kit::invariants()?;
    let now = world.now();
    let window = <Runtime as pallet_poai::Config>::ChallengeWindow::get();
    for (id, job) in pallet_compute::Jobs::<Runtime>::iter().filter(|(_, job)| !job.status.is_final()) {
        let last = job.deadline + window + 100;
        if now > last {
            return Err(format!("job {id} is {:?} in block {now}; it had to end by {last}", job.status));
        }
    }
    super::agents::providers().try_for_each(|provider| {
        let could =
            world.trial(|world| test_kit::actors::pools().into_iter().all(|pool| world.withdraw(provider, pool)));
        could.then_some(()).ok_or_else(|| format!("{provider:?} could not withdraw"))
    })
}
