import test from 'ava';
import { maskCredentials } from '../../../src/shared/credentials.js';
import { CodedError } from '../../../src/shared/errors.js';

const CASES: readonly (readonly [text: string, masked: string])[] = [
  ['postgresql://feast:s3cret@db:5432/x', 'postgresql://feast:***@db:5432/x'],
  ['mysql+pymysql://u:p@ss:wd@db/x', 'mysql+pymysql://u:***@db/x'],
  ['redis://:hunter2@localhost:6379', 'redis://:***@localhost:6379'],
  ['two a://b:c@d and e://f:g@h', 'two a://b:***@d and e://f:***@h'],
  ['localhost:6379,password=hunter2,ssl=true', 'localhost:6379,password=***,ssl=true'],
  [
    'DefaultEndpointsProtocol=https;AccountKey=abc==;x=y',
    'DefaultEndpointsProtocol=https;AccountKey=***;x=y',
  ],
  ['https://host/path?sig=abc%3D&se=1', 'https://host/path?sig=***&se=1'],
  ['https://example.com:8080/a@b', 'https://example.com:8080/a@b'],
  ['at 12:30 me@example.com wrote', 'at 12:30 me@example.com wrote'],
];
for (const [text, masked] of CASES) {
  test(`masked: ${text}`, (t) => t.is(maskCredentials(text), masked));
}

test('no error carries a credential', (t) => {
  const error = new CodedError('REGISTRY_UNREADABLE', 'postgresql://u:hunter2@db/x: connection refused');
  t.notRegex(`${error.message}${error.stack}`, /hunter2/);
});
