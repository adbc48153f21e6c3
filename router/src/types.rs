//! What the router is asked, and what it answers.

use crate::sla::Filter;
use hanzo_hmm::route::Source;
use hanzo_poai::job::ServiceLevel;
use hanzo_traits::{ResourceClass, Resources, Tier};

/// Most jobs of a request.
pub const MAX_JOBS: usize = 8;
/// Most pools of a request.
pub const MAX_MARKETS: usize = 256;
/// Most offers of a request.
pub const MAX_OFFERS: usize = 512;
/// Most candidates that all jobs of a request may have: workers that pass, once for each job, or for each class of a job
/// whose classes may go apart. It bounds the time of a plan.
pub const MAX_CANDIDATES: usize = 4_096;

/// A pool, and how much of it may be bought.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Market {
    /// What it trades.
    pub class: ResourceClass,
    /// Whose tokens: those of workers in this tier.
    pub tier: Tier,
    /// The pool, its cap and its floor.
    pub source: Source,
}

/// What a worker offers, and what is expected of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Offer {
    /// Tiers it qualifies for; tier 0 is every worker's, listed or not.
    pub tiers: Vec<Tier>,
    /// u_i: what it can take on, wei of a resource-second per class ([`crate::sla::capacity`]).
    pub capacity: Resources,
    /// The part of its bond's limit that nothing binds: the most a job on it may be worth, wei of credits.
    pub free_limit: u128,
    /// Bit i set: it can run a job in region i.
    pub regions: u32,
    /// Latency it promises, milliseconds.
    pub latency_ms: u32,
    /// Jitter it promises, milliseconds.
    pub jitter_ms: u32,
    /// Whether it has a certified trusted execution environment.
    pub tee: bool,
    /// Quality, parts per billion.
    pub quality_ppb: u32,
    /// E\[ΔI\]: information its work is expected to bring, nats, −4 to 4.
    pub information: f64,
    /// E\[ΔU\]: utility its work is expected to bring, −1 to 1.
    pub utility: f64,
}

/// Who does a job.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Placement {
    /// Anybody, each class for itself.
    #[default]
    Anywhere,
    /// Several workers, each a part of the job with all its classes in the same proportion.
    Parts,
    /// One worker all of it.
    OneWorker,
}

/// One job.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Job {
    /// What it needs, wei of a resource-second per class.
    pub needs: Resources,
    /// Tiers whose tokens it accepts; `None` for all.
    pub tiers: Option<Vec<Tier>>,
    /// Who may run it.
    pub sla: ServiceLevel,
    /// How it is placed.
    pub placement: Placement,
}

/// What the router is asked.
#[derive(Clone, Debug, PartialEq)]
pub struct Request {
    /// One to [`MAX_JOBS`] jobs, bought together.
    pub jobs: Vec<Job>,
    /// The most all of them may cost together, fees included, wei; `None` for no limit.
    pub max_credits: Option<u128>,
    /// Where limits leave less than is needed: whether to route as large a part of every job as they leave.
    pub partial: bool,
    /// β of the weights: 0 weighs options of equal cost alike.
    pub beta: f64,
}

impl Request {
    /// One job, whatever it costs.
    pub fn of(job: Job) -> Self {
        Self { jobs: vec![job], max_credits: None, partial: false, beta: 1.0 }
    }
}

/// How a plan was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// Water-filling in integers, class by class.
    WaterFilling,
    /// A conic program, then integers.
    Conic,
}

/// What is bought from one pool.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Purchase {
    /// Position of the pool in what was given.
    pub market: usize,
    /// Compute, wei.
    pub psi: u128,
    /// Credits for it, fees included, wei: what the pool takes.
    pub theta: u128,
    /// Price of the last unit, or of the first where none is bought, fees included, 10²⁴ fixed point.
    pub marginal_price: u128,
    /// What one more unit of its cap would save, 10²⁴ fixed point; 0 where it does not bind.
    pub cap_price: u128,
}

/// A worker's part of a job.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Place {
    /// Position of the offer in what was given.
    pub offer: usize,
    /// What it does of the job, wei of a resource-second per class. All zero: it could take the job as well, at the same cost.
    pub amounts: Resources,
    /// η: its weight among the options of equal cost; those of one job add up to one.
    pub weight: f64,
}

/// What limits of a worker cost.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct WorkerPrice {
    /// Position of the offer.
    pub offer: usize,
    /// What one more unit of its capacity would save, per class, 10²⁴ fixed point.
    pub capacity: [u128; ResourceClass::COUNT],
    /// What one more credit of its free limit would save, credits.
    pub bond: f64,
}

/// What one hard filter of a job costs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FilterPrice {
    /// The filter.
    pub filter: Filter,
    /// Credits that the plan would cost less without it, wei.
    pub price: u128,
}

/// What a plan says of one job.
#[derive(Clone, Debug, PartialEq)]
pub struct JobPlan {
    /// What is bought for it, wei per class: its needs, or the part of them that limits leave.
    pub amounts: Resources,
    /// Its part of the cost, in proportion to what it takes of every purchase, rounded up, wei.
    pub cost: u128,
    /// μ: what one more unit of each class would cost, fees and places included, 10²⁴ fixed point; 0 for a class it does not
    /// need.
    pub shadow_prices: [u128; ResourceClass::COUNT],
    /// Tiers per class from which it is served, with amounts, wei.
    pub served: Vec<(ResourceClass, Tier, u128)>,
    /// Who does it; empty where no worker was looked at.
    pub places: Vec<Place>,
    /// Prices of its filters.
    pub filters: Vec<FilterPrice>,
}

/// What the router answers.
#[derive(Clone, Debug, PartialEq)]
pub struct Plan {
    /// How it was found.
    pub method: Method,
    /// One per job.
    pub jobs: Vec<JobPlan>,
    /// One per pool that was looked at.
    pub purchases: Vec<Purchase>,
    /// What all purchases cost, fees included, wei.
    pub total: u128,
    /// No plan costs less than this, credit-wei, up to the solver's 10⁻⁹; equal to `total` where the integers know.
    pub bound: u128,
    /// The part of every job that is bought: 1, or less where limits leave less and the request takes it.
    pub served: f64,
    /// What one more credit of `max_credits` would buy, as a part of all jobs per credit-wei; 0 where it does not bind.
    pub budget_price: f64,
    /// Workers whose limits cost something.
    pub workers: Vec<WorkerPrice>,
}
