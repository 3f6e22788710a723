using Shale.PageLog;

namespace Shale.Cli.Log;

/// <summary>Finds the log that somebody means.</summary>
internal static class LogDirectory
{
    private const string NoLog = "58P01";
    private const int Deepest = 4, MostNamed = 5;

    /// <summary>Takes the log of a directory. Errors: as <see cref="LogInspector.Open"/>; where there is none, the hint names those below.</summary>
    public static LogInspector Open(string directory)
    {
        var disk = LocalDisk.OpenForReading(directory);
        try
        {
            return LogInspector.Open(disk);
        }
        catch (VitessException exception) when (exception.SqlState == NoLog && Below(directory) is { Count: > 0 } below)
        {
            throw new VitessException(ErrorCodes.ShardError, $"there is no page log in {directory} itself", sqlState: NoLog, hint: $"There is one in {string.Join(", ", below)}.", inner: exception);
        }
    }

    private static List<string> Below(string directory) => [.. System.IO.Directory
        .EnumerateFiles(directory, "segment-*.log", new EnumerationOptions { RecurseSubdirectories = true, MaxRecursionDepth = Deepest, IgnoreInaccessible = true })
        .Select(file => Path.GetDirectoryName(file)!).Distinct().Order(StringComparer.Ordinal).Take(MostNamed)];
}
