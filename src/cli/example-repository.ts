/** The example that `feast init` writes. */

export function featureStoreYaml(project: string): string {
  return `project: ${project}
provider: local
registry: data/registry.db
online_store:
  type: sqlite
  path: data/online.db
offline_store:
  type: file
entity_key_serialization_version: 3
`;
}

export const DRIVERS_TS = `import { entity, featureService, featureView, field, fileSource } from 'feast-scheduler';

const driver = entity({ name: 'driver', joinKey: 'driver_id', valueType: 'Int64' });

const driverStats = fileSource({
  name: 'driver_stats',
  path: 'data/driver_stats.csv',
  timestampField: 'event_timestamp',
  createdTimestampColumn: 'created',
});

export const driverHourlyStats = featureView({
  name: 'driver_hourly_stats',
  entities: [driver],
  ttl: '1d',
  schema: [field('conv_rate', 'Float64'), field('acc_rate', 'Float64'), field('avg_daily_trips', 'Int64')],
  source: driverStats,
});

export const driverActivity = featureService({ name: 'driver_activity', features: [driverHourlyStats] });
`;

const DRIVERS = [1001, 1002, 1003, 1004, 1005];
const HOUR_MS = 3_600_000;

/** Fifteen days of hourly rows up to the hour of `now`, the same for the same hour. */
export function driverStatsCsv(now: Date): string {
  const end = Math.floor(now.getTime() / HOUR_MS) * HOUR_MS;
  const lines = ['driver_id,event_timestamp,created,conv_rate,acc_rate,avg_daily_trips'];
  for (let hour = 15 * 24; hour >= 0; hour--) {
    const time = end - hour * HOUR_MS;
    for (const driver of DRIVERS) {
      const wave = (period: number) => (1 + Math.sin((time / HOUR_MS + driver) / period)) / 2;
      const stamps = [time, time + 60_000].map((at) => new Date(at).toISOString());
      lines.push(
        [driver, ...stamps, wave(7).toFixed(4), wave(11).toFixed(4), Math.round(wave(24) * 100)].join(','),
      );
    }
  }
  return `${lines.join('\n')}\n`;
}
