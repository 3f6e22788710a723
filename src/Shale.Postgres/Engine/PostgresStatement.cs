using Npgsql;

namespace Shale.Postgres;

/// <summary>A statement that the server has prepared, for parameters of certain types. Its connection's.</summary>
/// <param name="Command">The command; its parameters are set for each run.</param>
/// <param name="Wires">How its parameters go.</param>
/// <param name="Shape">Its columns.</param>
/// <param name="Check">What its text says.</param>
internal sealed record PostgresStatement(NpgsqlCommand Command, PostgresParameters.Wire[] Wires, RowShape Shape, StatementCheck Check)
{
    /// <summary>When it was used last, in uses of the cache.</summary>
    public long LastUse { get; set; }
}
