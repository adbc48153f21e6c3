#!/usr/bin/env node
/** Trades in a batch: a buy and a sale that meet, and an order that is never revealed; and adds every amount up again. */
import { Keyring } from '@polkadot/api';
import { randomAsU8a } from '@polkadot/util-crypto';
import { main } from './command.mjs';
import { commitmentOf, finalBlocks, send } from './hanzo.mjs';

const USAGE = `node batch.mjs [options] [ws://node:port]
  --class NAME              resource class of the pool (gpu)
  --limit-s N               longest wait for the end, seconds (300)
  --json                    one line of JSON`;

/** Blocks of a batch. */
const LENGTH = 10;

/** The event of a call's block, or of a block. */
const find = (events, method) => events.find((event) => event.section === 'hmm' && event.method === method)?.data;

/** Waits until the next block is one of this phase, with `room` blocks of it to come. */
async function waitFor(api, name, phase, room) {
  for (;;) {
    const head = await api.rpc.chain.getHeader();
    const batch = await api.rpc.hmm.batch(name, 0, head.hash);
    const until = phase === 'Commit' ? batch.commitUntil : batch.revealUntil;
    if (batch.phase.type === phase && until.toNumber() - batch.at.toNumber() >= room) return batch;
    await new Promise((resolve) => {
      let stop = () => {};
      api.rpc.chain
        .subscribeNewHeads((header) => {
          if (header.number.toNumber() <= head.number.toNumber()) return;
          stop();
          resolve();
        })
        .then((unsubscribe) => {
          stop = unsubscribe;
        });
    });
  }
}

/** What an account holds, wei. */
async function holdings(api, asset, address, hash) {
  const then = await api.at(hash);
  const [account, tokens] = await Promise.all([then.query.system.account(address), then.query.assets.account(asset, address)]);
  return { credits: account.data.free.toBigInt(), tokens: tokens.isSome ? tokens.unwrap().balance.toBigInt() : 0n };
}

/** Sends a commitment; the order with all that reveals it. */
async function commit(api, signer, order) {
  const salt = randomAsU8a(32);
  const commitment = commitmentOf(api, { ...order, trader: signer.address, salt });
  const locked = order.side === 'Buy' ? order.theta : order.psi;
  const call = api.tx.hmm.commitOrder(order.pool, order.batch, order.side, locked, commitment);
  const sent = await send(call, signer);
  return { ...order, signer, salt, locked, index: find(sent.events, 'OrderCommitted').index.toNumber() };
}

async function run(api, values) {
  const say = (text) => values.json || console.error(text);
  const keyring = new Keyring({ type: 'sr25519' });
  const [buyer, seller, silent] = ['//Bob', '//Charlie', '//Dave'].map((suri) => keyring.addFromUri(suri));
  const pool = { class: values.class, tier: 0 };
  const { psi, theta, assetId } = await api.rpc.hmm.pool(values.class, 0);
  // The seller has to have something to sell: 0.25 % of the pool, which needs no batch.
  const held = (psi.toBigInt() * 25n) / 10_000n;
  await send(api.tx.hmm.buyExactOut(pool, held, theta.toBigInt() / 100n, 4_294_967_295), seller);

  const open = await waitFor(api, values.class, 'Commit', 3);
  const batch = open.number.toNumber();
  say(`batch ${batch} is cleared in block ${open.clearsAt}`);
  // 1 % of the pool at 1.5 % above the price, and a sale at 1.5 % below it.
  const spot = (await api.rpc.hmm.price(values.class, 0)).toBigInt();
  const worth = (amount, percent) => (amount * spot * percent) / (1_000n * 10n ** 18n);
  const wanted = psi.toBigInt() / 100n;
  const base = { pool, batch };
  const [buy, sale, hidden] = await Promise.all([
    commit(api, buyer, { ...base, side: 'Buy', psi: wanted, theta: worth(wanted, 1_015n) }),
    commit(api, seller, { ...base, side: 'Sell', psi: held, theta: worth(held, 985n) }),
    commit(api, silent, { ...base, side: 'Buy', psi: wanted, theta: worth(wanted, 1_000n) }),
  ]);
  await waitFor(api, values.class, 'Reveal', 1);
  const reveal = ({ signer, index, psi: compute, theta: credits, salt }) =>
    send(api.tx.hmm.revealOrder(pool, batch, index, compute, credits, salt), signer);
  const revealed = await Promise.all([buy, sale].map(reveal));
  const numbers = await Promise.all(revealed.map(async ({ hash }) => (await api.rpc.chain.getHeader(hash)).number.toNumber()));
  const last = revealed[numbers.indexOf(Math.max(...numbers))].hash;
  // What the chain knows of each order once both are revealed.
  const entries = await (await api.at(last)).query.hmm.orders([pool, batch], 0);
  const told = [buy, sale, hidden].map(({ index }) => entries[index].disclosure.isRevealed);

  const clearsAt = (batch + 1) * LENGTH;
  for await (const { number, hash } of finalBlocks(api, clearsAt)) {
    const events = (await (await api.at(hash)).query.system.events()).map(({ event }) => event);
    const cleared = find(events, 'BatchCleared');
    if (!cleared) throw new Error(`block ${number} clears no batch`);
    const before = (await api.rpc.chain.getHeader(hash)).parentHash;
    const trade = find(events, 'Traded');
    const settled = events.filter(({ section, method }) => section === 'hmm' && method === 'OrderSettled');
    const wrong = [];
    const same = (what, found, due) => found === due || wrong.push(`${what}: ${found}, due are ${due}`);
    const outcome = {};
    for (const [name, order] of Object.entries({ buy, sale, hidden })) {
      const { data } = settled.find((event) => event.data.index.toNumber() === order.index);
      const [got, given, back, lost] = [data.psi, data.theta, data.returned, data.forfeited].map((n) => n.toBigInt());
      const [then, now] = await Promise.all(
        [before, hash].map((block) => holdings(api, assetId, order.signer.address, block)),
      );
      const isBuy = order.side === 'Buy';
      same(`${name}: credits`, now.credits - then.credits, isBuy ? back : given);
      same(`${name}: tokens`, now.tokens - then.tokens, isBuy ? got : back);
      same(`${name}: lock`, (isBuy ? given : got) + back + lost, order.locked);
      outcome[name] = { psi: got, theta: given, returned: back, forfeited: lost };
    }
    same('compute bought of the pool', trade.psi.toBigInt(), outcome.buy.psi - outcome.sale.psi);
    const dust = outcome.buy.theta - outcome.sale.theta - trade.theta.toBigInt();
    if (dust < 0n || dust > 2n) wrong.push(`${dust} wei are left between buyer, seller and pool`);
    return {
      batch,
      clearsAt,
      price: cleared.price.toBigInt(),
      told,
      revealedIn: revealed.length,
      ...outcome,
      discrepancies: wrong,
    };
  }
  throw new Error('the chain ended');
}

const text = ({ batch, price, buy, sale, hidden, discrepancies }) =>
  [
    `batch ${batch} cleared at ${price} (10¹⁸ is 1 credit per unit)`,
    `bought ${buy.psi} wei of compute for ${buy.theta} wei of credits, ${buy.returned} came back`,
    `sold ${sale.psi} wei of compute for ${sale.theta} wei of credits, ${sale.returned} came back`,
    `not revealed: ${hidden.forfeited} wei forfeited, ${hidden.returned} came back`,
    discrepancies.length ? `DIFFERENCES: ${discrepancies.join('; ')}` : 'every amount adds up',
  ].join('\n');

await main(USAGE, { class: 'gpu' }, run, text);
