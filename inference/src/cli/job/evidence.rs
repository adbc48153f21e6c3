//! What the chain and the nodes have of a job.

use super::super::connect::NodeArgs;
use super::find;
use crate::client::ClientError;
use crate::sealing::{ContentKey, Written};
use crate::verify::work::Work;
use anyhow::{bail, ensure, Context};
use hanzo_poai::{JobId, JobKind};

/// Asks a node for it.
pub(in crate::cli) async fn gather(node: &NodeArgs, job: JobId, key: Option<ContentKey>) -> anyhow::Result<Work> {
    let connection = node.connect().await?;
    let job = find(&connection, job).await?;
    ensure!(job.kind == JobKind::Inference, "job {} is of kind {:?}; only Inference is replayed", job.id, job.kind);
    ensure!(job.prior_root.is_zero(), "job {} ran with prior {:?}, which is not at hand", job.id, job.prior_root);
    let best = connection.best().await?;
    let Some(attestation) = connection.attestation(job.id, best.hash()).await? else {
        bail!(
            "job {} is {:?} and has no attestation at block {}: there is none before it is attested, and none once it is \
             pruned",
            job.id,
            job.status,
            best.number
        );
    };
    let prompt = connection.get_blob(job.input, Some(job.input_length)).await.context("the job's input")?;
    let prompt = match &key {
        Some(key) => key.open_input(&prompt)?,
        None if job.sealed => bail!("job {} is sealed: give its key with --key-file", job.id),
        None => prompt,
    };
    let prompt = String::from_utf8(prompt).context("the job's input is not UTF-8 text")?;
    let output = match connection.get_blob(attestation.output, None).await {
        Ok(bytes) => match &key {
            Some(key) => key.open_output(&attestation.seed, &bytes).map_err(|e| e.to_string()),
            None => Written::text(bytes),
        },
        Err(error @ (ClientError::BlobMissing { .. } | ClientError::BlobWrong { .. })) => Err(error.to_string()),
        Err(error) => return Err(error.into()),
    };
    Ok(Work { job, attestation, prompt, output, key })
}
