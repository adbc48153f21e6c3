/** Whether the amounts of a job add up to the wei, from what the chain says before and after. All are BigInt. */
import { CLASSES } from './hanzo.mjs';

const sum = (items, read) => items.reduce((total, item) => total + read(item), 0n);

/** Balances of the client and reserves of the pools at a block. */
export async function snapshot(api, client, hash) {
  const at = await api.at(hash);
  const { free, reserved } = (await at.query.system.account(client)).data;
  const pools = await api.rpc.hmm.pools(hash);
  const tokens = await at.query.assets.account.multi(pools.map(({ assetId }) => [assetId, client]));
  return {
    credits: free.toBigInt() + reserved.toBigInt(),
    held: reserved.toBigInt(),
    pools: pools.map((pool, index) => ({
      class: pool.id.class.type.toLowerCase(),
      tier: pool.id.tier.toNumber(),
      psi: pool.psi.toBigInt(),
      // The providers' part of fees and what was given to them wait beside Θ and enter it little by little.
      theta: pool.theta.toBigInt() + pool.pendingLpFee.toBigInt() + pool.donated.toBigInt(),
      kappa: BigInt(pool.kappa.toString()),
      tokensOfClient: tokens[index].isSome ? tokens[index].unwrap().balance.toBigInt() : 0n,
    })),
  };
}

/**
 * What does not add up, each with both numbers; empty when everything does. For a job of tier 0. Holds on a busy chain
 * too, as long as the client's account does nothing else and nobody adds or removes liquidity meanwhile.
 *
 * @param submitted of `submission`, with `transactionFee`
 * @param quote at the block before
 * @param story of `followEvents`
 * @param before, between, after snapshots at the block before, of the submission, and of the end
 */
export function discrepancies({ submitted, quote, story, before, between, after }) {
  const found = [];
  const same = (what, left, right) => {
    if (left !== right) found.push(`${what}: ${left} differs from ${right} by ${left - right}`);
  };
  const { purchases } = submitted;
  const { end } = story;

  same(
    'cost of all classes, and what was paid',
    sum(Object.values(submitted.cost), (cost) => cost),
    submitted.paid,
  );
  for (const { class: name, psi, theta, priceBefore } of purchases) {
    same(`${name}: purchase, and cost of the class`, theta, submitted.cost[name]);
    same(`${name}: purchase, and tokens bought`, psi, submitted.bought[name]);
    // A quote is exact unless another trade came before in the same block.
    const quoted = quote.find((line) => line.class === name);
    if (quoted.priceBefore === priceBefore) same(`${name}: quote, and cost`, quoted.theta, theta);
  }
  for (const { class: name, fee } of story.trades) {
    same(`${name}: parts of a fee by receiver`, fee.burned + fee.treasury + fee.lp, fee.total);
    same(`${name}: parts of a fee by cause`, fee.market + fee.risk + fee.mean, fee.total);
  }

  const earned = end.earned ?? { due: {}, sold: {}, credits: 0n };
  const of = (amounts, name) => amounts[name] ?? 0n;
  for (const name of CLASSES) {
    const escrow = submitted.held[name] + submitted.bought[name];
    same(
      `${name}: escrow, and what was earned and returned`,
      escrow,
      of(earned.due, name) + of(end.returned.due, name),
    );
  }
  same(
    'credits earned, and sales for the worker',
    earned.credits,
    sum(end.workerSales, ({ theta }) => theta),
  );
  same(
    'credits returned, and sales for the client',
    end.returned.credits,
    sum(end.clientSales, ({ theta }) => theta),
  );

  // Paid when the job is attested, released when it ends without.
  const audits = story.attested ? submitted.auditFee : 0n;
  const back = end.returned.credits + (end.compensation ?? 0n) - (end.burned ?? 0n) - audits;
  same('client after the submission', between.credits, before.credits - submitted.paid - submitted.transactionFee);
  same('held of the client meanwhile', between.held, before.held + submitted.fee + submitted.auditFee);
  same('client at the end', after.credits, between.credits + back);
  same('held of the client at the end', after.held, before.held);
  for (const [index, pool] of after.pools.entries()) {
    const start = before.pools[index];
    const here = story.trades.filter((trade) => trade.class === pool.class && trade.tier === pool.tier);
    const [buys, sells] = ['Buy', 'Sell'].map((side) => here.filter((trade) => trade.side === side));
    const away = (trade) => trade.fee.burned + trade.fee.treasury;
    same(
      `${pool.class}: compute in the pool`,
      pool.psi,
      start.psi - sum(buys, ({ psi }) => psi) + sum(sells, ({ psi }) => psi),
    );
    const [paidIn, paidOut] = [
      sum(buys, (buy) => buy.theta - away(buy)),
      sum(sells, (sell) => sell.theta + away(sell)),
    ];
    same(`${pool.class}: credits in the pool`, pool.theta, start.theta + paidIn - paidOut);
    if (pool.kappa < start.kappa) found.push(`${pool.class}: κ fell from ${start.kappa} to ${pool.kappa}`);
    if (pool.tier !== 0) continue;
    const { due, sold } = end.returned;
    const change = of(due, pool.class) - of(sold, pool.class) - submitted.held[pool.class];
    same(`${pool.class}: tokens of the client`, pool.tokensOfClient, start.tokensOfClient + change);
  }
  return found;
}
