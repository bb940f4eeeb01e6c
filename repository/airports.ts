import { entity, featureView, field, fileSource } from 'feast-scheduler';

export const airport = entity({
  name: 'airport',
  valueType: 'String',
  description: 'IATA code of an airport',
});

const airportHourly = fileSource({
  name: 'airport_hourly',
  path: 'data/airport_hourly.parquet',
  timestampField: 'event_timestamp',
  createdTimestampColumn: 'created_timestamp',
  description: 'departures of each airport, summed up by hour',
});

export const airportHourlyStats = featureView({
  name: 'airport_hourly_stats',
  entities: [airport],
  ttl: '2d',
  freshness: '26h',
  schema: [
    field('departures', 'Int64'),
    field('avg_delay', 'Float64', { description: 'minutes' }),
    field('late_ratio', 'Float64', { description: 'share of departures more than 15 minutes late' }),
    field('max_delay', 'Int32', { description: 'minutes' }),
    field('avg_distance', 'Float64', { description: 'miles' }),
  ],
  source: airportHourly,
  tags: { team: 'operations' },
});
