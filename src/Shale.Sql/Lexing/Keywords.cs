using System.Collections.Frozen;

namespace Shale.Sql.Lexing;

/// <summary>What each keyword may be used for: PostgreSQL's four classes (its manual, appendix C) and SQLite's list without the fallbacks to names.</summary>
internal static class Keywords
{
    /// <summary>Names of nothing but output columns behind AS.</summary>
    private const string PostgresReserved =
        "ALL ANALYSE ANALYZE AND ANY ARRAY AS ASC ASYMMETRIC BOTH CASE CAST CHECK COLLATE COLUMN CONSTRAINT CREATE " +
        "CURRENT_CATALOG CURRENT_DATE CURRENT_ROLE CURRENT_TIME CURRENT_TIMESTAMP CURRENT_USER DEFAULT DEFERRABLE DESC " +
        "DISTINCT DO ELSE END EXCEPT FALSE FETCH FOR FOREIGN FROM GRANT GROUP HAVING IN INITIALLY INTERSECT INTO LATERAL " +
        "LEADING LIMIT LOCALTIME LOCALTIMESTAMP NOT NULL OFFSET ON ONLY OR ORDER PLACING PRIMARY REFERENCES RETURNING SELECT " +
        "SESSION_USER SOME SYMMETRIC TABLE THEN TO TRAILING TRUE UNION UNIQUE USER USING VARIADIC WHEN WHERE WINDOW WITH";

    /// <summary>Names of functions and types, not of tables and columns.</summary>
    private const string PostgresFunctionOrType =
        "AUTHORIZATION BINARY COLLATION CONCURRENTLY CROSS CURRENT_SCHEMA FREEZE FULL ILIKE INNER IS ISNULL JOIN LEFT LIKE " +
        "NATURAL NOTNULL OUTER OVERLAPS RIGHT SIMILAR TABLESAMPLE VERBOSE";

    /// <summary>Names of tables and columns, not of functions and types.</summary>
    private const string PostgresColumn =
        "BETWEEN BIGINT BIT BOOLEAN CHAR CHARACTER COALESCE DEC DECIMAL EXISTS EXTRACT FLOAT GREATEST GROUPING INOUT INT " +
        "INTEGER INTERVAL LEAST NATIONAL NCHAR NONE NORMALIZE NULLIF NUMERIC OUT OVERLAY POSITION PRECISION REAL ROW SETOF " +
        "SMALLINT SUBSTRING TIME TIMESTAMP TREAT TRIM VALUES VARCHAR XMLATTRIBUTES XMLCONCAT XMLELEMENT XMLEXISTS XMLFOREST " +
        "XMLNAMESPACES XMLPARSE XMLPI XMLROOT XMLSERIALIZE XMLTABLE";

    /// <summary>Names of output columns only behind AS.</summary>
    private const string PostgresAsLabel =
        "DAY FILTER HOUR MINUTE MONTH OVER SECOND VARYING WITHIN WITHOUT YEAR CHAR CHARACTER PRECISION ISNULL NOTNULL " +
        "OVERLAPS ARRAY AS CREATE EXCEPT FETCH FOR FROM GRANT GROUP HAVING INTERSECT INTO LIMIT OFFSET ON ORDER RETURNING TO " +
        "UNION WHERE WINDOW WITH";

    /// <summary>Words that SQLite reads as names nowhere.</summary>
    private const string SqliteReserved =
        "ADD ALL ALTER AND AS AUTOINCREMENT BETWEEN CASE CHECK COLLATE COMMIT CONSTRAINT CREATE DEFAULT DEFERRABLE DELETE " +
        "DISTINCT DROP ELSE ESCAPE EXCEPT EXISTS FOREIGN FROM GROUP HAVING IN INDEX INSERT INTERSECT INTO IS ISNULL JOIN " +
        "LIMIT NOT NOTNULL NOTHING NULL ON OR ORDER PRIMARY REFERENCES RETURNING SELECT SET TABLE THEN TO TRANSACTION UNION " +
        "UNIQUE UPDATE USING VALUES WHEN WHERE";

    /// <summary>Words that SQLite reads as names except where a join may follow.</summary>
    private const string SqliteJoin =
        "CROSS FULL INNER LEFT NATURAL OUTER RIGHT INDEXED";

