import type { FeatureView } from '../../src/definitions/index.js';
import { featureView, fileSource } from './definitions.js';
import { fixturePath } from './fixtures.js';

const stats = fileSource(fixturePath('golden/feature_repo/data/stats.parquet'), {
  name: 'driver_stats_source',
  createdTimestampColumn: 'created',
});
const routes = fileSource(fixturePath('golden/feature_repo/data/routes.parquet'), { name: 'routes_source' });
const ALL = {
  conv_rate: 'Float64',
  trips: 'Int64',
  name: 'String',
  ok: 'Bool',
  vec: 'Array(Float32)',
} as const;
const driver = { driver_id: 'Int64' } as const;

/** The plain feature views of the golden repository, as golden/registry_applied.json holds them. */
export const GOLDEN_VIEWS: readonly FeatureView[] = [
  featureView('driver_hourly_stats', driver, ALL, stats, { ttl: 7_200_000, entities: ['driver'] }),
  featureView(
    'route_delays',
    { origin: 'String', destination: 'String' },
    { delay: 'Int32', distance: 'Float32' },
    routes,
  ),
  featureView('inferred_stats', driver, ALL, stats, { ttl: 86_400_000, entities: ['driver'] }),
  featureView('global_stats', { __dummy_id: 'String' }, { trips: 'Int64' }, stats, { entities: ['__dummy'] }),
  featureView('driver_fresh', driver, { conv_rate: 'Float64', trips: 'Int64' }, stats, {
    entities: ['driver'],
  }),
];
