using System.Globalization;

namespace Shale;

/// <summary>
/// One value of a row or a parameter, without boxing. What it means (date, uuid, numeric, …) is said by the
/// <see cref="Field.Type"/> of its column; this is only how it is stored. Immutable; a blob's array is not copied and must not be changed.
/// </summary>
public readonly struct SqlValue : IEquatable<SqlValue>
{
    private readonly long _bits;
    private readonly object? _reference;

    private SqlValue(SqlValueKind kind, long bits, object? reference)
    {
        Kind = kind;
        _bits = bits;
        _reference = reference;
    }

    /// <summary>SQL NULL; also the default value of the type.</summary>
    public static SqlValue Null => default;

    /// <summary>The storage class.</summary>
    public SqlValueKind Kind { get; }

    /// <summary>Whether this is SQL NULL.</summary>
    public bool IsNull => Kind == SqlValueKind.Null;

    /// <summary>A 64-bit integer.</summary>
    public static SqlValue Integer(long value) => new(SqlValueKind.Integer, value, null);

    /// <summary>A 64-bit float.</summary>
    public static SqlValue Real(double value) => new(SqlValueKind.Real, BitConverter.DoubleToInt64Bits(value), null);

    /// <summary>Text; <see langword="null"/> becomes NULL.</summary>
    public static SqlValue Text(string? value) => value is null ? Null : new(SqlValueKind.Text, 0, value);

    /// <summary>Bytes; <see langword="null"/> becomes NULL. The array is not copied.</summary>
    public static SqlValue Blob(byte[]? value) => value is null ? Null : new(SqlValueKind.Blob, 0, value);

    /// <summary>A boolean.</summary>
    public static SqlValue Boolean(bool value) => new(SqlValueKind.Boolean, value ? 1 : 0, null);

    /// <summary>The integer; also 0 or 1 of a boolean. Throws <see cref="InvalidOperationException"/> for other kinds.</summary>
    public long AsInteger() => Kind is SqlValueKind.Integer or SqlValueKind.Boolean ? _bits : throw Mismatch(SqlValueKind.Integer);

    /// <summary>The float. Throws <see cref="InvalidOperationException"/> for other kinds.</summary>
    public double AsReal() => Kind == SqlValueKind.Real ? BitConverter.Int64BitsToDouble(_bits) : throw Mismatch(SqlValueKind.Real);

    /// <summary>The text. Throws <see cref="InvalidOperationException"/> for other kinds.</summary>
    public string AsText() => Kind == SqlValueKind.Text ? (string)_reference! : throw Mismatch(SqlValueKind.Text);

    /// <summary>The bytes, not copied. Throws <see cref="InvalidOperationException"/> for other kinds.</summary>
    public byte[] AsBlob() => Kind == SqlValueKind.Blob ? (byte[])_reference! : throw Mismatch(SqlValueKind.Blob);

    /// <summary>The boolean; also of the integers 0 and 1. Throws <see cref="InvalidOperationException"/> for other kinds.</summary>
    public bool AsBoolean() =>
        Kind == SqlValueKind.Boolean || (Kind == SqlValueKind.Integer && _bits is 0 or 1) ? _bits != 0 : throw Mismatch(SqlValueKind.Boolean);

    /// <summary>How many bytes the value takes in a buffer or on disk, roughly; what byte budgets count.</summary>
    public long SizeBytes => Kind switch
    {
        SqlValueKind.Text => 24 + (2L * ((string)_reference!).Length),
        SqlValueKind.Blob => 24 + ((byte[])_reference!).LongLength,
        _ => 24,
    };

    /// <summary>Same kind and same value; NULL equals NULL, NaN equals NaN. This is identity, not SQL comparison.</summary>
    public bool Equals(SqlValue other) => Kind == other.Kind && Kind switch
    {
        SqlValueKind.Text => (string)_reference! == (string)other._reference!,
        SqlValueKind.Blob => ((byte[])_reference!).AsSpan().SequenceEqual((byte[])other._reference!),
        _ => _bits == other._bits,
    };

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is SqlValue other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        switch (Kind)
        {
            case SqlValueKind.Text:
                return ((string)_reference!).GetHashCode(StringComparison.Ordinal);
            case SqlValueKind.Blob:
                var hash = new HashCode();
                hash.AddBytes((byte[])_reference!);
                return hash.ToHashCode();
            default:
                return HashCode.Combine(Kind, _bits);
        }
    }

    /// <summary>Identity; see <see cref="Equals(SqlValue)"/>.</summary>
    public static bool operator ==(SqlValue left, SqlValue right) => left.Equals(right);

    /// <summary>Not identical; see <see cref="Equals(SqlValue)"/>.</summary>
    public static bool operator !=(SqlValue left, SqlValue right) => !left.Equals(right);

    /// <summary>For people: <c>NULL</c>, the number, the text, <c>x'hex'</c> or <c>true</c>/<c>false</c>.</summary>
    public override string ToString() => Kind switch
    {
        SqlValueKind.Null => "NULL",
        SqlValueKind.Integer => _bits.ToString(CultureInfo.InvariantCulture),
        SqlValueKind.Real => AsReal().ToString("R", CultureInfo.InvariantCulture),
        SqlValueKind.Text => (string)_reference!,
        SqlValueKind.Blob => "x'" + Convert.ToHexString((byte[])_reference!) + "'",
        _ => _bits != 0 ? "true" : "false",
    };

    private InvalidOperationException Mismatch(SqlValueKind asked) => new($"a {Kind} value was read as {asked}");
}
