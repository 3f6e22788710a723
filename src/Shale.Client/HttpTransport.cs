using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text.Json;
using Shale.Contracts;

namespace Shale.Client;

/// <summary>
/// Sends one message by POST and reads the answer. Each attempt has its own time limit; what may be sent again is tried again after network
/// failures and HTTP 5xx, with a delay that grows linearly; HTTP 4xx and ERROR messages are answers and never tried again. Thread-safe.
/// </summary>
internal sealed class HttpTransport : IDisposable
{
    private static readonly MediaTypeHeaderValue Json = new("application/json");

    private readonly VitessConfig _config;
    private readonly Uri _endpoint;
    private readonly HttpClient _http;
    private readonly AuthenticationHeaderValue? _authorization;

    public HttpTransport(VitessConfig config)
    {
        _config = config;
        if (!Uri.TryCreate(config.Endpoint, UriKind.Absolute, out var endpoint) || endpoint.Scheme is not ("http" or "https"))
            throw new ArgumentException($"\"{config.Endpoint}\" is not an http or https URL", nameof(config));
        _endpoint = endpoint;
        _authorization = config.Token is null ? null : new AuthenticationHeaderValue("Bearer", config.Token);
        _http = config.Handler is null
            ? new HttpClient(new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.FromMinutes(5), UseCookies = false, UseProxy = !endpoint.IsLoopback })
            : new HttpClient(config.Handler, disposeHandler: false);
        _http.Timeout = Timeout.InfiniteTimeSpan;
    }

    /// <summary>Sends a request and returns the answer: <typeparamref name="TResponse"/> or an acknowledgement. An ERROR is thrown.</summary>
    /// <param name="request">The message.</param>
    /// <param name="mayRepeat">Whether it may be sent again without knowing what became of it.</param>
    /// <param name="cancellationToken">Ends the attempt or the wait; what became of the request is then unknown.</param>
    public async Task<Message> SendAsync<TRequest, TResponse>(TRequest request, bool mayRepeat, CancellationToken cancellationToken)
        where TRequest : Message
        where TResponse : Message
    {
        var body = ContractsJson.Serialize(request);
        VitessException? first = null;
        VitessException? firstServerFailure = null;
        for (var attempt = 1; attempt <= _config.Retry.MaxAttempts; attempt++)
        {
            if (attempt > 1)
                await Task.Delay(_config.Retry.Backoff * (attempt - 1), _config.TimeProvider, cancellationToken).ConfigureAwait(false);
            var outcome = await AttemptAsync<TResponse>(body, cancellationToken).ConfigureAwait(false);
            if (outcome.Answer is ErrorResponse error) throw error.ToException();
            if (outcome.Answer is { } answer) return answer;
            first ??= outcome.Failure;
            if (outcome.IsServerFailure) firstServerFailure ??= outcome.Failure;
            if (!(outcome.NeverSent ? request is not CommitRequest : mayRepeat && outcome.MayPass)) break;
        }
        throw firstServerFailure ?? first ?? new VitessException(ErrorCodes.ConnectionError, "Request failed: no attempt is allowed",
            hint: "Set Retry.MaxAttempts to 1 or more.");
    }

    /// <summary>Opens a streamed answer. The time limit counts until the first byte. The caller disposes it.</summary>
    public async Task<HttpResponseMessage> OpenAsync(QueryRequest request, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(_config.Timeout, _config.TimeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        HttpResponseMessage? response = null;
        try
        {
            response = await _http.SendAsync(Post(ContractsJson.Serialize(request)), HttpCompletionOption.ResponseHeadersRead, either.Token)
                .ConfigureAwait(false);
            if (response.IsSuccessStatusCode) return response;
            var body = await response.Content.ReadAsByteArrayAsync(either.Token).ConfigureAwait(false);
            var failure = Refused(response, body);
            response.Dispose();
            throw failure;
        }
        catch (Exception failure) when (failure is HttpRequestException or IOException)
        {
            response?.Dispose();
            throw Unreachable(failure);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            response?.Dispose();
            throw TooSlow();
        }
    }

    public void Dispose() => _http.Dispose();

    private async Task<Outcome> AttemptAsync<TResponse>(byte[] body, CancellationToken cancellationToken)
        where TResponse : Message
    {
        using var limit = new CancellationTokenSource(_config.Timeout, _config.TimeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            using var request = Post(body);
            using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseContentRead, either.Token).ConfigureAwait(false);
            var answer = await response.Content.ReadAsByteArrayAsync(either.Token).ConfigureAwait(false);
            return response.IsSuccessStatusCode
                ? new Outcome { Answer = ContractsJson.ReadResponse<TResponse>(answer) }
                : new Outcome { Failure = Refused(response, answer), IsServerFailure = (int)response.StatusCode >= 500, MayPass = (int)response.StatusCode >= 500 };
        }
        catch (HttpRequestException failure)
        {
            var neverSent = failure.HttpRequestError is HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError;
            return new Outcome { Failure = Unreachable(failure), NeverSent = neverSent, MayPass = true };
        }
        catch (IOException failure)
        {
            return new Outcome { Failure = Unreachable(failure), MayPass = true };
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new Outcome { Failure = TooSlow(), MayPass = true };
        }
        catch (JsonException failure)
        {
            return new Outcome { Failure = NoAnswer(failure) };
        }
    }

    private HttpRequestMessage Post(byte[] body)
    {
        var content = new ByteArrayContent(body);
        content.Headers.ContentType = Json;
        return new HttpRequestMessage(HttpMethod.Post, _endpoint) { Content = content, Headers = { Authorization = _authorization } };
    }

    // The server's own ERROR tells more than the status; a proxy in between sends none.
    private static VitessException Refused(HttpResponseMessage response, byte[] body)
    {
        var status = $"HTTP {(int)response.StatusCode}: {response.ReasonPhrase}";
        try
        {
            if (ContractsJson.ReadResponse<AckResponse>(body) is ErrorResponse error) return error.ToException();
        }
        catch (JsonException)
        {
            // Not a message; the status is all there is.
        }
        return response.StatusCode == HttpStatusCode.Unauthorized
            ? new VitessException(ErrorCodes.Unauthorized, status)
            : new VitessException(ErrorCodes.ConnectionError.Code, status, null, ErrorCodes.ConnectionError.SqlState,
                (int)response.StatusCode >= 500, "Check that the endpoint is that of a gate.");
    }

    // A refused connection is told with its address outside; else what went wrong stands innermost.
    private VitessException Unreachable(Exception failure) => new(
        ErrorCodes.ConnectionError,
        $"{_endpoint} cannot be reached, or the connection broke: {(failure.GetBaseException() is SocketException ? failure.Message : failure.GetBaseException().Message)}",
        inner: failure);

    private VitessException TooSlow() => new(ErrorCodes.Timeout, $"no answer within {_config.Timeout.TotalSeconds:0.###} s",
        hint: "Raise Timeout; what became of the statement is not known.");

    private VitessException NoAnswer(JsonException failure) => new(ErrorCodes.ConnectionError.Code,
        $"{_endpoint} did not answer with a message: {failure.Message}", null, ErrorCodes.ConnectionError.SqlState, false, "Check that the endpoint is that of a gate.");

    /// <summary>What became of one attempt: an answer, or a failure.</summary>
    private readonly record struct Outcome(
        Message? Answer, VitessException? Failure, bool IsServerFailure, bool MayPass, bool NeverSent);
}
