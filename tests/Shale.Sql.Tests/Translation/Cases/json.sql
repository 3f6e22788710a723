SELECT '{"a": 1, "b": {"c": [1, 2, {"d": null}]}}'::jsonb, '{"b":1,"a":2,"aa":3,"b":4}'::jsonb, '[1, 2.50, 1e2, -0, "x\u00e9\n", true, null]'::jsonb, '{"a" :1}'::json, '"x"'::jsonb, '5'::jsonb, 'null'::jsonb, '{}'::jsonb, '[]'::jsonb
SELECT '{a: 1}'::jsonb
SELECT '{"a": 01}'::json
SELECT ''::json
SELECT '{"a": {"b": 5}}'::jsonb -> 'a', '{"a": {"b": 5}}'::jsonb -> 'a' -> 'b', '{"a": "x"}'::jsonb ->> 'a', '{"a": "x"}'::jsonb -> 'a', '[10, 20, 30]'::jsonb -> 1, '[10, 20, 30]'::jsonb -> -1, '[10, 20]'::jsonb ->> 5, '{"a": null}'::jsonb -> 'a', '{"a": null}'::jsonb ->> 'a', '{"a":  [1, 2]}'::json -> 'a', '{"a":  [1,2 ]}'::json ->> 'a', '{"a": true}'::jsonb ->> 'a', '{"a": 1.50}'::jsonb ->> 'a'
SELECT '{"a": {"b": [1, 2]}}'::jsonb #> '{a,b}', '{"a": {"b": [1, 2]}}'::jsonb #>> '{a,b,1}', '{"a": {"b": [1, 2]}}'::jsonb #> ARRAY['a', 'b'], '{"a": 1}'::jsonb #>> '{x,y}', jsonb_extract_path('{"a": {"b": 2}}', 'a', 'b'), jsonb_extract_path_text('{"a": {"b": "z"}}', 'a', 'b'), json_extract_path('{"a":{"b": 2}}', 'a')
SELECT '{"a": 1, "b": 2}'::jsonb @> '{"a": 1}', '{"a": 1}'::jsonb <@ '{"a": 1, "b": 2}', '[1, 2, 3]'::jsonb @> '[3, 1]', '[1, [2]]'::jsonb @> '[2]', '["a", "b"]'::jsonb @> '"a"', '{"a": {"b": 1, "c": 2}}'::jsonb @> '{"a": {"b": 1}}', '{"a": 1}'::jsonb @> '{"a": 1.0}', '[1]'::jsonb @> '1', '1'::jsonb @> '[1]'
SELECT '{"a": 1}'::jsonb ? 'a', '["a", "b"]'::jsonb ? 'b', '{"a": 1}'::jsonb ? 'b', '{"a": 1, "b": 2}'::jsonb ?| '{x,b}', '{"a": 1, "b": 2}'::jsonb ?& ARRAY['a', 'b'], '{"a": 1}'::jsonb ?& '{a,b}', '"a"'::jsonb ? 'a'
SELECT '{"a": 1}'::jsonb || '{"b": 2}', '{"a": 1}'::jsonb || '{"a": 3}', '[1]'::jsonb || '[2]', '[1]'::jsonb || '2', '1'::jsonb || '2', '{"a": 1, "b": 2}'::jsonb - 'a', '["a", "b"]'::jsonb - 'a', '[1, 2, 3]'::jsonb - 1, '[1, 2, 3]'::jsonb - -1, '{"a": {"b": 1, "c": 2}}'::jsonb #- '{a,b}'
SELECT jsonb_set('{"a": 1}', '{a}', '2'), jsonb_set('{"a": 1}', '{b}', '2'), jsonb_set('{"a": 1}', '{b}', '2', false), jsonb_set('{"a": [1, 2]}', '{a,0}', '9'), jsonb_set('{"a": [1, 2]}', '{a,5}', '9'), jsonb_set('{"a": {"b": 1}}', '{a,c}', '"x"'), jsonb_insert('{"a": [1, 2]}', '{a,1}', '9'), jsonb_insert('{"a": [1, 2]}', '{a,1}', '9', true), jsonb_strip_nulls('{"a": null, "b": {"c": null, "d": 1}}')
SELECT jsonb_build_object('a', 1, 'b', NULL, 'c', 'x', 'd', true, 'e', 1.50, 'f', DATE '2024-01-01', 'g', TIMESTAMP '2024-01-01 10:00', 'h', '{"z": 1}'::jsonb), json_build_object('a', 1, 'b', 'x"y'), json_build_array(1, 'a', NULL, true), jsonb_build_array(1, 'a', NULL), json_build_object(), jsonb_build_array()
SELECT json_build_object(NULL, 1)
SELECT to_json('x'::text), to_json(5), to_jsonb(true), to_jsonb(1.5), to_json(NULL::text), to_jsonb(TIMESTAMPTZ '2024-01-01 10:00+00'), to_json(INTERVAL '1 day'), to_json('{"a":  1}'::json)
SELECT jsonb_array_length('[1, 2, 3]'), jsonb_typeof('1'), jsonb_typeof('"a"'), jsonb_typeof('null'), jsonb_typeof('[]'), jsonb_typeof('{}'), jsonb_typeof('true'), json_array_length('[]'), json_typeof('{"a": 1}')
SELECT jsonb_array_length('{}')
SELECT jsonb_array_length('5')
SELECT jsonb_pretty('{"a": [1, 2], "b": {}}')
SELECT jsonb_agg(x), json_agg(x), jsonb_agg(x ORDER BY x DESC), jsonb_object_agg('k' || x, x), json_object_agg('k' || x, x) FROM (VALUES (1), (2), (3)) AS v(x)
SELECT json_agg(x) FROM (SELECT 1 AS x WHERE false) s
SELECT value FROM jsonb_array_elements('[1, "a", {"b": 2}, null]')
SELECT value FROM jsonb_array_elements_text('[1, "a", {"b": 2}, null]')
SELECT e.value, e.value ->> 'a' FROM jsonb_array_elements('[{"a": 1}, {"a": 2}]') AS e
SELECT x FROM jsonb_array_elements('[1, 2]') AS t(x)
SELECT key, value FROM jsonb_each('{"a": 1, "b": {"c": 2}}')
SELECT key, value FROM jsonb_each_text('{"a": "x", "b": null}')
SELECT k FROM jsonb_object_keys('{"b": 1, "a": 2}') AS k
SELECT ('{"a": 5}'::jsonb -> 'a')::int, ('{"a": 5.7}'::jsonb -> 'a')::numeric, ('{"a": true}'::jsonb -> 'a')::bool, ('{"a": "5"}'::jsonb ->> 'a')::int
SELECT ('{"a": "5"}'::jsonb -> 'a')::int
SELECT '{"a": 1}'::jsonb = '{"a": 1}'::jsonb, '{"a": 1, "b": 2}'::jsonb = '{"b":2,"a":1}', '1'::jsonb <> '2'::jsonb
SELECT '{"a": 1}'::json = '{"a": 1}'::json
SELECT '{"a": 1}'::jsonb::text, '{"a":  1}'::json::text, '{"a":  1}'::json::jsonb, '[1,2]'::jsonb::json
SELECT ('[1, 2, 3]'::jsonb)[1:2]
SELECT ('[1, 2, 3]'::jsonb)[:2]
