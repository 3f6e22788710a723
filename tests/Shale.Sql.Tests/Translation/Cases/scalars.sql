-- refused: 0
-- Arithmetic, types of results, overflow.
SELECT 1 + 1, 7 / 2, -7 / 2, 7 % 3, -7 % 3, 7 % -3
SELECT 2147483647 + 1
SELECT 2147483647 * 2
SELECT -2147483648 - 1
SELECT 2147483648 + 1
SELECT 9223372036854775807 + 1
SELECT 9223372036854775807 * 2
SELECT (-9223372036854775807 - 1) / -1
SELECT 32767::int2 + 1::int2
SELECT 1::int2 + 1
SELECT 1 / 0
SELECT 1.0 / 0
SELECT 1 % 0
SELECT 1.5 / 0::float8
SELECT 0.1 + 0.2, 0.1::float8 + 0.2::float8, 1.1 * 3, 10 / 4.0, 1.0 / 3, 2 / 3.0
SELECT 5.5 % 2, -5.5 % 2, mod(11, 4), mod(-11, 4), mod(5.5, 2)
SELECT 2 ^ 10, 2 ^ 0.5, 2.0 ^ 3, 2::numeric ^ 3
SELECT 1e308 * 10
SELECT 1e308::float8 * 10
SELECT 1e-300::float8 * 1e-300::float8
SELECT -5, - 5, +5, -(-5), - 2.5, @ -5, @ -2.5
SELECT |/ 16.0, ||/ 27.0
SELECT |/ -1.0
SELECT 5 & 3, 5 | 3, 5 # 3, ~5, 1 << 4, 256 >> 3, -1 >> 1, 1 << 33
SELECT 1::int8 << 40
SELECT abs(-5), abs(-5.5), abs(-5.5::float8), sign(-3), sign(2.5), sign(-2.5::float8)
SELECT ceil(1.2), ceil(-1.2), floor(1.8), floor(-1.2), ceiling(4), ceil(2.5::float8)
SELECT round(2.5), round(-2.5), round(0.5), round(1.5), round(2.5::float8), round(3.5::float8), round(-2.5::float8)
SELECT round(1.2345, 2), round(1.235, 2), round(1234.5, -2), round(-1.005, 2)
SELECT round(2.5::float8, 1)
SELECT trunc(1.99), trunc(-1.99), trunc(1.2399, 2), trunc(1299, -2), trunc(2.7::float8)
SELECT sqrt(2), sqrt(16.0), power(2, 3), power(2.0, 3), power(2, 0.5), pow(3, 2), exp(1), exp(1.0), ln(2), ln(2.0), log(100), log(2, 64), log10(1000), cbrt(27)
SELECT sqrt(-1)
SELECT ln(0)
SELECT ln(-1)
SELECT power(0, -1)
SELECT power(-8, 1.0/3)
SELECT gcd(12, 18), lcm(4, 6), gcd(0, 0), gcd(-4, 6), div(7, 2), div(-7, 2), div(7.5, 2)
SELECT factorial(5), factorial(0)
SELECT pi(), radians(180), degrees(pi()), sin(1), cos(1), tan(1), asin(1), acos(1), atan(1), atan2(1, 2), cot(1), sinh(1), cosh(1), tanh(1)
SELECT asin(2)
SELECT width_bucket(5.35, 0.024, 10.06, 5), width_bucket(-1, 0, 10, 5), width_bucket(10, 0, 10, 5)
SELECT greatest(1, 2, 3), least(3, 1, 2), greatest(1, NULL, 3), least(NULL, NULL), greatest('a', 'b'), least(1, 2.5)
SELECT to_hex(255), to_hex(-1), to_hex(255::int8)
SELECT 1 = 1.0, 1 = 1.0::float8, 0.1 + 0.2 = 0.3, 0.1::float8 + 0.2::float8 = 0.3::float8
SELECT 10 / 3 * 3, 10 / 3.0 * 3
SELECT 1::float8 / 3, 1::float4 / 3, 1::float4 + 1, 1::float4 * 2.5
SELECT 3000000000, 3000000000::int4
SELECT 40000::int2
SELECT '12'::int4, ' 12 '::int4, '-5'::int8, '+7'::int4
SELECT 'abc'::int4
SELECT '12.5'::int4
SELECT ''::int4
SELECT '99999999999'::int4
SELECT '1e5'::float8, ' 1.5 '::float8, 'Infinity'::float8, '-inf'::float8, '.5'::float8, '5.'::numeric
SELECT 'x'::float8
SELECT '1e400'::float8
SELECT 2.5::int, 3.5::int, -2.5::int, 2.5::float8::int, 3.5::float8::int, 2.4999::int
SELECT 3e9::int
SELECT 1e20::int8
SELECT 1.5::float4, 0.1::float4, 0.1::float4::float8, 16777217::float4, 1e10::float4, 123456789::float4
SELECT 123.456::numeric(5,2), 123.455::numeric(5,2), 5::numeric(3,1), '1.239'::numeric(10,2)
SELECT 1234.5::numeric(5,2)
SELECT 1::bool, 0::bool, 5::bool, true::int, false::int, 't'::bool, 'no'::bool, ' on '::bool, 'of'::bool, 'f'::bool
SELECT 'maybe'::bool
SELECT 1.5::bool
SELECT true::text, false::text, 1::text, 1.50::text, 1.5::float8::text, 1e20::float8::text, 1e-7::float8::text, 0.1::float4::text, 100::float8::text
SELECT 1.0 / 3 > 0.33, 5 BETWEEN 1 AND 10, 5 NOT BETWEEN 1 AND 10, 5 BETWEEN 10 AND 1, 5 BETWEEN SYMMETRIC 10 AND 1
SELECT 5 BETWEEN '1' AND '10', NULL BETWEEN 1 AND 2
SELECT 1 IN (1, 2), 3 IN (1, NULL), 3 NOT IN (1, 2), 3 NOT IN (1, NULL), '1' IN (1, 2), 1.5 IN (1, 1.5)
SELECT 1 = ANY (ARRAY[1, 2]), 3 = ANY ('{1,2}'), 3 <> ALL (ARRAY[1, 2]), 2 > ANY (ARRAY[1, 5]), 2 > ALL (ARRAY[1, 5]), 2 < ALL ('{}')
SELECT 1 = ANY (ARRAY[2, NULL]), 'a' LIKE ANY (ARRAY['b%', 'a%'])
SELECT NULL = NULL, NULL IS NULL, 1 IS NOT NULL, NULL IS DISTINCT FROM NULL, 1 IS DISTINCT FROM NULL, 1 IS NOT DISTINCT FROM 1
SELECT true AND NULL, false AND NULL, true OR NULL, false OR NULL, NOT NULL::bool, NOT true
SELECT true IS TRUE, NULL::bool IS TRUE, NULL::bool IS NOT TRUE, false IS FALSE, NULL::bool IS UNKNOWN, true IS NOT UNKNOWN
SELECT (1, 2) = (1, 2), (1, 2) < (1, 3), (1, NULL) = (1, 2), (1, NULL) = (2, NULL), (1, 'a') <> (1, 'b'), (2, 1) > (1, 9)
SELECT (1, 2) IN ((1, 2), (3, 4)), (1, 2) IN ((3, 4)), (1, NULL) IN ((1, 2))
SELECT (1, NULL) IS NULL, (NULL, NULL) IS NULL, (1, 2) IS NOT NULL, (1, NULL) IS NOT NULL
SELECT CASE WHEN 1 > 2 THEN 'a' WHEN 2 > 1 THEN 'b' ELSE 'c' END, CASE 2 WHEN 1 THEN 'x' WHEN 2 THEN 'y' END, CASE WHEN false THEN 1 END
SELECT CASE WHEN true THEN 1 ELSE 2.5 END, CASE WHEN false THEN 1 ELSE 2.5 END, CASE WHEN true THEN NULL ELSE 1 END
SELECT CASE WHEN 1 = 1 THEN 5 ELSE 1 / 0 END
SELECT coalesce(NULL, 1), coalesce(NULL, NULL, 'x'), coalesce(1, 2.5), coalesce(NULL), nullif(1, 1), nullif(1, 2), nullif('a', 'b'), nullif(1.0, 1)
SELECT 1 + NULL, NULL || 'a', NULL AND false, length(NULL), abs(NULL::int)
SELECT '5' + 3, '5' * '3'::int, 2.5 + '1.5'
SELECT '5' = 5, 5 > '3', 'a' = 'a', '2024-01-01'::date = '2024-01-01'
SELECT 'abc' = 5
SELECT 5 = 'abc'
SELECT 1 + 'x'
SELECT 1 = true
SELECT 'a' + 'b'
SELECT 1 || 2
SELECT true || false
SELECT 'a' || 1, 1 || 'a', 'a' || true, 'a' || 1.50, 'x' || NULL, 'd' || DATE '2024-01-01'
SELECT 1 AND true
SELECT NOT 1
SELECT CASE WHEN 1 THEN 2 END
SELECT pg_typeof(1), pg_typeof(1.5), pg_typeof('a'::text), pg_typeof(1 + 1.5), pg_typeof(now()), pg_typeof(1::int2 + 1::int2), pg_typeof(1 / 2.0::float4)
SELECT 0x10
SELECT 1 AS a, 2 AS "B c", 3 "D", 4 e
SELECT 'a', 1 + 1, -1, now() IS NULL, coalesce(1, 2), CASE WHEN true THEN 1 END, 'x'::text, 1::int8, (SELECT 1), (SELECT 1 AS z), EXISTS (SELECT 1), length('a'), true, DATE '2024-01-01', CAST('a' AS varchar(5))
SELECT 'it''s', E'a\tb', E'\x41\u00e9', $$dollar$$, U&'\0041'
SELECT 12345678901 * 10, 1.5e3, 1e3, 0.00001, 100000000000000000000.5 > 1
SELECT 1.10 = 1.1, 1.10 + 1.1, 2.50 * 2, 3.0
SELECT sum(x) FROM (VALUES (0.1), (0.2), (0.3)) AS v(x)
SELECT nosuch(1)
SELECT length(5)
SELECT abs('x')
SELECT substr('abc', 'x')
SELECT foo
SELECT 1 FROM nosuch
SELECT cast('a' AS nosuchtype)
SELECT '1'::nosuchtype
SELECT asinh(0.75::float8), acosh(1.25::float8), atanh(0.25::float8), atanh(1), sind(30), cosd(60), tand(135), cotd(45), asind(-0.5), acosd(0.5), atand(1), atan2d(-1, 1)
SELECT sind(180), cosd(90), tand(90), cotd(0), sind(390), cosd(-240), sind(12.5), cosd(200.25)
SELECT acosh(0.5)
SELECT atanh(-1.5)
SELECT cosd('infinity')
SELECT trim_scale(7.500), min_scale(7.500), min_scale(12), min_scale(0.0125)
