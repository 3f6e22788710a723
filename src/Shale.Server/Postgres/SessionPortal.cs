using Shale.Postgres.Wire;

namespace Shale.Server;

/// <summary>A prepared statement with its values, on its way. Not thread-safe.</summary>
/// <param name="statement">The statement.</param>
/// <param name="values">Its values.</param>
/// <param name="formats">Which columns are sent in binary: one for each, one for all, or none for text.</param>
internal sealed class SessionPortal(SessionStatement statement, SqlValue[] values, bool[] formats) : IAsyncDisposable
{
    public SessionStatement Statement => statement;

    public SqlValue[] Values => values;

    public bool[] Formats => formats;

    /// <summary>What it gives; null before it runs.</summary>
    public OpenResult? Open { get; set; }

    /// <summary>Whether it has come to its end.</summary>
    public bool IsDone { get; set; }

    /// <summary>The formats of its columns.</summary>
    public ColumnFormat[] Columns => statement.Fields is null ? ColumnFormat.Of(Open!.Rows.Fields, formats) : statement.Columns(formats);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => Open?.DisposeAsync() ?? ValueTask.CompletedTask;
}
