-- refused: 3
-- Set-returning functions in the select list, LATERAL, WITH TIES, what a session knows of itself.
CREATE TABLE t (id int PRIMARY KEY, g text, n int, j jsonb)
INSERT INTO t VALUES (1,'a',2,'{"x":[1,2]}'),(2,'a',0,'{"x":[]}'),(3,'b',NULL,NULL),(4,'b',3,'{"x":["p",null,{"q":1}]}'),(5,NULL,3,'{}')
CREATE TABLE u (id int PRIMARY KEY, t_id int, v numeric(8,2), w float8, b bytea)
INSERT INTO u VALUES (1,1,1.50,0.1,'\x00ff'),(2,1,2.50,1e300,NULL),(3,4,-3.00,NULL,'\x'),(4,NULL,9.99,2,NULL),(5,4,7.00,0.3,'\x61')
SELECT generate_series(1, 3)
SELECT generate_series(3, 1, -1) AS n
SELECT generate_series(1, 3) * 10 + 1 AS n, 'x'
SELECT id, generate_series(1, n) FROM t ORDER BY 1, 2
SELECT id, generate_series(1, n) AS k FROM t WHERE id > 1 ORDER BY k DESC, id LIMIT 3
SELECT *, generate_series(1, 2) AS k FROM t ORDER BY id, k
SELECT t.id, u.id, generate_series(1, 2) FROM t JOIN u ON u.t_id = t.id ORDER BY 1, 2, 3
SELECT unnest(ARRAY['a', 'b']), generate_series(1, 3)
SELECT generate_series(1, 2) AS a, generate_series(10, 13) AS b, id FROM t WHERE id < 3 ORDER BY id, b
SELECT DISTINCT generate_series(1, 4) % 2 FROM t
SELECT id, jsonb_array_elements(j->'x') FROM t WHERE j ? 'x' ORDER BY id
SELECT id, jsonb_array_elements_text(j->'x') FROM t WHERE j ? 'x' ORDER BY id, 2
SELECT jsonb_object_keys(j) FROM t
SELECT generate_series('2024-01-30'::date, '2024-02-02', '1 day')::date
SELECT generate_series(0.5, 2.0, 0.5)
SELECT count(*) FROM (SELECT generate_series(1, 100)) s
SELECT string_to_table('a,b,c', ',') AS part
SELECT 1 WHERE generate_series(1, 2) > 0
SELECT sum(k) FROM (SELECT generate_series(1, n) AS k FROM t) s
SELECT generate_series(1, 2) UNION ALL SELECT 7
SELECT count(*), generate_series(1, 2) FROM t
SELECT row_number() OVER (ORDER BY id), generate_series(1, 2) FROM t
SELECT generate_series(1, generate_series(1, 2))
SELECT t.id, s.v FROM t, LATERAL (SELECT v FROM u WHERE u.t_id = t.id ORDER BY v DESC LIMIT 1) s ORDER BY 1
SELECT t.id, s.* FROM t LEFT JOIN LATERAL (SELECT v, w, b FROM u WHERE u.t_id = t.id) s ON true ORDER BY t.id, s.v
SELECT t.id, s.v FROM t LEFT JOIN LATERAL (SELECT v FROM u WHERE u.t_id = t.id) s ON s.v > 2 ORDER BY t.id, s.v
SELECT t.id, s.total, s.many FROM t CROSS JOIN LATERAL (SELECT sum(v) AS total, count(*) AS many FROM u WHERE u.t_id = t.id) s ORDER BY 1
SELECT t.id, l.k FROM t, LATERAL (VALUES (t.n), (t.n + 1)) l(k) ORDER BY 1, 2
SELECT t.id, a.k, b.m FROM t, LATERAL (SELECT t.n * 2 AS k) a, LATERAL (SELECT a.k + 1 AS m) b ORDER BY 1
SELECT t.g, max(s.v) FROM t, LATERAL (SELECT v FROM u WHERE t_id = t.id) s GROUP BY t.g ORDER BY 1
SELECT * FROM t, LATERAL (SELECT t.id + 1 AS next) s WHERE next > 3 ORDER BY 1
SELECT t.id FROM t WHERE EXISTS (SELECT 1 FROM u, LATERAL (SELECT u.v + t.n AS z) s WHERE s.z > 5) ORDER BY 1
SELECT t.id, s.i FROM t, LATERAL generate_series(1, t.n) AS s(i) ORDER BY 1, 2
SELECT t.id, s.k FROM t LEFT JOIN LATERAL (SELECT u.id AS k FROM u WHERE u.t_id = t.id UNION SELECT t.n) s ON true ORDER BY 1, 2
SELECT id FROM t ORDER BY g, id FETCH FIRST 2 ROWS WITH TIES
SELECT g FROM t ORDER BY g FETCH FIRST 1 ROW WITH TIES
SELECT g FROM t ORDER BY g DESC FETCH FIRST 2 ROWS WITH TIES
SELECT g, n FROM t ORDER BY g OFFSET 1 ROWS FETCH NEXT 2 ROWS WITH TIES
SELECT g, n AS g2 FROM t ORDER BY n NULLS FIRST FETCH FIRST 0 ROWS WITH TIES
SELECT g, count(*) FROM t GROUP BY g ORDER BY count(*) DESC FETCH FIRST 1 ROW WITH TIES
SELECT DISTINCT g FROM t ORDER BY g FETCH FIRST 2 ROWS WITH TIES
SELECT g FROM t UNION ALL SELECT g FROM t ORDER BY 1 FETCH FIRST 1 ROW WITH TIES
SELECT sum(x) FROM (SELECT n AS x FROM t ORDER BY n DESC NULLS LAST FETCH FIRST 1 ROW WITH TIES) s
SELECT id FROM t FETCH FIRST 1 ROW WITH TIES
SELECT (SELECT g FROM t WHERE t.id = u.t_id) AS g, count(*) FROM u GROUP BY (SELECT g FROM t WHERE t.id = u.t_id) ORDER BY 1
SELECT (SELECT g FROM t WHERE t.id = u.t_id) AS g, count(*) FROM u GROUP BY (SELECT g FROM t WHERE t.id = u.id)
SELECT (SELECT g FROM t WHERE t.id = u.t_id) AS g, sum(v) FROM u GROUP BY 1 HAVING sum(v) > 4 ORDER BY 1
SELECT num_nulls(1, NULL, 'a'), num_nonnulls(1, NULL, 'a'), num_nulls(g, n) FROM t
SELECT pg_typeof(1), pg_typeof('a'), pg_typeof(NULL), pg_typeof('a'::text), pg_typeof(1.5), pg_typeof(now()), pg_typeof(n) FROM t LIMIT 1
SELECT current_user = session_user, version() LIKE 'PostgreSQL 15%', current_database() IS NOT NULL, current_user = user, current_role IS NOT NULL, current_catalog = current_database()
VALUES (1, 2), (3, 4.75) UNION ALL SELECT 5, 6
SELECT 7, 8 UNION ALL VALUES (1, 2), (3, 4.75)
VALUES ('a'), (NULL) UNION VALUES ('b'), ('c')
