import test from 'ava';
import { changeConcurrently } from '../../helpers/registry-concurrency.js';
import { openRegistryPlace } from '../../helpers/registry-places.js';

// the full size: node dist/bench/registry-concurrency.js
for (const backend of ['file', 'sqlite', 'postgres', 'mariadb']) {
  for (const killEveryMs of [undefined, 30]) {
    const how = killEveryMs === undefined ? 'undisturbed' : 'with kills';
    test.serial(`${backend}, ${how}: every acknowledged change of three processes is kept`, async (t) => {
      const place = await openRegistryPlace(backend);
      if (place === undefined) {
        t.log(`skipped: no ${backend} server`);
        return t.pass();
      }
      t.teardown(() => place.remove());
      const { registry, folder } = place;
      const load = { processes: 3, changes: 10, seed: 7 };
      const result = await changeConcurrently({
        registry,
        folder,
        ...load,
        ...(killEveryMs === undefined ? {} : { killEveryMs }),
      });
      t.is(result.kills > 0, killEveryMs !== undefined);
      t.is(result.acknowledged, 30);
      t.is(result.kept, 30);
    });
  }
}
