CREATE TABLE t (id int PRIMARY KEY, a int, b text, c numeric(10,2), d date, f float8, flag boolean)
INSERT INTO t VALUES (1, 10, 'x', 1.50, '2024-01-01', 1.5, true), (2, NULL, 'y', 2.25, '2024-02-01', 2.5, false), (3, 30, NULL, NULL, NULL, NULL, NULL), (4, 10, 'X', -1.10, '2024-01-15', -3.25, true), (5, 20, 'xy', 100.00, '2023-12-31', 0, false)
CREATE TABLE u (id int PRIMARY KEY, t_id int REFERENCES t (id), name varchar(20) NOT NULL, amount int8)
INSERT INTO u (id, t_id, name, amount) VALUES (1, 1, 'one', 100), (2, 1, 'two', 200), (3, 2, 'three', NULL), (4, NULL, 'none', 5), (5, 5, 'five', 9000000000)
SELECT * FROM t ORDER BY id
SELECT * FROM t ORDER BY a
SELECT * FROM t ORDER BY a DESC, id
SELECT id, b FROM t ORDER BY b NULLS FIRST, id DESC
SELECT id, b FROM t ORDER BY b DESC NULLS LAST, id
SELECT id FROM t ORDER BY d
SELECT id AS x FROM t ORDER BY x DESC
SELECT id, a AS id2 FROM t ORDER BY 2, 1
SELECT a + 1 AS z FROM t ORDER BY z, a
SELECT id FROM t ORDER BY z
SELECT id FROM t ORDER BY 3
SELECT a, count(*), sum(c), avg(c), min(b), max(d), sum(f) FROM t GROUP BY a ORDER BY a
SELECT a, id FROM t GROUP BY a
SELECT id, b FROM t GROUP BY id ORDER BY id
SELECT a AS k, count(*) FROM t GROUP BY k ORDER BY k
SELECT a, count(*) FROM t GROUP BY 1 HAVING count(*) > 1
SELECT count(*), count(a), count(DISTINCT a), sum(a), avg(a), min(a), max(a), bool_and(flag), bool_or(flag), every(flag) FROM t
SELECT count(*), sum(a), avg(a), max(b) FROM t WHERE false
SELECT sum(a) FILTER (WHERE flag), count(*) FILTER (WHERE a > 10) FROM t
SELECT sum(amount), avg(amount), sum(id) FROM u
SELECT stddev(a), variance(a), var_pop(a), stddev_pop(f), corr(a, f), covar_pop(a, f), regr_slope(f, a) FROM t
SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY a), percentile_disc(0.5) WITHIN GROUP (ORDER BY a), mode() WITHIN GROUP (ORDER BY a), percentile_disc(0.25) WITHIN GROUP (ORDER BY b DESC) FROM t
SELECT max(a) FROM t WHERE max(a) > 1
SELECT sum(count(*)) FROM t
SELECT t.id, u.name FROM t JOIN u ON u.t_id = t.id ORDER BY t.id, u.id
SELECT t.id, u.name FROM t LEFT JOIN u ON u.t_id = t.id ORDER BY t.id, u.id
SELECT t.id, u.name FROM t RIGHT JOIN u ON u.t_id = t.id ORDER BY u.id
SELECT t.id, u.name FROM t FULL JOIN u ON u.t_id = t.id ORDER BY t.id, u.id
SELECT * FROM t JOIN u USING (id) ORDER BY id
SELECT id, t.a, u.name FROM t FULL JOIN u USING (id) WHERE id > 2 ORDER BY id
SELECT * FROM t NATURAL JOIN u ORDER BY id
SELECT count(*) FROM t CROSS JOIN u
SELECT id FROM t, u
SELECT t.nosuch FROM t
SELECT x.id FROM t
SELECT t.id FROM t x
SELECT x.id, y.id FROM t x, t y WHERE x.a = y.a AND x.id < y.id
SELECT 1 FROM t, t
SELECT x.* FROM t x WHERE x.id = 1
SELECT x.i, x.k FROM t AS x (i, j, k) ORDER BY 1
SELECT * FROM t AS x (i, j) ORDER BY i
SELECT * FROM (SELECT id, a FROM t) AS s (p, q) ORDER BY p
SELECT s.p + 1 FROM (SELECT id, a FROM t) AS s (p) WHERE s.a = 10 ORDER BY 1
SELECT * FROM (VALUES (1, 'a'), (2, 'b')) AS v (n, s) ORDER BY n
SELECT column1, column2 FROM (VALUES (1, 'a'), (2, NULL)) AS v ORDER BY column1
VALUES (1, 'a'), (2, 'b')
VALUES (1), (2.5), (NULL)
SELECT count, max FROM (SELECT count(*), max(id) FROM t) s
SELECT * FROM (SELECT id, id FROM t) s
SELECT (SELECT max(id) FROM u), (SELECT name FROM u WHERE u.id = t.id) FROM t ORDER BY t.id
SELECT (SELECT name FROM u) FROM t
SELECT (SELECT name FROM u WHERE t_id = t.id) FROM t WHERE id = 1
SELECT (SELECT name FROM u WHERE t_id = t.id) FROM t WHERE id = 2
SELECT id FROM t WHERE a = (SELECT max(a) FROM t)
SELECT id FROM t WHERE EXISTS (SELECT 1 FROM u WHERE u.t_id = t.id) ORDER BY id
SELECT id FROM t WHERE id IN (SELECT t_id FROM u) ORDER BY id
SELECT id FROM t WHERE id NOT IN (SELECT t_id FROM u) ORDER BY id
SELECT id FROM t WHERE id NOT IN (SELECT t_id FROM u WHERE t_id IS NOT NULL) ORDER BY id
SELECT id FROM t WHERE (id, a) IN (SELECT id, 10 FROM u) ORDER BY id
SELECT id FROM t WHERE a > ALL (SELECT a FROM t WHERE a < 20) ORDER BY id
SELECT id FROM t WHERE a > ANY (SELECT a FROM t) ORDER BY id
SELECT id, a >= ALL (SELECT a FROM t), a < ANY (SELECT a FROM t WHERE a IS NOT NULL), a = ANY (SELECT a FROM t), a <> ALL (SELECT 10) FROM t ORDER BY id
SELECT id FROM t WHERE b LIKE 'x%' ORDER BY id
SELECT id FROM t WHERE b ILIKE 'x%' ORDER BY id
SELECT id FROM t WHERE flag
SELECT id FROM t WHERE NOT flag
SELECT id FROM t WHERE flag = true AND flag IS NOT FALSE
SELECT id FROM t WHERE flag = 't'
SELECT id FROM t WHERE a
SELECT id FROM t WHERE a = '10' ORDER BY id
SELECT id FROM t WHERE a = 'x'
SELECT id FROM t WHERE a = 10.0 ORDER BY id
SELECT id FROM t WHERE a = 10.5
SELECT id FROM t WHERE c = 1.5
SELECT id FROM t WHERE b = 5
SELECT id FROM t WHERE d > '2024-01-01' ORDER BY id
SELECT id FROM t WHERE d BETWEEN '2024-01-01' AND '2024-01-31' ORDER BY id
SELECT id, d + 1, d - DATE '2024-01-01', d + INTERVAL '1 month' FROM t ORDER BY id
SELECT id, c * 2, c / 3, c + a, a / 3, f / 2, f * a, c + f FROM t ORDER BY id
SELECT c::text, f::text, flag::text, a::text || b, id || '-' || coalesce(b, 'none') FROM t ORDER BY id
SELECT date_trunc('month', d), EXTRACT(YEAR FROM d), to_char(d, 'YYYY-MM'), count(*) FROM t GROUP BY 1, 2, 3 ORDER BY 1
SELECT DISTINCT a FROM t ORDER BY a
SELECT DISTINCT a FROM t ORDER BY id
SELECT DISTINCT ON (a) a, id, b FROM t ORDER BY a, id DESC
SELECT DISTINCT ON (a) * FROM t ORDER BY a, id
SELECT DISTINCT ON (a) a, id FROM t ORDER BY id
SELECT id FROM t ORDER BY id LIMIT 2
SELECT id FROM t ORDER BY id LIMIT 2 OFFSET 1
SELECT id FROM t ORDER BY id OFFSET 3
SELECT id FROM t ORDER BY id FETCH FIRST 2 ROWS ONLY
SELECT id FROM t ORDER BY id LIMIT NULL
SELECT id FROM t ORDER BY id LIMIT ALL OFFSET 4
SELECT id FROM t ORDER BY id LIMIT 1 + 1
SELECT id FROM t LIMIT -1
SELECT id FROM t LIMIT 'x'
SELECT id FROM t UNION SELECT id FROM u ORDER BY id
SELECT a FROM t UNION ALL SELECT id FROM u ORDER BY 1 DESC
SELECT a FROM t INTERSECT SELECT 10 ORDER BY a
SELECT a FROM t EXCEPT SELECT 10 ORDER BY a
SELECT a FROM t INTERSECT ALL SELECT 10
SELECT a FROM t EXCEPT ALL SELECT 10 ORDER BY 1
SELECT s.k, count(*) FROM (SELECT a AS k FROM t EXCEPT ALL SELECT 10) s GROUP BY s.k ORDER BY 1
SELECT k FROM (SELECT a AS k FROM t INTERSECT ALL SELECT id FROM t) s ORDER BY k
SELECT x, string_agg(v, ',') OVER (ORDER BY x), string_agg(v, ',') OVER (ORDER BY x ROWS CURRENT ROW), string_agg(v, ',') FILTER (WHERE x > 2) OVER (ORDER BY x) FROM (VALUES (1, ''), (2, NULL), (3, ''), (4, 'a')) s (x, v) ORDER BY x
SELECT id FROM t UNION SELECT name FROM u
SELECT 1 UNION SELECT 2.5 UNION SELECT NULL ORDER BY 1
SELECT 1 AS x UNION SELECT '2' ORDER BY x
SELECT 'a' UNION SELECT NULL
SELECT id FROM t UNION SELECT id FROM u INTERSECT SELECT 1 ORDER BY id
(SELECT id FROM t ORDER BY id LIMIT 1) UNION ALL (SELECT id FROM u ORDER BY id DESC LIMIT 1)
SELECT id FROM t UNION (SELECT id FROM u EXCEPT SELECT id FROM t) ORDER BY 1
SELECT id, name FROM u UNION SELECT id FROM t
WITH x AS (SELECT id, a FROM t WHERE a > 5) SELECT * FROM x ORDER BY id
WITH x (p, q) AS (SELECT id, a FROM t), y AS (SELECT p FROM x WHERE q = 10) SELECT x.p, x.q FROM x JOIN y USING (p) ORDER BY p
WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5) SELECT i, sum(i) OVER (ORDER BY i) FROM n ORDER BY i
WITH RECURSIVE n AS (SELECT 1 AS i, 'a'::text AS s UNION ALL SELECT i + 1, s || 'b' FROM n WHERE i < 4) SELECT * FROM n ORDER BY i
WITH x AS (SELECT count(*) FROM t) SELECT count FROM x
WITH x AS MATERIALIZED (SELECT 1 AS a) SELECT a FROM x, x AS y WHERE false
SELECT * FROM x
SELECT id, row_number() OVER (ORDER BY a), rank() OVER (ORDER BY a), dense_rank() OVER (ORDER BY a DESC), ntile(2) OVER (ORDER BY id), lag(a) OVER (ORDER BY id), lead(a, 2, -1) OVER (ORDER BY id), first_value(b) OVER (ORDER BY id), last_value(id) OVER (ORDER BY id), nth_value(id, 2) OVER (ORDER BY id), percent_rank() OVER (ORDER BY id), cume_dist() OVER (ORDER BY id) FROM t ORDER BY id
SELECT id, sum(a) OVER (PARTITION BY flag ORDER BY id ROWS BETWEEN 1 PRECEDING AND CURRENT ROW), avg(c) OVER (ORDER BY id ROWS BETWEEN 1 PRECEDING AND 1 FOLLOWING), sum(c) OVER (), count(*) OVER w, max(b) OVER w FROM t WINDOW w AS (PARTITION BY a ORDER BY id) ORDER BY id
SELECT id, sum(a) OVER (ORDER BY a RANGE BETWEEN 5 PRECEDING AND CURRENT ROW) FROM t WHERE a IS NOT NULL ORDER BY id
SELECT row_number() FROM t
SELECT a, count(*) FROM t GROUP BY ROLLUP (a) ORDER BY a, 2
SELECT a, flag, count(*), grouping(a), grouping(a, flag) FROM t GROUP BY CUBE (a, flag) ORDER BY 1, 2, 5
SELECT a, flag, sum(id) FROM t GROUP BY GROUPING SETS ((a), (flag), ()) ORDER BY a, flag, 3
SELECT a + 1, count(*) FROM t GROUP BY a + 1 ORDER BY 1
SELECT a + 1 + 1 FROM t GROUP BY a + 1
SELECT generate_series FROM generate_series(1, 3)
SELECT * FROM generate_series(1, 10, 3) AS g(n)
SELECT n * 2 FROM generate_series(3, 1, -1) AS n ORDER BY n
SELECT g FROM generate_series(1.0, 2.0, 0.5) AS g
SELECT d::date FROM generate_series('2024-01-01'::timestamp, '2024-01-04', '1 day') AS d
SELECT t.id, g FROM t, generate_series(1, t.id) AS g WHERE t.id < 3 ORDER BY 1, 2
SELECT t.id, x.v FROM t JOIN LATERAL (SELECT t.a * 2 AS v) x ON true ORDER BY 1
SELECT * FROM unnest(ARRAY[1, 2, 3]) AS x
SELECT x FROM unnest('{a,b,NULL}'::text[]) AS x
SELECT x, n FROM unnest(ARRAY['p', 'q']) WITH ORDINALITY AS u(x, n) ORDER BY n
SELECT generate_series(1, 3)
SELECT t FROM t
SELECT ARRAY[1, 2]
SELECT id FROM t FOR UPDATE
SELECT id FROM t WHERE id = 1 FOR UPDATE OF t SKIP LOCKED
SELECT id "Id", "a" FROM "t" WHERE "id" = 1
SELECT ID, A FROM T WHERE T.ID = 1
SELECT "ID" FROM t
SELECT string_agg(b, ',' ORDER BY id), string_agg(b, ',' ORDER BY b DESC NULLS LAST), string_agg(DISTINCT b, '+' ORDER BY b) FROM t
SELECT json_agg(b ORDER BY id), jsonb_object_agg(id, a), jsonb_agg(c ORDER BY id) FROM t
SELECT count(*) FROM t WHERE a IS NULL OR b IS NULL
SELECT id, CASE a WHEN 10 THEN 'ten' WHEN 20 THEN 'twenty' ELSE 'other' END FROM t ORDER BY id
SELECT coalesce(a, 0), coalesce(b, 'none'), coalesce(c, 0), nullif(a, 10), greatest(a, id), least(a, id) FROM t ORDER BY id
SELECT count(*) AS n, a IS NULL AS empty FROM t GROUP BY a IS NULL ORDER BY n
SELECT u.name, sum(u.amount) OVER (ORDER BY u.id) / 2 FROM u ORDER BY u.id
SELECT a, (SELECT count(*) FROM u WHERE u.t_id = t.id) AS n FROM t WHERE (SELECT count(*) FROM u WHERE u.t_id = t.id) > 0 ORDER BY n, a
SELECT max(s.n) FROM (SELECT t_id, count(*) AS n FROM u GROUP BY t_id) s
SELECT a.id FROM (t AS a JOIN u AS b ON b.t_id = a.id) ORDER BY a.id
SELECT j.name FROM (t JOIN u ON u.t_id = t.id) AS j (i1, a, b, c, d, f, flag, i2, t_id, name) ORDER BY name
SELECT t.id, u.id FROM t, u FULL JOIN (SELECT 7 AS z) q ON q.z = u.id WHERE t.id = 1 ORDER BY 2
SELECT d IS NULL, count(*) FROM t GROUP BY d IS NULL HAVING count(*) > 0 ORDER BY 1
SELECT a FROM t WHERE a IS NOT NULL GROUP BY a ORDER BY count(*) DESC, a
SELECT sum(a) AS s FROM t HAVING sum(a) > 1000
SELECT 1 FROM t HAVING true
SELECT min(x), max(x) FROM (SELECT a + 0.5 AS x FROM t) s
CREATE TABLE t2 AS SELECT id, a, b || '!' AS bb FROM t
SELECT * FROM t2 ORDER BY id
CREATE INDEX t_lower ON t (lower(b))
CREATE UNIQUE INDEX t_part ON t (b) WHERE a > 100
SELECT id FROM t WHERE NULL BETWEEN NULL AND - - a ORDER BY id
SELECT id FROM t WHERE NULL NOT BETWEEN NULL AND a OR '2' BETWEEN '1' AND id ORDER BY id
CREATE TABLE j1 (i int, j int, t text)
CREATE TABLE j2 (i bigint, k int)
INSERT INTO j1 VALUES (1, 4, 'one'), (2, 3, 'two'), (3, 2, 'three'), (0, NULL, 'zero'), (5, 0, 'five'), (NULL, NULL, 'null')
INSERT INTO j2 VALUES (1, -1), (2, 2), (3, -3), (2, 4), (5, -5), (0, NULL), (NULL, 0), (7, 3)
SELECT * FROM j1 t1 (a, b, c) NATURAL JOIN j2 t2 (d, a)
SELECT * FROM j1 t1 (a, b, c) JOIN j2 t2 (a, d) USING (a) ORDER BY a, d
SELECT * FROM j1 t1 (a, b, c) LEFT JOIN j2 t2 (a, d) USING (a) WHERE a > 1 ORDER BY a, d
SELECT a, t1.a, t2.a FROM j1 t1 (a, b, c) RIGHT JOIN j2 t2 (a, d) USING (a) ORDER BY a, d
SELECT a, t1.a, t2.a, count(*) FROM j1 t1 (a, b, c) FULL JOIN j2 t2 (a, d) USING (a) GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
SELECT * FROM j1 FULL JOIN j2 USING (i) FULL JOIN (SELECT 7 AS i, 'x' AS x) s USING (i) ORDER BY i, k
SELECT i, sum(i), max(k) FROM j1 LEFT JOIN j2 USING (i) GROUP BY i ORDER BY i NULLS FIRST
SELECT * FROM generate_series(1, 3) AS i NATURAL JOIN j1 ORDER BY i
SELECT * FROM generate_series(1, 3) AS g (k) JOIN j2 USING (k)
SELECT j.* FROM (j1 JOIN j2 USING (i)) AS j ORDER BY i, k
SELECT j.i, x.t FROM j1 x JOIN (j1 x CROSS JOIN j2 y (z)) j ON x.i = j.z
SELECT j.z, x.t FROM j1 x JOIN (SELECT 1 AS q) s ON x.i = s.q JOIN (j2 x (z, w) JOIN (SELECT 2 AS two) y ON x.z = two) j ON j.w > x.j ORDER BY 1
SELECT x.t FROM j1 x JOIN (j1 y JOIN j2 z USING (i)) j ON y.i = x.i
SELECT a.i FROM j1 a JOIN j2 ON k = a.j LEFT JOIN j2 c ON c.i = a.i JOIN (SELECT 3 AS f1) d ON c.k = f1 RIGHT JOIN (SELECT 4 AS f1) e ON e.f1 = a.i ORDER BY 1
SELECT t, i FROM j1 ORDER BY i USING >, t USING <
SELECT t, i FROM j1 ORDER BY i USING ~
CREATE TABLE iv (f interval, n int)
INSERT INTO iv VALUES ('1 day', 1), ('2 hours', 2), ('1 month -3 days', 3), (NULL, 4), ('23:59', 5)
SELECT f FROM iv ORDER BY f
SELECT * FROM iv ORDER BY f DESC
SELECT f + '1 hour' AS g, n FROM iv ORDER BY g
SELECT a, count(*) FROM t x GROUP BY ROLLUP (x.a) ORDER BY 1, 2
SELECT x.a, grouping(a), count(*) FROM t x GROUP BY ROLLUP (a) ORDER BY 1, 2, 3
SELECT a + 1, grouping(x.a + 1), count(*) FROM t x GROUP BY ROLLUP (x.a + 1) ORDER BY 1, 2, 3
SELECT (a + id) * 1, sum(f) FROM t GROUP BY GROUPING SETS (a + id, a) ORDER BY 1, 2
SELECT a AS k, count(*) c FROM t GROUP BY ROLLUP (1) ORDER BY k, c
SELECT DISTINCT ON (a) a, id FROM t ORDER BY 1, id DESC
SELECT DISTINCT ON (x.a) x.a, id FROM t x ORDER BY a, id DESC
SELECT DISTINCT ON (a) a AS k, id FROM t ORDER BY k, 2 DESC
SELECT DISTINCT ON (1) a, id FROM t ORDER BY 1, 2
SELECT DISTINCT ON (a) a, id FROM t ORDER BY 2
SELECT e, f FROM jsonb_array_elements('[1,"a"]') e, unnest(ARRAY[1,2]) f ORDER BY 2, 1::text
SELECT g + 1 FROM generate_series(1, 3) g WHERE g > 1
SELECT '3 4:05:06'::interval, interval '1 02:03', interval '2 days 3:00'
SELECT '3 x'::interval
SELECT extract(year from date '2024-05-06')::text || '-' || extract(month from date '2024-05-06')::text, extract(epoch from timestamp '2024-01-01 00:00:00.5')::text
SELECT jsonb_exists('{"a":1}', 'a'), jsonb_contains('{"a":1,"b":2}', '{"a":1}')
SELECT nosuchfunction(1)
SELECT sum(a) WITHIN GROUP (ORDER BY id) FROM t
SELECT sum() WITHIN GROUP (ORDER BY id) FROM t
SELECT percentile_cont(0.5) FROM t
SELECT mode() FROM t
SELECT a, (SELECT count(*) FROM u WHERE u.id = t.a) FROM t GROUP BY ROLLUP (a)
SELECT a FROM t GROUP BY a HAVING count(*) > ANY (SELECT 1)
SELECT a FROM t GROUP BY a HAVING count(*) = ANY (SELECT 1) ORDER BY a
SELECT a AS x, a AS y, count(*) FROM t GROUP BY x, ROLLUP (y)
SELECT count(*) OVER (GROUPS BETWEEN 1 PRECEDING AND CURRENT ROW) FROM t
-- refused: 6
SELECT count()
SELECT sum(1) OVER w WINDOW w AS (ORDER BY 1), w AS ()
