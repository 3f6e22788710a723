using System.Runtime.CompilerServices;
using Shale.Postgres.Wire;
using Shale.Sql;
using Shale.Vitess;

namespace Shale.Server;

/// <summary>The extended query protocol of one session: prepared statements and portals. What stands between two Syncs is one transaction. Not thread-safe.</summary>
/// <remarks>Hot path: the prepared point query through the PostgreSQL door.</remarks>
internal sealed class ExtendedQuery(SessionStatements statements, SessionActivity activity, MessageWriter output)
{
    private static readonly bool[] AllBinary = [true];

    private readonly Dictionary<string, SessionStatement> _statements = new(StringComparer.Ordinal);
    private readonly Dictionary<string, SessionPortal> _portals = new(StringComparer.Ordinal);

    /// <summary>PARSE.</summary>
    /// <param name="name">Empty for the one that the next takes the place of.</param>
    /// <param name="text">One statement, or none.</param>
    /// <param name="oids">The types that are declared; 0 for one that is not.</param>
    public async ValueTask ParseAsync(string name, string text, int[] oids)
    {
        if (name.Length > 0 && _statements.ContainsKey(name)) throw new VitessException(ErrorCodes.QueryError, $"prepared statement \"{name}\" already exists", sqlState: "42P05", hint: "Close it, or take another name.");
        if (!StatementHead.IsSingle(text) && SqlSplitter.Places(text, SqlDialect.Postgres).Count > 1) throw new VitessException(ErrorCodes.SyntaxError, "cannot insert multiple commands into a prepared statement", hint: "Send them one by one.");
        var declared = Array.ConvertAll(oids, TypeOf);
        var typed = declared.Any(type => type.Kind != SqlTypeKind.Unknown) ? new TypedSql(text, declared) : null;
        var version = statements.SchemaVersion;
        var description = StatementHead.Word(text).IsEmpty ? new GateDescription("", [], []) : await statements.DescribeAsync(text, typed);
        _statements[name] = new SessionStatement(text, typed, DeclaredTypes.Of(declared, description.Parameters), description.Parameters, description.Fields)
        {
            IsQuery = description.Command == "SELECT" || description.Fields is { Count: > 0 }, Told = description.Told, SchemaVersion = version,
        };
        output.Bare(BackendMessage.ParseComplete);
    }

    /// <summary>BIND; the body behind its type and length.</summary>
    /// <returns>The portal whose place it has taken; null for none. The caller disposes it.</returns>
    public SessionPortal? Bind(ReadOnlySpan<byte> bytes)
    {
        var body = new MessageBody(bytes);
        var name = body.ReadText();
        var statement = Statement(body.ReadText());
        if (name.Length > 0 && _portals.ContainsKey(name)) throw new VitessException(ErrorCodes.QueryError, $"portal \"{name}\" already exists", sqlState: "42P03", hint: "Close it, or take another name.");
        var formats = ReadFormats(ref body);
        var values = ReadValues(ref body, statement, formats);
        var results = ReadFormats(ref body);
        body.RequireEnd();
        if (statement.Fields is not null) _ = statement.Columns(results);
        _portals.Remove(name, out var replaced);
        _portals[name] = new SessionPortal(statement, values, results);
        output.Bare(BackendMessage.BindComplete);
        return replaced;
    }

    /// <summary>DESCRIBE.</summary>
    /// <param name="kind">S for a statement, P for a portal.</param>
    /// <param name="name">Its name.</param>
    /// <param name="nextIsSync">Tells whether nothing else belongs to its transaction.</param>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    public async ValueTask DescribeAsync(char kind, string name, Func<ValueTask<bool>> nextIsSync)
    {
        if (kind == 'P')
        {
            // In PostgreSQL a cursor is a portal: psycopg looks at the columns of its own so.
            if (!_portals.ContainsKey(name) && statements.FieldsOfCursor(name) is { } cursor)
            {
                output.RowDescription(cursor, ColumnFormat.Of(cursor, []));
                return;
            }

            var portal = Portal(name);
            if (portal.Statement.Fields is null) await KeepAsync(portal, statements.SchemaVersion, await OpenAsync(portal, await nextIsSync()));
            DescribeRows(portal.Statement, portal.Statement.Fields ?? portal.Open!.Rows.Fields, portal.Columns, portal.Open?.HasRows ?? portal.Statement.IsQuery);
            return;
        }

        var statement = Statement(name);
        output.ParameterDescription(statement.Parameters);
        if (statement.Fields is null) statement.Fields = await FieldsAsync(statement);
        DescribeRows(statement, statement.Fields, statement.Columns([]), statement.IsQuery || statement.Fields.Count > 0);
    }

