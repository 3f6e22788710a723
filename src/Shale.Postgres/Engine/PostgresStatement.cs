using Npgsql;

namespace Shale.Postgres;

/// <summary>A statement that a connection has prepared, for parameters of certain types.</summary>
internal interface IPreparedStatement
{
    /// <summary>Its text.</summary>
    string Sql { get; }

    /// <summary>How its parameters go.</summary>
    PostgresParameters.Wire[] Wires { get; }

    /// <summary>When it was used last, in uses of the cache.</summary>
    long LastUse { get; set; }
}

/// <summary>One that Npgsql has prepared.</summary>
/// <param name="Command">The command; its parameters are set for each run.</param>
/// <param name="Wires">How its parameters go.</param>
/// <param name="Shape">Its columns.</param>
/// <param name="Check">What its text says.</param>
internal sealed record PostgresStatement(NpgsqlCommand Command, PostgresParameters.Wire[] Wires, RowShape Shape, StatementCheck Check) : IPreparedStatement, IDisposable
{
    /// <inheritdoc/>
    public string Sql => Command.CommandText;

    /// <inheritdoc/>
    public long LastUse { get; set; }

    /// <inheritdoc/>
    public void Dispose() => Command.Dispose();
}
