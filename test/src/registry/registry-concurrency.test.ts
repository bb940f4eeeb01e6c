import test from 'ava';
import { changeConcurrently } from '../../helpers/registry-concurrency.js';
import { openRegistryPlace } from '../../helpers/registry-places.js';

// the full size: node dist/bench/registry-concurrency.js
// and how often one is killed: those that load a client library take longer to start
const PAUSES = { file: 30, sqlite: 30, postgres: 30, mariadb: 30, s3: 200, gcs: 200, azure: 200 };
for (const [backend, pause] of Object.entries(PAUSES)) {
  for (const killEveryMs of [undefined, pause]) {
    const how = killEveryMs === undefined ? 'undisturbed' : 'with kills';
    test.serial(`${backend}, ${how}: every acknowledged change of three processes is kept`, async (t) => {
      const place = await openRegistryPlace(backend);
      if (place === undefined) {
        t.log(`skipped: no ${backend} server`);
        return t.pass();
      }
      t.teardown(() => place.remove());
      const { registry, folder } = place;
      const load = { processes: 3, changes: 20, seed: 7 };
      const result = await changeConcurrently({
        registry,
        folder,
        ...load,
        ...(killEveryMs === undefined ? {} : { killEveryMs }),
      });
      t.is(result.kills > 0, killEveryMs !== undefined);
      t.is(result.acknowledged, 60);
      t.is(result.kept, 60);
    });
  }
}
