import { pathToFileURL } from 'node:url';
import { parentPort } from 'node:worker_threads';
import { messageOf } from '../../src/shared/errors.js';
import { collectDags, type Dag } from '../dag/dag-object.js';
import type { DagSpec } from '../dag/spec.js';
import { specifyDag } from './dag-spec.js';
import type { ParseAnswer, ParseRequest } from './parse-protocol.js';

/** Loads bundled DAG files, one at a time, and says what DAGs they hold. May die of any of them. */
const port = parentPort!;
let asked: ParseRequest | undefined;
let imports = 0;

process.setSourceMapsEnabled(true);

function answer(message: ParseAnswer): void {
  if (asked === undefined) return;
  asked = undefined;
  port.postMessage(message);
}

function fail(error: unknown): void {
  const { stack, name } = (error ?? {}) as Partial<Error>;
  const prefix = name === undefined || /^(Coded)?Error$/.test(name) ? '' : `${name}: `;
  answer({
    kind: 'failed',
    message: prefix + messageOf(error),
    stack: typeof stack === 'string' ? stack : undefined,
  });
}

function specify(dag: Dag, file: string): DagSpec {
  try {
    return specifyDag(dag, file);
  } catch (error) {
    // the mistake is where dag(…) was called, not here
    if (error instanceof Error && dag.site.stack !== undefined) error.stack = dag.site.stack;
    throw error;
  }
}

async function parse({ bundle, file }: ParseRequest): Promise<void> {
  // the query makes Node load a bundle anew: what it reads while it is loaded may have changed
  const exports = (await import(`${pathToFileURL(bundle).href}?load=${imports++}`)) as Record<
    string,
    unknown
  >;
  // a rejection that nobody handles is known one turn later
  await new Promise(setImmediate);
  const dags = collectDags(exports);
  if (dags.length === 0) {
    throw new Error('exports no DAG; export what dag(…) returns, as default or by name');
  }
  const specs = dags.map((dag) => specify(dag, file));
  const twice = dags.find((dag, index) => dags.findIndex((other) => other.dagId === dag.dagId) < index);
  if (twice !== undefined) {
    const error = new Error(`two DAGs of this file have the id "${twice.dagId}"`);
    if (twice.site.stack !== undefined) error.stack = twice.site.stack;
    throw error;
  }
  answer({ kind: 'parsed', dags: specs, watch: [...new Set(dags.flatMap((dag) => dag.settings.watch))] });
}

const exit = process.exit.bind(process);
process.exit = (code) => {
  fail(new Error(`called process.exit(${code ?? ''}) while it was loaded`));
  return exit(code);
};
process.on('uncaughtException', fail);
process.on('unhandledRejection', fail);
port.on('message', (request: ParseRequest) => {
  asked = request;
  parse(request).catch(fail);
});
