import type { ValidationReference } from '../definitions/index.js';
import { cloneMessage, feast } from './feast.js';

const { GEValidationProfiler, ValidationReference: Proto } = feast.core;
const { UserDefinedProfiler } = GEValidationProfiler;

/**
 * The proto of a validation reference; it has no times. Feast: saved_dataset.py, ValidationReference.
 * @param existing what the registry holds: the profiler that Python pickled, a cached profile, and fields unknown
 *   here are kept
 */
export function encodeValidationReference(
  reference: ValidationReference,
  project: string,
  existing: feast.core.ValidationReference | undefined,
): feast.core.ValidationReference {
  const proto = existing === undefined ? new Proto() : cloneMessage(Proto, existing);
  const isKnown = profilerOf(proto) === reference.profiler;
  return Object.assign(proto, {
    name: reference.name,
    project,
    referenceDatasetName: reference.dataset,
    description: reference.description,
    tags: { ...reference.tags },
    geProfiler: isKnown
      ? proto.geProfiler
      : new GEValidationProfiler({
          profiler: new UserDefinedProfiler({ body: pickledName(reference.profiler) }),
        }),
  });
}

export function decodeValidationReference(proto: feast.core.ValidationReference): ValidationReference {
  return Object.freeze({
    kind: 'validation_reference',
    name: proto.name ?? '',
    description: proto.description ?? '',
    tags: Object.freeze({ ...proto.tags }),
    dataset: proto.referenceDatasetName ?? '',
    profiler: profilerOf(proto),
  });
}

/** Python's pickle protocol 0 for "the function of that name": `c` module, name, `.`; Python imports it on reading. */
function pickledName(path: string): Uint8Array {
  const dot = path.lastIndexOf('.');
  return Buffer.from(`c${path.slice(0, dot)}\n${path.slice(dot + 1)}\n.`);
}

/** '' where Python pickled the function itself. */
function profilerOf(proto: feast.core.ValidationReference.$Properties): string {
  const body = Buffer.from(proto.geProfiler?.profiler?.body ?? []).toString('latin1');
  const [, module, name] = /^c([\w.]+)\n(\w+)\n\.$/.exec(body) ?? [];
  return module === undefined ? '' : `${module}.${name}`;
}
