/** What the chain says about one job: its steps as events of final blocks tell them, and as its subscription does. */
import { CLASSES, finalBlocks } from './hanzo.mjs';

const ENDINGS = { JobSettled: 'Settled', JobRefunded: 'Refunded', JobFailed: 'Slashed' };

/** Six amounts by class. */
export const byClass = (amounts) => Object.fromEntries(CLASSES.map((name, index) => [name, amounts[index].toBigInt()]));

/** A fee in its parts, wei. */
const feeParts = (fee) =>
  Object.fromEntries(
    ['total', 'market', 'risk', 'mean', 'burned', 'treasury', 'lp'].map((part) => [part, fee[part].toBigInt()]),
  );

/** A trade of the market, as `hmm.Traded` announces it. */
export function trade({ pool, side, psi, theta, fee, priceBefore, priceAfter }) {
  return {
    class: pool.class.type.toLowerCase(),
    tier: pool.tier.toNumber(),
    side: side.type,
    psi: psi.toBigInt(),
    theta: theta.toBigInt(),
    fee: feeParts(fee),
    priceBefore: priceBefore.toBigInt(),
    priceAfter: priceAfter.toBigInt(),
  };
}

/** Trades among some events, in order. */
export const trades = (events) =>
  events.filter(({ section, method }) => section === 'hmm' && method === 'Traded').map(({ data }) => trade(data));

/** What a submission did, from the events of its transaction. */
export function submission(events) {
  const { data } = events.find(({ section, method }) => section === 'compute' && method === 'JobSubmitted');
  return {
    job: data.job.toNumber(),
    client: data.client.toString(),
    held: byClass(data.held),
    bought: byClass(data.bought),
    cost: byClass(data.cost),
    paid: data.paid.toBigInt(),
    value: data.value.toBigInt(),
    fee: data.fee.toBigInt(),
    auditFee: data.auditFee.toBigInt(),
    deadline: data.deadline.toNumber(),
    // Nothing but the purchase trades in the transaction.
    purchases: trades(events),
  };
}

const payout = ({ due, sold, credits }) => ({ due: byClass(due), sold: byClass(sold), credits: credits.toBigInt() });

/** The last `count` sales before an event of the same block: the pallet sells first and tells then. */
function lastSales(earlier, count) {
  const sales = trades(earlier).filter(({ side }) => side === 'Sell');
  return sales.slice(sales.length - count);
}

/** How a job ended. `earlier` are the events of the same block before it. */
function ending({ method, data }, earlier) {
  const status = ENDINGS[method];
  if (status !== 'Settled') {
    return {
      status,
      reason: data.reason.type,
      returned: { due: byClass(data.returned), sold: {}, credits: 0n },
      burned: data.burned?.toBigInt(),
      compensation: data.compensation?.toBigInt(),
      workerSales: [],
      clientSales: [],
    };
  }
  const [earned, returned] = [payout(data.earned), payout(data.returned)];
  const count = ({ sold }) => Object.values(sold).filter((amount) => amount > 0n).length;
  // The worker is paid first, then the client.
  const sales = lastSales(earlier, count(earned) + count(returned));
  return {
    status,
    earned,
    returned,
    workerSales: sales.slice(0, count(earned)),
    clientSales: sales.slice(count(earned)),
  };
}

/**
 * Follows a job through the events of final blocks, from the block of its submission to its end.
 *
 * @returns {Promise<object>} its steps with their blocks, how it ended, and every trade of the market meanwhile
 */
export async function followEvents(api, job, from) {
  const found = { steps: [], trades: [] };
  for await (const { number, hash } of finalBlocks(api, from)) {
    const events = (await (await api.at(hash)).query.system.events()).map(({ event }) => event);
    found.trades.push(...trades(events));
    for (const [index, event] of events.entries()) {
      const { section, method, data } = event;
      if (!['compute', 'poai'].includes(section) || !data.job?.eq(job)) continue;
      found.steps.push({ block: number, hash, event: `${section}.${method}` });
      if (section === 'poai' && method === 'Attested') {
        found.attested = {
          output: data.output.toHex(),
          receiptRoot: data.receiptRoot.toHex(),
          outputTokens: data.outputTokens.toNumber(),
        };
      }
      if (section === 'compute' && ENDINGS[method]) {
        return { ...found, end: { block: number, hash, ...ending(event, events.slice(0, index)) } };
      }
    }
  }
  throw new Error('blocks do not end');
}

/**
 * Follows a job through `jobs_subscribeJob` until it is final.
 *
 * @param {(view: object) => void} [tell] called with every view of the job
 * @returns {Promise<string[]>} the statuses heard, each once
 */
export async function followSubscription(api, job, tell = () => {}) {
  const heard = [];
  let stop;
  await new Promise((resolve, reject) => {
    const hear = (view) => {
      if (heard.at(-1) !== view.status.type) heard.push(view.status.type);
      tell(view);
      if (Object.values(ENDINGS).includes(view.status.type)) resolve();
    };
    stop = api.rpc.jobs.subscribeJob(job, hear);
    stop.catch(reject);
  });
  (await stop)();
  return heard;
}
