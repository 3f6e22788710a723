// node-postgres as it comes: a pool, cursors, streams of rows, COPY, cancelling, timeouts.
import test from 'node:test';
import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import pg from 'pg';
import Cursor from 'pg-cursor';
import QueryStream from 'pg-query-stream';
import { from as copyFrom, to as copyTo } from 'pg-copy-streams';

const pool = new pg.Pool({ max: 20 });
test.after(() => pool.end());
await pool.query('CREATE TABLE event (id int PRIMARY KEY, kind text NOT NULL, amount numeric(10, 2) NOT NULL)');

async function withClient(work) {
  const client = await pool.connect();
  try {
    return await work(client);
  } finally {
    client.release();
  }
}

test('COPY takes in what COPY gave out', async () => {
  await withClient(async client => {
    const rows = Array.from({ length: 5000 }, (_, i) => `${i}\tkind ${i % 7}\t${i}.25\n`);
    const input = client.query(copyFrom('COPY event FROM STDIN'));
    await pipeline(Readable.from(rows), input);
    assert.equal(input.rowCount, 5000);
    const output = client.query(copyTo('COPY (SELECT * FROM event ORDER BY id) TO STDOUT'));
    let text = '';
    for await (const chunk of output) text += chunk;
    assert.equal(text, rows.join(''));
    const bad = client.query(copyFrom('COPY event FROM STDIN WITH (FORMAT csv)'));
    await assert.rejects(pipeline(Readable.from(['6000,ok,1\n', '6001,bad,one\n', '6002,ok,1\n']), bad), { code: '22P02' });
    assert.equal((await client.query('SELECT count(*)::int AS n FROM event')).rows[0].n, 5000);
  });
});

test('twenty clients of a pool work at a time', async () => {
  await pool.query('CREATE TABLE counter (id int PRIMARY KEY, n int NOT NULL)');
  await pool.query('INSERT INTO counter SELECT g, 0 FROM generate_series(1, 20) g');
  await Promise.all(Array.from({ length: 20 }, (_, i) => withClient(async client => {
    for (let round = 0; round < 10; round++) {
      await client.query('BEGIN');
      await client.query('UPDATE counter SET n = n + 1 WHERE id = $1', [i + 1]);
      await client.query('COMMIT');
    }
  })));
  assert.deepEqual((await pool.query('SELECT n, count(*)::int AS times FROM counter GROUP BY n')).rows, [{ n: 10, times: 20 }]);
  const sums = await Promise.all(Array.from({ length: 100 }, (_, i) => pool.query('SELECT sum(amount) AS sum FROM event WHERE id % 100 = $1', [i])));
  assert.equal(sums.reduce((all, each) => all + Number(each.rows[0].sum), 0), 12498750);
});

test('a cursor gives rows by and by', async () => {
  await withClient(async client => {
    await client.query('BEGIN');
    const cursor = client.query(new Cursor('SELECT id FROM event WHERE id >= $1 ORDER BY id', [100]));
    assert.deepEqual((await cursor.read(3)).map(row => row.id), [100, 101, 102]);
    assert.deepEqual((await cursor.read(2)).map(row => row.id), [103, 104]);
    await cursor.close();
    await client.query('COMMIT');
    const whole = client.query(new Cursor('SELECT id FROM event ORDER BY id LIMIT 250'));
    let read = 0;
    for (let rows = await whole.read(100); rows.length > 0; rows = await whole.read(100)) read += rows.length;
    assert.equal(read, 250);
    await whole.close();
    assert.equal((await client.query('SELECT 1 AS one')).rows[0].one, 1);
  });
});

test('a stream is read to its end, or left', async () => {
  await withClient(async client => {
    let sum = 0;
    for await (const row of client.query(new QueryStream('SELECT id, amount FROM event', [], { batchSize: 64 }))) sum += row.id;
    assert.equal(sum, 12497500);
    const left = client.query(new QueryStream('SELECT id FROM event ORDER BY id', [], { batchSize: 10 }));
    for await (const row of left) if (row.id === 25) break;
    assert.equal((await client.query('SELECT 2 AS two')).rows[0].two, 2);
    await assert.rejects(async () => {
      for await (const row of client.query(new QueryStream('SELECT 10 / (5 - id) AS x FROM event WHERE id < 10 ORDER BY id'))) assert.ok(row);
    }, { code: '22012' });
  });
});

test('a statement that takes too long is ended', async () => {
  await withClient(async client => {
    await client.query('SET statement_timeout = 50');
    await assert.rejects(client.query('SELECT count(*) FROM generate_series(1, 1000000000) g'), { code: '57014' });
    await client.query('RESET statement_timeout');
    assert.equal((await client.query('SELECT 1 AS one')).rows[0].one, 1);
  });
  const impatient = new pg.Client({ query_timeout: 100 });
  await impatient.connect();
  impatient.on('error', () => {});
  await assert.rejects(impatient.query('SELECT count(*) FROM generate_series(1, 1000000000) g'), /timeout/);
  impatient.connection.stream.destroy();
  const strict = new pg.Client({ statement_timeout: 50, application_name: 'strict', idle_in_transaction_session_timeout: 60000 });
  await strict.connect();
  assert.equal((await strict.query('SHOW application_name')).rows[0].application_name, 'strict');
  await assert.rejects(strict.query('SELECT count(*) FROM generate_series(1, 1000000000) g'), { code: '57014' });
  await strict.end();
});

test('a statement is cancelled from another connection', async () => {
  await withClient(async client => {
    const slow = new pg.Query('SELECT count(*) FROM generate_series(1, 1000000000) g');
    const ended = new Promise(resolve => {
      slow.on('error', resolve);
      slow.on('end', resolve);
    });
    client.query(slow);
    const canceller = new pg.Client();
    canceller.connection.once('connect', () => canceller.connection.cancel(client.processID, client.secretKey));
    canceller.connection.connect(canceller.port, canceller.host);
    assert.equal((await ended)?.code, '57014');
    assert.equal((await client.query('SELECT 1 AS one')).rows[0].one, 1);
  });
});

test('a cancellation with a wrong key does nothing', async () => {
  await withClient(async client => {
    const canceller = new pg.Client();
    canceller.connection.once('connect', () => canceller.connection.cancel(client.processID, client.secretKey + 1));
    const gone = new Promise(resolve => canceller.connection.once('end', resolve));
    canceller.connection.connect(canceller.port, canceller.host);
    assert.equal((await client.query('SELECT count(*)::int AS n FROM event')).rows[0].n, 5000);
    await gone;
  });
});
