using Shale.Sql;

namespace Shale.Server;

/// <summary>A row that a record holds.</summary>
/// <param name="Fields">The names of its columns and their types.</param>
/// <param name="Values">The values.</param>
internal sealed record BlockRecord(IReadOnlyList<(string Name, SqlType Type)> Fields, SqlValue[] Values)
{
    /// <summary>The place of a field. Errors: NOT_FOUND (42703).</summary>
    public int PlaceOf(string record, string field)
    {
        for (var i = 0; i < Fields.Count; i++)
            if (Fields[i].Name == field) return i;
        throw new VitessException(ErrorCodes.NotFound, $"record \"{record}\" has no field \"{field}\"", sqlState: "42703");
    }
}

/// <summary>What the variables of a block are just now. Not thread-safe.</summary>
/// <param name="slots">How many there are.</param>
internal sealed class BlockVariables(int slots)
{
    private readonly SqlType[] _types = new SqlType[slots];
    private readonly SqlValue[] _values = new SqlValue[slots];
    private readonly BlockRecord?[] _records = new BlockRecord?[slots];

    /// <summary>A variable begins: it is NULL.</summary>
    public void Begin(PlVariable variable, SqlType type, BlockRecord? row = null) => (_types[variable.Slot], _values[variable.Slot], _records[variable.Slot]) = (type, SqlValue.Null, row);

    /// <summary>The type of a place.</summary>
    public SqlType TypeOf(PlTarget place) => place.Variable.IsScalar ? _types[place.Variable.Slot] : Row(place.Variable).Fields[Place(place)].Type;

    /// <summary>The value of a place.</summary>
    public SqlValue ValueOf(PlTarget place) => place.Variable.IsScalar ? _values[place.Variable.Slot] : Row(place.Variable).Values[Place(place)];

    /// <summary>Gives a record a row; null for none, which leaves its columns and makes them NULL.</summary>
    public void Fill(PlVariable record, BlockRecord? row) => _records[record.Slot] = row;

    /// <summary>The row of a record; null for none yet.</summary>
    public BlockRecord? Find(PlVariable record) => _records[record.Slot];

    /// <summary>Gives a place a value. Errors: TYPE_ERROR for one that the type does not take; (22004) for NULL where it may not be.</summary>
    /// <param name="place">The place; no whole record.</param>
    /// <param name="value">The value.</param>
    /// <param name="type">Its type.</param>
    public void Assign(PlTarget place, in SqlValue value, SqlType type)
    {
        var taken = Taken(value, type, TypeOf(place));
        var variable = place.Variable;
        if (taken.IsNull && variable.IsNotNull) throw new VitessException(ErrorCodes.TypeError, $"null value cannot be assigned to variable \"{variable.Name}\" declared NOT NULL", sqlState: "22004");
        if (variable.IsScalar) _values[variable.Slot] = taken;
        else Row(variable).Values[Place(place)] = taken;
    }

    /// <summary>A value as a type takes it: by an assignment, and where there is none, by its text.</summary>
    public static SqlValue Taken(in SqlValue value, SqlType from, SqlType to)
    {
        if (value.IsNull || from == to) return value;
        if (from.Plain == to.Plain || ParameterConversion.CanRecast(from, to, isExplicit: false)) return ParameterConversion.ForAssignment(value, from, to, SqlDialect.Postgres);
        return ParameterConversion.Convert(SqlValue.Text(BlockText.Of(value, from)), to, SqlDialect.Postgres);
    }

    private BlockRecord Row(PlVariable record) => _records[record.Slot] ?? throw new VitessException(ErrorCodes.QueryError, $"record \"{record.Name}\" is not assigned yet", sqlState: "55000")
    {
        Subject = new FailureSubject { Detail = "The tuple structure of a not-yet-assigned record is indeterminate." },
    };

    private int Place(PlTarget place) => place.Field is { } field ? Row(place.Variable).PlaceOf(place.Variable.Name, field) : throw WholeRow(place.Variable.Name);

    private static VitessException WholeRow(string name) => new(ErrorCodes.QueryError, $"record \"{name}\" as a value is not supported", sqlState: "0A000", hint: "Name its fields.");

    /// <summary>The variables that are seen from a place of the block.</summary>
    public IVariableSource From(PlScope scope) => new Seen(this, scope);

    private sealed class Seen(BlockVariables variables, PlScope scope) : IVariableSource
    {
        public SqlType? TypeOf(string? qualifier, string name) => Find(scope, qualifier, name) is { } place ? variables.TypeOf(place).Plain : null;
    }

    /// <summary>The place that a name stands for; null for none.</summary>
    public static PlTarget? Find(PlScope scope, string? qualifier, string name) => qualifier is null
        ? scope.Find(name) is { } variable ? new PlTarget(variable, null) : null
        : scope.Find(qualifier, name) is { } qualified ? new PlTarget(qualified.Variable, qualified.Field) : null;
}
