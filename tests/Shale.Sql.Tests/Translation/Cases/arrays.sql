-- refused: 4
-- Arrays: values, columns, functions, ANY and ALL.
CREATE TABLE emp (id int PRIMARY KEY, name text, boss int, dept text, salary int)
INSERT INTO emp VALUES (1,'root',NULL,'x',100),(2,'a',1,'x',80),(3,'b',1,'y',90),(4,'c',2,'x',70),(5,'d',2,'y',70),(6,'e',3,'z',60),(7,'f',3,NULL,60)
CREATE TABLE docs (id int PRIMARY KEY, j jsonb)
INSERT INTO docs VALUES (1,'{"a":1,"b":[1,2,3],"c":{"d":"x"}}')
SELECT ARRAY[1,2,3]
SELECT ARRAY[n] AS a FROM generate_series(1, 12) n ORDER BY 1 FETCH FIRST 3 ROWS WITH TIES
SELECT DISTINCT ARRAY[n] AS a FROM generate_series(1, 12) n ORDER BY 1 FETCH FIRST 3 ROWS WITH TIES
SELECT DISTINCT ON (n % 2) n % 2, ARRAY[n] AS a FROM generate_series(1, 12) n ORDER BY 1, 2 DESC
SELECT mode() WITHIN GROUP (ORDER BY ARRAY[n]) FROM generate_series(1, 12) n
SELECT j FROM docs ORDER BY 1
SELECT dept, array_agg(id ORDER BY id) FROM emp GROUP BY ROLLUP (dept) ORDER BY 2
SELECT '{1,2,3}'::int[]
SELECT ARRAY['a','b c',NULL,'','NULL','q"x']
SELECT array_agg(id ORDER BY id) FROM emp
SELECT dept, array_agg(name ORDER BY name) FROM emp GROUP BY dept ORDER BY dept
SELECT (ARRAY[10,20,30])[2]
SELECT (ARRAY[10,20,30])[5], (ARRAY[1,2,3])[2:3]
SELECT array_length(ARRAY[1,2,3], 1), cardinality(ARRAY[1,2]), array_length('{}'::int[], 1)
SELECT array_to_string(ARRAY[1,2,NULL,4], ','), array_to_string(ARRAY['a',NULL], '-', '?')
SELECT string_to_array('a,b,c', ','), string_to_array('1,2', ',')::int[]
SELECT ARRAY[1,2] || ARRAY[3], ARRAY[1] || 2, 0 || ARRAY[1]
SELECT ARRAY[1,2] = ARRAY[1,2], ARRAY[1,2] < ARRAY[1,3], ARRAY[1,2] @> ARRAY[1], ARRAY[1] <@ ARRAY[1,2], ARRAY[1,2] && ARRAY[2,3]
SELECT array_append(ARRAY[1], 2), array_prepend(0, ARRAY[1]), array_cat(ARRAY[1], ARRAY[2]), array_remove(ARRAY[1,2,1], 1), array_replace(ARRAY[1,2], 2, 9), array_position(ARRAY['a','b'], 'b')
SELECT ARRAY(SELECT id FROM emp ORDER BY id)
SELECT id FROM emp WHERE id = ANY(ARRAY(SELECT boss FROM emp WHERE boss IS NOT NULL)) ORDER BY id
CREATE TABLE arr (id int PRIMARY KEY, tags text[], nums int[])
INSERT INTO arr VALUES (1, '{a,b}', '{1,2,3}'), (2, ARRAY['c'], ARRAY[]::int[]), (3, NULL, '{4,NULL}')
SELECT * FROM arr ORDER BY id
SELECT id FROM arr WHERE 'a' = ANY(tags)
SELECT id, unnest(nums) FROM arr ORDER BY 1, 2
SELECT id, n FROM arr, unnest(nums) AS n ORDER BY 1, 2
SELECT id, t, ord FROM arr, unnest(tags) WITH ORDINALITY AS x(t, ord) ORDER BY 1,3
SELECT id FROM arr WHERE nums @> ARRAY[2]
SELECT id, nums[1], tags[2], array_length(nums, 1) FROM arr ORDER BY id
UPDATE arr SET nums = array_append(nums, 99) WHERE id = 1 RETURNING nums
SELECT tags, count(*) FROM arr GROUP BY tags ORDER BY tags
INSERT INTO arr VALUES (4, '{x}', 'notarray')
INSERT INTO arr VALUES (5, '{"a b",NULL,"null"}', '{}') RETURNING *
SELECT id, tags FROM arr WHERE tags = ARRAY['c'] OR nums = '{4,NULL}' ORDER BY id
SELECT id FROM arr ORDER BY nums, id
SELECT id FROM arr WHERE 2 = ANY(nums) OR 99 <= ALL(nums) ORDER BY id
SELECT id, 2 = ANY(nums), 'zz' = ANY(tags), 5 > ALL(nums) FROM arr ORDER BY id
SELECT DISTINCT tags FROM arr ORDER BY 1
SELECT array_agg(DISTINCT salary), array_agg(salary ORDER BY salary DESC, id), array_agg(DISTINCT dept) FROM emp
SELECT dept, (array_agg(name ORDER BY salary DESC, id))[1] FROM emp GROUP BY dept ORDER BY dept
SELECT dept, array_to_string(array_agg(name ORDER BY id), '/') FROM emp GROUP BY dept ORDER BY dept
SELECT ARRAY[1.5, 2], ARRAY[1::float8, 2.5], ARRAY[true, false, NULL], ARRAY[date '2024-01-01'], ARRAY['2024-01-01'::timestamp]
SELECT ARRAY[1,2]::text[], ARRAY['1','2']::int[], ARRAY[1,2]::float8[], '{1.5,2}'::numeric[], '{a,b}'::varchar[], ARRAY[1.5, 2.5]::int[], '{t,f}'::bool[]
SELECT '{1,a}'::int[]
SELECT '{1,2'::int[]
SELECT ARRAY[]
SELECT ARRAY[]::text[], '{}'::int[] = ARRAY[]::int[]
SELECT ARRAY[1,'x']
SELECT ARRAY[1,2]::text, '{1,2}'::int[]::text || 'x', ARRAY['a']::text
SELECT to_json(ARRAY[1,2,NULL]), to_jsonb(ARRAY['a','b"c']), array_to_json(ARRAY[true,false]), json_build_object('a', ARRAY[1,2]), jsonb_build_array(ARRAY['x'])
SELECT array_positions(ARRAY[1,2,1], 1), array_upper(ARRAY[5,6], 1), array_lower(ARRAY[5], 1), array_ndims(ARRAY[1]), array_dims(ARRAY[1,2]), trim_array(ARRAY[1,2,3], 1)
SELECT array_append('{a}'::text[], 'b'), array_prepend('z', ARRAY['a']), ARRAY['a'] || 'b'::text, ARRAY['a'] || NULL, NULL::int[] || 1, ARRAY[1] || NULL::int[]
SELECT 1 = ANY(ARRAY[1,2]), 1 = ALL(ARRAY[1,1]), 3 = ANY(ARRAY[1,NULL]), 1 <> ALL(ARRAY[2,NULL]), 1 = ANY(NULL::int[]), 1 < ANY('{1,2}'::int[]), 1 = ANY('{}'::int[])
SELECT ARRAY[1,2,3] > ARRAY[1,2], ARRAY['a','b'] < ARRAY['a','c'], ARRAY[1,NULL] > ARRAY[1,5], ARRAY[1.0, 2] = ARRAY[1, 2.0], ARRAY[1] IS DISTINCT FROM NULL
SELECT regexp_match('foobarbequebaz', 'bar.*que'), regexp_match('foobarbequebaz', '(bar)(beque)'), regexp_match('x', 'y'), (regexp_match('ab12', '([a-z]+)([0-9]+)'))[2]
SELECT regexp_matches('a1b2', '([a-z])([0-9])', 'g')
SELECT (regexp_matches('a1b2', '[0-9]', 'g'))[1]
SELECT regexp_split_to_array('hello world foo', '\s+'), regexp_split_to_array('abc', ''), regexp_split_to_array(',a,', ',')
SELECT regexp_split_to_table('a1b2c', '[0-9]')
SELECT string_to_array('a,,b', ',', ''), string_to_array('abc', NULL), string_to_array('', ','), string_to_array('abc', ''), string_to_array(NULL, ',')
SELECT s.a[1], s.a[2:] FROM (SELECT string_to_array('x y z', ' ') AS a) s
SELECT x, count(*) FROM arr, unnest(tags) AS x GROUP BY x ORDER BY x
SELECT id, (SELECT sum(n) FROM unnest(nums) AS n) FROM arr ORDER BY id
SELECT id, (SELECT string_agg(t, '+' ORDER BY t) FROM unnest(tags) t) FROM arr ORDER BY id
SELECT unnest(ARRAY[1,2]) AS a, unnest(ARRAY['x','y','z']) AS b
SELECT * FROM unnest(ARRAY[1, 2, 3], ARRAY['a', 'b']) WITH ORDINALITY AS x(n, t, o)
SELECT * FROM unnest(ARRAY[1.50, 2], ARRAY[true, NULL], ARRAY['2024-01-01'::date], '{}'::int[]) AS x(n, b, d, i)
SELECT id, n + 1, upper(t), o FROM arr, unnest(nums, tags) WITH ORDINALITY AS x(n, t, o) ORDER BY 1, 4
SELECT n FROM unnest(NULL::int[], ARRAY['q']) AS x(n, t) WHERE n IS NULL
SELECT unnest(ARRAY[1], ARRAY[2])
SELECT * FROM unnest(ARRAY[1], 2)
SELECT * FROM unnest(ARRAY[1.5, 2.5]) AS v, unnest('{t,f}'::bool[]) AS b, unnest(ARRAY[0.1::float8]) f
SELECT coalesce(tags, '{}') , CASE WHEN id = 1 THEN nums ELSE ARRAY[0] END FROM arr ORDER BY id
SELECT pg_typeof(ARRAY[1]), pg_typeof(ARRAY['a']), pg_typeof(array_agg(id)), pg_typeof((ARRAY[1])[1]) FROM emp
UPDATE arr SET tags = tags || 'new'::text, nums = nums[2:3] WHERE id = 1 RETURNING tags, nums
SELECT array_agg(x ORDER BY x DESC) FROM (VALUES (1.50), (2.25)) v(x)
SELECT id FROM arr WHERE tags && ARRAY['a','c'] ORDER BY id
SELECT id FROM arr WHERE array_length(tags, 1) > 1 AND tags[1] = 'a'
SELECT j['a'], j['c']['d'] FROM docs WHERE id = 1
SELECT j->'b'->0, j #> ARRAY['c','d'], j #>> '{b,1}', j ?| ARRAY['a'], j ?& '{a,b}' FROM docs WHERE id = 1
SELECT array_agg(ARRAY[1,2])
SELECT ARRAY[[1,2],[3,4]]
SELECT extract(year from now())::text = to_char(now(), 'YYYY'), extract(month from date '2024-05-06')::text, 'Q' || extract(quarter from date '2024-05-06')
SELECT id, tags AS t FROM arr ORDER BY t DESC NULLS LAST, id
SELECT id, nums FROM arr ORDER BY 2, 1
SELECT n * interval '1 day' AS i FROM (VALUES (2), (10), (1)) v(n) ORDER BY i
SELECT n * interval '1 day' FROM (VALUES (2), (10), (1)) v(n) ORDER BY 1 DESC
SELECT array_position(NULL, 1)
SELECT array_position(NULL::int[], 1), array_remove(NULL::int[], 1)
