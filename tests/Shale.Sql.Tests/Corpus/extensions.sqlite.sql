-- Statements of Shale that SQLite does not know, in dialect sqlite. A statement ends at a semicolon at the end of a line.
CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT) WITH (shard_key = 'id', vindex = 'hash');
CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT) WITH (shard_key = id) STRICT;
CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT) STRICT, WITHOUT ROWID WITH (reference = true);
CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT) WITHOUT ROWID WITH (shard_key = "id", vindex = hash) STRICT;
SHOW KEYSPACES;
SHOW TABLES;
SHOW VSCHEMA VINDEXES ON users;
SET lock_timeout = '5s';
SET dialect TO postgres;
RESET ALL;
USE main:-80@replica;
USE "main";
VEXPLAIN PLAN SELECT * FROM t WHERE id = ?;
ALTER VSCHEMA ON t ADD VINDEX v (a) USING hash WITH owner=t;
ALTER VSCHEMA ADD TABLE t;
VERIFY VINDEX v ON t;
