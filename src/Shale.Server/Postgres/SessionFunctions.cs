using Shale.Contracts;
using Shale.Postgres.Wire;

namespace Shale.Server;

/// <summary>The functions of <see cref="SessionCalls"/>: what they do to the session. Not thread-safe.</summary>
/// <param name="notifications">What pg_notify tells.</param>
/// <param name="locks">The session's advisory locks.</param>
/// <param name="variables">What set_config sets.</param>
/// <param name="cancel">Ends a wait for a lock.</param>
/// <param name="notice">Is told of what the client should know.</param>
internal sealed class SessionFunctions(SessionNotifications notifications, SessionLocks locks, SessionVariables variables, StatementCancel cancel, Action<ErrorFields> notice)
{
    /// <summary>Does what a row calls for, and gives the row of the statement. Errors: those of the functions.</summary>
    /// <param name="calls">The statement.</param>
    /// <param name="asked">A row of its query.</param>
    /// <param name="target">What the session speaks to.</param>
    public async ValueTask<SqlValue[]> CallAsync(SessionCalls calls, SqlValue[] asked, string target)
    {
        var row = new SqlValue[calls.Items.Count];
        var at = 0;
        for (var i = 0; i < row.Length; i++)
        {
            var item = calls.Items[i];
            var arguments = asked.AsMemory(at, item.Width);
            row[i] = item.Call is null ? asked[at] : AdvisoryCall.Is(item.Call) ? await LockedAsync(item.Call, arguments, target) : Called(item.Call, arguments.Span, target);
            at += item.Width;
        }

        return row;
    }

    /// <summary>set_config: the value that the variable has then. Errors: QUERY_ERROR (22004) without a name; those of SET.</summary>
    public string Set(string? name, string? value, bool isLocal)
    {
        if (name is null) throw new VitessException(ErrorCodes.QueryError, "SET requires parameter name", sqlState: "22004");
        variables.Set(name, value is null ? [] : [value], isLocal);
        return variables.Get(name);
    }

    private async ValueTask<SqlValue> LockedAsync(string function, ReadOnlyMemory<SqlValue> arguments, string target)
    {
        if (function == AdvisoryCall.UnlockAll)
        {
            locks.ReleaseKept();
            return SqlValue.Text("");
        }

        SqlValue[] numbers = arguments.ToArray();
        if (Array.Exists(numbers, number => number.IsNull)) return SqlValue.Null;
        var call = AdvisoryCall.Read(function, SessionNotifications.DatabaseOf(target), numbers);
        if (AdvisoryCall.Tries(function)) return SqlValue.Boolean(locks.TryTake(call));
        if (AdvisoryCall.Releases(function))
        {
            var had = locks.Release(call);
            if (!had) notice(new ErrorFields("WARNING", "01000", $"you don't own a lock of type {(call.Exclusive ? "ExclusiveLock" : "ShareLock")}"));
            return SqlValue.Boolean(had);
        }

        var token = cancel.Begin();
        try
        {
            await locks.TakeAsync(call, variables.Settings.Lock, variables.Settings.Statement, token);
            return SqlValue.Text("");
        }
        finally
        {
            cancel.End();
        }
    }

    private SqlValue Called(string function, ReadOnlySpan<SqlValue> asked, string target)
    {
        if (function == "pg_notify") return Notified(target, TextOf(asked[0]) ?? "", TextOf(asked[1]) ?? "");
        return SqlValue.Text(Set(TextOf(asked[0]), TextOf(asked[1]), !asked[2].IsNull && asked[2].AsInteger() != 0));

        static string? TextOf(SqlValue value) => value.IsNull ? null : value.AsText();
    }

    private SqlValue Notified(string target, string channel, string payload)
    {
        notifications.Notify(target, channel, payload);
        return SqlValue.Text("");
    }
}
