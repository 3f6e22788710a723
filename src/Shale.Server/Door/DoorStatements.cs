using System.Diagnostics;
using System.Text.Json;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Shale.Contracts;
using Shale.Sql;
using Shale.Vitess;

namespace Shale.Server;

/// <summary>Answers QUERY, EXECUTE and BATCH: rows go from the gate's row set straight into the response. Thread-safe.</summary>
/// <remarks>Hot path: the point query through HTTP (bench main).</remarks>
internal sealed class DoorStatements(IVTGate gate, long maxResultBytes)
{
    private static readonly object ClientItem = new();

    /// <summary>The dialect of an option; the message has been checked.</summary>
    public static SqlDialect? Dialect(string? name) => name switch
    {
        null => null,
        "sqlite" => SqlDialect.Sqlite,
        _ => SqlDialect.Postgres,
    };

    /// <summary>Answers a QUERY.</summary>
    public async ValueTask QueryAsync(HttpContext context, JsonResponse response, QueryRequest request)
    {
        var started = Stopwatch.GetTimestamp();
        var result = await gate.ExecuteAsync(
            Request(context, request.Sql, request.Params, request.Keyspace, request.TxId, request.Options), context.RequestAborted);
        CheckSize(result.Rows.SizeBytes);
        context.Response.ContentType = "application/json";
        response.StartMessage(MessageType.Result, request.Id);
        response.Writer.WritePropertyName("result"u8);
        await WriteAsync(context, response, Describe(result, request.Options, started));
        response.Writer.WriteEndObject();
        await response.EndAsync(context.RequestAborted);
    }

    /// <summary>Answers an EXECUTE.</summary>
    public async ValueTask ExecuteAsync(HttpContext context, JsonResponse response, ExecuteRequest request)
    {
        var started = Stopwatch.GetTimestamp();
        var result = await gate.ExecuteAsync(
            Request(context, request.Sql, request.Params, request.Keyspace, request.TxId, request.Options), context.RequestAborted);
        context.Response.ContentType = "application/json";
        ContractsJson.Serialize(response.Writer, Messages.CreateExecuteResponse(request.Id, new ExecuteResult(result.Affected, result.LastInsertId)
        {
            Duration = Stopwatch.GetElapsedTime(started).TotalMilliseconds,
            Tier = NullIfEmpty(result.Tier),
            Shards = NullIfEmpty(result.Shards),
            Notices = NullIfEmpty(result.Notices),
        }));
        await response.EndAsync(context.RequestAborted);
    }

    /// <summary>Answers a BATCH.</summary>
    public async ValueTask BatchAsync(HttpContext context, JsonResponse response, BatchRequest request)
    {
        var statements = new GateRequest[request.Statements.Count];
        for (var i = 0; i < statements.Length; i++)
            statements[i] = Request(context, request.Statements[i].Sql, request.Statements[i].Params, null, null, request.Options);
        var started = Stopwatch.GetTimestamp();
        var batch = new GateBatchRequest(statements)
        {
            Target = request.Keyspace,
            TxId = request.TxId,
            Dialect = Dialect(request.Options?.Dialect),
            Atomic = request.Options?.Atomic ?? false,
            IdempotencyKey = request.Options?.IdempotencyKey,
        };
        var outcome = await gate.BatchAsync(batch, context.RequestAborted);
        long size = 0;
        foreach (var result in outcome.Results) size += result.Rows.SizeBytes;
        CheckSize(size);
        await WriteBatchAsync(context, response, request, outcome, started);
    }

    private static async ValueTask WriteBatchAsync(
        HttpContext context, JsonResponse response, BatchRequest request, GateBatchResult outcome, long started)
    {
        context.Response.ContentType = "application/json";
        var writer = response.Writer;
        response.StartMessage(MessageType.Result, request.Id);
        writer.WriteStartObject("result"u8);
        writer.WriteStartArray("results"u8);
        foreach (var result in outcome.Results) await WriteAsync(context, response, Describe(result, request.Options, null));
        writer.WriteEndArray();
        writer.WriteBoolean("success"u8, outcome.Error is null);
        if (outcome.FailedAt is { } failedAt) writer.WriteNumber("failedAt"u8, failedAt);
        if (outcome.Error is { } error)
        {
            writer.WriteString("error"u8, error.Message);
            writer.WritePropertyName("errorDetail"u8);
            ContractsJson.Serialize(writer, new ErrorDetail(error.Code, error.Shard, error.SqlState, error.Hint, error.IsTransient, error.Subject));
        }
        writer.WriteNumber("duration"u8, Stopwatch.GetElapsedTime(started).TotalMilliseconds);
        writer.WriteEndObject();
        writer.WriteEndObject();
        await response.EndAsync(context.RequestAborted);
    }

