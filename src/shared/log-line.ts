/** One line of a log: `time level message key=value`. */
export function formatLogLine(
  time: string,
  level: string,
  message: string,
  fields: Readonly<Record<string, unknown>> = {},
): string {
  const tail = Object.entries(fields)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => ` ${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join('');
  return `${time} ${level.padEnd(5)} ${message}${tail}`;
}
