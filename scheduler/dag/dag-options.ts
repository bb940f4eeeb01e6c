import type { Duration } from '../../src/shared/duration.js';
import { CodedError } from '../../src/shared/errors.js';
import {
  duration,
  durationOrNone,
  invalidOption,
  type OptionCheck,
  type OptionTable,
  readOptions,
  text,
  texts,
  wholeNumber,
  yesOrNo,
} from './option.js';
import type { TaskOptions } from './task-options.js';

/** A schedule as its author writes it: cron or preset, several crons, an interval, or none (manual only). */
export type Schedule = string | readonly string[] | { readonly every: Duration } | null;

/** What a DAG can be given. */
export interface DagOptions {
  /** a cron expression, a preset (`@daily`), several crons, `{ every: '15m' }`, or null: manual runs only (default) */
  schedule?: Schedule;
  /** start of the first data interval; a date or time without an offset is one of the DAG's time zone */
  startDate?: string | Date;
  /** no interval ends after it */
  endDate?: string | Date;
  /** IANA name, for example `Europe/Lisbon`; default UTC */
  timeZone?: string;
  /**
   * which complete intervals without a run get one: true: all since startDate; a number: at most the latest so
   * many; false (default): the latest only
   */
  catchup?: boolean | number;
  /** default 16 */
  maxActiveRuns?: number;
  /** tasks at once, over all runs of the DAG; default 16 */
  maxActiveTasks?: number;
  /** a run that takes longer is failed; default none */
  runTimeout?: Duration | null;
  /** default params of a run: JSON */
  params?: Record<string, unknown>;
  tags?: readonly string[];
  description?: string;
  /** default false */
  pausedUponCreation?: boolean;
  /** options for every task that does not say otherwise */
  defaults?: TaskOptions;
  /**
   * files, and folders with their code and configuration (.ts .js .json .yaml …), relative to the home folder,
   * whose changes make this DAG file be read again
   */
  watch?: readonly string[];
}

/** A DAG's options, checked as far as can be without a calendar: durations in milliseconds. */
export interface DagSettings {
  readonly schedule: Schedule;
  /** ISO text as written, or milliseconds since the epoch where a Date was given */
  readonly startDate: string | number | null;
  readonly endDate: string | number | null;
  readonly timeZone: string;
  readonly catchup: boolean | number;
  readonly maxActiveRuns: number;
  readonly maxActiveTasks: number;
  readonly runTimeout: number | null;
  readonly params: Readonly<Record<string, unknown>>;
  readonly tags: readonly string[];
  readonly description: string;
  readonly pausedUponCreation: boolean;
  readonly defaults: Readonly<Record<string, unknown>>;
  readonly watch: readonly string[];
}

const schedule: OptionCheck<Schedule> = (value, place) => {
  if (value === null || typeof value === 'string') return value;
  if (Array.isArray(value) && value.length > 0) return texts(value, place);
  if (typeof value === 'object' && !Array.isArray(value) && Object.keys(value).join() === 'every') {
    return { every: duration((value as { every: unknown }).every, `${place}, every`) };
  }
  throw invalidOption(
    value,
    place,
    'a schedule: a cron expression, a preset such as "@daily", a list of crons, { every: "15m" } or null',
  );
};

const moment: OptionCheck<string | number | null> = (value, place) => {
  if (typeof value === 'string') return value;
  // not instanceof: a Date of another realm is a date too
  if (Object.prototype.toString.call(value) === '[object Date]') {
    const time = (value as Date).getTime();
    if (!Number.isNaN(time)) return time;
  }
  throw invalidOption(
    value,
    place,
    'a date: a text such as "2026-10-20" or "2026-10-20T06:00:00Z", or a valid Date',
  );
};

const jsonObject: OptionCheck<Readonly<Record<string, unknown>>> = (value, place) => {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    try {
      return JSON.parse(JSON.stringify(value)) as Record<string, unknown>;
    } catch (cause) {
      throw new CodedError('DAG_INVALID', `${place}: cannot be written as JSON; params must be JSON values`, {
        cause,
      });
    }
  }
  throw invalidOption(value, place, 'an object of JSON values');
};

const catchup: OptionCheck<boolean | number> = (value, place) =>
  typeof value === 'number' ? wholeNumber(1)(value, place) : yesOrNo(value, place);

const taskDefaults: OptionCheck<Readonly<Record<string, unknown>>> = (value, place) => {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value };
  throw invalidOption(value, place, 'an object of task options');
};

const DAG_OPTIONS: OptionTable<DagSettings> = {
  schedule: { check: schedule, absent: null },
  startDate: { check: moment, absent: null },
  endDate: { check: moment, absent: null },
  timeZone: { check: text, absent: 'UTC' },
  catchup: { check: catchup, absent: false },
  maxActiveRuns: { check: wholeNumber(1), absent: 16 },
  maxActiveTasks: { check: wholeNumber(1), absent: 16 },
  runTimeout: { check: durationOrNone, absent: null },
  params: { check: jsonObject, absent: {} },
  tags: { check: texts, absent: [] },
  description: { check: text, absent: '' },
  pausedUponCreation: { check: yesOrNo, absent: false },
  defaults: { check: taskDefaults, absent: {} },
  watch: { check: texts, absent: [] },
};

/**
 * A DAG's settings from its options.
 * @param place opens error messages: `dag "sales"`
 * @throws CodedError DAG_UNKNOWN_OPTION, DAG_INVALID, DURATION_INVALID
 */
export function readDagOptions(options: unknown, place: string): DagSettings {
  const settings = readOptions(options, DAG_OPTIONS, place);
  if (settings.schedule !== null && settings.schedule !== '@none' && settings.startDate === null) {
    throw new CodedError(
      'DAG_INVALID',
      `${place}: has a schedule and no startDate; say from when its intervals count, for example startDate: "2026-10-20"`,
    );
  }
  return settings;
}
