//! `hanzo-worker job challenge`.

use super::super::connect::*;
use super::super::{print_json, Outcome};
use super::find;
use crate::client::record::Included;
use crate::client::tx::Call;
use anyhow::{bail, ensure, Context};
use clap::Args;
use hanzo_poai::review::Standing;
use hanzo_poai::JobId;
use serde_json::json;

#[derive(Args, Debug)]
pub(in crate::cli) struct ChallengeArgs {
    #[command(flatten)]
    node: NodeArgs,
    #[command(flatten)]
    account: AccountArgs,
    /// Its number
    #[arg(value_name = "JOB")]
    job: JobId,
    /// Challenge whatever the bond is
    #[arg(long)]
    yes: bool,
    /// Challenge if the bond is no more than this: wei, or with a unit such as 10AI
    #[arg(long, value_name = "AMOUNT", value_parser = parse_amount, conflicts_with = "yes")]
    max_bond: Option<u128>,
}

pub(super) async fn run(args: &ChallengeArgs, json: bool) -> anyhow::Result<Outcome> {
    let account = args.account.account()?;
    let connection = args.node.connect().await?;
    let job = find(&connection, args.job).await?;
    let best = connection.best().await?;
    let attestation = connection.attestation(job.id, best.hash()).await?;
    let attestation =
        attestation.with_context(|| format!("job {} is {:?} and has no attestation", job.id, job.status))?;
    // The chain would refuse these too, for a fee.
    match attestation.standing {
        Some(Standing::Unaudited) => {}
        Some(standing) => bail!("job {} is or was reviewed ({standing:?}); that happens once", job.id),
        None => bail!("job {} is final", job.id),
    }
    let bond = connection.challenge_bond(job.id, best.hash()).await?;
    let bond = bond.with_context(|| format!("job {} is {:?}, and cannot be challenged", job.id, job.status))?.0;
    if !json {
        println!("bond        {} AI, held of {}", units(bond), account.id());
        println!("            returned if seven verifiers find the work bad, lost if they find it good");
    }
    match (args.yes, args.max_bond) {
        (true, _) => {}
        (false, Some(most)) => ensure!(bond <= most, "the bond is {} AI, more than {} AI", units(bond), units(most)),
        (false, None) => bail!("nothing was sent; a challenge puts up {} AI: say --yes, or --max-bond", units(bond)),
    }
    let call = Call::challenge(job.id);
    let signed = submit(&connection, &account, &call).await?;
    let mut follower = follow(connection, &signed).await?;
    let Included { place, fee, .. } = inclusion(&mut follower, &signed).await?;
    if json {
        let (bond, fee) = (bond.to_string(), fee.to_string());
        print_json(&json!({ "call": call.full_name(), "job": job.id, "block": place, "bond": bond, "fee": fee }))?;
    } else {
        println!("{} in block {} ({:?}), fee {} AI", call.full_name(), place.number, place.hash, units(fee));
    }
    Ok(Outcome::Done)
}
