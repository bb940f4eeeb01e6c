import { CodedError, FeatureStore } from 'feast-scheduler';
import { job } from 'feast-scheduler/jobs';

export default job(
  {
    description: 'Fails with the list of feature views that miss their freshness objective',
    params: { repository: 'repository' },
  },
  async ({ params, log }) => {
    const store = await FeatureStore.open(params.repository);
    try {
      const views = await store.freshness();
      const say = ({ view, newestEnd }: (typeof views)[number]) =>
        `${view} (${newestEnd === undefined ? 'never materialized' : `materialized until ${newestEnd.toISOString()}`})`;
      for (const view of views.filter(({ status }) => status === 'due'))
        log.warn(`about to miss its freshness objective: ${say(view)}`);
      const missed = views.filter(({ status }) => status === 'breach');
      if (missed.length > 0) {
        throw new CodedError(
          'FRESHNESS_MISSED',
          `${missed.length} of ${views.length} feature views miss their freshness objective: ${missed.map(say).join(', ')}; materialize them`,
        );
      }
      return { views };
    } finally {
      await store.close();
    }
  },
);
