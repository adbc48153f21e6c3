//! Clearing of a batch: many orders, one price, one trade with the pool (docs/market.md, "Batches").
//!
//! Orders of both sides meet each other first; only what is left over is traded with the pool, once. The price is the average
//! of that one trade, its fee inside, so the pool gets for the net amount exactly what it would ask of a single trader, and
//! matched volume is worth what the rest really costs. Where nothing is left over it is the marginal price.
//!
//! # Which orders are filled
//! At a price p the orders that accept it ask for a net amount n(p), which falls as p rises; the pool's average price F(n)
//! rises with n. They meet once. If they meet between two limits, every order that accepts the price is filled; if they
//! meet at a limit, the orders with just this limit are filled pro rata, as far as the pool trades at that price.
//!
//! # Rounding
//! Buyers pay ceiled, sellers receive floored; what that leaves is the pool's ([`Clearing::dust`]). Fills are exact: the
//! net of all fills is the trade with the pool.

use crate::{
    pool::Pool,
    types::{HmmError, Side, Trade, PRICE_ONE},
    wide::{div_ceil, div_floor, mul, mul_div_floor, narrow},
};
use alloc::vec::Vec;
use core::cmp::Ordering;

/// An order of a batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BatchOrder {
    /// Which way.
    pub side: Side,
    /// Compute to buy or sell, wei; positive.
    pub psi: u128,
    /// Credits for all of it, wei: at most (buy) or at least (sell). A part is filled at no worse a price, but for the
    /// rounding of one wei.
    pub theta: u128,
}

/// What an order got.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Fill {
    /// Compute bought or sold, wei.
    pub psi: u128,
    /// Credits paid or received for it, wei.
    pub theta: u128,
}

/// A cleared batch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Clearing {
    /// Credits per unit of compute, [`PRICE_ONE`] fixed point, floored; 0 if nothing was filled.
    pub price: u128,
    /// The trade with the pool, and its side; none if the orders met each other.
    pub trade: Option<(Side, Trade)>,
    /// What rounding left, credit-wei: the pool's.
    pub dust: u128,
    /// One for each order, in their order.
    pub fills: Vec<Fill>,
}

/// Credits per compute as an exact fraction.
#[derive(Clone, Copy, Debug)]
struct Price {
    theta: u128,
    psi: u128,
}

impl Price {
    fn fixed(price: u128) -> Self {
        Self { theta: price, psi: PRICE_ONE }
    }

    fn compare(&self, other: &Self) -> Result<Ordering, HmmError> {
        Ok(mul(self.theta, other.psi)?.cmp(&mul(other.theta, self.psi)?))
    }

    fn floor_of(&self, psi: u128) -> Result<u128, HmmError> {
        narrow(div_floor(mul(psi, self.theta)?, self.psi.into())?)
    }

    fn ceil_of(&self, psi: u128) -> Result<u128, HmmError> {
        narrow(div_ceil(mul(psi, self.theta)?, self.psi.into())?)
    }
}

/// Clears `orders` against `pool`.
///
/// * `band`: least and highest price, [`PRICE_ONE`] fixed point; no order is filled outside.
/// * `admits`: whether the pool's owner lets a trade happen. If it admits one, it must admit every smaller one.
///
/// Takes at most 2·⌈log₂ orders⌉ + 130 quotes of the pool. Errors: [`HmmError::ZeroAmount`] for an order of nothing,
/// [`HmmError::EmptyPool`], [`HmmError::Overflow`]; an amount that the pool cannot trade is no error, but is not filled.
pub fn clear(
    pool: &Pool,
    orders: &[BatchOrder],
    band: (u128, u128),
    admits: &dyn Fn(&Trade) -> bool,
) -> Result<Clearing, HmmError> {
    let book = Book::new(pool, orders, band, admits)?;
    let meeting = book.meet()?;
    book.fill(meeting)
}

/// An order with the limit that counts: its own, within the band.
#[derive(Clone, Copy)]
struct Limited {
    order: BatchOrder,
    limit: Price,
    /// Whether its own limit lies on the wrong side of the band.
    is_out: bool,
}

struct Book<'a> {
    pool: &'a Pool,
    orders: Vec<Limited>,
    /// All limits, rising, each once.
    limits: Vec<Price>,
    band: (Price, Price),
    admits: &'a dyn Fn(&Trade) -> bool,
}

/// Which orders are filled, and how far.
#[derive(Clone, Copy)]
enum Meeting {
    /// At a price below or at a limit, or above all of them (none): who buys at it or above, and who sells below it, all
    /// of it.
    Below { limit: Option<Price>, price: Price },
    /// At a limit: who buys above and sells below it all of it, those at just this limit as far as it takes for the pool
    /// to trade this net amount.
    At { limit: Price, net: i128 },
}

