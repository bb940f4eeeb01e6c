import test from 'ava';
import { type Reply, ReplyParser } from '../../../../src/online/redis/resp-parser.js';

const TEXT =
  ':-12\r\n+OK\r\n-ERR no\r\n$-1\r\n$0\r\n\r\n$5\r\na\r\nbc\r\n*-1\r\n*3\r\n:1\r\n$1\r\nx\r\n*1\r\n+y\r\n:0\r\n';
const REPLIES: Reply[] = [
  -12,
  'OK',
  { error: 'ERR no' },
  null,
  Buffer.alloc(0),
  Buffer.from('a\r\nbc'),
  null,
  [1, Buffer.from('x'), ['y']],
  0,
];

test('replies come out whole, wherever the bytes are cut', (t) => {
  const bytes = Buffer.from(TEXT);
  for (let first = 0; first <= bytes.length; first++) {
    for (const second of [first, Math.min(first + 3, bytes.length), bytes.length]) {
      const replies: Reply[] = [];
      const parser = new ReplyParser((reply) => replies.push(reply));
      for (const [from, to] of [
        [0, first],
        [first, second],
        [second, bytes.length],
      ] as const) {
        parser.push(bytes.subarray(from, to));
      }
      t.deepEqual(replies, REPLIES);
    }
  }
});

test('what is no reply of Redis is refused', (t) => {
  t.throws(() => new ReplyParser(() => {}).push(Buffer.from('HTTP/1.1 400 Bad Request\r\n')), {
    message: /HTTP/,
  });
});
