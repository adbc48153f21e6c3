//! A job's whole story with every amount, as people and programs read it. Amounts are in wei, decimal strings in JSON.

mod checks;
mod sums;

use super::events::Attested;
use super::record::{Passed, Place, Record};
use crate::sealing::Written;
use hanzo_poai::{JobId, ResourceClass};
use hanzo_traits::api::{FeeView, JobQuote, PoolView};
use hanzo_traits::{Amount, Tier};
use serde::Serialize;
use sp_core::H256;
use sums::*;

/// A trade made for the job.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct TradeLine {
    /// The class.
    pub class: ResourceClass,
    /// Its tier.
    pub tier: Tier,
    /// Whose order it was.
    pub trader: String,
    /// Compute that changed hands.
    pub psi: Amount,
    /// Credits paid (purchase) or received (sale), fees accounted for.
    pub theta: Amount,
    /// The fee in its parts: `total = burned + treasury + lp`.
    pub fee: FeeView,
    /// Marginal price before, 10¹⁸ fixed point.
    pub price_before: Amount,
    /// Marginal price after.
    pub price_after: Amount,
}

/// Resource tokens of one class in one tier: `held + bought = escrow`; once settled `escrow = earned + returned`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct TokenLine {
    /// The class.
    pub class: ResourceClass,
    /// Its tier.
    pub tier: Tier,
    /// Put in by the client.
    pub held: Amount,
    /// Bought for the client.
    pub bought: Amount,
    /// In escrow for the job.
    pub escrow: Amount,
    /// Earned by the worker for verified usage.
    pub earned: Amount,
    /// The part of it that was sold for credits.
    pub earned_sold: Amount,
    /// Back to the client.
    pub returned: Amount,
    /// The part of it that was sold for credits.
    pub returned_sold: Amount,
}

/// Credits of the purchase: `paid = toPools + treasury + burned`, `lp` being inside `toPools`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Purchase {
    /// What the client paid.
    pub paid: Amount,
    /// What entered the pools, the LPs' fee included.
    pub to_pools: Amount,
    /// The LPs' fee.
    pub lp: Amount,
    /// To the treasury.
    pub treasury: Amount,
    /// Burned.
    pub burned: Amount,
}

/// Credits of the sales at settlement: `fromPools = toWorker + toClient + treasury + burned`; the LPs' fee stays in the
/// pools.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Sales {
    /// What left the pools.
    pub from_pools: Amount,
    /// What the worker was paid.
    pub to_worker: Amount,
    /// What the client was refunded for unused tokens.
    pub to_client: Amount,
    /// The LPs' fee.
    pub lp: Amount,
    /// To the treasury.
    pub treasury: Amount,
    /// Burned.
    pub burned: Amount,
}

/// Everything about credits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Credits {
    /// At submission.
    pub purchase: Purchase,
    /// At settlement.
    pub sales: Sales,
    /// To the worker in all.
    pub to_worker: Amount,
    /// To liquidity providers in all.
    pub to_lps: Amount,
    /// To the treasury in all, transaction fee apart.
    pub to_treasury: Amount,
    /// Burned in all, transaction fee apart.
    pub burned: Amount,
    /// Back to the client as credits for unused tokens.
    pub refunded: Amount,
    /// Held against late cancellation at submission; released at the end but for `penalty`.
    pub held: Amount,
    /// For audits: held at submission besides, paid when the job is attested.
    pub audit_fee: Amount,
    /// Burned of what was held.
    pub penalty: Amount,
    /// From the worker's bond to the client for a failure.
    pub compensation: Amount,
    /// Fee of the transaction that submitted the job.
    pub transaction_fee: Amount,
}

/// A pool at one block.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PoolState {
    /// Ψ.
    pub psi: Amount,
    /// Θ.
    pub theta: Amount,
    /// κ in scaled integer form, up to 256 bits.
    pub kappa: String,
    /// Liquidity shares.
    pub shares: Amount,
    /// LPs' fees of sales that enter Θ later.
    pub pending_lp_fee: Amount,
    /// Marginal price, 10¹⁸ fixed point.
    pub price: Amount,
}

/// A pool the job used, before and after.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PoolLine {
    /// The class.
    pub class: ResourceClass,
    /// Its tier.
    pub tier: Tier,
    /// In the block before the submission.
    pub before: Option<PoolState>,
    /// In the block of the submission.
    pub submitted: Option<PoolState>,
    /// In the block in which the job ended.
    pub after: Option<PoolState>,
}

/// Blocks of the job's life.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Blocks {
    /// Before its submission.
    pub before: Place,
    /// Its submission.
    pub submitted: Place,
    /// The last draw.
    pub assigned: Option<Place>,
    /// The acceptance.
    pub accepted: Option<Place>,
    /// The attestation.
    pub attested: Option<Place>,
    /// The end.
    pub ended: Option<Place>,
}