    /// <summary>EXECUTE.</summary>
    /// <param name="name">The portal's name.</param>
    /// <param name="most">How many rows at most; 0 for all.</param>
    /// <param name="nextIsSync">Tells whether nothing else belongs to its transaction.</param>
    /// <param name="cancellationToken">Stops waiting for the client.</param>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    public async ValueTask ExecuteAsync(string name, int most, Func<ValueTask<bool>> nextIsSync, CancellationToken cancellationToken)
    {
        var portal = Portal(name);
        if (portal.Statement.IsEmpty)
        {
            output.Bare(BackendMessage.EmptyQueryResponse);
            return;
        }

        activity.Runs(portal.Statement.Text);
        if (portal.Open is null) await KeepAsync(portal, statements.SchemaVersion, await OpenAsync(portal, await nextIsSync()));
        var open = portal.Open!;
        if (portal.IsDone && !open.HasRows) throw new VitessException(ErrorCodes.QueryError, $"portal \"{name}\" cannot be run", sqlState: "55000", hint: "Bind another one.");
        var before = open.Sent;
        if (open.Runs) statements.Resume();
        if (open.HasRows && !portal.IsDone && !await open.SendAsync(output, most, cancellationToken))
        {
            statements.Pause();
            output.Bare(BackendMessage.PortalSuspended);
            return;
        }

        portal.IsDone = true;
        output.CommandComplete(open.Command, open.Told(before));
    }

    /// <summary>
    /// MOVE of a portal, which to PostgreSQL is a cursor: how many rows it has passed over; null where no portal of that name has begun. Errors: QUERY_ERROR (55000) for any direction but forward.
    /// </summary>
    public async ValueTask<long?> MoveAsync(CursorMove move)
    {
        if (!_portals.TryGetValue(move.Name, out var portal) || portal.Open is not { HasRows: true } open) return null;
        if (move.Kind == CursorMoveKind.Forward && move.Count >= 0) return portal.IsDone ? 0 : await open.SkipAsync(move.Count);
        throw new VitessException(ErrorCodes.QueryError, "cursor can only scan forward", sqlState: "55000", hint: "Declare it with SCROLL option to enable backward scan.");
    }

    /// <summary>CLOSE; of what is not there, too.</summary>
    public async ValueTask CloseAsync(char kind, string name)
    {
        if (kind == 'S') _statements.Remove(name);
        else if (_portals.Remove(name, out var portal)) await portal.DisposeAsync();
        output.Bare(BackendMessage.CloseComplete);
    }

    /// <summary>
    /// Another statement is to run: queries of suspended portals must have ended, since a transaction runs one statement at a time. Where it ends the transaction, nobody wants their rows any more.
    /// </summary>
    public ValueTask SettleAsync(string next)
    {
        if (StatementHead.EndsTransaction(next)) return ClosePortalsAsync();
        foreach (var portal in _portals.Values)
        {
            if (portal.Open is { Runs: true }) return GatherAsync();
        }

        return ValueTask.CompletedTask;
    }

    private async ValueTask GatherAsync()
    {
        foreach (var portal in _portals.Values)
        {
            if (portal.Open is { Runs: true } open) await open.GatherAsync();
        }
    }

    /// <summary>A simple query takes the place of what has no name.</summary>
    public async ValueTask ForgetUnnamedAsync()
    {
        _statements.Remove("");
        if (_portals.Remove("", out var portal)) await portal.DisposeAsync();
    }

    /// <summary>Portals end with their transaction.</summary>
    public async ValueTask ClosePortalsAsync()
    {
        if (_portals.Count == 0) return;
        foreach (var portal in _portals.Values) await portal.DisposeAsync();
        _portals.Clear();
    }

    /// <summary>Gives up prepared statements: one, or all for null.</summary>
    public void Deallocate(string? name)
    {
        if (name is null) _statements.Clear();
        else if (!_statements.Remove(name)) throw Missing(name);
    }

    private ValueTask<OpenResult> OpenAsync(SessionPortal portal, bool nextIsSync)
    {
        var settled = SettleAsync(portal.Statement.Text);
        return settled.IsCompletedSuccessfully ? RunAsync(portal, nextIsSync) : SettleAndRunAsync(settled, portal, nextIsSync);
    }

    private async ValueTask<OpenResult> SettleAndRunAsync(ValueTask settled, SessionPortal portal, bool nextIsSync)
    {
        await settled;
        return await RunAsync(portal, nextIsSync);
    }

    // Whose columns may have changed since runs in a transaction, which can be undone when they have; a write is not done then.
    private ValueTask<OpenResult> RunAsync(SessionPortal portal, bool nextIsSync) =>
        statements.OpenAsync(portal.Statement.Text, portal.Values, nextIsSync && (portal.Statement is not { Fields.Count: > 0, Told: null } || portal.Statement.SchemaVersion == statements.SchemaVersion),
            SessionStatement.Encoding(portal.Formats), portal.Statement.Typed, portal.Statement.Told);

    // The version is that in which it began: whoever has waited may have what was there before.
    private ValueTask KeepAsync(SessionPortal portal, long version, OpenResult open)
    {
        portal.Open = open;
        if (open.HasRows) open.Columns = statements.Seen(portal.Columns);
        if (portal.Statement.Fields is { } fields && open.HasRows && !AreAlike(fields, open.Rows.Fields)) return RequireSameAsync(portal.Statement, fields, open.Rows.Fields.Count, version);
        portal.Statement.SchemaVersion = version;
        return ValueTask.CompletedTask;
    }