impl<'a> Book<'a> {
    fn new(
        pool: &'a Pool,
        orders: &[BatchOrder],
        (low, high): (u128, u128),
        admits: &'a dyn Fn(&Trade) -> bool,
    ) -> Result<Self, HmmError> {
        let (low, high) = (Price::fixed(low), Price::fixed(high));
        let mut limited = Vec::with_capacity(orders.len());
        for order in orders {
            if order.psi == 0 {
                return Err(HmmError::ZeroAmount);
            }
            let own = Price { theta: order.theta, psi: order.psi };
            let (is_below, is_above) = (own.compare(&low)?.is_lt(), own.compare(&high)?.is_gt());
            let is_out = match order.side {
                Side::Buy => is_below,
                Side::Sell => is_above,
            };
            let limit = match (is_below, is_above) {
                (true, _) => low,
                (_, true) => high,
                _ => own,
            };
            limited.push(Limited { order: *order, limit, is_out });
        }
        let mut limits: Vec<Price> = Vec::with_capacity(limited.len());
        for one in limited.iter().filter(|one| !one.is_out) {
            let place = search(&limits, |limit| Ok(limit.compare(&one.limit)?.is_lt()))?;
            let is_known = match limits.get(place) {
                Some(found) => found.compare(&one.limit)?.is_eq(),
                None => false,
            };
            if !is_known {
                limits.insert(place, one.limit);
            }
        }
        Ok(Self { pool, orders: limited, limits, band: (low, high), admits })
    }

    /// Where demand, supply and the pool meet.
    fn meet(&self) -> Result<Meeting, HmmError> {
        // The first limit at which the pool would serve, at no more than it, all who would pay it.
        let end = search(&self.limits, |limit| Ok(self.average(self.net(Some(limit), true)?, limit)?.is_gt()))?;
        if let Some(limit) = end.checked_sub(1).and_then(|last| self.limits.get(last)) {
            // Just above it some are gone; if the pool would serve the others for no more, this limit is the price.
            if !self.average(self.net(Some(limit), false)?, limit)?.is_gt() {
                return Ok(Meeting::At { limit: *limit, net: self.tradable(limit)? });
            }
        }
        let limit = self.limits.get(end).copied();
        let price = match (self.trade(self.net(limit.as_ref(), true)?)?, limit) {
            (Some((_, trade)), _) => Price { theta: trade.theta, psi: trade.psi },
            (None, limit) => {
                let marginal = Price::fixed(self.pool.price()?);
                match limit {
                    Some(limit) if marginal.compare(&limit)?.is_gt() => limit,
                    _ => marginal,
                }
            }
        };
        Ok(Meeting::Below { limit, price })
    }

    /// Net amount asked for at a limit: with those who buy at just this limit and without those who sell at it, or the other
    /// way round.
    fn net(&self, at: Option<&Price>, is_high: bool) -> Result<i128, HmmError> {
        self.valid().try_fold(0i128, |net, one| {
            let is_in = match (one.order.side, one.stands(at)?) {
                (_, Ordering::Equal) => is_high == (one.order.side == Side::Buy),
                (Side::Buy, place) => place.is_gt(),
                (Side::Sell, place) => place.is_lt(),
            };
            net.checked_add(if is_in { one.signed()? } else { 0 }).ok_or(HmmError::Overflow)
        })
    }

    fn valid(&self) -> impl Iterator<Item = &Limited> {
        self.orders.iter().filter(|one| !one.is_out)
    }

