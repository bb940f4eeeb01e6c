// The suite runs compiled code, in a time zone with daylight saving so that no test can lean on UTC.
export default {
  files: ['dist/test/**/*.test.js'],
  environmentVariables: { TZ: 'America/New_York' },
  timeout: '120s',
  concurrency: 2,
};
