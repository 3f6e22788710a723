// node-postgres as it comes: statements, parameters, prepared names, errors, transactions.
import test from 'node:test';
import assert from 'node:assert/strict';
import pg from 'pg';

const client = new pg.Client();
await client.connect();
test.after(() => client.end());

await client.query('CREATE TABLE item (id bigint PRIMARY KEY, name text UNIQUE, price numeric(10, 2) NOT NULL DEFAULT 0, CHECK (price >= 0))');
await client.query('CREATE TABLE part (item_id bigint REFERENCES item (id), n int, label text, PRIMARY KEY (item_id, n)) WITH (shard_key = \'item_id\')');

test('rows, their fields, and what they are called', async () => {
  const inserted = await client.query("INSERT INTO item VALUES (1, 'one', 1.5), (2, 'two', 2.25), (3, NULL, 3) RETURNING id, name");
  assert.equal(inserted.command, 'INSERT');
  assert.equal(inserted.rowCount, 3);
  assert.deepEqual(inserted.rows.sort((a, b) => a.id - b.id), [{ id: '1', name: 'one' }, { id: '2', name: 'two' }, { id: '3', name: null }]);
  const read = await client.query({ text: 'SELECT id, name, price AS cost FROM item ORDER BY id DESC', rowMode: 'array' });
  assert.deepEqual(read.rows, [['3', null, '3.00'], ['2', 'two', '2.25'], ['1', 'one', '1.50']]);
  assert.deepEqual(read.fields.map(field => [field.name, field.dataTypeID]), [['id', 20], ['name', 25], ['cost', 1700]]);
  assert.deepEqual((await client.query('SELECT id FROM item WHERE false')).rows, []);
});

test('several statements in one string', async () => {
  const results = await client.query('SELECT 1 AS a; SELECT count(*)::int AS n FROM item; UPDATE item SET price = price WHERE id = 1');
  assert.deepEqual(results.map(result => [result.command, result.rowCount]), [['SELECT', 1], ['SELECT', 1], ['UPDATE', 1]]);
  assert.deepEqual(results[1].rows, [{ n: 3 }]);
  assert.equal((await client.query('')).rows.length, 0);
});

test('parameters are sent apart from the text', async () => {
  const found = await client.query('SELECT id FROM item WHERE name = $1 OR id = ANY($2) ORDER BY id', ['two', [1, 3]]);
  assert.deepEqual(found.rows.map(row => row.id), ['1', '2', '3']);
  assert.deepEqual((await client.query('SELECT $1::int + $2 AS sum, $3::text AS text', [20, 22, "it's"])).rows, [{ sum: 42, text: "it's" }]);
  assert.deepEqual((await client.query('SELECT id FROM item WHERE name IS NOT DISTINCT FROM $1', [null])).rows, [{ id: '3' }]);
  const none = await client.query('UPDATE item SET name = $1 WHERE id = $2', ['nobody', 99]);
  assert.equal(none.rowCount, 0);
  await client.query('INSERT INTO part SELECT id, g, $1 || g FROM item, generate_series(1, $2::int) g', ['p', 4]);
  assert.equal((await client.query('SELECT count(*)::int AS n FROM item JOIN part ON part.item_id = item.id WHERE part.n <= $1', [2])).rows[0].n, 6);
});

test('a prepared name is planned once and takes other values', async () => {
  for (const id of ['1', '2', '3', '1']) {
    const { rows } = await client.query({ name: 'by-id', text: 'SELECT id, price FROM item WHERE id = $1', values: [id] });
    assert.deepEqual(rows.map(row => row.id), [id]);
  }
  await client.query('ALTER TABLE item ADD COLUMN weight double precision');
  assert.equal((await client.query({ name: 'by-id', text: 'SELECT id, price FROM item WHERE id = $1', values: ['2'] })).rows[0].price, '2.25');
  await assert.rejects(client.query({ name: 'by-id', text: 'SELECT 1' }), /must be unique/);
});

