-- refused: 4
SELECT DATE '2024-01-31', TIMESTAMP '2024-01-31 12:34:56.789', TIMESTAMPTZ '2024-01-31 12:34:56+02', TIME '12:34', TIME '12:34:56.5', INTERVAL '1 day'
SELECT '2024-01-31'::date, '20240131'::date, 'Jan 31, 2024'::date, '31 Jan 2024'::date, '1/31/2024'::date, '2024-1-5'::date, 'January 5 2024'::date, '2024-01-31 10:00'::date
SELECT '2024-02-30'::date
SELECT 'foo'::date
SELECT ''::date
SELECT '2024-13-01'::date
SELECT '2024-01-31T10:20:30'::timestamp, '2024-01-31 10:20'::timestamp, '2024-01-31'::timestamp, '2024-01-31 10:20:30.123456789'::timestamp, '2024-01-31 10:20:30Z'::timestamp, '2024-01-31 1:02:03 PM'::timestamp
SELECT '2024-01-31 10:20:30+02'::timestamptz, '2024-01-31 10:20:30-05:30'::timestamptz, '2024-01-31 10:20:30Z'::timestamptz, '2024-01-31 10:20:30 UTC'::timestamptz, '2024-01-31 10:20:30'::timestamptz
SELECT '25:00'::time
SELECT '10:20:30.5'::time, '10:20 PM'::time, '2024-01-01 10:20:30'::time, '24:00'::time
SELECT 'infinity'::date, '-infinity'::timestamp, 'infinity'::timestamp > '2024-01-01', '-infinity'::timestamp < '2024-01-01', 'epoch'::timestamp
SELECT DATE '2024-01-31' + 1, DATE '2024-03-01' - 1, 1 + DATE '2024-01-31', DATE '2024-03-01' - DATE '2024-02-01', DATE '2024-01-31' + INTERVAL '1 month', DATE '2024-01-31' - INTERVAL '1 day', DATE '2024-01-31' + TIME '10:00'
SELECT TIMESTAMP '2024-01-31 10:00' + INTERVAL '1 month', TIMESTAMP '2024-03-31 10:00' - INTERVAL '1 month', TIMESTAMP '2024-01-31' + INTERVAL '1 day 2 hours', TIMESTAMPTZ '2024-01-31 10:00+00' + INTERVAL '90 minutes', TIMESTAMP '2024-02-29' + INTERVAL '1 year'
SELECT TIMESTAMP '2024-03-01 12:00' - TIMESTAMP '2024-02-01 10:00', TIMESTAMP '2024-02-01' - TIMESTAMP '2024-03-01 01:00', DATE '2024-03-01' - TIMESTAMP '2024-02-28 12:00', TIMESTAMPTZ '2024-03-01 00:00+02' - TIMESTAMPTZ '2024-03-01 00:00+00'
SELECT TIME '10:00' + INTERVAL '15 hours', TIME '10:00' - INTERVAL '11 hours', TIME '10:00' - TIME '11:30'
SELECT TIMESTAMP '2024-01-31' + '1 day', TIMESTAMP '2024-01-31' - '2024-01-01', DATE '2024-01-31' - '2024-01-01'
SELECT INTERVAL '1 year 2 months 3 days 04:05:06.7', INTERVAL '1.5 days', INTERVAL '1.5 months', INTERVAL '-1 day', INTERVAL '1 day -1 hour', INTERVAL '2 weeks', INTERVAL '90 minutes', INTERVAL '1-2', INTERVAL 'P1Y2M3DT4H5M6S', INTERVAL '1 day ago', INTERVAL '100 hours', INTERVAL '0', INTERVAL '-1 year -2 months +3 days'
SELECT INTERVAL '5' DAY, INTERVAL '5' HOUR, INTERVAL '1 2' DAY TO HOUR, INTERVAL '3' YEAR, INTERVAL '10' MINUTE, INTERVAL '1.5' SECOND
SELECT INTERVAL 'foo'
SELECT INTERVAL '1 day' + INTERVAL '2 hours', INTERVAL '1 day' - INTERVAL '2 hours', INTERVAL '1 day' * 2.5, INTERVAL '1 month' / 2, -INTERVAL '1 day', 3 * INTERVAL '1 hour', INTERVAL '1 year' * 1.5, INTERVAL '10 days' / 3, INTERVAL '1 mon 1 day' * 0.5
SELECT INTERVAL '1 day' = INTERVAL '24 hours', INTERVAL '1 month' > INTERVAL '29 days', INTERVAL '1 day' < INTERVAL '2 hours', INTERVAL '1 day' BETWEEN INTERVAL '1 hour' AND INTERVAL '1 month'
SELECT EXTRACT(YEAR FROM DATE '2024-02-29'), EXTRACT(MONTH FROM DATE '2024-02-29'), EXTRACT(DAY FROM DATE '2024-02-29'), EXTRACT(DOW FROM DATE '2024-02-25'), EXTRACT(ISODOW FROM DATE '2024-02-25'), EXTRACT(DOY FROM DATE '2024-02-29'), EXTRACT(WEEK FROM DATE '2024-01-01'), EXTRACT(QUARTER FROM DATE '2024-05-05'), EXTRACT(EPOCH FROM DATE '2024-01-01'), EXTRACT(CENTURY FROM DATE '2000-12-31'), EXTRACT(DECADE FROM DATE '2024-01-01'), EXTRACT(MILLENNIUM FROM DATE '2001-01-01'), EXTRACT(ISOYEAR FROM DATE '2021-01-01'), EXTRACT(JULIAN FROM DATE '2024-01-01')
SELECT EXTRACT(HOUR FROM TIMESTAMP '2024-01-31 12:34:56.789'), EXTRACT(MINUTE FROM TIMESTAMP '2024-01-31 12:34:56.789'), EXTRACT(SECOND FROM TIMESTAMP '2024-01-31 12:34:56.789'), EXTRACT(MILLISECONDS FROM TIMESTAMP '2024-01-31 12:34:56.789'), EXTRACT(MICROSECONDS FROM TIMESTAMP '2024-01-31 12:34:56.789'), EXTRACT(EPOCH FROM TIMESTAMP '2024-01-31 12:34:56.789'), EXTRACT(EPOCH FROM TIMESTAMPTZ '2024-01-31 12:34:56+02'), EXTRACT(TIMEZONE FROM TIMESTAMPTZ '2024-01-31 12:34:56+02')
SELECT EXTRACT(HOUR FROM DATE '2024-01-01')
SELECT EXTRACT(FOO FROM DATE '2024-01-01')
SELECT EXTRACT(HOUR FROM TIME '12:34'), EXTRACT(EPOCH FROM INTERVAL '1 day 2 hours'), EXTRACT(DAY FROM INTERVAL '40 days'), EXTRACT(MONTH FROM INTERVAL '14 months'), EXTRACT(YEAR FROM INTERVAL '14 months'), EXTRACT(HOUR FROM INTERVAL '100 hours'), EXTRACT(EPOCH FROM INTERVAL '1 year 1 month'), EXTRACT(SECOND FROM INTERVAL '1.5 seconds')
SELECT date_part('year', DATE '2024-02-29'), date_part('epoch', TIMESTAMP '2024-01-31 12:34:56.789'), date_part('hour', TIMESTAMP '2024-01-31 12:34'), date_part('day', INTERVAL '3 days'), date_part('minute', TIME '10:20'), date_part('hour', DATE '2024-01-01')
SELECT date_trunc('month', TIMESTAMP '2024-02-29 12:34:56'), date_trunc('year', TIMESTAMP '2024-02-29 12:34'), date_trunc('week', TIMESTAMP '2024-02-29 12:34'), date_trunc('quarter', TIMESTAMP '2024-05-29 12:34'), date_trunc('hour', TIMESTAMP '2024-02-29 12:34'), date_trunc('day', DATE '2024-02-29'), date_trunc('month', TIMESTAMPTZ '2024-02-29 12:34+00'), date_trunc('second', TIMESTAMP '2024-02-29 12:34:56.7'), date_trunc('decade', TIMESTAMP '2024-02-29'), date_trunc('century', TIMESTAMP '2024-02-29'), date_trunc('hour', INTERVAL '1 day 02:34:56')
SELECT date_trunc('foo', TIMESTAMP '2024-02-29')
SELECT age(TIMESTAMP '2024-03-01', TIMESTAMP '2024-01-31'), age(TIMESTAMP '2024-01-31', TIMESTAMP '2024-03-01'), age(DATE '2001-04-10', DATE '1957-06-13'), age(TIMESTAMP '2024-02-29 10:00', TIMESTAMP '2023-02-28 11:00'), age(TIMESTAMP '2024-05-31', TIMESTAMP '2024-02-29')
SELECT make_date(2024, 2, 29), make_time(10, 20, 30.5), make_timestamp(2024, 2, 29, 10, 20, 30.5), make_interval(1, 2, 3, 4, 5, 6, 7.5), make_interval(days => 10), make_interval(hours => 3, mins => 4), make_timestamptz(2024, 2, 29, 10, 20, 30)
SELECT make_date(2024, 2, 30)
SELECT to_timestamp(0), to_timestamp(1700000000.5), to_timestamp('2024-01-31 12:34:56', 'YYYY-MM-DD HH24:MI:SS'), to_date('31/01/2024', 'DD/MM/YYYY'), to_date('20240131', 'YYYYMMDD'), to_date('Jan 31 2024', 'Mon DD YYYY'), to_timestamp('2024-01-01 05:06 PM', 'YYYY-MM-DD HH12:MI AM')
SELECT to_char(TIMESTAMP '2024-01-05 15:04:05.678', 'YYYY-MM-DD HH24:MI:SS'), to_char(TIMESTAMP '2024-01-05 15:04:05.678', 'Day, DD Month YYYY HH12:MI:SS AM'), to_char(TIMESTAMP '2024-01-05 15:04:05.678', 'FMDay, FMDD FMMonth YYYY'), to_char(TIMESTAMP '2024-01-05 15:04:05.678', 'Dy Mon DDth MS US Q WW IW J DDD D ID'), to_char(TIMESTAMP '2024-01-05 15:04:05', 'yyyy-mm-dd"T"hh24:mi:ss'), to_char(DATE '2024-01-05', 'YY/MM/DD'), to_char(TIMESTAMPTZ '2024-01-05 15:04:05+00', 'YYYY-MM-DD HH24:MI:SS TZ OF'), to_char(TIMESTAMP '2024-11-23', 'MON DAY month RM IYYY CC')
SELECT to_char(123.456, '999.99'), to_char(-123.456, '999.99'), to_char(1234567, '9,999,999'), to_char(5, '000'), to_char(0.5, '0.99'), to_char(0.5, '9.99'), to_char(123, 'FM999999'), to_char(1234.5, 'FM9,999.00'), to_char(12345, '999'), to_char(0, '9'), to_char(-5, 'FM00'), to_char(1.50, 'FM9.99'), to_char(12, '99999')
SELECT TIMESTAMP '2024-01-31 12:00' AT TIME ZONE 'UTC', TIMESTAMPTZ '2024-01-31 12:00+00' AT TIME ZONE 'UTC', TIMESTAMPTZ '2024-01-31 12:00+00' AT TIME ZONE '+02', timezone('UTC', TIMESTAMPTZ '2024-01-31 12:00+02')
SELECT TIMESTAMPTZ '2024-01-31 23:00-03'::date, TIMESTAMPTZ '2024-01-31 23:00-03'::timestamp, TIMESTAMP '2024-01-31 23:00'::date, TIMESTAMP '2024-01-31 23:00'::time, DATE '2024-01-31'::timestamp, DATE '2024-01-31'::timestamptz, TIMESTAMP '2024-01-31 23:00'::timestamptz, TIME '10:00'::interval, INTERVAL '25 hours'::time
SELECT TIMESTAMP '2024-01-31 12:34:56.789'::timestamp(0), TIMESTAMP '2024-01-31 12:34:56.789'::timestamp(1), TIME '12:34:56.789'::time(0), '2024-01-31 12:34:56.789'::timestamptz(0)
SELECT DATE '2024-01-31' = TIMESTAMP '2024-01-31 00:00', DATE '2024-01-31' < TIMESTAMPTZ '2024-01-31 12:00+00', TIMESTAMP '2024-01-31' = '2024-01-31', DATE '2024-01-31' BETWEEN '2024-01-01' AND '2024-12-31', DATE '2024-01-31' IN ('2024-01-31', '2024-02-01'), TIMESTAMPTZ '2024-01-31 12:00+02' = TIMESTAMPTZ '2024-01-31 10:00+00'
SELECT justify_days(INTERVAL '35 days'), justify_hours(INTERVAL '27 hours'), justify_interval(INTERVAL '1 mon -1 hour'), isfinite(DATE '2024-01-01'), isfinite('infinity'::timestamp)
SELECT date_bin('15 minutes', TIMESTAMP '2020-02-11 15:44:17', TIMESTAMP '2001-01-01')
SELECT now() = now(), now() > '2020-01-01', current_date <= now()::date, current_timestamp = now(), localtimestamp = now()::timestamp, now() - INTERVAL '1 day' < now(), age(current_date, current_date)
SELECT DATE '9999-12-31' + 1 > DATE '9999-12-31'
SELECT greatest(DATE '2024-01-01', DATE '2024-02-01'), least(TIMESTAMP '2024-01-01', '2023-01-01'), coalesce(NULL, DATE '2024-01-01'), nullif(DATE '2024-01-01', '2024-01-01')
SELECT max(d), min(d), count(DISTINCT d) FROM (VALUES (DATE '2024-01-01'), ('2024-02-01'), (NULL)) AS v(d)
SELECT sum(i), avg(i), min(i), max(i) FROM (VALUES (INTERVAL '1 day'), ('2 hours'), (NULL)) AS v(i)
SELECT '2024-01-31'::date::text, '2024-01-31'::timestamp::text || 'x', INTERVAL '36 hours'::text, '2024-01-31 10:00+02'::timestamptz::varchar
SELECT 'Jan 2024'::date
SELECT DATE '0001-01-01' - 1
SELECT date '240229', date '2024.060', timestamp '240229 123456', timestamp '20240229T123456'
SELECT date '241399'
SELECT date '+infinity'
SELECT (date '2024-01-01', date '2024-02-01') OVERLAPS (date '2024-02-01', date '2024-03-01'), (date '2024-02-02', date '2024-01-01') OVERLAPS (date '2024-02-01', date '2024-03-01')
SELECT (timestamp '2024-01-01', interval '36 hours') OVERLAPS (timestamp '2024-01-02 11:00', timestamp '2024-01-05'), (timestamp '2024-01-01', timestamp '2024-01-02') OVERLAPS (timestamp '2024-01-02', interval '1 day')
SELECT (time '08:00', time '09:00') OVERLAPS (time '08:30', time '08:45'), (date '2024-01-01', NULL) OVERLAPS (date '2024-01-01', date '2024-01-02'), (date '2024-01-01', date '2024-01-09') OVERLAPS (date '2024-01-05', NULL)
SELECT date_trunc('month', timestamptz '2024-02-29 23:30:00+00', 'UTC'), date_trunc('day', timestamptz '2024-02-29 23:30:00+00', '-03'), make_timestamptz(2024, 2, 29, 8, 15, 30.5, '+05:30'), make_timestamptz(2024, 2, 29, 8, 15, 30, 'UTC')
SELECT justify_hours(interval '2147483647 days 24 hrs')
SELECT justify_days(interval '2147483647 months 30 days')
SELECT justify_interval(interval '2147483647 days 24 hrs'), justify_hours(interval '27 hours -1 days'), justify_days(interval '35 days -1 mons')
SELECT interval '9223372036854777 millisecond'
SELECT interval '1 second 2 seconds'
SELECT interval '1 hour 02:03'
SELECT interval '1 day 2 hours 3 minutes', interval '1 week 2 days 03:04:05', interval '1 year 2 mons 3 weeks'
CREATE TABLE ranged (id int PRIMARY KEY, d date, t timestamp, z timestamptz)
INSERT INTO ranged VALUES (1, '2024-01-01', '2024-01-01 10:00', '2024-01-01 10:00+00'), (2, '2024-01-02', '2024-01-01 10:30', '2024-01-01 11:00+00'), (3, '2024-01-02', '2024-01-01 12:00', '2024-01-01 11:00:00.000001+00'), (4, '2024-01-07', '2024-02-01 00:00', NULL), (5, NULL, NULL, NULL), (6, '2024-01-08', '2024-02-01 01:00', '2024-02-02 00:00+00')
SELECT id, count(*) OVER (ORDER BY d RANGE BETWEEN '1 day' PRECEDING AND CURRENT ROW), sum(id) OVER (ORDER BY d RANGE '5 days' PRECEDING) FROM ranged ORDER BY id
SELECT id, count(*) OVER (ORDER BY t RANGE BETWEEN '30 minutes' PRECEDING AND '90 minutes' FOLLOWING), count(*) OVER (ORDER BY z RANGE BETWEEN UNBOUNDED PRECEDING AND interval '1 hour' FOLLOWING) FROM ranged ORDER BY id
SELECT id, min(id) OVER (ORDER BY d DESC NULLS LAST RANGE BETWEEN '1 day' PRECEDING AND '1 day' FOLLOWING), max(id) OVER (ORDER BY t DESC RANGE BETWEEN '2 hours' FOLLOWING AND UNBOUNDED FOLLOWING) FROM ranged ORDER BY id
SELECT id, count(*) OVER w, sum(id) OVER w FROM ranged WINDOW w AS (PARTITION BY id % 2 ORDER BY d RANGE BETWEEN '1 week' PRECEDING AND '12 hours' FOLLOWING EXCLUDE CURRENT ROW) ORDER BY id
SELECT id, count(*) OVER (ORDER BY d RANGE BETWEEN '-1 day' PRECEDING AND CURRENT ROW) FROM ranged
SELECT count(*) OVER (ORDER BY x RANGE '1 day' PRECEDING) FROM (VALUES (date 'infinity')) q(x)
