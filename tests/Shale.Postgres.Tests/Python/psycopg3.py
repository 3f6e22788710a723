"""What a program on psycopg 3 does: prints it, so that two databases can be compared."""
import datetime
import decimal
import sys
import uuid

import psycopg
from psycopg import sql
from psycopg.types import TypeInfo
from psycopg.types.composite import CompositeInfo
from psycopg.types.json import Json, Jsonb

VALUES = dict(
    id=1, b=True, i2=-5, i8=2**60, f4=1.5, f8=3, n=7, t="héllo ☃", vc="abc", ch="ab", by=b"\x00\x01\xff", d=datetime.date(2024, 2, 29), ti=datetime.time(12, 34, 56, 789000),
    ts=datetime.datetime(2024, 1, 1, 1, 2, 3, 4), tz=datetime.datetime(2024, 1, 1, 1, 2, 3, 4, tzinfo=datetime.timezone.utc), iv=datetime.timedelta(days=3, seconds=4, microseconds=5), u=uuid.UUID(int=5),
    j=Json({"a": 1}), jb=Jsonb({"b": [1, 2, {"c": None}]}), ia=[1, None, 3], ta=["x", 'q"uo,te', None], da=[datetime.date(2020, 1, 1)])


def step(function):
    try:
        print(function.__name__, function())
    except psycopg.Error as error:
        print(function.__name__, "fails with", error.sqlstate, type(error).__name__)


conn = psycopg.connect(sys.argv[1], autocommit=True)
conn.execute("CREATE TABLE item (id serial PRIMARY KEY, name text NOT NULL, price numeric(10,2), tags text[], meta jsonb)")
conn.execute("CREATE TABLE kinds (id int PRIMARY KEY, b bool, i2 int2, i8 int8, f4 float4, f8 float8, n numeric, t text, vc varchar(10), ch char(5), by bytea, d date, ti time, ts timestamp, tz timestamptz, "
             "iv interval, u uuid, j json, jb jsonb, ia int[], ta text[], da date[])")


@step
def many_with_results():
    with conn.cursor() as cur:
        cur.executemany("INSERT INTO item (name, price, tags, meta) VALUES (%s, %s, %s, %s) RETURNING name", [(f"n{i}", i, ["a", f"t{i}"], Jsonb({"i": i})) for i in range(5)], returning=True)
        names = [cur.fetchone()]
        while cur.nextset():
            names.append(cur.fetchone())
        return names, cur.rowcount


@step
def every_type():
    insert = sql.SQL("INSERT INTO kinds ({}) VALUES ({})").format(sql.SQL(", ").join(map(sql.Identifier, VALUES)), sql.SQL(", ").join(map(sql.Placeholder, VALUES)))
    count = conn.execute(insert, VALUES).rowcount
    return count, [conn.cursor(binary=binary).execute("SELECT * FROM kinds").fetchone() for binary in (False, True)]


@step
def numbers_for_other_columns():
    with conn.cursor() as cur:
        cur.executemany("UPDATE kinds SET f8 = %b, n = %b, t = %b, i8 = %b WHERE id = %b", [(i * 1000, i, i, i, 1) for i in (1, 70)])
        return cur.rowcount, conn.execute("SELECT f8, n, t, i8 FROM kinds").fetchone()


@step
def description():
    return [(column.name, column.type_code, column.display_size, column.internal_size, column.precision, column.scale) for column in conn.execute("SELECT * FROM kinds").description]


@step
def cursor_of_the_server():
    with conn.transaction(), conn.cursor("c1") as cur:
        cur.itersize = 2
        cur.execute("SELECT id, name FROM item WHERE id < %s ORDER BY id", (100,))
        return cur.fetchone(), cur.fetchmany(2), list(cur), cur.description[1].type_code


@step
def cursor_that_scrolls():
    with conn.transaction(), conn.cursor("c2", scrollable=True, binary=True) as cur:
        cur.execute("SELECT id, price FROM item ORDER BY id")
        first = cur.fetchmany(3)
        cur.scroll(-2)
        second = cur.fetchone()
        cur.scroll(0, mode="absolute")
        return first, second, cur.fetchall(), cur.rownumber


@step
def cursor_that_is_held():
    with conn.cursor("c3", withhold=True) as cur:
        return cur.execute("SELECT id FROM item ORDER BY id").fetchall()


@step
def copy_out():
    with conn.cursor() as cur, cur.copy("COPY (SELECT id, name, price FROM item ORDER BY id) TO STDOUT") as copy:
        copy.set_types(["int4", "text", "numeric"])
        return list(copy.rows())


