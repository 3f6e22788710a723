namespace Shale.Cli.Demo;

/// <summary>A statement that the demo shows.</summary>
/// <param name="Title">What it shows, in a few words.</param>
/// <param name="Sql">The statement, laid out for reading.</param>
internal sealed record DemoStatement(string Title, string Sql)
{
    /// <summary>What to notice; null for nothing.</summary>
    public string? Remark { get; init; }

    /// <summary>Whether the plain database must give the same rows; its SQL is the same.</summary>
    public bool IsCompared { get; init; } = true;
}
