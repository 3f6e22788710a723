// node-postgres as it comes: values of all types, there and back.
import test from 'node:test';
import assert from 'node:assert/strict';
import pg from 'pg';

const client = new pg.Client();
await client.connect();
test.after(() => client.end());

const columns = {
  flag: ['boolean', [true, false]],
  small: ['smallint', [-32768, 32767]],
  whole: ['integer', [-2147483648, 7]],
  large: ['bigint', ['9007199254740993', '-9223372036854775808']],
  exact: ['numeric(30, 10)', ['12345678901234567890.1234567890', '-0.0000000001']],
  free: ['numeric', ['1e3', '0.000'], ['1000', '0.000']],
  single: ['real', [1.5, -0.25]],
  float: ['double precision', [1e300, 0.1]],
  words: ['text', ["it's \"here\" \\ \n", '']],
  short: ['varchar(12)', ['żółć', 'x']],
  fixed: ['char(3)', ['a', 'abc'], ['a  ', 'abc']],
  bytes: ['bytea', [Buffer.from([0, 1, 255, 92, 39]), Buffer.alloc(0)]],
  id: ['uuid', ['a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', '00000000-0000-0000-0000-000000000000']],
  document: ['jsonb', [{ a: [1, 2.5, 'x'], b: null }, []]],
  plain: ['json', [{ z: 1, a: { b: true } }, 'text']],
  at: ['timestamptz', [new Date('2026-02-03T04:05:06.789Z'), new Date('1969-12-31T23:59:59.999Z')]],
  time: ['time', ['12:34:56.789', '00:00:00']],
  numbers: ['int[]', [[1, 2, 3], []]],
  names: ['text[]', [['a', null, 'b,c', 'say "x"', ''], ['{}']]],
  amounts: ['numeric(8, 2)[]', [['1.50', '2.25'], []], [[1.5, 2.25], []]],
  flags: ['boolean[]', [[true, false], [true]]],
};

const names = Object.keys(columns);
const given = row => names.map(name => {
  const value = columns[name][1][row];
  return ['json', 'jsonb'].includes(columns[name][0]) ? JSON.stringify(value) : value;
});
const expected = row => Object.fromEntries(names.map(name => [name, (columns[name][2] ?? columns[name][1])[row]]));

test('values of every type come back as they went', async () => {
  await client.query(`CREATE TABLE every (key int PRIMARY KEY, ${names.map(name => `${name} ${columns[name][0]}`).join(', ')})`);
  const insert = `INSERT INTO every VALUES ($1, ${names.map((_, i) => `$${i + 2}`).join(', ')})`;
  for (const row of [0, 1]) await client.query(insert, [row, ...given(row)]);
  await client.query(insert, [2, ...names.map(() => null)]);
  const { rows } = await client.query('SELECT * FROM every ORDER BY key');
  for (const row of [0, 1]) assert.deepEqual(rows[row], { key: row, ...expected(row) });
  assert.ok(names.every(name => rows[2][name] === null));
});

test('values are found by parameters of their type', async () => {
  for (const name of names.filter(each => columns[each][0] !== 'json')) {
    for (const row of [0, 1]) {
      const { rows } = await client.query(`SELECT key FROM every WHERE ${name} = $1`, [given(row)[names.indexOf(name)]]);
      assert.ok(rows.some(found => found.key === row), `${name}: ${JSON.stringify(rows)}`);
    }
  }
});

test('dates and intervals', async () => {
  pg.types.setTypeParser(pg.types.builtins.DATE, value => value);
  const { rows } = await client.query("SELECT $1::date AS day, $2::interval AS gap, ($1::date + 1)::text AS next, date_trunc('month', $3::timestamptz) AS month", ['2026-02-28', '1 day 02:03:04.5', new Date('2026-05-17T12:00:00Z')]);
  assert.equal(rows[0].day, '2026-02-28');
  assert.deepEqual({ ...rows[0].gap }, { days: 1, hours: 2, minutes: 3, seconds: 4, milliseconds: 500 });
  assert.equal(rows[0].next, '2026-03-01');
  assert.equal(rows[0].month.toISOString(), '2026-05-01T00:00:00.000Z');
});

test('jsonb is asked by path and changed', async () => {
  await client.query('CREATE TABLE doc (id int PRIMARY KEY, body jsonb NOT NULL)');
  await client.query("INSERT INTO doc SELECT g, jsonb_build_object('n', g, 'tags', jsonb_build_array('a', 'b')) FROM generate_series(1, 10) g");
  const found = await client.query("SELECT id, body->'tags' AS tags, body->>'n' AS n FROM doc WHERE (body->>'n')::int > $1 ORDER BY id", [8]);
  assert.deepEqual(found.rows, [{ id: 9, tags: ['a', 'b'], n: '9' }, { id: 10, tags: ['a', 'b'], n: '10' }]);
  await client.query("UPDATE doc SET body = jsonb_set(body, '{n}', to_jsonb($1::int)) WHERE id = $2", [77, 3]);
  assert.deepEqual((await client.query('SELECT body FROM doc WHERE id = 3')).rows[0].body, { n: 77, tags: ['a', 'b'] });
});

// What the client itself reads of binary results right: numbers below zero it does not.
test('binary results', async () => {
  const { rows } = await client.query({ text: 'SELECT key + $1::int AS i, 7::smallint AS s, flag, words FROM every WHERE key < 2 ORDER BY key', values: [40], binary: true });
  for (const row of [0, 1]) {
    const { flag, words } = expected(row);
    assert.deepEqual(rows[row], { i: 40 + row, s: 7, flag, words });
  }
});

test('a megabyte there and back', async () => {
  const text = 'ä'.repeat(500_000);
  const bytes = Buffer.alloc(1_000_000, 7);
  const { rows } = await client.query('INSERT INTO every (key, words, bytes) VALUES ($1, $2, $3) RETURNING words, bytes', [100, text, bytes]);
  assert.ok(rows[0].words === text && rows[0].bytes.equals(bytes));
});
