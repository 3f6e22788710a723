using System.Globalization;
using Shale.Sql;

namespace Shale.Vitess;

/// <summary>How values become canonical for one column in one dialect: prepared once per plan. See <see cref="CanonicalKey"/>.</summary>
internal readonly record struct KeyColumn(SqlType Type, Affinity Affinity, SqlDialect Dialect)
{
    /// <summary>For a column of a table.</summary>
    public static KeyColumn Of(ColumnSchema column, SqlDialect dialect) => new(column.Type, AffinityOf(column), dialect);

    /// <summary>A column's affinity in SQLite; INTEGER treats a key as NUMERIC does, and bytea is what SQLite calls BLOB.</summary>
    public static Affinity AffinityOf(ColumnSchema column)
    {
        if (column.Type.Kind == SqlTypeKind.Bytea) return Affinity.Blob;
        if (column.Collation == NumericOrder.Collation) return Affinity.Text;
        var affinity = SqliteAffinity.Of(column.DeclaredType);
        return affinity == Affinity.Integer ? Affinity.Numeric : affinity;
    }

    /// <summary>See <see cref="CanonicalKey.TryConvert(SqlValue, SqlType, SqlDialect, out SqlValue)"/>.</summary>
    public bool TryConvert(in SqlValue value, out SqlValue canonical)
    {
        canonical = value;
        if (value.IsNull) return false;

        // The common case of both dialects: an integer for an integer column.
        if (value.Kind == SqlValueKind.Integer && Type.Kind is SqlTypeKind.Int8 or SqlTypeKind.Int4 or SqlTypeKind.Int2) return true;
        return Dialect == SqlDialect.Sqlite ? TryConvertSqlite(value, out canonical) : TryConvertPostgres(value, out canonical);
    }

    /// <summary>See <see cref="CanonicalKey.TryAssign"/>. SQLite assigns as it compares.</summary>
    public bool TryAssign(in SqlValue value, out SqlValue canonical)
    {
        if (Dialect == SqlDialect.Sqlite || value.IsNull) return TryConvert(value, out canonical);
        return Type.Kind switch
        {
            SqlTypeKind.Int2 or SqlTypeKind.Int4 or SqlTypeKind.Int8 when value.Kind == SqlValueKind.Real => TryRound(value, 0, out canonical),
            SqlTypeKind.Numeric when Type.Modifier is not null => TryRound(value, Type.Scale ?? 0, out canonical),
            SqlTypeKind.Varchar when Type.Modifier is { } length && value.Kind == SqlValueKind.Text => TryConvert(CutBlanks(value, length), out canonical),
            SqlTypeKind.Timestamp or SqlTypeKind.TimestampTz or SqlTypeKind.Time when value.Kind == SqlValueKind.Text =>
                TryTime(value, Type.Modifier ?? CanonicalTime.MaxDigits, out canonical),
            _ => TryConvert(value, out canonical),
        };
    }

    private bool TryConvertSqlite(in SqlValue value, out SqlValue canonical)
    {
        canonical = SqliteConversion.Apply(value, Affinity);

        // Numerics that are held as text compare as numbers, whatever zeros they are written with.
        if (Type.Kind == SqlTypeKind.Numeric && Affinity == Affinity.Text)
        {
            if (canonical.Kind == SqlValueKind.Text && TryNumeric(canonical, out var number)) canonical = number;
            return true;
        }

        if (canonical.Kind == SqlValueKind.Real)
        {
            if (double.IsNaN(canonical.AsReal())) return false;
            canonical = SqliteConversion.Integral(canonical.AsReal());
        }

        canonical = (Type.Kind, canonical.Kind) switch
        {
            (SqlTypeKind.Bool, SqlValueKind.Integer) when canonical.AsInteger() is 0 or 1 => SqlValue.Boolean(canonical.AsBoolean()),
            (SqlTypeKind.Numeric, SqlValueKind.Real) when double.IsFinite(canonical.AsReal()) => ExactDecimal.Of(canonical.AsReal()).ToCanonical(),
            (SqlTypeKind.Char, SqlValueKind.Text) => SqlValue.Text(canonical.AsText().TrimEnd(' ')),
            (SqlTypeKind.Uuid, SqlValueKind.Text) => CanonicalText.TryUuid(canonical.AsText(), out var uuid) ? uuid : canonical,
            (SqlTypeKind.Timestamp or SqlTypeKind.TimestampTz or SqlTypeKind.Date or SqlTypeKind.Time, SqlValueKind.Text) =>
                CanonicalTime.TryParse(canonical.AsText(), Type.Kind, CanonicalTime.MaxDigits, out var time) ? time : canonical,
            _ => canonical,
        };
        return true;
    }

    private bool TryConvertPostgres(in SqlValue value, out SqlValue canonical)
    {
        canonical = value;
        switch (Type.Kind)
        {
            case SqlTypeKind.Int2 or SqlTypeKind.Int4 or SqlTypeKind.Int8:
                return TryInteger(value, out canonical);
            case SqlTypeKind.Bool:
                return TryBoolean(value, out canonical);
            case SqlTypeKind.Numeric:
                return TryNumeric(value, out canonical);
            case SqlTypeKind.Text or SqlTypeKind.Varchar:
                return CanonicalText.TryText(value, out canonical);
            case SqlTypeKind.Char:
                if (!CanonicalText.TryText(value, out canonical)) return false;
                canonical = SqlValue.Text(canonical.AsText().TrimEnd(' '));
                return true;
            case SqlTypeKind.Uuid:
                return value.Kind == SqlValueKind.Text && CanonicalText.TryUuid(value.AsText(), out canonical);
            case SqlTypeKind.Inet or SqlTypeKind.Cidr or SqlTypeKind.MacAddr:
                canonical = ParameterConversion.Convert(value, Type, SqlDialect.Postgres);
                return true;
            case SqlTypeKind.Bytea:
                return value.Kind == SqlValueKind.Blob || (value.Kind == SqlValueKind.Text && CanonicalText.TryBytea(value.AsText(), out canonical));
            case SqlTypeKind.Date or SqlTypeKind.Time or SqlTypeKind.Timestamp or SqlTypeKind.TimestampTz:
                return TryTime(value, CanonicalTime.MaxDigits, out canonical);
            default:
                throw new InvalidOperationException($"{Type.Name} is not a type of sharding columns");
        }
    }

    private bool TryTime(in SqlValue value, int digits, out SqlValue canonical)
    {
        canonical = value;
        if (value.Kind != SqlValueKind.Text) return false;
        if (!CanonicalTime.TryParse(value.AsText(), Type.Kind, digits, out canonical)) throw CanonicalTime.Invalid(value.AsText(), Type);
        return true;
    }

    private static bool TryInteger(in SqlValue value, out SqlValue canonical)
    {
        canonical = value;
        switch (value.Kind)
        {
            case SqlValueKind.Integer:
                return true;
            case SqlValueKind.Real:
                if (!double.IsFinite(value.AsReal()) || !ExactDecimal.Of(value.AsReal()).TryGetInteger(out var whole)) return false;
                canonical = SqlValue.Integer(whole);
                return true;
            case SqlValueKind.Text:
                const NumberStyles Style = NumberStyles.AllowLeadingSign;
                if (!long.TryParse(value.AsText().AsSpan().Trim(CanonicalText.Blanks), Style, CultureInfo.InvariantCulture, out var parsed)) return false;
                canonical = SqlValue.Integer(parsed);
                return true;
            default:
                return false;
        }
    }

    private static bool TryBoolean(in SqlValue value, out SqlValue canonical)
    {
        canonical = value;
        switch (value.Kind)
        {
            case SqlValueKind.Boolean:
                return true;
            case SqlValueKind.Integer when value.AsInteger() is 0 or 1:
                canonical = SqlValue.Boolean(value.AsBoolean());
                return true;
            case SqlValueKind.Text:
                return CanonicalText.TryBoolean(value.AsText(), out canonical);
            default:
                return false;
        }
    }

    private static bool TryNumeric(in SqlValue value, out SqlValue canonical)
    {
        canonical = value;
        if (!TryDecimal(value, out var number)) return CanonicalText.TrySpecialNumber(value, out canonical);
        canonical = number.ToCanonical();
        return true;
    }

    private static bool TryRound(in SqlValue value, int scale, out SqlValue canonical)
    {
        canonical = value;
        if (!TryDecimal(value, out var number)) return CanonicalText.TrySpecialNumber(value, out canonical);
        canonical = number.Round(scale).ToCanonical();
        return true;
    }

    private static bool TryDecimal(in SqlValue value, out ExactDecimal number)
    {
        number = default;
        return value.Kind switch
        {
            SqlValueKind.Integer => ExactDecimal.TryParse(value.ToString(), out number),
            SqlValueKind.Real => double.IsFinite(value.AsReal()) && ExactDecimal.TryParse(value.ToString(), out number),
            SqlValueKind.Text => ExactDecimal.TryParse(value.AsText().AsSpan().Trim(CanonicalText.Blanks), out number),
            _ => false,
        };
    }

    private static SqlValue CutBlanks(in SqlValue text, int length)
    {
        var whole = text.AsText();
        return whole.Length > length && whole.AsSpan(length).Trim(' ').IsEmpty ? SqlValue.Text(whole[..length]) : text;
    }
}
