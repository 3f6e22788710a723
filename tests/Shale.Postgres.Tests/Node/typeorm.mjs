// TypeORM on node-postgres as it comes: migrations, schema sync, relations, transactions, versions.
import test from 'node:test';
import assert from 'node:assert/strict';
import typeorm from 'typeorm';

const { DataSource, EntitySchema, Between, In, Like, MoreThan, OptimisticLockVersionMismatchError, QueryFailedError } = typeorm;

const Author = new EntitySchema({
  name: 'Author', tableName: 'author',
  columns: {
    id: { type: 'int', primary: true, generated: 'increment' },
    name: { type: 'varchar', length: 60, unique: true },
    rating: { type: 'numeric', precision: 5, scale: 2, default: 0 },
    tags: { type: 'text', array: true, nullable: true },
    profile: { type: 'jsonb', nullable: true },
    born: { type: 'date', nullable: true },
    createdAt: { type: 'timestamptz', createDate: true },
    updatedAt: { type: 'timestamptz', updateDate: true },
    version: { type: 'int', version: true },
  },
  relations: { books: { type: 'one-to-many', target: 'Book', inverseSide: 'author', cascade: true } },
});

const Book = new EntitySchema({
  name: 'Book', tableName: 'book',
  columns: {
    authorId: { type: 'int', primary: true, name: 'author_id' },
    number: { type: 'int', primary: true },
    title: { type: 'text' },
    price: { type: 'numeric', precision: 10, scale: 2 },
    secret: { type: 'bytea', nullable: true },
    isbn: { type: 'uuid', nullable: true },
    removedAt: { type: 'timestamptz', nullable: true, deleteDate: true },
  },
  relations: { author: { type: 'many-to-one', target: 'Author', inverseSide: 'books', joinColumn: { name: 'author_id' }, onDelete: 'CASCADE', eager: true } },
  indices: [{ name: 'book_title', columns: ['authorId', 'title'] }],
  checks: [{ name: 'book_price', expression: 'price >= 0' }],
});

class Tables1700000000001 {
  async up(runner) {
    await runner.query(`CREATE TABLE author (id serial NOT NULL, name varchar(60) NOT NULL, rating numeric(5, 2) NOT NULL DEFAULT 0, tags text[], profile jsonb, born date,
      "createdAt" timestamptz NOT NULL DEFAULT now(), "updatedAt" timestamptz NOT NULL DEFAULT now(), version int NOT NULL, CONSTRAINT author_pk PRIMARY KEY (id), CONSTRAINT author_name UNIQUE (name))`);
    await runner.query(`CREATE TABLE book (author_id int NOT NULL REFERENCES author (id) ON DELETE CASCADE, number int NOT NULL, title text NOT NULL, price numeric(10, 2) NOT NULL, secret bytea, PRIMARY KEY (author_id, number))
      WITH (shard_key = 'author_id')`);
  }

  async down(runner) {
    await runner.dropTable('book');
    await runner.dropTable('author');
  }
}

class More1700000000002 {
  async up(runner) {
    await runner.addColumn('book', new typeorm.TableColumn({ name: 'isbn', type: 'uuid', isNullable: true }));
    await runner.addColumn('book', new typeorm.TableColumn({ name: 'removedAt', type: 'timestamptz', isNullable: true }));
    await runner.createIndex('book', new typeorm.TableIndex({ name: 'book_title', columnNames: ['author_id', 'title'] }));
    await runner.createCheckConstraint('book', new typeorm.TableCheck({ name: 'book_price', expression: 'price >= 0' }));
  }

  async down(runner) {
    await runner.dropCheckConstraint('book', 'book_price');
    await runner.dropIndex('book', 'book_title');
    await runner.dropColumn('book', 'removedAt');
    await runner.dropColumn('book', 'isbn');
  }
}

const source = new DataSource({
  type: 'postgres', host: process.env.PGHOST, port: Number(process.env.PGPORT), username: process.env.PGUSER, database: process.env.PGDATABASE,
  entities: [Author, Book], migrations: [Tables1700000000001, More1700000000002], poolSize: 8, uuidExtension: 'pgcrypto',
});
await source.initialize();
test.after(() => source.destroy());
const authors = source.getRepository(Author);
const books = source.getRepository(Book);

test('migrations run once, back, and forth', async () => {
  assert.deepEqual((await source.runMigrations({ transaction: 'each' })).map(each => each.name), ['Tables1700000000001', 'More1700000000002']);
  assert.deepEqual(await source.runMigrations(), []);
  await source.undoLastMigration();
  assert.equal(await source.showMigrations(), true);
  await source.runMigrations();
  assert.equal(await source.showMigrations(), false);
});

