-- refused: 0
CREATE TABLE m (id int PRIMARY KEY, p numeric(10,2) DEFAULT 1.50 CHECK (p < 1000), q numeric, g numeric(12,3) GENERATED ALWAYS AS (p * 2) STORED, UNIQUE (p))
INSERT INTO m (id, p, q) VALUES (1, 12.5, 1.25), (2, 0.005, 3), (3, -7, 1e14), (4, NULL, NULL)
INSERT INTO m (id, q) VALUES (5, 0.1)
INSERT INTO m (id, p) VALUES (6, 12.50)
INSERT INTO m (id, p) VALUES (6, 1000)
INSERT INTO m (id, p, q) VALUES (1, 5, 5) ON CONFLICT (id) DO UPDATE SET p = excluded.p + m.p, q = excluded.q / 3.2 RETURNING id, p, q, g
INSERT INTO m (id, p, q) SELECT id + 10, p + 1, q * 2 FROM m WHERE q < 10
INSERT INTO m (id, p, q) SELECT 21, 300, 7 UNION SELECT 22, 301.5, 8.5
SELECT * FROM m ORDER BY id
SELECT id, p::text, g::text FROM m ORDER BY id
SELECT id FROM m WHERE p = 17.50 OR q = 8.50 ORDER BY id
SELECT id FROM m WHERE p > 10 AND q BETWEEN 1 AND 9 ORDER BY id
SELECT id FROM m WHERE p IN (1.5, 300.0) OR q IN (SELECT p - 293 FROM m) ORDER BY id
SELECT id FROM m WHERE q = 0.1000000000000000055 OR p = 17.500000000000000001
SELECT p, count(*), sum(q), avg(p), min(q), max(g) FROM m GROUP BY p ORDER BY p
SELECT DISTINCT q FROM m ORDER BY q DESC
SELECT a.id, b.id FROM m a JOIN m b ON a.p = b.q + 10 ORDER BY 1, 2
UPDATE m SET p = p / 3, q = q + 0.25 WHERE id IN (1, 2, 5)
UPDATE m SET (p, q) = (SELECT 77.777, 6) WHERE id = 3
SELECT id, p, q, g FROM m ORDER BY p, id
DELETE FROM m WHERE p = 77.78 RETURNING *
INSERT INTO m (id, p, q) VALUES (31, 300.00, 1) ON CONFLICT (p) DO UPDATE SET q = m.q + excluded.q RETURNING id, p, q
CREATE UNIQUE INDEX m_q ON m (q) WHERE q > 100
INSERT INTO m (id, p, q) VALUES (32, 400, 101.5), (33, 401, 102)
INSERT INTO m (id, p, q) VALUES (34, 402, 101.50)
INSERT INTO m (id, p, q) VALUES (34, 402, 101.50) ON CONFLICT (q) WHERE q > 100 DO NOTHING
CREATE INDEX m_p ON m (p)
SELECT id, q FROM m WHERE p > 399.5 ORDER BY p DESC
