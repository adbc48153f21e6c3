/**
 * What a dApp needs besides @polkadot/api to use a Hanzo node. docs/clients.md explains it.
 *
 *     import { connect, putBlob, jobRequest, send } from './hanzo.mjs';
 *     const api = await connect('ws://127.0.0.1:9944');
 *     const pools = await api.rpc.hmm.pools();
 */
import { ApiPromise, WsProvider } from '@polkadot/api';
import { stringToU8a, u8aConcat } from '@polkadot/util';
import { blake2AsU8a, decodeAddress } from '@polkadot/util-crypto';
import { rpc, types } from './rpc.mjs';

/** The extension of our transactions that the library does not know. It adds no byte to what is signed or sent. */
export const signedExtensions = { AuthorizeCall: { extrinsic: {}, payload: {} } };

/** Options of `ApiPromise.create` for this network. */
export const options = { rpc, types, signedExtensions };

/** Resource classes in the order in which every list of six amounts has them. */
export const CLASSES = ['gpu', 'vram', 'cpu', 'ram', 'net', 'disk'];

/**
 * Connects to a node.
 *
 * @param {string} url of its WebSocket
 * @param {object} [more] options of `ApiPromise.create`
 * @throws when nobody answers there
 */
export async function connect(url, more = {}) {
  const provider = new WsProvider(url);
  try {
    // Methods of the SDK's newer JSON-RPC are not the library's; it would say so every time.
    return await ApiPromise.create({ provider, ...options, noInitWarn: true, throwOnConnect: true, ...more });
  } catch (error) {
    await provider.disconnect();
    throw new Error(`no Hanzo node answers at ${url}: ${error.message || error.error?.message || 'no connection'}`);
  }
}

/** A call that failed in a block, or that the pool did not take. No money has moved but the fee. */
export class Refused extends Error {
  /**
   * @param {string} call such as "compute.submitJob"
   * @param {{name: string, docs: string}} reason
   * @param {{hash: string, fee: bigint}} [block] in which it failed, and what that cost, wei
   */
  constructor(call, { name, docs }, block) {
    super(`${call} failed with ${name}${docs && `: ${docs}`}`);
    Object.assign(this, { call, reason: name, docs, block });
  }
}

/** Errors of the token functions in words; the metadata has their names only. */
const TOKEN_ERRORS = {
  FundsUnavailable: 'The account does not have that much.',
  OnlyProvider: 'The account must go on existing and would not.',
  BelowMinimum: 'The account cannot exist with so little.',
  CannotCreate: 'The account cannot be created.',
  UnknownAsset: 'There is no such token.',
  Frozen: 'The account has that much, but frozen.',
  Unsupported: 'The token cannot do this.',
  CannotCreateHold: 'The account cannot be created to hold this.',
  NotExpendable: 'The account would fall below the existential deposit.',
  Blocked: 'The account is blocked.',
};

/**
 * A dispatch error in words: the error of a pallet by name and documentation, both from the metadata.
 *
 * @returns {{name: string, docs: string}}
 */
export function explain(error) {
  const { registry } = error;
  if (error.isModule) {
    const { section, name, docs } = registry.findMetaError(error.asModule);
    return { name: `${section[0].toUpperCase()}${section.slice(1)}.${name}`, docs: docs.join(' ').trim() };
  }
  const inner = error.inner.type;
  return { name: inner ? `${error.type}.${inner}` : error.type, docs: error.isToken ? TOKEN_ERRORS[inner] : '' };
}

/**
 * Signs a call, sends it and waits until its block is final.
 *
 * @param call such as `api.tx.compute.submitJob(request)`
 * @param signer a pair of a keyring
 * @returns {Promise<{hash: string, events: object[], fee: bigint}>} the block, what the call did there and what it cost
 * @throws {Refused}
 */
export async function send(call, signer) {
  const name = `${call.method.section}.${call.method.method}`;
  const result = await new Promise((resolve, reject) => {
    const look = (result) => {
      if (result.isFinalized) resolve(result);
      if (!result.isError) return;
      reject(new Refused(name, { name: `Pool.${result.status.type}`, docs: 'the pool dropped the transaction' }));
    };
    // The next nonce after what waits in the pool.
    call
      .signAndSend(signer, { nonce: -1 }, look)
      .catch((error) => reject(new Refused(name, { name: 'Pool', docs: error.message })));
  });
  const events = result.events.map(({ event }) => event);
  const paid = events.find(({ method }) => method === 'TransactionFeePaid')?.data;
  const fee = paid ? paid.actualFee.toBigInt() + paid.tip.toBigInt() : 0n;
  const block = { hash: result.status.asFinalized.toHex(), fee };
  if (result.dispatchError) throw new Refused(name, explain(result.dispatchError), block);
  return { ...block, events };
}