    /// The pool's trade of a net amount; none if that is nothing, or not to be traded.
    fn trade(&self, net: i128) -> Result<Option<(Side, Trade)>, HmmError> {
        let amount = net.unsigned_abs();
        let (side, trade) = match net.cmp(&0) {
            Ordering::Equal => return Ok(None),
            Ordering::Greater => (Side::Buy, self.pool.buy_exact_out(amount)),
            Ordering::Less => (Side::Sell, self.pool.sell(amount)),
        };
        match trade {
            Ok(trade) if (self.admits)(&trade) => Ok(Some((side, trade))),
            Ok(_) => Ok(None),
            Err(HmmError::PoolExhausted | HmmError::ReserveTooLarge | HmmError::ZeroOutput) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// How the pool's average price of a net amount compares with another.
    fn average(&self, net: i128, price: &Price) -> Result<Ordering, HmmError> {
        let trade = self.trade(net)?.map(|(_, trade)| Price { theta: trade.theta, psi: trade.psi });
        match (net.cmp(&0), trade) {
            (_, Some(average)) => average.compare(price),
            // What is not to be had is too dear, what is not wanted too cheap.
            (Ordering::Greater, None) => Ok(Ordering::Greater),
            (Ordering::Less, None) => Ok(Ordering::Less),
            (Ordering::Equal, None) => self.spread(price),
        }
    }

    /// The same for nothing at all: any price at which nobody would trade with the pool is its price.
    fn spread(&self, price: &Price) -> Result<Ordering, HmmError> {
        let marginal = self.pool.price()?;
        let mean = self.pool.mean.unwrap_or(marginal);
        let (low, high) = (marginal.min(mean), marginal.max(mean));
        // Price and fee are rounded: the spread is taken too narrow rather than too wide, as what seems to lie beyond it is
        // looked at closely.
        let fee = self.pool.fees.market_fee(low)?;
        let bid = low.checked_add(2).and_then(|price| price.checked_sub(fee)).ok_or(HmmError::Overflow)?;
        let fee = self.pool.fees.market_fee(high)?;
        let ask = high.checked_add(fee).ok_or(HmmError::Overflow)?.saturating_sub(1);
        let (bid, ask) = (Price::fixed(bid), Price::fixed(ask));
        Ok(match (bid.compare(price)?, ask.compare(price)?) {
            (Ordering::Greater, _) => Ordering::Greater,
            (_, Ordering::Less) => Ordering::Less,
            _ => Ordering::Equal,
        })
    }

    /// The net amount, of those that orders at just this limit leave open, that the pool trades at it on average.
    fn tradable(&self, limit: &Price) -> Result<i128, HmmError> {
        let (least, most) = (self.net(Some(limit), false)?, self.net(Some(limit), true)?);
        // All of it at just this price, which the marginal price, being floored, may stand below.
        for net in [least, most] {
            if net != 0 && self.average(net, limit)?.is_eq() {
                return Ok(net);
            }
        }
        match self.spread(limit)? {
            Ordering::Equal => Ok(0.clamp(least, most)),
            // Dearer than the pool: the most it sells for no more.
            Ordering::Less => bisect(least.max(0), most, |net| Ok(self.average(net, limit)?.is_gt())),
            // Cheaper: the most it buys for no less.
            Ordering::Greater => {
                let bought =
                    |amount: i128| Ok(self.average(amount.checked_neg().ok_or(HmmError::Overflow)?, limit)?.is_lt());
                let (least, most) = (most.min(0).checked_neg(), least.checked_neg());
                let amount = bisect(least.ok_or(HmmError::Overflow)?, most.ok_or(HmmError::Overflow)?, bought)?;
                amount.checked_neg().ok_or(HmmError::Overflow)
            }
        }
    }

    /// Fills the orders, at a price in the band only. If rounding left the pool short, nothing is filled.
    fn fill(&self, meeting: Meeting) -> Result<Clearing, HmmError> {
        let (price, at, mut rest) = match meeting {
            Meeting::Below { limit, price } => (price, limit, None),
            Meeting::At { limit, net } => (limit, Some(limit), Some(self.rest(&limit, net)?)),
        };
        let (low, high) = self.band;
        if price.compare(&low)?.is_lt() || price.compare(&high)?.is_gt() {
            return Ok(self.nothing());
        }
        let mut clearing = self.nothing();
        let (mut net, mut paid, mut received) = (0i128, 0u128, 0u128);
        for (one, fill) in self.orders.iter().zip(&mut clearing.fills).filter(|(one, _)| !one.is_out) {
            let order = one.order;
            let part = match (order.side, one.stands(at.as_ref())?, &mut rest) {
                (Side::Buy, Ordering::Equal, Some((buys, _))) => buys.of(order.psi)?,
                (Side::Sell, Ordering::Equal, Some((_, sells))) => sells.of(order.psi)?,
                (Side::Buy, Ordering::Less, _) | (Side::Sell, Ordering::Greater | Ordering::Equal, _) => 0,
                _ => order.psi,
            };
            let signed = i128::try_from(part).map_err(|_| HmmError::Overflow)?;
            *fill = match order.side {
                Side::Buy => {
                    net = net.checked_add(signed).ok_or(HmmError::Overflow)?;
                    Fill { psi: part, theta: price.ceil_of(part)? }
                }
                Side::Sell => {
                    net = net.checked_sub(signed).ok_or(HmmError::Overflow)?;
                    Fill { psi: part, theta: price.floor_of(part)? }
                }
            };
            let sum = if order.side == Side::Buy { &mut paid } else { &mut received };
            *sum = sum.checked_add(fill.theta).ok_or(HmmError::Overflow)?;
        }
        clearing.trade = self.trade(net)?;
        let (to_pool, from_pool) = match (net.cmp(&0), &clearing.trade) {
            (Ordering::Equal, _) => (0, 0),
            (_, Some((Side::Buy, trade))) => (trade.theta, 0),
            (_, Some((Side::Sell, trade))) => (0, trade.theta),
            (_, None) => return Ok(self.nothing()),
        };
        let coming = paid.checked_add(from_pool).ok_or(HmmError::Overflow)?;
        let going = received.checked_add(to_pool).ok_or(HmmError::Overflow)?;
        let Some(dust) = coming.checked_sub(going) else { return Ok(self.nothing()) };
        clearing.dust = dust;
        if clearing.fills.iter().any(|fill| fill.psi > 0) {
            clearing.price = price.floor_of(PRICE_ONE)?;
        }
        Ok(clearing)
    }

    /// What is bought and what is sold of the orders at just a limit: as much of both as leaves this net amount in all.
    fn rest(&self, limit: &Price, net: i128) -> Result<(Share, Share), HmmError> {
        let (mut around, mut buys, mut sells) = (0i128, 0u128, 0u128);
        for one in self.valid() {
            match (one.order.side, one.stands(Some(limit))?) {
                (Side::Buy, Ordering::Equal) => buys = buys.checked_add(one.order.psi).ok_or(HmmError::Overflow)?,
                (Side::Sell, Ordering::Equal) => sells = sells.checked_add(one.order.psi).ok_or(HmmError::Overflow)?,
                (Side::Buy, Ordering::Greater) | (Side::Sell, Ordering::Less) => {
                    around = around.checked_add(one.signed()?).ok_or(HmmError::Overflow)?;
                }
                _ => {}
            }
        }
        let open = net.checked_sub(around).ok_or(HmmError::Overflow)?;
        let excess = open.unsigned_abs();
        let (bought, sold) = if open >= 0 {
            let sold = sells.min(buys.saturating_sub(excess));
            (sold.checked_add(excess).ok_or(HmmError::Overflow)?, sold)
        } else {
            let bought = buys.min(sells.saturating_sub(excess));
            (bought, bought.checked_add(excess).ok_or(HmmError::Overflow)?)
        };
        Ok((Share::new(bought.min(buys), buys), Share::new(sold.min(sells), sells)))
    }

    fn nothing(&self) -> Clearing {
        Clearing { price: 0, trade: None, dust: 0, fills: alloc::vec![Fill::default(); self.orders.len()] }
    }
}

impl Limited {
    /// How its limit compares with a price; below where there is none.
    fn stands(&self, at: Option<&Price>) -> Result<Ordering, HmmError> {
        at.map_or(Ok(Ordering::Less), |at| self.limit.compare(at))
    }

    /// What it adds to the net amount.
    fn signed(&self) -> Result<i128, HmmError> {
        let amount = i128::try_from(self.order.psi).map_err(|_| HmmError::Overflow)?;
        match self.order.side {
            Side::Buy => Ok(amount),
            Side::Sell => amount.checked_neg().ok_or(HmmError::Overflow),
        }
    }
}

/// Hands an amount out in proportion, exactly: the parts of all add up to it.
struct Share {
    part: u128,
    whole: u128,
    /// Of the whole, what had its turn.
    passed: u128,
    /// What was handed out for it.
    given: u128,
}

impl Share {
    fn new(part: u128, whole: u128) -> Self {
        Self { part, whole, passed: 0, given: 0 }
    }

    /// The part of the next `amount` of the whole.
    fn of(&mut self, amount: u128) -> Result<u128, HmmError> {
        self.passed = self.passed.checked_add(amount).ok_or(HmmError::Overflow)?;
        let due = mul_div_floor(self.part, self.passed, self.whole)?;
        let next = due.checked_sub(self.given).ok_or(HmmError::Overflow)?;
        self.given = due;
        Ok(next)
    }
}

/// Number of the first item that is not before; those before come first.
fn search(items: &[Price], mut is_before: impl FnMut(&Price) -> Result<bool, HmmError>) -> Result<usize, HmmError> {
    let (mut low, mut high) = (0usize, items.len());
    while low < high {
        let middle = low.midpoint(high);
        match items.get(middle) {
            Some(item) if is_before(item)? => low = middle.saturating_add(1),
            _ => high = middle,
        }
    }
    Ok(low)
}

/// The largest number from `low` to `high` that is not beyond, where all above one that is are; `low` if all are.
fn bisect(mut low: i128, mut high: i128, is_beyond: impl Fn(i128) -> Result<bool, HmmError>) -> Result<i128, HmmError> {
    if !is_beyond(high)? {
        return Ok(high.max(low));
    }
    while high.saturating_sub(low) > 1 {
        let middle = low.midpoint(high);
        if is_beyond(middle)? {
            high = middle;
        } else {
            low = middle;
        }
    }
    Ok(low)
}
