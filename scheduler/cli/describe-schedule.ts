import { formatDuration } from '../../src/shared/duration.js';
import type { ScheduleSpec } from '../dag/spec.js';

/** A schedule in a few characters: `0 0 * * *`, `every 15m`, `manual`. */
export function describeSchedule(schedule: ScheduleSpec): string {
  switch (schedule.kind) {
    case 'cron':
      return schedule.expressions.join(' | ');
    case 'interval':
      return `every ${formatDuration(schedule.everyMs)}`;
    case 'none':
      return 'manual';
    default:
      return `@${schedule.kind}`;
  }
}
