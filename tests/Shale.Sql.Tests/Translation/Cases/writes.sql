CREATE TABLE w (id int PRIMARY KEY, a smallint, b bigint, v varchar(5), ch char(4), n numeric(6,2), f4 real, f8 double precision, flag boolean DEFAULT true, d date, ts timestamp, tz timestamptz, tm time, u uuid, j json, jb jsonb, by bytea, iv interval, t text DEFAULT 'none')
INSERT INTO w (id, a, b, v, ch, n, f4, f8, d, ts, tz, tm, u, j, jb, by, iv) VALUES (1, 5, 9000000000, 'abc', 'x', 1.005, 0.1, 0.1, '2024-01-31', '2024-01-31 10:00', '2024-01-31 10:00+02', '10:20', 'A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11', '{"a":  1}', '{"b": 1, "a": 2}', '\x4142', '1 day 2 hours')
SELECT * FROM w
INSERT INTO w (id, a) VALUES (2, 40000)
INSERT INTO w (id, v) VALUES (2, 'abcdef')
INSERT INTO w (id, v) VALUES (2, 'abc       ')
INSERT INTO w (id, ch) VALUES (3, 'abcde')
INSERT INTO w (id, n) VALUES (3, 12345.6)
INSERT INTO w (id, a) VALUES (3, 1.5)
INSERT INTO w (id, a) VALUES (4, '7')
INSERT INTO w (id, a) VALUES (5, 'x')
INSERT INTO w (id, d) VALUES (5, '2024-02-30')
INSERT INTO w (id, flag) VALUES (5, 1)
INSERT INTO w (id, flag) VALUES (5, 'yes')
INSERT INTO w (id, t) VALUES (6, 5)
INSERT INTO w (id, t) VALUES (7, DATE '2024-01-01')
INSERT INTO w (id, d) VALUES (8, TIMESTAMP '2024-01-01 10:00')
INSERT INTO w (id, b) VALUES (9, 2.5)
INSERT INTO w (id, a, b) SELECT 10, 1 + 1, sum(5) FROM (VALUES (1), (2)) x
INSERT INTO w (id, a) SELECT 11, 99999
INSERT INTO w (id, v) SELECT 12, 'ab' || 'cdefg'
INSERT INTO w (id, v) SELECT 12, 'ab' || 'cde'
INSERT INTO w (id, f4, f8) VALUES (13, 1, 1)
INSERT INTO w VALUES (14)
INSERT INTO w VALUES (15, DEFAULT, DEFAULT)
INSERT INTO w (id, flag, t) VALUES (16, DEFAULT, DEFAULT), (17, false, NULL)
INSERT INTO w (id) VALUES (1)
INSERT INTO w (a) VALUES (1)
INSERT INTO w (id, nosuch) VALUES (1, 2)
INSERT INTO w (id, a) VALUES (1)
INSERT INTO w (id) VALUES (1, 2)
INSERT INTO w (id, a) VALUES (20, 1) ON CONFLICT (id) DO UPDATE SET a = w.a + excluded.a
INSERT INTO w (id, a) VALUES (20, 5) ON CONFLICT (id) DO UPDATE SET a = w.a + excluded.a RETURNING id, a, v IS NULL AS e
INSERT INTO w (id, a) VALUES (20, 5) ON CONFLICT DO NOTHING RETURNING id
INSERT INTO w (id, a) VALUES (20, 32767) ON CONFLICT ON CONSTRAINT w_pkey DO UPDATE SET a = w.a + excluded.a
INSERT INTO w AS x (id, a) VALUES (20, 1) ON CONFLICT (id) DO UPDATE SET a = x.a * 2 WHERE x.a < 100 RETURNING *
INSERT INTO w (id, a) SELECT id, 1 FROM w ON CONFLICT (id) DO UPDATE SET b = excluded.id RETURNING id, b
INSERT INTO w (id, a) VALUES (21, 1) RETURNING *
INSERT INTO w (id, a) VALUES (22, 1) RETURNING w.id + 1 AS next, w.*
SELECT id, a, b, v, ch, n, f4, f8, flag, t FROM w ORDER BY id
UPDATE w SET a = a + 1 WHERE id = 20 RETURNING id, a
UPDATE w SET a = 32767, b = a WHERE id = 20 RETURNING a, b
UPDATE w SET a = a + 1 WHERE id = 20
UPDATE w SET v = 'toolong' WHERE id = 20
UPDATE w SET (a, v) = (1, 'q') WHERE id = 20 RETURNING a, v
UPDATE w SET (a, v) = (SELECT 3, 'r') WHERE id = 20 RETURNING a, v
UPDATE w SET flag = DEFAULT, t = DEFAULT WHERE id = 17 RETURNING flag, t
UPDATE w AS x SET a = y.a FROM w AS y WHERE y.id = 1 AND x.id = 20 RETURNING x.id, x.a
UPDATE w SET d = '2024-05-05', ts = d WHERE id = 1 RETURNING d, ts
UPDATE w SET a = 1, a = 2
UPDATE w SET nosuch = 1
UPDATE w SET jb = jsonb_set(jb, '{a}', '5') WHERE id = 1 RETURNING jb
UPDATE w SET n = n * 2, f8 = f8 + 1, iv = iv + '1 hour' WHERE id = 1 RETURNING n, f8, iv
UPDATE w SET id = 21 WHERE id = 20
DELETE FROM w WHERE id = 22 RETURNING id, t
DELETE FROM w USING (VALUES (13), (14)) AS x (k) WHERE w.id = x.k
DELETE FROM w AS x USING w AS y WHERE x.id = y.id + 1 AND y.id = 15 RETURNING x.id
SELECT id FROM w ORDER BY id
CREATE TABLE p (id int PRIMARY KEY, name text NOT NULL UNIQUE, qty int CHECK (qty > 0 AND qty / 2 < 100), total int GENERATED ALWAYS AS (qty * 2) STORED, created date DEFAULT '2024-01-01')
INSERT INTO p (id, name, qty) VALUES (1, 'a', 5)
INSERT INTO p (id, name, qty) VALUES (2, 'a', 5)
INSERT INTO p (id, name, qty) VALUES (2, NULL, 5)
INSERT INTO p (id, name, qty) VALUES (2, 'b', 0)
INSERT INTO p (id, name, qty) VALUES (2, 'b', 500)
INSERT INTO p (id, name, qty) VALUES (3, 'c', NULL)
SELECT * FROM p ORDER BY id
CREATE TABLE c (id int PRIMARY KEY, p_id int REFERENCES p ON DELETE CASCADE, note text)
INSERT INTO c VALUES (1, 1, 'x'), (2, NULL, 'y')
INSERT INTO c VALUES (3, 99, 'z')
DELETE FROM p WHERE id = 1
SELECT * FROM c ORDER BY id
WITH x AS (SELECT 5 AS k) INSERT INTO c SELECT k, NULL, 'w' FROM x
WITH x AS (SELECT 5 AS k) UPDATE c SET note = 'v' FROM x WHERE c.id = x.k
WITH x AS (SELECT 5 AS k) DELETE FROM c WHERE id IN (SELECT k FROM x)
WITH x AS (DELETE FROM c RETURNING *) SELECT * FROM x
INSERT INTO c DEFAULT VALUES
SELECT count(*) FROM w WHERE ch = 'x' AND u = 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'
SELECT ch || '|', length(ch), ch = 'x ', ch LIKE 'x%', v || '|', by, length(by) FROM w WHERE id = 1
SELECT j -> 'a', jb ->> 'a', jb @> '{"b": 1}', tz, tz::date, tm, ts + iv, age(ts, d) FROM w WHERE id = 1
-- refused: 1
