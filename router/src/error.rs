//! Why there is no plan, with the numbers.

use crate::sla::Filter;
use hanzo_hmm::route::RouteError;
use hanzo_traits::ResourceClass;

/// Why there is no plan. Jobs and pools are named by their position in what was given.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum Error {
    /// A list is empty or too long.
    #[error("{what}: {count} given, between {least} and {most} are possible")]
    Count {
        /// Which list.
        what: &'static str,
        /// Its length.
        count: usize,
        /// Least.
        least: usize,
        /// Most.
        most: usize,
    },
    /// A job needs nothing.
    #[error("job {job}: no resources are asked for")]
    NoNeeds {
        /// The job.
        job: usize,
    },
    /// A number of the request is out of its range.
    #[error("{what} is {value}; it must lie between {least} and {most}")]
    OutOfRange {
        /// Which.
        what: &'static str,
        /// What was given.
        value: f64,
        /// Least.
        least: f64,
        /// Most.
        most: f64,
    },
    /// No worker passes the filters of a job.
    #[error("job {job}: none of {offers} workers passes its filters{}", counted(.excluded))]
    NoWorker {
        /// The job.
        job: usize,
        /// Workers looked at.
        offers: usize,
        /// How many each filter excludes by itself.
        excluded: Vec<(Filter, usize)>,
    },
    /// The pools that a job may use do not have a class, or not enough of it.
    #[error(
        "job {job}, {}: {required} wei of compute required, {available} available within caps and floors, {} missing",
        .class.name(),
        missing(.required, .available)
    )]
    NotEnoughCompute {
        /// The job.
        job: usize,
        /// The class.
        class: ResourceClass,
        /// Asked for, wei.
        required: u128,
        /// What the pools leave it, wei.
        available: u128,
    },
    /// No worker, or not all together, can take on so much of a class.
    #[error(
        "job {job}, {}: {required} wei required, {} {available} wei, {} missing",
        .class.name(),
        takers(.together),
        missing(.required, .available)
    )]
    NotEnoughCapacity {
        /// The job.
        job: usize,
        /// The class.
        class: ResourceClass,
        /// Asked for, wei.
        required: u128,
        /// Most that one worker, or all together, can take on, wei.
        available: u128,
        /// Whether `available` is the sum over workers.
        together: bool,
    },
    /// Workers large enough have bonds too small.
    #[error("job {job} costs {cost} wei; the largest free bond limit of a worker that can take it is {most}, {} missing", missing(.cost, .most))]
    BondTooSmall {
        /// The job.
        job: usize,
        /// Its cost, wei.
        cost: u128,
        /// The largest limit, wei.
        most: u128,
    },
    /// No single worker has enough of every class at once, though each class has one that does.
    #[error("job {job}: no single worker that passes the filters has enough of all classes at once; the best has {best_ppb} ppb of what is needed")]
    NoPlace {
        /// The job.
        job: usize,
        /// The largest part of the job a worker has room for, parts per billion.
        best_ppb: u32,
    },
    /// Each limit leaves enough by itself, but all together leave less.
    #[error("caps of pools and limits of workers together leave {served_ppb} ppb of what is needed")]
    Coupled {
        /// The part of all jobs that they leave, parts per billion.
        served_ppb: u32,
    },
    /// The least cost is above the budget.
    #[error("costs {cost} wei, at most {max_credits} allowed, {} missing; the budget buys {served_ppb} ppb of all", missing(.cost, .max_credits))]
    OverBudget {
        /// The least cost, wei.
        cost: u128,
        /// The budget, wei.
        max_credits: u128,
        /// The part of all jobs that the budget buys, parts per billion.
        served_ppb: u32,
    },
    /// Jobs fit the workers in parts, but whole ones were not found to.
    #[error(
        "job {job}: the workers have room for all jobs in parts, but no way to place each on one worker was found"
    )]
    NotPlaced {
        /// The first job that was left over.
        job: usize,
    },
    /// The market's own words.
    #[error("{0}")]
    Market(RouteError),
    /// The convex solver gave up.
    #[error("the solver stopped: {0}")]
    Solver(String),
}

impl From<RouteError> for Error {
    fn from(error: RouteError) -> Self {
        Self::Market(error)
    }
}

/// What an amount falls short of another.
fn missing(required: &u128, available: &u128) -> u128 {
    required.saturating_sub(*available)
}

/// Who cannot take on enough.
fn takers(together: &bool) -> &'static str {
    match together {
        true => "all workers that pass the filters can take on",
        false => "the largest worker that passes the filters can take on",
    }
}

/// Which filters exclude how many.
fn counted(filters: &[(Filter, usize)]) -> String {
    let one = |(filter, count): &(Filter, usize)| format!("{} alone excludes {count}", filter.name());
    match filters {
        [] => String::new(),
        filters => format!(": {}", filters.iter().map(one).collect::<Vec<_>>().join(", ")),
    }
}
