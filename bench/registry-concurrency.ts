/**
 * 8 processes × 50 changes of one registry at once, undisturbed and with one process killed every 200 ms: how many
 * acknowledged changes are kept, and how long one takes. Fails unless all are.
 * Arguments: backends (default: all that are reachable).
 */

import { changeConcurrently } from '../test/helpers/registry-concurrency.js';
import { openRegistryPlace, REGISTRY_PLACES } from '../test/helpers/registry-places.js';

const wanted = process.argv.slice(2);
for (const backend of wanted.length > 0 ? wanted : Object.keys(REGISTRY_PLACES)) {
  for (const killEveryMs of [undefined, 200]) {
    const place = await openRegistryPlace(backend);
    if (place === undefined) {
      console.log(JSON.stringify({ bench: 'registry-concurrency', backend, skipped: 'not reachable' }));
      break;
    }
    try {
      const { registry, folder } = place;
      const load = { processes: 8, changes: 50, ...(killEveryMs === undefined ? {} : { killEveryMs }) };
      const result = await changeConcurrently({ registry, folder, ...load });
      console.log(JSON.stringify({ bench: 'registry-concurrency', backend, ...load, ...result }));
      if (result.kept !== result.acknowledged || result.acknowledged !== 400) process.exitCode = 1;
    } finally {
      await place.remove();
    }
  }
}
