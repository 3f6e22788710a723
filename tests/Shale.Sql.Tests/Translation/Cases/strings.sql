SELECT length('abc'), length('héé'), length('😀a'), char_length('abc'), octet_length('hé'), bit_length('a'), length('')
SELECT upper('aé'), lower('AÉ'), initcap('hello wORLD foo-bar o''neil 1st'), upper('ß')
SELECT substring('hello' FROM 2 FOR 3), substring('hello' FROM 2), substring('hello', 2, 3), substr('hello', 0, 3), substr('hello', -1, 3), substr('hello', 4, 10), substr('hello', 10), substring('héllo' FROM 2 FOR 2), substring('hello' FOR 2)
SELECT substr('hello', 2, -1)
SELECT position('l' IN 'hello'), position('x' IN 'hello'), position('' IN 'hello'), strpos('hello', 'lo'), strpos('héllo', 'l')
SELECT left('hello', 2), left('hello', -2), right('hello', 2), right('hello', -2), left('hello', 10), left('hello', -10), right('hello', 0), left('h', 0)
SELECT lpad('hi', 5, 'xy'), rpad('hi', 5, 'xy'), lpad('hello', 3), rpad('hello', 3), lpad('hi', 5), rpad('hi', 5) || '|', lpad('hi', 5, ''), lpad('hi', -1, 'x')
SELECT trim('  a  '), trim(BOTH 'x' FROM 'xxaxx'), trim(LEADING 'x' FROM 'xxaxx'), trim(TRAILING FROM 'a  '), btrim('xyaxy', 'xy'), ltrim('  a'), rtrim('a  ') || '|', ltrim('zzzytest', 'xyz'), btrim('abc', '')
SELECT replace('hello', 'l', 'L'), replace('aaa', 'a', 'bb'), replace('abc', '', 'x'), translate('12345', '143', 'ax'), reverse('héllo'), repeat('ab', 3), repeat('ab', 0), repeat('ab', -1)
SELECT split_part('a,b,c', ',', 2), split_part('a,b,c', ',', 5), split_part('a,b,c', ',', -1), split_part('abc', '', 1), split_part('', ',', 1)
SELECT split_part('a', ',', 0)
SELECT concat('a', 1, NULL, true, 2.50), concat_ws(',', 'a', NULL, 'b', 3), concat_ws(NULL, 'a', 'b'), concat('a')
SELECT format('Hello %s, %1$s %I %L %%', 'World', 'col name', 'it''s'), format('%s', NULL), format('%L', NULL), format('%I', 'abc'), format('%I', 'select')
SELECT format('%s %s', 'a')
SELECT md5('hello'), md5(''), ascii('a'), ascii('é'), ascii(''), chr(65), chr(233), chr(128512)
SELECT chr(0)
SELECT starts_with('hello', 'he'), starts_with('hello', 'lo'), overlay('Txxxxas' PLACING 'hom' FROM 2 FOR 4), overlay('abcdef' PLACING 'XX' FROM 3)
SELECT encode('abc'::bytea, 'hex'), encode('abc'::bytea, 'base64'), encode('\x00ff41'::bytea, 'escape'), decode('616263', 'hex'), decode('YWJj', 'base64'), encode(sha256('abc'::bytea), 'hex')
SELECT decode('zz', 'hex')
SELECT quote_literal('it''s'), quote_ident('a b'), quote_ident('abc'), quote_ident('select'), quote_nullable(NULL), quote_literal('a\b')
SELECT 'abc' LIKE 'a%', 'abc' LIKE 'A%', 'abc' ILIKE 'A%', 'abc' LIKE '_b_', 'abc' NOT LIKE 'x%', 'a%c' LIKE 'a\%c', 'abc' LIKE 'a\%c', 'a_c' LIKE 'a!_c' ESCAPE '!', 'abc' LIKE 'a!_c' ESCAPE '!', 'é' LIKE '_', '😀' LIKE '_', 'a*b' LIKE 'a*b', 'a[b' LIKE 'a[b', 'axb' LIKE 'a?b'
SELECT 'abc' LIKE 'abc\'
SELECT 'a\c' LIKE 'a\\c', 'abc' LIKE '%', '' LIKE '', '' LIKE '%', 'abc' LIKE '%c', 'abc' LIKE '%b%', 'ABC' ILIKE '%b%', 'x' LIKE NULL, 'ÀB' ILIKE 'àb'
SELECT 'abc' LIKE 'a' || '%', 'abc' LIKE x FROM (VALUES ('a%'), ('b%')) AS v(x)
SELECT 'abc' SIMILAR TO 'abc', 'abc' SIMILAR TO 'a', 'abc' SIMILAR TO '%(b|d)%', 'abc' SIMILAR TO '(b|c)%', 'abc' SIMILAR TO 'a_c', 'a.c' SIMILAR TO 'a.c', 'abc' SIMILAR TO 'a.c', 'aab' SIMILAR TO 'a+b', 'abc' SIMILAR TO '[a-c]{3}', 'abc' NOT SIMILAR TO 'x%'
SELECT 'abc' ~ 'b', 'abc' ~ '^b', 'abc' ~* 'B', 'abc' !~ 'x', 'abc' !~* 'B', 'abc' ~ '^a.c$', 'foo bar' ~ '\mbar\M', 'foobar' ~ '\mbar', 'a1' ~ '^[[:alpha:]][[:digit:]]$', 'a' ~ '\d', '1' ~ '\d', E'a\nb' ~ 'a.b', E'a\nb' ~ 'a$', 'abc' ~ 'a|x', 'a+b' ~ 'a\+b', 'aXb' ~ 'a[^[:lower:]]b'
SELECT 'abc' ~ '('
SELECT 'abc' ~ 'a{2}', 'aab' ~ 'a{2}', 'a{' ~ 'a\{', 'ab' ~ '(?:a)(b)', 'aa' ~ '(a)\1', 'foo' ~ 'fo(?=o)', 'foo' ~ 'fo(?!o)', 'A' ~ '[a-z]', 'A' ~* '[a-z]', ']' ~ '[]]', '^' ~ '[\^]', 'x y' ~ 'x y', '#' ~ '#'
SELECT regexp_replace('foobarbaz', 'b..', 'X'), regexp_replace('foobarbaz', 'b..', 'X', 'g'), regexp_replace('foobarbaz', 'b(..)', 'X\1Y', 'g'), regexp_replace('Thomas', '.[mN]a.', 'M'), regexp_replace('abc', 'B', 'x', 'i'), regexp_replace('a.b', '\.', '$1'), regexp_replace('abc', 'b', '[\&]'), regexp_replace('<a><b>', '<.*?>', '', 'g')
SELECT regexp_like('abc', 'B', 'i'), regexp_count('abcabc', 'b'), regexp_substr('foobar', 'o+'), substring('foobar' FROM 'o(.)b'), substring('foobar' FROM 'x'), regexp_count('abcabc', 'b', 3)
SELECT regexp_replace('ab', 'a|ab', 'x')
SELECT 'a' < 'b', 'B' < 'a', 'a' < 'é', 'Z' < 'a', '' < 'a', 'abc' > 'abd', 'a' = 'A', 'a ' = 'a'
SELECT 'a'::char(3) = 'a', 'a'::char(3) = 'a  ', 'a'::char(3)::text || '|', length('a'::char(3)), 'a'::char(3) || 'b', 'abcdef'::char(3), 'abcdef'::varchar(3), 'ab'::varchar(5), 'é'::char(2), octet_length('a'::char(3))
SELECT 'abc'::char, 'abc'::varchar, 'a'::char(2) < 'b'::char(3), 'a'::char(5) = 'a'::char(2)
SELECT '\x4142'::bytea, 'AB'::bytea, '\x4142'::bytea || '\x43'::bytea, length('\x4142'::bytea), '\x41'::bytea = 'A'::bytea, '\x41'::bytea < '\x42'::bytea, substring('\x414243'::bytea FROM 2), E'\\\\x'::bytea
SELECT 'A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11'::uuid, '{a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11}'::uuid = 'A0EEBC999C0B4EF8BB6D6BB9BD380A11', 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'::uuid::text
SELECT 'xyz'::uuid
SELECT length(gen_random_uuid()::text), gen_random_uuid() <> gen_random_uuid(), random() BETWEEN 0 AND 1
SELECT string_agg(x, ',' ORDER BY x DESC), string_agg(x, '-') , string_agg(DISTINCT y, ','), count(DISTINCT y) FROM (VALUES ('a', 'p'), ('b', 'p'), ('c', 'q')) AS v(x, y)
SELECT 'a' COLLATE "C" < 'b', 'a' || 'b' COLLATE "POSIX"
SELECT text 'abc', varchar 'x', char(3) 'ab'
SELECT text(5), date('2024-01-05'), int4('7'), float8('1.5')
-- refused: 1
SELECT format('[%8s][%-8s][%2$4s]', 'left', 'right'), format('%*s|%-*s|', 6, 'a', 6, 'b'), format('%*2$s', 'wide', 9), format('%-12L|%12I|', 'o''k', 'a b'), format('%2s', 'longer')
SELECT format('%d', 1)
SELECT format('%s %s', 1)
SELECT format('%3$*0$s', 1, 2, 3)
SELECT hashtext('hello'), hashtext(''), hashtext('ein längerer Text, auch über zwölf Bytes'), hashtext(NULL), hashtextextended('hello', 0), hashtextextended('hello', -42), hashtextextended('', 1), hashtext('hello'::varchar), hashtext('a'::name)
SELECT g, hashtext(repeat('x', g)), hashtextextended(repeat('é', g), 5000000000) FROM generate_series(1, 30) g ORDER BY g
