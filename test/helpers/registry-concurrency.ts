/**
 * Many processes change one registry at once: the test of every backend that no acknowledged change is lost, also
 * when processes are killed while they write.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { seededRandom } from './random.js';
import { finder, openConfigured, prepareRegistry, type RegistryConfig } from './registry-changes.js';

const WORKER = fileURLToPath(new URL('./registry-change.worker.js', import.meta.url));

export interface ConcurrencyOptions {
  /** with the keys of feature_store.yaml; nothing is stored there yet */
  readonly registry: RegistryConfig;
  /** relative paths start here */
  readonly folder: string;
  readonly processes: number;
  /** of each process */
  readonly changes: number;
  /** kill one of the processes at work, by SIGKILL, every so many milliseconds; another takes over from there */
  readonly killEveryMs?: number;
  /** decides who is killed */
  readonly seed?: number;
}

export interface ConcurrencyResult {
  readonly acknowledged: number;
  readonly kept: number;
  readonly kills: number;
  /** median and 99th percentile of an acknowledged change */
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly seconds: number;
}

/**
 * Runs the processes until each has had all its changes acknowledged, then looks what is kept. After every kill the
 * registry is read too: it must be decodable at any time, and hold all that was acknowledged by then.
 * @throws Error when a process fails that was not killed, or a change is missing after a kill
 */
export async function changeConcurrently(options: ConcurrencyOptions): Promise<ConcurrencyResult> {
  const { registry: config, folder, processes, changes, killEveryMs } = options;
  const registry = await openConfigured(config, folder);
  await registry.change(prepareRegistry);
  const acknowledged = new Set<string>();
  const times: number[] = [];
  const started = performance.now();

  const alive = new Map<number, ChildProcess>();
  // only these are killed: a process that dies while it starts has nothing to lose, and with slow starts none would end
  const working = new Map<number, ChildProcess>();
  let killed = 0;
  async function runSlot(slot: number): Promise<void> {
    for (let next = 0; next < changes; ) {
      const order = { registry: config, folder, slot, from: next, count: changes };
      const child = spawn(process.execPath, [WORKER, JSON.stringify(order)], {
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      alive.set(slot, child);
      let complaint = '';
      child.stderr.on('data', (chunk) => {
        complaint += chunk;
      });
      const exit = new Promise<NodeJS.Signals | number | null>((resolve) =>
        child.on('close', (code, signal) => resolve(signal ?? code)),
      );
      for await (const line of createInterface(child.stdout)) {
        const { done, ms } = JSON.parse(line) as { done: number; ms: number };
        acknowledged.add(`${slot} ${done}`);
        times.push(ms);
        working.set(slot, child);
        next = done + 1;
      }
      const end = await exit;
      alive.delete(slot);
      working.delete(slot);
      if (end !== 0 && end !== 'SIGKILL') throw new Error(`process ${slot} ended with ${end}: ${complaint}`);
    }
  }

  const countKept = async () => {
    // what was acknowledged before the read must be in it
    const expected = [...acknowledged].map((key) => key.split(' ').map(Number) as [number, number]);
    registry.refresh();
    const isKept = finder(await registry.contents());
    return { expected: expected.length, kept: expected.filter(([slot, n]) => isKept(slot, n)).length };
  };
  async function killNow(): Promise<void> {
    const children = [...working.values()];
    const victim = children[Math.floor(random() * children.length)];
    if (victim === undefined) return;
    victim.kill('SIGKILL');
    killed++;
    const { expected, kept } = await countKept();
    if (kept < expected) throw new Error(`after kill ${killed}: of ${expected} acknowledged, ${kept} kept`);
  }

  const random = seededRandom(options.seed ?? 1);
  let finished = false;
  const running = Promise.all(Array.from({ length: processes }, (_, slot) => runSlot(slot))).finally(() => {
    finished = true;
  });
  const killing = (async () => {
    while (killEveryMs !== undefined && !finished) {
      const pause = new Promise((resolve) => setTimeout(resolve, killEveryMs));
      await Promise.race([pause, running]);
      if (!finished) await killNow();
    }
  })();
  try {
    await Promise.all([running, killing]);
    const { kept } = await countKept();
    times.sort((a, b) => a - b);
    const percentile = (p: number) => Number((times[Math.floor(times.length * p)] ?? 0).toFixed(1));
    return {
      acknowledged: acknowledged.size,
      kept,
      kills: killed,
      p50Ms: percentile(0.5),
      p99Ms: percentile(0.99),
      seconds: Number(((performance.now() - started) / 1000).toFixed(1)),
    };
  } finally {
    for (const child of alive.values()) child.kill('SIGKILL');
    await registry.close();
  }
}
