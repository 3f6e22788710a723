using Shale.Contracts;
using Shale.Sql;

namespace Shale.Vitess;

/// <summary>One table that goes from an engine to another: how it is made there, and how its rows are read and written on either side. Immutable.</summary>
internal sealed class TableTransfer
{
    private readonly ColumnSchema[] _held;
    private readonly ColumnSchema[] _exact;
    private readonly bool[] _plain;

    /// <summary>Of a table as it is known on the engine that has it.</summary>
    /// <param name="schema">Its columns there.</param>
    /// <param name="exact">Its columns as SQLite would hold them today; both engines' values are compared in that form.</param>
    /// <param name="create">Makes it on the other engine, without what <paramref name="after"/> makes.</param>
    /// <param name="after">What is made when all rows are there: foreign keys, indexes, numbers that go on.</param>
    public TableTransfer(TableSchema schema, TableSchema exact, string create, IReadOnlyList<string> after)
    {
        (Name, Create, After) = (schema.Name, create, after);
        (_held, _exact) = ([.. schema.Columns], [.. exact.Columns]);
        _plain = [.. _exact.Select(column => column.Type is { IsArray: false, Kind: SqlTypeKind.Int2 or SqlTypeKind.Int4 or SqlTypeKind.Int8 or SqlTypeKind.Text or SqlTypeKind.Bytea })];
        Stored = [.. Enumerable.Range(0, _held.Length).Where(i => !_held[i].Generated)];
        All = [.. Enumerable.Range(0, _held.Length)];
    }

    /// <summary>Its name.</summary>
    public string Name { get; }

    /// <summary>See the constructor.</summary>
    public string Create { get; }

    /// <summary>See the constructor.</summary>
    public IReadOnlyList<string> After { get; }

    /// <summary>The columns that are written, by their place; the engine computes the others.</summary>
    public IReadOnlyList<int> Stored { get; }

    /// <summary>All columns.</summary>
    public IReadOnlyList<int> All { get; }

    /// <summary>The columns as a result has them.</summary>
    public IReadOnlyList<Field> Fields(IReadOnlyList<int> columns) => [.. columns.Select(column => new Field(_exact[column].Name, _exact[column].Type.Name))];

    /// <summary>Reads all rows.</summary>
    public string Select(IReadOnlyList<int> columns, StorageEngineType engine)
    {
        // The sign keeps SQLite from applying the declared type to what is stored.
        var names = columns.Select(column => (engine == StorageEngineType.Sqlite ? "+" : "") + ScratchTable.Quote(_held[column].Name));
        return $"SELECT {string.Join(", ", names)} FROM {ScratchTable.Quote(Name)}";
    }

    /// <summary>A value that an engine has given, in the form in which both are compared, and in which both take it. Errors: TYPE_ERROR for what SQLite could not hold.</summary>
    /// <param name="value">The value.</param>
    /// <param name="column">The column, by its place.</param>
    /// <param name="engine">The engine.</param>
    /// <param name="isSource">Whether it is the engine that has the table, or the one that gets it.</param>
    public SqlValue Common(in SqlValue value, int column, StorageEngineType engine, bool isSource)
    {
        if (value.IsNull || _plain[column]) return value;
        if (value.Kind == SqlValueKind.Real) return Float(value.AsReal(), column);
        return engine == StorageEngineType.Sqlite
            ? ParameterConversion.Recast(value, isSource ? _held[column] : _exact[column], _exact[column], isExplicit: false)
            : ParameterConversion.ForAssignment(value, _exact[column].Type, SqlDialect.Postgres);
    }

    // SQLite makes NULL of NaN, and knows one zero only.
    private SqlValue Float(double value, int column)
    {
        if (_exact[column].Type.Kind == SqlTypeKind.Numeric) return ParameterConversion.Recast(SqlValue.Real(value), _held[column], _exact[column], isExplicit: false);
        if (double.IsNaN(value)) throw new VitessException(ErrorCodes.QueryError, $"column \"{_exact[column].Name}\" has NaN, which SQLite does not hold", sqlState: "0A000", hint: "Set it to NULL, or to another number.");

        // PostgreSQL's text of a real is the shortest; SQLite holds all bits of it as a double.
        if (_exact[column].Type.Kind == SqlTypeKind.Float4) value = (float)value;
        return SqlValue.Real(value == 0 ? 0.0 : value);
    }
}
