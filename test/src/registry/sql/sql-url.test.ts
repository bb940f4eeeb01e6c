import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { sectionOf } from '../../../../src/config/section.js';
import { parseDatabaseUrl } from '../../../../src/registry/sql/sql-url.js';
import { temporaryFolder } from '../../../helpers/fixtures.js';

const parse = (url: string) => parseDatabaseUrl(url, sectionOf({}, 'registry'), 'path', '/repo');

test('URLs are read as SQLAlchemy reads them', (t) => {
  const postgres = parse(
    'postgresql+psycopg://feast:p%40ss%2Fword%25@db.example:6432/reg?application_name=x',
  );
  t.is(postgres.dialect, 'postgres');
  t.is(postgres.place, 'postgresql://db.example:6432/reg');
  t.like(postgres.connection, {
    host: 'db.example',
    port: 6432,
    user: 'feast',
    password: 'p@ss/word%',
    database: 'reg',
    application_name: 'x',
  });
  t.like(parse('postgresql://localhost/reg').connection, { host: 'localhost', port: 5432, user: undefined });
  t.like(parse('postgresql://u@/reg?host=/run/postgresql').connection, {
    host: '/run/postgresql',
    database: 'reg',
  });
  t.like(parse('postgresql://u@[::1]:5433/reg').connection, { host: '::1', port: 5433 });
  t.like(parse('postgresql://u@h/reg?options=-csearch_path%3Dfeast').connection, {
    options: '-csearch_path=feast',
  });
  for (const scheme of ['mysql', 'mysql+pymysql', 'mariadb+mysqldb']) {
    const mysql = parse(`${scheme}://root:@h:3307/reg?charset=utf8mb4`);
    t.is(mysql.dialect, 'mysql');
    t.like(mysql.connection, { host: 'h', port: 3307, user: 'root', password: '', charset: 'utf8mb4' });
  }
  t.deepEqual(parse('sqlite:///data/registry.db').connection, { filename: '/repo/data/registry.db' });
  t.deepEqual(parse('sqlite+pysqlite:////var/registry.db').connection, { filename: '/var/registry.db' });
});

test('sslmode means what libpq says', (t) => {
  const ssl = (query: string) =>
    parse(`postgresql://u@h/reg?${query}`).connection.ssl as Record<string, unknown>;
  t.falsy(ssl('sslmode=disable'));
  t.falsy(ssl('sslmode=prefer'));
  t.like(ssl('sslmode=require'), { rejectUnauthorized: false });
  t.like(ssl('sslmode=verify-full'), { rejectUnauthorized: true, checkServerIdentity: undefined });
  t.is(typeof ssl('sslmode=verify-ca').checkServerIdentity, 'function');
  const root = join(temporaryFolder(t), 'root.pem');
  writeFileSync(root, 'PEM');
  t.like(ssl(`sslmode=require&sslrootcert=${root}`), { rejectUnauthorized: true, ca: 'PEM' });
});

test('what cannot be used is refused, without a credential', (t) => {
  for (const [url, expected] of [
    ['registry.db', /expected a database URL/],
    [
      'oracle://scott:tiger-secret@h/reg',
      /no SQL registry on "oracle"; there are postgresql, mysql, mariadb, sqlite/,
    ],
    [
      'postgresql://u:tiger-secret@h/reg?sslmod=require',
      /unknown option "sslmod" in the URL. Did you mean "sslmode"/,
    ],
    ['postgresql://u:tiger-secret@h:port/reg', /expected a database URL/],
    ['postgresql://u:tiger-secret@h/reg?sslmode=verify-ful', /option sslmode: .*verify-full/],
    ['postgresql://u:tiger-secret@h/reg?sslrootcert=/no/file', /option sslrootcert: \/no\/file: ENOENT/],
    ['sqlite://', /expected a file/],
    ['sqlite:///:memory:', /expected a file/],
    ['sqlite://relative.db', /expected a file/],
  ] as const) {
    const error = t.throws(() => parse(url), undefined, url);
    t.regex(error.message, expected);
    t.regex(error.message, /^configuration: registry\.path: /);
    t.false(error.message.includes('secret'));
  }
});
