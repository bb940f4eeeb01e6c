import type { EncodedBatch } from '../encoded-batch.js';
import { inTurn } from '../in-turn.js';
import type { WriteResult } from '../online-store.js';
import { type EntityCommands, entityCommands, type Rows } from './entity-commands.js';
import type { RedisConfig } from './redis-config.js';
import { decodeTimestamp, isLater } from './redis-format.js';
import { openRespConnection, type RespConnection, sendOne, unlessError } from './resp-connection.js';
import type { Reply } from './resp-parser.js';
import { WRITE } from './scripts.js';

/** Entities in one transaction: few enough that readers wait some milliseconds at most. */
const GROUP = 500;
/** Up to so many entities a script call, which takes one round trip, is the faster way. */
const SMALL = 50;

/** Writes batches to a standalone server, one after the other, over a connection of its own. */
export interface BulkWriter {
  /** @throws what the socket throws, or the server's refusal */
  write(project: string, view: string, batch: EncodedBatch): Promise<WriteResult>;
  close(): void;
}

/** Connects. @throws what the socket throws, or the server's refusal */
export async function openBulkWriter(config: RedisConfig): Promise<BulkWriter> {
  const connection = await openRespConnection(config);
  await sendOne(connection, ['SCRIPT', 'LOAD', WRITE.text]);
  const next = inTurn();
  return {
    write(project, view, batch) {
      const commands = entityCommands(project, view, batch, config.keyTtlSeconds);
      return next(() => writeGroups(connection, commands, batch.rowCount));
    },
    close: () => connection.close(),
  };
}

/**
 * Reads the event times of a group of entities, then writes those that are not older in a transaction that fails
 * if another writer of the view came between; a script then does the same for the group, which cannot be
 * disturbed. The event times of the next group are asked for along with the transaction.
 */
async function writeGroups(
  connection: RespConnection,
  commands: EntityCommands,
  rowCount: number,
): Promise<WriteResult> {
  const groups: Rows[] = [];
  for (let from = 0; from < rowCount; from += GROUP) {
    groups.push({ from, end: Math.min(from + GROUP, rowCount) });
  }
  let skippedOlder = 0;
  const runScript = async (rows: Rows) => {
    const [reply] = await connection.send(commands.script(rows), 1);
    skippedOlder += unlessError(reply!) as number;
  };
  const result = () => ({ written: rowCount - skippedOlder, skippedOlder });
  if (rowCount <= SMALL) {
    for (const rows of groups) await runScript(rows);
    return result();
  }
  const probe = (rows: Rows | undefined) =>
    rows === undefined
      ? Promise.resolve([])
      : connection.send(commands.probe(rows), rows.end - rows.from + 1);
  let stored = probe(groups[0]);
  for (const [i, rows] of groups.entries()) {
    const newer = newerRows(commands, rows, await stored);
    const { bytes, count } = commands.commit(rows, (row) => !newer.has(row));
    const committed = connection.send(bytes, count);
    stored = probe(groups[i + 1]);
    const executed = checked(await settled(committed, stored)).at(-1);
    if (executed !== null) {
      skippedOlder += newer.size;
      for (const reply of executed as readonly Reply[]) unlessError(reply);
      continue;
    }
    await runScript(rows);
    // the script has touched the guard that the probe above watches
    await sendOne(connection, ['UNWATCH']);
    stored = probe(groups[i + 1]);
  }
  return result();
}

/** The first, once both are through: what breaks the connection breaks both, and neither may go unseen. */
async function settled(first: Promise<Reply[]>, second: Promise<Reply[]>): Promise<Reply[]> {
  const [replies] = await Promise.all([first, second]);
  return replies;
}

/** @throws the first error among the replies: what a transaction was refused for, rather than that it was */
function checked(replies: readonly Reply[]): readonly Reply[] {
  for (const reply of replies) unlessError(reply);
  return replies;
}

/** The rows of which the store holds a newer one. */
function newerRows(commands: EntityCommands, rows: Rows, replies: readonly Reply[]): Set<number> {
  const newer = new Set<number>();
  const [, ...times] = checked(replies) as Buffer[];
  for (const [i, stored] of times.entries()) {
    const row = rows.from + i;
    if (stored === null) continue;
    const timestamp = commands.timestamp(row);
    if (!stored.equals(timestamp) && isLater(decodeTimestamp(stored), decodeTimestamp(timestamp))) {
      newer.add(row);
    }
  }
  return newer;
}
