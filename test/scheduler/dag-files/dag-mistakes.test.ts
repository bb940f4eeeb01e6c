import { readFileSync, writeFileSync } from 'node:fs';
import test from 'ava';
import { createDagHome } from '../../helpers/dag-home.js';

const PAGE = new URL('../../../../docs/dag-mistakes.md', import.meta.url);

interface Mistake {
  readonly title: string;
  readonly file: string;
  readonly text: string;
}

const HEAD = "import { dag } from 'feast-scheduler/dag';\n\n";
const daily = "{ schedule: '@daily', startDate: '2026-11-01' }";
const mistake = (title: string, body: string, head = HEAD): Mistake => {
  const file = `${title
    .toLowerCase()
    .replaceAll(/[^a-z]+/g, '_')
    .replace(/_$/, '')}.ts`;
  return { title, file, text: `${head}${body}\n` };
};
const one = (title: string, options: string, taskOptions = '') =>
  mistake(
    title,
    `export default dag('sales', ${options}, ({ task }) => {\n  task('load', ${taskOptions}async () => {});\n});`,
  );

/** Mistakes that authors of DAG files make; each is run, and the page shows what it comes to. */
const MISTAKES: readonly Mistake[] = [
  one('A mistyped option', "{ scheduel: '@daily' }"),
  one('A mistyped task option', daily, '{ retires: 3 }, '),
  one('A schedule without a start', "{ schedule: '@daily' }"),
  one('A preset that does not exist', "{ schedule: '@dayly', startDate: '2026-11-01' }"),
  one('A cron expression that is none', "{ schedule: '61 * * * *', startDate: '2026-11-01' }"),
  one('An interval that is too short', "{ schedule: { every: '10ms' }, startDate: '2026-11-01' }"),
  one('A date that does not exist', "{ schedule: '@daily', startDate: '2026-02-30' }"),
  one('An end before the start', "{ schedule: '@daily', startDate: '2026-11-01', endDate: '2026-10-01' }"),
  one(
    'A time zone that does not exist',
    "{ schedule: '@daily', startDate: '2026-11-01', timeZone: 'Europe/Lisboa' }",
  ),
  one('A duration without a unit', daily, "{ timeout: '10' }, "),
  one('A trigger rule that does not exist', daily, "{ triggerRule: 'all_succes' }, "),
  one('Retries that are no number', daily, "{ retries: '3' }, "),
  one(
    'A param whose default does not fit',
    "{ params: { region: { type: 'string', enum: ['eu'], default: 'us' } } }",
  ),
  one(
    'A required param in a DAG with a schedule',
    "{ schedule: '@daily', startDate: '2026-11-01', params: { region: { type: 'string' } } }",
  ),
  one('A callback that is no function', daily, "{ onFailure: 'mail me' }, "),
  mistake(
    'Two tasks with one id',
    `export default dag('sales', {}, ({ task }) => {\n  task('load', () => 1);\n  task('load', () => 2);\n});`,
  ),
  mistake(
    'Tasks in a circle',
    `export default dag('sales', {}, ({ task }) => {\n  const a = task('a', () => 1);\n  const b = task('b', () => 2);\n  a.before(b);\n  b.before(a);\n});`,
  ),
  mistake(
    'An id with a space',
    `export default dag('daily sales', {}, ({ task }) => {\n  task('load', () => 1);\n});`,
  ),
  mistake(
    'A task without a function',
    `export default dag('sales', {}, ({ task }) => {\n  task('load', { retries: 2 }, 'load.sql');\n});`,
  ),
  mistake('A DAG without tasks', `export default dag('sales', {}, () => {});`),
  mistake(
    'Tasks declared in an async function',
    `export default dag('sales', {}, async ({ task }) => {\n  task('load', () => 1);\n});`,
  ),
  mistake('A DAG that is not exported', `dag('sales', {}, ({ task }) => {\n  task('load', () => 1);\n});`),
  mistake('A syntax error', `export default dag('sales', {}, ({ task }) => {\n  task('load', () => 1;\n});`),
  mistake(
    'An import that does not exist',
    `export default dag('sales', {}, ({ task }) => {\n  task('load', load);\n});`,
    `${HEAD.trim()}\nimport { load } from './laod.js';\n\n`,
  ),
  mistake(
    'A package that is not installed',
    `export default dag('sales', {}, ({ task }) => {\n  task('load', load);\n});`,
    `${HEAD.trim()}\nimport { load } from 'no-such-package';\n\n`,
  ),
  mistake(
    'A mistyped name of the package',
    `export default dag('sales', {}, ({ task }) => {\n  task('load', () => 1);\n});`,
    "import { dag } from 'feast-scheduler/dags';\n\n",
  ),
  mistake(
    'Code that throws while the file is read',
    `const url = process.env.SALES_URL;\nif (url === undefined) throw new Error('SALES_URL is not set');\nexport default dag('sales', {}, ({ task }) => {\n  task('load', () => url);\n});`,
  ),
  mistake(
    'A file that ends the process',
    `process.exit(1);\nexport default dag('sales', {}, ({ task }) => {\n  task('load', () => 1);\n});`,
  ),
  mistake(
    'A file that does not come to an end',
    `await new Promise(() => {});\nexport default dag('sales', {}, ({ task }) => {\n  task('load', () => 1);\n});`,
  ),
];

