using System.Globalization;
using Shale.Sql;

namespace Shale.Vitess;

/// <summary>
/// PostgreSQL lets ON CONFLICT DO UPDATE change no row that the same statement has inserted or changed (21000); SQLite changes it again. Rows of one statement that bring equal
/// keys are found before anything is written; where equal keys need not mean that, such rows are refused.
/// </summary>
internal sealed class ConflictKeys
{
    private readonly (int Cell, ColumnSchema Column)[]? _cells;
    private readonly bool _isCertain;
    private readonly bool _movesKeys;

    private ConflictKeys((int Cell, ColumnSchema Column)[]? cells, bool isCertain, bool movesKeys)
    {
        _cells = cells;
        _isCertain = isCertain;
        _movesKeys = movesKeys;
    }

    /// <summary>Whether the rows must be compared before they are written: DO UPDATE, and not one row alone.</summary>
    public static bool AreNeeded(InsertStatement insert) =>
        insert.OnConflict.Any(conflict => conflict.Sets.Count > 0) && insert.Source is { } source && source.Body is not ValuesBody { Rows.Count: 1 };

    /// <summary>Reads the clause; null where no row can be changed twice.</summary>
    /// <param name="insert">The statement.</param>
    /// <param name="place">Its table.</param>
    /// <param name="columns">What the cells of its rows are.</param>
    public static ConflictKeys? Of(InsertStatement insert, TablePlace place, IReadOnlyList<ColumnSchema> columns)
    {
        if (!AreNeeded(insert)) return null;
        var conflict = insert.OnConflict.First(conflict => conflict.Sets.Count > 0);
        var known = columns.ToList();
        var cells = new List<(int Cell, ColumnSchema Column)>();
        foreach (var item in conflict.Target)
        {
            if (item.Value is not ColumnRef named || place.Schema.Column(named.Column.Name) is not { Generated: false } column || !HasOneForm(column)) return new ConflictKeys(null, false, false);
            var cell = known.IndexOf(column);
            if (cell >= 0) cells.Add((cell, column));
            else if (column.Default is null) return null;
        }

        var moves = conflict.Sets.Where(set => !KeepsKey(conflict, set)).SelectMany(set => set.Columns).Any(set => IsKey(conflict, set));
        return new ConflictKeys([.. cells], conflict.Where is null && conflict.TargetWhere is null, moves);
    }

    /// <summary>Whether an assignment gives a column of the key what it has already, <c>id = excluded.id</c>, as tools write that set every column.</summary>
    public static bool KeepsKey(OnConflict conflict, SetClause set) => set is { Columns: [var column], Value: ColumnRef { Table: { } table, Schema: null } value }
        && Names.Equal(table.Name, "excluded", SqlDialect.Sqlite) && Names.Equal(value.Column.Name, column.Name, SqlDialect.Sqlite) && IsKey(conflict, column);

    private static bool IsKey(OnConflict conflict, Identifier column) =>
        conflict.Target.Any(item => item.Value is ColumnRef key && Names.Equal(key.Column.Name, column.Name, SqlDialect.Sqlite));

    /// <summary>QUERY_ERROR (21000) for rows that would change one row twice, 0A000 where that cannot be told.</summary>
    public void Check(SqlValue[][] rows)
    {
        if (rows.Length < 2) return;
        if (_cells is null || _movesKeys) throw Unclear();
        var seen = new HashSet<string>();
        foreach (var row in rows)
        {
            if (_cells.Any(each => row[each.Cell].IsNull) || seen.Add(Key(_cells.Select(each => Text(row[each.Cell], each.Column))))) continue;
            if (!_isCertain) throw Unclear();
            throw new VitessException(ErrorCodes.QueryError, "ON CONFLICT DO UPDATE command cannot affect row a second time", sqlState: "21000",
                hint: "Ensure that no rows proposed for insertion within the same command have duplicate constrained values.");
        }
    }

    private static string Key(IEnumerable<string> texts) => string.Concat(texts.Select(text => $"{text.Length}:{text}"));

    // Of floats it is enough to compare their values: they are not written as texts.
    private static bool HasOneForm(ColumnSchema column) =>
        (column.Type is { Kind: SqlTypeKind.Float4 or SqlTypeKind.Float8, IsArray: false }) || CanonicalKey.CanShard(column, SqlDialect.Postgres, out _);

    // 1.5 and 1.50 are one key. What the engine refuses, it will say itself.
    private static string Text(SqlValue value, ColumnSchema column) =>
        Text(CanonicalKey.CanShard(column, SqlDialect.Postgres, out _) && CanonicalKey.TryAssign(value, column, SqlDialect.Postgres, out var canonical) ? canonical : value);

    private static string Text(SqlValue value) => value.Kind switch
    {
        SqlValueKind.Integer => value.AsInteger().ToString(CultureInfo.InvariantCulture),
        SqlValueKind.Real when value.AsReal() is var real && Math.Abs(real) < 1L << 53 && real == Math.Floor(real) => ((long)real).ToString(CultureInfo.InvariantCulture),
        SqlValueKind.Text => "'" + value.AsText(),
        _ => value.Kind + value.ToString(),
    };

    private static VitessException Unclear() => new(ErrorCodes.QueryError,
        "whether several rows of ON CONFLICT DO UPDATE meet the same row twice cannot be told here", sqlState: "0A000",
        hint: "Insert such rows by a statement for each of them.");
}
