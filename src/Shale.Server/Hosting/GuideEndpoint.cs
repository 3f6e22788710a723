using Microsoft.AspNetCore.Http;

namespace Shale.Server;

/// <summary>What whoever opens the door's address in a browser, or without a message, gets to see: what this is, and which paths there are. It needs no token, and tells what every server would.</summary>
internal static class GuideEndpoint
{
    /// <summary>Answers.</summary>
    /// <param name="context">The request.</param>
    /// <param name="below">The door's path without the last slash.</param>
    /// <param name="wantsToken">Whether messages have to bear a token.</param>
    public static Task GetAsync(HttpContext context, string below, bool wantsToken)
    {
        var response = context.Response;
        response.ContentType = "text/plain; charset=utf-8";

        // The host is repeated as the client has written it: no browser may take it for a page.
        response.Headers.XContentTypeOptions = "nosniff";
        var url = $"{context.Request.Scheme}://{context.Request.Host}{below}/";
        var token = wantsToken ? " -H \"Authorization: Bearer $SHALE_TOKEN\"" : "";
        return response.WriteAsync($$"""
            This is Shale, a sharded SQL database. It answers messages in JSON:

              curl {{url}}{{token}} -d '{"type": 1, "sql": "SHOW TABLES"}'

            POST {{below}}/         a message; docs/http.md describes them
            GET  {{below}}/healthz  ok as long as the process lives
            GET  {{below}}/readyz   whether all shards serve
            GET  {{below}}/metrics  what is measured

            shale sql --endpoint {{url}} is a prompt; programs use Shale.Client, or the port for PostgreSQL's clients.

            """, context.RequestAborted);
    }
}
