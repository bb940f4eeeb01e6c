import { type CronExpression, CronExpressionParser } from 'cron-parser';
import { CodedError, messageOf } from '../../src/shared/errors.js';
import type { TimeZone } from './time-zone.js';

const FIELDS = ['minute', 'hour', 'day of month', 'month', 'day of week'] as const;

/** Fire times of one cron expression in one time zone, as instants in milliseconds since the epoch. */
export interface Cron {
  /** the first fire time after `instant` */
  next(instant: number): number;
  /** the last fire time before `instant` */
  prev(instant: number): number;
}

function parse(expression: string): CronExpression {
  return CronExpressionParser.parse(expression, { tz: 'UTC' });
}

/** The first field that is wrong by itself, and why. */
function wrongField(parts: readonly string[]): string | undefined {
  for (const [i, part] of parts.entries()) {
    const alone = parts.map((_, k) => (k === i ? part : '*')).join(' ');
    try {
      parse(alone);
    } catch (error) {
      return `the field "${FIELDS[i]}" holds ${JSON.stringify(part)}: ${messageOf(error)}`;
    }
  }
  return undefined;
}

/**
 * Checks a five-field cron expression, and that it fires at all.
 * @returns the expression with single blanks
 * @throws CodedError DAG_INVALID naming the field and its value
 */
export function checkCron(expression: string, place: string): string {
  const parts = expression.trim().split(/\s+/);
  const fail = (why: string): never => {
    throw new CodedError(
      'DAG_INVALID',
      `${place}: ${JSON.stringify(expression)} is not a cron expression: ${why}`,
    );
  };
  if (parts.length !== FIELDS.length) {
    fail(`it has ${parts.length} fields; expected five: ${FIELDS.join(', ')}. Example: "30 2 * * *"`);
  }
  const normal = parts.join(' ');
  try {
    parse(normal).next();
  } catch (error) {
    fail(wrongField(parts) ?? `no day fits it (${messageOf(error)})`);
  }
  return normal;
}

/**
 * Cron arithmetic as Airflow's cron data intervals do it (airflow/timetables/_cron.py): the wall clock is
 * stepped, and the result placed in the zone. Where every hour fires, the step is added in real time instead,
 * so that an hourly schedule neither skips nor repeats an hour when clocks change.
 * @param expression one that checkCron returned
 */
export function cron(expression: string, zone: TimeZone): Cron {
  const steps = parse(expression);
  const everyHour = steps.fields.hour.values.length === 24;
  const from = (instant: number) => {
    const naive = zone.toNaive(instant);
    steps.reset(new Date(naive));
    return naive;
  };
  return {
    next(instant) {
      const naive = from(instant);
      const found = steps.next().getTime();
      return everyHour ? instant + found - naive : zone.toInstant(found);
    },
    prev(instant) {
      const naive = from(instant);
      const found = steps.prev().getTime();
      return everyHour ? instant + found - naive : zone.toInstant(found);
    },
  };
}
