namespace Shale.Postgres;

/// <summary>One PostgreSQL database for a program, after PGliteAdapter of the Vitess client.</summary>
public sealed record PostgresAdapterOptions
{
    /// <summary>Where a private server keeps its data; null for a temporary one, which is gone when the adapter is closed. Not used with <see cref="ConnectionString"/>.</summary>
    public string? DataDir { get; init; }

    /// <summary>A database of a server of yours instead; null for a private server.</summary>
    public string? ConnectionString { get; init; }

    /// <summary>Statements that <see cref="PostgresAdapter.InitAsync"/> runs; null for none.</summary>
    public string? InitSchema { get; init; }

    /// <summary>Whether every statement is written to <see cref="Log"/>.</summary>
    public bool Debug { get; init; }

    /// <summary>Where; null for standard error.</summary>
    public Action<string>? Log { get; init; }
}
