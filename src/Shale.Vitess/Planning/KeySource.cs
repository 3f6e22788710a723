using System.Collections.Concurrent;
using Shale.Sql;

namespace Shale.Vitess;

/// <summary>
/// What tells which values a column of a table must have for its rows to matter: those of another table's column that it is joined with, or of a query that it is compared with by
/// IN. Where the tables that tell them have been fetched and the values are few, the table's own fetch asks for those rows alone (a semi-join). Immutable, thread-safe.
/// </summary>
/// <param name="Column">The column, by its place in its table.</param>
/// <param name="Tables">The scratch tables that must be filled before.</param>
/// <param name="Values">Gives the values in the scratch database, each once; NULL may be among them, and equals nothing. Its last parameter is how many are asked for.</param>
internal sealed record KeySource(int Column, IReadOnlyList<string> Tables, KeyedFragment Values);

/// <summary>A statement that takes values of its own beside those of the statement that it serves.</summary>
/// <param name="Node">The tree; its own parameters are those from <see cref="First"/> on.</param>
/// <param name="Engine">The dialect.</param>
internal sealed record KeyedFragment(SqlNode Node, SqlDialect Engine)
{
    /// <summary>The number of its first own parameter.</summary>
    public const int First = 1_000_001;

    private readonly Fragment _fragment = Fragment.Print(Node, Engine);

    /// <summary>Its text.</summary>
    public string Sql => _fragment.Sql;

    /// <summary>All values that it takes.</summary>
    public SqlValue[] Bind(SqlValue[] values, ReadOnlySpan<SqlValue> own)
    {
        var bound = new SqlValue[_fragment.Parameters.Length];
        for (var i = 0; i < bound.Length; i++)
        {
            var from = _fragment.Parameters[i];
            bound[i] = from >= First - 1 ? own[from - First + 1] : values[from];
        }

        return bound;
    }

    /// <summary>Its own parameters, so many.</summary>
    public static NodeList<Expr> Parameters(int count) => Enumerable.Range(First, count).Select(Expr (i) => new Parameter(ParameterStyle.Dollar, i)).ToNodeList();
}

/// <summary>The fetches of one table that ask for some values of a column. One text for lists of about the same length, so that shards prepare few. Thread-safe.</summary>
/// <param name="fetch">The fetch without them.</param>
/// <param name="engine">The dialect.</param>
internal sealed class KeyedFetches(SelectCore fetch, SqlDialect engine)
{
    private readonly ConcurrentDictionary<(string Column, int Count), KeyedFragment> _known = [];

    /// <summary>The dialect.</summary>
    public SqlDialect Engine => engine;

    /// <summary>The fetch, and the values that it takes: the given ones, the last of them again where the text has more.</summary>
    /// <param name="column">The column.</param>
    /// <param name="keys">Its values; none asks for no rows.</param>
    /// <param name="most">How many there may be.</param>
    /// <param name="values">Those of the statement.</param>
    /// <param name="bound">The values that it takes, in its own order.</param>
    public Fragment Of(string column, IReadOnlyList<SqlValue> keys, int most, SqlValue[] values, out SqlValue[] bound)
    {
        var padded = Padded(keys, most);
        var fragment = _known.GetOrAdd((column, padded.Length), key => new KeyedFragment(Statement(key.Column, key.Count), engine));
        bound = fragment.Bind(values, padded);
        return new Fragment(fragment.Sql, [.. Enumerable.Range(0, bound.Length)]);
    }

    /// <summary>The values, the last of them again to one of few lengths; NULL for none.</summary>
    public static SqlValue[] Padded(IReadOnlyList<SqlValue> keys, int most)
    {
        var count = 1;
        while (count < keys.Count) count = Math.Min(count * 4, most);
        var padded = new SqlValue[count];
        for (var i = 0; i < count && keys.Count > 0; i++) padded[i] = keys[Math.Min(i, keys.Count - 1)];
        return padded;
    }

    private SelectStatement Statement(string column, int count)
    {
        var isOne = new InList(new ColumnRef(null, null, new Identifier(column, true)), KeyedFragment.Parameters(count), false);
        return new SelectStatement(null, fetch with { Where = fetch.Where is null ? isOne : new Binary("AND", fetch.Where, isOne) });
    }
}
