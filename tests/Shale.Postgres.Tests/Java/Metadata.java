import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.sql.Timestamp;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** What a program on PostgreSQL's JDBC driver asks and does: prints it, so that two databases can be compared. */
public final class Metadata {
    private static final String ALL = "%";

    private interface Question {
        ResultSet ask() throws SQLException;
    }

    public static void main(String[] arguments) throws Exception {
        try (Connection connection = DriverManager.getConnection(arguments[0])) {
            DatabaseMetaData data = connection.getMetaData();
            print("schemas", () -> data.getSchemas(null, "public"), 1);
            for (String pattern : new String[] {ALL, "auth%", "book"}) {
                print("tables " + pattern, () -> data.getTables(null, "public", pattern, null), 2, 3, 4, 5);
            }
            print("kinds of tables", data::getTableTypes, 1);
            print("columns", () -> data.getColumns(null, "public", ALL, ALL), 2, 3, 4, 5, 6, 7, 9, 10, 11, 12, 13, 16, 17, 18, 23);
            print("column", () -> data.getColumns(null, "public", "book", "t%"), 3, 4, 5, 6);
            for (String table : new String[] {"author", "book", "bare", "numbered"}) {
                print("primary key of " + table, () -> data.getPrimaryKeys(null, "public", table), 2, 3, 4, 5, 6);
                print("imported keys of " + table, () -> data.getImportedKeys(null, "public", table), 3, 4, 7, 8, 9, 10, 11, 12, 13, 14);
                print("exported keys of " + table, () -> data.getExportedKeys(null, "public", table), 3, 4, 7, 8, 9, 10, 11, 12, 13, 14);
                print("indexes of " + table, () -> data.getIndexInfo(null, "public", table, false, true), 2, 3, 4, 6, 7, 8, 9, 10, 13);
                print("best row of " + table, () -> data.getBestRowIdentifier(null, "public", table, DatabaseMetaData.bestRowSession, true), 1, 2, 3, 4);
                print("privileges on " + table, () -> data.getTablePrivileges(null, "public", table), 3, 6);
            }
            print("keys between", () -> data.getCrossReference(null, "public", "author", null, "public", "book"), 3, 4, 7, 8, 12);
            System.out.println("keywords " + data.getSQLKeywords());
            ask("types", data::getTypeInfo);
            ask("catalogs", data::getCatalogs);
            ask("functions", () -> data.getFunctions(null, null, "lower"));
            ask("columns of functions", () -> data.getFunctionColumns(null, null, "lower", ALL));
            ask("procedures", () -> data.getProcedures(null, null, ALL));
            ask("types of users", () -> data.getUDTs(null, null, ALL, null));
            ask("settings", data::getClientInfoProperties);
            tools(connection);
            results(connection);
            writes(connection);
        }
    }

    /** As graphical tools ask when they open their trees. */
    private static void tools(Connection connection) throws SQLException {
        String[] questions = {
            "SELECT db.oid, db.datname, pg_encoding_to_char(db.encoding), pg_get_userbyid(db.datdba), shobj_description(db.oid, 'pg_database') FROM pg_catalog.pg_database db LEFT JOIN pg_tablespace ts ON ts.oid = db.dattablespace",
            "SELECT n.oid, n.*, d.description FROM pg_catalog.pg_namespace n LEFT JOIN pg_catalog.pg_description d ON d.objoid = n.oid AND d.objsubid = 0 AND d.classoid = 'pg_namespace'::regclass ORDER BY nspname",
            "SELECT c.*, pg_get_expr(c.relpartbound, c.oid), pg_get_partkeydef(c.oid) FROM pg_catalog.pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind NOT IN ('i', 'I', 'c')",
            "SELECT c.relname, a.*, pg_get_expr(ad.adbin, ad.adrelid, true) FROM pg_attribute a JOIN pg_class c ON a.attrelid = c.oid LEFT JOIN pg_attrdef ad ON a.attrelid = ad.adrelid AND a.attnum = ad.adnum WHERE c.oid = 'book'::regclass",
            "SELECT c.oid, c.*, t.relname, rt.relnamespace, pg_get_constraintdef(c.oid) FROM pg_constraint c JOIN pg_class t ON t.oid = c.conrelid LEFT JOIN pg_class rt ON rt.oid = c.confrelid WHERE c.conrelid = 'book'::regclass",
            "SELECT i.*, i.indkey AS keys, c.relname, pg_get_expr(i.indpred, i.indrelid), pg_relation_size(i.indexrelid), pg_stat_get_numscans(i.indexrelid) FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid WHERE i.indrelid = 'book'::regclass",
            "SELECT p.oid, p.*, l.lanname, e.extname FROM pg_proc p LEFT JOIN pg_language l ON l.oid = p.prolang LEFT JOIN pg_depend d ON d.objid = p.oid AND d.deptype = 'e' LEFT JOIN pg_extension e ON e.oid = d.refobjid WHERE p.pronamespace = 'public'::regnamespace",
            "SELECT r.*, shobj_description(r.oid, 'pg_authid') FROM pg_roles r", "SELECT * FROM pg_settings WHERE name = 'TimeZone'", "SELECT * FROM pg_auth_members", "SELECT * FROM pg_enum", "SELECT * FROM pg_inherits",
            "SELECT extract(epoch FROM pg_postmaster_start_time()) > 0, pg_is_in_recovery(), current_schemas(false), version()", "SELECT inet_server_port(), pg_backend_pid()",
            "SELECT c.oid, c.xmin, age(c.xmin) <= age('5'::varchar::xid) FROM pg_class c WHERE c.relname = 'book'", "SELECT abbrev, is_dst FROM pg_timezone_abbrevs LIMIT 0", "SELECT setting FROM pg_show_all_settings() WHERE name = 'server_version_num'",
            "SELECT r.rolname, x.rights FROM (SELECT (given).grantee AS who, string_agg((given).privilege_type, ',') AS rights FROM (SELECT aclexplode(relacl) AS given FROM pg_class WHERE oid = 'bare'::regclass) a GROUP BY 1) x JOIN pg_roles r ON r.oid = x.who",
            "SELECT e.extname, array_agg(v.version) FROM pg_extension e LEFT JOIN pg_available_extension_versions() v ON v.name = e.extname GROUP BY 1", "SELECT count(*) FROM pg_stat_replication", "SELECT count(*) FROM pg_replication_slots",
            "SELECT pid, cardinality(pg_blocking_pids(pid)) FROM pg_stat_activity", "SELECT p.oid::regprocedure, oidvectortypes(p.proargtypes), pg_get_functiondef(p.oid) IS NULL FROM pg_proc p WHERE p.proname = 'lower' AND p.prorettype = 'text'::regtype",
        };
        for (String question : questions) {
            ask(question, () -> connection.createStatement().executeQuery(question));
        }
    }

