/**
 * Every error code, with what it means. A code is stable: scripts match on it. docs/errors.md is held equal to
 * this table by a test. Keep each group in alphabetical order.
 */
export const ERROR_CODES = {
  // command line
  HOME_NOT_FOUND: 'The home folder, or the DAG folder in it, does not exist.',
  LOG_NOT_FOUND: 'The attempt whose log was asked for has none.',
  USAGE: 'A command was called with arguments it does not take.',

  // jobs
  JOB_INVALID: 'A file in feast_jobs does not export a job.',
  JOB_NOT_FOUND: 'No job of that name is in feast_jobs.',

  // feature_store.yaml
  CONFIG_INVALID_VALUE: 'A key in feature_store.yaml holds a value of the wrong type or out of range.',
  CONFIG_MISSING_KEY: 'A required key is missing from feature_store.yaml.',
  CONFIG_NOT_FOUND: 'No feature_store.yaml was found at the given place.',
  CONFIG_SYNTAX: 'feature_store.yaml is not valid YAML.',
  CONFIG_UNKNOWN_KEY: 'feature_store.yaml holds a key that nothing reads, most often a typing mistake.',
  CONFIG_UNSET_VARIABLE: 'feature_store.yaml refers to an environment variable that is not set.',
  CONFIG_UNSUPPORTED: 'feature_store.yaml asks for a backend that this version does not have.',

  // registry, definitions, apply
  DATA_SOURCE_NOT_FOUND: 'No data source of that name is registered in the project.',
  DEFINITION_INVALID: 'An entity, data source, feature view, feature service or project is declared wrongly.',
  DESTRUCTIVE_CHANGE: 'An apply would lose materialized data, and was not allowed to.',
  ENTITY_NOT_FOUND: 'No entity of that name is registered in the project.',
  FEATURE_NOT_FOUND: 'A feature view does not have a feature of that name.',
  FEATURE_SERVICE_NOT_FOUND: 'No feature service of that name is registered in the project.',
  FEATURE_VIEW_NOT_FOUND: 'No feature view of that name is registered in the project.',
  INFERENCE_FAILED: 'A timestamp column or a schema that was left out cannot be told from the data source.',
  NAME_CONFLICT: 'Two definitions of a project have the same name, or names that differ in case only.',
  OBJECT_AMBIGUOUS: 'Several registered objects of different kinds have the given name.',
  OBJECT_IN_USE: 'A registered object cannot be deleted, for others are built on it.',
  OBJECT_NOT_FOUND: 'Nothing of that name is registered in the project.',
  PERMISSION_NOT_FOUND: 'No permission of that name is registered in the project.',
  PROJECT_CONFLICT: 'A feature repository declares another project than feature_store.yaml, or several.',
  PROJECT_NOT_FOUND: 'No project of that name is registered.',
  PROJECT_PROTECTED: 'The project is tagged as protected, and cannot be torn down.',
  REGISTRY_ACCESS_DENIED: 'The credentials in use may not read or write the registry.',
  REGISTRY_BUCKET_NOT_FOUND: 'The bucket or container of the registry does not exist.',
  REGISTRY_CONFLICT: 'The registry kept being changed by others while a change of it was tried.',
  REGISTRY_COPY_DIFFERS: 'What was copied and read back is not what was to be copied; it was put back.',
  REGISTRY_CORRUPT: 'The registry, or an object in it, cannot be decoded; it was left as it is.',
  REGISTRY_CREDENTIALS: 'The object store of the registry was given no credentials that it accepts.',
  REGISTRY_DATABASE_REFUSED:
    'The database of a SQL registry refuses the user or the password, or does not exist.',
  REGISTRY_DATABASE_UNREACHABLE: 'The database server of a SQL registry cannot be reached.',
  REGISTRY_NOT_EMPTY: 'The registry that is to be copied to holds something already.',
  REGISTRY_NOT_FOUND: 'There is no registry at the given place.',
  REGISTRY_SCHEMA: 'Tables of a SQL registry are missing, or belong to something else.',
  REGISTRY_UNAVAILABLE:
    'The server of the registry cannot be reached, or is overloaded; trying again may help.',
  REGISTRY_HISTORY_NONE: 'The registry is of a kind that keeps no history of its changes.',
  REGISTRY_UNREADABLE: 'The registry cannot be read: permissions, or not a file.',
  REGISTRY_UNWRITABLE: 'The registry cannot be written; it was left as it was.',
  SAVED_DATASET_NOT_FOUND: 'No saved dataset of that name is registered in the project.',
  VALIDATION_REFERENCE_NOT_FOUND: 'No validation reference of that name is registered in the project.',

  // data sources, materialization, online store
  ENTITY_KEY_TYPE: 'A join key has a type that cannot be part of an entity key.',
  ENTITY_ROWS_INVALID: 'The entity rows of a request lack a join key, or differ in length.',
  FEATURE_NAME_COLLISION: 'Two requested features have the same name.',
  FEATURE_REFERENCE_INVALID: 'A feature reference is not of the form view:feature.',
  FEATURE_VIEW_NOT_ONLINE: 'A named feature view is disabled or not served online.',
  FRESHNESS_MISSED: 'Feature views were not materialized for longer than their freshness objective allows.',
  MATERIALIZATION_ABORTED: 'A materialization was stopped before it was complete.',
  MATERIALIZATION_FAILED: 'Some feature views could not be materialized; the message says which, and why.',
  MATERIALIZATION_LEASE_LOST:
    'A materialization was suspended so long that another one took its feature view over.',
  MATERIALIZATION_LOCKED:
    'Another process materializes the feature view, longer than this one was willing to wait.',
  MATERIALIZATION_OPTION: 'An option of a materialization is out of range.',
  MATERIALIZATION_WINDOW: 'The start or end of a materialization is not acceptable.',
  OFFLINE_STORE_FAILED: 'The offline store could not carry out a query.',
  ONLINE_STORE_BUSY: 'Another process holds the online store for longer than this one was willing to wait.',
  ONLINE_STORE_CORRUPT: 'The file of the online store is damaged or is not a database.',
  ONLINE_STORE_DENIED: 'The online store does not let the configured user in, or not do what it is asked to.',
  ONLINE_STORE_FAILED: 'The online store could not carry out a statement.',
  ONLINE_STORE_FULL: 'The disk or the memory of the online store is full.',
  ONLINE_STORE_MISSING_TABLE: 'The online store has no table for a feature view.',
  ONLINE_STORE_NONE: 'The project has no online store, and one is needed.',
  ONLINE_STORE_NOT_WRITABLE: 'The online store cannot be opened or written.',
  ONLINE_STORE_UNREACHABLE: 'The server of the online store cannot be reached.',
  SOURCE_COLUMN_MISSING: 'A data source lacks a column that a feature view names.',
  SOURCE_COLUMN_TYPE: 'A column of a data source has a type that does not fit the declared one.',
  SOURCE_NOT_FOUND: 'The file or folder of a data source does not exist.',
  SOURCE_UNREADABLE: 'A file of a data source cannot be read as the declared format.',
  SOURCE_UNSUPPORTED: 'A data source is of a type that the offline store cannot read.',
  SOURCE_VALUE_INVALID: 'A value in a data source does not fit the declared type.',
  VALUE_INVALID: 'A value does not fit the type of its join key or feature.',

  // DAG files
  DAG_CYCLE: 'The tasks of a DAG depend on each other in a circle.',
  DAG_DUPLICATE_TASK: 'Two tasks of a DAG have the same id.',
  DAG_INVALID: 'A DAG is declared wrongly.',
  DAG_UNKNOWN_OPTION: 'A DAG or task is given an option that does not exist, most often a typing mistake.',

  // scheduler, runs and tasks
  BACKFILL_INVALID: 'A backfill is asked for that the schedule of the DAG or the range does not allow.',
  DAG_IN_USE: 'A DAG is to be deleted whose file is still there.',
  DAG_NOT_FOUND: 'No DAG has the given id.',
  PARAM_INVALID: 'A param of a run does not fit what its DAG declares.',
  POOL_NOT_FOUND: 'No pool has the given name.',
  RUN_EXISTS: 'The DAG already has a run for this logical date.',
  RUN_NOT_FOUND: 'The DAG has no run with the given id.',
  SCHEDULER_LEASE_LOST: 'The scheduler lost the state database to another one, and stopped.',
  STATE_DATABASE_CORRUPT: 'The state database is damaged, or is not a SQLite database.',
  STATE_DATABASE_FOREIGN: 'The file given as state database is a database of something else.',
  STATE_DATABASE_FULL: 'The disk of the state database is full.',
  STATE_DATABASE_IN_USE: 'Another scheduler works on the same state database.',
  STATE_DATABASE_LOCKED: 'Another process held the state database locked for too long.',
  STATE_DATABASE_NEWER: 'The state database was written by a newer version.',
  STATE_DATABASE_UNAVAILABLE: 'The state database cannot be opened, read or written.',
  STATE_TRANSITION_IMPOSSIBLE:
    'A run, task or attempt was to go to a state that cannot follow the one it is in.',
  TASK_NOT_FOUND: 'The run, or the DAG file, has no task with the given id.',

  // executor and tasks
  BRANCH_INVALID: 'A branch chose something else than tasks directly after it.',
  TASK_CANCELLED: 'An attempt of a task was stopped because somebody asked for it.',
  TASK_CRASHED: "The worker of a task died for a reason that is not the task's own process.exit.",
  TASK_EXITED: 'A task called process.exit.',
  TASK_INTERRUPTED: 'An attempt of a task was stopped because the scheduler shut down.',
  TASK_OUT_OF_MEMORY: 'A task used more memory than its worker may.',
  TASK_RESULT_NOT_JSON: 'A task returned something that JSON cannot hold.',
  TASK_TIMEOUT: 'A task ran into its time limit and was stopped.',
  XCOM_TOO_LARGE: 'What a task returned is larger than what is kept for downstream tasks.',

  // shared ground
  DURATION_INVALID: 'A duration is not a number of milliseconds or a text such as 30s, 5m, 2h or 1d.',
  LOCK_TIMEOUT: 'Another process held a lock for longer than this one was willing to wait.',
  LOCK_UNUSABLE: 'A lock file cannot be made or opened, or is something else than a lock file.',
  MODULE_LOAD_FAILED: 'A TypeScript or JavaScript file of the user could not be loaded.',
  TIME_INVALID: 'A text is not an ISO 8601 date or time.',
} as const satisfies Record<string, string>;

export type ErrorCode = keyof typeof ERROR_CODES;
