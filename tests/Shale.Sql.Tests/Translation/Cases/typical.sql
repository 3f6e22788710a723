-- What tutorials, reports and object mappers send.
CREATE TABLE users (id int PRIMARY KEY, name text, email varchar(100), age int, active boolean, balance numeric(10,2), created timestamp, born date)
INSERT INTO users VALUES (1,'Alice','alice@x.com',30,true,100.50,'2024-01-15 10:30:00','1994-03-01'),(2,'Bob','bob@y.org',25,false,0.00,'2024-02-20 08:00:00','1999-12-31'),(3,'Carol',NULL,NULL,true,NULL,'2024-02-29 23:59:59','2000-02-29'),(4,'dave','dave@x.com',41,NULL,-20.25,NULL,NULL),(5,'Eve O''Neil','eve@z.net',30,true,1000.00,'2023-12-31 00:00:00','1994-03-01')
CREATE TABLE orders (id int PRIMARY KEY, user_id int, amount numeric(10,2), status text, placed date, qty int)
INSERT INTO orders VALUES (10,1,50.00,'paid','2024-01-16',2),(11,1,25.50,'open','2024-02-01',1),(12,2,99.99,'paid','2024-02-21',3),(13,3,10.00,'void','2024-03-01',NULL),(14,5,500.00,'paid','2024-01-01',10),(15,5,0.01,'open','2024-03-15',1),(16,NULL,7.00,'open',NULL,7),(17,1,50.00,'paid','2024-03-01',2)
INSERT INTO emp VALUES (1,'root',NULL,'x',100),(2,'a',1,'x',80),(3,'b',1,'y',90),(4,'c',2,'x',70),(5,'d',2,'y',70),(6,'e',3,'z',60),(7,'f',3,NULL,60)
CREATE TABLE docs (id int PRIMARY KEY, j jsonb)
INSERT INTO docs VALUES (1,'{"a":1,"b":[1,2,3],"c":{"d":"x"}}'),(2,'{"a":2,"b":[],"t":null}'),(3,'{"name":"Zed","tags":["p","q"]}'),(4,NULL)
SELECT 'a' || 'b' || 1, 'x' || NULL, 1 || 'a'
SELECT length('héllo'), char_length('abc'), octet_length('é'), bit_length('ab')
SELECT upper('abc'), lower('ABC'), initcap('hello wORLD foo-bar')
SELECT substring('hello', 2, 3), substring('hello' from 2), substring('hello' for 2), substr('hello', 3), substring('hello', -1, 4), substring('foobar' from 'o.b')
SELECT left('hello', 2), left('hello', -2), right('hello', 2), right('hello', -2)
SELECT trim('  x '), ltrim('xxa', 'x'), rtrim('abb', 'b'), btrim('xyax', 'xy'), trim(leading 'x' from 'xxa'), trim(both from ' a ')
SELECT position('l' in 'hello'), strpos('hello', 'z'), replace('aXbX', 'X', '-'), translate('12345', '143', 'ax'), reverse('abc'), repeat('ab', 3), repeat('a', -1)
SELECT lpad('5', 3, '0'), rpad('a', 4, 'xy'), lpad('hello', 2), lpad('x', 5)
SELECT split_part('a,b,c', ',', 2), split_part('a,b,c', ',', -1), split_part('abc', ',', 2)
SELECT ascii('A'), chr(65), md5('hello'), to_hex(255), encode('abc'::bytea, 'hex'), decode('616263', 'hex'), encode('abc', 'base64')
SELECT quote_ident('a b'), quote_literal('it''s'), quote_nullable(NULL)
SELECT starts_with('hello', 'he'), 'hello' ^@ 'he'
SELECT 'abc' LIKE 'a%', 'abc' LIKE '_b_', 'ABC' ILIKE 'abc', 'a%c' LIKE 'a\%c', 'abc' NOT LIKE 'b%', 'a_c' LIKE 'a$_c' ESCAPE '$', 'ab' LIKE NULL
SELECT 'abc' SIMILAR TO 'abc', 'abc' SIMILAR TO 'a', 'abc' SIMILAR TO '%(b|d)%', 'abc' SIMILAR TO '(b|c)%', 'aab' SIMILAR TO 'a+b', 'a1' SIMILAR TO '[a-z][0-9]'
SELECT 'abc' ~ 'b', 'abc' ~* 'B', 'abc' !~ 'x', 'abc' ~ '^a.*c$', 'foo123' ~ '\d+', 'a b' ~ '\s', 'x' ~ '[[:alpha:]]', 'foo' ~ '^(foo|bar)$'
SELECT regexp_replace('foobarbaz', 'b..', 'X'), regexp_replace('foobarbaz', 'b..', 'X', 'g'), regexp_replace('foobarbaz', 'b(..)', 'X\1Y', 'g'), regexp_replace('Hello', 'l', 'L', 'gi')
SELECT regexp_match('foobarbequebaz', 'bar.*que'), regexp_match('foobarbequebaz', '(bar)(beque)')
SELECT regexp_matches('foobarbequebazilbarfbonk', '(b[^b]+)(b[^b]+)', 'g')
SELECT E'a\nb', E'tab\there', E'\x41', E'\u00e9', U&'\0041', 'it''s', $$dollar$$, $x$a$b$x$
SELECT 'a' 'b'
SELECT 'abc' < 'abd', 'a' < 'B', 'Z' < 'a', '' < 'a', 'a' = 'a '
SELECT 'abc'::char(5) || 'x', 'abc'::varchar(2), 'a'::char(3) = 'a', length('a '::char(3)), 'abcdef'::char(3)
SELECT overlay('Txxxxas' placing 'hom' from 2 for 4), string_agg(name, ', ' ORDER BY name DESC) FROM users
SELECT unistr('\0041'), normalize('é'), strpos('', 'a'), to_ascii('x')
SELECT 7/2, -7/2, 7%3, -7%3, 7.0/2, 7/2.0, 1/3.0, 2^3, 2^-1, 10%3.5
SELECT 1.0/0
SELECT 5 % 0
SELECT 2147483647 + 1
SELECT 2147483647::bigint + 1
SELECT 9223372036854775807 + 1
SELECT 32767::smallint + 1::smallint
SELECT 100000 * 100000
SELECT abs(-2147483648)
SELECT 'abc'::int
SELECT '12.5'::int
SELECT ''::int
SELECT '  42  '::int, '1e3'::float8, '-0'::int, '+5'::int
SELECT 12.5::int, 13.5::int, -12.5::int, 2.5::float8::int, 3.5::float8::int
SELECT 3000000000::int
SELECT 99999::smallint
SELECT 'x'::boolean
SELECT 't'::bool, 'yes'::bool, 'off'::bool, '1'::bool, 0::bool, 5::bool, true::int, true::text
SELECT round(2.5), round(-2.5), round(2.567, 2), round(1234.5, -2), trunc(2.9), trunc(-2.9), trunc(2.567, 1), ceil(2.1), floor(-2.1), sign(-3)
SELECT round(2.5::float8), round(3.5::float8), ceil(2.1::float8), sqrt(2), sqrt(16.0), power(2, 10), power(2.0, 3), exp(1), ln(2.718281828), log(100), log(2, 8), cbrt(27)
SELECT sqrt(-1)
SELECT ln(0)
SELECT power(0, -1)
SELECT mod(7, 3), mod(-7, 3), div(7, 2), div(-7, 2), gcd(12, 18), lcm(4, 6), factorial(5), pi(), degrees(pi()), radians(180), sin(0), cos(0), atan2(1, 1)
SELECT greatest(1, 2, NULL), least(3, NULL, 1), greatest(NULL, NULL), coalesce(NULL, 1), nullif(1, 1), nullif(1, 2)
SELECT 1.10 + 2.20, 1.5 * 2.25, 10.00 / 4, 1.0 - 0.9, 0.1 + 0.2, 0.1::float8 + 0.2::float8
SELECT 1.50, 1.500 * 2, 100.00::numeric(10,1), 123.456::numeric(5,2), 1e2, 1.5e3, .5, 5.
SELECT 12345.678::numeric(5,2)
SELECT '1_000'::int
SELECT 5 & 3, 5 | 2, 5 # 1, ~5, 1 << 4, 16 >> 2
SELECT 17::text, 1.50::text, 1.5::float8::text, true::text, NULL::text, 1e20::float8::text, 1e-5::float8::text, 100000000000000000000::text
SELECT 1::float4 / 3, 1::float8 / 3, 0.1::float4, 1e15::float8, 1e16::float8, 123456789.123::float8
SELECT 'Infinity'::float8, '-Infinity'::float8
SELECT date '2024-02-29' + 1, date '2024-03-01' - date '2024-02-01', date '2024-01-31' + interval '1 month', date '2024-01-01' - 1
SELECT timestamp '2024-01-01 10:00' + interval '90 minutes', timestamp '2024-01-02' - timestamp '2024-01-01 12:00', interval '1 day' * 2, interval '1 day' / 2, interval '1 hour' + interval '30 min'
SELECT extract(year from date '2024-05-06'), extract(month from timestamp '2024-05-06 07:08:09.5'), extract(dow from date '2024-05-05'), extract(isodow from date '2024-05-05'), extract(doy from date '2024-12-31'), extract(week from date '2024-12-30'), extract(quarter from date '2024-05-06'), extract(epoch from timestamp '1970-01-02'), extract(second from timestamp '2024-05-06 07:08:09.5'), extract(century from date '2024-01-01')
SELECT date_part('year', date '2024-05-06'), date_part('hour', timestamp '2024-05-06 07:08'), extract(hour from interval '26 hours'), extract(day from interval '3 days 2 hours'), extract(epoch from interval '1 day 1 second'), extract(isoyear from date '2024-12-30'), extract(julian from date '2024-01-01')
SELECT date_trunc('month', timestamp '2024-05-17 11:12:13'), date_trunc('week', date '2024-05-17'), date_trunc('hour', timestamp '2024-05-17 11:12:13'), date_trunc('quarter', timestamp '2024-05-17'), date_trunc('year', date '2024-05-17')
SELECT age(timestamp '2024-03-01', timestamp '2023-01-15'), age(date '2024-02-29', date '2000-02-29'), justify_days(interval '35 days'), justify_hours(interval '27 hours'), justify_interval(interval '1 mon -1 hour')
SELECT to_char(timestamp '2024-05-06 17:08:09', 'YYYY-MM-DD HH24:MI:SS'), to_char(date '2024-05-06', 'Mon DD, YYYY'), to_char(date '2024-05-06', 'Day, DDth Month YYYY'), to_char(timestamp '2024-05-06 17:08:09', 'HH12:MI AM'), to_char(date '2024-05-06', 'FMDay FMDD FMMonth'), to_char(date '2024-05-06', 'IYYY-IW D DDD Q')
SELECT make_date(2024, 5, 6), make_time(1, 2, 3.5), make_timestamp(2024, 5, 6, 7, 8, 9), make_interval(days => 3, hours => 2), make_timestamptz(2024, 1, 1, 0, 0, 0)
SELECT '2024-01-15'::date, '20240115'::date, 'January 15, 2024'::date, '15-Jan-2024'::date, '2024-1-5'::date, '01/15/2024'::date
SELECT '2024-13-01'::date
SELECT '2023-02-29'::date
SELECT 'nope'::date
SELECT '2024-01-15 10:30'::timestamp, '2024-01-15T10:30:00Z'::timestamptz, '2024-01-15 10:30:00+02'::timestamptz, '10:30'::time, '10:30:15.123456'::time, '2024-01-15 24:00:00'::timestamp
SELECT '1 year 2 months 3 days'::interval, '1-2'::interval, '3 4:05:06'::interval, 'P1Y2M3DT4H5M6S'::interval, '-1 day'::interval, '1 week'::interval, '1.5 hours'::interval, '100 hours'::interval, '2 days ago'::interval
SELECT interval '1 month' = interval '30 days', interval '1 day' > interval '23 hours', interval '1' year, interval '2' day, interval '1-2' year to month
SELECT timestamptz '2024-01-01 00:00:00+00' AT TIME ZONE 'UTC', timestamp '2024-01-01 12:00' AT TIME ZONE '+02', timezone('UTC', timestamptz '2024-01-01 00:00+00')
SELECT isfinite(date '2024-01-01'), date_bin('15 minutes', timestamp '2024-01-01 10:22', timestamp '2024-01-01'), now() - now(), current_date - current_date, clock_timestamp() > now() - interval '1 day'
SELECT date '2024-01-01' + time '10:00', time '10:00' + interval '2 hours', time '23:00' + interval '2 hours', time '10:00' - time '08:30'
SELECT DATE '2024-05-06'::text, TIMESTAMP '2024-05-06 07:08:09.120'::text, INTERVAL '1 day'::text, current_date = now()::date
SELECT name, created::date, created::time, extract(year from created) AS y FROM users ORDER BY id
SELECT date_trunc('month', placed)::date AS m, count(*), sum(amount) FROM orders GROUP BY 1 ORDER BY 1
SELECT date_trunc('month', placed) AS m, sum(amount) FROM orders GROUP BY date_trunc('month', placed) ORDER BY m NULLS FIRST
SELECT * FROM users WHERE created > '2024-01-01' AND created < '2024-02-25' ORDER BY id
SELECT * FROM users WHERE created BETWEEN '2024-01-01'::date AND '2024-01-01'::date + interval '1 month' ORDER BY id
SELECT id FROM users WHERE extract(month from born) = 3 ORDER BY id
SELECT count(*), count(age), count(DISTINCT age), sum(age), avg(age), min(age), max(age) FROM users
SELECT avg(balance), sum(balance), min(balance), max(name) FROM users
SELECT active, count(*) FROM users GROUP BY active ORDER BY active
SELECT active, count(*) FROM users GROUP BY active ORDER BY active NULLS FIRST
SELECT active, count(*) FROM users GROUP BY active ORDER BY active DESC
SELECT age, count(*) c FROM users GROUP BY age HAVING count(*) > 1
SELECT status, sum(amount) FILTER (WHERE qty > 1), count(*) FILTER (WHERE placed > '2024-02-01') FROM orders GROUP BY status ORDER BY status
SELECT bool_and(active), bool_or(active), every(age > 20) FROM users
SELECT stddev(age), stddev_pop(age), variance(age), var_pop(age) FROM users
SELECT percentile_cont(ARRAY[0.25, 0.5, 1]) WITHIN GROUP (ORDER BY age), percentile_disc(ARRAY[0, 0.5, NULL, 0.9]) WITHIN GROUP (ORDER BY age DESC) FROM emp
SELECT percentile_disc(ARRAY[0.5, 0.99]) WITHIN GROUP (ORDER BY name), percentile_disc(ARRAY[0.1::float8]) WITHIN GROUP (ORDER BY salary), percentile_cont(ARRAY[0, 1]) WITHIN GROUP (ORDER BY salary) FROM emp
SELECT dept, percentile_cont(ARRAY[0.25, 0.75]) WITHIN GROUP (ORDER BY salary) FILTER (WHERE age > 30) FROM emp GROUP BY dept ORDER BY dept
SELECT percentile_cont(ARRAY[0.5, 1.5]) WITHIN GROUP (ORDER BY age) FROM emp
SELECT percentile_cont('{}'::float8[]) WITHIN GROUP (ORDER BY age), percentile_disc(NULL::float8[]) WITHIN GROUP (ORDER BY age) FROM emp
SELECT percentile_disc(ARRAY[0.5]) WITHIN GROUP (ORDER BY age) FROM emp WHERE false
SELECT (percentile_cont(ARRAY[0.5, 0.9]) WITHIN GROUP (ORDER BY age))[2] FROM emp
SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY age), percentile_disc(0.5) WITHIN GROUP (ORDER BY age), mode() WITHIN GROUP (ORDER BY age) FROM users
SELECT percentile_cont(0.25) WITHIN GROUP (ORDER BY salary), percentile_disc(0.75) WITHIN GROUP (ORDER BY salary DESC) FROM emp
SELECT dept, percentile_cont(0.5) WITHIN GROUP (ORDER BY salary) FROM emp GROUP BY dept ORDER BY dept
SELECT string_agg(DISTINCT status, ','), string_agg(status, ',' ORDER BY id) FROM orders
SELECT bit_and(qty), bit_or(qty), bit_xor(qty) FROM orders
SELECT json_agg(name ORDER BY id), json_object_agg(id, name ORDER BY id) FROM users WHERE id < 3
SELECT jsonb_agg(salary ORDER BY id), jsonb_object_agg(name, salary) FROM emp WHERE id < 3
SELECT json_agg(json_build_object('id', id, 'name', name) ORDER BY id) FROM users WHERE id < 3
SELECT to_json('a"b'::text), to_jsonb(1.5), to_json(true), to_jsonb(NULL::int), to_json(date '2024-01-01'), to_jsonb(timestamp '2024-01-01 10:00')
SELECT sum(amount) FROM orders WHERE false
SELECT count(*) FROM orders WHERE NULL
SELECT sum(qty) + 1, max(qty) - min(qty), avg(qty)::int, round(avg(amount), 2) FROM orders
SELECT avg(qty), sum(qty::bigint), sum(qty::numeric), avg(qty::float8) FROM orders
SELECT sum(interval '1 day'), min(placed), max(placed), max(created) FROM orders, users
SELECT any_value(id) FROM users
SELECT dept, name, salary, rank() OVER (PARTITION BY dept ORDER BY salary DESC), dense_rank() OVER (PARTITION BY dept ORDER BY salary DESC), row_number() OVER (PARTITION BY dept ORDER BY salary DESC, id) FROM emp ORDER BY dept, salary DESC, id
SELECT id, sum(salary) OVER (ORDER BY id), avg(salary) OVER (), count(*) OVER (PARTITION BY dept), sum(salary) OVER (ORDER BY salary) FROM emp ORDER BY id
SELECT id, lag(salary) OVER (ORDER BY id), lead(salary, 2, 0) OVER (ORDER BY id), first_value(name) OVER (PARTITION BY dept ORDER BY salary), last_value(name) OVER (PARTITION BY dept ORDER BY salary, id ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING), nth_value(name, 2) OVER (ORDER BY id) FROM emp ORDER BY id
SELECT id, ntile(3) OVER (ORDER BY id), percent_rank() OVER (ORDER BY salary), cume_dist() OVER (ORDER BY salary) FROM emp ORDER BY id
SELECT id, sum(salary) OVER (ORDER BY id ROWS BETWEEN 1 PRECEDING AND 1 FOLLOWING), sum(salary) OVER (ORDER BY salary RANGE BETWEEN 10 PRECEDING AND CURRENT ROW), sum(salary) OVER (ORDER BY salary GROUPS BETWEEN 1 PRECEDING AND CURRENT ROW) FROM emp ORDER BY id
SELECT id, sum(salary) OVER w, avg(salary) OVER w FROM emp WINDOW w AS (PARTITION BY dept ORDER BY id) ORDER BY id
SELECT id, sum(salary) OVER (w ORDER BY id) FROM emp WINDOW w AS (PARTITION BY dept) ORDER BY id
SELECT id, count(*) FILTER (WHERE salary > 70) OVER (ORDER BY id), sum(sum(salary)) OVER () FROM emp GROUP BY id ORDER BY id
SELECT dept, sum(salary), rank() OVER (ORDER BY sum(salary) DESC) FROM emp GROUP BY dept ORDER BY 3, 1
SELECT * FROM (SELECT *, row_number() OVER (PARTITION BY user_id ORDER BY amount DESC, id) rn FROM orders) x WHERE rn = 1 ORDER BY id
SELECT id, string_agg(name, ',') OVER (ORDER BY id) FROM emp ORDER BY id
SELECT id, max(salary) OVER (ORDER BY id ROWS 2 PRECEDING EXCLUDE CURRENT ROW) FROM emp ORDER BY id
SELECT rank() FROM emp
SELECT id FROM emp WHERE rank() OVER () = 1
SELECT id FROM emp WHERE sum(salary) > 1
SELECT id, sum(salary) FROM emp
SELECT sum(count(*)) FROM emp
SELECT nope FROM emp
SELECT e.nope FROM emp e
SELECT x.id FROM emp e
SELECT * FROM nope
SELECT nope(1)
SELECT id FROM emp e, orders o
SELECT 1 +
SELECT * FROM emp WHERE id = 'a'
SELECT 'a' + 1
SELECT 1 + 'a'
SELECT name + 1 FROM emp
SELECT true + 1
SELECT 1 = 'x'
SELECT id FROM emp WHERE name
SELECT id FROM emp UNION SELECT name FROM emp
SELECT id FROM emp UNION SELECT id, name FROM emp
SELECT id FROM emp ORDER BY 5
SELECT id FROM emp GROUP BY 3
SELECT (SELECT id FROM emp)
SELECT (SELECT id, name FROM emp LIMIT 1)
SELECT * FROM emp LIMIT -1
SELECT * FROM emp LIMIT 'a'
SELECT CASE WHEN 1 THEN 2 END
SELECT CASE WHEN true THEN 1 ELSE 'a' END
SELECT coalesce(1, 'a')
SELECT DISTINCT id FROM emp ORDER BY name
SELECT count(*) FROM emp ORDER BY id
INSERT INTO emp (id) VALUES (1)
INSERT INTO emp (id, nope) VALUES (99, 1)
INSERT INTO emp (id) VALUES (99, 1)
INSERT INTO emp VALUES ('x')
INSERT INTO emp (id, salary) VALUES (99, 'abc')
INSERT INTO emp (id, salary) VALUES (99, 99999999999)
INSERT INTO emp (name) VALUES ('x')
INSERT INTO users (id, email) VALUES (99, repeat('x', 101))
INSERT INTO users (id, balance) VALUES (99, 123456789.00)
UPDATE nope SET a = 1
UPDATE emp SET nope = 1
DELETE FROM nope
SELECT CASE WHEN age > 30 THEN 'old' WHEN age IS NULL THEN '?' ELSE 'young' END, CASE age WHEN 30 THEN 'x' ELSE 'y' END, CASE WHEN false THEN 1 END FROM users ORDER BY id
SELECT CASE WHEN id = 1 THEN 1 ELSE 2.5 END, CASE WHEN id > 0 THEN NULL ELSE 'a' END FROM emp WHERE id = 1
SELECT NULL = NULL, NULL <> 1, NULL IS NULL, 1 IS DISTINCT FROM NULL, NULL IS NOT DISTINCT FROM NULL, NULL AND false, NULL OR true, NOT NULL
SELECT 1 IN (1, NULL), 2 IN (1, NULL), 2 NOT IN (1, NULL), NULL IN (1), 1 IN (SELECT NULL::int), 1 NOT IN (SELECT id FROM emp WHERE false)
SELECT true IS TRUE, NULL IS UNKNOWN, false IS NOT TRUE, NULL::bool IS NOT FALSE, true IS NOT UNKNOWN
SELECT 1 BETWEEN 0 AND 2, 1 NOT BETWEEN 2 AND 3, 1 BETWEEN SYMMETRIC 2 AND 0, NULL BETWEEN 1 AND 2
SELECT (1, 2) = (1, 2), (1, 2) < (1, 3), (1, NULL) = (2, 2), (1, 2) IN ((1, 2), (3, 4)), ROW(1, 'a') = ROW(1, 'a'), (1, NULL) IS NULL, (NULL, NULL) IS NULL
SELECT * FROM users WHERE (age, active) = (30, true) ORDER BY id
SELECT id FROM orders WHERE (user_id, status) IN (SELECT 1, 'paid' UNION SELECT 5, 'open') ORDER BY id
SELECT name FROM users ORDER BY name
SELECT name FROM users ORDER BY lower(name) DESC
SELECT age, name FROM users ORDER BY age NULLS FIRST, name DESC
SELECT age, name FROM users ORDER BY age DESC NULLS LAST, name
SELECT age AS a FROM users ORDER BY a
SELECT name, age * 2 AS d FROM users ORDER BY d DESC, 1
SELECT name FROM users ORDER BY age IS NULL, age, length(name), id
SELECT name FROM users ORDER BY id LIMIT 2 OFFSET 1
SELECT name FROM users ORDER BY id OFFSET 2 ROWS FETCH FIRST 2 ROWS ONLY
SELECT name FROM users ORDER BY id FETCH FIRST ROW ONLY
SELECT name FROM users ORDER BY CASE WHEN active THEN 0 ELSE 1 END, id
SELECT DISTINCT age FROM users ORDER BY age
SELECT DISTINCT status, user_id IS NULL FROM orders ORDER BY 1, 2
SELECT id AS "Weird Name", name AS "select" FROM emp WHERE id = 1
SELECT ALL id FROM emp WHERE id = 1
SELECT emp.* FROM emp WHERE id = 1
SELECT e.id, e.name FROM emp AS e(id, name) WHERE e.id = 1
SELECT x.a FROM (SELECT 1) AS x(a)
SELECT a, b FROM (VALUES (1, 'x'), (2, 'y')) AS v(a, b) ORDER BY a
VALUES (1, 'a'), (2, 'b')
VALUES (1), (2) ORDER BY 1 DESC LIMIT 1
SELECT column1, column2 FROM (VALUES (1, NULL), (NULL, 'x')) v ORDER BY 1
TABLE emp
SELECT u.name, o.amount FROM users u JOIN orders o ON o.user_id = u.id ORDER BY o.id
SELECT u.name, count(o.id), coalesce(sum(o.amount), 0) FROM users u LEFT JOIN orders o ON o.user_id = u.id GROUP BY u.id, u.name ORDER BY u.id
SELECT u.name, count(o.id) FROM users u LEFT JOIN orders o ON o.user_id = u.id GROUP BY u.id ORDER BY u.id
SELECT u.name, o.id FROM users u RIGHT JOIN orders o ON o.user_id = u.id ORDER BY o.id
SELECT u.id, o.id FROM users u FULL OUTER JOIN orders o ON o.user_id = u.id AND o.status = 'paid' ORDER BY 1, 2
SELECT e.name, b.name AS boss FROM emp e LEFT JOIN emp b ON e.boss = b.id ORDER BY e.id
SELECT a.id, b.id FROM emp a CROSS JOIN emp b WHERE a.id < b.id AND b.id < 4 ORDER BY 1, 2
SELECT id, name FROM users JOIN emp USING (id) ORDER BY id
SELECT id, users.name, emp.name FROM users JOIN emp USING (id) ORDER BY id
SELECT * FROM (SELECT id, name FROM users) a NATURAL JOIN (SELECT id, dept FROM emp) b ORDER BY id
SELECT * FROM (SELECT id, age FROM users) a FULL JOIN (SELECT id, dept FROM emp) b USING (id) ORDER BY id
SELECT * FROM (SELECT id, age FROM users) a LEFT JOIN (SELECT id, dept FROM emp WHERE id > 2) b USING (id) ORDER BY id
SELECT u.id FROM users u, orders o WHERE u.id = o.user_id AND o.amount > 50 ORDER BY 1
SELECT u.id FROM users u JOIN orders o ON u.id = o.user_id JOIN emp e ON e.id = u.id WHERE o.status <> 'void' ORDER BY o.id
SELECT id FROM users u WHERE EXISTS (SELECT 1 FROM orders o WHERE o.user_id = u.id) ORDER BY id
SELECT id FROM users u WHERE NOT EXISTS (SELECT * FROM orders o WHERE o.user_id = u.id AND status = 'paid') ORDER BY id
SELECT id FROM users WHERE id IN (SELECT user_id FROM orders) ORDER BY id
SELECT id FROM users WHERE id NOT IN (SELECT user_id FROM orders) ORDER BY id
SELECT id FROM users WHERE id NOT IN (SELECT user_id FROM orders WHERE user_id IS NOT NULL) ORDER BY id
SELECT id FROM emp WHERE salary > ALL (SELECT salary FROM emp WHERE dept = 'y') ORDER BY id
SELECT id FROM emp WHERE salary >= ANY (SELECT salary FROM emp WHERE dept = 'y') ORDER BY id
SELECT id FROM emp WHERE id = SOME (SELECT boss FROM emp) ORDER BY id
SELECT name, (SELECT max(amount) FROM orders o WHERE o.user_id = u.id) FROM users u ORDER BY id
SELECT name FROM emp e WHERE salary > (SELECT avg(salary) FROM emp WHERE dept = e.dept) ORDER BY id
SELECT dept, avg(salary) FROM emp GROUP BY dept HAVING avg(salary) > (SELECT avg(salary) FROM emp) ORDER BY 1
SELECT * FROM emp ORDER BY (SELECT count(*) FROM emp b WHERE b.boss = emp.id) DESC, id LIMIT 3
SELECT (SELECT count(*) FROM orders) + (SELECT count(*) FROM users) AS total
SELECT x.n FROM (SELECT count(*) AS n FROM orders GROUP BY status) x ORDER BY n
SELECT id FROM emp UNION SELECT id FROM users ORDER BY id
SELECT dept FROM emp UNION ALL SELECT status FROM orders ORDER BY 1
SELECT id FROM emp INTERSECT SELECT id FROM users ORDER BY 1
SELECT id FROM emp EXCEPT SELECT id FROM users ORDER BY 1
SELECT dept FROM emp EXCEPT ALL SELECT 'x' ORDER BY 1
SELECT dept FROM emp INTERSECT ALL SELECT dept FROM emp WHERE id < 4 ORDER BY 1
SELECT 1 UNION SELECT 2 INTERSECT SELECT 2 ORDER BY 1
(SELECT 1 UNION SELECT 2) INTERSECT SELECT 2
SELECT 1 EXCEPT SELECT 2 UNION SELECT 3 ORDER BY 1
(SELECT id FROM emp ORDER BY id LIMIT 2) UNION ALL (SELECT id FROM emp ORDER BY id DESC LIMIT 1) ORDER BY 1
SELECT 1 AS a UNION SELECT 2.5 ORDER BY a
SELECT NULL UNION SELECT 1 ORDER BY 1
SELECT 'a' UNION SELECT 'b' ORDER BY 1 DESC
WITH t AS (SELECT dept, sum(salary) s FROM emp GROUP BY dept) SELECT * FROM t WHERE s > 100 ORDER BY dept
WITH a AS (SELECT 1 AS x), b AS (SELECT x + 1 AS y FROM a) SELECT * FROM a, b
WITH RECURSIVE c AS (SELECT id, name, boss, 1 AS lvl FROM emp WHERE boss IS NULL UNION ALL SELECT e.id, e.name, e.boss, c.lvl + 1 FROM emp e JOIN c ON e.boss = c.id) SELECT * FROM c ORDER BY lvl, id
WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < 10) SELECT sum(i), count(*) FROM n
WITH RECURSIVE f(a, b) AS (SELECT 0, 1 UNION ALL SELECT b, a + b FROM f WHERE b < 100) SELECT a FROM f
WITH RECURSIVE p AS (SELECT id, name::text AS path FROM emp WHERE boss IS NULL UNION ALL SELECT e.id, p.path || '/' || e.name FROM emp e JOIN p ON e.boss = p.id) SELECT path FROM p ORDER BY path
WITH t AS MATERIALIZED (SELECT * FROM emp) SELECT count(*) FROM t
WITH t(a, b) AS (SELECT id, name FROM emp) SELECT a FROM t WHERE b = 'c'
SELECT dept, boss, count(*), grouping(dept, boss) FROM emp GROUP BY ROLLUP (dept, boss) ORDER BY 4, 1, 2
SELECT dept, status, count(*) FROM emp, orders GROUP BY GROUPING SETS ((dept), (status), ()) ORDER BY 1, 2
SELECT dept, sum(salary) FROM emp GROUP BY ROLLUP (dept) ORDER BY dept NULLS LAST, 2
SELECT coalesce(dept, 'all'), sum(salary) FROM emp GROUP BY ROLLUP (dept) ORDER BY sum(salary)
SELECT dept, count(*) FROM emp GROUP BY CUBE (dept) HAVING count(*) > 1 ORDER BY 2
SELECT j->'a', j->>'a', j->'b'->0, j->'b'->>-1, j#>'{c,d}', j#>>'{c,d}', j->'zzz' FROM docs ORDER BY id
SELECT id FROM docs WHERE j @> '{"a":1}'
SELECT id FROM docs WHERE j ? 'name' OR j ?| array['a','zz'] ORDER BY id
SELECT id FROM docs WHERE j->>'name' = 'Zed' OR (j->>'a')::int = 2 ORDER BY id
SELECT jsonb_set(j, '{a}', '99'), j - 'a', j || '{"z":1}' FROM docs WHERE id = 2
SELECT jsonb_array_length(j->'b'), jsonb_typeof(j->'b'), jsonb_typeof(j->'t'), jsonb_strip_nulls(j) FROM docs WHERE id < 3 ORDER BY id
SELECT key, value FROM docs, jsonb_each(j) WHERE id = 1 ORDER BY key
SELECT key, value FROM jsonb_each_text('{"a":1,"b":"x"}') ORDER BY key
SELECT e FROM docs, jsonb_array_elements(j->'b') e WHERE id = 1
SELECT value::int FROM jsonb_array_elements_text('[3,1,2]') ORDER BY 1
SELECT * FROM json_array_elements('[1,"a",null]')
SELECT '{"a":{"b":[1,2]}}'::json->'a'->'b'->>1, '[1,2,3]'::jsonb->1, '{"b":1, "a":2}'::jsonb, '{"b":1, "a":2}'::json, '{"a":1,"a":2}'::jsonb
SELECT '{bad'::jsonb
SELECT jsonb_build_object('a', 1, 'b', NULL, 'c', true), jsonb_build_array(1, 'x', NULL), json_build_object('k', 1.50), jsonb_pretty('{"a":1}')
SELECT '{"a":1}'::jsonb = '{"a": 1}'::jsonb, '{"a":1}'::jsonb <@ '{"a":1,"b":2}', '[1,2]'::jsonb @> '1', jsonb_exists('{"a":1}', 'a')
SELECT jsonb_insert('{"a":[1]}', '{a,0}', '0'), jsonb_extract_path_text('{"a":{"b":"c"}}', 'a', 'b'), json_extract_path('{"a":1}', 'a')
SELECT (j->>'a')::numeric * 2, (j->'a')::int + 1 FROM docs WHERE id = 1
SELECT j['a'], j['c']['d'] FROM docs WHERE id = 1
SELECT id, name, age FROM users WHERE name ILIKE '%a%' AND (age > 20 OR age IS NULL) ORDER BY id
SELECT count(*) FROM users WHERE email LIKE '%@%.com' AND NOT active
SELECT id::bigint, id::text || 'x', age::numeric(5,1), balance::int, balance::float8 FROM users WHERE id = 1
SELECT balance * 1.1, balance / 3, round(balance / 3, 2), balance::text FROM users WHERE id = 1
SELECT CAST('5' AS integer) + 1, CAST(5 AS text), CAST('2024-01-01' AS date), int '7', '7'::int8, float8 '1.5', bool 'true'
INSERT INTO users (id, name) VALUES (50, 'New') RETURNING id, name, upper(name) AS up
INSERT INTO users (id, name) VALUES (50, 'Dup') ON CONFLICT DO NOTHING RETURNING id
INSERT INTO users (id, name) VALUES (50, 'Dup') ON CONFLICT (id) DO UPDATE SET name = excluded.name || '!' RETURNING *
INSERT INTO users (id, name, age) SELECT id + 100, name, salary FROM emp WHERE id < 3 RETURNING id
UPDATE users SET age = coalesce(age, 0) + 1, name = lower(name) WHERE id >= 50 RETURNING id, age, name
UPDATE users u SET age = e.salary FROM emp e WHERE e.id = u.id AND u.id = 4 RETURNING u.id, u.age
UPDATE users SET (age, name) = (5, 'five') WHERE id = 50 RETURNING age, name
UPDATE users SET age = (SELECT max(salary) FROM emp) WHERE id = 50 RETURNING age
UPDATE users SET age = DEFAULT WHERE id = 50 RETURNING age
DELETE FROM users WHERE id >= 50 RETURNING id
DELETE FROM users u USING emp e WHERE u.id = e.id AND e.name = 'nobody'
CREATE TABLE uniq (id int PRIMARY KEY, code text, UNIQUE (id, code))
INSERT INTO uniq VALUES (1, 'a'), (1, 'b')
CREATE INDEX users_name_idx ON users (name)
CREATE UNIQUE INDEX ON users (id, email)
INSERT INTO emp VALUES (100, 'tmp', NULL, 'q', 1)
SELECT count(*) FROM emp
SELECT count(*) FROM emp
SELECT 1
SELECT generate_series(1, 3) AS g, 'x' AS y
SELECT g, g * g FROM generate_series(1, 5) AS g WHERE g % 2 = 1 ORDER BY g
SELECT d::date FROM generate_series(timestamp '2024-01-01', '2024-01-10', '3 days') d
SELECT m, count(o.id) FROM generate_series(date '2024-01-01', date '2024-04-01', interval '1 month') m LEFT JOIN orders o ON date_trunc('month', o.placed) = m GROUP BY m ORDER BY m
SELECT id FROM emp WHERE id = ANY('{1,3}')
SELECT id FROM emp WHERE id = ANY(ARRAY[1,3]) ORDER BY id
SELECT id FROM emp WHERE name = ANY(string_to_array('a,b', ',')) ORDER BY id
SELECT id FROM emp WHERE id <> ALL(ARRAY[1,2,3]) ORDER BY id
SELECT id FROM emp WHERE name LIKE ANY(ARRAY['a%', 'r%']) ORDER BY id
SELECT 1 AS one, 2 two, 3 "Three"
SELECT id, id FROM emp WHERE id = 1
SELECT current_date IS NOT NULL, current_timestamp IS NOT NULL, localtime IS NOT NULL
SELECT to_char(balance, 'FM999,990.00') FROM users ORDER BY id
SELECT name, rank() OVER (ORDER BY balance DESC NULLS LAST) FROM users ORDER BY 2, 1
SELECT l.status, sum(l.qty * l.amount * (1 - 0.1)) AS revenue, avg(l.qty) AS aq, count(*) FROM orders l WHERE l.placed <= date '2024-12-01' - interval '90' day GROUP BY l.status ORDER BY l.status
SELECT sum(CASE WHEN status = 'paid' THEN amount ELSE 0 END) / sum(amount) * 100 AS pct FROM orders
SELECT 100.00 * sum(CASE WHEN status LIKE 'p%' THEN amount * (1 - 0.05) ELSE 0 END) / sum(amount * (1 - 0.05)) AS promo FROM orders
SELECT extract(year from o.placed) AS y, u.name, sum(o.amount) AS s FROM orders o, users u WHERE u.id = o.user_id GROUP BY y, u.name ORDER BY y, s DESC
SELECT u.name, o.amount FROM users u INNER JOIN orders o ON u.id = o.user_id AND o.amount = (SELECT min(amount) FROM orders WHERE user_id = u.id) ORDER BY u.name, o.id
SELECT cntrycode, count(*) AS numcust, sum(bal) FROM (SELECT substring(email from 1 for 1) AS cntrycode, balance AS bal FROM users WHERE balance > (SELECT avg(balance) FROM users WHERE balance > 0.00)) AS custsale GROUP BY cntrycode ORDER BY cntrycode
SELECT o.status, o.qty, count(DISTINCT o.user_id) AS cnt FROM orders o WHERE o.status <> 'void' AND o.status NOT LIKE 'x%' AND o.qty IN (1, 2, 10) GROUP BY o.status, o.qty ORDER BY cnt DESC, o.status, o.qty
SELECT c.id, c.name, sum(o.qty) FROM users c, orders o WHERE o.id IN (SELECT id FROM orders GROUP BY id HAVING sum(qty) > 1) AND c.id = o.user_id GROUP BY c.name, c.id ORDER BY 3 DESC, 1 LIMIT 100
SELECT c_count, count(*) AS custdist FROM (SELECT u.id, count(o.id) FROM users u LEFT OUTER JOIN orders o ON u.id = o.user_id AND o.status NOT LIKE '%special%requests%' GROUP BY u.id) AS c_orders (c_custkey, c_count) GROUP BY c_count ORDER BY custdist DESC, c_count DESC
WITH revenue (supplier_no, total) AS (SELECT user_id, sum(amount) FROM orders GROUP BY user_id) SELECT u.id, u.name, total FROM users u, revenue WHERE u.id = supplier_no AND total = (SELECT max(total) FROM revenue) ORDER BY u.id
SELECT t0.id AS t0_id, t0.name AS t0_name, (SELECT count(*) FROM orders t1 WHERE t1.user_id = t0.id) AS order_count FROM users t0 WHERE t0.active = true ORDER BY t0.id ASC LIMIT 10 OFFSET 0
SELECT "users"."id", "users"."name" FROM "users" WHERE "users"."age" IN (30, 41) AND "users"."active" IS TRUE ORDER BY "users"."id"
SELECT COUNT(*) AS "__count" FROM "users" WHERE "users"."name" LIKE '%' || 'a' || '%'
SELECT DISTINCT ON (o.user_id) o.user_id, o.status FROM orders o WHERE o.user_id IS NOT NULL ORDER BY o.user_id, o.placed DESC NULLS LAST, o.id
SELECT 1 WHERE EXISTS (SELECT 1 FROM users WHERE name = 'Alice')
SELECT EXISTS (SELECT 1 FROM users WHERE id = 1) AS "exists", NOT EXISTS (SELECT 1 FROM users WHERE id = 77)
SELECT u.id FROM users u WHERE u.created >= now() - interval '100 years' ORDER BY 1
SELECT max(id) + 1 AS next FROM users
SELECT lower(NULL), NULL || 'a', NULL + 1, -NULL::int, abs(NULL::int)
SELECT 'a' COLLATE "C" < 'B' COLLATE "C", name COLLATE "C" FROM users WHERE id = 1
SELECT u.id, x.c FROM users u LEFT JOIN (SELECT user_id, count(*) c FROM orders GROUP BY user_id HAVING count(*) > 1) x ON x.user_id = u.id ORDER BY 1
SELECT string_agg(name, ',' ORDER BY name) FROM (SELECT DISTINCT name FROM emp) x
SELECT count(*) FROM (SELECT DISTINCT user_id, status FROM orders) x
SELECT sum(amount) OVER (PARTITION BY user_id ORDER BY placed, id) AS running, id FROM orders ORDER BY user_id, placed, id
SELECT a.n, b.n FROM (SELECT generate_series(1,2) n) a JOIN (SELECT generate_series(2,3) n) b ON a.n = b.n
SELECT to_char(now(), 'YYYY') = extract(year from now())::text
SELECT 10 AS a, 'b' AS b, NULL AS c, 1.5 AS d, true AS e
SELECT uuid '6EC0BD7F-11C0-43DA-975E-2A8AD9EBAE0B', 'a0eebc999c0b4ef8bb6d6bb9bd380a11'::uuid
SELECT 'zzz'::uuid
