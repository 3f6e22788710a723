
namespace Shale.Sqlite;

/// <summary>
/// What the rows of one prepared statement look like; kept with the statement, so that a repeated one allocates nothing for it. A table column
/// has its declared type; an expression has that of its first value that is not NULL.
/// </summary>
public sealed class StatementShape
{
    private readonly int _recompilations;
    private readonly bool[] _isBoolean;
    private readonly bool[] _isExpression;
    private readonly SqlValueKind[] _seen;
    private readonly Field[] _blank;
    private Field[] _last;

    private StatementShape(SqliteStatement statement, SqliteConnection connection)
    {
        _recompilations = statement.Recompilations;
        statement.RefreshColumnCount();
        var count = statement.ColumnCount;
        (_isBoolean, _isExpression, _seen, _blank) = (new bool[count], new bool[count], new SqlValueKind[count], new Field[count]);
        for (var i = 0; i < count; i++)
        {
            var declared = statement.ColumnDeclaredType(i);
            var type = declared is not null && IsRowId(statement, connection, i, declared) ? "int8" : DeclaredType.Normalise(declared);
            _isBoolean[i] = type == "bool";
            _isExpression[i] = declared is null;
            _blank[i] = new Field(statement.ColumnName(i), type, declared);
        }

        _last = _blank;
    }

    /// <summary>How many rows the last run gave, at most 64: room for as many is made at once.</summary>
    public int RowsExpected { get; set; } = 1;

    /// <summary>The columns as the last run had them.</summary>
    public Field[] Expected => _last;

    /// <summary>The shape of a statement that has been stepped; made anew if SQLite has recompiled it since.</summary>
    public static StatementShape Of(SqliteStatement statement, SqliteConnection connection)
    {
        if (statement.Tag is StatementShape known && known._recompilations == statement.Recompilations) return known;
        var shape = new StatementShape(statement, connection);
        statement.Tag = shape;
        return shape;
    }

    /// <summary>Forgets what the last run saw.</summary>
    public void Start() => Array.Clear(_seen);

    /// <summary>Reads the current row.</summary>
    public void ReadRow(SqliteStatement statement, Span<SqlValue> row)
    {
        for (var i = 0; i < row.Length; i++)
        {
            var value = statement.Column(i);
            if (_isBoolean[i] && value.Kind == SqlValueKind.Integer && value.AsInteger() is 0 or 1) value = SqlValue.Boolean(value.AsInteger() != 0);
            else if (_seen[i] == SqlValueKind.Null) _seen[i] = value.Kind;
            row[i] = value;
        }
    }

    /// <summary>The columns as this run has seen them so far.</summary>
    public Field[] Seen()
    {
        if (Fits(_last)) return _last;
        if (Fits(_blank)) return _last = _blank;
        var fields = new Field[_blank.Length];
        for (var i = 0; i < fields.Length; i++) fields[i] = _isExpression[i] ? _blank[i] with { Type = TypeOf(_seen[i]) } : _blank[i];
        return _last = fields;
    }

    private bool Fits(Field[] fields)
    {
        for (var i = 0; i < fields.Length; i++)
        {
            if (_isExpression[i] && !ReferenceEquals(fields[i].Type, TypeOf(_seen[i]))) return false;
        }

        return true;
    }

    private static string TypeOf(SqlValueKind kind) => kind switch
    {
        SqlValueKind.Integer => "int8",
        SqlValueKind.Real => "float8",
        SqlValueKind.Text => "text",
        SqlValueKind.Blob => "bytea",
        _ => DeclaredType.Unknown,
    };

    // INTEGER PRIMARY KEY is SQLite's 64-bit row id; INTEGER anywhere else is what the gate declared for four bytes.
    private static bool IsRowId(SqliteStatement statement, SqliteConnection connection, int column, string declared)
    {
        if (!DeclaredType.IsInteger(declared) || !statement.TryGetOrigin(column, out var database, out var table, out var name)) return false;
        ReadOnlySpan<SqlValue> parameters = [SqlValue.Text(table), SqlValue.Text(database), SqlValue.Text(name)];
        return connection.QueryTrusted(
            "SELECT count(*) = 1 AND max(name = ?3) FROM pragma_table_info(?1, ?2) WHERE pk > 0", parameters) is { IsNull: false } answer
            && answer.AsBoolean();
    }
}
