namespace Shale.Postgres.Relay;

/// <summary>A statement that a session has prepared.</summary>
/// <param name="Name">Its name there; empty for one that is run once.</param>
/// <param name="Sql">Its text.</param>
/// <param name="Wires">How its parameters go.</param>
/// <param name="Shape">Its columns.</param>
/// <param name="Check">What its text says.</param>
internal sealed record RelayStatement(string Name, string Sql, PostgresParameters.Wire[] Wires, RowShape Shape, StatementCheck Check) : IPreparedStatement
{
    private (RowEncoding Encoding, bool[] Formats) _encoded = (RowEncoding.Text, []);

    /// <inheritdoc/>
    public long LastUse { get; set; }

    /// <summary>Whether it is run once, without rows: a definition or a command.</summary>
    public bool IsOnce => Name.Length == 0;

    /// <summary>In which form its columns come.</summary>
    /// <param name="encoding">The form that the caller passes on; null for values.</param>
    public bool[] Formats(RowEncoding? encoding)
    {
        if (encoding is null) return Shape.OwnFormats;
        if (!ReferenceEquals(_encoded.Encoding, encoding) || _encoded.Formats.Length == 0) _encoded = (encoding, Shape.FormatsFor(encoding));
        return _encoded.Formats;
    }
}
