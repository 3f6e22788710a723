using System.Globalization;

namespace Shale.Vitess;

/// <summary>
/// The 64-bit function of the hash vindex: two 32-bit lanes over UTF-16 code units (seed 001's <c>id = 123</c> lands on <c>-80</c>).
/// Feed the units, then <see cref="Finish"/>. Rows on disk depend on it: it can never change. Hot path: bench of point SELECT.
/// </summary>
internal struct VitessHash
{
    private uint _a = 0xdeadbeef;
    private uint _b = 0x41c6ce57;

    public VitessHash()
    {
    }

    public void Add(char unit)
    {
        unchecked
        {
            _a = (_a ^ unit) * 2654435761;
            _b = (_b ^ unit) * 1597334677;
        }
    }

    public void Add(ReadOnlySpan<char> units)
    {
        foreach (var unit in units) Add(unit);
    }

    public void Add(long number)
    {
        Span<char> digits = stackalloc char[20];
        number.TryFormat(digits, out var length, provider: CultureInfo.InvariantCulture);
        Add(digits[..length]);
    }

    /// <summary>Bytes count as Latin-1 characters.</summary>
    public void Add(ReadOnlySpan<byte> bytes)
    {
        foreach (var value in bytes) Add((char)value);
    }

    /// <summary>The canonical text of a value that is not NULL.</summary>
    public void Add(in SqlValue value)
    {
        switch (value.Kind)
        {
            case SqlValueKind.Integer: Add(value.AsInteger()); break;
            case SqlValueKind.Boolean: Add(value.AsBoolean() ? "true" : "false"); break;
            case SqlValueKind.Text: Add(value.AsText()); break;
            case SqlValueKind.Blob: Add(value.AsBlob().AsSpan()); break;
            case SqlValueKind.Real: AddReal(value.AsReal()); break;
            default: throw new InvalidOperationException("NULL has no place");
        }
    }

    /// <summary>How many units <see cref="Add(in SqlValue)"/> feeds for a value.</summary>
    public static int UnitsOf(in SqlValue value)
    {
        Span<char> text = stackalloc char[32];
        switch (value.Kind)
        {
            case SqlValueKind.Integer:
                value.AsInteger().TryFormat(text, out var digits, provider: CultureInfo.InvariantCulture);
                return digits;
            case SqlValueKind.Real:
                value.AsReal().TryFormat(text, out var length, "R", CultureInfo.InvariantCulture);
                return length;
            case SqlValueKind.Boolean: return value.AsBoolean() ? 4 : 5;
            case SqlValueKind.Text: return value.AsText().Length;
            case SqlValueKind.Blob: return value.AsBlob().Length;
            default: return 0;
        }
    }

    public readonly KeyspaceId Finish()
    {
        unchecked
        {
            var a = (_a ^ (_a >> 16)) * 2246822507;
            a ^= (_b ^ (_b >> 13)) * 3266489909;
            var b = (_b ^ (_b >> 16)) * 2246822507;
            b ^= (a ^ (a >> 13)) * 3266489909;
            return new KeyspaceId(((ulong)a << 32) | b);
        }
    }

    private void AddReal(double number)
    {
        Span<char> text = stackalloc char[32];
        number.TryFormat(text, out var length, "R", CultureInfo.InvariantCulture);
        Add(text[..length]);
    }
}