    /// <summary>Answers a QUERY in lines of JSON: a RESULT for each chunk, then ACK, or ERROR.</summary>
    public async ValueTask StreamAsync(HttpContext context, JsonResponse response, QueryRequest request)
    {
        var cancellation = context.RequestAborted;
        context.Response.ContentType = "application/x-ndjson";
        try
        {
            var statement = Request(context, request.Sql, request.Params, request.Keyspace, request.TxId, request.Options);
            await foreach (var chunk in gate.StreamAsync(statement, cancellation))
            {
                response.StartMessage(MessageType.Result, request.Id);
                response.Writer.WritePropertyName("result"u8);
                await WriteAsync(context, response, new QueryResult(chunk) { RowsAsArrays = request.Options?.RowMode == "array" });
                response.Writer.WriteEndObject();
                await response.SendLineAsync(cancellation);
            }
            ContractsJson.Serialize(response.Writer, Messages.CreateAckResponse(request.Id));
        }
        catch (VitessException failure)
        {
            ContractsJson.Serialize(response.Writer, ErrorResponse.From(request.Id, failure));
        }
        await response.SendLineAsync(cancellation);
    }

    private static async ValueTask WriteAsync(HttpContext context, JsonResponse response, QueryResult result)
    {
        var rows = new RowJsonWriter(result.Fields, result.RowsAsArrays);
        var writer = response.Writer;
        writer.WriteStartObject();
        writer.WritePropertyName("fields"u8);
        rows.WriteFields(writer);
        writer.WriteStartArray("rows"u8);
        for (var i = 0; i < result.RowCount; i++)
        {
            rows.WriteRow(writer, result.Rows[i]);
            if (response.PieceIsFull) await response.SendPieceAsync(context.RequestAborted);
        }
        writer.WriteEndArray();
        RowJsonWriter.WriteTail(writer, result);
        writer.WriteEndObject();
    }

    private static QueryResult Describe(GateResult result, RequestOptions? options, long? started)
    {
        // A statement that gives rows may have changed some, too; one that gives none always says how many.
        var isWrite = result.Affected != 0 || result.Rows.Fields.Count == 0;
        return new QueryResult(result.Rows)
        {
            Duration = started is { } at ? Stopwatch.GetElapsedTime(at).TotalMilliseconds : null,
            Affected = isWrite ? result.Affected : null,
            LastInsertId = result.LastInsertId,
            Tier = NullIfEmpty(result.Tier),
            Shards = NullIfEmpty(result.Shards),
            MissingShards = NullIfEmpty(result.MissingShards),
            Notices = NullIfEmpty(result.Notices),
            RowsAsArrays = options?.RowMode == "array",
        };
    }

    private void CheckSize(long sizeBytes)
    {
        if (sizeBytes <= maxResultBytes) return;
        throw new VitessException(ErrorCodes.ResourceExhausted.Code, $"the result is larger than {maxResultBytes} bytes", null, "54000", false,
            "Select less, page through it, or stream it (options.stream, StreamAsync).");
    }

    private static GateRequest Request(HttpContext context, string sql, RequestParams? parameters, string? keyspace, string? txId, RequestOptions? options) =>
        new(sql, parameters?.Positional ?? [])
        {
            Client = ClientOf(context),
            NamedParams = parameters?.Named,
            Target = keyspace,
            TxId = txId,
            Dialect = Dialect(options?.Dialect),
            AsOf = options?.AsOf is { } point ? TimePoints.Read(point) : null,

            // What is read in the past stays the same: no answer has to be kept.
            IdempotencyKey = options?.AsOf is null ? options?.IdempotencyKey : null,
            PartialResults = options?.PartialResults ?? false,
            Timeout = options?.Timeout is > 0 and var timeout ? TimeSpan.FromMilliseconds(timeout) : null,
        };

    // Made once for each connection.
    private static string? ClientOf(HttpContext context)
    {
        if (context.Features.Get<IConnectionItemsFeature>()?.Items is not { } items) return null;
        if (items.TryGetValue(ClientItem, out var known)) return (string?)known;
        var connection = context.Connection;
        var client = connection.RemoteIpAddress is { } address ? new System.Net.IPEndPoint(address, connection.RemotePort).ToString() : "local";
        items[ClientItem] = client;
        return client;
    }

    private static string? NullIfEmpty(string text) => text.Length == 0 ? null : text;

    private static IReadOnlyList<string>? NullIfEmpty(IReadOnlyList<string> list) => list.Count == 0 ? null : list;
}
