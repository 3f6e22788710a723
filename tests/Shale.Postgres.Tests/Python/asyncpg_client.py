"""What a program on asyncpg does: prints it, so that two databases can be compared."""
import asyncio
import datetime
import decimal
import io
import json
import sys
import uuid

import asyncpg

VALUES = [
    1, True, -5, 2**60, 1.5, 3.14159, decimal.Decimal("123456789012345678901234567890.123456789"), "héllo", "abc", "ab", b"\0\1\xff", datetime.date(2024, 2, 29), datetime.time(12, 34, 56, 789000),
    datetime.datetime(2024, 1, 1, 1, 2, 3, 4), datetime.datetime(2024, 1, 1, 1, 2, 3, 4, tzinfo=datetime.timezone.utc), datetime.timedelta(days=3, seconds=4, microseconds=5), uuid.UUID(int=5),
    '{"a": 1}', '{"b": [1, 2]}', [1, None, 3], ["x", 'q"uo,te', None], [datetime.date(2020, 1, 1)], [decimal.Decimal("1.5")], [True, None], [uuid.UUID(int=1)], ['{"a": 1}']]


async def every_type(conn):
    await conn.execute(f"INSERT INTO kinds VALUES ({', '.join(f'${i + 1}' for i in range(len(VALUES)))})", *VALUES)
    return tuple(await conn.fetchrow("SELECT * FROM kinds"))


async def many(conn):
    await conn.executemany("INSERT INTO item (name, price, meta) VALUES ($1, $2, $3)", [(f"n{i}", decimal.Decimal(i), json.dumps({"i": i})) for i in range(100)])
    return await conn.fetchval("SELECT count(*) FROM item")


async def many_or_none(conn):
    try:
        await conn.executemany("INSERT INTO word VALUES ($1, $2)", [(f"k{i % 7}", i) for i in range(20)])
    except asyncpg.UniqueViolationError as error:
        return error.constraint_name, error.table_name, await conn.fetchval("SELECT count(*) FROM word")


async def cursors(conn):
    async with conn.transaction():
        prefetched = [row[0] async for row in conn.cursor("SELECT id FROM item WHERE id <= $1 ORDER BY id", 10, prefetch=3)]
        cursor = await conn.cursor("SELECT id FROM item ORDER BY id")
        first = await cursor.fetchrow()
        return prefetched, first, await cursor.forward(5), await cursor.fetch(3)


async def prepared(conn):
    statement = await conn.prepare("SELECT name, price FROM item WHERE id = $1")
    rows = [tuple(await statement.fetchrow(i)) for i in (1, 2)]
    return rows, [(column.name, column.type) for column in statement.get_attributes()], statement.get_parameters()


async def copies(conn):
    out, listed = io.BytesIO(), io.BytesIO()
    added = await conn.copy_records_to_table("item", records=[(f"c{i}", decimal.Decimal("1.5")) for i in range(50)], columns=["name", "price"])
    told = await conn.copy_from_table("item", columns=["id", "name"], output=out, format="csv", header=True)
    await conn.copy_from_query("SELECT name, price FROM item WHERE id < $1 ORDER BY id", 5, output=listed)
    return added, told, len(out.getvalue().splitlines()), listed.getvalue(), await conn.copy_to_table("word", source=io.BytesIO(b"x1,5\nx2,\n"), format="csv")


async def transactions(conn):
    async with conn.transaction(isolation="serializable", readonly=True, deferrable=True):
        shown = await conn.fetchval("SHOW transaction_isolation")
    async with conn.transaction():
        await conn.execute("INSERT INTO word VALUES ('s1', 1)")
        try:
            async with conn.transaction():
                await conn.execute("INSERT INTO word VALUES ('s2', 1)")
                raise ValueError
        except ValueError:
            pass
    return shown, await conn.fetch("SELECT * FROM word WHERE k LIKE 's%'")


async def codecs(conn):
    await conn.set_type_codec("jsonb", encoder=json.dumps, decoder=json.loads, schema="pg_catalog")
    found = await conn.fetchval("SELECT meta FROM item WHERE name = $1", "n1"), await conn.fetchval("SELECT $1::jsonb", {"a": [1]})
    await conn.reset_type_codec("jsonb", schema="pg_catalog")
    return found


async def listening(conn):
    told = asyncio.Queue()
    await conn.add_listener("chan", lambda _, process, channel, payload: told.put_nowait((channel, payload)))
    await conn.execute("NOTIFY chan, 'hi'")
    return await told.get()


async def time_that_runs_out(conn):
    try:
        await conn.fetch("SELECT pg_sleep(60)", timeout=0.2)
    except asyncio.TimeoutError:
        return await conn.fetchval("SELECT 1")


async def prepared_before_a_change(conn):
    before = await conn.fetch("SELECT * FROM word WHERE k = $1", "s1")
    statement = await conn.prepare("SELECT * FROM word WHERE k = $1")
    await conn.execute("ALTER TABLE word ADD COLUMN w int DEFAULT 3")

    # What it has prepared by itself it prepares again.
    after = await conn.fetch("SELECT * FROM word WHERE k = $1", "s1")
    try:
        await statement.fetch("s1")
    except asyncpg.InvalidCachedStatementError as error:
        return before, after, error.sqlstate


async def catalog(conn):
    return await conn.fetch("SELECT typname, typtype, typcategory, typelem FROM pg_type WHERE oid = ANY($1::oid[]) ORDER BY 1", [23, 1007, 25])


async def pool(address):
    async def double(i):
        async with made.acquire() as conn:
            return await conn.fetchval("SELECT $1::int * 2", i)

    async with asyncpg.create_pool(address, min_size=2, max_size=5) as made:
        return sum(await asyncio.gather(*(double(i) for i in range(30))))


async def main(address):
    conn = await asyncpg.connect(address)
    await conn.execute("CREATE TABLE item (id serial PRIMARY KEY, name text NOT NULL, price numeric(10,2), meta jsonb); CREATE TABLE word (k text PRIMARY KEY, v int)")
    await conn.execute("CREATE TABLE kinds (id int PRIMARY KEY, b bool, i2 int2, i8 int8, f4 float4, f8 float8, n numeric, t text, vc varchar(10), ch char(5), by bytea, d date, ti time, ts timestamp, tz timestamptz, "
                       "iv interval, u uuid, j json, jb jsonb, ia int[], ta text[], da date[], na numeric[], ba bool[], ua uuid[], ja jsonb[])")
    for step in (every_type, many, many_or_none, cursors, prepared, copies, transactions, codecs, listening, time_that_runs_out, prepared_before_a_change, catalog):
        print(step.__name__, await step(conn))
    print("pool", await pool(address))
    await conn.reset()
    await conn.close()


asyncio.run(main(sys.argv[1]))
