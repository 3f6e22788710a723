using Shale.Sql;

namespace Shale.Vitess;

/// <summary>What a result's columns are called and typed in the session's dialect, and which cells are turned into what the type says.</summary>
internal sealed class ResultShape
{
    // One for each shard's reader, as a rule; more than that are forgotten.
    private const int MaxKnown = 32;

    private readonly IReadOnlyList<OutputColumn> _columns;
    private readonly bool _typed;
    private readonly bool _verbatim;
    private volatile Cached[] _known = [];

    /// <summary>Describes a result.</summary>
    /// <param name="columns">The columns, as the binder names and types them.</param>
    /// <param name="typed">Whether the types are binding (postgres), or the engine's own stand (sqlite).</param>
    /// <param name="verbatim">Whether engines run the user's own text, so that their names stand, but where a merge gave the rows.</param>
    /// <param name="fields">The columns as clients are told them.</param>
    public ResultShape(IReadOnlyList<OutputColumn> columns, bool typed, bool verbatim, IReadOnlyList<Field> fields)
    {
        Fields = fields;
        _columns = columns;
        _typed = typed;
        _verbatim = verbatim;
    }

    /// <summary>How many columns there are.</summary>
    public int Columns => _columns.Count;

    /// <summary>The rows under this shape. Cells whose storage class is not that of their type are converted.</summary>
    /// <param name="rows">The rows as the engine gave them.</param>
    /// <param name="merged">Whether a merge of T1 gave them.</param>
    public RowSet Apply(RowSet rows, bool merged)
    {
        if (rows.Fields.Count != _columns.Count) return rows;
        if (_verbatim && !merged && !LosesRowIds(rows.Fields)) return _typed ? rows.WithFields(FieldsFor(rows.Fields, keeps: true)) : rows;
        var fields = FieldsFor(rows.Fields, keeps: false);
        if (rows.Encoded is { } encoded)
        {
            if (encoded.Fit(fields)) return rows.WithFields(fields);
            rows.Decode();
        }

        return _typed && NeedsConversion(rows) ? Convert(rows, fields) : rows.WithFields(fields);
    }

    /// <summary>The columns, as the binder knows them.</summary>
    public IReadOnlyList<Field> Fields { get; }

    /// <summary>No rows, under this shape: where no shard had to be asked.</summary>
    public RowSet Empty() => new(Fields);

    // A scratch table keeps declared types, but INTEGER PRIMARY KEY is more than a declared type: a rowid, of 64 bits.
    private bool LosesRowIds(IReadOnlyList<Field> fields)
    {
        for (var i = 0; i < _columns.Count; i++)
        {
            if (IsLostRowId(_columns[i].Type, fields[i])) return true;
        }

        return false;
    }

    private bool IsLostRowId(SqlType type, Field field) => !_typed && type is { Kind: SqlTypeKind.Int8, IsArray: false } && field.Type == "int4";

    // Where the engine's names and types stand, the rest is told of them.
    private Field[] FieldsFor(IReadOnlyList<Field> engine, bool keeps)
    {
        var known = _known;
        foreach (var each in known)
        {
            if (ReferenceEquals(each.Engine, engine) && each.Keeps == keeps) return each.Fields;
        }

        var fields = new Field[_columns.Count];
        for (var i = 0; i < fields.Length; i++)
        {
            if (keeps)
            {
                fields[i] = engine[i] with { Origin = Fields[i].Origin, Modifier = engine[i].Type == Fields[i].Type ? Fields[i].Modifier : -1 };
                continue;
            }

            var type = (_typed && _columns[i].Type.Kind != SqlTypeKind.Unknown) || IsLostRowId(_columns[i].Type, engine[i]) ? _columns[i].Type.Name : engine[i].Type;
            fields[i] = Fields[i] with { Type = type, NativeType = engine[i].NativeType };
        }

        // Two threads may each lose the other's: it is made again when it is next needed.
        _known = known.Length < MaxKnown ? [.. known, new Cached(engine, keeps, fields)] : [new Cached(engine, keeps, fields)];
        return fields;
    }

    private bool NeedsConversion(RowSet rows)
    {
        for (var column = 0; column < _columns.Count; column++)
        {
            var wanted = Wanted(_columns[column].Type);
            if (wanted == SqlValueKind.Null) continue;
            for (var row = 0; row < rows.RowCount; row++)
            {
                var kind = rows[row][column].Kind;
                if (kind == SqlValueKind.Integer && kind != wanted) return true;
            }
        }

        return false;
    }

    private RowSet Convert(RowSet rows, Field[] fields)
    {
        var converted = new RowSet(fields, rows.RowCount);
        for (var row = 0; row < rows.RowCount; row++)
        {
            var from = rows[row];
            var to = converted.AddRow();
            for (var column = 0; column < to.Length; column++) to[column] = Convert(from[column], _columns[column].Type);
        }

        return converted;
    }

    private static SqlValue Convert(SqlValue value, SqlType type)
    {
        if (value.Kind != SqlValueKind.Integer) return value;
        return Wanted(type) switch
        {
            SqlValueKind.Boolean => SqlValue.Boolean(value.AsInteger() != 0),
            SqlValueKind.Real => SqlValue.Real(value.AsInteger()),
            _ => value,
        };
    }

    private static SqlValueKind Wanted(SqlType type) => type switch
    {
        { IsArray: true } => SqlValueKind.Null,
        { Kind: SqlTypeKind.Bool } => SqlValueKind.Boolean,
        { Kind: SqlTypeKind.Float4 or SqlTypeKind.Float8 } => SqlValueKind.Real,
        _ => SqlValueKind.Null,
    };

    private sealed record Cached(IReadOnlyList<Field> Engine, bool Keeps, Field[] Fields);
}
