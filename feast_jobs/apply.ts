import { FeatureStore } from 'feast-scheduler';
import { job } from 'feast-scheduler/jobs';

export default job(
  {
    description: 'Brings the registry and the online store in line with the definitions of the repository',
    params: { repository: 'repository' },
  },
  async ({ params, log }) => {
    const store = await FeatureStore.open(params.repository);
    try {
      const { lines } = await store.applyRepository();
      for (const line of lines) log.info(line);
      return { changes: lines };
    } finally {
      await store.close();
    }
  },
);
