import { readFileSync, writeFileSync } from 'node:fs';
import test from 'ava';
import { ERROR_CODES } from '../../src/shared/error-codes.js';

const PAGE = new URL('../../../docs/errors.md', import.meta.url);

const page = `# Errors

Every error this project throws on purpose carries one of these codes; commands print it in brackets behind the message. The message itself says which value, where, what was expected and what to do. Codes are stable, messages are not.

| code | meaning |
|---|---|
${Object.entries(ERROR_CODES)
  .sort(([a], [b]) => (a < b ? -1 : 1))
  .map(([code, meaning]) => `| \`${code}\` | ${meaning.replaceAll('|', '\\|')} |`)
  .join('\n')}
`;

// `UPDATE_DOCS=1 npm test` writes the page anew
if (process.env.UPDATE_DOCS) writeFileSync(PAGE, page);

test('docs/errors.md lists exactly the error codes there are', (t) => {
  t.is(readFileSync(PAGE, 'utf8'), page);
});
