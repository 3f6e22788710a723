namespace Shale.Cli.Output;

/// <summary>How results are written.</summary>
internal enum OutputFormat
{
    /// <summary>Aligned, for people.</summary>
    Table,

    /// <summary>RFC 4180.</summary>
    Csv,

    /// <summary>An array of objects.</summary>
    Json,
}
