import { type Duration, parseDuration } from '../shared/duration.js';
import type { Aggregation, Transformation } from './definitions.js';
import { type Check, checkOptions, invalid, isDuration, isName, isText } from './options.js';

/**
 * Which function computes features: one in TypeScript, the same one in Python for readers in Python, or only that.
 */
export interface TransformationOptions {
  /** file of the TypeScript function, from the repository folder */
  module?: string;
  /** name under which the file exports it; in Python, the name of the function */
  function: string;
  /** source text in Python; default: a function that says it runs in TypeScript only */
  python?: string;
}

const CHECKS = { module: isName, function: isName, python: isName };

export const isTransformation: Check = (value) => {
  if (typeof value !== 'object' || value === null) return 'an object { module, function }';
  checkOptions('transformation', value, CHECKS, ['function']);
  return undefined;
};

/** Python reads a name of this shape only, and finds the function by it. */
const PYTHON_NAME = /^[A-Za-z_]\w*$/;

/**
 * The transformation that checked options describe.
 * @param place the view, for messages
 * @throws CodedError DEFINITION_INVALID
 */
export function transformationOf(
  place: string,
  mode: string,
  options: TransformationOptions,
): Transformation {
  const { module: file, function: name, python } = options;
  if (!PYTHON_NAME.test(name)) {
    throw invalid(place, `"${name}" is no function name that Python can read: letters, digits and "_" only`);
  }
  if (file === undefined && python === undefined) {
    throw invalid(place, `where is function "${name}"? Give its module, its source in python, or both`);
  }
  const location = file === undefined ? '' : `${file}#${name}`;
  return { mode, name, location, bodyText: python ?? placeholder(name, location), body: new Uint8Array(0) };
}

/** What Python finds where a function is in TypeScript only: it can be listed, and says why it cannot be run. */
function placeholder(name: string, location: string): string {
  const message = JSON.stringify(
    `${name} is written in TypeScript (${location}) and runs in feast-scheduler`,
  );
  return `def ${name}(*args, **kwargs):\n    raise NotImplementedError(${message})\n`;
}

export interface AggregationOptions {
  column: string;
  /** sum, mean, count, min, max and others of Feast's */
  function: string;
  timeWindow?: Duration;
  /** default: the window */
  slideInterval?: Duration;
  name?: string;
}

const AGGREGATION_CHECKS = {
  column: isName,
  function: isName,
  timeWindow: isDuration,
  slideInterval: isDuration,
  name: isText,
};

export const isAggregations: Check = (value) => {
  if (!Array.isArray(value)) return 'a list of { column, function, timeWindow }';
  for (const options of value) {
    checkOptions('aggregation', options, AGGREGATION_CHECKS, ['column', 'function']);
  }
  return undefined;
};

/** The aggregations that checked options describe. Feast: aggregation/__init__.py; the slide defaults to the window. */
export function aggregationsOf(options: readonly AggregationOptions[] = []): Aggregation[] {
  return options.map(({ column, function: operation, timeWindow = 0, slideInterval, name = '' }) => ({
    column,
    function: operation,
    timeWindow: parseDuration(timeWindow, 'aggregation, timeWindow'),
    slideInterval: parseDuration(slideInterval ?? timeWindow, 'aggregation, slideInterval'),
    name,
  }));
}