@step
def copy_in():
    with conn.cursor() as cur:
        with cur.copy("COPY item (name, price, tags, meta) FROM STDIN") as copy:
            for i in range(10):
                copy.write_row((f"c{i}", decimal.Decimal("1.25"), ["p", "q"], Jsonb({"k": i})))
        return cur.rowcount, conn.execute("SELECT count(*) FROM item").fetchone()


@step
def copy_in_binary():
    types = ["int4", "bool", "int8", "float8", "text", "date", "timestamptz", "uuid"]
    with conn.cursor() as cur:
        with cur.copy("COPY kinds (id, b, i8, f8, t, d, tz, u) FROM STDIN (FORMAT binary)") as copy:
            copy.set_types(types)
            for i in range(10, 15):
                copy.write_row((i, i % 2 == 0, i * 10**10, i / 7, f"é{i}", VALUES["d"], VALUES["tz"], uuid.UUID(int=i)))
        with cur.copy("COPY (SELECT id, b, i8, f8, t, d, tz, u FROM kinds WHERE id >= 10 ORDER BY id) TO STDOUT (FORMAT binary)") as copy:
            copy.set_types(types)
            return list(copy.rows())


@step
def copy_that_is_given_up():
    try:
        with conn.cursor() as cur, cur.copy("COPY item (id, name) FROM STDIN") as copy:
            copy.write("1001\tok\n")
            raise ValueError("mine")
    except ValueError as error:
        return error, conn.execute("SELECT count(*) FROM item WHERE id > 1000").fetchone()


@step
def pipeline():
    with conn.pipeline() as pipe:
        added = [conn.execute("INSERT INTO item (name) VALUES (%s) RETURNING name", (f"p{i}",)) for i in range(5)]
        count = conn.execute("SELECT count(*) FROM item WHERE name LIKE %s", ("p%",))
        pipe.sync()
        return [cur.fetchone() for cur in added], count.fetchone()


@step
def pipeline_that_fails():
    try:
        with conn.pipeline():
            conn.execute("INSERT INTO item (name) VALUES ('pe1')")
            conn.execute("SELECT 1/0")
            conn.execute("INSERT INTO item (name) VALUES ('pe2')")
    except psycopg.Error as error:
        return error.sqlstate, conn.execute("SELECT count(*) FROM item WHERE name LIKE 'pe%'").fetchone()


@step
def pipeline_with_transactions():
    with conn.pipeline():
        with conn.transaction():
            conn.execute("INSERT INTO item (name) VALUES ('pt1')")
            with conn.transaction():
                conn.execute("INSERT INTO item (name) VALUES ('pt2')")
        return conn.execute("SELECT name FROM item WHERE name LIKE 'pt%' ORDER BY 1").fetchall()


@step
def transaction_in_a_transaction():
    with conn.transaction():
        conn.execute("INSERT INTO item (name) VALUES ('t1')")
        try:
            with conn.transaction():
                conn.execute("INSERT INTO item (id, name) VALUES (1, 'dup')")
        except psycopg.errors.UniqueViolation as error:
            found = error.diag.constraint_name, error.diag.table_name
        conn.execute("INSERT INTO item (name) VALUES ('t3')")
    return found, conn.execute("SELECT name FROM item WHERE name IN ('t1', 't3') ORDER BY 1").fetchall()


@step
def kinds_of_transactions():
    with psycopg.connect(sys.argv[1]) as other:
        other.isolation_level, other.read_only, other.deferrable = psycopg.IsolationLevel.SERIALIZABLE, True, True
        shown = other.execute("SHOW transaction_isolation").fetchone(), other.execute("SHOW transaction_read_only").fetchone()
        try:
            other.execute("INSERT INTO item (name) VALUES ('ro')")
        except psycopg.Error as error:
            return shown, error.sqlstate


@step
def types_by_name():
    one, row = TypeInfo.fetch(conn, "text"), CompositeInfo.fetch(conn, "item")
    return one.oid, one.array_oid, one.regtype, TypeInfo.fetch(conn, "nothing"), row.name, row.field_names, row.field_types


@step
def prepared_before_a_change():
    for _ in range(3):
        conn.execute("SELECT * FROM item WHERE id = %s", (1,), prepare=True)
    conn.execute("ALTER TABLE item ADD COLUMN more int DEFAULT 3")
    conn.execute("SELECT * FROM item WHERE id = %s", (1,), prepare=True)


@step
def rows_one_by_one():
    return list(conn.cursor().stream("SELECT g FROM generate_series(1, %s) g", (5,)))


@step
def several_statements():
    cur = conn.execute("SELECT 1; SELECT 'x'")
    return cur.fetchall(), cur.nextset(), cur.fetchall()


conn.close()
