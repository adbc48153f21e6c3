#!/usr/bin/env node
/**
 * Looks at what a node offers to dApps: metadata in every version, runtime APIs, JSON-RPC methods, and whether
 * transactions signed under each version of the metadata are valid.
 */
import { Keyring } from '@polkadot/api';
import { Metadata, TypeRegistry } from '@polkadot/types';
import { main } from './command.mjs';
import { CLASSES, connect, firstModel } from './hanzo.mjs';
import { names, rpc } from './rpc.mjs';

const USAGE = `node surface.mjs [options] [ws://node:port]
  --suri SECRET             whose signature is tried (//Bob)
  --json                    one line of JSON`;

/** Versions that wallets and libraries in use ask for. */
const VERSIONS = [14, 15, 16];
const OURS = { apis: ['HmmApi', 'JobsApi', 'PoaiApi', 'Invariants'], pallets: ['Hmm', 'Compute', 'Poai'] };
const AI = 10n ** 18n;

/** The runtime's metadata in one version, as hexadecimal. */
async function fetchMetadata(api, version) {
  const answer = await api.call.metadata.metadataAtVersion(version);
  if (answer.isNone) throw new Error(`the runtime gives no metadata of version ${version}`);
  return answer.unwrap().toHex();
}

/** Decodes metadata and says what is in it. */
function describe(version, hex) {
  const metadata = new Metadata(new TypeRegistry(), hex);
  if (metadata.version !== version) throw new Error(`asked for metadata ${version}, got ${metadata.version}`);
  const { pallets, apis = [], extrinsic, lookup } = metadata[`asV${version}`];
  const without = (type) => lookup.getSiType(type).def.asVariant.variants.filter(({ docs }) => docs.length === 0);
  const undocumented = pallets
    .filter(({ name }) => OURS.pallets.includes(name.toString()))
    .flatMap(({ name, calls, events, errors }) =>
      [calls, events, errors].flatMap((part) =>
        without(part.unwrap().type).map((variant) => `${name}.${variant.name}`),
      ),
    );
  const ourApis = apis.filter(({ name }) => OURS.apis.includes(name.toString()));
  undocumented.push(
    ...ourApis.flatMap(({ name, methods }) =>
      methods.filter((method) => method.docs.length === 0).map((method) => `${name}.${method.name}`),
    ),
  );
  return {
    version,
    bytes: hex.length / 2 - 1,
    // Nothing was skipped or guessed if encoding what was decoded gives the same bytes.
    complete: metadata.toHex() === hex,
    pallets: pallets.map(({ name }) => name.toString()),
    apis: Object.fromEntries(
      ourApis.map(({ name, methods }) => [name, methods.map((method) => method.name.toString())]),
    ),
    extensions: (extrinsic.transactionExtensions ?? extrinsic.signedExtensions).map(({ identifier }) =>
      identifier.toString(),
    ),
    undocumented,
  };
}

/** Whether the runtime takes a transaction that a library knowing only this metadata has signed. */
async function trySigning(url, key, hex, signer) {
  const api = await connect(url, { metadata: { [key]: hex } });
  try {
    const call = api.tx.hmm.buy({ class: 'Gpu', tier: 0 }, AI, 0, 1_000);
    const hash = await api.rpc.chain.getBlockHash();
    await call.signAsync(signer, { nonce: -1 });
    // As bytes, for which the library's own types and those of newer metadata agree.
    const validity = await api.call.taggedTransactionQueue.validateTransaction('External', call.toU8a(), hash);
    return {
      call: call.method.toHex(),
      valid: validity.isOk,
      reason: validity.isOk ? undefined : validity.asErr.toString(),
    };
  } finally {
    await api.disconnect();
  }
}