test('the schema that the migrations made is that of the model, but for names', async () => {
  const wanted = (await source.driver.createSchemaBuilder().log()).upQueries.map(each => each.query);
  assert.deepEqual(wanted.filter(sql => !/CONSTRAINT/.test(sql)), [], wanted.join('\n'));
  const runner = source.createQueryRunner();
  const table = await runner.getTable('book');
  await runner.release();
  assert.deepEqual(table.columns.map(column => [column.name, column.type, column.isNullable, column.isPrimary]), [
    ['author_id', 'integer', false, true], ['number', 'integer', false, true], ['title', 'text', false, false], ['price', 'numeric', false, false],
    ['secret', 'bytea', true, false], ['isbn', 'uuid', true, false], ['removedAt', 'timestamp with time zone', true, false],
  ]);
  assert.deepEqual([table.findColumnByName('price').precision, table.findColumnByName('price').scale], [10, 2]);
  assert.deepEqual(table.indices.map(index => [index.name, index.columnNames]), [['book_title', ['author_id', 'title']]]);
  assert.deepEqual(table.foreignKeys.map(key => [key.columnNames, key.referencedTableName, key.referencedColumnNames, key.onDelete]), [[['author_id'], 'author', ['id'], 'CASCADE']]);
  assert.deepEqual(table.checks.map(check => check.name), ['book_price']);
});

test('entities are saved with those that belong to them', async () => {
  for (let i = 1; i <= 12; i++) {
    const author = await authors.save({ name: `Author ${String(i).padStart(2, '0')}`, rating: i + 0.25, tags: ['a', `t${i % 3}`], profile: { lives: { in: `town ${i}` } }, born: '1990-02-03' });
    assert.equal(author.version, 1);
    assert.ok(author.id && author.createdAt instanceof Date);
    await books.save([1, 2, 3].map(number => ({ authorId: author.id, number, title: `title ${number}`, price: number * 1.5, secret: Buffer.from([i, 0, 255]) })));
  }
  const read = await authors.find({ relations: { books: true }, order: { name: 'ASC', books: { number: 'DESC' } } });
  assert.equal(read.length, 12);
  assert.deepEqual(read[4].books.map(book => [book.number, book.title, book.price]), [[3, 'title 3', '4.50'], [2, 'title 2', '3.00'], [1, 'title 1', '1.50']]);
  assert.deepEqual([read[4].rating, read[4].tags, read[4].profile, read[4].born], ['5.25', ['a', 't2'], { lives: { in: 'town 5' } }, '1990-02-03']);
  const [one] = await books.find({ where: { title: 'title 2', author: { name: 'Author 07' } } });
  assert.deepEqual([one.author.name, one.number, [...one.secret]], ['Author 07', 2, [7, 0, 255]]);
});

test('queries of the usual kinds', async () => {
  const [page, all] = await authors.findAndCount({ where: { rating: MoreThan(3) }, order: { rating: 'DESC' }, skip: 2, take: 3, relations: { books: true } });
  assert.deepEqual([page.map(author => author.name), all], [['Author 10', 'Author 09', 'Author 08'], 10]);
  assert.equal(await books.countBy({ price: Between(2, 4) }), 12);
  assert.equal(await authors.countBy({ name: Like('%1%') }), 4);
  assert.equal((await authors.findBy({ name: In(['Author 01', 'Author 12', 'nobody']) })).length, 2);
  const sums = await books.createQueryBuilder('book').innerJoin('book.author', 'author').select('author.name', 'name').addSelect('SUM(book.price)', 'sum').groupBy('author.name').having('COUNT(*) = :n', { n: 3 }).orderBy('author.name').limit(2).getRawMany();
  assert.deepEqual(sums, [{ name: 'Author 01', sum: '9.00' }, { name: 'Author 02', sum: '9.00' }]);
  const rich = await authors.createQueryBuilder('a').leftJoinAndSelect('a.books', 'b', 'b.price > :price', { price: 4 }).where("a.profile->'lives'->>'in' = :town", { town: 'town 3' }).getOne();
  assert.deepEqual(rich.books.map(book => book.number), [3]);
  assert.equal(await authors.createQueryBuilder('a').where(qb => `EXISTS ${qb.subQuery().select('1').from(Book, 'b').where('b.authorId = a.id AND b.number = 3').getQuery()}`).getCount(), 12);
  assert.equal(await authors.createQueryBuilder('a').where(':tag = ANY(a.tags)', { tag: 't1' }).getCount(), 4);
  let streamed = 0;
  for await (const row of await books.createQueryBuilder('book').stream()) streamed += row.book_number;
  assert.equal(streamed, 72);
});

