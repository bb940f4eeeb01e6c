import test from 'ava';
import { changeConcurrently } from '../../helpers/registry-concurrency.js';
import { openRegistryPlace } from '../../helpers/registry-places.js';

// the full size: node dist/bench/registry-concurrency.js
const FAST = { changes: 20, pause: 30 };
// a process loads a client library before its first change, and is started again after every kill
const SLOW = { changes: 5, pause: 20 };
const LOADS = { file: FAST, sqlite: FAST, postgres: FAST, mariadb: FAST, s3: SLOW, gcs: SLOW, azure: SLOW };
for (const [backend, { changes, pause }] of Object.entries(LOADS)) {
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
      const load = { processes: 3, changes, seed: 7 };
      const result = await changeConcurrently({
        registry,
        folder,
        ...load,
        ...(killEveryMs === undefined ? {} : { killEveryMs }),
      });
      t.is(result.kills > 0, killEveryMs !== undefined);
      t.is(result.acknowledged, 3 * changes);
      t.is(result.kept, 3 * changes);
    });
  }
}
