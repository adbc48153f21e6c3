//! The conic program: what couples the classes, solved by Clarabel.
//!
//! | variable | unit | stands for |
//! |---|---|---|
//! | ŷ, ê, ρ̂ of a pool | the most that can be bought; slippage of that; all costs | amount, slippage and risk fee ([`crate::cost`]) |
//! | x of a candidate | the block | the part of the block it does |
//! | ẑ of a block, set, class, pool | what the block needs of the class | tokens bought there for candidates of that set |
//! | t | all jobs | the part of all jobs that is bought, where that is what is sought |
//!
//! ρ̂ lies above tangents of the risk fee. After each solution every pool whose fee is above its tangents gets one more, at
//! the amount found, until what is missing is a part of 10⁻¹⁰ of the cost or a tangent is there already. Tangents lie below a convex function, so the
//! optimum of each of these programs is a lower bound of the least cost.

use crate::{
    blocks::{Block, Pools, Setup},
    cost::Cone,
    error::Error,
};
use clarabel::{
    algebra::CscMatrix,
    solver::{
        DefaultSettings, DefaultSolver, IPSolver, SolverStatus,
        SupportedConeT::{self, NonnegativeConeT, SecondOrderConeT, ZeroConeT},
    },
};
use hanzo_traits::ResourceClass;

/// Gap and infeasibility asked of the solver, and accepted of it where doubles carry no further.
const TOLERANCE: f64 = 1e-10;
const ACCEPTED: f64 = 1e-7;
/// How far the solver steps towards the edge of the cones. Where rounding stops it on the way it starts again in shorter
/// steps, which keep it off the edge: one program in some thousands.
const STEPS: [f64; 4] = [0.99, 0.95, 0.85, 0.7];
/// Part of the cost by which tangents may miss the risk fee.
const CLOSE: f64 = 1e-10;
/// A pool that holds less than this part of what may be wanted of it is left out: its numbers would only blur the others'.
const SMALL: f64 = 1e-9;
/// A tangent this near, in parts of a pool's unit, is as good as one at the amount itself: what is missing there is the
/// solver's own error.
const NEAR: f64 = 1e-6;
/// Most programs solved for one answer.
const ROUNDS: usize = 24;
/// What the cost weighs where the largest part is sought: enough to keep the answer from drifting.
const COST_OF_PART: f64 = 1e-7;

/// What is sought.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Goal {
    /// All of every job, at least cost.
    Cost,
    /// The largest part of all jobs, within so many credit-wei.
    Part(Option<u128>),
}

/// An answer on doubles.
#[derive(Clone, Debug)]
pub(crate) struct Solution {
    /// Per block and candidate.
    pub(crate) parts: Vec<Vec<f64>>,
    /// Per block and set: per class, in the order of the set's pools, the part of the block's need of the class.
    pub(crate) tokens: Vec<Vec<[Vec<f64>; ResourceClass::COUNT]>>,
    /// t; 1 where the cost was sought.
    pub(crate) part: f64,
    /// A lower bound of the least cost, credit-wei.
    pub(crate) cost: f64,
    /// Per pool: what one more wei from it costs, rent of its cap included, and that rent; credit-wei.
    pub(crate) prices: Vec<f64>,
    pub(crate) cap_prices: Vec<f64>,
    /// Per offer: what one more wei of capacity would save per class, and one more credit-wei of free limit.
    pub(crate) capacity_prices: Vec<[f64; ResourceClass::COUNT]>,
    pub(crate) bond_prices: Vec<f64>,
    /// What one more credit-wei of budget adds to t.
    pub(crate) budget_price: f64,
}

/// Rows `a·v + s = b` of one kind.
#[derive(Default)]
struct Rows {
    entries: Vec<(usize, usize, f64)>,
    bounds: Vec<f64>,
}

impl Rows {
    fn push(&mut self, entries: impl IntoIterator<Item = (usize, f64)>, bound: f64) -> usize {
        let row = self.bounds.len();
        self.entries.extend(entries.into_iter().map(|(column, value)| (row, column, value)));
        self.bounds.push(bound);
        row
    }
}

