namespace Shale.Contracts;

/// <summary>What a request must hold beyond the types of its fields. Errors: QUERY_ERROR (08P01).</summary>
internal static class MessageRules
{
    /// <summary>Throws for the first rule that the request breaks.</summary>
    public static void Check(Message request)
    {
        switch (request)
        {
            case QueryRequest query:
                CheckStatement(nameof(QueryRequest), query.Sql, query.Options);
                break;
            case ExecuteRequest execute:
                CheckStatement(nameof(ExecuteRequest), execute.Sql, execute.Options);
                break;
            case BatchRequest batch:
                CheckBatch(batch);
                break;
            case BeginRequest begin:
                CheckTimeout(nameof(BeginRequest), begin.Options?.Timeout);
                CheckWord(nameof(BeginRequest), "dialect", begin.Options?.Dialect, "postgres", "sqlite");
                break;
            case CommitRequest commit when string.IsNullOrEmpty(commit.TxId):
                throw Broken("Invalid CommitRequest: missing or empty txId field");
            case RollbackRequest rollback when string.IsNullOrEmpty(rollback.TxId):
                throw Broken("Invalid RollbackRequest: missing or empty txId field");
        }
    }

    private static void CheckBatch(BatchRequest batch)
    {
        if (batch.Statements is null) throw Broken("Invalid BatchRequest: missing statements field");
        for (var i = 0; i < batch.Statements.Count; i++)
        {
            if (batch.Statements[i] is null || string.IsNullOrEmpty(batch.Statements[i].Sql))
                throw Broken($"Invalid BatchRequest: missing or empty sql field in statement {i}");
        }
        CheckOptions(nameof(BatchRequest), batch.Options);
    }

    private static void CheckStatement(string message, string? sql, RequestOptions? options)
    {
        if (string.IsNullOrEmpty(sql)) throw Broken($"Invalid {message}: missing or empty sql field");
        CheckOptions(message, options);
    }

    private static void CheckOptions(string message, RequestOptions? options)
    {
        if (options is null) return;
        CheckTimeout(message, options.Timeout);
        CheckKey(message, options.IdempotencyKey);
        CheckWord(message, "dialect", options.Dialect, "postgres", "sqlite");
        CheckWord(message, "rowMode", options.RowMode, "object", "array");
    }

    private static void CheckKey(string message, string? key)
    {
        if (key is { Length: 0 or > 255 }) throw Broken($"Invalid {message}: idempotencyKey has 1 to 255 characters");
    }

    private static void CheckTimeout(string message, int? timeout)
    {
        if (timeout < 0) throw Broken($"Invalid {message}: timeout must be non-negative");
    }

    private static void CheckWord(string message, string option, string? word, string first, string second)
    {
        if (word is not null && word != first && word != second) throw Broken($"Invalid {message}: {option} is \"{first}\" or \"{second}\"");
    }

    private static VitessException Broken(string message) =>
        new(ErrorCodes.QueryError, message, sqlState: "08P01", hint: "Correct the message; nothing was run.");
}
