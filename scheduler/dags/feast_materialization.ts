import { FeatureStore } from 'feast-scheduler';
import { dag } from 'feast-scheduler/dag';

const REPOSITORY = 'repository';

// Runs when the file is loaded: a view added to the repository appears as a task.
const repository = await FeatureStore.open(REPOSITORY);
const views = await repository.materializedViews();
await repository.close();

export default dag(
  'feast_materialization',
  {
    description: 'Applies the feature repository, then materializes the day of each view',
    schedule: '@daily',
    startDate: '2026-01-01',
    // at most the last 14 days that have not run; `true` would go back to the start date
    catchup: 14,
    maxActiveRuns: 1,
    watch: [REPOSITORY],
    defaults: { retries: 2, retryDelay: '30s', timeout: '1h' },
  },
  ({ task }) => {
    const apply = task('apply', async ({ log }) => {
      const store = await FeatureStore.open(REPOSITORY);
      try {
        const { lines } = await store.applyRepository();
        for (const line of lines) log.info(line);
        return { changes: lines.length };
      } finally {
        await store.close();
      }
    });

    for (const view of views) {
      const materialize = task(`materialize_${view}`, async ({ interval, progress, signal }) => {
        const store = await FeatureStore.open(REPOSITORY);
        try {
          return await store.materialize({
            ...interval,
            views: [view],
            onProgress: (done) => progress({ ...done }),
            signal,
          });
        } finally {
          await store.close();
        }
      });
      apply.before(materialize);
    }
  },
);