/// Columns of a pool, and the unit of its amounts.
struct PoolColumns {
    market: usize,
    unit: f64,
    cone: Cone,
    /// Of ŷ; ê and ρ̂ follow.
    first: usize,
    /// Amounts at which there is a tangent, wei.
    tangents: Vec<f64>,
    /// Row of the cap among the inequalities.
    cap: Option<usize>,
}

/// A program with its columns laid out.
pub(crate) struct Program<'a> {
    setup: &'a Setup<'a>,
    blocks: &'a [Block],
    goal: Goal,
    /// Credit-wei that costs are counted in.
    money: f64,
    pools: Vec<PoolColumns>,
    /// First column of each block's candidates, and of each block's and set's tokens per class.
    candidates: Vec<usize>,
    tokens: Vec<Vec<[usize; ResourceClass::COUNT]>>,
    /// What each block is worth at most with the tokens of each set, credit-wei.
    worths: Vec<Vec<f64>>,
    columns: usize,
}

impl<'a> Program<'a> {
    pub(crate) fn new(setup: &'a Setup<'a>, blocks: &'a [Block], goal: Goal) -> Self {
        let mut program = Self {
            setup,
            blocks,
            goal,
            money: 0.0,
            pools: Vec::new(),
            candidates: Vec::new(),
            tokens: Vec::new(),
            worths: Vec::new(),
            columns: 0,
        };
        program.lay_out();
        program
    }

    /// Gives every variable a column.
    fn lay_out(&mut self) {
        for (market, cost) in self.setup.costs.iter().enumerate() {
            let class = self.setup.markets[market].class;
            let uses = |block: &&Block| block.sets.iter().any(|set| set[class.index()].contains(&market));
            let wanted: f64 = self.blocks.iter().filter(uses).map(|block| block.needs.get(class) as f64).sum();
            let unit = wanted.min(cost.most as f64);
            if unit < 1.0 || unit < wanted * SMALL {
                continue;
            }
            let from = cost.risk_from().unwrap_or(f64::INFINITY);
            let points = [0.25, 0.5, 1.0].map(|part| from + part * (unit - from));
            let tangents = points.into_iter().filter(|point| *point > from && *point <= unit).collect();
            let cone = cost.cone(unit);
            self.money += cone.linear;
            self.pools.push(PoolColumns { market, unit, cone, first: self.columns, tangents, cap: None });
            self.columns += 3;
        }
        self.money = self.money.max(1.0);
        for block in self.blocks {
            self.candidates.push(self.columns);
            self.columns += block.candidates.len();
            let mut sets = Vec::new();
            for set in &block.sets {
                let mut first = [0; ResourceClass::COUNT];
                for (class, _) in block.classes() {
                    first[class.index()] = self.columns;
                    self.columns += set[class.index()].len();
                }
                sets.push(first);
            }
            self.tokens.push(sets);
            self.worths.push(block.sets.iter().map(|set| worth(self.setup, block, set)).collect());
        }
        self.columns += 1;
    }

    /// Column of t.
    fn part(&self) -> usize {
        self.columns - 1
    }

