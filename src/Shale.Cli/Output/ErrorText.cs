namespace Shale.Cli.Output;

/// <summary>Failures as text for people.</summary>
internal static class ErrorText
{
    /// <summary>The message, where it is in the statement, code, SQLSTATE, shard, what is known of the values, and what to do next.</summary>
    public static void Write(TextWriter output, VitessException failure, string? statement = null)
    {
        output.WriteLine("ERROR: " + failure.Message);
        if (statement is not null && failure.Position is { } position && position >= 1 && position <= statement.Length + 1)
        {
            var start = position == 1 ? 0 : statement.LastIndexOf('\n', position - 2) + 1;
            var end = statement.IndexOf('\n', start) is >= 0 and var newline ? newline : statement.Length;
            var number = statement.AsSpan(0, start).Count('\n') + 1;
            var prefix = $"LINE {number}: ";
            output.WriteLine(prefix + statement[start..end].Replace('\t', ' '));
            output.WriteLine(new string(' ', prefix.Length + CellText.Width(statement[start..(position - 1)])) + "^");
        }
        output.WriteLine($"  {failure.Code}, SQLSTATE {failure.SqlState}{(failure.Shard is null ? "" : $", shard {failure.Shard}")}");
        if (failure.Subject?.Detail is { Length: > 0 } detail) output.WriteLine("  Detail: " + detail);
        if (HintOf(failure) is { Length: > 0 } hint) output.WriteLine("  Hint: " + hint);
    }

    // The registry's hint is for whoever writes a client.
    private static string? HintOf(VitessException failure) =>
        failure.Code == ErrorCodes.Unauthorized.Code && failure.Hint == ErrorCodes.Unauthorized.Hint ? "Give the server's token by --token, or in SHALE_TOKEN." : failure.Hint;
}