    /// <summary>All words of SQLite; the printer quotes names equal to them.</summary>
    private const string SqliteWords =
        "ABORT ACTION ADD AFTER ALL ALTER ALWAYS ANALYZE AND AS ASC ATTACH AUTOINCREMENT BEFORE BEGIN BETWEEN BY CASCADE " +
        "CASE CAST CHECK COLLATE COLUMN COMMIT CONFLICT CONSTRAINT CREATE CROSS CURRENT CURRENT_DATE CURRENT_TIME " +
        "CURRENT_TIMESTAMP DATABASE DEFAULT DEFERRABLE DEFERRED DELETE DESC DETACH DISTINCT DO DROP EACH ELSE END ESCAPE " +
        "EXCEPT EXCLUDE EXCLUSIVE EXISTS EXPLAIN FAIL FILTER FIRST FOLLOWING FOR FOREIGN FROM FULL GENERATED GLOB GROUP " +
        "GROUPS HAVING IF IGNORE IMMEDIATE IN INDEX INDEXED INITIALLY INNER INSERT INSTEAD INTERSECT INTO IS ISNULL JOIN KEY " +
        "LAST LEFT LIKE LIMIT MATCH MATERIALIZED NATURAL NO NOT NOTHING NOTNULL NULL NULLS OF OFFSET ON OR ORDER OTHERS " +
        "OUTER OVER PARTITION PLAN PRAGMA PRECEDING PRIMARY QUERY RAISE RANGE RECURSIVE REFERENCES REGEXP REINDEX RELEASE " +
        "RENAME REPLACE RESTRICT RETURNING RIGHT ROLLBACK ROW ROWS SAVEPOINT SELECT SET TABLE TEMP TEMPORARY THEN TIES TO " +
        "TRANSACTION TRIGGER UNBOUNDED UNION UNIQUE UPDATE USING VACUUM VALUES VIEW VIRTUAL WHEN WHERE WINDOW WITH WITHOUT";

    private static readonly FrozenDictionary<string, Keyword> Words = Enum.GetValues<Keyword>()
        .Where(word => word != Keyword.NoKeyword)
        .ToFrozenDictionary(word => word.ToString(), StringComparer.OrdinalIgnoreCase);

    private static readonly FrozenDictionary<string, Keyword>.AlternateLookup<ReadOnlySpan<char>> Lookup =
        Words.GetAlternateLookup<ReadOnlySpan<char>>();

    private static readonly KeywordClass[] Classes = BuildClasses();

    private static readonly int LongestWord = Words.Keys.Max(word => word.Length);

    /// <summary>The keyword that the text is in any case of letters, or <see cref="Keyword.NoKeyword"/>. Allocates nothing.</summary>
    public static Keyword Find(ReadOnlySpan<char> text) =>
        text.Length <= LongestWord && Lookup.TryGetValue(text, out var keyword) ? keyword : Keyword.NoKeyword;

    /// <summary>What the keyword is in both dialects.</summary>
    public static KeywordClass ClassOf(Keyword keyword) => Classes[(int)keyword];

    /// <summary>Whether the keyword has all of the properties.</summary>
    public static bool Is(Keyword keyword, KeywordClass properties) => (Classes[(int)keyword] & properties) == properties;

    private static KeywordClass[] BuildClasses()
    {
        var classes = new KeywordClass[Enum.GetValues<Keyword>().Length];
        Mark(PostgresReserved, KeywordClass.PostgresReserved);
        Mark(PostgresFunctionOrType, KeywordClass.PostgresFunctionOrType);
        Mark(PostgresColumn, KeywordClass.PostgresColumn);
        Mark(PostgresAsLabel, KeywordClass.PostgresAsLabel);
        Mark(SqliteReserved, KeywordClass.SqliteReserved);
        Mark(SqliteJoin, KeywordClass.SqliteJoin);
        Mark(SqliteWords, KeywordClass.SqliteWord);
        return classes;

        void Mark(string words, KeywordClass property)
        {
            foreach (var word in words.Split(' ')) classes[(int)Words[word]] |= property;
        }
    }
}
