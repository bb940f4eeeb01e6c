/**
 * Every error code, with what it means. A code is stable: scripts match on it. docs/errors.md is held equal to
 * this table by a test. Keep each group in alphabetical order.
 */
export const ERROR_CODES = {
  // command line
  HOME_NOT_FOUND: 'The home folder, or the DAG folder in it, does not exist.',
  LOG_NOT_FOUND: 'The attempt whose log was asked for has none.',
  USAGE: 'A command was called with arguments it does not take.',

  // feature_store.yaml
  CONFIG_INVALID_VALUE: 'A key in feature_store.yaml holds a value of the wrong type or out of range.',
  CONFIG_MISSING_KEY: 'A required key is missing from feature_store.yaml.',
  CONFIG_NOT_FOUND: 'No feature_store.yaml was found at the given place.',
  CONFIG_SYNTAX: 'feature_store.yaml is not valid YAML.',
  CONFIG_UNKNOWN_KEY: 'feature_store.yaml holds a key that nothing reads, most often a typing mistake.',
  CONFIG_UNSET_VARIABLE: 'feature_store.yaml refers to an environment variable that is not set.',
  CONFIG_UNSUPPORTED: 'feature_store.yaml asks for a backend that this version does not have.',

  // registry, definitions, apply
  REGISTRY_CORRUPT: 'The registry file cannot be decoded; it was left as it is.',

  // data sources, materialization, online store
  SOURCE_NOT_FOUND: 'The file or folder of a data source does not exist.',

  // DAG files
  DAG_CYCLE: 'The tasks of a DAG depend on each other in a circle.',
  DAG_DUPLICATE_TASK: 'Two tasks of a DAG have the same id.',
  DAG_INVALID: 'A DAG is declared wrongly.',
  DAG_UNKNOWN_OPTION: 'A DAG or task is given an option that does not exist, most often a typing mistake.',

  // scheduler, runs and tasks
  DAG_NOT_FOUND: 'No DAG has the given id.',
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
  MODULE_LOAD_FAILED: 'A TypeScript or JavaScript file of the user could not be loaded.',
} as const satisfies Record<string, string>;

export type ErrorCode = keyof typeof ERROR_CODES;