test('changes in bulk, upserts, and rows that are removed softly', async () => {
  assert.equal((await books.update({ number: 3 }, { price: () => 'price * 2' })).affected, 12);
  assert.equal(await books.sum('price', { number: 3 }), 108);
  const [first] = await authors.find({ order: { id: 'ASC' }, take: 1 });
  await books.upsert([{ authorId: first.id, number: 1, title: 'again', price: 7 }, { authorId: first.id, number: 4, title: 'new', price: 8 }], ['authorId', 'number']);
  assert.deepEqual((await books.find({ where: { authorId: first.id }, order: { number: 'ASC' } })).map(book => book.title), ['again', 'title 2', 'title 3', 'new']);
  await books.softDelete({ authorId: first.id, number: 4 });
  assert.equal(await books.countBy({ authorId: first.id }), 3);
  assert.equal(await books.count({ where: { authorId: first.id }, withDeleted: true }), 4);
  await books.restore({ authorId: first.id, number: 4 });
  assert.equal((await books.delete({ authorId: first.id, number: 4 })).affected, 1);
});

test('what the database refuses is told by its code and constraint', async () => {
  const failure = await authors.insert({ name: 'Author 01' }).then(() => assert.fail('it ran'), error => error);
  assert.ok(failure instanceof QueryFailedError);
  assert.deepEqual([failure.driverError.code, failure.driverError.constraint, failure.driverError.table], ['23505', 'author_name', 'author']);
  await assert.rejects(books.insert({ authorId: 999999, number: 1, title: 'x', price: 1 }), error => error.driverError.code === '23503');
  await assert.rejects(books.update({ number: 1 }, { price: -1 }), error => error.driverError.code === '23514' && error.driverError.constraint === 'book_price');
});

test('transactions are kept or dropped, one within the other too', async () => {
  const count = await authors.count();
  await assert.rejects(source.transaction(async manager => {
    await manager.insert(Author, { name: 'never' });
    await manager.createQueryBuilder().delete().from(Book).execute();
    assert.equal(await manager.count(Book), 0);
    throw new Error('changed my mind');
  }), /changed my mind/);
  assert.deepEqual([await authors.count(), await books.count()], [count, 36]);
  await source.transaction('REPEATABLE READ', async manager => {
    await manager.insert(Author, { name: 'kept' });
    await manager.transaction(async inner => {
      await inner.insert(Author, { name: 'dropped' });
      throw new Error('inner');
    }).catch(error => assert.equal(error.message, 'inner'));
  });
  assert.deepEqual([await authors.countBy({ name: 'kept' }), await authors.countBy({ name: 'dropped' })], [1, 0]);
});

test('who comes late with an old version is told', async () => {
  const mine = await authors.findOneByOrFail({ name: 'Author 02' });
  const theirs = await authors.findOneByOrFail({ name: 'Author 02' });
  await authors.save({ ...mine, rating: 9.5 });
  assert.equal((await authors.findOneByOrFail({ id: mine.id })).version, 2);
  await assert.rejects(authors.findOne({ where: { id: theirs.id }, lock: { mode: 'optimistic', version: theirs.version } }), OptimisticLockVersionMismatchError);
  assert.ok(await authors.findOne({ where: { id: theirs.id }, lock: { mode: 'optimistic', version: 2 } }));
  const bought = async () => source.transaction(async manager => {
    const author = await manager.findOneOrFail(Author, { where: { id: mine.id }, lock: { mode: 'pessimistic_write' } });
    await manager.update(Author, { id: mine.id }, { rating: Number(author.rating) + 1 });
  });
  await Promise.all(Array.from({ length: 5 }, bought));
  assert.equal((await authors.findOneByOrFail({ id: mine.id })).rating, '14.50');
});

test('who is deleted takes along what belongs to it', async () => {
  const author = await authors.findOneByOrFail({ name: 'Author 03' });
  await authors.remove(author);
  assert.equal(await books.count(), 33);
});

test('the model makes its own tables', async () => {
  const Tag = new EntitySchema({
    name: 'Tag', tableName: 'tag',
    columns: {
      id: { type: 'uuid', primary: true, generated: 'uuid' }, label: { type: 'varchar', length: 20, unique: true }, weight: { type: 'double precision', default: 1.5 },
      sizes: { type: 'simple-array', nullable: true }, at: { type: 'timestamptz', createDate: true }, on: { type: 'boolean', default: true },
    },
    indices: [{ name: 'tag_weight', columns: ['weight', 'label'] }],
  });
  const options = { ...source.options, entities: [Tag], migrations: [], synchronize: true };
  const made = await new DataSource(options).initialize();
  const tag = await made.getRepository(Tag).save({ label: 'x', sizes: ['big', 'small'] });
  assert.match(tag.id, /^[0-9a-f]{8}-/);
  assert.deepEqual([tag.weight, tag.sizes, tag.on], [1.5, ['big', 'small'], true]);
  await made.destroy();
  const again = await new DataSource({ ...options, synchronize: false }).initialize();
  try {
    assert.deepEqual((await again.driver.createSchemaBuilder().log()).upQueries.map(each => each.query), []);
    await again.synchronize();
    assert.equal(await again.getRepository(Tag).count(), 1);
  } finally {
    await again.destroy();
  }
});
