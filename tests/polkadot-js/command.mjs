/** What the programs here share: options, a connection, a time limit, one line of JSON or text, an exit status. */
import { parseArgs } from 'node:util';
import { connect } from './hanzo.mjs';

/** Amounts are BigInt; JSON carries them as decimal strings. */
const decimal = (_, value) => (typeof value === 'bigint' ? value.toString() : value);

/**
 * Runs a program against the node that the command line names (default ws://127.0.0.1:9944).
 *
 * @param {string} usage printed for --help
 * @param {object} options further string options with their defaults
 * @param {(api, values, url: string) => Promise<object>} run its report goes to standard output
 * @param {(report: object) => string} text the report for people, unless --json is given
 */
export async function main(usage, options, run, text) {
  let api;
  let timer;
  try {
    const named = {
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
      'limit-s': { type: 'string', default: '300' },
    };
    for (const [name, value] of Object.entries(options)) named[name] = { type: 'string', default: value };
    const { values, positionals } = parseArgs({ options: named, allowPositionals: true });
    if (values.help) {
      console.log(usage);
      return;
    }
    const seconds = Number(values['limit-s']);
    if (!(seconds > 0)) throw new Error(`--limit-s is ${values['limit-s']}; it must be a positive number of seconds`);
    const over = new Promise((_, reject) => {
      timer = setTimeout(() => reject(new Error(`not done within ${seconds} s`)), seconds * 1_000);
    });
    const url = positionals[0] ?? 'ws://127.0.0.1:9944';
    const work = async () => {
      api = await connect(url);
      return run(api, values, url);
    };
    const report = await Promise.race([work(), over]);
    console.log(values.json ? JSON.stringify(report, decimal) : text(report));
  } catch (error) {
    console.error(`error: ${error.message}`);
    process.exitCode = 1;
  } finally {
    clearTimeout(timer);
    await api?.disconnect();
  }
}
