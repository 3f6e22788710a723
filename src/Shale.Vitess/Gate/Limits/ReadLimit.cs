using Shale.Contracts;

namespace Shale.Vitess;

/// <summary>How many rows and bytes one statement may read.</summary>
/// <param name="Rows">Null for no limit.</param>
/// <param name="Bytes">Null for no limit.</param>
internal readonly record struct ReadLimit(long? Rows, long? Bytes)
{
    /// <summary>Whether there is none.</summary>
    public bool IsNone => Rows is null && Bytes is null;

    /// <summary>That of a request to a shard.</summary>
    public static ReadLimit Of(ShardQueryRequest request) => new(request.MaxRows, request.MaxBytes);

    /// <summary>The request with this limit.</summary>
    public ShardQueryRequest On(ShardQueryRequest request) => IsNone ? request : request with { MaxRows = Rows, MaxBytes = Bytes };

    /// <summary>RESOURCE_EXHAUSTED (54000), not transient, for more than may be.</summary>
    public void Check(long rows, long bytes)
    {
        if (rows > Rows) throw TooMuch($"more than {Rows} rows");
        if (bytes > Bytes) throw TooMuch($"more than {Bytes} bytes");
    }

    /// <summary>Gathers chunks; stops reading as soon as there is too much.</summary>
    public async ValueTask<RowSet> ReadAsync(IAsyncEnumerable<RowSet> chunks)
    {
        RowSet? all = null;
        IReadOnlyList<Field> fields = [];
        long bytes = 0;
        await foreach (var chunk in chunks)
        {
            var size = chunk.SizeBytes;
            if (all is null) all = chunk;
            else all.AddAll(chunk);
            fields = chunk.Fields;
            bytes += size;
            Check(all.RowCount, bytes);
        }

        // The last chunk knows most of what types expressions have.
        if (all is null) throw new InvalidOperationException("a stream gave no chunk");
        return ReferenceEquals(fields, all.Fields) ? all : all.WithFields(fields);
    }

    private static VitessException TooMuch(string what) => new(ErrorCodes.ResourceExhausted.Code, $"the statement reads {what}, which is the limit", null, "54000", false,
        "Add conditions or LIMIT, compare the sharding key with a value, stream the rows, or raise maxRows or maxBytes of the keyspace or the gate.");
}