    private async ValueTask RequireSameAsync(SessionStatement statement, IReadOnlyList<Field> fields, int count, long version)
    {
        if (await HasChangedAsync(statement, fields, count)) throw GateDescription.Changed();
        statement.SchemaVersion = version;
    }

    // What runs may name and type a column in its own way: the statement's columns have changed if it would be described otherwise now.
    private async ValueTask<bool> HasChangedAsync(SessionStatement statement, IReadOnlyList<Field> fields, int count) =>
        fields.Count != count || ((await statements.DescribeAsync(statement.Text, statement.Typed)).Fields is { } now && !AreAlike(fields, now));

    private static bool AreAlike(IReadOnlyList<Field> fields, IReadOnlyList<Field> others)
    {
        if (fields.Count != others.Count) return false;
        for (var i = 0; i < fields.Count; i++)
        {
            if (fields[i].Type != others[i].Type || fields[i].Name != others[i].Name) return false;
        }

        return true;
    }

    // Nothing but SHOW and its kin, and EXPLAIN of what it does not run, can be run only to be looked at.
    private async ValueTask<IReadOnlyList<Field>> FieldsAsync(SessionStatement statement)
    {
        if (statement.Parameters.Count > 0 || !MayLook(statement.Text))
            throw new VitessException(ErrorCodes.QueryError, "the columns of this statement are known when it runs", sqlState: "0A000", hint: "Bind it, and describe the portal; or send it as a simple query.");
        await SettleAsync(statement.Text);
        await using var open = await statements.OpenAsync(statement.Text, [], alone: false);
        return open.Rows.Fields;
    }

    private static bool MayLook(string text) => StatementHead.Word(text) is var word && (word.Equals("SHOW", StringComparison.OrdinalIgnoreCase)
        || (word.Equals("EXPLAIN", StringComparison.OrdinalIgnoreCase) && !text.Contains("ANALY", StringComparison.OrdinalIgnoreCase)));

    private void DescribeRows(SessionStatement statement, IReadOnlyList<Field> fields, ColumnFormat[] columns, bool hasRows)
    {
        if (!hasRows || statement.IsEmpty) output.Bare(BackendMessage.NoData);
        else output.RowDescription(fields, columns);
    }

    private static bool[] ReadFormats(ref MessageBody body)
    {
        var count = body.ReadCount(2);
        if (count == 0) return [];

        // One for all is what most drivers send.
        if (count == 1) return ReadFormat(ref body) ? AllBinary : [];
        var formats = new bool[count];
        for (var i = 0; i < count; i++) formats[i] = ReadFormat(ref body);
        return formats;
    }

    private static bool ReadFormat(ref MessageBody body) => body.ReadInt16() switch
    {
        0 => false,
        1 => true,
        var other => throw new VitessException(ErrorCodes.QueryError, $"unsupported format code: {other}", sqlState: "22023", hint: "0 is text, 1 binary."),
    };

    private static SqlValue[] ReadValues(ref MessageBody body, SessionStatement statement, bool[] formats)
    {
        var count = body.ReadCount(4);
        if (formats.Length > 1 && formats.Length != count) throw WireErrors.Malformed($"bind message has {formats.Length} parameter formats but {count} parameters");
        if (count != statement.Parameters.Count) throw WireErrors.Malformed($"bind message supplies {count} parameters, but the prepared statement requires {statement.Parameters.Count}");
        var values = count == 0 ? [] : new SqlValue[statement.Values];
        for (var i = 0; i < count; i++)
        {
            var length = body.ReadInt32();
            if (length == -1) continue;
            var bytes = body.ReadBytes(length);
            if (i >= values.Length) continue;
            var isBinary = formats.Length > 0 && formats[formats.Length == 1 ? 0 : i];
            values[i] = statement.Take(i, isBinary ? BinaryValue.Read(bytes, statement.Parameters[i]) : SqlValue.Text(MessageBody.Text(bytes)));
        }

        return values;
    }

    // Of types that Shale does not have those are known that stand for one that it has.
    private static SqlType TypeOf(int oid) => oid switch
    {
        0 or 705 => SqlType.Unknown,
        18 or 19 => new SqlType(SqlTypeKind.Text),
        _ => PostgresTypes.Find(oid) ?? throw new VitessException(ErrorCodes.QueryError, $"the type with oid {oid} is not supported", sqlState: "0A000", hint: "Send the value as text."),
    };

    private SessionStatement Statement(string name) => _statements.GetValueOrDefault(name) ?? throw Missing(name);

    private SessionPortal Portal(string name) => _portals.GetValueOrDefault(name) ?? throw new VitessException(ErrorCodes.NotFound, $"portal \"{name}\" does not exist", sqlState: "34000", hint: "It ends with its transaction: bind it again.");

    private static VitessException Missing(string name) => new(ErrorCodes.NotFound, name.Length == 0 ? "unnamed prepared statement does not exist" : $"prepared statement \"{name}\" does not exist", sqlState: "26000", hint: "Prepare it on this connection.");
}
