import { FeatureStore, type MaterializationProgress } from 'feast-scheduler';
import { job } from 'feast-scheduler/jobs';

export default job(
  {
    description:
      'Applies the repository, then materializes its views: the interval given, else from where each view left off until now',
    params: { repository: 'repository', views: '' },
  },
  async ({ interval, params, progress, signal, log }) => {
    const store = await FeatureStore.open(params.repository);
    try {
      const { lines } = await store.applyRepository();
      for (const line of lines) log.info(line);
      const options = {
        views: params.views === '' ? undefined : params.views.split(','),
        signal,
        onProgress: ({ view, rowsRead }: MaterializationProgress) =>
          progress({ label: view, done: rowsRead }),
      };
      return interval === undefined
        ? await store.materializeIncremental({ end: new Date(), ...options })
        : await store.materialize({ ...interval, ...options });
    } finally {
      await store.close();
    }
  },
);
