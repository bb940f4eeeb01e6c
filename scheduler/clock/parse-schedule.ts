import { parseDuration } from '../../src/shared/duration.js';
import { CodedError } from '../../src/shared/errors.js';
import { didYouMean } from '../../src/shared/nearest.js';
import type { Schedule } from '../dag/dag-options.js';
import type { ScheduleSpec } from '../dag/spec.js';
import { checkCron } from './cron.js';

/** Airflow's presets (airflow/utils/dates.py: cron_presets), and @midnight of cron(8). */
const CRON_PRESETS: Readonly<Record<string, string>> = {
  '@hourly': '0 * * * *',
  '@daily': '0 0 * * *',
  '@midnight': '0 0 * * *',
  '@weekly': '0 0 * * 0',
  '@monthly': '0 0 1 * *',
  '@quarterly': '0 0 1 */3 *',
  '@yearly': '0 0 1 1 *',
  '@annually': '0 0 1 1 *',
};
const PRESETS = [...Object.keys(CRON_PRESETS), '@once', '@continuous', '@none'];

function preset(text: string, place: string): ScheduleSpec {
  if (text === '@once') return { kind: 'once' };
  if (text === '@continuous') return { kind: 'continuous' };
  if (text === '@none') return { kind: 'none' };
  const expression = CRON_PRESETS[text];
  if (expression !== undefined) return { kind: 'cron', expressions: [expression] };
  throw new CodedError(
    'DAG_INVALID',
    `${place}: ${JSON.stringify(text)} is not a preset.${didYouMean(text, PRESETS)}`,
  );
}

function crons(expressions: readonly string[], place: string): ScheduleSpec {
  if (expressions.length === 0) {
    throw new CodedError('DAG_INVALID', `${place}: expected at least one cron expression, got none`);
  }
  const checked = expressions.map((one) => checkCron(CRON_PRESETS[one] ?? one, place));
  return { kind: 'cron', expressions: [...new Set(checked)] };
}

/**
 * The schedule that a DAG file means.
 * @param place whose it is, for the error message: `dag "load", schedule`
 * @throws CodedError DAG_INVALID, DURATION_INVALID
 */
export function parseSchedule(schedule: Schedule, place: string): ScheduleSpec {
  if (schedule === null) return { kind: 'none' };
  if (typeof schedule === 'string') {
    return schedule.startsWith('@') ? preset(schedule, place) : crons([schedule], place);
  }
  if (isList(schedule)) return crons(schedule, place);
  if (typeof schedule === 'object' && 'every' in schedule) {
    const everyMs = parseDuration(schedule.every, `${place}, every`);
    if (everyMs >= 1000 && Number.isInteger(everyMs)) return { kind: 'interval', everyMs };
    throw new CodedError(
      'DAG_INVALID',
      `${place}, every: ${JSON.stringify(schedule.every)} is too short; expected 1s or more`,
    );
  }
  throw new CodedError(
    'DAG_INVALID',
    `${place}: ${JSON.stringify(schedule)} is not a schedule; expected a cron expression, a preset (${PRESETS.join(' ')}), { every: "15m" }, a list of cron expressions, or null for manual runs only`,
  );
}

function isList(schedule: Schedule): schedule is readonly string[] {
  return Array.isArray(schedule);
}