/** Questions that JSON-RPC and runtime API both answer, as pairs of functions by the name of the method. */
async function questions(api, hash, account) {
  const { hmmApi, jobsApi, poaiApi } = (await api.at(hash)).call;
  const { hmm, jobs, poai } = api.rpc;
  const model = await firstModel(api);
  const amounts = CLASSES.map((_, index) => BigInt(index) * AI);
  const ofPool = (name) => {
    const pool = { class: name, tier: 0 };
    return [
      ['hmm_pool', () => hmm.pool(name, 0, hash), () => hmmApi.pool(pool)],
      ['hmm_quoteBuy', () => hmm.quoteBuy(name, AI / 10n, 0, hash), () => hmmApi.quoteBuy(pool, AI / 10n)],
      ['hmm_quoteBuyExactOut', () => hmm.quoteBuyExactOut(name, AI, 0, hash), () => hmmApi.quoteBuyExactOut(pool, AI)],
      ['hmm_quoteSell', () => hmm.quoteSell(name, AI, 0, hash), () => hmmApi.quoteSell(pool, AI)],
      ['hmm_price', () => hmm.price(name, 0, hash), () => hmmApi.price(pool)],
      ['hmm_batch', () => hmm.batch(name, 0, hash), () => hmmApi.batch(pool)],
      [
        'hmm_impermanentLoss',
        () => hmm.impermanentLoss(name, 2n * AI, 0, hash),
        () => hmmApi.impermanentLoss(pool, 2n * AI),
      ],
      ['hmm_twap', () => hmm.twap(name, 'hour', 0, hash), async () => (await hmmApi.pool(pool)).asOk.twapHour],
    ];
  };
  return [
    ['hmm_pools', () => hmm.pools(hash), () => hmmApi.pools()],
    ...CLASSES.flatMap(ofPool),
    ['jobs_quote', () => jobs.quote(model, 10, 20, 0, hash), () => jobsApi.quote(model, 0, [], 10, 20)],
    ['jobs_quoteResources', () => jobs.quoteResources(amounts, 0, hash), () => jobsApi.quoteResources(0, [], amounts)],
    ['jobs_job', () => jobs.job(0, hash), () => jobsApi.job(0)],
    ['jobs_openJobs', () => jobs.openJobs(0, 5, hash), () => jobsApi.openJobs(0, 5)],
    ['jobs_workers', () => jobs.workers(0, 5, hash), () => jobsApi.workers(0, 5)],
    ['jobs_worker', () => jobs.worker(account, hash), () => jobsApi.worker(account)],
    ['jobs_modelProfile', () => jobs.modelProfile(model, hash), () => jobsApi.modelProfile(model)],
    ['jobs_result', () => jobs.result(0, hash), () => poaiApi.delivered(0)],
    ['poai_attestation', () => poai.attestation(0, hash), () => poaiApi.attestation(0)],
    ['poai_quality', () => poai.quality(account, hash), () => poaiApi.quality(account)],
    ['poai_openAudits', () => poai.openAudits(5, hash), () => poaiApi.openAudits(5)],
    ['poai_seats', () => poai.seats(account, hash), () => poaiApi.seats(account)],
    ['poai_verdicts', () => poai.verdicts(0, hash), () => poaiApi.verdict(0)],
    ['poai_verifier', () => poai.verifier(account, hash), () => poaiApi.verifier(account)],
    ['poai_verifiers', () => poai.verifiers(0, 5, hash), () => poaiApi.verifiers(0, 5)],
    ['poai_slashes', () => poai.slashes(5, hash), () => poaiApi.slashes(5)],
    ['poai_deniedUntil', () => poai.deniedUntil(account, hash), () => poaiApi.deniedUntil(account)],
    ['poai_challengeBond', () => poai.challengeBond(0, hash), () => poaiApi.challengeBond(0)],
  ];
}

/** Asks both ways at one block, and says which answers differ. */
async function compareAnswers(api, served) {
  const { hash } = await api.rpc.chain.getHeader();
  const [worker] = await api.rpc.jobs.workers(0, 1, hash);
  if (!worker) throw new Error('the chain has no worker to ask about');
  const pairs = (await questions(api, hash, worker.account)).filter(([name]) => served.includes(name));
  const differing = [];
  for (const [name, overRpc, direct] of pairs) {
    const [left, answer] = await Promise.all([overRpc(), direct()]);
    const right = answer.isOk ? answer.asOk : answer;
    if (left.toHex() !== right.toHex()) differing.push(`${name}: ${left} over JSON-RPC, ${right} from the runtime`);
  }
  return { compared: [...new Set(pairs.map(([name]) => name))], differing };
}

async function run(api, { suri }, url) {
  const signer = new Keyring({ type: 'sr25519' }).addFromUri(suri);
  const key = `${api.genesisHash.toHex()}-${api.runtimeVersion.specVersion}`;
  const metadata = [];
  for (const version of VERSIONS) {
    const hex = await fetchMetadata(api, version);
    metadata.push({ ...describe(version, hex), signing: await trySigning(url, key, hex, signer) });
  }
  const { methods } = await api.rpc.rpc.methods();
  const served = methods
    .map(String)
    .filter((name) => name.split('_')[0] in rpc)
    .sort();
  return {
    used: api.runtimeMetadata.version,
    metadata,
    undefinedHere: served.filter((name) => !names().includes(name)),
    notServed: names().filter((name) => !served.includes(name)),
    answers: await compareAnswers(api, served),
  };
}

function text({ used, metadata, undefinedHere, notServed, answers }) {
  const list = (items) => items.join(', ') || 'none';
  const line = ({ version, bytes, complete, pallets, apis, undocumented, signing }) =>
    `metadata ${version}: ${bytes} bytes ${complete ? '' : 'NOT '}decoded whole, ${pallets.length} pallets, ` +
    `runtime APIs: ${list(Object.keys(apis))}; undocumented: ${list(undocumented)}; ` +
    `a transaction is ${signing.valid ? 'valid' : `refused: ${signing.reason}`}`;
  return [
    ...metadata.map(line),
    `the library itself uses version ${used}`,
    `methods without definition: ${list(undefinedHere)}; definitions without method: ${list(notServed)}`,
    `${answers.compared.length} methods compared with the runtime; differing answers: ${list(answers.differing)}`,
  ].join('\n');
}

await main(USAGE, { suri: '//Bob' }, run, text);