test('docs/dag-mistakes.md shows what each mistake comes to', async (t) => {
  // long enough for a file to load on a busy machine; one file of these never does
  const home = createDagHome({ parseTimeoutMs: 10_000 });
  t.teardown(() => home.close());
  for (const { file, text } of MISTAKES) {
    home.write(file, text.replaceAll("'sales'", `'${file.slice(0, -3)}'`));
  }
  home.write(
    'first.ts',
    `${HEAD}export default dag('taken', {}, ({ task }) => {\n  task('load', () => 1);\n});\n`,
  );
  home.write(
    'second.ts',
    `${HEAD}export default dag('taken', {}, ({ task }) => {\n  task('load', () => 2);\n});\n`,
  );
  await home.files.scan();

  const messageOf = (file: string): string => {
    const event = home.last(file);
    if (event?.kind !== 'import_error') throw new Error(`${file} is no mistake: ${event?.kind}`);
    const { message, line, column } = event.error;
    return `${[file, line, column].filter((part) => part !== undefined).join(':')}  ${message}`
      .replaceAll(home.home, '~')
      .replaceAll(`"${file.slice(0, -3)}"`, '"sales"')
      .replace(file, 'sales.ts');
  };
  const sections = MISTAKES.map(
    ({ title, file, text }) => `## ${title}\n\n\`\`\`ts\n${text}\`\`\`\n\n> \`${messageOf(file)}\`\n`,
  );
  const page = `# Mistakes in DAG files

What a file comes to when something is wrong with it, as \`scheduler dags list-import-errors\` and \`scheduler dags validate FILE\` show it: file, line, column, reason. All other DAGs go on. This page is made by a test that runs each of them.

${sections.join('\n')}
## An id that another file has

> \`${messageOf('second.ts').replace('sales.ts', 'second.ts')}\`

## What shows only when a task runs

| mistake | the attempt fails with |
|---|---|
| it returns what JSON cannot hold, such as a BigInt, a Map or NaN | \`TASK_RESULT_NOT_JSON\`, saying where in the value; not tried again |
| it returns more than 256 KiB | \`XCOM_TOO_LARGE\`; not tried again |
| it asks \`xcom()\` for a task that the DAG does not have | \`TASK_NOT_FOUND\`, with the nearest id |
| it calls \`process.exit\` | \`TASK_EXITED\` |
| it takes longer than its \`timeout\` | \`TASK_TIMEOUT\` |
| it uses more memory than its worker may | \`TASK_OUT_OF_MEMORY\` |
`;
  if (process.env.UPDATE_DOCS) writeFileSync(PAGE, page);
  t.is(readFileSync(PAGE, 'utf8'), page);
});
