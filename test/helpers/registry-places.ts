/** Empty places for registries, one for every backend, each of its own and removed afterwards. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createDatabase, type Server } from './databases.js';
import { OBJECT_SERVERS, type ObjectScheme } from './object-servers.js';
import type { RegistryConfig } from './registry-changes.js';

export interface RegistryPlace {
  readonly registry: RegistryConfig;
  /** relative paths start here */
  readonly folder: string;
  remove(): Promise<void>;
}

type Place = Omit<RegistryPlace, 'folder'>;

/** By backend; undefined where its server cannot be reached. */
export const REGISTRY_PLACES: Readonly<Record<string, (folder: string) => Promise<Place | undefined>>> = {
  file: async (folder) => ({ registry: { path: join(folder, 'registry.db') }, remove: async () => {} }),
  sqlite: async (folder) => ({
    registry: { registry_type: 'sql', path: `sqlite:///${join(folder, 'registry.sqlite')}` },
    remove: async () => {},
  }),
  postgres: () => sqlPlace('postgres'),
  mariadb: () => sqlPlace('mariadb'),
  s3: () => objectPlace('s3'),
  gcs: () => objectPlace('gs'),
  azure: () => objectPlace('az'),
};

/** The server is the place's own; where it listens stands in the environment, which processes inherit. */
async function objectPlace(scheme: ObjectScheme): Promise<Place | undefined> {
  const server = await OBJECT_SERVERS[scheme]();
  if (server === undefined) return undefined;
  Object.assign(process.env, server.env);
  return { registry: await server.createBucket('registries'), remove: () => server.close() };
}

async function sqlPlace(server: Server): Promise<Place | undefined> {
  const database = await createDatabase(server);
  return (
    database && { registry: { registry_type: 'sql', path: database.url }, remove: () => database.remove() }
  );
}

/** @returns undefined where the backend's server cannot be reached */
export async function openRegistryPlace(backend: string): Promise<RegistryPlace | undefined> {
  const open = REGISTRY_PLACES[backend];
  if (open === undefined)
    throw new Error(`no backend "${backend}"; there are ${Object.keys(REGISTRY_PLACES)}`);
  const folder = await mkdtemp(join(tmpdir(), 'feast-scheduler-'));
  const removeFolder = () => rm(folder, { recursive: true, force: true });
  const place = await open(folder);
  if (place === undefined) {
    await removeFolder();
    return undefined;
  }
  return {
    ...place,
    folder,
    async remove() {
      await place.remove();
      await removeFolder();
    },
  };
}
