//! Jobs, quotes and reports for people.

use super::super::connect::units;
use super::super::Outcome;
use crate::client::report::{Report, TradeLine};
use crate::worker::chain::Job;
use hanzo_traits::api::{AttestationView, JobQuote, VerdictView};
use hanzo_traits::{Amount, ResourceClass, Tier};
use sp_runtime::AccountId32;

/// Prints a report: one line of JSON, or a table. Only a settled job is a success.
pub(super) fn print_report(report: &Report, json: bool) -> anyhow::Result<Outcome> {
    if json {
        println!("{}", serde_json::to_string(report)?);
    } else {
        print_table(report);
    }
    Ok(if report.status == "Settled" { Outcome::Done } else { Outcome::Refused })
}

fn ai(amount: Amount) -> String {
    units(amount.0)
}

/// A class in a tier, as `gpu/2`; tier 0 is not named.
fn in_tier(class: ResourceClass, tier: Tier) -> String {
    match tier {
        0 => class.name().into(),
        tier => format!("{}/{tier}", class.name()),
    }
}

/// Prints what a job would cost.
pub(super) fn print_quote(quote: &JobQuote<u32>) {
    println!("{:<8} {:>26} {:>26} {:>26}", "class", "resource-seconds", "credits, AI", "of it fee, AI");
    for line in &quote.classes {
        let (trade, name) = (&line.trade, in_tier(line.class, line.tier));
        println!("{name:<8} {:>26} {:>26} {:>26}", ai(trade.psi), ai(trade.theta), ai(trade.fee.total));
    }
    println!(
        "total {} AI, {} AI for audits, and {} AI held until it ends; holds on block {}",
        ai(quote.total),
        ai(quote.audit_fee),
        ai(quote.held),
        quote.at
    );
}

/// Prints a job as the chain has it.
pub(super) fn print_job(job: &Job, attestation: Option<&AttestationView<AccountId32, u32>>) {
    println!("job         {} ({:?}), {:?}", job.id, job.kind, job.status);
    println!("client      {}", job.client);
    match &job.worker {
        Some(worker) => println!("worker      {worker}"),
        None => println!("worker      none; {} draws so far", job.draws),
    }
    println!("model       {:?}, tier {}", job.model, job.tier);
    println!("input       {:?}, {} bytes", job.input, job.input_length);
    println!("blocks      submitted in {}, deadline {}", job.submitted_at, job.deadline);
    println!("credits     paid {} AI, value {} AI", ai(job.paid), ai(job.value));
    for class in ResourceClass::ALL {
        let held = job.escrow[class.index()];
        if held.0 > 0 {
            println!("escrow      {} {}", ai(held), class.name());
        }
        for part in job.parts.iter().filter(|part| part.resources[class.index()].0 > 0) {
            println!("            {} of it of tier {}", ai(part.resources[class.index()]), part.tier);
        }
    }
    if let Some(attestation) = attestation {
        println!("attested    in block {}, settles from {}", attestation.attested_at, attestation.settles_at);
        println!("tokens      {} prompt, {} output", attestation.prompt_tokens, attestation.output_tokens);
        println!("output      {:?}", attestation.output);
        println!("receipt     {:?}", attestation.receipt_root);
    }
}

/// What is known of the work by review.
pub(super) fn print_review(
    attestation: Option<&AttestationView<AccountId32, u32>>,
    verdict: Option<&VerdictView<AccountId32, u32>>,
) {
    if let Some(standing) = attestation.and_then(|attestation| attestation.standing) {
        println!("standing    {standing:?}");
    }
    let Some(verdict) = verdict else { return };
    let (rounds, committee, at) = (verdict.rounds, verdict.committee, verdict.at);
    println!("verdict     {:?}, of {committee:?} after {rounds} rounds, in block {at}", verdict.verdict);
    for member in &verdict.members {
        match member.vote {
            Some(vote) => {
                let evidence = member.evidence;
                println!("vote        {} {:?} {:?}, evidence {evidence:?}", member.account, vote.score, vote.digest);
            }
            None => println!("vote        {} silent", member.account),
        }
    }
}

