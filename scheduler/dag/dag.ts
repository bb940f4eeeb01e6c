import { buildTasks, checkId, type DagBuilder } from './builder.js';
import { brandDag, type Dag } from './dag-object.js';
import { type DagOptions, readDagOptions } from './dag-options.js';
import { invalidOption } from './option.js';

/**
 * Declares a DAG. Export what it returns, as default or by name, from a file in the DAG folder.
 * @param dagId unique over all DAG files: letters, digits, `_`, `-`, `.`
 * @param build declares the tasks and their order; called once, at once
 * @throws CodedError DAG_INVALID, DAG_UNKNOWN_OPTION, DAG_DUPLICATE_TASK, DAG_CYCLE, DURATION_INVALID
 */
export function dag(dagId: string, options: DagOptions, build: (builder: DagBuilder) => void): Dag {
  const place = `dag "${checkId(dagId, 'dag id')}"`;
  const settings = readDagOptions(options, place);
  if (typeof build !== 'function') {
    throw invalidOption(
      build,
      place,
      'a function that declares its tasks; write dag("id", { … }, ({ task }) => { … })',
    );
  }
  const site = new Error('dag');
  Error.captureStackTrace(site, dag);
  return brandDag({
    dagId,
    settings,
    tasks: Object.freeze(buildTasks(build, settings.defaults, place)),
    site,
  });
}
