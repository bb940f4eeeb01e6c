import test from 'ava';
import type { DagSpec } from '../../../scheduler/dag/spec.js';
import { hashDag } from '../../../scheduler/dag/version.js';

const spec: Omit<DagSpec, 'version'> = {
  dagId: 'd',
  description: '',
  tags: [],
  file: 'd.ts',
  schedule: { kind: 'cron', expressions: ['0 0 * * *'] },
  timeZone: 'UTC',
  startDate: 0,
  endDate: null,
  catchup: false,
  maxActiveRuns: 16,
  maxActiveTasks: 16,
  runTimeoutMs: null,
  pausedUponCreation: false,
  params: { a: 1, b: { c: 2, d: 3 } },
  tasks: [],
};

test('a version does not depend on the order of keys', (t) => {
  const turned = Object.fromEntries(Object.entries(spec).reverse()) as typeof spec;
  t.is(hashDag({ ...turned, params: { b: { d: 3, c: 2 }, a: 1 } }), hashDag(spec));
  t.regex(hashDag(spec), /^[0-9a-f]{16}$/);
});

test('a version changes with anything in the definition', (t) => {
  t.not(hashDag({ ...spec, params: { ...spec.params, a: 2 } }), hashDag(spec));
  t.not(hashDag({ ...spec, catchup: true }), hashDag(spec));
});
