import { join } from 'node:path';
import {
  type ApplyPlan,
  type ApplyRequest,
  executeApply,
  planAgainstRegistry,
  prepareContents,
} from '../../src/apply/index.js';
import { sectionOf } from '../../src/config/section.js';
import type { Definition } from '../../src/definitions/index.js';
import type { OnlineStore } from '../../src/online/online-store.js';
import { openRegistry, type Registry } from '../../src/registry/index.js';
import { collectContents, parseRepository, type RepositoryContents } from '../../src/repository/index.js';
import { describeParquetIn } from './describe-parquet.js';

/** The registry of a repository folder in `registry.db`. */
export function registryIn(folder: string, values: Record<string, unknown> = {}): Promise<Registry> {
  return openRegistry({ type: 'file', section: sectionOf({ path: 'registry.db', ...values }) }, folder);
}

export interface Repository {
  readonly folder: string;
  readonly registry: Registry;
  readonly onlineStore: OnlineStore | null;
  readonly project?: string;
  readonly partial?: boolean;
  /** default true */
  readonly validateSources?: boolean;
  /** default true */
  readonly allowDestructive?: boolean;
}

async function requestOf(repository: Repository, contents: RepositoryContents): Promise<ApplyRequest> {
  const { folder, registry, onlineStore, project = 'demo', partial = false } = repository;
  const { allowDestructive = true, validateSources = true } = repository;
  const options = { project, partial, describe: describeParquetIn(folder), validateSources };
  const prepared = await prepareContents(contents, options);
  return {
    contents: prepared,
    project,
    projectDescription: '',
    registry,
    onlineStore,
    partial,
    allowDestructive,
    by: 'tester',
  };
}

export async function applyFolder(repository: Repository): Promise<ApplyPlan> {
  return executeApply(await requestOf(repository, await parseRepository(repository.folder)));
}

export async function applyDefinitions(
  repository: Repository,
  definitions: Definition[],
): Promise<ApplyPlan> {
  return executeApply(await requestOf(repository, collectContents(definitions)));
}

export async function planDefinitions(repository: Repository, definitions: Definition[]): Promise<ApplyPlan> {
  return planAgainstRegistry(await requestOf(repository, collectContents(definitions)));
}

export function registryFile(folder: string): string {
  return join(folder, 'registry.db');
}