/**
 * Hands bytes to the node and checks the name it gives them.
 *
 * @param {Uint8Array} bytes at most 1 MiB
 * @returns {Promise<{hash: string, length: number}>} as a job refers to them
 */
export async function putBlob(api, bytes) {
  const stored = await api.rpc.blob.put(bytes);
  const hash = api.registry.hash(bytes).toHex();
  if (stored.hash_.toHex() !== hash) throw new Error(`the node names the blob ${stored.hash_}, its hash is ${hash}`);
  return { hash, length: stored.length.toNumber() };
}

/**
 * Fetches a blob and checks that it is the one asked for.
 *
 * @returns {Promise<Uint8Array>}
 */
export async function getBlob(api, hash) {
  const bytes = new Uint8Array(await api.rpc.blob.get(hash));
  const found = api.registry.hash(bytes).toHex();
  if (found !== String(hash)) throw new Error(`the node's blob ${hash} has the hash ${found}`);
  return bytes;
}

/** Content hash of the first model that the chain has a profile of. */
export async function firstModel(api) {
  const [key] = await api.query.compute.modelProfiles.keys();
  if (!key) throw new Error('the chain has no profile of any model');
  return key.args[0].toHex();
}

/**
 * A request of `api.tx.compute.submitJob`: greedy decoding, any worker, proof by replay, what is left over sold.
 *
 * @param {object} wanted `model`, `input`, `maxPromptTokens`, `maxOutputTokens`, `maxCredits` (wei), `deadline` (block)
 *   and any field that is to differ
 */
export function jobRequest({ model, input, maxPromptTokens, maxOutputTokens, maxCredits, deadline, ...others }) {
  return {
    kind: 'Inference',
    model,
    input,
    maxPromptTokens,
    decoding: {
      maxOutputTokens,
      temperatureMilli: 0,
      topK: 0,
      topPPpm: 1_000_000,
      minPPpm: 0,
      repetitionPenaltyMilli: 1_000,
    },
    sla: { maxLatencyMs: 0, maxJitterMs: 0, regions: 0, tee: false, minQualityPpb: 0 },
    tier: 0,
    resources: null,
    // What is to be paid for with tokens of other tiers: { tier, resources }.
    parts: [],
    // A price of 0 takes the default, 1.01 × the hour's mean.
    limits: { maxCredits, maxPrice: CLASSES.map(() => 0) },
    deadline,
    verification: 'Replay',
    prior: null,
    deltas: [],
    // No open job of the client may have the same number.
    nonce: BigInt(Date.now()) * 1_000n + BigInt(Math.floor(Math.random() * 1_000)),
    useHeldTokens: false,
    sellUnused: true,
    sealed: false,
    ...others,
  };
}

/**
 * The commitment to an order of a batch, byte by byte as docs/market.md has it.
 *
 * @param {object} order `pool` (`{ class, tier }`), `batch` (number), `trader` (address), `side` ("Buy" or "Sell"),
 *   `psi` and `theta` (wei) and `salt` (32 bytes)
 * @returns {Uint8Array}
 */
export function commitmentOf(api, { pool, batch, trader, side, psi, theta, salt }) {
  const part = (type, value) => api.createType(type, value).toU8a(true);
  return blake2AsU8a(
    u8aConcat(
      stringToU8a('hanzo/hmm/order/v1'),
      api.genesisHash.toU8a(),
      [CLASSES.indexOf(pool.class), pool.tier],
      part('u32', batch),
      decodeAddress(trader),
      [side === 'Buy' ? 0 : 1],
      part('u128', psi),
      part('u128', theta),
      salt,
    ),
  );
}

/** Number and hash of every final block from number `from` on, in order, as they become final. Never ends by itself. */
export async function* finalBlocks(api, from) {
  let last = -1;
  let wake = () => {};
  const stop = await api.rpc.chain.subscribeFinalizedHeads((header) => {
    last = header.number.toNumber();
    wake();
  });
  try {
    for (let number = from; ; number += 1) {
      while (number > last) {
        await new Promise((resolve) => {
          wake = resolve;
        });
      }
      yield { number, hash: (await api.rpc.chain.getBlockHash(number)).toHex() };
    }
  } finally {
    stop();
  }
}
