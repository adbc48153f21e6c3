#!/usr/bin/env node
/** Asks for an inference, follows it to its end by subscription and by events, and adds every amount up again. */
import { Keyring } from '@polkadot/api';
import { main } from './command.mjs';
import { CLASSES, firstModel, getBlob, jobRequest, putBlob, send } from './hanzo.mjs';
import { followEvents, followSubscription, submission } from './story.mjs';
import { discrepancies, snapshot } from './sums.mjs';

const USAGE = `node job.mjs [options] [ws://node:port]
  --prompt TEXT             what to complete
  --suri SECRET             who asks and pays (//Bob)
  --model HASH              content hash of the model (the first that has a profile on chain)
  --max-output-tokens N     (40)
  --limit-s N               longest wait for the end, seconds (300)
  --json                    one line of JSON`;

/** What may be paid above the quote, percent. */
const MARGIN = 2n;

/** A quote, class by class. */
async function quoteJob(api, model, maxPromptTokens, maxOutputTokens, at) {
  const answer = await api.rpc.jobs.quote(model, maxPromptTokens, maxOutputTokens, 0, at);
  const classes = answer.classes.map(({ class: name, trade }) => ({
    class: name.type.toLowerCase(),
    psi: trade.psi.toBigInt(),
    theta: trade.theta.toBigInt(),
    priceBefore: trade.priceBefore.toBigInt(),
  }));
  return { block: answer.at.toNumber(), total: answer.total.toBigInt(), held: answer.held.toBigInt(), classes };
}

/** Where JSON-RPC and runtime API differ about a job that has ended, and what its record still holds. */
async function checkRecord(api, job, status, heard) {
  const [view, direct, attestation, directly] = await Promise.all([
    api.rpc.jobs.job(job),
    api.call.jobsApi.job(job),
    api.rpc.poai.attestation(job),
    api.call.poaiApi.attestation(job),
  ]);
  const wrong = [];
  if (view.toHex() !== direct.toHex()) wrong.push(`jobs_job says ${view}, JobsApi_job ${direct}`);
  if (attestation.toHex() !== directly.toHex()) wrong.push(`poai_attestation says ${attestation}, the API ${directly}`);
  for (const [index, name] of CLASSES.entries()) {
    const left = view.unwrap().escrow[index];
    if (!left.isZero()) wrong.push(`${name}: ${left} still in escrow`);
  }
  if (heard.at(-1) !== status) wrong.push(`the subscription ends with ${heard.at(-1)}, the events with ${status}`);
  return { worker: view.unwrap().worker.unwrapOr(null)?.toString(), wrong };
}

async function run(api, values) {
  const say = (text) => values.json || console.error(text);
  const client = new Keyring({ type: 'sr25519' }).addFromUri(values.suri);
  const model = values.model || (await firstModel(api));
  const prompt = new TextEncoder().encode(values.prompt);
  // No tokenizer splits a byte; one token more may start the text.
  const [maxPromptTokens, maxOutputTokens] = [prompt.length + 1, Number(values['max-output-tokens'])];

  const head = await api.rpc.chain.getHeader();
  for (const pool of await api.rpc.hmm.pools(head.hash)) {
    say(`pool ${pool.id.class.type.toLowerCase()}: Ψ ${pool.psi}, Θ ${pool.theta}, price ${pool.price}`);
  }
  const quote = await quoteJob(api, model, maxPromptTokens, maxOutputTokens, head.hash);
  say(`quote at block ${quote.block}: ${quote.total} wei, ${quote.held} held besides`);

  const input = await putBlob(api, prompt);
  const request = jobRequest({
    model,
    input,
    maxPromptTokens,
    maxOutputTokens,
    maxCredits: quote.total + (quote.total * MARGIN) / 100n,
    deadline: head.number.toNumber() + 100,
    // More than a float holds: every digit has to come back.
    nonce: 2n ** 64n - 1n - BigInt(Date.now()),
  });
  const sent = await send(api.tx.compute.submitJob(request), client);
  const submitted = { ...submission(sent.events), transactionFee: sent.fee };
  const { number, parentHash } = await api.rpc.chain.getHeader(sent.hash);
  say(`job ${submitted.job} submitted in block ${number} for ${submitted.paid} wei`);

  const tell = (view) => say(`job ${view.id}: ${view.status.type}`);
  const [heard, story] = await Promise.all([
    followSubscription(api, submitted.job, tell),
    followEvents(api, submitted.job, number.toNumber()),
  ]);
  const [before, between, after] = await Promise.all(
    [parentHash, sent.hash, story.end.hash].map((hash) => snapshot(api, client.address, hash)),
  );
  const last = await quoteJob(api, model, maxPromptTokens, maxOutputTokens, parentHash);
  const { worker, wrong } = await checkRecord(api, submitted.job, story.end.status, heard);
  wrong.push(...discrepancies({ submitted, quote: last.classes, story, before, between, after }));
  if (wrong.length) process.exitCode = 1;
  const output = story.attested && new TextDecoder().decode(await getBlob(api, story.attested.output));

  return {
    job: submitted.job,
    status: story.end.status,
    reason: story.end.reason,
    client: client.address,
    worker,
    model,
    prompt: values.prompt,
    completion: output,
    outputTokens: story.attested?.outputTokens,
    receiptRoot: story.attested?.receiptRoot,
    heard,
    steps: story.steps.map(({ block, event }) => ({ block, event })),
    quote,
    submitted,
    end: story.end,
    balances: { before: before.credits, submitted: between.credits, after: after.credits },
    discrepancies: wrong,
  };
}

function text({ job, status, worker, prompt, completion, steps, submitted, end, discrepancies: wrong }) {
  return `${prompt}${completion ?? ''}
job ${job} ${status} by ${worker}: ${steps.map(({ block, event }) => `${event} @${block}`).join(', ')}
paid ${submitted.paid}, transaction fee ${submitted.transactionFee}, back ${end.returned.credits} wei
${wrong.length ? wrong.join('\n') : 'every amount adds up'}`;
}

await main(USAGE, { prompt: 'Q: copy hamilton\nA: ', suri: '//Bob', model: '', 'max-output-tokens': '40' }, run, text);
