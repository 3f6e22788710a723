using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Shale.Contracts;
using Shale.Vitess;

namespace Shale.Server;

/// <summary>
/// The JSON door (SEMANTICS S6): one message in, one message out. 200 for every well-formed message, ERROR included; 400, 401 and 413 with
/// an ERROR body otherwise. A client that goes away cancels what runs for it. Thread-safe.
/// </summary>
internal sealed class JsonDoor(IVTGate gate, DoorGuard guard, VTGateDoorOptions options, ILogger logger)
{
    private readonly DoorStatements _statements = new(gate, options.MaxResultBytes);

    /// <summary>Answers one request.</summary>
    public async Task HandleAsync(HttpContext context)
    {
        using var response = JsonResponse.Rent(context);
        Message? request = null;
        try
        {
            if (guard.Check(context) is { } refusal)
            {
                context.Response.Headers.WWWAuthenticate = "Bearer";
                await RefuseAsync(context, response, StatusCodes.Status401Unauthorized, refusal);
                return;
            }
            request = await ReadAsync(context, response);
            if (request is null) return;
            await AnswerAsync(context, response, request);
        }
        catch (VitessException failure)
        {
            logger.Failed(Name(request), failure.Code, failure.Shard, failure.Message);
            await FailAsync(context, response, request, failure);
        }
        catch (Exception) when (context.RequestAborted.IsCancellationRequested)
        {
            // Nobody is there to be told.
        }
        catch (BadHttpRequestException failure)
        {
            await RefuseAsync(context, response, failure.StatusCode, Malformed(failure));
        }
        catch (OperationCanceledException failure)
        {
            await FailAsync(context, response, request, new VitessException(ErrorCodes.Timeout, "the statement was cancelled", inner: failure));
        }
        catch (Exception failure)
        {
            logger.Unforeseen(failure, Name(request));
            await FailAsync(context, response, request, new VitessException(ErrorCodes.QueryError, "an internal error; the server's log tells more",
                hint: "Report it with the statement and the server's log."));
        }
    }

    /// <summary>Refuses a request that is for none of the door's paths, or that comes to one of them with another method.</summary>
    public async Task RefuseElsewhereAsync(HttpContext context, IReadOnlyList<string> paths)
    {
        using var response = JsonResponse.Rent(context);
        var isKnown = paths.Contains(context.Request.Path.Value);
        if (isKnown) context.Response.Headers.Allow = context.Request.Path.Value == paths[0] ? "GET, HEAD, POST" : "GET";
        await RefuseAsync(context, response, isKnown ? StatusCodes.Status405MethodNotAllowed : StatusCodes.Status404NotFound, new VitessException(
            ErrorCodes.QueryError, isKnown ? "this path does not take this method" : "there is nothing at this path", sqlState: "08P01",
            hint: $"Send messages by POST to {paths[0]}; there is GET of {string.Join(", ", paths)}."));
    }

    private async ValueTask<Message?> ReadAsync(HttpContext context, JsonResponse response)
    {
        try
        {
            var request = await RequestBody.ReadAsync(context, options.MaxRequestBytes);
            if (request is null) await RefuseAsync(context, response, StatusCodes.Status413PayloadTooLarge, TooLong());
            return request;
        }
        catch (VitessException malformed)
        {
            await RefuseAsync(context, response, StatusCodes.Status400BadRequest, malformed);
            return null;
        }
    }

    private ValueTask AnswerAsync(HttpContext context, JsonResponse response, Message request) => request switch
    {
        QueryRequest { Options.Stream: true } query => _statements.StreamAsync(context, response, query),
        QueryRequest query => _statements.QueryAsync(context, response, query),
        ExecuteRequest execute => _statements.ExecuteAsync(context, response, execute),
        BatchRequest batch => _statements.BatchAsync(context, response, batch),
        _ => AnswerSmallAsync(context, response, request),
    };

    private async ValueTask AnswerSmallAsync(HttpContext context, JsonResponse response, Message request)
    {
        var cancellation = context.RequestAborted;
        switch (request)
        {
            case BeginRequest begin:
                var opened = await gate.BeginAsync(begin.Keyspace, begin.Options, DoorStatements.Dialect(begin.Options?.Dialect), cancellation);
                await SendAsync(context, response, Messages.CreateBeginResponse(request.Id, opened.TxId, opened.Shards));
                break;
            case CommitRequest commit:
                await gate.CommitAsync(commit.TxId, cancellation);
                await SendAsync(context, response, Messages.CreateAckResponse(request.Id));
                break;
            case RollbackRequest rollback:
                await gate.RollbackAsync(rollback.TxId, cancellation);
                await SendAsync(context, response, Messages.CreateAckResponse(request.Id));
                break;
            case StatusRequest status:
                await SendAsync(context, response, Messages.CreateStatusResponse(request.Id, await gate.StatusAsync(status.Keyspace, cancellation)));
                break;
            case HealthRequest { Shard: null }:
                await SendAsync(context, response, Messages.CreateHealthResponse(request.Id, await gate.HealthAsync(null, cancellation)));
                break;
            case HealthRequest health:
                var one = await gate.HealthAsync(health.Shard, cancellation);
                await SendAsync(context, response, one.Count == 1
                    ? Messages.CreateHealthResponse(request.Id, one[0])
                    : Messages.CreateHealthResponse(request.Id, one));
                break;
            case SchemaRequest schema:
                await SendAsync(context, response, Messages.CreateSchemaResponse(request.Id, await gate.SchemaAsync(schema.Keyspace, cancellation)));
                break;
            case VSchemaRequest vschema:
                await SendAsync(context, response, Messages.CreateVSchemaResponse(request.Id, await gate.VSchemaAsync(vschema.Keyspace, cancellation)));
                break;
            default:
                throw new InvalidOperationException($"{request.Type} is not answered");
        }
    }

    private static async ValueTask SendAsync<T>(HttpContext context, JsonResponse response, T message)
        where T : Message
    {
        context.Response.ContentType = "application/json";
        ContractsJson.Serialize(response.Writer, message);
        await response.EndAsync(context.RequestAborted);
    }

    // What has been sent cannot be taken back; a connection cut short is what tells the client.
    private static async ValueTask FailAsync(HttpContext context, JsonResponse response, Message? request, VitessException failure)
    {
        if (context.Response.HasStarted)
        {
            context.Abort();
            return;
        }
        response.Clear();
        await SendAsync(context, response, ErrorResponse.From(request?.Id ?? "", failure));
    }

    private async ValueTask RefuseAsync(HttpContext context, JsonResponse response, int status, VitessException failure)
    {
        logger.Refused(status, failure.Message);
        if (context.Response.HasStarted) return;
        context.Response.StatusCode = status;
        await SendAsync(context, response, ErrorResponse.From("", failure));
    }

    private static string Name(Message? request) => request?.Type.ToString() ?? "request";

    private static VitessException Malformed(BadHttpRequestException failure) =>
        new(ErrorCodes.QueryError, failure.Message, sqlState: "08P01", hint: "Send one message of the RPC protocol by POST.", inner: failure);

    private VitessException TooLong() => new(ErrorCodes.ResourceExhausted.Code, $"the request is longer than {options.MaxRequestBytes} bytes",
        null, "54000", false, "Send less at once: several statements, or several batches.");
}
