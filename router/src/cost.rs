//! The cost of buying from one pool as a convex program takes it, on doubles.
//!
//! With Ψ counted in credits at p̄, buying y for x keeps the pool on its curve when `K(Ψ−y, Θ+x) ≥ K(Ψ,Θ)`. Written with the
//! slippage `e = x − p·y` over the marginal price `p = (Θ+εΨ)/(Ψ+εΘ)`, this is
//!
//! ```text
//! e·(A − (1−εp)·y + (ε/2)·e) ≥ q·y²        A = Ψ+εΘ,   q = p − (ε/2)(1+p²) = (1−ε²)·K/(2A²) > 0
//! ```
//! a product of two affine terms over a square: a rotated second-order cone. Unlike the cone in Ψ and Θ themselves it holds no
//! large numbers that cancel, so a purchase of a millionth of a reserve has as many digits as one of a half.
//!
//! The mean price m of the pool asks for `e ≥ (m − p)·y` besides: a half-space.
//!
//! # Fees
//! What is paid is `G = c/(1−f)` with `c = p·y + e`. The part of the rate that does not depend on y is a factor, `1/s₀`. The
//! rest, `ρ = c·(1/(1−f) − 1/s₀)`, is a product of two convex functions that never fall and are never negative, hence
//! convex. It is small, and described from below by its tangents: [`Cost::risk`] tells value and slope.

use hanzo_hmm::{
    find_route,
    route::{RouteError, Source},
    PPB, PRICE_ONE,
};

/// One pool's cost, with amounts in wei as doubles.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cost {
    /// The most to buy in a program, wei.
    pub(crate) most: u128,
    /// p̄, credits per unit of compute.
    scale: f64,
    epsilon: f64,
    /// Ψ in credits and Θ, wei.
    psi: f64,
    theta: f64,
    /// A, wei.
    depth: f64,
    /// p, relative to p̄.
    price: f64,
    /// q.
    bend: f64,
    /// s₀: what is left after the fee of a first unit.
    kept: f64,
    /// Mean price that a purchase pays at least before fees, credit-wei per wei; 0 for none.
    mean: f64,
    /// λ_r/Ψ_ref per wei of compute, and the purchase from which on it counts, wei.
    risk_slope: f64,
    risk_from: f64,
}

/// The cone of a pool in units of a purchase: `ê·(1 − fall·ŷ + lift·ê) ≥ ŷ²`, and `linear·ŷ + square·ê` credit-wei to pay.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cone {
    pub(crate) fall: f64,
    pub(crate) lift: f64,
    pub(crate) linear: f64,
    pub(crate) square: f64,
}

impl Cost {
    /// The cost of a source. `most` ends where cap, floor or pool end, and where the fee would reach its cap: beyond, the cost
    /// has a bend the wrong way. The default fees do not reach it.
    pub(crate) fn new(source: &Source) -> Result<Self, RouteError> {
        let available = match find_route(core::slice::from_ref(source), u128::MAX) {
            Err(RouteError::NotEnoughCompute { available, .. }) => available,
            Ok(_) => u128::MAX,
            Err(error) => return Err(error),
        };
        let pool = &source.pool;
        let scale = pool.curve.theta_scale as f64 / pool.curve.psi_scale as f64;
        let epsilon = part(pool.curve.epsilon_ppb);
        let (psi, theta) = (pool.reserves.psi as f64 * scale, pool.reserves.theta as f64);
        let depth = psi + epsilon * theta;
        let price = (theta + epsilon * psi) / depth;
        let reference = pool.reference.psi.max(1) as f64;
        let below = pool.reference.psi.saturating_sub(pool.reserves.psi) as f64;
        let risk = part(pool.fees.risk_ppb);
        let cap = part(pool.fees.cap_ppb);
        let flat = (part(pool.fees.market_ppb) + 2.0 * risk * below / reference).min(cap);
        let risk_from = pool.reserves.psi.saturating_sub(pool.reference.psi) as f64;
        let risk_slope = risk / reference;
        let room = if risk_slope > 0.0 { risk_from + (cap - flat) / risk_slope } else { f64::INFINITY };
        Ok(Self {
            // A cast to an integer saturates.
            most: available.min(room as u128),
            scale,
            epsilon,
            psi,
            theta,
            depth,
            price,
            bend: price - epsilon / 2.0 * (1.0 + price * price),
            kept: 1.0 - flat,
            mean: pool.mean.map_or(0.0, |mean| mean as f64 / PRICE_ONE as f64),
            risk_slope,
            risk_from,
        })
    }

    /// The cone for purchases in units of `unit` wei.
    pub(crate) fn cone(&self, unit: f64) -> Cone {
        let unit = unit * self.scale;
        let step = self.bend * unit * unit / self.depth;
        Cone {
            fall: (1.0 - self.epsilon * self.price) * unit / self.depth,
            lift: self.epsilon / 2.0 * step / self.depth,
            linear: self.price * unit / self.kept,
            square: step / self.kept,
        }
    }

    /// What a purchase of `unit` wei at the mean price pays at least, the flat part of the fee inside, credit-wei.
    pub(crate) fn at_mean(&self, unit: f64) -> f64 {
        self.mean * unit / self.kept
    }

