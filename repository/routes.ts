import { entity, featureView, field, fileSource } from 'feast-scheduler';

export const origin = entity({ name: 'origin', valueType: 'String', description: 'airport of departure' });
export const destination = entity({
  name: 'destination',
  valueType: 'String',
  description: 'airport of arrival',
});

const routeDaily = fileSource({
  name: 'route_daily',
  path: 'data/route_daily.parquet',
  timestampField: 'event_timestamp',
  createdTimestampColumn: 'created_timestamp',
  description: 'flights of each route, summed up by day',
});

export const routeDailyStats = featureView({
  name: 'route_daily_stats',
  entities: [origin, destination],
  ttl: '14d',
  schema: [
    field('flights', 'Int64'),
    field('avg_delay', 'Float64', { description: 'minutes' }),
    field('late_ratio', 'Float64', { description: 'share of flights more than 15 minutes late' }),
    field('distance', 'Int32', { description: 'miles' }),
  ],
  source: routeDaily,
  tags: { team: 'operations' },
});
