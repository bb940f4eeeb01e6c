/**
 * A float as Python's `repr` writes it: the shortest digits that read back the same, `.0` for whole numbers, an
 * exponent of at least two digits below 1e-4 and from 1e16 on.
 */
export function pythonFloat(value: number): string {
  if (Number.isFinite(value)) {
    const size = Math.abs(value);
    if (size !== 0 && (size < 1e-4 || size >= 1e16)) {
      return value.toExponential().replace(/e([+-])(\d)$/, 'e$10$2');
    }
    if (Number.isInteger(value)) return Object.is(value, -0) ? '-0.0' : `${value}.0`;
    return String(value);
  }
  return Number.isNaN(value) ? 'nan' : value > 0 ? 'inf' : '-inf';
}
