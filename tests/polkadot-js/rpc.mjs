/**
 * The node's own JSON-RPC methods, as the `rpc` option of `ApiPromise.create` wants them. docs/json-rpc.md says the
 * same in prose; a test compares both with what a node serves.
 *
 * Answers are given the types that the runtime's metadata (version 15 or newer, which the library asks for by itself)
 * already has, so an answer over JSON-RPC and one of `api.call` are the same objects. `Wei`, `Window`, `StoredBlob`,
 * `AuditsChange` and those of routes are the only types the metadata lacks.
 */
import { Text, u128 } from '@polkadot/types';

/** Wei, wei of a resource-second, or 10¹⁸ fixed point: the node reads decimal strings, not the library's hex. */
class Wei extends u128 {
  toJSON() {
    return this.toString();
  }
}

/** "hour", "day", "week" or a number of blocks, which JSON must carry as a number. */
class Window extends Text {
  toJSON() {
    const text = this.toString();
    return /^\d+$/.test(text) ? Number(text) : text;
  }
}

/** Types to be registered with the methods. */
export const types = {
  Wei,
  Window,
  // The library's own property `hash` is that of the encoded struct.
  // Found by the node, so not in the runtime's metadata.
  RouteShare: { tier: 'u8', psi: 'u128', theta: 'u128', marginalPrice: 'u128', capPrice: 'u128' },
  ClassRoute: {
    class: 'Text',
    required: 'u128',
    total: 'u128',
    shadowPrice: 'u128',
    tierPrice: 'u128',
    shares: 'Vec<RouteShare>',
  },
  // What is paid for with tokens of another tier.
  PartAsked: { tier: 'u8', resources: '[Wei; 6]' },
  RouteView: { classes: 'Vec<ClassRoute>', total: 'u128', at: 'u32' },
  AuditsChange: {
    at: 'H256',
    number: 'u32',
    opened: 'Vec<HanzoTraitsReviewViewsReviewView>',
    changed: 'Vec<HanzoTraitsReviewViewsReviewView>',
    decided: 'Vec<HanzoTraitsReviewViewsVerdictView>',
    gone: 'Vec<u64>',
  },
  StoredBlob: { _alias: { hash_: 'hash' }, hash_: 'H256', length: 'u32', expiresInSeconds: 'u64' },
};

const POOL = 'HanzoTraitsApiPoolView';
const QUOTE = 'HanzoTraitsApiQuoteView';
const BATCH = 'HanzoTraitsApiBatchView';
const ROUTE = 'RouteView';
const JOB_QUOTE = 'HanzoTraitsApiJobQuote';
const JOB = 'HanzoTraitsApiJobView';
const OPEN_JOBS = 'HanzoTraitsApiOpenJobs';
const WORKER = 'HanzoTraitsApiWorkerView';
const DELIVERED = 'HanzoTraitsApiDeliveredOutput';
const ATTESTATION = 'HanzoTraitsApiAttestationView';
const REVIEW = 'HanzoTraitsReviewViewsReviewView';
const VERDICT = 'HanzoTraitsReviewViewsVerdictView';
const VERIFIER = 'HanzoTraitsReviewViewsVerifierView';
const SLASH = 'HanzoTraitsReviewViewsSlashView';
const AUDITS = 'AuditsChange';
const PROFILE = 'HanzoPoaiJobModelProfile';

const needs = (name, type) => ({ name, type });
const takes = (name, type) => ({ name, type: `Option<${type}>`, isOptional: true });
const tier = takes('tier', 'u8');
/** What of a job is paid for with tokens of other tiers. */
const parts = takes('parts', 'Vec<PartAsked>');
/** The block asked about; the best one if left out. */
const at = { name: 'at', type: 'BlockHash', isHistoric: true, isOptional: true };

/** A refusal rejects the promise; printing it besides is left to whoever catches it. */
const method = (description, params, type) => ({ description, params, type, noErrorLog: true });

const CLASS = needs('class', 'Text');
const quoting = (amount) => [CLASS, needs(amount, 'Wei'), tier, at];

