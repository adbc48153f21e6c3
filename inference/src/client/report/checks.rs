//! Whether a report adds up to the wei. What it finds is part of the report, so that nobody has to trust the sums.

use super::{Report, TokenLine, TradeLine};
use crate::client::events::PerClass;
use crate::client::record::{Ending, Record};
use hanzo_poai::ResourceClass;
use hanzo_traits::Amount;

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
    let of = |amounts: &PerClass, class: ResourceClass| amounts.0.get(class.index()).copied().unwrap_or_default();
    let per_class = |class: ResourceClass, amount: fn(&TokenLine) -> Amount| {
        let lines = report.tokens.iter().filter(|line| line.class == class);
        lines.map(|line| amount(line).0).fold(0, u128::saturating_add)
    };
    for class in ResourceClass::ALL {
        let (name, submitted) = (class.name(), &record.submitted);
        let (bought, held) = (per_class(class, |line| line.bought), per_class(class, |line| line.held));
        same(&format!("{name} tokens bought, and the purchases"), of(&submitted.bought, class), bought);
        same(&format!("{name} tokens held, and those put in"), of(&submitted.held, class), held);
        if let Some((_, Ending::Settled { event, .. })) = &record.ending {
            let (earned, returned) =
                (per_class(class, |line| line.earned_sold), per_class(class, |line| line.returned_sold));
            same(&format!("{name} tokens of the worker, and its sales"), of(&event.earned.sold, class), earned);
            same(&format!("{name} tokens of the client, and its sales"), of(&event.returned.sold, class), returned);
        }
    }
    for line in report.tokens.iter().filter(|_| record.ending.is_some()) {
        let (class, tier, paid) = (line.class.name(), line.tier, line.earned.0.saturating_add(line.returned.0));
        same(&format!("{class} tokens of tier {tier} in escrow, and those earned and returned"), line.escrow.0, paid);
    }
    if let Some((_, Ending::Settled { event, .. })) = &record.ending {
        same("credits of the worker, and its sales", event.earned.credits, theta(&report.worker_sales));
        same("credits of the client, and its sales", event.returned.credits, theta(&report.client_sales));
    }
    found
}