    private static void results(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement(); ResultSet rows = statement.executeQuery("SELECT b.id AS number, b.title, b.tags, a.rating, a.name || '!' AS loud FROM book b JOIN author a ON a.id = b.author_id WHERE false")) {
            ResultSetMetaData result = rows.getMetaData();
            for (int i = 1; i <= result.getColumnCount(); i++) {
                System.out.println("result " + String.join("|", result.getColumnLabel(i), result.getColumnName(i), result.getTableName(i), result.getColumnTypeName(i), result.getColumnClassName(i), "" + result.getPrecision(i), "" + result.getScale(i),
                        "" + result.isNullable(i), "" + result.isAutoIncrement(i), result.getSchemaName(i)));
            }
        }
    }

    private static void writes(Connection connection) throws SQLException {
        connection.setAutoCommit(false);
        try (PreparedStatement insert = connection.prepareStatement("INSERT INTO author (id, name, rating) VALUES (?, ?, ?)")) {
            for (int i = 1; i <= 20; i++) {
                insert.setInt(1, i);
                insert.setString(2, "author " + i);
                insert.setBigDecimal(3, new java.math.BigDecimal("1.25"));
                insert.addBatch();
            }
            System.out.println("batch " + insert.executeBatch().length);
        }
        Savepoint here = connection.setSavepoint();
        try (Statement statement = connection.createStatement()) {
            statement.executeUpdate("INSERT INTO author (id, name) VALUES (1, 'again')");
        } catch (SQLException failure) {
            System.out.println("refused " + failure.getSQLState());
            connection.rollback(here);
        }
        connection.commit();
        try (PreparedStatement insert = connection.prepareStatement("INSERT INTO book (author_id, title, tags, made) VALUES (?, ?, ?, ?)", new String[] {"id", "title"})) {
            insert.setInt(1, 7);
            insert.setString(2, "first");
            insert.setArray(3, connection.createArrayOf("text", new Object[] {"a", "b"}));
            insert.setTimestamp(4, Timestamp.valueOf("2026-01-02 03:04:05"));
            insert.executeUpdate();
            try (ResultSet keys = insert.getGeneratedKeys()) {
                System.out.println("generated " + keys.next() + " " + (keys.getLong(1) > 0) + " " + keys.getString(2));
            }
        }
        try (Statement statement = connection.createStatement()) {
            statement.setFetchSize(3);
            long sum = 0;
            try (ResultSet rows = statement.executeQuery("SELECT id FROM author ORDER BY id")) {
                while (rows.next()) sum = sum * 3 % 1000003 + rows.getLong(1);
            }
            System.out.println("fetched " + sum);
        }
        try (Statement statement = connection.createStatement(ResultSet.TYPE_SCROLL_INSENSITIVE, ResultSet.CONCUR_UPDATABLE); ResultSet rows = statement.executeQuery("SELECT id, name, rating FROM author WHERE id < 4 ORDER BY id")) {
            rows.absolute(2);
            rows.updateString("name", "changed in place");
            rows.updateRow();
            rows.last();
            rows.deleteRow();
        }
        connection.commit();
        for (int i = 0; i < 8; i++) {
            try (PreparedStatement one = connection.prepareStatement("SELECT name FROM author WHERE id = ?")) {
                one.setInt(1, i);
                try (ResultSet rows = one.executeQuery()) {
                    System.out.println("author " + i + " " + (rows.next() ? rows.getString(1) : "none"));
                }
            }
        }
        connection.rollback();
    }

    private static void ask(String what, Question question) {
        try (ResultSet rows = question.ask()) {
            while (rows.next()) rows.getString(1);
            System.out.println(what + " are answered");
        } catch (SQLException failure) {
            System.out.println(what + " FAILED " + failure.getMessage());
        }
    }

    private static void print(String what, Question question, int... columns) {
        List<String> lines = new ArrayList<>();
        try (ResultSet rows = question.ask()) {
            while (rows.next()) {
                StringBuilder line = new StringBuilder(what);
                for (int column : columns) line.append('|').append(rows.getString(column));
                lines.add(line.toString());
            }
        } catch (SQLException failure) {
            lines.add(what + " FAILED " + failure.getMessage());
        }
        Collections.sort(lines);
        for (String line : lines) System.out.println(line);
    }
}
