#!/usr/bin/env node
/** Makes what must fail, and says how it does: name and documentation of the error, and what moved but the fee. */
import { Keyring } from '@polkadot/api';
import { main } from './command.mjs';
import { CLASSES, firstModel, jobRequest, putBlob, Refused, send } from './hanzo.mjs';
import { submission } from './story.mjs';
import { snapshot } from './sums.mjs';

const USAGE = `node refusals.mjs [options] [ws://node:port]
                            the node must refuse unsafe methods (--rpc-methods safe)
  --suri SECRET             who makes the calls (//Bob)
  --json                    one line of JSON`;

const AI = 10n ** 18n;
const NOWHERE = { class: 'Gpu', tier: 7 };
const GPU = { class: 'Gpu', tier: 0 };
const NOBODY = `0x${'ab'.repeat(32)}`;

/** A call that must fail in a block, and what it changed there beside the fee. */
async function inBlock(api, call, signer) {
  try {
    await send(call, signer);
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    const { call: name, reason, docs, block } = error;
    if (!block) return { call: name, reason, docs };
    const { parentHash } = await api.rpc.chain.getHeader(block.hash);
    const [before, after] = await Promise.all(
      [parentHash, block.hash].map((hash) => snapshot(api, signer.address, hash)),
    );
    after.credits += block.fee;
    const pairs = CLASSES.map((_, index) => [before.pools[index], after.pools[index]]);
    const moved = pairs.flatMap(([left, right]) =>
      Object.keys(left)
        .filter((key) => left[key] !== right[key])
        .map((key) => `${left.class} ${key}`),
    );
    if (before.credits !== after.credits) moved.push(`credits: ${after.credits - before.credits}`);
    if (before.held !== after.held) moved.push(`held: ${after.held - before.held}`);
    return { call: name, reason, docs, fee: block.fee, moved };
  }
  throw new Error(`${call.method.section}.${call.method.method} was to fail and did not`);
}

/** A question the node must refuse. */
async function overRpc(question) {
  const answer = await question().then(
    (value) => ({ value }),
    (error) => ({ error }),
  );
  if (!answer.error) throw new Error(`answered ${answer.value}`);
  return { code: answer.error.code, reason: answer.error.message };
}

/** A call the library itself cannot encode. */
function inLibrary(encode) {
  try {
    encode();
  } catch (error) {
    return { reason: error.message };
  }
  throw new Error('encoded');
}

/** An account that can pay for a transaction, but not for the job in it. */
async function poor(api, ring, payer, call, cost) {
  // Another one every time the program runs.
  const account = ring.addFromUri(`//Poor//${Date.now()}`);
  const { partialFee } = await call.paymentInfo(account);
  const amount = api.consts.balances.existentialDeposit.toBigInt() + partialFee.toBigInt() + cost / 2n;
  await send(api.tx.balances.transferKeepAlive(account.address, amount), payer);
  return account;
}

async function run(api, { suri }) {
  const ring = new Keyring({ type: 'sr25519' });
  const client = ring.addFromUri(suri);
  const stranger = ring.addFromUri('//Charlie');
  const model = await firstModel(api);
  const input = await putBlob(api, new TextEncoder().encode('Q: copy hamilton\nA: '));
  const quote = await api.rpc.jobs.quote(model, 21, 40);
  const total = quote.total.toBigInt();
  const now = (await api.rpc.chain.getHeader()).number.toNumber();
  const wanted = {
    model,
    input,
    maxPromptTokens: 21,
    maxOutputTokens: 40,
    maxCredits: total * 2n,
    deadline: now + 200,
  };
  const job = (changes = {}) => api.tx.compute.submitJob(jobRequest({ ...wanted, ...changes }));
  const far = now + 1_000;
  const reserve = (await api.rpc.hmm.pool('gpu')).psi.toBigInt();

  const cases = {
    creditLimitTooLow: () => inBlock(api, job({ maxCredits: total / 2n }), client),
    priceLimitTooLow: () =>
      inBlock(api, job({ limits: { maxCredits: total * 2n, maxPrice: CLASSES.map(() => 1) } }), client),
    unknownTier: () => inBlock(api, job({ tier: NOWHERE.tier }), client),
    unknownModel: () => inBlock(api, job({ model: NOBODY }), client),
    deadlineTooSoon: () => inBlock(api, job({ deadline: now + 1 }), client),
    unknownPool: () => inBlock(api, api.tx.hmm.buy(NOWHERE, AI, 0, far), client),
    zeroAmount: () => inBlock(api, api.tx.hmm.buy(GPU, 0, 0, far), client),
    expired: () => inBlock(api, api.tx.hmm.buy(GPU, AI, 0, 0), client),
    tooLargeOutsideBatches: () => inBlock(api, api.tx.hmm.buy(GPU, AI, 0, far), client),
    wrongBatch: () => inBlock(api, api.tx.hmm.commitOrder(GPU, 999, 'Buy', AI, `0x${'ab'.repeat(32)}`), client),
    slippage: () => inBlock(api, api.tx.hmm.buy(GPU, AI / 100n, AI ** 2n, far), client),
    reserveFloor: () => inBlock(api, api.tx.hmm.buyExactOut(GPU, reserve - 1n, AI ** 2n, far), client),
    exhausted: () => inBlock(api, api.tx.hmm.buyExactOut(GPU, reserve * 2n, AI ** 2n, far), client),
    unknownJob: () => inBlock(api, api.tx.compute.cancelJob(1_000_000), client),
    foreignJob: async () => {
      const { events } = await send(job(), client);
      return inBlock(api, api.tx.compute.cancelJob(submission(events).job), stranger);
    },
    insufficientFunds: async () => inBlock(api, job(), await poor(api, ring, client, job(), total)),
    noFunds: () => inBlock(api, job(), ring.addFromUri('//Penniless')),
    unknownClassInCall: () => inLibrary(() => api.tx.hmm.buy({ class: 'Warp', tier: 0 }, AI, 0, far)),
    unknownClass: () => overRpc(() => api.rpc.hmm.pool('warp')),
    unknownPoolQuote: () => overRpc(() => api.rpc.hmm.quoteBuy('gpu', AI, NOWHERE.tier)),
    zeroQuote: () => overRpc(() => api.rpc.hmm.quoteBuy('gpu', 0)),
    unknownWindow: () => overRpc(() => api.rpc.hmm.twap('gpu', 4_000_000_000)),
    dearRoute: () => overRpc(() => api.rpc.hmm.route([reserve / 100n, 0, 0, 0, 0, 0], [0])),
    unknownModelQuote: () => overRpc(() => api.rpc.jobs.quote(NOBODY, 1, 1)),
    unknownBlob: () => overRpc(() => api.rpc.blob.get(NOBODY)),
    unknownJobSubscribed: () =>
      overRpc(
        () =>
          new Promise((_, reject) => {
            api.rpc.jobs.subscribeJob(1_000_000, () => {}).catch(reject);
          }),
      ),
    unsafeMethod: () => overRpc(() => api.rpc.invariants.check()),
  };
  const report = {};
  for (const [name, attempt] of Object.entries(cases)) {
    try {
      report[name] = await attempt();
    } catch (error) {
      throw new Error(`${name}: ${error.message}`);
    }
  }
  return report;
}

function text(report) {
  const line = ([name, { call, reason, docs, moved = [] }]) =>
    [name, call, reason, docs, moved.length && `MOVED ${moved}`].filter(Boolean).join(': ');
  return Object.entries(report).map(line).join('\n');
}

await main(USAGE, { suri: '//Bob' }, run, text);
