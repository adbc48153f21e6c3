//! From the events of a job to the lines of its report.

use super::{Credits, PoolLine, PoolState, Purchase, Sales, TokenLine, TradeLine};
use crate::client::events::{Part, Payout, PerClass, Submitted, Traded};
use crate::client::record::{Ending, Record};
use hanzo_poai::ResourceClass;
use hanzo_traits::api::{FeeView, PoolView};
use hanzo_traits::{Amount, Tier};

pub(super) fn status(record: &Record) -> (String, Option<String>) {
    let (status, reason) = match &record.ending {
        Some((_, Ending::Settled { .. })) => ("Settled", None),
        Some((_, Ending::Refunded(event))) => ("Refunded", Some(format!("{:?}", event.reason))),
        Some((_, Ending::Failed(event))) => ("Slashed", Some(format!("{:?}", event.reason))),
        None if record.attested.is_some() => ("Attested", None),
        None if record.accepted.is_some() => ("Accepted", None),
        None if record.assigned.is_some() => ("Assigned", None),
        None => ("Submitted", None),
    };
    (status.into(), reason)
}

/// Sales for the worker and for the client.
pub(super) fn sales(record: &Record) -> (Vec<Traded>, Vec<Traded>) {
    match &record.ending {
        Some((_, Ending::Settled { for_worker, for_client, .. })) => (for_worker.clone(), for_client.clone()),
        _ => Default::default(),
    }
}

/// Sum over trades. Amounts of a chain with less than 2¹²⁸ wei in existence cannot overflow it.
fn sum<'a>(trades: impl IntoIterator<Item = &'a Traded>, part: fn(&Traded) -> u128) -> u128 {
    trades.into_iter().map(part).fold(0, u128::saturating_add)
}

pub(super) fn credits(record: &Record, (worker, client): &(Vec<Traded>, Vec<Traded>)) -> Credits {
    let lp = |t: &Traded| t.fee.lp;
    let treasury = |t: &Traded| t.fee.treasury;
    let burned = |t: &Traded| t.fee.burned;
    let (bought, sold) = (&record.purchases, || worker.iter().chain(client));
    let kept_from_pools = sum(bought, treasury).saturating_add(sum(bought, burned));
    let purchase = Purchase {
        paid: record.submitted.paid.into(),
        to_pools: record.submitted.paid.saturating_sub(kept_from_pools).into(),
        lp: sum(bought, lp).into(),
        treasury: sum(bought, treasury).into(),
        burned: sum(bought, burned).into(),
    };
    let (to_worker, to_client) = (sum(worker, |t| t.theta), sum(client, |t| t.theta));
    let sales = Sales {
        from_pools: sum(sold(), |t| t.theta.saturating_add(t.fee.treasury).saturating_add(t.fee.burned)).into(),
        to_worker: to_worker.into(),
        to_client: to_client.into(),
        lp: sum(sold(), lp).into(),
        treasury: sum(sold(), treasury).into(),
        burned: sum(sold(), burned).into(),
    };
    let (penalty, compensation) = match &record.ending {
        Some((_, Ending::Refunded(event))) => (event.burned, 0),
        Some((_, Ending::Failed(event))) => (0, event.compensation),
        _ => (0, 0),
    };
    let both = |a: Amount, b: Amount| Amount(a.0.saturating_add(b.0));
    Credits {
        to_worker: sales.to_worker,
        to_lps: both(purchase.lp, sales.lp),
        to_treasury: both(purchase.treasury, sales.treasury),
        burned: both(both(purchase.burned, sales.burned), penalty.into()),
        refunded: sales.to_client,
        held: record.submitted.fee.into(),
        audit_fee: record.attested.as_ref().map_or(0, |_| record.submitted.audit_fee).into(),
        penalty: penalty.into(),
        compensation: compensation.into(),
        transaction_fee: record.transaction_fee.into(),
        purchase,
        sales,
    }
}