fn print_table(report: &Report) {
    if let Some(completion) = &report.completion {
        println!("{}{completion}\n", report.prompt.as_deref().unwrap_or_default());
    }
    if let Some(ids) = &report.completion_tokens {
        let (count, job) = (ids.len(), report.job);
        println!("the output is sealed as the ids of its {count} tokens, since its text is too long to be delivered on chain;");
        println!("`hanzo-worker job replay {job}` shows the text, with --key-file and the model:\n{ids:?}\n");
    }
    if let Some(reason) = &report.completion_missing {
        println!("output not at hand: {reason}\n");
    }
    let reason = report.reason.as_ref().map(|reason| format!(" ({reason})")).unwrap_or_default();
    println!("job         {}: {}{reason}", report.job, report.status);
    println!("client      {}", report.client);
    if let Some(worker) = &report.worker {
        println!("worker      {worker}");
    }
    for passed in &report.passed {
        let what = if passed.declined { "declined" } else { "did not accept in time" };
        println!("passed      {} {what} (block {})", passed.worker, passed.block.number);
    }
    if let (Some(prompt), Some(output)) = (report.prompt_tokens, report.output_tokens) {
        println!("tokens      {prompt} prompt, {output} output");
    }
    if let (Some(root), Some(place)) = (report.receipt_root, report.blocks.attested) {
        println!("receipt     {root:?}, attested in block {} ({:?})", place.number, place.hash);
    }
    let ended = report.blocks.ended.map(|place| format!(", ended in {}", place.number)).unwrap_or_default();
    println!("blocks      submitted in {}{ended}\n", report.blocks.submitted.number);

    println!("{:<6} {:>22} {:>22} {:>22} {:>22}", "tokens", "bought", "held", "earned by worker", "back to client");
    for line in &report.tokens {
        let cells = [line.bought, line.held, line.earned, line.returned].map(ai);
        let name = in_tier(line.class, line.tier);
        println!("{name:<6} {:>22} {:>22} {:>22} {:>22}", cells[0], cells[1], cells[2], cells[3]);
    }
    println!();
    print_trades("bought", &report.purchases);
    print_trades("sold for the worker", &report.worker_sales);
    print_trades("sold for the client", &report.client_sales);

    let credits = &report.credits;
    println!("credits, AI");
    for (name, amount) in [
        ("paid by the client", credits.purchase.paid),
        ("  into the pools, LPs' fee included", credits.purchase.to_pools),
        ("to the worker", credits.to_worker),
        ("back to the client", credits.refunded),
        ("fees to liquidity providers", credits.to_lps),
        ("fees to the treasury", credits.to_treasury),
        ("burned", credits.burned),
        ("compensation from the worker's bond", credits.compensation),
        ("transaction fee", credits.transaction_fee),
    ] {
        println!("  {name:<38} {:>28}", ai(amount));
    }
    println!("\nκ of the pools");
    for pool in &report.pools {
        let kappa = |state: &Option<_>| {
            state.as_ref().map_or("?".into(), |s: &crate::client::report::PoolState| s.kappa.clone())
        };
        println!("  {:<6} before {}", in_tier(pool.class, pool.tier), kappa(&pool.before));
        println!("  {:<6} after  {}", "", kappa(&pool.after));
    }
    match report.discrepancies.as_slice() {
        [] => println!("\neverything adds up to the wei"),
        found => found.iter().for_each(|text| println!("\ndoes not add up: {text}")),
    }
}

fn print_trades(title: &str, trades: &[TradeLine]) {
    if trades.is_empty() {
        return;
    }
    println!("{title}");
    for trade in trades {
        println!(
            "  {:<6} {:>22} for {:>22} AI; fee {} (LPs {}, treasury {}, burned {}); price {} to {}",
            trade.class.name(),
            ai(trade.psi),
            ai(trade.theta),
            ai(trade.fee.total),
            ai(trade.fee.lp),
            ai(trade.fee.treasury),
            ai(trade.fee.burned),
            ai(trade.price_before),
            ai(trade.price_after),
        );
    }
    println!();
}