/** The definitions by section and method. */
export const rpc = {
  hmm: {
    pools: method('Every pool: reserves, κ, price, means, shares, shape, fees.', [at], `Vec<${POOL}>`),
    pool: method('One pool, by "gpu", "vram", "cpu", "ram", "net" or "disk".', [CLASS, tier, at], POOL),
    quoteBuy: method('Compute for so many credits, fees included.', quoting('thetaIn'), QUOTE),
    quoteBuyExactOut: method('Credits for so much compute, fees included.', quoting('psiOut'), QUOTE),
    quoteSell: method('Credits for so much compute sold, fees taken off.', quoting('psiIn'), QUOTE),
    price: method('Price of the next unit, 10¹⁸ fixed point.', [CLASS, tier, at], 'u128'),
    twap: method(
      'Mean price over "hour", "day", "week" or blocks.',
      [CLASS, needs('window', 'Window'), tier, at],
      'u128',
    ),
    route: method(
      'The cheapest way to buy six amounts, in the order of the classes, in all tiers or those named.',
      [needs('resources', '[Wei; 6]'), takes('tiers', 'Vec<u32>'), at],
      ROUTE,
    ),
    batch: method('The batch that calls in the next block belong to, and its orders.', [CLASS, tier, at], BATCH),
    impermanentLoss: method(
      'What a provider has lost against holding, at this price ratio from balance; both 10¹⁸ fixed point.',
      quoting('ratio'),
      'u128',
    ),
  },
  jobs: {
    quote: method(
      'What a job would cost, class by class.',
      [needs('model', 'H256'), needs('maxPromptTokens', 'u32'), needs('maxOutputTokens', 'u32'), tier, at, parts],
      JOB_QUOTE,
    ),
    quoteResources: method(
      'The same for a job that names its resources: six amounts, in the order of the classes.',
      [needs('resources', '[Wei; 6]'), tier, at, parts],
      JOB_QUOTE,
    ),
    job: method('One job.', [needs('job', 'u64'), at], `Option<${JOB}>`),
    openJobs: method(
      'Jobs that are not final, oldest first, at most 256, and where the next page starts.',
      [takes('start', 'u64'), takes('limit', 'u32'), at],
      OPEN_JOBS,
    ),
    workers: method('Workers; at most 256.', [takes('start', 'u32'), takes('limit', 'u32'), at], `Vec<${WORKER}>`),
    worker: method('One worker.', [needs('account', 'AccountId'), at], `Option<${WORKER}>`),
    modelProfile: method('What running a model costs.', [needs('model', 'H256'), at], `Option<${PROFILE}>`),
    result: method(
      'The output where it was demanded and delivered on chain.',
      [needs('job', 'u64'), at],
      `Option<${DELIVERED}>`,
    ),
    subscribeJob: {
      ...method('The job now and whenever a best block changes it, until it is final.', [needs('job', 'u64')], JOB),
      pubsub: ['job', 'subscribeJob', 'unsubscribeJob'],
    },
  },
  poai: {
    attestation: method(
      'What was attested, when, and when the job settles.',
      [needs('job', 'u64'), at],
      `Option<${ATTESTATION}>`,
    ),
    challenge: method(
      'The hash that the attestation of an accepted job must be bound to.',
      [needs('job', 'u64'), at],
      'H256',
    ),
    quality: method('Quality of a worker, parts per billion.', [needs('account', 'AccountId'), at], 'u32'),
    openAudits: method('Reviews under way; at most 256.', [takes('limit', 'u32'), at], `Vec<${REVIEW}>`),
    subscribeAudits: {
      ...method('The reviews under way, then what each best block changes in them.', [], AUDITS),
      pubsub: ['audits', 'subscribeAudits', 'unsubscribeAudits'],
    },
    seats: method('Reviews on whose committees an account sits.', [needs('account', 'AccountId'), at], `Vec<${REVIEW}>`),
    verdicts: method('What the review of a job came to.', [needs('job', 'u64'), at], `Option<${VERDICT}>`),
    verifier: method('One verifier.', [needs('account', 'AccountId'), at], `Option<${VERIFIER}>`),
    verifiers: method(
      'Verifiers by slot; at most 256.',
      [takes('start', 'u32'), takes('limit', 'u32'), at],
      `Vec<${VERIFIER}>`,
    ),
    slashes: method(
      'Slashes that wait for their time, the next one first; at most 256.',
      [takes('limit', 'u32'), at],
      `Vec<${SLASH}>`,
    ),
    deniedUntil: method(
      'First block in which an account may submit and be given jobs again.',
      [needs('account', 'AccountId'), at],
      'Option<u32>',
    ),
    challengeBond: method(
      'What a challenge of an attested job has to put up, wei.',
      [needs('job', 'u64'), at],
      'Option<u128>',
    ),
  },
  // Bytes travel in hexadecimal, which is what the library reads and writes.
  blob: {
    put: method('Stores at most 1 MiB: hash, length, seconds until it expires.', [needs('bytes', 'Raw')], 'StoredBlob'),
    get: method('The bytes, from this node or from a peer that has them.', [needs('hash', 'H256')], 'Raw'),
  },
  invariants: {
    check: method(
      'Nothing if every invariant of our pallets holds. Unsafe: refused on public RPC.',
      [takes('level', 'u8'), at],
      'Null',
    ),
  },
};

/** The names as the node lists them, those that end subscriptions included. */
export function names() {
  const ofMethod = (section, name, { pubsub }) =>
    (pubsub ? pubsub.slice(1) : [name]).map((part) => `${section}_${part}`);
  const ofSection = ([section, methods]) =>
    Object.entries(methods).flatMap(([name, method]) => ofMethod(section, name, method));
  return Object.entries(rpc).flatMap(ofSection).sort();
}
