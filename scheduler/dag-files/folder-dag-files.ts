import { join, resolve } from 'node:path';
import { messageOf } from '../../src/shared/errors.js';
import type { Logger } from '../../src/shared/logger.js';
import { bundleName } from './bundle.js';
import { hashText, pruneBundles } from './bundle-cache.js';
import { createClaims } from './claims.js';
import type { DagFileEvent, DagFiles, ImportError } from './dag-files.js';
import { listDagFiles } from './discover.js';
import { fingerprint } from './fingerprint.js';
import { type LoadedFile, loadDagFile } from './load-dag-file.js';
import { createParseLane } from './parse-lane.js';

export interface DagFilesOptions {
  /** absolute paths: where DAG files are, where bundles go, what `watch` is relative to */
  readonly dagsFolder: string;
  readonly bundlesFolder: string;
  readonly homeFolder: string;
  readonly logger: Logger;
  /** a file that takes longer to load is an import error; default 30 s */
  readonly parseTimeoutMs?: number;
  /** memory a file may use to load; default 512 */
  readonly parseMemoryMb?: number;
  /** how often changes are looked for; default 2 s */
  readonly pollMs?: number;
}

/** Threads that parse: while one file hangs, the others go on. */
const LANES = 2;

interface KnownFile {
  /** absolute path → fingerprint; another fingerprint means: load again */
  prints: Map<string, string>;
  /** absolute paths of `watch`, with their joint fingerprint */
  watched: readonly string[];
  /** the last that could be used; a broken file keeps it */
  good: Extract<LoadedFile, { kind: 'parsed' }> | undefined;
  error: Extract<LoadedFile, { kind: 'import_error' }> | undefined;
  salt: string;
}

/** The DAG files of a folder. Changes are found by looking at times and sizes; see DagFiles. */
export function createDagFiles(options: DagFilesOptions): DagFiles {
  const { dagsFolder, bundlesFolder, homeFolder, logger, pollMs = 2000 } = options;
  const { parseTimeoutMs: timeoutMs = 30_000, parseMemoryMb: memoryMb = 512 } = options;
  const folders = { dags: dagsFolder, bundles: bundlesFolder };
  const lanes = Array.from({ length: LANES }, () => createParseLane({ timeoutMs, memoryMb, logger }));
  const known = new Map<string, KnownFile>();
  const claims = createClaims();
  /** files to load: waiting, or being loaded */
  const queue = new Set<string>();
  const waiting: string[] = [];
  let idleLanes = [...lanes];
  let listener: (event: DagFileEvent) => void = () => {};
  let moment = 0;
  let timer: NodeJS.Timeout | undefined;
  let closed = false;
  const whenDone: (() => void)[] = [];

  const report = (file: string): void => {
    const { good, error } = known.get(file)!;
    if (error !== undefined) {
      listener({ kind: 'import_error', file, error: error.error });
      return;
    }
    const conflict = claims.findConflict(file);
    if (conflict === undefined) {
      const { dags, bundle } = good!;
      listener({ kind: 'parsed', file, dags, bundle });
      return;
    }
    const message = `the DAG id "${conflict.dagId}" is taken by ${conflict.owner}; give one of them another id`;
    listener({ kind: 'import_error', file, error: importError(file, message) });
  };

  const isKnownError = (file: string, message: string): boolean =>
    known.get(file)?.error?.error.message === message;

  const keep = (file: string, loaded: LoadedFile, startedAt: number): void => {
    const before = known.get(file);
    if (before === undefined) return; // removed while it was loaded
    let touched: string[] = [];
    if (loaded.kind === 'parsed') {
      before.good = loaded;
      before.error = undefined;
      before.watched = loaded.watch.map((path) => resolve(homeFolder, path));
      touched = claims.set(
        file,
        loaded.dags.map(({ dagId }) => dagId),
        startedAt,
      );
    } else {
      before.error = loaded;
    }
    before.prints = new Map(loaded.inputs);
    for (const path of before.watched) before.prints.set(path, fingerprint(path));
    report(file);
    for (const other of touched) if (known.get(other)?.error === undefined) report(other);
  };

  const load = async (file: string, lane: (typeof lanes)[number]): Promise<void> => {
    const startedAt = moment;
    try {
      const loaded = await loadDagFile(file, folders, lane, known.get(file)?.salt ?? '');
      if (!closed) keep(file, loaded, startedAt);
    } catch (error) {
      // not the file's fault: a full disk, a folder that may not be written; tried again with each look
      const inputs = new Map([[join(dagsFolder, file), 'not loaded']]);
      const message = `cannot be loaded: ${messageOf(error)}`;
      if (closed || isKnownError(file, message)) return;
      keep(file, { kind: 'import_error', inputs, error: importError(file, message) }, startedAt);
    } finally {
      queue.delete(file);
      idleLanes.push(lane);
      next();
    }
  };

  const next = (): void => {
    while (!closed && idleLanes.length > 0 && waiting.length > 0) {
      void load(waiting.shift()!, idleLanes.pop()!);
    }
    if (queue.size > 0 && !closed) return;
    for (const done of whenDone.splice(0)) done();
  };

  const remove = (file: string): void => {
    known.delete(file);
    const touched = claims.set(file, [], moment);
    listener({ kind: 'removed', file });
    for (const other of touched) if (known.get(other)?.error === undefined) report(other);
  };

  const look = (): void => {
    moment++;
    const memo = new Map<string, string>();
    const print = (path: string): string => {
      const seen = memo.get(path) ?? fingerprint(path);
      memo.set(path, seen);
      return seen;
    };
    const files = listDagFiles(dagsFolder);
    const present = new Set(files);
    for (const file of [...known.keys()]) if (!present.has(file)) remove(file);
    for (const file of files) {
      if (queue.has(file)) continue;
      const entry = known.get(file);
      if (entry === undefined) {
        known.set(file, { prints: new Map(), watched: [], good: undefined, error: undefined, salt: '' });
      } else {
        const changed = [...entry.prints].filter(([path, before]) => print(path) !== before);
        if (changed.length === 0) continue;
        // the bundle is the same, what it does when it is loaded is not
        if (changed.some(([path]) => entry.watched.includes(path))) {
          entry.salt = hashText(entry.watched.map(print).join());
        }
      }
      queue.add(file);
      waiting.push(file);
    }
    next();
  };

  const poll = (): void => {
    timer = setTimeout(() => {
      try {
        look();
      } catch (error) {
        // a folder that cannot be read for a while must not end the scheduler
        logger.error(`cannot look for DAG files: ${messageOf(error)}`);
      }
      if (!closed) poll();
    }, pollMs);
  };

  return {
    onEvent(next) {
      listener = next;
    },
    scan() {
      const done = new Promise<void>((resolveDone) => whenDone.push(resolveDone));
      look();
      return done;
    },
    watch() {
      if (timer === undefined) poll();
    },
    async prune(kept) {
      const inUse = new Set([...known.values()].map(({ good }) => good?.bundle));
      const inTheMaking = [...queue].map((file) => join(bundlesFolder, bundleName(file)));
      const needed = (path: string) =>
        kept.has(path) || inUse.has(path) || inTheMaking.some((start) => path.startsWith(start));
      await pruneBundles(bundlesFolder, needed);
    },
    async close() {
      closed = true;
      clearTimeout(timer);
      next();
      idleLanes = [];
      await Promise.all(lanes.map((lane) => lane.close()));
    },
  };
}

function importError(file: string, message: string): ImportError {
  return { file, message, line: undefined, column: undefined };
}
