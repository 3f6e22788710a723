namespace Shale.Sql;

/// <summary>The types of parameters, found where they are used.</summary>
internal sealed class ParameterTable
{
    // PostgreSQL's limit, above SQLite's. Places beyond it are a rewrite's own and have no type to tell.
    private const int Most = 65_535;

    private readonly Binding _binding;
    private readonly Dictionary<int, Entry> _entries = [];
    private readonly List<Parameter> _open = [];
    private int _count;

    public ParameterTable(Binding binding, IReadOnlyList<SqlType>? known)
    {
        _binding = binding;
        foreach (var type in known ?? []) _entries[++_count] = new Entry { Type = type };
    }

    /// <summary>The type so far.</summary>
    public SqlType Use(Parameter parameter)
    {
        if (!_entries.TryGetValue(parameter.Index, out var entry)) _entries[parameter.Index] = entry = new Entry();
        if (parameter.Index <= Most) _count = Math.Max(_count, parameter.Index);
        _open.Add(parameter);
        entry.Uses++;
        return entry.Type;
    }

    /// <summary>Says what an unknown parameter is.</summary>
    public SqlType Set(Parameter parameter, SqlType type)
    {
        var entry = _entries[parameter.Index];
        if (entry.Type.Kind == SqlTypeKind.Unknown) entry.Type = type.Plain;
        return entry.Type;
    }

    /// <summary>Says that a parameter is written to a column as it is.</summary>
    public void Assign(Parameter parameter, SqlType column) => _entries[parameter.Index].Column = column;

    /// <summary>Settles what is still unknown and writes every use's type.</summary>
    public IReadOnlyList<SqlType> Finish()
    {
        var unused = _binding.Dialect == SqlDialect.Postgres ? new SqlType(SqlTypeKind.Text) : SqlType.Unknown;
        if (_binding.Dialect == SqlDialect.Postgres)
            foreach (var entry in _entries.Values) entry.Settle();
        foreach (var parameter in _open) _binding.SetType(parameter, _entries[parameter.Index].Type);
        var types = new SqlType[_count];
        for (var i = 0; i < types.Length; i++) types[i] = _entries.TryGetValue(i + 1, out var entry) ? entry.Type : unused;
        return types;
    }

    private sealed class Entry
    {
        public SqlType Type { get; set; }

        public SqlType? Column { get; set; }

        public int Uses { get; set; }

        // A parameter that is only written to one column has the column's whole type: length and scale are applied when it is bound.
        public void Settle()
        {
            if (Type.Kind == SqlTypeKind.Unknown) Type = new SqlType(SqlTypeKind.Text);
            if (Uses == 1 && Column is { } column && BindsAs(column)) Type = column;
        }

        private bool BindsAs(SqlType column)
        {
            if (Type.IsArray || column.IsArray || column.Kind == SqlTypeKind.Unknown) return false;
            if (Type.Kind == column.Kind) return true;
            if (TypeRules.IsInteger(Type.Kind)) return TypeRules.IsNumeric(column.Kind) || TypeRules.IsText(column.Kind);
            return Type.Kind == SqlTypeKind.Numeric && (TypeRules.IsFloat(column.Kind) || TypeRules.IsInteger(column.Kind));
        }
    }
}
