//! Whether a report adds up to the wei. What it finds is part of the report, so that nobody has to trust the sums.

use super::{Report, TradeLine};
use crate::client::record::{Ending, Record};

/// Everything that does not add up, with both numbers.
pub(super) fn discrepancies(record: &Record, report: &Report) -> Vec<String> {
    let mut found = Vec::new();
    let mut same = |what: &str, left: u128, right: u128| {
        if left != right {
            found.push(format!("{what}: {left} differs from {right}"));
        }
    };
    let theta = |lines: &[TradeLine]| lines.iter().map(|line| line.theta.0).fold(0, u128::saturating_add);
    let (bought, sales) = (&report.credits.purchase, &report.credits.sales);
    same("credits paid, and the purchases", bought.paid.0, theta(&report.purchases));
    same(
        "credits paid, and where they went",
        bought.paid.0,
        bought.to_pools.0.saturating_add(bought.treasury.0).saturating_add(bought.burned.0),
    );
    same(
        "credits from the pools, and where they went",
        sales.from_pools.0,
        [sales.to_client, sales.treasury, sales.burned].iter().fold(sales.to_worker.0, |a, b| a.saturating_add(b.0)),
    );
    for trade in report.purchases.iter().chain(&report.worker_sales).chain(&report.client_sales) {
        let fee = &trade.fee;
        same("a fee, and its parts", fee.total.0, fee.burned.0.saturating_add(fee.treasury.0).saturating_add(fee.lp.0));
    }
    for line in &report.tokens {
        let class = line.class.name();
        let purchased = report.purchases.iter().find(|trade| trade.class == line.class).map_or(0, |trade| trade.psi.0);
        same(&format!("{class} tokens bought, and the purchase"), line.bought.0, purchased);
        if record.ending.is_some() {
            let paid = line.earned.0.saturating_add(line.returned.0);
            same(&format!("{class} tokens in escrow, and those earned and returned"), line.escrow.0, paid);
        }
    }
    if let Some((_, Ending::Settled { event, .. })) = &record.ending {
        same("credits of the worker, and its sales", event.earned.credits, theta(&report.worker_sales));
        same("credits of the client, and its sales", event.returned.credits, theta(&report.client_sales));
    }
    found
}