const failing = [
  ['SELECT nope FROM item', '42703', { position: '8' }],
  ['SELECT * FROM nowhere', '42P01', { position: '15' }],
  ['SELEC 1', '42601', { position: '1' }],
  ["INSERT INTO item VALUES (1, 'again', 0)", '23505', { constraint: 'item_pkey', table: 'item' }],
  ["INSERT INTO item VALUES (9, 'two', 0)", '23505', { constraint: 'item_name_key', table: 'item' }],
  ['INSERT INTO item VALUES (9, NULL, -1)', '23514', { table: 'item', constraint: 'item_price_check' }],
  ['INSERT INTO item VALUES (9, NULL, NULL)', '23502', { table: 'item', column: 'price' }],
  ['INSERT INTO item (name) VALUES (NULL)', '23502', { table: 'item', column: 'id' }],
  ['UPDATE item SET price = NULL WHERE id = 1', '23502', { table: 'item', column: 'price', message: 'null value in column "price" of relation "item" violates not-null constraint' }],
  ['INSERT INTO part VALUES (77, 1)', '23503', { table: 'part', constraint: 'part_item_id_fkey' }],
  ['DELETE FROM item WHERE id = 2', '23503', { table: 'part', constraint: 'part_item_id_fkey' }],
  ['SELECT 1 / (SELECT 0)', '22012', {}],
  ["SELECT 'x'::int", '22P02', {}],
  ['SELECT id FROM item ORDER BY id LIMIT -1', '2201W', {}],
];
for (const [sql, code, fields] of failing) {
  for (const values of [undefined, []]) {
    test(`${sql} is told as PostgreSQL tells it${values ? ', extended' : ''}`, async () => {
      const error = await client.query(sql, values).then(() => assert.fail('it ran'), failure => failure);
      assert.ok(error instanceof pg.DatabaseError, error.stack);
      assert.equal(error.code, code, error.message);
      assert.equal(error.severity, 'ERROR');
      assert.doesNotMatch(error.detail, /redacted/);
      for (const [name, expected] of Object.entries(fields)) assert.equal(error[name], expected, `${name} of ${error.message}`);
      assert.deepEqual((await client.query('SELECT 1 AS one')).rows, [{ one: 1 }]);
    });
  }
}

test('a transaction is kept or dropped as a whole', async () => {
  await client.query('BEGIN');
  await client.query('UPDATE item SET price = price + 1');
  await client.query('SAVEPOINT s');
  await assert.rejects(client.query('INSERT INTO item VALUES ($1, $2)', [1, 'x']), { code: '23505' });
  await assert.rejects(client.query('SELECT 1'), { code: '25P02' });
  await client.query('ROLLBACK TO SAVEPOINT s');
  assert.equal((await client.query('SELECT sum(price) AS sum FROM item')).rows[0].sum, '9.75');
  await client.query('ROLLBACK');
  assert.equal((await client.query('SELECT sum(price) AS sum FROM item')).rows[0].sum, '6.75');
  await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ');
  await client.query('DELETE FROM part WHERE n > $1', [2]);
  await client.query('COMMIT');
  assert.equal((await client.query('SELECT count(*)::int AS n FROM part')).rows[0].n, 6);
});

test('others do not see what is not committed', async () => {
  const other = new pg.Client();
  await other.connect();
  try {
    await client.query('BEGIN');
    await client.query("INSERT INTO item VALUES (50, 'fifty', 50)");
    assert.equal((await other.query('SELECT id FROM item WHERE id = 50')).rowCount, 0);
    await client.query('COMMIT');
    assert.equal((await other.query('SELECT id FROM item WHERE id = 50')).rowCount, 1);
  } finally {
    await other.end();
  }
});

test('notices are events', async () => {
  const notices = [];
  client.on('notice', notice => notices.push(notice.code));
  await client.query('DROP TABLE IF EXISTS nothing_of_the_kind');
  await client.query('COMMIT');
  assert.deepEqual(notices, ['00000', '25P01']);
});

test('queries are queued in one connection', async () => {
  const numbers = Array.from({ length: 50 }, (_, i) => i);
  const answers = await Promise.all(numbers.map(i => client.query('SELECT $1::int AS i', [i])));
  assert.deepEqual(answers.map(answer => answer.rows[0].i), numbers);
});
