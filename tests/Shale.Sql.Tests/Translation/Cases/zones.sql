-- refused: 3
CREATE TABLE z (id int PRIMARY KEY, t timestamptz, l timestamp, n text)
INSERT INTO z VALUES (1, '2024-01-31 12:00+00', '2024-01-31 12:00', 'Europe/Oslo'), (2, '2024-07-01 12:00+00', '2024-07-01 12:00', 'America/New_York')
INSERT INTO z VALUES (3, '2024-03-31 00:59:59+00', '2024-03-31 02:30', 'Europe/Oslo'), (4, '2024-03-31 01:00+00', '2024-03-31 03:00', 'Europe/Oslo')
INSERT INTO z VALUES (5, '2024-10-27 00:30+00', '2024-10-27 02:30', 'Europe/Oslo'), (6, '2024-10-27 01:30+00', '2024-10-27 02:00', 'Europe/Oslo'), (7, '2024-10-27 01:00+00', '2024-10-27 03:00', 'Europe/Oslo')
INSERT INTO z VALUES (8, '1999-12-31 23:59:59.999999+00', '2038-01-20 00:00', 'Asia/Kolkata'), (9, '2050-07-01 00:00+00', '2050-07-01 00:00', 'Australia/Lord_Howe'), (10, 'infinity', '-infinity', 'Asia/Tokyo'), (11, NULL, NULL, NULL)
SELECT id, t AT TIME ZONE n, l AT TIME ZONE n FROM z ORDER BY id
SELECT id, t AT TIME ZONE 'Europe/Oslo', l AT TIME ZONE 'Europe/Oslo' FROM z ORDER BY id
SELECT id, t AT TIME ZONE 'America/New_York', l AT TIME ZONE 'America/New_York' FROM z ORDER BY id
SELECT id, timezone('Pacific/Auckland', t), timezone('Pacific/Auckland', l) FROM z ORDER BY id
SELECT id, (l AT TIME ZONE 'Europe/Oslo') AT TIME ZONE 'Europe/Oslo' = l FROM z ORDER BY id
SELECT g, g AT TIME ZONE 'Europe/Oslo', g AT TIME ZONE 'America/Sao_Paulo', g AT TIME ZONE 'Africa/Casablanca' FROM generate_series(timestamptz '2018-01-01', '2025-12-31', interval '9 days 7 hours 13 minutes') g ORDER BY g
SELECT g, g AT TIME ZONE 'Europe/London', g AT TIME ZONE 'America/Sao_Paulo', g AT TIME ZONE 'Asia/Tehran' FROM generate_series(timestamp '1973-01-03', '2025-12-31', interval '33 days 7 hours 13 minutes') g ORDER BY g
SELECT g, g AT TIME ZONE 'Europe/Oslo', g AT TIME ZONE 'America/New_York', g AT TIME ZONE 'Australia/Lord_Howe' FROM generate_series(timestamp '2024-03-09', '2024-04-08', interval '30 minutes') g ORDER BY g
SELECT g, g AT TIME ZONE 'Europe/Oslo', g AT TIME ZONE 'America/New_York', g AT TIME ZONE 'Australia/Lord_Howe' FROM generate_series(timestamp '2024-10-05', '2024-11-05', interval '30 minutes') g ORDER BY g
SELECT id, date_trunc('day', t, 'Europe/Oslo'), date_trunc('hour', t, 'Europe/Oslo'), date_trunc('month', t, 'America/New_York'), date_trunc('minute', t, 'Asia/Kolkata') FROM z ORDER BY id
SELECT date_trunc('day', t AT TIME ZONE 'Europe/Oslo') AS d, count(*) FROM z GROUP BY 1 ORDER BY 1
SELECT make_timestamptz(2024, 7, 1, 12, 0, 0, 'Europe/Oslo'), make_timestamptz(2024, 1, 1, 12, 0, 0, '+02')
SELECT t AT TIME ZONE 'Europe/Atlantis' FROM z WHERE id = 1
SELECT t AT TIME ZONE '../etc/passwd' FROM z WHERE id = 1
SELECT t AT TIME ZONE 'Europe/Oslo' FROM z WHERE t AT TIME ZONE 'Europe/Oslo' > '2024-07-01' ORDER BY t
SELECT timestamptz '1970-01-01 00:00+00' AT TIME ZONE 'Europe/Oslo'
SELECT timestamptz '2024-01-01 00:00+00' AT TIME ZONE 'CET'
