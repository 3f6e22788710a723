namespace Shale.Cli.Output;

/// <summary>Writes the result of one statement: Start once, then rows in chunks, then End.</summary>
internal interface IResultWriter
{
    /// <summary>Begins a result with these columns.</summary>
    void Start(IReadOnlyList<Field> fields);

    /// <summary>Adds rows.</summary>
    void Add(RowSet rows);

    /// <summary>Ends the result.</summary>
    void End();
}
