using Shale.Sql;

namespace Shale.Engines;

/// <summary>Casts: one function for each pair of types that are held differently.</summary>
internal static class PostgresCastFunctions
{
    private static readonly SqlTypeKind[] Kinds =
    [
        SqlTypeKind.Bool, SqlTypeKind.Int2, SqlTypeKind.Int4, SqlTypeKind.Int8, SqlTypeKind.Float4, SqlTypeKind.Float8, SqlTypeKind.Numeric,
        SqlTypeKind.Text, SqlTypeKind.Bytea, SqlTypeKind.Uuid, SqlTypeKind.Date, SqlTypeKind.Time, SqlTypeKind.Timestamp,
        SqlTypeKind.TimestampTz, SqlTypeKind.Interval, SqlTypeKind.Json, SqlTypeKind.Jsonb, SqlTypeKind.Inet, SqlTypeKind.Cidr, SqlTypeKind.MacAddr,
    ];

    public static void AddTo(FunctionSet set)
    {
        foreach (var from in Kinds)
        {
            foreach (var to in Kinds)
                if (from != to && TypeRules.CanCast(new SqlType(from), new SqlType(to))) AddCast(set, new SqlType(from), new SqlType(to));
        }

        set.Strict("shale_bool_short", value => SqlValue.Text(value.AsInteger() != 0 ? "t" : "f"));
        AddSized(set, "shale_cut_varchar", SqlTypeKind.Varchar, isExplicit: true);
        AddSized(set, "shale_fit_varchar", SqlTypeKind.Varchar, isExplicit: false);
        AddSized(set, "shale_cut_char", SqlTypeKind.Char, isExplicit: true);
        AddSized(set, "shale_fit_char", SqlTypeKind.Char, isExplicit: false);
        set.Strict("shale_round_timestamp", (value, digits) => Rounded(value, digits));
        set.Strict("shale_round_time", (value, digits) => SqlValue.Text(PgDates.ParseTime(value.AsText(), new SqlType(SqlTypeKind.Time, false, (int)digits.AsInteger()))));
        set.Add("shale_not_null", 2, values => !values[0].IsNull ? values[0] : throw new VitessException(
            ErrorCodes.ConstraintViolation, $"null value in column \"{values[1].AsText()}\" violates not-null constraint", sqlState: "23502"));
        set.Strict("shale_limit", value => Bound(value, "LIMIT"));
        set.Strict("shale_offset", value => Bound(value, "OFFSET"));
    }

    private static void AddCast(FunctionSet set, SqlType from, SqlType to) =>
        set.Strict(CastEmitter.FunctionName(from.Kind, to.Kind), value => PgCasts.Convert(value, from, to, isExplicit: true));

    private static void AddSized(FunctionSet set, string name, SqlTypeKind kind, bool isExplicit) =>
        set.Strict(name, (value, size) => PgCasts.Convert(value, new SqlType(SqlTypeKind.Text), new SqlType(kind, false, (int)size.AsInteger()), isExplicit));

    private static SqlValue Rounded(SqlValue value, SqlValue digits)
    {
        var text = value.AsText();
        if (PgDates.IsInfinite(text)) return value;
        var rounded = PgDates.Round(PgDates.Read(text), (int)digits.AsInteger());
        return SqlValue.Text(text.EndsWith("+00", StringComparison.Ordinal) ? PgDates.TimestampTz(rounded) : PgDates.Timestamp(rounded));
    }

    private static SqlValue Bound(SqlValue value, string clause) => value.AsInteger() >= 0
        ? value : throw SqlErrors.Query($"{clause} must not be negative", clause == "LIMIT" ? "2201W" : "2201X");
}