pub(super) fn tokens(record: &Record) -> Vec<TokenLine> {
    let nothing = || PerClass([0; ResourceClass::COUNT]);
    let none = || Payout { due: nothing(), parts: Vec::new(), sold: nothing(), credits: 0 };
    let Submitted { tier, parts, held, bought, .. } = &record.submitted;
    let back = |due: &PerClass| Payout { due: due.clone(), parts: parts.clone(), ..none() };
    let (earned, returned) = match &record.ending {
        Some((_, Ending::Settled { event, .. })) => (event.earned.clone(), event.returned.clone()),
        Some((_, Ending::Refunded(event))) => (none(), back(&event.returned)),
        Some((_, Ending::Failed(event))) => (none(), back(&event.returned)),
        None => (none(), none()),
    };
    let (for_worker, for_client) = sales(record);
    let tiers: Vec<Tier> = std::iter::once(*tier).chain(parts.iter().map(|part| part.tier)).collect();
    let pools = ResourceClass::ALL.into_iter().flat_map(|class| tiers.iter().map(move |tier| (class, *tier)));
    let lines = pools.map(|(class, of_tier)| {
        let whole = |amounts: &PerClass| amounts.0.get(class.index()).copied().unwrap_or_default();
        let part = |parts: &[Part]| {
            let others = parts.iter().filter(|part| of_tier == *tier || part.tier == of_tier);
            others.map(|part| whole(&part.resources)).fold(0, u128::saturating_add)
        };
        // What the parts leave of the whole is of the job's own tier.
        let of = |amounts: u128, parts: &[Part]| match of_tier == *tier {
            true => amounts.saturating_sub(part(parts)),
            false => part(parts),
        };
        let traded = |trades: &[Traded]| {
            let here = trades
                .iter()
                .filter(|trade| trade.pool.tier == of_tier && ResourceClass::from(&trade.pool.class) == class);
            Amount(sum(here, |trade| trade.psi))
        };
        let escrow = of(whole(held).saturating_add(whole(bought)), parts);
        let bought = traded(&record.purchases);
        TokenLine {
            class,
            tier: of_tier,
            held: Amount(escrow.saturating_sub(bought.0)),
            bought,
            escrow: Amount(escrow),
            earned: Amount(of(whole(&earned.due), &earned.parts)),
            earned_sold: traded(&for_worker),
            returned: Amount(of(whole(&returned.due), &returned.parts)),
            returned_sold: traded(&for_client),
        }
    });
    lines.filter(|line| line.escrow.0 > 0).collect()
}

pub(super) fn line(trade: &Traded) -> TradeLine {
    let fee = &trade.fee;
    TradeLine {
        class: (&trade.pool.class).into(),
        tier: trade.pool.tier,
        trader: trade.trader.to_string(),
        psi: trade.psi.into(),
        theta: trade.theta.into(),
        fee: FeeView {
            total: fee.total.into(),
            market: fee.market.into(),
            risk: fee.risk.into(),
            mean: fee.mean.into(),
            burned: fee.burned.into(),
            treasury: fee.treasury.into(),
            lp: fee.lp.into(),
        },
        price_before: trade.price_before.into(),
        price_after: trade.price_after.into(),
    }
}

pub(super) fn pool(class: ResourceClass, tier: Tier, pools: &[Vec<PoolView>; 3]) -> PoolLine {
    let state = |pools: &[PoolView]| {
        let pool = pools.iter().find(|pool| pool.id.class == class && pool.id.tier == tier)?;
        let (kappa, price) = (pool.kappa.clone(), pool.price);
        let PoolView { psi, theta, shares, pending_lp_fee, .. } = *pool;
        Some(PoolState { psi, theta, kappa, shares, pending_lp_fee, price })
    };
    let [before, submitted, after] = pools;
    PoolLine { class, tier, before: state(before), submitted: state(submitted), after: state(after) }
}
