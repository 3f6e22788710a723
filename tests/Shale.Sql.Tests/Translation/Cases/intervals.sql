CREATE TABLE v (id int PRIMARY KEY, d interval, g text)
INSERT INTO v VALUES (1, '1 day', 'a'), (2, '24 hours', 'a'), (3, '1 mon', 'b'), (4, '30 days', 'b'), (5, '720:00:00', 'c'), (6, NULL, 'c'), (7, '-1 day', 'c'), (8, '1 day 1 second', 'a')
SELECT extract(epoch FROM d), count(*) FROM v GROUP BY d ORDER BY 1
SELECT extract(epoch FROM d) AS e, count(*), min(id), string_agg(g, ',' ORDER BY id) FROM v GROUP BY d ORDER BY min(id)
SELECT count(*) FROM v GROUP BY d ORDER BY d
SELECT count(*) FROM v GROUP BY 1 * d HAVING count(*) > 1 ORDER BY 1
SELECT justify_interval(d) AS j, count(*) FROM v GROUP BY 1 ORDER BY 1
SELECT justify_interval(d) AS j, count(*) FROM v GROUP BY j ORDER BY j DESC
SELECT g, justify_days(d) AS j, count(*) FROM v WHERE id < 3 GROUP BY ROLLUP (g, justify_days(d)) ORDER BY g, j
SELECT count(DISTINCT d), count(DISTINCT d + interval '1 hour') FROM v
SELECT count(*) FROM (SELECT DISTINCT d FROM v) s
SELECT count(*) FROM (SELECT DISTINCT * FROM (SELECT d FROM v) q) s
SELECT DISTINCT justify_interval(d) FROM v
SELECT count(*) FROM (SELECT d FROM v UNION SELECT interval '86400 seconds') s
SELECT count(*) FROM (SELECT d FROM v WHERE id < 3 UNION ALL SELECT d FROM v WHERE id < 3) s
SELECT count(*) FROM (SELECT d, 1 FROM v INTERSECT SELECT interval '720 hours', 1) s
SELECT count(*) FROM (SELECT d FROM v EXCEPT SELECT interval '24:00:00') s
SELECT count(*) FROM (SELECT d FROM v EXCEPT ALL SELECT interval '24:00:00') s
SELECT id FROM v WHERE d IN ('24 hours', interval '1 month') ORDER BY id
SELECT id FROM v WHERE d NOT IN ('24 hours', interval '1 month') ORDER BY id
SELECT id FROM v WHERE d IN (SELECT d * 1 FROM v WHERE id IN (2, 5)) ORDER BY id
SELECT id FROM v WHERE (d, g) IN (SELECT d, 'b' FROM v WHERE id = 5) ORDER BY id
SELECT id FROM v WHERE d = ANY (ARRAY[interval '24:00', interval '1 month']) ORDER BY id
SELECT id FROM v WHERE d > ALL (SELECT d FROM v WHERE id < 3) ORDER BY id
SELECT id FROM v WHERE d <= ANY (SELECT d FROM v WHERE id = 7) ORDER BY id
SELECT id, count(*) OVER (PARTITION BY d), rank() OVER (ORDER BY d) FROM v ORDER BY id
SELECT DISTINCT ON (d) id FROM v ORDER BY d, id
SELECT count(*) FROM v a JOIN v b ON a.d = b.d
SELECT s.x FROM (SELECT justify_interval(d) AS x, id FROM v) s WHERE s.x = interval '24 hours' ORDER BY s.id
SELECT array_length(array_agg(DISTINCT d), 1) FROM v
SELECT d FROM v ORDER BY d, id
SELECT d FROM (VALUES (interval '1 hour'), (interval '60 minutes'), (interval '2 minutes')) w(d) ORDER BY d DESC
SELECT max(d), min(d) FROM v WHERE id > 5
SELECT CASE WHEN count(DISTINCT d) > 1 THEN g ELSE 'x' END FROM v GROUP BY g HAVING CASE WHEN count(DISTINCT d) > 1 THEN g ELSE 'x' END = 'x'
SELECT mode() WITHIN GROUP (ORDER BY d) FROM v WHERE id IN (1, 7, 8)
SELECT extract(epoch FROM mode() WITHIN GROUP (ORDER BY d)) FROM v
SELECT id, greatest(d, '1 hour'), least(d, interval '1 day', NULL) FROM v ORDER BY id
SELECT percentile_disc(0.5) WITHIN GROUP (ORDER BY d), percentile_disc(0.9) WITHIN GROUP (ORDER BY d DESC) FROM v WHERE id IN (1, 3, 7, 8)
CREATE TABLE w (d interval PRIMARY KEY, u interval UNIQUE, n int)
INSERT INTO w VALUES ('1 day', '1 hour', 1), ('2 days', '2 hours', 2)
INSERT INTO w VALUES ('24:00:00', '3 hours', 3)
INSERT INTO w VALUES ('3 days', '60 minutes', 3)
INSERT INTO w VALUES ('48 hours', NULL, 5) ON CONFLICT (d) DO UPDATE SET n = excluded.n + w.n RETURNING *
SELECT * FROM w WHERE d = '24 hours' OR u = '120 minutes' ORDER BY d
SELECT d, count(*) FROM w GROUP BY d ORDER BY d
SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY d), percentile_cont(0) WITHIN GROUP (ORDER BY d DESC), percentile_cont(0.3) WITHIN GROUP (ORDER BY d) FROM v WHERE id IN (1, 3, 7, 8)
SELECT g, percentile_cont(0.25) WITHIN GROUP (ORDER BY d) FROM v WHERE id <> 2 GROUP BY g ORDER BY g
SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY d) FROM v WHERE id = 6
SELECT percentile_cont(ARRAY[0, 0.5]) WITHIN GROUP (ORDER BY d), percentile_disc(ARRAY[0.5, 1]) WITHIN GROUP (ORDER BY d DESC) FROM v
SELECT percentile_cont(1.5) WITHIN GROUP (ORDER BY d) FROM v
SELECT id, count(*) OVER (ORDER BY d RANGE BETWEEN '1 second' PRECEDING AND '1 month' FOLLOWING) FROM v ORDER BY id
SELECT to_char(interval '1 day 02:03:04.5', 'HH24:MI:SS.MS US FF2 SSSS DD DDD'), to_char(interval '36 hours', 'HH24 HH HH12 FMHH24 AM p.m.'), to_char(interval '3 years 2 months -4 days', 'YYYY YYY YY Y Y,YYY CC MM DD DDD Q W WW')
SELECT to_char(interval '-1 year -2 months -3 days -04:05:06.78', 'YYYY MM DD HH24 HH12 MI SS MS US FF1 SSSS CC YY DDD AM'), to_char(interval '-1 year -2 months -3 days -04:05:06.78', 'FMYYYY FMMM FMDD FMHH24 FMMI FMSS')
SELECT to_char(interval '1 day 100:00', '"all" DDth HH24TH'), to_char(interval '0', 'HH24:MI Q'), to_char(interval '1 hour', ''), to_char(NULL::interval, 'HH'), to_char(timestamp '2024-01-01', '')
SELECT to_char(interval '150 years', 'YYYY CC FMYYYY'), to_char(interval '-15000 years', 'YYYY CC Y,YYY')
SELECT to_char(interval '1 day', 'Day')
SELECT to_char(interval '1 day', 'MON')
SELECT to_char(interval '1 day', 'TZ')
SELECT id, to_char(d, 'DD HH24:MI:SS') FROM v ORDER BY id
