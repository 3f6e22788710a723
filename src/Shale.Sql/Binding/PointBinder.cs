namespace Shale.Sql;

/// <summary>Binds points in time: types of parameters and expressions, and whether a constant is a point at all.</summary>
internal sealed class PointBinder(BindContext context)
{
    private const string Hint = TimePoints.ExpressionHint;

    private static readonly SqlType Int8 = new(SqlTypeKind.Int8);
    private static readonly SqlType Text = new(SqlTypeKind.Text);
    private static readonly SqlType TimestampTz = new(SqlTypeKind.TimestampTz);

    /// <summary>The columns that a table has in a period beside its own; a star does not stand for them.</summary>
    public IReadOnlyList<OutputColumn> PeriodColumns { get; } =
    [
        new OutputColumn("_dosql_version", Int8),
        new OutputColumn("_dosql_valid_from", context.IsPostgres ? TimestampTz : Text),
        new OutputColumn("_dosql_valid_to", context.IsPostgres ? TimestampTz : Text),
    ];

    /// <summary>Binds the points of a clause.</summary>
    public void Bind(SystemTime time)
    {
        if (time.Start is not null) Bind(time.Start);
        if (time.End is not null) Bind(time.End);
    }

    /// <summary>TT_INVALID_SYNTAX for a clause behind a name that is no stored table.</summary>
    public static void Refuse(TableRef table, string what)
    {
        if (table.Time is not { } time) return;
        throw Invalid($"\"{table.Name.Name.Name}\" is {what}, which has no history", time, "Write FOR SYSTEM_TIME behind the stored tables that it reads.");
    }

    /// <summary>0A000 for FOR UPDATE and its kin over a table of the block that is read in the past.</summary>
    public static void RefuseLocks(SelectStatement query, QueryBlock block)
    {
        foreach (var relation in block.Relations.Where(relation => relation.Time is not null))
        {
            var locks = query.Locking.FirstOrDefault(locking => locking.Of.Count == 0 || locking.Of.Any(name => name.Name.Name == relation.Alias));
            if (locks is not null) throw SqlErrors.Query($"rows of \"{relation.Alias}\" in the past cannot be locked", "0A000", locks, "Leave the lock out: the past does not change.");
        }
    }

    /// <summary>Binds one point. TT_INVALID_SYNTAX for a constant that is none, and for what is computed from columns, queries or aggregates.</summary>
    public void Bind(SystemTimePoint point)
    {
        TimePoints.RequireConstant(point.Value, context.Dialect);
        var type = TypeOf(point.Kind);
        context.Typer.Bind(point.Value, null);
        var found = context.Typer.Coerce(point.Value, type);
        if (context.IsPostgres && type == TimestampTz && !IsMoment(found)) throw Invalid($"a point in time is a timestamp, not {found.Display()}", point.Value, Hint);
        if (point.OnBranch is not null) Bind(point.OnBranch);
        if (TimePoints.IsConstant(point)) _ = TimePoints.Resolve(point, _ => throw new InvalidOperationException("a constant needs no value"));
    }

    private static bool IsMoment(SqlType type) =>
        type is { IsArray: false, Kind: SqlTypeKind.TimestampTz or SqlTypeKind.Timestamp or SqlTypeKind.Date or SqlTypeKind.Text or SqlTypeKind.Varchar };

    private static SqlType TypeOf(PointKind kind) => kind switch
    {
        PointKind.Timestamp => TimestampTz,
        PointKind.Lsn or PointKind.Version or PointKind.VersionsBack => Int8,
        _ => Text,
    };

    private static VitessException Invalid(string message, SqlNode at, string hint) =>
        new(ErrorCodes.InvalidPoint, message, hint: hint, position: at.Span.Length > 0 ? at.Span.Start + 1 : null);
}