/// What is not in the events.
#[derive(Clone, Debug, Default)]
pub struct Beside {
    /// The quote the client saw.
    pub quote: Option<JobQuote<u32>>,
    /// The prompt, if it is text at hand.
    pub prompt: Option<String>,
    /// The output, or why it is not at hand.
    pub completion: Option<Result<Written, String>>,
    /// Pools before the submission, after it, and at the end.
    pub pools: [Vec<PoolView>; 3],
}

/// The whole story.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Report {
    /// The job.
    pub job: JobId,
    /// Where it stands.
    pub status: String,
    /// Why it ended so, where that needs a word.
    pub reason: Option<String>,
    /// The client.
    pub client: String,
    /// The worker drawn last.
    pub worker: Option<String>,
    /// Those drawn that did not take it, the last one among them if nobody else was found.
    pub passed: Vec<Passed>,
    /// The model.
    pub model: H256,
    /// What was asked.
    pub prompt: Option<String>,
    /// What came back.
    pub completion: Option<String>,
    /// The ids of its tokens, where it is sealed as these since its text is too long to be delivered on chain.
    pub completion_tokens: Option<Vec<u32>>,
    /// Why it is not here.
    pub completion_missing: Option<String>,
    /// Attested prompt tokens.
    pub prompt_tokens: Option<u32>,
    /// Attested output tokens.
    pub output_tokens: Option<u32>,
    /// Seed of the job.
    pub seed: Option<H256>,
    /// Hash of the output blob.
    pub output: Option<H256>,
    /// Root over the output tokens.
    pub tokens_root: Option<H256>,
    /// Root over the fingerprints.
    pub fingerprints_root: Option<H256>,
    /// Hash of the receipt.
    pub receipt_root: Option<H256>,
    /// Engine profile.
    pub engine_profile: Option<H256>,
    /// Blocks of its life.
    pub blocks: Blocks,
    /// The quote before submission.
    pub quote: Option<JobQuote<u32>>,
    /// Credits.
    pub credits: Credits,
    /// The job's value.
    pub value: Amount,
    /// Tokens, one line per pool used: a class in a tier.
    pub tokens: Vec<TokenLine>,
    /// Purchases, one per pool at most.
    pub purchases: Vec<TradeLine>,
    /// Sales for the worker.
    pub worker_sales: Vec<TradeLine>,
    /// Sales for the client.
    pub client_sales: Vec<TradeLine>,
    /// Pools used.
    pub pools: Vec<PoolLine>,
    /// What does not add up; empty when everything does.
    pub discrepancies: Vec<String>,
}

impl Report {
    /// Puts a record and what is beside it together, and checks that it adds up.
    pub fn new(record: &Record, beside: Beside) -> Self {
        let Beside { quote, prompt, completion, pools } = beside;
        let sales = sales(record);
        let attested = record.attested.as_ref().map(|(_, attested)| attested);
        let of = |read: fn(&Attested) -> H256| attested.map(read);
        let (completion, completion_tokens, completion_missing) = match completion {
            None => (None, None, None),
            Some(Ok(Written::Text(text))) => (Some(text), None, None),
            Some(Ok(Written::Tokens(ids))) => (None, Some(ids), None),
            Some(Err(reason)) => (None, None, Some(reason)),
        };
        let (status, reason) = status(record);
        let mut report = Self {
            job: record.submitted.job,
            status,
            reason,
            client: record.submitted.client.to_string(),
            worker: record.assigned.as_ref().map(|(_, event)| event.worker.to_string()),
            passed: record.passed.clone(),
            model: record.submitted.model,
            prompt,
            completion,
            completion_tokens,
            completion_missing,
            prompt_tokens: attested.map(|a| a.prompt_tokens),
            output_tokens: attested.map(|a| a.output_tokens),
            seed: record.assigned.as_ref().map(|(_, event)| event.seed),
            output: of(|a| a.output),
            tokens_root: of(|a| a.tokens_root),
            fingerprints_root: of(|a| a.fingerprints_root),
            receipt_root: of(|a| a.receipt_root),
            engine_profile: of(|a| a.engine_profile),
            blocks: Blocks {
                before: record.before,
                submitted: record.submitted_in,
                assigned: record.assigned.as_ref().map(|(place, _)| *place),
                accepted: record.accepted.as_ref().map(|(place, _)| *place),
                attested: record.attested.as_ref().map(|(place, _)| *place),
                ended: record.ending.as_ref().map(|(place, _)| *place),
            },
            quote,
            credits: credits(record, &sales),
            value: record.submitted.value.into(),
            tokens: tokens(record),
            purchases: record.purchases.iter().map(line).collect(),
            worker_sales: sales.0.iter().map(line).collect(),
            client_sales: sales.1.iter().map(line).collect(),
            pools: vec![],
            discrepancies: vec![],
        };
        report.pools = report.tokens.iter().map(|line| pool(line.class, line.tier, &pools)).collect();
        report.discrepancies = checks::discrepancies(record, &report);
        report
    }
}
