/** Rows as aligned columns under their headings, for people; two spaces apart, no lines. */
export function formatTable(headings: readonly string[], rows: readonly (readonly string[])[]): string {
  const all = [headings, ...rows];
  const widths = headings.map((_, column) => Math.max(...all.map((row) => row[column]!.length)));
  return all
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column]!))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** An instant as ISO 8601 in UTC, to the second; `-` for none. */
export function formatInstant(instant: number | null): string {
  return instant === null ? '-' : new Date(instant).toISOString().replace(/\.\d+Z$/, 'Z');
}
