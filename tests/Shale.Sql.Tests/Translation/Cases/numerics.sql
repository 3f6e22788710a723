-- refused: 0
CREATE TABLE n (id int PRIMARY KEY, p numeric(10,2), q numeric, i int, b bigint, f double precision, t text)
INSERT INTO n VALUES (1, 12.5, 1.0, 3, 9223372036854775807, 0.1, '1.0'), (2, 12.50, 1.00, -4, 9223372036854775807, 1.5, '1.00'), (3, 0.005, 1e30, 0, -5, -2, 'x')
INSERT INTO n VALUES (4, -99999999.99, 123456789012345678901234567890.123456789012345678901234567890, 7, 0, 1e300, ''), (5, NULL, NULL, NULL, NULL, NULL, NULL), (6, 2, 'NaN', 1, 1, 0, '2'), (7, 10, 'Infinity', 2, 2, 0, '10'), (8, 9, '-Infinity', 2, 3, 0, '9')
INSERT INTO n (id, p) VALUES (99, 1e8)
INSERT INTO n (id, p) VALUES (99, 'Infinity')
INSERT INTO n (id, p) VALUES (99, 99999999.995)
SELECT * FROM n ORDER BY id
SELECT p, q FROM n ORDER BY p, id
SELECT id FROM n ORDER BY p DESC NULLS LAST, id
SELECT id, q FROM n ORDER BY q, id
SELECT id FROM n ORDER BY q DESC, id
SELECT trim_scale(q) FROM n ORDER BY 1 NULLS FIRST
SELECT id, p * 2 AS d FROM n ORDER BY d, id
SELECT id, p * 2 FROM n ORDER BY p * 2 DESC, id
SELECT DISTINCT trim_scale(q) FROM n
SELECT count(DISTINCT q), count(DISTINCT p), count(DISTINCT q + 0) FROM n
SELECT trim_scale(q), count(*) FROM n GROUP BY q ORDER BY 1
SELECT count(*) FROM n GROUP BY q + 0.00 ORDER BY 1
SELECT p, count(*) FROM n GROUP BY p ORDER BY p
SELECT sum(DISTINCT p), avg(DISTINCT p), min(p), max(p) FROM n
SELECT min(q), trim_scale(max(q)) FROM n WHERE q < 1e29
SELECT min(q), max(q), min(q + 1), max(-q) FROM n
SELECT max(p * 3), min(p - 20), max(abs(p)) FROM n
SELECT sum(b), avg(b), sum(i), avg(i), count(b) FROM n
SELECT sum(b) FILTER (WHERE id < 3), avg(b) FILTER (WHERE id > 1) FROM n
SELECT sum(DISTINCT b), avg(DISTINCT i) FROM n
SELECT id, sum(b) OVER (ORDER BY id ROWS BETWEEN 1 PRECEDING AND CURRENT ROW), avg(i) OVER (ORDER BY id ROWS 2 PRECEDING) FROM n ORDER BY id
SELECT id, sum(p) OVER (ORDER BY id ROWS BETWEEN 1 PRECEDING AND CURRENT ROW), avg(p) OVER (PARTITION BY q IS NULL ORDER BY id) FROM n ORDER BY id
SELECT id, sum(q) OVER (ORDER BY id ROWS 1 PRECEDING) FROM n ORDER BY id
SELECT id, min(q) OVER (ORDER BY id ROWS BETWEEN 1 PRECEDING AND 1 FOLLOWING), max(p) OVER (ORDER BY id ROWS 1 PRECEDING) FROM n ORDER BY id
SELECT id, rank() OVER (ORDER BY q), dense_rank() OVER (ORDER BY p), count(*) OVER (PARTITION BY q) FROM n ORDER BY id
SELECT id, count(*) OVER (PARTITION BY p * 1.00) FROM n ORDER BY id
SELECT sum(p), avg(p), sum(q), avg(q) FROM n
SELECT sum(q), avg(q) FROM n WHERE id < 5
SELECT sum(q) FROM n WHERE id IN (6, 7)
SELECT sum(q) FROM n WHERE id IN (7, 8)
SELECT stddev(p), variance(p), stddev_pop(p), var_pop(p), var_samp(p) FROM n
SELECT stddev(i), variance(i), stddev_pop(i), var_pop(b), stddev(b) FROM n
SELECT stddev(q) FROM n WHERE id = 1
SELECT stddev_pop(q), var_pop(q) FROM n WHERE id < 3
SELECT variance(q) FROM n
SELECT id, stddev(p) OVER (ORDER BY id ROWS 2 PRECEDING) FROM n ORDER BY id
SELECT id FROM n WHERE p = 12.5 ORDER BY id
SELECT id FROM n WHERE p = 12.500 ORDER BY id
SELECT id FROM n WHERE 12.5 = p ORDER BY id
SELECT id FROM n WHERE p > 2 AND p <= 12.5 ORDER BY id
SELECT id FROM n WHERE p > 9 ORDER BY id
SELECT id FROM n WHERE p > i ORDER BY id
SELECT id FROM n WHERE i < p ORDER BY id
SELECT id FROM n WHERE p > f ORDER BY id
SELECT id FROM n WHERE b > q ORDER BY id
SELECT id FROM n WHERE i > 1.5 ORDER BY id
SELECT id FROM n WHERE 2.0 = i ORDER BY id
SELECT id FROM n WHERE i = 0.1 ORDER BY id
SELECT id FROM n WHERE i >= p - 10 ORDER BY id
SELECT id FROM n WHERE b = 9223372036854775807.0 ORDER BY id
SELECT id FROM n WHERE b = 9223372036854775806.5 ORDER BY id
SELECT id FROM n WHERE b < 9223372036854775807.1 ORDER BY id
SELECT id FROM n WHERE p BETWEEN 2 AND 10.5 ORDER BY id
SELECT id FROM n WHERE p * 2 BETWEEN 4 AND 25 ORDER BY id
SELECT id FROM n WHERE p NOT BETWEEN SYMMETRIC 10 AND 2 ORDER BY id
SELECT id FROM n WHERE i BETWEEN 0.5 AND 2.5 ORDER BY id
SELECT id FROM n WHERE p IN (2, 9.00, 12.5) ORDER BY id
SELECT id FROM n WHERE p NOT IN (2, 9.00, 12.5) ORDER BY id
SELECT id FROM n WHERE p + 1 IN (3, 10.000) ORDER BY id
SELECT id FROM n WHERE i IN (1, 2.0, 3.5) ORDER BY id
SELECT id FROM n WHERE p = ANY (ARRAY[2, 9.000]) ORDER BY id
SELECT id FROM n WHERE p * 1.000 = ANY (ARRAY[2, 9.000]) ORDER BY id
SELECT id FROM n WHERE p = ANY ('{2,9.000}'::numeric[]) ORDER BY id
SELECT id FROM n WHERE p + 0 = ANY ('{2,9.000}'::numeric[] || 10.0) ORDER BY id
SELECT id FROM n WHERE p > ALL (ARRAY[2, 9.000]) ORDER BY id
SELECT id FROM n WHERE p > ALL (SELECT i FROM n WHERE i IS NOT NULL) ORDER BY id
SELECT id FROM n WHERE p < ANY (SELECT q FROM n WHERE id < 3) ORDER BY id
SELECT id FROM n WHERE p IN (SELECT i * 1.00 FROM n) ORDER BY id
SELECT id FROM n WHERE p IN (SELECT i FROM n) ORDER BY id
SELECT id FROM n WHERE p + 0.0 IN (SELECT i FROM n) ORDER BY id
SELECT id FROM n WHERE i IN (SELECT p FROM n) ORDER BY id
SELECT id FROM n WHERE (p, id) IN (SELECT i * 1.0, id + 4 FROM n) ORDER BY id
SELECT id FROM n WHERE (p, i) = (2.0, 1) ORDER BY id
SELECT id FROM n WHERE (p + 0, i) >= (9.0, 2) ORDER BY id
SELECT id FROM n WHERE (p, i) < (10, 1.5) ORDER BY id
SELECT id FROM n WHERE q IS NOT DISTINCT FROM 1.000 ORDER BY id
SELECT id FROM n WHERE q + 0 IS DISTINCT FROM NULL ORDER BY id
SELECT id FROM n WHERE q = 'NaN' ORDER BY id
SELECT id FROM n WHERE q >= 'Infinity' ORDER BY id
SELECT a.id, c.id FROM n a JOIN n c ON a.q = c.q ORDER BY 1, 2
SELECT a.id, c.id FROM n a JOIN n c ON a.p = c.i ORDER BY 1, 2
SELECT a.id, c.id FROM n a JOIN n c USING (q) ORDER BY 1, 2
SELECT q, count(*) FROM n a JOIN n c USING (q) GROUP BY q ORDER BY q
SELECT a.id FROM n a FULL JOIN (SELECT q, id AS d FROM n) c USING (q) WHERE q > 0 ORDER BY a.id, c.d
SELECT x FROM (SELECT p * 2 AS x FROM n) s WHERE x = 25 ORDER BY x
SELECT x FROM (SELECT q AS x FROM n) s WHERE x = 1 ORDER BY x, x::text
SELECT x, count(*) FROM (SELECT trim_scale(q) AS x FROM n) s GROUP BY x ORDER BY x
WITH w AS (SELECT p AS x, id FROM n) SELECT id FROM w WHERE x = 12.5 ORDER BY id
WITH w(x) AS (VALUES (1.0), (1.00), (2)) SELECT count(DISTINCT x), trim_scale(min(x)), max(x), sum(x) FROM w
WITH RECURSIVE w(x) AS (SELECT 0.5 UNION ALL SELECT x * 2 FROM w WHERE x < 10) SELECT x FROM w ORDER BY x
WITH RECURSIVE w(x) AS (SELECT 0.5::numeric UNION SELECT x + 0.25 FROM w WHERE x < 2) SELECT x FROM w ORDER BY x
SELECT x FROM (VALUES (10), (9.5), (-1)) v(x) ORDER BY x
SELECT x FROM (VALUES (10.0), (9), (100)) v(x) WHERE x > 9 ORDER BY 1 DESC
SELECT p FROM n WHERE id IN (1, 6) UNION SELECT 2.00 UNION SELECT 12.51 ORDER BY 1
SELECT i FROM n UNION SELECT 2.5 ORDER BY 1
SELECT trim_scale(q) FROM n UNION SELECT 1.0000 EXCEPT SELECT 1.0
SELECT trim_scale(x) FROM (SELECT q FROM n INTERSECT SELECT 1.000) s(x)
SELECT count(*) FROM (SELECT q FROM n EXCEPT ALL SELECT 1.0) s
SELECT count(*) FROM (SELECT q FROM n INTERSECT ALL SELECT 1.0) s
SELECT DISTINCT ON (q) trim_scale(q), id FROM n ORDER BY q, id
SELECT DISTINCT ON (p * 1.0) id FROM n ORDER BY p * 1.0, id DESC
SELECT DISTINCT p FROM n ORDER BY p
SELECT i, sum(p) FROM n GROUP BY ROLLUP (i) ORDER BY i, 2
SELECT p, sum(i) FROM n GROUP BY CUBE (p) ORDER BY p, 2
SELECT id FROM n ORDER BY p FETCH FIRST 2 ROWS WITH TIES
SELECT array_agg(p ORDER BY p), array_agg(p ORDER BY p DESC) FROM n
SELECT array_agg(DISTINCT trim_scale(q)) FROM n
SELECT string_agg(id::text, ',' ORDER BY p, id) FROM n
SELECT string_agg(id::text, ',' ORDER BY q DESC, id) FROM n
SELECT json_agg(p ORDER BY id), jsonb_agg(p ORDER BY p DESC) FROM n WHERE id < 5
SELECT mode() WITHIN GROUP (ORDER BY p), percentile_disc(0.5) WITHIN GROUP (ORDER BY p), percentile_disc(0.9) WITHIN GROUP (ORDER BY p DESC) FROM n
SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY p) FROM n
SELECT greatest(p, i, 3.00), least(p, 2, 1.50) FROM n ORDER BY id
SELECT coalesce(p, 0), coalesce(p, i, 1), nullif(p, 12.500), nullif(i, 3.0) FROM n ORDER BY id
SELECT CASE WHEN p > 5 THEN p ELSE i END, CASE p WHEN 12.5 THEN 'a' WHEN 2.000 THEN 'b' END FROM n ORDER BY id
SELECT CASE WHEN max(p * 2) > 1 THEN t ELSE 'y' END FROM n GROUP BY t HAVING CASE WHEN max(p * 2) > 1 THEN t ELSE 'y' END = '1.0'
SELECT t FROM n WHERE CASE WHEN p * 1 > 5 THEN t ELSE 'n' END = '1.0' ORDER BY t
SELECT p::text, q::text, (p * q)::text, p || 'x', 'y' || (q / 3) FROM n ORDER BY id
SELECT id FROM n WHERE q::text = '1.0' ORDER BY id
SELECT id FROM n WHERE q::text = t ORDER BY id
SELECT DISTINCT q::text FROM n
SELECT q::text, count(*) FROM n GROUP BY q::text
SELECT q::text FROM n ORDER BY q::text
SELECT max(q::text), min(q::text) FROM n
SELECT p::int, p::bigint, p::float8, p::real, p::numeric(6,1), p::numeric(4) FROM n WHERE id <> 4 ORDER BY id
SELECT q::int FROM n
SELECT q::float8 FROM n WHERE id < 5 ORDER BY id
SELECT 'NaN'::numeric::int
SELECT 1e400::numeric::float8
SELECT i::numeric, b::numeric, f::numeric, t::numeric FROM n WHERE id IN (1, 2, 8) ORDER BY id
SELECT '12.345678901234567890123'::numeric, ' 1e3 '::numeric, '-.5'::numeric(4,1), '1.5e-3'::numeric
SELECT 'x'::numeric
SELECT ''::numeric
SELECT 12345::numeric(4)
SELECT 0.1 + 0.2, 1.0 * 1.00, 1 / 3.0, 10.0 / 4, 7 % 2.5, -1.5, +2.50, @ -3.0, 2 ^ 0.5, 2.0 ^ 3, 1 - 1.0
SELECT 1 / 0.0
SELECT 1.5 % 0
SELECT 99999999999999999999 * 99999999999999999999, 0.00000000000000000001 * 0.00000000000000000001
SELECT 123456789.123456789 / 987654321.987654321, 1e20 / 3, 1 / 1e20, 1e-20 / 3
SELECT round(2.5), round(-2.5), round(1.005, 2), round(155.5, -1), trunc(-1.99), trunc(1.999, 2), ceil(-1.5), floor(-1.5), sign(-2.5), abs(-1.50)
SELECT sqrt(2.0), exp(1.0), ln(2.0), log(100.0), log(2.0, 64.0), power(2.0, 0.5), power(10.0, -3), 9.0 ^ 0.5, |/ 2.0
SELECT sqrt(-1.0)
SELECT ln(0.0)
SELECT power(-8.0, 0.5)
SELECT div(7.5, 2), mod(7.5, 2), gcd(12.0, 8.5), lcm(4.0, 6.50), scale(1.500), min_scale(1.500), trim_scale(1.500), factorial(30), width_bucket(5.35, 0.024, 10.06, 5)
SELECT extract(second FROM timestamp '2024-01-31 10:20:30.5'), extract(epoch FROM timestamp '2024-01-31 10:20:30'), extract(year FROM date '2024-01-31'), extract(epoch FROM date '2024-01-31'), extract(milliseconds FROM time '10:20:30.5')
SELECT extract(epoch FROM interval '1 day 2 hours'), extract(hour FROM interval '1 day 2 hours'), extract(julian FROM timestamp '2024-01-31 12:00'), extract(julian FROM date '2024-01-31')
SELECT extract(epoch FROM timestamp '2024-01-31 10:20:30')::int, (extract(epoch FROM timestamp '2024-01-31 10:20:30') * 1000)::bigint, date_part('epoch', timestamp '2024-01-31 10:20:30')
SELECT pg_typeof(sum(b)), pg_typeof(avg(i)), pg_typeof(1.5), pg_typeof(p + i) FROM n GROUP BY p, i LIMIT 1
SELECT to_json(p), to_jsonb(q), json_build_object('p', p, 'q', q), json_build_array(p, 1.50) FROM n WHERE id < 5 ORDER BY id
SELECT ('{"a": 1.50}'::jsonb ->> 'a')::numeric, ('{"a": 1.50}'::jsonb -> 'a')::numeric, (jsonb '123456789012345678901234567890.5')::numeric
SELECT * FROM generate_series(1.0, 2.5, 0.5) g
SELECT g FROM generate_series(10, 8.5, -0.5) g WHERE g < 9.5 ORDER BY g
SELECT generate_series(1.1, 2.2, 0.55)
SELECT unnest(ARRAY[1.50, 2, 0.1])
SELECT x FROM unnest(ARRAY[10.0, 9, 1e2]) x WHERE x > 9.0 ORDER BY x
SELECT ARRAY[1.50, 2], ARRAY[1.0, 2] = ARRAY[1.00, 2.0], ARRAY[10.0] > ARRAY[9.0], (ARRAY[1.50, 2])[1] + 1
SELECT a FROM (VALUES (ARRAY[10.0]), (ARRAY[9.0, 1]), (ARRAY[1e30])) v(a) ORDER BY a
SELECT interval '1 hour' * 1.5, 2.5 * interval '1 day', interval '1 day' / 2.0
SELECT to_char(p, '999,999,990.00') FROM n ORDER BY id
SELECT to_char(12345678901234567890.125, '99999999999999999999.99')
SELECT * FROM n WHERE q = 123456789012345678901234567890.12345678901234567890123456789
SELECT id FROM n WHERE q = 123456789012345678901234567890.1234567890123456789012345678900
SELECT id FROM n WHERE q > 123456789012345678901234567890.12345678901234567890123456788 ORDER BY id
UPDATE n SET p = p + 0.005 WHERE id = 1
UPDATE n SET p = p / 3, q = q * 1.50 WHERE id IN (1, 2)
UPDATE n SET p = i WHERE id = 3
UPDATE n SET q = b WHERE id = 3
UPDATE n SET q = f WHERE id = 2
UPDATE n SET p = '7.999' WHERE id = 6
UPDATE n SET p = 1e9 WHERE id = 6
SELECT id, p, q FROM n ORDER BY id
DELETE FROM n WHERE p = 8.0
SELECT count(*) FROM n
CREATE TABLE u (k numeric PRIMARY KEY, v numeric(6,3) UNIQUE DEFAULT 1.5, g numeric GENERATED ALWAYS AS (k * 2.0) STORED, CHECK (v < 100))
INSERT INTO u (k) VALUES (1.0)
INSERT INTO u (k, v) VALUES (1.00, 2)
INSERT INTO u (k, v) VALUES (2, 1.5000)
INSERT INTO u (k, v) VALUES (2, 100)
INSERT INTO u (k, v) VALUES (2, 99.9994), (10, 3), (9, 4), (-1, 5)
INSERT INTO u (k, v) VALUES (10.00, 7) ON CONFLICT (k) DO UPDATE SET v = excluded.v + u.v RETURNING k, v, g
INSERT INTO u (k, v) VALUES (9.0, 7) ON CONFLICT DO NOTHING
SELECT * FROM u ORDER BY k
SELECT k FROM u WHERE k > 2 ORDER BY k DESC
CREATE INDEX u_g ON u (g)
CREATE INDEX u_e ON u ((k + v))
CREATE UNIQUE INDEX u_t ON u ((k / 2)) WHERE k > 5
INSERT INTO u (k, v) SELECT 18.0 / 2 + 100, 8
SELECT k FROM u WHERE g = 20 OR k + v = 6
UPDATE u SET k = k + 1 WHERE k = 2.0000 RETURNING k, v, g
INSERT INTO u (k, v) SELECT DISTINCT x, 50 + x FROM (VALUES (20.0), (20.00)) w(x)
INSERT INTO u (k, v) VALUES (30, DEFAULT)
DELETE FROM u WHERE k = 30.0
INSERT INTO u (k, v) SELECT i, i FROM n WHERE i = 7 UNION SELECT 7.0, 7.001
SELECT k, v FROM u ORDER BY v, k
CREATE TABLE c AS SELECT p, q, p + i AS s FROM n
SELECT * FROM c WHERE p = 8.00 OR s > 7 ORDER BY s, q
SELECT p, count(*), sum(s) FROM c GROUP BY p ORDER BY p
CREATE TABLE k (id int PRIMARY KEY, a numeric, b numeric)
CREATE UNIQUE INDEX k_e ON k ((a + b))
INSERT INTO k VALUES (1, 1.0, 2), (2, 5, 5.00)
INSERT INTO k VALUES (3, 2, 1.00) ON CONFLICT ((a + b)) DO UPDATE SET b = excluded.b + 10 RETURNING *
INSERT INTO k VALUES (4, 9.999, 0.001)
SELECT * FROM k WHERE a + b = 12 ORDER BY id
SELECT to_number('12,454.8-', '99G999D9S'), to_number('-34,338,492', '99G999G999'), to_number('1.50', '9.99'), to_number('123', '999'), to_number('  12', '9999'), to_number('12.345', '99.9'), to_number('+5', '99')
SELECT to_number('<564646.654564>', '999999.999999PR'), to_number('-0.01', '99.99'), to_number('$12.5', '$99.9'), to_number('1,234', '9,999'), to_number('1234', '9,999'), to_number('0042', '0000'), to_number('12', '99.99')
SELECT to_number('5.01-', '9.99MI'), to_number('-5.01', 'MI9.99'), to_number('-7', 'S9'), to_number('7', 'S9'), to_number('.5', '9.9'), to_number('9876', 'FM9999')
SELECT to_number('abc', '999')
SELECT to_number('', '999')
SELECT to_number(NULL, '999') IS NULL