    /// ρ and its slope where `psi` wei have been bought: credit-wei, and per wei. At the point from which on the risk fee
    /// grows the slope is that to the right.
    pub(crate) fn risk(&self, psi: f64) -> (f64, f64) {
        let beyond = psi - self.risk_from;
        if self.risk_slope == 0.0 || beyond < 0.0 {
            return (0.0, 0.0);
        }
        let (paid, price) = self.curve(psi);
        let taken = self.risk_slope * beyond;
        let left = self.kept - taken;
        (paid * taken / (left * self.kept), price * taken / (left * self.kept) + paid * self.risk_slope / (left * left))
    }

    /// Where the risk fee begins to grow, wei bought; `None` where it never does.
    pub(crate) fn risk_from(&self) -> Option<f64> {
        (self.risk_slope > 0.0).then_some(self.risk_from)
    }

    /// Cost and marginal price, fees included, where `psi` wei have been bought: credit-wei, and per wei.
    pub(crate) fn paid(&self, psi: f64) -> (f64, f64) {
        let ((paid, price), (risk, slope)) = (self.curve(psi), self.risk(psi));
        (paid / self.kept + risk, price / self.kept + slope)
    }

    /// c and its slope, without fees.
    fn curve(&self, psi: f64) -> (f64, f64) {
        let y = psi * self.scale;
        let room = self.depth - (1.0 - self.epsilon * self.price) * y;
        let square = self.bend * y * y;
        let slippage = 2.0 * square / (room + (room * room + 2.0 * self.epsilon * square).sqrt());
        let paid = self.price * y + slippage;
        if paid < self.mean * psi {
            return (self.mean * psi, self.mean);
        }
        let (left, held) = (self.psi - y, self.theta + paid);
        (paid, (held + self.epsilon * left) / (left + self.epsilon * held) * self.scale)
    }
}

/// Parts per billion as a fraction.
fn part(ppb: u32) -> f64 {
    f64::from(ppb) / f64::from(PPB)
}

#[cfg(test)]
mod tests {
    use super::*;
    use hanzo_hmm::{Curve, FeeParameters, Pool, Reserves};

    const UNIT: u128 = 1_000_000_000_000_000_000;

    fn source(epsilon_ppb: u32, moved: u128, mean: Option<u128>) -> Source {
        let curve = Curve { epsilon_ppb, theta_scale: 2 * UNIT, psi_scale: 3 * UNIT };
        let reserves = Reserves { psi: 1_000 * UNIT, theta: 900 * UNIT };
        let reference = Reserves { psi: moved * UNIT, theta: 900 * UNIT };
        Source {
            pool: Pool { curve, fees: FeeParameters::DEFAULT, reserves, reference, mean },
            cap: None,
            floor: 10 * UNIT,
        }
    }

    #[test]
    fn cost_should_be_that_of_the_pool_when_little_or_much_is_bought() {
        for epsilon in [0, 50_000_000, 500_000_000, 999_000_000] {
            for moved in [900, 1_000, 1_200] {
                for mean in [None, Some(PRICE_ONE * 7 / 10)] {
                    let source = source(epsilon, moved, mean);
                    let cost = Cost::new(&source).unwrap();
                    for psi in [UNIT / 1_000_000, UNIT, 99 * UNIT, 101 * UNIT, 400 * UNIT] {
                        let Ok(trade) = source.pool.buy_exact_out(psi) else { continue };
                        let (paid, exact) = (cost.paid(psi as f64).0, trade.theta as f64);
                        assert!((paid / exact - 1.0).abs() < 1e-11, "{epsilon} {moved} {psi}: {paid} {exact}");
                    }
                }
            }
        }
    }

    #[test]
    fn slope_should_be_that_of_the_cost_when_measured() {
        let cost = Cost::new(&source(50_000_000, 950, None)).unwrap();
        for psi in [30e18, 70e18, 300e18] {
            let step = 1e14;
            let measured = (cost.paid(psi + step).0 - cost.paid(psi - step).0) / (2.0 * step);
            assert!((cost.paid(psi).1 / measured - 1.0).abs() < 1e-8);
            let measured = (cost.risk(psi + step).0 - cost.risk(psi - step).0) / (2.0 * step);
            assert!((cost.risk(psi).1 - measured).abs() < 1e-8);
        }
    }

    #[test]
    fn cone_should_be_tight_where_the_pool_is() {
        for epsilon in [0, 50_000_000, 999_000_000] {
            let cost = Cost::new(&source(epsilon, 1_000, None)).unwrap();
            let unit = 100e18;
            let cone = cost.cone(unit);
            for y in [1e-6, 0.1, 1.0, 3.0] {
                let paid = cost.paid(y * unit).0 - cost.risk(y * unit).0;
                let excess = (paid - cone.linear * y) / cone.square;
                let gap = excess * (1.0 - cone.fall * y + cone.lift * excess) / (y * y) - 1.0;
                assert!(gap.abs() < 1e-5, "{epsilon} {y}: {gap}");
            }
        }
    }

    #[test]
    fn most_should_end_where_the_fee_meets_its_cap() {
        let mut source = source(0, 1_000, None);
        source.pool.fees.risk_ppb = 900_000_000;
        let cost = Cost::new(&source).unwrap();
        // 25 % less 0.3 % over 0.9 of the reserve.
        assert!((cost.most as f64 / 274.444e18 - 1.0).abs() < 1e-4, "{}", cost.most);
        assert_eq!(Cost::new(&Source { cap: Some(5), ..source }).unwrap().most, 5);
        assert_eq!(Cost::new(&Source { cap: Some(0), ..source }).unwrap().most, 0);
    }
}