    /// What is paid in the pools, credit units of `self.money`, as entries.
    fn paid(&self) -> impl Iterator<Item = (usize, f64)> + '_ {
        self.pools.iter().flat_map(|pool| {
            let (linear, square) = (pool.cone.linear / self.money, pool.cone.square / self.money);
            [(pool.first, linear), (pool.first + 1, square), (pool.first + 2, 1.0)]
        })
    }

    /// Solves, with more tangents each time, until they are close enough.
    pub(crate) fn solve(mut self) -> Result<Solution, Error> {
        for _ in 0..ROUNDS {
            let (variables, duals, rows) = self.solve_once()?;
            let cost: f64 = self.paid().map(|(column, value)| value * variables[column]).sum::<f64>() * self.money;
            let mut missed = 0.0;
            let mut sharper = Vec::new();
            for (index, pool) in self.pools.iter().enumerate() {
                let bought = (variables[pool.first] * pool.unit).clamp(0.0, pool.unit);
                let gap = self.setup.costs[pool.market].risk(bought).0 - variables[pool.first + 2] * self.money;
                let near = |at: &f64| (at - bought).abs() <= NEAR * pool.unit;
                if gap > 0.0 && !pool.tangents.iter().any(near) {
                    missed += gap;
                    sharper.push((index, bought));
                }
            }
            if missed <= CLOSE * cost || sharper.is_empty() {
                return Ok(self.read(&variables, &duals, &rows, cost));
            }
            for (index, bought) in sharper {
                self.pools[index].tangents.push(bought);
            }
        }
        Err(Error::Solver(format!("risk fees were not met within {ROUNDS} rounds")))
    }

    /// One program with the tangents there are. Returns variables, multipliers, and where the rows are.
    fn solve_once(&mut self) -> Result<(Vec<f64>, Vec<f64>, Places), Error> {
        let (mut equal, mut within, mut cones) = (Rows::default(), Rows::default(), Rows::default());
        let mut places = Places::default();
        self.link(&mut equal, &mut places);
        self.bound(&mut within, &mut places);
        for pool in &self.pools {
            let (y, e, Cone { fall, lift, .. }) = (pool.first, pool.first + 1, pool.cone);
            cones.push([(y, fall), (e, -1.0 - lift)], 1.0);
            cones.push([(y, -2.0)], 0.0);
            cones.push([(y, -fall), (e, lift - 1.0)], -1.0);
        }
        places.within = equal.bounds.len();
        let mut kinds: Vec<SupportedConeT<f64>> =
            vec![ZeroConeT(equal.bounds.len()), NonnegativeConeT(within.bounds.len())];
        kinds.extend(self.pools.iter().map(|_| SecondOrderConeT(3)));
        let (mut rows, mut columns, mut values, mut bounds) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        for part in [equal, within, cones] {
            for (row, column, value) in part.entries {
                rows.push(row + bounds.len());
                columns.push(column);
                values.push(value);
            }
            bounds.extend(part.bounds);
        }
        let mut objective = vec![0.0; self.columns];
        let weight = if self.goal == Goal::Cost { 1.0 } else { COST_OF_PART };
        self.paid().for_each(|(column, value)| objective[column] = weight * value);
        objective[self.part()] = if self.goal == Goal::Cost { 0.0 } else { -1.0 };
        let matrix = CscMatrix::new_from_triplets(bounds.len(), self.columns, rows, columns, values);
        let quadratic = CscMatrix::zeros((self.columns, self.columns));
        let mut stopped = String::new();
        for step in STEPS {
            let mut solver = DefaultSolver::new(&quadratic, &objective, &matrix, &bounds, &kinds, settings(step))
                .map_err(|error| Error::Solver(error.to_string()))?;
            solver.solve();
            let solution = &mut solver.solution;
            match solution.status {
                SolverStatus::Solved | SolverStatus::AlmostSolved => {
                    return Ok((std::mem::take(&mut solution.x), std::mem::take(&mut solution.z), places));
                }
                SolverStatus::PrimalInfeasible | SolverStatus::AlmostPrimalInfeasible => {
                    return Err(Error::Coupled { served_ppb: 0 });
                }
                status => stopped = format!("{status:?} after {} steps", solution.iterations),
            }
        }
        Err(Error::Solver(stopped))
    }

    /// Equalities: pools give what is taken, candidates take what their part needs, parts make the whole.
    fn link(&self, equal: &mut Rows, places: &mut Places) {
        for pool in &self.pools {
            let class = self.setup.markets[pool.market].class;
            let mut entries = vec![(pool.first, 1.0)];
            for (block, sets) in self.blocks.iter().zip(&self.tokens) {
                let need = block.needs.get(class) as f64 / pool.unit;
                for (set, first) in block.sets.iter().zip(sets) {
                    let place = set[class.index()].iter().position(|market| *market == pool.market);
                    entries.extend(place.map(|place| (first[class.index()] + place, -need)));
                }
            }
            places.links.push(equal.push(entries, 0.0));
        }
        for ((block, sets), candidates) in self.blocks.iter().zip(&self.tokens).zip(&self.candidates) {
            for (index, (set, first)) in block.sets.iter().zip(sets).enumerate() {
                for (class, _) in block.classes() {
                    let mut entries: Vec<_> =
                        (0..set[class.index()].len()).map(|place| (first[class.index()] + place, 1.0)).collect();
                    let of_set = block.candidates.iter().enumerate().filter(|(_, candidate)| candidate.set == index);
                    entries.extend(of_set.map(|(place, _)| (candidates + place, -1.0)));
                    equal.push(entries, 0.0);
                }
            }
            let mut entries: Vec<_> = (0..block.candidates.len()).map(|place| (candidates + place, 1.0)).collect();
            entries.push((self.part(), -1.0));
            equal.push(entries, 0.0);
        }
        if self.goal == Goal::Cost {
            equal.push([(self.part(), 1.0)], 1.0);
        }
    }

    /// Inequalities: caps, signs, mean prices, tangents, limits of workers, the budget.
    fn bound(&mut self, within: &mut Rows, places: &mut Places) {
        for pool in &mut self.pools {
            let cost = &self.setup.costs[pool.market];
            let (y, risk) = (pool.first, pool.first + 2);
            pool.cap = Some(within.push([(y, 1.0)], cost.most as f64 / pool.unit));
            within.push([(risk, -1.0)], 0.0);
            let above_curve = cost.at_mean(pool.unit) - pool.cone.linear;
            if above_curve > 0.0 {
                within.push([(y, above_curve / self.money), (y + 1, -pool.cone.square / self.money)], 0.0);
            }
            for at in &pool.tangents {
                let (value, slope) = cost.risk(*at);
                within.push([(y, slope * pool.unit / self.money), (risk, -1.0)], (slope * at - value) / self.money);
            }
        }
        for ((block, sets), candidates) in self.blocks.iter().zip(&self.tokens).zip(&self.candidates) {
            for place in 0..block.candidates.len() {
                within.push([(candidates + place, -1.0)], 0.0);
            }
            for (set, first) in block.sets.iter().zip(sets) {
                for (class, _) in block.classes() {
                    for (place, market) in set[class.index()].iter().enumerate() {
                        let column = first[class.index()] + place;
                        within.push([(column, -1.0)], 0.0);
                        if !self.pools.iter().any(|pool| pool.market == *market) {
                            within.push([(column, 1.0)], 0.0);
                        }
                    }
                }
            }
        }
        if let Goal::Part(max_credits) = self.goal {
            within.push([(self.part(), 1.0)], 1.0);
            if let Some(max_credits) = max_credits {
                let most = max_credits as f64 / self.money;
                places.budget = Some(within.push(self.paid(), most));
            }
        }
        for (index, (offer, does)) in self.setup.offers.iter().zip(self.candidacies()).enumerate() {
            for class in ResourceClass::ALL {
                let room = offer.capacity.get(class) as f64;
                let part = |(block, column, _): &(usize, usize, usize)| {
                    (*column, self.blocks[*block].needs.get(class) as f64 / room)
                };
                let entries: Vec<_> = does.iter().map(part).filter(|(_, part)| *part > 0.0).collect();
                if entries.iter().map(|(_, part)| part).sum::<f64>() > 1.0 {
                    places.capacities.push((index, class, within.push(entries, 1.0)));
                }
            }
            let limit = offer.free_limit as f64;
            let part = |(block, column, set): &(usize, usize, usize)| (*column, self.worths[*block][*set] / limit);
            let entries: Vec<_> = does.iter().map(part).collect();
            if entries.iter().map(|(_, part)| part).sum::<f64>() > 1.0 {
                places.bonds.push((index, within.push(entries, 1.0)));
            }
        }
    }

    /// Per offer the blocks that it is a candidate of, with its column there and its set.
    fn candidacies(&self) -> Vec<Vec<(usize, usize, usize)>> {
        let mut found = vec![Vec::new(); self.setup.offers.len()];
        for (index, (block, first)) in self.blocks.iter().zip(&self.candidates).enumerate() {
            for (place, candidate) in block.candidates.iter().enumerate() {
                if let Some(offer) = candidate.offer {
                    found[offer].push((index, first + place, candidate.set));
                }
            }
        }
        found
    }

    /// Turns columns and rows back into what they stand for.
    fn read(&self, variables: &[f64], duals: &[f64], places: &Places, cost: f64) -> Solution {
        let count = self.setup.markets.len();
        let (mut prices, mut cap_prices) = (vec![0.0; count], vec![0.0; count]);
        let multiplier = |row: usize| duals[places.within + row].max(0.0);
        for (pool, row) in self.pools.iter().zip(&places.links) {
            let per_wei = self.money / pool.unit;
            prices[pool.market] = (-duals[*row] * per_wei).max(0.0);
            cap_prices[pool.market] = pool.cap.map_or(0.0, |row| multiplier(row) * per_wei);
        }
        let offers = self.setup.offers;
        let mut capacity_prices = vec![[0.0; ResourceClass::COUNT]; offers.len()];
        let mut bond_prices = vec![0.0; offers.len()];
        for (offer, class, row) in &places.capacities {
            let room = offers[*offer].capacity.get(*class) as f64;
            capacity_prices[*offer][class.index()] = multiplier(*row) * self.money / room;
        }
        for (offer, row) in &places.bonds {
            bond_prices[*offer] = multiplier(*row) * self.money / offers[*offer].free_limit as f64;
        }
        let read = |first: usize, count: usize| variables[first..first + count].to_vec();
        let parts = self.blocks.iter().zip(&self.candidates).map(|(block, first)| read(*first, block.candidates.len()));
        let tokens = self.blocks.iter().zip(&self.tokens).map(|(block, sets)| {
            let of_set = |(set, first): (&Pools, &[usize; ResourceClass::COUNT])| {
                let mut tokens: [Vec<f64>; ResourceClass::COUNT] = Default::default();
                for (class, _) in block.classes() {
                    let class = class.index();
                    tokens[class] = read(first[class], set[class].len());
                }
                tokens
            };
            block.sets.iter().zip(sets).map(of_set).collect()
        });
        Solution {
            parts: parts.collect(),
            tokens: tokens.collect(),
            part: variables[self.part()],
            cost,
            prices,
            cap_prices,
            capacity_prices,
            bond_prices,
            budget_price: places.budget.map_or(0.0, |row| multiplier(row) / self.money),
        }
    }
}

/// Where rows stand that have a multiplier of interest.
#[derive(Default)]
struct Places {
    /// How many rows come before the inequalities.
    within: usize,
    /// Per pool of the program, among the equalities.
    links: Vec<usize>,
    capacities: Vec<(usize, ResourceClass, usize)>,
    bonds: Vec<(usize, usize)>,
    budget: Option<usize>,
}

/// What a block is worth at most when its tokens come from these pools, credit-wei: what a bond has to answer for.
pub(crate) fn worth(setup: &Setup, block: &Block, pools: &Pools) -> f64 {
    block.classes().map(|(class, need)| need as f64 * setup.dearest(pools, class, need)).sum()
}

/// Settings for steps of this part of the way to the edge.
fn settings(max_step_fraction: f64) -> DefaultSettings<f64> {
    DefaultSettings {
        verbose: false,
        max_step_fraction,
        tol_gap_abs: TOLERANCE,
        tol_gap_rel: TOLERANCE,
        tol_feas: TOLERANCE,
        reduced_tol_gap_abs: ACCEPTED,
        reduced_tol_gap_rel: ACCEPTED,
        reduced_tol_feas: ACCEPTED,
        ..Default::default()
    }
}
