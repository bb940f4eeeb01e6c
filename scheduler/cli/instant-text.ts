/** An instant as ISO 8601 in UTC, to the second; `-` for none. */
export function formatInstant(instant: number | null): string {
  return instant === null ? '-' : new Date(instant).toISOString().replace(/\.\d+Z$/, 'Z');
}
